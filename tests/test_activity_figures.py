"""What the page of events and satisfaction draws is what its figures asked for."""

from datetime import date

import pytest
from conftest import YEAR_2019

from guanqing import figures, period
from guanqing.figures import View
from guanqing.figures.blocks import Chart, Table


@pytest.fixture
def show(library):
    """Return a function that shows a figure of a period in English, by its name."""

    def show(name, code="2019"):
        first_day, as_of = date(2016, 1, 1), YEAR_2019["as_of"]
        chosen = period.read(code, first_day=first_day, as_of=as_of)
        days = {"start_date": chosen.start_date, "end_date": chosen.end_date}
        facts = {"first_day": first_day}
        return figures.named(name).show(
            View(
                lambda query, params: library.ask(query, **params),
                facts,
                YEAR_2019 | days,
                chosen,
                "en",
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
