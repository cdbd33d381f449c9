"""What is loaded and how fresh, and the library's printed figures held against the data."""

import streamlit as st

from guanqing.ui.widgets.panels import panel

left, right = st.columns([2, 3])
with left:
    panel("table_counts")
    panel("load_account")
with right:
    panel("reconciliation")
