"""The plan on a screen: targets with a bar and the mark of where they should be, and milestones."""

from collections import Counter
from collections.abc import Sequence
from html import escape
from typing import Any

from guanqing import plan, text
from guanqing.ui import filters
from guanqing.ui.cards import TONES, badge, verdicts
from guanqing.ui.library import query
from guanqing.ui.panels import note, table
from guanqing.ui.session import language, t

TONE_COLOURS = {"good": "--good", "go": "--primary", "bad": "--bad", "doubt": "--doubt"}


def plan_year() -> int:
    """Return the year whose plan is judged: that of the as-of day."""
    return int(filters.filters()["as_of"].year)


def scorecard() -> list[dict[str, Any]]:
    """Return the targets of the year with where they stand, the worst first."""
    progress, evidence = query("plan_progress"), query("plan_evidence")
    return plan.scorecard(plan_year(), progress.to_dicts(), evidence.to_dicts())


def milestones() -> list[dict[str, Any]]:
    """Return the milestones of the year with their states, what is open first."""
    progress, reports = query("plan_progress"), query("milestones_reported")
    return plan.milestone_rows(plan_year(), progress.to_dicts(), reports.to_dicts())


def target_value(code: str) -> float | None:
    """Return what the year's plan promises; None where it has no such target.

    A plan speaks of the whole network and its whole year: of another choice it says nothing.
    """
    whole_year = filters.chosen().code == str(plan_year())
    if filters.filters()["branches"] or not whole_year:
        return None
    target = plan.load(plan_year()).targets.get(code)
    return target.at_least if target else None


def plan_verdict(rows: Sequence[dict[str, Any]]) -> None:
    """Say in one line how the targets of the year stand, or that there is no plan."""
    year = str(plan_year())
    if not rows:
        return note(t("targets.no_plan", year=year))
    found = Counter(row["status"] for row in rows)
    counts = {status: found[status] for status in plan.STATUS_ORDER}
    return verdicts(
        t("targets.verdict", year=year, count=len(rows), day=filters.filters()["as_of"]), counts
    )


def pace_note() -> None:
    """Say how much of the year is over, and by which measure the pace is set."""
    for row in query("plan_pace").iter_rows(named=True):
        basis = "targets.by_open_days" if row["is_by_open_days"] else "targets.by_calendar"
        words = t("targets.pace", day=row["day"], share=float(row["expected_share"]))
        note(f"{words} {t(basis)}")


def target_list(rows: Sequence[dict[str, Any]], *, brief: bool = False) -> None:
    """Draw targets, one a row: name, value of target, bar with the mark of the pace, status.

    rows are those of guanqing.plan.scorecard; brief leaves out notes and pace.
    """
    columns = [
        (t("targets.target"), ""),
        (t("targets.value"), "n"),
        (t("targets.goal"), "n"),
        (t("targets.progress"), "bar"),
        *([] if brief else [(t("targets.due"), "n wide")]),
        (t("targets.status"), "s"),
    ]
    table(columns, [_target_row(row, brief) for row in rows])


def _target_row(row: dict[str, Any], brief: bool) -> list[str]:
    target: plan.Target = row["target"]
    name = escape(target.name[language()])
    if not brief:
        name += _why(row)
    cells = [
        name,
        f"<b>{shown(row['value'], target)}</b>",
        shown(target.at_least, target) + _unit(target),
        _bar(row),
    ]
    if not brief:
        cells.append(shown(row["expected_value"], target))
    return [*cells, badge(row["status"])]


def shown(value: float | None, target: plan.Target) -> str:
    """Return a value in the unit a target was printed with."""
    if value is None:
        return text.NOTHING
    if target.shown_as == "percent":
        return text.share(value, language())
    if target.shown_as == "ratio":
        return text.ratio(value, language())
    if value % 1 and value < 1000:
        return f"{value:.1f}"
    return text.count(value, language())


def _unit(target: plan.Target) -> str:
    unit = target.unit[language()]
    return (
        f" <span class='why'>{escape(unit)}</span>" if unit and target.shown_as == "number" else ""
    )


def _why(row: dict[str, Any]) -> str:
    """Return the small print of a target: interval, clause kept, or the best that can be said."""
    target: plan.Target = row["target"]
    words, hint = "", ""
    if row["lower_share"] is not None:
        words = t(
            "targets.interval",
            answers=row["answer_count"],
            lower=float(row["lower_share"]),
            upper=float(row["upper_share"]),
        )
    elif row["clause_count"] is not None and target.clause:
        words = t("targets.clause", count=row["clause_count"])
        hint = target.clause[language()]
    elif target.kind == "compliance":
        words = t("targets.worst_week")
    elif target.stretch and row["value"] is not None:
        words = t("targets.stretch", stretch=text.count(target.stretch, language()))
    return f' <span class="why" title="{escape(hint)}">{escape(words)}</span>' if words else ""


def _bar(row: dict[str, Any]) -> str:
    """Return the bar of a target: filled to the value, with a mark where it should be by now."""
    if row["value"] is None:
        return f'<span class="why">{t("status.not_computable")}</span>'
    goal = row["target"].at_least
    colour = TONE_COLOURS.get(TONES.get(row["status"], ""), "--muted")
    width = min(row["value"] / goal, 1) * 100
    mark = ""
    if row["expected_value"] is not None:
        due = min(row["expected_value"] / goal, 1) * 100
        mark = f'<u style="left:calc({due:.1f}% - 1px)"></u>'
    filled = f'<i style="width:{width:.1f}%;background:var({colour})"></i>'
    return f'<div class="gq-bar">{filled}{mark}</div>'


def milestone_list(rows: Sequence[dict[str, Any]]) -> None:
    """Draw milestones, one a row: state, name, the day and words of the last report.

    rows are those of guanqing.plan.milestone_rows.
    """
    table(
        [
            (t("targets.milestone"), ""),
            (t("targets.reported"), "n wide"),
            (t("targets.status"), "s"),
        ],
        [_milestone_row(row) for row in rows],
    )


def _milestone_row(row: dict[str, Any]) -> list[str]:
    milestone: plan.Milestone = row["milestone"]
    said = row.get(f"note_{language()}")
    name = escape(milestone.name[language()])
    if said:
        name += f' <span class="why">{escape(said)}</span>'
    stated = (
        text.day_of_year(row["stated_on"], language()) if row.get("stated_on") else text.NOTHING
    )
    return [name, stated, badge(row["status"])]
