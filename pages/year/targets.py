"""Every promise of the year's plan: where it stands and where it should be by now."""

import streamlit as st

from guanqing import ui

rows = ui.scorecard()
milestones = ui.milestones()

ui.plan_verdict(rows)
if not rows:
    st.stop()
ui.pace_note()

left, right = st.columns([11, 9])
with (
    left,
    ui.panel(
        "targets",
        ui.t("targets.heading", count=len(rows)),
        measure="plan_progress",
        queries=["plan_progress", "plan_evidence", "plan_pace"],
    ),
):
    ui.target_list(rows)
with (
    right,
    ui.panel(
        "milestones",
        ui.t("targets.milestones_heading", count=len(milestones)),
        measure="milestones",
        queries=["plan_progress", "milestones_reported"],
    ),
):
    ui.milestone_list(milestones)
