"""What people typed in: a journal beside the library, one line an entry, never changed.

A register's row that was typed, pasted or corrected on a page does not wait for the next load: it
is written here and laid over what the files said whenever a library is opened (entered.py).
The last entry of a key holds; an entry without values takes the row away. So the journal is the
history too, and a text file anybody can read.

    <store>/journal.jsonl        {"number": 12, "at": "2019-10-08T01:12:03", "by": "王芳", ...}
    <store>/journal.head         what it was when it was written last (heads)
    <store>/journal.lock         held while somebody writes
    <store>/journal.unread       lines that nobody can read, set aside by `guanqing verify --mend`
"""

import json
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, TypeAdapter, with_config

from guanqing import disk, heads, locks, manifest, records
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
    """Return every entry, oldest first; a line that a writer was killed in is none.

    So is one that somebody has spoilt: `broken_lines` tells of it, and the others hold.
    """
    return [entry for entry in _lines(path) if isinstance(entry, Entry)]


def broken_lines(path: Path) -> list[int]:
    """Return the numbers of the lines that cannot be read, from 1."""
    return [number for number, entry in enumerate(_lines(path), 1) if entry is None]


def _lines(path: Path) -> Iterator[Entry | None]:
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return
    except OSError as error:
        raise Problem("file_not_readable", path=path) from error
    for line in content.split(b"\n")[:-1]:
        try:
            entry = LINE.validate_json(line)
        except ValueError:
            yield None
        else:
            yield entry if _can_be_laid_over(entry) else None


# What the engine must read a value of the library's own kinds as.
FORMS = {
    "day": re.compile(r"\d{4}-\d{2}-\d{2}"),
    "month": re.compile(r"\d{4}-\d{2}-\d{2}"),
    "time": re.compile(r"([01]?\d|2[0-3]):[0-5]\d(:[0-5]\d)?"),
    "count": re.compile(r"-?\d{1,18}(\.0+)?"),
    "number": re.compile(r"-?\d+(\.\d*)?(e[+-]?\d+)?"),
    "flag": re.compile(r"true|false"),
}


def _can_be_laid_over(entry: Entry) -> bool:
    kind = records.registers().get(entry.register)
    said = entry.values or entry.key
    return kind is None or all(
        _fits(said.get(name), field.kind) for name, field in kind.fields.items()
    )


def _fits(value: Any, kind: str) -> bool:
    if value is None or kind not in FORMS:
        return True
    text = str(value).lower() if isinstance(value, bool) else str(value)
    if not FORMS[kind].fullmatch(text):
        return False
    try:
        return kind not in ("day", "month") or bool(date.fromisoformat(text))
    except ValueError:  # no day of the calendar
        return False


def is_cut(path: Path) -> bool:
    """Return whether entries may be missing: all lines can be read, but it is not what was written.

    A line that cannot be read is not missing; `broken_lines` tells of it.
    """
    is_whole = heads.is_as_written(path) and not manifest.is_lost(path)
    return not is_whole and not broken_lines(path)


def set_aside_broken(path: Path) -> Path | None:
    """Move the lines that cannot be read to a file beside, where they stay; return it, or None.

    Problem: store_locked, store_not_writable, disk_full.
    """
    if not broken_lines(path):
        return None
    aside = path.with_suffix(".unread")
    with _writing(path):
        lines = [line + b"\n" for line in _without_torn_end(path).split(b"\n")[:-1]]
        broken = {number - 1 for number in broken_lines(path)}
        earlier = aside.read_bytes() if aside.exists() else b""
        # kept first: killed between the two, a line is there twice and never nowhere
        _put(aside, earlier + b"".join(lines[number] for number in sorted(broken)))
        heads.replace(path, b"".join(line for n, line in enumerate(lines) if n not in broken))
    return aside


def bring_back(path: Path, restored: Path) -> None:
    """Put a journal from a backup in its place, unless what is there goes on from it.

    Problem: journal_differs where something was entered that the backup does not have.
    """
    with _writing(path):
        there = path.read_bytes() if path.exists() else b""
        coming = restored.read_bytes()
        if there.startswith(coming):
            return
        if not coming.startswith(there):
            raise Problem("journal_differs", path=path)
        heads.replace(path, coming)


def append(
    path: Path, changes: Sequence[Change], *, by: str, why: str = "", is_simulated: bool
) -> list[Entry]:
    """Write changes as one batch, all or none, and return them as entries.

    Problem: store_locked while somebody else writes, store_not_writable, disk_full; journal_cut,
    for what was entered before would be forgotten with the next entry.
    """
    with _writing(path):
        if is_cut(path):
            raise Problem("journal_cut", path=path, head=heads.of(path))
        whole = _without_torn_end(path)
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
            for number, change in enumerate(changes, _next_number(path, whole))
        ]
        text = "".join(json.dumps(asdict(e), ensure_ascii=False) + "\n" for e in entries)
        # a batch is there whole or not at all, whenever the writer is killed; thousands of entries
        # are a megabyte, so writing all of it again costs less than telling half a batch apart
        heads.replace(path, whole + text.encode())
    return entries


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    """Keep other writers out, sweep what a killed one left, and say what keeps us from writing."""
    try:
        with locks.holding(path.with_suffix(".lock"), "journal"):
            path.with_suffix(".draft").unlink(missing_ok=True)
            yield
    except OSError as error:
        if error.errno in disk.FULL:
            raise Problem("disk_full", path=path, written="0.0") from error
        raise Problem("store_not_writable", path=path) from error


def _next_number(path: Path, whole: bytes) -> int:
    # lines that were set aside leave a gap: a number is never given twice
    last = max((entry.number for entry in read(path)), default=0)
    return max(last, whole.count(b"\n")) + 1


def _without_torn_end(path: Path) -> bytes:
    whole = path.read_bytes() if path.exists() else b""
    return whole[: whole.rfind(b"\n") + 1]


def _put(path: Path, content: bytes) -> None:
    draft = path.with_suffix(".draft")
    try:
        disk.write_private(draft, content)  # who entered what is not for other accounts
        disk.sync(draft)
        os.replace(draft, path)
    finally:
        draft.unlink(missing_ok=True)
