"""What people enter by hand: a register's rows, who said so, and the way to correct them."""

import streamlit as st

from guanqing.ui.registers.desk import choose_register, register_desk, register_rows
from guanqing.ui.registers.history import register_history
from guanqing.ui.shell.visitor import only_for

only_for("edit")
choose_register()

left, right = st.columns([9, 11])
with left:
    register_desk()
with right:
    register_rows()
    register_history()
