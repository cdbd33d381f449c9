"""A target is held against the value of its scope and no other; pages open on that scope."""

from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
from conftest import OWN_OF_TESTS, PLANS, YEAR_2019
from screens import head, htmls, open_page, seen
from test_judging import promise

from guanqing import figures, measures, plan, warehouse
from guanqing.figures import View
from guanqing.figures.blocks import Card
from guanqing.period import Period
from guanqing.plan import Plan
from guanqing.store import Store

pytest_plugins = ["stores"]

OVERVIEW = "pages/year/overview.py"
PROMISED = sorted(code for code, one in measures.load().items() if one.counted_as)
CHOICES = {"network": None, "main": ["JZ"], "another": ["TG"], "both": ["JZ", "TG"]}


@pytest.fixture(scope="module")
def demo(simulated: Path) -> duckdb.DuckDBPyConnection:
    return warehouse.connect(Store(simulated).current())


@pytest.fixture
def shown(demo: duckdb.DuckDBPyConnection) -> Callable[[str, Any], Card]:
    """Return a function that shows a card of the simulated library for a choice of branches."""
    facts = warehouse.run(demo, "library_facts").row(0, named=True)
    days = {"start_date": date(2019, 1, 1), "end_date": date(2019, 10, 1)}

    def shown(measure: str, branches: list[str] | None) -> Card:
        filters = {**days, "branches": branches, "as_of": date(2019, 9, 30), "target": None}
        view = View(
            lambda query, params: warehouse.run(demo, query, **params),
            facts,
            filters,
            Period("2019", **days),
            own=OWN_OF_TESTS,
        )
        (card,) = figures.named(measure).show(view).content.blocks
        assert isinstance(card, Card)
        return card

    return shown


@pytest.mark.parametrize("choice", CHOICES)
@pytest.mark.parametrize("measure", [code for code in PROMISED if code != "satisfied_share"])
def test_a_card_shows_the_target_where_the_branches_are_those_it_speaks_of(
    measure: str, choice: str, shown: Callable[[str, Any], Card], demo: duckdb.DuckDBPyConnection
) -> None:
    card = shown(measure, CHOICES[choice])
    counted_as = measures.named(measure).counted_as
    targets = plan.load(2019, PLANS).targets.values()
    target = next((one for one in targets if one.counted == counted_as), None)
    if target is None:
        assert card.goal is None
        return
    assert target.scope == "main"
    if choice != "main":
        assert card.goal is card.status is None
        assert "总馆" in card.aside
        return
    as_of = date(2019, 9, 30)
    (row,) = warehouse.run(demo, "plan_progress", as_of=as_of, target=target.code).to_dicts()
    assert card.value == pytest.approx(row["value"])
    assert (card.goal, card.status) == (row["target"], row["status"])
    assert card.whose == "总馆"


def test_the_networks_own_target_stands_beside_the_networks_value(
    shown: Callable[[str, Any], Card], monkeypatch: pytest.MonkeyPatch
) -> None:
    of_main = plan.load(2019, PLANS).targets["card_holders"]
    known = Plan(2019, {"card_holders": replace(of_main, scope="network")})
    monkeypatch.setattr(plan, "load", lambda *_, known=known: known)
    card = shown("card_holder_count", ["JZ"])
    assert (card.goal, card.aside) == (None, "目标属全网")


@pytest.mark.parametrize(("scope", "is_said"), [("main", False), ("network", True)])
def test_a_plan_that_speaks_for_two_says_of_each_target_whose_it_is(
    scope: str, is_said: bool, library: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that speaks for one says so once, in its verdict."""
    targets = [
        promise(2019, "total", "lecture_count", scope="main"),
        promise(2019, "total", "exhibition_count", scope=scope),
    ]
    known = Plan(2019, {target.code: target for target in targets})
    monkeypatch.setattr(plan, "load", lambda *_, known=known: known)
    library.promise(known)
    facts = library.ask("library_facts").row(0, named=True)
    days = {"start_date": date(2019, 1, 1), "end_date": date(2020, 1, 1)}
    view = View(
        lambda query, params: library.ask(query, **params), facts, YEAR_2019, Period("2019", **days)
    )
    (table,) = figures.named("plan_behind").show(view).content.blocks
    goals = [str(row[2]) for row in table.rows]
    assert [("总馆" in goal or "全网" in goal) for goal in goals] == [is_said] * 2


def test_one_library_alone_has_its_target_whatever_it_is_said_of(
    library: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    library.rows["branches"].pop()
    library.lend()
    library.hold()
    days = {"start_date": date(2019, 1, 1), "end_date": date(2020, 1, 1)}
    for scope in ("main", "network"):
        target = promise(2019, "rate", "loan_count", "holdings", scope=scope)
        known = Plan(2019, {target.code: target})
        monkeypatch.setattr(plan, "load", lambda *_, known=known: known)
        library.promise(known)
        facts = library.ask("library_facts").row(0, named=True)
        view = View(
            lambda query, params: library.ask(query, **params),
            facts,
            YEAR_2019,
            Period("2019", **days),
        )
        (card,) = figures.named("circulation_rate").show(view).content.blocks
        assert (card.value, card.goal, card.whose) == (0.01, 10, "本馆")


def test_the_people_of_the_network_are_not_known_and_that_is_said(
    shown: Callable[[str, Any], Card],
) -> None:
    assert shown("visits_per_capita", None).value is None
    assert shown("visits_per_capita", ["JZ"]).value == pytest.approx(128_000 / 650_000)


# --- pages


def test_pages_open_on_what_the_plan_speaks_of(simulated: Path) -> None:
    app = open_page(OVERVIEW, simulated)
    assert app.multiselect[0].value == ["JZ"]
    assert "branch" not in app.query_params
    assert " · 总馆 · " in seen(head(app))
    (verdict,) = [seen(html) for html in htmls(app) if "gq-verdict" in html]
    assert "（总馆，" in verdict


def test_the_whole_network_has_an_address_and_no_target_of_the_main_library(
    simulated: Path,
) -> None:
    app = open_page(OVERVIEW, simulated, branch="all")
    assert app.multiselect[0].value == []
    assert app.query_params["branch"] == "all"
    assert "全网" in seen(head(app))
    cards = [seen(html) for html in htmls(app) if "gq-value" in html]
    (holders,) = [words for words in cards if "持证读者" in words]
    assert "目标属总馆" in holders
    assert "1.3万" not in holders
    (verdict,) = [seen(html) for html in htmls(app) if "gq-verdict" in html]
    assert "（总馆，" in verdict  # the plan stays in its scope


def test_another_branch_stands_without_the_target_and_says_whose_that_is(simulated: Path) -> None:
    app = open_page("pages/people/cards.py", simulated, branch="TG")
    (holders,) = [seen(html) for html in htmls(app) if "gq-value" in html and "持证读者" in html]
    assert "目标属总馆" in holders


def test_a_plan_of_the_network_opens_on_the_network(
    simulated: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded = plan.load

    def of_the_network(year: int, folder: Path, branches: Collection[str] = ()) -> Plan:
        known = loaded(year, folder, branches)
        targets = {code: replace(one, scope="network") for code, one in known.targets.items()}
        return replace(known, targets=targets)

    monkeypatch.setattr(plan, "load", of_the_network)
    app = open_page("pages/people/cards.py", simulated)
    assert app.multiselect[0].value == []
    assert "branch" not in app.query_params
