"""Headline figures side by side."""

import streamlit as st

from guanqing.figures.blocks import Card
from guanqing.ui.shell.session import t
from guanqing.ui.widgets.card import card
from guanqing.ui.widgets.panels import define, exhibited, guarded


def card_row(*names: str, is_brief: bool = True) -> None:
    """Show figures as cards, equally wide; brief ones do not say that nothing is promised."""
    for column, name in zip(st.columns(len(names)), names, strict=True):
        with column, st.container(key=f"kpi-{name}"), guarded(name):
            exhibit = exhibited(name, is_brief=is_brief)
            for block in exhibit.content.blocks:
                if isinstance(block, Card):
                    card(block, is_brief=is_brief)
            define(exhibit, f"kpi-{name}")


def tabs(*keys: str) -> list[st.delta_generator.DeltaGenerator]:
    """Divide a page into parts, each called by a text."""
    return list(st.tabs([t(key) for key in keys]))
