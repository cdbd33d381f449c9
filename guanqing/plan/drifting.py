"""A figure whose level drifts through its seasons: what its months ahead may bring.

The logarithm of a count a day (of a net gain, the gain itself) is a level, a season that comes
again each year, a drift, and what is left. How large each is nobody knows: many answers are
weighed by how well they explain the months seen, and the months ahead are drawn from those.
"""

from dataclasses import dataclass, replace
from functools import lru_cache
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from guanqing.plan.priors import Priors, Spread

Numbers = NDArray[np.float64]

ANSWERS = 500  # combinations of spreads that are weighed
YEAR = 12
MOST_MEMORY = 0.95  # those that have a memory have anything up to this
VAGUE = 25.0  # variance of a level of which nothing is known
MOST = 12.0  # a month ahead is at most e^12 times the mean one: only guards the arithmetic
LEAST_NOISE = 1e-10  # keeps a matrix of months that are all but certain apart from a singular one


@dataclass(frozen=True)
class Spreads:
    """So many answers to how large each part is, one an entry."""

    season: Numbers
    noise: Numbers
    slope: Numbers
    drift: Numbers
    memory: Numbers  # how much of a month's straying is left in the next, 0 to 1


def spread_evenly(count: int, dimensions: int) -> Numbers:
    """Return points that fill a cube evenly: the same ones every time, unlike random ones."""
    root = 2.0
    for _ in range(30):
        root = (1 + root) ** (1 / (dimensions + 1))
    steps = root ** -np.arange(1.0, dimensions + 1)
    return np.asarray((0.5 + np.outer(np.arange(1, count + 1), steps)) % 1)


@lru_cache(maxsize=8)
def spreads(known: Priors, is_opening: bool, is_count: bool) -> Spreads:
    """Return the answers to be weighed; a net gain strays by a multiple of what a count does."""
    cube = spread_evenly(ANSWERS, 6)
    of = known.elsewhere
    noise = of.noise
    if not is_count:
        noise = replace(noise, middle=4 * noise.middle, most=4 * noise.most)
    steady, remembering = (
        often.opening if is_opening else often.later for often in (known.steady, known.remembering)
    )
    moves = np.where(cube[:, 4] < steady, 0.0, 1.0)
    memory = np.clip(1 - (1 - cube[:, 5]) / remembering, 0, 1) * MOST_MEMORY
    return Spreads(
        _drawn(of.season, cube[:, 0]),
        _drawn(noise, cube[:, 1]),
        moves * _drawn(of.slope, cube[:, 2]),
        moves * _drawn(of.drift, cube[:, 3]),
        memory,
    )


def _drawn(spread: Spread, at: Numbers) -> Numbers:
    normal = NormalDist(0, float(np.log(spread.factor)))
    wanted = np.array([spread.middle * np.exp(normal.inv_cdf(share)) for share in at])
    return np.asarray(np.minimum(wanted, spread.most))


def covariances(months: Numbers, parts: Spreads, known: Priors) -> Numbers:
    """Return how months go together under each answer: answers x months x months."""
    of, apart = known.elsewhere, np.abs(months[:, None] - months)
    turn = 2 * np.pi * apart / YEAR
    waves = of.wave * np.cos(turn) + of.second_wave * np.cos(2 * turn)
    season = waves + (1 - of.wave - of.second_wave) * (apart % YEAR == 0)
    one_year = months[:, None] // YEAR == months // YEAR
    middle = months % YEAR - (YEAR - 1) / 2
    # two thirds of a slope go on from year to year, a third is one year's own
    line = months - months.mean()
    slope = (np.outer(middle, middle) * one_year + 2 * np.outer(line, line)) / 3
    since = months - months.min()
    drift = np.minimum(since[:, None], since)
    # few distances, many pairs of months: a power is dear
    distances, where = np.unique(np.maximum(apart, 1), return_inverse=True)
    kept = (parts.memory[:, None] ** distances)[:, where.reshape(apart.shape)]
    kept[:, np.arange(months.size), np.arange(months.size)] = 1
    return np.asarray(
        VAGUE
        + of.year**2 * one_year
        + _squared(parts.season) * season
        + _squared(parts.slope) * slope
        + _squared(parts.drift) * drift
        + _squared(parts.noise) * kept
    )


def _squared(spread: Numbers) -> Numbers:
    return np.asarray(spread[:, None, None] ** 2)


def drawn(
    seen: tuple[Numbers, Numbers, Numbers],
    ahead: tuple[Numbers, Numbers],
    known: Priors,
    *,
    is_opening: bool,
    is_count: bool,
    draws: int,
    rng: np.random.Generator,
) -> Numbers:
    """Return what the steps ahead may bring: one row a draw, one column a step.

    seen: months (12 x year + month - 1), amounts and weights; ahead: months and weights.
    """
    (months, amounts, weights), (coming, coming_weights) = seen, ahead
    scale = 1.0 if is_count else float(np.abs(amounts / weights).mean())
    said = np.log((amounts + 0.5) / weights) if is_count else amounts / weights / scale
    counted = 1 / (amounts + 0.5) if is_count else np.zeros_like(amounts)
    centre, size = float(said.mean()), months.size
    parts = spreads(known, is_opening, is_count)
    together = covariances(np.concatenate([months, coming]), parts, known)
    root = np.linalg.cholesky(
        together[:, :size, :size] + np.diag(counted) + LEAST_NOISE * np.eye(size)
    )
    away = np.broadcast_to((said - centre)[:, None], (ANSWERS, size, 1))
    solved = np.linalg.solve(root, np.concatenate([away, together[:, :size, size:]], axis=2))
    off, shared = solved[..., :1], solved[..., 1:]
    fit = -0.5 * (off**2).sum((1, 2)) - np.log(np.diagonal(root, axis1=1, axis2=2)).sum(1)
    used, place = np.unique(chosen(fit, draws), return_inverse=True)
    back = np.swapaxes(shared[used], 1, 2)
    means = centre + (back @ off[used])[..., 0]
    left = together[used][:, size:, size:] - back @ shared[used]
    own = _own(parts)[used] if is_count else np.zeros(used.size)
    kept = LEAST_NOISE - own[:, None, None]
    spread = np.linalg.cholesky(left + kept * np.eye(coming.size))
    normal = rng.standard_normal((draws, coming.size, 1))
    lines = means[place] + (spread[place] @ normal)[..., 0]
    if not is_count:
        return np.asarray(lines * scale * coming_weights)
    levels = np.exp(np.clip(lines - centre, -MOST, MOST) + centre) * coming_weights
    return rng.poisson(levels * strayed(own[place, None], coming.size, rng)).astype(float)


def _own(parts: Spreads) -> Numbers:
    """Return the part of a month's straying that no other month knows of, as a variance."""
    return np.asarray(parts.noise**2 * (1 - parts.memory) / (1 + parts.memory))


def strayed(own: Numbers, count: int, rng: np.random.Generator) -> Numbers:
    """Return factors whose logarithms stray about 0 by these variances.

    Gamma, so that a count is negative binomial: where months stray by half, a lognormal one would
    have far too many that bring three times as much.
    """
    # ln(shape - 1/2) is the mean of the logarithm, 1 / (shape - 1/2) about its variance
    return np.asarray(rng.standard_gamma(1 / own + 0.5, (own.size, count)) * own)


def chosen(fit: Numbers, draws: int) -> NDArray[np.intp]:
    """Return which answers stand behind the draws, each as often as it is likely."""
    likely = np.exp(fit - fit.max())
    upto = np.cumsum(likely) / likely.sum()
    return np.searchsorted(upto, (np.arange(draws) + 0.5) / draws).clip(0, fit.size - 1)
