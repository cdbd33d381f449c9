"""Which promise or milestone a story is about, and the way to any other."""

import streamlit as st

from guanqing.access.roles import policy
from guanqing.figures.blocks import Link
from guanqing.figures.plan.scorecard import STORY
from guanqing.figures.plan.standing import chosen_code, chosen_target, year_plan
from guanqing.plan import Target
from guanqing.ui.shell import filters
from guanqing.ui.shell.guarding import guarded
from guanqing.ui.shell.session import language, said, t
from guanqing.ui.shell.view import view
from guanqing.ui.shell.visitor import visitor
from guanqing.ui.widgets.blocks import lead


def choose_story() -> str | None:
    """Offer every target and milestone; return which kind is shown, None where there is none."""
    known, here = year_plan(view()), filters.code_asked()
    if here and known.targets and here not in known.targets | known.milestones:
        said(t("problem.unknown_target", code=here), "doubt")
    with guarded("plan_progress"):
        here = chosen_code(view())
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
    seen = view()
    standing = chosen_target(seen, seen.look_up)
    if standing is None:
        return []
    target = standing.target
    by_week = target.kind == "compliance" and standing.value is not None
    path = "survey_path" if target.kind == "survey" else "target_path"
    parts = ["opening_by_week" if by_week else path]
    if seen.look_up("events_behind", target=target.code).height:
        parts.append("events_behind")
    if target.by_branch and _may_be_parted(target):
        parts.append("target_branches")
    return parts


def _may_be_parted(target: Target) -> bool:
    """Say whether a promise may be shown by branch: what counts readers for who sees readers.

    What it is divided by can be worked out from the two others.

    One day less the day before, in one branch, may be one person; of the whole it says no more
    than how many more came than went (docs/decisions.md).
    """
    known = {name for figures in policy().figures.values() for name in figures}
    return all(visitor().sees(name) for name in {target.measure, target.per or ""} & known)
