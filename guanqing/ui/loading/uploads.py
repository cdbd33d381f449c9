"""The files of a session: in a folder of their own, gone when the session is.

The server holds an upload in memory until it is fetched from there, so it is written down at once
and let go.
"""

import os
import re
import shutil
import tempfile
import weakref
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from typing import IO

from guanqing.intake.decoding import kinds
from guanqing.problems import Problem

PREFIX = "guanqing-upload-"
LONGEST = 120  # signs of a name; its end says what the file is, so the beginning goes


class Uploads:
    """A folder with the uploaded files under their own names, and room to read them."""

    def __init__(self) -> None:
        sweep()
        # names of readers may be in them: only this account may look (mkdtemp sees to it)
        self.folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-"))
        self._files, self._scratch = self.folder / "files", self.folder / "scratch"
        self._files.mkdir()
        self._end = weakref.finalize(self, shutil.rmtree, self.folder, ignore_errors=True)

    def add(self, name: str, content: IO[bytes]) -> Path:
        """Write an upload under its name, a number behind it if that is taken.

        Problem: not_a_table, before anything of it is kept; upload_not_kept.
        """
        path = self._files / safe_name(name)
        turn = 1
        while path.exists():
            turn += 1
            path = path.with_name(f"{Path(safe_name(name)).stem} ({turn}){path.suffix}")
        try:
            if kinds.holds_no_table(content.read(kinds.HEAD_BYTES)):
                raise Problem("not_a_table", path=path.name)
            content.seek(0)
            with path.open("wb") as file:
                shutil.copyfileobj(content, file)
        except OSError as error:
            path.unlink(missing_ok=True)
            raise Problem("upload_not_kept", name=path.name) from error
        return path

    def paths(self) -> list[Path]:
        """Return the files, in the order of their names."""
        return sorted(self._files.iterdir())

    def state(self) -> tuple[tuple[str, int], ...]:
        """Return what tells these files from those of another moment."""
        return tuple((path.name, path.stat().st_mtime_ns) for path in self.paths())

    def remove(self, paths: Iterable[Path]) -> None:
        """Delete files."""
        for path in paths:
            path.unlink(missing_ok=True)

    def scratch(self) -> Path:
        """Return an empty folder to read them in; what an earlier reading left is gone."""
        shutil.rmtree(self._scratch, ignore_errors=True)
        self._scratch.mkdir()
        return self._scratch

    def without_folder(self, words: object) -> str:
        """Return a problem's words with the files called as the person knows them."""
        return str(words).replace(f"{self._files.resolve()}/", "").replace(f"{self._files}/", "")


def safe_name(name: str) -> str:
    """Return the last part of a name from outside, without what could lead anywhere."""
    last = PurePosixPath(name.replace("\\", "/")).name
    last = re.sub(r"[\x00-\x1f\x7f/]", "", last).lstrip(".").strip()
    return last[-LONGEST:] or "file"


def sweep(*, ours_too: bool = False) -> None:
    """Take away what servers that are gone have left; ours_too: what this one has, as it ends."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        owner = folder.name.removeprefix(PREFIX).partition("-")[0]
        if owner.isdigit() and (_is_gone(int(owner)) or (ours_too and int(owner) == os.getpid())):
            shutil.rmtree(folder, ignore_errors=True)


def _is_gone(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    except PermissionError:  # somebody else's
        return False
    return False
