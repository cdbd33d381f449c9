"""Is the year on course? The headline figures, what is behind, and loans over time."""

import streamlit as st

from guanqing.ui.plan.faults import has_targets, offer_to_make
from guanqing.ui.widgets.panels import bare, panel
from guanqing.ui.widgets.rows import card_row

bare("plan_verdict")
offer_to_make()
bare("plan_alerts")
card_row(
    "loan_count",
    "circulation_rate",
    "visits_per_capita",
    "card_holder_count",
    "active_borrower_count",
    is_brief=False,
)

# a year without a plan leaves its room to the loans
left, right = st.columns([4, 3]) if has_targets() else (None, st.container())
if left:
    with left:
        panel("plan_behind")
with right:
    panel("loans_over_time", height=376, is_still=True)
