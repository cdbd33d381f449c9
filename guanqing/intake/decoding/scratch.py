"""Where rewritten and unpacked files go, under names of our own."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from guanqing.problems import Problem

# The workbook reader goes by the suffix; no other part of a name from outside is kept.
KEPT_SUFFIXES = {".xlsx", ".xlsm", ".xlsb", ".ods", ".xls"}


class Scratch:
    """A folder of its own below the one given, so that two calls never meet."""

    def __init__(self, folder: Path) -> None:
        with _said(folder):
            folder.mkdir(parents=True, exist_ok=True)
            self.folder = Path(tempfile.mkdtemp(prefix="texts-", dir=folder)).resolve()
        self._count = 0

    def path(self, name: str = "") -> Path:
        """Return a path that nothing has been written to."""
        self._count += 1
        suffix = Path(name).suffix.lower()
        return self.folder / f"{self._count:05}{suffix if suffix in KEPT_SUFFIXES else '.txt'}"

    def subfolder(self) -> Path:
        """Make an empty folder for several files."""
        self._count += 1
        folder = self.folder / f"{self._count:05}"
        with _said(self.folder):
            folder.mkdir()
        return folder

    @contextmanager
    def writing(self, path: Path) -> Iterator[IO[bytes]]:
        """Open a file to write; no space or no permission raises a problem."""
        with _said(self.folder), path.open("wb") as file:
            yield file

    def drop(self, path: Path) -> None:
        """Delete a file if it is one of ours."""
        if path.parent == self.folder:
            path.unlink(missing_ok=True)


@contextmanager
def _said(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Problem("store_not_writable", path=folder) from error


@contextmanager
def readable(where: str) -> Iterator[None]:
    """Say of an operating system's error that the file cannot be read."""
    try:
        yield
    except OSError as error:
        raise Problem("file_not_readable", path=where) from error
