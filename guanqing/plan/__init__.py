"""A library's plan of a year: targets and milestones as <year>.toml in its folder states them.

An entry that cannot be right is refused with its line and field; a file that cannot be read at all
leaves the plan as it was.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from guanqing import datafiles
from guanqing.plan import planfile
from guanqing.plan.planfile import Refusal

KINDS = planfile.KINDS
Words = dict[str, str]


@dataclass(frozen=True)
class Condition:
    """What each thing counted must have, as a field of the register; one of several will do."""

    field: str
    minimum: float | None = None
    one_of: tuple[str, ...] = ()


@dataclass(frozen=True)
class Revision:
    """Another number to reach from a day on, and why."""

    since: date
    goal: float
    reason: Words
    stretch: float | None = None


@dataclass(frozen=True)
class Target:
    """One promise of the plan, in the words and units it was printed with."""

    plan_year: int
    code: str
    kind: str
    measure: str
    goal: float
    name: Words
    unit: Words
    per: str | None = None
    scope: str = "network"  # whose it is: the main library's, or the whole network's
    wave: str | None = None  # of a survey: the one wave whose answers count; None: all of the year
    stretch: float | None = None
    shown_as: str = "number"
    owner: Words | None = None
    clause: Words | None = None
    quality: tuple[Condition, ...] = ()
    every_week: bool = False  # the clause is something in every week
    note: Words | None = None
    by_branch: dict[str, float] = field(default_factory=dict)
    by_month: dict[int, float] = field(default_factory=dict)
    revisions: tuple[Revision, ...] = ()

    @property
    def counted(self) -> str:
        """Return what it counts: a measure of the plan, per what."""
        return planfile.counted(self.measure, self.per)

    def unit_of(self, value: float | None, language: str) -> str:
        """Return the unit of a value; where it has a form for one and for several, that of it."""
        one, _, several = self.unit[language].partition("|")
        return one if value == 1 else several or one

    def at(self, day: date) -> tuple[float, float | None]:
        """Return what is to be reached as of a day, and the stretch."""
        known = [revision for revision in self.revisions if revision.since <= day]
        return (known[-1].goal, known[-1].stretch) if known else (self.goal, self.stretch)


@dataclass(frozen=True)
class Milestone:
    """One thing to be done in the year."""

    plan_year: int
    code: str
    name: Words
    clause: Words | None = None
    owner: Words | None = None
    due: date | None = None


@dataclass(frozen=True)
class Plan:
    """A year's targets and milestones, by code, in the order of the file, and what was refused."""

    year: int
    targets: dict[str, Target] = field(default_factory=dict)
    milestones: dict[str, Milestone] = field(default_factory=dict)
    refused: tuple[Refusal, ...] = ()


def years(folder: Path) -> list[int]:
    """Return the years that have a plan in a library's folder of targets."""
    found = folder.glob("*.toml")
    return sorted(int(path.stem) for path in found if path.stem.isdigit())


def load(year: int, folder: Path, branches: Collection[str] = ()) -> Plan:
    """Return the plan of a year in a library's folder of targets, empty if there is none.

    branches are the codes of the library's own: a target parted by another is refused.
    Problem: data_file_broken, for a file that never could be read.
    """
    path = folder / f"{year}.toml"
    if not path.exists():
        return Plan(year)
    return _made(
        year,
        datafiles.reads(path, may_go=True, as_text=True)(planfile.readable)(),
        frozenset(branches),
    )


def of_text(year: int, written: str) -> Plan:
    """Return the plan that the text of a file says. ValueError: it is no TOML."""
    return _made(year, written, frozenset())


@datafiles.derived  # what may stand in it is in files too
@cache
def _made(year: int, written: str, branches: frozenset[str]) -> Plan:
    found = planfile.read(year, written, branches)
    targets = [_target(year, entry) for entry in found.targets]
    milestones = [Milestone(plan_year=year, **entry) for entry in found.milestones]
    return Plan(
        year,
        {target.code: target for target in targets},
        {milestone.code: milestone for milestone in milestones},
        found.refused,
    )


def _target(year: int, entry: dict[str, Any]) -> Target:
    made = {
        "quality": tuple(
            Condition(found["field"], found.get("at_least"), tuple(found.get("one_of", ())))
            for found in entry.get("quality", ())
        ),
        "by_month": {int(month): value for month, value in entry.get("by_month", {}).items()},
        "revisions": tuple(
            sorted(
                (Revision(**_with_goal(found)) for found in entry.get("revisions", ())),
                key=lambda revision: revision.since,
            )
        ),
    }
    return Target(plan_year=year, **(_with_goal(entry) | made))


def _with_goal(entry: dict[str, Any]) -> dict[str, Any]:
    """Return an entry with its number to reach named as the program names it."""
    return {"goal" if name == "at_least" else name: value for name, value in entry.items()}
