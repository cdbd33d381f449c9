"""Write a backup: one generation, whole, however often loads publish others meanwhile.

Nothing is locked. A generation does not change once it is there, so its files are opened first and
copied then: a load that takes them off the disk meanwhile leaves what is open. What is copied is
compared with the manifest, so that a damaged library is not taken for a backup.
"""

import os
import shutil
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

import guanqing
from guanqing import disk, generations, manifest, own, warehouse
from guanqing.intake import loading, sealed_files
from guanqing.intake.merging import nameless
from guanqing.keeping import archive
from guanqing.keeping.archive import Contents
from guanqing.manifest import Print
from guanqing.problems import Problem
from guanqing.registers import journal
from guanqing.store import Store

ATTEMPTS = 3
HOW = zipfile.ZIP_DEFLATED
ZIP = b"PK\x03\x04"  # what one begins with, cut short too


def backup(store: Store, target: Path, *, with_names: bool = False) -> Contents:
    """Write what is served, the journal and the library's own files to one for its owner alone.

    It is written beside and put in its place whole. Problem: no_library, link_lost,
    backup_not_whole, backup_over, file_not_readable, backup_not_written.
    """
    _require_no_other(target)
    if with_names:
        sealed_files.seal_plain(store)
    for attempt in range(1, ATTEMPTS + 1):
        library = store.current()
        try:
            with _scratch(target) as (draft, scratch):
                contents = _write(store, library, draft, scratch, with_names=with_names)
                disk.sync(draft)
                os.replace(draft, target)
                disk.sync(target.parent)
            return contents
        except _Changed as changed:  # by a load meanwhile, or it is not whole
            if attempt == ATTEMPTS:
                raise Problem("backup_not_whole", path=changed.path) from changed
    raise AssertionError  # pragma: no cover


def _require_no_other(target: Path) -> None:
    """Refuse to write over what is no backup: a name typed wrongly may be the journal's."""
    try:
        with target.open("rb") as file:
            begun = file.read(len(ZIP))
    except OSError:  # nothing is there; or it cannot be written, and that is said then
        return
    if begun and begun != ZIP:
        raise Problem("backup_over", path=target)


class _Changed(Exception):
    """A file is not as its manifest says."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.path = path


@contextmanager
def _scratch(target: Path) -> Iterator[tuple[Path, Path]]:
    """Yield a file to write and a folder to work in, beside the target and for us alone."""
    draft = target.with_name(f".{target.name}.draft")
    scratch = target.with_name(f".{target.name}.scratch")
    try:
        shutil.rmtree(scratch, ignore_errors=True)  # of one that was killed
        scratch.mkdir(mode=0o700, parents=True)
        draft.unlink(missing_ok=True)
        os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        try:
            yield draft, scratch
        finally:
            draft.unlink(missing_ok=True)
            shutil.rmtree(scratch, ignore_errors=True)
    except OSError as error:
        raise Problem("backup_not_written", path=target, reason=error.strerror) from error


def _write(
    store: Store, library: Path, draft: Path, scratch: Path, *, with_names: bool
) -> Contents:
    found: dict[str, Print] = {}
    with ExitStack() as opened:
        packed = opened.enter_context(zipfile.ZipFile(draft, "w", HOW, compresslevel=1))
        right = _right(library)
        ends = [end for end in manifest.FILES if with_names or end != manifest.NAMES]
        for end, file in _open(opened, library, ends, right).items():
            name, path = archive.NAMES[end], library.with_suffix(end)
            if end == manifest.RECORDS and not with_names:
                _require(manifest.print_of(path), right.get(end), path)
                nameless.copy(path, scratch / name)
                with (scratch / name).open("rb") as masked:
                    found[name] = archive.add(packed, name, masked)
            else:
                found[name] = archive.add(packed, name, file)
                _require(found[name], right.get(end), path)
        beside, left_out = _beside(store, library)
        for name, path in beside.items():
            with path.open("rb") as file:
                found[name] = archive.add(packed, name, file)
        about = generations.read(0, library, is_current=True)
        contents = Contents(
            format=archive.FORMAT,
            program=guanqing.__version__,
            made_at=datetime.now().astimezone().isoformat(timespec="seconds"),
            number=int(library.stem) if library.stem.isdigit() else 1,
            schema_version=warehouse.schema_version(library),
            kind=about.kind if about else None,
            with_names=with_names,
            files=found,
            left_out=left_out,
        )
        archive.add_contents(packed, contents)
    return contents


def _right(library: Path) -> dict[str, list[Print]]:
    try:
        found = manifest.read(library)
    except ValueError as error:
        raise _Changed(manifest.of(library)) from error
    return found.files if found else {}


def _open(
    opened: ExitStack, library: Path, ends: list[str], right: dict[str, list[Print]]
) -> dict[str, BinaryIO]:
    files: dict[str, BinaryIO] = {}
    for end in ends:
        path = library.with_suffix(end)
        try:
            files[end] = opened.enter_context(path.open("rb"))
        except FileNotFoundError as error:
            if end == manifest.LIBRARY or end in right:
                raise _Changed(path) from error
        except PermissionError as error:
            raise Problem("file_not_readable", path=path) from error
    return files


def _require(found: Print, right: list[Print] | None, path: Path) -> None:
    if right is not None and found not in right:
        raise _Changed(path)


def _beside(store: Store, library: Path) -> tuple[dict[str, Path], list[str]]:
    """Return what belongs to the store rather than to a generation: name in the backup -> path.

    What has a name that no backup can hold is returned by itself.
    """
    left_out = []
    said = journal.path_of(library)
    files = {archive.JOURNAL: said} if said.exists() else {}
    released = store.root / archive.RELEASED
    files |= {archive.RELEASED: released} if released.exists() else {}
    for path in sorted(loading.own_layouts(store).glob("*.toml")):
        name = f"layouts/{path.name}"
        if archive.LAYOUT.fullmatch(name):
            files[name] = path
        else:
            left_out.append(name)
    folders = ((own.REAL_NAME, archive.OWN), (own.SIMULATED_NAME, archive.SIMULATION))
    for folder, known in folders:
        for path in sorted((store.root / folder).rglob("*")):
            name = path.relative_to(store.root).as_posix()
            if not path.is_file() or path.name == ".lock" or path.suffix == ".draft":
                continue
            if known.fullmatch(name):
                files[name] = path
            else:
                left_out.append(name)
    # as it can be printed and written: a name may be no text at all
    return files, [name.encode(errors="replace").decode() for name in left_out]
