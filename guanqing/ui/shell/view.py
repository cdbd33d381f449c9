"""The view of this session: the library as its reader has chosen to see it."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from guanqing.access.names import opened
from guanqing.figures import View
from guanqing.ui.shell import filters
from guanqing.ui.shell.library import Stamp, answer, answer_with_names, facts, own
from guanqing.ui.shell.naming import shows_names
from guanqing.ui.shell.session import language, look


def view(*, height: int = 240, is_still: bool = False, is_brief: bool = False) -> View:
    """Return what every figure of this run is composed from."""
    named = shows_names()
    return View(
        run=answer_with_names if named else answer,
        facts=facts(),
        filters=filters.filters() | {"target": filters.code_asked()},
        period=filters.chosen(),
        language=language(),
        look=look(),
        own=own(),
        names=opened() if named else None,
        height=height,
        is_still=is_still,
        is_brief=is_brief,
        once=_once,
    )


def _once(key: str, make: Callable[[], Any]) -> Any:
    return _kept(st.session_state["library"], key, make)


@st.cache_data(max_entries=50, show_spinner=False)
def _kept(stamp: Stamp, key: str, _make: Callable[[], Any]) -> Any:
    return _make()
