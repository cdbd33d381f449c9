"""The way in: who the visitor is, or how to say so; and the way out."""

from collections.abc import Sequence
from urllib.parse import parse_qsl, unquote

import streamlit as st

from guanqing.access import settings
from guanqing.figures.markup import fill
from guanqing.problems import Problem
from guanqing.ui.asked import COOKIE
from guanqing.ui.doors import Doors
from guanqing.ui.shell import visitor
from guanqing.ui.shell.session import language, language_switch, said, t, tell

LOOKED_AGAIN_SECONDS = 60
SIGN_OUT = "/sign-out"
OVER = {f"problem.sign_in_{how}" for how in ("ended", "idle", "over")}


def let_in(names: Sequence[str]) -> None:
    """Settle who the visitor is; whoever is nobody yet sees a way to sign in and nothing else.

    names: of the pages, the first of them home.
    """
    st.session_state.pop("visitor", None)
    try:
        st.session_state["visitor"] = visitor.recognise()
    except visitor.NotSignedIn:
        Doors.settle(())
        _take_menu_away(names)
        _offer_sign_in()
        st.stop()
    except Problem as problem:
        Doors.settle(())
        _take_menu_away(names)
        _keep_out(problem)
        st.stop()
    Doors.settle(visitor.visitor().role.may)


def _take_menu_away(names: Sequence[str]) -> None:
    # else the browser keeps the one there was, and calls an address it does not know not found
    pages = [
        st.Page(lambda: None, title=t(f"{name}.title"), url_path=name, default=name == names[0])
        for name in names
    ]
    st.navigation(pages, position="hidden")


def _offer_sign_in() -> None:
    with st.container(key="step-entrance"):
        st.html(fill("panel_head", title=t("entrance.title"), below=t("entrance.words")))
        st.button(t("entrance.sign_in"), type="primary", on_click=st.login, key="sign-in")
        language_switch()


def _keep_out(problem: Problem) -> None:
    with st.container(key="step-entrance"):
        said(tell(problem), "bad")
        if settings.server().sign_in.way == "oidc" and st.user.get("is_logged_in"):
            with st.container(horizontal=True):
                st.button(t("entrance.again"), type="primary", on_click=st.login, key="sign-in")
                st.button(t("entrance.sign_out"), on_click=_leave, key="sign-out")
        elif problem.key in OVER and settings.server().sign_in.way == "proxy":
            _offer_proxy()
        language_switch()


def _offer_proxy() -> None:
    """Lead to where the proxy signs people in anew; a reload alone begins nothing anew."""
    if settings.server().sign_in.sign_out:
        st.link_button(t("entrance.again"), SIGN_OUT, type="primary")
    else:
        said(t("entrance.close_browser"), "go")


def who_is_here() -> None:
    """Show who is signed in, and the way out."""
    way = settings.server().sign_in
    if way.way == "none":
        return
    known = visitor.visitor()
    with st.container(key="who", horizontal=True, vertical_alignment="center"):
        st.html(fill("who", name=known.name, role=known.role.name[language()]))
        if way.way == "oidc":
            st.button(t("entrance.sign_out"), on_click=_leave, key="sign-out", type="tertiary")
        elif way.sign_out:
            st.link_button(t("entrance.sign_out"), SIGN_OUT, type="tertiary")
    _watch()


def _leave() -> None:
    visitor.end_sign_in()
    st.logout()


@st.fragment(run_every=LOOKED_AGAIN_SECONDS)
def _watch() -> None:
    look_again()


def look_again() -> None:
    """Take a page away that is left open when its sign-in ends; every fragment begins so.

    What runs by itself is none of its owner's doing, and lets no sign-in go on.
    """
    try:
        visitor.recognise(is_active=False)
    except (visitor.NotSignedIn, Problem):
        st.rerun(scope="app")


def go_where_asked(pages: dict[str, st.Page]) -> None:
    """Go to the address that was asked before signing in: Streamlit leads to the first page."""
    if settings.server().sign_in.way != "oidc":
        return
    if st.session_state.get("arrived"):
        return
    st.session_state["arrived"] = True
    path, query = asked_before(str(st.context.cookies.get(COOKIE, "")))
    page = pages.get(path)
    if page is None or st.query_params.to_dict() or not visitor.has_just_signed_in():
        return
    st.switch_page(page, query_params=query)


def asked_before(cookie: str) -> tuple[str, dict[str, str]]:
    """Return the page and what its address named, of what a cookie holds: anybody may have put it.

    Streamlit keeps names that begin with embed to itself, and stops where they are given.
    """
    path, _, query = unquote(cookie).partition("?")
    named = dict(parse_qsl(query))
    return path.strip("/"), {k: v for k, v in named.items() if not k.lower().startswith("embed")}
