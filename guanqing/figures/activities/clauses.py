"""The plan's clauses of quality: what keeps them, and what does not."""

from typing import Any

import polars as pl
from markupsafe import Markup

from guanqing import activity_headlines as headlines
from guanqing import text
from guanqing.figures.activities.lists import listed
from guanqing.figures.blocks import Block, Cell, Note, Table
from guanqing.figures.figure import Content, content, figure
from guanqing.figures.markup import strong, toned, written
from guanqing.figures.plan.standing import year_plan
from guanqing.figures.view import View
from guanqing.plan import Target
from guanqing.records import registers

MOST_WEEKS = 12  # that are named in a line
Row = dict[str, Any]


@figure("event_clauses")
def clauses_kept(view: View) -> Content:
    """List each clause with how many keep it, and below it what does not, by name and day."""
    kept, broken = view.ask("clauses_kept"), view.ask("clauses_broken")
    weeks = view.cite("weeks_without_event")
    finding = headlines.clauses(kept)
    headline = view.say(finding)
    year = view.filters["as_of"].year
    targets = year_plan(view).targets
    rows = [row for row in kept.to_dicts() if row["target_code"] in targets]
    if not rows:
        return content(headline, view.note("activities.no_clause", year=str(year)))
    columns = [
        (view.t("activities.clause"), ""),
        (view.t("activities.held_events"), "n"),
        (view.t("activities.keep"), "n"),
        (view.t("activities.fall_short"), "n"),
        (view.t("activities.cannot_tell"), "n"),
    ]
    return content(
        headline,
        Table(columns, [_clause(view, targets[row["target_code"]], row) for row in rows]),
        _named(view, broken),
        _weeks(view, weeks) if rows[0]["held_count"] is not None else None,
        view.note(
            "activities.plan_scope",
            year=str(year),
            whose=view.whose(*(targets[row["target_code"]].scope for row in rows)),
        ),
        cases=finding[1].get("held", 0),
    )


def _clause(view: View, target: Target, row: Row) -> list[Cell]:
    words = target.clause[view.language] if target.clause else ""
    name = Markup('{}<div class="why">{}</div>').format(target.name[view.language], words)
    if row["held_count"] is None:
        return [name, *[text.NOTHING] * 4]
    if row["met_count"] is None:
        whole, eventful = (
            view.t("activities.weeks", count=row[f"{part}week_count"]) for part in ("", "eventful_")
        )
        empty = _count(view, row["empty_week_count"], "bad", "✕")
        return [name, whole, strong(eventful), empty, text.NOTHING]
    return [
        name,
        view.count(row["held_count"]),
        strong(view.count(row["met_count"])),
        _count(view, row["not_met_count"], "bad", "✕"),
        _count(view, row["unknown_count"], "doubt", "?"),
    ]


def _count(view: View, count: int, tone: str, sign: str) -> Cell:
    return strong(toned(f"{sign} {view.count(count)}", tone)) if count else "0"


def _named(view: View, broken: pl.DataFrame) -> Block | None:
    """Name the events that fall short or cannot be judged, and what the register says of each."""
    if broken.is_empty():
        return None
    name = view.named("code_name")
    events = broken.group_by(
        "target_code", "held_on", "title", view.named("branch_name"), "verdict", maintain_order=True
    ).agg("field_name", "minimum", "amount", name)
    rows = events.sort("held_on", descending=True, maintain_order=True).to_dicts()
    columns = [
        (view.t("activities.day"), "day"),
        (view.t("activities.event"), ""),
        (view.t("activities.what_it_lacks"), ""),
    ]
    return listed(columns, [_broken(view, row) for row in rows])


def _broken(view: View, row: Row) -> list[Cell]:
    sign, tone = ("?", "doubt") if row["verdict"] == "unknown" else ("✕", "bad")
    values = zip(
        row["field_name"],
        row["minimum"],
        row["amount"],
        row[view.named("code_name")],
        strict=True,
    )
    words = view.t("activities.clause_mark").join(_lacking(view, *value) for value in values)
    return [
        text.day_of_year(row["held_on"], view.language),
        written(row["title"]),
        toned(f"{sign} {words}", tone),
    ]


def _lacking(
    view: View, field: str, minimum: float | None, amount: float | None, code: str | None
) -> str:
    """Return what the register says of a field the clause asks for."""
    name = getattr(registers()["events"].fields[field], view.language)
    if amount is None and code is None:
        return view.t("activities.field_missing", field=name)
    if amount is not None and minimum is not None:
        return view.t(
            "activities.field_short",
            field=name,
            amount=text.exact(amount, view.language),
            least=text.exact(minimum, view.language),
        )
    return view.t("activities.field_says", field=name, value=str(code))


def _weeks(view: View, weeks: pl.DataFrame) -> Note | None:
    """Name the latest weeks in which what the plan wants every week did not happen."""
    if weeks.is_empty():
        return None
    spans = [
        text.short_span(begin, end, view.language)
        for begin, end in weeks.select("week_start", "week_end").iter_rows()
    ]
    named = view.t("app.list_mark").join(spans[-MOST_WEEKS:])
    return view.note("activities.weeks_without", count=len(spans), weeks=named)
