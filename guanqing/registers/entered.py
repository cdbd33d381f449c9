"""Lay what people typed in over what files said, when a library is opened.

Each register is a table of the library; where the journal speaks of it, the view of that table
gives way to a table in memory in which the last entry of a key stands for what a file said of it.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from guanqing import records
from guanqing.records import SQL_TYPES, Field, Kind
from guanqing.registers import journal
from guanqing.registers.journal import Entry

HISTORY = """
create table entries (
    entry_number bigint, -- its place in the journal
    entered_at timestamp, -- UTC
    entered_by varchar, -- who said so
    register varchar, -- kind of data/records.toml
    key_json varchar, -- the key it speaks of
    values_json varchar, -- every field; null: the row was taken away
    was_json varchar, -- the row as it stood before; null: there was none
    why varchar -- reason given; empty: none
)
"""


def lay_over(connection: duckdb.DuckDBPyConnection, library: Path) -> None:
    """Make the table `entries`, and lay the entries over the registers they speak of."""
    connection.execute(HISTORY)
    path = journal.path_of(library)
    if not path.exists():
        return
    ((is_simulated,),) = connection.execute("select is_simulated from library").fetchall()
    # what was said of the simulated library says nothing of a real one, nor the other way round
    entries = [entry for entry in journal.read(path) if entry.is_simulated == is_simulated]
    known = records.registers()
    entries = [entry for entry in entries if entry.register in known]
    _put_history(connection, entries)
    for code in {entry.register for entry in entries}:
        mine = [entry for entry in entries if entry.register == code]
        _lay_over(connection, known[code], mine)


def _put_history(connection: duckdb.DuckDBPyConnection, entries: Sequence[Entry]) -> None:
    rows = [
        [e.number, e.at, e.by, e.register, _json(e.key), _json(e.values), _json(e.was), e.why]
        for e in entries
    ]
    # a frame goes in at once, and a statement a row would cost every opening of the file
    if rows:
        said = pl.DataFrame(rows, orient="row", infer_schema_length=None)
        connection.register("said", said)
        connection.execute("insert into entries from said")
        connection.unregister("said")


def _json(values: dict[str, Any] | None) -> str | None:
    # in the order of their names: two entries of one key have then one text
    return None if values is None else json.dumps(values, ensure_ascii=False, sort_keys=True)


def _lay_over(connection: duckdb.DuckDBPyConnection, kind: Kind, entries: Sequence[Entry]) -> None:
    """Replace the view of a register by a table with its entries in place."""
    connection.register("said", _frame(kind, entries))
    typed = ", ".join(f'{_typed(kind, f)} as "{f.column_name}"' for f in kind.fields.values())
    key = [f'"{kind.fields[name].column_name}"' for name in kind.key]
    # told apart as the library tells them: 8:30 and 08:30:00, blank and what it stands for, are one
    connection.execute(
        f"create temp table incoming as with typed as (select {typed}, number, is_withdrawn, "
        "stated_at::timestamp as stated_at, stated_by from said) "
        "select * exclude (number) from typed "
        f"qualify row_number() over (partition by {', '.join(key)} order by number desc) = 1"
    )
    connection.unregister("said")
    same = " and ".join(f"theirs.{name} is not distinct from incoming.{name}" for name in key)
    # made of theirs, so that every column keeps its type
    connection.execute(
        f"create table laid_over as from {kind.code} as theirs "
        f"where not exists (select 1 from incoming where {same})"
    )
    connection.execute(
        "insert into laid_over by name "
        "select * exclude (is_withdrawn) from incoming where not is_withdrawn"
    )
    connection.execute("drop table incoming")
    connection.execute(f"drop view {kind.code}")
    connection.execute(f"alter table laid_over rename to {kind.code}")


def _typed(kind: Kind, found: Field) -> str:
    """Return the SQL of a field as the library holds it, said as data/staging says it."""
    value = f'try_cast(said."{found.name}" as {SQL_TYPES[found.kind]})'
    if (kind.code, found.name) == ("events", "is_held"):
        # a day to come is a plan, whatever the register says; one that has come was kept
        return f"coalesce({value}, true) and try_cast(said.held_on as date) <= current_date"
    return f"coalesce({value}, '{found.otherwise}')" if found.otherwise else value


def _frame(kind: Kind, entries: Sequence[Entry]) -> pl.DataFrame:
    rows = [
        {name: _text((entry.values or entry.key).get(name)) for name in kind.fields}
        | {
            "number": entry.number,
            "is_withdrawn": entry.values is None,
            "stated_at": entry.at,
            "stated_by": entry.by,
        }
        for entry in entries
    ]
    texts = dict.fromkeys([*kind.fields, "stated_at", "stated_by"], pl.String)
    return pl.DataFrame(rows, schema=texts | {"number": pl.Int64, "is_withdrawn": pl.Boolean})


def _text(value: Any) -> str | None:
    if value is None:
        return None
    return str(value).lower() if isinstance(value, bool) else str(value)
