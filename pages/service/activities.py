"""Events held and scheduled, what the plan asks of them, and what readers say of the service."""

import streamlit as st

from guanqing.ui.widgets.panels import panel
from guanqing.ui.widgets.rows import card_row, tabs

card_row("event_count", "attendance_count", "satisfied_share", "feedback_in_time_share")
held, asked, answered, written = tabs(
    "activities.part_events",
    "activities.part_clauses",
    "activities.part_satisfaction",
    "activities.part_feedback",
)

with held:
    panel("events_listed")
    left, right = st.columns([5, 4])
    with left:
        panel("attendance_by_kind", height=164)
    with right:
        panel("volunteers_by_activity")
with asked:
    left, right = st.columns([5, 4])
    with left:
        panel("clauses_kept")
    with right:
        panel("inspections_made")
with answered:
    left, right = st.columns([5, 4])
    with left:
        panel("survey_by_question")
        panel("survey_by_group")
    with right:
        panel("survey_answers")
with written:
    left, right = st.columns([5, 4])
    with left:
        panel("feedback_by_month", height=250)
    with right:
        panel("feedback_open")
