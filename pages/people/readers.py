"""Who borrows: the leaderboard, how concentrated reading is, and what groups."""

import streamlit as st

from guanqing import findings, ui

borrowers = ui.query("top_borrowers")
curve = ui.query("reading_concentration")
groups = ui.query("borrowers_by_group")
months = ui.query("borrowers_by_month")

ui.kpi_row(
    *ui.headline_cards(
        "reader_headline",
        "borrower_count",
        "new_borrower_count",
        "active_borrower_count",
        "loans_per_borrower",
    )
)

left, right = st.columns([5, 9])
with (
    left,
    ui.panel(
        "leaderboard",
        ui.say(findings.leader(borrowers)),
        measure="loan_count",
        queries=["top_borrowers", "reader_labels"],
    ),
):
    ui.leaderboard(borrowers)
with right:
    first, second = st.columns(2)
    with (
        first,
        ui.panel(
            "concentration",
            ui.say(findings.concentration(curve)),
            measure="loan_share",
            queries=["reading_concentration"],
        ),
    ):
        ui.concentration(curve, height=245)
    with (
        second,
        ui.panel(
            "newcomers",
            ui.say(findings.new_borrowers(months)),
            measure="new_borrower_count",
            queries=["borrowers_by_month"],
        ),
    ):
        ui.trend(
            months, "new_borrower_count", None, running=ui.ends_within_month(), height=245, every=2
        )
    with ui.panel(
        "groups",
        ui.say(ui.largest_group(groups)),
        measure="loan_share",
        queries=["borrowers_by_group"],
    ):
        ui.group_tables(groups)
