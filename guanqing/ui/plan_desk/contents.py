"""What the plan on the desk holds: whose it is, each target, and where it would stand."""

import streamlit as st
from markupsafe import Markup

from guanqing import text
from guanqing.figures import markup
from guanqing.figures.blocks import Cell, Table
from guanqing.figures.markup import badge
from guanqing.figures.plan.words import amount
from guanqing.plan.making.columns import MILESTONE, choices, desk
from guanqing.plan.making.drafts import TABLES, Draft
from guanqing.plan.planrules import SCOPES, Entry
from guanqing.plan.scoring import Standing
from guanqing.ui.plan_desk.state import called, draft, goal, on_desk, put, year
from guanqing.ui.plan_desk.trial import as_of, is_of_year_shown, offer_trial, tried
from guanqing.ui.plan_desk.words import unbroken
from guanqing.ui.shell.library import facts
from guanqing.ui.shell.session import language, t
from guanqing.ui.shell.view import view


def scope(made: Draft) -> None:
    """Ask whose the plan is, where there is more than one branch."""
    if facts()["branch_count"] < 2 and made.scope in SCOPES:
        return
    known = choices("scope")
    st.segmented_control(
        t("plan_desk.scope"),
        [*known],
        format_func=lambda code: known[code].words[language()],
        default=made.scope if made.scope in known else None,
        key=f"plan-scope-{year()}-{made.scope}",
        on_change=_choose_scope,
        args=(f"plan-scope-{year()}-{made.scope}",),
    )


def _choose_scope(key: str) -> None:
    made = draft()
    chosen = st.session_state.get(key)
    if chosen:
        put(Draft(made.year, chosen, made.targets, made.milestones, made.head))


def contents(made: Draft) -> None:
    """List the targets and milestones, and where they would stand once that was asked."""
    heads = [(t(f"plan_desk.{name}"), "") for name in ("name", "kind", "promised")]
    found = tried()
    if found:
        heads.append((t("plan_desk.stands", day=text.day_of_year(as_of(), language())), ""))
    rows: list[list[Cell]] = [
        [
            called(entry),
            unbroken(_kind(entry)),
            goal(entry),
            *([_standing(found.get(str(entry.get("code"))))] if found else []),
        ]
        for name in TABLES
        for entry in made.entries(name)
    ]
    with st.expander(t("plan_desk.contents"), expanded=bool(found) or not on_desk().is_changed):
        offer_trial()
        _scrolled(Table(heads, rows))


def _scrolled(made: Table) -> None:
    """Draw a table that scrolls within its place: the page then fits the first screen of a desk.

    Streamlit's own container that scrolls cannot be reached by a keyboard.
    """
    form = '<div class="gq gq-register gq-tall" tabindex="0" role="region" aria-label="{}">{}</div>'
    st.html(Markup(form).format(t("plan_desk.contents"), markup.table(made)))


def _standing(one: Standing | None) -> Markup:
    """Return where a target would stand; of another year no verdict, for it would mean nothing."""
    if one is None:
        return Markup("")
    said = amount(view(), one.value, one.target)
    is_judged = is_of_year_shown(draft())
    verdict = Markup(" ") + badge(one.status, view()) if is_judged else ""
    return Markup("{}{}").format(said, verdict)


def _kind(entry: Entry) -> str:
    kind = str(entry.get("kind", MILESTONE))
    return desk().kinds[kind].name[language()] if kind in desk().kinds else kind
