"""Lists that may grow long: every row stands there, and what does not fit is scrolled to."""

from collections.abc import Sequence

from guanqing.figures.blocks import Cell, Table

MOST_AT_ONCE = 12
HEIGHT = 400  # pixels, about as many rows


def listed(columns: Sequence[tuple[str, str]], rows: Sequence[Sequence[Cell]]) -> Table:
    """Return a table of all rows, which scrolls where there are many."""
    return Table(columns, rows, height=HEIGHT if len(rows) > MOST_AT_ONCE else None)
