"""What there was of a library's own files, so that one that was deleted or emptied is missed.

    <store>/own.head    {"files": {"library/targets/2024.toml": {"size": 812, "sha256": "..."}}}

These files are edited by hand, so another content is taken note of whenever one of our commands
writes there, and by a load and `verify`. A file that is gone or blank stays in the list, and so
does what an earlier plan was: nobody edits those.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from guanqing import disk, manifest
from guanqing.manifest import Print
from guanqing.own import REAL_NAME, Own
from guanqing.paths import DATA

LAYOUTS = "layouts"  # of a store
TEXTS = ("journal.jsonl", "released.json", "audit.jsonl")  # beside the generations of a store
HISTORY = "history"  # of earlier plans, beside the plans


@dataclass(frozen=True)
class _List:
    files: dict[str, Print]  # by their paths in the store


@dataclass(frozen=True)
class Missed:
    """A file that is not as it should be: gone, blank, or changed where nobody changes any."""

    code: str  # gone, blank, changed
    path: Path


READER = TypeAdapter(_List)


def of(root: Path) -> Path:
    """Return where the list of a store is kept."""
    return root / "own.head"


def is_lost(root: Path) -> bool:
    """Return whether all of it is gone, and the list too; the manifests know that there was one."""
    head = of(root)
    if head.exists() or any(_files(root)):
        return False
    return any(head.name in found.beside for found in manifest.of_store(root))


def beside(root: Path) -> list[str]:
    """Return what a generation that comes now is to know of: what is there, or is missed."""
    known = {name for found in manifest.of_store(root) for name in found.beside}
    there = {name for name in TEXTS if (root / name).exists()}
    there |= {name for name in known & set(TEXTS) if manifest.is_lost(root / name)}
    is_own = bool(_read(root) or any(_files(root)) or is_lost(root))
    return sorted(there | ({of(root).name} if is_own else set()))


def audit_end(root: Path) -> dict[str, Any]:
    """Return number and chain of the last line of the audit that there ever was."""
    told = [found.audit for found in manifest.of_store(root)]
    with suppress(OSError, ValueError, TypeError):
        told.append(dict(json.loads((root / TEXTS[-1]).with_suffix(".head").read_bytes())))
    counted = [audit for audit in told if isinstance(audit.get("number"), int)]
    return max(counted, key=lambda audit: int(audit["number"]), default={})


def missed(root: Path) -> list[Missed]:
    """Return what was there and is not any more; nothing where there never was a list."""
    if is_lost(root):
        return [Missed("gone", root / REAL_NAME)]
    known = _read(root) or {}
    found = ((_fault(root / name, right), root / name) for name, right in sorted(known.items()))
    return [Missed(code, path) for code, path in found if code]


def is_missed(root: Path, path: Path) -> bool:
    """Return whether a file was there and is not any more, or is blank."""
    return any(one.path == path for one in missed(root))


def is_headless(root: Path) -> bool:
    """Return whether nothing that can be read tells what there was."""
    return _read(root) is None and (of(root).exists() or any(_files(root)))


def note(root: Path) -> None:
    """Take note of what is there now, but for what is missed.

    It is never why something else fails: whatever could not be noted is noted the next time. A
    list that nobody can read is left for `verify` to tell of.
    """
    with suppress(OSError), _held(root):
        known = _read(root)
        if known is None and (of(root).exists() or is_lost(root)):
            return
        known = known or {}
        kept = {name: right for name, right in known.items() if _fault(root / name, right)}
        _write(root, _present(root) | kept)


def accept(root: Path) -> list[Missed]:
    """Take what is there for all there should be, and return what was missed until then."""
    with _held(root):
        found = missed(root)
        _write(root, _present(root))
    return found


def _present(root: Path) -> dict[str, Print]:
    found = {}
    for path in _files(root):
        with suppress(OSError):  # another account's
            found[path.relative_to(root).as_posix()] = _print(path.read_bytes())
    return found


def _files(root: Path) -> Iterator[Path]:
    its = Own(root / REAL_NAME)
    yield from its.files()
    yield from sorted((its.targets / HISTORY).glob("*.toml"))
    if root.absolute() != DATA:  # where those of the program are, which an update may take away
        yield from sorted((root / LAYOUTS).glob("*.toml"))


def _fault(path: Path, right: Print) -> str:
    try:
        content = path.read_bytes()
    except PermissionError:
        return ""  # there it is
    except OSError:
        return "gone"
    if _print(content) == right:
        return ""
    if not content.strip():
        return "blank"
    return "changed" if path.parent.name == HISTORY else ""


def _print(content: bytes) -> Print:
    return Print(len(content), sha256(content).hexdigest())


@contextmanager
def _held(root: Path) -> Iterator[None]:
    """Wait for whoever else is at the list: two would each leave out what the other wrote."""
    descriptor = os.open(root, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _read(root: Path) -> dict[str, Print] | None:
    try:
        return READER.validate_json(of(root).read_bytes()).files
    except (OSError, ValueError):
        return None


def _write(root: Path, files: dict[str, Print]) -> None:
    if _read(root) == files:
        return
    new = root / "own.head.draft"
    content = json.dumps(asdict(_List(files)), ensure_ascii=False, indent=1) + "\n"
    disk.write_private(new, content.encode(errors="surrogateescape"))
    disk.sync(new)
    os.replace(new, of(root))
