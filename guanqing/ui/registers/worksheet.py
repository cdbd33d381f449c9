"""The worksheet of a register: to fill in, and the way to load it."""

import tempfile
from pathlib import Path

import streamlit as st

from guanqing.intake import templates
from guanqing.ui.registers.rows import branches, kind
from guanqing.ui.shell.session import language, t
from guanqing.ui.widgets.blocks import note

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def offer_worksheet() -> None:
    """Offer the worksheet to fill in, and the page that loads it."""
    of, spoken = kind(), language()
    listed = {code: names[spoken] for code, names in branches().items()}
    note(t("registers.by_file"))
    with st.container(horizontal=True, vertical_alignment="center", key="by-file"):
        st.download_button(
            t("registers.template"),
            data=lambda: template(of.code, spoken, listed),
            file_name=f"{templates.sheet_name(of, spoken)}.xlsx",
            mime=EXCEL,
            icon=":material/download:",
            key="download-template",
            on_click="ignore",
        )
        st.page_link(
            "pages/library/loading.py",
            label=t("registers.to_loading"),
            icon=":material/upload_file:",
        )


def template(code: str, spoken: str, listed: dict[str, str]) -> bytes:
    """Return the workbook to fill in for a register."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "to_fill_in.xlsx"
        templates.write(path, templates.chosen(code), spoken, branches=listed)
        return path.read_bytes()
