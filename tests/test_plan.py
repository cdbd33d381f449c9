"""The plan as data: what a file may say, and in which order a council sees it."""

import os
import subprocess
import sys
import tomllib
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from conftest import PLANS

from guanqing import datafiles, plan, text, warehouse
from guanqing.figures import View
from guanqing.figures.plan import facts
from guanqing.paths import DATA
from guanqing.plan import judgement, outlook, planfile, scoring, verdicts
from guanqing.problems import Problem

SHIPPED = DATA / "libraries/jinzhong/targets"
every_plan = pytest.mark.parametrize("year", plan.years(SHIPPED))
TARGETS = [
    target for year in plan.years(PLANS) for target in plan.load(year, PLANS).targets.values()
]
every_target = pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.code)

TARGET = """
[[targets]]
code = "lectures"
kind = "total"
measure = "lecture_count"
at_least = 24
unit = { zh = "场", en = "lectures" }
name = { zh = "讲坛", en = "Lectures" }
"""
MILESTONE = """
[[milestones]]
code = "film"
name = { zh = "片", en = "Film" }
"""


@pytest.fixture
def write(tmp_path):
    """Return a function that writes a plan of 2031 and reads it."""

    def write(content):
        (tmp_path / "2031.toml").write_text("year = 2031\n" + content, encoding="utf-8")
        datafiles.refresh()
        return plan.load(2031, tmp_path)

    yield write
    (tmp_path / "2031.toml").unlink(missing_ok=True)
    datafiles.refresh()


# --- the file


def test_a_plan_is_read_in_the_order_of_its_file(write):
    again = TARGET.replace('"lectures"', '"talks"', 1)
    found = write(again + TARGET + MILESTONE)
    assert list(found.targets) == ["talks", "lectures"]
    assert found.targets["lectures"].goal == 24
    assert found.targets["lectures"].plan_year == 2031
    assert found.milestones["film"].name["en"] == "Film"


def test_what_is_wrong_in_a_file_is_kept_beside_what_is_right(write):
    """Every kind of fault stands in test_planfile.py."""
    found = write(
        TARGET + TARGET.replace('"lectures"', '"talks"', 1).replace("24", "0") + MILESTONE
    )
    assert list(found.targets) == ["lectures"]
    assert list(found.milestones) == ["film"]
    (refusal,) = found.refused
    assert (refusal.code, refusal.field, refusal.why) == ("talks", "at_least", "out_of_range")
    assert refusal.name == {"zh": "讲坛", "en": "Lectures"}


def test_a_file_that_is_no_plan_at_all_is_a_problem_that_says_where(write):
    with pytest.raises(Problem) as problem:
        write(TARGET + "at_least 24\n")
    assert problem.value.key == "problem.data_file_broken"
    assert problem.value.values["path"].endswith("2031.toml")
    assert problem.value.values["line"] == "10"


def test_a_file_corrected_is_read_anew(write, tmp_path):
    assert not write(TARGET.replace("24", "0")).targets
    os.utime(tmp_path / "2031.toml", (0, 0))
    assert plan.load(2031, tmp_path).refused
    assert write(TARGET).targets


def test_a_target_is_what_was_last_decided(write):
    revisions = """revisions = [
        { since = 2031-09-01, at_least = 30, stretch = 40, reason = { zh = "再议", en = "again" } },
        { since = 2031-07-01, at_least = 20, reason = { zh = "疫情", en = "epidemic" } },
    ]
    """
    lectures = write(TARGET + revisions).targets["lectures"]
    found = [lectures.at(date(2031, *day)) for day in ((6, 30), (7, 1), (8, 31), (9, 1))]
    assert found == [(24, None), (20, None), (20, None), (30, 40)]


def test_a_year_without_a_file_has_an_empty_plan(tmp_path):
    assert plan.load(1999, tmp_path) == plan.Plan(1999)
    assert plan.years(tmp_path) == []


@every_plan
def test_a_plan_of_the_library_is_named_by_its_year_and_nothing_in_it_is_refused(year):
    path = SHIPPED / f"{year}.toml"
    assert tomllib.loads(path.read_text(encoding="utf-8"))["year"] == year
    assert plan.load(year, SHIPPED).refused == ()


def test_the_plan_of_the_simulated_library_is_read_from_data():
    code = "from guanqing import own; print(own.of_store(own.Path('x'), is_simulated=True).targets)"
    said = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert Path(said.stdout.strip()) == SHIPPED


@every_target
def test_a_target_is_named_in_every_language(target):
    for words in (target.name, target.unit, target.clause, target.note):
        assert words is None or words.keys() == text.LANGUAGES.keys()


@every_target
def test_a_target_is_divided_if_and_only_if_its_kind_is_a_quotient(target):
    assert (target.per is not None) == (target.kind == "rate")


@every_target
def test_a_target_is_a_number_its_kind_can_reach(target):
    assert target.goal > 0
    assert target.shown_as in {"number", "ratio", "percent"}
    if target.kind == "survey":
        assert target.goal <= 1
        assert target.shown_as == "percent"
    assert target.stretch is None or target.stretch > target.goal


def test_the_engine_holds_the_targets_as_the_file_states_them(library):
    rows = library.table("targets")
    assert [
        (row["plan_year"], row["target_code"], row["kind"], row["measure_code"], row["per_code"])
        for row in rows
    ] == [(t.plan_year, t.code, t.kind, t.measure, t.per) for t in TARGETS]
    goals = library.table("target_goals")
    assert [
        (row["target_code"], row["branch_code"], row["since"], row["goal"], row["stretch"])
        for row in goals
    ] == [(t.code, None, date(t.plan_year, 1, 1), t.goal, t.stretch) for t in TARGETS]
    conditions = library.table("target_conditions")
    assert [
        (row["target_code"], row["field_name"], row["minimum"], tuple(row["one_of"] or ()))
        for row in conditions
    ] == [(t.code, c.field, c.minimum, c.one_of) for t in TARGETS for c in t.quality]


def test_every_status_a_query_gives_has_its_place_in_the_order(library):
    steps = (*judgement.steps(), DATA / "shared.sql")
    judging = "".join(path.read_text(encoding="utf-8") for path in steps)
    for status in verdicts.OF_TARGETS:
        assert f"'{status}'" in judging
    states = {row["code"] for row in library.table("codes") if row["list"] == "milestone_state"}
    assert {*verdicts.OF_MILESTONES} == states | {"overdue"}
    assert "'overdue'" in warehouse.source("milestone_progress")


# --- the scorecard


def scorecard(**progress):
    """Return the codes of a scorecard, from code=(value, status, expected_value)."""
    goals = plan.load(2019, PLANS).targets
    rows = [
        {
            "target_code": code,
            "kind": "total",
            "value": value,
            "status": status,
        }
        for code, (value, status, _) in progress.items()
    ]
    evidence = [
        {
            "target_code": code,
            "goal": goals[code].goal,
            "expected_value": expected,
            "held_count": 3,
        }
        for code, (_, _, expected) in progress.items()
    ]
    return scoring.scorecard(plan.load(2019, PLANS), rows, evidence)


def test_a_council_sees_the_worst_first():
    rows = scorecard(
        lectures=(24, "met", 12),
        open_days=(200, "on_course", 190),
        digital_storage=(None, "not_computable", 20),
        reader_satisfaction=(0.85, "not_shown", None),
        exhibitions=(1, "behind", 6),
        opening_hours_per_week=(60, "not_met", None),
    )
    assert [row.status for row in rows] == [
        "not_met",
        "behind",
        "not_shown",
        "not_computable",
        "on_course",
        "met",
    ]


def test_of_those_behind_the_one_furthest_from_its_pace_comes_first():
    rows = scorecard(
        lectures=(11, "behind", 12),
        exhibitions=(3, "behind", 6),
        card_holders=(5000, "behind", 12_000),
    )
    codes = [row.target.code for row in rows]
    assert codes == ["card_holders", "exhibitions", "lectures"]


def test_where_nothing_is_due_yet_the_target_itself_is_the_measure():
    rows = scorecard(
        lectures=(12, "behind", 0),  # half of 24
        survey_return_rate=(0.2, "behind", None),  # a quarter of 80 %
    )
    assert [row.target.code for row in rows] == ["survey_return_rate", "lectures"]


def test_a_row_of_the_scorecard_carries_its_target_and_its_evidence():
    (row,) = scorecard(lectures=(11, "behind", 12))
    assert row.target is plan.load(2019, PLANS).targets["lectures"]
    assert (row.value, row.expected_value, row.held_count) == (11, 12, 3)


def test_what_the_queries_answer_makes_a_scorecard(library):
    library.stage()
    progress = library.ask("plan_progress").to_dicts()
    evidence = library.ask("plan_evidence").to_dicts()
    rows = scoring.scorecard(plan.load(2019, PLANS), progress, evidence)
    assert len(rows) == 18
    assert rows[0].target.code == "lectures"  # behind; of the others nothing is known
    milestones = library.ask("milestone_progress").to_dicts()
    assert len(scoring.milestone_standings(plan.load(2019, PLANS), milestones)) == 16


def test_milestones_still_open_come_first_with_their_last_report(library):
    for code, state in {
        "feature_film": "done",
        "volunteers": "dropped",
        "bulletins": "under_way",
    }.items():
        library.put("milestone_states", milestone_code=code, state=state, note_en=state)
    rows = scoring.milestone_standings(
        plan.load(2019, PLANS), library.ask("milestone_progress").to_dicts()
    )
    statuses = [row.status for row in rows]
    assert statuses == ["dropped", *["planned"] * 13, "under_way", "done"]
    assert rows[0].milestone.code == "volunteers"
    assert rows[0].note_en == "dropped"
    assert rows[1].stated_on is None


def test_of_a_calendar_that_only_announces_no_sum_is_said():
    """Events announced before one was held: a target without a value that has days to come."""
    lectures = plan.load(2019, PLANS).targets["lectures"]
    row = scoring.Standing(lectures, "not_computable", None, 24, scheduled_count=3)
    assert facts._calendar(None, row) == ""


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("mobile_service_trips", "21 done, 6 scheduled, 13 missing"),
        ("mobile_loans", "events scheduled: 6"),  # trips, of which no loan can be taken off
        ("open_days", "21 done, 6 scheduled, 13 missing"),
    ],
)
def test_only_what_a_target_counts_is_taken_off_it(code, words):
    view = View(None, {}, {}, None, "en")
    target = plan.load(2019, PLANS).targets[code]
    row = scoring.Standing(target, "behind", 21, 40, scheduled_count=6)
    assert facts._calendar(view, row) == words


def test_no_measure_has_things_of_another_kind_added_to_it():
    """21,500 loans and 6 trips are no sum: whatever a plan may promise, not these alone."""
    view = View(None, {}, {}, None, "en")
    base = plan.load(2019, PLANS).targets["lectures"]
    months = [
        outlook.Month(date(2019, 9, 30), 21.0, 30.0, 0.0),
        outlook.Month(date(2019, 12, 31), 0.0, 0.0, 31.0),
    ]
    for code, about in planfile.plan_measures().items():
        row = scoring.Standing(replace(base, measure=code), "behind", 21, 40, scheduled_count=6)
        is_own = about.event_kind is None or code == f"{about.event_kind}_count"
        assert ("missing" in facts._calendar(view, row)) == is_own, code
        # what is announced is added up only where both are days open
        ahead = outlook.of(replace(row, open_days_left=92), months, date(2019, 9, 30))
        assert (ahead.announced is not None) == (code == "open_day_count"), code
