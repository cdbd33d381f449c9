"""The frame around every page: window, menu, filters, and the head that says what is shown."""

from pathlib import Path

import streamlit as st
from markupsafe import Markup

from guanqing import datafiles, text
from guanqing.figures.markup import joined
from guanqing.problems import Problem
from guanqing.ui.shell import filters, script, session, style
from guanqing.ui.shell.library import facts, query
from guanqing.ui.shell.session import language, t


def begin() -> None:
    """Set the window up: title, icon, style and the document's language."""
    try:
        datafiles.refresh()
    except Problem as problem:
        session.said(session.tell(problem), "bad")
        st.stop()
    session.choose_language()
    st.set_page_config(page_title=t("app.title"), page_icon="📚", layout="wide")
    st.logo(Path(__file__).with_name("logo.svg").read_text(encoding="utf-8"), size="large")
    st.html(style.sheet(session.look()))
    st.html(script.element(language()), unsafe_allow_javascript=True)


def navigate(menu: dict[str, list[str]]) -> st.Page:
    """Build the menu from section names and page paths below pages/; the first page is home."""
    first = next(iter(menu.values()))[0]
    pages = {
        t(f"section.{section}"): [
            st.Page(
                f"pages/{section}/{name}.py",
                title=t(f"{name}.title"),
                icon=ICONS[name],
                url_path=name,
                default=name == first,
                visibility="hidden" if name in HIDDEN else "visible",
            )
            for name in names
        ]
        for section, names in menu.items()
    }
    return st.navigation(pages)


HIDDEN = {"target"}  # reached from another page, one thing of many
ICONS = {
    "overview": ":material/dashboard:",
    "targets": ":material/flag:",
    "target": ":material/flag:",
    "circulation": ":material/swap_horiz:",
    "classes": ":material/category:",
    "activities": ":material/event:",
    "readers": ":material/groups:",
    "cards": ":material/badge:",
    "sources": ":material/database:",
    "registers": ":material/edit_note:",
    "loading": ":material/upload_file:",
}


def head(page: st.Page) -> None:
    """Say which page, library, period and day this is, and loudly that it is simulated if it is."""
    about, shown, chosen = facts(), filters.filters(), filters.chosen()
    name = text.pick(about, "name", language())
    parts = joined(
        str(name),
        _branches(shown["branches"]),
        text.span(chosen.start_date, chosen.last_day, language()),
        t("app.running") if chosen.is_running else "",
        t("app.as_of", day=shown["as_of"]),
    )
    simulated = ""
    if about["is_simulated"]:
        simulated = Markup(
            '<span class="gq-sim">{}</span><span class="gq-sim-note">{}{}</span>'
        ).format(t("app.simulated"), t("app.simulated_note"), _assumed())
    form = Markup('<div class="gq gq-head"><h1>{}</h1><span class="sub">{}</span>{}</div>')
    st.html(form.format(page.title, parts, simulated))
    for fault in datafiles.faults():
        session.said(t(fault.key, **fault.words), "doubt")
    with st.sidebar:
        session.language_switch()


def _branches(codes: list[str] | None) -> str:
    if not codes:
        return t("app.whole_network")
    names = query("branch_names").to_dicts()
    shown = [
        str(text.pick(row, "name", language())) for row in names if row["branch_code"] in codes
    ]
    return t("app.list_mark").join(shown)


def _assumed() -> str:
    rows = query("assumptions").filter(is_assumed=True).to_dicts()
    return "".join(t("app.assumed", source=text.pick(row, "source", language())) for row in rows)
