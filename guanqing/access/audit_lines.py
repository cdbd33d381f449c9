"""The lines of the audit as they stand in its file, and the file held for one writer at a time."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any, BinaryIO, Literal

from pydantic import AfterValidator, TypeAdapter, ValidationError, with_config

from guanqing.datafiles import STRICT
from guanqing.problems import Problem

Act = Literal[
    "signed_in", "signed_out", "kept_out", "names_seen", "exported", "loaded", "undone", "edited",
    "decided", "planned", "restored", "rotated", "recounted", "begun", "cut",
]  # fmt: skip


def _as_moment(at: str) -> str:
    if datetime.fromisoformat(at).tzinfo is None:
        raise ValueError(at)
    return at


@with_config(STRICT)
@dataclass(frozen=True)
class Line:
    """One line of the audit."""

    number: int
    at: Annotated[str, AfterValidator(_as_moment)]  # ISO, UTC
    who: str  # as the provider says it, or user@host of a command
    name: str
    role: str
    act: Act
    about: dict[str, Any]
    chain: str = ""

    def chained(self, before: str) -> "Line":
        """Return the line with its chain, given that of the line before."""
        content = asdict(self) | {"chain": before}
        words = json.dumps(content, ensure_ascii=False, sort_keys=True)
        return replace(self, chain=sha256(words.encode()).hexdigest())


LINE = TypeAdapter(Line)
READ_AT_ONCE = 64 << 10  # bytes from the end


def lines(path: Path) -> list[Line]:
    """Return the lines as they stand, the newest last. Problem: audit_broken, file_not_readable."""
    try:
        return read(path, path.read_bytes())
    except FileNotFoundError:
        return []
    except OSError as error:  # another account's
        raise Problem("file_not_readable", path=path) from error


def read(path: Path, content: bytes) -> list[Line]:
    """Return the lines of a content, the whole file's or a part. Problem: audit_broken."""
    found = []
    for number, words in enumerate(content.splitlines(), 1):
        try:
            found.append(LINE.validate_json(words))
        except ValidationError as error:
            raise Problem("audit_broken", path=path, number=str(number)) from error
    return found


def written(line: Line) -> bytes:
    """Return a line as it stands in the file."""
    return json.dumps(asdict(line), ensure_ascii=False).encode() + b"\n"


@contextmanager
def held(path: Path) -> Iterator[BinaryIO]:
    """Open the file for us alone: other threads and programs wait."""
    lock = path.with_suffix(".lock")
    try:
        with os.fdopen(os.open(lock, os.O_RDWR | os.O_CREAT, 0o600), "rb") as locked:
            fcntl.flock(locked, fcntl.LOCK_EX)
            opened = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
            with os.fdopen(opened, "a+b") as file:
                file.seek(0)
                yield file
    except OSError as error:  # a full disk too: what cannot be noted is not done
        raise Problem("store_not_writable", path=path.parent) from error


def mend_end(file: BinaryIO) -> int:
    """Take away a line that a power cut left unfinished; return how long it was, to be noted."""
    size = file.seek(0, os.SEEK_END)
    torn = len(_end(file).rpartition(b"\n")[2])
    if torn:
        file.truncate(size - torn)
    file.seek(0)
    return torn


def ends(file: BinaryIO) -> tuple[Line | None, Line | None, bool]:
    """Return the first and the last line: the file may be long, and is written to at each click.

    One that cannot be read is None. And whether that is so of the last.
    """
    first = file.readline()
    if not first:
        return None, None, False
    last = _readable(_end(file).splitlines()[-1])
    return _readable(first), last, last is None


def _readable(words: bytes) -> Line | None:
    try:
        return LINE.validate_json(words)
    except ValidationError:
        return None


def _end(file: BinaryIO) -> bytes:
    """Return the end of the file, the whole of its last line in it, however long that is."""
    size, length = file.seek(0, os.SEEK_END), READ_AT_ONCE
    while True:
        file.seek(max(size - length, 0))
        content = file.read()
        if length >= size or b"\n" in content[:-1]:
            return content
        length *= 2
