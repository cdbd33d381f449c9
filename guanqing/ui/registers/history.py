"""What was entered, corrected and taken away: by whom, when, from what to what, and why."""

import json
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import streamlit as st

from guanqing import registers, text
from guanqing.figures import Answer
from guanqing.registers import Values
from guanqing.ui.registers.rows import (
    called,
    in_words,
    key_in_words,
    kind,
    local,
    say_values,
    token,
)
from guanqing.ui.shell.library import asked
from guanqing.ui.shell.session import t
from guanqing.ui.widgets.blocks import note
from guanqing.ui.widgets.panels import work
from guanqing.ui.widgets.tables import table_html

SHOWN = 30


def answered() -> Answer:
    """Return what was entered in the register that is shown, as the query answers it."""
    return asked("register_history", register=kind().code)


def entries() -> list[dict[str, Any]]:
    """Return what was entered in the register that is shown, the newest first."""
    return answered().frame.to_dicts()


def corrected() -> dict[str, int]:
    """Return how often each row was corrected: token of its key -> times."""
    counts: dict[str, int] = {}
    for entry in entries():
        if entry["was_json"] and entry["values_json"]:
            row = json.loads(entry["values_json"])
            counts[token(row)] = counts.get(token(row), 0) + 1
    return counts


def _headline(found: Sequence[Mapping[str, Any]]) -> str:
    """Return in one line how much was typed into the register."""
    if not found:
        return t("registers.no_history")
    by = len({entry["entered_by"] for entry in found})
    return t("registers.history", count=len(found), people=by)


def register_history() -> None:
    """Draw the entries of the register, the newest first."""
    found = entries()
    with work("entries", _headline(found), "records", [answered()]):
        if not found:
            note(t("registers.no_history_hint"))
            return
        _draw(found[:SHOWN])
        if len(found) > SHOWN:
            note(t("loading.shown_first", shown=SHOWN))


def history_of_row(row: Values) -> None:
    """Draw the entries that speak of one row, of earlier keys of it too."""
    found, keys = [], {token(row)}
    for entry in entries():
        said = [json.loads(entry[name]) for name in ("values_json", "was_json") if entry[name]]
        if keys & {token(one) for one in said}:
            keys |= {token(one) for one in said}
            found.append(entry)
    if found:
        note(t("registers.history_of_row"))
        _draw(found)


def _draw(found: Sequence[Mapping[str, Any]]) -> None:
    heads = [(t("registers.when"), ""), (t("registers.what"), "")]
    rows = [[_when(entry), _what(entry)] for entry in found]
    st.html(f'<div class="gq gq-register">{table_html(heads, rows)}</div>')


def _when(entry: Mapping[str, Any]) -> str:
    by, at = escape(entry["entered_by"]), escape(local(entry["entered_at"]))
    return f'<span lang="zh-CN">{by}</span><div class="why">{at}</div>'


def _what(entry: Mapping[str, Any]) -> str:
    now, was = (
        json.loads(entry[name]) if entry[name] else None for name in ("values_json", "was_json")
    )
    done = "taken" if now is None else "changed" if was else "added"
    about = now or was or json.loads(entry["key_json"])
    mark = f'<span class="mark {done}">{t(f"registers.done_{done}")}</span>'
    lines = [f'{mark} <b lang="zh-CN">{escape(key_in_words(about))}</b>']
    if now and was:
        lines.append(f'<div lang="zh-CN">{escape(changes_of(was, now))}</div>')
    elif now:
        rest = " · ".join(say_values(now, [n for n in now if n not in kind().key]))
        lines.append(f'<div class="why" lang="zh-CN">{escape(rest)}</div>')
    if entry["why"]:
        why = t("registers.pair", name=t("registers.why"), value=entry["why"])
        lines.append(f'<div class="why" lang="zh-CN">{escape(why)}</div>')
    return "".join(lines)


def changes_of(was: Values, now: Values) -> str:
    """Return what differs between two rows, in words."""
    fields = kind().fields
    parts = []
    for name, before, after in registers.differences(was, now):
        if name in fields:
            old = in_words(fields[name], before, was.get("plan_year"))
            new = in_words(fields[name], after, now.get("plan_year"))
            parts.append(t("registers.change", name=called(fields[name]), before=old, after=new))
    return t("registers.semicolon").join(parts) or text.NOTHING
