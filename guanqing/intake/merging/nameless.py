"""Records without readers' names: what a backup holds unless names are asked for.

Made as a new file, for the engine leaves what was deleted in the old one. A name becomes the mask
that pages show, a card number goes, and so do the texts of lines that were refused or repaired.
What identifies a reader stays, or no load could go on: of a card number that is digits alone it is
that number.
"""

from pathlib import Path

import duckdb

from guanqing import disk, warehouse
from guanqing.intake.reading.values import sql
from guanqing.warehouse import SAFE

KEPT_BACK = {"kept_lines": "where false"}
INSTEAD = {
    "readers": "replace (left(reader_name, 1) || '**' as reader_name, null::varchar as reader_card)"
}


def copy(records: Path, target: Path) -> None:
    """Write the records into a new file, without names. Problem: library_damaged; OSError: full."""
    with warehouse.saying_if_damaged(records), duckdb.connect(config=SAFE) as connection:
        try:
            _copy(connection, records, target)
        except duckdb.Error as error:
            full = disk.error_if_full(str(error))
            if full is None:
                raise
            raise full from error


def _copy(connection: duckdb.DuckDBPyConnection, records: Path, target: Path) -> None:
    connection.execute(f"attach {sql(str(records))} as old (read_only)")
    connection.execute(f"attach {sql(str(target))} as new")
    tables = connection.execute(
        "select table_name from duckdb_tables() where database_name = 'old'"
    ).fetchall()
    for (table,) in tables:
        connection.execute(
            f"create table new.{table} as select * {INSTEAD.get(table, '')} "
            f"from old.{table} {KEPT_BACK.get(table, '')}"
        )
    connection.execute("checkpoint new")
