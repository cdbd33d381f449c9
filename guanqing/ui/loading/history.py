"""The libraries that are kept, which one is served, and the way back to another."""

import streamlit as st
from markupsafe import Markup

from guanqing import text
from guanqing.figures.markup import fill, joined
from guanqing.generations import Generation
from guanqing.intake import upgrading
from guanqing.problems import Problem
from guanqing.store import default_store
from guanqing.ui.loading.job import desk
from guanqing.ui.loading.words import listed, moment, since
from guanqing.ui.shell.guarding import guarded
from guanqing.ui.shell.session import language, said, t, tell
from guanqing.ui.shell.visitor import only_for, recording, require
from guanqing.ui.widgets.blocks import note
from guanqing.ui.widgets.panels import step

NAMES_SHOWN = 2


@guarded("generations")
def generations() -> None:
    """Draw every library that is kept, newest first, each with the way back to it."""
    only_for("load")
    with step("history", t("loading.history"), t("loading.history_hint")):
        holder = default_store().lock_holder()
        if holder and not desk().is_busy:
            said(
                t("loading.locked", who=holder.who, what=holder.what, since=since(holder)), "doubt"
            )
        if number := st.session_state.pop("went_back_to", None):
            said(t("loading.went_back", number=str(number)), "good")
        if problem := st.session_state.pop("went_wrong", None):
            said(tell(problem), "bad")
        for generation in default_store().generations():
            with st.container(key=f"generation-{generation.number}"):
                left, right = st.columns([7, 3], vertical_alignment="center")
                left.html(_described(generation))
                with right:
                    if generation.is_current:
                        served = Markup('<div class="gq gq-served">✔ {}</div>')
                        st.html(served.format(t("loading.served")))
                    else:
                        confirm_going_back(
                            generation.number,
                            t("loading.go_back"),
                            key=f"back-{generation.number}",
                        )


def _described(generation: Generation) -> Markup:
    key = f"loading.kind_{generation.kind}"
    kind = t(key) if key in text.load() else t("loading.kind_other")
    names = [str(file.get("file_name", text.NOTHING)) for file in generation.files]
    taken = text.exact(generation.total("loaded") + generation.total("repaired"), language())
    refused = text.exact(generation.total("refused"), language())
    numbers = t("loading.lines_taken", taken=taken, refused=refused)
    return fill(
        "generation",
        number=t("loading.generation", number=str(generation.number)),
        kind=kind,
        facts=joined(moment(generation.made_at), generation.made_by or ""),
        files=[listed(names, NAMES_SHOWN), numbers] if names else [],
    )


def confirm_going_back(number: int, label: str, *, key: str) -> None:
    """Offer to serve another generation, and say first what that does."""
    with st.popover(label, disabled=desk().is_busy, key=key):
        note(t("loading.go_back_hint", number=str(number)))
        st.button(
            t("loading.go_back_now", number=str(number)),
            type="primary",
            on_click=_go_back,
            args=(number,),
            key=f"{key}-now",
        )


def _go_back(number: int) -> None:
    try:
        require("load")
        with recording("undone", generation=number):
            generation = upgrading.go_back(default_store(), number)
    except Problem as problem:
        st.session_state["went_wrong"] = problem
    else:
        desk().forget()
        st.session_state["went_back_to"] = generation.number
