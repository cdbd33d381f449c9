"""How often the forecast's bands hold, and how wide they are: simulated years of nine shapes.

    python benchmarks/calibration.py                 500 years a cell, two processes: some minutes
    python benchmarks/calibration.py --years 100

Each year is forecast from its first three, six and nine months and held against what came. The
Winkler score is the width of the 95 % band, and 40 times as much as it missed by; in percent of
what came in the year.
"""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from multiprocessing import get_context

import numpy as np
import typer
from numpy.typing import NDArray

from guanqing.plan.forecast import Ahead, Step, forecast

Numbers = NDArray[np.float64]
Random = np.random.Generator

SEED = 20190930
YEAR = 2019
KNOWN = (3, 6, 9)  # 31 March, 30 June, 30 September
TOTAL = 36_000
DAYS = np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
FLAT = TOTAL * DAYS / 365
FESTIVAL = {2018: date(2018, 2, 16), 2019: date(2019, 2, 5)}


@dataclass(frozen=True)
class Years:
    """A simulated year, and with a profile the one before: amounts and open days of each month."""

    amounts: Numbers
    days: Numbers


def plain(amounts: Numbers) -> Years:
    """Return an opening year that is open every day."""
    return Years(amounts, DAYS)


def gamma(rng: Random, spread: float, count: int = 12) -> Numbers:
    """Return factors about 1 that stray by so much."""
    return rng.gamma(spread**-2, spread**2, count)


def varying(rng: Random) -> Years:
    """Return months that vary by half."""
    return plain(rng.poisson(FLAT * gamma(rng, 0.5)))


def growing(rng: Random) -> Years:
    """Return a year that grows by a fifth, its months varying by 5 %."""
    return plain(rng.poisson(FLAT * np.linspace(1, 1.2, 12) * gamma(rng, 0.05)))


def remembering(rng: Random) -> Years:
    """Return months that stray by 20 %, of which 70 % is left in the next month."""
    strayed = [rng.normal(0, 0.2)]
    for _ in range(11):
        strayed.append(0.7 * strayed[-1] + rng.normal(0, 0.2 * np.sqrt(1 - 0.7**2)))
    return plain(rng.poisson(FLAT * np.exp(strayed)))


def bursting(rng: Random, *, empty: float) -> Years:
    """Return 24 things a year, of whose months so many are empty."""
    return plain(rng.poisson(2 / (1 - empty), 12) * (rng.random(12) >= empty))


def beginning(rng: Random) -> Years:
    """Return 36,000 from 1 July on, months varying by 10 %."""
    amounts = rng.poisson(2 * FLAT * gamma(rng, 0.1))
    amounts[:6] = 0
    return plain(amounts)


def own_season(rng: Random) -> Years:
    """Return a season nobody has seen: a wave with its peak anywhere and months of their own."""
    wave = np.cos(2 * np.pi * (np.arange(12) - rng.uniform(0, 12)) / 12)
    return plain(
        rng.poisson(FLAT * np.exp(0.18 * wave + rng.normal(0, 0.1, 12)) * gamma(rng, 0.05))
    )


def campaigning(rng: Random) -> Years:
    """Return an even year in which one month, any, brings three times as much."""
    months = gamma(rng, 0.1)
    months[rng.integers(12)] *= 3
    return plain(rng.poisson(FLAT * months))


def weekly(rng: Random) -> Years:
    """Return two years, closed on Mondays, busy at weekends and in summer."""
    years = [_week_by_week(rng, year, total) for year, total in ((2018, TOTAL), (2019, 40_000))]
    return Years(*map(np.concatenate, zip(*years, strict=True)))


def _week_by_week(rng: Random, year: int, total: int) -> tuple[Numbers, Numbers]:
    days = [date(year, 1, 1) + timedelta(n) for n in range(365)]
    busy = np.array([_busy(day) for day in days])
    months = np.array([day.month - 1 for day in days])
    came = rng.poisson(total * busy / busy.sum() * np.repeat(gamma(rng, 0.1, 53), 7)[:365])
    return np.bincount(months, came), np.bincount(months, busy > 0).astype(float)


def _busy(day: date) -> float:
    since = (day - FESTIVAL[day.year]).days
    if 0 <= since < 7:
        return 0.0 if since < 3 else 0.5
    summer = 1.8 if day.month in (7, 8) else 1.0
    return (0.0, 1.0, 1.0, 1.0, 1.2, 2.0, 2.0)[day.weekday()] * summer


SHAPES: dict[str, Callable[[Random], Years]] = {
    "months that vary by 50 %": varying,
    "growth of 20 % within the year": growing,
    "months that remember the last": remembering,
    "24 a year, half of the months empty": partial(bursting, empty=0.5),
    "24 a year, 80 % of the months empty": partial(bursting, empty=0.8),
    "36,000 from 1 July on": beginning,
    "weeks and holidays, with a year before": weekly,
    "a season of its own, no year before": own_season,
    "one month of campaign": campaigning,
}


@dataclass(frozen=True)
class Held:
    """One band of one year against what came."""

    in_80: bool
    in_95: bool
    score: float  # Winkler's, of the 95 % band, as a share of what came in the year


def of_year(years: Years, known: int) -> Held | None:
    """Forecast a year from so many of its months, None where there is nothing to forecast from."""
    first = 12 * (YEAR + 1) - years.amounts.size
    over = years.amounts.size - 12 + known
    steps = list(zip(range(first, 12 * (YEAR + 1)), years.amounts, years.days, strict=True))
    this_year = years.amounts[-12:]
    if not this_year[:known].any() and years.amounts.size == 12 and this_year.sum() >= TOTAL / 2:
        return None  # the measure has not begun
    found = forecast(
        [Step(month, float(amount), float(days)) for month, amount, days in steps[:over]],
        [Ahead(month, float(days)) for month, _, days in steps[over:]],
        None,
        value=float(this_year[:known].sum()),
    )
    if found is None:
        return None
    end, truth = found.end, float(this_year.sum())
    return scored((end.lower_80, end.upper_80), (end.lower_95, end.upper_95), truth)


def scored(band_80: tuple[float, float], band_95: tuple[float, float], truth: float) -> Held:
    """Hold two bands against what came."""
    lower, upper = band_95
    missed = max(lower - truth, 0) + max(truth - upper, 0)
    score = (upper - lower + 2 / 0.05 * missed) / max(truth, 1)
    return Held(band_80[0] <= truth <= band_80[1], lower <= truth <= upper, score)


def simulated(shape: str, years: int) -> Iterator[Years]:
    """Yield years of a shape, the same every time."""
    rng = np.random.default_rng([SEED, list(SHAPES).index(shape)])
    for _ in range(years):
        yield SHAPES[shape](rng)


def cell(shape: str, known: int, years: int) -> tuple[float, float, float] | None:
    """Return how often the bands held, 80 and 95 %, and the mean score; None without a forecast."""
    found = [held for one in simulated(shape, years) if (held := of_year(one, known))]
    if len(found) < years / 2:
        return None
    columns = [(held.in_80, held.in_95, held.score) for held in found]
    in_80, in_95, score = np.mean(columns, axis=0)
    return float(in_80), float(in_95), float(score)


def main(years: int = 500, processes: int = 2) -> None:
    """Print the table of docs/forecast.md."""
    os.nice(10)
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    cells = [(shape, known, years) for shape in SHAPES for known in KNOWN]
    with get_context("spawn").Pool(processes) as pool:
        results = dict(zip(cells, pool.starmap(cell, cells, chunksize=1), strict=True))
    print("| shape | end of March | end of June | end of September |\n| --- | ---: | ---: | ---: |")
    for shape in SHAPES:
        said = [_said(results[shape, known, years]) for known in KNOWN]
        print(f"| {shape} | {' | '.join(said)} |")


def _said(found: tuple[float, float, float] | None) -> str:
    return "not begun" if found is None else "{:.1%} / {:.1%} · {:.1%}".format(*found)


if __name__ == "__main__":
    typer.run(main)
