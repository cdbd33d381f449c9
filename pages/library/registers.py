"""What people enter by hand: a register's rows, who said so, and the way to correct them."""

import streamlit as st

from guanqing import ui

ui.only_here()
ui.choose_register()

left, right = st.columns([9, 11])
with left:
    ui.register_desk()
with right:
    with ui.panel(
        "register",
        ui.register_verdict(),
        measure="records",
        queries=ui.register_queries(),
    ):
        ui.register_rows()
    with ui.panel(
        "entries",
        ui.history_verdict(),
        measure="records",
        queries=["register_history"],
    ):
        ui.register_history()
