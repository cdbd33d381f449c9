"""Rows of a plan as a worksheet gives them: which columns there are, and the cells of each line."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

from guanqing.plan.making.columns import alike, column_of, desk
from guanqing.problems import Problem

MOST_LINES = 500  # more is no plan of a year
TITLE_LINES = 10  # what may stand above the header
NO_TEXT = str.maketrans(dict.fromkeys("\0\1\2", " "))
MONTH = re.compile(r"(\d{1,2})(?:月份?)?")
MONTH_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


@dataclass(frozen=True)
class Line:
    """A line of a worksheet: its number, and its cells by column, blank ones among them."""

    number: int
    cells: dict[str, str]


@dataclass(frozen=True)
class Sheet:
    """What was pasted or stands in a file."""

    lines: tuple[Line, ...] = ()
    unknown: tuple[str, ...] = ()  # headers of columns that a plan has not, which are not read


def read(text: str, *, language: str, delimiter: str = "") -> Sheet:
    """Return the lines below the header.

    Problem: paste_too_long, plan_no_header, plan_column_twice.
    """
    rows = list(_rows(text.translate(NO_TEXT), delimiter))
    if len(rows) > MOST_LINES:
        raise Problem("paste_too_long", count=len(rows), most=MOST_LINES)
    if not any(any(cells) for _, cells in rows):
        return Sheet()
    place = next((n for n, (_, cells) in enumerate(rows[:TITLE_LINES]) if _is_header(cells)), None)
    if place is None:
        columns = desk().columns
        needed = [columns[name].called(language) for name in ("kind", f"name_{language}")]
        first = next(cells for _, cells in rows if any(cells))
        there = ", ".join(filter(None, first))[:200]
        raise Problem("plan_no_header", columns=" + ".join(needed), found=there)
    header = rows[place][1]
    names = [_name(word) for word in header]
    for name in filter(None, names):
        if names.count(name) > 1:
            raise Problem("plan_column_twice", column=header[names.index(name)])
    lines = [
        Line(number, _cells(names, cells))
        for number, cells in rows[place + 1 :]
        if any(cells) and cells != header
    ]
    unknown = [word for word, name in zip(header, names, strict=True) if word and not name]
    return Sheet(tuple(lines), tuple(unknown))


def _rows(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the number of the line and the cells of each row."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    sign = delimiter or ("\t" if "\t" in lines else ",")
    for quoting in (csv.QUOTE_MINIMAL, csv.QUOTE_NONE):  # a mark may be part of a name
        reader = csv.reader(io.StringIO(lines), delimiter=sign, quoting=quoting, strict=True)
        found, begun = [], 1
        try:
            for cells in reader:
                found.append((begun, [cell.strip() for cell in cells]))
                begun = reader.line_num + 1
        except csv.Error:
            continue
        yield from found
        return


def _is_header(cells: list[str]) -> bool:
    names = {column_of(word) for word in cells if word}
    return "kind" in names and bool(names & {"name_zh", "name_en"})


def _name(word: str) -> str:
    """Return the column of a header, or the month it is of: by_month 3."""
    if not word:
        return ""
    if column := column_of(word):
        return column
    if (found := MONTH.fullmatch(alike(word))) and 1 <= int(found[1]) <= 12:
        return f"by_month {int(found[1])}"
    if alike(word)[:3] in MONTH_NAMES and alike(word).isascii():
        return f"by_month {MONTH_NAMES.index(alike(word)[:3]) + 1}"
    return ""


def _cells(names: list[str], cells: list[str]) -> dict[str, str]:
    said = {name: cell for name, cell in zip(names, cells, strict=False) if name}
    found = {name: said.get(name, "") for name in names if name and " " not in name}
    months = [
        f"{name.split()[1]}={cell}" for name, cell in said.items() if " " in name and cell.strip()
    ]
    if any(" " in name for name in names) and not found.get("by_month"):
        found["by_month"] = "；".join(months)
    return found
