"""Texts -> typed rows of records.<kind>, in one pass of the engine over each.

Beside its fields a row has, until the account is drawn up, the line it came from: file_number,
line_number, what had to be done to read it (marks), what is wrong with it (fault_rule, fault_field,
fault_value), and its text where that has to be kept; what a line holds is sealed.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb

from guanqing.intake.layouts import Layout
from guanqing.intake.reading.source_matching import Opened
from guanqing.intake.reading.statements import key_text, statement
from guanqing.records import Kind, columns

READ_LINES = (
    "create or replace temp table lines as select line from "
    "read_csv($path, columns = {'line': 'varchar'}, delim = '\x01', quote = '', escape = '', "
    "header = false, auto_detect = false, strict_mode = false, null_padding = true, "
    "max_line_size = 2097152, hive_partitioning = false, compression = 'none')"
)
PIECE_BYTES = 1 << 27
LINE_COLUMNS = {
    "marks": "integer",
    "written_at": "timestamp",
    "written_line": "bigint",
    "file_number": "integer",
    "line_number": "bigint",
    "fault_rule": "varchar",
    "fault_field": "varchar",
    "fault_value": "blob",
    "line": "blob",
    "unmapped": "struct(field varchar, value blob)[]",
}
OF_THE_LOAD = [name for name in LINE_COLUMNS if name not in ("written_at", "written_line")]


def create(connection: duckdb.DuckDBPyConnection, kind: Kind, *, is_read: bool) -> None:
    """Create the table of a kind; if lines are read into it, with what only a load needs."""
    kept = {name: of for name, of in LINE_COLUMNS.items() if is_read or name not in OF_THE_LOAD}
    listed = ", ".join(f"{name} {of}" for name, of in (columns(kind) | kept).items())
    connection.execute(f"create table records.{kind.code} ({listed})")


def stage(
    connection: duckdb.DuckDBPyConnection,
    opened: Opened,
    file_number: int,
    layout: Layout,
    scratch: Path,
) -> int:
    """Read a text into the table of its kind and return how many lines it has."""
    parameters: dict[str, Any] = {
        f"{name}_{part}": list(texts)
        for name, meanings in opened.source.codes.items()
        if name in opened.places
        for known in (in_any_case(meanings),)
        for part, texts in (("keys", known.keys()), ("values", known.values()))
    }
    text = statement(opened, layout)
    line_count = 0
    for path, lines_before in pieces(opened.text.path, scratch):
        # lines first, in a table of their own: its row ids are their numbers, whichever thread
        # reads them, while counting them on the way would keep all but one from working
        connection.execute(READ_LINES, {"path": _as_it_stands(path)})
        parameters |= {"lines_before": lines_before, "file_number": file_number}
        inserted = connection.execute(text, parameters | {"written_at": opened.text.written_at})
        line_count += int(inserted.fetchall()[0][0])
    return line_count


def find_again(
    connection: duckdb.DuckDBPyConnection, opened: Opened, file_number: int, scratch: Path
) -> None:
    """Give the lines of a text that were refused beside others the text they had.

    What a line lacks shows only when it meets another, and by then its text is gone; keeping that
    of every line would cost as much as the library.
    """
    mislaid = "line is null and rule_code in ('repeated_key', 'unmapped_kind')"
    number = {"file_number": file_number}
    ((is_any,),) = connection.execute(
        f"select count(*) > 0 from left_out where file_number = $file_number and {mislaid}", number
    ).fetchall()
    if not is_any:
        return
    # of the key what tells most: a branch that the file does not name is nothing to show
    known = [name for name in opened.source.kind.key if name in opened.places]
    shown = next((name for name in known if name != "branch"), known[0] if known else None)
    found = key_text(opened, shown)
    for path, lines_before in pieces(opened.text.path, scratch):
        connection.execute(READ_LINES, {"path": _as_it_stands(path)})
        connection.execute(
            f"update left_out set line = found.line, field = coalesce(field, $shown), "
            f"value = coalesce(left_out.value, found.value) "
            f"from ({found}) as found where left_out.file_number = $file_number "
            f"and left_out.line_number = found.line_number and left_out.{mislaid}",
            number | {"lines_before": lines_before, "shown": shown},
        )


def in_any_case(meanings: dict[str, str]) -> dict[str, str]:
    """Return codes with the small letters of each, unless these would say two things."""
    small: dict[str, set[str]] = {}
    for theirs, ours in meanings.items():
        small.setdefault(theirs.lower(), set()).add(ours)
    return {theirs: min(ours) for theirs, ours in small.items() if len(ours) == 1} | meanings


def _as_it_stands(path: Path) -> str:
    """Return a path whose name is no pattern to the engine: a* would bring every file with an a."""
    return re.sub(r"([*?\[])", r"[\1]", str(path))


def pieces(path: Path, scratch: Path, piece_bytes: int = PIECE_BYTES) -> Iterator[tuple[Path, int]]:
    """Yield a text in pieces of whole lines and how many lines come before each.

    A text of one piece is read where it is; others are copied piece by piece, so that what has to
    be held at once does not grow with the text.
    """
    if path.stat().st_size <= piece_bytes:
        yield path, 0
        return
    piece, line_count, kept = scratch / "piece", 0, b""
    with path.open("rb") as file:
        while block := file.read(piece_bytes):
            whole, end, rest = block.rpartition(b"\n")
            if end:
                piece.write_bytes(kept + whole + end)
                yield piece, line_count
                line_count += kept.count(b"\n") + whole.count(b"\n") + 1
                kept = rest
            else:
                kept += block
    if kept:
        piece.write_bytes(kept)
        yield piece, line_count
