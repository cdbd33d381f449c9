"""What is shown where nothing has been loaded yet: say which library this is, then go on."""

import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import get_args

import streamlit as st

from guanqing.figures.markup import fill
from guanqing.intake.publishing.build import begin_empty
from guanqing.own import about, beginning, of_store
from guanqing.problems import Problem
from guanqing.store import default_store
from guanqing.ui.shell.session import language, language_switch, said, t, tell
from guanqing.ui.shell.visitor import may, recording, require

LOADING = "pages/library/loading.py"
KINDS = get_args(about.Kind)


def show_beginning() -> None:
    """Show how to begin with a library of which there is nothing, or nothing but its name."""
    with st.container(key="step-beginning"):
        if not may("load"):
            st.html(fill("panel_head", title=t("begin.title"), below=t("begin.not_yours")))
        elif of_store(default_store().root, is_simulated=False).about.exists():
            _go_on()
        else:
            st.html(fill("panel_head", title=t("begin.title"), below=t("begin.words")))
            _ask()
            _look()
        language_switch()


def _ask() -> None:
    with st.form("beginning", border=False):
        left, right = st.columns(2)
        name = left.text_input(t("begin.name"), key="begin-name")
        name_en = right.text_input(t("begin.name_en"), key="begin-name-en")
        kinds = {code: t(f"library_kind.{code}") for code in KINDS}
        kind = st.selectbox(t("begin.kind"), KINDS, format_func=kinds.__getitem__)
        branches = st.text_area(
            t("begin.branches"),
            help=t("begin.branches_hint"),
            placeholder=t("begin.branches_example"),
            height=110,
            key="begin-branches",
        )
        left, middle, right = st.columns(3)
        people = left.text_input(
            t("begin.population"),
            help=t("begin.population_hint"),
            placeholder=t("begin.population_example"),
            key="begin-population",
        )
        network = middle.text_input(
            t("begin.population_network"),
            help=t("begin.population_network_hint"),
            key="begin-population-network",
        )
        year = right.text_input(t("begin.year"), value=str(date.today().year), key="begin-year")
        if not st.form_submit_button(t("begin.save"), type="primary"):
            return
    try:
        require("load")
        made = beginning.about_of(
            name_zh=name,
            name_en=name_en,
            kind=kind,
            branches=[beginning.branch_of(words) for words in beginning.lines(branches)],
            main_branch=None,
            year=beginning.year_of(year),
        )
        population = beginning.population_of(people), beginning.population_of(network)
        root = _made_root()
        with recording("begun", library=made.name_zh):
            beginning.begin(root, made, population)
    except Problem as problem:
        said(tell(problem), "bad")
        return
    st.rerun()


def _made_root() -> Path:
    """Return the folder of the store, made if need be: the audit lies in it."""
    root = default_store().root
    try:
        root.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Problem("store_not_writable", path=root) from error
    return root


def _go_on() -> None:
    """Offer what comes next to a library that has a name and no records."""
    try:
        known = about.read(of_store(default_store().root, is_simulated=False))
    except Problem as problem:
        said(tell(problem), "bad")
        return
    called = (known.name_zh if language() == "zh" else known.name_en) or t("app.unnamed")
    st.html(fill("panel_head", title=t("begin.next"), below=t("begin.ready", name=called)))
    if st.button(t("begin.load"), type="primary", key="begin-load"):
        try:
            require("load")
            begin_empty(default_store())
        except Problem as problem:
            said(tell(problem), "bad")
            return
        st.switch_page(LOADING)
    _look()


def _look() -> None:
    if st.button(t("begin.look"), key="begin-look", help=t("begin.look_hint")):
        try:
            require("load")
        except Problem as problem:
            said(tell(problem), "bad")
            return
        with st.spinner(t("begin.building")):
            # the program that is run every day does not know the one that makes figures up
            command = [sys.executable, "-m", "guanqing", "demo"]
            store = str(default_store().root)
            done = subprocess.run([*command, "--store", store], capture_output=True, check=False)
        if done.returncode:
            said(t("begin.not_built"), "bad")
            return
        st.rerun()
