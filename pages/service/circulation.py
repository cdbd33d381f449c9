"""How much is lent: by month, day, hour, channel and branch."""

import streamlit as st

from guanqing import findings, ui

months = ui.query("loans_by_month")
days, hours = ui.query("loans_by_day"), ui.query("loans_by_hour")
channels, branches = ui.query("loans_by_channel"), ui.query("loans_by_branch")

ui.kpi_row(
    *ui.headline_cards(
        "circulation_headline", "loan_count", "renewal_count", "visit_count", "loans_per_open_day"
    )
)

left, right = st.columns(2)
with left:
    finding = findings.loans_over_time(months, ui.change_of("circulation_headline", "loan_count"))
    with ui.panel("months", ui.say(finding), measure="loan_count", queries=["loans_by_month"]):
        ui.loans_over_time(height=240)
    finding = findings.busiest_day(days)
    with ui.panel("days", ui.say(finding), measure="loan_count", queries=["loans_by_day"]):
        ui.calendar(days, height=192)
with right:
    finding = findings.busiest_hour(hours, ui.weekday_names())
    with ui.panel("hours", ui.say(finding), measure="loan_count", queries=["loans_by_hour"]):
        ui.hours(hours, height=280)
    first, second = st.columns([4, 5])
    name = ui.named("channel_name")
    finding = findings.largest(channels, "finding.top_channel", name, "loan_share")
    with (
        first,
        ui.panel("channels", ui.say(finding), measure="loan_count", queries=["loans_by_channel"]),
    ):
        ui.ranking(channels, "channel_name", "loan_count", "loan_share", height=240)
    name = ui.named("branch_name")
    finding = findings.largest(branches, "finding.top_branch", name, "loan_share")
    with (
        second,
        ui.panel("branches", ui.say(finding), measure="loan_count", queries=["loans_by_branch"]),
    ):
        ui.ranking(branches, "branch_name", "loan_count", "loan_share", height=240)
