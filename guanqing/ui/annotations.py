"""Marks on charts over time in the reader's language, and the line of text that says what they are.

The text stands below each chart: a shared screen has no mouse, and a phone neither.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from html import escape

import streamlit as st

from guanqing import annotations, text
from guanqing.annotations import Annotation
from guanqing.charts.marks import Mark, Marks
from guanqing.ui.shell import filters
from guanqing.ui.shell.library import query
from guanqing.ui.shell.session import language, t

DAY, WEEK = timedelta(days=1), timedelta(days=7)


def on_months(starts: Sequence[date], each: int = 1) -> Marks:
    """Return what is marked on a chart whose steps begin on these days, each some months long."""
    if not starts:
        return Marks()
    later = starts[-1].month - 1 + each
    end = date(starts[-1].year + later // 12, later % 12 + 1, 1)
    return Marks(_marks(starts, end))


def on_days(days: Sequence[date]) -> Marks:
    """Return what is marked on a chart of days that follow one another: closed days as well."""
    return _on_days(days)


def of_plan(days: Sequence[date]) -> Marks:
    """Return what is marked on the days of a plan: its whole year's and the whole network's."""
    return _on_days(days, **_plan_of(days, DAY)) if days else Marks()


def of_plan_weeks(starts: Sequence[date]) -> Marks:
    """Return what is marked on the weeks of a plan, which begin on these days."""
    if not starts:
        return Marks()
    return Marks(_marks(starts, starts[-1] + WEEK, **_plan_of(starts, WEEK)))


def _plan_of(starts: Sequence[date], each: timedelta) -> dict[str, object]:
    """Return what to ask instead of the period and branches chosen."""
    return {"start_date": starts[0], "end_date": starts[-1] + each, "branches": None}


def _on_days(days: Sequence[date], **asked: object) -> Marks:
    if not days:
        return Marks()
    end = days[-1] + DAY
    shut = query("closed_days", **asked)
    spans = [
        annotations.place(first, last, days, end)
        for first, last in annotations.runs(shut["day"].to_list())
    ]
    closed = tuple((span.start, span.end) for span in spans if span is not None)
    return Marks(_marks(days, end, **asked), closed)


def _marks(starts: Sequence[date], end: date, **asked: object) -> tuple[Mark, ...]:
    rows = query("annotations_shown", **asked)
    several_years = starts[0].year != (end - DAY).year
    # one branch alone on the screen need not be named at each mark
    is_alone = len((filters.filters() | asked)["branches"] or ()) == 1
    found = []
    for shown in annotations.numbered(rows.to_dicts()):
        span = annotations.place(shown.first_day, shown.last_day, starts, end)
        if span is not None:
            full = f"{_lead(shown, is_alone=is_alone, with_year=True)} {shown.title}"
            words = t("annotations.hover", kind=shown.kind[language()], words=full)
            said = _lead(shown, is_alone=is_alone, with_year=several_years)
            found.append(Mark(span.start, span.end, shown.number, words, said, shown.title))
    return tuple(found)


def _lead(shown: Annotation, *, is_alone: bool, with_year: bool) -> str:
    """Return what stands before the title: the days, and the branch it is about."""
    days = text.short_span(shown.first_day, shown.last_day, language(), with_year=with_year)
    if shown.branch is None or is_alone:
        return days
    return f"{days} {shown.branch[language()]} ·"


def legend(marks: Marks, *, has_crosses: bool = False) -> None:
    """Say below a chart what is marked on it: what has a number, how many more, closed days.

    has_crosses: closed days are crosses on a calendar, not bands under a line.
    """
    numbered = [mark for mark in marks.marks if mark.number is not None]
    parts = [
        f"<span><b>{mark.sign}</b> {escape(mark.said)} "
        # a title has the language somebody wrote it in
        f'<span lang="zh-CN">{escape(mark.title)}</span></span>'
        for mark in numbered
    ]
    more = len(marks.marks) - len(numbered)
    if more:
        parts.append(f"<span>{escape(t('annotations.more', count=more))}</span>")
    shut = [
        end - start
        for start, end in marks.closed
        # where a number says why, a band needs no other words; a cross does
        if has_crosses or not any(m.start <= start and end <= m.end for m in marks.marks)
    ]
    if shut:
        key = "annotations.crosses" if has_crosses else "annotations.bands"
        parts.append(f"<span>{escape(t(key, count=round(sum(shut))))}</span>")
    if parts:
        st.html(f'<div class="gq gq-annotated">{"".join(parts)}</div>')
