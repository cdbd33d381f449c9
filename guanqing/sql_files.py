"""The statements of data/*.sql: run as they stand, and named where they are broken."""

import os
from errno import ENOENT
from pathlib import Path

import duckdb

from guanqing.paths import from_root
from guanqing.problems import Problem

# What a statement does wrong; a full disk or too little memory is nothing that it could mend.
MISTAKES = (duckdb.ProgrammingError, duckdb.DataError, duckdb.NotSupportedError)


def steps(folder: Path) -> list[Path]:
    """Return the files of a folder in the order they run. Problem: sql_broken, if one is gone."""
    found = sorted(folder.glob("*.sql"))
    numbers = {int(path.name[:2]) for path in found}
    for number in set(range(1, len(numbers) + 1)) - numbers:
        # what it would have filled stays empty, and nobody would notice
        raise _broken(folder / f"{number:02}_*.sql", FileNotFoundError(os.strerror(ENOENT)))
    return found


def read(path: Path) -> str:
    """Return the statements of a file. Problem: sql_broken."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise _broken(path, error) from error


def run(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Run a file. Problem: sql_broken."""
    statements = read(path)
    try:
        if not duckdb.extract_statements(statements):
            raise duckdb.ProgrammingError("EOF")
        connection.execute(statements)
    except MISTAKES as error:
        raise _broken(path, error) from error


def _broken(path: Path, error: Exception) -> Problem:
    reason = str(error).strip().split("\n")[0].rstrip(".!")
    return Problem("sql_broken", path=from_root(path), reason=reason)
