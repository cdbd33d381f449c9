"""Where each target and milestone of a plan stands at a day, the worst first."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from guanqing import plan
from guanqing.plan import Milestone, Target

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
    targets = plan.load(year).targets
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
    milestones = plan.load(year).milestones
    reported = {row["milestone_code"]: _without(row, "milestone_code", "state") for row in reports}
    standings = [
        MilestoneStanding(
            milestones[row["target_code"]], row["status"], **reported.get(row["target_code"], {})
        )
        for row in progress
        if row["kind"] == "milestone"
    ]
    return sorted(standings, key=lambda one: MILESTONE_ORDER.index(one.status))
