"""Where the library lives on disk: generations, and a link to the one being served.

    <store>/library.duckdb -> generations/000012.duckdb
    <store>/generations/000012.duckdb        the library, never changed once it is here
    <store>/generations/000012.names.duckdb  names and card numbers of the same generation

A generation is written under another name and moved here whole, and the link is replaced in one
step, so that a reader sees the old library or the new one and never a half.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from guanqing.paths import DATA
from guanqing.problems import Problem

KEPT_GENERATIONS = 5


@dataclass(frozen=True)
class Store:
    """A folder that holds a library."""

    root: Path

    @property
    def link(self) -> Path:
        """Return the path of library.duckdb, a link."""
        return self.root / "library.duckdb"

    def current(self) -> Path:
        """Return the real file being served now; a reader asks once and keeps to it."""
        if not self.link.exists():
            raise Problem("no_library", path=self.link)
        return self.link.resolve()

    @contextmanager
    def writing(self) -> Iterator[Path]:
        """Yield a new folder to write a generation into, and serve it when the block ends well.

        The block leaves library.duckdb and, if it has names, names.duckdb in the folder.
        """
        generations = self.root / "generations"
        draft = generations / f"draft-{os.getpid()}"
        try:
            draft.mkdir(parents=True)
        except OSError as error:
            raise Problem("store_not_writable", path=self.root) from error
        try:
            yield draft
            self._publish(draft)
        finally:
            shutil.rmtree(draft, ignore_errors=True)

    def _publish(self, draft: Path) -> None:
        generations = draft.parent
        number = max((int(path.stem) for path in self._numbered()), default=0) + 1
        generation = generations / f"{number:06}.duckdb"
        names = draft / "names.duckdb"
        if names.exists():
            os.replace(names, names_of(generation))
        os.replace(draft / "library.duckdb", generation)
        if self.link.exists() and not self.link.is_symlink():
            # a file that no load of ours has put there: kept, under the number it gives way to
            os.replace(self.link, self.root / f"library-before-{number:06}.duckdb")
        new_link = draft / "link"
        new_link.symlink_to(generation.relative_to(self.root))
        os.replace(new_link, self.link)
        for old in self._numbered()[:-KEPT_GENERATIONS]:
            old.unlink()
            names_of(old).unlink(missing_ok=True)

    def _numbered(self) -> list[Path]:
        return sorted((self.root / "generations").glob("[0-9]*[0-9].duckdb"))


def names_of(generation: Path) -> Path:
    """Return the path of the names file that belongs to a generation, whether it exists or not."""
    return generation.with_suffix(".names.duckdb")


def default_store() -> Store:
    """Return the store of $GUANQING_STORE, or data/ of this checkout."""
    return Store(Path(os.environ.get("GUANQING_STORE") or DATA))
