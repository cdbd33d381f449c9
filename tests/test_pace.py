"""How much of its year should be done by a day: worked out by hand, and true of any library."""

import csv
import itertools
import random
from dataclasses import replace
from datetime import date

import pytest
from conftest import DAY, Library, fill, some_every_day

from guanqing.paths import DATA
from guanqing.plan import Plan, Target, planfile

WORDS = {"zh": "到馆", "en": "Visits"}
VISITS = Target(2020, "visits", "total", "visit_count", 1000, WORDS, WORDS)


def days(first: str, last: str) -> list[date]:
    start, end = date.fromisoformat(first), date.fromisoformat(last)
    return [start + n * DAY for n in range((end - start).days + 1)]


def visit(library: Library, first: str, last: str, a_day: float) -> None:
    """Put so many visits on each day."""
    for day in days(first, last):
        library.put("visits", day=day, visit_count=a_day)


def open_but(library: Library, year: int, *shut: tuple[str, str]) -> None:
    """Open the main library on every day of a year but these."""
    closed = {day for first, last in shut for day in days(first, last)}
    for day in days(f"{year}-01-01", f"{year}-12-31"):
        if day not in closed:
            library.open(day)


def pace(library: Library, target: Target = VISITS) -> dict[str, tuple[float, str]]:
    """Return the share expected by each day of a promise's year, and what it is taken from."""
    library.promise(Plan(target.plan_year, {target.code: target}))
    return {
        str(row["day"]): (row["expected_share"], row["pace_basis"])
        for row in library.table("target_days")
    }


def agrees(found: dict[str, tuple[float, str]], whole: float, by_day: dict[str, float]) -> None:
    """Say that so much of the whole is expected by each of these days, from a profile."""
    for day, amount in by_day.items():
        assert found[day] == (pytest.approx(amount / whole), "profile"), day


# --- worked out by hand


def test_spring_festival_stands_where_it_falls_and_closed_days_are_out(library):
    """2019 has Spring Festival on 5 February, 2020 on 25 January.

    Spring Festival's weeks are F0 and F1 before it, F2 that begins with it, F3 and F4 after. What
    came about in 2019, part by part, over the open days of each:

        part   days of 2019                     open  visits  a day
        M01    1–21 January, 26–28 February       24     240     10
        F0     22–28 January                       7     140     20
        F1     29 January – 4 February             7     140     20
        F2     5–11 February, shut 5–7             4     200     50
        F3     12–18 February                      7      70     10
        F4     19–25 February                      7      70     10
        M03 to M12, each month                       10 a day throughout

    and what is to be expected of 2020 from it, over its own open days:

        M01    1–10 January                       10     100
        F0     11–17 January                       7     140
        F1     18–24 January                       7     140
        F2     25–31 January, shut 25 and 26       5     250
        F3     1–7 February                        7      70
        F4     8–14 February                       7      70
        M01    15–29 February                     15     150
        M03    1–31 March, shut 1–11              20     200
        M04 to M12                               275   2,750
                                                       -----
                                                       3,870
    """
    library.cover(date(2019, 1, 1), date(2020, 12, 31))
    open_but(library, 2019, ("2019-02-05", "2019-02-07"))
    open_but(library, 2020, ("2020-01-25", "2020-01-26"), ("2020-03-01", "2020-03-11"))
    visit(library, "2019-01-01", "2019-01-21", 10)
    visit(library, "2019-01-22", "2019-02-04", 20)
    visit(library, "2019-02-08", "2019-02-11", 50)
    visit(library, "2019-02-12", "2019-12-31", 10)
    expected = {
        "2020-01-01": 10,
        "2020-01-10": 100,
        "2020-01-17": 100 + 140,
        "2020-01-24": 100 + 140 + 140,
        "2020-01-26": 380,  # shut on the 25th and the 26th: nothing more is expected
        "2020-01-27": 380 + 50,
        "2020-01-31": 380 + 250,
        "2020-02-07": 630 + 70,
        "2020-02-14": 700 + 70,
        "2020-02-29": 770 + 150,
        "2020-03-11": 920,
        "2020-03-12": 920 + 10,
        "2020-03-31": 920 + 200,
        "2020-12-30": 3870 - 10,
        "2020-12-31": 3870,
    }
    agrees(pace(library), 3870, expected)


def test_a_festival_of_late_february_takes_the_first_week_of_march_with_it(library):
    """2018 has it on 16 February: F0 to F4 are 2 February – 8 March, and 30 a day; else 10 a day.

    2019 has it on 5 February, F0 to F4 are 22 January – 25 February, and no hours are known:

        M01    1–21 January       21 × 10      210
        F0–F4  35 days            35 × 30    1,050
        M01    26–28 February      3 × 10       30
        M03    31 days, 10 a day though 8 of March 2018 were the festival's   310
        M04 to M12               275 × 10    2,750
                                             -----
                                             4,350
    """
    visit(library, "2018-01-01", "2018-02-01", 10)
    visit(library, "2018-02-02", "2018-03-08", 30)
    visit(library, "2018-03-09", "2018-12-31", 10)
    expected = {
        "2019-01-21": 210,
        "2019-01-22": 240,
        "2019-02-25": 210 + 1050,
        "2019-02-28": 1260 + 30,
        "2019-03-08": 1290 + 80,
        "2019-03-31": 1290 + 310,
        "2019-12-31": 4350,
    }
    agrees(pace(library, replace(VISITS, plan_year=2019)), 4350, expected)


def test_the_weeks_around_spring_festival_are_parts_of_their_own(library):
    """In 2019, with the festival on 5 February; of 1999 nobody has entered when it was."""
    ends = {
        "M01": "01-01 01-21 02-26 02-28",
        **{"F0": "01-22 01-28", "F1": "01-29 02-04", "F2": "02-05 02-11"},
        **{"F3": "02-12 02-18", "F4": "02-19 02-25"},
        **{"M03": "03-01 03-31", "M10": "10-01 10-31", "M12": "12-01 12-31"},
    }
    library.cover(date(1999, 5, 1), date(2019, 6, 30))
    parts = {str(row["day"]): row["season_part"] for row in library.table("calendar_days")}
    for part, found in ends.items():
        assert {parts[f"2019-{day}"] for day in found.split()} == {part}
    assert [parts[f"1999-{day}"] for day in ("02-16", "03-01")] == ["M01", "M03"]
    assert (min(parts), max(parts)) == ("1999-01-01", "2019-12-31")


def test_all_earlier_years_are_added_up(library):
    """10 a day in 2018 and 2019, but the festival's week: 5 a day in the one, 35 in the other.

    Of both years together that week has 7 × 5 + 7 × 35 = 280 visits on 14 days: 20 a day. So 2020,
    with 366 days, comes to 359 × 10 + 7 × 20 = 3,730.
    """
    library.cover(date(2018, 1, 1), date(2020, 12, 31))
    visit(library, "2018-01-01", "2018-02-15", 10)
    visit(library, "2018-02-16", "2018-02-22", 5)
    visit(library, "2018-02-23", "2019-02-04", 10)
    visit(library, "2019-02-05", "2019-02-11", 35)
    visit(library, "2019-02-12", "2019-12-31", 10)
    expected = {"2020-01-24": 240, "2020-01-31": 240 + 140, "2020-12-31": 3730}
    agrees(pace(library), 3730, expected)


def test_a_year_not_of_this_plan_or_after_it_makes_no_pace(library):
    library.cover(date(2019, 1, 1), date(2021, 12, 31))
    visit(library, "2019-01-01", "2019-12-31", 10)
    before = pace(library)
    visit(library, "2020-05-01", "2020-05-31", 99)
    visit(library, "2021-01-01", "2021-12-31", 99)
    assert pace(library) == before


def test_a_part_no_earlier_year_was_open_in_is_as_busy_as_the_others(library):
    """2019 was shut in the festival's week and had 10 a day else: so has that week of 2020."""
    library.cover(date(2019, 1, 1), date(2020, 12, 31))
    open_but(library, 2019, ("2019-02-05", "2019-02-11"))
    open_but(library, 2020)
    visit(library, "2019-01-01", "2019-02-04", 10)
    visit(library, "2019-02-12", "2019-12-31", 10)
    agrees(pace(library), 3660, {"2020-01-24": 240, "2020-01-31": 310, "2020-12-31": 3660})


# --- where the library's own years say nothing


@pytest.mark.parametrize(("amount", "basis"), [(99, "calendar"), (100, "profile")])
def test_fewer_than_100_make_no_profile(amount, basis, library):
    library.cover(date(2019, 1, 1), date(2020, 12, 31))
    library.put("visits", day=date(2019, 1, 31), visit_count=amount)
    found = pace(library)
    assert {why for _, why in found.values()} == {basis}
    if basis == "calendar":
        assert found["2020-06-30"][0] == pytest.approx(182 / 366)


def test_without_a_profile_open_days_are_counted_and_the_basis_says_so(library):
    library.cover(date(2019, 1, 1), date(2020, 12, 31))
    open_but(library, 2020, ("2020-07-01", "2020-08-31"))  # 304 of 366 days open
    library.put("visits", day=date(2019, 1, 2), visit_count=99)
    found = pace(library)
    assert found["2020-06-30"] == (pytest.approx(182 / 304), "open_days")
    assert found["2020-08-31"] == found["2020-06-30"]
    assert found["2020-12-31"] == (1, "open_days")


@pytest.mark.parametrize(
    ("first", "last", "basis"),
    [
        ("01-07", "12-25", "open_days"),
        ("01-08", "12-31", "calendar"),
        ("01-01", "12-24", "calendar"),
    ],
)
def test_hours_count_as_known_from_the_first_week_of_the_year_to_its_last(
    first, last, basis, library
):
    library.cover(date(2020, 1, 1), date(2020, 12, 31))
    for day in days(f"2020-{first}", f"2020-{last}"):
        library.open(day)
    assert pace(library)["2020-06-30"][1] == basis


def test_losses_in_a_part_of_the_year_make_no_profile(library):
    """What falls and rises again has no share of its year."""
    library.cover(date(2019, 1, 1), date(2020, 12, 31))
    web = replace(VISITS, measure="web_visit_count")
    library.put("counts", counted_on=date(2019, 1, 10), amount=500.0)
    assert pace(library, web)["2020-06-30"][1] == "profile"
    library.put("counts", counted_on=date(2019, 6, 10), amount=-1.0)
    assert pace(library, web)["2020-06-30"] == (pytest.approx(182 / 366), "calendar")


@pytest.mark.parametrize(("first_day", "basis"), [("02-01", "calendar"), ("01-31", "profile")])
def test_less_than_one_full_earlier_year_makes_no_profile(first_day, basis, library):
    library.cover(date.fromisoformat(f"2019-{first_day}"), date(2020, 12, 31))
    library.put("visits", day=date(2018, 12, 31), visit_count=1)  # kept longer than the loans
    visit(library, f"2019-{first_day}", "2019-12-31", 10)
    assert pace(library)["2020-06-30"][1] == basis


def test_data_that_begin_in_april_make_no_profile(library):
    library.cover(date(2018, 4, 1), date(2019, 9, 30))
    visit(library, "2018-04-01", "2019-09-30", 10)
    found = pace(library, replace(VISITS, plan_year=2019))
    assert found["2019-06-30"] == (pytest.approx(181 / 365), "calendar")


def test_a_measure_that_nobody_recorded_until_february_has_no_profile(library):
    library.cover(date(2018, 1, 1), date(2019, 12, 31))
    visit(library, "2018-02-01", "2018-12-31", 10)
    assert pace(library, replace(VISITS, plan_year=2019))["2019-06-30"][1] == "calendar"


def test_the_first_year_of_the_data_has_no_profile(library):
    visit(library, "2018-01-01", "2019-12-31", 10)
    assert pace(library, replace(VISITS, plan_year=2018))["2018-06-30"][1] == "calendar"


def test_a_year_open_only_where_nothing_ever_came_about_goes_by_its_open_days(library):
    """Else every share of it would be 0 of 0."""
    library.cover(date(2019, 1, 1), date(2020, 12, 31))
    library.put("visits", day=date(2019, 1, 1), visit_count=0)
    visit(library, "2019-07-01", "2019-07-31", 10)
    open_but(library, 2020, ("2020-01-08", "2020-12-24"))
    found = pace(library)
    assert found["2020-01-07"] == (pytest.approx(7 / 14), "open_days")
    assert found["2020-12-31"][0] == 1


def test_however_little_is_to_be_expected_of_a_year_it_has_its_profile(library):
    """One visit on the 24 days of M01 in 2019; 2020 is open on 7 of such days and 7 in December."""
    library.cover(date(2019, 1, 1), date(2020, 12, 31))
    library.put("visits", day=date(2019, 1, 1), visit_count=1)
    visit(library, "2019-07-01", "2019-07-31", 10)
    open_but(library, 2020, ("2020-01-08", "2020-12-24"))
    assert pace(library)["2020-01-07"] == (1, "profile")


# --- where the plan says when it is due


def test_what_is_due_in_each_month_sets_the_pace_whatever_earlier_years_were_like(library):
    """1 due in March and 3 in April: nothing before, everything after."""
    library.cover(date(2019, 1, 1), date(2020, 12, 31))
    visit(library, "2019-01-01", "2019-12-31", 10)
    found = pace(library, replace(VISITS, by_month={3: 1, 4: 3}))
    assert {why for _, why in found.values()} == {"months"}
    expected = {
        "2020-02-29": 0,
        "2020-03-15": 1 / 4 * 15 / 31,
        "2020-03-31": 1 / 4,
        "2020-04-10": 1 / 4 + 3 / 4 * 10 / 30,
        "2020-04-30": 1,
        "2020-12-31": 1,
    }
    assert {day: found[day][0] for day in expected} == pytest.approx(expected)


def test_a_month_is_due_over_its_open_days_and_if_it_has_none_over_all(library):
    library.cover(date(2020, 1, 1), date(2020, 12, 31))
    open_but(library, 2020, ("2020-03-01", "2020-03-31"), ("2020-04-01", "2020-04-20"))
    found = pace(library, replace(VISITS, by_month={3: 1, 4: 3}))
    expected = {
        "2020-03-15": 1 / 4 * 15 / 31,
        "2020-04-20": 1 / 4,
        "2020-04-21": 1 / 4 + 3 / 4 / 10,
        "2020-04-30": 1,
    }
    assert {day: found[day][0] for day in expected} == pytest.approx(expected)


# --- whatever the library


@pytest.mark.parametrize("seed", some_every_day(12, 4))
def test_the_share_expected_never_falls_and_ends_at_1(seed, library):
    dice = random.Random(seed)
    fill(library, dice)
    plans = []
    for year in (2018, 2019):
        targets = {}
        for measure, about in planfile.plan_measures().items():
            kind = {"share": "survey", "weeks": "compliance"}.get(about.read_as, "total")
            months = {dice.randrange(1, 13): dice.randrange(5) for _ in range(dice.choice([0, 3]))}
            targets[measure] = Target(
                year,
                measure,
                kind,
                measure,
                1,
                WORDS,
                WORDS,
                by_month=months if any(months.values()) else {},
            )
        plans.append(Plan(year, targets))
    library.promise(*plans)
    shares: dict[tuple[int, str], list[float]] = {}
    for row in library.table("target_days"):
        key = (row["plan_year"], row["target_code"])
        shares.setdefault(key, []).append(row["expected_share"])
        assert row["pace_basis"] in {"profile", "open_days", "calendar", "months"}
    assert len(shares) == 2 * len(planfile.plan_measures())
    for mine in shares.values():
        assert len(mine) == 365
        assert mine[0] >= 0
        assert all(later >= share - 1e-9 for share, later in itertools.pairwise(mine))
        assert mine[-1] == pytest.approx(1)


def test_closed_days_add_nothing_to_any_profile(library):
    library.cover(date(2018, 1, 1), date(2019, 12, 31))
    for day in days("2018-01-01", "2019-12-31"):
        if day.weekday() != 0:
            library.open(day)
    visit(library, "2018-01-01", "2018-12-31", 10)
    found = pace(library, replace(VISITS, plan_year=2019))
    for day in days("2019-01-02", "2019-12-31"):
        gained = found[str(day)][0] > found[str(day - DAY)][0] + 1e-12
        assert gained == (day.weekday() != 0)


# --- the days themselves


def test_every_spring_festival_is_a_new_moon_twelve_or_thirteen_months_after_the_last():
    with (DATA / "spring_festivals.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    festivals = [date.fromisoformat(row["day"]) for row in rows]
    years = [day.year for day in festivals]
    assert [int(row["calendar_year"]) for row in rows] == years
    assert years == list(range(years[0], years[-1] + 1))
    for day in festivals:
        assert (1, 21) <= (day.month, day.day) <= (2, 20)
    gaps = [(later - day).days for day, later in itertools.pairwise(festivals)]
    assert set(gaps) <= {353, 354, 355, 383, 384, 385}


def test_holidays_are_in_the_order_of_days_and_do_not_overlap():
    with (DATA / "holidays.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    ends = [(row["first_day"], row["last_day"]) for row in rows]
    assert all(first <= last for first, last in ends)
    assert all(last < first for (_, last), (first, _) in itertools.pairwise(ends))
