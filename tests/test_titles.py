"""Nobody is shown what somebody reads: laws over every query, the day it is written."""

import pytest
from sqlglot import exp
from test_queries import every_query, tree

from guanqing import warehouse

# What tells a reader from others, and what tells of what was lent.
OF_READERS = {"reader_id", "masked_name", "reader_name", "card_number", "sealed"}
OF_ITEMS = {"loan_id", "item_id", "title", "call_number", "class_code", "main_code", "material"}
# What may narrow a question about single readers: days, branches, ranks, and not what was lent.
NARROWING = {"start_date", "end_date", "branches", "as_of", "limit", "floor", "readers"}
READER, ITEM, CLASS = 987_654_321, 876_543_219, "K"


def columns(name: str) -> set[str]:
    """Return the columns that a query gives, by whatever name it gives them."""
    outermost = tree(name)
    shown = {column.name for column in outermost.selects for column in column.find_all(exp.Column)}
    return shown | set(outermost.named_selects)


def test_the_law_would_notice_a_query_of_readers() -> None:
    assert columns("reader_labels") & OF_READERS
    assert columns("top_borrowers") & OF_READERS


@every_query
def test_no_query_tells_of_a_reader_and_of_what_was_lent(name: str) -> None:
    found = columns(name)
    assert not (found & OF_READERS and any(word in c for word in OF_ITEMS for c in found))


@every_query
def test_what_is_asked_of_single_readers_is_not_narrowed_to_what_was_lent(name: str) -> None:
    asked = warehouse.parameters(name)
    if columns(name) & OF_READERS or "readers" in asked:
        assert asked <= NARROWING
        used = {column.name for column in tree(name).find_all(exp.Column)}
        assert not used & OF_ITEMS


@every_query
def test_no_row_holds_a_reader_with_an_item_or_its_class(library, name: str) -> None:
    library.put("readers", reader_id=READER, masked_name="尉**", birth_year=1970)
    library.put("items", item_id=ITEM, call_number="K239.42/7", class_code=CLASS)
    for _ in range(6):  # more than the smallest group shown
        library.lend(reader_id=READER, item_id=ITEM)
        library.lend()
    told_of_reader = {READER, str(READER), "尉**"}
    told_of_item = {ITEM, str(ITEM), "K239.42/7", CLASS}
    rows = library.ask(name, **({"readers": [READER]} if _takes_readers(name) else {})).rows()
    for row in rows:
        cells = {cell for cell in row if isinstance(cell, int | str)}
        assert not (cells & told_of_reader and cells & told_of_item), row


def _takes_readers(name: str) -> bool:
    return "readers" in warehouse.parameters(name)


@pytest.mark.parametrize("name", ["top_borrowers", "loans_by_class"])
def test_the_rows_looked_at_tell_of_either(library, name: str) -> None:
    library.put("readers", reader_id=READER, masked_name="尉**")
    library.put("items", item_id=ITEM, class_code=CLASS)
    for number in range(6):
        library.put("readers", reader_id=number + 2)
        library.lend(reader_id=READER, item_id=ITEM)
        library.lend(reader_id=number + 2)
    cells = {cell for row in library.ask(name).rows() for cell in row}
    assert (READER if name == "top_borrowers" else CLASS) in cells
