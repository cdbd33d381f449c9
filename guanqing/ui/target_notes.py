"""What was noted and decided about a promise, and the forms that add to it, with their history."""

from collections.abc import Mapping
from datetime import date
from html import escape
from pathlib import Path
from typing import Any

import streamlit as st

from guanqing import plan, text
from guanqing.plan import MilestoneStanding, Standing
from guanqing.problems import Problem
from guanqing.records import code_names
from guanqing.registers import journal
from guanqing.registers.journal import Change, Values
from guanqing.ui import filters
from guanqing.ui.cards import badge
from guanqing.ui.library import facts, query
from guanqing.ui.panels import note, said, table
from guanqing.ui.registers_saving import turn
from guanqing.ui.session import language, t, tell
from guanqing.ui.target_facts import owner_of
from guanqing.ui.targets import milestones, plan_year, year_plan
from guanqing.ui.visitor import came_from, is_here, require_here
from guanqing.ui.words import written

OWNER = "\x00"  # stands for a name until the sentence around it is HTML


def chosen_milestone() -> MilestoneStanding | None:
    """Return the row of the milestone that the address names."""
    code = filters.code_asked()
    return next((row for row in milestones() if row.milestone.code == code), None)


def milestone_verdict(row: MilestoneStanding) -> None:
    """Say in large letters which milestone this is, where it stands, and who answers for it."""
    found = row.milestone
    clause = f'<div class="clause">{escape(found.clause[language()])}</div>' if found.clause else ""
    owner = owner_of(found.code, found.owner)
    due = t("milestone.due", day=found.due) if found.due else ""
    st.html(
        f'<div class="gq gq-story"><div class="what"><h2>{escape(found.name[language()])}</h2>'
        f'{clause}</div><div class="answer"><div>{badge(row.status)}</div>'
        f"<span>{' · '.join(words for words in (written(owner), escape(due)) if words)}</span>"
        "</div></div>"
    )


def reports(row: MilestoneStanding) -> None:
    """List every report on a milestone, the latest first, with who made it."""
    frame = query("milestone_history").filter(milestone_code=row.milestone.code)
    if frame.is_empty():
        return note(t("milestone.no_reports"))
    columns = [
        (t("targets.reported"), ""),
        (t("targets.status"), "s"),
        (t("milestone.words"), ""),
        (t("target.by"), "wide"),
    ]
    rows = [
        [
            text.day_of_year(report["stated_on"], language()),
            badge(report["state"]),
            _reported(report["note_zh"], report["note_en"]),
            f'<span class="why">{_who(report)}</span>',
        ]
        for report in frame.iter_rows(named=True)
    ]
    return table(columns, rows)


def _subject(row: Standing | MilestoneStanding) -> plan.Target | plan.Milestone:
    return row.target if isinstance(row, Standing) else row.milestone


def notes_made(row: Standing | MilestoneStanding) -> None:
    """List what was noted about a target or milestone, the latest first, with who did."""
    frame = query("plan_notes_made").filter(target_code=_subject(row).code)
    if frame.is_empty():
        return note(t("target.no_notes"))
    items = "".join(
        f"<li><b>{text.day(made['noted_on'], language())}</b> {_noted(made)}"
        f'<span class="why"> {_who(made)}</span></li>'
        for made in frame.iter_rows(named=True)
    )
    st.html(f'<div class="gq"><ul class="gq-notes">{items}</ul></div>')
    return None


def _reported(note_zh: str | None, note_en: str | None) -> str:
    """Return what was said of a milestone, in the reader's language where somebody said it so."""
    own = note_zh if language() == "zh" else note_en
    return escape(own) if own else written(note_zh or "")


def _noted(made: dict[str, Any]) -> str:
    owner = t("target.owner_is", name=OWNER) if made["owner"] else ""
    owner = escape(owner).replace(OWNER, written(made["owner"] or ""))
    return " ".join(words for words in (owner, written(made["note"] or "")) if words)


def _who(made: dict[str, Any]) -> str:
    """Return who said so: by name, from a file, or nobody but the simulation."""
    if made["stated_by"]:
        return written(made["stated_by"])
    if made["stated_at"]:
        return escape(t("target.from_file"))
    return escape(t("app.simulated")) if facts()["is_simulated"] else ""


def note_form(row: Standing | MilestoneStanding) -> None:
    """Take a note on a target or milestone, or another owner of it."""
    if not _may_enter():
        return None
    code = _subject(row).code
    owner_now = owner_of(code, _subject(row).owner)
    with st.expander(t("target.add_note")), st.form(f"note-{code}-{turn()}", border=False):
        words = st.text_area(t("target.note"), height=80, placeholder=t("target.note_hint"))
        left, right = st.columns(2)
        day = left.date_input(
            t("target.day"), value=filters.filters()["as_of"], format="YYYY-MM-DD"
        )
        owner = right.text_input(t("target.owner"), value=owner_now)
        by = left.text_input(t("target.by"), value=_entered_by())
        if st.form_submit_button(t("target.save")):
            changed = owner.strip() if owner.strip() != owner_now else None
            values = {"owner": changed or None, "note": words.strip() or None}
            if not any(values.values()):
                return said(t("target.nothing_new"), "doubt")
            key = {"plan_year": plan_year(), "target": code, "noted_on": _iso(day)}
            was = _noted_that_day(code, key)
            _enter("plan_notes", key, _joined(was, values), by, was)
    return None


def _noted_that_day(code: str, key: Values) -> Values | None:
    """Return what was noted on the same day: a day has one row."""
    there = query("plan_notes_made").filter(target_code=code).to_dicts()
    same = next((made for made in there if _iso(made["noted_on"]) == key["noted_on"]), None)
    return same and {"owner": same["owner"], "note": same["note"]}


def _joined(was: Values | None, values: Values) -> Values:
    if was is None:
        return values
    notes = [words for words in (was["note"], values["note"]) if words]
    return {"owner": values["owner"] or was["owner"], "note": "\n".join(notes) or None}


def milestone_form(row: MilestoneStanding) -> None:
    """Take a report on a milestone: its state from a day on, and what was said."""
    if not _may_enter():
        return
    code, states = row.milestone.code, code_names("milestone_state")
    now = row.status if row.status in states else "under_way"
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
        by = right.text_input(t("target.by"), value=_entered_by())
        words = st.text_area(t("milestone.words"), height=80)
        if st.form_submit_button(t("target.save")):
            key = {"plan_year": plan_year(), "milestone": code, "stated_on": _iso(day)}
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
    there = query("milestone_history").filter(milestone_code=code).to_dicts()
    same = next((made for made in there if _iso(made["stated_on"]) == key["stated_on"]), None)
    return same and {name: same[name] for name in ("state", "note_zh", "note_en")}


def _may_enter() -> bool:
    return bool(year_plan().targets or year_plan().milestones) and is_here(*came_from())


def _entered_by() -> str:
    return str(st.session_state.get("entered_by") or "")


def _iso(day: Any) -> str:
    return day.isoformat() if isinstance(day, date) else str(day)


def _enter(
    register: str, key: Values, values: Mapping[str, Any], by: str, was: Values | None
) -> None:
    """Write one row to the journal and show the page as it is then."""
    if not by.strip():
        return said(t("registers.name_first"), "bad")
    st.session_state["entered_by"] = by.strip()
    try:
        require_here()
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


def milestone_list(rows: list[MilestoneStanding], link: Any) -> None:
    """Draw milestones, one a line: name and last words, state; link leads to the story of each."""
    for row in rows:
        found = row.milestone
        with st.container(key=f"mile-{found.code}"):
            link(found.code, found.name[language()])
            st.html(_milestone(row))


def _milestone(row: MilestoneStanding) -> str:
    day = text.day_of_year(row.stated_on, language()) if row.stated_on else ""
    words = _reported(row.note_zh, row.note_en)
    return (
        f'<div class="gq gq-mile"><span class="why">{escape(day)} {words}</span>'
        f'<span class="state">{badge(row.status)}</span></div>'
    )
