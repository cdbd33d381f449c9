"""What earlier loads brought, carried from the records of one library into those of the next."""

from pathlib import Path

import duckdb

from guanqing.intake import accounts
from guanqing.intake.accounts import ledger
from guanqing.intake.publishing import resolving
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
    connection.execute(f"attach {sql(str(draft.records))} as records")
    for kind in kinds().values():
        staging.create(connection, kind, is_read=kind.code in read)
    connection.execute(resolving.SAID)
    connection.execute(ledger.KEPT)
    connection.execute(accounts.LEFT_OUT)


def attach(connection: duckdb.DuckDBPyConnection, records: Path) -> None:
    """Attach the records of an earlier library as `old`."""
    connection.execute(f"attach {sql(str(records))} as old (read_only)")


def bring_accounts(connection: duckdb.DuckDBPyConnection) -> None:
    """Add the accounts of all earlier loads and what their layouts said."""
    for table in ACCOUNTS:
        connection.execute(f"insert into records.{table} by name select * from old.{table}")


def bring_in(connection: duckdb.DuckDBPyConnection, kind: Kind) -> None:
    """Add the records of a kind of the library served so far (`old`), if it has any."""
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
            f"insert into records.{kind.code} by name select {listed} from old.{kind.code}"
        )
