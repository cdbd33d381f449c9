"""The parts of a target: what a plan says of months and branches beside the whole."""

from collections.abc import Collection, Iterator
from difflib import get_close_matches
from math import isclose

from guanqing.plan.planrules import Entry, Fault


def nearest_branch(code: str, branches: Collection[str]) -> str:
    """Return the branch that a code nobody knows may mean, "" where none is like it."""
    known = {branch.lower(): branch for branch in branches}
    return next((known[found] for found in get_close_matches(code.lower(), known, 1, 0.5)), "")


def target_doubts(entry: Entry) -> Iterator[Fault]:
    """Yield what of a sound target may be a slip: parts that do not add up to what it promises.

    They may be meant so: the rest is for branches that are not named, or a month was left open.
    """
    if entry["kind"] == "total" and (whole := _apart(entry, "by_month")):
        yield "by_month", "months_apart", f"{whole:,.10g}"
    if entry["kind"] in ("total", "level") and (whole := _apart(entry, "by_branch")):
        yield "by_branch", "branches_apart", f"{whole:,.10g}"


def _apart(entry: Entry, field: str) -> float | None:
    """Return what parts add up to where nothing like it was ever promised."""
    whole = sum(entry.get(field, {}).values())
    promises = (entry, *entry.get("revisions", ()))
    goals = [one[name] for one in promises for name in ("at_least", "stretch") if name in one]
    return whole if whole and goals and not any(isclose(whole, goal) for goal in goals) else None
