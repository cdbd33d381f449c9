"""What counts as held, kept, satisfied, answered and put right: one test a rule."""

from datetime import date

import pytest
from conftest import DAY, rows_by

from guanqing.plan import Plan, Target, survey

NAME = {"zh": "诺", "en": "Promise"}
MID_JUNE = date(2019, 6, 15)


# --- the agenda


def states(ask, **params):
    listed = ask("events_listed", as_of=MID_JUNE, **params)
    return dict(listed.select("title", "state").iter_rows())


def test_an_event_is_held_once_it_is_marked_so_and_scheduled_while_its_day_is_to_come(stage, ask):
    stage(title="held", held_on=MID_JUNE)
    stage(title="ahead", held_on=MID_JUNE + DAY, is_held=False)
    stage(title="unmarked", held_on=MID_JUNE, is_held=False)
    assert states(ask) == {"held": "held", "ahead": "scheduled", "unmarked": "not_marked"}


def test_an_event_marked_as_held_after_the_day_was_scheduled_then(stage, ask):
    stage(title="later", held_on=MID_JUNE + DAY, is_held=True, attendance_count=90)
    assert states(ask) == {"later": "scheduled"}
    assert ask("events_listed", as_of=MID_JUNE)["attendance_count"].to_list() == [None]


def test_what_is_announced_goes_on_to_the_end_of_the_year_where_the_period_runs_up_to_the_day(
    stage, ask
):
    stage(title="autumn", held_on=date(2019, 12, 31), is_held=False)
    stage(title="next year", held_on=date(2020, 1, 1), is_held=False)
    running = {"start_date": date(2019, 1, 1), "end_date": MID_JUNE + DAY}
    assert states(ask, **running) == {"autumn": "scheduled"}
    assert states(ask, **(running | {"end_date": date(2019, 4, 1)})) == {}


def test_events_of_another_branch_or_of_none_are_not_among_those_of_a_branch(stage, ask):
    for branch in ("main", "east", None):
        stage(title=str(branch), branch_code=branch)
    assert set(states(ask, branches=["main"])) == {"main"}
    assert set(states(ask)) == {"main", "east", "None"}


@pytest.mark.parametrize(
    ("rank", "clause"),
    [("vice_senior", "met"), ("other", "not_met"), (None, "unknown")],
)
def test_a_held_lecture_keeps_its_clause_by_the_rank_of_its_speaker(rank, clause, stage, ask):
    stage(speaker_rank=rank)
    (event,) = ask("events_listed").to_dicts()
    assert event["clause"] == clause
    assert event["missing_field"] == ("speaker_rank" if rank is None else None)


def test_an_event_that_was_not_held_neither_keeps_nor_breaks_its_clause(stage, ask):
    stage(speaker_rank="other", is_held=False)
    stage("featured")
    assert ask("events_listed")["clause"].to_list() == [None, None]


def test_an_event_counts_once_whichever_targets_speak_of_it(stage, ask):
    stage("mobile_trip", loan_count=400)  # of the trips and of the loans on them
    assert ask("events_listed").height == 1


# --- who came


def test_an_event_at_which_nobody_counted_is_in_no_total_and_no_median(stage, ask):
    for attendance in (10, 30, 80, None):
        stage(attendance_count=attendance)
    (lectures,) = ask("attendance_by_kind").to_dicts()
    assert lectures["event_count"] == 4
    assert lectures["uncounted_count"] == 1
    assert lectures["attendance_count"] == 120
    assert lectures["median_attendance"] == 30


def test_where_nobody_ever_counted_the_attendance_is_not_0(stage, ask, tell):
    stage(attendance_count=None)
    (lectures,) = ask("attendance_by_kind").to_dicts()
    assert lectures["attendance_count"] is None
    assert lectures["median_attendance"] is None
    assert tell("activity_headline")["attendance_count"] is None


def test_before_the_first_event_of_the_register_none_held_is_not_0(stage, tell):
    assert tell("activity_headline")["event_count"] is None
    stage(held_on=date(2019, 3, 9))
    assert tell("activity_headline", end_date=date(2019, 3, 9))["event_count"] is None
    assert tell("activity_headline", start_date=date(2019, 3, 10))["event_count"] == 0


def test_an_event_nobody_came_to_is_0(stage, tell):
    stage(attendance_count=0)
    assert tell("activity_headline")["attendance_count"] == 0


def test_only_events_held_in_the_period_and_by_the_day_are_counted(stage, tell, ask):
    stage(held_on=date(2018, 12, 31), attendance_count=1)
    stage(held_on=date(2019, 1, 1), attendance_count=2)
    stage(held_on=MID_JUNE, attendance_count=4)
    stage(held_on=MID_JUNE + DAY, attendance_count=8)
    stage(held_on=MID_JUNE, is_held=False, attendance_count=16)
    headline = tell("activity_headline", as_of=MID_JUNE)
    assert (headline["event_count"], headline["attendance_count"]) == (2, 6)
    assert ask("attendance_by_kind", as_of=MID_JUNE)["attendance_count"].to_list() == [6]


# --- clauses of quality


def kept(ask, target, **params):
    return rows_by(ask("clauses_kept", **params), "target_code")[target]


def test_every_held_event_meets_its_clause_or_not_or_cannot_be_judged(stage, ask):
    for rank in ("full_senior", "vice_senior", "other", None):
        stage(speaker_rank=rank)
    lectures = kept(ask, "lectures")
    assert lectures["held_count"] == 4
    assert (lectures["met_count"], lectures["not_met_count"], lectures["unknown_count"]) == (
        2,
        1,
        1,
    )


def test_one_of_several_conditions_will_do(stage, ask):
    stage("exhibition", wall_metres=90, work_count=200)
    stage("exhibition", wall_metres=None, work_count=210)
    stage("exhibition", wall_metres=199, work_count=199)
    stage("exhibition", wall_metres=199, work_count=None)
    shows = kept(ask, "exhibitions")
    assert (shows["met_count"], shows["not_met_count"], shows["unknown_count"]) == (2, 1, 1)


def test_a_clause_is_judged_of_what_was_held_by_the_day(stage, ask):
    stage(speaker_rank="other", held_on=MID_JUNE + DAY)
    stage(speaker_rank="other", held_on=MID_JUNE, is_held=False)
    assert kept(ask, "lectures", as_of=MID_JUNE)["held_count"] == 0
    assert ask("clauses_broken", as_of=MID_JUNE).is_empty()


def test_clauses_and_events_of_the_agenda_tell_the_same(stage, ask):
    for rank in ("other", "other", None, "full_senior"):
        stage(speaker_rank=rank)
    lectures = kept(ask, "lectures")
    said = ask("events_listed")["clause"].to_list()
    for clause in ("met", "not_met", "unknown"):
        assert lectures[f"{clause}_count"] == said.count(clause)


def test_an_event_that_falls_short_is_named_with_what_the_register_says_of_each_condition(
    stage, ask
):
    stage("exhibition", title="年画展", wall_metres=165, work_count=123)
    short = rows_by(ask("clauses_broken"), "field_name")
    assert {row["title"] for row in short.values()} == {"年画展"}
    assert {row["verdict"] for row in short.values()} == {"not_met"}
    assert short["wall_metres"]["amount"] == 165
    assert short["work_count"]["minimum"] == 200


def test_an_event_whose_field_is_blank_is_named_as_one_that_cannot_be_judged(stage, ask):
    stage(title="讲座", speaker_rank=None)
    (row,) = ask("clauses_broken").to_dicts()
    assert (row["verdict"], row["field_name"]) == ("unknown", "speaker_rank")
    assert row["amount"] is row["code_name_zh"] is None


# --- something every week: the first of 2019 begins on Monday 31 December 2018


def test_a_week_counts_once_its_sunday_is_over(ask, stage):
    stage("featured", held_on=date(2019, 1, 9))
    saturday, sunday = date(2019, 1, 19), date(2019, 1, 20)
    assert kept(ask, "featured_events", as_of=saturday)["week_count"] == 1
    assert kept(ask, "featured_events", as_of=sunday)["week_count"] == 2
    assert kept(ask, "featured_events", as_of=sunday)["eventful_week_count"] == 1


def test_a_week_of_two_years_is_of_that_of_its_thursday(ask, stage):
    """Something on 31 December 2018 is in a week of 2019, on 31 December 2019 in one of 2020."""
    stage("featured", held_on=date(2018, 12, 31))
    stage("featured", held_on=date(2019, 12, 31))
    featured = kept(ask, "featured_events")
    assert (featured["week_count"], featured["eventful_week_count"]) == (52, 1)
    assert featured["held_count"] == 1  # the plan of 2019 counts that of 2019


def test_weeks_before_the_register_are_not_empty_ones(ask, stage):
    stage("lecture", held_on=date(2019, 6, 5))  # a Wednesday: half of its week is not known
    stage("featured", held_on=date(2019, 6, 12))
    featured = kept(ask, "featured_events", as_of=date(2019, 6, 16))
    assert (featured["week_count"], featured["eventful_week_count"]) == (1, 1)


def test_a_week_that_runs_on_is_over_with_its_year_and_never_more_are_kept_than_there_are(library):
    """2020 ends on a Thursday: its last week is its own, and 1 January 2021 does not save it."""
    weekly = Target(2020, "weekly", "total", "featured_count", 2, NAME, NAME, every_week=True)
    library.promise(Plan(2020, {"weekly": weekly}))
    library.cover(date(2020, 12, 1), date(2021, 1, 31))
    for day in (date(2020, 12, 15), date(2020, 12, 22), date(2021, 1, 1)):
        library.stage("featured", held_on=day, branch_code="main")
    for as_of, weeks in ((date(2020, 12, 30), 2), (date(2020, 12, 31), 3)):
        (row,) = library.ask("clauses_kept", as_of=as_of).to_dicts()
        assert (row["week_count"], row["eventful_week_count"]) == (weeks, 2)
        (evidence,) = library.ask("plan_evidence", as_of=as_of).to_dicts()
        assert (evidence["week_count"], evidence["kept_week_count"]) == (weeks, 2)
        (progress,) = library.ask("plan_progress", as_of=as_of).to_dicts()
        assert progress["status"] == ("on_course" if weeks == 2 else "not_met")


def test_a_week_with_several_events_is_one_and_one_with_none_is_named(ask, stage):
    for day in (8, 10, 13, 22):
        stage("featured", held_on=date(2019, 1, day))
    stage("featured", held_on=date(2019, 1, 16), is_held=False)
    as_of = date(2019, 1, 27)
    featured = kept(ask, "featured_events", as_of=as_of)
    assert (featured["week_count"], featured["eventful_week_count"]) == (3, 2)
    (week,) = ask("weeks_without_event", as_of=as_of).to_dicts()
    assert (week["week_start"], week["week_end"]) == (date(2019, 1, 14), date(2019, 1, 20))


def test_the_weeks_named_are_those_that_are_missing(ask, stage):
    for month in range(1, 13):
        stage("featured", held_on=date(2019, month, 14))
    featured = kept(ask, "featured_events")
    missing = featured["week_count"] - featured["eventful_week_count"]
    assert ask("weeks_without_event").height == featured["empty_week_count"] == missing


def test_events_of_another_kind_do_not_fill_a_week(ask, stage):
    stage("lecture", held_on=date(2019, 1, 9))
    assert kept(ask, "featured_events")["eventful_week_count"] == 0


# --- surveys


def overall(ask, **params):
    return rows_by(ask("survey_by_question", **params), "question_code")["overall"]


def test_a_share_has_the_interval_of_wilson_and_is_not_yet_shown_at_85_percent(put, ask):
    put("surveys")  # 204 of 240
    row = overall(ask)
    assert row["satisfied_share"] == 0.85
    assert (row["lower_share"], row["upper_share"]) == pytest.approx(survey.wilson(204, 240))
    assert row["goal"] == 0.85
    assert row["verdict"] == "not_shown"


@pytest.mark.parametrize(
    ("satisfied", "verdict"),
    [(215, "met"), (214, "not_shown"), (194, "not_shown"), (190, "not_met")],
)
def test_a_goal_is_met_or_missed_only_where_the_whole_interval_is(satisfied, verdict, put, ask):
    put("surveys", satisfied_count=satisfied)
    assert overall(ask)["verdict"] == verdict
    so_far = {"met": "on_course", "not_met": "behind"}
    put("surveys", group_code="adults", satisfied_count=satisfied)
    day_before = date(2019, 12, 30)  # more answers may come in
    assert overall(ask, as_of=day_before)["verdict"] == so_far.get(verdict, verdict)
    for as_of in (day_before, date(2019, 12, 31)):
        groups = ask("survey_by_group", as_of=as_of)
        assert groups["verdict"].to_list() == [overall(ask, as_of=as_of)["verdict"]]
    assert (satisfied >= survey.satisfied_needed(240, 0.85)) == (verdict == "met")


def shares_at(library, day):
    """Return what the plan says of the network's answers on a day."""
    rows = library.table("survey_shares")
    of_all = ("network", None, day)
    return [row for row in rows if (row["scope"], row["wave_code"], row["day"]) == of_all]


def test_the_overall_question_says_what_the_plan_says(put, ask, library):
    put("surveys")
    put("surveys", survey_code="second", valid_count=60, satisfied_count=59)  # the same day
    row = overall(ask)
    (plan,) = shares_at(library, row["closed_on"])
    assert row["valid_count"] == 300
    for name in ("valid_count", "satisfied_count", "lower_share", "upper_share"):
        assert row[name] == plan[name], name
    assert row["satisfied_share"] == plan["share"]


def test_who_did_not_answer_may_all_be_satisfied_or_none_of_them(put, ask):
    put("surveys")  # 300 forms, 240 answers, 204 satisfied
    row = overall(ask)
    assert row["return_rate"] == 250 / 300
    assert row["valid_rate"] == 240 / 300
    assert row["least_share"] == 204 / 300
    assert row["most_share"] == (204 + 60) / 300


def test_the_waves_of_the_year_up_to_the_end_of_the_period_are_shown_together(put, ask):
    put("surveys", survey_code="last year", closed_on=date(2018, 10, 31))
    put("surveys", survey_code="spring", closed_on=date(2019, 3, 31))
    put("surveys", survey_code="summer", closed_on=date(2019, 6, 30))
    put("surveys", survey_code="autumn", closed_on=date(2019, 10, 31))
    first_half = {"start_date": date(2019, 1, 1), "end_date": date(2019, 7, 1)}
    row = overall(ask, **first_half)
    assert (row["survey_code"], row["wave_count"], row["valid_count"]) == (None, 2, 480)
    assert row["closed_on"] == date(2019, 6, 30)
    assert overall(ask, as_of=MID_JUNE)["survey_code"] == "spring"


@pytest.mark.parametrize(("day", "counted"), [(5, ("first", True)), (6, ("second", False))])
def test_until_the_wave_that_the_plan_names_has_closed_there_is_no_verdict(
    day, counted, library, put, ask
):
    words = {"zh": "满意", "en": "Satisfied"}
    happy = Target(2019, "h", "survey", "reader_satisfaction", 0.85, words, words, wave="second")
    library.promise(Plan(2019, {"h": happy}))
    put("surveys", survey_code="first", closed_on=date(2019, 3, 31))
    put("surveys", survey_code="second", closed_on=date(2019, 6, 6))
    put("surveys", survey_code="first", group_code="adults", closed_on=date(2019, 3, 31))
    row = overall(ask, as_of=date(2019, 6, day))
    assert (row["survey_code"], row["is_awaited"]) == counted
    assert (row["verdict"] is None) == (row["goal"] is None) == row["is_awaited"]


def test_the_wave_that_the_plan_names_is_settled_when_it_closes(library, put, ask):
    words = {"zh": "满意", "en": "Satisfied"}
    happy = Target(2019, "h", "survey", "reader_satisfaction", 0.85, words, words, wave="2019")
    library.promise(Plan(2019, {"h": happy}))
    put("surveys", satisfied_count=215)
    assert overall(ask, as_of=date(2019, 6, 1))["verdict"] == "met"


def test_where_the_period_has_none_the_latest_wave_before_the_day_is_and_says_so(put, ask):
    put("surveys", survey_code="spring", closed_on=date(2019, 3, 31))
    row = overall(ask, start_date=date(2019, 7, 1), end_date=date(2019, 10, 1))
    assert (row["survey_code"], row["is_in_period"]) == ("spring", False)
    assert overall(ask)["is_in_period"]


def test_without_a_plan_for_its_year_a_wave_has_no_verdict(put, ask):
    put("surveys", closed_on=date(2018, 6, 1))
    row = overall(ask, start_date=date(2018, 1, 1), end_date=date(2019, 1, 1))
    assert (row["goal"], row["verdict"]) == (None, None)
    assert row["lower_share"] == pytest.approx(survey.wilson(204, 240)[0])


@pytest.mark.parametrize(
    ("counts", "reason"),
    [
        ({"valid_count": 251}, "more_answers_than_forms"),
        ({"returned_count": 301, "valid_count": 250}, "more_answers_than_forms"),
        ({"satisfied_count": 241}, "more_satisfied_than_answers"),
        ({"valid_count": 0, "satisfied_count": 0}, "no_answers"),
    ],
    ids=lambda value: value if isinstance(value, str) else "-".join(value),
)
def test_a_wave_whose_counts_contradict_each_other_is_shown_and_not_computed(
    counts, reason, put, ask
):
    put("surveys", **counts)
    row = overall(ask)
    assert (row["verdict"], row["reason"]) == ("not_computable", reason)
    shares = ("satisfied_share", "lower_share", "upper_share", "least_share", "most_share")
    assert {row[name] for name in shares} == {None}
    assert row["distributed_count"] == 300


def test_the_overall_question_comes_first_and_groups_are_not_among_the_questions(put, ask):
    put("surveys", question_code="staff", satisfied_count=239)
    put("surveys")
    put("surveys", group_code="seniors", valid_count=12, satisfied_count=12)
    assert ask("survey_by_question")["question_code"].to_list() == ["overall", "staff"]


def group_counts(ask, floor=5):
    rows = ask("survey_by_group", floor=floor)
    return {row["group_code"]: row["valid_count"] for row in rows.iter_rows(named=True)}


def answer(put, **groups):
    for group, count in groups.items():
        put("surveys", group_code=group, valid_count=count, satisfied_count=count)


def test_a_group_below_the_floor_is_hidden_and_the_next_smallest_with_it(put, ask):
    answer(put, adults=112, students=74, seniors=12, disabled=4)
    assert group_counts(ask) == {"adults": 112, "students": 74, "seniors": None, "disabled": None}


def test_two_groups_below_the_floor_hide_each_other(put, ask):
    answer(put, adults=112, seniors=12, disabled=4, blind=3)
    assert group_counts(ask) == {"adults": 112, "seniors": 12, "disabled": None, "blind": None}


def test_a_group_that_alone_was_asked_is_shown(put, ask):
    answer(put, adults=112)
    assert group_counts(ask) == {"adults": 112}


def test_at_the_floor_a_group_is_shown(put, ask):
    answer(put, adults=112, seniors=5)
    assert group_counts(ask) == {"adults": 112, "seniors": 5}


def test_a_hidden_group_gives_nothing_away(put, ask):
    answer(put, adults=112, students=74, disabled=4)
    hidden = rows_by(ask("survey_by_group"), "group_code")["disabled"]
    named = {"closed_on", "group_code", "group_name_zh", "group_name_en", "is_hidden", "goal"}
    assert {value for name, value in hidden.items() if name not in named} == {None}
    assert hidden["is_hidden"]


def test_hidden_groups_stand_in_the_order_of_their_names(put, ask):
    answer(put, adults=112, b=3, a=4)
    answer(put, c=2)
    assert list(group_counts(ask)) == ["adults", "a", "b", "c"]


# --- feedback


def term(put, days):
    put("settings", setting_code="feedback_answer_days", value=days, unit="days")


def case(put, number, received_on, answered_on=None, **differences):
    said = {"case_number": number, "received_on": received_on, "answered_on": answered_on}
    put("feedback", **(said | {"is_satisfied": None} | differences))


def test_a_case_is_in_time_up_to_the_last_day_of_its_term(put, tell):
    term(put, 10)
    case(put, "1", date(2019, 3, 1), date(2019, 3, 11))
    case(put, "2", date(2019, 3, 1), date(2019, 3, 12))
    handled = tell("feedback_handled")
    assert (handled["in_time_count"], handled["late_count"]) == (1, 1)


def test_an_open_case_is_overdue_once_its_term_has_gone(put, tell, ask):
    term(put, 10)
    case(put, "1", MID_JUNE - 10 * DAY)
    case(put, "2", MID_JUNE - 11 * DAY)
    handled = tell("feedback_handled", as_of=MID_JUNE)
    assert (handled["open_count"], handled["overdue_count"]) == (2, 1)
    cases = rows_by(ask("feedback_open", as_of=MID_JUNE), "case_number")
    assert {number: row["is_overdue"] for number, row in cases.items()} == {"2": True, "1": False}
    assert cases["2"]["open_days"] == 11


def test_a_case_answered_after_the_day_was_open_then(put, tell, ask):
    term(put, 10)
    case(put, "1", MID_JUNE - DAY, MID_JUNE + DAY, is_satisfied=True)
    handled = tell("feedback_handled", as_of=MID_JUNE)
    assert (handled["open_count"], handled["in_time_count"], handled["rated_count"]) == (1, 0, 0)
    assert ask("feedback_open", as_of=MID_JUNE).height == 1
    assert ask("feedback_open", as_of=MID_JUNE + DAY).is_empty()


def test_the_share_in_time_leaves_out_cases_whose_term_still_runs(put, tell):
    term(put, 10)
    case(put, "1", date(2019, 6, 1), date(2019, 6, 2))
    case(put, "2", date(2019, 6, 1))  # overdue
    case(put, "3", MID_JUNE)  # waiting
    assert tell("feedback_handled", as_of=MID_JUNE)["in_time_share"] == 0.5
    assert tell("activity_headline", as_of=MID_JUNE)["feedback_in_time_share"] == 0.5


@pytest.mark.parametrize("days", [None, "absent"], ids=["null", "absent"])
def test_without_a_term_nothing_is_in_time_or_late(days, put, tell, ask):
    if days is None:
        term(put, None)
    case(put, "1", date(2019, 3, 1), date(2019, 3, 5))
    case(put, "2", date(2019, 3, 1))
    handled = tell("feedback_handled")
    for name in ("term_days", "in_time_count", "late_count", "overdue_count", "in_time_share"):
        assert handled[name] is None, name
    assert handled["median_days"] == 4
    assert ask("feedback_open")["is_overdue"].to_list() == [None]
    assert set(ask("feedback_by_month")["outcome"]) == {"answered", "open"}
    assert tell("activity_headline")["feedback_in_time_share"] is None


def test_every_case_received_is_in_one_outcome_of_its_month(put, tell, ask):
    term(put, 10)
    for number, (day, answered) in enumerate(
        [(1, 3), (1, 25), (2, None), (3, 4), (14, None), (15, 15)]
    ):
        answered_on = date(2019, 6, answered) if answered else None
        case(put, str(number), date(2019, 6, day), answered_on)
    months = ask("feedback_by_month", as_of=MID_JUNE)
    outcomes = dict(months.select("outcome", "case_count").iter_rows())
    assert outcomes == {"in_time": 3, "overdue": 2, "waiting": 1}
    handled = tell("feedback_handled", as_of=MID_JUNE)
    assert sum(outcomes.values()) == handled["case_count"]
    assert handled["open_count"] == outcomes["overdue"] + outcomes["waiting"]


def test_readers_words_are_of_cases_answered_in_the_period_whenever_they_came(put, tell):
    case(put, "1", date(2018, 12, 20), date(2019, 1, 2), is_satisfied=True)
    case(put, "2", date(2018, 12, 1), date(2018, 12, 2), is_satisfied=False)
    case(put, "3", date(2019, 3, 1), date(2019, 3, 3), is_satisfied=False)
    case(put, "4", date(2019, 3, 1), date(2019, 3, 3))  # nobody said
    handled = tell("feedback_handled")
    assert (handled["answered_count"], handled["rated_count"]) == (3, 2)
    assert handled["satisfied_share"] == 0.5
    assert (handled["lower_share"], handled["upper_share"]) == pytest.approx(survey.wilson(1, 2))
    assert handled["case_count"] == 2


def test_the_words_of_a_whole_year_are_those_of_the_plan(put, tell, library):
    for number in range(12):
        case(put, str(number), date(2019, 3, 1), date(2019, 4, 1), is_satisfied=number < 9)
    handled = tell("feedback_handled")
    (plan,) = shares_at(library, date(2019, 4, 1))
    assert handled["satisfied_share"] == plan["share"]
    assert handled["lower_share"] == pytest.approx(plan["lower_share"])


def test_a_case_open_since_an_earlier_year_is_still_listed_and_first(put, ask):
    case(put, "new", date(2019, 12, 30))
    case(put, "old", date(2018, 5, 1))
    assert ask("feedback_open")["case_number"].to_list() == ["old", "new"]


# --- volunteers and inspections


def test_hours_nobody_wrote_down_are_not_0(put, ask):
    put("volunteers", volunteer_count=3, service_hours=6.0)
    put("volunteers", served_on=date(2019, 4, 1), volunteer_count=2, service_hours=None)
    put("volunteers", activity="引导", service_hours=None)
    services = rows_by(ask("volunteers_by_activity"), "activity")
    shelving = services["整架"]
    assert (shelving["volunteer_count"], shelving["service_hours"]) == (5, 6)
    assert (shelving["service_count"], shelving["uncounted_count"]) == (2, 1)
    assert services["引导"]["service_hours"] is None


@pytest.mark.parametrize(
    ("said", "state"),
    [
        ({}, "sound"),
        ({"finding": "x", "rectify_by": MID_JUNE, "rectified_on": MID_JUNE}, "in_time"),
        (
            {"finding": "x", "rectify_by": MID_JUNE - DAY, "rectified_on": MID_JUNE},
            "late",
        ),
        ({"finding": "x", "rectify_by": MID_JUNE}, "running"),
        ({"finding": "x", "rectify_by": MID_JUNE - DAY}, "overdue"),
        ({"finding": "x"}, "open"),
        ({"finding": "x", "rectified_on": MID_JUNE}, "done"),
        ({"finding": "x", "rectify_by": MID_JUNE - DAY, "withdrawn_on": MID_JUNE}, "withdrawn"),
        (
            {"finding": "x", "rectify_by": MID_JUNE, "rectified_on": MID_JUNE + DAY},
            "running",
        ),
        (
            {"finding": "x", "rectify_by": MID_JUNE - DAY, "withdrawn_on": MID_JUNE + DAY},
            "overdue",
        ),
    ],
    ids=[
        *("sound", "in_time", "late", "running", "overdue", "open", "done", "withdrawn"),
        *("put_right_after_the_day", "given_up_after_the_day"),
    ],
)
def test_what_became_of_an_inspection_is_told_of_the_day(said, state, put, ask):
    put("inspections", **said)
    (row,) = ask("inspections_made", as_of=MID_JUNE).to_dicts()
    assert row["state"] == state
    assert row["overdue_days"] == (1 if state == "overdue" else None)


def test_what_is_overdue_comes_first(put, ask):
    put("inspections", point="sound")
    put("inspections", point="overdue", finding="x", rectify_by=date(2019, 6, 1))
    assert ask("inspections_made")["point"].to_list() == ["overdue", "sound"]
