"""That counts of people which are out are not those of the records any more."""

from pathlib import Path

import streamlit as st

from guanqing import releases_since, warehouse
from guanqing.releases_since import Changed
from guanqing.store import default_store
from guanqing.ui.shell.guarding import guarded
from guanqing.ui.shell.library import Stamp
from guanqing.ui.shell.session import said, t
from guanqing.ui.shell.visitor import visitor

# who sees the one sees how many the other would be today
TODAY = {"borrowers_released": "borrower_count", "cancellations_released": "cancelled_count"}


@guarded("released_since")
def say_what_has_changed() -> None:
    """Say it to whoever sees readers; to others the two counts would be what they may not know."""
    seen = {query for query, figure in TODAY.items() if visitor().sees(figure)}
    if not seen:
        return
    kept = default_store().root / "released.json"
    version = kept.stat().st_mtime_ns if kept.exists() else 0
    for one in _changed(st.session_state["library"], version):
        if one.query in seen:
            said(t(f"released.changed_{one.query}", **one.words), "doubt")


@st.cache_data(max_entries=4, show_spinner=False)
def _changed(library: Stamp, version: int) -> list[Changed]:
    with warehouse.connect(Path(library[0])) as connection:
        return list(releases_since.changed(connection))
