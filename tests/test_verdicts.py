"""Verdicts at the very edge, worked out by hand: what just suffices, and what just does not."""

from datetime import date
from typing import Any

import pytest
from conftest import DAY, Library

from guanqing.plan import Plan, Target

WORDS = {"zh": "诺", "en": "Promise"}
FIRST, MARCH, LAST = date(2019, 1, 1), date(2019, 3, 14), date(2019, 12, 31)  # day 1, 73 and 365
LOWER, UPPER = 0.799330535, 0.889641721  # of 204 in 240, as in test_judging.py


def promise(kind: str, measure: str, goal: float, per: str | None = None, **more: Any) -> Target:
    code = "_".join(filter(None, [kind, measure, per, str(goal), *map(str, more.values())]))
    return Target(2019, code, kind, measure, goal, WORDS, WORDS, per=per, **more)


@pytest.fixture
def year(library: Library) -> Library:
    """Return a library of 2019, open ten hours a day: on 14 March a fifth of the year is over.

    Until 14 March it has had one lecture, 200 visits (of 1,000 people), 250 of 300 forms back and
    one new card beside the five of 2018; then nothing more. Web visits ended with the five of 2018.
    """
    library.cover(FIRST, LAST)
    library.open(FIRST, LAST)
    library.put("settings")
    library.put("settings", setting_code="population_served_network")
    library.put("settings", setting_code="floor_area", value=9999.0)
    library.stage(held_on=FIRST)
    library.put("visits", day=FIRST, visit_count=0)
    library.put("visits", day=MARCH, visit_count=200)
    library.put("surveys", closed_on=FIRST)
    library.put("counts", counted_on=date(2018, 6, 1), amount=5.0)
    for number in range(5):
        library.issue(reader_id=number + 1, event_at=date(2018, 12, 31))
    library.issue(reader_id=6, event_at=FIRST)
    return library


# Each promise on day 1, day 73 and day 365. What is due by day 73 is a fifth.
EDGES = [
    # one of five, of six; nothing due before December
    (promise("total", "lecture_count", 1), "met", "met", "met"),
    (promise("total", "lecture_count", 5), "on_course", "on_course", "not_met"),
    (promise("total", "lecture_count", 6), "on_course", "behind", "not_met"),
    (promise("total", "lecture_count", 6, by_month={12: 1}), "on_course", "on_course", "not_met"),
    (promise("total", "web_visit_count", 6, by_month={12: 1}), *["on_course"] * 2, "not_met"),
    # a day more than 365 cannot be opened on, and that is known from the first
    (promise("total", "open_day_count", 365), "on_course", "on_course", "met"),
    (promise("total", "open_day_count", 366), "not_met", "not_met", "not_met"),
    # five and one in a fifth of the year: ten at its end; what has reached its goal can fall again
    (promise("level", "card_holder_count", 6), "on_course", "on_course", "met"),
    (promise("level", "card_holder_count", 10), "on_course", "on_course", "not_met"),
    (promise("level", "card_holder_count", 10.1), "on_course", "behind", "not_met"),
    (promise("level", "web_visit_count", 6, by_month={12: 1}), *["on_course"] * 2, "not_met"),
    (promise("level", "web_visit_count", 6), "behind", "behind", "not_met"),
    # a fifth of a visit each in a fifth of the year: one each at its end
    (promise("rate", "visit_count", 0.2, "population"), "behind", "met", "met"),
    (promise("rate", "visit_count", 1, "population"), "behind", "on_course", "not_met"),
    (promise("rate", "visit_count", 1.1, "population"), "behind", "behind", "not_met"),
    (
        promise("rate", "visit_count", 1.1, "population", by_month={12: 1}),
        *["on_course", "on_course", "not_met"],
    ),
    # a share does not grow with the year, and can fall to its last day
    (
        promise("rate", "survey_returned_count", 5 / 6, "survey_distributed_count"),
        *["on_course", "on_course", "met"],
    ),
    (
        promise("rate", "survey_returned_count", 0.84, "survey_distributed_count"),
        *["behind", "behind", "not_met"],
    ),
    # seventy hours a week, the first whole one being over on 13 January
    (promise("compliance", "opening_hours", 70), "not_computable", "on_course", "met"),
    (promise("compliance", "opening_hours", 70.1), "not_computable", "not_met", "not_met"),
    # what is reached of it can be lost: it is settled with the year
    (promise("total", "card_holder_count", 1), "on_course", "on_course", "met"),
    # an interval that begins above the goal, holds it, ends below: until the year is over, more
    # may answer
    (promise("survey", "reader_satisfaction", LOWER - 1e-6), "on_course", "on_course", "met"),
    (promise("survey", "reader_satisfaction", LOWER + 1e-6), *["not_shown"] * 3),
    (promise("survey", "reader_satisfaction", UPPER - 1e-6), *["not_shown"] * 3),
    (promise("survey", "reader_satisfaction", UPPER + 1e-6), "behind", "behind", "not_met"),
    # the one wave that counts has closed
    (promise("survey", "reader_satisfaction", LOWER - 1e-6, wave="2019"), "met", "met", "met"),
    (promise("survey", "reader_satisfaction", UPPER + 1e-6, wave="2019"), *["not_met"] * 3),
]


def test_what_just_suffices_suffices_and_a_hair_less_does_not(year):
    year.promise(Plan(2019, {target.code: target for target, *_ in EDGES}))
    found = {(row["target_code"], row["day"]): row for row in year.table("target_days")}
    for target, *statuses in EDGES:
        rows = [found[target.code, day] for day in (FIRST, MARCH, LAST)]
        assert [row["status"] for row in rows] == statuses, target.code
    assert len(found) == 365 * len(EDGES)


def test_an_end_of_the_interval_that_is_the_goal_itself_has_reached_it(year):
    wave = year.table("survey_shares")[0]
    ends = {
        goal: promise("survey", "reader_satisfaction", goal)
        for goal in (wave["lower_share"], wave["upper_share"])
    }
    year.promise(Plan(2019, {target.code: target for target in ends.values()}))
    rows = [row for row in year.table("target_days") if row["day"] == LAST]
    statuses = {row["goal"]: row["status"] for row in rows}
    assert statuses == {wave["lower_share"]: "met", wave["upper_share"]: "not_shown"}


# done, start_value, base and value on 14 March; what a kind does not speak of is not filled in
AMOUNTS = [
    (promise("total", "lecture_count", 5), 1, 0, None, 1),
    (promise("total", "web_visit_count", 5), 0, 5, None, 0),
    (promise("level", "card_holder_count", 9), 1, 5, None, 6),
    (promise("rate", "visit_count", 9, "population"), 200, 0, 1000, 0.2),
    (promise("rate", "survey_returned_count", 0.8, "survey_distributed_count"), 250, 0, 300, 5 / 6),
    (promise("compliance", "opening_hours", 70), None, None, None, 70),
    (promise("survey", "reader_satisfaction", 0.9), None, None, None, 0.85),
]


def test_a_verdict_comes_with_what_it_was_reckoned_from(year):
    year.promise(Plan(2019, {target.code: target for target, *_ in AMOUNTS}))
    found = {(row["target_code"], row["day"]): row for row in year.table("target_days")}
    for target, *amounts in AMOUNTS:
        row = found[target.code, MARCH]
        mine = [row[name] for name in ("done", "start_value", "base", "value")]
        assert mine == pytest.approx(amounts, nan_ok=True), target.code
        if target.kind in ("survey", "compliance"):  # neither is half done at half-time
            assert row["expected_value"] is row["projected_value"] is None
        assert row["lower_share"] == (pytest.approx(LOWER) if target.kind == "survey" else None)


def test_what_can_be_lent_is_the_mean_of_the_months_of_the_year_that_are_over(library):
    """First 4, then 8, each time half of them at main; those of last year until January is over."""
    library.lend()
    for month_end, count in ((date(2018, 12, 31), 100), (date(2019, 1, 31), 2), (MARCH, 4)):
        library.hold(month_end=month_end, item_count=count)
        library.hold(month_end=month_end, item_count=count, branch_code="east", class_code="T")
    rate = promise("rate", "loan_count", 0.25, "holdings", by_branch={"main": 0.5})
    library.promise(Plan(2019, {rate.code: rate}))
    found = {(row["branch_code"], row["day"]): row for row in library.table("target_days")}
    bases = [found[None, day]["base"] for day in (date(2019, 1, 30), date(2019, 1, 31))]
    assert bases == [200, 4]
    for branch, means in ((None, [4, 6, 6]), ("main", [2, 3, 3])):
        assert [found[branch, day]["base"] for day in (MARCH - DAY, MARCH, LAST)] == means


@pytest.mark.parametrize(
    ("scope", "people", "value"), [("main", 1000, 0.2), ("network", 4000, 0.1)]
)
def test_the_people_served_are_those_of_the_scope(scope, people, value, library):
    """What they are of one branch nobody says, so its part of the promise says so too."""
    library.put("settings")
    library.put("settings", setting_code="population_served_network", value=4000.0)
    library.put("visits", visit_count=200)
    library.put("visits", branch_code="east", visit_count=200)
    rate = promise("rate", "visit_count", 1, "population", scope=scope, by_branch={"main": 0.5})
    library.promise(Plan(2019, {rate.code: rate}))
    last = {row["branch_code"]: row for row in library.table("target_days") if row["day"] == LAST}
    assert [(last[None][name]) for name in ("base", "value", "reason")] == [people, value, None]
    blank = [(last["main"][name]) for name in ("base", "value", "reason")]
    assert blank == [None, None, "no_population"]
