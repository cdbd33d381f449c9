"""The library being shown: which file, what it is, and questions to it.

The link to the served library is resolved once a run and that real file is part of every cache
key, with what has been typed in since, so a screen never mixes two states of the library.
"""

import os
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import streamlit as st

from guanqing import reference, store, warehouse
from guanqing.figures import Answer
from guanqing.problems import Problem
from guanqing.registers import journal
from guanqing.ui.shell.session import said, t, tell

Stamp = tuple[str, int, int]


def open_library() -> None:
    """Settle which library this run reads; where there is none to read, say so and stop."""
    try:
        path = store.default_store().current()
        there = [file for file in reference.files() if file.exists()]
        edited = hash(tuple((str(file), file.stat().st_mtime_ns) for file in there))
        entered = journal.version(journal.path_of(path))
        _settle((str(path), edited, entered))
        if lines := _broken_lines(str(journal.path_of(path)), entered):
            # the entries that can be read hold, and so does the rest of the page
            listed = t("app.list_mark").join(map(str, lines))
            problem = Problem("journal_broken", path=journal.path_of(path), lines=listed)
            said(tell(problem), "doubt")
    except Problem as problem:
        said(tell(problem), "bad")
        st.stop()


def _settle(stamp: Stamp) -> None:
    """Read this state of the library; where SQL of data/ is broken, the last that was opened."""
    st.session_state["library"] = stamp
    try:
        facts()
        _last[may_see_names()] = stamp
    except Problem as problem:
        if problem.key != "problem.sql_broken" or may_see_names() not in _last:
            raise
        said(tell(problem), "doubt")
        st.session_state["library"] = _last[may_see_names()]
        facts()


_last: dict[bool, Stamp] = {}  # what was opened last, with names and without


@st.cache_data(max_entries=4, show_spinner=False)
def _broken_lines(path: str, version: int) -> list[int]:
    return journal.broken_lines(Path(path))


def may_see_names() -> bool:
    """Return whether whoever started the server allowed names (`guanqing serve --names`)."""
    return os.environ.get("GUANQING_NAMES") == "1"


def offer_names() -> None:
    """Offer readers' names instead of masks, where the server allows them."""
    if may_see_names():
        st.toggle(t("readers.show_names"), key="show_names")


def facts() -> dict[str, Any]:
    """Return what the library is: its names, days, layout, whether it is simulated."""
    return query("library_facts").row(0, named=True)


def query(name: str, **params: object) -> pl.DataFrame:
    """Run a query with those of the session's filters it takes; what is given here goes first."""
    return asked(name, **params).frame


def asked(name: str, **params: object) -> Answer:
    """Return the answer to a query, with the parameters it was asked with."""
    known = st.session_state.get("filters", {}) | params
    bound = {key: known[key] for key in sorted(warehouse.parameters(name))}
    return Answer(name, bound, answer(name, bound))


def answer(name: str, params: dict[str, Any]) -> pl.DataFrame:
    """Return the rows of a query with these parameters, kept for whoever asks the same."""
    return _run(st.session_state["library"], may_see_names(), name, params)


@st.cache_data(max_entries=1000, show_spinner=False)
def _run(stamp: Stamp, with_names: bool, name: str, params: dict[str, object]) -> pl.DataFrame:
    return warehouse.run(_connection(stamp, with_names), name, **params)


@st.cache_resource(max_entries=2, show_spinner=False)
def _connection(stamp: Stamp, with_names: bool) -> duckdb.DuckDBPyConnection:
    path, _edited, _entered = stamp
    return warehouse.connect(Path(path), with_names=with_names)
