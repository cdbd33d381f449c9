"""The year's plan: targets and milestones as data/targets/<year>.toml states them.

An entry that cannot be right is refused with its line and field, and stays on the scorecard as a
promise that cannot be computed; a file that is no TOML at all is refused whole.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from guanqing.paths import DATA
from guanqing.plan import planfile
from guanqing.plan.planfile import Refusal

KINDS = planfile.KINDS
FOLDER = DATA / "targets"
WORDS = dict[str, str]


@dataclass(frozen=True)
class Condition:
    """What each thing counted must have, as a field of the register; one of several will do."""

    field: str
    at_least: float | None = None
    one_of: tuple[str, ...] = ()


@dataclass(frozen=True)
class Revision:
    """Another number to reach from a day on, and why."""

    since: date
    at_least: float
    reason: WORDS
    stretch: float | None = None


@dataclass(frozen=True)
class Target:
    """One promise of the plan, in the words and units it was printed with."""

    plan_year: int
    code: str
    kind: str
    measure: str
    at_least: float
    name: WORDS
    unit: WORDS
    per: str | None = None
    stretch: float | None = None
    shown_as: str = "number"
    owner: WORDS | None = None
    clause: WORDS | None = None
    quality: tuple[Condition, ...] = ()
    every_week: bool = False  # the clause is something in every week
    note: WORDS | None = None
    by_branch: dict[str, float] = field(default_factory=dict)
    by_month: dict[int, float] = field(default_factory=dict)
    revisions: tuple[Revision, ...] = ()

    def at(self, day: date) -> tuple[float, float | None]:
        """Return what is to be reached as of a day, and the stretch."""
        known = [revision for revision in self.revisions if revision.since <= day]
        return (known[-1].at_least, known[-1].stretch) if known else (self.at_least, self.stretch)


@dataclass(frozen=True)
class Milestone:
    """One thing to be done in the year."""

    plan_year: int
    code: str
    name: WORDS
    clause: WORDS | None = None
    owner: WORDS | None = None
    due: date | None = None


@dataclass(frozen=True)
class Plan:
    """A year's targets and milestones, by code, in the order of the file, and what was refused."""

    year: int
    targets: dict[str, Target] = field(default_factory=dict)
    milestones: dict[str, Milestone] = field(default_factory=dict)
    refused: tuple[Refusal, ...] = ()


def years(folder: Path | None = None) -> list[int]:
    """Return the years that have a plan."""
    found = (folder or FOLDER).glob("*.toml")
    return sorted(int(path.stem) for path in found if path.stem.isdigit())


def load(year: int, folder: Path | None = None) -> Plan:
    """Return the plan of a year, empty if there is none. Problem: plan_unreadable."""
    path = (folder or FOLDER) / f"{year}.toml"
    return _load(year, path, path.stat().st_mtime_ns) if path.exists() else Plan(year)


@cache
def _load(year: int, path: Path, edited: int) -> Plan:
    found = planfile.read(path)
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
            Condition(**{**condition, "one_of": tuple(condition.get("one_of", ()))})
            for condition in entry.get("quality", ())
        ),
        "by_month": {int(month): value for month, value in entry.get("by_month", {}).items()},
        "revisions": tuple(
            sorted((Revision(**r) for r in entry.get("revisions", ())), key=lambda r: r.since)
        ),
    }
    return Target(plan_year=year, **(entry | made))


# What a council should see first: what cannot be mended, what is behind, what is not shown.
STATUS_ORDER = (
    "not_met",
    "behind",
    "not_shown",
    "not_computable",
    "on_course",
    "met",
)
MILESTONE_ORDER = ("overdue", "dropped", "planned", "under_way", "done")


def scorecard(
    year: int, progress: Sequence[dict[str, Any]], evidence: Sequence[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Return one row per target, the worst first.

    progress and evidence are the rows of the queries plan_progress and plan_evidence. Keys: target
    (a Target), and those of both queries. Within a status the one furthest below its pace comes
    first.
    """
    behind = {row["target_code"]: row for row in evidence}
    targets = load(year).targets
    rows = [
        behind[row["target_code"]] | row | {"target": targets[row["target_code"]]}
        for row in progress
        if row["kind"] != "milestone"
    ]
    return sorted(rows, key=lambda row: (STATUS_ORDER.index(row["status"]), _reached(row)))


def _reached(row: dict[str, Any]) -> float:
    """Return the value as a share of where it should be by now, or of the target."""
    if row["value"] is None:
        return 0.0
    return float(row["value"] / (row["expected_value"] or row["goal"]))


def milestone_rows(
    year: int, progress: Sequence[dict[str, Any]], reports: Sequence[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Return one row per milestone, what is still open first.

    Keys: milestone (a Milestone), status, and stated_on, note_zh, note_en where reported.
    """
    reported = {row["milestone_code"]: row for row in reports}
    milestones = load(year).milestones
    rows = [
        reported.get(row["target_code"], {})
        | {"milestone": milestones[row["target_code"]], "status": row["status"]}
        for row in progress
        if row["kind"] == "milestone"
    ]
    return sorted(rows, key=lambda row: MILESTONE_ORDER.index(row["status"]))
