"""Read a plan file and say of every wrong entry where it is wrong: line, field, reason."""

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from guanqing.parsing import EMPTY, Wrong, toml
from guanqing.plan.planparts import nearest_branch, target_doubts
from guanqing.plan.planrules import (
    BASES,
    KINDS,
    PLAN_MEASURES,
    SCOPES,
    Entry,
    Fault,
    is_words,
    milestone_faults,
    nearest,
    plan_measures,
    target_faults,
)
from guanqing.problems import Problem

__all__ = ["BASES", "KINDS", "PLAN_MEASURES", "Found", "Refusal", "plan_measures", "read", "said"]


UNKNOWN = ("unknown_measure", "unknown_base")  # what is wrong where a measure is not known


@dataclass(frozen=True)
class Refusal:
    """An entry that is not used: what it calls itself, and what is wrong where."""

    code: str
    line: int
    field: str
    why: str  # a key of the texts `planfile`
    value: str = ""
    name: dict[str, str] | None = None  # as far as it has one
    counted: str = ""  # what it counts, as `counted` says it; "" where that cannot be told
    near: str = ""  # what an unknown measure may be meant to be


@dataclass(frozen=True)
class Found:
    """What a plan file holds: entries that can be used, and those that cannot."""

    targets: tuple[Entry, ...]
    milestones: tuple[Entry, ...]
    refused: tuple[Refusal, ...]
    doubts: tuple[Refusal, ...] = ()  # what is used, and may be a slip


def unreadable(problem: Problem) -> Refusal:
    """Return what stands for a whole file that never could be read."""
    line, field = int(str(problem.values["line"])), str(problem.values["field"])
    return Refusal("", line, field, "unreadable")


def readable(text: str) -> str:
    """Return the text of a plan file. ValueError: it is no TOML, or there is nothing in it."""
    if not toml(text):
        raise Wrong(EMPTY)
    return text


def counted(measure: Any, per: Any) -> str:
    """Return what a target counts: a measure of the plan, per what."""
    return f"{measure} per {per}" if per else str(measure)


def read(year: int, text: str, branches: Collection[str] = frozenset()) -> Found:
    """Return what the plan of a year holds as it is written.

    branches are the codes of the library's own; where none is known any will do.
    """
    content = toml(text)
    refused: list[Refusal] = []
    if content.get("year") != year:
        line = _line_of(text, "year") if "year" in content else 1
        refused.append(Refusal("", line, "year", "year", str(content.get("year", ""))))
    for name in content:
        # a list of another name would be promises that nobody sees
        if name not in {"year", "scope", "targets", "milestones"}:
            refused.append(Refusal("", _line_of(text, name), name, "unknown_field", name))
    scope = content.get("scope", "network")
    if scope not in SCOPES:
        line = _line_of(text, "scope")
        refused.append(Refusal("", line, "scope", "unknown_scope", str(scope)))
        scope = "network"
    of_targets = partial(target_faults, year, branches=branches)
    of_milestones = partial(milestone_faults, year)
    targets = _sound(text, "targets", content, of_targets, refused, branches)
    milestones = _sound(text, "milestones", content, of_milestones, refused, branches)
    # what is said at the head of the file holds for every target that says nothing else
    whose = tuple({"scope": scope} | target for target in targets)
    return Found(whose, tuple(milestones), tuple(refused), tuple(_doubts(text, content, targets)))


def _doubts(text: str, content: Entry, sound: list[Entry]) -> Iterator[Refusal]:
    places = {id(entry): number for number, entry in enumerate(content["targets"])} if sound else {}
    for entry in sound:
        number = places[id(entry)]
        for doubt in target_doubts(entry):
            yield _refusal(entry, doubt, _line(text, doubt[0], "targets", number), ())


def _sound(
    text: str,
    table: str,
    content: Entry,
    faults: Callable[[Entry], Iterator[Fault]],
    refused: list[Refusal],
    branches: Collection[str],
) -> list[Entry]:
    """Return the entries of a table that can be used; say of the others why not."""
    sound: list[Entry] = []
    entries = content.get(table, [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        refused.append(Refusal("", _line_of(text, table), table, "wrong_type", table))
        return sound
    for number, entry in enumerate(entries):
        wrong = next(faults(entry), None)
        if wrong is None and entry["code"] in {other["code"] for other in sound}:
            wrong = ("code", "twice", entry["code"])
        if wrong is None:
            sound.append(entry)
            continue
        refused.append(_refusal(entry, wrong, _line(text, wrong[0], table, number), branches))
    return sound


def _refusal(entry: Entry, fault: Fault, line: int, branches: Collection[str]) -> Refusal:
    """Return what is wrong with an entry; an unknown measure is taken for the one most like it."""
    name, why, value = fault
    called, meant, near = entry.get("name"), entry, ""
    if why in UNKNOWN and value not in plan_measures():
        near = nearest(entry, name)
        meant = entry | {name: near}
    elif why == "unknown_branch":
        near = nearest_branch(str(value), branches)
    counts = counted(meant.get("measure"), meant.get("per"))
    return Refusal(
        str(entry.get("code", "")),
        line,
        name,
        why,
        str(value),
        called if is_words(called) else None,
        # what is like no measure may be any
        counts if meant is entry or near else "",
        near,
    )


def said(why: str, near: str) -> str:
    """Return the key of the text that says what is wrong; near: what may be meant."""
    return f"planfile.{why}_near" if near else f"planfile.{why}"


def _line_of(text: str, name: str) -> int:
    """Return the line of a field or a list that stands by itself."""
    named = re.compile(rf"\s*\[*\s*[\"']?{re.escape(name)}(?![\w-])")
    return next((n for n, line in enumerate(text.split("\n"), start=1) if named.match(line)), 1)


def _line(text: str, name: str, table: str, number: int) -> int:
    """Return the line of a field in the nth entry of a table, or the line of the entry itself."""
    lines = text.split("\n")
    header = re.compile(rf"\s*\[\[\s*{table}\s*\]\]")
    named = re.compile(rf"\s*(\[+\w+\.)?[\"']?{re.escape(name)}(?![\w-])")
    starts = [n for n, line in enumerate(lines) if header.match(line)]
    first = starts[number] if number < len(starts) else 0
    for place in range(first + bool(starts), len(lines)):
        if named.match(lines[place]):
            return place + 1
        if re.match(r"\s*\[+\s*\w+\s*\]", lines[place]):  # the next entry
            break
    return first + 1
