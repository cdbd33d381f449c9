"""What stands on the shelves: items with call numbers, and the holdings of each month."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from simulated_library.calendar import Calendar
from simulated_library.call_numbers import call_numbers
from simulated_library.chance import (
    Flags,
    Floats,
    Ints,
    apportion,
    between,
    in_codes,
    known,
    pick,
    shuffled,
    stream,
)

MATERIALS = ["book", "braille", "audiovisual", "periodical"]
HELD = np.iinfo(np.int32).max  # withdrawn: not yet


@dataclass(frozen=True)
class Stock:
    """Arrays by item, in the order of item_id, which is 1 more than the position."""

    branch: Ints
    class_code: Ints  # position in classes
    classes: list[str]
    material: Ints
    is_for_children: Flags
    is_loanable: Flags
    added: Ints  # days, negative before the first day with data
    withdrawn: Ints  # last day in stock, or HELD

    @property
    def is_lent(self) -> Flags:
        """Return which items may be lent; what was weeded later is what nobody took."""
        is_kept_book: Flags = (self.material == 0) & (self.withdrawn == HELD)
        return is_kept_book & self.is_loanable


def acquire(calendar: Calendar, printed: dict[str, Any]) -> Stock:
    """Stock the shelves so that the main library holds what was printed at the end of its year."""
    rng = stream("stock")
    moves = known("stock")["moves"]
    books, children = printed["holdings_books"], printed["holdings_children_books"]
    sets = {
        "braille": printed["holdings_braille"],
        "audiovisual": printed["holdings_audiovisual_sets"],
        "periodical": printed["holdings_periodicals"],
    }
    # children's books and others, of the printed count; weeded before it; bought after it
    lots = [
        (books - children, False, "counted"),
        (children, True, "counted"),
        (moves["withdrawn_2018"], False, "weeded"),
        (moves["added_2019"] - moves["added_2019_children"], False, "bought"),
        (moves["added_2019_children"], True, "bought"),
    ]
    parts = [_books(calendar, rng, size, is_child, when) for size, is_child, when in lots]
    parts += [_others(calendar, rng, name, size) for name, size in sets.items()]
    columns = {key: np.concatenate([part[key] for part in parts]) for key in parts[0]}
    order = np.argsort(columns["added"], kind="stable")
    return Stock(classes=_classes(), **{key: values[order] for key, values in columns.items()})


def _classes() -> list[str]:
    return list(known("stock")["books"])


def _books(
    calendar: Calendar, rng: np.random.Generator, size: int, is_child: bool, when: str
) -> dict[str, Any]:
    text = known("stock")
    shares = text["children"] if is_child else text["books"]
    weights = [shares.get(code, 0.0) for code in _classes()]
    branch = np.repeat(np.arange(len(calendar.weights)), calendar.sized(size))
    size = len(branch)
    branch = branch[shuffled(rng, size)]
    added, withdrawn = _added_and_withdrawn(calendar, rng, branch, is_child, when)
    return {
        "branch": branch,
        "class_code": pick(rng, weights, size),
        "material": np.zeros(size, dtype=np.int64),
        "is_for_children": np.full(size, is_child),
        "is_loanable": rng.random(size) < text["loanable_share"],
        "added": added,
        "withdrawn": withdrawn,
    }


def _added_and_withdrawn(
    calendar: Calendar, rng: np.random.Generator, branch: Ints, is_child: bool, when: str
) -> tuple[Ints, Ints]:
    moves = known("stock")["moves"]
    size = len(branch)
    new_year = calendar.day(known("year_2019")["first_day"])
    withdrawn = np.full(size, HELD, dtype=np.int64)
    if when == "bought":
        return between(rng, (new_year, calendar.day_count - 1), size), withdrawn
    added = _before_opening(calendar, rng, branch)
    order = shuffled(rng, size)
    if when == "weeded":
        withdrawn = between(rng, (60, new_year - 2), size)
    else:
        fresh = order[: round(size * moves["added_2018_share"])]
        added[fresh] = between(rng, (0, new_year - 1), len(fresh))
        if not is_child:
            old = order[size - int(calendar.sized(moves["withdrawn_2019"]).sum()) :]
            withdrawn[old] = between(rng, (new_year + 14, calendar.day_count - 10), len(old))
    return added, withdrawn


def _before_opening(calendar: Calendar, rng: np.random.Generator, branch: Ints) -> Ints:
    """Return days on which the first stock came in, at the other branches since they opened."""
    start = calendar.day(known("stock")["main_stock_from"])
    opened = [calendar.day(on) for on in calendar.branches["opened_on"].to_list()]
    first = np.array([start if day >= 0 else day for day in opened])[branch]
    return np.floor(first * (1 - rng.random(len(branch)))).astype(np.int64)


def _others(calendar: Calendar, rng: np.random.Generator, name: str, size: int) -> dict[str, Any]:
    text = known("stock")
    weights = np.where(np.arange(len(calendar.weights)) == calendar.main, 0.0, calendar.weights)
    parts = apportion(round(size * text["beside"][name]), weights)
    parts[calendar.main] = size
    branch = np.repeat(np.arange(len(parts)), parts)
    size = len(branch)
    return {
        "branch": branch,
        "class_code": pick(rng, list(text["books"].values()), size),
        "material": np.full(size, MATERIALS.index(name)),
        "is_for_children": np.full(size, False),
        # journals are read in the house, discs in the listening room
        "is_loanable": np.full(size, name == "braille"),
        "added": _before_opening(calendar, rng, branch),
        "withdrawn": np.full(size, HELD, dtype=np.int64),
    }


def items_table(calendar: Calendar, stock: Stock) -> pl.DataFrame:
    """Return the table items."""
    size = len(stock.branch)
    withdrawn = np.where(stock.withdrawn == HELD, -1, stock.withdrawn)
    return pl.DataFrame(
        {
            "item_id": np.arange(1, size + 1),
            "call_number": call_numbers(stock.classes, stock.class_code, stock.is_for_children),
            "class_code": in_codes(stock.classes, stock.class_code),
            "material": in_codes(MATERIALS, stock.material),
            "is_for_children": stock.is_for_children,
            "branch_code": in_codes(calendar.codes, stock.branch),
            "is_loanable": stock.is_loanable,
            "added_on": calendar.dates(stock.added),
            "withdrawn_on": calendar.dates(withdrawn),
            "is_withdrawn": stock.withdrawn != HELD,
        }
    ).select(
        pl.exclude("withdrawn_on", "is_withdrawn"),
        pl.when("is_withdrawn").then("withdrawn_on").alias("withdrawn_on"),
    )


def popularity(stock: Stock) -> Floats:
    """Return how sought after each item is: few very much, and new ones more."""
    luck = stream("popularity").random(len(stock.branch))
    tail = np.minimum(1 / np.sqrt(1 - luck), 12.0)
    return np.where(stock.added >= 0, 1.8, 1.0) * tail
