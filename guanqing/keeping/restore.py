"""Put a backup into a store: a generation as a load publishes one, with its journal and layouts."""

import json
import os
from pathlib import Path

from guanqing import disk, manifest, warehouse
from guanqing.intake import loading, upgrading
from guanqing.intake.layouts import FOLDER as OUR_LAYOUTS
from guanqing.keeping import archive
from guanqing.keeping.archive import JOURNAL, LAYOUT, Reader
from guanqing.problems import Problem
from guanqing.registers import journal
from guanqing.store import Draft, Generation, Store


def restore(store: Store, path: Path, *, replace: bool = False) -> Generation:
    """Serve what a backup holds; what was served stays as an earlier generation.

    Killed at any moment it leaves the store as it was, or restored; run again it goes on.
    Problem: path_missing, backup_damaged, backup_newer, schema_newer, restore_over (not unless
    `replace`), journal_differs, store_locked, store_not_writable, disk_full.
    """
    with archive.reading(path) as backup:
        _require_readable(backup)
        if not replace:
            _require_empty(store, backup)
        with store.writing("restore") as draft:
            _extract(backup, draft)
            _put_beside(store, backup, draft)
    upgrading.upgrade(store)
    return next(kept for kept in store.generations() if kept.is_current)


def _require_readable(backup: Reader) -> None:
    found = backup.contents.schema_version
    if found is not None and found > warehouse.SCHEMA_VERSION:
        wanted = str(warehouse.SCHEMA_VERSION)
        raise Problem("schema_newer", path=backup.path, found=str(found), wanted=wanted)
    if archive.NAMES[manifest.LIBRARY] not in backup.names():
        raise Problem("backup_damaged", path=backup.path, name=archive.NAMES[manifest.LIBRARY])


def _require_empty(store: Store, backup: Reader) -> None:
    """Raise where the store holds anything that the backup does not bring back itself."""
    kept = store.generations()
    said = _journal(store)
    is_ours = said.exists() and archive.has(backup, JOURNAL, said)
    if kept or os.path.lexists(store.link) or (said.exists() and not is_ours):
        raise Problem("restore_over", path=store.root)


def _extract(backup: Reader, draft: Draft) -> None:
    targets = {
        archive.NAMES[manifest.LIBRARY]: draft.library,
        archive.NAMES[manifest.RECORDS]: draft.records,
        archive.NAMES[manifest.NAMES]: draft.names,
        archive.NAMES[manifest.ACCOUNT]: draft.folder / "restored.json",
    }
    for name, target in targets.items():
        if name in backup.names():
            backup.extract(name, target)
    # loads go on from the number that their accounts know
    draft.number = max(draft.number, backup.contents.number)
    draft.kind = "demo" if backup.contents.kind == "demo" else "restore"
    draft.schema_version = backup.contents.schema_version
    draft.files = _files(draft.folder / "restored.json")


def _files(about: Path) -> list[dict[str, object]]:
    try:
        return list(json.loads(about.read_text(encoding="utf-8"))["files"])
    except (OSError, ValueError, KeyError, TypeError):  # older, or spoilt before it was backed up
        return []


def _put_beside(store: Store, backup: Reader, draft: Draft) -> None:
    """Put the journal and the layouts in their places, each whole, before the library follows."""
    if JOURNAL in backup.names():
        restored = draft.folder / JOURNAL
        backup.extract(JOURNAL, restored)
        journal.bring_back(_journal(store), restored)
    for name in backup.names():
        if found := LAYOUT.fullmatch(name):
            target = loading.own_layouts(store) / found[1]
            # one changed since is the library's own word, and those of the program come with it
            if not target.exists() and not (OUR_LAYOUTS / found[1]).exists():
                target.parent.mkdir(exist_ok=True)
                backup.extract(name, draft.folder / found[1])
                disk.sync(draft.folder / found[1])
                os.replace(draft.folder / found[1], target)


def _journal(store: Store) -> Path:
    return journal.path_of(store.folder / "any")
