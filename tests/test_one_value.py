"""A measure that is a figure and a target has one value for the same day and scope."""

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import polars as pl
import pytest
from conftest import DAY, PLANS, YEAR_2019, fill, some_every_day
from screens import htmls, open_page, seen
from test_judging import more_answers, promise

from guanqing import figures, measures, period, plan, warehouse
from guanqing.figures import View, key_figures
from guanqing.period import Period
from guanqing.plan import Plan, planfile, scoring
from guanqing.store import Store
from guanqing.ui.widgets.definition import definition

pytest_plugins = ["stores"]

Ask = Callable[[str], pl.DataFrame]
UNASKED = "the latest wave did not ask it, or nobody answered"
BRANCHES = ("main", "east")


def first_value(frame: pl.DataFrame, column: str, **where: Any) -> Any:
    """Return a column of the one row there is, None where there is none."""
    found = frame.filter(**where) if where else frame
    assert found.height <= 1
    return found[column][0] if found.height else None


def of_loans(column: str) -> Callable[[Ask], Any]:
    return lambda ask: first_value(ask("circulation_headline"), column)


def machines(ask: Ask) -> Any:
    """Return the share of the card; the months of the figure add up to it."""
    months = ask("self_service_by_month")
    at_machines = months["self_service_loan_count"].drop_nulls()
    headline = first_value(ask("circulation_headline"), "self_service_share")
    found = at_machines.sum() / months["loan_count"].sum() if len(at_machines) else None
    assert headline == pytest.approx(found)
    return headline


def holders(ask: Ask) -> Any:
    headline = first_value(ask("card_headline"), "card_holder_count")
    assert ask("cards_by_month")["holder_count"][-1] == headline
    return headline


def satisfied(ask: Ask) -> Any:
    """Return the share of the wave shown; a wave that asked something else is no reading of it."""
    wave = ask("survey_by_question").filter(question_code="overall", is_in_period=True)
    if wave.is_empty() or wave["reason"][0] == "no_answers":
        return UNASKED
    return wave["satisfied_share"][0]


def of_kind(kind: str) -> Callable[[Ask], Any]:
    return lambda ask: first_value(ask("attendance_by_kind"), "event_count", event_kind=kind)


def worst_week(ask: Ask) -> Any:
    return ask("opening_by_branch")["worst_hours"].min()


# (kind, measure, per) -> where a page has it; the period is the year up to the day
ASKED: dict[tuple[str, str, str | None], Callable[[Ask], Any]] = {
    ("total", "loan_count", None): of_loans("loan_count"),
    ("total", "visit_count", None): of_loans("visit_count"),
    ("rate", "loan_count", "holdings"): of_loans("circulation_rate"),
    ("rate", "visit_count", "population"): of_loans("visits_per_capita"),
    ("rate", "self_service_loan_count", "loan_count"): machines,
    ("level", "card_holder_count", None): holders,
    ("survey", "reader_satisfaction", None): satisfied,
    ("survey", "feedback_satisfaction", None): lambda ask: first_value(
        ask("feedback_handled"), "satisfied_share"
    ),
    ("total", "volunteer_count", None): lambda ask: ask("volunteers_by_activity")[
        "volunteer_count"
    ].sum(),
    ("compliance", "opening_hours", None): worst_week,
    ("total", "lecture_count", None): of_kind("lecture"),
    ("total", "featured_count", None): of_kind("featured"),
}
# 0 in the plan, which knows that the register is kept, where a list of what came about has no row
LISTED = {"volunteer_count", "lecture_count", "featured_count"}


def promised(year: int, scope: str) -> Plan:
    """Return a plan with a target for every measure asked, and parts for the branches."""
    targets = []
    for kind, measure, per in ASKED:
        by_branch = planfile.plan_measures()[measure].by_branch
        is_parted = by_branch and kind != "compliance" and per != "population"
        parts = dict.fromkeys(BRANCHES, 1.0) if is_parted else {}
        targets.append(promise(year, kind, measure, per, scope=scope, by_branch=parts))
    return Plan(year, {target.code: target for target in targets})


def of_year(day: date, branch: str | None) -> dict[str, Any]:
    """Return the parameters of the year up to a day."""
    return {
        "start_date": date(day.year, 1, 1),
        "end_date": day + DAY,
        "as_of": day,
        "branches": [branch] if branch else None,
    }


def agree(what: tuple[str, str, str | None], shown: Any, judged: Any, where: object) -> None:
    if what[1] in LISTED:
        shown, judged = shown or 0, judged or 0
    if shown is not UNASKED:
        assert shown == pytest.approx(judged), (what, where)


@pytest.mark.parametrize("seed", some_every_day(4, 2))
@pytest.mark.few(2)
def test_a_page_and_the_plan_say_the_same(seed, library):
    dice = random.Random(seed)
    fill(library, dice)
    more_answers(library, dice)
    for case in library.rows["feedback"]:
        case["received_on"] = case["answered_on"] or case["received_on"]  # not answered before
    scope = dice.choice(["main", "network"])
    library.promise(promised(2018, scope), promised(2019, scope))
    judged = {
        (row["target_code"], row["branch_code"], row["day"]): row["value"]
        for row in library.table("target_days")
    }
    days = [date(2018, 1, 1), date(2019, 1, 1), date(2018, 12, 31)]
    for day in [*days, *(date(2018, 1, 1) + dice.randrange(730) * DAY for _ in range(4))]:
        for branch in (None, *BRANCHES):
            answers: dict[str, pl.DataFrame] = {}

            def ask(
                name: str,
                day: date = day,
                branch: str | None = branch,
                told: dict[str, pl.DataFrame] = answers,
            ) -> pl.DataFrame:
                # the whole of a promise is its scope's
                given = of_year(day, branch or (scope if scope == "main" else None))
                if name not in told:
                    params = {key: given[key] for key in warehouse.parameters(name)}
                    told[name] = library.ask(name, **params)
                return told[name]

            for what, asked in ASKED.items():
                code = promise(2019, *what).code
                if (code, branch, day) in judged:
                    agree(what, asked(ask), judged[code, branch, day], (day, branch))


@pytest.mark.parametrize("day", [date(2019, 2, 28), date(2019, 9, 30)], ids=str)
def test_so_it_is_in_the_simulated_library(day, simulated):
    connection = warehouse.connect(Store(simulated).current())
    progress = warehouse.run(connection, "plan_progress", as_of=day, target=None)
    values = dict(progress.select("target_code", "value").iter_rows())

    def ask(name: str) -> pl.DataFrame:
        given = of_year(day, "JZ")  # whose plan it is
        params = {key: given[key] for key in warehouse.parameters(name)}
        return warehouse.run(connection, name, **params)

    compared = 0
    for target in plan.load(2019, PLANS).targets.values():
        what = (target.kind, target.measure, target.per)
        if what in ASKED and not target.quality:  # of what is held, what meets its clause counts
            agree(what, ASKED[what](ask), values[target.code], day)
            compared += 1
    assert compared >= 5


def test_no_figure_that_a_target_can_count_is_left_out():
    both = measures.load().keys() & planfile.plan_measures().keys()
    assert both <= {measure for _, measure, _ in ASKED}, "ASKED of tests/test_one_value.py"


def test_a_card_that_a_target_can_count_says_so():
    """Else it says that nothing is promised where something is."""
    both = measures.load().keys() & planfile.plan_measures().keys() & key_figures.OF.keys()
    silent = {name for name in both if not measures.named(name).counted_as}
    assert silent == set(), "data/measures.toml: counted_as"


def test_no_figure_that_says_what_counts_it_is_left_out():
    """counted_as sets a promise beside a figure: both must come to the same."""
    asked = {f"{measure} per {per}" if per else measure for _, measure, per in ASKED}
    counted = {one.counted_as for one in measures.load().values() if one.counted_as}
    assert counted <= asked, "ASKED of tests/test_one_value.py"


def test_a_share_of_one_count_in_another_can_be_promised(library, monkeypatch):
    for channel in ("self_service", "self_service", "desk", None):
        library.lend(channel_code=channel)
    target = promise(2019, "rate", "self_service_loan_count", "loan_count", goal=0.6)
    promised = Plan(2019, {target.code: target})
    monkeypatch.setattr(plan, "load", lambda *_: promised)
    library.promise(promised)
    days = {"start_date": YEAR_2019["start_date"], "end_date": YEAR_2019["end_date"]}
    view = View(
        lambda query, params: library.ask(query, **params),
        {"first_day": days["start_date"]},
        YEAR_2019,
        Period("2019", **days),
    )
    (card,) = figures.named("self_service_share").show(view).content.blocks
    (row,) = library.ask("plan_progress").to_dicts()
    assert (card.value, card.goal, card.status) == (0.5, 0.6, "not_met")
    assert (card.value, card.goal, card.status) == (row["value"], row["target"], row["status"])


def test_the_overview_shows_the_goal_in_force_and_not_the_first(simulated, monkeypatch):
    scored = scoring.scorecard
    monkeypatch.setattr(
        scoring,
        "scorecard",
        lambda *rows: [replace(one, goal=one.goal * 2) for one in scored(*rows)],
    )
    (card,) = [
        seen(html)
        for html in htmls(open_page("pages/year/overview.py", simulated, "en"))
        if "Card holders" in html and "gq-value" in html
    ]
    assert "26,000" in card
    assert "13,000" not in card


def test_visits_are_held_against_days_on_which_every_gate_counted_in_both_years(library):
    """The main gate counts from January 2018, the east one from July: no growth is made of that."""
    for year, per_day in ((2018, 10), (2019, 12)):
        for month in range(1, 10):
            library.put("visits", day=date(year, month, 5), visit_count=per_day)
            if (year, month) >= (2018, 7):
                of_east = {"branch_code": "east", "visit_count": per_day}
                library.put("visits", day=date(year, month, 5), **of_east)
    filters = YEAR_2019 | {"as_of": date(2019, 9, 30), "end_date": date(2019, 10, 1)}

    def changes(branches: list[str] | None) -> tuple[str, float | None]:
        view = View(
            lambda query, params: library.ask(query, **params),
            {"first_day": date(2018, 1, 1)},
            filters | {"branches": branches},
            Period("2019", date(2019, 1, 1), date(2019, 10, 1)),
        )
        compared = view.comparison_of("visit_count")
        assert compared is not None
        (card,) = figures.named("visit_count").show(view).content.blocks
        return compared.now.start_date.isoformat(), card.change

    assert changes(None) == ("2019-07-05", pytest.approx(0.2))
    assert changes(["main"]) == ("2019-01-05", pytest.approx(0.2))


@pytest.mark.parametrize(
    ("code", "change", "said"),
    [
        (
            "2019-07-06..2019-07-07",
            0.0,
            "按星期：2019年7月6日 – 2019年7月7日 对比52周前的 2018年7月7日 – 2018年7月8日",
        ),
        (
            "2019-07",
            103 / 112 - 1,
            "按日期：2019年7月1日 – 2019年7月31日 对比 2018年7月1日 – 2018年7月31日",
        ),
    ],
)
def test_a_weekend_is_held_against_a_weekend_and_a_month_against_its_month(
    code, change, said, library
):
    """10 come on a day of the weekend and 1 on another; July 2018 had one Sunday more."""
    for offset in range(730):
        day = date(2018, 1, 1) + offset * DAY
        library.put("visits", day=day, visit_count=10 if day.weekday() > 4 else 1)
    shown = period.read(code, first_day=date(2018, 1, 1), as_of=date(2019, 12, 31))
    bounds = {"start_date": shown.start_date, "end_date": shown.end_date}
    facts = {"first_day": date(2018, 1, 1), "loans_include_renewals": False, "is_simulated": False}
    view = View(
        lambda query, params: library.ask(query, **params), facts, YEAR_2019 | bounds, shown
    )
    exhibit = figures.named("visit_count").show(view)
    (card,) = exhibit.content.blocks
    assert card.change == pytest.approx(change)
    assert said in definition(exhibit, view)
