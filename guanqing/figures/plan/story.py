"""The story of one promise: where it stands, how it came there, where it leads, and why."""

from datetime import date

import polars as pl

from guanqing import charts, text
from guanqing.charts.bullets import Range
from guanqing.charts.paths import Way, WayWords, days_of
from guanqing.figures.blocks import Cell, Chart, Table
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
from guanqing.figures.plan.words import (
    amount,
    answer,
    ends,
    month_names,
    now,
    owner_of,
    unit_of,
    whose,
)
from guanqing.figures.view import View
from guanqing.plan import outlook
from guanqing.plan.forecast import Band
from guanqing.plan.outlook import Earlier, Outlook
from guanqing.plan.scoring import Standing


def outlook_of(view: View, standing: Standing) -> Outlook:
    """Return what the end of the year looks like for one target."""
    return outlooks(view, [standing])[standing.target.code]


@figure("plan_progress")
def target_verdict(view: View) -> Content:
    """Say in large letters which promise this is, where it stands and whether we will make it."""
    standing = chosen_target(view, view.ask)
    if standing is None:
        return content("", view.nothing())
    target, ahead = standing.target, outlook_of(view, standing)
    first, second = answer(view, standing, ahead)
    if standing.value is None:
        first = ""  # the badge says it
    drawn = fill(
        "story",
        name=target.name[view.language],
        clause=target.clause and target.clause[view.language],
        value=now(view, standing),
        goal=amount(view, standing.goal, target),
        unit=unit_of(view, target, standing.goal) + whose(view, target),
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
    standing = chosen_target(view, view.cite)
    if standing is None:
        return content("", view.nothing())
    target, ahead = standing.target, outlook_of(view, standing)
    headline = _headline(view, standing, ahead)
    path = view.ask("target_path", target=target.code)
    if path["value"].drop_nulls().is_empty():
        return content(headline, view.nothing())
    marks = of_plan(view, target.scope, days_of(plan_year(view)))
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


@figure("plan_progress")
def target_forecasts(view: View) -> Content:
    """List what was forecast at each earlier month's end, beside what came."""
    headline = view.t("target.forecast_then")
    standing = chosen_target(view, view.cite)
    made = [] if standing is None else _earlier(view, standing)
    if standing is None or not made:
        return content(headline, view.note("target.no_forecast_then"))
    target, last = standing.target, made[0].last
    columns = [
        (view.t("target.made_on"), ""),
        (view.t("target.for_day", day=last), "n"),
        (view.t("target.came"), "n"),
        (view.t("target.came_within"), "s"),
        (view.t("target.end_80"), "n wide"),
    ]
    rows: list[list[Cell]] = [
        [
            text.day_of_year(one.made_on, view.language),
            ends(view, one.for_day.lower_80, one.for_day.upper_80, target),
            amount(view, one.came, target),
            view.t(f"target.within_{one.within or 'none'}"),
            ends(view, one.for_year.lower_80, one.for_year.upper_80, target),
        ]
        for one in made
    ]
    held = sum(one.within is not None for one in made)
    headline = view.t("target.forecast_held", held=held, count=len(made))
    return content(headline, Table(columns, rows, height=view.height), cases=len(made))


def _earlier(view: View, standing: Standing) -> list[Earlier]:
    if not outlook.is_drawn(standing):
        return []
    rows = view.ask("plan_months", target=standing.target.code).to_dicts()
    as_of = view.filters["as_of"]
    key = f"earlier {as_of} {standing.target.code}"
    made: list[Earlier] = view.once(
        key, lambda: outlook.earlier(standing, outlook.months_of(rows), as_of)
    )
    return made


def _headline(view: View, standing: Standing, ahead: Outlook) -> str:
    target = standing.target
    if ahead.rests_on == "drawn" and ahead.end:
        end, goal = amount(view, ahead.end.value, target), amount(view, standing.goal, target)
        return view.t("target.leads_to", end=end, goal=goal)
    words = view.t("alerts.list_mark").join(filter(None, answer(view, standing, ahead)))
    return words[:1].upper() + words[1:]


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
    return WayWords(
        value=view.t("targets.value"),
        due=view.t("targets.due"),
        goal=view.t("targets.goal"),
        band_80=view.t("target.end_80"),
        band_95=view.t("target.end_95"),
        months=month_names(view),
    )
