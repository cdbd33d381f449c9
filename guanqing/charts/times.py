"""Lines over time."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from guanqing.charts.look import Look, canvas, letters, rules
from guanqing.charts.marks import NO_MARKS, Marks, lay_under


@dataclass(frozen=True)
class Line:
    """One line of a trend: its name, its values (null where there is none) and their words."""

    name: str
    values: Sequence[float | None]
    shown: Sequence[str]


def trend(
    labels: Sequence[str],
    lines: Sequence[Line],
    shown: Callable[[float], str],
    look: Look,
    *,
    height: int = 240,
    open_end: bool = False,
    least_step: float = 1,
    goal: tuple[float, str] | None = None,
    marks: Marks = NO_MARKS,
) -> go.Figure:
    """Draw lines over the same steps of time, from zero, each named at its last point.

    The first line is the subject, the others its background. open_end draws the subject's last
    step dotted: it is not over yet. least_step is the least between two rules: less than 1 for
    shares. goal is a value to reach and its words; marks say what
    happened.
    """
    top = max(value for line in lines for value in line.values if value is not None)
    top = max(top, goal[0] * 1.06) if goal else top
    figure = rules(canvas(look, height=height, right=64), look, top, shown, least=least_step)
    for index in reversed(range(len(lines))):  # the subject last, on top
        line, colour = lines[index], look.primary if index == 0 else look.faded
        _draw(figure, labels, line, colour, dotted_end=open_end and index == 0)
    inks = [look.ink, *[look.muted] * len(lines)]
    words = [(line, f"<b>{line.name}</b>", ink) for line, ink in zip(lines, inks, strict=False)]
    _name_ends(figure, labels, words, gap=top * 18 / height, ground=look.surface)
    if goal is not None:
        value, label = goal
        figure.add_hline(y=value, line={"color": look.accent, "width": 1.5, "dash": "dash"})
        figure.add_annotation(
            x=0,
            xref="paper",
            y=value,
            text=label,
            showarrow=False,
            xanchor="left",
            yanchor="bottom",
            font={"color": look.accent},
            bgcolor=look.surface,
        )
    figure.update_xaxes(
        type="category", categoryarray=list(labels), categoryorder="array", tickangle=0
    )
    figure.update_xaxes(tickmode="array", tickvals=list(labels)[:: every_nth(labels)])
    return lay_under(figure, marks, labels, look)


def every_nth(labels: Sequence[str]) -> int:
    """Return how many steps apart labels must stand so that they do not touch in a panel."""
    # about 70 letters stand side by side
    return -(-len(labels) * (max(map(letters, labels)) + 2) // 70)


def _draw(
    figure: go.Figure,
    labels: Sequence[str],
    line: Line,
    colour: str,
    *,
    dotted_end: bool,
) -> None:
    known = [i for i, value in enumerate(line.values) if value is not None]
    if not known:
        return
    style = {
        "mode": "lines+markers",
        "hovertemplate": f"{line.name} %{{x}}  %{{text}}<extra></extra>",
    }
    solid = known[:-1] if dotted_end and len(known) > 1 else known
    for part, dash in ((solid, "solid"), (known[-2:] if dotted_end else [], "dot")):
        figure.add_scatter(
            x=[labels[i] for i in part],
            y=[line.values[i] for i in part],
            text=[line.shown[i] for i in part],
            line={"color": colour, "width": 2.5, "dash": dash},
            marker={"size": 5, "color": colour},
            **style,
        )


def _name_ends(
    figure: go.Figure,
    labels: Sequence[str],
    ends: Sequence[tuple[Line, str, str]],
    *,
    gap: float,
    ground: str,
) -> None:
    """Write each line's words, in their colour, at its last known point; at least a gap apart."""
    placed = []
    for line, words, colour in ends:
        known = [i for i, value in enumerate(line.values) if value is not None]
        if known:
            placed.append((float(line.values[known[-1]] or 0), known[-1], words, colour))
    floor = -math.inf
    for value, index, words, colour in sorted(placed, key=lambda end: end[0]):
        floor = max(value, floor + gap)
        figure.add_annotation(
            x=labels[index],
            y=floor,
            text=words,
            showarrow=False,
            xanchor="left",
            xshift=8,
            font={"color": colour, "size": 11},
            bgcolor=ground,
        )


def slopes(
    labels: Sequence[str],
    lines: Sequence[Line],
    look: Look,
    *,
    height: int = 240,
    marks: Marks = NO_MARKS,
) -> go.Figure:
    """Draw how several lines move against where each began, named at their ends.

    Values are shares of the first value: 0.1 is a tenth above it. marks say what happened.
    """
    figure = canvas(look, height=height, right=84)
    widest = max((abs(v) for line in lines for v in line.values if v is not None), default=0)
    widest = max(widest * 1.15, 0.05)
    figure.update_yaxes(
        showgrid=True,
        gridcolor=look.line,
        tickformat="+.0%",
        range=[-widest, widest],
        nticks=5,
        zeroline=True,
        zerolinecolor=look.muted,
    )
    for line, colour in zip(lines, look.series, strict=False):
        figure.add_scatter(
            x=list(labels),
            y=list(line.values),
            text=list(line.shown),
            mode="lines+markers",
            line={"color": colour, "width": 2},
            marker={"size": 5},
            hovertemplate=f"{line.name} %{{x}}  %{{text}}<extra></extra>",
        )
    words = [
        (line, f"{line.name} {line.shown[-1]}", colour)
        for line, colour in zip(lines, look.series, strict=False)
    ]
    _name_ends(figure, labels, words, gap=2 * widest * 16 / height, ground=look.surface)
    figure.update_xaxes(type="category", tickangle=0)
    return lay_under(figure, marks, labels, look)
