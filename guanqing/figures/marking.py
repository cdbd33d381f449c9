"""What happened, marked on a chart over time, and the line below that says what the marks are.

The text stands below each chart: a shared screen has no mouse, and a phone neither.
"""

from collections.abc import Sequence
from datetime import date, timedelta

from markupsafe import Markup

from guanqing import event_markers, text
from guanqing.charts.marks import Mark, Marks
from guanqing.event_markers import Annotation
from guanqing.figures.markup import fill
from guanqing.figures.view import View

DAY, WEEK = timedelta(days=1), timedelta(days=7)


def on_months(view: View, starts: Sequence[date], each: int = 1) -> Marks:
    """Return what is marked on a chart whose steps begin on these days, each some months long."""
    if not starts:
        return Marks()
    later = starts[-1].month - 1 + each
    end = date(starts[-1].year + later // 12, later % 12 + 1, 1)
    return Marks(_marks(view, starts, end))


def on_days(view: View, days: Sequence[date], **asked: object) -> Marks:
    """Return what is marked on a chart of days that follow one another: closed days as well."""
    if not days:
        return Marks()
    end = days[-1] + DAY
    shut = view.look_up("closed_days", **asked)
    spans = [
        event_markers.place(first, last, days, end)
        for first, last in event_markers.runs(shut["day"].to_list())
    ]
    closed = tuple((span.start, span.end) for span in spans if span is not None)
    return Marks(_marks(view, days, end, **asked), closed)


def of_plan(view: View, scope: str, days: Sequence[date]) -> Marks:
    """Return what is marked on the days of a plan: its whole year's, of those who promise."""
    return on_days(view, days, **_plan_of(view, scope, days, DAY)) if days else Marks()


def of_plan_weeks(view: View, scope: str, starts: Sequence[date]) -> Marks:
    """Return what is marked on the weeks of a plan, which begin on these days."""
    if not starts:
        return Marks()
    return Marks(_marks(view, starts, starts[-1] + WEEK, **_plan_of(view, scope, starts, WEEK)))


def _plan_of(view: View, scope: str, starts: Sequence[date], each: timedelta) -> dict[str, object]:
    """Return what to ask instead of the period and branches chosen."""
    main = [view.facts["main_branch"]] if scope == "main" else None
    return {"start_date": starts[0], "end_date": starts[-1] + each, "branches": main}


def _marks(view: View, starts: Sequence[date], end: date, **asked: object) -> tuple[Mark, ...]:
    rows = view.look_up("annotations_shown", **asked)
    several_years = starts[0].year != (end - DAY).year
    # one branch alone on the screen need not be named at each mark
    is_alone = len({**view.filters, **asked}["branches"] or ()) == 1
    found = []
    for shown in event_markers.numbered(rows.to_dicts()):
        span = event_markers.place(shown.first_day, shown.last_day, starts, end)
        if span is not None:
            full = f"{_lead(view, shown, is_alone=is_alone, with_year=True)} {shown.title}"
            words = view.t("annotations.hover", kind=shown.kind[view.language], words=full)
            said = _lead(view, shown, is_alone=is_alone, with_year=several_years)
            found.append(Mark(span.start, span.end, shown.number, words, said, shown.title))
    return tuple(found)


def _lead(view: View, shown: Annotation, *, is_alone: bool, with_year: bool) -> str:
    """Return what stands before the title: the days, and the branch it is about."""
    days = text.short_span(shown.first_day, shown.last_day, view.language, with_year=with_year)
    if shown.branch is None or is_alone:
        return days
    return f"{days} {shown.branch[view.language]} ·"


def legend(view: View, marks: Marks, *, has_crosses: bool = False) -> Markup | None:
    """Return the line below a chart: what has a number, how many more, closed days.

    has_crosses: closed days are crosses on a calendar, not bands under a line.
    """
    numbered = [mark for mark in marks.marks if mark.number is not None]
    more = len(marks.marks) - len(numbered)
    shut = [
        end - start
        for start, end in marks.closed
        # where a number says why, a band needs no other words; a cross does
        if has_crosses or not any(m.start <= start and end <= m.end for m in marks.marks)
    ]
    words = [view.t("annotations.more", count=more)] if more else []
    if shut:
        key = "annotations.crosses" if has_crosses else "annotations.bands"
        words.append(view.t(key, count=round(sum(shut))))
    return fill("marked", numbered=numbered, words=words) if numbered or words else None
