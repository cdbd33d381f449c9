"""Which files there are at a path a person named."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from guanqing.intake.decoding.scratch import readable
from guanqing.problems import Problem

# What systems and office programs leave in a folder.
LEFT_BEHIND = {"__macosx", "thumbs.db", "desktop.ini"}

# What exports are called. A photo beside them is passed over, a broken loans.csv never.
EXPORT_SUFFIXES = {".csv", ".tsv", ".tab", ".txt", ".dat", ".xls", ".xlsx", ".xlsm", ".parquet"}


@dataclass(frozen=True)
class Found:
    """A file to read."""

    name: str  # how reports call it, from the named path on
    where: str  # how a problem calls it: the whole path, through archives too
    path: Path
    written_at: datetime
    is_expected: bool  # named by the person, or called like an export


def files_at(path: Path) -> list[Found]:
    """Return the file at a path, or those of a folder at any depth, in the order of their names.

    Problem: path_missing, file_not_readable, file_name_unreadable.
    """
    with readable(str(path)):
        if not path.exists():
            raise Problem("path_missing", path=path)
        if path.is_dir():
            return sorted(_files_below(path), key=lambda found: found.name)
    if not path.is_file():
        raise Problem("file_not_readable", path=path)
    return [_found(path, path.name, is_named=True)]


def _files_below(folder: Path) -> Iterator[Found]:
    for parent, _, names in os.walk(folder, onerror=_raise):
        for path in (Path(parent, name) for name in names):
            name = path.relative_to(folder).as_posix()
            if path.is_file() and not is_left_behind(name):
                yield _found(path, name)


def _raise(error: OSError) -> None:
    raise error  # os.walk would pass over a folder it may not enter


def _found(path: Path, name: str, is_named: bool = False) -> Found:
    _require_readable_name(path.resolve())
    with readable(str(path)):
        written_at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    return Found(
        name=name,
        where=str(path),
        path=path.resolve(),
        written_at=written_at.replace(tzinfo=None, microsecond=0),
        is_expected=is_named or is_called_like_an_export(name),
    )


def _require_readable_name(path: Path) -> None:
    # names of GBK, as an unzip of a Windows archive leaves them: no account could say which it was
    name = str(path)
    if (written := name.encode("utf-8", "backslashreplace").decode()) != name:
        raise Problem("file_name_unreadable", path=written)


def is_left_behind(name: str) -> bool:
    """Return whether a file, by its path in a folder or archive, is hidden or a program's own."""
    parts = PurePosixPath(name).parts
    return any(
        part.startswith((".", "~$")) or part.lower() in LEFT_BEHIND
        for part in parts
        if part != ".."
    )


def is_called_like_an_export(name: str) -> bool:
    """Return whether a file must be readable, by its suffix."""
    return PurePosixPath(name).suffix.lower() in EXPORT_SUFFIXES
