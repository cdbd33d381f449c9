"""The server around dashboard.py: `streamlit run guanqing/ui/server.py`, as `guanqing serve` does.

Streamlit takes a folder named pages/ for its older kind of app until some script has called
st.navigation, so the first visitor with a bookmark would be told that the page does not exist.
Calling it once before anybody comes, outside any session, settles that.
"""

import streamlit as st

from guanqing import ui  # noqa: F401  (what a page imports is loaded before the first visitor)
from guanqing.paths import ROOT

st.navigation([st.Page(lambda: None, title="warm-up", url_path="warm-up")])

app = st.App(ROOT / "dashboard.py")
