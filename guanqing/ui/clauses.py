"""The plan's clauses of quality on a screen: what keeps them, and what does not."""

from html import escape
from typing import Any

import polars as pl

from guanqing import plan, text
from guanqing.problems import Problem
from guanqing.records import registers
from guanqing.ui.shell.session import language, t
from guanqing.ui.targets import plan_year
from guanqing.ui.widgets.blocks import note
from guanqing.ui.widgets.tables import table
from guanqing.ui.words import named

MOST_NAMED = 12


def clauses(kept: pl.DataFrame, broken: pl.DataFrame, weeks: pl.DataFrame) -> None:
    """Draw each clause with how many keep it, and below it what does not, by name and day."""
    targets = _targets()
    rows = [row for row in kept.iter_rows(named=True) if row["target_code"] in targets]
    if not rows:
        return note(t("activities.no_clause", year=str(plan_year())))
    table(
        [
            (t("activities.clause"), ""),
            (t("activities.held_events"), "n"),
            (t("activities.keep"), "n"),
            (t("activities.fall_short"), "n"),
            (t("activities.cannot_tell"), "n"),
        ],
        [_clause(targets[row["target_code"]], row) for row in rows],
    )
    _named(broken)
    without = [
        text.short_span(begin, end, language())
        for begin, end in weeks.select("week_start", "week_end").iter_rows()
    ]
    if without:
        listed = t("app.list_mark").join(without[-MOST_NAMED:])
        note(t("activities.weeks_without", count=len(without), weeks=listed))
    return note(t("activities.plan_scope", year=str(plan_year())))


def _targets() -> dict[str, plan.Target]:
    try:
        return dict(plan.load(plan_year()).targets)
    except Problem:  # told on the pages of the plan
        return {}


def _clause(target: plan.Target, row: dict[str, Any]) -> list[str]:
    words = target.clause[language()] if target.clause else ""
    name = f"{escape(target.name[language()])}<div class='why'>{escape(words)}</div>"
    if row["met_count"] is None:
        weeks = (row["week_count"], row["eventful_week_count"])
        short = row["week_count"] - row["eventful_week_count"]
        whole, kept = (t("activities.weeks", count=count) for count in weeks)
        return [name, whole, f"<b>{kept}</b>", _count(short, "bad", "✕"), text.NOTHING]
    return [
        name,
        text.count(row["held_count"], language()),
        f"<b>{text.count(row['met_count'], language())}</b>",
        _count(row["not_met_count"], "bad", "✕"),
        _count(row["unknown_count"], "doubt", "?"),
    ]


def _count(count: int, tone: str, sign: str) -> str:
    if not count:
        return "0"
    return f'<b class="{tone}">{sign} {text.count(count, language())}</b>'


def _named(broken: pl.DataFrame) -> None:
    """Name the events that fall short or cannot be judged, and what the register says of each."""
    if broken.is_empty():
        return
    events = broken.group_by(
        "target_code", "held_on", "title", named("branch_name"), "verdict", maintain_order=True
    ).agg("field_name", "minimum", "amount", named("code_name"))
    rows = events.sort("held_on", descending=True, maintain_order=True).to_dicts()
    table(
        [
            (t("activities.day"), "day"),
            (t("activities.event"), ""),
            (t("activities.what_it_lacks"), ""),
        ],
        [_broken(row) for row in rows[:MOST_NAMED]],
    )
    if len(rows) > MOST_NAMED:
        note(t("activities.more", count=len(rows) - MOST_NAMED))


def _broken(row: dict[str, Any]) -> list[str]:
    sign, tone = ("?", "doubt") if row["verdict"] == "unknown" else ("✕", "bad")
    values = zip(
        row["field_name"], row["minimum"], row["amount"], row[named("code_name")], strict=True
    )
    words = t("activities.clause_mark").join(_lacking(*value) for value in values)
    return [
        text.day_of_year(row["held_on"], language()),
        f'<span lang="zh-CN">{escape(row["title"])}</span>',
        f'<span class="{tone}">{sign} {escape(words)}</span>',
    ]


def _lacking(field: str, minimum: float | None, amount: float | None, code: str | None) -> str:
    """Return what the register says of a field the clause asks for."""
    name = getattr(registers()["events"].fields[field], language())
    if amount is None and code is None:
        return t("activities.field_missing", field=name)
    if amount is not None and minimum is not None:
        return t(
            "activities.field_short",
            field=name,
            amount=text.exact(amount, language()),
            least=text.exact(minimum, language()),
        )
    return t("activities.field_says", field=name, value=str(code))
