"""What is said above events, satisfaction and feedback, and that it can be said."""

import polars as pl
import pytest

from guanqing import activity_headlines as headlines
from guanqing import text
from guanqing.headlines import NOTHING

EVENTS = pl.DataFrame({"state": ["held", "held", "scheduled", "not_marked"]})
KINDS = pl.DataFrame(
    {
        "event_kind": ["lecture", "exhibition", "outreach"],
        "name": ["Lectures", "Exhibitions", "Outreach"],
        "attendance_count": [300, 2000, None],
        "median_attendance": [100.0, 999.6, None],
    }
)
CLAUSES = pl.DataFrame(
    {
        "target_code": ["lectures", "exhibitions", "featured_events"],
        "held_count": [16, 10, 41],
        "met_count": [15, 9, None],
        "not_met_count": [1, 0, None],
        "unknown_count": [0, 1, None],
    }
)
KEPT = CLAUSES.head(1).with_columns(met_count=16, not_met_count=0)
HANDLED = {
    "case_count": 106,
    "term_days": 10.0,
    "in_time_count": 83,
    "late_count": 17,
    "overdue_count": 2,
    "open_count": 6,
}
CASES = pl.DataFrame({"open_days": [30, 4], "is_overdue": [True, False]})
SERVICES = pl.DataFrame({"volunteer_count": [92, 91], "service_hours": [276.0, None]})
MADE = pl.DataFrame({"state": ["overdue", "sound", "in_time"], "finding": ["x", None, "y"]})


def asked(satisfied=204, answers=240, verdict="not_shown", goal=0.85, **differences):
    row = {
        "question_code": "overall",
        "valid_count": answers,
        "satisfied_count": satisfied,
        "satisfied_share": satisfied / answers,
        "lower_share": 0.799,
        "upper_share": 0.890,
        "verdict": verdict,
        "goal": goal,
    }
    return pl.DataFrame([row | differences])


def groups(*verdicts):
    return pl.DataFrame({"satisfied_share": [0.8] * len(verdicts), "verdict": list(verdicts)})


SAID = {
    "events, some not marked": (
        headlines.events(EVENTS),
        "2 events held, 1 scheduled; 1 is past and not marked as held",
    ),
    "events held and ahead": (
        headlines.events(EVENTS.head(3)),
        "2 events held, 1 more scheduled",
    ),
    "events held": (headlines.events(EVENTS.head(2)), "2 events held"),
    "attendance": (
        headlines.attendance(KINDS, "name"),
        "2,300 came in all; Exhibitions draw most at a time, 1,000 at the median",
    ),
    "clauses, some unknown": (
        headlines.clauses(CLAUSES),
        "Of 26 events with a clause, 1 falls short; 1 cannot be judged, a field is missing",
    ),
    "clauses broken": (
        headlines.clauses(CLAUSES.head(1)),
        "Of 16 events with a clause, 1 falls short of it",
    ),
    "clauses kept": (headlines.clauses(KEPT), "16 events with a clause, all of which keep it"),
    "not shown": (
        headlines.satisfaction(asked()),
        "85.0% of readers are satisfied: not yet shown to reach 85.0%",
    ),
    "met": (
        headlines.satisfaction(asked(215, verdict="met")),
        "89.6% of readers are satisfied: shown to reach 85.0%",
    ),
    "not met": (
        headlines.satisfaction(asked(180, verdict="not_met")),
        "75.0% of readers are satisfied: below 85.0%, and shown to be",
    ),
    "met so far": (
        headlines.satisfaction(asked(215, verdict="on_course")),
        "89.6% of readers are satisfied: 85.0% is reached by the answers so far",
    ),
    "missed so far": (
        headlines.satisfaction(asked(180, verdict="behind")),
        "75.0% of readers are satisfied: 85.0% is missed by the answers so far",
    ),
    "without a goal": (
        headlines.satisfaction(asked(goal=None, verdict=None)),
        "85.0% of readers are satisfied (95 %: 79.9%–89.0%)",
    ),
    "not computable": (
        headlines.satisfaction(asked(satisfied_share=None, verdict="not_computable")),
        "Satisfaction is not computable",
    ),
    "answers missing": (
        headlines.settling(asked()),
        "Of 240 answers 215 satisfied would show it: 11 more",
    ),
    "answers enough": (
        headlines.settling(asked(220, verdict="met")),
        "240 answers show it, with 5 to spare",
    ),
    "answers enough so far": (
        headlines.settling(asked(220, verdict="on_course")),
        "240 answers so far reach it, with 5 to spare",
    ),
    "answers too few": (
        headlines.settling(asked(20, 20)),
        "20 answers are too few to show it, even if all were satisfied",
    ),
    "groups judged": (
        headlines.groups(groups("met", "not_met", "not_shown")),
        "Of 3 groups 1 is shown to reach the target, 1 to miss it",
    ),
    "groups judged so far": (
        headlines.groups(groups("on_course", "behind", "behind", "not_shown")),
        "Of 4 groups 1 reaches the target by the answers so far, 2 miss it",
    ),
    "groups not shown": (
        headlines.groups(groups("not_shown", "not_shown")),
        "Of 2 groups none is shown to reach the target, or to miss it",
    ),
    "groups without a goal": (
        headlines.groups(groups(None, None)),
        "How satisfied 2 groups of readers are",
    ),
    "feedback": (
        headlines.feedback(HANDLED),
        "Of 106 cases 83 were answered within 10 days, 19 were overdue",
    ),
    "feedback without a term": (
        headlines.feedback(HANDLED | {"term_days": None, "in_time_count": None}),
        "106 cases came in, 6 are open; no term is set",
    ),
    "open, overdue": (headlines.open_cases(CASES), "2 cases are open, 1 of them overdue"),
    "open": (
        headlines.open_cases(CASES.tail(1)),
        "1 case is open, the oldest for 4 days; none is known to be overdue",
    ),
    "volunteers": (
        headlines.volunteers(SERVICES),
        "Volunteers served 183 times, 276 hours together",
    ),
    "volunteers without hours": (
        headlines.volunteers(SERVICES.tail(1)),
        "Volunteers served 91 times",
    ),
    "inspections overdue": (
        headlines.inspections(MADE),
        "3 reading points inspected, 1 overdue to be put right",
    ),
    "inspections": (
        headlines.inspections(MADE.tail(2)),
        "2 reading points inspected, 1 with something to mend, none overdue",
    ),
}
every_finding = pytest.mark.parametrize(("found", "sentence"), SAID.values(), ids=SAID.keys())


@every_finding
def test_a_finding_says_the_first_thing_a_reader_would_see(found, sentence):
    key, values = found
    assert text.translate(key, "en", **values) == sentence


@every_finding
def test_a_finding_can_be_said_in_chinese_without_a_gap(found, sentence):
    key, values = found
    assert "{" not in text.translate(key, "zh", **values)


@pytest.mark.parametrize(
    "found",
    [
        headlines.events(EVENTS.clear()),
        headlines.attendance(KINDS.clear(), "name"),
        headlines.attendance(KINDS.tail(1), "name"),
        headlines.clauses(CLAUSES.clear()),
        headlines.clauses(CLAUSES.tail(1)),
        headlines.satisfaction(asked().clear()),
        headlines.satisfaction(asked(question_code="staff")),
        headlines.settling(asked().clear()),
        headlines.groups(groups("met").clear()),
        headlines.feedback(HANDLED | {"case_count": 0}),
        headlines.volunteers(SERVICES.clear()),
        headlines.inspections(MADE.clear()),
    ],
    ids=[
        *("no_events", "no_kinds", "nobody_counted", "no_clauses", "weeks_only", "no_survey"),
        *("no_overall", "no_answers", "no_groups", "no_feedback", "no_volunteers"),
        "no_inspections",
    ],
)
def test_where_there_is_nothing_that_is_what_is_said(found):
    assert found == NOTHING


def test_answers_without_a_promise_are_not_nothing():
    assert headlines.settling(asked(goal=None)) == ("finding.no_promise", {})


def test_that_no_case_is_open_is_said_and_is_not_nothing():
    assert headlines.open_cases(CASES.clear()) == ("finding.nothing_open", {})


def test_where_no_term_is_set_no_open_case_is_called_overdue():
    cases = CASES.with_columns(is_overdue=pl.lit(None, pl.Boolean))
    assert headlines.open_cases(cases) == ("finding.open_cases", {"count": 2, "days": 30})
