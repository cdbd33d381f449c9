"""A headline figure on the screen, as a card of a row."""

import streamlit as st
from markupsafe import Markup

from guanqing import charts, text
from guanqing.figures.blocks import Card
from guanqing.figures.markup import ICONS, TONES, fill
from guanqing.measures import Measure
from guanqing.ui.shell.session import language, look, t

UNCHANGED = 0.0005  # less shows as 0.0 %


def card(made: Card, *, is_brief: bool = False) -> None:
    """Draw a card; a brief one has no line that nothing is promised."""
    change = made.change
    if change is not None and abs(change) < UNCHANGED:
        change = 0.0
    st.html(
        fill(
            "card",
            label=made.measure.label[language()],
            value=None if made.value is None else _figure(made.value, made.measure),
            no_data=t("card.no_data"),
            goal=_goal(made) if _is_promised(made) or not is_brief else None,
            badge=_badge(made.status) if made.status else "",
            compared_days=made.compared_days,
            change=None if change is None else _change(change, made.measure),
            arrow="▲" if change and change > 0 else "▼" if change else "=",
            tone=_tone(change, made.measure),
            compared=t("card.no_comparison") if change is None else made.compared_with,
            spark=charts.spark(made.trail, look(), open_end=made.is_trail_open),
            trail=made.trail_words,
        )
    )


def _change(change: float, measure: Measure) -> str:
    """Return a change in words; of a share it is the points between the two."""
    shown = text.points if measure.unit == "share" else text.share
    return shown(change, language(), sign=True)


def _figure(value: float, measure: Measure) -> str:
    return text.figure(value, measure.unit, language())


def _badge(status: str) -> Markup:
    words = f"{ICONS[status]}\u00a0{t(f'status.{status}')}"
    return Markup('<span class="{}">{}</span> ').format(TONES.get(status, ""), words)


def _is_promised(made: Card) -> bool:
    return bool(made.goal or made.aside or made.refused_line)


def _goal(made: Card) -> str:
    if made.refused_line:
        return t("card.refused_target", line=str(made.refused_line))
    if made.goal is None:
        return made.aside or t("card.no_target")
    words = t("card.target", whose=made.whose, target=_figure(made.goal, made.measure))
    if made.value is not None and abs(made.goal - made.value) >= UNCHANGED:
        away = abs(made.goal - made.value)
        is_share = made.measure.unit == "share"
        gap = text.points(away, language()) if is_share else _figure(away, made.measure)
        words += " · " + t("card.over" if made.value >= made.goal else "card.short", gap=gap)
    return words


def _tone(change: float | None, measure: Measure) -> str:
    if not change:
        return ""
    rising = {"higher": change > 0, "lower": change < 0}.get(measure.better)
    return "" if rising is None else "gq-up" if rising else "gq-down"
