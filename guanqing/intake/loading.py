"""Load a library's export: source files of a layout -> a new generation of the library."""

from collections.abc import Callable, Sequence
from pathlib import Path

import polars as pl

from guanqing.intake import accounts, layouts, reading, rules, settings, staging
from guanqing.intake.accounts import LoadReport
from guanqing.intake.build import Library, building
from guanqing.intake.fields import TABLES
from guanqing.intake.layouts import Layout
from guanqing.paths import DATA
from guanqing.store import Store

SETTINGS = DATA / "settings.toml"


def load(
    paths: Sequence[Path],
    layout_name: str,
    store: Store,
    report: Callable[[str], None] = lambda step: None,
) -> LoadReport:
    """Read files or folders with a layout and serve what they hold as a new generation.

    Whatever a person can mend (a path, a file, a layout) raises Problem; whenever anything
    raises, the library served stays the one it was.
    """
    layout = layouts.read(layout_name)
    found = reading.find(list(paths), layout)
    sources = [reading.open_source(path, table, layout) for path, table in found]
    facts = settings.read(SETTINGS)
    with building(store, report) as library:
        connection = library.connection
        staging.prepare(connection, layout)
        line_counts = []
        for number, source in enumerate(sources):
            report(source.path.name)
            line_counts.append(staging.stage(connection, source, number, layout))
        for table in TABLES:
            rules.leave_out_repeats(connection, table)
        connection.execute(rules.DATA_END)
        load_report = accounts.draw_up(connection, sources, line_counts)
        accounts.require_loans(connection, load_report)
        _fill(library, layout, facts)
        accounts.write(connection, load_report)
    return load_report


# A reader of a loan whom the reader file does not know gets no row in readers: the loan keeps the
# number and counts as a borrower, while a row of nulls would pass for a card holder.
READERS = """
insert into readers by name
select reader_id, reader_type, sex, unit, $branch as home_branch from readers_lines
order by reader_id
"""

# Without a file of items, an item is known by its loans alone: no class, and nothing is said
# about what is held.
ITEMS = """
insert into items by name
select distinct item_id, 'unknown' as class_code, 'book' as material, $branch as branch_code
from loans_lines where item_id is not null
order by item_id
"""

EVENTS = """
insert into loan_events by name

with

moments as (
    select *, 1 as turn, 'loan' as event_kind, loaned_at as event_at, 1 as quantity
    from mended_loans
    union all
    select *, 2, 'renewal', renewed_at, renewal_count
    from mended_loans
    where renewal_count > 0
    union all
    select *, 3, 'return', returned_at, 1
    from mended_loans
    where returned_at is not null
)

select event_kind, event_at, loan_id, reader_id, item_id, $branch as branch_code, quantity
from moments
order by event_at, loan_id, turn
"""


def _fill(library: Library, layout: Layout, facts: pl.DataFrame) -> None:
    library.put("settings", facts)
    branch = {
        "branch_code": layout.branch.code,
        "name_zh": layout.branch.name_zh,
        "name_en": layout.branch.name_en,
        "is_main": True,
    }
    library.put("branches", pl.DataFrame([branch]))
    library.connection.execute(rules.MENDED_LOANS)
    for statement in (READERS, ITEMS, EVENTS):
        library.connection.execute(statement, {"branch": layout.branch.code})
    library.describe(
        name_zh=layout.name_zh, name_en=layout.name_en, is_simulated=False, layout=layout.name
    )
