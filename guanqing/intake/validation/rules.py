"""The rules of repair and refusal: what becomes of a line that is not as it should be.

Rules about a single text (unreadable_stamp ...) are applied where the text is read, in staging.py;
rules about two lines of one key in merging.py; here are those about a line that is kept.
"""

from dataclasses import dataclass
from typing import Any, Literal

import duckdb
from pydantic import TypeAdapter, with_config

from guanqing import datafiles
from guanqing.datafiles import STRICT, Words
from guanqing.intake.reading.values import BIT
from guanqing.records import Kind

REPAIRED, REFUSED, SET_ASIDE, ALREADY_THERE, NOTED = (
    *("repaired", "refused", "set_aside", "already_there"),
    "noted",
)

# When a rule touches a line that is kept: conditions on the values as the source gave them, so
# that one repair never hides another fault. `shelf` and `people` are what the library knows by now.
CONDITIONS: dict[str, dict[str, str]] = {
    "loans": {
        "return_before_loan": "returned_at < loaned_at",
        "renewal_before_loan": "renewed_at < loaned_at",
        "renewal_after_return": "renewed_at > returned_at",
        "renewal_after_data": "renewed_at > (select last_at from data_end)",
        "renewal_stamp_without_count": "renewed_at is not null and renewal_count = 0",
        "renewal_count_without_stamp": "renewed_at is null and renewal_count > 0",
        "loan_over_365_days": "returned_at > loaned_at + interval 365 day",
        "due_after_ten_years": "due_on > loaned_at + interval 10 year",
        "blank_reader": "reader is null",
        "blank_item": "item is null",
        "unknown_reader": "reader is not null and exists (from records.readers) "
        "and reader not in (select reader from records.readers)",
        "unknown_item": "item is not null and exists (from records.items) "
        "and item not in (select item from records.items)",
        "overlapping_loan": "loan in (select loan from overlapping)",
        "in_the_log": "loan in (select loan from logged_loans)",
    },
    "readers": {
        "cancelled_without_date": "card_state = 'cancelled' and cancelled_at is null "
        "and reader not in "
        "(select reader from records.log where kind = 'cancel' and reader is not null) "
        "and reader not in (select reader from records.card_events where kind = 'cancel')",
        "impossible_birth": "reader in (select reader from impossible_births)",
        "expires_before_issue": "expires_on < issued_at::date",
    },
    "log": {
        "due_after_ten_years": "due_on > done_at + interval 10 year",
        "blank_reader": "reader is null and kind in ('loan', 'renewal', 'return')",
        "blank_item": "item is null and kind in ('loan', 'renewal', 'return')",
        "unknown_reader": "reader is not null and exists (from records.readers) "
        "and reader not in (select reader from records.readers)",
        "unknown_item": "item is not null and exists (from records.items) "
        "and item not in (select item from records.items)",
    },
    "items": {"other_scheme": "class_of(call_number) = 'other'"},
}

# Of the repairs above, what a line shows by itself: its text is kept when it is read.
SHOWN: dict[str, dict[tuple[str, ...], str]] = {
    "loans": {
        ("returned_at",): "returned_at < loaned_at",
        ("renewed_at",): "renewed_at is not null",
        ("renewal_count",): "renewal_count > 0",
    },
    "readers": {
        ("born_on",): "born_on is not null",
        ("issued_at", "expires_on"): "expires_on < issued_at::date",
    },
}


@with_config(STRICT)
@dataclass(frozen=True)
class Rule:
    """A rule of data/rules.toml."""

    code: str
    outcome: Literal["repaired", "refused", "set_aside", "already_there", "noted"]
    name: Words
    explanation: Words


@datafiles.reads("rules.toml")
def rules(content: dict[str, Any]) -> dict[str, Rule]:
    """Return every rule, by code."""
    found = TypeAdapter(dict[str, Rule]).validate_python(datafiles.coded(content))
    datafiles.require(found, rules.last)
    return found


def keeps_text(kind: Kind, fields: set[str]) -> str:
    """Return the SQL of the lines whose own text is kept: those that a repair may touch."""
    repairs = sum(bit for code, bit in BIT.items() if rules()[code].outcome == REPAIRED)
    shown = [test for needed, test in SHOWN.get(kind.code, {}).items() if fields.issuperset(needed)]
    return " or ".join([f"marks & {repairs} != 0", *(f"coalesce({test}, false)" for test in shown)])


def touched(kind: Kind) -> dict[str, str]:
    """Return every rule that can touch a kept line of a kind, and when it does."""
    marks = {code: f"marks & {bit} != 0" for code, bit in BIT.items()}
    strange = [strange_branch(name) for name in branch_fields(kind)]
    branches = {"unknown_branch": " or ".join(strange)} if strange else {}
    return marks | branches | CONDITIONS.get(kind.code, {})


def branch_fields(kind: Kind) -> list[str]:
    """Return the fields of a kind that name a branch somebody else must know."""
    fields = kind.fields.items() if kind.code != "branches" else ()  # which says what there is
    return [name for name, found in fields if found.kind == "branch"]


def strange_branch(field: str) -> str:
    """Return the SQL of whether a branch is none of those known, as far as any is."""
    known = "select branch from known_branches"
    return f"(exists ({known}) and {field} not in ({known}))"


def count_kept(
    connection: duckdb.DuckDBPyConnection, kind: Kind
) -> dict[int, tuple[int, int, dict[str, int]]]:
    """Return the kept lines by file number: how many, how many repaired, and by rule."""
    conditions = touched(kind)
    repairs = [code for code in conditions if rules()[code].outcome == REPAIRED]
    marks = "".join(f", coalesce({test}, false) as {code}" for code, test in conditions.items())
    counts = "".join(f", count(*) filter (where {code})" for code in conditions)
    rows = connection.execute(
        f"with marked as (select file_number{marks} from records.{kind.code} "
        f"where file_number is not null) "
        f"select file_number, count(*), "
        f"count(*) filter (where {' or '.join(repairs) or 'false'}){counts} "
        f"from marked group by file_number"
    ).fetchall()
    return {
        file_number: (kept, repaired, dict(zip(conditions, by_rule, strict=True)))
        for file_number, kept, repaired, *by_rule in rows
    }


def keep_repaired(connection: duckdb.DuckDBPyConnection, kind: Kind) -> None:
    """Put the repaired lines and their rules beside those left out."""
    repairs = {
        code: test for code, test in touched(kind).items() if rules()[code].outcome == REPAIRED
    }
    codes = ", ".join(f"case when {test} then '{code}' end" for code, test in repairs.items())
    connection.execute(
        f"insert into left_out by name select * from (select file_number, line_number, "
        f"'{REPAIRED}' as outcome, concat_ws(',', {codes}) as rule_code, line "
        f"from records.{kind.code} where line is not null) where rule_code != ''"
    )
