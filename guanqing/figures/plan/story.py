"""The story of one promise: where it stands, how it came there, where it leads, and why."""

from datetime import date, timedelta

import polars as pl

from guanqing import charts, text
from guanqing.charts.bullets import Range
from guanqing.charts.paths import Way, WayWords, days_of
from guanqing.figures.blocks import Chart
from guanqing.figures.figure import Content, content, figure
from guanqing.figures.marking import legend, of_plan
from guanqing.figures.markup import badge, fill, joined, written
from guanqing.figures.plan.scorecard import bullet
from guanqing.figures.plan.standing import (
    cases_of,
    chosen_milestone,
    chosen_target,
    outlooks,
    plan_year,
)
from guanqing.figures.plan.words import amount, answer, owner_of, unit_of
from guanqing.figures.view import View
from guanqing.plan.forecast import Band
from guanqing.plan.outlook import Outlook
from guanqing.plan.scoring import Standing


def outlook_of(view: View, standing: Standing) -> Outlook:
    """Return what the end of the year looks like for one target."""
    return outlooks(view, [standing])[standing.target.code]


@figure("plan_progress")
def target_verdict(view: View) -> Content:
    """Say in large letters which promise this is, where it stands and whether we will make it."""
    standing = chosen_target(view, is_drawn=True)
    if standing is None:
        return content("", view.nothing())
    target, ahead = standing.target, outlook_of(view, standing)
    first, second = answer(view, standing, ahead)
    drawn = fill(
        "story",
        name=target.name[view.language],
        clause=target.clause and target.clause[view.language],
        value=amount(view, standing.value, target),
        goal=amount(view, standing.goal, target),
        unit=unit_of(view, target),
        badge=badge(standing.status, view),
        first=first,
        second=second,
        bar=bullet(view, standing, ahead),
    )
    return content(target.name[view.language], drawn, cases=cases_of(standing))


@figure("milestones")
def milestone_verdict(view: View) -> Content:
    """Say in large letters which milestone this is, where it stands, and who answers for it."""
    standing = chosen_milestone(view)
    if standing is None:
        return content("", view.nothing())
    found = standing.milestone
    due = view.t("milestone.due", day=found.due) if found.due else ""
    drawn = fill(
        "story",
        name=found.name[view.language],
        clause=found.clause and found.clause[view.language],
        badge=badge(standing.status, view),
        first="",
        second=joined(written(owner_of(view, found.code, found.owner)), due),
    )
    return content(found.name[view.language], drawn, cases=1)


@figure("plan_progress")
def target_path(view: View) -> Content:
    """Draw the way of a promise through its year, with its pace and where it leads."""
    return _path(view)


@figure("plan_survey")
def survey_path(view: View) -> Content:
    """Draw the way of a promised satisfaction through its year, with its interval."""
    return _path(view)


def _path(view: View) -> Content:
    standing = chosen_target(view)
    if standing is None:
        return content("", view.nothing())
    target, ahead = standing.target, outlook_of(view, standing)
    headline = _headline(view, standing, ahead)
    path = view.ask("target_path", target=target.code)
    if path["value"].drop_nulls().is_empty():
        return content(headline, view.nothing())
    marks = of_plan(view, days_of(plan_year(view)))
    drawn = charts.way(
        _way(view, path, standing, ahead),
        _words(view),
        lambda value: amount(view, value, target),
        view.look,
        height=view.height,
        from_zero=target.kind in ("total", "rate"),
        marks=marks,
    )
    chart = Chart(drawn, view.t("alt.way"))
    return content(headline, chart, legend(view, marks), cases=cases_of(standing))


def _headline(view: View, standing: Standing, ahead: Outlook) -> str:
    target = standing.target
    if ahead.rests_on == "drawn" and ahead.end:
        end, goal = amount(view, ahead.end.value, target), amount(view, standing.goal, target)
        return view.t("target.leads_to", end=end, goal=goal)
    return " ".join(answer(view, standing, ahead))


def _way(view: View, path: pl.DataFrame, standing: Standing, ahead: Outlook) -> Way:
    value = standing.value
    bands: list[tuple[date, Range]] = []
    if ahead.rests_on == "drawn" and value is not None:
        bands = [(view.filters["as_of"], Range(value, value, value, value, value))]
        bands += [(day, _range(band)) for day, band in ahead.path]
    has_interval = standing.target.kind == "survey"
    return Way(
        path["day"].to_list(),
        path["value"].to_list(),
        path["expected_value"].to_list(),
        path["goal"].to_list(),
        bands if len(bands) > 1 else (),
        path.select("lower_share", "upper_share").rows() if has_interval else (),
    )


def _range(band: Band) -> Range:
    return Range(band.value, band.lower_80, band.upper_80, band.lower_95, band.upper_95)


def _words(view: View) -> WayWords:
    months = [date(plan_year(view), month, 1) for month in range(1, 13)]
    return WayWords(
        value=view.t("targets.value"),
        due=view.t("targets.due"),
        goal=view.t("targets.goal"),
        band_80=view.t("target.end_80"),
        band_95=view.t("target.end_95"),
        months=[(day + timedelta(days=14), text.month_name(day, view.language)) for day in months],
    )
