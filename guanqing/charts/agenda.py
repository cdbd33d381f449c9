"""An agenda as plain HTML: what was held and what is announced, a row a kind and a column a month.

Each thing is a mark with the day of the month in it, so the chart is also its own table. On a
phone rows and columns change places (style.css). What a mark says stands in its shape and sign, not
in its colour alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

SIGNS = {"not_met": "✕", "unknown": "?"}
NARROWEST = 0.55  # of a month: a few days on one side of the as-of day must still hold a mark


@dataclass(frozen=True)
class Mark:
    """One thing on its day: its state (a class of style.css), and what it says when pointed at."""

    day: int
    state: str  # held, not_met, unknown, not_marked, scheduled
    title: str
    words: str


@dataclass(frozen=True)
class Column:
    """Some days of one month; those after the as-of day lie ahead."""

    name: str
    month_share: float  # how much of its month it is
    lies_ahead: bool


@dataclass(frozen=True)
class Lane:
    """One kind of thing: its name, how many there are in words, and its marks by column."""

    name: str
    words: Sequence[str]
    marks: Mapping[int, Sequence[Mark]]


def agenda(columns: Sequence[Column], lanes: Sequence[Lane], line: str, *, alt: str) -> str:
    """Return the agenda; line is what stands at the as-of day, where something lies ahead of it."""
    first_ahead = next((i for i, column in enumerate(columns) if column.lies_ahead), None)
    cells = ['<div class="corner"></div>']
    for index, column in enumerate(columns):
        flag = f'<span class="line">{escape(line)}</span>' if index == first_ahead else ""
        cells.append(
            f'<div class="month{_place(index, columns)}">{flag}{escape(column.name)}</div>'
        )
    for row, lane in enumerate(lanes):
        words = "".join(f"<small>{escape(words)}</small>" for words in lane.words)
        cells.append(f'<div class="lane"><b>{escape(lane.name)}</b><span>{words}</span></div>')
        side = " low" if row >= len(lanes) / 2 else ""
        for index in range(len(columns)):
            marks = "".join(_mark(mark) for mark in lane.marks.get(index, ()))
            cells.append(f'<div class="cell{_place(index, columns)}{side}">{marks}</div>')
    lined = "" if first_ahead is None else " lined"
    widths = " ".join(f"minmax(0,{max(c.month_share, NARROWEST):.2f}fr)" for c in columns)
    return (
        f'<div class="gq gq-agenda{lined}" role="img" aria-label="{escape(alt)}" '
        f'style="--months:{widths};--rows:{len(columns) + 1};--lanes:{len(lanes)}">'
        f"{''.join(cells)}</div>"
    )


def _place(index: int, columns: Sequence[Column]) -> str:
    """Return the classes of a cell by its column: ahead, where that begins, in which half."""
    place = " ahead" if columns[index].lies_ahead else ""
    if columns[index].lies_ahead and (index == 0 or not columns[index - 1].lies_ahead):
        place += " first"
    return place + (" late" if index >= len(columns) / 2 else "")


def _mark(mark: Mark) -> str:
    return (
        f'<span class="gq-event {mark.state}">{mark.day}{SIGNS.get(mark.state, "")}'
        f'<span class="tip"><b lang="zh-CN">{escape(mark.title)}</b>{escape(mark.words)}</span>'
        "</span>"
    )


def agenda_key(entries: Sequence[tuple[str, str]]) -> str:
    """Return what the marks mean: (state, words) side by side."""
    marks = "".join(
        f'<span><i class="gq-event {state}">1{SIGNS.get(state, "")}</i>{escape(words)}</span>'
        for state, words in entries
    )
    return f'<div class="gq gq-key gq-agenda-key">{marks}</div>'
