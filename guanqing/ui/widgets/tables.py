"""Tables of what is worked on."""

from collections.abc import Sequence

import streamlit as st
from markupsafe import Markup

from guanqing.figures import markup
from guanqing.figures.blocks import Cell, Table
from guanqing.ui.shell.session import t
from guanqing.ui.widgets.blocks import note

VALUE_SIGNS = 40


def table(
    columns: Sequence[tuple[str, str]],
    rows: Sequence[Sequence[Cell]],
    *,
    style: str = "",
    of: int = 0,
) -> None:
    """Draw a table. columns as a Table has them; style is a class of style.css around it.

    of: how many rows there are; where not all of them are given, that is said below.
    """
    shown = markup.table(Table(columns, rows))
    st.html(Markup('<div class="gq {}">{}</div>').format(style, shown))
    if of > len(rows):
        note(t("loading.shown_first", shown=len(rows)))


def as_typed(value: str | None) -> Markup:
    """Return the beginning of a value as it stands in a file or paste."""
    return Markup("<code>{}</code>").format((value or "")[:VALUE_SIGNS])
