"""What stands behind a promise: its events, its weeks, its answers, its branches."""

from html import escape
from typing import Any

import polars as pl
import streamlit as st

from guanqing import charts, plan, text
from guanqing.plan import Standing
from guanqing.records import code_names
from guanqing.ui.annotations import legend, of_plan_weeks
from guanqing.ui.cards import badge
from guanqing.ui.library import query
from guanqing.ui.panels import note, panel, show, table
from guanqing.ui.session import language, look, t
from guanqing.ui.targets import shown
from guanqing.ui.words import named, written

MARKS = {"held": "●", "scheduled": "○", "not_held": "–"}


def events_behind(row: Standing) -> pl.DataFrame:
    """Return the events behind a target, the latest first."""
    frame = query("events_behind").filter(target_code=row.target.code)
    return frame.sort("held_on", descending=True)


def event_table(events: pl.DataFrame) -> None:
    """List events: when, what, for how many, and whether each meets its clause."""
    if events.is_empty():
        return note(t("target.no_events"))
    has_clause = bool(events["has_clause"].any())
    columns = [
        (t("target.day"), ""),
        (t("target.event"), ""),
        (t("target.attendance"), "n wide"),
        *([(t("target.clause"), "s")] if has_clause else []),
    ]
    rows = [_event(row, has_clause) for row in events.iter_rows(named=True)]
    with st.container(height=420, border=False):
        return table(columns, rows)


def _event(row: dict[str, Any], has_clause: bool) -> list[str]:
    day = text.day_of_year(row["held_on"], language())
    when = f"{MARKS[row['state']]} {day}".replace(" ", "&nbsp;")
    name = written(row["title"])
    if row["state"] != "held":
        state = t(f"target.{row['state']}")
        name += f' <span class="why">{state}</span>'
    cells = [when, name, text.count(row["attendance_count"], language())]
    return [*cells, _kept(row)] if has_clause else cells


def _kept(row: dict[str, Any]) -> str:
    facts = escape(_measured(row))
    if row["state"] == "scheduled":
        return f'<span class="why">{facts}</span>'
    if row["missing_field"]:
        field = t(f"target.field_{row['missing_field']}")
        return f'<span class="doubt">? {escape(t("target.lacks", field=field))}</span>'
    mark, tone = ("✔", "good") if row["meets_clause"] else ("✖", "bad")
    return f'<span class="{tone}">{mark}</span> <span class="why">{facts}</span>'


def _measured(row: dict[str, Any]) -> str:
    """Return what the register says of an event that its clause asks for."""
    if row["speaker_rank"]:
        return _code("speaker_rank", row["speaker_rank"])
    if row["place_kind"]:
        return _code("place_kind", row["place_kind"])
    if row["event_kind"] == "exhibition" and (row["work_count"] or row["wall_metres"]):
        works, metres = row["work_count"] or 0, row["wall_metres"] or 0
        return t("target.works", works=int(works), metres=text.exact(metres, language()))
    return ""


def _code(name: str, code: str) -> str:
    names = code_names(name)
    return names[code][language() != "zh"] if code in names else code


def week_bars(*, height: int = 210) -> None:
    """Draw the main library's hours of each week against what was promised."""
    frame = query("opening_by_week").filter(is_main=True)
    if frame.is_empty():
        return note(t("reason.no_complete_week"))
    words = [
        t(
            "alt.week_hours",
            day=row["week_start"],
            hours=f"{row['open_hours']:g}",
            holiday=row[named("holiday")] or "",
        )
        for row in frame.iter_rows(named=True)
    ]
    marks = of_plan_weeks(frame["week_start"].to_list())
    figure = charts.weeks(
        frame["week_start"].to_list(),
        frame["open_hours"].to_list(),
        frame["is_over"].to_list(),
        float(frame["goal"][0]),
        words,
        look(),
        height=height,
        marks=marks,
    )
    show(figure, alt=t("alt.weeks"), key="weeks")
    return legend(marks)


def branch_hours() -> None:
    """List how each branch keeps the hours: share of weeks, and the worst."""
    frame = query("opening_by_branch")
    columns = [
        (t("target.branch"), ""),
        (t("target.weeks_kept"), "n"),
        (t("target.share_kept"), "n"),
        (t("target.outside_holidays"), "n wide"),
        (t("target.worst_week"), "n"),
        (t("target.worst_when"), "wide"),
    ]
    rows = [
        [
            escape(row[named("name")]),
            f"{row['kept_count']}/{row['week_count']}",
            text.share(row["kept_share"], language()),
            text.share(row["kept_outside_share"], language()),
            f"{row['worst_hours']:g}",
            f"{text.day_of_year(row['worst_week'], language())} "
            f'<span class="why">{escape(row[named("holiday")] or "")}</span>',
        ]
        for row in frame.iter_rows(named=True)
    ]
    return table(columns, rows)


def branch_parts(target: plan.Target) -> None:
    """List the parts that branches have in a target."""
    frame = query("target_branches").filter(target_code=target.code)
    if frame.is_empty():
        return None
    columns = [
        (t("target.branch"), ""),
        (t("targets.value"), "n"),
        (t("targets.goal"), "n"),
        (t("targets.due"), "n wide"),
        (t("targets.status"), "s"),
    ]
    return table(
        columns,
        [
            [
                escape(row[named("name")] or row["branch_code"]),
                shown(row["value"], target),
                shown(row["goal"], target),
                shown(row["expected_value"], target),
                badge(row["status"]),
            ]
            for row in frame.iter_rows(named=True)
        ],
    )


def evidence(row: Standing) -> None:
    """Show what a promise is made of: its events, and the parts of its branches."""
    target = row.target
    events = events_behind(row)
    if not events.is_empty():
        with panel("events", _event_finding(row), measure="plan_events", queries=["events_behind"]):
            event_table(events)
    if target.by_branch:
        with panel(
            "parts", t("target.parts"), measure="plan_progress", queries=["target_branches"]
        ):
            branch_parts(target)


def weeks_kept(row: Standing) -> None:
    """Show how the hours promised were kept, week by week and branch by branch."""
    with panel(
        "weeks",
        t("target.weeks_finding", kept=row.kept_week_count, weeks=row.week_count),
        measure="opening_hours",
        queries=["opening_by_branch", "opening_by_week"],
    ):
        week_bars()
        branch_hours()


def _event_finding(row: Standing) -> str:
    words = t("target.held", count=row.held_count or 0)
    if row.clause_count is None:
        return words
    return words + t("target.held_clause", count=row.clause_count)
