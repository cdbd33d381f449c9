"""Events on a screen: the agenda of what was held and what is announced, and who came."""

from datetime import date, timedelta
from typing import Any

import polars as pl

from guanqing import activity_findings, charts, text
from guanqing.charts.agenda import Column, Lane, Mark
from guanqing.charts.strips import Strip
from guanqing.findings import Finding
from guanqing.ui.shell import filters
from guanqing.ui.shell.session import language, look, t
from guanqing.ui.widgets.blocks import draw, note
from guanqing.ui.widgets.panels import show
from guanqing.ui.words import a_count, named

MOST_MONTHS = 18  # that stand side by side with room for two marks each
KINDS = ("lecture", "exhibition", "outreach", "mobile_trip", "featured")
STATES = ("held", "not_met", "unknown", "not_marked", "scheduled")
DAY = timedelta(days=1)
PARTS = ("events", "clauses", "satisfaction", "feedback")


def activity_parts() -> list[str]:
    """Return what the parts of the page are called: each fits on one screen."""
    return [t(f"activities.part_{part}") for part in PARTS]


def agenda(events: pl.DataFrame) -> None:
    """Draw each event as a mark on its day, a row a kind, with a line at the as-of day.

    events are the rows of events_listed; where there are many months the latest are shown.
    """
    if events.is_empty():
        return note(t("finding.nothing_hint"))
    as_of = filters.filters()["as_of"]
    days: list[date] = events["held_on"].to_list()  # in order
    first = max(filters.chosen().start_date, days[0])
    last = max(filters.chosen().last_day, days[-1])
    spans = _spans(first, last, as_of)[-MOST_MONTHS - 1 :]
    lanes = [_lane(kind, rows, spans) for kind, rows in _by_kind(events)]
    columns = [_column(begin, end, as_of, spans[0][0].year != last.year) for begin, end in spans]
    key = [(state, t(f"activities.{state}")) for state in STATES if state in _states(events)]
    draw(charts.agenda_key(key))
    draw(
        charts.agenda(
            columns, lanes, t("app.as_of", day=as_of), alt=t("alt.agenda", count=events.height)
        )
    )
    shown = events.filter(pl.col("held_on") >= spans[0][0]).height
    return (
        note(t("activities.earlier", count=events.height - shown))
        if shown < events.height
        else None
    )


def _spans(first: date, last: date, as_of: date) -> list[tuple[date, date]]:
    """Return the months from first to last, both ends included; that of the as-of day in two."""
    spans = []
    begin = first.replace(day=1)
    while begin <= last:
        end = (begin + 31 * DAY).replace(day=1) - DAY
        cut = as_of if begin <= as_of < end and last > as_of else end
        spans += [(begin, cut)] + ([(cut + DAY, end)] if cut < end else [])
        begin = end + DAY
    return spans


def _column(begin: date, end: date, as_of: date, is_long: bool) -> Column:
    """Return the column of some days; only the part that begins a month bears its name."""
    name = text.month_name(begin, language()) if begin.day == 1 else ""
    if name and is_long and begin.month == 1:
        name = f"{begin.year} {name}"
    is_part = begin.day != 1 or (end + DAY).day != 1
    return Column(name, ((end - begin).days + 1) / 30 if is_part else 1.0, begin > as_of)


def _by_kind(events: pl.DataFrame) -> list[tuple[str, pl.DataFrame]]:
    """Return the events of each kind there is, in the order of the plan."""
    codes = [*KINDS, *sorted(set(events["event_kind"]) - set(KINDS))]
    rows = [(code, events.filter(event_kind=code)) for code in codes]
    return [(code, found) for code, found in rows if found.height]


def _lane(kind: str, rows: pl.DataFrame, spans: list[tuple[date, date]]) -> Lane:
    marks: dict[int, list[Mark]] = {}
    for row in rows.iter_rows(named=True):
        for index, (begin, end) in enumerate(spans):
            if begin <= row["held_on"] <= end:
                mark = Mark(row["held_on"].day, _state(row), row["title"], _told(row))
                marks.setdefault(index, []).append(mark)
    held, ahead = rows.filter(state="held").height, rows.filter(state="scheduled").height
    words = [t("activities.held_count", count=held)]
    if ahead:
        words.append(t("activities.ahead_count", count=ahead))
    return Lane(rows[named("kind_name")][0], words, marks)


def _state(row: dict[str, Any]) -> str:
    """Return what a mark shows of an event: its clause first, where it falls short of that."""
    return row["clause"] if row["clause"] in ("not_met", "unknown") else str(row["state"])


def _states(events: pl.DataFrame) -> set[str]:
    return {_state(row) for row in events.iter_rows(named=True)}


def _told(row: dict[str, Any]) -> str:
    """Return what is said of an event beside its title."""
    parts = [text.day(row["held_on"], language()), row[named("branch_name")] or ""]
    if row["state"] == "held":
        parts.append(came(row["attendance_count"]))
    if _state(row) != "held":
        parts.append(t(f"activities.{_state(row)}"))
    return " · ".join(part for part in parts if part)


def came(attendance: int | None) -> str:
    """Return how many came; that nobody counted is not that nobody came."""
    if attendance is None:
        return t("activities.not_counted")
    return t("activities.came", count=attendance)


def attendance_finding(kinds: pl.DataFrame) -> Finding:
    """Return the sentence above the attendance."""
    return activity_findings.attendance(kinds, named("kind_name"))


def attendance(events: pl.DataFrame, kinds: pl.DataFrame, *, height: int) -> None:
    """Draw each event held by how many came, and the event in the middle of its kind."""
    until = filters.chosen().end_date
    held = events.filter(pl.col("state") == "held", pl.col("held_on") < until)
    counted = held.filter(pl.col("attendance_count").is_not_null())
    if counted.is_empty():
        return note(t("activities.nobody_counted" if held.height else "finding.nothing_hint"))
    medians = {row["event_kind"]: row for row in kinds.iter_rows(named=True)}
    groups = [
        Strip(
            rows[named("kind_name")][0],
            rows["attendance_count"].to_list(),
            [_dot(row) for row in rows.iter_rows(named=True)],
            medians[kind]["median_attendance"],
            a_count(medians[kind]["median_attendance"]),
        )
        for kind, rows in _by_kind(counted)
    ]
    figure = charts.strips(groups, a_count, look(), height=height)
    show(figure, alt=t("alt.attendance"), key="attendance")
    uncounted = held.height - counted.height
    return note(
        t("activities.uncounted", count=uncounted) if uncounted else t("activities.all_counted")
    )


def _dot(row: dict[str, Any]) -> str:
    day = text.day(row["held_on"], language())
    return f'<span lang="zh-CN">{row["title"]}</span><br>{day} · {came(row["attendance_count"])}'
