"""Figures as they are shown, made once for all who chose the same.

What one reader asked for is there for the next. It is kept for one state of the library and of the
files it is told by, and for what a view holds of the reader: language, colours, days, branches.
Whether a figure is for them is asked each time, before; names are never kept.
"""

from dataclasses import dataclass

import streamlit as st

from guanqing import datafiles
from guanqing.figures import Exhibit, Figure, View
from guanqing.ui.widgets.definition import definition

MOST = 2000  # figures, of 20 KiB in the mean


@dataclass(frozen=True)
class Shown:
    """A figure as a view shows it, and the HTML that says what it counts."""

    exhibit: Exhibit
    definition: str


def shown(figure: Figure, view: View) -> Shown:
    """Return a figure in a view. Problem: that of a query."""
    if view.names:
        return _make(figure, view)
    return _kept(key(figure.name, view), figure, view)


def key(name: str, view: View) -> str:
    """Return what decides how a figure looks: two who have the same are shown the same."""
    return f"{st.session_state['library']} {datafiles.readings()} {name} {view!r}"


@st.cache_resource(max_entries=MOST, show_spinner=False)
def _kept(key: str, _figure: Figure, _view: View) -> Shown:
    """Make what is not there yet; others who ask for it meanwhile wait. A failure is not kept."""
    return _make(_figure, _view)


def _make(figure: Figure, view: View) -> Shown:
    exhibit = figure.show(view)
    return Shown(exhibit, definition(exhibit, view))
