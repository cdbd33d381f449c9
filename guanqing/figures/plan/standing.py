"""Where the promises of the year stand in a view, and where they lead."""

from collections import Counter
from collections.abc import Callable

import duckdb
import polars as pl

from guanqing import plan
from guanqing.figures.view import View
from guanqing.plan import Plan, outlook, planfile, ranking, scoring, verdicts
from guanqing.plan.outlook import Outlook
from guanqing.plan.planfile import BASES
from guanqing.plan.scoring import MilestoneStanding, Standing
from guanqing.problems import Problem

# How a view is asked: view.ask for what is drawn, view.cite for what is only spoken of.
Keep = Callable[..., pl.DataFrame]


def plan_year(view: View) -> int:
    """Return the year whose plan is judged: that of the as-of day."""
    return int(view.filters["as_of"].year)


def load_plan(view: View) -> Plan:
    """Return the plan of the year. Problem: data_file_broken, if it never could be read."""
    return plan.load(plan_year(view), view.own.targets, _branches(view))


def _branches(view: View) -> list[str]:
    """Return the codes of the branches; none where they cannot be asked, which the frame says."""
    try:
        return view.look_up("branch_names")["branch_code"].to_list()
    except (duckdb.Error, pl.exceptions.PolarsError):
        return []


def year_plan(view: View) -> Plan:
    """Return the plan of the year; one that never could be read is empty but for its fault."""
    try:
        return load_plan(view)
    except Problem as problem:
        return Plan(plan_year(view), refused=(planfile.unreadable(problem),))


def standings(view: View, keep: Keep, target: str | None = None) -> list[Standing]:
    """Return where each target of the year stands, the worst first; target names one alone."""
    if not year_plan(view).targets:
        return []
    progress = keep("plan_progress", target=target).to_dicts()
    evidence = keep("plan_evidence", target=target).to_dicts()
    return scoring.scorecard(year_plan(view), progress, evidence)


def milestones(view: View, keep: Keep, code: str | None = None) -> list[MilestoneStanding]:
    """Return where each milestone of the year stands, what is open first; code names one alone."""
    if not year_plan(view).milestones:
        return []
    progress = keep("milestone_progress", target=code)
    return scoring.milestone_standings(year_plan(view), progress.to_dicts())


def outlooks(view: View, found: list[Standing]) -> dict[str, Outlook]:
    """Return what the end of the year looks like for each target, by code."""
    if not found:
        return {}
    months, as_of = view.cite("plan_months", target=None), view.filters["as_of"]
    # thousands of draws for each target, the same for the same library and day
    key = f"outlooks {as_of} {' '.join(sorted(one.target.code for one in found))}"
    known: dict[str, Outlook] = view.once(
        key, lambda: outlook.outlooks(found, months.to_dicts(), as_of)
    )
    return known


def ranked(view: View, found: list[Standing]) -> list[Standing]:
    """Return targets in the order of seriousness, the worst first."""
    return ranking.ranked(found, outlooks(view, found))


def chosen_code(view: View) -> str | None:
    """Return the target or milestone chosen; of none of the plan's, the most urgent target."""
    code, known = view.filters["target"], year_plan(view)
    if code in known.targets or code in known.milestones:
        return str(code)
    found = standings(view, view.look_up)
    return next((one.target.code for one in ranked(view, found)), None)


def chosen_target(view: View, keep: Keep) -> Standing | None:
    """Return where the target chosen stands, None where a milestone is."""
    code = chosen_code(view)
    if code not in year_plan(view).targets:
        return None
    return next(iter(standings(view, keep, code)), None)


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
    if code not in year_plan(view).milestones:
        return None
    return next(iter(milestones(view, view.ask, code)), None)


def counted(found: list[Standing]) -> dict[str, int]:
    """Return how many targets have each verdict, the most serious first."""
    by_status = Counter(one.status for one in found)
    return {status: by_status[status] for status in verdicts.ORDER if by_status[status]}
