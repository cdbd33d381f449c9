"""One promise or milestone: the answer, the way there, what it rests on, what was decided."""

import streamlit as st

from guanqing.ui.plan.faults import plan_faults
from guanqing.ui.plan.notes import milestone_form, note_form
from guanqing.ui.plan.story import choose_story, parts_of_story
from guanqing.ui.widgets.panels import bare, panel
from guanqing.ui.widgets.rows import tabs

kind = choose_story()
if kind is None:
    plan_faults()
    bare("plan_verdict")
    st.stop()

bare(f"{kind}_verdict")
left, right = st.columns([13, 7])
with left:
    parts = parts_of_story()
    height = 280 if len(parts) == 1 else 190
    if "target_path" in parts:
        way, then = tabs("target.way", "target.forecast_then")
        with way:
            panel("target_path", height=height)
        with then:
            panel("target_forecasts", height=height)
        parts.remove("target_path")
    for name in parts:
        panel(name, height=height)
    if kind == "milestone":
        with panel("milestone_history"):
            milestone_form()
with right:
    if kind == "target":
        panel("target_facts")
    with panel("plan_notes_made"):
        note_form()
