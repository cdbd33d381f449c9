"""The agenda of what was held and what is announced, and who came."""

from datetime import date
from typing import Any

import polars as pl
from markupsafe import Markup

from guanqing import activity_headlines as headlines
from guanqing import charts, text
from guanqing.charts.agenda import Column, Lane, Mark
from guanqing.charts.strips import Strip
from guanqing.figures.blocks import Chart
from guanqing.figures.figure import Content, content, figure
from guanqing.figures.markup import written
from guanqing.figures.view import View
from guanqing.period import DAY

MOST_MONTHS = 18  # that stand side by side with room for two marks each
KINDS = ("lecture", "exhibition", "outreach", "mobile_trip", "featured")
STATES = ("held", "not_met", "unknown", "not_marked", "scheduled")
Row = dict[str, Any]
Span = tuple[date, date]  # both ends included


@figure("event_count")
def events_listed(view: View) -> Content:
    """Draw each event as a mark on its day, a row a kind, with a line at the as-of day.

    Where there are many months only the events of the latest are asked for and drawn.
    """
    known = view.look_up("events_listed")
    headline = view.say(headlines.events(known))
    if known.is_empty():
        view.ask("events_listed")
        return content(headline, view.nothing())
    days: list[date] = known["held_on"].to_list()  # in order
    spans = _spans(view, max(view.period.start_date, days[0]), max(view.period.last_day, days[-1]))
    earlier = sum(day < spans[0][0] for day in days)
    from_day = spans[0][0] if earlier else view.period.start_date
    events = view.ask("events_listed", start_date=from_day)
    view.cite("events_listed")  # the headline counts the earlier ones too
    found = {_state(row) for row in events.to_dicts()}
    drawn = charts.agenda(
        [_column(view, span, is_long=spans[0][0].year != spans[-1][1].year) for span in spans],
        [_lane(view, rows, spans) for _, rows in _by_kind(events)],
        view.t("app.as_of", day=view.filters["as_of"]),
        alt=view.t("alt.agenda", count=events.height),
    )
    key = [(state, view.t(f"activities.{state}")) for state in STATES if state in found]
    note = view.note("activities.earlier", count=earlier) if earlier else None
    return content(headline, charts.agenda_key(key), drawn, note, cases=known.height)


def _spans(view: View, first: date, last: date) -> list[Span]:
    """Return the latest months from first to last; that of the as-of day is cut in two."""
    as_of = view.filters["as_of"]
    spans = []
    begin = first.replace(day=1)
    while begin <= last:
        end = (begin + 31 * DAY).replace(day=1) - DAY
        cut = as_of if begin <= as_of < end and last > as_of else end
        spans += [(begin, cut)] + ([(cut + DAY, end)] if cut < end else [])
        begin = end + DAY
    return spans[-MOST_MONTHS - 1 :]


def _column(view: View, span: Span, *, is_long: bool) -> Column:
    """Return the column of some days; only the part that begins a month bears its name."""
    begin, end = span
    name = text.month_name(begin, view.language) if begin.day == 1 else ""
    if name and is_long and begin.month == 1:
        name = f"{begin.year} {name}"
    is_part = begin.day != 1 or (end + DAY).day != 1
    share = ((end - begin).days + 1) / 30 if is_part else 1.0
    return Column(name, share, begin > view.filters["as_of"])


def _by_kind(events: pl.DataFrame) -> list[tuple[str, pl.DataFrame]]:
    """Return the events of each kind there is, in the order of the plan."""
    codes = [*KINDS, *sorted(set(events["event_kind"]) - set(KINDS))]
    rows = [(code, events.filter(event_kind=code)) for code in codes]
    return [(code, found) for code, found in rows if found.height]


def _lane(view: View, rows: pl.DataFrame, spans: list[Span]) -> Lane:
    marks: dict[int, list[Mark]] = {}
    for row in rows.to_dicts():
        day = row["held_on"]
        index = next(i for i, (begin, end) in enumerate(spans) if begin <= day <= end)
        mark = Mark(day.day, _state(row), row["title"], _words(view, row))
        marks.setdefault(index, []).append(mark)
    held, ahead = rows.filter(state="held").height, rows.filter(state="scheduled").height
    words = [view.t("activities.held_count", count=held)]
    if ahead:
        words.append(view.t("activities.ahead_count", count=ahead))
    return Lane(rows[view.named("kind_name")][0], words, marks)


def _state(row: Row) -> str:
    """Return what a mark shows of an event: its clause first, where it falls short of that."""
    return row["clause"] if row["clause"] in ("not_met", "unknown") else str(row["state"])


def _words(view: View, row: Row) -> str:
    """Return what is said of an event beside its title."""
    state = _state(row)
    parts = (
        text.day(row["held_on"], view.language),
        row[view.named("branch_name")],
        _came(view, row) if row["state"] == "held" else "",
        view.t(f"activities.{state}") if state != "held" else "",
    )
    return " · ".join(part for part in parts if part)


def _came(view: View, row: Row) -> str:
    """Return how many came; that nobody counted is not that nobody came."""
    if row["attendance_count"] is None:
        return view.t("activities.not_counted")
    return view.t("activities.came", count=row["attendance_count"])


@figure("attendance_count")
def attendance_by_kind(view: View) -> Content:
    """Draw each event held by how many came, and the event in the middle of its kind."""
    kinds, events = view.ask("attendance_by_kind"), view.ask("events_listed")
    headline = view.say(headlines.attendance(kinds, view.named("kind_name")))
    medians = dict(kinds.select("event_kind", "median_attendance").iter_rows())
    # of an event not held, or not by then, no attendance is given
    counted = events.drop_nulls("attendance_count")
    if counted.is_empty():
        return content(
            headline, view.nothing() if kinds.is_empty() else view.note("activities.nobody_counted")
        )
    groups = [
        Strip(
            rows[view.named("kind_name")][0],
            rows["attendance_count"].to_list(),
            [_dot(view, row) for row in rows.to_dicts()],
            medians[kind],
            view.count(medians[kind]),
        )
        for kind, rows in _by_kind(counted)
    ]
    drawn = charts.strips(groups, view.count, view.look, height=view.height)
    uncounted = int(kinds["uncounted_count"].sum())
    note = "activities.uncounted" if uncounted else "activities.all_counted"
    chart = Chart(drawn, view.t("alt.attendance"))
    return content(headline, chart, view.note(note, count=uncounted))


def _dot(view: View, row: Row) -> str:
    day = text.day(row["held_on"], view.language)
    return str(Markup("{}<br>{} · {}").format(written(row["title"]), day, _came(view, row)))
