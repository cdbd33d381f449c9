"""What a figure is drawn with; a screen, a slide and a paper each know how to show these."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import plotly.graph_objects as go
from markupsafe import Markup

from guanqing.measures import Measure

Cell: TypeAlias = str | Markup  # plain words are escaped where they are shown


@dataclass(frozen=True)
class Chart:
    """A Plotly figure, and the words that stand for the picture."""

    figure: go.Figure
    alt: str


@dataclass(frozen=True)
class Table:
    """Rows of cells. columns: heading and class (n number, s status, wide hidden on a phone)."""

    columns: Sequence[tuple[str, str]]
    rows: Sequence[Sequence[Cell]]
    height: int | None = None  # pixels, beyond which it scrolls


@dataclass(frozen=True)
class Note:
    """A line of small print."""

    words: str


@dataclass(frozen=True)
class Link:
    """Where a click leads: a page and what its address names beside the filters."""

    words: str
    page: str
    asked: Mapping[str, str] = field(default_factory=dict)
    icon: str | None = None  # name of a material symbol


@dataclass(frozen=True)
class Line:
    """One of several things, a line each: its name leads on, markup stands beside it."""

    name: str
    link: Link
    markup: Markup


@dataclass(frozen=True)
class Card:
    """A headline figure: value, what was promised, what it was a year ago, its way there."""

    measure: Measure
    value: float | None
    goal: float | None = None
    status: str | None = None
    whose: str = ""  # promise the goal is
    aside: str = ""  # what is said of a promise of other days or branches than those shown
    refused_line: int | None = None  # of the plan, whose words about it cannot be used
    change: float | None = None  # a share: 0.12 is 12 % more; of a share, the points between
    compared_with: str = ""
    compared_days: str = ""
    trail: Sequence[float] = ()
    trail_words: str = ""  # what the way is one of
    is_trail_open: bool = False  # its last step is not over


@dataclass(frozen=True)
class Columns:
    """Blocks side by side."""

    blocks: Sequence["Block"]


Block: TypeAlias = Chart | Table | Note | Line | Link | Card | Columns | Markup
