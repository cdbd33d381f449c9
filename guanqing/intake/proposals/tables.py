"""The first lines of a text as a table: its header, and rows below it."""

import csv
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from guanqing.intake.decoding import Text
from guanqing.intake.reading.headers import INSERT, MARKS, WITHIN, cells, normal

LINES = 3000  # enough to meet every code that matters, and no wait
JOINED_LINES = 100_000  # to find out what two files have in common
COLUMNS = 300
CELL_SIGNS = 200
VALUES = re.compile(r"values\s*\((.*)\)\s*[;,]?\s*$", re.IGNORECASE)
# to_date('2019-03-01', 'yyyy-mm-dd') is its first argument
TO_DATE = re.compile(r"to_(?:date|timestamp)\(('[^']*')[^)]*\)", re.IGNORECASE)
# days, the year first or last, and long numbers
DATA_CELL = re.compile(r"\d{4}[-/.年]\d.*|\d\d?[-/.]\d\d?[-/.]\d\d.*|[A-Z]{0,4}\d{5,}")


@dataclass(frozen=True)
class Table:
    """Rows of a text under their headers; without a header the columns are called 1, 2, 3."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    has_header: bool = True
    is_dump: bool = False  # of INSERT statements

    @property
    def columns(self) -> dict[int, str]:
        """Return what a layout calls each column, by its place from 1; blank headers call none.

        Of two that are called alike it says which: 题名#1, 题名#2.
        """
        names = [normal(name) for name in self.header]
        counts, turns = Counter(names), Counter[str]()
        found = {}
        for place, (name, shown) in enumerate(zip(names, self.header, strict=True), 1):
            turns[name] += 1
            if shown and name:
                found[place] = shown if counts[name] == 1 else f"{shown}#{turns[name]}"
        return found

    def values(self, place: int) -> list[str]:
        """Return what stands in a column, from 1; blank where a row is too short."""
        return [row[place - 1] if place <= len(row) else "" for row in self.rows]


def table_of(text: Text, worth: Callable[[str], float]) -> Table:
    """Read the top of a text; `worth` says how much a cell looks like the header of something."""
    with text.path.open(encoding="utf-8-sig", errors="replace", newline="\n") as file:
        lines = [line.rstrip("\r\n") for line in islice(file, LINES)]
    lines = [line for line in lines if not line.startswith("\x02")]
    if dump := _dump(lines):
        return dump
    rows = list(_rows(lines, text.delimiter, text.quote))
    at = _header_row(rows, worth)
    if at is None:
        width = max((len(row) for row in rows), default=0)
        places = tuple(map(str, range(1, width + 1)))
        return Table(places, tuple(rows), has_header=False)
    return Table(rows[at], tuple(rows[at + 1 :]))


def values_of(text: Text, table: Table, place: int) -> Iterator[str]:
    """Yield what stands in a column, from 1, in far more lines than those of the table."""
    if table.is_dump:
        yield from table.values(place)
        return
    with text.path.open(encoding="utf-8-sig", errors="replace", newline="\n") as file:
        lines = (line.rstrip("\r\n") for line in islice(file, JOINED_LINES))
        for row in _rows(lines, text.delimiter, text.quote):
            if place <= len(row):
                yield row[place - 1]


def _rows(lines: Iterable[str], delimiter: str, quote: str) -> Iterator[tuple[str, ...]]:
    """Yield the cells of each line that has any; a line is a record, quotes or not."""
    for line in lines:
        if line.strip(" \t,;|"):
            yield _cells(line, delimiter, quote)


def _cells(line: str, delimiter: str, quote: str) -> tuple[str, ...]:
    try:
        found = cells(line, delimiter, quote)
    except csv.Error:  # a field beyond what the module takes
        found = tuple(line.split(delimiter))
    return tuple(cell[:CELL_SIGNS] for cell in found[:COLUMNS])


def _dump(lines: Sequence[str]) -> Table | None:
    """Return the table of a dump of INSERT statements, None where it is none."""
    named = [found.group(1) for line in lines if (found := INSERT.search(line))]
    if not named:
        return None
    header = tuple(column.strip(MARKS) for column in named[0].split(","))
    bodies = [found.group(1) for line in lines if (found := VALUES.search(line))]
    rows = [_cells(re.sub(r", +'", ",'", TO_DATE.sub(r"\1", body)), ",", "'") for body in bodies]
    return Table(header, tuple(rows), is_dump=True)


def _header_row(rows: Sequence[tuple[str, ...]], worth: Callable[[str], float]) -> int | None:
    """Return which row is the header, None where the table begins with data.

    The row whose cells say most; where none says anything, the first of the usual width, unless
    it holds dates or long numbers.
    """
    tops = rows[:WITHIN]
    worths = [_worth(row, worth) for row in tops]
    best = max(worths, default=0.0)
    if best >= 0.9:
        return worths.index(best)
    widths = [len(row) for row in rows]
    usual = max(widths, key=widths.count, default=0)
    at = next((number for number, row in enumerate(tops) if len(row) == usual), None)
    if at is None or any(DATA_CELL.fullmatch(cell) for cell in tops[at]):
        return None
    return at


def _worth(row: Sequence[str], worth: Callable[[str], float]) -> float:
    if any(DATA_CELL.fullmatch(cell) for cell in row):
        return 0.0
    return sum(worth(cell) for cell in dict.fromkeys(row))
