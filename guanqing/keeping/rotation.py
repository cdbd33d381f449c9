"""Another key for readers' names, and everything sealed anew with it.

The new key stands beside the old one until nothing is sealed with the old one any more, and each
file is the old or the new one whole. So whenever this is cut short nothing is lost, and doing it
again goes on.
"""

from dataclasses import dataclass
from pathlib import Path

from guanqing.access import names_key
from guanqing.access.names_key import Keys
from guanqing.intake import sealed_files
from guanqing.problems import Problem
from guanqing.store import Store


@dataclass(frozen=True)
class Rotated:
    """What came of it."""

    retired: Path | None  # where the earlier keys are now; None: they stay where they are
    locked: list[Path]  # files in which something is sealed with a key that is not here


def rotate(store: Store) -> Rotated:
    """Seal every file of a store anew with a new key, or with one that was put last in the file.

    Problem: secret_open, names_key_broken, names_key_not_made, store_locked, store_not_writable,
    disk_full.
    """
    with store.locked("rotate"):
        keys = _with_new_key(store)
        sealed_files.write_anew(store, keys, lambda path: sealed_files.is_stale(path, keys))
        private = sealed_files.private_files(store)
        locked = [path for path in private if sealed_files.has_unopened(path, keys)]
        return Rotated(_retired(keys), locked)


def _with_new_key(store: Store) -> Keys:
    try:
        keys = names_key.read()
    except Problem as problem:
        if problem.key != "problem.names_key_lost" or names_key.path().exists():
            raise
        return names_key.create(store.root)  # the old one is lost
    # more than one: this was begun before, or an administrator has put it there
    return keys if len(keys.lines) > 1 else names_key.add(keys)


def _retired(keys: Keys) -> Path | None:
    if len(keys.lines) == 1:
        return None
    try:
        return names_key.retire(keys)
    except Problem:  # the folder is the administrator's
        return None
