"""The blocks of a figure on the screen."""

from pathlib import Path

import streamlit as st
from markupsafe import Markup

from guanqing.figures.blocks import Block, Card, Chart, Columns, Line, Link, Note, Table
from guanqing.figures.markup import table
from guanqing.ui.shell import filters
from guanqing.ui.shell.session import plain
from guanqing.ui.shell.visitor import visitor
from guanqing.ui.widgets.card import card

PLOTLY = {"displayModeBar": False, "responsive": True}


def draw(block: Block, key: str) -> None:
    """Draw one block of a figure; key is unique on the page."""
    match block:
        case Chart():
            st.plotly_chart(
                block.figure, theme=None, key=f"chart-{key}", alt=block.alt, config=PLOTLY
            )
        case Table():
            rows = Markup('<div class="gq">{}</div>').format(table(block))
            if block.height is None:
                st.html(rows)
            else:
                with st.container(height=block.height, border=False):
                    st.html(rows)
        case Note():
            note(block.words)
        case Link():
            lead(block)
        case Line():
            with st.container(key=block.name):
                if not lead(block.link):
                    note(block.link.words)
                st.html(block.markup)
        case Card():
            card(block)
        case Columns():
            columns = zip(st.columns(len(block.blocks)), block.blocks, strict=True)
            for number, (column, inner) in enumerate(columns):
                with column:
                    draw(inner, f"{key}-{number}")
        case _:
            st.html(block)


def lead(link: Link) -> bool:
    """Lead to another page, the filters unchanged; return whether it is one for the visitor."""
    if Path(link.page).stem not in visitor().role.pages:
        return False
    st.page_link(
        link.page,
        label=plain(link.words),
        icon=f":material/{link.icon}:" if link.icon else None,
        query_params=filters.address() | dict(link.asked),
    )
    return True


def note(words: str) -> None:
    """Say something beside the charts, quietly."""
    st.html(Markup('<div class="gq gq-sub">{}</div>').format(words))
