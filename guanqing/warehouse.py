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

from guanqing import datafiles, manifest, own, reference
from guanqing.disclosure import kept, protect
from guanqing.parsing import Wrong
from guanqing.paths import QUERIES, from_root
from guanqing.plan import Plan, judgement
from guanqing.problems import Problem
from guanqing.registers import entered
from guanqing.store import names_of

SCHEMA_VERSION = 4

# A table name must never mean a Python variable, and nothing may be fetched at run time.
SAFE: dict[str, str | bool | int | float | list[str]] = {
    "python_enable_replacements": False,
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
}


def connect(
    library: Path, *, with_names: bool = False, promised: Plan | None = None
) -> duckdb.DuckDBPyConnection:
    """Open one generation read-only, beside the reference tables of data/.

    with_names also opens its names file as table `names` (reader_id, sealed);
    where that file is missing, or another account's, the table is empty.
    promised is a plan to be held against it in place of the one of its year.
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
        its = own.of(library, is_simulated=_is_simulated(connection))
        reference.lay_over(connection, its)  # first: a plan is held against the branches there are
        reference.load(connection, its)
        if promised is not None:
            reference.replace_plan(connection, promised)
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
    counted = [f"select '{table}', count(*) from \"{table}\"" for (table,) in tables]
    return dict(connection.execute(" union all ".join(counted)).fetchall()) if counted else {}


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


def _is_simulated(connection: duckdb.DuckDBPyConnection) -> bool:
    return bool(connection.sql("select bool_or(is_simulated) from library").fetchall()[0][0])


def _attach_names(connection: duckdb.DuckDBPyConnection, names: Path | None) -> None:
    if names is not None and os.access(names, os.R_OK):
        connection.execute(f"attach '{_quoted(names)}' as names_file (read_only)")
        connection.execute("create view names as from names_file.names")
    else:
        connection.execute("create table names (reader_id bigint, sealed blob)")


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")


@cache
def paths() -> dict[str, Path]:
    """Return the file of every query, by name."""
    return {path.stem: path for path in sorted(QUERIES.glob("*/*.sql"))}


def source(name: str) -> str:
    """Return the text of a query as it stands now, or as it stood before somebody broke it."""
    return _file(name)()


@cache
def _file(name: str) -> datafiles.DataFile[str]:
    if name not in paths():
        raise Problem("unknown_query", name=name, names=", ".join(paths()))
    return datafiles.reads(paths()[name], needed=False, as_text=True)(_one_statement)


def _one_statement(text: str) -> str:
    try:
        found = duckdb.extract_statements(text)
    except duckdb.Error as error:
        line = re.search(r"^LINE (\d+):", str(error), re.MULTILINE)
        raise Wrong(str(error).split("\n")[0], line=int(line[1]) if line else 1) from error
    if len(found) != 1:
        raise Wrong("select")
    return text


def parameters(name: str) -> frozenset[str]:
    """Return the names of the $parameters that a query takes."""
    return _parameters(source(name))


@cache
def _parameters(text: str) -> frozenset[str]:
    (statement,) = duckdb.extract_statements(text)
    return frozenset(statement.named_parameters)


@contextmanager
def _naming(name: str) -> Iterator[None]:
    """Note on what the engine says of a query which file that is."""
    try:
        yield
    except duckdb.Error as error:
        error.add_note(str(from_root(paths()[name])))
        raise


def run(connection: duckdb.DuckDBPyConnection, name: str, **params: object) -> pl.DataFrame:
    """Run a query; a parameter missing or too many raises. Threads may share a connection.

    Problem: query_columns, where it does not return what its header promises.
    """
    text = source(name)
    frame = as_counted(connection, name, **params)
    if floor := _floor_of_release(text):
        frame = _released(connection, name, frame, floor)
    if lacking := _promised(text) - set(frame.columns):
        named = ", ".join(sorted(lacking))
        raise Problem("query_columns", path=from_root(paths()[name]), columns=named)
    return frame


def as_counted(connection: duckdb.DuckDBPyConnection, name: str, **params: object) -> pl.DataFrame:
    """Return what a query counts; of one whose counts are released, people by kind.

    These are for whoever sees readers: `run` makes of them what may leave the desk.
    """
    with connection.cursor() as cursor, _naming(name), saying_if_damaged(Path("library.duckdb")):
        frame: pl.DataFrame = cursor.sql(source(name), params=params or None).pl()
    return frame


def _released(
    connection: duckdb.DuckDBPyConnection, name: str, people: pl.DataFrame, floor: int
) -> pl.DataFrame:
    """Return what may leave the desk of people of a year; a quarter that is out stays as it was."""
    of_year, years = people.drop("year"), people["year"].unique().to_list()
    place = place_of_releases(connection)
    if place is None or not years:  # not a library of a store
        return protect(of_year, floor)
    path, mark = place
    return kept.released(path, f"{name}{mark} {years[0]}", of_year, floor)


def place_of_releases(connection: duckdb.DuckDBPyConnection) -> tuple[Path, str] | None:
    """Return where what was released is kept, and the mark of this library in the names there."""
    with connection.cursor() as cursor:
        found = cursor.execute(
            "select path, (select any_value(is_simulated) from library) "
            "from duckdb_databases() where database_name = 'library'"
        ).fetchone()
    if found is None:
        return None
    path, is_simulated = found
    return kept.path_of(Path(path)), " simulated" if is_simulated else ""


def queries_released() -> list[str]:
    """Return the queries whose counts may leave the desk, protected: those of one folder."""
    listed = [name for name, path in paths().items() if path.parent.name == "released"]
    return [name for name in listed if _floor_of_release(source(name))]


@cache
def _floor_of_release(text: str) -> int | None:
    """Return the smallest count of people that is shown of what may leave the desk."""
    found = re.search(r"^-- released: below (\d+)$", text, re.MULTILINE)
    return int(found[1]) if found else None


@cache
def _promised(text: str) -> frozenset[str]:
    listed = re.search(r"^-- columns:  (.+)$", text, re.MULTILINE)
    return frozenset(listed[1].split(", ")) if listed else frozenset()
