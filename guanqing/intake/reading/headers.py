"""Headers: which lines of a text may name its columns, and where each name stands."""

import csv
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from guanqing.intake.decoding import Text
from guanqing.intake.layouts.sources import Source

WITHIN = 30  # lines: reports open with a title, a date, a unit
LONGEST = 20_000  # signs; a longer line is no header
INSERT = re.compile(r"insert\s+into\s+\S+?\s*\(([^)]*)\)\s*values", re.IGNORECASE)
MARKS = " \t\u3000\"'`[]"


@dataclass(frozen=True)
class Header:
    """The names of a text's columns, in their order."""

    cells: tuple[str, ...]
    line: int  # from 1; 0: the text has none
    is_dump: bool = False  # of INSERT statements, which name the columns themselves

    @cached_property
    def _places(self) -> dict[str, list[int]]:
        known: dict[str, list[int]] = {}
        for place, cell in enumerate(self.cells, 1):
            if cell:
                known.setdefault(normal(cell), []).append(place)
        for name, places in list(known.items()):
            if len(places) > 1:  # a layout may say which of them it means
                known |= {f"{name}#{turn}": [place] for turn, place in enumerate(places, 1)}
        return known

    def place(self, names: Iterable[str]) -> int:
        """Return the place, from 1, of the first of the names that is there, else 0."""
        return next((self._places[n][0] for n in map(normal, names) if n in self._places), 0)

    def is_twice(self, names: Iterable[str]) -> bool:
        """Return whether the first of the names that is there stands at two places."""
        return next(
            (len(self._places[n]) > 1 for n in map(normal, names) if n in self._places), False
        )


@lru_cache(maxsize=10_000)
def normal(header: str) -> str:
    """Return a header as it is compared: without case, width, blanks and underscores."""
    return re.sub(r"[\s_\-]", "", unicodedata.normalize("NFKC", header)).casefold().strip(MARKS)


def cells(line: str, delimiter: str, quote: str) -> tuple[str, ...]:
    """Return the cells of a line as a header has them."""
    rows = (
        csv.reader([line], delimiter=delimiter, quotechar=quote)
        if quote
        else csv.reader([line], delimiter=delimiter, quoting=csv.QUOTE_NONE)
    )
    return tuple(cell.strip(" \t\u3000") for cell in next(rows, []))


def candidates(text: Text, source: Source, delimiter: str, quote: str) -> list[Header]:
    """Return the headers that a text may have as this source, in their order."""
    lines = [line if len(line) < LONGEST else "" for line in text.first_lines[:WITHIN]]
    if source.header:
        widths = [len(cells(line, delimiter, quote)) for line in lines if line.strip()]
        fitting = sum(width >= len(source.header) for width in widths)
        return [Header(source.header, 0)] if 2 * fitting > len(widths) else []
    found = _of_insert(lines) or [
        Header(cells(line, delimiter, quote), number)
        for number, line in enumerate(lines, 1)
        if line.strip()
    ]
    return [header for header in found if all(header.place([name]) for name in source.known_by)]


def _of_insert(lines: Sequence[str]) -> list[Header]:
    """Return the columns that the first INSERT statement names."""
    named = [found.group(1) for line in lines if (found := INSERT.search(line))]
    return (
        [Header(tuple(c.strip(MARKS) for c in named[0].split(",")), 0, is_dump=True)]
        if named
        else []
    )


def beside(text: Text, header: Header, words: Iterable[str], delimiter: str, quote: str) -> str:
    """Return what stands in the cell after one of the words in a line above the header, or ""."""
    wanted = {normal(word) for word in words}
    for line in text.first_lines[: max(header.line - 1, 0)]:
        found = cells(line[:LONGEST], delimiter, quote)
        if len(found) > 1 and normal(found[0]) in wanted:
            return found[1]
    return ""
