"""The files of a store in which names lie sealed: with which key, and how they are written anew."""

from collections.abc import Callable
from pathlib import Path

import duckdb

from guanqing import disk, generations, manifest, warehouse
from guanqing.access import names_key
from guanqing.access.names_key import Keys
from guanqing.intake.reading.values import sql
from guanqing.intake.sealing import SEALED, blob, define, fresh, is_unopened, key_id
from guanqing.problems import Problem
from guanqing.store import Store
from guanqing.warehouse import SAFE

# How names stood in plain text before version 4 of the schema: name, card, and the mask beside it.
FIRST_SEALED = 4
WERE_PLAIN = {
    "readers": ("reader_name", "reader_card", "left(reader_name, 1) || '**' as masked_name, "),
    "names": ("reader_name", "card_number", ""),
}


def key_for(store: Store) -> Keys:
    """Return the key to seal with; one is made where a store has nothing sealed yet.

    Problem: names_key_lost, names_key_broken, secret_open, names_key_not_made.
    """
    try:
        return names_key.read()
    except Problem as problem:
        if problem.key != "problem.names_key_lost" or any(map(has_sealed, private_files(store))):
            raise
    return names_key.create(store.root)


def private_files(store: Store) -> list[Path]:
    """Return the files of all generations in which names or lines may stand, newest first."""
    return [
        path
        for generation in store.generations()
        for path in (generations.records_of(generation.path), generations.names_of(generation.path))
        if path.exists()
    ]


def has_sealed(path: Path) -> bool:
    """Say whether anything is sealed in a file; a damaged one has nothing that could be lost."""
    return _any(path, lambda column: f"{column} is not null")


def has_unopened(path: Path, keys: Keys) -> bool:
    """Say whether anything in a file is sealed with none of these keys."""
    return _any(path, lambda column: is_unopened(column, keys))


def is_stale(path: Path, keys: Keys) -> bool:
    """Say whether anything in a file is plain, or sealed with a key that seals no longer."""
    others = ", ".join(blob(name) for name in keys.opens() if name != keys.sealing)
    return is_plain(path) or bool(others and _any(path, lambda c: f"{key_id(c)} in ({others})"))


def is_plain(path: Path) -> bool:
    """Say whether a file is of a program that did not seal yet."""
    try:
        with warehouse.reading(path) as connection:
            found = _columns(connection)
    except Problem:
        return False
    plain = {(table, name) for table, (name, _, _) in WERE_PLAIN.items()}
    texts = {(t, c) for t, names in SEALED.items() for c in names}
    return any(
        (table, column) in plain or ((table, column) in texts and type_ == "VARCHAR")
        for table, columns in found.items()
        for column, type_ in columns.items()
    )


def _any(path: Path, test: Callable[[str], str]) -> bool:
    try:
        with warehouse.reading(path) as connection:
            for table, columns in _columns(connection).items():
                for column in SEALED.get(table, ()):
                    if columns.get(column) == "BLOB":
                        where = f"where {test(column)} limit 1"
                        if connection.sql(f"select 1 from {table} {where}").fetchall():
                            return True
    except Problem:
        pass
    return False


def _columns(
    connection: duckdb.DuckDBPyConnection, database: str | None = None
) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for table, column, type_ in connection.execute(
        "select table_name, column_name, data_type from duckdb_columns() "
        "where not internal and database_name = coalesce($name, current_database()) "
        "order by table_oid, column_index",
        {"name": database},
    ).fetchall():
        found.setdefault(table, {})[column] = type_
    return found


def seal_plain(store: Store) -> None:
    """Seal the names of generations that an earlier program left in plain text.

    Problem: as key_for, before anything is changed; store_locked, store_not_writable, disk_full.
    """
    if any(map(_may_be_plain, private_files(store))):
        keys = key_for(store)
        with store.locked("seal"):
            write_anew(store, keys, is_plain)


def _may_be_plain(path: Path) -> bool:
    try:
        found = manifest.read(_library_of(path))
    except (OSError, ValueError):
        found = None
    is_new = found is not None and (found.schema_version or 0) >= FIRST_SEALED
    return not is_new and is_plain(path)


def write_anew(store: Store, keys: Keys, is_due: Callable[[Path], bool]) -> None:
    """Write the private files that are due anew, sealed with the key that seals now.

    The caller holds the lock. Cut short at any moment each file is the old one or the new one. One
    that is not as it was published stays as it is, or nobody would see that any more.
    """
    for path in private_files(store):
        library, end = _library_of(path), path.name[path.name.index(".") :]
        if is_due(path) and not manifest.faults(library, [end], hashed=[end]):
            draft = store.new_draft() / path.name
            copy(path, draft, lambda table, columns: _sealing(table, columns, keys), keys)
            draft.chmod(0o600)
            disk.sync(draft)
            manifest.replace_file(library, end, draft)
            draft.parent.rmdir()


def _library_of(path: Path) -> Path:
    return path.with_name(f"{path.name.split('.')[0]}.duckdb")


def _sealing(table: str, columns: dict[str, str], keys: Keys) -> str:
    if table in WERE_PLAIN and WERE_PLAIN[table][0] in columns:
        name, card, mask = WERE_PLAIN[table]
        gone = [column for column in (name, card) if column in columns]
        said = card if card in columns else "null::varchar"
        made = f"{mask}seal_name({name}, {said}) as sealed"
        return f"select * exclude ({', '.join(gone)}), {made} from old.{table}"
    ways = {
        column: f"seal_text({column})" if columns[column] == "VARCHAR" else fresh(column, keys)
        for column in SEALED.get(table, ())
        if column in columns
    }
    listed = ", ".join(f"{way} as {column}" for column, way in ways.items())
    changed = f" replace ({listed})" if listed else ""
    return f"select *{changed} from old.{table}"


def copy(
    source: Path,
    target: Path,
    selected: Callable[[str, dict[str, str]], str],
    keys: Keys | None = None,
) -> None:
    """Write the tables of a file (`old`) into a new one, each as `selected` says of its columns.

    Problem: library_damaged; OSError: full.
    """
    with warehouse.saying_if_damaged(source), duckdb.connect(config=SAFE) as connection:
        if keys:
            define(connection, keys)
        try:
            connection.execute(f"attach {sql(str(source))} as old (read_only)")
            connection.execute(f"attach {sql(str(target))} as new")
            for table, columns in _columns(connection, "old").items():
                connection.execute(f"create table new.{table} as {selected(table, columns)}")
            connection.execute("checkpoint new")
        except duckdb.Error as error:
            full = disk.error_if_full(str(error))
            if full is None:
                raise
            raise full from error
