"""Rows pasted from a worksheet: what was understood, what was not, and then entered at once."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import streamlit as st
from markupsafe import Markup

from guanqing import registers, text
from guanqing.figures.blocks import Cell, Table
from guanqing.figures.markup import joined
from guanqing.intake import pasting
from guanqing.intake.pasting import Known, Pasted, Remark, Row
from guanqing.problems import Problem
from guanqing.registers import Values
from guanqing.registers.journal import Change
from guanqing.ui.registers.history import change_mark, changes_of
from guanqing.ui.registers.rows import (
    branches,
    default_branch,
    frame,
    key_in_words,
    kind,
    label_of,
    near,
    values_in_words,
)
from guanqing.ui.registers.saving import save, say_later
from guanqing.ui.registers.worksheet import offer_worksheet
from guanqing.ui.shell.library import own
from guanqing.ui.shell.session import language, said, t, tell
from guanqing.ui.widgets.blocks import note
from guanqing.ui.widgets.tables import as_typed, table

SHOWN = 12


@dataclass(frozen=True)
class Sorted:
    """The rows of a paste by what entering them would do."""

    added: list[Row]
    corrected: list[tuple[Row, Values]]  # with what is there now
    known: list[Row]  # the same as what is there


def pasted_rows() -> None:
    """Take pasted text, show the rows in it, and enter them once that is confirmed."""
    note(t("registers.paste_hint", columns=_columns()))
    st.text_area(
        t("registers.paste"),
        height=170,
        label_visibility="collapsed",
        placeholder=t("registers.paste_here"),
        key=_key(),
        persist_state="session",
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(t("registers.look"), key="look-at-paste")
        if st.session_state.get(_key()):
            st.button(t("loading.clear"), type="tertiary", key="clear-paste", on_click=_clear)
    if st.session_state.get(_key(), "").strip():
        try:
            _preview(_read())
        except Problem as problem:
            said(tell(problem), "bad")
    offer_worksheet()


def _columns() -> str:
    names = [
        t("loading.needed", name=label_of(f)) if f.needed else label_of(f)
        for f in kind().fields.values()
    ]
    return t("app.list_mark").join(names)


def _key() -> str:
    return f"paste-{kind().code}"


def _clear() -> None:
    st.session_state[_key()] = ""


def _read() -> Pasted:
    """Return the rows of the text; read once, and again when it or the library changes."""
    pasted = st.session_state[_key()]
    state = (kind().code, pasted, st.session_state["library"], language())
    kept = st.session_state.get("paste_read")
    if kept and kept[0] == state:
        found: Pasted = kept[1]
        return found
    apart = [f.name for f in kind().fields.values() if f.kind == "time"]
    known = Known(
        branches=branches(),
        default_branch=default_branch(),
        own=own(),
        others=tuple(near_all()) if apart else (),
    )
    found = pasting.read(
        kind(), pasted, known, name=t("registers.pasted_text"), language=language()
    )
    st.session_state["paste_read"] = (state, found)
    return found


def near_all() -> list[Values]:
    """Return every row of the register as it could be entered."""
    return [registers.of_library(kind(), row) for row in frame().to_dicts()]


def _sorted(found: Pasted) -> Sorted:
    days = [name for name in kind().key if kind().fields[name].kind == "day"]
    there = near({str(row.values[days[0]]) for row in found.rows} if days else set())
    by_key = {tuple(registers.key_of(kind(), row).values()): row for row in there}
    result = Sorted([], [], [])
    for row in found.rows:
        was = by_key.get(tuple(registers.key_of(kind(), row.values).values()))
        if was is None:
            result.added.append(row)
            continue
        # a column that was not copied says nothing of what stands there
        values = registers.kept_where_unsaid(row.values, was, found.columns)
        if registers.is_same(kind(), was, values):
            result.known.append(row)
        else:
            result.corrected.append((replace(row, values=values), was))
    return result


def _preview(found: Pasted) -> None:
    rows = _sorted(found)
    counts = {
        "lines": found.line_count,
        "added": len(rows.added),
        "corrected": len(rows.corrected),
        "known": len(rows.known),
        "refused": len(found.refused),
        "aside": len(found.aside),
    }
    said(t("registers.understood", **counts), "bad" if found.refused else "go")
    if found.refused:
        _refused(found.refused)
    _noted([remark for row in found.rows for remark in row.notes])
    _rows([*((row, None) for row in rows.added), *rows.corrected])
    count = len(rows.added) + len(rows.corrected)
    if rows.corrected:
        st.text_input(
            t("loading.needed", name=t("registers.why")),
            placeholder=t("registers.why_paste", count=len(rows.corrected)),
            key=f"{_key()}-why",
        )
    if count:
        st.button(
            t("registers.save_rows", count=count),
            type="primary",
            key="save-paste",
            on_click=_save,
        )


def _refused(refused: Sequence[Remark]) -> None:
    heads = [
        (t("loading.line"), "n"),
        *((t(f"registers.{name}"), "") for name in ("column", "value", "because")),
    ]
    rows = [
        [str(remark.line), remark.column or text.NOTHING, as_typed(remark.value), _because(remark)]
        for remark in refused[:SHOWN]
    ]
    table(Table(heads, rows), style="gq-register", of=len(refused))


def _because(remark: Remark) -> str:
    """Return what is wrong, and what to do where a rule about files says too little."""
    key = f"registers.because_{remark.rule}"
    return t(key) if key in text.load() else remark.words[language()]


def _noted(notes: Sequence[Remark]) -> None:
    """Note how lines had to be read and what they lack; equal notes as one, with their number."""
    turns = Counter((_because(note_), note_.value) for note_ in notes)
    for (words, value), count in list(turns.items())[:SHOWN]:
        shown = words if value is None else t("registers.pair", name=words, value=value)
        note(t("registers.noted", words=shown, count=count) if count > 1 else shown)


def _rows(rows: Sequence[tuple[Row, Values | None]]) -> None:
    if not rows:
        return
    heads = [(t("loading.line"), "n"), (t("registers.what"), "")]
    rest = [name for name in kind().fields if name not in kind().key]
    form = Markup('{} <b>{}</b><div class="why">{}</div>')
    listed: list[list[Cell]] = []
    for row, was in rows[:SHOWN]:
        mark = change_mark("changed" if was else "added")
        says = changes_of(was, row.values) if was else joined(*values_in_words(row.values, rest))
        listed.append([str(row.line), form.format(mark, key_in_words(row.values), says)])
    table(Table(heads, listed), style="gq-register", of=len(rows))


def _save() -> None:
    found = _read()
    rows = _sorted(found)
    why = str(st.session_state.get(f"{_key()}-why") or "").strip()
    if rows.corrected and not why:
        say_later(t("registers.why_first"), "bad")
        return
    changes: list[Change] = []
    for row in rows.added:
        changes += registers.putting(kind(), row.values, None)
    for row, was in rows.corrected:
        changes += registers.putting(kind(), row.values, was)
    if not save(changes, why):
        return
    say_later(t("registers.saved_rows", count=len(changes)), "good")
    if found.refused:
        say_later(t("registers.refused_stay", count=len(found.refused)), "doubt")
    st.session_state[_key()] = _what_is_left(found)


def _what_is_left(found: Pasted) -> str:
    """Return the lines that were refused, under their header, to be mended."""
    lines = st.session_state[_key()].replace("\r\n", "\n").replace("\r", "\n").split("\n")
    header = {remark.line for remark in found.aside if remark.rule == "repeated_header"}
    kept = {remark.line for remark in found.refused} | (header if found.refused else set())
    return "\n".join(line for number, line in enumerate(lines, 1) if number in kept)
