"""The plan on a screen: which promises, where they stand, and what is said of each in words."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from html import escape

import streamlit as st

from guanqing import plan, text
from guanqing.plan import MilestoneStanding, Standing, outlook, planfile, survey
from guanqing.plan.outlook import Outlook
from guanqing.problems import Problem
from guanqing.ui import filters
from guanqing.ui.cards import badge, verdicts
from guanqing.ui.library import Stamp, query
from guanqing.ui.panels import note, said, table
from guanqing.ui.session import language, t, tell

SURE = 0.99  # a chance nearer to 0 or 1 than this is not told to the per cent


def plan_year() -> int:
    """Return the year whose plan is judged: that of the as-of day."""
    return int(filters.filters()["as_of"].year)


def year_plan() -> plan.Plan:
    """Return the plan of the year; one that cannot be read is empty, and plan_faults says so."""
    try:
        return plan.load(plan_year())
    except Problem:
        return plan.Plan(plan_year())


def scorecard() -> list[Standing]:
    """Return the targets of the year with where they stand, the worst first."""
    if not year_plan().targets:
        return []
    progress, evidence = query("plan_progress"), query("plan_evidence")
    return plan.scorecard(plan_year(), progress.to_dicts(), evidence.to_dicts())


def milestones() -> list[MilestoneStanding]:
    """Return the milestones of the year with their states, what is open first."""
    if not year_plan().milestones:
        return []
    progress, reports = query("plan_progress"), query("milestones_reported")
    return plan.milestone_standings(plan_year(), progress.to_dicts(), reports.to_dicts())


def outlooks(rows: Sequence[Standing]) -> dict[str, Outlook]:
    """Return what the end of the year looks like for each target of a scorecard, by code."""
    if not rows:
        return {}
    codes = tuple(row.target.code for row in rows)
    as_of: date = filters.filters()["as_of"]
    return _outlooks(st.session_state["library"], as_of, codes, rows)


@st.cache_data(max_entries=50, show_spinner=False)
def _outlooks(
    stamp: Stamp, as_of: date, codes: tuple[str, ...], _rows: Sequence[Standing]
) -> dict[str, Outlook]:
    # thousands of draws for each target, the same for the same library and day
    return outlook.outlooks(_rows, query("plan_months").to_dicts(), as_of)


def outlook_of(row: Standing) -> Outlook:
    """Return the outlook of one target."""
    return outlooks([row])[row.target.code]


def target_value(code: str) -> float | None:
    """Return what the year's plan promises; None where it has no such target.

    A plan speaks of the whole network and its whole year: of another choice it says nothing.
    """
    whole_year = filters.chosen().code == str(plan_year())
    if filters.filters()["branches"] or not whole_year:
        return None
    target = year_plan().targets.get(code)
    return target.at(filters.filters()["as_of"])[0] if target else None


def plan_verdict(rows: Sequence[Standing]) -> None:
    """Say in one line how the targets of the year stand, or that there is no plan."""
    year = str(plan_year())
    if not rows:
        return note(t("targets.no_plan", year=year))
    found = Counter(row.status for row in rows)
    counts = {status: found[status] for status in plan.STATUS_ORDER}
    return verdicts(
        t("targets.verdict", year=year, count=len(rows), day=filters.filters()["as_of"]), counts
    )


def plan_faults() -> None:
    """Say which entries of the plan file are not used, by line and field, and why."""
    try:
        refused = plan.load(plan_year()).refused
    except Problem as problem:
        return said(tell(problem), "bad")
    for found in refused:
        called = found.name[language()] if found.name else found.code or text.NOTHING
        why = t(f"planfile.{found.why}", value=found.value)
        said(
            t(
                "targets.refused",
                name=called,
                file=f"data/targets/{plan_year()}.toml",
                line=str(found.line),
                field=found.field,
                why=why,
            ),
            "bad",
        )
    return None


def plan_parts(milestones: Sequence[MilestoneStanding]) -> list[str]:
    """Return what the page of the plan is divided into."""
    open_count = sum(row.status not in ("done", "dropped") for row in milestones)
    return [
        t("targets.promises"),
        t("targets.to_do", count=open_count),
        t("targets.urgent"),
    ]


def pace_words() -> str:
    """Return how much of the year should be done, and by which measure the pace is set."""
    pace = query("plan_pace").to_dicts()
    if not pace:
        return ""
    words = t("targets.pace", day=pace[0]["day"], share=float(pace[0]["expected_share"]))
    known = query("plan_evidence")["pace_basis"].unique().to_list()
    basis = "profile" if "profile" in known else (known or ["calendar"])[0]
    return f"{words}{t(f'targets.by_{basis}')}"


def target_list(rows: Sequence[Standing]) -> None:
    """Draw targets in a table, one a row: name, value of target, how likely, status."""
    columns = [
        (t("targets.target"), ""),
        (t("targets.value"), "n"),
        (t("targets.goal"), "n"),
        (t("targets.outlook"), "wide"),
        (t("targets.status"), "s"),
    ]
    known = outlooks(rows)
    table(columns, [_brief_row(row, known[row.target.code]) for row in rows])


def _brief_row(row: Standing, ahead: Outlook) -> list[str]:
    target = row.target
    return [
        escape(target.name[language()]),
        f"<b>{shown(row.value, target)}</b>",
        shown(row.goal, target) + unit_of(target),
        f'<span class="why">{escape(answer(row, ahead)[0])}</span>',
        badge(row.status),
    ]


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


def unit_of(target: plan.Target) -> str:
    """Return the unit of a target in small print, where its form does not say it already."""
    unit = target.unit[language()]
    return (
        f" <span class='why'>{escape(unit)}</span>" if unit and target.shown_as == "number" else ""
    )


def span_of(lower: float, upper: float, target: plan.Target) -> str:
    """Return two ends in the unit of a target."""
    return f"{shown(lower, target)}–{shown(upper, target)}"


def likely(chance: float) -> str:
    """Return a chance to the per cent, and no further than it can be known."""
    if chance > SURE:
        return f">{text.share(SURE, language(), decimals=0)}"
    if chance < 1 - SURE:
        return f"<{text.share(1 - SURE, language(), decimals=0)}"
    return text.share(chance, language(), decimals=0)


def answer(row: Standing, ahead: Outlook) -> tuple[str, str]:
    """Return whether we will make it, and what that rests on, in two short sentences."""
    target = row.target
    if row.value is None:
        return t("status.not_computable"), why_not(row)
    if target.kind == "survey":
        return _of_answers(row)
    first = t("outlook.chance", chance=likely(ahead.chance)) if ahead.chance is not None else ""
    if row.status == "met":
        first = t("outlook.reached")
    if row.status == "not_met":
        first = t("outlook.lost")
    if ahead.rests_on == "drawn" and ahead.end:
        end = span_of(ahead.end.lower_80, ahead.end.upper_80, target)
        return first, t("outlook.drawn", span=end)
    values = {k: v for k, v in ahead.values.items() if k != "basis" and v is not None}
    words = t(f"outlook.{ahead.rests_on}", **values)
    return (first, words) if first else (words, "")


def _of_answers(row: Standing) -> tuple[str, str]:
    """Return the verdict of a survey and how many satisfied answers would show it."""
    lower, upper = row.interval or (0.0, 1.0)
    span = t("outlook.interval", lower=lower, upper=upper)
    needed = survey.satisfied_needed(row.answer_count or 0, row.goal)
    if row.status == "not_shown" and needed is not None:
        return t("outlook.settled_by", count=needed, answers=row.answer_count), span
    return t(f"outlook.survey_{row.status}"), span


def why_not(row: Standing) -> str:
    """Return why a value cannot be computed, and what to do about it."""
    about = planfile.plan_measures()[row.target.measure]
    return t(f"reason.{row.reason}", name=about["name"][language()])
