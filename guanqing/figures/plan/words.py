"""What is said of a promise: its amounts as they were printed, and whether we make it."""

from collections.abc import Sequence
from datetime import date, timedelta
from math import ceil, floor

from markupsafe import Markup

from guanqing import text
from guanqing.figures.markup import small
from guanqing.figures.plan.standing import plan_year, year_plan
from guanqing.figures.view import View
from guanqing.plan import Target, alerts, amounts, planfile, ranking, survey
from guanqing.plan.outlook import Outlook
from guanqing.plan.scoring import Standing

PACES = ("profile", "open_days", "calendar", "months")  # the surest first


def amount(view: View, value: float | None, target: Target) -> str:
    """Return a value in the unit a target was printed with."""
    if value is None:
        return text.NOTHING
    return amounts.said(value, target, view.language)


def now(view: View, standing: Standing) -> str:
    """Return where a promise stands; of one for every week, its worst one, named as such."""
    said = amount(view, standing.value, standing.target)
    if standing.target.kind != "compliance" or standing.value is None:
        return said
    return view.t("target.worst_of", value=said)


def weeks_kept(standing: Standing) -> str:
    """Return how many weeks of all a promise for every week was kept in; "" of any other."""
    if standing.target.kind != "compliance" or standing.value is None:
        return ""
    return f"{standing.kept_week_count}/{standing.week_count}"


def month_names(view: View) -> list[tuple[date, str]]:
    """Return the months of the plan's year, each by a day in its middle."""
    months = [date(plan_year(view), month, 1) for month in range(1, 13)]
    return [(day + timedelta(days=14), text.month_name(day, view.language)) for day in months]


def difference(view: View, value: float, target: Target) -> str:
    """Return the difference of two values of a target: that of two shares is points."""
    if target.shown_as == "percent":
        return text.points(value, view.language)
    return amount(view, value, target)


def unit_of(view: View, target: Target, value: float | None) -> Markup:
    """Return the unit of a value in small print, where a target's form does not say it already."""
    unit = target.unit_of(value, view.language)
    is_needed = bool(unit) and target.shown_as == "number" and value is not None
    return Markup(" {}").format(small(unit)) if is_needed else Markup("")


def whose(view: View, target: Target) -> Markup:
    """Return whose a target is in small print, in a plan that speaks for more than one."""
    scopes = {one.scope for one in year_plan(view).targets.values()}
    said = small(view.whose(target.scope)) if len(scopes) > 1 else ""
    return Markup(" {}").format(said) if said else Markup("")


def ends(view: View, lower: float, upper: float, target: Target) -> str:
    """Return two ends in the unit of a target: of what comes one by one, whole ones.

    Where both read alike it is one.
    """
    if target.shown_as == "number" and target.kind in ("total", "level"):
        lower, upper = floor(lower), ceil(upper)
    said = dict.fromkeys(amount(view, end, target) for end in (lower, upper))
    return "–".join(said)


def likely(view: View, ahead: Outlook) -> str:
    """Return how likely a promise is to be kept, in a number or a word; "" where nobody can say."""
    said = ahead.likelihood
    return "" if said is None else alerts.likely(said, view.language)


def answer(view: View, standing: Standing, ahead: Outlook) -> tuple[str, str]:
    """Return whether we will make it, and what that rests on, in two short sentences."""
    target = standing.target
    if standing.value is None:
        return view.t("status.not_computable"), why_not(view, standing)
    if target.kind == "survey":
        return _of_answers(view, standing)
    first = likely(view, ahead)
    if ranking.is_at_odds(standing.status, ahead):
        first = view.t(f"outlook.yet_{standing.status}", likely=first)
    if standing.status in ("met", "not_met"):
        first = view.t("outlook.reached" if standing.status == "met" else "outlook.lost")
    if ahead.rests_on == "drawn" and ahead.end:
        span = ends(view, ahead.end.lower_80, ahead.end.upper_80, target)
        return first, view.t("outlook.drawn", span=span)
    values = {k: v for k, v in ahead.values.items() if k != "basis" and v is not None}
    words = view.t(f"outlook.{ahead.rests_on}", **values)
    return (first, words) if first else (words, "")


def _of_answers(view: View, standing: Standing) -> tuple[str, str]:
    """Return the verdict of a survey and how many satisfied answers would show it."""
    lower, upper = standing.interval or (0.0, 1.0)
    span = view.t("outlook.interval", lower=float(lower), upper=float(upper))
    answers = int(standing.answer_count or 0)
    needed = survey.satisfied_needed(answers, standing.goal)
    if standing.status == "not_shown" and needed is not None:
        return view.t("outlook.settled_by", count=needed, answers=answers), span
    return view.t(f"outlook.survey_{standing.status}"), span


def why_not(view: View, standing: Standing) -> str:
    """Return why a value cannot be computed, and what to do about it."""
    about = planfile.plan_measures()[standing.target.measure]
    return view.t(f"reason.{standing.reason}", name=about.name[view.language])


def pace(view: View, standings: Sequence[Standing]) -> str:
    """Return how much of the year should be done, and by which measure the pace is set."""
    found = view.cite("plan_pace").to_dicts()
    if not found:
        return ""
    share = float(found[0]["expected_share"])
    words = view.t("targets.pace", day=found[0]["day"], share=share)
    known = {one.pace_basis for one in standings}
    basis = next((basis for basis in PACES if basis in known), "calendar")
    return f"{words}{view.t(f'targets.by_{basis}')}"


def owner_of(view: View, code: str, printed: dict[str, str] | None) -> str:
    """Return who answers for a target or milestone: the last entered, else the plan's."""
    notes = view.look_up("plan_notes_made", target=code).drop_nulls("owner")
    if not notes.is_empty():
        return str(notes["owner"][0])
    return printed[view.language] if printed else ""
