"""Who signed in, took something out or changed something: lines that nobody can alter unseen.

    <store>/audit.jsonl    {"number": 7, "at": "2026-12-01T01:12:03+00:00", "who": ...}

Each line carries the hash of itself and of the chain of the line before, so that a line altered,
taken out or put in breaks the chain from there on. An end that was cut off is told by the head
beside it (audit_ends); where that went too, by number and chain of the last line, which `guanqing
verify` says, to be noted elsewhere. Nothing of a reader is in it: who did what with which figure,
and how many rows went out.
"""

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from guanqing import disk
from guanqing.access import audit_ends
from guanqing.access.audit_lines import LINE, Act, Line, ends, held, lines, mend_end, written
from guanqing.problems import Problem

__all__ = ["LINE", "Act", "Line", "lines", "mend_head", "note", "noting", "path_of", "verify"]

LONGEST_NAME = 200  # a proxy may say whatever of whom it lets in
LONGEST_VALUE = 4000  # signs of what a line says of one thing; a page may be asked for anything


def path_of(store: Path) -> Path:
    """Return where the audit of a store is kept."""
    return store / "audit.jsonl"


def note(
    path: Path,
    act: Act,
    *,
    who: str,
    name: str = "",
    role: str = "",
    about: Mapping[str, Any] | None = None,
    kept_days: int | None = None,
) -> None:
    """Add a line, and cut off what is older than kept_days.

    Problem: store_not_writable, audit_broken.
    """
    with held(path) as file:
        torn = mend_end(file)
        first, last, is_spoilt = ends(file)
        now = datetime.now(UTC)
        at = now.isoformat(timespec="seconds")
        said = _bounded(about or {}) | ({"torn_bytes": torn} if torn else {})
        number, before, missing = _goes_on_from(path, last)
        if is_spoilt:  # by a hand: `verify` says so, and nobody is shut out for it
            missing = None
            if not number:
                raise Problem("audit_broken", path=path, number="1")
        if missing:
            said |= {"missing": missing}
        is_due = kept_days and first and first.at < _days_ago(now, kept_days)
        found = _readable_lines(path) if is_due else []
        count = audit_ends.too_old([line.at for line in found], now, kept_days or 0)
        gone, kept = found[:count], found[count:]
        is_cut = any(line.act != "cut" for line in gone)
        if is_cut:  # the chain says what went, or anybody could put such a beginning in
            said |= {"cut": _last_gone(gone)}
        called = (who[:LONGEST_NAME], name[:LONGEST_NAME])
        made = Line(number + 1, at, *called, role, act, said).chained(before)
        if is_cut:
            _cut(path, gone, [*kept, made])
        else:
            file.write(written(made))
            file.flush()
            os.fsync(file.fileno())
        audit_ends.write(path, made.number, made.chain)


@contextmanager
def noting(path: Path, act: Act, *, about: Mapping[str, Any], **by: Any) -> Iterator[None]:
    """Note what is about to be done, so that what cannot be noted is not; by: see note.

    Where it then comes to nothing a second line says so: none is ever taken away.
    """
    note(path, act, about=about, **by)
    try:
        yield
    except BaseException:
        with suppress(Problem):
            note(path, act, about={**about, "failed": True}, **by)
        raise


def verify(path: Path) -> Line | None:
    """Return the last line if no line was altered and none is missing.

    Problem: audit_broken, audit_missing, audit_headless (whether any is missing cannot be told).
    """
    found = lines(path)
    last = _require_chained(path, found)
    head = audit_ends.read(path)
    told = audit_ends.told(path)
    if head is None:
        if told and not found and not audit_ends.head_of(path).exists():
            raise Problem("audit_missing", path=path, first="1", last=str(told.number))
        if found or audit_ends.head_of(path).exists():
            raise Problem("audit_headless", path=audit_ends.head_of(path))
        return None
    if last is None or last.number < head.number:
        first = last.number + 1 if last else 1
        raise Problem("audit_missing", path=path, first=str(first), last=str(head.number))
    for known in (head, *([told] if told else [])):
        if known.number > last.number:
            values = {"first": str(last.number + 1), "last": str(known.number)}
            raise Problem("audit_missing", path=path, **values)
        chain = next((line.chain for line in found if line.number == known.number), known.chain)
        if chain != known.chain:
            raise Problem("audit_broken", path=path, number=str(known.number))
    return last


def went_back(path: Path) -> list[Line]:
    """Return the lines that say to be earlier than the one before. Problem: audit_broken."""
    found = [line for line in lines(path) if line.act != "cut"]
    return [found[place] for place in audit_ends.steps_back([line.at for line in found])]


def mend_head(path: Path) -> None:
    """Write the head anew where there is none that can be read and the lines are whole.

    Problem: audit_broken, audit_missing, store_not_writable.
    """
    if not path.exists():
        return
    with held(path):
        last = _require_chained(path, lines(path))
        if last and audit_ends.read(path) is None:
            audit_ends.write(path, last.number, last.chain)


def _require_chained(path: Path, found_lines: list[Line]) -> Line | None:
    before, found, head = "", None, None
    said: object = None  # of the last cut, by the line that made it
    for line in found_lines:
        if line.act == "cut" and found is None:
            if line.chained("").chain != line.chain:
                raise Problem("audit_broken", path=path, number=str(line.number))
            before, found, head = str(line.about["chain"]), line, line
            continue
        is_next = found is None or line.number == found.number + 1
        if (missing := line.about.get("missing")) and not (found and is_next):
            first, last = map(str, missing)
            raise Problem("audit_missing", path=path, first=first, last=last)
        if not is_next or (found is None and line.number != 1):
            raise Problem("audit_broken", path=path, number=str(line.number))
        if line.chained(before).chain != line.chain:
            raise Problem("audit_broken", path=path, number=str(line.number))
        before, found = line.chain, line
        said = line.about.get("cut", said)
    if head and said != [head.number, head.about["chain"]]:
        raise Problem("audit_broken", path=path, number=str(head.number))
    return found


def _bounded(about: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is said, of each thing no more than one that reads it needs."""
    said = {}
    for name, value in about.items():
        words = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        kept = _writable(words)
        is_whole = kept == words and len(words) <= LONGEST_VALUE
        end = "…" if len(kept) > LONGEST_VALUE else ""
        said[name] = value if is_whole else kept[:LONGEST_VALUE] + end
    return said


def _writable(words: str) -> str:
    """Return words as UTF-8 can hold them: a file may be called by bytes that are none."""
    return words.encode("utf-8", "backslashreplace").decode()


def _goes_on_from(path: Path, last: Line | None) -> tuple[int, str, tuple[int, int] | None]:
    """Return number and chain to go on from, and the lines that are missing before, if any.

    An end that is gone is never made up for: the numbers go on where it was.
    """
    number, chain = (last.number, last.chain) if last else (0, "")
    head = audit_ends.read(path) or (None if last else audit_ends.told(path))
    if head and head.number > number:
        return head.number, head.chain, (number + 1, head.number)
    if head and head.number == number:  # of another chain: `verify` says that they do not fit
        return number, head.chain, None
    return number, chain, None


def _readable_lines(path: Path) -> list[Line]:
    """Return the lines; none where one of them is spoilt, for then all are evidence."""
    try:
        return lines(path)
    except Problem:
        return []


def _days_ago(now: datetime, days: int) -> str:
    return (now - timedelta(days=days)).isoformat()


def _last_gone(gone: list[Line]) -> tuple[int, str]:
    """Return number and chain of the last line that is too old."""
    last = gone[-1]
    return last.number, str(last.about["chain"]) if last.act == "cut" else last.chain


def _cut(path: Path, gone: list[Line], kept: list[Line]) -> None:
    """Write the lines that are not too old, after one that carries the chain of the last gone."""
    number, chain = _last_gone(gone)
    oldest = min(line.at for line in kept)  # a clock may have been ahead
    about = {"chain": chain, "oldest": oldest}
    head = Line(number, oldest, "guanqing", "", "", "cut", about).chained("")
    new = path.with_suffix(".new")
    disk.write_private(new, b"".join(written(line) for line in [head, *kept]))
    disk.sync(new)
    os.replace(new, path)
