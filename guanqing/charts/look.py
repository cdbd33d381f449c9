"""The colours and type of every chart and card, light and dark.

Blue against orange carries good and bad: the pair that every common colour vision keeps apart.
Text colours keep a contrast of at least 4.5 on their ground.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import plotly.graph_objects as go

FONT = '"Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", "Noto Sans", sans-serif'


@dataclass(frozen=True)
class Look:
    """A scheme of colours."""

    name: str
    ground: str
    surface: str
    ink: str
    muted: str
    line: str
    primary: str
    faded: str  # last year, the rest
    accent: str  # what to look at
    good: str
    bad: str
    doubt: str
    scale: tuple[str, ...]  # little to much
    series: tuple[str, ...]

    def status(self, status: str) -> str:
        """Return the colour of a target's or milestone's status."""
        return {
            "met": self.good,
            "done": self.good,
            "on_course": self.primary,
            "under_way": self.primary,
            "behind": self.bad,
            "not_met": self.bad,
            "dropped": self.bad,
            "overdue": self.bad,
            "not_shown": self.doubt,
        }.get(status, self.muted)


LIGHT = Look(
    name="light",
    ground="#F7F5F0",
    surface="#FFFFFF",
    ink="#1C2830",
    muted="#5A6772",
    line="#E3DFD6",
    primary="#1F5F86",
    faded="#B9C3CA",
    accent="#B84A14",
    good="#1B6E5A",
    bad="#B84A14",
    doubt="#6B5B95",
    scale=("#EEF3F5", "#C5DAE6", "#8BB7CF", "#4A8AB0", "#1F5F86", "#123D59"),
    series=("#1F5F86", "#C98A2B", "#6E9E8E", "#A65A4A", "#84769F", "#8E9AA3"),
)

DARK = Look(
    name="dark",
    ground="#11181D",
    surface="#1A232A",
    ink="#E9EDF0",
    muted="#A3B0BA",
    line="#2D3942",
    primary="#74B6DC",
    faded="#52626D",
    accent="#F2A065",
    good="#6CC9AE",
    bad="#F2A065",
    doubt="#B9A8E3",
    scale=("#1D2830", "#1F4259", "#2B6387", "#478DB8", "#7CBADB", "#C4E3F3"),
    series=("#74B6DC", "#E5B45C", "#8FC7B4", "#D98B78", "#B2A4D0", "#7D8B95"),
)


def canvas(look: Look, *, height: int, right: int = 8) -> go.Figure:
    """Return an empty figure in the house's type: no frame, no legend, no grid but faint rules."""
    axis = {
        "showgrid": False,
        "zeroline": False,
        "ticks": "",
        "fixedrange": True,
        "automargin": True,
    }
    layout = {
        "template": "none",
        "height": height,
        "margin": {"l": 8, "r": right, "t": 10, "b": 22},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": FONT, "size": 12, "color": look.muted},
        "hoverlabel": {
            "bgcolor": look.surface,
            "bordercolor": look.line,
            "font": {"color": look.ink, "family": FONT},
        },
        "showlegend": False,
        "bargap": 0.28,
        "dragmode": False,
        "xaxis": axis,
        "yaxis": axis,
    }
    return go.Figure(layout=layout)  # at once: each later update is looked through for itself


def rules(
    figure: go.Figure, look: Look, top: float, shown: Callable[[float], str], *, least: float = 1
) -> go.Figure:
    """Return the figure with faint rules from zero to about top, each with its value in words.

    Plotly would write 15k, which no Chinese reader counts in. least is the smallest step.
    """
    step = round_step(top / 4, least)
    ticks = [step * i for i in range(int(top / step) + 2)]
    return figure.update_yaxes(
        showgrid=True,
        gridcolor=look.line,
        gridwidth=1,
        range=[0, max(top * 1.08, step)],
        tickmode="array",
        tickvals=ticks,
        ticktext=[shown(tick) for tick in ticks],
    )


def letters(words: str) -> int:
    """Return how wide words are in Latin letters; a Chinese one is two wide."""
    return len(words.encode("gb18030"))


def round_step(rough: float, least: float = 1) -> float:
    """Return the next 1, 2 or 5 times a power of ten; at least one, where things are whole."""
    if rough <= least:
        return least
    power = 10.0 ** math.floor(math.log10(rough))
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough)
