"""Shares with their intervals against a line to reach, as plain HTML that fits any width."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup


@dataclass(frozen=True)
class Interval:
    """One share: its name, the share and its ends from 0 to 1, and what they say.

    Without a share the words stand in its place. tone is a class of style.css (good, bad, doubt)
    and decides the shape of the point, too. sign and verdict are empty where there is no line.
    """

    name: str
    ends: tuple[float, float, float] | None  # lower, share, upper
    words: str
    small: str
    tone: str = ""
    sign: str = ""
    verdict: str = ""
    is_recorded: bool = False  # the name is one of the library's own, in Chinese


def intervals(rows: Sequence[Interval], goal: tuple[float, str] | None, *, alt: str) -> Markup:
    """Return a row per share on one scale that ends at 100 %; goal is the line and its words."""
    known = [row.ends[0] for row in rows if row.ends]
    lowest = min([*known, *([goal[0]] if goal else []), 1.0])
    start = max(math.floor(lowest * 10 - 0.2) / 10, 0.0)
    words = "" if goal is None else _line(goal[0], start, goal[1])
    return Markup(
        '<div class="gq gq-intervals" role="group" aria-label="{}"><div></div>'
        '<div class="scale"><span>{:.0%}</span>{}<span>100%</span></div>'
        '<div class="n"></div><div class="s"></div>{}</div>'
    ).format(alt, start, words, Markup("").join(_row(row, goal, start) for row in rows))


def _line(goal: float, start: float, words: str = "") -> Markup:
    return Markup('<u style="left:{}">{}</u>').format(_place(goal, start), words)


def _place(share: float, start: float) -> str:
    return f"{(share - start) / (1 - start) * 100:.2f}%"


def _row(row: Interval, goal: tuple[float, str] | None, start: float) -> Markup:
    language = Markup(' lang="zh-CN"') if row.is_recorded else ""
    name = Markup('<div class="name"><span{}>{}</span></div>').format(language, row.name)
    if row.ends is None:
        return name + Markup('<div class="why whole">{}</div>').format(row.words)
    lower, share, upper = row.ends
    return name + Markup(
        '<div class="range {row.tone}">{line}<i style="left:{left};width:{width:.2f}%"></i>'
        '<b style="left:{at}"></b></div>'
        '<div class="n"><b>{row.words}</b><small>{row.small}</small></div>'
        '<div class="s {row.tone}">{row.sign} {row.verdict}</div>'
    ).format(
        row=row,
        line="" if goal is None else _line(goal[0], start),
        left=_place(lower, start),
        width=(upper - lower) / (1 - start) * 100,
        at=_place(share, start),
    )
