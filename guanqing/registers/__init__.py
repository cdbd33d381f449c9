"""Rows of registers as people enter them: told apart, compared, turned into entries.

A row here is its fields of data/records.toml with days and times as ISO text and codes as ours,
which is what the journal keeps.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

from guanqing.records import Kind
from guanqing.registers.journal import Change
from guanqing.registers.journal import Values as Values


def plain(value: Any) -> Any:
    """Return a value as the journal keeps it."""
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, date | time):
        return value.isoformat()
    return (value.strip() or None) if isinstance(value, str) else value


def complete(kind: Kind, given: Mapping[str, Any], *, default_branch: str | None) -> Values:
    """Return every field of a row, blanks as the library takes them.

    default_branch is that of a library with one: of several nobody knows which was meant.
    """
    values = {name: plain(given.get(name)) for name in kind.fields}
    for name, found in kind.fields.items():
        if values[name] is None and found.otherwise:
            values[name] = found.otherwise
        elif values[name] is not None and found.kind == "number":
            values[name] = float(values[name])
    branch = kind.fields.get("branch")
    if branch and not branch.of_network and values["branch"] is None:
        values["branch"] = default_branch
    has_come = (values.get("held_on") or "9") <= date.today().isoformat()
    if kind.code == "events" and values["is_held"] is None and has_come:
        values["is_held"] = True  # of a day to come it is seen when the day has come
    return values


def of_library(kind: Kind, row: Mapping[str, Any]) -> Values:
    """Return a row of the library's table as a row that could be entered."""
    return {name: plain(row[found.column_name]) for name, found in kind.fields.items()}


def key_of(kind: Kind, values: Mapping[str, Any]) -> Values:
    """Return the fields that tell a row from others."""
    return {name: values[name] for name in kind.key}


def is_same(kind: Kind, one: Values, other: Values) -> bool:
    """Return whether two rows say the same; a plan for a day to come is no news of it."""
    differ = {name for name in kind.fields if one[name] != other[name]}
    if "is_held" in differ and not one["is_held"] and not other["is_held"]:
        differ.remove("is_held")
    return not differ


def kept_where_unsaid(values: Values, was: Values, said: Iterable[str]) -> Values:
    """Return a row with what is there in the fields that nothing was said of."""
    return was | {name: values[name] for name in said}


def missing(kind: Kind, values: Mapping[str, Any]) -> list[str]:
    """Return the fields that must have a value and have none."""
    return [name for name, found in kind.fields.items() if found.needed and values[name] is None]


def putting(kind: Kind, values: Values, was: Values | None) -> list[Change]:
    """Return the changes that put a row in place of one that was, which may have another key."""
    key = key_of(kind, values)
    put = Change(kind.code, key, values, was)
    if was is None or key_of(kind, was) == key:
        return [put]
    return [*taking_away(kind, [was]), put]


def taking_away(kind: Kind, rows: Sequence[Values]) -> list[Change]:
    """Return the changes that take rows away."""
    return [Change(kind.code, key_of(kind, row), None, row) for row in rows]


def differences(was: Values | None, now: Values | None) -> list[tuple[str, Any, Any]]:
    """Return the fields that differ: name, before, after."""
    before, after = was or {}, now or {}
    names = [*after, *(name for name in before if name not in after)]
    return [(n, before.get(n), after.get(n)) for n in names if before.get(n) != after.get(n)]
