"""What a backup is: a zip of one generation, the journal, and what the library has made itself.

contents.json     what is in it, with sizes and SHA-256, and of which generation
library.duckdb    about.json    journal.jsonl    released.json    layouts/NAME.toml
library/…         what the library says of itself: its name, settings, plans, printed figures
simulation/…      the same of the simulated library, once somebody has changed its plan
records.duckdb    what every file said; readers' names are masks unless they were asked for
names.duckdb      only where they were asked for
"""

import hashlib
import json
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO

from pydantic import TypeAdapter

from guanqing import manifest
from guanqing.manifest import Print
from guanqing.problems import Problem

FORMAT = 3  # 2 had no simulation/; 1 nothing of library/ either, nor of what was released
CONTENTS = "contents.json"
JOURNAL = "journal.jsonl"
RELEASED = "released.json"
# one name of any script: not hidden, no way out of its folder, nothing that is no sign
SIGN = r"[^/\\\x00-\x1f\x7f\ud800-\udfff]"
NAME = rf"(?!\.){SIGN}{{1,80}}"
LAYOUT = re.compile(rf"layouts/((?!\.){SIGN}{{1,75}}\.toml)")
OWN = re.compile(rf"library/((?:{NAME}/){{0,3}}{NAME})")
SIMULATION = re.compile(rf"simulation/((?:{NAME}/){{0,3}}{NAME})")
# A file of a generation, by the end of its name there -> its name here.
NAMES = {
    manifest.LIBRARY: "library.duckdb",
    manifest.NAMES: "names.duckdb",
    manifest.RECORDS: "records.duckdb",
    manifest.ACCOUNT: "about.json",
}
# What zipfile raises for a file that is none or was changed: as if it had a password, say.
UNREADABLE = (
    *(zipfile.BadZipFile, zlib.error, EOFError, KeyError, ValueError),
    *(RuntimeError, OverflowError, struct.error),
)
CHUNK = 1 << 20


@dataclass(frozen=True)
class Contents:
    """What a backup says of itself."""

    format: int
    program: str  # version of the program that wrote it
    made_at: str  # ISO local time with offset
    number: int  # of the generation
    schema_version: int | None
    kind: str | None  # what made it: load, demo, ...
    with_names: bool
    files: dict[str, Print]
    left_out: list[str] = field(default_factory=list)  # names that no backup can hold


READER = TypeAdapter(Contents)


class Reader:
    """A backup that is read: what it says of itself, and its files, checked on the way out."""

    def __init__(self, path: Path, packed: zipfile.ZipFile) -> None:
        self.path = path
        self._packed = packed
        self.contents = READER.validate_json(packed.read(CONTENTS))
        if self.contents.format > FORMAT:
            raise Problem("backup_newer", path=path, program=self.contents.program)
        for name in self.contents.files:
            is_beside = any(kind.fullmatch(name) for kind in (LAYOUT, OWN, SIMULATION))
            if name not in (*NAMES.values(), JOURNAL, RELEASED) and not is_beside:
                raise ValueError(name)

    def names(self) -> list[str]:
        """Return the names of the files in it."""
        return list(self.contents.files)

    def extract(self, name: str, target: Path) -> None:
        """Write a file of the backup to a path. Problem: backup_damaged."""
        right = self.contents.files[name]
        try:
            with self._packed.open(name) as source, target.open("wb") as file:
                found = copy(source, file, most=right.size)
        except UNREADABLE as error:
            raise Problem("backup_damaged", path=self.path, name=name) from error
        if found != right:
            raise Problem("backup_damaged", path=self.path, name=name)


def has(backup: Reader, name: str, path: Path) -> bool:
    """Return whether a file is the one in a backup, as far as a restore that was killed put it."""
    return backup.contents.files.get(name) == manifest.print_of(path)


@contextmanager
def reading(path: Path) -> Iterator[Reader]:
    """Yield a backup to read. Problem: path_missing, file_not_readable, backup_damaged."""
    try:
        packed = zipfile.ZipFile(path)
    except FileNotFoundError as error:
        raise Problem("path_missing", path=path) from error
    except OSError as error:
        raise Problem("file_not_readable", path=path) from error
    except UNREADABLE as error:
        raise Problem("backup_damaged", path=path, name=CONTENTS) from error
    with packed:
        try:
            reader = Reader(path, packed)
        except UNREADABLE as error:
            raise Problem("backup_damaged", path=path, name=CONTENTS) from error
        yield reader


def add(packed: zipfile.ZipFile, name: str, source: IO[bytes]) -> Print:
    """Put a file into a backup and return what it was."""
    with packed.open(name, "w", force_zip64=True) as target:
        return copy(source, target)


def add_contents(packed: zipfile.ZipFile, contents: Contents) -> None:
    """Put in what the backup says of itself."""
    packed.writestr(CONTENTS, json.dumps(asdict(contents), indent=1) + "\n")


def copy(source: IO[bytes], target: IO[bytes], most: int | None = None) -> Print:
    """Copy a file to another and return what it was; not much more than `most` bytes."""
    digest, size = hashlib.sha256(), 0
    while block := source.read(CHUNK):
        target.write(block)
        digest.update(block)
        size += len(block)
        if most is not None and size > most:
            break
    return Print(size, digest.hexdigest())
