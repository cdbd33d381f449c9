"""Draw by chance, and share out whole things exactly, alike on every machine.

Only rng.random is used, with sorting, searching and the four operations (and sqrt): what NumPy
promises to keep between versions, and what every processor rounds alike.
"""

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any
from zlib import crc32

import numpy as np
import numpy.typing as npt
import polars as pl

from guanqing.paths import DATA

SEED = 20180401

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


def as_ints(values: npt.NDArray[Any]) -> Ints:
    """Return values as whole numbers of 64 bits; decimals are cut off."""
    return np.asarray(values, dtype=np.int64)


@cache
def known(name: str) -> dict[str, Any]:
    """Return data/demo/<name>.toml as it stands."""
    return tomllib.loads((DATA / "demo" / f"{name}.toml").read_text(encoding="utf-8"))


def stream(step: str) -> np.random.Generator:
    """Return the random numbers of a step: its own, so that a change in one leaves the others."""
    return np.random.Generator(np.random.PCG64([SEED, crc32(step.encode())]))


def pick(rng: np.random.Generator, weights: Sequence[float] | Floats, size: int) -> Ints:
    """Draw positions in weights, each as often as its weight says."""
    return search(np.cumsum(np.asarray(weights, dtype=np.float64)), rng.random(size))


def search(cumulative: Floats, shares: Floats) -> Ints:
    """Return the position that each share of the whole falls on."""
    found = np.searchsorted(cumulative, shares * cumulative[-1], side="right")
    return as_ints(np.minimum(found, len(cumulative) - 1))


def between(rng: np.random.Generator, span: tuple[int, int] | list[int], size: int) -> Ints:
    """Draw whole numbers from the least to the most of a span, both included."""
    least, most = span
    return as_ints(np.floor(least + rng.random(size) * (most - least + 1)))


def shuffled(rng: np.random.Generator, size: int) -> Ints:
    """Return 0 … size-1 in random order."""
    return as_ints(np.argsort(rng.random(size), kind="stable"))


def apportion(total: int, weights: Sequence[float] | Floats) -> Ints:
    """Share out a whole number by weight, so that the parts add up to it."""
    cumulative = np.cumsum(np.asarray(weights, dtype=np.float64))
    steps = np.floor(cumulative * (total / cumulative[-1]) + 0.5).astype(np.int64)
    return as_ints(np.diff(steps, prepend=0))


def apportion_capped(total: int, weights: Floats, caps: Ints) -> Ints:
    """Share out a whole number by weight, no part above its cap."""
    parts = np.zeros(len(weights), dtype=np.int64)
    is_free = weights > 0
    while (rest := total - int(parts[~is_free].sum())) > 0:
        parts[is_free] = apportion(rest, weights[is_free])
        is_over = is_free & (parts > caps)
        if not is_over.any():
            break
        parts[is_over] = caps[is_over]
        is_free &= ~is_over
    return parts


def dealt(rng: np.random.Generator, size: int, shares: Mapping[str, float]) -> list[str]:
    """Return size codes in random order, each as many as its share says."""
    codes = np.repeat(np.array(list(shares)), apportion(size, list(shares.values())))
    return [str(code) for code in codes[shuffled(rng, size)]]


def run_positions(lengths: Ints) -> Ints:
    """Return 0, 1, … within each of the runs laid end to end."""
    starts = np.cumsum(lengths) - lengths
    return np.arange(int(lengths.sum()), dtype=np.int64) - np.repeat(starts, lengths)


def in_codes(codes: Sequence[str | None], positions: Ints) -> pl.Series:
    """Return the codes at the positions, as a Polars column."""
    return pl.Series(codes, dtype=pl.String).gather(pl.Series(positions))
