"""Who borrows: the leaderboard, how concentrated reading is, and what groups."""

import streamlit as st

from guanqing.ui.shell.naming import offer_names
from guanqing.ui.widgets.panels import panel
from guanqing.ui.widgets.rows import card_row

card_row("borrower_count", "new_borrower_count", "active_borrower_count", "loans_per_borrower")

left, middle, right = st.columns(3)
with left, panel("top_borrowers"):
    offer_names()
with middle:
    panel("reading_concentration", height=290)
with right:
    panel("new_borrowers_by_month", height=245)
panel("borrowers_by_group")
