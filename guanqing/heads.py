"""What a file that is replaced whole was when it was written last, kept beside it.

    <store>/journal.jsonl    <store>/journal.head    {"prints": [{"size": 812, "sha256": "..."}]}

A text file that was deleted, emptied or cut at the end of a line looks like a younger one. The head
tells: it names both contents before the file is replaced, and the new one afterwards, so it is
right whenever a writer is killed. Files written before there were heads have none. What asks for
one may raise the Problem file_not_readable.
"""

import hashlib
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from pydantic import TypeAdapter

from guanqing import disk
from guanqing.problems import Problem


@dataclass(frozen=True)
class _Print:
    size: int  # bytes
    sha256: str


@dataclass(frozen=True)
class _Head:
    prints: list[_Print]  # what the file may be


READER = TypeAdapter(_Head)


def of(path: Path) -> Path:
    """Return where the head of a file is kept."""
    return path.with_suffix(".head")


def replace(path: Path, content: bytes) -> None:
    """Put a file in its place, whole or not at all, for its owner alone, and its head with it."""
    draft = path.with_suffix(".draft")
    try:
        disk.write_private(draft, content)
        disk.sync(draft)
        _write(path, [_print(_content(path)), _print(content)])
        os.replace(draft, path)
        _write(path, [_print(content)])
    finally:
        draft.unlink(missing_ok=True)
    disk.sync(path.parent)


def is_as_written(path: Path) -> bool:
    """Return whether all that was written last is in a file; without a head it is taken to be.

    More than that may stand behind it: the half line of a writer that was killed, say.
    """
    head, content = _read(path), _content(path)
    return head is None or any(_print(content[: one.size]) == one for one in head.prints)


def is_headless(path: Path) -> bool:
    """Return whether nothing that can be read tells what a file was."""
    return _read(path) is None and (path.exists() or of(path).exists())


def accept(path: Path) -> None:
    """Take a file for what was written last, as it is."""
    _write(path, [_print(_content(path))])


def _print(content: bytes) -> _Print:
    return _Print(len(content), hashlib.sha256(content).hexdigest())


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""
    except OSError as error:  # another account's
        raise Problem("file_not_readable", path=path) from error


def _read(path: Path) -> _Head | None:
    try:
        return READER.validate_json(of(path).read_bytes())
    except (FileNotFoundError, ValueError):
        return None
    except OSError as error:
        raise Problem("file_not_readable", path=of(path)) from error


def _write(path: Path, prints: list[_Print]) -> None:
    new = path.with_name(f"{path.stem}.head.draft")
    disk.write_private(new, json.dumps(asdict(_Head(prints))).encode() + b"\n")
    disk.sync(new)
    os.replace(new, of(path))
