"""Bars and curves over things: rankings, comparisons, causes, concentration."""

import textwrap
from collections.abc import Callable, Mapping, Sequence

import plotly.graph_objects as go
import polars as pl

from guanqing.charts.look import Look, canvas, letters, rules
from guanqing.charts.marks import NO_MARKS, Marks, lay_under

THICKEST_BAR = 34  # pixels: two channels should not fill a panel with ink
LETTER, GAP = 6, 10  # pixels: of the words at a bar, and before them
NARROWEST = 24  # pixels: bars before names give way
LONGEST_NAME = 32  # letters: a longer one takes two lines, or a phone has no room for its bar


def ranking(
    frame: pl.DataFrame,
    name: str,
    value: str,
    words: tuple[Sequence[str], Sequence[str]],
    look: Look,
    *,
    height: int = 240,
) -> go.Figure:
    """Draw a bar per row in the order of the frame; words stand at its end and on hover."""
    colours = [look.primary, *[look.faded] * (frame.height - 1)]
    figure = canvas(look, height=height, right=_room(words[0]))
    figure.add_bar(
        x=frame[value].to_list(),
        y=frame[name].to_list(),
        orientation="h",
        marker={"color": colours, "cornerradius": 2},
        text=list(words[0]),
        customdata=list(words[1]),
        textposition="outside",
        textfont={"color": look.ink, "size": 11},
        cliponaxis=False,
        hovertemplate="%{y}  %{customdata} · %{text}<extra></extra>",
    )
    return _named_bars(figure, look)


def _room(words: Sequence[str]) -> int:
    """Return the pixels that words at the ends of bars need, however narrow the panel is."""
    return GAP + LETTER * max(map(letters, words))


def _named_bars(figure: go.Figure, look: Look) -> go.Figure:
    """Return horizontal bars with every name shown; their words stand in the margin."""
    names, rows = figure.data[0].y, len(figure.data[0].y)
    figure.update_traces(width=min(0.72, THICKEST_BAR * rows / figure.layout.height))
    figure.update_layout(uniformtext={"mode": "show", "minsize": 11}, minreducedwidth=NARROWEST)
    figure.update_yaxes(
        autorange="reversed",
        tickmode="array",
        tickvals=names,
        ticktext=["<br>".join(textwrap.wrap(name, LONGEST_NAME)) for name in names],
        tickfont={"color": look.ink, "size": 11},
        ticklabelstandoff=5,
    )
    return figure.update_xaxes(visible=False, range=[0, max(figure.data[0].x)])


def versus(
    frame: pl.DataFrame,
    name: str,
    first: str,
    second: str,
    words: tuple[str, str],
    shown: tuple[Sequence[str], Sequence[str]],
    look: Look,
    *,
    height: int = 420,
) -> go.Figure:
    """Draw two values of each row as two dots on one line; what is between them is the gap.

    Rows whose second value is null show the first alone.
    """
    names = frame[name].to_list()
    figure = canvas(look, height=min(height, 90 + 26 * len(names)), right=12)
    gaps_x: list[float | None] = []
    gaps_y: list[str | None] = []
    for row_name, a, b in zip(names, frame[first], frame[second], strict=True):
        if b is not None:
            gaps_x += [a, b, None]
            gaps_y += [row_name, row_name, None]
    figure.add_scatter(
        x=gaps_x,
        y=gaps_y,
        mode="lines",
        line={"color": look.line, "width": 3},
        hoverinfo="skip",
        showlegend=False,
    )
    pairs = ((second, words[1], shown[1], look.faded), (first, words[0], shown[0], look.primary))
    for column, word, labels, colour in pairs:
        figure.add_scatter(
            x=frame[column].to_list(),
            y=names,
            mode="markers",
            name=word,
            marker={"color": colour, "size": 10},
            text=list(labels),
            hovertemplate=f"%{{y}}<br>{word} %{{text}}<extra></extra>",
        )
    known = [value for column in (first, second) for value in frame[column] if value is not None]
    longest = max(known)
    figure.update_layout(
        showlegend=frame[second].null_count() < frame.height,
        legend={"orientation": "h", "x": 1, "xanchor": "right", "y": 0.02, "yanchor": "bottom"},
    )
    figure.update_yaxes(autorange="reversed", tickfont={"color": look.ink, "size": 11}, dtick=1)
    return figure.update_xaxes(
        showgrid=True,
        gridcolor=look.line,
        tickformat=".0%",
        range=[-0.012, longest * 1.06],
        nticks=6,
    )


def pareto(
    frame: pl.DataFrame,
    name: str,
    value: str,
    shown: Sequence[str],
    colours: Sequence[str],
    look: Look,
    *,
    height: int = 240,
) -> go.Figure:
    """Draw causes from the most to the least frequent, coloured by kind, values written out."""
    figure = canvas(look, height=height, right=_room(shown))
    figure.add_bar(
        x=frame[value].to_list(),
        y=frame[name].to_list(),
        orientation="h",
        marker={"color": list(colours), "cornerradius": 2},
        text=list(shown),
        textposition="outside",
        textfont={"color": look.ink, "size": 11},
        cliponaxis=False,
        hovertemplate="%{y}  %{text}<extra></extra>",
    )
    return _named_bars(figure, look)


def stacked(
    labels: Sequence[str],
    series: Mapping[str, Sequence[int]],
    shown: Callable[[float], str],
    look: Look,
    *,
    height: int = 240,
    marks: Marks = NO_MARKS,
    colours: Sequence[str] = (),
) -> go.Figure:
    """Draw one bar per label, cut into its parts, with the parts named in a line above.

    marks say what happened, where the labels are steps of time; colours are those of the parts,
    without them the look's.
    """
    totals = [sum(values) for values in zip(*series.values(), strict=True)]
    figure = rules(canvas(look, height=height), look, max(totals), shown)
    for (word, values), colour in zip(series.items(), colours or look.series, strict=False):
        figure.add_bar(
            x=list(labels),
            y=list(values),
            name=word,
            marker={"color": colour},
            text=[shown(value) for value in values],
            textposition="none",
            hovertemplate=f"%{{x}} {word} %{{text}}<extra></extra>",
        )
    figure.update_layout(
        barmode="stack",
        showlegend=len(series) > 1,
        margin_t=26,
        legend={"orientation": "h", "x": 0, "y": 1.0, "yanchor": "bottom", "traceorder": "normal"},
    )
    return lay_under(figure, marks, labels, look)


def concentration(
    frame: pl.DataFrame,
    words: tuple[str, str],
    mark: tuple[float, float, str],
    look: Look,
    *,
    height: int = 240,
) -> go.Figure:
    """Draw the share of all loans made by the busiest readers, one point of it named.

    frame holds borrower_share and loan_share from 0 to 1; mark is a point and its words.
    """
    figure = canvas(look, height=height, right=20)  # half of the last name below
    figure.add_scatter(
        x=[0, 1], y=[0, 1], mode="lines", line={"color": look.line, "dash": "dot"}, hoverinfo="skip"
    )
    figure.add_scatter(
        x=[0, *frame["borrower_share"]],
        y=[0, *frame["loan_share"]],
        mode="lines",
        line={"color": look.primary, "width": 2.5},
        fill="tozeroy",
        fillcolor=look.primary + "18",
        hovertemplate=f"{words[0]} %{{x:.0%}}<br>{words[1]} %{{y:.0%}}<extra></extra>",
    )
    x, y, label = mark
    figure.add_scatter(
        x=[x], y=[y], mode="markers", marker={"color": look.accent, "size": 9}, hoverinfo="skip"
    )
    figure.add_annotation(
        x=x, y=y, text=label, showarrow=False, xanchor="left", xshift=12, font={"color": look.ink}
    )
    small = {"size": 11, "color": look.muted}
    ticks = {"tickformat": ".0%", "tickvals": [0, 0.25, 0.5, 0.75, 1]}
    title = {"text": words[0], "font": small, "standoff": 6}
    figure.update_xaxes(title=title, range=[0, 1.02], **ticks | {"tickvals": [0.25, 0.5, 0.75, 1]})
    title = {"text": words[1], "font": small, "standoff": 6}
    figure.update_layout(margin_b=36)
    return figure.update_yaxes(
        title=title, range=[0, 1.04], showgrid=True, gridcolor=look.line, **ticks
    )
