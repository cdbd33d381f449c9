"""The earlier plans of a year: who saved each, when and why; and the way back."""

import streamlit as st

from guanqing.figures.blocks import Cell, Table
from guanqing.figures.markup import written
from guanqing.plan.making import drafts, saving
from guanqing.plan.making.saving import Saved
from guanqing.ui.plan_desk.changes import differences
from guanqing.ui.plan_desk.form import begin_anew
from guanqing.ui.plan_desk.state import folder, put, read, saved, saved_draft, year
from guanqing.ui.plan_desk.words import when, who_saved
from guanqing.ui.registers.saving import say_later
from guanqing.ui.shell.guarding import guarded
from guanqing.ui.shell.session import said, t
from guanqing.ui.shell.visitor import may
from guanqing.ui.widgets.blocks import note
from guanqing.ui.widgets.panels import step
from guanqing.ui.widgets.tables import table

SHOWN = 30


@guarded("plan_history")
def plan_history() -> None:
    """Draw every plan of the year that there was, the newest first."""
    found = saving.history(folder(), year())
    now = saved()
    words = t("plan_desk.history", count=len(found)) if found else t("plan_desk.no_history")
    with step("plan-history", words, "" if found else t("plan_desk.no_history_hint")):
        if not found:
            return
        heads = [("", "n"), (t("registers.when"), ""), (t("registers.why"), "")]
        rows: list[list[Cell]] = [_row(one) for one in ([now] if now else []) + found[:SHOWN]]
        table(Table(heads, rows), style="gq-register", of=len(found) + bool(now))
        by_number = {one.number: one for one in found}
        number = st.selectbox(
            t("plan_desk.look_at"),
            [*by_number],
            index=None,
            format_func=lambda number: f"#{number} {when(by_number[number])}".strip(),
            placeholder=t("registers.choose"),
            key=f"plan-version-{year()}",
        )
        if number in by_number:
            _version(by_number[number])


def _row(one: Saved) -> list[Cell]:
    number = f"#{one.number}" if one.number else t("plan_desk.holds_now")
    if one.stamp is None:
        return [number, t("plan_desk.put_there"), ""]
    by = written(one.stamp.by) + " " + when(one)
    return [number, by, written(one.stamp.why)]


def _version(one: Saved) -> None:
    note(who_saved(one))
    note(t("plan_desk.since_then"))
    differences(read(year(), one.text), saved_draft())
    if not may("plan"):
        return
    st.button(
        t("plan_desk.restore", number=f"#{one.number}"),
        key=f"plan-restore-{one.number}",
        on_click=_restore,
        args=(one.number,),
    )


def _restore(number: int) -> None:
    """Put an earlier plan on the desk; it holds again once that is saved."""
    (one,) = [kept for kept in saving.history(folder(), year()) if kept.number == number]
    try:
        put(drafts.drafted(year(), one.text))
    except ValueError:
        return said(t("plan_desk.unreadable"), "bad")
    begin_anew()
    words = t("plan_desk.restored", number=f"#{number}")
    st.session_state["plan_why"] = words
    return say_later(t("plan_desk.restored_hint", number=f"#{number}"), "good")
