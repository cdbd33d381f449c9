"""Marks on charts over time: a thin band where something happened, and its number at the axis.

The numbers stand in a strip of their own between the chart and the names of its steps, where no
line, bar or cell can hide them; what they mean is written below the chart by whoever shows it.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

import plotly.graph_objects as go

from guanqing.charts.look import Look

STRIP = 17  # pixels of the numbers' own strip
LETTER = 0.045  # of the axis: what one number takes where a chart is as narrow as a phone
BAND, CLOSED = 0.12, 0.6  # opacities, of the colour of words and of that of rules
UNNUMBERED = "·"


@dataclass(frozen=True)
class Mark:
    """Something that happened: from where to where on the axis, its number and its words.

    Positions are in steps of the chart: 0 is the middle of the first step, 0.5 its end.
    """

    start: float
    end: float
    number: int | None
    words: str  # in full, for a mouse
    said: str = ""  # its days and place, for the text below
    title: str = ""  # as somebody wrote it

    @property
    def sign(self) -> str:
        """Return the number in its circle; a dot where the mark is not listed in words."""
        return UNNUMBERED if self.number is None else chr(ord("①") + self.number - 1)

    @property
    def middle(self) -> float:
        """Return where the number stands."""
        return (self.start + self.end) / 2


@dataclass(frozen=True)
class Marks:
    """All that is marked on one chart; closed are the spans of days the library was closed."""

    marks: tuple[Mark, ...] = ()
    closed: tuple[tuple[float, float], ...] = field(default=())


NO_MARKS = Marks()


@dataclass(frozen=True)
class Flag:
    """Numbers that stand together because there is no room to stand apart."""

    at: float
    signs: str
    words: tuple[str, ...]


def flags(marks: Iterable[Mark], steps: int) -> list[Flag]:
    """Return the numbers of marks, those too near to one another joined. steps: of the axis."""
    room = LETTER * max(steps, 1)
    joined: list[list[Mark]] = []
    for mark in sorted(marks, key=lambda mark: (mark.middle, mark.start)):
        if joined and mark.middle - _middle(joined[-1]) < room * (len(joined[-1]) + 1) / 2:
            joined[-1].append(mark)
        else:
            joined.append([mark])
    return [
        Flag(
            _middle(group),
            "".join(dict.fromkeys(mark.sign for mark in _in_order(group))),
            tuple(mark.words for mark in _in_order(group)),
        )
        for group in joined
    ]


def _middle(group: Sequence[Mark]) -> float:
    return sum(mark.middle for mark in group) / len(group)


def _in_order(group: Iterable[Mark]) -> list[Mark]:
    return sorted(group, key=lambda mark: (mark.number is None, mark.number or 0))


Place = Callable[[float], float | datetime]


def in_steps(position: float) -> float:
    """Return a position on an axis of steps, which are numbered from 0."""
    return position


def lay_under(figure: go.Figure, marks: Marks, labels: Sequence[str], look: Look) -> go.Figure:
    """Return a figure whose steps are labels with bands under its lines and numbers at its axis."""
    if not marks.marks and not marks.closed:
        return figure
    _bands(figure, marks, look, in_steps)
    # half a step at either side: the first days of the first month have their place too
    figure.update_xaxes(
        type="category",
        categoryorder="array",
        categoryarray=list(labels),
        range=[-0.5, len(labels) - 0.5],
    )
    return put_flags(figure, flags(marks.marks, len(labels)), look)


def lay_on_dates(figure: go.Figure, marks: Marks, steps: Sequence[date], look: Look) -> go.Figure:
    """Return a figure over an axis of dates with its marks; steps are days or weeks in a row."""
    if len(steps) < 2:
        return figure
    first, each = datetime.combine(steps[0], time()), steps[1] - steps[0]

    def at(position: float) -> datetime:
        return first + position * each

    _bands(figure, marks, look, at)
    return put_flags(figure, flags(marks.marks, len(steps)), look, at)


def _bands(figure: go.Figure, marks: Marks, look: Look, at: Place) -> None:
    across = {"y0": 0, "y1": 1, "yref": "y domain", "layer": "below"}
    spans = [(start, end, look.line, CLOSED) for start, end in marks.closed]
    spans += [(mark.start, mark.end, look.muted, BAND) for mark in marks.marks]
    bands: list[dict[str, Any]] = [
        {
            "type": "rect",
            "x0": at(start),
            "x1": at(end),
            "line": {"width": 0},
            "fillcolor": colour,
            "opacity": opacity,
        }
        for start, end, colour, opacity in spans
    ]
    # a day among months is too thin for a band to be seen
    dots = {"color": look.muted, "width": 1, "dash": "dot"}
    middles = [at(mark.middle) for mark in marks.marks]
    lines = [{"type": "line", "x0": x, "x1": x, "line": dots, "opacity": 0.8} for x in middles]
    add_shapes(figure, [shape | across for shape in (*bands, *lines)])


def add_shapes(figure: go.Figure, shapes: Sequence[dict[str, Any]]) -> None:
    """Add shapes to a figure at once: Plotly looks through all there are for each that is added."""
    figure.layout.shapes = (*figure.layout.shapes, *shapes)


def put_flags(
    figure: go.Figure, signs: Sequence[Flag], look: Look, at: Place = in_steps
) -> go.Figure:
    """Return the figure with numbers in a strip between it and the names of its steps."""
    if not signs:
        return figure
    numbers = [
        {
            "x": at(flag.at),
            "y": 0,
            "yref": "y domain",
            "yanchor": "top",
            "text": flag.signs,
            "hovertext": "<br>".join(flag.words),
            "showarrow": False,
            "borderpad": 0,
            "font": {"color": look.ink, "size": 12},
        }
        for flag in signs
    ]
    figure.layout.annotations = (*figure.layout.annotations, *numbers)
    figure.update_xaxes(ticklabelstandoff=STRIP)
    # a page fills one screen: the strip takes its room from the chart
    return figure.update_layout(margin_b=figure.layout.margin.b + STRIP)
