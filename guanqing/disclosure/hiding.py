"""Which counts to hide beside the small ones, so that nobody can reckon these."""

from collections.abc import Iterable, Sequence

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array, eye_array, hstack

from guanqing.disclosure.attack import Matrix, found_out, is_guarded

STRAYS = 4  # floors that a hidden count may be thought to stray from what it is
HALF = 0.5


def hide(
    sums: Matrix,
    counts: Sequence[int],
    floor: int,
    *,
    settled: int = 0,
    hidden_before: Iterable[int] = (),
) -> set[int]:
    """Return the cells to hide: those from 1 to below the floor, and the fewest that guard them.

    sums: cells × kinds of people, 1 where a kind is counted in a cell. The first `settled` cells
    are out already, but for those of them in hidden_before, and stay as they are.
    """
    hidden = set(hidden_before)
    hidden |= {cell for cell in range(settled, len(counts)) if 0 < counts[cell] < floor}
    to_guard = sorted(hidden)
    while to_guard:  # a cell that is guarded stays so, whatever is hidden besides
        cell = to_guard.pop()
        if is_guarded(sums, counts, hidden, cell, floor):
            continue
        free = [cell for cell in range(settled, len(counts)) if cell not in hidden]
        more = _guards(sums, counts, hidden, cell, floor, free) or set(free)
        hidden |= more
        to_guard += sorted(more)
    return _without_needless(sums, counts, hidden, floor, settled)


def _guards(
    sums: Matrix, counts: Sequence[int], hidden: set[int], cell: int, floor: int, free: list[int]
) -> set[int]:
    """Return the cells whose hiding costs least and leaves a cell as much room as the floor.

    Two libraries are sought that agree in all that stays shown, in one of which the cell counts
    at least the floor more than in the other; a cell in which they differ has to be hidden.
    """
    cells, kinds = sums.shape
    total = np.asarray(counts, dtype=float)
    is_hidden = np.isin(np.arange(cells), list(hidden))
    least, most = np.where(is_hidden, -np.inf, total), np.where(is_hidden, np.inf, total)
    one, none = csr_array(sums), csr_array((cells, kinds))
    if_hidden = eye_array(cells, format="csr")[:, free] * (STRAYS * floor)
    agree = [
        LinearConstraint(hstack([*library, sign * if_hidden]), *ends)
        for library in ((one, none), (none, one))
        for sign, ends in ((1, (least, np.inf)), (-1, (-np.inf, most)))
    ]
    apart = np.concatenate([sums[cell], -sums[cell], np.zeros(len(free))])
    found = milp(
        # the fewest cells, and of as few the small ones
        np.concatenate([np.zeros(2 * kinds), 1 + total[free] / (1 + total.sum())]),
        constraints=[*agree, LinearConstraint(apart[None, :], floor, np.inf)],
        integrality=np.concatenate([np.zeros(2 * kinds), np.ones(len(free))]),
        bounds=Bounds(0, np.concatenate([np.full(2 * kinds, np.inf), np.ones(len(free))])),
    )
    if found.x is None:
        return set()
    return {n for n, chosen in zip(free, found.x[2 * kinds :], strict=True) if chosen > HALF}


def _without_needless(
    sums: Matrix, counts: Sequence[int], hidden: set[int], floor: int, settled: int
) -> set[int]:
    """Return the cells without those that guard nothing any more, the largest tried first."""
    beside = [cell for cell in hidden if cell >= settled and not 0 < counts[cell] < floor]
    for cell in sorted(beside, key=lambda cell: (-counts[cell], cell)):
        fewer = hidden - {cell}
        if not found_out(sums, counts, fewer, floor):
            hidden = fewer
    return hidden
