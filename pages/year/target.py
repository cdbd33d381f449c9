"""One promise or milestone: the answer, the way there, what it rests on, what was decided."""

import streamlit as st

from guanqing import ui

row, milestone = ui.chosen_target(), ui.chosen_milestone()
ui.target_choice(row)
if row:
    ui.story_verdict(row)
elif milestone:
    ui.milestone_verdict(milestone)
else:
    ui.plan_faults()
    ui.plan_verdict([])
    st.stop()

left, right = st.columns([13, 7])
with left:
    if row:
        ui.story_way(row)
        ui.evidence(row)
    else:
        with ui.panel(
            "reports",
            ui.t("milestone.reports"),
            measure="milestones",
            queries=["milestone_history"],
        ):
            ui.reports(milestone)
            ui.milestone_form(milestone)
with right:
    if row:
        with ui.panel(
            "facts",
            ui.t("target.rests_on"),
            measure="plan_progress",
            queries=["plan_evidence", "plan_progress"],
        ):
            ui.story_facts(row)
    with ui.panel("notes", ui.t("target.notes"), measure="plan_notes", queries=["plan_notes_made"]):
        ui.notes_made(row or milestone)
        ui.note_form(row or milestone)
