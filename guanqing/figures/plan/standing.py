"""Where the promises of the year stand in a view, and where they lead."""

from collections import Counter

from guanqing import plan
from guanqing.figures.view import View
from guanqing.plan import Plan, outlook, planfile, scoring
from guanqing.plan.outlook import Outlook
from guanqing.plan.planfile import BASES
from guanqing.plan.scoring import MilestoneStanding, Standing
from guanqing.problems import Problem


def plan_year(view: View) -> int:
    """Return the year whose plan is judged: that of the as-of day."""
    return int(view.filters["as_of"].year)


def year_plan(view: View) -> Plan:
    """Return the plan of the year; one that never could be read is empty but for its fault."""
    try:
        return plan.load(plan_year(view))
    except Problem as problem:
        return Plan(plan_year(view), refused=(planfile.unreadable(problem),))


def standings(view: View, *, is_drawn: bool = False) -> list[Standing]:
    """Return where each target of the year stands, the worst first.

    is_drawn: the figure shows them all; else it speaks of one among them.
    """
    if not year_plan(view).targets:
        return []
    keep = view.ask if is_drawn else view.cite
    progress, evidence = keep("plan_progress"), keep("plan_evidence")
    return scoring.scorecard(plan_year(view), progress.to_dicts(), evidence.to_dicts())


def milestones(view: View, *, is_drawn: bool = False) -> list[MilestoneStanding]:
    """Return where each milestone of the year stands, what is open first; is_drawn as above."""
    if not year_plan(view).milestones:
        return []
    keep = view.ask if is_drawn else view.cite
    progress, reports = keep("plan_progress"), keep("milestones_reported")
    return scoring.milestone_standings(plan_year(view), progress.to_dicts(), reports.to_dicts())


def outlooks(view: View, found: list[Standing]) -> dict[str, Outlook]:
    """Return what the end of the year looks like for each target, by code."""
    if not found:
        return {}
    months, as_of = view.cite("plan_months"), view.filters["as_of"]
    # thousands of draws for each target, the same for the same library and day
    key = f"outlooks {as_of} {' '.join(one.target.code for one in found)}"
    known: dict[str, Outlook] = view.once(
        key, lambda: outlook.outlooks(found, months.to_dicts(), as_of)
    )
    return known


def chosen_target(view: View, *, is_drawn: bool = False) -> Standing | None:
    """Return where the target chosen stands; of none chosen, the most urgent.

    is_drawn: what the figure shows is its line of the scorecard, so that is what it is read from.
    """
    code, found = view.filters["target"], standings(view, is_drawn=is_drawn)
    if code in year_plan(view).milestones:
        return None
    return next((one for one in found if one.target.code == code), found[0] if found else None)


def cases_of(standing: Standing) -> int:
    """Return how many answers, weeks, events or loans the value of a target rests on."""
    target = standing.target
    if standing.value is None:
        return 0
    if target.kind == "survey":
        return standing.answer_count or 0
    if target.kind == "compliance":
        return standing.week_count or 0
    if not target.measure.endswith("_count"):  # a reading: so many terabytes
        return 1
    if target.kind == "rate" and target.per not in BASES:  # a part of what it is divided by
        return int(standing.base or 0)
    return int((standing.value if target.kind == "level" else standing.done) or 0)


def chosen_milestone(view: View) -> MilestoneStanding | None:
    """Return where the milestone chosen stands, None where none is."""
    code = view.filters["target"]
    return next(
        (one for one in milestones(view, is_drawn=True) if one.milestone.code == code), None
    )


def counted(found: list[Standing]) -> dict[str, int]:
    """Return how many targets have each status, the most serious first."""
    by_status = Counter(one.status for one in found)
    return {status: by_status[status] for status in scoring.STATUS_ORDER if by_status[status]}
