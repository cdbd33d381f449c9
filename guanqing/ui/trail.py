"""The audit as the director reads it: the latest first, and whether no line was altered."""

from collections.abc import Sequence
from datetime import datetime
from typing import get_args

import streamlit as st

from guanqing import figures, measures, records, text
from guanqing.access import audit
from guanqing.access.audit import Line
from guanqing.access.people import DESK
from guanqing.access.roles import policy
from guanqing.figures.blocks import Cell, Table
from guanqing.problems import Problem
from guanqing.store import default_store
from guanqing.ui.loading.words import moment
from guanqing.ui.shell.guarding import guarded
from guanqing.ui.shell.session import language, said, t, tell
from guanqing.ui.widgets.panels import step
from guanqing.ui.widgets.tables import table

SHOWN = 200
ACTS = [act for act in get_args(audit.Act) if act != "cut"]


@guarded("audit")
def trail() -> None:
    """Draw the lines, of one kind where one is chosen, and say whether the chain holds."""
    path = audit.path_of(default_store().root)
    try:
        last = audit.verify(path)
    except Problem as problem:
        said(tell(problem), "bad")
        last = None
    if back := ", ".join(str(line.number) for line in audit.went_back(path)):
        said(t("audit.back", numbers=back), "doubt")
    found = [line for line in audit.lines(path) if line.act != "cut"]
    below = t("audit.whole", number=last.number, chain=last.chain[:12]) if last else ""
    if not found:
        step("audit", t("audit.none"), t("audit.none_yet"))
        return
    with step("audit", t("audit.headline", count=len(found)), below):
        act = st.selectbox(
            t("audit.act"),
            ACTS,
            index=None,
            format_func=lambda act: t(f"audit.{act}"),
            placeholder=t("audit.all"),
            key="audit_act",
        )
        chosen = [line for line in reversed(found) if act in (None, line.act)]
        _draw(chosen)


def _draw(found: Sequence[Line]) -> None:
    heads = [(t(f"audit.{name}"), "") for name in ("at", "who", "role", "what", "about")]
    rows: list[list[Cell]] = [
        [
            moment(datetime.fromisoformat(line.at).astimezone()),
            line.name or (text.NOTHING if line.who == DESK else line.who),
            _role(line.role),
            t(f"audit.{line.act}"),
            _about(line),
        ]
        for line in found[:SHOWN]
    ]
    table(Table(heads, rows), of=len(found))


def _role(code: str) -> str:
    role = policy().roles.get(code)
    return role.name[language()] if role else text.NOTHING


def _about(line: Line) -> str:
    """Return what it was done to: a figure, a register, files, and why, or how many rows."""
    said_of = [
        _named(name, value) if isinstance(value, str) else t("app.list_mark").join(map(str, value))
        for name, value in line.about.items()
        if name in ("figure", "register", "target", "year", "files", "file") and value
    ]
    said_of += [f"#{line.about[name]}" for name in ("generation", "refused") if name in line.about]
    if "with_names" in line.about:
        said_of.append(t("audit.with_names" if line.about["with_names"] else "audit.without_names"))
    if "reason" in line.about:
        said_of.append(str(line.about["reason"]))
    if "rows" in line.about:
        said_of.append(t("audit.rows", count=line.about["rows"]))
    if line.about.get("failed"):
        said_of.append(t("audit.failed"))
    return " · ".join(said_of) or text.NOTHING


def _named(name: str, code: str) -> str:
    """Return what a figure or a register is called; others, and those of earlier days, as noted."""
    known = figures.every()
    if name == "figure" and code in known:
        return measures.named(known[code].measure).label[language()]
    if name == "register" and code in records.registers():
        return records.registers()[code].name[language()]
    return code
