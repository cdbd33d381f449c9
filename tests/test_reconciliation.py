"""Printed figures of several spans held against a library, beside the same in plain Python."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, time
from itertools import product
from typing import Any

import pytest
from conftest import DAY, Library

from guanqing.published import AND_MORE, EQUAL, OVER

Key = tuple[str, str | None]  # a figure and what it is of: a class, a rank
Span = tuple[date, date]

COVERED = [  # the first begins with the library's data, the last ends with it
    (date(2018, 4, 1), date(2018, 12, 31)),
    (date(2019, 2, 1), date(2019, 3, 31)),
    (date(2019, 7, 1), date(2019, 12, 31)),
]
SPANS = [*COVERED, (date(2018, 3, 31), date(2018, 6, 30)), (date(2019, 9, 1), date(2020, 1, 1))]
CLASSES = {"I": "I", "G": "G", "TP": "T", "TU": "T", "L": "unknown"}  # no list names L
MATERIALS = {
    "holdings_books": "book",
    "holdings_braille": "braille",
    "holdings_audiovisual_sets": "audiovisual",
    "holdings_periodicals": "periodical",
}
KEYS: list[Key] = [
    *(("class_share", code) for code in ("G", "I", "T", "Z", "unknown")),
    *(("reader_loan_count", str(rank)) for rank in range(1, 12)),
    *(
        (code, None)
        for code in (
            *("loan_count", "issued_count", "cancelled_count", "holdings_children_books"),
            *("network_libraries", "floor_area_m2", "seats", "digital_tb", *MATERIALS),
        )
    ),
]


@pytest.fixture
def kept(library: Library) -> Iterator[Library]:
    """Yield a library of which something happened around the ends of each span."""
    library.cover(COVERED[0][0], COVERED[-1][1])
    for branch in library.rows["branches"]:
        sizes = (19800.0, 1607) if branch["is_main"] else (90.0, 12)
        branch |= dict(zip(("floor_area_m2", "seat_count"), sizes, strict=True))
    edges = sorted({day for first, last in SPANS for day in (first - DAY, first, last, last + DAY)})
    for number, day in enumerate(edges):
        stamp = datetime.combine(day, time(10))
        for reader_id, class_code in product(range(1, 13), CLASSES):
            if (reader_id * number + len(class_code)) % 3:
                library.lend(reader_id=reader_id, class_code=class_code, loaned_at=stamp)
        library.lend(reader_id=number % 5 + 1, class_code="I", loaned_at=stamp)
        library.lend(reader_id=12, class_code="G", loaned_at=stamp, branch_code="east")
        for _ in range(number % 4 + 1):
            library.issue(event_at=stamp)
            library.issue(event_at=stamp, branch_code="east")
            library.cancel(event_at=stamp, reader_id=library.issue(event_at=stamp))
        for material, count in zip(MATERIALS.values(), (900, 20, 3, 44), strict=True):
            figures = {"item_count": count + number, "children_count": number}
            library.hold(month_end=day, material=material, **figures)
            library.hold(month_end=day, material=material, branch_code="east", **figures)
        library.put("digital_resources", counted_on=day, storage_tb=10.0 + number)
    library.derive()
    connection = library.connection
    connection.execute("create temp table as_printed as from published_figures")
    yield library
    connection.execute("delete from published_figures")
    connection.execute("insert into published_figures from as_printed")
    connection.execute("drop table as_printed")


def computed(library: Library, span: Span) -> dict[Key, float]:
    """Return what the records of a span come to, in the main library."""
    first, last = span
    (main,) = [branch for branch in library.rows["branches"] if branch["is_main"]]

    def happened(table: str, kind: str) -> list[dict[str, Any]]:
        return [
            row
            for row in library.rows[table]
            if row["event_kind"] == kind and first <= row["event_at"].date() <= last
            if row["branch_code"] == main["branch_code"]
        ]

    loans = happened("loan_events", "loan")
    class_of = {item["item_id"]: CLASSES[item["class_code"]] for item in library.rows["items"]}
    classes = Counter(class_of[loan["item_id"]] for loan in loans)
    readers = sorted(Counter(loan["reader_id"] for loan in loans).values(), reverse=True)
    stock = [
        row
        for row in library.rows["holdings"]
        if row["month_end"] == last and row["branch_code"] == main["branch_code"]
    ]
    read = [row for row in library.rows["digital_resources"] if row["counted_on"] <= last]
    found: dict[Key, float] = {
        ("loan_count", None): len(loans),
        ("issued_count", None): len(happened("card_events", "issue")),
        ("cancelled_count", None): len(happened("card_events", "cancel")),
        ("network_libraries", None): len(library.rows["branches"]),
        ("floor_area_m2", None): main["floor_area_m2"],
        ("seats", None): main["seat_count"],
        ("digital_tb", None): max(read, key=lambda row: row["counted_on"])["storage_tb"],
        ("holdings_children_books", None): sum(
            row["children_count"] for row in stock if row["material"] == "book"
        ),
    }
    for code, material in MATERIALS.items():
        found[code, None] = sum(row["item_count"] for row in stock if row["material"] == material)
    for code, count in classes.items():
        found["class_share", code] = count / len(loans)
    for rank, count in enumerate(readers[:10], 1):
        found["reader_loan_count", str(rank)] = count
    return found


def verdict(value: float | None, relation: str, printed: float, decimals: int) -> str:
    if value is None:
        return "not_covered"
    agrees = {
        OVER: value > printed,
        AND_MORE: printed <= value < printed + 10**-decimals,
        EQUAL: round(value, decimals) == pytest.approx(printed),
    }
    return "equal" if agrees[relation] else "different"


def rank_of(subject: str | None) -> float:
    return int(subject) if (subject or "").isdigit() else float("inf")


def test_every_printed_figure_of_every_span_is_held_against_its_days(kept):
    expected = []
    for span in SPANS:
        values = computed(kept, span) if span in COVERED else {}
        for key, relation, off in product(KEYS, (OVER, AND_MORE, EQUAL), (-1, 0, 1)):
            value = values.get(key)
            decimals = 4 if key[0] == "class_share" else 0
            # what is compared as printed is printed rounded, what is a bound as it is
            printed = round(value or 0, decimals) if relation == EQUAL else value or 0
            printed += off * 10**-decimals
            said = verdict(value, relation, printed, decimals)
            expected.append((*key, *span, printed, relation, value, decimals, said))
    connection = kept.connection
    connection.execute("delete from published_figures")
    connection.executemany(
        "insert into published_figures values (?, ?, ?, ?, ?, ?, ?)",
        [
            (code, subject, printed, relation, decimals, first, last)
            for code, subject, first, last, printed, relation, _, decimals, _ in expected
        ],
    )
    rows = kept.ask("reconciliation", figures=None)
    assert sorted(map(repr, rounded(rows.rows()))) == sorted(map(repr, rounded(expected)))
    order = rows.select("last_day", "figure_code", "subject").rows()
    assert order == sorted(
        order, key=lambda row: (*row[:2], rank_of(row[2]), row[2] is None, row[2] or "")
    )
    some = kept.ask("reconciliation", figures=["seats", "digital_tb"])
    assert set(some["figure_code"]) == {"seats", "digital_tb"}


def rounded(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    return [
        tuple(round(float(cell), 9) if isinstance(cell, int | float) else cell for cell in row)
        for row in rows
    ]
