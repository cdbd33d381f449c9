"""What is entered about a promise or a milestone: a note, an owner, a report."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import streamlit as st

from guanqing.figures.plan.standing import chosen_code, chosen_milestone, plan_year, year_plan
from guanqing.figures.plan.words import owner_of
from guanqing.plan import Milestone, Target
from guanqing.problems import Problem
from guanqing.records import code_names
from guanqing.registers import Values, journal
from guanqing.registers.journal import Change
from guanqing.ui.registers.saving import turn
from guanqing.ui.shell import filters
from guanqing.ui.shell.guarding import guarded
from guanqing.ui.shell.library import facts, query
from guanqing.ui.shell.session import language, said, t, tell
from guanqing.ui.shell.view import view
from guanqing.ui.shell.visitor import may, recording, require, visitor


def _subject() -> Target | Milestone | None:
    """Return the target or milestone the page is about."""
    code, known = chosen_code(view()), year_plan(view())
    return known.targets.get(code or "") or known.milestones.get(code or "")


@guarded("plan_notes_made")
def note_form() -> None:
    """Take a note on the target or milestone shown, or another owner of it."""
    subject = _subject()
    if subject is None or not _may_enter():
        return None
    code = subject.code
    owner_now = owner_of(view(), code, subject.owner)
    with st.expander(t("target.add_note")), st.form(f"note-{code}-{turn()}", border=False):
        words = st.text_area(t("target.note"), height=80, placeholder=t("target.note_hint"))
        left, right = st.columns(2)
        day = left.date_input(
            t("target.day"), value=filters.filters()["as_of"], format="YYYY-MM-DD"
        )
        owner = right.text_input(t("target.owner"), value=owner_now)
        by = left.text_input(t("target.by"), value=_entered_by(), disabled=bool(visitor().name))
        if st.form_submit_button(t("target.save")):
            changed = owner.strip() if owner.strip() != owner_now else None
            values = {"owner": changed or None, "note": words.strip() or None}
            if not any(values.values()):
                return said(t("target.nothing_new"), "doubt")
            key = {"plan_year": plan_year(view()), "target": code, "noted_on": _iso(day)}
            was = _noted_that_day(code, key)
            _enter("plan_notes", key, _joined(was, values), by, was)
    return None


def _noted_that_day(code: str, key: Values) -> Values | None:
    """Return what was noted on the same day: a day has one row."""
    there = query("plan_notes_made", target=code).to_dicts()
    same = next((made for made in there if _iso(made["noted_on"]) == key["noted_on"]), None)
    return same and {"owner": same["owner"], "note": same["note"]}


def _joined(was: Values | None, values: Values) -> Values:
    if was is None:
        return values
    notes = [words for words in (was["note"], values["note"]) if words]
    return {"owner": values["owner"] or was["owner"], "note": "\n".join(notes) or None}


@guarded("milestone_history")
def milestone_form() -> None:
    """Take a report on the milestone shown: its state from a day on, and a remark."""
    found = chosen_milestone(view())
    if found is None or not _may_enter():
        return
    code, states = found.milestone.code, code_names("milestone_state")
    now = found.status if found.status in states else "under_way"
    with st.expander(t("milestone.add")), st.form(f"milestone-{code}-{turn()}", border=False):
        left, middle, right = st.columns(3)
        state = left.selectbox(
            t("targets.status"),
            list(states),
            index=list(states).index(now),
            format_func=lambda found: states[found][language() != "zh"],
        )
        day = middle.date_input(
            t("targets.reported"), value=filters.filters()["as_of"], format="YYYY-MM-DD"
        )
        by = right.text_input(t("target.by"), value=_entered_by(), disabled=bool(visitor().name))
        words = st.text_area(t("milestone.words"), height=80)
        if st.form_submit_button(t("target.save")):
            key = {"plan_year": plan_year(view()), "milestone": code, "stated_on": _iso(day)}
            said_in = "note_zh" if language() == "zh" else "note_en"
            values = {"state": state, "note_zh": None, "note_en": None}
            _enter(
                "milestone_states",
                key,
                values | {said_in: words.strip() or None},
                by,
                _reported_that_day(code, key),
            )


def _reported_that_day(code: str, key: Values) -> Values | None:
    there = query("milestone_history", target=code).to_dicts()
    same = next((made for made in there if _iso(made["stated_on"]) == key["stated_on"]), None)
    return same and {name: same[name] for name in ("state", "note_zh", "note_en")}


def _may_enter() -> bool:
    known = year_plan(view())
    return bool(known.targets or known.milestones) and may("decide")


def _entered_by() -> str:
    return visitor().name or str(st.session_state.get("entered_by") or "")


def _iso(day: Any) -> str:
    return day.isoformat() if isinstance(day, date) else str(day)


def _enter(
    register: str, key: Values, values: Mapping[str, Any], by: str, was: Values | None
) -> None:
    """Write one row to the journal and show the page as it is then."""
    by = visitor().name or by  # a field that cannot be written in can be sent all the same
    if not by.strip():
        return said(t("registers.name_first"), "bad")
    st.session_state["entered_by"] = by.strip()
    subject = key.get("target") or key.get("milestone")
    try:
        require("decide")
        with recording("decided", register=register, target=subject):
            journal.append(
                journal.path_of(Path(st.session_state["library"][0])),
                [Change(register, key, {**key, **values}, was=was and {**key, **was})],
                by=by.strip(),
                is_simulated=bool(facts()["is_simulated"]),
            )
    except Problem as problem:
        return said(tell(problem), "bad")
    st.session_state["entry_turn"] = turn() + 1  # the form begins anew
    st.rerun()
    return None
