"""What the page of events and satisfaction draws is what its figures asked for."""

from dataclasses import replace
from datetime import date, datetime
from unittest.mock import patch

import pytest
from conftest import OWN_OF_TESTS, PLANS, YEAR_2019

from guanqing import figures, period, plan
from guanqing.figures import View
from guanqing.figures.blocks import Card, Chart, Note, Table
from guanqing.plan import Plan


@pytest.fixture
def show(library):
    """Return a function that shows a figure of a period in English, by its name."""

    def show(name, code="2019", **asked):
        first_day, as_of = date(2016, 1, 1), asked.get("as_of", YEAR_2019["as_of"])
        chosen = period.read(code, first_day=first_day, as_of=as_of)
        days = {"start_date": chosen.start_date, "end_date": chosen.end_date}
        facts = {"first_day": first_day}
        return figures.named(name).show(
            View(
                lambda query, params: library.ask(query, **params),
                facts,
                YEAR_2019 | days | asked,
                chosen,
                "en",
                own=OWN_OF_TESTS,
            )
        )

    return show


def blocks(exhibit, kind):
    return [block for block in exhibit.content.blocks if isinstance(block, kind)]


def test_an_agenda_too_long_to_draw_asks_for_the_months_it_draws(stage, show):
    for year in (2016, 2017, 2018, 2019):
        for month in range(1, 13):
            stage(title=f"{year}-{month}", held_on=date(year, month, 9))
    exhibit = show("events_listed", "all")
    drawn, cited = exhibit.answers
    assert (drawn.is_drawn, cited.is_drawn) == (True, False)
    html = "".join(str(block) for block in exhibit.content.blocks)
    for title in cited.frame["title"]:
        assert (f'lang="zh-CN">{title}<' in html) == (title in drawn.frame["title"].to_list())
    assert cited.frame.height == 48
    assert drawn.frame.height < 24
    assert "48 events held" in exhibit.headline


def test_a_share_of_satisfied_readers_changes_by_points(library, show):
    for year, count in ((2018, 192), (2019, 204)):  # of 240: 80 and 85 %
        library.put(
            "surveys", survey_code=f"{year}", closed_on=date(year, 6, 1), satisfied_count=count
        )
    (card,) = blocks(show("satisfied_share"), Card)
    assert card.change == pytest.approx(0.05)


def test_where_no_event_was_ever_recorded_nothing_says_0(show):
    (card,) = blocks(show("event_count"), Card)
    assert card.value is None
    clauses = show("clauses_kept")
    (table,) = blocks(clauses, Table)
    assert {cell for _, *cells in table.rows for cell in cells} == {"—"}
    assert not any("without an event" in note.words for note in blocks(clauses, Note))
    for name in ("feedback_by_month", "feedback_open"):
        exhibit = show(name)
        assert exhibit.headline == "Nothing recorded in this selection"
        assert blocks(exhibit, Note) == list(exhibit.content.blocks)
    behind = show("events_behind", target="lectures")
    assert behind.headline.startswith("nothing recorded for lectures")
    facts = str(show("target_facts", target="featured_events").content.blocks[0])
    assert "0 of" not in facts


def test_weeks_with_an_event_are_counted_as_on_the_page_of_events(stage, show):
    for day in range(2, 29, 7):
        stage("featured", held_on=date(2019, 1, day))
    asked = {"target": "featured_events", "as_of": date(2019, 1, 28)}  # a Monday
    clauses = show("clauses_kept", **asked).answers[0].frame.filter(target_code="featured_events")
    assert clauses["eventful_week_count"].to_list() == clauses["week_count"].to_list() == [4]
    stage("featured", held_on=asked["as_of"])  # of a week that runs
    assert "in 4 of 4 complete weeks" in str(show("target_facts", **asked).content.blocks[0])


def test_what_is_missing_of_a_share_is_said_in_points(library, show):
    library.put("counts", amount=20.0)  # web visits of a population of 1,000, of which 5 % are due
    library.put("settings")
    library.open(date(2019, 1, 1), date(2019, 12, 31))
    asked = {"target": "web_visits_per_capita", "as_of": date(2019, 9, 30)}
    facts = show("target_facts", **asked).content.blocks[0]
    assert "3.0 points more" in str(facts)


def test_of_a_rate_of_events_the_calendar_says_no_missing_number(library, stage, show):
    promised = replace(
        plan.load(2019, PLANS).targets["lectures"],
        kind="rate",
        per="population",
        goal=0.1,
        quality=(),
    )
    with patch.object(plan, "load", lambda year, *_: Plan(year, {"lectures": promised})):
        library.promise(Plan(2019, {"lectures": promised}))
        library.put("settings")
        stage(held_on=date(2019, 3, 5))
        stage(held_on=date(2019, 11, 5), is_held=False)
        asked = {"target": "lectures", "as_of": date(2019, 9, 30)}
        facts = str(show("target_facts", **asked).content.blocks[0])
    assert "events scheduled: 1" in facts
    assert "0 missing" not in facts


def test_a_unit_is_said_of_one_and_of_several(library, show):
    library.put("counts", count_code="party_member", amount=1.0)
    facts = str(show("target_facts", target="party_members").content.blocks[0])
    assert ">person<" in facts
    verdict = str(show("target_verdict", target="party_members").content.blocks[0])
    assert ">persons<" in verdict


def test_days_that_are_announced_have_no_band(library, show):
    library.open(date(2019, 1, 1), date(2019, 12, 31))
    library.rows["opening_hours"].pop(40)
    asked = {"target": "open_days", "as_of": date(2019, 9, 30)}
    facts = str(show("target_facts", **asked).content.blocks[0])
    assert "as announced</dt><dd>364<" in facts
    assert "95 %" not in facts
    verdict = str(show("target_verdict", **asked).content.blocks[0])
    assert "(80 %)" not in verdict


def test_a_line_is_named_for_the_years_it_holds(lend, show):
    for year in (2016, 2017, 2018, 2019):
        for month in range(1, 13):
            lend(loaned_at=datetime(year, month, 9, 12))
    names = {"2019": ["<b>2018</b>", "<b>2019</b>"], "all": ["<b>2016–18</b>", "<b>2016–19</b>"]}
    for code, expected in names.items():
        (chart,) = blocks(show("loans_over_time", code), Chart)
        words = {note.text for note in chart.figure.layout.annotations}
        assert {*expected} <= words


def test_an_agenda_that_fits_is_one_question(stage, show):
    stage(title="only", held_on=date(2019, 5, 9))
    (answer,) = show("events_listed").answers
    assert answer.is_drawn
    assert answer.params["start_date"] == date(2019, 1, 1)


def test_the_dots_of_attendance_are_the_events_counted(stage, show):
    for count in (12, 40, None):
        stage(attendance_count=count)
    exhibit = show("attendance_by_kind")
    (chart,) = blocks(exhibit, Chart)
    dots = [list(trace.x) for trace in chart.figure.data if trace.mode == "markers"]
    (events,) = [found.frame for found in exhibit.answers if found.query == "events_listed"]
    assert dots == [events["attendance_count"].drop_nulls().to_list()]


@pytest.mark.parametrize("count", [3, 30])
def test_every_open_case_that_can_be_downloaded_is_listed(count, put, show):
    put("feedback", case_number="answered")
    for number in range(count):
        put("feedback", case_number=f"open {number}", answered_on=None, is_satisfied=None)
    exhibit = show("feedback_open")
    (table,) = blocks(exhibit, Table)
    listed = [row[0].striptags() for row in table.rows]
    assert listed == exhibit.answers[0].frame["case_number"].to_list()
    assert len(listed) == count
    assert (table.height is not None) == (count > 12)


def test_a_register_may_hold_anything_and_it_stays_words(stage, put, show):
    wild = "<script>alert(1)</script>"
    stage(title=wild, speaker_rank="other", attendance_count=9)
    put("volunteers", activity=wild)
    put("inspections", point=wild, finding=wild)
    put("feedback", case_number=wild, answered_on=None)
    for name in ("clauses_kept", "volunteers_by_activity", "inspections_made", "feedback_open"):
        for table in blocks(show(name), Table):
            assert not any(isinstance(c, str) and "<script" in c for r in table.rows for c in r)
    (chart,) = blocks(show("attendance_by_kind"), Chart)
    assert "<script" not in chart.figure.to_json()


def test_the_card_speaks_of_a_survey_of_the_period_only(put, show):
    put("surveys", closed_on=date(2019, 3, 31))
    (card,) = show("satisfied_share", "2019-03").content.blocks
    assert (card.value, card.goal, card.status) == (0.85, 0.85, "not_shown")
    (card,) = show("satisfied_share", "2019-04").content.blocks
    assert (card.value, card.goal, card.status) == (None, None, None)


def test_a_later_questionnaire_without_the_overall_question_takes_nothing_from_the_card(
    library, show
):
    library.put("surveys", survey_code="a", closed_on=date(2019, 6, 1), satisfied_count=204)
    library.put(
        "surveys",
        survey_code="b",
        closed_on=date(2019, 9, 1),
        question_code="collection",
        satisfied_count=100,
    )
    (card,) = blocks(show("satisfied_share"), Card)
    verdict = str(show("target_verdict", target="reader_satisfaction").content.blocks[0])
    assert card.value == pytest.approx(0.85)
    assert "85.0%" in verdict


def test_on_a_29_february_active_readers_change_over_the_days_that_are_stated(lend, show):
    lend(loaned_at=datetime(2018, 2, 5, 10))  # the log goes back as far as the change looks
    lend(loaned_at=datetime(2018, 3, 5, 10))
    lend(loaned_at=datetime(2019, 6, 5, 10))
    lend(reader_id=2, loaned_at=datetime(2020, 2, 29, 10))
    (card,) = blocks(show("active_borrower_count", "12m", as_of=date(2020, 2, 29)), Card)
    assert card.value == 2
    assert "28 Feb 2020 against" in card.compared_days
    assert card.change == 0
