"""Every promise of the year's plan: where it stands, where it leads, will we make it."""

import streamlit as st

from guanqing.ui.plan.faults import has_targets, offer_to_make, plan_faults, plan_parts
from guanqing.ui.widgets.panels import bare, panel

bare("plan_verdict")
plan_faults()
offer_to_make()
if not has_targets():
    st.stop()

promised, to_do, urgent = st.tabs(plan_parts())
with promised:
    panel("plan_scorecard")
with to_do:
    panel("plan_milestones")
with urgent:
    bare("plan_alerts_all")
