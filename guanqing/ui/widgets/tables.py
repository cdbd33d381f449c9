"""Tables of what is worked on."""

import streamlit as st
from markupsafe import Markup

from guanqing.figures import markup
from guanqing.figures.blocks import Table
from guanqing.ui.shell.session import t
from guanqing.ui.widgets.blocks import note

VALUE_SIGNS = 40


def table(made: Table, *, style: str = "", of: int = 0) -> None:
    """Draw a table and, where it holds only the first of many rows, a note that says so.

    style: a class of style.css around it; of: how many rows there are.
    """
    st.html(Markup('<div class="gq {}">{}</div>').format(style, markup.table(made)))
    if of > len(made.rows):
        note(t("loading.shown_first", shown=len(made.rows)))


def as_typed(value: str | None) -> Markup:
    """Return the beginning of a value as it stands in a file or paste."""
    return Markup("<code>{}</code>").format((value or "")[:VALUE_SIGNS])
