"""Files in, looked at, loaded and accounted for; the libraries that are kept, and the way back."""

import streamlit as st

from guanqing import ui

ui.only_here()

left, right = st.columns([13, 7])
with left:
    ui.load_under_way()
    is_choosing = ui.files_to_load()
    if not is_choosing:
        with ui.panel(
            "account",
            ui.last_load_verdict(),
            measure="records",
            queries=["load_account"],
        ):
            ui.last_load()
        ui.what_to_mend()
with right:
    ui.generations()
    if ui.rules_met() and not is_choosing:
        with ui.panel(
            "rules",
            ui.t("loading.rules"),
            measure="records",
            queries=["rules_applied"],
        ):
            ui.rules_touched(ui.rules_met())
