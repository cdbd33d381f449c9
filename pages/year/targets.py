"""Every promise of the year's plan: where it stands, where it leads, will we make it."""

import streamlit as st

from guanqing import ui

rows = ui.scorecard()
milestones = ui.milestones()

ui.plan_verdict(rows)
ui.plan_faults()
if not rows:
    st.stop()

promised, to_do, urgent = st.tabs(ui.plan_parts(milestones))
with (
    promised,
    ui.panel(
        "targets",
        ui.t("targets.heading"),
        measure="plan_progress",
        queries=["plan_progress", "plan_evidence", "plan_months", "plan_pace"],
    ),
):
    ui.target_groups(rows)
with (
    to_do,
    ui.panel(
        "milestones",
        ui.t("targets.milestones_heading", count=len(milestones)),
        measure="milestones",
        queries=["plan_progress", "milestones_reported"],
    ),
):
    ui.milestone_list(milestones, ui.story_link)
with urgent:
    ui.alert_strip(most=99)
