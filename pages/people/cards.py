"""Cards issued and cancelled, why, and the way to the year's card holders."""

import streamlit as st

from guanqing import findings, ui

months = ui.query("cards_by_month")
channels = ui.query("issues_by_channel")
reasons = ui.query("cancellations_by_reason")
names = ui.reason_names()
target = ui.target_value("card_holders")

ui.kpi_row(
    *ui.headline_cards(
        "card_headline", "card_holder_count", "issued_count", "cancelled_count", "cancellation_rate"
    )
)

left, right = st.columns([4, 5])
with left:
    finding = findings.holders(months, target)
    with ui.panel(
        "holders", ui.say(finding), measure="card_holder_count", queries=["cards_by_month"]
    ):
        ui.holders(months, target, height=205)
    finding = findings.largest(
        ui.channel_totals(channels),
        "finding.top_issue_channel",
        ui.named("channel_name"),
        "issued_share",
    )
    with ui.panel(
        "channels", ui.say(finding), measure="issued_count", queries=["issues_by_channel"]
    ):
        ui.monthly_parts(channels, "channel_name", "issued_count", height=200)
with right:
    finding = findings.avoidable(reasons, names)
    with ui.panel(
        "reasons", ui.say(finding), measure="card_share", queries=["cancellations_by_reason"]
    ):
        ui.reasons(reasons, names, height=225)
    with ui.panel(
        "measures",
        ui.t("cards.countermeasures"),
        measure="card_share",
        queries=["cancellations_by_reason", "cancel_reason_names"],
    ):
        ui.countermeasures(reasons)
