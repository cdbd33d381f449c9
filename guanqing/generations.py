"""A generation: a library file, the files that belong to it, and how it came about."""

import json
import re
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from guanqing import manifest
from guanqing.locks import Holder
from guanqing.manifest import Manifest

# What belongs to 000012.duckdb, by the end of its name and its name in a draft.
SIDES = {
    ".names.duckdb": "names.duckdb",
    ".records.duckdb": "records.duckdb",
    ".json": "about.json",
    ".manifest.json": "manifest.json",
}
LIBRARY = re.compile(r"(\d{6,})\.duckdb")
SIDE = re.compile(rf"(\d{{6,}})(?:{'|'.join(map(re.escape, SIDES))})")


@dataclass(frozen=True)
class Generation:
    """A library that is kept, and how it came about; what nobody wrote down is None."""

    number: int
    path: Path
    made_at: datetime
    made_by: str | None  # user@host
    kind: str | None  # load, demo, ...
    files: tuple[dict[str, Any], ...]  # what became of the lines of each source file
    is_current: bool
    parent: int | None  # what was served when this one was made

    @property
    def is_real(self) -> bool:
        """Return whether it may hold what a library recorded: nothing says it is the simulation."""
        return self.kind != "demo"

    def total(self, count: str) -> int:
        """Return the sum of a count of lines (loaded, refused, ...) over the files."""
        return sum(file.get(count, 0) for file in self.files)


@dataclass
class Draft:
    """A generation being written: a folder that nobody else may look into."""

    folder: Path
    number: int
    parent: Generation | None  # the generation to build on: nobody else can change it meanwhile
    before: Generation | None  # the real library it takes the place of, which may not be served
    kind: str
    files: list[dict[str, Any]] = field(default_factory=list)
    schema_version: int | None = None  # of the tables, where the writer says so
    row_counts: dict[str, int] = field(default_factory=dict)

    @property
    def library(self) -> Path:
        """Return where the library has to be written."""
        return self.folder / "library.duckdb"

    @property
    def names(self) -> Path:
        """Return where names and card numbers may be written."""
        return self.folder / SIDES[".names.duckdb"]

    @property
    def records(self) -> Path:
        """Return where the source records behind the library may be written."""
        return self.folder / SIDES[".records.duckdb"]

    @property
    def about(self) -> Path:
        """Return where the store writes how this generation came about."""
        return self.folder / SIDES[".json"]

    @property
    def manifest(self) -> Path:
        """Return where the store writes what this generation is made of."""
        return self.folder / SIDES[".manifest.json"]

    def write_about(self, writer: Holder, beside: list[str], audit: dict[str, Any]) -> None:
        """Write down how this generation came about, what its files are now and what is beside."""
        about = {
            "number": self.number,
            "parent": self.parent.number if self.parent else None,
            "made_at": datetime.now().astimezone().isoformat(timespec="seconds"),
            "made_by": writer.who,
            "kind": self.kind,
            "files": self.files,
        }
        write_account(self.about, about)
        ends = {".duckdb": self.library.name} | SIDES
        files = {
            end: [manifest.print_of(self.folder / ends[end])]
            for end in manifest.FILES
            if (self.folder / ends[end]).exists()
        }
        told = (self.schema_version, self.row_counts, about, beside, audit)
        manifest.write(self.manifest, Manifest(self.number, files, *told))


def write_account(path: Path, about: dict[str, Any]) -> None:
    """Write how a generation came about; the same account is always the same file."""
    content = json.dumps(about, ensure_ascii=False, indent=2)
    path.write_text(content + "\n", encoding="utf-8")


def names_of(generation: Path) -> Path:
    """Return the path of the names file that belongs to a generation, whether it exists or not."""
    return generation.with_suffix(".names.duckdb")


def records_of(generation: Path) -> Path:
    """Return the path of the source records behind a generation, whether they exist or not."""
    return generation.with_suffix(".records.duckdb")


def about_of(generation: Path) -> Path:
    """Return the path of the account of a generation, whether it exists or not."""
    return generation.with_suffix(".json")


def is_whole(library: Path) -> bool:
    """Return whether a load can build on a generation: its records and all it was made with."""
    return records_of(library).exists() and not manifest.faults(library)


def files_in(folder: Path) -> dict[int, Path]:
    """Return the library files in a folder by their numbers, oldest first."""
    found = ((LIBRARY.fullmatch(path.name), path) for path in folder.glob("*.duckdb"))
    return dict(sorted((int(match[1]), path) for match, path in found if match))


def orphans_in(folder: Path) -> dict[Path, int]:
    """Return the files in a folder that belong to a library which is not there, by its number."""
    numbers = files_in(folder).keys()
    found = ((SIDE.fullmatch(path.name), path) for path in folder.glob("*.*"))
    belong = {path: int(match[1]) for match, path in found if match}
    return {path: number for path, number in belong.items() if number not in numbers}


def lost_in(folder: Path, served: Path) -> dict[int, Path]:
    """Return the libraries that are gone while their records are there, oldest first.

    Of those older than what is served only what a prune has left is there.
    """
    match = LIBRARY.fullmatch(served.name)
    first = int(match[1]) if match else 0
    orphans = sorted(orphans_in(folder).items(), key=lambda found: found[1])
    libraries = {number: folder / f"{number:06}.duckdb" for _path, number in orphans}
    return {n: path for n, path in libraries.items() if n >= first and records_of(path).exists()}


def remove(library: Path) -> None:
    """Take a generation off the disk; whoever has it open reads on."""
    # the library first: what is left if this is cut short is swept away as an orphan
    library.unlink(missing_ok=True)
    for side in SIDES:
        library.with_suffix(side).unlink(missing_ok=True)


@dataclass(frozen=True)
class _Account:
    """What stands in the account of a generation, and what an older program left out."""

    parent: int | None
    made_at: datetime | None = None
    made_by: str | None = None
    kind: str | None = None
    files: list[dict[str, Any]] = field(default_factory=list)


ACCOUNT = TypeAdapter(_Account)


def read(number: int, path: Path, *, is_current: bool) -> Generation | None:
    """Return the generation in a file, or None if it has gone meanwhile."""
    try:
        made_at = datetime.fromtimestamp(path.stat().st_mtime).astimezone()
    except FileNotFoundError:
        return None
    about = _account(number, path)
    return Generation(
        number=number,
        path=path,
        made_at=about.made_at or made_at,
        made_by=about.made_by,
        kind=about.kind,
        files=tuple(about.files),
        is_current=is_current,
        parent=about.parent,
    )


def _account(number: int, library: Path) -> _Account:
    try:
        return ACCOUNT.validate_json(about_of(library).read_bytes())
    except (OSError, ValueError):
        pass  # an account that somebody has spoilt must not stand in the way of going back
    try:
        found = manifest.read(library)
        if found and found.account:
            return ACCOUNT.validate_python(found.account)
    except (OSError, ValueError):
        pass
    # written before accounts were kept, when each was made from the one before
    return _Account(parent=number - 1 or None)
