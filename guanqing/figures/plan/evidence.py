"""The records behind a promise: its events, its weeks, its branches' parts, reports and notes."""

from typing import Any

from markupsafe import Markup

from guanqing import charts, text
from guanqing.figures.blocks import Cell, Chart, Table
from guanqing.figures.figure import Content, content, figure
from guanqing.figures.marking import legend, of_plan_weeks
from guanqing.figures.markup import badge, dated, fill, joined, small, strong, toned, written
from guanqing.figures.plan.scorecard import noted
from guanqing.figures.plan.standing import cases_of, chosen_code, chosen_target
from guanqing.figures.plan.words import amount, month_names, why_not
from guanqing.figures.view import View
from guanqing.records import code_names

Row = dict[str, Any]
MARKS = {"held": "●", "scheduled": "○", "not_held": "–"}


@figure("plan_events")
def events_behind(view: View) -> Content:
    """List the events behind a target, the latest first, and whether each meets its clause."""
    standing = chosen_target(view, view.cite)
    if standing is None:
        return content("", view.nothing())
    headline = view.t("target.held", count=standing.held_count or 0)
    if standing.clause_count is not None:
        headline += view.t("target.held_clause", count=standing.clause_count)
    events = view.ask("events_behind", target=standing.target.code)
    if events.is_empty():
        if standing.value is None:
            headline = why_not(view, standing)
        return content(headline, view.note("target.no_events"))
    has_clause = bool(events["has_clause"].any())
    columns = [
        (view.t("target.day"), ""),
        (view.t("target.event"), ""),
        (view.t("target.attendance"), "n wide"),
        *([(view.t("target.clause"), "s")] if has_clause else []),
    ]
    rows = [_event(view, row, has_clause) for row in events.to_dicts()]
    return content(headline, Table(columns, rows, height=view.height), cases=events.height)


def _event(view: View, row: Row, has_clause: bool) -> list[Cell]:
    day = text.day_of_year(row["held_on"], view.language)
    name = written(row["title"])
    if row["state"] != "held":
        name += Markup(" {}").format(small(view.t(f"target.{row['state']}")))
    when = f"{MARKS[row['state']]} {day}".replace(" ", "\u00a0")
    cells: list[Cell] = [when, name, view.count(row["attendance_count"])]
    return [*cells, _kept(view, row)] if has_clause else cells


def _kept(view: View, row: Row) -> Markup:
    if row["state"] == "scheduled":
        return Markup()
    if row["missing_field"]:
        field = view.t(f"target.field_{row['missing_field']}")
        return toned(f"? {view.t('target.lacks', field=field)}", "doubt")
    mark, tone = ("✔", "good") if row["meets_clause"] else ("✖", "bad")
    return Markup("{} {}").format(toned(mark, tone), small(_measured(view, row)))


def _measured(view: View, row: Row) -> str:
    """Return what the register says of an event that its clause asks for."""
    for name in ("speaker_rank", "place_kind"):
        if code := row[name]:
            names = code_names(name)
            return names[code][view.language != "zh"] if code in names else str(code)
    if row["event_kind"] == "exhibition" and (row["work_count"] or row["wall_metres"]):
        works, metres = row["work_count"] or 0, row["wall_metres"] or 0
        exact = text.exact(metres, view.language)
        return view.t("target.works", works=int(works), metres=exact)
    return ""


@figure("opening_hours")
def opening_by_week(view: View) -> Content:
    """Draw the hours of each week against the promise; list each branch's."""
    standing = chosen_target(view, view.cite)
    kept, weeks = (standing.kept_week_count, standing.week_count) if standing else (0, 0)
    headline = view.t("target.weeks_finding", kept=kept or 0, weeks=weeks or 0)
    frame = view.ask("opening_by_week")
    table = _branch_hours(view)
    if frame.is_empty():
        return content(headline, view.note("reason.no_complete_week"), table)
    words = [
        view.t(
            "alt.week_hours",
            day=row["week_start"],
            hours=f"{row['open_hours']:g}",
            holiday=row[view.named("holiday")] or "",
        )
        for row in frame.to_dicts()
    ]
    marks = of_plan_weeks(
        view, standing.target.scope if standing else "network", frame["week_start"].to_list()
    )
    drawn = charts.weeks(
        frame["week_start"].to_list(),
        frame["open_hours"].to_list(),
        frame["is_over"].to_list(),
        float(frame["goal"][0]),
        words,
        month_names(view),
        view.look,
        height=210,
        marks=marks,
    )
    chart = Chart(drawn, view.t("alt.weeks"))
    return content(headline, chart, legend(view, marks), table, cases=weeks or 0)


def _branch_hours(view: View) -> Table:
    """List how each branch keeps the hours: share of weeks, and the worst."""
    columns = [
        (view.t("target.branch"), ""),
        (view.t("target.weeks_kept"), "n"),
        (view.t("target.share_kept"), "n"),
        (view.t("target.outside_holidays"), "n wide"),
        (view.t("target.worst_week"), "n"),
        (view.t("target.worst_when"), "wide"),
    ]
    rows: list[list[Cell]] = [
        [
            row[view.named("name")],
            f"{row['kept_count']}/{row['week_count']}",
            view.share(row["kept_share"]),
            view.share(row["kept_outside_share"]),
            f"{row['worst_hours']:g}",
            joined(
                text.day_of_year(row["worst_week"], view.language),
                small(row[view.named("holiday")] or ""),
                by=" ",
            ),
        ]
        for row in view.ask("opening_by_branch").to_dicts()
    ]
    return Table(columns, rows)


@figure("plan_progress")
def target_branches(view: View) -> Content:
    """List the parts that branches have in a target."""
    standing = chosen_target(view, view.cite)
    headline = view.t("target.parts")
    if standing is None:
        return content(headline, view.nothing())
    target = standing.target
    columns = [
        (view.t("target.branch"), ""),
        (view.t("targets.value"), "n"),
        (view.t("targets.goal"), "n"),
        (view.t("targets.due"), "n wide"),
        (view.t("targets.status"), "s"),
    ]
    rows: list[list[Cell]] = [
        [
            row[view.named("name")] or row["branch_code"],
            amount(view, row["value"], target),
            amount(view, row["goal"], target),
            amount(view, row["expected_value"], target),
            badge(row["status"], view),
        ]
        for row in view.ask("target_branches", target=target.code).to_dicts()
    ]
    table = Table(columns, rows) if rows else None
    return content(headline, table, cases=cases_of(standing))


@figure("milestones")
def milestone_history(view: View) -> Content:
    """List every report on a milestone, the latest first, with who made it."""
    reports = view.ask("milestone_history").to_dicts()
    headline = view.t("milestone.reports")
    if not reports:
        return content(headline, view.note("milestone.no_reports"))
    columns = [
        (view.t("targets.reported"), ""),
        (view.t("targets.status"), "s"),
        (view.t("milestone.words"), ""),
        (view.t("target.by"), "wide"),
    ]
    rows: list[list[Cell]] = [
        [
            dated(report["stated_on"], view),
            badge(report["state"], view),
            noted(view, report["note_zh"], report["note_en"]),
            small(_who(view, report)),
        ]
        for report in reports
    ]
    return content(headline, Table(columns, rows))


@figure("plan_notes")
def plan_notes_made(view: View) -> Content:
    """List what was noted about a target or milestone, the latest first, with who did."""
    notes = view.ask("plan_notes_made", target=chosen_code(view)).to_dicts()
    headline = view.t("target.notes")
    if not notes:
        return content(headline, view.note("target.no_notes"))
    said = [
        {
            "day": strong(text.day(made["noted_on"], view.language)),
            "words": joined(_owner(view, made["owner"]), written(made["note"]), by=" "),
            "who": _who(view, made),
        }
        for made in notes
    ]
    return content(headline, fill("notes", notes=said), cases=len(notes))


def _owner(view: View, owner: str | None) -> str:
    if not owner:
        return ""
    before, after = view.t("target.owner_is", name="\n").split("\n")
    return Markup("{}{}{}").format(before, written(owner), after)


def _who(view: View, made: Row) -> str:
    """Return who said so: by name, from a file, or nobody but the simulation."""
    if made["stated_by"]:
        return written(made["stated_by"])
    if made["stated_at"]:
        return view.t("target.from_file")
    return view.t("app.simulated") if view.facts["is_simulated"] else ""
