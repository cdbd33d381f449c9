"""The page of registers: which one, its rows, and the desk where rows are entered."""

from collections.abc import Mapping
from typing import Any

import polars as pl
import streamlit as st
from markupsafe import Markup

from guanqing import records, registers, text
from guanqing.figures.blocks import Cell, Table
from guanqing.figures.markup import joined, small, written
from guanqing.ui.registers.form import mend_row, new_row
from guanqing.ui.registers.history import change_mark, corrected
from guanqing.ui.registers.paste import pasted_rows
from guanqing.ui.registers.rows import (
    FIRST,
    frame,
    in_words,
    kind,
    narrowed,
    token,
    values_in_words,
    who,
)
from guanqing.ui.registers.saving import act_of, entered_by, say_now
from guanqing.ui.shell.guarding import guarded
from guanqing.ui.shell.library import asked, facts
from guanqing.ui.shell.session import language, said, t
from guanqing.ui.shell.visitor import may, visitor
from guanqing.ui.widgets.blocks import note
from guanqing.ui.widgets.panels import step, work
from guanqing.ui.widgets.tables import table

WAYS = ("new", "paste", "mend")
PAGE = 11  # and the page fits the first screen of a desk


@guarded("choose_register")
def choose_register() -> None:
    """Offer the registers."""
    if "register" not in st.session_state:
        st.session_state["register"] = FIRST
    st.segmented_control(
        t("registers.register"),
        [*records.registers()],
        format_func=lambda code: t(f"table.{code}"),
        required=True,
        label_visibility="collapsed",
        key="register",
        persist_state="session",
        on_change=_from_the_top,
    )


@guarded("register")
def register_desk() -> None:
    """Draw where rows are entered: one by one, pasted, or corrected."""
    with step("desk", t("registers.desk"), t("registers.desk_hint")):
        if not may(act_of(kind().code)):
            role = visitor().role.name[language()]
            return said(t("problem.not_for_role", role=role), "doubt")
        if facts()["is_simulated"]:
            said(t("registers.only_simulated"), "doubt")
        if not visitor().name:  # who signed in needs not say so
            st.text_input(
                t("loading.needed", name=t("registers.name")),
                placeholder=t("registers.name_hint"),
                key="entered_by",
                persist_state="session",
            )
        way = st.segmented_control(
            t("registers.way"),
            WAYS,
            format_func=lambda way: t(f"registers.way_{way}"),
            default=WAYS[0],
            required=True,
            label_visibility="collapsed",
            key="register_way",
        )
        say_now()
        if way == "paste":
            pasted_rows()
        elif way == "mend":
            mend_row(_wanted())
        else:
            new_row()
        if not entered_by():
            note(t("registers.name_first"))
    return None


def _headline() -> str:
    """Return how many rows the register has."""
    count = frame().height
    name = kind().name
    if not count:
        return t("registers.no_rows", name=name[language()])
    return t("registers.rows", name=name[language()], count=text.exact(count, language()))


def _wanted() -> str:
    return str(st.session_state.get(f"filter-{kind().code}") or "")


def _from_the_top() -> None:
    st.session_state["register_page"] = 0


@guarded("register")
def register_rows() -> None:
    """Draw the rows of the register, the newest first, each with who stated it and when."""
    with work("register", _headline(), "records", [asked(f"register_{kind().code}")]):
        _rows()


def _rows() -> None:
    if not frame().height:
        note(t("registers.no_rows_hint"))
        return
    st.text_input(
        t("registers.filter"),
        placeholder=t("registers.filter_hint"),
        label_visibility="collapsed",
        key=f"filter-{kind().code}",
        on_change=_from_the_top,
    )
    rows = narrowed(frame(), _wanted())
    if not rows.height:
        note(t("registers.nothing_found"))
        return
    last = (rows.height - 1) // PAGE
    page = min(st.session_state.get("register_page", 0), last)
    _table(rows.slice(page * PAGE, PAGE))
    if last:
        _pager(page, last, rows.height)


def _pager(page: int, last: int, count: int) -> None:
    first = page * PAGE + 1
    with st.container(horizontal=True, vertical_alignment="center", key="register-pager"):
        note(
            t(
                "registers.page",
                first=text.exact(first, "zh"),
                last=text.exact(min(first + PAGE - 1, count), "zh"),
                count=text.exact(count, "zh"),
            )
        )
        for name, to, is_end in (("newer", page - 1, page == 0), ("older", page + 1, page == last)):
            st.button(
                t(f"registers.{name}"),
                key=f"page-{name}",
                disabled=is_end,
                on_click=_turn,
                args=(to,),
            )


def _turn(page: int) -> None:
    st.session_state["register_page"] = page


def _table(rows: pl.DataFrame) -> None:
    times = corrected()
    heads = [(t("registers.day"), ""), (t("registers.what"), ""), (t("registers.who"), "")]
    days = [name for name, found in kind().fields.items() if found.kind == "day"]
    if "branch" in kind().fields:
        heads.insert(2, (t("registers.branch"), "wide"))
    listed = [_row(row, days[0], times) for row in rows.to_dicts()]
    table(Table(heads, listed), style="gq-register")


def _row(row: Mapping[str, Any], day: str, times: Mapping[str, int]) -> list[Cell]:
    values = registers.of_library(kind(), row)
    names = [name for name in kind().fields if name not in (day, "branch")]
    key = [name for name in names if name in kind().key]
    rest = [name for name in names if name not in kind().key]
    title, below = (joined(*values_in_words(values, part)) for part in (key, rest))
    if not title:
        title, below = below, title
    cells: list[Cell] = [
        Markup('<span class="day">{}</span>').format(in_words(kind().fields[day], values[day])),
        Markup('<div lang="zh-CN">{}<div class="why">{}</div></div>').format(title, below),
    ]
    if "branch" in values:
        at = values["branch"]
        shown = in_words(kind().fields["branch"], at) if at else t("app.whole_network")
        cells.append(small(shown))
    by, when = who(row)
    name = written(by) if row["stated_by"] else by
    mark = Markup(" ") + change_mark("changed") if times.get(token(values)) else ""
    form = Markup('<div class="who">{}{}<div class="why">{}</div></div>')
    return [*cells, form.format(name, mark, when)]
