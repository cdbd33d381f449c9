"""What a library says of itself: one folder, its own, chosen by the store.

    <store>/library/            of the library whose records the store holds
    <store>/simulation/         of the simulated library, once somebody has changed its plan
    data/libraries/jinzhong/    of the simulated library as it comes

In each of them, and each may be missing:

    library.toml            its name, main branch and clock
    settings.toml           what no export says, the population first of all
    targets/<year>.toml     what it has promised for a year
    published/<year>.toml   what it has printed about a year
    cancel_reasons.csv      why readers give their cards back
    codes.csv               what it calls a kind of event and other things of data/codes.csv

A real library that says nothing has nothing: no plan, nothing printed, and never another's.
"""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import get_ident

from guanqing.paths import DATA

SIMULATED = DATA / "libraries" / "jinzhong"  # whose report the simulation adds up to
REAL_NAME, SIMULATED_NAME = "library", "simulation"  # of the folders in a store


@dataclass(frozen=True)
class Own:
    """The folder of a library, and where in it what stands; any of it may be missing."""

    folder: Path

    @property
    def about(self) -> Path:
        """Return the file with its name, main branch and clock."""
        return self.folder / "library.toml"

    @property
    def settings(self) -> Path:
        """Return the file of what no export says."""
        return self.folder / "settings.toml"

    @property
    def targets(self) -> Path:
        """Return the folder of its plans, one file a year."""
        return self.folder / "targets"

    @property
    def published(self) -> Path:
        """Return the folder of what it has printed, one file a year."""
        return self.folder / "published"

    @property
    def reasons(self) -> Path:
        """Return the file of its reasons of cancellation."""
        return self.folder / "cancel_reasons.csv"

    @property
    def codes(self) -> Path:
        """Return the file of its own names of codes."""
        return self.folder / "codes.csv"

    def files(self) -> Iterator[Path]:
        """Yield what is there of it."""
        for path in (self.about, self.settings, self.reasons, self.codes):
            if path.is_file():
                yield path
        for folder in (self.targets, self.published):
            yield from sorted(folder.glob("*.toml"))


NOBODYS = Own(DATA / "libraries" / "nobody")  # of which nothing is ever there


def of(library: Path, *, is_simulated: bool) -> Own:
    """Return what the library of a file says of itself: a generation's is that of its store."""
    return of_store(store_of(library), is_simulated=is_simulated)


def of_store(root: Path, *, is_simulated: bool) -> Own:
    """Return what the library of a store says of itself, real or simulated."""
    root = root.absolute()  # what is relative is looked for in data/ by those who read its files
    if not is_simulated:
        return Own(root / REAL_NAME)
    changed = root / SIMULATED_NAME
    return Own(changed if changed.exists() else SIMULATED)


def to_change(library: Path, *, is_simulated: bool) -> Own:
    """Return the same to be written to: the checkout's own files are never changed.

    The simulated library gets a folder in the store first, which begins as what it comes with.
    """
    root = store_of(library)
    if is_simulated and not (root / SIMULATED_NAME).exists():
        with drafted(root, SIMULATED_NAME) as draft:
            shutil.copytree(SIMULATED, draft, dirs_exist_ok=True)
            try:
                draft.rename(root / SIMULATED_NAME)
            except OSError:  # somebody else was quicker
                if not (root / SIMULATED_NAME).exists():
                    raise
    return of_store(root, is_simulated=is_simulated)


@contextmanager
def drafted(root: Path, name: str) -> Iterator[Path]:
    """Yield an empty folder in which one of a store is made; what is not renamed goes."""
    draft = root / f".{name}-{os.getpid()}-{get_ident()}"
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    # the kernel drops the lock with the process, so what a killed one left is told from this
    descriptor = os.open(draft, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield draft
    finally:
        os.close(descriptor)
        shutil.rmtree(draft, ignore_errors=True)


def sweep(root: Path) -> None:
    """Take away the drafts of these folders that killed writers have left."""
    for name in (REAL_NAME, SIMULATED_NAME):
        for draft in root.glob(f".{name}-[0-9]*"):
            with suppress(OSError):  # somebody is at it, or it is another account's
                descriptor = os.open(draft, os.O_RDONLY)
                try:
                    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    shutil.rmtree(draft, ignore_errors=True)
                finally:
                    os.close(descriptor)


def store_of(library: Path) -> Path:
    """Return the folder of the store that a library file belongs to."""
    return library.parent.parent if library.parent.name == "generations" else library.parent


def files_near(library: Path) -> list[Path]:
    """Return every file that may say something of a library, whichever it is."""
    return [
        path
        for is_simulated in (False, True)
        for path in of(library, is_simulated=is_simulated).files()
    ]
