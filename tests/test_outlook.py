"""Will we make it? What is said of each kind of promise, and what is not."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
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
            past_share=1 / 12 if month < over else 0.0,
            ahead_share=0.0 if month < over else 1 / 12,
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
    assert found.end.value == pytest.approx(200 * 12 / 9 / 1000, abs=0.002)
    assert found.needed_per_day == pytest.approx(100 / 92)


def test_a_level_is_drawn_on_top_of_what_the_year_began_with():
    asked = row(kind="level", measure="card_holder_count", value=10900.0, goal=11300.0,
                start_value=10000.0, done=900.0)  # fmt: skip
    found = outlook.of(asked, months(*[90, 110, 95, 105, 100, 98, 102, 99, 101]), AS_OF)
    assert found.end is not None
    assert found.end.value == pytest.approx(11200, abs=1)
    assert found.end.lower_95 < 11200 < found.end.upper_95


def test_what_came_about_on_days_the_pace_expects_nothing_of_is_there_all_the_same():
    told = months(0, 2, 2, 2, 2, 2, 2, 2, 2)
    told[0] = replace(told[0], past_share=0.0, amount=5.0)
    found = outlook.of(row(value=21.0), told, AS_OF)
    assert found.end is not None
    assert found.end.lower_95 >= 21


def test_days_that_are_announced_are_not_drawn():
    asked = row(measure="open_day_count", value=272.0, goal=365.0, status="not_met",
                scheduled_count=92)  # fmt: skip
    found = outlook.of(asked, [], AS_OF)
    assert found.rests_on == "calendar"
    assert found.chance == 0
    assert found.end is not None
    assert (found.end.value, found.end.upper_95) == (364, 364)


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
    told[0] = replace(told[0], past_share=0.005, ahead_share=1 / 12 - 0.005)
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
        rows = scoring.scorecard(2019, progress, evidence)
        told = library.ask("plan_months", as_of=AS_OF).to_dicts()
        found = outlook.outlooks(rows, told, AS_OF)
        assert found.keys() == plan.load(2019).targets.keys()
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
