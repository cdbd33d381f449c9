"""How much is lent: by month, day, hour, channel and branch."""

import streamlit as st

from guanqing.ui.widgets.panels import panel
from guanqing.ui.widgets.rows import card_row

card_row("loan_count", "renewal_count", "visit_count", "loans_per_open_day")

left, right = st.columns(2)
with left:
    panel("loans_over_time", height=240)
    panel("loans_by_day", height=192)
with right:
    panel("loans_by_hour", height=280)
    first, second = st.columns([4, 5])
    with first:
        panel("loans_by_channel", height=240)
    with second:
        panel("loans_by_branch", height=240)
