"""Lines over time."""

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from guanqing.charts.look import Look, canvas, rules


@dataclass(frozen=True)
class Line:
    """One line of a trend: its name, its values (null where there is none) and their words."""

    name: str
    values: Sequence[float | None]
    shown: Sequence[str]


def trend(
    labels: Sequence[str],
    lines: Sequence[Line],
    look: Look,
    *,
    height: int = 240,
    open_end: bool = False,
    goal: tuple[float, str] | None = None,
) -> go.Figure:
    """Draw lines over the same steps of time, from zero, each named at its last point.

    The first line is the subject, the others its background. open_end draws the subject's last
    step dotted: it is not over yet. goal is a value to reach and its words.
    """
    figure = rules(canvas(look, height=height, right=64), look)
    for index in reversed(range(len(lines))):  # the subject last, on top
        line, colour = lines[index], look.primary if index == 0 else look.faded
        _draw(figure, labels, line, colour, look, dotted_end=open_end and index == 0)
    if goal is not None:
        value, words = goal
        figure.add_hline(y=value, line={"color": look.accent, "width": 1.5, "dash": "dash"})
        figure.add_annotation(
            x=0,
            xref="paper",
            y=value,
            text=words,
            showarrow=False,
            xanchor="left",
            yanchor="bottom",
            font={"color": look.accent},
        )
    figure.update_xaxes(type="category", categoryarray=list(labels), categoryorder="array")
    if len(labels) > 14:
        step = -(-len(labels) // 12)
        figure.update_xaxes(tickmode="array", tickvals=list(labels)[::step])
    return figure


def _draw(
    figure: go.Figure,
    labels: Sequence[str],
    line: Line,
    colour: str,
    look: Look,
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
    last = known[-1]
    figure.add_annotation(
        x=labels[last],
        y=line.values[last],
        text=f"<b>{line.name}</b>",
        showarrow=False,
        xanchor="left",
        xshift=8,
        font={"color": look.ink if colour == look.primary else look.muted},
    )


def slopes(
    labels: Sequence[str], lines: Sequence[Line], look: Look, *, height: int = 240
) -> go.Figure:
    """Draw several lines that matter equally, each in its colour and named at its end.

    Names that would touch are moved apart.
    """
    figure = rules(canvas(look, height=height, right=120), look)
    highest = max((v for line in lines for v in line.values if v is not None), default=1.0)
    figure.update_yaxes(tickformat=".0%", range=[0, highest * 1.08])
    ends: list[tuple[float, Line, str]] = []
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
        ends.append((float(line.values[-1] or 0), line, colour))
    gap, floor = highest * 16 / height, -1.0
    for value, line, colour in sorted(ends, key=lambda end: end[0]):
        floor = max(value, floor + gap)
        figure.add_annotation(
            x=labels[-1],
            y=floor,
            text=f"{line.name} {line.shown[-1]}",
            showarrow=False,
            xanchor="left",
            xshift=8,
            font={"color": colour, "size": 11},
        )
    return figure.update_xaxes(type="category")
