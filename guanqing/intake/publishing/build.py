"""Write a new generation of the library: sources in, derived tables computed, link switched."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from guanqing import disk, own, sql_files, warehouse
from guanqing.access import names_key
from guanqing.access.names_key import Keys
from guanqing.intake import sealed_files, sealing
from guanqing.intake.publishing import guarding, resolving
from guanqing.own import settings
from guanqing.paths import DATA
from guanqing.problems import Problem
from guanqing.store import Draft, Store
from guanqing.warehouse import SAFE, SCHEMA_VERSION

NAMES_SCHEMA = """
create table names.names (
    reader_id bigint not null, -- as in readers of the library of the same generation
    sealed blob not null -- name and card number (读者证号), see access/names_key.py
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


# The days covered are those of the loans: a card issued long ago, or a count of later days, must
# not pass for months without a loan. A library without a loan has the days of what it recorded.
RECORDED = (
    *(("visits", "day"), ("card_events", "event_at"), ("events", "held_on")),
    *(("surveys", "closed_on"), ("feedback", "received_on"), ("requests", "requested_on")),
    *(("holdings", "month_end"), ("digital_usage", "month_end"), ("counts", "counted_on")),
    *(("digital_resources", "counted_on"), ("volunteers", "served_on")),
    *(("inspections", "inspected_on"), ("opening_hours", "day")),
)
DAYS = f"""
select
    coalesce(lent.first_day, recorded.first_day) as first_day,
    coalesce(lent.last_day, recorded.last_day) as last_day
from (
    select min(event_at)::date as first_day, max(event_at)::date as last_day from loan_events
) as lent
cross join (
    select min(day) as first_day, max(day) as last_day
    from ({" union all ".join(f"select {day}::date as day from {of}" for of, day in RECORDED)})
    where day <= $loaded_at::date  -- what is only planned is no record yet
) as recorded
"""


class Library:
    """A library being written: put rows in its tables; nothing is served yet."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, draft: Draft, found: Keys | Problem
    ) -> None:
        self.connection = connection
        self.draft = draft
        self._found = found
        # what lines hold is sealed in any case: without the key nobody reads them once we end
        self.keys = names_key.throwaway() if isinstance(found, Problem) else found
        sealing.define(connection, self.keys)

    def put(self, table: str, frame: pl.DataFrame) -> None:
        """Append a frame to a table, by column name; columns left out are null."""
        self.connection.register("incoming", frame)
        self.connection.execute(f"insert into {table} by name select * from incoming")
        self.connection.unregister("incoming")

    def put_names(self, frame: pl.DataFrame) -> None:
        """Append names: reader_id, reader_name, card_number; none if there is no key."""
        if isinstance(self._found, Problem):
            return
        self.connection.register("incoming", frame)
        self.connection.execute(
            "insert into names.names select reader_id, seal_name(reader_name, card_number) "
            "from incoming where reader_name is not null"
        )
        self.connection.unregister("incoming")

    @property
    def has_key(self) -> bool:
        """Say whether what is sealed can be opened again."""
        return not isinstance(self._found, Problem)

    def require_key(self) -> None:
        """Raise where names cannot be sealed. Problem: as sealed_files.key_for."""
        if isinstance(self._found, Problem):
            raise self._found

    def describe(self, *, name_zh: str, name_en: str, is_simulated: bool, layout: str) -> None:
        """Write the one row that says what this library is, and which days it covers."""
        self.connection.execute(
            "insert into library select $version, $name_zh, $name_en, $is_simulated, $layout, "
            f"first_day, last_day, $loaded_at from ({DAYS})",
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
            sql_files.run(self.connection, step)
        for table, key in KEYS.items():
            doubles = self.connection.sql(
                f"select count(*) - count(distinct {key}) from {table}"
            ).fetchall()[0][0]
            if doubles:
                raise ValueError(f"{table}.{key} is no key: {doubles} rows too many")


def derivations() -> list[Path]:
    """Return the files of data/marts in the order they run."""
    return sql_files.steps(DATA / "marts")


def create_schema(connection: duckdb.DuckDBPyConnection) -> None:
    """Create the empty tables of data/schema.sql."""
    sql_files.run(connection, DATA / "schema.sql")


def attach(connection: duckdb.DuckDBPyConnection, file: Path, name: str) -> None:
    """Make a file of a draft and attach it under a name.

    It is whole once it is checkpointed, and before that nobody will ever read it, so no log is
    written ahead of it: that would be flushed to the disk a hundred times in a small load.
    """
    connection.execute(f"attach '{_quoted(file)}' as {name} (recovery_mode no_wal_writes)")


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
        connection = duckdb.connect(config=SAFE)
        try:
            # DuckDB's own bar would print between the lines of ours
            connection.execute("set enable_progress_bar = false")
            attach(connection, draft.library, "library")
            connection.execute("use library")
            attach(connection, draft.names, "names")
            create_schema(connection)
            connection.execute(NAMES_SCHEMA)
            library = Library(connection, draft, _key(store))
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


def begin_empty(store: Store) -> None:
    """Serve a library of which nothing is recorded yet, called as it calls itself.

    Problem: store_locked, store_not_writable, disk_full, as for any load.
    """
    its = own.of_store(store.root, is_simulated=False)
    called = resolving.own_facts(its)
    with building(store, kind="begun") as library:
        library.put("settings", settings.read(its.settings))
        names = {name: called[name] for name in ("name_zh", "name_en")}
        library.describe(**names, is_simulated=False, layout="none")


def _key(store: Store) -> Keys | Problem:
    try:
        return sealed_files.key_for(store)
    except Problem as problem:
        return problem  # names alone need it


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
