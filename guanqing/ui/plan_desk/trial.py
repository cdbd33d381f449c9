"""The plan on the desk held against what is recorded, before it is saved.

A plan of another year than that shown is held against the year shown: how far the same measures
came is what a goal is set by. Its verdicts would say nothing then, and are left out.
"""

from dataclasses import replace
from datetime import date
from pathlib import Path

import streamlit as st

from guanqing import plan, warehouse
from guanqing.plan import Plan, scoring
from guanqing.plan.making.drafts import Draft
from guanqing.plan.scoring import Standing
from guanqing.ui.plan_desk.state import draft
from guanqing.ui.shell import filters
from guanqing.ui.shell.library import facts
from guanqing.ui.shell.session import t


def offer_trial() -> None:
    """Offer to hold the plan against what is recorded; that takes a moment."""
    if facts()["last_day"] is None or not draft().targets:
        return
    key = "plan_desk.trial" if is_of_year_shown(draft()) else "plan_desk.trial_of_other"
    words = t(key, day=as_of(), year=str(as_of().year))
    st.button(words, key="plan-trial", icon=":material/query_stats:", on_click=_try)


def as_of() -> date:
    """Return the day at which it is judged."""
    day: date = filters.filters()["as_of"]
    return day


def is_of_year_shown(made: Draft) -> bool:
    """Tell whether a plan is of the year that is judged."""
    return made.year == as_of().year


def tried() -> dict[str, Standing]:
    """Return where each target on the desk would stand, by code; nothing until that is asked."""
    kept = st.session_state.get("plan_tried")
    found: dict[str, Standing] = kept[1] if kept and kept[0] == _state() else {}
    return found


def _state() -> tuple[object, ...]:
    return draft().text, st.session_state["library"], as_of()


def _try() -> None:
    st.session_state["plan_tried"] = (_state(), _judged(_promised(draft())))


def _promised(made: Draft) -> Plan:
    """Return the targets on the desk as promised for the year that is judged."""
    found = plan.of_text(made.year, made.text)
    if is_of_year_shown(made):
        return found
    year = as_of().year
    targets = {
        code: replace(target, plan_year=year, revisions=(), wave=None)
        for code, target in found.targets.items()
    }
    return Plan(year, targets)


def _judged(promised: Plan) -> dict[str, Standing]:
    library = Path(st.session_state["library"][0])
    with warehouse.connect(library, promised=promised) as connection:
        progress, evidence = (
            warehouse.run(connection, name, as_of=as_of(), target=None).to_dicts()
            for name in ("plan_progress", "plan_evidence")
        )
    found = scoring.scorecard(promised, progress, evidence)
    return {standing.target.code: standing for standing in found}
