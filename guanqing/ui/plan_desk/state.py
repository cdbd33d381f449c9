"""The plan on the desk: which year's, what is on disk, and what is being made of it."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import streamlit as st

from guanqing import own as owns
from guanqing import plan
from guanqing.own import about, inventory
from guanqing.plan.making import drafts, saving
from guanqing.plan.making.drafts import TABLES, Draft
from guanqing.plan.making.rebasing import Clash, clashes, rebased
from guanqing.plan.making.saving import Saved
from guanqing.plan.making.showing import promise
from guanqing.plan.planrules import Entry
from guanqing.ui.registers.rows import branches as branch_names
from guanqing.ui.shell import filters
from guanqing.ui.shell.library import facts, own
from guanqing.ui.shell.session import language, t


@dataclass(frozen=True)
class OnDesk:
    """A plan being made, the plan it was begun from, and whether it is another."""

    draft: Draft
    start: Draft
    base: str  # the state of the file it was begun from
    is_changed: bool = False


def folder() -> Path:
    """Return where the plans of the library stand that is shown."""
    return own().targets


def folder_to_change() -> Path:
    """Return the same to be written to."""
    library = Path(st.session_state["library"][0])
    return owns.to_change(library, is_simulated=bool(facts()["is_simulated"])).targets


def take_note() -> None:
    """Have the store know that a plan was saved: it is missed from now on if it goes."""
    inventory.note(owns.store_of(Path(st.session_state["library"][0])))


def years() -> list[int]:
    """Return the years whose plan can be looked at or made, the latest first."""
    shown = filters.filters()["as_of"].year
    last = facts()["last_day"] or date.today()
    first = about.read(own()).year or shown  # whose plan the library said it makes first
    return sorted({*plan.years(folder()), shown, first, last.year, last.year + 1}, reverse=True)


def year() -> int:
    """Return the year chosen."""
    chosen = st.session_state.get("plan_desk_year")
    return chosen if chosen in years() else int(filters.filters()["as_of"].year)


def saved() -> Saved | None:
    """Return the plan that holds now, None where there is none. Problem: file_not_readable."""
    return saving.current(folder(), year())


def saved_draft(of: int | None = None) -> Draft:
    """Return what the plan of a year says now; one that cannot be read says nothing."""
    asked = year() if of is None else of
    found = saving.current(folder(), asked)
    return read(asked, found.text) if found else Draft(asked)


def read(of: int, words: str) -> Draft:
    """Return a plan as it is written; one that cannot be read says nothing."""
    try:
        return drafts.drafted(of, words)
    except ValueError:
        return Draft(of)


def is_readable() -> bool:
    """Tell whether the plan on disk can be read, so that what is on the desk is all of it."""
    found = saved()
    try:
        return found is None or bool(drafts.drafted(year(), found.text))
    except ValueError:
        return False


def on_desk() -> OnDesk:
    """Return what is on the desk: what was begun, else the plan as it stands."""
    kept: OnDesk | None = _kept().get(_key())
    now = saving.version(folder(), year())
    if kept is None or (kept.base != now and not kept.is_changed):
        there = saved_draft()
        coded = drafts.with_codes(there)  # what has none could not be told from what is new
        kept = OnDesk(coded, coded, now, is_changed=coded != there)
        _kept()[_key()] = kept
    return kept


def draft() -> Draft:
    """Return the plan on the desk."""
    return on_desk().draft


def put(made: Draft) -> None:
    """Put a plan on the desk in place of the one there."""
    was = on_desk()
    is_changed = made.text != saved_draft().text
    _kept()[_key()] = OnDesk(made, was.start, was.base, is_changed=is_changed)


def clear() -> None:
    """Take what was made off the desk: the plan as it stands is there again."""
    _kept().pop(_key(), None)


def is_overtaken() -> bool:
    """Tell whether somebody saved another plan since the one on the desk was begun."""
    return on_desk().base != saving.version(folder(), year())


def go_on(*, theirs_hold: bool = False) -> None:
    """Take the plan as it now stands for what the one on the desk was begun from."""
    made, now = gone_on(theirs_hold=theirs_hold), saving.version(folder(), year())
    there = saved_draft()
    start = drafts.with_codes(there)
    _kept()[_key()] = OnDesk(made, start, now, is_changed=made.text != there.text)


def gone_on(*, theirs_hold: bool = False) -> Draft:
    """Return the plan on the desk as it would be on top of the plan as it now stands."""
    there = drafts.with_codes(saved_draft())
    return rebased(draft(), on_desk().start, there, theirs_hold=theirs_hold)


def clashing() -> list[Clash]:
    """Return what was changed on the desk and, otherwise, in the plan as it now stands."""
    return clashes(draft(), on_desk().start, drafts.with_codes(saved_draft()))


def _kept() -> dict[tuple[bool, int], OnDesk]:
    kept: dict[tuple[bool, int], OnDesk] = st.session_state.setdefault("plan_on_desk", {})
    return kept


def _key() -> tuple[bool, int]:
    return bool(facts()["is_simulated"]), year()


def codes() -> dict[tuple[str, str], str]:
    """Return the codes that entries have by their names in this plan and those of other years."""
    others = [saved_draft(other) for other in plan.years(folder()) if other != year()]
    return drafts.codes_of(*others, saved_draft())


def branches() -> dict[str, dict[str, str]]:
    """Return the branches of the library by code, with their names."""
    return branch_names()


# --- in words


def called(entry: Entry) -> str:
    """Return the name of an entry in the reader's language."""
    name = entry.get("name")
    words = name.get(language()) if isinstance(name, dict) else None
    return str(words or entry.get("code") or t("plan_desk.nameless"))


def goal(entry: Entry) -> str:
    """Return what a target promises, in few words; of a milestone its day."""
    return promise(entry, language())


def by_code(made: Draft) -> dict[str, Entry]:
    """Return the entries of a plan by code, targets first."""
    return {str(one.get("code", "")): one for table in TABLES for one in made.entries(table)}
