"""Headline figures: a value, what was promised, what it was a year ago, and its way there."""

from collections.abc import Callable, Sequence
from html import escape

import streamlit as st

from guanqing import charts, measures, text
from guanqing.ui.widgets.panels import define
from guanqing.ui.shell.session import language, look, t

UNCHANGED = 0.0005  # less shows as 0.0 %

ICONS = {
    "met": "✔",
    "done": "✔",
    "on_course": "●",
    "under_way": "◐",
    "behind": "▼",
    "not_met": "✖",
    "not_shown": "?",
    "not_computable": "○",
    "planned": "○",
    "dropped": "—",
    "overdue": "▼",
}
TONES = {
    "met": "good",
    "done": "good",
    "on_course": "go",
    "under_way": "go",
    "behind": "bad",
    "not_met": "bad",
    "dropped": "bad",
    "overdue": "bad",
    "not_shown": "doubt",
}


def kpi_row(*cards: Callable[[], None]) -> None:
    """Put headline figures side by side, equally wide."""
    for column, card in zip(st.columns(len(cards)), cards, strict=True):
        with column:
            card()


def kpi(
    measure: str,
    value: float | None,
    *,
    query: str,
    target: float | None = None,
    status: str | None = None,
    change: float | None = None,
    change_from: str = "",
    change_words: str = "",
    trail: Sequence[float] = (),
    has_target: bool = True,
    has_yearly_target: bool = False,
) -> Callable[[], None]:
    """Return a card to draw: value, target and gap, change on the same days a year ago, sparkline.

    change is a share (0.12 = 12 % more); change_words say against what, change_from names all days.
    A card says plainly what it has not got; has_target=False leaves out the line of the target;
    has_yearly_target says that there is one which does not speak of the days or branches shown.
    """
    defined = measures.load()[measure]

    goal = _target(value, target, status, defined, has_yearly_target) if has_target else ""

    def draw() -> None:
        with st.container(key=f"kpi-{measure}"):
            st.html(
                f'<div class="gq"><div class="gq-label">{escape(defined.label[language()])}</div>'
                f'<div class="gq-value">{_value(value, defined)}</div>'
                f"{goal}"
                f'<div class="gq-line" title="{escape(change_from)}">'
                f"{_change(change, defined, change_words)}</div>"
                f"{_spark(trail)}</div>"
            )
            define(f"kpi-{measure}", measure, [query])

    return draw


def _value(value: float | None, measure: measures.Measure) -> str:
    if value is None:
        return f"—<small>{t('card.no_data')}</small>"
    return text.figure(value, measure.unit, language())


def _target(
    value: float | None,
    target: float | None,
    status: str | None,
    measure: measures.Measure,
    has_yearly_target: bool,
) -> str:
    if target is None:
        key = "card.yearly_target" if has_yearly_target else "card.no_target"
        return f'<div class="gq-line">{t(key)}</div>'
    words = t("card.target", target=text.figure(target, measure.unit, language()))
    if value is not None and abs(target - value) >= UNCHANGED:
        gap = text.figure(abs(target - value), measure.unit, language())
        words += " · " + t("card.over" if value >= target else "card.short", gap=gap)
    if status:
        words = f"{badge(status)} {words}"
    return f'<div class="gq-line">{words}</div>'


def _change(change: float | None, measure: measures.Measure, words: str) -> str:
    if change is None:
        return t("card.no_comparison")
    change = 0.0 if abs(change) < UNCHANGED else change
    arrow = "▲" if change > 0 else "▼" if change < 0 else "="
    rising = {"higher": change > 0, "lower": change < 0}.get(measure.better)
    tone = "" if rising is None or change == 0 else "gq-up" if rising else "gq-down"
    shown = text.share(change, language(), sign=True)
    return f'<b class="{tone}">{arrow} {shown}</b> {words}'


def _spark(trail: Sequence[float]) -> str:
    image = charts.spark(trail, look())
    return f'<img class="gq-spark" src="{image}" alt="">' if image else ""


def badge(status: str) -> str:
    """Return a status as icon, word and colour: never colour alone."""
    return (
        f'<span class="{TONES.get(status, "")}">{ICONS[status]}&nbsp;{t(f"status.{status}")}</span>'
    )


def verdicts(lead: str, counts: dict[str, int]) -> None:
    """Say in one line how many targets stand where, the worst named first by the caller's order."""
    parts = "".join(
        f'<span class="{TONES.get(status, "")}">{ICONS[status]} <b>{number}</b> '
        f"{t(f'status.{status}')}</span>"
        for status, number in counts.items()
        if number
    )
    st.html(f'<div class="gq gq-verdict"><span class="lead">{escape(lead)}</span>{parts}</div>')
