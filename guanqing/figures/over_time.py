"""What figures over time share: labels of steps, lines against a year earlier, marks."""

from collections.abc import Callable
from datetime import date
from functools import partial

import polars as pl

from guanqing import charts, measures, text
from guanqing.charts.times import Line
from guanqing.figures.blocks import Block, Chart
from guanqing.figures.marking import legend, on_days, on_months
from guanqing.figures.view import View
from guanqing.period import WEEKS_52, year_before

LEAST_PART = 0.01  # of a share or a ratio, between two rules of a chart


def month_labels(view: View, months: list[date]) -> list[str]:
    """Return month names; a year stands with each where there is more than one."""
    several = len({month.year for month in months}) > 1
    return [
        f"{month:%Y-%m}" if several else text.month_name(month, view.language) for month in months
    ]


def trend(
    view: View,
    frame: pl.DataFrame,
    value: str,
    earlier: pl.DataFrame | None = None,
    *,
    every: int = 1,
) -> tuple[Block | None, ...]:
    """Return a value by month or day as a chart over its marks, with the year before behind it.

    value is a measure, said in its unit. frame has a column `month` or `day`, earlier the same of a
    year before. every names each nth step only, where the panel is narrow.
    """
    if not frame[value].sum():
        return (view.nothing(),)
    step = "day" if "day" in frame.columns else "month"
    starts = frame[step].to_list()
    labels = (
        [text.day_of_year(day, view.language) for day in starts]
        if step == "day"
        else month_labels(view, starts)
    )
    unit = measures.named(value).unit
    shown = partial(text.figure, unit=unit, language=view.language)
    least_step = 1 if unit == "count" else LEAST_PART
    lines = _lines(frame, step, value, earlier, shown)
    marks = on_days(view, starts) if step == "day" else on_months(view, starts)
    alt = view.t("alt.daily_trend" if step == "day" else "alt.trend", **{f"{step}s": frame.height})
    is_open = step == "month" and view.ends_within_month
    drawn: Block
    if view.is_still:
        drawn = charts.still_trend(
            labels,
            lines,
            shown,
            view.look,
            height=view.height,
            alt=alt,
            least_step=least_step,
            open_end=is_open,
            marks=marks,
        )
    else:
        figure = charts.trend(
            labels,
            lines,
            shown,
            view.look,
            height=view.height,
            least_step=least_step,
            open_end=is_open,
            marks=marks,
        )
        if every > 1:
            figure.update_xaxes(tickmode="array", tickvals=labels[::every])
        drawn = Chart(figure, alt)
    return drawn, legend(view, marks)


def _lines(
    frame: pl.DataFrame,
    step: str,
    value: str,
    earlier: pl.DataFrame | None,
    shown: Callable[[float | None], str],
) -> list[Line]:
    starts = frame[step].to_list()
    values = frame[value].to_list()
    lines = [Line(_years(starts), values, [*map(shown, values)])]
    if earlier is not None and earlier[value].sum():
        known = dict(earlier.select(step, value).iter_rows())
        # days meet the same day of the week, months the same month
        earlier_starts = [
            start - WEEKS_52 if step == "day" else year_before(start) for start in starts
        ]
        before = [known.get(start) for start in earlier_starts]
        held = [start for start in earlier_starts if start in known]
        lines.append(Line(_years(held), before, [*map(shown, before)]))
    return lines


def _years(starts: list[date]) -> str:
    """Return which year or years a line holds: 2019, 2018–19."""
    first, last = starts[0], starts[-1]
    return f"{first:%Y}" if first.year == last.year else f"{first:%Y}–{last:%y}"


def parts_by_month(
    view: View, frame: pl.DataFrame, name: str, value: str
) -> tuple[Block | None, ...]:
    """Return a count by month cut into its parts; name is a column with _zh and _en."""
    if frame.is_empty():
        return (view.nothing(),)
    months = frame["month"].unique().sort().to_list()
    column = view.named(name)
    parts = {}
    for part in frame[column].unique(maintain_order=True):
        known = dict(frame.filter(pl.col(column) == part).select("month", value).iter_rows())
        parts[part] = [known.get(month, 0) for month in months]
    marks = on_months(view, months)
    labels = month_labels(view, months)
    figure = charts.stacked(labels, parts, view.count, view.look, height=view.height, marks=marks)
    return Chart(figure, view.t("alt.parts")), legend(view, marks)
