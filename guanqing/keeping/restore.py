"""Put a backup into a store: a generation as a load publishes one, with its journal and layouts."""

import json
import os
from contextlib import suppress
from pathlib import Path

from guanqing import disk, manifest, own, parsing, warehouse
from guanqing.disclosure import kept
from guanqing.intake import loading, upgrading
from guanqing.intake.layouts import FOLDER as OUR_LAYOUTS
from guanqing.keeping import archive
from guanqing.keeping.archive import JOURNAL, LAYOUT, OWN, RELEASED, SIMULATION, Reader
from guanqing.own import inventory
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
        inventory.note(store.root)
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
    with suppress(Problem), warehouse.reading(draft.library) as connection:
        draft.row_counts = warehouse.count_rows(connection)  # a load is held against them
    draft.files = _files(draft.folder / "restored.json")


def _files(about: Path) -> list[dict[str, object]]:
    try:
        return list(json.loads(about.read_text(encoding="utf-8"))["files"])
    except (OSError, ValueError, KeyError, TypeError):  # older, or spoilt before it was backed up
        return []


def _put_beside(store: Store, backup: Reader, draft: Draft) -> None:
    """Put what lies beside the library in its place, each file whole, before it follows."""
    if JOURNAL in backup.names():
        restored = draft.folder / JOURNAL
        backup.extract(JOURNAL, restored)
        journal.bring_back(_journal(store), restored)
    if RELEASED in backup.names():
        restored = draft.folder / RELEASED
        backup.extract(RELEASED, restored)
        kept.bring_back(store.root / RELEASED, restored.read_bytes())
    for name in backup.names():
        if found := LAYOUT.fullmatch(name):
            if not (OUR_LAYOUTS / found[1]).exists():  # those of the program come with it
                _put_one(store, backup, name, draft, loading.own_layouts(store) / found[1])
        elif found := OWN.fullmatch(name):
            its = own.of_store(store.root, is_simulated=False).folder
            _put_one(store, backup, name, draft, its / found[1])
    _put_simulation(store, backup)


def _put_simulation(store: Store, backup: Reader) -> None:
    """Put the simulated library's folder in its place, whole, where there is none."""
    names = {name: found[1] for name in backup.names() if (found := SIMULATION.fullmatch(name))}
    folder = store.root / own.SIMULATED_NAME
    if not names or folder.exists():
        return
    with own.drafted(store.root, own.SIMULATED_NAME) as made:
        for name, inside in names.items():
            target = made / inside
            target.parent.mkdir(parents=True, exist_ok=True)
            backup.extract(name, target)
            disk.sync(target)
        made.rename(folder)


def _is_damaged(store: Store, path: Path) -> bool:
    content = path.read_bytes()
    if not content.strip() or inventory.is_missed(store.root, path):
        return True
    if path.parent.name == inventory.HISTORY:
        return False  # as it was kept, whatever a hand had made of it before
    try:
        said = content.decode("utf-8-sig")
        if path.suffix == ".toml":
            parsing.toml(said)
    except ValueError:
        return True
    return False


def _set_aside(path: Path) -> None:
    """Keep what gives way, beside it; killed in between, it is kept once."""
    content, number = path.read_bytes(), 1
    while (aside := path.with_name(f"{path.name}.damaged-{number}")).exists():
        if aside.read_bytes() == content:
            return
        number += 1
    os.link(path, aside)


def _put_one(store: Store, backup: Reader, name: str, draft: Draft, target: Path) -> None:
    """Put a file in its place; one that is there and whole is the library's own word, and stays."""
    if target.exists():
        if not _is_damaged(store, target):
            return
        _set_aside(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    extracted = draft.folder / "beside"
    backup.extract(name, extracted)
    disk.sync(extracted)
    os.replace(extracted, target)


def _journal(store: Store) -> Path:
    return journal.path_of(store.folder / "any")
