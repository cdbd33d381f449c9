"""What a load would do, before it is done: each file's fields, their columns and first values."""

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st
from markupsafe import Markup

from guanqing.figures.blocks import Cell, Table
from guanqing.figures.markup import fill, joined, small, table
from guanqing.intake.reading.source_matching import Opened
from guanqing.ui.loading.reading import Taken, samples, unused, used_count
from guanqing.ui.loading.words import listed
from guanqing.ui.shell.session import language, t
from guanqing.ui.widgets.blocks import note
from guanqing.ui.widgets.panels import step

OPEN_AT_FIRST = 2  # files whose mapping is unfolded


@contextmanager
def preview(taken: Taken) -> Iterator[None]:
    """Draw how each file would be read, and which are passed over; below it, what to do then."""
    with step("preview", t("loading.preview", count=len(taken.opened)), t("loading.preview_hint")):
        st.html(fill("files", files=map(_file, taken.opened), unfolded=OPEN_AT_FIRST))
        if taken.skipped:
            note(t("loading.skipped", names=listed(taken.skipped)))
        yield


def _file(opened: Opened) -> tuple[str, Markup, Markup, str]:
    """Return a file's name, what is known of it, its fields, and which columns are left."""
    used, total = used_count(opened), sum(map(bool, opened.header))
    facts = joined(
        opened.source.kind.name[language()],
        t("loading.columns_used", used=used, total=total),
        opened.text.encoding,
    )
    left = unused(opened)
    words = t("loading.unused", names=listed(left)) if left else ""
    return opened.text.name, facts, _fields(opened), words


def _fields(opened: Opened) -> Markup:
    """Return a row for each field: its name, its column, and the first values in it."""
    shown = samples(opened)
    names = {name: str(getattr(f, language())) for name, f in opened.source.kind.fields.items()}
    rows: list[list[Cell]] = [
        [names[name], opened.column(name) or "", small(joined(*shown[name]))]
        for name in names
        if name in opened.places
    ]
    rows += [
        [names[name], small(t("loading.fixed")), value]
        for name, value in opened.source.fixed.items()
    ]
    if opened.gathered:
        rows.append([t("loading.months"), listed([*opened.gathered.values()]), ""])
    heads = [(t("loading.field"), ""), (t("loading.column"), ""), (t("loading.first_values"), "")]
    return table(Table(heads, rows))
