"""Will we make it? What is said of each kind of promise, and what is not."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from conftest import PLANS
from hypothesis import given
from hypothesis import strategies as st

from guanqing import plan
from guanqing.plan import Target, outlook, scoring
from guanqing.plan.outlook import Month
from guanqing.plan.scoring import Standing

AS_OF = date(2019, 9, 30)
LECTURES = Target(
    plan_year=2019,
    code="lectures",
    kind="total",
    measure="lecture_count",
    goal=24,
    name={"zh": "讲坛", "en": "Lectures"},
    unit={"zh": "场", "en": "lectures"},
)
ORDINARY: dict[str, Any] = {
    "target": LECTURES,
    "value": 16.0,
    "goal": 24.0,
    "status": "behind",
    "done": 16.0,
    "start_value": 0.0,
    "pace_basis": "open_days",
    "scheduled_count": 5,
    "open_days_left": 92,
    "last_day": date(2019, 9, 29),
}
ENDS = [date(2019, month, 28) for month in range(1, 13)]


def row(**differences: Any) -> Standing:
    """Return the standing of 16 lectures of 24 at the end of September, unless told otherwise."""
    of_target = {
        key: differences.pop(key) for key in ("kind", "measure", "per") if key in differences
    }
    return Standing(**(ORDINARY | {"target": replace(LECTURES, **of_target)} | differences))


def months(*amounts: float, over: int = 9) -> list[Month]:
    """Return twelve equal months of which the first ones are over, with what came about in them."""
    return [
        Month(
            ENDS[month],
            amounts[month] if month < len(amounts) else 0.0,
            past_days=30.0 if month < over else 0.0,
            ahead_days=0.0 if month < over else 30.0,
        )
        for month in range(12)
    ]


NINE = months(1, 2, 2, 2, 2, 1, 2, 2, 2)


def test_a_total_is_drawn_from_its_months():
    found = outlook.of(row(), NINE, AS_OF)
    assert found.rests_on == "drawn"
    assert [day for day, _ in found.path] == ENDS[9:]
    assert found.chance is not None
    assert 0.05 < found.chance < 0.6
    assert found.end is not None
    assert found.end.lower_95 <= 21 <= found.end.upper_95


def test_what_is_needed_is_spread_over_the_open_days_left():
    found = outlook.of(row(), NINE, AS_OF)
    assert found.missing == 8
    assert found.needed_per_day == pytest.approx(8 / 92)


def test_a_promise_that_is_kept_needs_nothing_more():
    told = months(1, 3, 3, 3, 3, 3, 3, 3, 3)
    found = outlook.of(row(value=25.0, status="met"), told, AS_OF)
    assert (found.chance, found.needed_per_day, found.missing) == (1, 0, 0)


def test_a_rate_is_drawn_in_its_own_unit():
    asked = row(kind="rate", measure="visit_count", per="population", value=0.2, goal=0.3,
                done=200.0, base=1000.0)  # fmt: skip
    found = outlook.of(asked, months(*[200 / 9] * 9), AS_OF)
    assert found.end is not None
    assert found.end.value == pytest.approx(200 * 12 / 9 / 1000, rel=0.05)
    assert found.needed_per_day == pytest.approx(100 / 92)


def test_a_level_is_drawn_on_top_of_what_the_year_began_with():
    asked = row(kind="level", measure="card_holder_count", value=10900.0, goal=11300.0,
                start_value=10000.0, done=900.0)  # fmt: skip
    found = outlook.of(asked, months(*[90, 110, 95, 105, 100, 98, 102, 99, 101]), AS_OF)
    assert found.end is not None
    assert found.end.value == pytest.approx(11200, abs=20)
    assert found.end.lower_95 < 11200 < found.end.upper_95


def test_what_came_about_on_days_the_pace_expects_nothing_of_is_there_all_the_same():
    told = months(0, 2, 2, 2, 2, 2, 2, 2, 2)
    told[0] = replace(told[0], past_days=0.0, amount=5.0)
    found = outlook.of(row(value=21.0), told, AS_OF)
    assert found.end is not None
    assert found.end.lower_95 >= 21


def test_days_that_are_announced_are_not_drawn():
    asked = row(measure="open_day_count", value=272.0, goal=365.0, status="not_met",
                scheduled_count=92)  # fmt: skip
    found = outlook.of(asked, [], AS_OF)
    assert found.rests_on == "calendar"
    assert found.chance == 0
    assert found.announced == 364
    assert found.end is None  # 272 to 364 was no band: nothing says how often days are lost


def test_a_calendar_with_days_to_spare_says_neither_yes_nor_no():
    asked = row(measure="open_day_count", value=200.0, goal=280.0, scheduled_count=70)
    assert outlook.of(asked, [], AS_OF).chance is None


@pytest.mark.parametrize(
    ("kept", "words", "chance"), [(37, "weeks_missed", 0.0), (38, "weeks_kept", None)]
)
def test_a_week_that_was_missed_cannot_be_made_up(kept, words, chance):
    asked = row(kind="compliance", measure="opening_hours", week_count=38, kept_week_count=kept,
                announced_week_count=13, announced_kept_week_count=13)  # fmt: skip
    found = outlook.of(asked, [], AS_OF)
    assert (found.rests_on, found.chance) == (words, chance)


def test_a_survey_has_an_interval_and_no_chance():
    asked = row(kind="survey", measure="reader_satisfaction", answer_count=240, value=0.85)
    found = outlook.of(asked, [], AS_OF)
    assert (found.rests_on, found.chance, found.path) == ("interval", None, ())


def test_the_share_of_one_count_in_another_is_not_drawn():
    asked = row(kind="rate", measure="survey_returned_count", per="survey_distributed_count",
                value=0.8, goal=0.8, base=300.0)  # fmt: skip
    assert outlook.of(asked, NINE, AS_OF).rests_on == "part"


def test_a_quota_is_no_forecast():
    asked = row(measure="party_member_count", value=1.0, goal=2.0)
    found = outlook.of(asked, NINE, AS_OF)
    assert (found.rests_on, found.values) == ("quota", {"value": 1, "goal": 2})
    assert (found.chance, found.likelihood, found.path) == (None, None, ())


@pytest.mark.parametrize(
    ("chance", "has_full_year", "said"),
    [
        (0.74, True, 0.75),
        (0.96, True, 0.95),
        (0.996, True, "very_likely"),
        (0.004, True, "unlikely"),
        (0.74, False, "likely"),
        (0.8, False, "very_likely"),
        (0.5, False, "open"),
        (0.19, False, "unlikely"),
        (None, True, None),
    ],
)
def test_a_chance_is_a_number_only_with_a_full_earlier_year_and_away_from_the_ends(
    chance, has_full_year, said
):
    found = outlook.Outlook("drawn", chance=chance, has_full_year=has_full_year).likelihood
    assert found == (pytest.approx(said) if isinstance(said, float) else said)


def test_a_full_earlier_year_makes_the_chance_a_number():
    before = [Month(date(2018, month, 28), 2.0, 30.0, 0.0) for month in range(1, 13)]
    assert isinstance(outlook.of(row(), [*before, *NINE], AS_OF).likelihood, float)
    assert isinstance(outlook.of(row(), [*before[3:], *NINE], AS_OF).likelihood, str)


def test_what_was_forecast_then_stands_beside_what_came():
    found = outlook.earlier(row(), NINE, AS_OF)
    assert [one.made_on for one in found] == ENDS[:8]
    assert {one.last for one in found} == {ENDS[8]}
    assert {one.came for one in found} == {16}
    last = found[-1]
    assert last.for_day.lower_95 >= 14  # what was known at the end of August
    assert last.for_year.upper_95 > last.for_day.upper_95
    assert last.within == 80


def test_what_came_outside_both_bands_is_said_to_have():
    found = outlook.earlier(row(value=316.0), months(2, 2, 2, 2, 2, 2, 2, 2, 300), AS_OF)
    assert [one.within for one in found[3:]] == [None] * 5


def test_what_is_not_drawn_was_not_forecast_then():
    for asked in (row(measure="party_member_count"), row(measure="open_day_count"),
                  row(kind="level", measure="digital_storage"), row(value=None)):  # fmt: skip
        assert outlook.earlier(asked, NINE, AS_OF) == []


def test_a_stock_that_is_read_now_and_then_stays_as_it_was_read():
    asked = row(kind="level", measure="digital_storage", value=41.5, goal=40.0)
    found = outlook.of(asked, NINE, AS_OF)
    assert (found.rests_on, found.values) == ("reading", {"day": date(2019, 9, 29)})
    assert found.path == ()


def test_nothing_is_said_of_what_cannot_be_computed():
    found = outlook.of(row(value=None, status="not_computable"), NINE, AS_OF)
    assert found == outlook.Outlook("not_computable")


def test_the_first_days_of_a_year_are_too_early():
    told = months(1, over=1)
    told[0] = replace(told[0], past_days=2.0, ahead_days=28.0)
    found = outlook.of(row(value=1.0), told, date(2019, 1, 2))
    assert (found.rests_on, found.chance, found.end) == ("too_early", None, None)


def test_on_the_last_day_there_is_nothing_left_to_draw():
    found = outlook.of(
        row(value=25.0, status="met"), months(*[2] * 12, over=12), date(2019, 12, 31)
    )
    assert found.end is not None
    assert found.end.lower_95 == found.end.upper_95


def test_every_target_of_a_plan_has_an_answer(library):
    """The council's first question, of an empty library and of one in which things came about."""
    for _ in range(2):
        progress = library.ask("plan_progress", as_of=AS_OF).to_dicts()
        evidence = library.ask("plan_evidence", as_of=AS_OF).to_dicts()
        rows = scoring.scorecard(plan.load(2019, PLANS), progress, evidence)
        told = library.ask("plan_months", as_of=AS_OF).to_dicts()
        found = outlook.outlooks(rows, told, AS_OF)
        assert found.keys() == plan.load(2019, PLANS).targets.keys()
        for asked in rows:
            answer = found[asked.target.code]
            assert (answer.rests_on == "not_computable") == (asked.value is None)
        library.stage("lecture")
        library.open(date(2019, 1, 1), date(2019, 12, 31))
        library.put("visits", visit_count=900)
        library.put("settings")
        library.put("surveys")


@given(st.lists(st.integers(0, 60), min_size=2, max_size=11), st.integers(1, 400))
def test_more_than_the_goal_is_always_likelier_with_a_lower_goal(amounts, goal):
    told = months(*map(float, amounts), over=len(amounts))
    value = float(sum(amounts))
    asked = [row(value=value, done=value, goal=float(n)) for n in (goal, goal + 10)]
    chances = [outlook.of(one, told, AS_OF).chance for one in asked]
    assert None not in chances
    assert chances[0] >= chances[1]
