"""What is taken from the shelf: a class for every loan, and an item that is in.

An item is never out twice at once, so items are picked one loan after the other, in time order;
everything before that pass is done for all loans together.
"""

from itertools import product
from typing import Any

import numpy as np

from simulated_library.calendar import DAY, Calendar
from simulated_library.cards import Readers, Year, reader_types
from simulated_library.chance import (
    Flags,
    Floats,
    Ints,
    apportion,
    known,
    stream,
)
from simulated_library.loans import Loans
from simulated_library.stock import Stock, popularity

CANDIDATES = 6
UNKNOWN = "unknown"


def classes_wanted(
    calendar: Calendar, readers: Readers, loans: Loans, years: list[Year], classes: list[str]
) -> Ints:
    """Return the class of each loan as a position in classes, -1 where the item is unknown.

    A year's classes come out exactly as its shares say, in the main library as printed; the types
    of readers differ in taste, and a reader comes back to the same class.
    """
    rng = stream("classes")
    codes = [*classes, UNKNOWN]
    wanted = np.empty(loans.size, dtype=np.int64)
    faithful = known("lending")["faithful_share"]
    habit = rng.random(readers.size)
    day, at_main = loans.loaned_at // DAY, loans.branch == calendar.main
    for year, is_main in product(years, (True, False)):
        mine = np.flatnonzero((day >= year.first) & (day <= year.last) & (at_main == is_main))
        kinds = readers.kind[loans.reader[mine]]
        printed = year.totals["class_shares"] if is_main else {}
        table = _class_table(np.bincount(kinds, minlength=len(reader_types())), printed, codes)
        for kind, row in enumerate(table):
            who = mine[kinds == kind]
            keeps = rng.random(len(who)) < faithful
            key = np.where(keeps, habit[loans.reader[who]], rng.random(len(who)))
            wanted[who[np.argsort(key, kind="stable")]] = np.repeat(np.arange(len(codes)), row)
    return np.where(wanted == len(classes), -1, wanted)


def _class_table(kind_counts: Ints, printed: dict[str, float], codes: list[str]) -> Ints:
    """Return loans by type of reader and class; rows and columns add up to their totals."""
    text = known("lending")
    total = int(kind_counts.sum())
    rest = codes.index(text["class_rest"])
    shares = {**text["classes"], **printed}
    columns = np.array([round(total * shares.get(code, 0)) for code in codes])
    columns[rest] = 0
    columns[rest] = total - columns.sum()
    taste = np.array(
        [[text["taste"].get(name, {}).get(code, 1.0) for code in codes] for name in reader_types()]
    )
    fitted = taste * columns
    for _ in range(60):
        fitted *= (kind_counts / fitted.sum(axis=1))[:, None]
        fitted *= columns / np.maximum(fitted.sum(axis=0), 1e-12)
    table = np.column_stack(
        [apportion(int(count), fitted[:, i] + 1e-12) for i, count in enumerate(columns)]
    )
    # whole numbers leave the rows a loan or two off: the class of the rest takes that up
    table[:, rest] += kind_counts - table.sum(axis=1)
    return table


def take_items(
    calendar: Calendar, readers: Readers, loans: Loans, stock: Stock, wanted: Ints
) -> Ints:
    """Return the item_id of each loan, 0 where the item is unknown."""
    rng = stream("items")
    shelves = _Shelves(calendar, stock)
    known_item = np.flatnonzero(wanted >= 0)
    shelf = shelves.chosen(readers, loans, wanted, rng)
    candidates = shelves.candidates(shelf[known_item], rng.random((len(known_item), CANDIDATES)))
    free_at: list[int] = (stock.added * DAY).tolist()
    taken = np.zeros(loans.size, dtype=np.int64)
    out_from = loans.loaned_at[known_item].tolist()
    # a minute on the trolley before the next reader can have it
    back_at = (loans.returned_at[known_item] + 60).tolist()
    for row, (loan, choice) in enumerate(zip(known_item.tolist(), candidates, strict=True)):
        now = out_from[row]
        for item in choice:
            if free_at[item] <= now:
                break
        else:
            item = shelves.any_in(int(shelf[loan]), int(wanted[loan]), free_at, now)
        free_at[item] = back_at[row]
        taken[loan] = item + 1
    return taken


class _Shelves:
    """The items that are lent, by branch, class and collection (for children or not)."""

    def __init__(self, calendar: Calendar, stock: Stock) -> None:
        self.calendar = calendar
        self.class_count = len(stock.classes)
        shelf = self.number(stock.branch, stock.class_code, stock.is_for_children)
        lent = np.flatnonzero(stock.is_lent)
        self.items: Ints = lent[np.argsort(shelf[lent], kind="stable")]
        size = len(calendar.codes) * self.class_count * 2
        counts = np.bincount(shelf[lent], minlength=size)
        self.ends: Ints = np.cumsum(counts)
        self.starts: Ints = self.ends - counts
        self.cumulative: Floats = np.cumsum(popularity(stock)[self.items])

    def number(self, branch: Ints, class_code: Ints, for_children: Flags) -> Ints:
        """Return the number of a shelf."""
        return (branch * self.class_count + class_code) * 2 + for_children

    def chosen(
        self, readers: Readers, loans: Loans, wanted: Ints, rng: np.random.Generator
    ) -> Ints:
        """Return the shelf each loan comes from: the branch's own, or else the main library's."""
        text: dict[str, Any] = known("lending")
        shares = np.array([text["children_share"][name] for name in reader_types()])
        for_children = rng.random(loans.size) < shares[readers.kind[loans.reader]]
        is_sent = rng.random(loans.size) < text["other_branch_item_share"]
        branch = np.where(is_sent, self.calendar.main, loans.branch)
        main = np.full_like(branch, self.calendar.main)
        shelf = self.number(branch, wanted, for_children)
        for place, collection in (
            (branch, ~for_children),
            (main, for_children),
            (main, ~for_children),
        ):
            is_empty = self.ends[shelf] == self.starts[shelf]
            shelf = np.where(is_empty, self.number(place, wanted, collection), shelf)
        return shelf

    def candidates(self, shelf: Ints, luck: Floats) -> list[list[int]]:
        """Draw items from each shelf, the popular ones more often."""
        before = np.concatenate([[0.0], self.cumulative])
        low, high = before[self.starts[shelf]], before[self.ends[shelf]]
        reached = low[:, None] + luck * (high - low)[:, None]
        found = np.searchsorted(self.cumulative, reached, side="right")
        found = np.clip(found, self.starts[shelf][:, None], self.ends[shelf][:, None] - 1)
        items: list[list[int]] = self.items[found].tolist()
        return items

    def any_in(self, shelf: int, class_code: int, free_at: list[int], now: int) -> int:
        """Return an item that is in: from the shelf, or else of its class in the main library."""
        main = (self.calendar.main * self.class_count + class_code) * 2
        for place in (shelf, main, main + 1):
            for item in self.items[self.starts[place] : self.ends[place]].tolist():
                if free_at[item] <= now:
                    return int(item)
        raise ValueError(f"no item of class {class_code} is in")
