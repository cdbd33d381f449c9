"""Periods: what a code in a URL means, and what of a period can be held against a year earlier."""

from datetime import date

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from guanqing import period

FIRST_DAY, AS_OF = date(2018, 4, 1), date(2019, 9, 30)

days = st.dates(date(1990, 1, 1), date(2100, 12, 31))
codes = st.one_of(
    st.text(max_size=24),
    st.sampled_from(["all", "12m", "2019", "2019Q3", "2019-07", "2019-01-05..2019-02-20", ""]),
    st.from_regex(r"\d{4}(Q\d|-\d\d)?", fullmatch=True),
    st.from_regex(r"\d{4}-[01]\d-[0-3]\d\.\.\d{4}-[01]\d-[0-3]\d", fullmatch=True),
    st.builds(lambda first, last: f"{first}..{last}", days, days),
    st.builds(lambda first, last: f"{first}..{last}", st.dates(), st.dates()),
)
a_property = settings(max_examples=300)


def read(code):
    return period.read(code, first_day=FIRST_DAY, as_of=AS_OF)


@pytest.mark.parametrize(
    ("code", "start_date", "last_day", "is_running"),
    [
        ("2018", "2018-04-01", "2018-12-31", False),
        ("2019", "2019-01-01", "2019-09-30", True),
        ("2019Q3", "2019-07-01", "2019-09-30", False),
        ("2018Q4", "2018-10-01", "2018-12-31", False),
        ("2019-02", "2019-02-01", "2019-02-28", False),
        ("2018-12", "2018-12-01", "2018-12-31", False),
        ("2019-01-05..2019-02-20", "2019-01-05", "2019-02-20", False),
        ("2019-09-30..2019-09-30", "2019-09-30", "2019-09-30", False),
        ("2019-09-01..2019-10-31", "2019-09-01", "2019-09-30", True),
        ("12m", "2018-10-01", "2019-09-30", False),
        ("all", "2018-04-01", "2019-09-30", False),
    ],
)
def test_a_code_names_its_days(code, start_date, last_day, is_running):
    found = read(code)
    assert (found.start_date.isoformat(), found.last_day.isoformat()) == (start_date, last_day)
    assert found.is_running == is_running
    assert found.code == code


@pytest.mark.parametrize("code", ["2017", "2018Q1", "2018-03", "2018-01-01..2018-03-31"])
def test_a_period_before_the_data_shows_nothing(code):
    assert read(code) is None


@pytest.mark.parametrize("code", ["2020", "2019Q4", "2019-10", "2019-10-01..2019-10-02", "9999"])
def test_a_period_after_the_day_shows_nothing(code):
    assert read(code) is None


@pytest.mark.parametrize(
    "code",
    [
        "",
        "19",
        "2019Q5",
        "2019-13",
        "2019-1",
        "2019-02-20..2019-01-05",
        "2019-02-30..2019-03-01",
        "9999Q4",
        "9999-12-31..9999-12-31",
        "0000",
        "2019 ",
        "ALL",
        "drop table loans",
    ],
)
def test_what_is_no_code_is_no_period(code):
    assert read(code) is None


@a_property
@given(codes, days, days)
@example("0001-01-01..9999-12-31", FIRST_DAY, AS_OF)
def test_whatever_a_url_says_a_period_touches_the_data_and_ends_by_the_day(code, one, other):
    first_day, as_of = sorted([one, other])
    found = period.read(code, first_day=first_day, as_of=as_of)
    if found is not None:
        assert found.start_date <= found.last_day <= as_of
        assert found.start_date >= first_day  # before it nothing is known, which is not no loans
        assert found.day_count >= 1
        assert found.last_day == as_of or not found.is_running


@a_property
@given(codes, days, days)
@example("0001-01-01..2019-01-05", FIRST_DAY, AS_OF)
@example("2020", date(2019, 4, 1), date(2020, 9, 30))
@example("2020-02-29..2020-02-29", date(2018, 1, 1), date(2020, 12, 31))
def test_only_days_of_which_the_data_covers_both_years_are_compared(code, one, other):
    first_day, as_of = sorted([one, other])
    found = period.read(code, first_day=first_day, as_of=as_of)
    if found is None:
        return
    compared = period.compare(found, first_day)
    if compared is None:
        is_a_leap_day_apart = any(
            (found.start_date + n * period.DAY).strftime("%m-%d") == "02-29"
            for n in range(min(found.day_count, 100))
        )
        assert period.year_before(found.last_day) < first_day or is_a_leap_day_apart
        return
    now, earlier = compared.now, compared.earlier
    assert first_day <= earlier.start_date <= earlier.last_day <= as_of
    assert found.start_date <= now.start_date <= now.last_day
    assert (
        found.last_day - now.last_day == (found.last_day.strftime("%m-%d") == "02-29") * period.DAY
    )
    assert now.day_count == earlier.day_count or now.day_count >= period.MANY_DAYS
    # the same days: 1 April is held against 1 April, in a leap year too
    assert earlier.start_date == period.year_before(now.start_date)
    assert earlier.last_day == period.year_before(now.last_day)
    assert now.is_running == found.is_running


def test_a_library_that_opened_in_april_compares_no_january():
    compared = period.compare(read("2019"), FIRST_DAY)
    assert (compared.now.start_date, compared.now.last_day) == (date(2019, 4, 1), AS_OF)
    assert compared.earlier.start_date == date(2018, 4, 1)
    assert compared.earlier.last_day == date(2018, 9, 30)


def test_a_running_period_is_held_against_the_same_days_and_not_the_whole_year_before():
    compared = period.compare(read("2019"), date(2017, 1, 1))
    assert compared.earlier.start_date == date(2018, 1, 1)
    assert compared.earlier.last_day == date(2018, 9, 30)
    assert compared.now.is_running
    assert not compared.earlier.is_running


def test_the_first_year_has_nothing_to_compare_with():
    assert period.compare(read("2018"), FIRST_DAY) is None


@pytest.mark.parametrize(
    ("day", "earlier"),
    [("2020-02-29", "2019-02-28"), ("2020-03-01", "2019-03-01"), ("2021-02-28", "2020-02-28")],
)
def test_a_year_before_the_29th_of_february_is_the_28th(day, earlier):
    assert period.year_before(date.fromisoformat(day)) == date.fromisoformat(earlier)


def test_years_and_their_quarters_are_offered_the_newest_first():
    offered = period.choices(FIRST_DAY, AS_OF)
    years = ["2019", "2019Q3", "2019Q2", "2019Q1", "2018", "2018Q4", "2018Q3", "2018Q2"]
    assert offered == [*years, "12m", "all"]


@pytest.mark.slow
@a_property
@given(days, days)
def test_whatever_is_offered_can_be_read(one, other):
    first_day, as_of = sorted([one, other])
    offered = period.choices(first_day, as_of)
    assert len(offered) == len(set(offered))
    for code in offered:
        assert period.read(code, first_day=first_day, as_of=as_of) is not None


def test_days_meet_the_same_day_of_the_week_52_weeks_before():
    now = read("2019-09-02..2019-09-08")
    before = period.weeks_before(now)
    assert before.day_count == now.day_count
    assert before.start_date.weekday() == now.start_date.weekday()
    assert before.start_date == date(2018, 9, 3)


@pytest.mark.parametrize(
    ("code", "earlier"),
    [
        ("2019-07-06..2019-07-07", "2018-07-07..2018-07-08"),  # a weekend meets a weekend
        ("2019-07", "2018-07-01..2018-07-31"),
        ("2019-06-01..2019-07-31", "2018-06-01..2018-07-31"),
        ("2019Q3", "2018-07-01..2018-09-30"),
        ("2019", "2018-01-01..2018-09-30"),
    ],
)
def test_days_are_held_against_their_days_of_the_week_and_months_against_months(code, earlier):
    compared = period.compare_totals(read(code), date(2017, 1, 1))
    days = compared.earlier
    assert f"{days.start_date}..{days.last_day}" == earlier
    assert compared.before(compared.now.last_day) == days.last_day
    assert compared.is_by_weekday is (
        compared.now.start_date.weekday() == days.start_date.weekday()
    )


@a_property
@given(days, days, st.integers(0, 70))
def test_only_days_covered_52_weeks_before_are_compared_by_weekday(one, other, more):
    first_day, start = sorted([one, other])
    shown = period.Period("", start, start + (more + 1) * period.DAY)
    compared = period.compare_days(shown, first_day)
    if compared is None:
        assert shown.last_day - period.WEEKS_52 < first_day
        return
    now, earlier = compared.now, compared.earlier
    assert earlier.start_date >= first_day
    assert now.last_day == shown.last_day
    assert {now.start_date - earlier.start_date, now.last_day - earlier.last_day} == {
        period.WEEKS_52
    }
    assert now.start_date == shown.start_date or earlier.start_date == first_day
