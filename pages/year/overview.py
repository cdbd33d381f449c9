"""Is the year on course? The headline figures, what is behind, and loans over time."""

import streamlit as st

from guanqing import findings, ui

card = ui.overview_cards()
rows = ui.scorecard()
months = ui.query("loans_by_month")

ui.plan_verdict(rows)
ui.kpi_row(*card)

left, right = st.columns([11, 9])
with (
    left,
    ui.panel(
        "behind",
        ui.t("overview.behind_first"),
        measure="plan_progress",
        queries=["plan_progress", "plan_evidence"],
    ),
):
    ui.target_list(rows[:15], brief=True)
with (
    right,
    ui.panel(
        "loans",
        ui.say(
            findings.loans_over_time(months, ui.change_of("circulation_headline", "loan_count"))
        ),
        measure="loan_count",
        queries=["loans_by_month"],
    ),
):
    ui.loans_over_time(height=438)
