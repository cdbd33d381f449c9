"""Read a plan file and say of every wrong entry where it is wrong: line, field, reason."""

import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from guanqing.datafiles import Wrong
from guanqing.plan.planrules import (
    BASES,
    KINDS,
    PLAN_MEASURES,
    Entry,
    Fault,
    is_words,
    milestone_faults,
    plan_measures,
    target_faults,
)
from guanqing.problems import Problem

__all__ = ["BASES", "KINDS", "PLAN_MEASURES", "Found", "Refusal", "plan_measures", "read"]


@dataclass(frozen=True)
class Refusal:
    """An entry that is not used: what it calls itself, and what is wrong where."""

    code: str
    line: int
    field: str
    why: str  # a key of the texts `planfile`
    value: str = ""
    name: dict[str, str] | None = None  # as far as it has one
    counted: str = ""  # what it counts, as `counted` says it


@dataclass(frozen=True)
class Found:
    """What a plan file holds: entries that can be used, and those that cannot."""

    targets: tuple[Entry, ...]
    milestones: tuple[Entry, ...]
    refused: tuple[Refusal, ...]


def unreadable(problem: Problem) -> Refusal:
    """Return what stands for a whole file that never could be read."""
    line, field = int(str(problem.values["line"])), str(problem.values["field"])
    return Refusal("", line, field, "unreadable")


def readable(text: str) -> str:
    """Return the text of a plan file. ValueError: it is no TOML, or there is nothing in it."""
    if not tomllib.loads(text):
        raise Wrong()
    return text


def counted(measure: Any, per: Any) -> str:
    """Return what a target counts: a measure of the plan, per what."""
    return f"{measure} per {per}" if per else str(measure)


def read(year: int, text: str) -> Found:
    """Return what the plan of a year holds as it is written."""
    content = tomllib.loads(text)
    refused: list[Refusal] = []
    if content.get("year") != year:
        line = _line_of(text, "year") if "year" in content else 1
        refused.append(Refusal("", line, "year", "year", str(content.get("year", ""))))
    for name in content:
        # a list of another name would be promises that nobody sees
        if name not in {"year", "targets", "milestones"}:
            refused.append(Refusal("", _line_of(text, name), name, "unknown_field", name))
    of_the_year = partial(target_faults, year)
    targets = _sound(text, "targets", content, of_the_year, refused)
    milestones = _sound(text, "milestones", content, milestone_faults, refused)
    return Found(tuple(targets), tuple(milestones), tuple(refused))


def _sound(
    text: str,
    table: str,
    content: Entry,
    faults: Callable[[Entry], Iterator[Fault]],
    refused: list[Refusal],
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
        name, why, value = wrong
        line = _line(text, name, table, number)
        called = entry.get("name")
        words = called if is_words(called) else None
        counts = counted(entry.get("measure"), entry.get("per"))
        code = str(entry.get("code", ""))
        refused.append(Refusal(code, line, name, why, str(value), words, counts))
    return sound


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
