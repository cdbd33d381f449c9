"""Write a new generation of the library: sources in, derived tables computed, link switched."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from guanqing import disk, warehouse
from guanqing.intake.publishing import guarding
from guanqing.paths import DATA
from guanqing.store import Draft, Store
from guanqing.warehouse import SAFE, SCHEMA_VERSION

NAMES_SCHEMA = """
create table names.names (
    reader_id bigint not null, -- as in readers of the library of the same generation
    reader_name varchar, -- as on the card
    card_number varchar -- 读者证号
)
"""

# The key of each table that has one. Indexes would double the load, so they are counted once.
KEYS = {
    "branches": "branch_code",
    "readers": "reader_id",
    "items": "item_id",
    "loans": "loan_id",
    "settings": "setting_code",
}

Report = Callable[[str], None]


class Library:
    """A library being written: put rows in its tables; nothing is served yet."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, draft: Draft) -> None:
        self.connection = connection
        self.draft = draft

    def put(self, table: str, frame: pl.DataFrame) -> None:
        """Append a frame to a table, by column name; columns left out are null."""
        self.connection.register("incoming", frame)
        self.connection.execute(f"insert into {table} by name select * from incoming")
        self.connection.unregister("incoming")

    def describe(self, *, name_zh: str, name_en: str, is_simulated: bool, layout: str) -> None:
        """Write the one row that says what this library is; the days come from its loan events."""
        self.connection.execute(
            "insert into library select $version, $name_zh, $name_en, $is_simulated, $layout, "
            "min(event_at)::date, max(event_at)::date, $loaded_at from loan_events",
            {
                "version": SCHEMA_VERSION,
                "name_zh": name_zh,
                "name_en": name_en,
                "is_simulated": is_simulated,
                "layout": layout,
                "loaded_at": datetime.now().replace(microsecond=0),
            },
        )

    def account_for(self, files: Sequence[dict[str, Any]]) -> None:
        """Say what became of the lines of each source file, for `guanqing history`."""
        self.draft.files = list(files)

    def derive(self, report: Report) -> None:
        """Fill the derived tables and hold every key to be one."""
        for step in derivations():
            report(step.stem.split("_", 1)[1])
            self.connection.execute(step.read_text(encoding="utf-8"))
        for table, key in KEYS.items():
            doubles = self.connection.sql(
                f"select count(*) - count(distinct {key}) from {table}"
            ).fetchall()[0][0]
            if doubles:
                raise ValueError(f"{table}.{key} is no key: {doubles} rows too many")


def derivations() -> list[Path]:
    """Return the files of data/marts in the order they run."""
    return sorted((DATA / "marts").glob("*.sql"))


def create_schema(connection: duckdb.DuckDBPyConnection) -> None:
    """Create the empty tables of data/schema.sql."""
    connection.execute((DATA / "schema.sql").read_text(encoding="utf-8"))


@contextmanager
def building(
    store: Store,
    report: Report = lambda step: None,
    *,
    kind: str = "other",
    may_shrink: bool = True,
) -> Iterator[Library]:
    """Yield a library to fill; when the block ends well, derive, check, close and serve it.

    kind is what `guanqing history` calls it: load, demo. Problem: far_fewer where it may not have
    far fewer rows than the real library before it.
    """
    with store.writing(kind) as draft, _saying_if_full():
        connection = duckdb.connect(str(draft.library), config=SAFE)
        try:
            # DuckDB's own bar would print between the lines of ours
            connection.execute("set enable_progress_bar = false")
            connection.execute(f"attach '{_quoted(draft.names)}' as names")
            create_schema(connection)
            connection.execute(NAMES_SCHEMA)
            library = Library(connection, draft)
            yield library
            library.derive(report)
            draft.schema_version = SCHEMA_VERSION
            draft.row_counts = warehouse.count_rows(connection)
            if not may_shrink:
                guarding.require_not_far_fewer(draft)
            ((has_names,),) = connection.sql("select exists (from names.names)").fetchall()
            _checkpoint(connection)
        finally:
            connection.close()
        if not has_names:
            draft.names.unlink()


def _checkpoint(connection: duckdb.DuckDBPyConnection) -> None:
    # whatever is attached to be written, the records behind the library among it
    for (name,) in connection.sql(
        "select database_name from duckdb_databases() "
        "where path is not null and not readonly and not internal"
    ).fetchall():
        connection.execute(f'checkpoint "{name}"')


@contextmanager
def _saying_if_full() -> Iterator[None]:
    try:
        yield
    except duckdb.Error as error:
        full = disk.error_if_full(str(error))
        if full is None:
            raise
        raise full from error


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
