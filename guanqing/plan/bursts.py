"""A small count, or one with empty months: what its months ahead may bring.

A month is empty with some chance or brings a count about a level (negative binomial). Level,
chance, unruliness, season and drift are drawn many times, weighed by how well they explain the
months seen.
"""

import math

import numpy as np
from numpy.typing import NDArray

from guanqing.plan import drifting
from guanqing.plan.drifting import YEAR, Numbers
from guanqing.plan.priors import Priors

ANSWERS = 5000
SHAPES = np.geomspace(0.8, 200, 16)  # of a month's gamma: from one burst to as even as Poisson
VAGUE = 0.8  # of the log level of a month that is not empty; less, the more of them were seen
NONE_YET = 6.0  # events in a month that is not empty, where none has come
OFTEN_EMPTY = 0.9  # how often empty months are taken to be the way of a small count


def drawn(
    seen: tuple[Numbers, Numbers, Numbers],
    ahead: tuple[Numbers, Numbers],
    known: Priors,
    *,
    is_opening: bool,
    draws: int,
    rng: np.random.Generator,
) -> Numbers:
    """Return what the steps ahead may bring: one row a draw, one column a step.

    seen: months (12 x year + month - 1), amounts and weights; ahead: months and weights.
    """
    (months, amounts, weights), (coming, coming_weights) = seen, ahead
    size = months.size
    paths = _paths(np.concatenate([months, coming]), known, is_opening, rng)
    paths *= np.concatenate([weights, coming_weights]) / weights.mean()
    full = amounts[amounts > 0]
    level = float(full.mean()) if full.size else NONE_YET
    vague = VAGUE * (full.size + 1) ** -0.5
    levels = level * np.exp(vague * rng.standard_normal(ANSWERS))
    means = levels[:, None] * paths
    empty = rng.random(ANSWERS) * (rng.random(ANSWERS) < OFTEN_EMPTY)
    which = rng.integers(0, SHAPES.size, ANSWERS)
    fit = _fit(amounts, means[:, :size], empty, which)
    used = drifting.chosen(fit, draws)
    months_ahead, shape = means[used, size:], SHAPES[which[used]][:, None]
    is_full = rng.random(months_ahead.shape) >= empty[used][:, None]
    uneven = rng.gamma(np.broadcast_to(shape, months_ahead.shape)) / shape
    return np.asarray(rng.poisson(months_ahead * uneven * is_full), dtype=float)


def _paths(months: Numbers, known: Priors, is_opening: bool, rng: np.random.Generator) -> Numbers:
    """Return season times drift of each month, about 1: answers x months."""
    parts, of = drifting.spreads(known, is_opening, True), known.elsewhere
    answer = np.arange(ANSWERS) % drifting.ANSWERS
    own = rng.standard_normal((ANSWERS, YEAR))
    season = math.sqrt(1 - of.wave - of.second_wave) * own
    for times, share in ((1, of.wave), (2, of.second_wave)):
        turn = times * 2 * np.pi * np.arange(YEAR) / YEAR
        waves = rng.standard_normal((ANSWERS, 2)) @ np.array([np.cos(turn), np.sin(turn)])
        season += math.sqrt(share) * waves
    steps = np.sqrt(np.diff(months, prepend=months[0]))
    drift = np.cumsum(rng.standard_normal((ANSWERS, months.size)) * steps, axis=1)
    slope = rng.standard_normal((ANSWERS, 1)) * (months - months.mean())
    lines = parts.season[answer, None] * season[:, months.astype(int) % YEAR]
    years = months.astype(int) // YEAR
    levels = of.year_of_few * rng.standard_normal((ANSWERS, int(np.ptp(years)) + 1))
    lines += levels[:, years - years.min()]
    lines += parts.drift[answer, None] * drift + parts.slope[answer, None] * slope
    return np.asarray(np.exp(lines))


def _fit(
    amounts: Numbers, means: Numbers, empty: Numbers, which: NDArray[np.signedinteger]
) -> Numbers:
    """Return the log likelihood of each answer."""
    constants = np.array(
        [
            [math.lgamma(n + shape) - math.lgamma(shape) - math.lgamma(n + 1) for n in amounts]
            for shape in SHAPES
        ]
    )
    shape = SHAPES[which][:, None]
    of_count = constants[which] - shape * np.log1p(means / shape)
    of_count += amounts * np.log(means / (means + shape))
    filled = np.log1p(-empty)[:, None]
    of_none = np.logaddexp(np.log(empty + 1e-300)[:, None], filled + of_count)
    return np.asarray(np.where(amounts > 0, filled + of_count, of_none).sum(axis=1))
