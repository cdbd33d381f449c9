"""How a total, a level or the numerator of a rate will stand at the year's end.

What is done stays done; what is ahead is drawn many times at this year's level, spread over the
months as the profile has it and as unruly as the months so far have been about that profile.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]

DRAWS = 4000
SEED = 2019  # the same figures give the same band on every screen
LEAST_SHARE = 0.02  # about a week: less of the year shows no level
DAY, MONTH = 1 / 365, 1 / 12
HALF_AN_EVENT = 0.5  # Jeffreys' prior of a Poisson level: none so far is not none for ever
SQUARE = 1e3  # so much extra that the mean itself no longer counts
LEAST = 1e-12  # a gamma distribution needs a spread, however small
QUANTILES = (0.025, 0.1, 0.9, 0.975)


@dataclass(frozen=True)
class Step:
    """A month of the year, or the part of it that is over."""

    amount: float  # what came about in it; a level's net gain may be negative
    expected_share: float  # of a whole year's work, from the profile or from open days


@dataclass(frozen=True)
class Band:
    """Where the running value will stand after a step ahead."""

    value: float
    lower_80: float
    upper_80: float
    lower_95: float
    upper_95: float


@dataclass(frozen=True)
class Forecast:
    """The rest of the year, step by step; the last step ends on 31 December."""

    path: tuple[Band, ...]
    chance: float | None  # to reach the goal, from 0 to 1
    dispersion: float  # counts: variance to mean; net gains: variance of a whole year's gain

    @property
    def end(self) -> Band:
        """Return the band of 31 December."""
        return self.path[-1]


@dataclass(frozen=True)
class Drawn:
    """What each step ahead may bring: one row a draw, one column a step."""

    amounts: Numbers
    dispersion: float


def forecast(
    past: Sequence[Step],
    ahead: Sequence[float],
    goal: float | None,
    *,
    stock: float = 0.0,
    is_count: bool = True,
) -> Forecast | None:
    """Forecast the value after each step ahead, None where nothing can be said yet.

    ahead: the expected share of the year in each step to come, the rest of the running month
    first and then month by month: one long step would be taken for one month.
    stock: the value when the year began. goal: in the units of the value, stock included.
    is_count: amounts are whole and never negative; otherwise they are net gains.
    A share that is negative or no number, and a count that is, raises ValueError.
    """
    amounts = np.array([step.amount for step in past], dtype=float)
    shares = np.array([step.expected_share for step in past], dtype=float)
    coming = np.array([*ahead] or [0.0], dtype=float)
    if not ((shares >= 0).all() and (coming >= 0).all()):
        raise ValueError("the share of a step is not 0 or more")
    if not (amounts >= (0 if is_count else -np.inf)).all():
        raise ValueError("the amount of a step is no amount of its kind")
    elapsed, value = float(shares.sum()), stock + float(amounts.sum())
    if elapsed < LEAST_SHARE:
        return None
    if not coming.any():
        certain = Band(value, value, value, value, value)
        return Forecast((certain,) * coming.size, _chance(np.array([value]), goal), 0.0)
    drawn = (_counts if is_count else _gains)(amounts, shares, coming)
    if drawn is None:
        return None
    ends = value + np.cumsum(drawn.amounts, axis=1)
    straight = value + amounts.sum() * np.cumsum(coming) / elapsed
    path = _bands(ends, np.round(straight) if is_count else straight)
    return Forecast(path, _chance(ends[:, -1], goal), drawn.dispersion)


def needed_per_day(goal: float, value: float, open_days_left: int) -> float | None:
    """Return what each open day left has to bring, None where no day is left to bring it."""
    if value >= goal:
        return 0.0
    return (goal - value) / open_days_left if open_days_left > 0 else None


def _counts(amounts: Numbers, shares: Numbers, coming: Numbers) -> Drawn:
    """Draw a gamma level for the year, and gamma-Poisson amounts about it for the steps ahead.

    The variance of a step is scale x (mean + extra x mean squared). A profile taken from one
    earlier year errs in each month as that year did; the residuals of the past steps are measured
    against it and so hold its error as well as this year's, in the proportion in which both will
    meet the steps ahead. Nothing is added for it: scale is that of both.
    """
    rng = np.random.default_rng(SEED)
    elapsed = float(shares.sum())
    level = (float(amounts.sum()) + HALF_AN_EVENT) / elapsed
    # by groups in which one event is expected at least
    came, weights = _joined(amounts, shares, least=elapsed / max(1.0, float(amounts.sum())))
    freedom = came.size - 1
    extra, month = _extra(came, weights), level * MONTH
    # no month strays by more than its own size, and no event brings two more
    most = (1 + max(1.0, month)) / (1 + extra * month)
    if freedom:
        mean = came.sum() * weights / weights.sum()
        squares = _squares(came, weights, mean + extra * mean**2)
        scale = np.clip(squares / rng.chisquare(freedom, DRAWS), LEAST, most)
    else:
        scale = np.exp(rng.uniform(0, np.log(most), DRAWS))
    means = level * shares
    shape = (level * elapsed) ** 2 / (scale * (means + extra * means**2).sum())
    levels = rng.gamma(shape) * level / shape
    means = levels[:, None] * coming
    # steps ahead are never drawn narrower than Poisson. The level is as sure as the months are
    # even: with few months a floor there too would only widen (98 held of 100 in March, not 95)
    excess = np.maximum(scale[:, None] * (1 + extra * means) - 1, LEAST)
    drawn = rng.poisson(rng.gamma(means / excess) * excess).astype(float)
    return Drawn(drawn, float(np.median(scale)) * (1 + extra * month))


def _gains(amounts: Numbers, shares: Numbers, coming: Numbers) -> Drawn | None:
    """Draw the net gain of each step ahead, its variance in proportion to the step's share."""
    if not amounts.any():
        return None  # a level that has not moved does not show how it moves
    rng = np.random.default_rng(SEED)
    came, weights = _joined(amounts, shares)
    squares, freedom = _squares(came, weights, weights), came.size - 1
    if not freedom:  # one step cannot tell its gain from its noise: all of it may be noise
        squares, freedom = float((came**2 / weights).sum()), 1
    variance = squares / rng.chisquare(freedom, DRAWS)
    spread = np.sqrt(variance)[:, None]
    elapsed = float(shares.sum())
    level = came.sum() / elapsed
    levels = level + spread * rng.standard_normal((DRAWS, 1)) / np.sqrt(elapsed)
    noise = spread * np.sqrt(coming) * rng.standard_normal((DRAWS, coming.size))
    return Drawn(levels * coming + noise, float(np.median(variance)))


def _joined(amounts: Numbers, shares: Numbers, *, least: float = DAY) -> tuple[Numbers, Numbers]:
    """Join each step to the next until a share of `least`, or a day's, is together.

    A smaller step, or one in which the profile has nothing, would say little of how far months
    stray from the profile and weigh the most in it. What is left over goes to the last.
    """
    groups = [[0.0, 0.0]]
    for amount, share in zip(amounts, shares, strict=True):
        if groups[-1][1] >= max(least, DAY):
            groups.append([0.0, 0.0])
        groups[-1][0] += float(amount)
        groups[-1][1] += float(share)
    if len(groups) > 1 and groups[-1][1] < max(least, DAY):
        amount, share = groups.pop()
        groups[-1][0] += amount
        groups[-1][1] += share
    came, weights = np.array(groups).T
    return came, weights


def _extra(came: Numbers, weights: Numbers) -> float:
    """Return by how much the variance of a count grows with the square of its mean.

    Months of many events stray by a part of their size, months of few by its root. Which it is
    here shows in the variance beyond Poisson that the residuals have. It is taken with one degree
    of freedom less than they leave, rather too large than too small (of two steps it has no
    bound), so that a busy summer ahead is not drawn too calm.
    """
    mean = came.sum() * weights / weights.sum()
    if came.size < 2 or not mean.any():
        return 0.0
    if came.size == 2:
        return SQUARE
    beyond = ((came - mean) ** 2).sum() * came.size / (came.size - 2) - mean.sum()
    return min(max(0.0, float(beyond / (mean**2).sum())), SQUARE)


def _squares(came: Numbers, weights: Numbers, variances: Numbers) -> float:
    """Return the squared residuals in units of their variance, as chi square has them.

    The level they are taken about is the plain total, which is not the closest where variances
    do not follow the weights; the expectation of the sum is then no longer its freedom.
    """
    parts = weights / weights.sum()
    if came.size < 2 or not variances.any():
        return 0.0
    squares = ((came - came.sum() * parts) ** 2 / variances).sum()
    expected = came.size - 2 + (parts**2 * variances.sum() / variances).sum()
    return float(squares * (came.size - 1) / expected)


def _chance(ends: Numbers, goal: float | None) -> float | None:
    return None if goal is None else float((ends >= goal).mean())


def _bands(ends: Numbers, middle: Numbers) -> tuple[Band, ...]:
    # with whole numbers the inverted distribution function gives the narrowest band of which
    # neither side leaves out more than it may
    lower_95, lower_80, upper_80, upper_95 = np.quantile(
        ends, QUANTILES, axis=0, method="inverted_cdf"
    )
    value = np.clip(middle, lower_80, upper_80)
    columns = np.column_stack([value, lower_80, upper_80, lower_95, upper_95])
    return tuple(Band(*map(float, row)) for row in columns)
