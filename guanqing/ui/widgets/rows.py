"""Headline figures side by side."""

from collections.abc import Sequence

import streamlit as st

from guanqing.figures.blocks import Card
from guanqing.ui.shell.guarding import guarded
from guanqing.ui.shell.session import t
from guanqing.ui.widgets.card import card
from guanqing.ui.widgets.panels import define, exhibited, panel, seen


def card_row(*names: str, is_brief: bool = True) -> None:
    """Show figures as cards, equally wide; brief ones do not say that nothing is promised."""
    shown = [name for name in names if seen(name)]
    if not shown:
        return
    for column, name in zip(st.columns(len(shown)), shown, strict=True):
        with column, st.container(key=f"kpi-{name}"), guarded(name):
            found = exhibited(name, is_brief=is_brief)
            for block in found.exhibit.content.blocks:
                if isinstance(block, Card):
                    card(block, is_brief=is_brief)
            define(found, f"kpi-{name}")


def side_by_side(widths: Sequence[int], **heights: int) -> None:
    """Show figures of these heights beside each other; one not for the visitor leaves no gap."""
    shown = [(width, name) for width, name in zip(widths, heights, strict=True) if seen(name)]
    if not shown:
        return
    for column, (_, name) in zip(st.columns([width for width, _ in shown]), shown, strict=True):
        with column:
            panel(name, height=heights[name])


def tabs(*keys: str) -> list[st.delta_generator.DeltaGenerator]:
    """Divide a page into parts, each called by a text."""
    return list(st.tabs([t(key) for key in keys]))
