"""Where each target and milestone of a plan stands at a day, the worst first."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from guanqing.plan import Milestone, Plan, Target, verdicts


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
    worst_week: date | None = None  # its Monday
    announced_week_count: int | None = None
    announced_kept_week_count: int | None = None
    last_day: date | None = None
    calendar_stated_on: date | None = None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Return the 95 % interval of a survey's share."""
        if self.lower_share is None or self.upper_share is None:
            return None
        return self.lower_share, self.upper_share

    @property
    def has_missed_weeks(self) -> bool:
        """Tell whether a week that is over was not kept of a promise for every week."""
        return (self.kept_week_count or 0) < (self.week_count or 0)

    @property
    def reached(self) -> float:
        """Return the value as a share of where it should be by now, or of the target."""
        if self.value is None:
            return 0.0
        return float(self.value / (self.expected_value or self.goal))


@dataclass(frozen=True)
class MilestoneStanding:
    """Where a milestone stands at a day, and the last report on it, None where there is none."""

    milestone: Milestone
    status: str
    stated_on: date | None = None
    note_zh: str | None = None
    note_en: str | None = None


Rows = Iterable[Mapping[str, Any]]


def scorecard(promised: Plan, progress: Rows, evidence: Rows) -> list[Standing]:
    """Return where each target of a plan stands, the worst first.

    progress and evidence are the rows of the queries plan_progress and plan_evidence. Within a
    status the one furthest below its pace comes first.
    """
    targets = promised.targets
    known = {row["target_code"]: _without(row, "target_code") for row in evidence}
    standings = [
        Standing(
            targets[row["target_code"]], row["status"], row["value"], **known[row["target_code"]]
        )
        for row in progress
        if row["target_code"] in targets  # the plan may have been edited since it was asked
    ]
    return sorted(standings, key=lambda one: (verdicts.rank(one.status), one.reached))


def _without(row: Mapping[str, Any], column: str) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != column}


def milestone_standings(promised: Plan, progress: Rows) -> list[MilestoneStanding]:
    """Return where each milestone of a plan stands, what is still open first.

    progress is the rows of the query milestone_progress.
    """
    milestones = promised.milestones
    standings = [
        MilestoneStanding(milestones[row["milestone_code"]], **_without(row, "milestone_code"))
        for row in progress
        if row["milestone_code"] in milestones
    ]
    return sorted(standings, key=lambda one: verdicts.rank(one.status))
