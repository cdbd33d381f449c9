"""The rules of repair and refusal: what becomes of a line that is not as it should be.

Rules about a single text (unreadable_stamp ...) are applied where the text is read, in staging.py.
"""

import tomllib
from dataclasses import dataclass
from functools import cache

import duckdb

from guanqing.intake.fields import TABLES
from guanqing.paths import DATA

REPAIRED, REFUSED, SET_ASIDE, NOTED = "repaired", "refused", "set_aside", "noted"

# When a rule touches a line that is kept: conditions over the table's staged lines, all of them
# on the values as the source gave them, so that one repair never hides another fault.
CONDITIONS = {
    "loans": {
        "missing_blank": "has_missing_blank",
        "date_without_time": "has_date_only",
        "return_before_loan": "returned_at < loaned_at",
        "renewal_before_loan": "renewed_at < loaned_at",
        "renewal_after_return": "renewed_at > returned_at",
        "renewal_after_data": "renewed_at > (select last_at from data_end)",
        "renewal_stamp_without_count": "renewed_at is not null and renewal_count = 0",
        "renewal_count_without_stamp": "renewed_at is null and renewal_count > 0",
        "loan_over_365_days": "returned_at > loaned_at + interval 365 day",
        "blank_reader": "reader_id is null",
        "blank_item": "item_id is null",
        "unknown_reader": "reader_id is not null and not exists (select 1 from readers_lines "
        "where readers_lines.reader_id = loans_lines.reader_id)",
    },
    "readers": {"unmapped_code": "has_unmapped_code"},
}

# The sources speak of the time up to their last stamp. A renewal's counts only with a time of day
# and up to the load, for systems print due dates in its place.
DATA_END = """
create or replace temp table data_end as
select
    greatest(
        max(loaned_at),
        max(returned_at),
        max(renewed_at) filter (
            where not has_date_only and renewed_at < current_date + interval 2 day
        )
    ) as last_at
from loans_lines
"""

# Each loan with its times mended. A renewal lies between the two ends of its loan, and the far
# end of a loan still out is the end of the data.
MENDED_LOANS = """
create or replace temp view mended_loans as

with

returns as (
    select
        *,
        case when returned_at < loaned_at then loaned_at else returned_at end as mended_return
    from loans_lines
)

select
    loan_id,
    reader_id,
    item_id,
    loaned_at,
    mended_return as returned_at,
    case
        when renewal_count > 0
            then
                least(
                    greatest(coalesce(renewed_at, loaned_at), loaned_at),
                    coalesce(mended_return, (select last_at from data_end))
                )
    end as renewed_at,
    coalesce(renewal_count, 0) as renewal_count
from returns
"""


@dataclass(frozen=True)
class Rule:
    """A rule of data/rules.toml."""

    code: str
    outcome: str
    name: dict[str, str]
    explanation: dict[str, str]


@cache
def rules() -> dict[str, Rule]:
    """Return every rule, by code."""
    entries = tomllib.loads((DATA / "rules.toml").read_text(encoding="utf-8"))
    return {code: Rule(code, **entry) for code, entry in entries.items()}


def leave_out_repeats(connection: duckdb.DuckDBPyConnection, table: str) -> None:
    """Move every line but the first of a key from the staged lines to left_out.

    A line is a duplicate if it says the same in every column read; where it says something else,
    nothing tells which is right.
    """
    key = TABLES[table].key
    values = ", ".join(TABLES[table].fields)
    connection.execute(
        f"create or replace temp table repeats as "
        f"with keys as (select {key} from {table}_lines group by {key} having count(*) > 1), "
        f"turns as (select file_number, line_number, {key}, row_number() over of_key as turn, "
        f"row({values}) is not distinct from first_value(row({values})) over of_key as is_same "
        f"from {table}_lines semi join keys using ({key}) "
        f"window of_key as (partition by {key} order by file_number, line_number)) "
        f"select * from turns where turn > 1"
    )
    connection.execute(
        f"insert into left_out select file_number, line_number, "
        f"case when is_same then 'duplicate_line' else 'repeated_key' end, "
        f"'{key}', {key}::varchar from repeats"
    )
    connection.execute(
        f"delete from {table}_lines where exists (select 1 from repeats "
        f"where repeats.file_number = {table}_lines.file_number "
        f"and repeats.line_number = {table}_lines.line_number)"
    )


def count_kept(
    connection: duckdb.DuckDBPyConnection, table: str
) -> dict[int, tuple[int, int, dict[str, int]]]:
    """Return the kept lines by file number: how many, how many repaired, and by rule."""
    conditions = CONDITIONS[table]
    repairs = [code for code in conditions if rules()[code].outcome == REPAIRED]
    marks = "".join(f", coalesce({test}, false) as {code}" for code, test in conditions.items())
    counts = "".join(f", count(*) filter (where {code})" for code in conditions)
    rows = connection.execute(
        f"with marks as (select file_number{marks} from {table}_lines) "
        f"select file_number, count(*), "
        f"count(*) filter (where {' or '.join(repairs) or 'false'}){counts} "
        f"from marks group by file_number"
    ).fetchall()
    return {
        file_number: (kept, repaired, dict(zip(conditions, by_rule, strict=True)))
        for file_number, kept, repaired, *by_rule in rows
    }


def count_left_out(connection: duckdb.DuckDBPyConnection) -> dict[int, dict[str, int]]:
    """Return how many lines of each file each rule left out."""
    counts: dict[int, dict[str, int]] = {}
    for file_number, code, line_count in connection.execute(
        "select file_number, rule_code, count(*) from left_out group by file_number, rule_code"
    ).fetchall():
        counts.setdefault(file_number, {})[code] = line_count
    return counts
