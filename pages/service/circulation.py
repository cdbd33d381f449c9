"""How much is lent: by month, day, hour, channel and branch."""

import streamlit as st

from guanqing.ui.widgets.panels import panel
from guanqing.ui.widgets.rows import card_row, side_by_side, tabs

card_row("loan_count", "renewal_count", "visit_count", "loans_per_open_day", "self_service_share")

left, right = st.columns(2)
with left:
    panel("loans_over_time", height=224)
    panel("loans_by_day", height=192)
with right:
    panel("loans_by_hour", height=240)
    where, machines, refused = tabs(
        "circulation.part_where", "circulation.part_machines", "circulation.part_refused"
    )
    with where:
        side_by_side([4, 5], loans_by_channel=192, loans_by_branch=192)
    with machines:
        panel("self_service_by_month", height=192)
    with refused:
        panel("refusals_by_reason", height=192)
