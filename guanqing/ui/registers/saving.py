"""What every way of entering ends in: a batch in the journal, and a word about it."""

from collections.abc import Sequence

import streamlit as st

from guanqing import registers
from guanqing.access.roles import Act
from guanqing.problems import Problem
from guanqing.registers import Values, checks, journal
from guanqing.registers.checks import Fault
from guanqing.registers.journal import Change
from guanqing.ui.registers.rows import journal_path, kind, known_branches, label_of, near
from guanqing.ui.shell.library import facts, own
from guanqing.ui.shell.session import language, said, t, tell
from guanqing.ui.shell.visitor import recording, require, visitor

OF_THE_PLAN = {"milestone_states", "plan_notes"}  # the page of a target asks for decide too


def act_of(register: str) -> Act:
    """Return what somebody must be allowed to do who enters rows of a register."""
    return "decide" if register in OF_THE_PLAN else "edit"


def entered_by() -> str:
    """Return who enters something: who signed in, else the name given once a session."""
    return visitor().name or str(st.session_state.get("entered_by") or "").strip()


def say_later(words: str, tone: str) -> None:
    """Keep a sentence for the run that follows."""
    st.session_state.setdefault("entry_said", []).append((words, tone))


def say_now() -> None:
    """Show the sentences that the last action left."""
    for words, tone in st.session_state.pop("entry_said", []):
        said(words, tone)


def save(changes: Sequence[Change], why: str) -> bool:
    """Enter changes, all or none; return whether they were, and leave the reason if not."""
    if not entered_by():
        say_later(t("registers.name_first"), "bad")
        return False
    try:
        require("edit")
        for code in {change.register for change in changes}:
            require(act_of(code))
        with recording("edited", register=changes[0].register, rows=len(changes)):
            journal.append(
                journal_path(),
                changes,
                by=entered_by(),
                why=why.strip(),
                is_simulated=bool(facts()["is_simulated"]),
            )
    except Problem as problem:
        say_later(tell(problem), "bad")
        return False
    st.session_state["entry_turn"] = turn() + 1  # forms begin anew
    return True


def turn() -> int:
    """Return a number for the widgets of forms; it changes once something is entered."""
    return int(st.session_state.get("entry_turn", 0))


def validate(values: Values, was: Values | None = None) -> tuple[bool, list[Fault]]:
    """Return whether a row is refused, its reasons left for the next run, and all its faults."""
    if missing := registers.missing(kind(), values):
        names = t("app.list_mark").join(label_of(kind().fields[name]) for name in missing)
        say_later(t("registers.missing", names=names), "bad")
        return True, []
    keys = [registers.key_of(kind(), row) for row in (values, was) if row]
    apart = any(rule.apart and rule.register == kind().code for rule in checks.checks())
    others = near({str(values["day"])}) if apart else []
    faults = checks.check(
        kind(),
        values,
        targets=own().targets,
        branches=known_branches(),
        others=[row for row in others if registers.key_of(kind(), row) not in keys],
    )
    refused = checks.refusals(faults)
    for fault in refused:
        say_later(fault.words[language()], "bad")
    return bool(refused), faults


def warn(faults: Sequence[Fault]) -> None:
    """Leave warnings about a row that was entered all the same."""
    for fault in faults:
        say_later(fault.words[language()], "doubt")
