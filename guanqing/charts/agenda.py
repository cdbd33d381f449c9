"""An agenda as plain HTML: what was held and what is announced, a row a kind and a column a month.

Each thing is a mark with the day of the month in it, so the chart is also its own table. On a
phone rows and columns change places (style.css). What a mark says stands in its shape and sign, not
in its colour alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

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


def agenda(columns: Sequence[Column], lanes: Sequence[Lane], line: str, *, alt: str) -> Markup:
    """Return the agenda; line is what stands at the as-of day, where something lies ahead of it."""
    first_ahead = next((i for i, column in enumerate(columns) if column.lies_ahead), None)
    places = [_place(index, columns) for index in range(len(columns))]
    cells = [Markup('<div class="corner"></div>')]
    for index, column in enumerate(columns):
        flag = Markup('<span class="line">{}</span>').format(line) if index == first_ahead else ""
        month = Markup('<div class="month{}">{}{}</div>')
        cells.append(month.format(places[index], flag, column.name))
    for row, lane in enumerate(lanes):
        words = Markup("").join(map(Markup("<small>{}</small>").format, lane.words))
        name = Markup('<div class="lane"><b>{}</b><span>{}</span></div>')
        cells.append(name.format(lane.name, words))
        side = " low" if row >= len(lanes) / 2 else ""
        for index, place in enumerate(places):
            marks = Markup("").join(map(_mark, lane.marks.get(index, ())))
            cells.append(Markup('<div class="cell{}{}">{}</div>').format(place, side, marks))
    lined = "" if first_ahead is None else " lined"
    widths = " ".join(f"minmax(0,{max(c.month_share, NARROWEST):.2f}fr)" for c in columns)
    return Markup(
        '<div class="gq gq-agenda{}" role="img" aria-label="{}" '
        'style="--months:{};--rows:{};--lanes:{}">{}</div>'
    ).format(lined, alt, widths, len(columns) + 1, len(lanes), Markup("").join(cells))


def _place(index: int, columns: Sequence[Column]) -> str:
    """Return the classes of a cell by its column: ahead, where that begins, in which half."""
    place = " ahead" if columns[index].lies_ahead else ""
    if columns[index].lies_ahead and (index == 0 or not columns[index - 1].lies_ahead):
        place += " first"
    return place + (" late" if index >= len(columns) / 2 else "")


def _mark(mark: Mark) -> Markup:
    return Markup(
        '<span class="gq-event {0.state}">{0.day}{1}'
        '<span class="tip"><b lang="zh-CN">{0.title}</b>{0.words}</span></span>'
    ).format(mark, SIGNS.get(mark.state, ""))


def agenda_key(entries: Sequence[tuple[str, str]]) -> Markup:
    """Return what the marks mean: (state, words) side by side."""
    entry = Markup('<span><i class="gq-event {}">1{}</i>{}</span>')
    marks = (entry.format(state, SIGNS.get(state, ""), words) for state, words in entries)
    return Markup('<div class="gq gq-key gq-agenda-key">{}</div>').format(Markup("").join(marks))
