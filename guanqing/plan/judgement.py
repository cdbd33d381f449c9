"""The tables of the plan, made when a library is opened: data/judging.sql and data/judge/*.sql."""

import re
from pathlib import Path

import duckdb

from guanqing import sql_files
from guanqing.paths import DATA


def steps() -> list[Path]:
    """Return the files of data/judge in the order they run: one for each table of judging.sql."""
    tables = re.findall(r"^create table (\w+)", sql_files.read(DATA / "judging.sql"), re.MULTILINE)
    return [DATA / "judge" / f"{n:02}_{table}.sql" for n, table in enumerate(tables, start=1)]


def create_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """Create the empty tables of data/judging.sql."""
    sql_files.run(connection, DATA / "judging.sql")


def judge(connection: duckdb.DuckDBPyConnection) -> None:
    """Fill the tables of the plan from the library's tables and the reference tables."""
    for step in steps():
        sql_files.run(connection, step)
