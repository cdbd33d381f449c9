"""Is the year on course? The headline figures, what is behind, and loans over time."""

import streamlit as st

from guanqing import findings, ui

rows = ui.scorecard()
change = ui.change_of("circulation_headline", "loan_count")
finding = findings.loans_over_time(ui.query("loans_by_month"), change)

ui.plan_verdict(rows)
ui.alert_strip()
ui.kpi_row(*ui.overview_cards())

# a year without a plan leaves its room to the loans
left, right = st.columns([11, 9]) if rows else (None, st.container())
if left:
    with (
        left,
        ui.panel(
            "behind",
            ui.t("overview.behind_first"),
            measure="plan_progress",
            queries=["plan_progress", "plan_evidence"],
        ),
    ):
        ui.target_list(rows)
with (
    right,
    ui.panel("loans", ui.say(finding), measure="loan_count", queries=["loans_by_month"]),
):
    ui.loans_at_once(height=420)
