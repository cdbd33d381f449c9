"""What people typed in: a journal beside the library, one line an entry, never changed.

A register's row that was typed, pasted or corrected on a page does not wait for the next load: it
is written here and laid over what the files said whenever a library is opened (entered.py).
The last entry of a key holds; an entry without values takes the row away. So the journal is the
history too, and a text file anybody can read.

    <store>/journal.jsonl        {"number": 12, "at": "2019-10-08T01:12:03", "by": "王芳", ...}
    <store>/journal.lock         held while somebody writes
"""

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, TypeAdapter, with_config

from guanqing import disk, locks
from guanqing.datafiles import STRICT
from guanqing.problems import Problem

# A row of a register: its columns come from data/records.toml, so it is a mapping by nature. Days
# and times are ISO text, so that < tells earlier.
Values = dict[str, Any]


def _as_stamp(text: str) -> str:
    datetime.fromisoformat(text)  # the engine will read it as one
    return text


@with_config(STRICT)
@dataclass(frozen=True)
class Entry:
    """One statement: this key of a register has these values, or is taken away."""

    number: int
    at: Annotated[str, AfterValidator(_as_stamp)]  # UTC without a zone, whole seconds
    by: str  # who says so
    register: str  # a kind of data/records.toml
    key: Values  # the fields that tell one row from another
    values: Values | None  # every field, the key among them; None: the row is taken away
    why: str  # reason of a correction; may be empty
    is_simulated: bool  # said of the simulated library: never laid over a real one
    was: Values | None = None  # the row as it stood before, from a file or an entry; None: no row


LINE = TypeAdapter(Entry)


@dataclass(frozen=True)
class Change:
    """What somebody wants to enter: a row, or that a key's row be taken away."""

    register: str
    key: Values
    values: Values | None
    was: Values | None = None  # what it replaces, so that the history can say from what to what


def path_of(generation: Path) -> Path:
    """Return the journal that belongs to a library file of a store."""
    return generation.parent.parent / "journal.jsonl"


def version(path: Path) -> int:
    """Return a number that grows with every entry, to tell what has been read."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def read(path: Path) -> list[Entry]:
    """Return every entry, oldest first; a line that a writer was killed in is none."""
    return list(_entries(path))


def _entries(path: Path) -> Iterator[Entry]:
    if not path.exists():
        return
    for number, line in enumerate(path.read_bytes().split(b"\n")[:-1], 1):
        try:
            yield LINE.validate_json(line)
        except ValueError as error:
            raise Problem("journal_broken", path=path, line=number) from error


def append(
    path: Path, changes: Sequence[Change], *, by: str, why: str = "", is_simulated: bool
) -> list[Entry]:
    """Write changes as one batch, all or none, and return them as entries.

    Problem: store_locked while somebody else writes, store_not_writable, disk_full.
    """
    try:
        with locks.holding(path.with_suffix(".lock"), "journal"):
            whole = _without_torn_end(path)
            first = whole.count(b"\n") + 1
            at = datetime.now(UTC).replace(tzinfo=None, microsecond=0).isoformat()
            entries = [
                Entry(
                    number=number,
                    at=at,
                    by=by,
                    register=change.register,
                    key=change.key,
                    values=change.values,
                    why=why,
                    is_simulated=is_simulated,
                    was=change.was,
                )
                for number, change in enumerate(changes, first)
            ]
            text = "".join(json.dumps(asdict(e), ensure_ascii=False) + "\n" for e in entries)
            _replace(path, whole + text.encode())
    except OSError as error:
        if error.errno in disk.FULL:
            raise Problem("disk_full", path=path, written="0.0") from error
        raise Problem("store_not_writable", path=path) from error
    return entries


def _without_torn_end(path: Path) -> bytes:
    whole = path.read_bytes() if path.exists() else b""
    return whole[: whole.rfind(b"\n") + 1]


def _replace(path: Path, content: bytes) -> None:
    # a batch is there whole or not at all, whenever the writer is killed; thousands of entries
    # are a megabyte, so writing all of it again costs less than telling half a batch apart
    draft = path.with_suffix(".draft")
    draft.write_bytes(content)
    draft.chmod(0o600)  # who entered what is not for other accounts
    disk.sync(draft)
    os.replace(draft, path)
    disk.sync(path.parent)
