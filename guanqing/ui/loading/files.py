"""Choosing the files to load: the upload, the encoding and the layout."""

from pathlib import Path

import streamlit as st
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.typing import UploadedFile

from guanqing.intake import loading
from guanqing.intake.layouts import Layout
from guanqing.problems import Problem
from guanqing.store import default_store
from guanqing.ui.loading import reading as loading_reading
from guanqing.ui.loading.job import Job, desk
from guanqing.ui.loading.preview import preview
from guanqing.ui.loading.proposal import forget_proposals, propose_layout
from guanqing.ui.loading.reading import Reading, Taken
from guanqing.ui.loading.uploads import Uploads
from guanqing.ui.loading.words import since, size_in_words
from guanqing.ui.shell.guarding import guarded
from guanqing.ui.shell.session import language, said, t, tell
from guanqing.ui.shell.visitor import only_for, require
from guanqing.ui.widgets.blocks import note
from guanqing.ui.widgets.panels import step

AUTOMATIC = ""
ENCODINGS = (AUTOMATIC, "utf-8", "gb18030", "big5", "utf-16")


def uploads() -> Uploads:
    """Return the files of this session."""
    if "uploads" not in st.session_state:
        st.session_state["uploads"] = Uploads()
    found: Uploads = st.session_state["uploads"]
    return found


def files_to_load() -> bool:
    """Take in files, show how they would be read, and load them at the press of a button.

    Return whether there are any to look at: the page is then theirs. What a load has just come to
    goes before the files it left.
    """
    only_for("load")
    if desk().is_busy:
        return True
    with guarded("files_to_load"):
        return _offer()
    return False


def _offer() -> bool:
    _upload()
    if not uploads().paths() or desk().report:
        return False
    found = _read()
    taken = _choose_layout(found)
    unknown = [n for n in found.names if n not in {o.text.name for o in taken.opened}]
    if taken.opened:
        with preview(taken):
            _load(found, taken)
    if unknown and not taken.problem:
        left = [text for text in found.texts if text.name in unknown]
        propose_layout(left, _own(), is_first=not taken.opened)
    return True


def _upload() -> None:
    turn = st.session_state.setdefault("upload_turn", 0)
    with step("upload", t("loading.upload"), t("loading.upload_hint")):
        words = {name: t(f"loading.{name}") for name in ("choose", "drop")}
        rules = "".join(f"--{name}-words: '{shown}';" for name, shown in words.items())
        st.html(f"<style>:root {{{rules}}}</style>")
        added = st.file_uploader(
            t("loading.upload"),
            accept_multiple_files=True,
            label_visibility="collapsed",
            key=f"upload-{turn}",
        )
        if added:
            _keep(added)
            # a new one, empty: it lets go of what is on the disk by now
            st.session_state["upload_turn"] = turn + 1
            desk().forget()
            st.rerun()
        if problem := st.session_state.pop("upload_problem", None):
            said(tell(problem), "bad")
        if uploads().paths():
            _list_files()


def _keep(added: list[UploadedFile]) -> None:
    require("load")
    context = get_script_run_ctx()
    for file in added:
        try:
            uploads().add(file.name, file)
        except Problem as problem:
            st.session_state["upload_problem"] = problem
        # the memory it was held in, which would else be held as long as the session
        if context and isinstance(context.uploaded_file_mgr, MemoryUploadedFileManager):
            context.uploaded_file_mgr.remove_file(context.session_id, file.file_id)


def _list_files() -> None:
    paths = uploads().paths()
    names = t("app.list_mark").join(path.name for path in paths)
    size = size_in_words(sum(path.stat().st_size for path in paths))
    with st.container(horizontal=True, vertical_alignment="center", key="chosen-row"):
        note(t("loading.chosen", count=len(paths), size=size, names=names))
        st.button(t("loading.clear"), key="clear-uploads", type="tertiary", on_click=_clear)


def _clear() -> None:
    uploads().remove(uploads().paths())


def _read() -> Reading:
    """Return what the files hold; read once, and again when they or the encoding change."""
    encoding = st.session_state.get("load_encoding") or None
    state = (uploads().state(), encoding)
    kept = st.session_state.get("reading")
    if kept and kept[0] == state:
        found: Reading = kept[1]
        return found
    with st.spinner(t("loading.looking")):
        found = loading_reading.read(uploads(), encoding)
        fits = loading_reading.suggestion(found.texts, _own())
    st.session_state["reading"] = (state, found)
    st.session_state["load_fits"] = st.session_state["load_layout"] = fits
    forget_proposals()
    return found


def _own() -> Path:
    return loading.own_layouts(default_store())


def _choose_layout(found: Reading) -> Taken:
    """Offer the layouts and encodings; return what the one chosen makes of the files."""
    known = loading_reading.choices(_own())
    fits = st.session_state.get("load_fits")
    if st.session_state.get("load_layout") not in known:
        st.session_state["load_layout"] = None
    labels = {name: _layout_label(name, layout, fits) for name, layout in known.items()}
    with step("layout", t("loading.reading"), t("loading.layout_hint")):
        left, right = st.columns([3, 2])
        name = left.selectbox(
            t("loading.layout"),
            sorted(known, key=lambda name: (name != fits, name == "plain", name)),
            format_func=labels.__getitem__,
            placeholder=t("loading.layout_open"),
            key="load_layout",
            persist_state="session",
        )
        right.selectbox(
            t("loading.encoding"),
            ENCODINGS,
            format_func=lambda code: code or t("loading.encoding_found"),
            key="load_encoding",
            persist_state="session",
        )
        taken = loading_reading.take(found.texts, name, _own()) if name else Taken()
        _say_why(found, taken, name, fits)
        _say_broken(found)
    return taken


def _layout_label(name: str, layout: Layout | None, fits: str | None) -> str:
    label = f"{layout.title[language()]} · {name}" if layout else name
    return t("loading.layout_fits", name=label) if name == fits else label


def _say_why(found: Reading, taken: Taken, name: str | None, fits: str | None) -> None:
    """Show how many files and columns the layout reads, or why it reads none."""
    if taken.problem:
        said(uploads().without_folder(tell(taken.problem)), "bad")
    elif name and not taken.opened:
        said(t("loading.reads_nothing", name=name), "bad")
    elif name:
        key = "loading.reads_suggested" if name == fits else "loading.reads"
        counts = {"count": len(taken.opened), "all": len(found.texts)}
        note(t(key, **counts, columns=taken.column_count))
    elif found.texts:
        said(t("loading.nothing_fits"), "doubt")


def _say_broken(found: Reading) -> None:
    for problem in found.broken.values():
        said(uploads().without_folder(tell(problem)), "bad")


def _load(found: Reading, taken: Taken) -> None:
    """Offer to load what stands in the preview above."""
    holder = default_store().lock_holder()
    if holder:
        said(t("loading.locked", who=holder.who, what=holder.what, since=since(holder)), "doubt")
    with st.container(horizontal=True, vertical_alignment="center", key="load-row"):
        asked = st.button(
            t("loading.start", count=len(taken.opened)),
            type="primary",
            icon=":material/play_arrow:",
            disabled=bool(holder),
            key="start-load",
        )
        note(t("loading.start_hint"))
    if asked and not holder:
        encoding = st.session_state.get("load_encoding") or None
        name, count = st.session_state["load_layout"], len(taken.opened)
        kinds = frozenset(opened.source.kind.code for opened in taken.opened)
        try:
            desk().start(Job(uploads(), found, name, encoding, kinds, count))
        except Problem as problem:
            return said(tell(problem), "bad")
        st.rerun()
    return None
