"""The plan of a year, made one by one or pasted: what it holds, who saved it, and its history."""

import streamlit as st

from guanqing.ui.plan_desk.desk import choose_year, plan_desk
from guanqing.ui.plan_desk.history import plan_history
from guanqing.ui.plan_desk.reading import plan_read
from guanqing.ui.plan_desk.review import plan_drafted
from guanqing.ui.shell.visitor import may, only_for

only_for("read_plan")
choose_year()

left, right = st.columns([9, 11])
with left:
    (plan_desk if may("plan") else plan_read)()
with right:
    if may("plan"):
        plan_drafted()
    plan_history()
