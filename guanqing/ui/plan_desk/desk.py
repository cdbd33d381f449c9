"""The page of the plan: which year's, and the desk where it is made."""

import streamlit as st

from guanqing.ui.plan_desk.form import begin_anew, one_entry
from guanqing.ui.plan_desk.paste import pasted_plan
from guanqing.ui.plan_desk.state import year, years
from guanqing.ui.registers.saving import say_now
from guanqing.ui.shell.guarding import guarded
from guanqing.ui.shell.library import facts
from guanqing.ui.shell.session import said, t
from guanqing.ui.widgets.panels import step

WAYS = ("one", "paste")


@guarded("plan_desk")
def choose_year() -> None:
    """Offer the years whose plan can be looked at or made."""
    if st.session_state.get("plan_desk_year") not in years():
        st.session_state["plan_desk_year"] = year()
    st.segmented_control(
        t("plan_desk.year"),
        years(),
        format_func=lambda one: t("filters.period_year", year=str(one)),
        required=True,
        label_visibility="collapsed",
        key="plan_desk_year",
        persist_state="session",
        on_change=begin_anew,
    )
    say_now()


@guarded("plan_desk")
def plan_desk() -> None:
    """Draw where the plan is made: one by one, or pasted."""
    with step("plan-desk", t("plan_desk.desk", year=str(year())), t("plan_desk.desk_hint")):
        if facts()["is_simulated"]:
            said(t("plan_desk.only_simulated"), "doubt")
        way = st.segmented_control(
            t("plan_desk.way"),
            WAYS,
            format_func=lambda way: t(f"plan_desk.way_{way}"),
            default=WAYS[0],
            required=True,
            label_visibility="collapsed",
            key="plan_way",
        )
        if way == "paste":
            pasted_plan()
        else:
            one_entry()
