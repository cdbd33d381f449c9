"""What a generation is made of, written down as it is published: its files, tables and rows.

    000012.manifest.json   {"number": 12, "schema_version": 3, "row_counts": {"loans": 58327, ...},
                            "files": {".duckdb": [{"size": 4202496, "sha256": "..."}], ...}}

Of a file it says size and SHA-256. Sizes are looked at by whoever builds on a generation or opens
it; hashes take time (a second for 1 GB), so they are for `verify`, backup and restore, and for the
records, which a load reads whole anyway. Generations made before there were manifests have none.

What lies beside the generations has heads of its own; a text that went together with its head is
missed because the manifest names it.
"""

import hashlib
import json
import os
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from guanqing import disk

LIBRARY, NAMES, RECORDS, ACCOUNT = ".duckdb", ".names.duckdb", ".records.duckdb", ".json"
MANIFEST = ".manifest.json"
FILES = (LIBRARY, NAMES, RECORDS, ACCOUNT)


@dataclass(frozen=True)
class Print:
    """What tells whether a file is the one that was written."""

    size: int  # bytes
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """The files of a generation by the end of their names, and the rows of its tables."""

    number: int
    # mostly one each: while the records get later dates those before and those after are both right
    files: dict[str, list[Print]]
    schema_version: int | None = None
    row_counts: dict[str, int] = field(default_factory=dict)
    account: dict[str, Any] = field(default_factory=dict)  # what the account says, once more
    beside: list[str] = field(default_factory=list)  # what the store held beside it
    audit: dict[str, Any] = field(default_factory=dict)  # number and chain of its last line then


@dataclass(frozen=True)
class Fault:
    """What is wrong with a file of a generation."""

    code: str  # missing, size, content, unreadable
    path: Path


READER = TypeAdapter(Manifest)


def of(library: Path) -> Path:
    """Return the path of the manifest that belongs to a generation, whether it exists or not."""
    return library.with_suffix(MANIFEST)


def print_of(path: Path) -> Print:
    """Return size and hash of a file."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        return Print(os.fstat(file.fileno()).st_size, digest)


def read(library: Path) -> Manifest | None:
    """Return the manifest of a generation, or None if it has none. ValueError: it is spoilt."""
    try:
        return READER.validate_json(of(library).read_bytes())
    except FileNotFoundError:
        return None


def of_store(root: Path) -> list[Manifest]:
    """Return the manifests of a store that can be read, the oldest first."""
    found = []
    for path in sorted((root / "generations").glob(f"*{MANIFEST}")):
        with suppress(OSError, ValueError):
            found.append(READER.validate_json(path.read_bytes()))
    return found


def is_lost(path: Path) -> bool:
    """Return whether a text of a store was there and is gone, and its head with it."""
    if path.exists() or path.with_suffix(".head").exists():
        return False
    return any(path.name in found.beside for found in of_store(path.parent))


def write(path: Path, found: Manifest) -> None:
    """Write a manifest to a path where nobody looks for it yet."""
    path.write_text(
        json.dumps(asdict(found), ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
    )


def faults(
    library: Path, of_files: Iterable[str] = FILES, *, hashed: Iterable[str] = ()
) -> list[Fault]:
    """Return what is wrong with these files of a generation, nothing if it has no manifest.

    Sizes are compared, and of the files `hashed` names their content too.
    """
    try:
        found = read(library)
    except ValueError:
        return [Fault("content", of(library))]
    except OSError:  # another account's, or a disk that fails
        return [Fault("unreadable", of(library))]
    told = [] if found is None else [(end, found.files.get(end)) for end in of_files]
    checked = (_fault(library.with_suffix(end), right, end in hashed) for end, right in told)
    return [fault for fault in checked if fault]


def _fault(path: Path, right: list[Print] | None, is_hashed: bool) -> Fault | None:
    if right is None:  # the generation never had such a file
        return None
    try:
        size = path.stat().st_size
        if size not in {one.size for one in right}:
            return Fault("size", path)
        if is_hashed and print_of(path) not in right:
            return Fault("content", path)
    except FileNotFoundError:
        return Fault("missing", path)
    except OSError:
        return Fault("unreadable", path)
    return None


def replace_file(library: Path, end: str, new: Path) -> None:
    """Put another file beside a library that stays; whenever this is cut short, it is whole."""
    found, draft = read(library), new.with_name("manifest.json")

    def tell(*right: Print) -> None:
        if found:
            write(draft, replace(found, files=found.files | {end: list(right)}))
            disk.sync(draft)
            os.replace(draft, of(library))

    coming = print_of(new)
    tell(*(found.files.get(end, []) if found else []), coming)
    os.replace(new, library.with_suffix(end))
    tell(coming)
