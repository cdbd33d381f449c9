"""Every value of several groups on one scale, with the one in the middle marked."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from guanqing.charts.look import Look, canvas

TICKS = (1, 3, 10, 30, 100, 300, 1000, 3000, 10_000, 30_000, 100_000)
SPREAD = (0.0, 0.17, -0.17, 0.3, -0.3, 0.09, -0.09, 0.24, -0.24)  # so that like values do not hide


@dataclass(frozen=True)
class Strip:
    """One group: its name, its values with their words, and the middle one with its words."""

    name: str
    values: Sequence[float]
    shown: Sequence[str]
    middle: float
    middle_words: str


def strips(
    groups: Sequence[Strip], shown: Callable[[float], str], look: Look, *, height: int = 240
) -> go.Figure:
    """Draw a row of dots per group, the median as a line with its words, on a scale of ratios.

    Each step of the scale is about three times the last: an exhibition draws twenty times as many
    as a reading hour, and both must be legible. A value of 0 stands at the left edge.
    """
    figure = canvas(look, height=height, right=16)
    largest = max([1, *(value for group in groups for value in group.values)])
    smallest = min((value for group in groups for value in group.values if value), default=1)
    # one step is 3⅓ of the last at most: the first tick is no larger than the smallest value
    ticks = [tick for tick in TICKS if smallest * 0.3 <= tick <= largest * 3]
    first, last = ticks[0], max(ticks[-1], largest * 1.3)
    for row, group in enumerate(groups):
        figure.add_scatter(
            x=[max(value, first) for value in group.values],
            y=[row + SPREAD[i % len(SPREAD)] for i in range(len(group.values))],
            mode="markers",
            meta={"values": "x"},  # y only spreads them out
            marker={"color": look.primary, "size": 7, "opacity": 0.38},
            text=list(group.shown),
            hovertemplate="%{text}<extra></extra>",
        )
        middle = max(group.middle, first)
        figure.add_scatter(
            x=[middle, middle],
            y=[row - 0.38, row + 0.38],
            mode="lines",
            line={"color": look.accent, "width": 3},
            hoverinfo="skip",
        )
        figure.add_annotation(
            x=1,
            xref="paper",
            y=row - 0.02,
            text=f"<b>{group.middle_words}</b>",
            showarrow=False,
            xanchor="right",
            font={"color": look.accent, "size": 12},
            bgcolor=look.surface,
        )
    figure.update_yaxes(
        tickmode="array",
        tickvals=list(range(len(groups))),
        ticktext=[group.name for group in groups],
        tickfont={"color": look.ink, "size": 12},
        range=[len(groups) - 0.45, -0.55],
    )
    return figure.update_xaxes(
        type="log",
        tickmode="array",
        tickvals=ticks,
        ticktext=[shown(tick) for tick in ticks],
        showgrid=True,
        gridcolor=look.line,
        range=[math.log10(first) - 0.06, math.log10(last) + 0.25],
    )
