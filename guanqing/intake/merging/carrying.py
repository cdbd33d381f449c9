"""What earlier loads brought, carried from the records of one library into those of the next."""

from pathlib import Path

import duckdb

from guanqing.intake import accounts, sealing
from guanqing.intake.accounts import ledger
from guanqing.intake.publishing import build, resolving
from guanqing.intake.publishing.build import Library
from guanqing.intake.reading import staging
from guanqing.intake.reading.values import sql
from guanqing.records import Kind, columns, kinds

MEMORY_LIMIT = "1200MB"  # the engine goes to disk beyond it, whatever the size of a file
ACCOUNTS = (
    *("layouts", "layout_branches", "file_accounts", "rule_accounts"),
    *("kept_lines", "unmapped_codes"),
)


def prepare(library: Library, read: set[str]) -> None:
    """Attach the records to be and make their tables; `read` are the kinds that get lines."""
    connection, draft = library.connection, library.draft
    connection.execute(f"set memory_limit = '{MEMORY_LIMIT}'")
    connection.execute(f"set temp_directory = {sql(str(draft.folder / 'spill'))}")
    connection.execute("set TimeZone = 'UTC'")
    build.attach(connection, draft.records, "records")
    for kind in kinds().values():
        staging.create(connection, kind, is_read=kind.code in read)
    connection.execute(resolving.SAID)
    connection.execute(ledger.KEPT)
    connection.execute(accounts.LEFT_OUT)


def attach(connection: duckdb.DuckDBPyConnection, records: Path) -> None:
    """Attach the records of an earlier library as `old`."""
    connection.execute(f"attach {sql(str(records))} as old (read_only)")


def bring_accounts(library: Library) -> None:
    """Add the accounts of all earlier loads and what their layouts said."""
    for table in ACCOUNTS:
        library.connection.execute(
            f"insert into records.{table} by name "
            f"select *{_resealed(library, table)} from old.{table}"
        )


def _resealed(library: Library, table: str) -> str:
    """Return how what is sealed in a table is taken over, where a key has been rotated since."""
    sealed = sealing.SEALED.get(table, ())
    made = [f"{sealing.fresh(column, library.keys)} as {column}" for column in sealed]
    return f" replace ({', '.join(made)})" if made else ""


def bring_in(library: Library, kind: Kind) -> None:
    """Add the records of a kind of the library served so far (`old`), if it has any."""
    connection = library.connection
    if not connection.execute(
        "select 1 from duckdb_databases() where database_name = 'old'"
    ).fetchall():
        return
    there = connection.execute(
        "select column_name from duckdb_columns() "
        "where database_name = 'old' and table_name = $name",
        {"name": kind.code},
    ).fetchall()
    # a field that data/records.toml got, or lost, since the old records were made is in one alone
    kept = [name for name in staging.LINE_COLUMNS if name not in staging.OF_THE_LOAD]
    ours = [*columns(kind), *kept]
    if listed := ", ".join(name for name in ours if (name,) in there):
        connection.execute(
            f"insert into records.{kind.code} by name select {listed} "
            f"from (select *{_resealed(library, kind.code)} from old.{kind.code})"
        )
