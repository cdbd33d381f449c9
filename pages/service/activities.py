"""Events held and scheduled, what the plan asks of them, and what readers say of the service."""

import streamlit as st

from guanqing import activity_findings as findings
from guanqing import ui

events, kinds = ui.query("events_listed"), ui.query("attendance_by_kind")
kept, broken = ui.query("clauses_kept"), ui.query("clauses_broken")
questions, groups = ui.query("survey_by_question"), ui.query("survey_by_group")
handled, cases = ui.handled(), ui.query("feedback_open")
services, inspections = ui.query("volunteers_by_activity"), ui.query("inspections_made")

counted = ui.headline_cards(
    "activity_headline", "event_count", "attendance_count", "feedback_in_time_share"
)
ui.kpi_row(*counted[:2], ui.satisfaction_card(), counted[2])
held, asked, answered, written = st.tabs(ui.activity_parts())

with held:
    said = ui.say(findings.events(events))
    with ui.panel("agenda", said, measure="event_count", queries=["events_listed"]):
        ui.agenda(events)
    left, right = st.columns([5, 4])
    said, shown = ui.say(ui.attendance_finding(kinds)), ["attendance_by_kind", "events_listed"]
    with left, ui.panel("attendance", said, measure="attendance_count", queries=shown):
        ui.attendance(events, kinds, height=170)
    said, shown = ui.say(findings.volunteers(services)), ["volunteers_by_activity"]
    with right, ui.panel("volunteers", said, measure="volunteer_count", queries=shown):
        ui.volunteers(services)
with asked:
    left, right = st.columns([5, 4])
    said = ui.say(findings.clauses(kept))
    shown = ["clauses_kept", "clauses_broken", "weeks_without_event"]
    with left, ui.panel("clauses", said, measure="event_clauses", queries=shown):
        ui.clauses(kept, broken, ui.query("weeks_without_event"))
    said, shown = ui.say(findings.inspections(inspections)), ["inspections_made"]
    with right, ui.panel("inspections", said, measure="inspection", queries=shown):
        ui.inspections(inspections)
with answered:
    left, right = st.columns([5, 4])
    said, shown = ui.say(findings.satisfaction(questions)), ["survey_by_question"]
    with left, ui.panel("questions", said, measure="satisfied_share", queries=shown):
        ui.questions(questions)
    said, shown = ui.say(findings.groups(groups)), ["survey_by_group"]
    with left, ui.panel("groups", said, measure="group_satisfied_share", queries=shown):
        ui.groups(groups)
    said, shown = ui.say(findings.settling(questions)), ["survey_by_question"]
    with right, ui.panel("answers", said, measure="survey_answers", queries=shown):
        ui.answers(questions)
with written:
    left, right = st.columns([5, 4])
    said, shown = ui.say(findings.feedback(handled)), ["feedback_by_month", "feedback_handled"]
    with left, ui.panel("feedback", said, measure="feedback_in_time_share", queries=shown):
        ui.feedback(handled, ui.query("feedback_by_month"), height=250)
    said, shown = ui.say(findings.open_cases(cases)), ["feedback_open"]
    with right, ui.panel("open", said, measure="open_case", queries=shown):
        ui.open_cases(cases)
