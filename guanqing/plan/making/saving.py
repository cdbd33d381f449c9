"""The plan of a year on disk: saved whole or not at all, and every earlier one kept.

    <folder>/2019.toml                 the plan; its first line says who saved it, when and why
    <folder>/history/2019-0001.toml    the plans it replaced, as they stood, oldest first
    <folder>/.lock                     held while somebody saves

The line is a comment, so a plan is one file that says where it comes from: it can be sent to
somebody, and no second file can say otherwise. It bears the hash of what is below it, so that
what a hand changed afterwards is told from what was saved.
"""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from pydantic import TypeAdapter, ValidationError, with_config

from guanqing import disk, locks
from guanqing.datafiles import STRICT
from guanqing.plan import planfile
from guanqing.plan.making.writing import STAMP as STAMP_LINE
from guanqing.problems import Problem

HISTORY = "history"


@with_config(STRICT)
@dataclass(frozen=True)
class Stamp:
    """Who saved a plan, when and why."""

    at: str  # ISO, UTC
    by: str
    why: str
    is_simulated: bool
    hash: str  # of the text below
    kept: int = 0  # number in the history of the plan that it replaced: never given twice


STAMP = TypeAdapter(Stamp)


@dataclass(frozen=True)
class Saved:
    """A plan as it was or is: its number in the history, 0 for the one that holds now."""

    year: int
    number: int
    text: str  # without the line of its stamp
    stamp: Stamp | None  # None: nobody saved it, it was put there
    is_changed: bool = False  # a hand changed it since


def path_of(folder: Path, year: int) -> Path:
    """Return the file of the plan of a year."""
    return folder / f"{year}.toml"


def version(folder: Path, year: int) -> str:
    """Return what tells the plan of a year from any other state of it, "" where there is none."""
    content = _content(path_of(folder, year))
    return sha256(content).hexdigest() if content else ""


def current(folder: Path, year: int) -> Saved | None:
    """Return the plan of a year as it stands, None where there is none."""
    content = _content(path_of(folder, year))
    return _saved(year, 0, content) if content else None


def history(folder: Path, year: int) -> list[Saved]:
    """Return the plans that the plan of a year has replaced, newest first."""
    return [
        _saved(year, number, _content(path))
        for number, path in sorted(_kept(folder, year).items(), reverse=True)
    ]


def save(
    folder: Path,
    year: int,
    text: str,
    *,
    base: str,
    by: str,
    why: str,
    is_simulated: bool,
) -> Saved:
    """Put a plan in the place of the one of a year, and keep that.

    base: the version it was made from. Problem: plan_wrong, plan_changed, plan_gone, store_locked,
    store_not_writable, disk_full.
    """
    _require_sound(year, text)
    path = path_of(folder, year)
    with _writing(folder):
        if version(folder, year) != base:
            raise Problem("plan_changed", year=str(year), by=_who(current(folder, year)))
        # kept first: killed between the two, a plan is there twice and never nowhere
        kept = max(_kept(folder, year), default=0)
        if (was := _content(path)).strip():
            kept = _keep(folder, year, was)
        else:
            _require_none_lost(folder, year, text)
        made = _stamped(text, by=by, why=why, is_simulated=is_simulated, kept=kept)
        _replace(path, made)
    return _saved(year, 0, made)


def _require_sound(year: int, text: str) -> None:
    found = planfile.read(year, text)
    if found.refused:
        first = found.refused[0]
        raise Problem("plan_wrong", line=str(first.line), field=first.field)
    if not (found.targets or found.milestones):
        raise Problem("plan_empty", year=str(year))


def _require_none_lost(folder: Path, year: int, text: str) -> None:
    """Raise where a plan is gone though there were others, unless an earlier one is put back."""
    earlier = history(folder, year)
    if earlier and not any(_say_the_same(year, one.text, text) for one in earlier):
        newest = max(_kept(folder, year).items())[1]
        values = {"path": path_of(folder, year), "newest": newest, "count": str(len(earlier))}
        raise Problem("plan_gone", year=str(year), **values)


def _say_the_same(year: int, one: str, other: str) -> bool:
    first, second = planfile.read(year, one), planfile.read(year, other)
    return (first.targets, first.milestones) == (second.targets, second.milestones)


def _who(saved: Saved | None) -> str:
    """Return who saved a plan, as a sentence names them."""
    stamp = saved.stamp if saved and not saved.is_changed else None
    return stamp.by if stamp else "—"


def without_stamp(text: str) -> str:
    """Return the text of a plan without the line of its stamp, where the whole file is given."""
    return text.partition("\n")[2] if text.startswith(STAMP_LINE) else text


def _stamped(text: str, *, by: str, why: str, is_simulated: bool, kept: int) -> bytes:
    text = without_stamp(text)
    at = datetime.now(UTC).isoformat(timespec="seconds")
    stamp = Stamp(at, by, why, is_simulated, _hash(text), kept)
    return f"{STAMP_LINE}{_readable(asdict(stamp))}\n{text}".encode()


def _readable(stamp: dict[str, object]) -> str:
    """Return a stamp as a person reads it; what no eye sees, or no comment may hold, is escaped."""
    words = json.dumps(stamp, ensure_ascii=False)
    return "".join(sign if sign.isprintable() else json.dumps(sign)[1:-1] for sign in words)


def _hash(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:16]


def _saved(year: int, number: int, content: bytes) -> Saved:
    text = content.decode("utf-8-sig", errors="replace")
    line, _, rest = text.partition("\n")
    if line.startswith(STAMP_LINE):
        try:
            stamp = STAMP.validate_json(line.removeprefix(STAMP_LINE).strip())
        except ValidationError:  # a hand wrote in the line itself
            return Saved(year, number, rest, None)
        return Saved(year, number, rest, stamp, stamp.hash != _hash(rest))
    return Saved(year, number, text, None)


def _kept(folder: Path, year: int) -> dict[int, Path]:
    """Return the files of earlier plans, by number."""
    found = {}
    for path in (folder / HISTORY).glob(f"{year}-*.toml"):
        number = path.stem.removeprefix(f"{year}-")
        if number.isascii() and number.isdigit():
            found[int(number)] = path
    return found


def _keep(folder: Path, year: int, content: bytes) -> int:
    """Put a plan that is about to be replaced beside those before it, once; return its number."""
    kept = _kept(folder, year)
    stamp = _saved(year, 0, content).stamp
    last = max([*kept, stamp.kept if stamp else 0])
    if last in kept and _content(kept[last]) == content:
        return last  # whoever was killed came so far
    target = folder / HISTORY / f"{year}-{last + 1:04}.toml"
    target.parent.mkdir(exist_ok=True)
    _replace(target, content)
    return last + 1


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""
    except OSError as error:
        raise Problem("file_not_readable", path=path) from error


@contextmanager
def _writing(folder: Path) -> Iterator[None]:
    """Keep other writers out, and say what keeps us from writing."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with locks.holding(folder / ".lock", "plan"):
            yield
    except OSError as error:
        if error.errno in disk.FULL:
            raise Problem("disk_full", path=folder, written="0.0") from error
        raise Problem("store_not_writable", path=folder) from error


def _replace(path: Path, content: bytes) -> None:
    draft = path.with_suffix(".draft")
    try:
        draft.write_bytes(content)
        disk.sync(draft)
        os.replace(draft, path)
    finally:
        draft.unlink(missing_ok=True)
    disk.sync(path.parent)
