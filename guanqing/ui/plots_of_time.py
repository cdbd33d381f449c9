"""Panels over time: frames of the queries in, charts in the reader's language and colours out."""

from collections.abc import Sequence
from datetime import date

import polars as pl

from guanqing import charts, text
from guanqing.charts.times import Line
from guanqing.period import year_before
from guanqing.ui.annotations import legend, on_days, on_months
from guanqing.ui.widgets.panels import draw, note, show
from guanqing.ui.shell.session import language, look, t
from guanqing.ui.words import a_count, counts, named, weekday_names


def _monthly(
    months: pl.DataFrame, value: str, earlier: pl.DataFrame | None
) -> tuple[list[str], list[Line]]:
    """Return the labels and lines of a count by month, the year before as its background."""
    labels = month_labels(months["month"].to_list())
    lines = [_line(months, value, [month.year for month in months["month"]])]
    if earlier is not None and earlier[value].sum():
        by_month = {(m.year + 1, m.month): v for m, v in earlier.select("month", value).iter_rows()}
        before = [by_month.get((m.year, m.month)) for m in months["month"]]
        lines.append(Line(str(months["month"][-1].year - 1), before, counts(before)))
    return labels, lines


def still_trend(frame: pl.DataFrame, earlier: pl.DataFrame | None, *, height: int) -> None:
    """Draw loans by month or day without the chart library, for the page that is opened first."""
    if not frame["loan_count"].sum():
        return note(t("finding.nothing_hint"))
    if "day" in frame.columns:
        labels, lines = _daily(frame, earlier)
        alt = t("alt.daily_trend", days=frame.height)
        marks = on_days(frame["day"].to_list())
    else:
        labels, lines = _monthly(frame, "loan_count", earlier)
        alt = t("alt.trend", months=frame.height)
        marks = on_months(frame["month"].to_list())
    draw(charts.still_trend(labels, lines, a_count, look(), height=height, alt=alt, marks=marks))
    return legend(marks)


def trend(
    months: pl.DataFrame,
    value: str,
    earlier: pl.DataFrame | None,
    *,
    running: bool,
    height: int = 240,
    every: int = 1,
) -> None:
    """Draw a count by month, against the same months a year earlier where they are given.

    every names each nth month only, where the panel is narrow.
    """
    if not months[value].sum():
        return note(t("finding.nothing_hint"))
    labels, lines = _monthly(months, value, earlier)
    marks = on_months(months["month"].to_list())
    figure = charts.trend(
        labels, lines, a_count, look(), height=height, open_end=running, marks=marks
    )
    if every > 1:
        figure.update_xaxes(tickmode="array", tickvals=labels[::every])
    show(figure, alt=t("alt.trend", months=months.height), key=f"trend-{value}")
    return legend(marks)


def daily_trend(days: pl.DataFrame, earlier: pl.DataFrame | None, *, height: int = 240) -> None:
    """Draw loans by day, against the same days a year earlier where they are given."""
    if not days["loan_count"].sum():
        return note(t("finding.nothing_hint"))
    labels, lines = _daily(days, earlier)
    marks = on_days(days["day"].to_list())
    figure = charts.trend(labels, lines, a_count, look(), height=height, marks=marks)
    show(figure, alt=t("alt.daily_trend", days=days.height), key="daily")
    return legend(marks)


def _daily(days: pl.DataFrame, earlier: pl.DataFrame | None) -> tuple[list[str], list[Line]]:
    """Return the labels and lines of loans by day, the year before as their background."""
    dates = days["day"].to_list()
    values = days["loan_count"].to_list()
    lines = [Line(str(dates[-1].year), values, counts(values))]
    if earlier is not None and earlier["loan_count"].sum():
        known = dict(earlier.select("day", "loan_count").iter_rows())
        before = [known.get(year_before(day)) for day in dates]
        lines.append(Line(str(dates[-1].year - 1), before, counts(before)))
    return [text.day_of_year(day, language()) for day in dates], lines


def _line(months: pl.DataFrame, value: str, years: list[int]) -> Line:
    values = months[value].to_list()
    return Line(str(years[-1]), values, counts(values))


def month_labels(months: list[date]) -> list[str]:
    """Return month names; a year stands with each where there is more than one."""
    several = len({month.year for month in months}) > 1
    return [f"{month:%Y-%m}" if several else text.month_name(month, language()) for month in months]


def calendar(days: pl.DataFrame, *, height: int = 170) -> None:
    """Draw each day's loans on a calendar; closed days are empty."""
    if not days["loan_count"].sum():
        return note(t("finding.nothing_hint"))
    # a year or so is what a calendar can hold legibly: the latest days win
    days = days.tail(400).with_columns(
        heat=pl.when(~pl.col("is_open") & (pl.col("loan_count") == 0))
        .then(None)
        .otherwise(pl.col("loan_count"))
    )
    words = [
        t("alt.day_loans", day=day, count=int(count))
        for day, count in days.select("day", "loan_count").iter_rows()
    ]
    months = {
        (day.year, day.month): text.month_name(day.replace(day=1), language())
        for day in days["day"]
    }
    marks = on_days(days["day"].to_list())
    figure = charts.heat_calendar(
        days, "heat", words, weekday_names(), months, look(), height=height, marks=marks
    )
    show(figure, alt=t("alt.calendar"), key="calendar")
    return legend(marks, has_crosses=True)


def hours(frame: pl.DataFrame, *, height: int = 240) -> None:
    """Draw hour by weekday."""
    if frame.is_empty():
        return note(t("finding.nothing_hint"))
    names = weekday_names()
    words = [
        t(
            "alt.hour_loans",
            weekday=names[weekday - 1],
            hour=str(hour),
            count=text.ratio(value, language()),
        )
        for weekday, hour, value in frame.select("weekday", "hour", "loans_per_day").iter_rows()
    ]
    figure = charts.heat_grid(frame, "loans_per_day", words, names, look(), height=height)
    return show(figure, alt=t("alt.hours"), key="hours")


def class_lines(frame: pl.DataFrame, *, height: int = 240) -> None:
    """Draw how the shares of the six most lent classes moved since the first quarter."""
    quarters = frame["quarter"].unique().sort().to_list()
    if len(quarters) < 2:
        return note(t("classes.one_quarter"))
    top = (
        frame.group_by("class_code")
        .agg(pl.col("loan_count").sum())
        .sort("loan_count", descending=True)["class_code"][:6]
        .to_list()
    )
    lines = []
    for code in top:
        known = dict(frame.filter(class_code=code).select("quarter", "loan_share").iter_rows())
        first = known.get(quarters[0])
        if not first:
            continue
        values = [known.get(quarter, 0.0) / first - 1 for quarter in quarters]
        words = [text.share(value, language(), sign=True) for value in values]
        name = code if len(code) <= 2 else frame.filter(class_code=code)[named("class_name")][0]
        lines.append(Line(name, values, words))
    labels = [
        t("filters.quarter", year=str(quarter.year), quarter=str((quarter.month + 2) // 3))
        for quarter in quarters
    ]
    marks = on_months(quarters, 3)
    figure = charts.slopes(labels, lines, look(), height=height, marks=marks)
    show(figure, alt=t("alt.class_lines"), key="lines")
    return legend(marks)


def monthly_parts(frame: pl.DataFrame, name: str, value: str, *, height: int = 240) -> None:
    """Draw a count by month, cut into its parts."""
    if frame.is_empty():
        return note(t("finding.nothing_hint"))
    months = frame["month"].unique().sort().to_list()
    parts: dict[str, Sequence[int]] = {}
    for part in frame[named(name)].unique(maintain_order=True):
        known = dict(frame.filter(pl.col(named(name)) == part).select("month", value).iter_rows())
        parts[part] = [known.get(month, 0) for month in months]
    marks = on_months(months)
    figure = charts.stacked(
        month_labels(months), parts, a_count, look(), height=height, marks=marks
    )
    show(figure, alt=t("alt.parts"), key=f"parts-{name}")
    return legend(marks)


def holders(months: pl.DataFrame, target: float | None, *, height: int = 235) -> None:
    """Draw the card holders at each month's end against the year's target."""
    known = months.filter(pl.col("holder_count").is_not_null())
    if known.is_empty():
        return note(t("finding.nothing_hint"))
    labels = month_labels(known["month"].to_list())
    values = known["holder_count"].to_list()
    goal = (target, t("cards.goal", target=int(target))) if target else None
    line = Line(text.count(values[-1], language()), values, counts(values))
    marks = on_months(known["month"].to_list())
    figure = charts.trend(labels, [line], a_count, look(), height=height, goal=goal, marks=marks)
    show(figure, alt=t("alt.holders"), key="holders")
    return legend(marks)
