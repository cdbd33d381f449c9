"""The scorecard: every promise a line that leads to its story, grouped by how it stands."""

from collections.abc import Sequence
from html import escape
from itertools import groupby

import streamlit as st

from guanqing import charts, plan, text
from guanqing.charts.bullets import Range
from guanqing.plan import Standing
from guanqing.plan.outlook import Outlook
from guanqing.ui import filters
from guanqing.ui.cards import ICONS, TONES, badge
from guanqing.ui.session import language, look, t
from guanqing.ui.targets import answer, outlooks, pace_words, shown, span_of, unit_of

STORY = "pages/year/target.py"


def target_groups(rows: Sequence[Standing]) -> None:
    """Draw the targets under the words of their statuses, the worst first."""
    known = outlooks(rows)
    _key()
    for status, group in groupby(rows, key=lambda row: row.status):
        mine = list(group)
        st.html(
            f'<div class="gq gq-group {TONES.get(status, "")}">{ICONS[status]} '
            f"{escape(t(f'status.{status}'))} <b>{len(mine)}</b></div>"
        )
        for row in mine:
            _line(row, known[row.target.code])


def _key() -> None:
    """Say once what the marks of a line mean."""
    marks = (
        ("done", t("targets.key_value")),
        ("due", t("targets.key_due")),
        ("ahead", t("targets.key_ahead")),
        ("goal", t("targets.key_goal")),
    )
    spans = "".join(f'<span><i class="{kind}"></i>{escape(words)}</span>' for kind, words in marks)
    pace = f'<span class="pace">{escape(pace_words())}</span>'
    st.html(f'<div class="gq gq-key gq-marks">{spans}{pace}</div>')


def _line(row: Standing, ahead: Outlook) -> None:
    target = row.target
    with st.container(key=f"line-{target.code}"):
        story_link(target.code, target.name[language()])
        st.html(_marks(row, ahead))


def story_link(code: str, words: str) -> None:
    """Lead to the story of a target or milestone, the filters unchanged."""
    st.page_link(STORY, label=words, query_params=filters.address() | {"code": code})


def _marks(row: Standing, ahead: Outlook) -> str:
    target = row.target
    first, second = answer(row, ahead)
    value = (
        f"<b>{shown(row.value, target)}</b>"
        f'<span class="of"> / {shown(row.goal, target)}{unit_of(target)}</span>'
    )
    return (
        '<div class="gq gq-line-of">'
        f'<div class="value">{value}</div>'
        f'<div class="bar">{bullet(row, ahead)}</div>'
        f'<div class="answer"><b>{escape(first)}</b> <span>{escape(second)}</span></div>'
        f'<div class="state">{badge(row.status)}</div></div>'
    )


def bullet(row: Standing, ahead: Outlook) -> str:
    """Return the line of marks of one target; words where there is nothing to draw."""
    target = row.target
    if row.value is None:
        return f'<span class="none">{text.NOTHING}</span>'
    return charts.bullet(
        row.value,
        row.goal,
        look().status(row.status),
        due=row.expected_value,
        stretch=row.stretch,
        ahead=_range(row, ahead),
        alt=escape(_alt(row, ahead, target), quote=True),
    )


def _range(row: Standing, ahead: Outlook) -> Range | None:
    """Return where it leads: the forecast of the year's end, or the interval of a survey."""
    if row.value is not None and row.interval:
        return Range(row.value, *row.interval, *row.interval)
    end = ahead.end
    if end is None or (row.status == "met" and end.lower_95 == end.upper_95):
        return None
    return Range(end.value, end.lower_80, end.upper_80, end.lower_95, end.upper_95)


def _alt(row: Standing, ahead: Outlook, target: plan.Target) -> str:
    words = t(
        "alt.bullet",
        value=shown(row.value, target),
        goal=shown(row.goal, target),
        due=shown(row.expected_value, target),
    )
    if ahead.end:
        span = span_of(ahead.end.lower_80, ahead.end.upper_80, target)
        words += " " + t("outlook.drawn", span=span)
    return words
