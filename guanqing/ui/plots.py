"""Charts in the reader's language and colours: frames of the queries in, drawn panels out."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import polars as pl

from guanqing import charts, findings, text
from guanqing.charts.times import Line
from guanqing.ui.panels import note, show
from guanqing.ui.session import language, look, t


def named(name: str) -> str:
    """Return the column that holds a name in the session's language."""
    return f"{name}_{language()}"


def say(finding: findings.Finding) -> str:
    """Return a finding in words."""
    key, values = finding
    return t(key, **values)


def weekday_names() -> list[str]:
    """Return the short names of Monday to Sunday."""
    return [text.weekday_name(day, language()) for day in range(1, 8)]


def a_count(value: float | None) -> str:
    """Return a count as it is read."""
    return text.count(value, language())


def counts(values: Sequence[float | None]) -> list[str]:
    """Return counts as they are read."""
    return [a_count(value) for value in values]


def shares(values: Sequence[float | None]) -> list[str]:
    """Return shares as they are read."""
    return [text.share(value, language()) for value in values]


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
        return note(t("finding.nothing"))
    labels = _month_labels(months["month"].to_list())
    lines = [_line(months, value, [month.year for month in months["month"]])]
    if earlier is not None and earlier[value].sum():
        by_month = {(m.year + 1, m.month): v for m, v in earlier.select("month", value).iter_rows()}
        before = [by_month.get((m.year, m.month)) for m in months["month"]]
        year = str(months["month"][-1].year - 1)
        lines.append(Line(year, before, counts(before)))
    figure = charts.trend(labels, lines, a_count, look(), height=height, open_end=running)
    if every > 1:
        figure.update_xaxes(tickmode="array", tickvals=labels[::every])
    return show(figure, alt=t("alt.trend", months=months.height), key=f"trend-{value}")


def _line(months: pl.DataFrame, value: str, years: list[int]) -> Line:
    values = months[value].to_list()
    return Line(str(years[-1]), values, counts(values))


def _month_labels(months: list[date]) -> list[str]:
    """Return month names; a year stands with each where there is more than one."""
    several = len({month.year for month in months}) > 1
    return [f"{month:%Y-%m}" if several else text.month_name(month, language()) for month in months]


def calendar(days: pl.DataFrame, *, height: int = 170) -> None:
    """Draw each day's loans on a calendar; closed days are empty."""
    if not days["loan_count"].sum():
        return note(t("finding.nothing"))
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
    figure = charts.heat_calendar(
        days, "heat", words, weekday_names(), months, look(), height=height
    )
    return show(figure, alt=t("alt.calendar"), key="calendar")


def hours(frame: pl.DataFrame, *, height: int = 240) -> None:
    """Draw hour by weekday."""
    if frame.is_empty():
        return note(t("finding.nothing"))
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


def ranking(frame: pl.DataFrame, name: str, value: str, share: str, *, height: int = 240) -> None:
    """Draw a bar per row with its share, the count on hover.

    name is a column, or one with _zh and _en.
    """
    rows = frame.filter(pl.col(value) > 0)
    if rows.is_empty():
        return note(t("finding.nothing"))
    column = name if name in rows.columns else named(name)
    words = (shares(rows[share].to_list()), counts(rows[value].to_list()))
    figure = charts.ranking(rows, column, value, words, look(), height=height)
    return show(figure, alt=t("alt.ranking"), key=f"ranking-{name}")


def class_gaps(classes: pl.DataFrame, *, height: int = 560) -> None:
    """Draw each class's share of loans beside its share of holdings."""
    rows = classes.filter((pl.col("loan_count") > 0) | (pl.col("item_count") > 0))
    if rows.is_empty():
        return note(t("finding.nothing"))
    rows = labelled(rows)
    figure = charts.versus(
        rows,
        "label",
        "loan_share",
        "item_share",
        (t("classes.of_loans"), t("classes.of_holdings")),
        (shares(rows["loan_share"].to_list()), shares(rows["item_share"].to_list())),
        look(),
        height=height,
    )
    return show(figure, alt=t("alt.classes"), key="classes")


def labelled(rows: pl.DataFrame) -> pl.DataFrame:
    """Return classes with a column `label`: code and name, long names cut."""
    limit = 13 if language() == "zh" else 26
    name = pl.col(named("class_name"))
    short = pl.when(name.str.len_chars() > limit).then(name.str.slice(0, limit - 1) + "…")
    code = pl.when(pl.col("class_code").str.len_chars() <= 2).then(pl.col("class_code") + " ")
    return rows.with_columns(label=code.otherwise(pl.lit("")) + short.otherwise(name))


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
        lines.append(Line(code, values, words))
    labels = [f"{quarter.year} Q{(quarter.month + 2) // 3}" for quarter in quarters]
    return show(
        charts.slopes(labels, lines, look(), height=height), alt=t("alt.class_lines"), key="lines"
    )


def concentration(curve: pl.DataFrame, *, height: int = 240) -> None:
    """Draw the share of loans made by the busiest readers."""
    point = findings.tenth(curve)
    if point is None:
        return note(t("finding.nothing"))
    label = t("readers.tenth", borrowers=point[0], loans=point[1])
    figure = charts.concentration(
        curve,
        (t("readers.of_borrowers"), t("readers.of_loans")),
        (*point, label),
        look(),
        height=height,
    )
    return show(figure, alt=t("alt.concentration"), key="concentration")


def monthly_parts(frame: pl.DataFrame, name: str, value: str, *, height: int = 240) -> None:
    """Draw a count by month, cut into its parts."""
    if frame.is_empty():
        return note(t("finding.nothing"))
    months = frame["month"].unique().sort().to_list()
    parts: dict[str, Sequence[int]] = {}
    for part in frame[named(name)].unique(maintain_order=True):
        known = dict(frame.filter(pl.col(named(name)) == part).select("month", value).iter_rows())
        parts[part] = [known.get(month, 0) for month in months]
    figure = charts.stacked(_month_labels(months), parts, a_count, look(), height=height)
    return show(figure, alt=t("alt.parts"), key=f"parts-{name}")


def reasons(frame: pl.DataFrame, names: dict[str, Any], *, height: int = 250) -> None:
    """Draw the reasons for cancelling, most frequent first, coloured by what can be done."""
    rows = frame.filter(pl.col("card_count") > 0)
    if rows.is_empty():
        return note(t("finding.nothing"))
    colours = {"abnormal": look().accent, "normal": look().primary}
    running = rows["card_share"].cum_sum().to_list()
    words = [
        f"{text.count(count, language())} · {t('cards.so_far', share=float(so_far))}"
        for count, so_far in zip(rows["card_count"], running, strict=True)
    ]
    rows = rows.with_columns(label=pl.col("reason_code").replace_strict(names))
    figure = charts.pareto(
        rows,
        "label",
        "card_count",
        words,
        [colours.get(kind, look().muted) for kind in rows["kind"]],
        look(),
        height=height,
    )
    return show(figure, alt=t("alt.reasons"), key="reasons")


def holders(months: pl.DataFrame, target: float | None, *, height: int = 235) -> None:
    """Draw the card holders at each month's end against the year's target."""
    known = months.filter(pl.col("holder_count").is_not_null())
    if known.is_empty():
        return note(t("finding.nothing"))
    labels = _month_labels(known["month"].to_list())
    values = known["holder_count"].to_list()
    goal = (target, t("cards.goal", target=int(target))) if target else None
    line = Line(text.count(values[-1], language()), values, counts(values))
    figure = charts.trend(labels, [line], a_count, look(), height=height, goal=goal)
    return show(figure, alt=t("alt.holders"), key="holders")
