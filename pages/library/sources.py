"""What is loaded and how fresh, and the library's figures held against print and their events."""

import streamlit as st

from guanqing.ui.widgets.panels import panel
from guanqing.ui.widgets.rows import tabs

left, right = st.columns([2, 3])
with left:
    panel("table_counts")
    panel("load_account")
with right:
    printed, counted = tabs("sources.part_printed", "sources.part_rollups")
    with printed:
        panel("reconciliation")
    with counted:
        panel("rollups_checked")
