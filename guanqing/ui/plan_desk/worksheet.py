"""The plan as a worksheet: to be filled in or changed there, and pasted back."""

import streamlit as st

from guanqing.intake import plan_sheets
from guanqing.plan.making.columns import desk
from guanqing.plan.making.drafts import TABLES
from guanqing.plan.making.showing import cells_of
from guanqing.ui.plan_desk.kinds import example_of
from guanqing.ui.plan_desk.state import draft, year
from guanqing.ui.registers.worksheet import EXCEL
from guanqing.ui.shell.session import language, t
from guanqing.ui.widgets.blocks import note


def offer_worksheet() -> None:
    """Offer a worksheet with an example of each kind, and what is on the desk as one."""
    note(t("plan_desk.by_worksheet"))
    entries = [one for table in TABLES for one in draft().entries(table)]
    with st.container(horizontal=True, vertical_alignment="center", key="by-plan-sheet"):
        _offer("examples", lambda: _sheet([example_of(one) for one in desk().kinds.values()]))
        if entries:
            _offer("this", lambda: _sheet([cells_of(one, language()) for one in entries]))


def _offer(name: str, make: object) -> None:
    st.download_button(
        t(f"plan_desk.sheet_{name}"),
        data=make,  # type: ignore[arg-type]
        file_name=f"{t(f'plan_desk.file_{name}', year=str(year()))}.xlsx",
        mime=EXCEL,
        icon=":material/download:",
        key=f"plan-sheet-{name}",
        on_click="ignore",
    )


def _sheet(rows: list[dict[str, str]]) -> bytes:
    return plan_sheets.workbook(rows, language(), year())
