"""Read a plan file and say of every wrong entry where it is wrong: line, field, reason."""

import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from guanqing.paths import DATA
from guanqing.problems import Problem

KINDS = ("total", "level", "rate", "survey", "compliance")  # and milestone, a list of its own
SHOWN_AS = ("number", "ratio", "percent")
BASES = ("holdings", "population")
QUALITY_FIELDS = ("speaker_rank", "work_count", "wall_metres", "place_kind", "attendance_count")
LANGUAGES = {"zh", "en"}
MEASURES = DATA / "plan_measures.toml"

Entry = dict[str, Any]


@dataclass(frozen=True)
class Refusal:
    """An entry that is not used: what it calls itself, and what is wrong where."""

    code: str
    line: int
    field: str
    why: str  # a key of the texts `planfile`
    value: str = ""
    name: dict[str, str] | None = None  # as far as it has one


@dataclass(frozen=True)
class Found:
    """What a plan file holds: entries that can be used, and those that cannot."""

    targets: tuple[Entry, ...]
    milestones: tuple[Entry, ...]
    refused: tuple[Refusal, ...]


@cache
def measures() -> dict[str, Entry]:
    """Return what a target can count, by code: data/plan_measures.toml."""
    return tomllib.loads(MEASURES.read_text(encoding="utf-8"))


def read(path: Path) -> Found:
    """Read a plan file. Problem: plan_unreadable, for a file that is no TOML."""
    try:
        text = path.read_text(encoding="utf-8")
        content = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Problem("plan_unreadable", path=path.name, words=str(error)) from error
    refused: list[Refusal] = []
    if str(content.get("year")) != path.stem:
        refused.append(Refusal("", _line(text, "year"), "year", "year", str(content.get("year"))))
    targets = _sound(text, "targets", content, _target_faults, refused)
    milestones = _sound(text, "milestones", content, _milestone_faults, refused)
    return Found(tuple(targets), tuple(milestones), tuple(refused))


Fault = tuple[str, str, object]  # field, why, value


def _sound(
    text: str,
    table: str,
    content: Entry,
    faults: Callable[[Entry], Iterator[Fault]],
    refused: list[Refusal],
) -> list[Entry]:
    """Return the entries of a table that can be used; say of the others why not."""
    sound: list[Entry] = []
    for number, entry in enumerate(content.get(table, [])):
        wrong = next(faults(entry), None)
        if wrong is None and entry["code"] in {other["code"] for other in sound}:
            wrong = ("code", "twice", entry["code"])
        if wrong is None:
            sound.append(entry)
            continue
        name, why, value = wrong
        line = _line(text, name, table, number)
        called = entry.get("name")
        words = called if isinstance(called, dict) and called.keys() == LANGUAGES else None
        refused.append(Refusal(str(entry.get("code", "")), line, name, why, str(value), words))
    return sound


def _line(text: str, name: str, table: str = "", number: int = 0) -> int:
    """Return the line of a field in the nth entry of a table, or the line of the entry itself."""
    lines = text.splitlines()
    starts = [n for n, line in enumerate(lines) if line.strip() == f"[[{table}]]"]
    first = starts[number] if number < len(starts) else 0
    top = name.partition(".")[0]
    for place in range(first + bool(starts), len(lines)):
        if re.match(rf"\s*(\[+\w+\.)?{re.escape(top)}\b", lines[place]):
            return place + 1
        if lines[place].startswith("[[") and "." not in lines[place]:
            break
    return first + 1


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
        elif not isinstance(value, fields[name]) or isinstance(value, bool) != (
            fields[name] is bool
        ):
            yield name, "wrong_type", value
        elif name in WORDS and value.keys() != LANGUAGES:
            yield name, "words", value


def _target_faults(entry: Entry) -> Iterator[Fault]:
    """Yield what is wrong with a target, the first thing first."""
    yield from _shape_faults(
        entry, TARGET_FIELDS, ("code", "kind", "measure", "at_least", "unit", "name")
    )
    kind, goal, per = entry["kind"], entry["at_least"], entry.get("per")
    if kind not in KINDS:
        yield "kind", "unknown_kind", kind
    if entry["measure"] not in measures() or not _suits(kind, entry["measure"]):
        yield "measure", "unknown_measure", entry["measure"]
    if kind == "rate" and per is None:
        yield "per", "no_base", ""
    if kind != "rate" and per is not None:
        yield "per", "base_unasked", per
    if per is not None and per not in BASES and per not in measures():
        yield "per", "unknown_base", per
    if not goal > 0 or (kind == "survey" and goal > 1):
        yield "at_least", "out_of_range", goal
    if entry.get("stretch") is not None and entry["stretch"] <= goal:
        yield "stretch", "stretch", entry["stretch"]
    if entry.get("shown_as", "number") not in SHOWN_AS:
        yield "shown_as", "unknown_form", entry["shown_as"]
    yield from _quality_faults(entry)
    yield from _number_faults(entry)
    yield from _revision_faults(entry)


def _suits(kind: str, measure: str) -> bool:
    """Tell whether a measure is read as a target of this kind reads its own."""
    return bool(measures()[measure].get("read_as", "sum") == READ_AS.get(kind, "sum"))


READ_AS = {"survey": "share", "compliance": "weeks"}


def _quality_faults(entry: Entry) -> Iterator[Fault]:
    for condition in entry.get("quality", ()):
        if condition.get("field") not in QUALITY_FIELDS:
            yield "quality", "quality_field", condition.get("field")
        elif ("at_least" in condition) == ("one_of" in condition):
            yield "quality", "quality_test", condition["field"]
        elif condition.keys() - {"field", "at_least", "one_of"}:
            yield "quality", "unknown_field", condition.keys() - {"field", "at_least", "one_of"}


def _number_faults(entry: Entry) -> Iterator[Fault]:
    for month, value in entry.get("by_month", {}).items():
        if not (month.isdigit() and 1 <= int(month) <= 12) or not isinstance(value, int | float):
            yield "by_month", "month", month
    for branch, value in entry.get("by_branch", {}).items():
        if not isinstance(value, int | float) or not value > 0:
            yield "by_branch", "out_of_range", branch


def _revision_faults(entry: Entry) -> Iterator[Fault]:
    for revision in entry.get("revisions", ()):
        if not isinstance(revision.get("since"), date):
            yield "revisions", "revision_day", revision.get("since")
        elif not isinstance(revision.get("at_least"), int | float):
            yield "revisions", "out_of_range", revision.get("at_least")
        elif not isinstance(revision.get("reason"), dict) or revision["reason"].keys() != LANGUAGES:
            yield "revisions", "revision_reason", ""
        elif revision.keys() - {"since", "at_least", "reason", "stretch"}:
            yield "revisions", "unknown_field", revision.keys()


def _milestone_faults(entry: Entry) -> Iterator[Fault]:
    yield from _shape_faults(entry, MILESTONE_FIELDS, ("code", "name"))
