"""What may stand in a plan: the fields of targets and milestones, and what is wrong with one."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from difflib import get_close_matches
from typing import Any, Literal

from pydantic import StrictBool, StrictInt, TypeAdapter, with_config

from guanqing import datafiles
from guanqing.datafiles import STRICT, Words
from guanqing.parsing import Wrong
from guanqing.paths import DATA
from guanqing.records import code_names, registers

KINDS = ("total", "level", "rate", "survey", "compliance")  # and milestone, a list of its own
COUNTED = ("total", "level", "compliance")  # whole things or hours: never a share of something
SHOWN_AS = ("number", "ratio", "percent")
SCOPES = ("main", "network")  # whose a promise is: the main library's, or the whole network's
BASES = ("holdings", "population")
CODED_FIELDS = ("speaker_rank", "place_kind")  # a condition names some of their codes
QUALITY_FIELDS = (*CODED_FIELDS, "work_count", "wall_metres", "attendance_count")
MONTHS = [str(month) for month in range(1, 13)]
LANGUAGES = {"zh", "en"}
PLAN_MEASURES = DATA / "plan_measures.toml"

Entry = dict[str, Any]
Fault = tuple[str, str, object]  # field, why, value


@with_config(STRICT)
@dataclass(frozen=True)
class PlanMeasure:
    """What a target can count: where it is recorded and how it is read."""

    code: str
    name: Words
    register: str | None = None  # None: from loans, cards or holdings
    read_as: Literal["sum", "share", "weeks"] = "sum"
    is_reading: StrictBool = False
    is_metered: StrictBool = False
    is_quota: StrictBool = False
    can_fall: StrictBool = False
    most_a_day: StrictInt | None = None
    event_kind: str | None = None
    by_branch: StrictBool = False


@datafiles.reads(PLAN_MEASURES)
def plan_measures(content: dict[str, Any]) -> dict[str, PlanMeasure]:
    """Return what a target can count, by code."""
    found = TypeAdapter(dict[str, PlanMeasure]).validate_python(datafiles.coded(content))
    for code, about in found.items():
        if about.register not in (None, *registers()):
            raise Wrong(code, "register")
        if about.event_kind not in (None, *codes("event_kind")):
            raise Wrong(code, "event_kind")
    datafiles.require(found, plan_measures.last)
    return found


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
    "scope": str,
    "wave": str,
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
        elif name == "unit" and not all(_has_forms(words) for words in value.values()):
            yield name, "unit_forms", " ".join(value.values())
        elif name == "unit" and any(_is_number(words) for words in value.values()):
            yield name, "unit_number", " ".join(value.values())


def is_words(value: object) -> bool:
    """Tell whether something is said in both languages."""
    return (
        isinstance(value, dict)
        and value.keys() == LANGUAGES
        and all(isinstance(words, str) for words in value.values())
    )


def _has_forms(unit: str) -> bool:
    """Tell whether a unit has one form, or two: for one and for several."""
    forms = unit.split("|")
    return len(forms) == 1 or (len(forms) == 2 and all(forms))


def _is_number(words: str) -> bool:
    """Tell whether words are a bare number, as a cell that slipped into the next column is."""
    return any(sign.isdigit() for sign in words) and not any(sign.isalpha() for sign in words)


def _is_amount(value: object) -> bool:
    """Tell whether a value is a number above 0 that can be reckoned with: no nan, no infinity."""
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < 1e15


def target_faults(
    year: int, entry: Entry, branches: Collection[str] = frozenset()
) -> Iterator[Fault]:
    """Yield what is wrong with a target, the first thing first.

    branches are the codes of the library's own; where none is known any will do.
    """
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
    if "wave" in entry and (kind, entry["measure"]) != ("survey", "reader_satisfaction"):
        yield "wave", "wave_unasked", entry["wave"]
    if not _is_goal(kind, goal):
        yield "at_least", "out_of_range", goal
    if "stretch" in entry and not _is_stretch(entry):
        yield "stretch", "stretch", entry["stretch"]
    if entry.get("shown_as", "number") not in SHOWN_AS:
        yield "shown_as", "unknown_form", entry["shown_as"]
    if kind in COUNTED and entry.get("shown_as") == "percent":
        yield "shown_as", "percent_of_count", entry["shown_as"]
    if entry.get("scope", SCOPES[0]) not in SCOPES:
        yield "scope", "unknown_scope", entry["scope"]
    yield from _quality_faults(entry)
    yield from _number_faults(entry)
    yield from _branch_faults(entry, branches)
    yield from _revision_faults(year, entry)


def suits(kind: str, about: PlanMeasure) -> bool:
    """Tell whether a measure is read as a target of this kind reads its own."""
    # there is a level of what can be lost again; of what only comes about there is a total
    is_stock = about.can_fall or kind != "level"
    return is_stock and about.read_as == READ_AS.get(kind, "sum")


def _suits(kind: str, measure: str) -> bool:
    return suits(kind, plan_measures()[measure])


def nearest(entry: Entry, field: str) -> str:
    """Return the measure that a field with an unknown one may mean, "" where none is like it."""
    kind = entry["kind"]
    known = [measure for measure in plan_measures() if _suits(kind, measure)]
    known += BASES if field == "per" else ()
    return next(iter(get_close_matches(str(entry[field]), known, n=1)), "")


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


def _branch_faults(entry: Entry, branches: Collection[str]) -> Iterator[Fault]:
    for branch, value in entry.get("by_branch", {}).items():
        if branches and branch not in branches:
            yield "by_branch", "unknown_branch", branch
        if not _is_goal(entry["kind"], value):
            yield "by_branch", "out_of_range", branch
    if entry.get("by_branch") and entry.get("per") == "population":
        yield "by_branch", "not_by_branch", "population"
    for name in ("measure", "per") if entry.get("by_branch") else ():
        about = plan_measures().get(entry.get(name, ""))
        if about and not about.by_branch:
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


def milestone_faults(year: int, entry: Entry) -> Iterator[Fault]:
    """Yield what is wrong with a milestone, the first thing first."""
    yield from _shape_faults(entry, MILESTONE_FIELDS, ("code", "name"))
    due = entry.get("due")
    # next year's date is next year's promise: here nobody would look for it, and most are slips
    if isinstance(due, date) and due.year != year:
        yield "due", "due_year", due
