"""Tables of what is worked on."""

from collections.abc import Sequence

import streamlit as st
from markupsafe import Markup

from guanqing.figures import markup
from guanqing.figures.blocks import Cell, Table

Columns = Sequence[tuple[str, str]]


def table(columns: Columns, rows: Sequence[Sequence[Cell]]) -> None:
    """Draw a table. columns: heading and class (n number, s status, wide hidden on a phone)."""
    st.html(Markup('<div class="gq">{}</div>').format(table_html(columns, rows)))


def table_html(columns: Columns, rows: Sequence[Sequence[Cell]]) -> Markup:
    """Return the same table as HTML, to stand in something else; cells are HTML."""
    return markup.table(Table(columns, [[Markup(cell) for cell in row] for row in rows]))
