"""Cards issued and cancelled, why, and the way to the year's card holders."""

import streamlit as st

from guanqing.ui.widgets.panels import panel
from guanqing.ui.widgets.rows import card_row

card_row(
    "card_holder_count",
    "issued_count",
    "cancelled_count",
    "cancellation_rate",
    "yearly_cancellation_rate",
)

left, right = st.columns([4, 5])
with left:
    panel("holders_by_month", height=184)
    panel("issues_by_channel", height=178)
with right:
    panel("cancellations_by_reason", height=203)
    panel("countermeasures")
