"""Names, and lines in which one may stand, sealed as they are read.

What is deleted in a file of DuckDB stays on the disk. So what is sealed there was never there in
plain text: lines are sealed in the statement that reads them.
"""

from collections.abc import Callable, Iterable
from typing import Any

import duckdb
import pyarrow
from duckdb.func import ARROW, SPECIAL

from guanqing.access.names import FIELD_MARK
from guanqing.access.names_key import ID_BYTES, Keys

# The sealed columns of a file, by table: those of records and that of names.
SEALED = {
    "readers": ("sealed",),
    "names": ("sealed",),
    "kept_lines": ("value", "line"),
    "unmapped_codes": ("value",),
}


def define(connection: duckdb.DuckDBPyConnection, keys: Keys) -> None:
    """Define seal_name(name, card), seal_text(text) and resealed(sealed) on a connection."""

    def name(names: pyarrow.Array, cards: pyarrow.Array) -> pyarrow.Array:
        pairs = zip(names.to_pylist(), cards.to_pylist(), strict=True)
        return _blobs(n and keys.seal(f"{n}{FIELD_MARK}{card or ''}") for n, card in pairs)

    def text(texts: pyarrow.Array) -> pyarrow.Array:
        return _blobs(t if t is None else keys.seal(t) for t in texts.to_pylist())

    def again(sealed: pyarrow.Array) -> pyarrow.Array:
        return _blobs(old and _again(old, keys) for old in sealed.to_pylist())

    _create(connection, "seal_name", name, ["VARCHAR", "VARCHAR"])
    _create(connection, "seal_text", text, ["VARCHAR"])
    _create(connection, "resealed", again, ["BLOB"])


def _create(
    connection: duckdb.DuckDBPyConnection, name: str, made: Callable[..., Any], takes: list[Any]
) -> None:
    connection.create_function(name, made, takes, "BLOB", type=ARROW, null_handling=SPECIAL)


def _blobs(values: Iterable[Any]) -> pyarrow.Array:
    return pyarrow.array(list(values), pyarrow.binary())


def _again(old: bytes, keys: Keys) -> bytes:
    words = keys.open(old)
    return old if words is None else keys.seal(words)


def fresh(column: str, keys: Keys) -> str:
    """Return the SQL of a sealed column, sealed with the key that seals now where it can be."""
    return (
        f"case when {key_id(column)} = {blob(keys.sealing)} then {column} "
        f"else resealed({column}) end"
    )


def key_id(column: str) -> str:
    """Return the SQL of what tells the key that a column is sealed with."""
    return f"{column}[1:{ID_BYTES}]"


def blob(value: bytes) -> str:
    """Return bytes as an SQL literal."""
    return f"unhex('{value.hex()}')"


def is_unopened(column: str, keys: Keys) -> str:
    """Return the SQL of whether a column is sealed with none of these keys."""
    return f"{key_id(column)} not in ({', '.join(map(blob, keys.opens()))})"


def replace_lost(connection: duckdb.DuckDBPyConnection, keys: Keys) -> int:
    """Give records of readers that no key opens the name that a file now says; return how many."""
    ((count,),) = connection.execute(
        "update records.readers set sealed = said.seal, masked_name = said.mask from ("
        "select reader, arg_max(sealed, written_at) as seal, "
        "arg_max(masked_name, written_at) as mask from records.readers "
        "where file_number is not null and sealed is not null group by reader) as said "
        "where readers.reader = said.reader and file_number is null "
        f"and sealed is not null and {is_unopened('sealed', keys)}"
    ).fetchall()
    return int(count)
