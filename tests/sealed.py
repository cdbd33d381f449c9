"""What is sealed in a store, opened with the key of the tests."""

from pathlib import Path

import duckdb

from guanqing.access import names_key
from guanqing.access.names import FIELD_MARK
from guanqing.access.names_key import Keys
from guanqing.store import names_of


def opened_names(library: Path, keys: Keys | None = None) -> list[tuple[int, str, str]]:
    """Return reader, name and card number of the names file of a generation."""
    keys = keys or names_key.read()
    with duckdb.connect(str(names_of(library)), read_only=True) as connection:
        rows = connection.sql("select reader_id, sealed from names order by reader_id").fetchall()
    found = []
    for reader, sealed in rows:
        words = keys.open(sealed)
        assert words is not None
        name, _, card = words.partition(FIELD_MARK)
        found.append((reader, name, card))
    return found
