"""One row typed in, corrected or taken away."""

import zlib
from collections.abc import Mapping
from typing import Any

import streamlit as st

from guanqing import registers
from guanqing.registers import Values
from guanqing.ui.registers.fields import ask, asked, at_first, decisive, draw, given, widget_key
from guanqing.ui.registers.history import changes_of, history_of_row
from guanqing.ui.registers.rows import (
    default_branch,
    frame,
    key_in_words,
    kind,
    narrowed,
    row_at,
    token,
    who,
)
from guanqing.ui.registers.saving import save, say_later, turn, validate, warn
from guanqing.ui.shell.session import said, t
from guanqing.ui.widgets.blocks import note

OFFERED = 200


def new_row() -> None:
    """Ask for a row that is not there yet."""
    form = f"new-{kind().code}-{turn()}"
    start = at_first(kind())
    names = _decide(form, start)
    with st.form(f"form-{form}", border=False):
        draw(form, names, start, _plan_year(form))
        if conflict := st.session_state.get("entry_conflict", {}).get(form):
            said(conflict, "doubt")
            st.text_input(t("registers.why"), key=widget_key(form, "#why"))
        st.form_submit_button(
            t("registers.save"),
            type="primary",
            on_click=_save_new,
            args=(form, [*decisive(kind()), *names]),
            key=f"save-{form}",
        )


def _decide(form: str, start: Mapping[str, Any]) -> list[str]:
    """Draw the fields that decide about others, and return those others."""
    first = decisive(kind())
    for name in first:
        ask(form, kind().fields[name], start.get(name))
    return asked(kind(), given(form, first))


def _plan_year(form: str) -> int | None:
    year = st.session_state.get(widget_key(form, "plan_year"))
    return int(year) if year else None


def _why(form: str) -> str:
    return str(st.session_state.get(widget_key(form, "#why")) or "").strip()


def _save_new(form: str, names: list[str]) -> None:
    values = registers.complete(kind(), given(form, names), default_branch=default_branch())
    is_refused, faults = validate(values)
    if is_refused:
        return
    was = row_at(registers.key_of(kind(), values))
    if was and registers.is_same(kind(), was, values):
        say_later(t("registers.there_already"), "doubt")
        return
    if was and not _why(form):
        changes = changes_of(was, values)
        words = t("registers.conflict", row=key_in_words(values), changes=changes)
        st.session_state["entry_conflict"] = {form: words}
        return
    if save(registers.putting(kind(), values, was), _why(form) if was else ""):
        key = "registers.corrected" if was else "registers.saved"
        say_later(t(key, row=key_in_words(values)), "good")
        warn(faults)


def mend_row(wanted: str) -> None:
    """Offer the rows that the filter leaves, and the one chosen to be corrected or taken away."""
    rows = narrowed(frame(), wanted)
    shown = {token(registers.of_library(kind(), row)): row for row in rows.head(OFFERED).to_dicts()}
    called = {key: key_in_words(registers.of_library(kind(), row)) for key, row in shown.items()}
    chosen = st.selectbox(
        t("registers.which"),
        [*shown],
        index=None,
        format_func=called.__getitem__,
        placeholder=t("registers.which_hint"),
        key=f"mend-{kind().code}",
    )
    if rows.height > OFFERED:
        note(t("registers.which_newest", shown=OFFERED))
    if chosen:
        _mend(shown[chosen], chosen)


def _mend(row: Mapping[str, Any], key: str) -> None:
    was = registers.of_library(kind(), row)
    note(t("registers.stated", who=" · ".join(part for part in who(row) if part)))
    form = f"mend-{kind().code}-{zlib.crc32(key.encode())}-{turn()}"
    names = _decide(form, was)
    with st.form(f"form-{form}", border=False):
        draw(form, names, was, _plan_year(form))
        st.text_input(
            t("loading.needed", name=t("registers.why")),
            placeholder=t("registers.why_hint"),
            key=widget_key(form, "#why"),
        )
        with st.container(horizontal=True):
            st.form_submit_button(
                t("registers.save_correction"),
                type="primary",
                on_click=_save_correction,
                args=(form, [*decisive(kind()), *names], was),
                key=f"save-{form}",
            )
            st.form_submit_button(
                t("registers.take_away"),
                on_click=_take_away,
                args=(form, was),
                key=f"away-{form}",
            )
    history_of_row(was)


def _save_correction(form: str, names: list[str], was: Values) -> None:
    # what the form does not ask of this kind of event is blank from now on
    values = registers.complete(kind(), given(form, names), default_branch=default_branch())
    if registers.is_same(kind(), was, values):
        say_later(t("registers.nothing_changed"), "doubt")
        return
    if _has_no_reason(form):
        return
    is_refused, faults = validate(values, was)
    if is_refused:
        return
    key = registers.key_of(kind(), values)
    if key != registers.key_of(kind(), was) and row_at(key):
        say_later(t("registers.key_taken", row=key_in_words(values)), "bad")
        return
    if save(registers.putting(kind(), values, was), _why(form)):
        say_later(t("registers.corrected", row=key_in_words(values)), "good")
        warn(faults)


def _take_away(form: str, was: Values) -> None:
    if _has_no_reason(form):
        return
    if save(registers.taking_away(kind(), [was]), _why(form)):
        say_later(t("registers.taken_away", row=key_in_words(was)), "good")


def _has_no_reason(form: str) -> bool:
    if not _why(form):
        say_later(t("registers.why_first"), "bad")
    return not _why(form)
