"""Holdings at the end of each month, counted from the items."""

from datetime import date, timedelta

import numpy as np
import polars as pl

from simulated_library.calendar import Calendar
from simulated_library.chance import Ints, in_codes, known
from simulated_library.stock import MATERIALS, Stock


def holdings_table(calendar: Calendar, stock: Stock) -> pl.DataFrame:
    """Return the table holdings: the stock at the end of each month."""
    cells = (stock.branch * len(stock.classes) + stock.class_code) * len(MATERIALS) + stock.material
    size = len(calendar.codes) * len(stock.classes) * len(MATERIALS)
    frames = []
    for month_end in _month_ends(calendar):
        day = calendar.day(month_end)
        held = (stock.added <= day) & (stock.withdrawn >= day)
        counts = [
            np.bincount(cells[held & also], minlength=size)
            for also in (np.full(len(held), True), stock.is_loanable, stock.is_for_children)
        ]
        frames.append(_holdings(calendar, stock, month_end, counts))
    return pl.concat(frames)


def _holdings(
    calendar: Calendar, stock: Stock, month_end: date, counts: list[Ints]
) -> pl.DataFrame:
    cell = np.flatnonzero(counts[0])
    branch, rest = np.divmod(cell, len(stock.classes) * len(MATERIALS))
    class_code, material = np.divmod(rest, len(MATERIALS))
    return pl.DataFrame(
        {
            "month_end": pl.repeat(month_end, len(cell), eager=True),
            "branch_code": in_codes(calendar.codes, branch),
            "class_code": in_codes(stock.classes, class_code),
            "material": in_codes(MATERIALS, material),
            "item_count": counts[0][cell],
            "loanable_count": counts[1][cell],
            "children_count": counts[2][cell],
        }
    )


def _month_ends(calendar: Calendar) -> list[date]:
    ends = [known("stock")["snapshots_from"]]
    last = calendar.date(calendar.day_count - 1)
    while ends[-1] < last:
        # the 28th and four days lie in the month after, whatever the month
        month_after = ((ends[-1] + timedelta(days=1)).replace(day=28) + timedelta(days=4)).replace(
            day=1
        )
        ends.append(month_after - timedelta(days=1))
    return ends
