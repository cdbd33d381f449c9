"""What comes out: a file of lines, and what its first lines say about the rest."""

import codecs
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path

from guanqing.intake.decoding.columns import delimiter_and_quote
from guanqing.intake.decoding.discovery import Found
from guanqing.problems import Problem

FIRST_LINES = 50


@dataclass(frozen=True)
class Text:
    r"""A UTF-8 file without NUL, \x01 or a lone \r, its line ends alike, no line over 1 MB.

    A line that begins with \x02 was no text in its encoding, or too long; what follows the mark is
    what could be read of it.
    """

    name: str  # as the person knows it: loans.csv, export.zip/2019/loans.csv, book.xlsx#Sheet1
    path: Path
    encoding: str  # of what was handed over: utf-8, gb18030, big5, utf-16, xlsx, xls, ods, parquet
    delimiter: str
    quote: str  # "" where nothing is quoted
    written_at: datetime  # UTC without a zone, whole seconds
    first_lines: tuple[str, ...]  # without line ends and byte order mark


def text_of(found: Found, path: Path, encoding: str) -> Text:
    """Describe the lines at path, made of what was found; no line with anything in it raises."""
    lines = first_lines(path)
    if not any(line.strip() for line in lines):
        raise Problem("file_empty", path=found.where)
    delimiter, quote = delimiter_and_quote(lines)
    return Text(found.name, path, encoding, delimiter, quote, found.written_at, lines)


def table_of(found: Found, path: Path, encoding: str) -> Text:
    """Describe the lines of a sheet or of Parquet: tabs between the cells and nothing quoted."""
    return Text(found.name, path, encoding, "\t", "", found.written_at, first_lines(path))


def first_lines(path: Path) -> tuple[str, ...]:
    """Return up to 50 lines from the top of a UTF-8 file."""
    with path.open("rb") as file:
        lines = [line.rstrip(b"\r\n") for line in islice(file, FIRST_LINES)]
    if lines:
        lines[0] = lines[0].removeprefix(codecs.BOM_UTF8)
    return tuple(line.decode() for line in lines)
