"""Run the questions in queries/ against a library file.

The only module that reads DuckDB. A question is one file holding one select, known by its file
name whatever folder it stands in.
"""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import duckdb
import polars as pl

from guanqing import manifest, reference
from guanqing.paths import QUERIES, ROOT
from guanqing.plan import judgement
from guanqing.problems import Problem
from guanqing.registers import entered
from guanqing.store import names_of

SCHEMA_VERSION = 3

# A table name must never mean a Python variable, and nothing may be fetched at run time.
SAFE: dict[str, str | bool | int | float | list[str]] = {
    "python_enable_replacements": False,
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
}


def connect(library: Path, *, with_names: bool = False) -> duckdb.DuckDBPyConnection:
    """Open one generation read-only, beside the reference tables of data/.

    with_names also opens its names file as table `names` (reader_id, reader_name, card_number);
    where that file is missing, or another account's, the table is empty.
    """
    if manifest.faults(library, [manifest.LIBRARY]):
        raise Problem("library_damaged", path=library)
    connection = duckdb.connect(config=SAFE)
    with saying_if_damaged(library):
        _attach(connection, library)
        _require_schema(connection, library)
        for (table,) in connection.sql(
            "select table_name from duckdb_tables() where database_name = 'library'"
        ).fetchall():
            connection.execute(f"create view {table} as from library.{table}")
        reference.load(connection)
        entered.lay_over(connection, library)
        reference.define(connection)
        judgement.create_tables(connection)
        judgement.judge(connection)
    _attach_names(connection, names_of(library) if with_names else None)
    connection.execute("set enable_external_access = false")
    connection.execute("set lock_configuration = true")
    return connection


@contextmanager
def reading(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Yield a connection to any file of a generation, read-only.

    Problem: file_not_readable for another account's, library_damaged.
    """
    if not os.access(path, os.R_OK):
        raise Problem("file_not_readable", path=path)
    try:
        connection = duckdb.connect(str(path), read_only=True, config=SAFE)
    except duckdb.Error as error:
        raise Problem("library_damaged", path=path) from error
    with connection, saying_if_damaged(path):
        yield connection


@contextmanager
def saying_if_damaged(path: Path) -> Iterator[None]:
    """Raise library_damaged where the engine says that a file is no longer what it wrote."""
    try:
        yield
    except duckdb.Error as error:
        if not _is_damage(error):
            raise
        raise Problem("library_damaged", path=path) from error


def _is_damage(error: duckdb.Error) -> bool:
    """Return whether an error is the file's fault: blocks carry checksums, the engine says so."""
    of_files = (duckdb.IOException, duckdb.SerializationException, duckdb.FatalException)
    return isinstance(error, of_files) or "Corrupt" in str(error)


def _attach(connection: duckdb.DuckDBPyConnection, library: Path) -> None:
    if library.exists() and not os.access(library, os.R_OK):
        raise Problem("file_not_readable", path=library)
    try:
        connection.execute(f"attach '{_quoted(library)}' as library (read_only)")
    except duckdb.Error as error:
        if manifest.of(library).exists():  # it was a library once
            raise Problem("library_damaged", path=library) from error
        raise Problem("not_a_library", path=library) from error


def count_rows(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Return the number of rows of each table of the database that a connection opened."""
    tables = connection.execute(
        "select table_name from duckdb_tables() "
        "where database_name = current_database() and not temporary order by table_name"
    ).fetchall()
    counts = {}
    for (table,) in tables:
        ((counts[table],),) = connection.execute(f'select count(*) from "{table}"').fetchall()
    return counts


def schema_version(library: Path) -> int | None:
    """Return the schema version of a library file; None where it is none, or cannot be read."""
    try:
        with reading(library) as connection:
            found = connection.execute("select schema_version from library").fetchall()
    except (duckdb.Error, Problem):
        return None
    return int(found[0][0]) if len(found) == 1 else None


def _require_schema(connection: duckdb.DuckDBPyConnection, library: Path) -> None:
    try:
        found = connection.sql("select schema_version from library.library").fetchall()
    except duckdb.CatalogException as error:
        raise Problem("not_a_library", path=library) from error
    if found != [(SCHEMA_VERSION,)]:
        version = found[0][0] if found else 0
        values = {"path": library, "found": str(version), "wanted": str(SCHEMA_VERSION)}
        if version > SCHEMA_VERSION:
            raise Problem("schema_newer", **values)
        raise Problem("schema_older", **values)


def _attach_names(connection: duckdb.DuckDBPyConnection, names: Path | None) -> None:
    if names is not None and os.access(names, os.R_OK):
        connection.execute(f"attach '{_quoted(names)}' as names_file (read_only)")
        connection.execute("create view names as from names_file.names")
    else:
        connection.execute(
            "create table names (reader_id bigint, reader_name varchar, card_number varchar)"
        )


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")


@cache
def paths() -> dict[str, Path]:
    """Return the file of every query, by name."""
    return {path.stem: path for path in sorted(QUERIES.glob("*/*.sql"))}


@cache
def source(name: str) -> str:
    """Return the text of a query."""
    if name not in paths():
        raise Problem("unknown_query", name=name, names=", ".join(paths()))
    return paths()[name].read_text(encoding="utf-8")


@cache
def parameters(name: str) -> frozenset[str]:
    """Return the names of the $parameters that a query takes."""
    with _naming(name):
        (statement,) = duckdb.extract_statements(source(name))
    return frozenset(statement.named_parameters)


@cache
def purpose(name: str) -> str:
    """Return the sentence that opens a query's header."""
    (sentence,) = re.findall(rf"^-- {name}: (.+)$", source(name), re.MULTILINE)
    return str(sentence)


@contextmanager
def _naming(name: str) -> Iterator[None]:
    """Note on what the engine says of a query which file that is."""
    try:
        yield
    except duckdb.Error as error:
        error.add_note(str(paths()[name].relative_to(ROOT)))
        raise


def run(connection: duckdb.DuckDBPyConnection, name: str, **params: object) -> pl.DataFrame:
    """Run a query; a parameter missing or too many raises. Threads may share a connection."""
    with connection.cursor() as cursor, _naming(name), saying_if_damaged(Path("library.duckdb")):
        frame: pl.DataFrame = cursor.sql(source(name), params=params or None).pl()
        return frame
