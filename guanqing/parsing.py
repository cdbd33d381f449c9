"""What a text file of data/ says, and where it is wrong."""

import csv
import io
import re
import tomllib
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

HEADER = re.compile(r"\s*(\[+)([^\]]+)\]")
EMPTY = "EOF"  # what is wrong with a file that ends before it has said anything
KEY = re.compile(r"\s*([\w\"'.\-]+)\s*=")


class Said:
    """A text of data/text.toml with its values, as a value of another text."""

    def __init__(self, key: str, **values: str) -> None:
        self.key, self.values = key, values

    def __str__(self) -> str:
        """Return it for a log: whoever talks to a person says it in their language."""
        return f"{self.key} {self.values}" if self.values else self.key


class Wrong(ValueError):
    """An entry that cannot be used, by its path in the file: ("loan_count", "label").

    line: where it is, for a file whose lines have no names. wanted: what may stand there.
    """

    def __init__(self, *path: str | int, line: int = 0, wanted: Said | None = None) -> None:
        super().__init__(".".join(map(str, path)))
        self.path, self.line, self.wanted = path, line, wanted


def text(content: bytes) -> str:
    """Return the text of a file."""
    return content.decode("utf-8-sig")


def toml(words: str) -> dict[str, Any]:
    """Return what TOML says. ValueError, also for what is nested deeper than can be read."""
    try:
        return tomllib.loads(words)
    except RecursionError as error:
        raise tomllib.TOMLDecodeError("Nested too deeply (at line 1, column 1)") from error


def tables(content: bytes) -> dict[str, Any]:
    """Return what a .toml file says."""
    found = toml(text(content))
    if not found:
        raise Wrong(EMPTY)
    return found


def rows(content: bytes) -> list[dict[str, str]]:
    """Return the rows of a .csv file, each with every column."""
    reader = csv.DictReader(io.StringIO(text(content)), strict=True)
    try:
        found = list(reader)
    except csv.Error as error:
        raise Wrong(reader.line_num - 2, str(error)) from error
    for number, row in enumerate(found):
        if None in row:  # more fields than columns
            raise Wrong(number, ",".join(row[None]))
        for column, cell in row.items():
            if cell is None:  # fewer
                raise Wrong(number, column)
    if not found:
        raise Wrong(EMPTY)
    return found


def place(path: Path, content: bytes, error: Exception) -> tuple[int, str]:
    """Return the line where a file is wrong, and the field or what is wrong there."""
    if isinstance(error, UnicodeDecodeError):
        return content.count(b"\n", 0, error.start) + 1, "UTF-8"
    if isinstance(error, tomllib.TOMLDecodeError):
        # what the parser says of it is English, whoever reads
        found = re.search(r"\(at line (\d+)", str(error))
        return int(found[1]) if found else content.count(b"\n") + 1, "TOML"
    at: Sequence[str | int] = [str(part) for part in error.args]
    if isinstance(error, Wrong):
        at = error.path
        if error.line:
            return error.line, ".".join(map(str, at))
    elif isinstance(error, ValidationError):
        at = error.errors()[0]["loc"]
    line = line_of(path, text(content), at)
    if path.suffix == ".csv" and at and isinstance(at[0], int):
        at = at[1:]  # a row has no name but its line
    return line, ".".join(map(str, at))


def line_of(path: Path, written: str, place: Sequence[str | int]) -> int:
    """Return the line of an entry, or of the nearest that is around it."""
    if path.suffix == ".csv":
        return int(place[0]) + 2 if place and isinstance(place[0], int) else 1
    best, depth = 1, 0
    above: list[str] = []
    met: Counter[str] = Counter()  # tables of an array, [[name]], are counted
    for number, line in enumerate(written.split("\n"), start=1):
        if header := HEADER.match(line):
            here = above = _keys(header[2])
            if header[1] == "[[":
                here = above = [*above, str(met[header[2]])]
                met[header[2]] += 1
        elif key := KEY.match(line):
            here = [*above, *_keys(key[1])]
        else:
            continue
        if depth < len(here) and here == [str(part) for part in place[: len(here)]]:
            best, depth = number, len(here)
    return best


def _keys(dotted: str) -> list[str]:
    return [key.strip(" \"'") for key in dotted.split(".")]
