"""The plan on the desk as a whole: what is in it, what would change, and saving it."""

import streamlit as st

from guanqing import plan
from guanqing.plan.making import drafts, saving
from guanqing.plan.making.drafts import Draft
from guanqing.plan.making.saving import Saved
from guanqing.problems import Problem
from guanqing.ui.exports import offer_plan
from guanqing.ui.plan_desk.changes import differences, list_clashes
from guanqing.ui.plan_desk.contents import contents, scope
from guanqing.ui.plan_desk.faults import file_faults
from guanqing.ui.plan_desk.form import begin_anew, turn
from guanqing.ui.plan_desk.state import (
    branches,
    clashing,
    clear,
    draft,
    folder,
    folder_to_change,
    go_on,
    gone_on,
    is_overtaken,
    is_readable,
    on_desk,
    put,
    saved,
    saved_draft,
    take_note,
    year,
)
from guanqing.ui.plan_desk.words import who_saved
from guanqing.ui.registers.saving import entered_by, say_later
from guanqing.ui.shell.guarding import guarded
from guanqing.ui.shell.library import facts
from guanqing.ui.shell.session import said, t, tell
from guanqing.ui.shell.visitor import may, recording, require, visitor
from guanqing.ui.widgets.blocks import note
from guanqing.ui.widgets.panels import step


@guarded("plan_desk")
def plan_drafted() -> None:
    """Draw the plan on the desk, what would change, and the way to save it."""
    made, now = draft(), saved()
    title = t(
        "plan_desk.holds",
        year=str(year()),
        targets=len(made.targets),
        milestones=len(made.milestones),
    )
    with step("plan-draft", title, who_saved(now) if now else t("plan_desk.none_saved")):
        if not is_readable():
            said(t("plan_desk.unreadable"), "bad")
        if is_overtaken():
            _overtaken(now)
        if on_desk().is_changed:
            _changes(saved_draft(), gone_on() if is_overtaken() else made)
        _begin(made)
        if made.targets or made.milestones:
            scope(made)
            contents(made)
        if refused := drafts.refusals(made, branches()):
            said(t("plan_desk.cannot_save"), "bad")
            file_faults(refused)
        elif doubts := drafts.doubts(made):
            note(t("plan_desk.doubts"))
            file_faults(doubts)
        if not refused and on_desk().is_changed and not is_overtaken():
            _save_form()
        if on_desk().is_changed:
            st.button(
                t("plan_desk.discard"), key="plan-discard", type="tertiary", on_click=_discard
            )
        if now and may("export"):
            offer_plan(t("plan_desk.download"), year(), "plan-toml")


def _overtaken(now: Saved | None) -> None:
    """Say that somebody else has saved the plan, and ask about what both changed."""
    said(t("plan_desk.overtaken", who=who_saved(now) if now else ""), "bad")
    clashes = clashing()
    if clashes:
        note(t("plan_desk.clashes"))
        list_clashes(clashes)
    with st.container(horizontal=True):
        words = t("plan_desk.mine_holds" if clashes else "plan_desk.both_hold")
        st.button(words, key="plan-go-on", on_click=go_on)
        if clashes:
            words, theirs = t("plan_desk.theirs_hold"), {"theirs_hold": True}
            st.button(words, key="plan-give-way", on_click=go_on, kwargs=theirs)


def _changes(before: Draft, now: Draft) -> None:
    note(t("plan_desk.changes"))
    differences(before, now)


def _begin(made: Draft) -> None:
    """Offer the plan of another year to begin with, as long as there is nothing in this one."""
    others = [other for other in plan.years(folder()) if other != year()]
    if made.targets or made.milestones:
        return
    note(t("plan_desk.empty"))
    if others:
        with st.container(horizontal=True):
            for other in sorted(others, reverse=True)[:3]:
                st.button(
                    t("plan_desk.begin_with", year=str(other)),
                    key=f"plan-begin-{other}",
                    on_click=_begin_with,
                    args=(other,),
                )


def _begin_with(other: int) -> None:
    put(drafts.for_another_year(saved_draft(other), year()))
    begin_anew()
    say_later(t("plan_desk.begun", year=str(other)), "good")


# --- saving


def _save_form() -> None:
    key = f"plan-why-{year()}-{turn()}"
    with st.form(f"plan-save-{year()}-{turn()}", border=False):
        left, right = st.columns([2, 3])
        if not visitor().name:
            left.text_input(
                t("loading.needed", name=t("registers.name")),
                value=entered_by(),
                placeholder=t("registers.name_hint"),
                key="plan_saved_by",
            )
        place = left if visitor().name else right
        place.text_input(
            t("loading.needed", name=t("registers.why")),
            value=str(st.session_state.get("plan_why", "")),
            placeholder=t("plan_desk.why_hint"),
            key=key,
        )
        st.form_submit_button(
            t("plan_desk.save"), type="primary", on_click=_save, args=(key,), key="plan-save"
        )


def _save(key: str) -> None:
    if named := str(st.session_state.get("plan_saved_by") or "").strip():
        st.session_state["entered_by"] = named
    why = " ".join(str(st.session_state.get(key) or "").split())
    if not entered_by():
        return say_later(t("registers.name_first"), "bad")
    if not why:
        return say_later(t("plan_desk.why_first"), "bad")
    st.session_state["plan_why"] = why  # it need not be typed again where saving fails
    made = draft()
    try:
        require("plan")
        with recording("planned", year=str(year()), reason=why):
            saving.save(
                folder_to_change(),
                year(),
                made.text,
                base=on_desk().base,
                by=entered_by(),
                why=why,
                is_simulated=bool(facts()["is_simulated"]),
            )
            take_note()
    except Problem as problem:
        return say_later(tell(problem), "bad")
    st.session_state.pop("plan_why", None)
    clear()
    begin_anew()
    say_later(t("plan_desk.saved", year=str(year())), "good")
    return None


def _discard() -> None:
    clear()
    st.session_state.pop("plan_why", None)
    begin_anew()
