"""Bring a library of an earlier schema up to ours: a new generation of what the old one holds.

Its records are what every file ever said, so where there are any the library is made of them anew,
as a load makes it. A library without records (the simulation, or one of version 1, which kept none)
has its tables turned from version to version by data/upgrades/*.sql.
"""

from contextlib import suppress
from pathlib import Path

import duckdb

from guanqing import generations, own, sql_files, warehouse
from guanqing.intake import sealed_files
from guanqing.intake.accounts import ledger
from guanqing.intake.merging import carrying
from guanqing.intake.publishing import guarding, resolving
from guanqing.intake.publishing.build import Library, Report, building, derivations
from guanqing.intake.reading.values import sql
from guanqing.own import settings
from guanqing.paths import DATA
from guanqing.problems import Problem
from guanqing.records import kinds
from guanqing.store import Generation, Store, names_of, records_of
from guanqing.warehouse import SCHEMA_VERSION

STEPS = DATA / "upgrades"
EARLIER = range(1, SCHEMA_VERSION)


class _DoneMeanwhile(Exception):
    """End an upgrade of a library that is no longer served."""


def current(store: Store, report: Report = lambda step: None) -> Path:
    """Return the library being served, brought up to our schema first where it is older.

    Whoever may not write into the store gets it as it is. Problem: as for `upgrade`.
    """
    try:
        upgrade(store, report)
    except Problem as problem:
        if problem.key != "problem.store_not_writable":
            raise
    return store.current()


def upgrade(
    store: Store, report: Report = lambda step: None, chosen: Generation | None = None
) -> None:
    """Serve the library of the store, or of an earlier generation, in our schema if it is older.

    Problem: no_library, not_whole, schema_newer, store_locked, store_not_writable, disk_full.
    """
    source = chosen.path if chosen else store.current()
    version = warehouse.schema_version(source)
    if version is not None and version > SCHEMA_VERSION:
        wanted = str(SCHEMA_VERSION)
        raise Problem("schema_newer", path=source, found=str(version), wanted=wanted)
    if version is None or version not in EARLIER:
        return
    if chosen is None:
        guarding.require_whole(store)
    sealed_files.seal_plain(store)
    with (
        suppress(_DoneMeanwhile),
        building(store, report, kind="upgrade", may_shrink=chosen is not None) as library,
    ):
        if chosen is None and store.current() != source:
            raise _DoneMeanwhile
        _fill(library, source, version, report)


def go_back(store: Store, to: int | None = None) -> Generation:
    """Undo, as `Store.undo` does; one of an older schema is served as a new one of ours."""
    chosen = store.to_go_back_to(to)
    version = warehouse.schema_version(chosen.path)
    if version in EARLIER:
        upgrade(store, chosen=chosen)
        return next(kept for kept in store.generations() if kept.is_current)
    return store.undo(chosen.number, check=lambda library: warehouse.connect(library).close())


def rebuild(store: Store, source: Path, report: Report = lambda step: None) -> None:
    """Serve a new generation made of the records of one that is damaged otherwise, or gone.

    Problem: as for `upgrade`, and far_fewer.
    """
    with building(store, report, kind="mend", may_shrink=False) as library:
        _of_records(library, source, report)


def _fill(library: Library, source: Path, version: int, report: Report) -> None:
    if records_of(source).exists():
        _of_records(library, source, report)
    else:
        _of_tables(library, source, version)


def _of_records(library: Library, source: Path, report: Report) -> None:
    """Make the library of the records of another, all of which are kept."""
    connection = library.connection
    _account_for(library, source)
    carrying.prepare(library, set())
    carrying.attach(connection, records_of(source))
    carrying.bring_accounts(library)
    for kind in kinds().values():
        carrying.bring_in(library, kind)
    library.put("settings", settings.read(own.of(source, is_simulated=False).settings))
    resolving.prepare(connection)
    resolving.resolve(connection, report)
    connection.execute(ledger.TO_LIBRARY)
    ((name_zh, name_en, layout),) = connection.execute(
        "select frame.name_zh, frame.name_en, coalesce("
        "(select arg_max(layout, load_number) from records.file_accounts), frame.layout) from frame"
    ).fetchall()
    library.describe(name_zh=name_zh, name_en=name_en, is_simulated=False, layout=layout)


def _account_for(library: Library, source: Path) -> None:
    found = generations.read(0, source, is_current=False)
    library.account_for(found.files if found else [])


def _of_tables(library: Library, source: Path, version: int) -> None:
    """Take over the tables that are not derived, turned from version to version."""
    connection = library.connection
    _account_for(library, source)
    connection.execute(f"attach {sql(str(source))} as old_library (read_only)")
    scratch = library.draft.folder / "earlier.duckdb"
    connection.execute(f"attach {sql(str(scratch))} as earlier")
    for table in _tables(connection, "old_library"):
        connection.execute(f"create table earlier.{table} as from old_library.{table}")
    for step in range(version + 1, SCHEMA_VERSION + 1):
        sql_files.run(connection, STEPS / f"{step}.sql")
    derived = {step.stem.split("_", 1)[1] for step in derivations()}
    ours = library.draft.library.stem
    for table in _tables(connection, ours) - derived - {"library"}:
        _take_over(connection, ("earlier", table), (ours, table))
    ((name_zh, name_en, is_simulated, layout),) = connection.execute(
        "select name_zh, name_en, is_simulated, layout from earlier.library"
    ).fetchall()
    connection.execute("detach earlier")
    connection.execute("detach old_library")
    if names_of(source).exists():
        connection.execute(f"attach {sql(str(names_of(source)))} as old_names (read_only)")
        _take_over(connection, ("old_names", "names"), ("names", "names"))
        connection.execute("detach old_names")
    library.describe(name_zh=name_zh, name_en=name_en, is_simulated=is_simulated, layout=layout)


def _take_over(
    connection: duckdb.DuckDBPyConnection, source: tuple[str, str], target: tuple[str, str]
) -> None:
    """Copy the columns that two tables (database, name) both have, none where one is missing."""
    shared = _columns(connection, *source) & _columns(connection, *target)
    if listed := ", ".join(sorted(f'"{name}"' for name in shared)):
        connection.execute(
            f"insert into {'.'.join(target)} by name select {listed} from {'.'.join(source)}"
        )


def _tables(connection: duckdb.DuckDBPyConnection, database: str) -> set[str]:
    rows = connection.execute(
        "select table_name from duckdb_tables() where database_name = $name", {"name": database}
    ).fetchall()
    return {table for (table,) in rows}


def _columns(connection: duckdb.DuckDBPyConnection, database: str, table: str) -> set[str]:
    rows = connection.execute(
        "select column_name from duckdb_columns() "
        "where database_name = $database and table_name = $name",
        {"database": database, "name": table},
    ).fetchall()
    return {column for (column,) in rows}
