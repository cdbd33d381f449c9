"""The text files of data/: read once, read again when somebody has edited one.

A module declares what it makes of a file with `reads` and calls the function without an argument.
What is edited while the server runs holds from the next view on (`refresh`); a file that cannot be
read then leaves in place what it said before, and `faults` says where it is wrong.
"""

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import update_wrapper
from pathlib import Path
from threading import RLock
from types import SimpleNamespace
from typing import Annotated, Any, Generic, Protocol, TypeVar

from pydantic import AfterValidator, ConfigDict

from guanqing import parsing
from guanqing.parsing import Said, Wrong
from guanqing.paths import DATA, from_root
from guanqing.problems import Problem

STRICT = ConfigDict(extra="forbid")  # of a dataclass that is read from a file


def _in_both(words: dict[str, str]) -> dict[str, str]:
    if words.keys() != {"zh", "en"}:
        raise ValueError("zh, en")
    return words


Words = Annotated[dict[str, str], AfterValidator(_in_both)]


T = TypeVar("T")


@dataclass(frozen=True)
class Fault:
    """Where a file is wrong: its line, and the field or what the parser says of the line."""

    path: Path
    line: int
    field: str
    is_kept: bool = False  # what the file said before stays in use
    wanted: Said | None = dataclasses.field(default=None, compare=False)  # what may stand there

    @property
    def key(self) -> str:
        """Return the text that says so."""
        return "app.data_fault" if self.is_kept else "problem.data_file_broken"

    @property
    def words(self) -> dict[str, str]:
        """Return the values of a sentence about it."""
        return {"path": str(from_root(self.path)), "line": str(self.line), "field": self.field}


class DataFile(Generic[T]):
    """A file, and what a module makes of it: call it for what it says now."""

    def __init__(
        self, path: Path, make: Callable[[Any], T], *, may_go: bool, needed: bool, as_text: bool
    ) -> None:
        self.path = path
        self.may_go = may_go
        self.needed = needed and not may_go
        self._parse = (
            parsing.text if as_text else parsing.rows if path.suffix == ".csv" else parsing.tables
        )
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

    def refresh(self, *, anew: bool = False) -> bool:
        """Read the file if it is another than it was; return whether it says something new."""
        try:
            about = self.path.stat()
            version = (about.st_mtime_ns, about.st_size)
            if version == self._version and not anew:
                return False
            self._version = version
            content = self.path.read_bytes()
        except OSError as error:
            self._version = None
            self.fault = Fault(self.path, 1, error.strerror or "", self.last is not None)
            return False
        try:
            self.last, self.fault = self._make(self._parse(content)), None
        except Problem:  # of another file that this one is held against, never readable so far
            self._version = None
            raise
        except (ValueError, KeyError, TypeError) as error:
            line, name = parsing.place(self.path, content, error)
            wanted = error.wanted if isinstance(error, Wrong) else None
            self.fault = Fault(self.path, line, name, self.last is not None, wanted)
        return self.fault is None


class Derived(Protocol):
    """A function that keeps what it has returned."""

    def cache_clear(self) -> None:
        """Forget it."""


_lock = RLock()
_said = SimpleNamespace(readings=0)
_files: dict[tuple[Path, str], DataFile[Any]] = {}
_derived: list[Derived] = []


def reads(
    path: Path | str, *, may_go: bool = False, needed: bool = True, as_text: bool = False
) -> Callable[[Callable[[Any], T]], DataFile[T]]:
    """Make a function of a file's content, of a .csv its rows, one of the file in data/.

    may_go: whoever asks looks whether it is there first, and nobody misses it.
    needed: no page can be shown before it could be read once.
    as_text: the function gets the file as it is written.
    """

    def declare(make: Callable[[Any], T]) -> DataFile[T]:
        with _lock:
            key = (DATA / path, f"{make.__module__}.{make.__qualname__}")
            made = DataFile(DATA / path, make, may_go=may_go, needed=needed, as_text=as_text)
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
            for file in files:
                if file.fault:  # it may have been wrong beside what another said before
                    file.refresh(anew=True)
            for function in _derived:
                function.cache_clear()
            _said.readings += 1  # at last: what is made now may be kept for this number
    for file in files:
        if file.needed:
            file()


def readings() -> int:
    """Return how often something new was read: what was made of the files then is as they are."""
    return int(_said.readings)


def faults() -> list[Fault]:
    """Return where the files are wrong that cannot be read as they are now."""
    with _lock:
        found = {file.fault for file in _files.values() if file.fault}
    return sorted(found, key=lambda fault: fault.path)


def coded(content: dict[str, Any], key: str = "code", *above: str) -> dict[str, dict[str, Any]]:
    """Return the tables of a file, or those below the keys above, each with its own name in it."""
    for code, entry in content.items():
        if not isinstance(entry, dict):
            raise Wrong(*above, code)
        entry[key] = code
    return content


def require(found: Mapping[str, object], before: Mapping[str, object] | None) -> None:
    """Raise unless every entry that was in a file still is: the program goes on asking for it."""
    for code in before or {}:
        if code not in found:
            raise Wrong(code)
