"""What answers can show, against scipy, by hand, and for every number of answers."""

import math

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from scipy.stats import binomtest

from guanqing.plan import survey

GOALS = st.integers(1, 99).map(lambda percent: percent / 100)


@st.composite
def answers(draw: st.DrawFn) -> tuple[int, int]:
    """Return how many are satisfied, of how many."""
    count = draw(st.integers(1, 5000))
    return draw(st.integers(0, count)), count


@given(answers())
@example((204, 240))
@example((0, 1))
@example((1, 1))
def test_the_interval_is_that_of_scipy(counted: tuple[int, int]) -> None:
    satisfied, count = counted
    theirs = binomtest(satisfied, count).proportion_ci(method="wilson")
    assert survey.wilson(satisfied, count) == pytest.approx((theirs.low, theirs.high), abs=1e-6)


@given(answers())
def test_the_share_lies_within_its_interval_and_that_within_0_and_1(
    counted: tuple[int, int],
) -> None:
    satisfied, count = counted
    lower, upper = survey.wilson(satisfied, count)
    assert 0 <= lower <= satisfied / count + 1e-12
    assert satisfied / count - 1e-12 <= upper <= 1


def test_204_of_240_are_85_percent_from_79_9_to_89_0() -> None:
    assert [round(end, 3) for end in survey.wilson(204, 240)] == [0.799, 0.890]


@pytest.mark.parametrize(
    ("count", "goal", "needed"),
    [
        (240, 0.85, 215),  # 204 + 1.96 × √30.6 = 214.8
        (100, 0.5, 60),  # 50 + 1.96 × 5 = 59.8
        (22, 0.85, 22),  # 18.7 + 3.28 = 21.98
        (21, 0.85, None),  # 17.85 + 3.21 = 21.06: more than there are
        (1, 0.2, 1),  # 0.2 + 1.96 × 0.4 = 0.98
        (0, 0.85, None),
        (10, 1.0, None),
    ],
)
def test_how_many_must_be_satisfied_of_so_many_answers(
    count: int, goal: float, needed: int | None
) -> None:
    assert survey.satisfied_needed(count, goal) == needed


@given(st.integers(1, 2000), GOALS)
def test_the_number_needed_is_the_first_that_shows_the_goal(count: int, goal: float) -> None:
    needed = survey.satisfied_needed(count, goal)
    if needed is None:
        assert survey.wilson(count, count)[0] < goal
    else:
        assert survey.wilson(needed, count)[0] >= goal
        assert needed == 0 or survey.wilson(needed - 1, count)[0] < goal


@pytest.mark.parametrize(
    ("share", "goal", "needed"),
    [
        (0.85, 0.85, None),  # the share is the goal: no number of answers ever settles it
        (0.9, 0.85, 196),  # 3.8415 × 0.1275 / 0.0025 = 195.9
        (0.8, 0.85, 196),  # and below the goal as many, to show that it is missed
        (0.86, 0.85, 4898),  # 3.8415 × 0.1275 / 0.0001 = 4897.9
        (1.0, 0.5, 4),  # 3.8415 × 0.25 / 0.25 = 3.8
    ],
)
def test_how_many_answers_of_the_same_share_settle_a_goal(
    share: float, goal: float, needed: int | None
) -> None:
    assert survey.answers_needed(share, goal) == needed


@given(answers(), GOALS)
def test_as_many_answers_as_needed_settle_it_and_fewer_do_not(
    counted: tuple[int, int], goal: float
) -> None:
    share = counted[0] / counted[1]
    needed = survey.answers_needed(share, goal)
    if needed is None:
        assert share == pytest.approx(goal)
        return
    # the interval of a share that need not be that of whole answers
    distance = abs(share - goal)
    assert distance >= survey.Z * math.sqrt(goal * (1 - goal) / needed) - 1e-9
    if needed > 1:
        assert distance < survey.Z * math.sqrt(goal * (1 - goal) / (needed - 1)) + 1e-9


@given(GOALS)
def test_fewer_answers_than_the_fewest_show_nothing_even_if_all_are_satisfied(goal: float) -> None:
    fewest = survey.fewest_answers(goal)
    assert fewest is not None
    assert survey.wilson(fewest, fewest)[0] >= goal - 1e-12
    assert fewest == 1 or survey.wilson(fewest - 1, fewest - 1)[0] < goal


def test_85_percent_needs_22_answers_at_least_and_100_percent_is_never_shown() -> None:
    assert survey.fewest_answers(0.85) == 22  # 3.8415 × 0.85 / 0.15 = 21.8
    assert survey.fewest_answers(1) is None
