"""Another number to reach from a day of the year on: decided, with its reason."""

from datetime import date

import streamlit as st

from guanqing import text
from guanqing.figures.blocks import Cell, Table
from guanqing.plan.making import values
from guanqing.plan.making.cells import CellFault
from guanqing.plan.planrules import Entry, target_faults
from guanqing.ui.plan_desk.faults import because
from guanqing.ui.plan_desk.state import draft, put, year
from guanqing.ui.registers.saving import say_later
from guanqing.ui.shell.session import language, t
from guanqing.ui.widgets.blocks import note
from guanqing.ui.widgets.tables import table


def adjust(code: str, entry: Entry) -> None:
    """Show how a target was changed within the year, and take another change."""
    there = _revisions(entry)
    with st.expander(t("plan_desk.adjust"), expanded=bool(there)):
        note(t("plan_desk.adjust_hint"))
        if there:
            _table(entry, there)
            st.button(
                t("plan_desk.adjust_undo"),
                key=f"plan-unadjust-{code}",
                type="tertiary",
                on_click=_take_back,
                args=(code,),
            )
        form = f"plan-adjust-{year()}-{code}-{len(there)}"
        with st.form(form, border=False):
            left, right = st.columns(2)
            left.date_input(
                t("plan_desk.adjust_since"),
                value=None,
                min_value=date(year(), 1, 2),
                max_value=date(year(), 12, 31),
                format="YYYY-MM-DD",
                key=f"{form}-since",
            )
            right.text_input(t("plan_desk.adjust_to"), key=f"{form}-to")
            st.text_input(t("plan_desk.adjust_why"), key=f"{form}-why")
            st.form_submit_button(
                t("plan_desk.adjust_put"), on_click=_put, args=(form, code), key=f"put-{form}"
            )


def _revisions(entry: Entry) -> list[Entry]:
    found = entry.get("revisions", [])
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _table(entry: Entry, there: list[Entry]) -> None:
    is_percent = entry.get("shown_as") == "percent"
    heads = [(t(f"plan_desk.adjust_{name}"), "") for name in ("since", "to", "why")]
    rows: list[list[Cell]] = []
    for one in there:
        since, reason = one.get("since"), one.get("reason")
        rows.append(
            [
                text.day(since, language()) if isinstance(since, date) else str(since),
                values.number_in_words(one.get("at_least"), percent=is_percent, grouped=True),
                str(reason.get(language(), "")) if isinstance(reason, dict) else "",
            ]
        )
    table(Table(heads, rows), style="gq-register")


def _put(form: str, code: str) -> None:
    since, to, why = (st.session_state.get(f"{form}-{name}") for name in ("since", "to", "why"))
    found = draft().find(code)
    if found is None:
        return
    goal = values.number(str(to or ""))
    if goal is None:
        say_later(because("no_number", str(to or ""), ""), "bad")
        return
    words = " ".join(str(why or "").split())
    if not since or not words:
        say_later(t("plan_desk.adjust_needs"), "bad")
        return
    made = {"since": since, "at_least": goal, "reason": {"zh": words, "en": words}}
    entry = found[1] | {"revisions": [*_revisions(found[1]), made]}
    wrong = [CellFault(*map(str, fault)) for fault in target_faults(year(), entry)]
    if wrong:
        say_later(because(wrong[0].why, wrong[0].value, ""), "bad")
        return
    _replace(code, entry)
    say_later(t("plan_desk.adjusted"), "good")


def _take_back(code: str) -> None:
    """Take the last change away."""
    found = draft().find(code)
    if found is None:
        return
    left = _revisions(found[1])[:-1]
    rest = {name: value for name, value in found[1].items() if name != "revisions"}
    _replace(code, rest | ({"revisions": left} if left else {}))


def _replace(code: str, entry: Entry) -> None:
    there = draft().targets
    put(draft().having("targets", tuple(entry if o.get("code") == code else o for o in there)))
