"""Where the library lives on disk: generations, and a link to the one being served.

    <store>/library.duckdb -> generations/000012.duckdb
    <store>/lock                               held by whoever writes, and says who that is
    <store>/generations/000012.duckdb          the library, never changed once it is here
    <store>/generations/000012.names.duckdb    names and card numbers of the same generation
    <store>/generations/000012.records.duckdb  the source records behind it
    <store>/generations/000012.json            who made it, when, from which files
    <store>/generations/000012.manifest.json   sizes and hashes of these, rows of each table

A generation is written under another name and moved here whole, and the link is replaced in one
step, so that a reader sees the old library or the new one and never a half. A writer may be killed
between any two steps: what it leaves is told from what was served, and the next writer sweeps it.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from guanqing import disk, generations, locks, own
from guanqing.generations import (
    SIDES,
    Draft,
    Generation,
    about_of,
    is_whole,
    names_of,
    records_of,
)
from guanqing.locks import Holder
from guanqing.own import inventory
from guanqing.paths import DATA
from guanqing.problems import Problem

__all__ = [
    "Draft",
    "Generation",
    "Store",
    "about_of",
    "default_store",
    "is_whole",
    "names_of",
    "records_of",
]

KEPT_GENERATIONS = 5

# A link in a draft to the generation it is about to become. It turns into the link that is served,
# so as long as it is in the draft its generation has never been.
UNSERVED = "unserved"


@dataclass(frozen=True)
class Store:
    """A folder that holds a library."""

    root: Path

    @property
    def link(self) -> Path:
        """Return the path of library.duckdb, a link."""
        return self.root / "library.duckdb"

    @property
    def folder(self) -> Path:
        """Return the folder of the generations."""
        return self.root / "generations"

    def current(self) -> Path:
        """Return the real file being served now; a reader asks once and keeps to it.

        Problem: no_library; link_lost, library_gone or link_dangling where something of one is
        there all the same.
        """
        if not self.link.exists():
            self._require_none_lost()
            raise Problem("no_library", path=self.link)
        return _real(self.link)

    def has_real(self) -> bool:
        """Return whether it may hold what a library recorded: nothing says it is the simulation."""
        # a file that no load of ours has put there may be all that a backup brought back
        is_given = self.link.exists() and _real(self.link).parent != _real(self.folder)
        is_known = is_given or self._is_dangling() or bool(self.lost())
        return is_known or any(kept.is_real for kept in self.generations())

    def _is_dangling(self) -> bool:
        return self.link.is_symlink() and not self.link.exists()

    def lost(self) -> dict[int, Path]:
        """Return the libraries that are gone while their records are there, oldest first."""
        return generations.lost_in(self.folder, _real(self.link))

    def _require_none_lost(self) -> None:
        """Raise where the link leads nowhere although real generations are kept, or records."""
        if not self.link.exists() and (lost := self.lost()):
            raise Problem("library_gone", path=lost[max(lost)])
        real = [] if self.link.exists() else [kept for kept in self.generations() if kept.is_real]
        if real:
            kept = (f"{generation.number} ({generation.made_at:%Y-%m-%d})" for generation in real)
            newest = str(real[0].number)
            raise Problem("link_lost", path=self.link, kept=", ".join(kept), newest=newest)
        if self._is_dangling():
            # nothing of it is here, but somebody was served what it leads to: a disk may be away
            raise Problem("link_dangling", path=self.link, gone=self.link.readlink().name)

    def generations(self) -> list[Generation]:
        """Return the generations that are kept, newest first."""
        served = _real(self.link)
        unserved = self.unserved()
        found = [
            generations.read(number, path, is_current=_real(path) == served)
            for number, path in generations.files_in(self.folder).items()
            if path not in unserved
        ]
        return [generation for generation in reversed(found) if generation]

    def lock_holder(self) -> Holder | None:
        """Return who is writing now, or None."""
        return locks.holder_of(self.root / "lock")

    @contextmanager
    def writing(self, kind: str = "other") -> Iterator[Draft]:
        """Yield a draft to write a generation into, and serve it when the block ends well.

        The block leaves library.duckdb in the draft's folder, closed; it may leave names.duckdb
        and records.duckdb there, and put the account of each source file into `files`. Nobody else
        writes meanwhile. Problem: store_locked, store_not_writable, disk_full, link_lost,
        library_gone, link_dangling.
        """
        with self.locked(kind) as writer:
            if kind not in ("restore", "mend"):  # which are asked for by name
                self._require_none_lost()  # what is built on nothing would replace them
            number = max([*generations.files_in(self.folder), *self.lost()], default=0) + 1
            draft = Draft(self.new_draft(), number, self._served(), self._real(), kind)
            try:
                yield draft
                self._publish(draft, writer)
            except OSError as error:
                if error.errno not in disk.FULL:
                    raise
                raise self._full(draft.folder) from error

    def undo(
        self, to: int | None = None, check: Callable[[Path], object] = lambda library: None
    ) -> Generation:
        """Serve the generation that the current one was made from, or generation `to`.

        Nothing is deleted, so an undo can be undone. `check` may raise for a file that should
        not be served. Problem: no_library, nothing_to_undo, generation_gone, store_locked.
        """
        self._require_some()  # before a folder is made for the lock
        with self.locked("undo"):
            chosen = self.to_go_back_to(to)
            check(chosen.path)
            with self._saying_what_fails():
                link = self.new_draft() / "link"
                link.symlink_to(chosen.path.relative_to(self.root))
                self._serve(link, chosen.number)
            return replace(chosen, is_current=True)

    def _require_some(self) -> None:
        if not os.path.lexists(self.link) and not self.generations():
            raise Problem("no_library", path=self.link)

    def to_go_back_to(self, number: int | None) -> Generation:
        """Return the generation that the current one was made from, or the one of a number.

        Problem: no_library, nothing_to_undo, generation_gone.
        """
        self._require_some()
        kept = {generation.number: generation for generation in self.generations()}
        names = ", ".join(map(str, kept)) or "—"
        if number is None:
            served = self._served()
            chosen = kept.get(served.parent) if served and served.parent else None
            if chosen is None:
                raise Problem("nothing_to_undo", path=self.root, kept=names)
            return chosen
        if number not in kept:
            raise Problem("generation_gone", number=str(number), path=self.root, kept=names)
        return kept[number]

    @contextmanager
    def locked(self, what: str) -> Iterator[Holder]:
        """Keep other writers out for the whole block. Problem: store_locked, store_not_writable."""
        with ExitStack() as held:
            with self._saying_what_fails():
                self.folder.mkdir(parents=True, exist_ok=True)
                holder = held.enter_context(locks.holding(self.root / "lock", what))
                self._sweep()
            try:
                yield holder
            finally:
                self._sweep()

    def _sweep(self) -> None:
        # what killed writers have left, or this one; only the holder of the lock may
        for path in self.unserved():
            generations.remove(path)
        lost = self.lost()  # somebody else took the library away: its records can bring it back
        for path, number in generations.orphans_in(self.folder).items():
            if number not in lost:
                path.unlink(missing_ok=True)
        own.sweep(self.root)
        for draft in self.folder.glob("draft-*"):  # last: a draft says what was never served
            shutil.rmtree(draft, ignore_errors=True)

    def unserved(self) -> set[Path]:
        """Return the libraries that a writer is about to bring, or a killed one was."""
        found = set()
        for draft in self.folder.glob("draft-*"):
            with suppress(OSError):  # most have not come so far; some are another account's
                found.add(self.folder / (draft / UNSERVED).readlink().name)
        return found

    def new_draft(self) -> Path:
        """Make the folder of whoever holds the lock, for us alone; it goes with the lock."""
        draft = self.folder / f"draft-{os.getpid()}"
        with self._saying_what_fails():
            draft.mkdir(mode=0o700)  # names are written here
        return draft

    def _served(self) -> Generation | None:
        return next((found for found in self.generations() if found.is_current), None)

    def _real(self) -> Generation | None:
        """Return the real generation served, or the newest there is behind the simulation."""
        served = self._served()
        if served and served.is_real:
            return served
        return next((kept for kept in self.generations() if kept.is_real), None)

    def _publish(self, draft: Draft, writer: Holder) -> None:
        if unwritten := list(draft.folder.glob("*.wal")):
            raise ValueError(f"not closed, or not checkpointed: {unwritten}")
        generation = self.folder / f"{draft.number:06}.duckdb"
        link = draft.folder / UNSERVED
        link.symlink_to(generation.relative_to(self.root))
        draft.write_about(writer, inventory.beside(self.root), inventory.audit_end(self.root))
        for private in (draft.names, draft.records):
            if private.exists():
                private.chmod(0o600)
        sides = {draft.folder / name: generation.with_suffix(side) for side, name in SIDES.items()}
        moves = {source: target for source, target in sides.items() if source.exists()}
        moves[draft.library] = generation  # last: what belongs to it is there when it comes
        disk.sync(*moves, draft.folder)
        for source, target in moves.items():
            os.replace(source, target)
        disk.sync(self.folder)
        self._serve(link, draft.number)
        self._prune(draft)

    def _serve(self, link: Path, number: int) -> None:
        if self.link.exists() and not self.link.is_symlink():
            # a file that no load of ours has put there: kept, under the number it gives way to
            kept = self.root / f"library-before-{number:06}.duckdb"
            if not (kept.exists() and kept.samefile(self.link)):  # a killed writer came so far
                os.link(self.link, kept)  # no moment without a library
        os.replace(link, self.link)
        disk.sync(self.root)

    def _prune(self, draft: Draft) -> None:
        files = generations.files_in(self.folder)
        kept = {*list(files)[-KEPT_GENERATIONS:], draft.number}
        if draft.parent:  # may be old, after an undo; an undo of this one leads there
            kept.add(draft.parent.number)
        # a load builds on records alone, so the last generation that has them whole stays
        kept.update([number for number in files if is_whole(files[number])][-1:])
        for number in files.keys() - kept:
            generations.remove(files[number])

    @contextmanager
    def _saying_what_fails(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            if error.errno in disk.FULL:
                raise self._full(self.folder / f"draft-{os.getpid()}") from error
            raise Problem("store_not_writable", path=self.root) from error

    def _full(self, draft: Path) -> Problem:
        written = f"{disk.size(draft) / 2**20:.1f}"
        return Problem("disk_full", path=self.root, written=written)


def _real(path: Path) -> Path:
    """Return where links lead, as far as they lead anywhere: a folder may be a link to itself."""
    return Path(os.path.realpath(path))


def default_store() -> Store:
    """Return the store of $GUANQING_STORE, or data/ of this checkout."""
    return Store(Path(os.environ.get("GUANQING_STORE") or DATA).absolute())
