"""The tables of the plan, made when a library is opened: data/judging.sql and data/judge/*.sql."""

from pathlib import Path

import duckdb

from guanqing.paths import DATA


def steps() -> list[Path]:
    """Return the files of data/judge in the order they run."""
    return sorted((DATA / "judge").glob("*.sql"))


def create_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """Create the empty tables of data/judging.sql."""
    connection.execute((DATA / "judging.sql").read_text(encoding="utf-8"))


def judge(connection: duckdb.DuckDBPyConnection) -> None:
    """Fill the tables of the plan from the library's tables and the reference tables."""
    for step in steps():
        connection.execute(step.read_text(encoding="utf-8"))
