"""The library being shown: which file, what it is, and questions to it.

The link to the served library is resolved once a run and that real file is part of every cache
key, with what has been typed in since, so a screen never mixes two states of the library.
"""

import logging
import os
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import streamlit as st

from guanqing import datafiles, heads, plan, reference, store, text, warehouse
from guanqing import own as owns
from guanqing.figures import Answer
from guanqing.own import Own
from guanqing.paths import from_root
from guanqing.problems import Problem
from guanqing.registers import journal
from guanqing.ui.shell import guarding
from guanqing.ui.shell.beginning import show_beginning
from guanqing.ui.shell.session import language, said, t, tell
from guanqing.ui.shell.visitor import may

LOG = logging.getLogger(__name__)
Stamp = tuple[str, int, int]
# what every page asks of the library
FACTS = {"name_zh", "name_en", "is_simulated", "first_day", "last_day", "loaded_at"}
FACTS |= {"main_branch", "branch_count"}


def open_library() -> None:
    """Settle which library this run reads; where there is none to read, say so and stop."""
    try:
        path = store.default_store().current()
        stamp = _stamp(path, st.session_state["edited"])
        _settle(stamp)
        if problem := _journal_fault(journal.path_of(path), stamp[-1]):
            # the entries that can be read hold, and so does the rest of the page
            said(tell(problem), "doubt")
    except Problem as problem:
        if problem.key == "problem.no_library":
            show_beginning()
        else:
            said(tell(problem), "bad")
        st.stop()


def look_for_edits() -> None:
    """Note which state of data/ and queries/ this run shows; then read them, never before.

    What is kept for a state may then be newer than it, for one view, and never older for good.
    """
    st.session_state["edited"] = _edited()
    datafiles.refresh()


def _edited() -> int:
    files = [*reference.files(), *warehouse.paths().values()]
    files += owns.files_near(store.default_store().link)
    files.append(store.default_store().root / "released.json")  # which may be made anew
    there = [(str(file), file.stat().st_mtime_ns) for file in files if file.exists()]
    return hash(tuple(there))


def _settle(stamp: Stamp) -> None:
    """Read this state of the library; where SQL is broken, the last that was opened."""
    st.session_state["library"] = stamp
    last = _last.get(may_see_names())
    try:
        _require_facts()
        _last[may_see_names()] = stamp
    except Problem as problem:
        if problem.key not in ("problem.sql_broken", "problem.query_columns") or not last:
            raise
        said(tell(problem), "doubt")
        st.session_state["library"] = last
        _require_facts()


_last: dict[bool, Stamp] = {}  # what was opened last, with names and without


def _require_facts() -> None:
    """Open the library. Problem: sql_broken, also where nothing could head a page."""
    try:
        st.session_state["facts"] = query("library_facts").row(0, named=True)
        lacking = FACTS - facts().keys()
    except guarding.FAILURES as error:
        LOG.exception("library")
        why = guarding.reason(error)
        raise Problem("sql_broken", path=guarding.place(error), reason=why) from error
    if lacking:
        path = from_root(warehouse.paths()["library_facts"])
        raise Problem("sql_broken", path=path, reason=", ".join(sorted(lacking)))


def _journal_fault(path: Path, version: int) -> Problem | None:
    head = heads.of(path)
    written = head.stat().st_mtime_ns if head.exists() else 0
    lines, is_cut = _broken_lines(str(path), version, written)
    if is_cut:
        return Problem("journal_cut", path=path, head=head)
    listed = t("app.list_mark").join(map(str, lines))
    return Problem("journal_broken", path=path, lines=listed) if lines else None


@st.cache_data(max_entries=4, show_spinner=False)
def _broken_lines(path: str, version: int, head_version: int) -> tuple[list[int], bool]:
    return journal.broken_lines(Path(path)), journal.is_cut(Path(path))


def may_see_names() -> bool:
    """Return whether the visitor's role may, and whoever started the server allowed it.

    It is `guanqing serve --names` that does.
    """
    return os.environ.get("GUANQING_NAMES") == "1" and may("names")


def rows_of(path: Path, name: str, params: dict[str, Any]) -> pl.DataFrame:
    """Return the rows of a query, without names, for what is asked beside a session."""
    return _run(_stamp(path, _edited()), name, params)


def _stamp(path: Path, edited: int) -> Stamp:
    return str(path), edited, journal.version(journal.path_of(path))


def facts() -> dict[str, Any]:
    """Return what the library is: its names, days, layout, whether it is simulated."""
    about: dict[str, Any] = st.session_state["facts"]
    return about


def own() -> Own:
    """Return what the library says of itself: where its plan stands."""
    path = Path(st.session_state["library"][0])
    return owns.of(path, is_simulated=bool(facts()["is_simulated"]))


def branch_names() -> dict[str, str]:
    """Return the branches by code as they are called; none where that cannot be asked."""
    with guarding.guarded("branch_names"):
        found = query("branch_names").to_dicts()
        return {row["branch_code"]: str(text.pick(row, "name", language())) for row in found}
    return {}


def usual_branches() -> list[str]:
    """Return the branches shown until a reader chooses; none stands for the whole network.

    They are those that the latest plan speaks of: a page opens on what it can be held against.
    """
    about = facts()
    if about["last_day"] is None or about["main_branch"] is None or about["branch_count"] < 2:
        return []
    try:
        promised = plan.load(about["last_day"].year, own().targets).targets.values()
    except Problem:  # the pages that show the plan say so
        return []
    return [about["main_branch"]] if any(one.scope == "main" for one in promised) else []


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
    return _run(st.session_state["library"], name, params)


def answer_with_names(name: str, params: dict[str, Any]) -> pl.DataFrame:
    """Return the rows of a query that may name readers: they are kept nowhere."""
    return warehouse.run(_connection(st.session_state["library"], True), name, **params)


@st.cache_data(max_entries=1000, show_spinner=False)
def _run(stamp: Stamp, name: str, params: dict[str, object]) -> pl.DataFrame:
    return warehouse.run(_connection(stamp, False), name, **params)


@st.cache_resource(max_entries=2, show_spinner=False)
def _connection(stamp: Stamp, with_names: bool) -> duckdb.DuckDBPyConnection:
    path, _edited, _entered = stamp
    return warehouse.connect(Path(path), with_names=with_names)
