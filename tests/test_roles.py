"""Who sees what: every role on every page, over what reaches the browser and not what is drawn."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from screens import PAGES, htmls, open_page, told
from streamlit.testing.v1 import AppTest

from guanqing import figures, text, warehouse
from guanqing.access import people, tickets
from guanqing.access.people import Visitor
from guanqing.access.roles import policy
from guanqing.paths import ROOT
from guanqing.plan import Target
from guanqing.problems import Problem
from guanqing.ui import exports
from guanqing.ui.plan import story
from guanqing.ui.shell import visitor
from guanqing.ui.shell.frame import HIDDEN

pytest_plugins = ["stores"]

TICKET = re.compile(r"/export/([^\"]+)")
ROLES = list(policy().roles)
OWN, OTHERS = "TG", ("平遥", "介休", "祁县", "灵石", "寿阳", "左权", "榆社", "和顺", "昔阳")


def known_as(role: str) -> Visitor:
    """Return somebody who has a role, at one branch where it is the role of one."""
    return Visitor("a@b.example", "某人", role, OWN if policy().role(role).own_branch else None)


@pytest.fixture(scope="module")
def screens(simulated: Path) -> dict[tuple[str, str], AppTest]:
    """Keep what has been opened: a role's page is looked at by several laws."""
    return {}


def opened(
    screens: dict[tuple[str, str], AppTest], store: Path, role: str, page: str, **query: str
) -> AppTest:
    key = (role, f"{page}{query}")
    if key not in screens:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(visitor, "recognise", lambda **_: known_as(role))
            patch.setattr(exports, "browser", lambda: "a browser")
            screens[key] = open_page(page, store, **query)
    return screens[key]


def keys(parent: Any) -> Iterator[str]:
    """Yield the keys of all containers and widgets, however deep."""
    for child in parent.children.values():
        found = getattr(child.proto, "id", "") or ""
        yield from [found, str(getattr(child, "key", None) or "")]
        if hasattr(child, "children"):
            yield from keys(child)


def everything_sent(parent: Any) -> Iterator[str]:
    """Yield all that reaches the browser, seen or not, however deep."""
    for child in parent.children.values():
        proto = getattr(child, "proto", None)
        yield from (str(getattr(proto, "body", "")), str(getattr(proto, "spec", "")), str(proto))
        if hasattr(child, "children"):
            yield from everything_sent(child)


def figures_shown(app: AppTest) -> set[str]:
    """Return the figures that reach the browser, by the keys of their containers."""
    found = set()
    for key in keys(app.main):
        for kind in ("panel-", "kpi-", "bare-", "define-", "download-"):
            if kind in key:
                named = key.rpartition(kind)[2].removeprefix("kpi-")
                found |= {name for name in figures.every() if named in (name, f"{name}-0")}
    return found


# --- the decision


def test_every_figure_is_decided_on_once() -> None:
    decided = [figure for group in policy().figures.values() for figure in group]
    assert sorted(decided) == sorted({*figures.every(), *worked_on()})


def worked_on() -> set[str]:
    """Return the names under which `work` frames what is worked on, for they have downloads too."""
    sources = "".join(path.read_text("utf-8") for path in (ROOT / "guanqing/ui").rglob("*.py"))
    return set(re.findall(r"\bwork\(\s*\"(\w+)\"", sources))


def test_every_page_is_decided_on() -> None:
    there = {Path(page).stem for page in PAGES}
    for role in policy().roles.values():
        assert set(role.pages) <= there
    assert {page for role in policy().roles.values() for page in role.pages} == there


def test_whoever_comes_home_has_a_page_there() -> None:
    assert all("overview" in role.pages for role in policy().roles.values())


def test_a_figure_that_nobody_has_decided_on_is_for_nobody() -> None:
    for role in policy().roles.values():
        with pytest.raises(Problem, match="undecided"):
            policy().sees(role, "not_yet_decided")


def test_a_panel_says_that_nobody_has_decided_who_sees_it(
    simulated: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, gone = policy(), ("loans_by_day", "visit_count", "loans_by_hour")
    groups = {
        group: tuple(name for name in names if name not in gone)
        for group, names in made.figures.items()
    }
    forgotten = replace(made, figures=groups)
    monkeypatch.setattr(people, "policy", lambda: forgotten)
    monkeypatch.delitem(figures.every(), "loans_by_hour")  # as if its name were mistyped
    app = open_page("pages/service/circulation.py", simulated)
    for name in ("loans_by_day", "visit_count"):
        assert text.translate("problem.undecided", "zh", name=name) in told(app)
        assert name not in figures_shown(app)
    assert any("loans_by_hour" in said and "loans_by_channel" in said for said in told(app))
    assert "loans_by_channel" in figures_shown(app)


@pytest.mark.parametrize("role", ["council", "branch_head", "wall"])
def test_readers_are_not_for_roles_of_the_public(role: str) -> None:
    readers = policy().figures["readers"]
    assert not any(policy().sees(policy().role(role), figure) for figure in readers)
    assert not {"readers", "cards", "registers", "loading"} & set(policy().role(role).pages)
    assert (
        not {"names", "load", "edit", "decide", "read_plan", "plan", "audit"}
        & policy().role(role).may
    )


@pytest.mark.parametrize("role", ["council", "branch_head"])
@pytest.mark.parametrize("page", ["overview", "circulation", "classes"])
def test_no_file_that_the_public_takes_out_counts_people(
    screens: dict[tuple[str, str], AppTest], simulated: Path, role: str, page: str
) -> None:
    (path,) = (path for path in PAGES if Path(path).stem == page)
    sent = "".join(htmls(opened(screens, simulated, role, path)))
    taken = {tickets.redeem(words, "a browser").query for words in TICKET.findall(sent)}
    assert taken
    for query in taken:
        header = warehouse.source(query).partition("columns:")[2].partition("\n\n")[0]
        assert not re.search(r"(borrower|reader|holder|person)_count", header), query


# --- what is sent


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("role", ROLES)
@pytest.mark.few(3)
def test_what_is_not_for_a_role_is_not_sent(
    screens: dict[tuple[str, str], AppTest], simulated: Path, role: str, page: str
) -> None:
    app = opened(screens, simulated, role, page)
    had = policy().role(role)
    assert not app.exception
    shown = figures_shown(app)
    refusal = text.translate("problem.not_for_role", "zh", role=had.name["zh"])
    if Path(page).stem in had.pages:
        assert all(policy().sees(had, figure) for figure in shown)
        assert refusal not in told(app)
        assert shown or Path(page).stem in ("registers", "loading", "audit", "plan_desk")
    else:
        assert not shown
        assert told(app) == [refusal]
    taken = TICKET.findall("".join(htmls(app)))
    assert not taken or "export" in had.may
    for words in taken:
        ticket = tickets.redeem(words, "a browser")
        assert "read_plan" in had.may if ticket.plan else policy().sees(had, ticket.figure)
        assert "/" not in ticket.library  # where the store lies is nobody's business
        if had.own_branch:
            asked = {said for asking in ticket.asked for said in asking}
            assert not {said for said in asked if said.startswith("branches=")} - {
                f"branches={OWN}"
            }


@pytest.mark.parametrize("page", [page for page in PAGES if Path(page).stem not in HIDDEN])
def test_one_branch_is_told_nothing_of_the_others(
    screens: dict[tuple[str, str], AppTest], simulated: Path, page: str
) -> None:
    app = opened(screens, simulated, "branch_head", page, branch="PY")
    sent = "".join(everything_sent(app.main)) + "".join(everything_sent(app.sidebar))
    for other in OTHERS:
        assert other not in sent
    if Path(page).stem in policy().role("branch_head").pages:
        assert text.translate("problem.other_branch", "zh") in told(app)
        assert "太谷" in sent


@pytest.mark.parametrize(
    ("role", "measure", "per", "parted"),
    [
        ("council", "card_holder_count", None, False),
        ("director", "card_holder_count", None, True),
        ("council", "loan_count", None, True),
        ("council", "loan_count", "card_holder_count", False),  # loans by branch are told elsewhere
        ("director", "loan_count", "card_holder_count", True),
        ("council", "web_visit_count", None, True),  # no figure of its own
    ],
)
def test_a_promise_about_readers_is_not_parted_by_branch_for_who_sees_none(
    monkeypatch: pytest.MonkeyPatch, role: str, measure: str, per: str | None, parted: bool
) -> None:
    monkeypatch.setattr(story, "visitor", lambda: known_as(role))
    words = {"zh": "目标", "en": "a promise"}
    target = Target(2019, "promise", "total", measure, 1, words, words, per=per)
    assert story._may_be_parted(target) == parted
