"""Which promise or milestone a story is about, and the way to any other."""

import streamlit as st

from guanqing.figures.blocks import Link
from guanqing.figures.plan.scorecard import STORY
from guanqing.figures.plan.standing import chosen_target, year_plan
from guanqing.ui.shell import filters
from guanqing.ui.shell.session import language, said, t
from guanqing.ui.shell.view import view
from guanqing.ui.widgets.blocks import lead
from guanqing.ui.widgets.panels import guarded


def choose_story() -> str | None:
    """Offer every target and milestone; return which kind is shown, None where there is none."""
    known, here = year_plan(view()), filters.code_asked()
    if here and here not in known.targets and here not in known.milestones:
        said(t("problem.unknown_target", code=here), "doubt")
    with guarded("plan_progress"):
        target = chosen_target(view())  # the most urgent, where the address names none
        here = target.target.code if target else here
    with st.container(key="story-way", horizontal=True):
        lead(Link(t("target.back"), "pages/year/targets.py", icon="arrow_back"))
        names = {code: found.name[language()] for code, found in known.targets.items()}
        names |= {code: found.name[language()] for code, found in known.milestones.items()}
        codes = list(names)
        picked = st.selectbox(
            t("target.other"),
            codes,
            index=codes.index(here) if here in codes else 0,
            format_func=lambda code: names[code],
            label_visibility="collapsed",
            key=f"other-{here}",
        )
        if picked != here:
            st.switch_page(STORY, query_params=filters.address() | {"code": picked})
    return "target" if here in known.targets else "milestone" if here in known.milestones else None


def parts_of_story() -> list[str]:
    """Return the figures that tell how a promise came to where it is."""
    with guarded("target_path"):
        return _parts()
    return []


def _parts() -> list[str]:
    standing = chosen_target(view())
    if standing is None:
        return []
    target = standing.target
    by_week = target.kind == "compliance" and standing.value is not None
    path = "survey_path" if target.kind == "survey" else "target_path"
    parts = ["opening_by_week" if by_week else path]
    if view().look_up("events_behind", target=target.code).height:
        parts.append("events_behind")
    return [*parts, "target_branches"] if target.by_branch else parts
