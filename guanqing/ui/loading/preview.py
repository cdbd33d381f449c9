"""What a load would do, before it is done: each file's fields, their columns and first values."""

from collections.abc import Iterator
from contextlib import contextmanager
from html import escape

import streamlit as st

from guanqing.intake.reading.source_matching import Opened
from guanqing.ui.loading.reading import Taken, samples, unused, used_count
from guanqing.ui.shell.session import language, t
from guanqing.ui.widgets.blocks import note
from guanqing.ui.widgets.panels import step
from guanqing.ui.widgets.tables import table_html

OPEN_AT_FIRST = 2  # files whose mapping is unfolded
LISTED = 12


@contextmanager
def preview(taken: Taken) -> Iterator[None]:
    """Draw how each file would be read, and which are passed over; below it, what to do then."""
    with step("preview", t("loading.preview", count=len(taken.opened)), t("loading.preview_hint")):
        files = "".join(_file(opened, turn) for turn, opened in enumerate(taken.opened))
        st.html(f'<div class="gq gq-files">{files}</div>')
        if taken.skipped:
            note(t("loading.skipped", names=listed(taken.skipped)))
        yield


def _file(opened: Opened, turn: int) -> str:
    kind = opened.source.kind
    used, total = used_count(opened), sum(map(bool, opened.header))
    facts = " · ".join(
        [
            kind.name[language()],
            t("loading.columns_used", used=used, total=total),
            opened.text.encoding,
        ]
    )
    unfolded = " open" if turn < OPEN_AT_FIRST else ""
    return (
        f"<details{unfolded}><summary><b>{escape(opened.text.name)}</b> "
        f'<span class="why">{escape(facts)}</span></summary>{_mapping(opened)}{_left(opened)}'
        "</details>"
    )


def _mapping(opened: Opened) -> str:
    shown = samples(opened)
    rows = [
        [field_name(opened, name), escape(opened.column(name) or ""), values(shown[name])]
        for name in opened.source.kind.fields
        if name in opened.places
    ]
    rows += [
        [field_name(opened, name), f'<span class="why">{t("loading.fixed")}</span>', escape(value)]
        for name, value in opened.source.fixed.items()
    ]
    if opened.gathered:
        names = escape(listed(tuple(opened.gathered.values())))
        rows.append([t("loading.months"), names, ""])
    heads = [(t("loading.field"), ""), (t("loading.column"), ""), (t("loading.first_values"), "")]
    return table_html(heads, rows)


def field_name(opened: Opened, name: str) -> str:
    """Return what a field is called in the session's language."""
    return escape(getattr(opened.source.kind.fields[name], language()))


def values(found: list[str]) -> str:
    """Return first values of a column, quietly."""
    return f'<span class="why">{escape(" · ".join(value for value in found if value))}</span>'


def _left(opened: Opened) -> str:
    left = unused(opened)
    if not left:
        return ""
    words = t("loading.unused", names=listed(tuple(left)))
    return f'<div class="gq-sub">{escape(words)}</div>'


def listed(names: tuple[str, ...]) -> str:
    """Return names in a row, the first of them where there are many."""
    shown = t("app.list_mark").join(names[:LISTED])
    return shown if len(names) <= LISTED else t("loading.and_more", names=shown, count=len(names))
