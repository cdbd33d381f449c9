"""What may stand in a plan: the fields of targets and milestones, and what is wrong with one."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from pydantic import TypeAdapter

from guanqing import datafiles
from guanqing.paths import DATA
from guanqing.records import code_names

KINDS = ("total", "level", "rate", "survey", "compliance")  # and milestone, a list of its own
SHOWN_AS = ("number", "ratio", "percent")
BASES = ("holdings", "population")
CODED_FIELDS = ("speaker_rank", "place_kind")  # a condition names some of their codes
QUALITY_FIELDS = (*CODED_FIELDS, "work_count", "wall_metres", "attendance_count")
MONTHS = [str(month) for month in range(1, 13)]
LANGUAGES = {"zh", "en"}
PLAN_MEASURES = DATA / "plan_measures.toml"

Entry = dict[str, Any]
Fault = tuple[str, str, object]  # field, why, value


@datafiles.reads(PLAN_MEASURES)
def plan_measures(content: dict[str, Any]) -> dict[str, Entry]:
    """Return what a target can count, by code: data/plan_measures.toml."""
    return TypeAdapter(dict[str, Entry]).validate_python(content)


def codes(code_list: str) -> frozenset[str]:
    """Return the codes of a list of data/codes.csv."""
    return frozenset(code_names(code_list))


TARGET_FIELDS: dict[str, type | tuple[type, ...]] = {
    "code": str,
    "kind": str,
    "measure": str,
    "at_least": (int, float),
    "name": dict,
    "unit": dict,
    "per": str,
    "stretch": (int, float),
    "shown_as": str,
    "owner": dict,
    "clause": dict,
    "quality": list,
    "every_week": bool,
    "note": dict,
    "by_branch": dict,
    "by_month": dict,
    "revisions": list,
}
MILESTONE_FIELDS: dict[str, type | tuple[type, ...]] = {
    "code": str,
    "name": dict,
    "clause": dict,
    "owner": dict,
    "due": date,
}
WORDS = ("name", "unit", "clause", "owner", "note")


def _shape_faults(entry: Entry, fields: dict[str, Any], needed: tuple[str, ...]) -> Iterator[Fault]:
    for name in needed:
        if name not in entry:
            yield name, "missing", ""
    for name, value in entry.items():
        if name not in fields:
            yield name, "unknown_field", name
        elif (
            not isinstance(value, fields[name])
            or isinstance(value, bool) != (fields[name] is bool)
            or isinstance(value, datetime)  # a day has no time
        ):
            yield name, "wrong_type", value
        elif name in WORDS and not is_words(value):
            yield name, "words", value


def is_words(value: object) -> bool:
    """Tell whether something is said in both languages."""
    return (
        isinstance(value, dict)
        and value.keys() == LANGUAGES
        and all(isinstance(words, str) for words in value.values())
    )


def _is_amount(value: object) -> bool:
    """Tell whether a value is a number above 0 that can be reckoned with: no nan, no infinity."""
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < 1e15


def target_faults(year: int, entry: Entry) -> Iterator[Fault]:
    """Yield what is wrong with a target, the first thing first."""
    yield from _shape_faults(
        entry, TARGET_FIELDS, ("code", "kind", "measure", "at_least", "unit", "name")
    )
    kind, goal, per = entry["kind"], entry["at_least"], entry.get("per")
    if kind not in KINDS:
        yield "kind", "unknown_kind", kind
    if entry["measure"] not in plan_measures() or not _suits(kind, entry["measure"]):
        yield "measure", "unknown_measure", entry["measure"]
    if kind == "rate" and per is None:
        yield "per", "no_base", ""
    if kind != "rate" and per is not None:
        yield "per", "base_unasked", per
    if per is not None and per not in BASES and not (per in plan_measures() and _suits(kind, per)):
        yield "per", "unknown_base", per
    if not _is_goal(kind, goal):
        yield "at_least", "out_of_range", goal
    if "stretch" in entry and not _is_stretch(entry):
        yield "stretch", "stretch", entry["stretch"]
    if entry.get("shown_as", "number") not in SHOWN_AS:
        yield "shown_as", "unknown_form", entry["shown_as"]
    yield from _quality_faults(entry)
    yield from _number_faults(entry)
    yield from _revision_faults(year, entry)


def _suits(kind: str, measure: str) -> bool:
    """Tell whether a measure is read as a target of this kind reads its own."""
    return bool(plan_measures()[measure].get("read_as", "sum") == READ_AS.get(kind, "sum"))


READ_AS = {"survey": "share", "compliance": "weeks"}


def _is_goal(kind: str, value: Any) -> bool:
    return _is_amount(value) and not (kind == "survey" and value > 1)


def _is_stretch(entry: Entry) -> bool:
    return _is_amount(entry["stretch"]) and bool(entry["stretch"] > entry["at_least"])


def _quality_faults(entry: Entry) -> Iterator[Fault]:
    for condition in entry.get("quality", ()):
        if not isinstance(condition, dict):
            yield "quality", "wrong_type", condition
        elif condition.get("field") not in QUALITY_FIELDS:
            yield "quality", "quality_field", condition.get("field", "")
        elif unknown := condition.keys() - {"field", "at_least", "one_of"}:
            yield "quality", "unknown_field", min(unknown)
        elif not _is_test(condition):
            yield "quality", "quality_test", condition["field"]


def _is_test(condition: Entry) -> bool:
    """Tell whether an event can pass or fail: some codes of a coded field, a number of another."""
    name, wanted = condition["field"], condition.get("one_of")
    if name not in CODED_FIELDS:
        return "one_of" not in condition and _is_amount(condition.get("at_least"))
    known = isinstance(wanted, list) and all(one in list(codes(name)) for one in wanted)
    return "at_least" not in condition and known and bool(wanted)


def _number_faults(entry: Entry) -> Iterator[Fault]:
    months = entry.get("by_month", {})
    for month, value in months.items():
        if month not in MONTHS or not (_is_amount(value) or (value == 0 and value is not False)):
            yield "by_month", "month", month
    if "by_month" in entry and not any(months.values()):
        yield "by_month", "month", ""
    for branch, value in entry.get("by_branch", {}).items():
        if not _is_goal(entry["kind"], value):
            yield "by_branch", "out_of_range", branch
    if entry.get("by_branch") and entry.get("per") == "population":
        yield "by_branch", "not_by_branch", "population"
    for name in ("measure", "per") if entry.get("by_branch") else ():
        if not plan_measures().get(entry.get(name, ""), {"by_branch": True}).get("by_branch"):
            yield "by_branch", "not_by_branch", entry[name]


def _revision_faults(year: int, entry: Entry) -> Iterator[Fault]:
    days: set[date] = set()
    for revision in entry.get("revisions", ()):
        if not isinstance(revision, dict):
            yield "revisions", "wrong_type", revision
            continue
        since: Any = revision.get("since", "")
        goal = revision.get("at_least", "")
        if not _is_day_of(year, since) or since in days:  # of two neither would be the later
            yield "revisions", "revision_day", since
        elif unknown := revision.keys() - {"since", "at_least", "reason", "stretch"}:
            yield "revisions", "unknown_field", min(unknown)
        elif not _is_goal(entry["kind"], goal):
            yield "revisions", "out_of_range", goal
        elif "stretch" in revision and not _is_stretch(revision):
            yield "revisions", "stretch", revision["stretch"]
        elif not is_words(revision.get("reason")):
            yield "revisions", "revision_reason", ""
        else:
            days.add(since)


def _is_day_of(year: int, value: Any) -> bool:
    """Tell whether a value is a day after New Year, where the plan itself begins."""
    is_day = isinstance(value, date) and not isinstance(value, datetime)
    return is_day and date(year, 1, 1) < value <= date(year, 12, 31)


def milestone_faults(entry: Entry) -> Iterator[Fault]:
    """Yield what is wrong with a milestone, the first thing first."""
    yield from _shape_faults(entry, MILESTONE_FIELDS, ("code", "name"))
