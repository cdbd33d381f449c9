"""What keeps a library that was loaded from being lost: it is whole before, and no smaller after.

Records only add up: a load brings new ones, corrects old ones or says what is there. So what a
source held before is there after it. A few fewer are possible all the same, where an operation that
nobody could name before turns out to close a loan, or two loans to be one; never a tenth.
"""

from pathlib import Path

from guanqing import manifest, warehouse
from guanqing.problems import Problem
from guanqing.records import kinds
from guanqing.store import Draft, Generation, Store, is_whole
from guanqing.text import NOTHING

LEAST_SHARE = 0.9  # of the rows before, in each table; docs/keeping.md tells the reason
# An operation of a log passes for what it is not until a code table names it: of a few, all may go.
SPARE_ROWS = {"card_events": 10, "items": 10}


def guarded_tables() -> list[str]:
    """Return the tables that do not shrink: what any source brought, and loans made of a log."""
    kept = [code for code in kinds() if code not in ("log", "code_names")]
    return list(dict.fromkeys(["loans", "readers", "items", "card_events", *kept]))


def require_whole(store: Store) -> None:
    """Raise where the generation served is not as it was published.

    Problem: not_whole, with what is wrong and the generations that are whole.
    """
    if not store.link.exists():
        return
    faults = manifest.faults(store.current(), hashed=[manifest.RECORDS])
    if locked := [fault.path for fault in faults if fault.code == "unreadable"]:
        raise Problem("file_not_readable", path=locked[0])  # another account's
    if faults:
        paths = ", ".join(str(fault.path) for fault in faults)
        raise Problem("not_whole", paths=paths, whole=whole_others(store))


def whole_others(store: Store) -> str:
    """Return the numbers of the generations beside the one served that a load can build on."""
    kept = (k for k in store.generations() if not k.is_current and is_whole(k.path))
    return ", ".join(str(generation.number) for generation in kept) or NOTHING


def require_not_far_fewer(draft: Draft) -> None:
    """Raise where a draft would take the place of a real library with far more rows.

    Problem: far_fewer, with the table, both counts and the generation before.
    """
    if draft.before is None:
        return
    before = _row_counts(draft.before)
    for table in guarded_tables():
        was, now = before.get(table, 0), draft.row_counts.get(table, 0)
        if now < was * LEAST_SHARE and was - now > SPARE_ROWS.get(table, 0):
            raise Problem(
                "far_fewer",
                table=table,
                was=f"{was:,}",
                now=f"{now:,}",
                number=str(draft.before.number),
            )


def _row_counts(generation: Generation) -> dict[str, int]:
    """Return what a manifest says, or what the library itself holds where it has none."""
    try:
        found = manifest.read(generation.path)
    except ValueError:
        found = None
    # older restores wrote none down
    return (found.row_counts if found else {}) or _counted(generation.path)


def _counted(library: Path) -> dict[str, int]:
    with warehouse.reading(library) as connection:
        return warehouse.count_rows(connection)
