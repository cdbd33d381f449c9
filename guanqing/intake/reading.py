"""Source files as numbered lines of text, block by block.

A record is one physical line: nothing is ever joined, so a quote left open costs the line it
stands in and not the thousand that follow. The price is that a field cannot hold a line break;
such a line is refused and counted.
"""

import codecs
import csv
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

import polars as pl

from guanqing.intake.layouts import Layout, TableLayout
from guanqing.problems import Problem

BLOCK_BYTES = 1 << 24
LINES_JUDGED = 10_000
UTF_8, GB18030 = "utf-8", "gb18030"


@dataclass(frozen=True)
class Source:
    """A file to read: what it holds, its encoding, and where each field stands in a line."""

    path: Path
    table: TableLayout
    encoding: str
    field_count: int
    positions: dict[str, int]  # field -> place in the line, from 1


def find(paths: list[Path], layout: Layout) -> list[tuple[Path, TableLayout]]:
    """Return the files of a layout among paths, files or folders; one that is missing raises."""
    found = dict(pair for path in paths for pair in _files_at(path, layout))
    missing = [table.file for table in layout.tables.values() if table not in found.values()]
    if missing:
        raise Problem("expected_files_missing", path=_listed(paths), names=", ".join(missing))
    return list(found.items())


def _files_at(path: Path, layout: Layout) -> list[tuple[Path, TableLayout]]:
    if not path.exists():
        raise Problem("path_missing", path=path)
    files = sorted(path.iterdir()) if path.is_dir() else [path]
    found = [
        (file.resolve(), table)
        for table in layout.tables.values()
        for file in files
        if file.is_file() and fnmatchcase(file.name, table.file)
    ]
    if not found and path.is_file():
        expected = ", ".join(table.file for table in layout.tables.values())
        raise Problem("unexpected_file", path=path, names=expected)
    return found


def _listed(paths: list[Path]) -> str:
    return ", ".join(str(path) for path in paths)


def open_source(path: Path, table: TableLayout, layout: Layout) -> Source:
    """Read the header of a file; an empty file or one without a column it needs raises."""
    try:
        encoding = encoding_of(path)
        header = _first_line(path, encoding)
    except OSError as error:
        raise Problem("file_not_readable", path=path) from error
    row = next(csv.reader([header], delimiter=layout.delimiter, quotechar=layout.quote), [])
    columns = [column.strip() for column in row]
    for column in table.columns.values():
        if column not in columns:
            raise Problem("column_missing", path=path, column=column, columns=", ".join(columns))
        if columns.count(column) > 1:
            raise Problem("column_twice", path=path, column=column)
    positions = {field: columns.index(column) + 1 for field, column in table.columns.items()}
    return Source(path, table, encoding, len(columns), positions)


def _first_line(path: Path, encoding: str) -> str:
    first = next(_blocks(path, BLOCK_BYTES), b"")
    if not first.strip():
        raise Problem("file_empty", path=path)
    # UTF-16, a workbook or an archive: all of them hold zeros, text in one byte a sign never
    if b"\0" in first[:4096] or first.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise Problem("not_text", path=path)
    return first.partition(b"\n")[0].decode(encoding, errors="replace").removesuffix("\r")


def encoding_of(path: Path) -> str:
    """Decide between UTF-8 (with or without BOM) and GB18030 by decoding strictly."""
    with path.open("rb") as file:
        if file.read(3) == codecs.BOM_UTF8:
            return UTF_8
    decoder = codecs.getincrementaldecoder(UTF_8)()
    try:
        for block in _blocks(path, BLOCK_BYTES):
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return _likelier_encoding(path)
    return UTF_8


def _likelier_encoding(path: Path) -> str:
    """Decide for a file with lines that are no UTF-8: damaged UTF-8, or GB18030.

    Chinese in GB18030 is hardly ever UTF-8 by chance, while GB18030 decodes much UTF-8 and damage
    alike. So a Chinese header decides; under another, the lines do.
    """
    utf_8_lines = gb18030_lines = 0
    with path.open("rb") as file:
        for number, line in enumerate(file):
            if line.isascii():
                continue
            is_utf_8 = _decoded(line, UTF_8) is not None
            if number == 0:
                return UTF_8 if is_utf_8 else GB18030
            utf_8_lines += is_utf_8
            gb18030_lines += not is_utf_8 and _decoded(line, GB18030) is not None
            if utf_8_lines + gb18030_lines == LINES_JUDGED:
                break
    return UTF_8 if utf_8_lines >= gb18030_lines else GB18030


def numbered_lines(
    path: Path, encoding: str, block_bytes: int = BLOCK_BYTES
) -> Iterator[pl.DataFrame]:
    """Yield the lines below the header in frames of line_number (header = 1) and line.

    The line is null where its bytes are no text. Memory holds one block at a time.
    """
    next_number = 1
    for block in _blocks(path, block_bytes):
        lines = _lines_of(block, encoding)
        numbers = pl.Series("line_number", range(next_number, next_number + len(lines)), pl.Int64)
        next_number += len(lines)
        frame = pl.DataFrame([numbers, lines]).filter(pl.col("line_number") > 1)
        if len(frame):
            yield frame


def _lines_of(block: bytes, encoding: str) -> pl.Series:
    block = block.removesuffix(b"\n")
    text = _decoded(block, encoding)
    if text is not None:
        lines = pl.Series("line", [text], pl.String).str.split("\n").explode()
    else:
        # a line break is never part of a longer character in either encoding
        decoded = [_decoded(line, encoding) for line in block.split(b"\n")]
        lines = pl.Series("line", decoded, pl.String)
    return lines.str.strip_suffix("\r")


def _decoded(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _blocks(path: Path, block_bytes: int) -> Iterator[bytes]:
    """Yield the file in blocks that end where a line ends, without its byte order mark."""
    with path.open("rb") as file:
        kept = file.read(3).removeprefix(codecs.BOM_UTF8)
        while data := file.read(block_bytes):
            kept += data
            whole, line_break, kept = kept.rpartition(b"\n")
            if line_break:
                yield whole + line_break
        if kept:
            yield kept
