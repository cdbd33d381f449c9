"""The way of one promise through its year: what came, what was due, and where it leads."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import plotly.graph_objects as go

from guanqing.charts.bullets import Range
from guanqing.charts.look import Look, canvas, round_step, rules
from guanqing.charts.marks import NO_MARKS, Marks, lay_on_dates

LEAST_WHOLE = 4  # below it whole steps of an axis are too far apart


@dataclass(frozen=True)
class Way:
    """A promise on its days; a value or a due value may be missing on some."""

    days: Sequence[date]
    values: Sequence[float | None]
    due: Sequence[float | None]
    goals: Sequence[float]
    ahead: Sequence[tuple[date, Range]]  # from the day it is judged at to the last of the year
    between: Sequence[tuple[float | None, float | None]] = ()  # ends of an interval, of a survey


@dataclass(frozen=True)
class WayWords:
    """The words of a way: its lines, and its months below."""

    value: str
    due: str
    goal: str
    band_80: str
    band_95: str
    months: Sequence[tuple[date, str]]


def way(
    told: Way,
    words: WayWords,
    shown: Callable[[float], str],
    look: Look,
    *,
    height: int = 340,
    from_zero: bool = True,
    marks: Marks = NO_MARKS,
) -> go.Figure:
    """Draw the value up to its day, the pace and the goal through the year, the bands ahead.

    from_zero: what adds up is drawn from nothing; a stock or a share where it moves. The steps of
    marks, which say what happened, are the days.
    """
    known = [v for v in (*told.values, *told.due, *told.goals) if v is not None]
    known += [band.upper_95 for _, band in told.ahead]
    known += [upper for _, upper in told.between if upper is not None]
    known += [band.lower_95 for _, band in told.ahead]
    known += [lower for lower, _ in told.between if lower is not None]
    figure = rules(canvas(look, height=height, right=56), look, max(known), shown)
    if not from_zero or max(known) < LEAST_WHOLE:
        _close_up(figure, 0 if from_zero else min(known), max(known), shown)
    figure.update_layout(margin_t=22)
    _bands(figure, told, words, shown, look)
    _interval(figure, told, look)
    _line(figure, told.days, told.due, words.due, shown, {"color": look.muted, "dash": "dot"})
    _line(figure, told.days, told.goals, words.goal, shown, {"color": look.accent, "dash": "dash"})
    _line(figure, told.days, told.values, words.value, shown, {"color": look.primary, "width": 3})
    _names(figure, told, words, shown, look)
    _name_months(figure, words.months)
    figure.update_xaxes(range=[date(told.days[0].year, 1, 1), told.days[-1]])
    return lay_on_dates(figure, marks, days_of(told.days[0].year), look)


def days_of(year: int) -> list[date]:
    """Return the days of a year: marks lie on any of them, though a way steps from week to week."""
    first = date(year, 1, 1)
    return [first + timedelta(days=n) for n in range((date(year + 1, 1, 1) - first).days)]


def _name_months(figure: go.Figure, months: Sequence[tuple[date, str]]) -> None:
    """Write a name below the middle of each month."""
    figure.update_xaxes(
        tickmode="array",
        tickvals=[day for day, _ in months],
        ticktext=[name for _, name in months],
        tickangle=0,
        tickfont={"size": 11},
    )


def _close_up(
    figure: go.Figure, lowest: float, highest: float, shown: Callable[[float], str]
) -> None:
    """Show where a way moves; of what is counted from nothing the nothing is shown too."""
    room = (highest - lowest) * 0.15 or abs(highest) * 0.1 or 1
    bottom = lowest - room if lowest else 0.0
    step = round_step((highest + room - bottom) / 4, least=0)
    ticks = [
        step * turn for turn in range(math.ceil(bottom / step), int((highest + room) / step) + 1)
    ]
    figure.update_yaxes(
        range=[bottom, highest + room],
        tickvals=ticks,
        ticktext=[shown(tick) for tick in ticks],
    )


def _bands(
    figure: go.Figure, told: Way, words: WayWords, shown: Callable[[float], str], look: Look
) -> None:
    days = [day for day, _ in told.ahead]
    for lower, upper, name, opacity in (
        ("lower_95", "upper_95", words.band_95, "22"),
        ("lower_80", "upper_80", words.band_80, "3A"),
    ):
        ends = [(getattr(band, lower), getattr(band, upper)) for _, band in told.ahead]
        figure.add_scatter(
            x=[*days, *reversed(days)],
            y=[*(high for _, high in ends), *(low for low, _ in reversed(ends))],
            fill="toself",
            fillcolor=look.primary + opacity,
            line={"width": 0},
            mode="lines",
            hoverinfo="skip",
        )
        figure.add_scatter(
            x=days,
            y=[high for _, high in ends],
            text=[f"{shown(low)}–{shown(high)}" for low, high in ends],
            mode="lines",
            line={"width": 0},
            hovertemplate=f"{name} %{{text}}<extra></extra>",
        )
    figure.add_scatter(
        x=days,
        y=[band.value for _, band in told.ahead],
        mode="lines",
        line={"color": look.primary, "width": 1.5, "dash": "dot"},
        hoverinfo="skip",
    )


def _interval(figure: go.Figure, told: Way, look: Look) -> None:
    """Draw the interval of a survey about each of its values."""
    ends = [
        (day, low, high)
        for day, (low, high) in zip(told.days, told.between, strict=False)
        if low is not None and high is not None
    ]
    figure.add_scatter(
        x=[*(day for day, _, _ in ends), *(day for day, _, _ in reversed(ends))],
        y=[*(high for _, _, high in ends), *(low for _, low, _ in reversed(ends))],
        fill="toself",
        fillcolor=look.primary + "2A",
        line={"width": 0, "shape": "hv"},
        mode="lines",
        hoverinfo="skip",
    )


def _line(
    figure: go.Figure,
    days: Sequence[date],
    values: Sequence[float | None],
    name: str,
    shown: Callable[[float], str],
    style: dict[str, object],
) -> None:
    points = [(d, v) for d, v in zip(days, values, strict=True) if v is not None]
    figure.add_scatter(
        x=[day for day, _ in points],
        y=[value for _, value in points],
        text=[shown(value) for _, value in points],
        mode="lines",
        line={"width": 1.5} | style,
        hovertemplate=f"{name} %{{x|%Y-%m-%d}}  %{{text}}<extra></extra>",
    )


def _names(
    figure: go.Figure, told: Way, words: WayWords, shown: Callable[[float], str], look: Look
) -> None:
    """Write the goal and the pace at their lines, and the value at its last point."""
    last = [(d, v) for d, v in zip(told.days, told.values, strict=True) if v is not None][-1:]
    for day, value in last:
        figure.add_scatter(
            x=[day], y=[value], mode="markers", marker={"color": look.primary, "size": 9},
            hoverinfo="skip",
        )  # fmt: skip
        _write(figure, day, value, f"<b>{shown(value)}</b>", look.ink, "right", "bottom")
    _write(
        figure, told.days[0], told.goals[0], f"{words.goal} {shown(told.goals[-1])}", look.accent,
        "left", "bottom",
    )  # fmt: skip
    figure.layout.annotations[-1].bgcolor = look.surface  # no mark runs through it
    for day, band in list(told.ahead)[-1:]:
        _write(figure, day, band.value, shown(band.value), look.primary, "left", "middle")


def _write(
    figure: go.Figure, day: date, value: float, words: str, colour: str, x: str, y: str
) -> None:
    figure.add_annotation(
        x=day,
        y=value,
        text=words,
        showarrow=False,
        xanchor=x,
        yanchor=y,
        xshift=4 if x == "left" else -6,
        font={"color": colour, "size": 12},
    )


def weeks(
    starts: Sequence[date],
    hours: Sequence[float],
    is_over: Sequence[bool],
    goal: float,
    shown: Sequence[str],
    months: Sequence[tuple[date, str]],
    look: Look,
    *,
    height: int = 240,
    marks: Marks = NO_MARKS,
) -> go.Figure:
    """Draw a bar a week against a line to keep; weeks to come are pale, weeks short stand out.

    The steps of marks, which say what happened, are the weeks.
    """
    figure = rules(
        canvas(look, height=height), look, max([*hours, goal]), lambda value: f"{value:g}"
    )
    pairs = zip(hours, is_over, strict=True)
    colours = [
        look.bad if value < goal else look.primary if over else look.faded for value, over in pairs
    ]
    figure.add_bar(
        x=list(starts),
        y=list(hours),
        marker={
            "color": colours,
            # not by colour alone
            "pattern": {"shape": ["/" if value < goal else "" for value in hours]},
        },
        customdata=list(shown),
        hovertemplate="%{customdata}<extra></extra>",
    )
    figure.add_hline(y=goal, line={"color": look.accent, "width": 1.5, "dash": "dash"})
    _name_months(figure, months)
    return lay_on_dates(figure, marks, starts, look)
