"""How a total, a level or the numerator of a rate will stand at the year's end.

What is done stays done. What is ahead is drawn many times from what the months seen leave possible:
guanqing/plan/drifting.py for large counts and net gains, guanqing/plan/bursts.py for small counts.
docs/forecast.md says it in words.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from guanqing.plan import bursts, drifting
from guanqing.plan.drifting import YEAR, Numbers
from guanqing.plan.priors import Priors, priors

DRAWS = 4000
SEED = 2019  # the same figures give the same band on every screen
LEAST_DAYS = 7.0  # less of a month than a week shows no level, and neither does less of a year
MOST_MONTHS = 36  # what is older says little of this year
LARGE = 5  # events in every month: below, the logarithm of a month means little
BEGUN = 100  # what comes so often a month does not fail to come for a whole one by chance
LATE = 0.01  # so unlikely an empty beginning is taken for a measure that had not begun
QUANTILES = (0.5, 0.1, 0.9, 0.025, 0.975)


@dataclass(frozen=True)
class Step:
    """A month, or the part of it that is over."""

    month: int  # 12 x year + month - 1, so that months can be counted on
    amount: float  # what came about in it; a level's net gain may be negative
    days: float  # open days, weighed where the season within a month is known


@dataclass(frozen=True)
class Ahead:
    """A month to come, or the rest of the running one."""

    month: int
    days: float


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
    has_full_year: bool  # a full earlier year stands behind it

    @property
    def end(self) -> Band:
        """Return the band of 31 December."""
        return self.path[-1]


def forecast(
    seen: Sequence[Step],
    ahead: Sequence[Ahead],
    goal: float | None,
    *,
    value: float,
    is_count: bool = True,
) -> Forecast | None:
    """Forecast the value after each step ahead, None where nothing can be said yet.

    seen: months of this year and of earlier ones, the oldest first; months nobody recorded are
    left out. value: where it stands now; goal: in the same units. is_count: amounts are whole and
    never negative; otherwise they are net gains.
    Days that are negative or no number, and a count that is, raise ValueError.
    """
    if not all(days >= 0 for days in (*(s.days for s in seen), *(a.days for a in ahead))):
        raise ValueError("the days of a step are not 0 or more")
    if not all(step.amount >= (0 if is_count else -np.inf) for step in seen):
        raise ValueError("the amount of a step is no amount of its kind")
    return _forecast(tuple(seen), tuple(ahead), goal, value, is_count, priors())


@lru_cache(maxsize=1000)
def _forecast(
    seen: tuple[Step, ...],
    ahead: tuple[Ahead, ...],
    goal: float | None,
    value: float,
    is_count: bool,
    known: Priors,
) -> Forecast | None:
    full = _has_full_year(seen)
    coming = np.array([(step.month, step.days) for step in ahead if step.days > 0], dtype=float)
    if not coming.size:
        certain = Band(value, value, value, value, value)
        return Forecast((certain,) * max(1, len(ahead)), _chance(np.array([value]), goal), full)
    steps = _worth(seen, is_count)[-MOST_MONTHS:]
    if not steps or sum(step.days for step in steps) < LEAST_DAYS:
        return None
    if not is_count and not any(step.amount for step in steps):
        return None  # a level that has not moved does not show how it moves
    amounts = _amounts(steps, coming, full, is_count, known)
    drawn = np.zeros((DRAWS, len(ahead)))
    drawn[:, [step.days > 0 for step in ahead]] = amounts
    ends = value + np.cumsum(drawn, axis=1)
    # with whole numbers the inverted distribution function gives the narrowest band of which
    # neither side leaves out more than it may
    found = np.quantile(ends, QUANTILES, axis=0, method="inverted_cdf").T
    path = tuple(Band(*map(float, row)) for row in found)
    return Forecast(path, _chance(ends[:, -1], goal), full)


def needed_per_day(goal: float, value: float, open_days_left: int) -> float | None:
    """Return what each open day left has to bring, None where no day is left to bring it."""
    if value >= goal:
        return 0.0
    return (goal - value) / open_days_left if open_days_left > 0 else None


def _amounts(
    steps: Sequence[Step],
    coming: Numbers,
    full: bool,
    is_count: bool,
    known: Priors,
) -> Numbers:
    months, amounts, days = np.array([(s.month, s.amount, s.days) for s in steps], dtype=float).T
    seen, ahead = (months, amounts, days), (coming[:, 0], coming[:, 1])
    rng = np.random.default_rng(SEED)
    if is_count and amounts.min() < LARGE:
        return bursts.drawn(seen, ahead, known, is_opening=not full, draws=DRAWS, rng=rng)
    return drifting.drawn(
        seen, ahead, known, is_opening=not full, is_count=is_count, draws=DRAWS, rng=rng
    )


def _worth(seen: Sequence[Step], is_count: bool) -> list[Step]:
    """Return the steps that say something: no slivers, and none before the measure began."""
    steps = [step for step in seen if step.days >= LEAST_DAYS]
    first = next((place for place, step in enumerate(steps) if step.amount), 0)
    later = steps[first:]
    if not first or not is_count:
        return later if first else steps
    empty = (1 + sum(not step.amount for step in later)) / (1 + len(later))
    has_begun = empty**first < LATE or min(step.amount for step in later) >= BEGUN
    return later if has_begun else steps


def _has_full_year(seen: Sequence[Step]) -> bool:
    """Tell whether an earlier year than the last one seen has all its months."""
    years = [step.month // YEAR for step in seen if step.days >= LEAST_DAYS]
    return any(years.count(year) == YEAR for year in set(years) - {max(years, default=0)})


def _chance(ends: Numbers, goal: float | None) -> float | None:
    return None if goal is None else float((ends >= goal).mean())
