"""What is loaded and how fresh, and the library's printed figures held against the data."""

import streamlit as st

from guanqing import ui

left, right = st.columns([2, 3])
with left:
    with ui.panel(
        "facts",
        ui.t("sources.facts", day=ui.facts()["loaded_at"].date()),
        measure="records",
        queries=["table_counts", "library_facts", "assumptions"],
    ):
        ui.library_card()
    with ui.panel(
        "load",
        ui.t("sources.load"),
        measure="records",
        queries=["load_account", "rules_applied"],
    ):
        ui.load_account()
with (
    right,
    ui.panel(
        "published",
        ui.reconciliation_verdict(),
        measure="published",
        queries=["reconciliation"],
    ),
):
    ui.reconciliation()
