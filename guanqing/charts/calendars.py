"""Heat over days and hours."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

import plotly.graph_objects as go
import polars as pl

from guanqing.charts.look import Look, canvas
from guanqing.charts.marks import NO_MARKS, Mark, Marks, add_shapes, flags, put_flags


def heat_calendar(
    frame: pl.DataFrame,
    value: str,
    shown: Sequence[str],
    weekdays: Sequence[str],
    month_names: dict[tuple[int, int], str],
    look: Look,
    *,
    height: int = 170,
    marks: Marks = NO_MARKS,
) -> go.Figure:
    """Draw each day of `day` as a cell, a column a week, a row a weekday; months named below.

    month_names gives the word of each (year, month). Days without a value stay empty. The steps of
    marks are the days: a cell that is marked has a frame, one of a closed day a cross.
    """
    days = frame["day"].to_list()
    first_monday = days[0] - timedelta(days=days[0].weekday())
    weeks = [(day - first_monday).days // 7 for day in days]
    figure = canvas(look, height=height)
    figure.add_heatmap(
        x=weeks,
        y=[day.weekday() for day in days],
        z=frame[value].to_list(),
        text=list(shown),
        colorscale=_colorscale(look),
        showscale=False,
        xgap=2,
        ygap=2,
        hovertemplate="%{text}<extra></extra>",
        hoverongaps=False,
    )
    starts: dict[tuple[int, int], int] = {}
    for day, week in zip(days, weeks, strict=True):
        if day.day <= 7:
            starts.setdefault((day.year, day.month), week)
    starts = starts or {(days[0].year, days[0].month): 0}  # a few days late in one month
    step = -(-len(starts) // 14)
    ticks = list(starts.items())[::step]
    figure.update_xaxes(
        tickmode="array",
        tickvals=[week for _, week in ticks],
        ticktext=[month_names[month] for month, _ in ticks],
    )
    _mark_cells(figure, marks, days, first_monday, look)
    return _weekday_axis(figure, weekdays)


def _mark_cells(
    figure: go.Figure, marks: Marks, days: Sequence[date], first_monday: date, look: Look
) -> None:
    shut = [cell for span in marks.closed for cell in _cells(*span, days, first_monday)]
    figure.add_scatter(
        x=[week for week, _ in shut],
        y=[weekday for _, weekday in shut],
        mode="markers",
        marker={"symbol": "x-thin", "size": 5, "line": {"width": 1, "color": look.muted}},
        hoverinfo="skip",
    )
    in_weeks, frames = [], []
    for mark in marks.marks:
        cells = list(_cells(mark.start, mark.end, days, first_monday))
        frames += [
            {
                "type": "rect",
                "x0": week - 0.5,
                "x1": week + 0.5,
                "y0": weekday - 0.5,
                "y1": weekday + 0.5,
                "line": {"color": look.ink, "width": 1.3},
            }
            for week, weekday in cells
        ]
        if cells:
            in_weeks.append(Mark(cells[0][0], cells[-1][0], mark.number, mark.words))
    add_shapes(figure, frames)
    weeks = (days[-1] - first_monday).days // 7 + 1
    put_flags(figure, flags(in_weeks, weeks), look)


def _cells(
    start: float, end: float, days: Sequence[date], first_monday: date
) -> Iterator[tuple[int, int]]:
    """Yield the week and weekday of each day between two positions."""
    for day in days[round(start + 0.5) : round(end + 0.5)]:
        yield (day - first_monday).days // 7, day.weekday()


def heat_grid(
    frame: pl.DataFrame,
    value: str,
    shown: Sequence[str],
    weekdays: Sequence[str],
    look: Look,
    *,
    height: int = 230,
) -> go.Figure:
    """Draw hour by weekday (1 = Monday), the darker the more."""
    figure = canvas(look, height=height)
    figure.add_heatmap(
        x=frame["hour"].to_list(),
        y=[weekday - 1 for weekday in frame["weekday"].to_list()],
        z=frame[value].to_list(),
        text=list(shown),
        colorscale=_colorscale(look),
        showscale=False,
        xgap=2,
        ygap=2,
        hovertemplate="%{text}<extra></extra>",
        hoverongaps=False,
    )
    first, last = min(frame["hour"]), max(frame["hour"])
    figure.update_xaxes(dtick=2, ticksuffix=":00", range=[first - 0.5, last + 0.5])
    return _weekday_axis(figure, weekdays)


def _weekday_axis(figure: go.Figure, weekdays: Sequence[str]) -> go.Figure:
    return figure.update_yaxes(
        autorange="reversed", tickmode="array", tickvals=list(range(7)), ticktext=list(weekdays)
    )


def _colorscale(look: Look) -> list[tuple[float, str]]:
    last = len(look.scale) - 1
    return [(i / last, colour) for i, colour in enumerate(look.scale)]
