"""Files in, looked at, loaded and accounted for; the libraries that are kept, and the way back."""

import streamlit as st

from guanqing.ui.loading.files import files_to_load
from guanqing.ui.loading.history import generations
from guanqing.ui.loading.report import last_load, load_under_way, rules_met, what_to_mend
from guanqing.ui.shell.visitor import only_for

only_for("load")

left, right = st.columns([13, 7])
with left:
    load_under_way()
    is_choosing = files_to_load()
    if not is_choosing:
        last_load()
        what_to_mend()
with right:
    generations()
    if not is_choosing:
        rules_met()
