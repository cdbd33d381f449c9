"""Readers' names on a page: asked for with a reason, noted, and masks again after a while."""

from datetime import datetime, timedelta
from math import inf
from time import monotonic

import streamlit as st

from guanqing.access import settings
from guanqing.ui.shell.entrance import look_again
from guanqing.ui.shell.library import may_see_names
from guanqing.ui.shell.session import t
from guanqing.ui.shell.visitor import record, visitor

LONGEST_REASON = 100  # signs
LOOKED_AGAIN_SECONDS = 30
REASON, ASKED, UNTIL = "names_reason", "names_asked", "names_until"


def shows_names() -> bool:
    """Say whether names are shown; the reason given is noted first."""
    return seconds_named() > 0


def seconds_named() -> float:
    """Return for how long names are still shown; the reason given is noted first.

    A browser may fill in a field of a new session: only a reason that was sent counts.
    """
    asked = " ".join(str(st.session_state.pop(ASKED, "")).split())[:LONGEST_REASON]
    if not may_see_names():
        st.session_state.pop(UNTIL, None)
        return 0
    who = visitor().who
    if asked:
        record("names_seen", reason=asked)
        lasts = settings.server().names.minutes * 60
        st.session_state[UNTIL] = (who, monotonic() + lasts)
    known, until = st.session_state.get(UNTIL, (who, -inf))
    return max(float(until) - monotonic(), 0) if known == who else 0


def offer_names() -> None:
    """Ask for a reason to show readers' names, where the server allows them."""
    if not may_see_names():
        return
    if shows_names():
        _say_until_when()
        return
    with st.form("names", border=False, clear_on_submit=True):
        st.text_input(t("readers.reason"), key=REASON, max_chars=LONGEST_REASON)
        st.form_submit_button(t("readers.show_names"), key="show-names", on_click=_ask)


def _ask() -> None:
    st.session_state[ASKED] = st.session_state.get(REASON, "")


@st.fragment(run_every=LOOKED_AGAIN_SECONDS)
def _say_until_when() -> None:
    look_again()
    left = seconds_named()
    if not left:  # the page was left open
        st.rerun(scope="app")
    until = datetime.now().astimezone() + timedelta(seconds=left)
    st.text(t("readers.named_until", time=f"{until:%H:%M}"))
    if st.button(t("readers.hide_names"), key="hide-names", on_click=_hide):
        st.rerun(scope="app")


def _hide() -> None:
    st.session_state.pop(UNTIL, None)
