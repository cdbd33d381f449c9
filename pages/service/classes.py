"""What is lent: the 22 classes of 中图法 by loans and by holdings, and how that changes."""

import streamlit as st

from guanqing.ui.widgets.panels import panel

left, right = st.columns(2)
with left:
    panel("loans_by_class", height=690)
with right:
    panel("class_shares_by_quarter", height=200)
    panel("loans_by_subclass", height=215)
    panel("class_shares_published")
