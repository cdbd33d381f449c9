"""What somebody can reckon who has every count that was ever released."""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import LinearConstraint, milp
from scipy.sparse import csr_array

Matrix = NDArray[np.float64]
UNBOUNDED = (3, 4)  # what HiGHS says of a program without an end, or without one or a start


def bounds(
    sums: Matrix, counts: Sequence[int], hidden: Iterable[int], cell: int
) -> tuple[float, float]:
    """Return the least and the greatest count a cell can have, given all that is not hidden.

    sums: cells × kinds of people, 1 where a kind is counted in a cell. The greatest is infinite
    where nothing shown stands above the cell.
    """
    shown = sorted(set(range(len(counts))) - set(hidden))
    values = [counts[number] for number in shown]
    known = [LinearConstraint(csr_array(sums[shown]), values, values)] if shown else []
    ends = []
    for sign in (1, -1):
        # people come in whole numbers, and whoever reckons knows that
        found = milp(sign * sums[cell], constraints=known, integrality=np.ones(sums.shape[1]))
        if found.status in UNBOUNDED:  # the library itself fits, so there are libraries
            ends.append(float("inf"))
        elif found.fun is None:
            raise ArithmeticError(found.message)
        else:
            ends.append(sign * round(found.fun))
    return ends[0], ends[1]


def is_guarded(
    sums: Matrix, counts: Sequence[int], hidden: Iterable[int], cell: int, floor: int
) -> bool:
    """Return whether a hidden cell is bounded no closer than the floor."""
    low, high = bounds(sums, counts, hidden, cell)
    return high - low >= floor


def found_out(sums: Matrix, counts: Sequence[int], hidden: Iterable[int], floor: int) -> list[int]:
    """Return the hidden cells that are bounded closer than the floor."""
    kept = set(hidden)
    return [cell for cell in sorted(kept) if not is_guarded(sums, counts, kept, cell, floor)]
