"""The tables of the plan, made when a library is opened: data/judging.sql and data/judge/*.sql."""

from pathlib import Path

import duckdb

from guanqing.paths import DATA
from guanqing.problems import Problem


def steps() -> list[Path]:
    """Return the files of data/judge in the order they run."""
    return sorted((DATA / "judge").glob("*.sql"))


def create_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """Create the empty tables of data/judging.sql."""
    run_file(connection, DATA / "judging.sql")


def judge(connection: duckdb.DuckDBPyConnection) -> None:
    """Fill the tables of the plan from the library's tables and the reference tables."""
    for step in steps():
        run_file(connection, step)


def run_file(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Run a file of SQL in data/. Problem: sql_broken."""
    try:
        connection.execute(path.read_text(encoding="utf-8"))
    except (duckdb.Error, OSError, UnicodeDecodeError) as error:
        reason = str(error).strip().split("\n")[0].rstrip(".!")
        raise Problem("sql_broken", path=path.relative_to(DATA.parent), reason=reason) from error
