"""The forecast of 31 December: what can be checked by hand, and how often its bands hold."""

import importlib.util
import math
import re
import sys
from dataclasses import astuple
from itertools import pairwise
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guanqing.paths import ROOT
from guanqing.plan import drifting
from guanqing.plan.forecast import Ahead, Step, forecast, needed_per_day

JANUARY = 12 * 2019
DAYS = 30.0
a_property = settings(max_examples=60)


def year(*amounts, goal=None, before=(), stock=0.0, **options):
    """Forecast a year of months of 30 days, of which these are over, after these months before."""
    all_amounts = [*before, *amounts]
    seen = [
        Step(JANUARY - len(before) + place, amount, DAYS)
        for place, amount in enumerate(all_amounts)
    ]
    ahead = [Ahead(JANUARY + month, DAYS) for month in range(len(amounts), 12)]
    return forecast(seen, ahead, goal, value=stock + sum(amounts), **options)


def width(found):
    return found.end.upper_95 - found.end.lower_95


# --- by hand


def test_an_even_year_goes_on_as_it_began():
    found = year(*[1000] * 6, goal=12_000)
    assert found.end.value == pytest.approx(12_000, rel=0.02)
    assert [band.value for band in found.path] == pytest.approx(
        [7000, 8000, 9000, 10_000, 11_000, 12_000], rel=0.02
    )
    assert found.chance == pytest.approx(0.5, abs=0.06)


def test_even_months_are_drawn_no_narrower_than_poisson():
    assert width(year(*[100] * 6)) > 2 * 1.96 * 600**0.5


def test_the_days_ahead_say_how_much_the_rest_brings():
    seen = [Step(JANUARY + month, 3000, DAYS) for month in range(6)]
    open_for = {
        days: forecast(seen, [Ahead(JANUARY + 6, days)], None, value=0) for days in (30, 10)
    }
    assert open_for[30].end.value == pytest.approx(3 * open_for[10].end.value, rel=0.05)


def test_a_season_seen_once_comes_again():
    """Last year's autumn brought twice what its spring did: so will this year's."""
    before = [1000] * 8 + [2000] * 4
    found = year(*[1200] * 8, before=before)
    assert found.end.lower_80 < 8 * 1200 + 4 * 2400 < found.end.upper_80
    assert year(*[1200] * 8).end.upper_95 < found.end.value


def test_a_part_of_an_earlier_year_is_evidence_for_its_months():
    """From April on only: the months ahead were all seen, and the band is narrower for it."""
    before = [1000, 1500, 700, 1200, 900, 1000, 1600, 600, 1100]
    months = [1000, 1000, 1000, *before[:6]]
    with_part = year(*months, before=before)
    assert not with_part.has_full_year
    assert width(with_part) < width(year(*months))
    assert with_part.end.value == pytest.approx(sum(months) + 3300, rel=0.04)


def test_only_a_full_earlier_year_is_one():
    assert year(*[100] * 3, before=[100] * 12).has_full_year
    assert not year(*[100] * 12, before=[100] * 11).has_full_year
    assert not year(*[100] * 6).has_full_year


def test_a_measure_may_begin_in_mid_year():
    found = year(*[0] * 6, *[6000] * 3)
    assert found.end.lower_95 < 36_000 < found.end.upper_95
    assert found.end.value == pytest.approx(36_000, rel=0.05)


def test_empty_months_of_a_small_count_are_months_like_others():
    """Two in the first half and none before is no beginning, but a slow year."""
    assert year(0, 0, 1, 0, 0, 1).end.upper_95 < 20


def test_growth_within_the_year_is_seen_to_go_on():
    months = [3000 + 50 * month for month in range(9)]
    end = year(*months).end
    assert end.lower_95 < sum(months) + 3 * 3500 < end.upper_95
    assert end.value > sum(months) * 12 / 9


def test_one_burst_after_empty_months_is_no_beginning():
    """Ten in March and none before: there may be no more, and it is not ten in every month."""
    found = year(0, 0, 10)
    assert found.end.lower_95 == 10
    assert found.end.value < year(10, 10, 10).end.value / 2


def test_bursts_leave_the_band_wider_than_even_months():
    assert width(year(0, 12, 0, 0, 12, 0)) > 1.5 * width(year(*[4] * 6))


def test_unruly_months_widen_the_band():
    assert width(year(40, 160, 100, 60, 140, 100)) > 1.5 * width(year(100, 102, 98, 100, 101, 99))


def test_what_months_stray_by_is_seldom_three_times_as_much():
    """The logarithm is as wide as a lognormal's and about 0; the long upper tail is not there."""
    factors = drifting.strayed(np.full((4000, 1), 0.25), 6, np.random.default_rng(1))
    assert np.log(factors).mean() == pytest.approx(0, abs=0.01)
    assert np.log(factors).std() == pytest.approx(0.5, rel=0.02)
    assert (factors > 3).mean() < (1 - NormalDist(0, 0.5).cdf(math.log(3))) / 2


def test_net_gains_lie_about_the_line_they_have_taken():
    found = year(30, 50, 70, 50, 30, 70, goal=13_000, stock=12_400, is_count=False)
    assert found.end.value == pytest.approx(13_000, abs=40)
    assert found.chance == pytest.approx(0.5, abs=0.12)


def test_a_level_may_fall_below_where_it_is():
    found = year(-30, -50, -40, -60, goal=12_400, stock=12_400, is_count=False)
    assert found.end.upper_95 < 12_400
    assert found.chance < 0.03


def test_none_so_far_is_not_none_for_ever():
    assert 0 < year(*[0] * 9, goal=1).chance < 0.4
    assert year(*[0] * 9).end.lower_95 == 0


def test_few_months_leave_a_wider_band_than_many():
    months = [900, 1100] * 5
    shares = [width(year(*months[:known])) / (12_000 - 1000 * known) for known in (1, 4, 8, 10)]
    assert shares == sorted(shares, reverse=True)


@pytest.mark.parametrize("is_count", [True, False])
def test_more_done_is_a_better_chance(is_count):
    chances = [
        year(*[1000 + more] * 5, 900 + more, 1100 + more, goal=12_000, is_count=is_count).chance
        for more in range(-400, 401, 100)
    ]
    assert all(one <= other + 0.02 for one, other in pairwise(chances))
    assert chances[0] < 0.25
    assert chances[-1] > 0.75


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
    seen = [Step(JANUARY + month, 2, DAYS) for month in range(12)]
    closed = [Ahead(JANUARY + 11, days) for days in ahead]
    found = forecast(seen, closed, goal, value=24, is_count=is_count)
    assert found.chance == chance
    assert len(found.path) == max(1, len(ahead))
    for band in found.path:
        assert set(astuple(band)) == {24}


@pytest.mark.parametrize(
    "seen",
    [[], [Step(JANUARY, 0, 0)], [Step(JANUARY, 9, 0)], [Step(JANUARY, 40, 6)]],
    ids=["no step", "nothing of nothing", "work on days without any", "less than a week"],
)
@pytest.mark.parametrize("is_count", [True, False])
def test_without_a_week_of_the_year_nothing_is_said(seen, is_count):
    assert forecast(seen, [Ahead(JANUARY + 1, 28)], 10, value=0, is_count=is_count) is None


def test_a_level_that_has_not_moved_says_nothing_of_how_it_moves():
    assert year(0, 0, 0, 0, stock=40, is_count=False) is None


def test_a_running_month_is_a_step_like_others():
    seen = [*[Step(JANUARY + month, 1000, 30) for month in range(4)], Step(JANUARY + 4, 300, 9)]
    ahead = [Ahead(JANUARY + 4, 21), *[Ahead(JANUARY + month, 30) for month in range(5, 12)]]
    found = forecast(seen, ahead, None, value=4300)
    assert found.path[0].value == pytest.approx(5000, rel=0.02)
    assert found.end.value == pytest.approx(12_000, rel=0.03)


def test_a_sliver_of_a_month_does_not_decide():
    months = [Step(JANUARY + month, 1000, 30) for month in range(4)]
    ahead = [Ahead(JANUARY + month, 30) for month in range(5, 12)]
    whole = forecast(months, ahead, None, value=4000)
    assert forecast([*months, Step(JANUARY + 4, 1, 2)], ahead, None, value=4000) == whole


@pytest.mark.parametrize(
    ("amount", "days", "days_ahead", "is_count"),
    [
        (-1, 30, 30, True),
        (1, -30, 30, True),
        (1, 30, -30, False),
        (float("nan"), 30, 30, False),
        (1, float("nan"), 30, True),
        (1, 30, float("nan"), True),
    ],
)
def test_what_is_no_day_or_count_is_refused(amount, days, days_ahead, is_count):
    seen, ahead = [Step(JANUARY, amount, days)], [Ahead(JANUARY + 1, days_ahead)]
    with pytest.raises(ValueError, match="of a step"):
        forecast(seen, ahead, None, value=0, is_count=is_count)


@pytest.mark.parametrize(
    ("goal", "value", "days", "needed"),
    [(24, 14, 50, 0.2), (24, 24, 50, 0), (24, 30, 0, 0), (24, 23, 0, None), (24, 23, 1, 1)],
)
def test_what_is_missing_is_spread_over_the_open_days_left(goal, value, days, needed):
    assert needed_per_day(goal, value, days) == needed


# --- whatever the figures

days_of_month = st.floats(0, 31)
counts = st.lists(
    st.tuples(st.integers(0, 10) | st.integers(0, 10**7), days_of_month), min_size=1, max_size=13
)
moves = st.lists(st.tuples(st.floats(-1e6, 1e6), days_of_month), min_size=1, max_size=13)


def check(past, days_ahead, goal, stock, is_count):
    seen = [Step(JANUARY - 12 + place, amount, days) for place, (amount, days) in enumerate(past)]
    value = stock + sum(amount for amount, _ in past)
    ahead = [Ahead(JANUARY + 1 + place, days) for place, days in enumerate(days_ahead)]
    found = forecast(seen, ahead, goal, value=value, is_count=is_count)
    if found is None:
        return None
    assert len(found.path) == max(1, len(ahead))
    assert 0 <= found.chance <= 1
    for band in found.path:
        assert band.lower_95 <= band.lower_80 <= band.value <= band.upper_80 <= band.upper_95
    return found


@a_property
@given(counts, st.lists(days_of_month, max_size=13), st.integers(0, 10**6))
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
@given(moves, st.lists(days_of_month, max_size=13), st.floats(-1e6, 1e6), st.floats(0, 1e6))
def test_a_level_has_its_bands_in_order(past, ahead, goal, stock):
    check(past, ahead, goal, stock, is_count=False)


@settings(max_examples=25)
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


# --- how often the bands hold: the grid of benchmarks/calibration.py with fewer years


@pytest.fixture(scope="module")
def grid():
    path = ROOT / "benchmarks" / "calibration.py"
    spec = importlib.util.spec_from_file_location("calibration", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules["calibration"] = module  # a dataclass looks its module up
    spec.loader.exec_module(module)
    yield module
    del sys.modules["calibration"]


def told() -> dict[str, list[list[float]]]:
    """Return how often the bands held as docs/forecast.md has it, by shape: its first table."""
    table = (
        (ROOT / "docs" / "forecast.md").read_text(encoding="utf-8").split("The same years of")[0]
    )
    rows = re.findall(r"^\| ([^|]+) \|(.+% / .+)\|$", table, re.MULTILINE)
    return {shape: [_held(cell) for cell in cells.split("|")] for shape, cells in rows}


def _held(cell: str) -> list[float]:
    found = re.search(r"([\d.]+)% / ([\d.]+)%", cell)
    return [float(percent) / 100 for percent in found.groups()] if found else []


def test_the_table_has_every_shape(grid):
    assert told().keys() == grid.SHAPES.keys()
    assert all(len(cells) == len(grid.KNOWN) for cells in told().values())


def test_the_bands_of_the_table_hold_as_often_as_they_should():
    """A campaign is in no month before it; the other cell: docs/forecast.md says why."""
    out = {
        (shape, place)
        for shape, cells in told().items()
        for place, cell in enumerate(cells)
        if cell and not (0.72 <= cell[0] <= 0.92 and 0.90 <= cell[1] <= 0.995)
    }
    campaign = {("one month of campaign", place) for place in range(3)}
    assert out - campaign == {("growth of 20 % within the year", 0)}


@pytest.mark.slow
@pytest.mark.parametrize("known", [3, 6, 9])
@pytest.mark.parametrize("place", range(9))
def test_the_bands_hold_as_often_as_the_table_says(place, known, grid):
    """Of 60 years, neither fewer nor more than luck carries: bands may not grow wide unseen."""
    shape = list(grid.SHAPES)[place]
    found, wanted = grid.cell(shape, known, 60), told()[shape][grid.KNOWN.index(known)]
    if found is None:
        assert wanted == []  # what begins in July
        return
    for share, often in zip(found, wanted, strict=False):
        luck = 3 * (max(often * (1 - often), 0.02) / 60) ** 0.5
        assert abs(share - often) <= luck + 0.005, (share, often)
