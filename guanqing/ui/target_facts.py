"""What the answer to a promise rests on, a line a fact."""

from datetime import date
from html import escape

import streamlit as st

from guanqing import text
from guanqing.plan import Standing, survey
from guanqing.plan.outlook import Outlook
from guanqing.ui import filters
from guanqing.ui.library import query
from guanqing.ui.session import language, t
from guanqing.ui.targets import (
    likely,
    outlook_of,
    plan_year,
    shown,
    span_of,
    unit_of,
)
from guanqing.ui.words import written


def story_facts(row: Standing) -> None:
    """List what the answer rests on, a line a fact."""
    facts = [fact for fact in _facts(row, outlook_of(row)) if fact[1]]
    listed = "".join(f"<dt>{escape(term)}</dt><dd>{words}</dd>" for term, words in facts)
    st.html(f'<div class="gq"><dl class="gq-facts">{listed}</dl></div>')


def _facts(row: Standing, ahead: Outlook) -> list[tuple[str, str]]:
    target = row.target
    end = ahead.end
    facts = [
        (t("target.now"), f"<b>{shown(row.value, target)}</b>{unit_of(target)}"),
        (t("target.due"), _due(row)),
    ]
    if end:
        facts += [
            (t("target.end_80"), span_of(end.lower_80, end.upper_80, target)),
            (t("target.end_95"), span_of(end.lower_95, end.upper_95, target)),
        ]
    facts += [
        (t("target.chance"), _chance(row, ahead)),
        (t("target.needed"), _needed(row, ahead)),
        *_of_answers(row),
        *_of_weeks(row),
        (t("target.calendar"), _calendar(row)),
        (t("target.clause_kept"), _clause(row)),
        (t("target.every_week"), _every_week(row)),
        (t("target.stretch"), shown(row.stretch, target) if row.stretch else ""),
        (t("target.pace_by"), t(f"target.by_{row.pace_basis}") if row.expected_value else ""),
        (t("target.data_to"), text.day(row.last_day, language()) if row.last_day else ""),
        (t("target.owner"), written(owner_of(target.code, target.owner))),
    ]
    facts += [
        (
            text.day(revision.since, language()),
            escape(f"{shown(revision.goal, target)} · {revision.reason[language()]}"),
        )
        for revision in target.revisions
    ]
    return facts


def _chance(row: Standing, ahead: Outlook) -> str:
    """Return how likely it is; of what is settled there is no chance to speak of."""
    if ahead.chance is None or row.status in ("met", "not_met"):
        return ""
    return f"<b>{likely(ahead.chance)}</b>"


def _due(row: Standing) -> str:
    if row.expected_value is None:
        return ""
    share = text.share(row.expected_share, language())
    return f"{shown(row.expected_value, row.target)} <span class='why'>{share}</span>"


def _needed(row: Standing, ahead: Outlook) -> str:
    target = row.target
    if not ahead.needed_per_day:
        return ""
    needed, days = ahead.needed_per_day, row.open_days_left
    words = text.count(needed, language()) if needed >= 10 else f"{needed:.2f}"
    missing = shown(ahead.missing, target)
    return escape(t("target.needed_words", missing=missing, needed=words, days=int(days)))


def _calendar(row: Standing) -> str:
    if row.scheduled_count is None or row.value is None:
        return ""
    missing = max(row.goal - row.value - row.scheduled_count, 0)
    return escape(
        t(
            "target.calendar_words",
            done=int(row.value),
            scheduled=int(row.scheduled_count),
            missing=int(missing),
        )
    )


def _clause(row: Standing) -> str:
    if row.clause_count is None:
        return ""
    words = t("target.clause_words", held=row.held_count or 0, kept=row.clause_count)
    if row.clause_unknown_count:
        words += t("target.clause_unknown", count=row.clause_unknown_count)
    return escape(words)


def _every_week(row: Standing) -> str:
    if row.week_with_event_count is None:
        return ""
    weeks = (filters.filters()["as_of"] - date(plan_year(), 1, 1)).days // 7 + 1
    kept = int(row.week_with_event_count)
    return escape(t("target.weeks_words", kept=kept, weeks=weeks))


def _of_answers(row: Standing) -> list[tuple[str, str]]:
    """Return how many were asked, how many answered, how sure that is, what would settle it."""
    count = row.answer_count
    if not count:
        return []
    needed = survey.satisfied_needed(int(count), row.goal)
    return [
        (t("target.forms"), _count(row.distributed_count)),
        (t("target.returned"), _count(row.returned_count)),
        (t("target.valid"), _count(count)),
        (t("target.satisfied"), _count(row.satisfied_count)),
        (t("target.interval"), _ends(row.lower_share, row.upper_share)),
        (t("target.unanswered"), _unanswered(row)),
        (t("target.would_show"), "" if needed is None else f"{needed}/{count}"),
    ]


def _of_weeks(row: Standing) -> list[tuple[str, str]]:
    """Return how many weeks were kept, and how many of those announced will be."""
    if row.week_count is None:
        return []
    announced = f"{row.announced_kept_week_count}/{row.announced_week_count}"
    return [
        (t("target.weeks_kept"), f"<b>{row.kept_week_count}/{row.week_count}</b>"),
        (t("target.weeks_announced"), announced),
    ]


def _count(value: int | None) -> str:
    return "" if value is None else text.count(value, language())


def _ends(lower: float | None, upper: float | None) -> str:
    if lower is None or upper is None:
        return ""
    return f"{text.share(lower, language())}–{text.share(upper, language())}"


def _unanswered(row: Standing) -> str:
    """Return the share if none, or all, of those who did not answer were satisfied."""
    forms, satisfied = row.distributed_count, row.satisfied_count or 0
    if not forms:
        return ""
    silent = forms - (row.answer_count or 0)
    return _ends(satisfied / forms, (satisfied + silent) / forms)


def owner_of(code: str, printed: dict[str, str] | None) -> str:
    """Return who answers for a target or milestone: the last entered, else the plan's."""
    notes = query("plan_notes_made").filter(target_code=code).drop_nulls("owner")
    if not notes.is_empty():
        return str(notes["owner"][0])
    return printed[language()] if printed else ""
