"""A plan pasted from a worksheet, or as the text of its file: shown first, then put on the desk."""

import re
import tomllib
from collections.abc import Sequence

import streamlit as st

from guanqing import text
from guanqing.figures.blocks import Cell, Table
from guanqing.plan import planfile
from guanqing.plan.making import drafts, rows
from guanqing.plan.making.columns import desk
from guanqing.plan.making.drafts import Draft
from guanqing.plan.making.laying import Laid, LineRead, lay_over
from guanqing.problems import Problem
from guanqing.ui.plan_desk.faults import cell_faults, file_faults
from guanqing.ui.plan_desk.form import begin_anew
from guanqing.ui.plan_desk.state import branches, called, codes, draft, goal, put, year
from guanqing.ui.plan_desk.words import change_mark, unbroken
from guanqing.ui.plan_desk.worksheet import offer_worksheet
from guanqing.ui.registers.saving import say_later
from guanqing.ui.shell.session import language, said, t, tell
from guanqing.ui.widgets.blocks import note
from guanqing.ui.widgets.tables import table

KEY = "plan-paste"
SHOWN = 40
TOML = re.compile(r"^\s*(\[\[\s*(targets|milestones)\s*\]\]|year\s*=\s*\d)", re.MULTILINE)


def pasted_plan() -> None:
    """Take pasted text, show what it makes of the plan, and put that on the desk."""
    note(t("plan_desk.paste_hint"))
    st.text_area(
        t("registers.paste"),
        height=170,
        label_visibility="collapsed",
        placeholder=t("plan_desk.paste_here"),
        key=KEY,
        persist_state="session",
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(t("registers.look"), key="look-at-plan")
        if st.session_state.get(KEY):
            st.button(t("loading.clear"), type="tertiary", key="clear-plan", on_click=_clear)
    pasted = str(st.session_state.get(KEY) or "")
    if pasted.strip():
        try:
            _shown(pasted)
        except Problem as problem:
            said(tell(problem), "bad")
    offer_worksheet()


def _clear() -> None:
    st.session_state[KEY] = ""


def _shown(pasted: str) -> None:
    if TOML.search(pasted):
        _shown_file(pasted)
    else:
        _shown_rows(_laid(pasted, only=False))


# --- rows


def _laid(pasted: str, *, only: bool) -> Laid:
    sheet = rows.read(pasted, language=language())
    return lay_over(
        draft(), sheet, language=language(), branches=branches(), codes=codes(), only=only
    )


def _shown_rows(laid: Laid) -> None:
    wrong = {number for number, _ in laid.faults}
    counts = {"lines": len(laid.lines), "wrong": len(wrong)}
    said(t("plan_desk.understood", **counts), "bad" if wrong else "go")
    if laid.unknown:
        listed = t("app.list_mark").join(laid.unknown)
        said(t("plan_desk.unknown_columns", columns=listed), "doubt")
    if laid.faults:
        cell_faults(laid.faults)
        said(t("plan_desk.paste_refused"), "bad")
    _table(laid.lines)
    if laid.gone:
        names = [called(entry) for entry in laid.gone]
        st.checkbox(t("plan_desk.only_these", count=len(names)), key="plan-only")
        note(t("plan_desk.not_pasted", names=_shortened(names)))
    if laid.lines and not laid.faults:
        st.button(
            t("plan_desk.put_rows", count=len(laid.lines)),
            type="primary",
            key="put-plan-rows",
            on_click=_put_rows,
        )


def _shortened(names: list[str], most: int = 6) -> str:
    shown = t("app.list_mark").join(names[:most])
    return shown if len(names) <= most else t("loading.and_more", names=shown, count=len(names))


def _table(lines: Sequence[LineRead]) -> None:
    heads = [(t("loading.line"), "n"), (t("plan_desk.name"), ""), (t("plan_desk.kind"), "")]
    heads.append((t("plan_desk.promised"), ""))
    found: list[list[Cell]] = []
    for line in lines[:SHOWN]:
        if line.faults:
            continue
        mark = change_mark("changed" if line.was else "added")
        name = mark + " " + called(line.made.entry)
        kind = desk().kinds[line.made.kind].name[language()]
        found.append([str(line.number), name, unbroken(kind), goal(line.made.entry)])
    if found:
        table(Table(heads, found), style="gq-register", of=len(found))


def _put_rows() -> None:
    only = bool(st.session_state.get("plan-only"))
    laid = _laid(st.session_state[KEY], only=only)
    if laid.faults or not laid.lines:
        return
    put(laid.draft)
    _end(len(laid.lines))


# --- the text of a file


def _shown_file(pasted: str) -> None:
    made = _of_file(pasted)
    if isinstance(made, str):
        said(made, "bad")
        return
    found = planfile.read(year(), pasted, branches())
    if found.refused:
        said(t("plan_desk.paste_refused"), "bad")
        file_faults(found.refused)
        return
    count = len(made.targets) + len(made.milestones)
    said(t("plan_desk.is_file", targets=len(made.targets), milestones=len(made.milestones)), "go")
    st.button(
        t("plan_desk.put_file", count=count),
        type="primary",
        key="put-plan-file",
        on_click=_put_file,
    )


def _of_file(pasted: str) -> Draft | str:
    """Return the plan that a text says, or what keeps it from being read."""
    try:
        return drafts.drafted(year(), pasted)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"line (\d+)", str(error))
        return t("plan_desk.no_toml", line=found[1] if found else text.NOTHING)
    except ValueError as error:
        return t("plan_desk.no_list", field=str(error))


def _put_file() -> None:
    pasted = st.session_state[KEY]
    made = _of_file(pasted)
    if isinstance(made, str) or planfile.read(year(), pasted, branches()).refused:
        return
    put(made)
    _end(len(made.targets) + len(made.milestones))


def _end(count: int) -> None:
    _clear()
    st.session_state.pop("plan-only", None)
    begin_anew()
    say_later(t("plan_desk.rows_put", count=count), "good")
