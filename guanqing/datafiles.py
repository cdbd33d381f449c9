"""The text files of data/: read once, read again when somebody has edited one.

A module declares what it makes of a file with `reads` and calls the function without an argument.
What is edited while the server runs holds from the next view on (`refresh`); a file that cannot be
read then leaves in place what it said before, and `faults` says where it is wrong.
"""

import csv
import io
import re
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import update_wrapper
from pathlib import Path
from threading import RLock
from typing import Annotated, Any, Generic, Protocol, TypeVar

from pydantic import AfterValidator, ConfigDict, ValidationError

from guanqing.paths import DATA, ROOT
from guanqing.problems import Problem

STRICT = ConfigDict(extra="forbid")  # of a dataclass that is read from a file
HEADER = re.compile(r"\s*\[+([^\]]+)\]")
KEY = re.compile(r"\s*([\w\"'.\-]+)\s*=")


def _in_both(words: dict[str, str]) -> dict[str, str]:
    if words.keys() != {"zh", "en"}:
        raise ValueError("zh, en")
    return words


Words = Annotated[dict[str, str], AfterValidator(_in_both)]


T = TypeVar("T")


class Wrong(ValueError):
    """An entry that cannot be used, by its path in the file: ("loan_count", "label")."""

    def __init__(self, *path: str | int) -> None:
        super().__init__(".".join(map(str, path)))
        self.path = path


@dataclass(frozen=True)
class Fault:
    """Where a file is wrong: its line, and the field or what the parser says of the line."""

    path: Path
    line: int
    field: str
    is_kept: bool = False  # what the file said before stays in use

    @property
    def key(self) -> str:
        """Return the text that says so."""
        return "app.data_fault" if self.is_kept else "problem.data_file_broken"

    @property
    def words(self) -> dict[str, str]:
        """Return the values of a sentence about it."""
        # where the program lies is nothing for whoever looks at a page
        named = self.path.relative_to(ROOT) if self.path.is_relative_to(ROOT) else self.path
        return {"path": str(named), "line": str(self.line), "field": self.field}


class DataFile(Generic[T]):
    """A file, and what a module makes of it: call it for what it says now."""

    def __init__(
        self, path: Path, make: Callable[[Any], T], *, may_go: bool, as_text: bool
    ) -> None:
        self.path = path
        self.may_go = may_go  # and may be broken from the start
        self._parse = _text if as_text else _rows if path.suffix == ".csv" else _tables
        self.last: T | None = None  # as it was when it could be read last
        self.fault: Fault | None = None
        self._make = make
        self._version: tuple[int, int] | None = None
        update_wrapper(self, make)

    def __call__(self) -> T:
        """Return what the file says. Problem: data_file_broken, if it never could be read."""
        if self.last is None:
            with _lock:
                self.refresh()
        if self.last is None:
            raise Problem("data_file_broken", **self.fault.words if self.fault else {})
        return self.last

    def refresh(self) -> bool:
        """Read the file if it is another than it was; return whether it says something new."""
        try:
            about = self.path.stat()
            version = (about.st_mtime_ns, about.st_size)
            if version == self._version:
                return False
            self._version = version
            content = self.path.read_bytes()
        except OSError as error:
            self._version = None
            self.fault = Fault(self.path, 1, error.strerror or "", self.last is not None)
            return False
        try:
            self.last, self.fault = self._make(self._parse(content)), None
        except (ValueError, KeyError, TypeError) as error:
            line, field = _place(self.path, content, error)
            self.fault = Fault(self.path, line, field, self.last is not None)
        return self.fault is None


class Derived(Protocol):
    """A function that keeps what it has returned."""

    def cache_clear(self) -> None:
        """Forget it."""


_lock = RLock()
_files: dict[tuple[Path, str], DataFile[Any]] = {}
_derived: list[Derived] = []


def reads(
    path: Path | str, *, may_go: bool = False, as_text: bool = False
) -> Callable[[Callable[[Any], T]], DataFile[T]]:
    """Make a function of a file's content, of a .csv its rows, one of the file in data/.

    may_go: whoever asks looks whether it is there first, and nobody misses it.
    as_text: the function gets the file as it is written.
    """

    def declare(make: Callable[[Any], T]) -> DataFile[T]:
        with _lock:
            key = (DATA / path, f"{make.__module__}.{make.__qualname__}")
            made = DataFile(DATA / path, make, may_go=may_go, as_text=as_text)
            return _files.setdefault(key, made)

    return declare


D = TypeVar("D", bound=Derived)


def derived(function: D) -> D:
    """Have a cached function forget what it has returned whenever a file is read again."""
    _derived.append(function)
    return function


def refresh() -> None:
    """Read again what has been edited; call it once a view, for it looks at every file.

    Problem: data_file_broken, for a file that never could be read and is asked by every page.
    """
    with _lock:
        for key, file in list(_files.items()):
            if file.may_go and not file.path.exists():
                del _files[key]
        files = list(_files.values())
        read_again = [file for file in files if file.refresh()]
        if read_again:
            for function in _derived:
                function.cache_clear()
    for file in files:
        if not file.may_go:
            file()


def faults() -> list[Fault]:
    """Return where the files are wrong that cannot be read as they are now."""
    return sorted({file.fault for file in _files.values() if file.fault}, key=lambda f: f.path)


def coded(content: dict[str, Any], key: str = "code") -> dict[str, dict[str, Any]]:
    """Return the tables of a file, each with its own name in it."""
    for code, entry in content.items():
        if not isinstance(entry, dict):
            raise Wrong(code)
        entry[key] = code
    return content


def _text(content: bytes) -> str:
    return content.decode("utf-8-sig")


def _tables(content: bytes) -> dict[str, Any]:
    found = tomllib.loads(_text(content))
    if not found:
        raise Wrong()
    return found


def _rows(content: bytes) -> list[dict[str, str]]:
    reader = csv.DictReader(io.StringIO(_text(content)), strict=True)
    try:
        rows = list(reader)
    except csv.Error as error:
        raise Wrong(reader.line_num - 2, str(error)) from error
    for number, row in enumerate(rows):
        if None in row:  # more fields than columns
            raise Wrong(number, ",".join(row[None]))
        for column, cell in row.items():
            if cell is None:  # fewer
                raise Wrong(number, column)
    if not rows:
        raise Wrong()
    return rows


def _place(path: Path, content: bytes, error: Exception) -> tuple[int, str]:
    """Return the line where a file is wrong, and the field or what is wrong there."""
    if isinstance(error, UnicodeDecodeError):
        return content.count(b"\n", 0, error.start) + 1, "UTF-8"
    if isinstance(error, tomllib.TOMLDecodeError):
        words, _, where = str(error).partition(" (at ")
        found = re.match(r"line (\d+)", where)
        return int(found[1]) if found else content.count(b"\n") + 1, words
    place: Sequence[str | int] = [str(part) for part in error.args]
    if isinstance(error, Wrong):
        place = error.path
    elif isinstance(error, ValidationError):
        place = error.errors()[0]["loc"]
    line = _line(path, content.decode("utf-8-sig"), place)
    named = place[1:] if path.suffix == ".csv" else place  # there a row has no name but its line
    return line, ".".join(map(str, named))


def _line(path: Path, text: str, place: Sequence[str | int]) -> int:
    """Return the line of an entry, or of the nearest that is around it."""
    if path.suffix == ".csv":
        return int(place[0]) + 2 if place and isinstance(place[0], int) else 1
    best, depth = 1, 0
    above: list[str] = []
    for number, line in enumerate(text.split("\n"), start=1):
        if header := HEADER.match(line):
            here = above = _keys(header[1])
        elif key := KEY.match(line):
            here = [*above, *_keys(key[1])]
        else:
            continue
        if depth < len(here) and here == [str(part) for part in place[: len(here)]]:
            best, depth = number, len(here)
    return best


def _keys(dotted: str) -> list[str]:
    return [key.strip(" \"'") for key in dotted.split(".")]
