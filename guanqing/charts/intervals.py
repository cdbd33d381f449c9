"""Shares with their intervals against a line to reach, as plain HTML that fits any width."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape


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


def intervals(rows: Sequence[Interval], goal: tuple[float, str] | None, *, alt: str) -> str:
    """Return a row per share on one scale that ends at 100 %; goal is the line and its words."""
    known = [row.ends[0] for row in rows if row.ends]
    lowest = min([*known, *([goal[0]] if goal else []), 1.0])
    start = max(math.floor(lowest * 10 - 0.2) / 10, 0.0)
    head = (
        '<div></div><div class="scale">'
        f"<span>{start:.0%}</span>{_goal_words(goal, start)}<span>100%</span></div>"
        '<div class="n"></div><div class="s"></div>'
    )
    body = "".join(_row(row, goal, start) for row in rows)
    return (
        f'<div class="gq gq-intervals" role="group" aria-label="{escape(alt)}">{head}{body}</div>'
    )


def _goal_words(goal: tuple[float, str] | None, start: float) -> str:
    if goal is None:
        return ""
    return f'<u style="left:{_place(goal[0], start)}">{escape(goal[1])}</u>'


def _place(share: float, start: float) -> str:
    return f"{(share - start) / (1 - start) * 100:.2f}%"


def _row(row: Interval, goal: tuple[float, str] | None, start: float) -> str:
    language = ' lang="zh-CN"' if row.is_recorded else ""
    name = f'<div class="name"><span{language}>{escape(row.name)}</span></div>'
    if row.ends is None:
        return f'{name}<div class="why whole">{escape(row.words)}</div>'
    lower, share, upper = row.ends
    line = f'<u style="left:{_place(goal[0], start)}"></u>' if goal else ""
    width = f"{(upper - lower) / (1 - start) * 100:.2f}%"
    return (
        f'{name}<div class="range {row.tone}">{line}'
        f'<i style="left:{_place(lower, start)};width:{width}"></i>'
        f'<b style="left:{_place(share, start)}"></b></div>'
        f'<div class="n"><b>{escape(row.words)}</b><small>{escape(row.small)}</small></div>'
        f'<div class="s {row.tone}">{row.sign} {escape(row.verdict)}</div>'
    )
