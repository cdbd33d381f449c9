"""The forecast of 31 December: what can be checked by hand, and how often its bands hold."""

from dataclasses import astuple
from datetime import date
from functools import partial
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guanqing.plan import forecast as forecast_module
from guanqing.plan.forecast import Step, forecast, needed_per_day

MONTH = 1 / 12
a_property = settings(max_examples=150, deadline=None)


def year(*amounts, goal=None, **options):
    """Forecast a year of even months, of which these are over."""
    return forecast(
        [Step(amount, MONTH) for amount in amounts],
        [MONTH] * (12 - len(amounts)),
        goal,
        **options,
    )


# --- by hand


def test_an_even_year_goes_on_as_it_began():
    found = year(*[100] * 6, goal=1200)
    assert found.end.value == 1200
    assert [band.value for band in found.path] == [700, 800, 900, 1000, 1100, 1200]
    assert found.chance == pytest.approx(0.5, abs=0.03)
    below, above = found.end.value - found.end.lower_95, found.end.upper_95 - found.end.value
    assert below == pytest.approx(above, rel=0.1)


def test_even_months_are_drawn_no_narrower_than_poisson():
    # 600 to come and a level that could not be surer: 600 +- 1.96 sqrt(600)
    band = year(*[100] * 6).end
    assert (band.upper_95 - band.lower_95) / 2 == pytest.approx(1.96 * 600**0.5, rel=0.05)


def test_the_profile_says_what_the_rest_of_the_year_brings():
    # a quarter of the year's work is done, and another quarter comes in each step
    found = forecast([Step(300, 0.125), Step(300, 0.125)], [0.25, 0.25, 0.25], None)
    assert [band.value for band in found.path] == [1200, 1800, 2400]


def test_net_gains_lie_evenly_about_the_line_they_have_taken():
    found = year(30, 50, 70, 50, 30, 70, goal=13_000, stock=12_400, is_count=False)
    assert found.end.value == pytest.approx(13_000)
    assert found.chance == pytest.approx(0.5, abs=0.03)
    # Student's t with 5 degrees of freedom: s^2 = 1600 / 5 a month, 6 months and their level
    half = 2.571 * (320 * 6 * (1 + 6 / 6)) ** 0.5
    assert found.end.upper_95 - 13_000 == pytest.approx(half, rel=0.07)
    assert 13_000 - found.end.lower_95 == pytest.approx(half, rel=0.07)
    assert found.dispersion == pytest.approx(320 * 12 * 5 / 4.351, rel=0.05)  # chi square's median


def test_a_level_may_fall_below_where_it_is():
    found = year(-30, -50, -40, -60, goal=12_400, stock=12_400, is_count=False)
    assert found.end.value == pytest.approx(12_400 - 180 * 3)
    assert found.end.upper_95 < 12_400 - 180
    assert found.chance < 0.01


def test_one_of_two_by_september_is_neither_sure_nor_hopeless():
    # 1.5 events of level in 9 months: about 0.5 to come, so one at least in four years of ten
    found = year(0, 0, 0, 1, 0, 0, 0, 0, 0, goal=2)
    assert 0.2 < found.chance < 0.5
    assert (found.end.lower_95, found.end.value) == (1, 1)
    assert found.end.upper_95 in (3, 4)


def test_none_so_far_is_not_none_for_ever():
    assert 0 < year(*[0] * 9, goal=1).chance < 0.3
    assert year(*[0] * 9).end.value == 0


def test_unruly_months_widen_the_band():
    even, unruly = year(100, 102, 98, 100, 101, 99), year(40, 160, 100, 60, 140, 100)
    assert even.dispersion < 1 < unruly.dispersion
    width = [found.end.upper_95 - found.end.lower_95 for found in (even, unruly)]
    assert width[1] > 4 * width[0]


def test_the_dispersion_is_that_of_the_months_about_the_profile():
    # Pearson: (60^2 + 60^2 + 0 + 40^2 + 40^2 + 0) / 100 = 104 on 5 degrees of freedom; the
    # middle of what is drawn lies above 104 / 5 by chi square's 5 / 4.351
    found = year(40, 160, 100, 60, 140, 100)
    assert found.dispersion == pytest.approx(104 / 4.351, rel=0.05)


def test_few_months_leave_a_wider_band_than_many():
    months = [90, 110] * 5
    shares = [
        (band.upper_95 - band.lower_95) / (1200 - 100 * known)
        for known in (1, 2, 4, 8)
        for band in [year(*months[:known]).end]
    ]
    assert shares == sorted(shares, reverse=True)


@pytest.mark.parametrize("is_count", [True, False])
def test_more_done_is_a_better_chance(is_count):
    chances = [
        year(*[100 + more] * 5, 90 + more, 110 + more, goal=1200, is_count=is_count).chance
        for more in range(-10, 11, 2)
    ]
    assert all(one <= other for one, other in pairwise(chances))
    assert chances[0] < 0.1
    assert chances[-1] > 0.9


def test_a_higher_goal_is_never_a_better_chance():
    chances = [year(3, 1, 2, 4, goal=goal).chance for goal in range(10, 60)]
    assert chances == sorted(chances, reverse=True)
    assert chances[0] == 1


def test_a_goal_that_is_reached_stays_reached_for_counts_and_not_for_levels():
    assert year(20, 5, goal=24).chance == 1
    assert year(60, -50, 60, goal=60, is_count=False).chance < 1


@pytest.mark.parametrize(("goal", "chance"), [(24, 1), (25, 0), (None, None)])
@pytest.mark.parametrize("ahead", [[], [0.0], [0.0, 0.0]])
@pytest.mark.parametrize("is_count", [True, False])
def test_with_nothing_ahead_the_band_is_the_value(ahead, goal, chance, is_count):
    found = forecast([Step(2, MONTH)] * 12, ahead, goal, is_count=is_count)
    assert found.chance == chance
    assert len(found.path) == max(1, len(ahead))
    for band in found.path:
        assert set(astuple(band)) == {24}


@pytest.mark.parametrize(
    "past",
    [[], [Step(0, 0)], [Step(9, 0)], [Step(40, 0.015)]],
    ids=["no step", "nothing of nothing", "work on days without any", "less than a week"],
)
@pytest.mark.parametrize("is_count", [True, False])
def test_without_a_part_of_the_year_nothing_is_said(past, is_count):
    assert forecast(past, [0.5, 0.5], 10, is_count=is_count) is None


def test_a_level_that_has_not_moved_says_nothing_of_how_it_moves():
    assert year(0, 0, 0, 0, stock=40, is_count=False) is None


def test_one_month_of_a_level_may_be_all_noise():
    band = year(50, stock=1000, is_count=False).end
    assert band.lower_80 < 1000 < band.value < band.upper_80


def test_a_running_month_is_a_step_like_others():
    whole = year(*[100] * 4)
    running = forecast(
        [*[Step(100, MONTH)] * 4, Step(30, MONTH * 0.3)], [MONTH * 0.7, *[MONTH] * 7], None
    )
    assert whole.end.value == running.end.value == 1200
    assert running.path[0].value == 500


def test_a_sliver_of_a_month_does_not_decide_how_unruly_the_year_is():
    # one loan in a step of which a tenth of one was expected, and one the profile knows nothing of
    months = [Step(100, MONTH)] * 4
    for sliver in (Step(1, MONTH / 1000), Step(1, 0.0)):
        assert forecast([*months, sliver], [MONTH] * 8, None).dispersion < 1
        assert forecast([sliver, *months], [MONTH] * 8, None).dispersion < 1


@pytest.mark.parametrize(
    ("past", "ahead", "is_count"),
    [
        ([Step(-1, 0.5)], [0.5], True),
        ([Step(1, -0.5)], [0.5], True),
        ([Step(1, 0.5)], [-0.5], False),
        ([Step(float("nan"), 0.5)], [0.5], False),
        ([Step(1, float("nan"))], [0.5], True),
    ],
)
def test_what_is_no_share_or_count_is_refused(past, ahead, is_count):
    with pytest.raises(ValueError, match="of a step is no"):
        forecast(past, ahead, None, is_count=is_count)


@pytest.mark.parametrize(
    ("goal", "value", "days", "needed"),
    [(24, 14, 50, 0.2), (24, 24, 50, 0), (24, 30, 0, 0), (24, 23, 0, None), (24, 23, 1, 1)],
)
def test_what_is_missing_is_spread_over_the_open_days_left(goal, value, days, needed):
    assert needed_per_day(goal, value, days) == needed


# --- whatever the figures

parts = st.floats(0, 1)
counts = st.lists(
    st.tuples(st.integers(0, 10) | st.integers(0, 10**7), parts), min_size=1, max_size=13
)
moves = st.lists(st.tuples(st.floats(-1e6, 1e6), parts), min_size=1, max_size=13)


def check(past, ahead, goal, stock, is_count):
    steps = [Step(amount, share) for amount, share in past]
    found = forecast(steps, ahead, goal, stock=stock, is_count=is_count)
    if found is None:
        return None
    assert len(found.path) == max(1, len(ahead))
    assert 0 <= found.chance <= 1
    assert found.dispersion >= 0
    for band in found.path:
        assert band.lower_95 <= band.lower_80 <= band.value <= band.upper_80 <= band.upper_95
    assert found == forecast(steps, ahead, goal, stock=stock, is_count=is_count)
    return found


@a_property
@given(counts, st.lists(parts, max_size=13), st.integers(0, 10**6))
def test_a_count_is_whole_and_never_below_what_is_done(past, ahead, goal):
    found = check(past, ahead, goal, 0, is_count=True)
    if found is not None:
        done = sum(amount for amount, _ in past)
        figures = [figure for band in found.path for figure in astuple(band)]
        assert all(figure >= done and figure == round(figure) for figure in figures)
        for before, after in pairwise(found.path):
            assert before.lower_95 <= after.lower_95
            assert before.upper_95 <= after.upper_95


@a_property
@given(moves, st.lists(parts, max_size=13), st.floats(-1e6, 1e6), st.floats(0, 1e6))
def test_a_level_has_its_bands_in_order(past, ahead, goal, stock):
    check(past, ahead, goal, stock, is_count=False)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 6), min_size=2, max_size=11))
def test_the_band_of_whole_numbers_is_the_narrowest_that_leaves_out_no_more_than_it_may(amounts):
    # the draws do not depend on the goal, so the chances of two goals are of the same draws
    end = year(*amounts).end
    for lower, upper, outside in (
        (end.lower_95, end.upper_95, 0.025),
        (end.lower_80, end.upper_80, 0.1),
    ):
        assert year(*amounts, goal=lower).chance >= 1 - outside
        assert year(*amounts, goal=lower + 1).chance <= 1 - outside
        assert year(*amounts, goal=upper + 1).chance <= outside
        assert year(*amounts, goal=upper).chance >= outside


# --- how often the bands hold: 1000 simulated years of each shape, each with 20 ends of the year

YEARS, ENDS, SEED = 1000, 20, 20190930
DAYS = np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
FIRST_DAYS = np.r_[0, DAYS.cumsum()[:-1]]
FESTIVALS = tuple(
    slice(first, first + 10)
    for day in (date(2020, 1, 24), date(2021, 2, 11))
    for first in [day.timetuple().tm_yday - 1]
)


def flat():
    return np.ones(365)


def seasonal(festival):
    """Return the weight of each day: full summer holidays, an empty Spring Festival."""
    days = flat()
    days[FIRST_DAYS[6] : FIRST_DAYS[8]] = 2.2
    days[festival] = 0.1
    return days


def simulate(rng, years, days, total, unruly):
    """Return a count for each month: Poisson, about weeks that vary by a gamma distribution."""
    weeks = rng.gamma(unruly**-2, unruly**2, (years, 53)) if unruly else np.ones((years, 53))
    shares = np.zeros((53, 12))  # of each week in each month
    np.add.at(shares, (np.arange(365) // 7, np.repeat(np.arange(12), DAYS)), days / days.sum())
    return rng.poisson(total * weeks @ shares)


def moved(days):
    """Return the days with the two weeks exchanged in which the festival was and is."""
    was, now = FESTIVALS
    days = days.copy()
    days[was], days[now] = days[now].copy(), days[was].copy()
    return days


def of_a_year_before(rng, *, now, before=None, total, ratio=1.0, unruly=0.0):
    """Return profiles of one earlier year each, which had `ratio` times less; years; their ends."""
    before = now if before is None else moved(before)
    earlier = simulate(rng, YEARS, before, total / ratio, unruly)
    return (
        earlier / earlier.sum(axis=1, keepdims=True),
        simulate(rng, YEARS, now, total, unruly),
        simulate(rng, YEARS * ENDS, now, total, unruly),
    )


def of_open_days(rng, *, total, unruly=0.0):
    profiles = np.broadcast_to(DAYS / 365, (YEARS, 12))
    years = simulate(rng, YEARS, flat(), total, unruly)
    return profiles, years, simulate(rng, YEARS * ENDS, flat(), total, unruly)


def of_cards(rng):
    """Return net gains of card holders, with the profile of the cards issued a year before."""
    days, issued, ended = seasonal(FESTIVALS[1]), 1400, 800
    earlier = simulate(rng, YEARS, days, issued, 0)
    years, ends = (
        simulate(rng, count, days, issued, 0) - simulate(rng, count, days, ended, 0)
        for count in (YEARS, YEARS * ENDS)
    )
    return earlier / earlier.sum(axis=1, keepdims=True), years, ends


SEASONS = {"now": seasonal(FESTIVALS[1]), "before": seasonal(FESTIVALS[0])}
SHAPES = {
    "flat": lambda rng: of_a_year_before(rng, now=flat(), total=36_000),
    "seasonal": lambda rng: of_a_year_before(rng, **SEASONS, total=36_000),
    "unruly weeks": lambda rng: of_a_year_before(rng, now=flat(), total=36_000, unruly=0.3),
    "seasonal, unruly weeks": lambda rng: of_a_year_before(
        rng, **SEASONS, total=36_000, unruly=0.2
    ),
    "30 % more": lambda rng: of_a_year_before(rng, **SEASONS, total=36_000, ratio=1.3, unruly=0.1),
    "30 % less": lambda rng: of_a_year_before(rng, **SEASONS, total=36_000, ratio=0.7, unruly=0.1),
    "net gains": of_cards,
}
SMALL = {
    "24 a year": lambda rng: of_open_days(rng, total=24),
    "12 a year": lambda rng: of_open_days(rng, total=12),
    "2 a year": lambda rng: of_open_days(rng, total=2),
}


@pytest.fixture
def coverage(monkeypatch):
    """Return how often the 80 % and the 95 % band hold the end of a year, so many months known.

    Each band is of an eighth of the draws, for the time it takes, and of draws of its own: what
    few draws miss here they hit there.
    """
    monkeypatch.setattr(forecast_module, "DRAWS", 500)

    def draw_anew(row):
        monkeypatch.setattr(forecast_module, "SEED", row)

    return partial(coverage_of, draw_anew=draw_anew)


def coverage_of(shape, known, seed=SEED, *, draw_anew):
    rng = np.random.default_rng(seed)
    profiles, years, ends = (SHAPES | SMALL)[shape](rng)
    held = np.zeros((2, YEARS))
    totals = years[:, :known].sum(axis=1)[:, None]
    totals = totals + ends.reshape(YEARS, ENDS, 12)[:, :, known:].sum(axis=2)
    for row, (profile, amounts) in enumerate(zip(profiles, years, strict=True)):
        draw_anew(row)
        past = [Step(amounts[month], profile[month]) for month in range(known)]
        is_count = shape != "net gains"
        band = forecast(past, list(profile[known:]), None, is_count=is_count).end
        held[0, row] = ((band.lower_80 <= totals[row]) & (totals[row] <= band.upper_80)).mean()
        held[1, row] = ((band.lower_95 <= totals[row]) & (totals[row] <= band.upper_95)).mean()
    return held.mean(axis=1)


@pytest.mark.slow
@pytest.mark.parametrize("known", [3, 6, 9])
@pytest.mark.parametrize("shape", SHAPES)
def test_the_bands_hold_as_often_as_they_say(shape, known, coverage):
    in_80, in_95 = coverage(shape, known)
    assert 0.76 <= in_80 <= 0.84
    assert 0.93 <= in_95 <= 0.97


@pytest.mark.slow
@pytest.mark.parametrize("known", [3, 6, 9])
@pytest.mark.parametrize("shape", SMALL)
def test_the_bands_of_small_counts_hold_at_least_as_often(shape, known, coverage):
    # whole numbers cannot leave out exactly a fortieth on each side: the band is the narrowest
    # that leaves out no more (tested above), so it may hold more often than it says
    in_80, in_95 = coverage(shape, known)
    assert in_80 >= 0.76
    assert in_95 >= 0.93
