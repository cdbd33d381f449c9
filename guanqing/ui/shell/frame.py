"""The frame around every page: window, menu, filters, and the head that says what is shown."""

from pathlib import Path

import streamlit as st
from markupsafe import Markup

from guanqing import datafiles, own, text
from guanqing.figures.markup import joined
from guanqing.own import inventory
from guanqing.problems import Problem
from guanqing.ui import logs
from guanqing.ui.shell import filters, script, session, style
from guanqing.ui.shell.entrance import go_where_asked, let_in, who_is_here
from guanqing.ui.shell.guarding import guarded
from guanqing.ui.shell.library import branch_names, facts, look_for_edits, query
from guanqing.ui.shell.session import language, t
from guanqing.ui.shell.visitor import visitor


def begin() -> None:
    """Set the window up: title, icon, style and the document's language."""
    session.choose_language()
    try:
        look_for_edits()
    except Problem as problem:
        session.said(session.tell(problem), "bad")
        st.stop()
    st.set_page_config(page_title=t("app.title"), page_icon="📚", layout="wide")
    st.logo(Path(__file__).with_name("logo.svg").read_text(encoding="utf-8"), size="large")
    st.html(style.sheet(session.look()))
    st.html(script.element(language()), unsafe_allow_javascript=True)


def navigate(menu: dict[str, list[str]]) -> st.Page:
    """Build the menu from section names and page paths below pages/; the first page is home.

    A page that is not for the visitor's role is in no menu, and its address leads to a sentence.
    Whoever is not let in sees no menu either, and every address is there all the same.
    """
    let_in([name for names in menu.values() for name in names])
    first = next(iter(menu.values()))[0]
    open_to = visitor().role.pages
    pages = {
        t(f"section.{section}"): [
            st.Page(
                f"pages/{section}/{name}.py" if name in open_to else _not_for_role,
                title=t(f"{name}.title"),
                icon=ICONS[name],
                url_path=name,
                default=name == first,
                visibility="hidden" if name in HIDDEN or name not in open_to else "visible",
            )
            for name in names
        ]
        for section, names in menu.items()
    }
    chosen = st.navigation(pages, expanded=True)
    go_where_asked({page.url_path: page for listed in pages.values() for page in listed})
    return chosen


def run(page: st.Page) -> None:
    """Show a page, and have it written down how long that took."""
    number = st.context.headers.get(logs.ID, "")
    with logs.timed(page.url_path or "overview", number, visitor().role_code):
        page.run()


def _not_for_role() -> None:
    session.said(t("problem.not_for_role", role=visitor().role.name[language()]), "bad")


HIDDEN = {"target"}  # reached from another page, one thing of many
ICONS = {
    "overview": ":material/dashboard:",
    "targets": ":material/flag:",
    "target": ":material/flag:",
    "plan_desk": ":material/edit_calendar:",
    "circulation": ":material/swap_horiz:",
    "classes": ":material/category:",
    "activities": ":material/event:",
    "readers": ":material/groups:",
    "cards": ":material/badge:",
    "released": ":material/diversity_3:",
    "sources": ":material/database:",
    "registers": ":material/edit_note:",
    "loading": ":material/upload_file:",
    "audit": ":material/policy:",
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
        words = {name: session.seen(value) for name, value in fault.words.items()}
        session.said(t(fault.key, **words), "doubt")
    root = own.store_of(Path(st.session_state["library"][0]))
    for one in [] if about["is_simulated"] else inventory.missed(root):
        session.said(t(f"verify.own_{one.code}", path=session.seen(str(one.path))), "doubt")
    with st.sidebar:
        session.language_switch()
        who_is_here()


def _branches(codes: list[str] | None) -> str:
    if facts()["branch_count"] < 2:
        return ""  # it is the library, which is named already
    if not codes:
        return t("app.whole_network")
    if codes == [facts()["main_branch"]]:
        return t("scope.main")  # it is mostly called as the library is
    shown = [name for code, name in branch_names().items() if code in codes]
    return t("app.list_mark").join(shown)


def _assumed() -> str:
    sources: list[str] = []
    with guarded("assumptions"):
        rows = query("assumptions").filter(is_assumed=True).to_dicts()
        sources = [str(text.pick(row, "source", language())) for row in rows]
    return "".join(t("app.assumed", source=source) for source in sources)
