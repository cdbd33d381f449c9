"""The year's plan: targets and milestones as data/targets/<year>.toml states them.

An entry that cannot be right is refused with its line and field, and stays on the scorecard as a
promise that cannot be computed; a file that is no TOML at all is refused whole.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from guanqing import datafiles
from guanqing.paths import DATA
from guanqing.plan import planfile
from guanqing.plan.planfile import Refusal

KINDS = planfile.KINDS
FOLDER = DATA / "targets"
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


def years(folder: Path | None = None) -> list[int]:
    """Return the years that have a plan."""
    found = (folder or FOLDER).glob("*.toml")
    return sorted(int(path.stem) for path in found if path.stem.isdigit())


def load(year: int, folder: Path | None = None) -> Plan:
    """Return the plan of a year, empty if there is none. Problem: plan_unreadable."""
    path = (folder or FOLDER) / f"{year}.toml"
    return _load(year, path, path.stat().st_mtime_ns) if path.exists() else Plan(year)


@datafiles.derived  # what may stand in it is in files too
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


@dataclass(frozen=True)
class Standing:
    """Where a target stands at a day, and what that rests on.

    The columns of plan_evidence, whose header says what each is; None where a target has no such
    thing. Amounts are in the unit of the target, done and start_value in that of its measure.
    """

    target: Target
    status: str
    value: float | None
    goal: float
    stretch: float | None = None
    expected_value: float | None = None
    projected_value: float | None = None
    reason: str | None = None
    pace_basis: str | None = None
    done: float | None = None
    start_value: float | None = None
    base: float | None = None
    expected_share: float | None = None
    held_count: int | None = None
    clause_count: int | None = None
    clause_unknown_count: int | None = None
    scheduled_count: int | None = None
    open_days_left: int = 0
    distributed_count: int | None = None
    returned_count: int | None = None
    answer_count: int | None = None
    satisfied_count: int | None = None
    lower_share: float | None = None
    upper_share: float | None = None
    week_count: int | None = None
    kept_week_count: int | None = None
    announced_week_count: int | None = None
    announced_kept_week_count: int | None = None
    week_with_event_count: int | None = None
    last_day: date | None = None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Return the 95 % interval of a survey's share."""
        if self.lower_share is None or self.upper_share is None:
            return None
        return self.lower_share, self.upper_share


@dataclass(frozen=True)
class MilestoneStanding:
    """Where a milestone stands at a day, and the last report on it, None where there is none."""

    milestone: Milestone
    status: str
    stated_on: date | None = None
    note_zh: str | None = None
    note_en: str | None = None


Rows = Iterable[Mapping[str, Any]]


def scorecard(year: int, progress: Rows, evidence: Rows) -> list[Standing]:
    """Return where each target stands, the worst first.

    progress and evidence are the rows of the queries plan_progress and plan_evidence. Within a
    status the one furthest below its pace comes first.
    """
    targets = load(year).targets
    known = {row["target_code"]: _without(row, "target_code") for row in evidence}
    standings = [
        Standing(
            targets[row["target_code"]], row["status"], row["value"], **known[row["target_code"]]
        )
        for row in progress
        if row["kind"] != "milestone"
    ]
    return sorted(standings, key=lambda one: (STATUS_ORDER.index(one.status), _reached(one)))


def _without(row: Mapping[str, Any], *columns: str) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in columns}


def _reached(standing: Standing) -> float:
    """Return the value as a share of where it should be by now, or of the target."""
    if standing.value is None:
        return 0.0
    return float(standing.value / (standing.expected_value or standing.goal))


def milestone_standings(year: int, progress: Rows, reports: Rows) -> list[MilestoneStanding]:
    """Return where each milestone stands, what is still open first.

    progress and reports are the rows of the queries plan_progress and milestones_reported.
    """
    milestones = load(year).milestones
    reported = {row["milestone_code"]: _without(row, "milestone_code", "state") for row in reports}
    standings = [
        MilestoneStanding(
            milestones[row["target_code"]], row["status"], **reported.get(row["target_code"], {})
        )
        for row in progress
        if row["kind"] == "milestone"
    ]
    return sorted(standings, key=lambda one: MILESTONE_ORDER.index(one.status))
