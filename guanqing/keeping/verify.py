"""Look whether everything of a store is whole, and mend what can be mended without a backup."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from guanqing import generations, manifest, warehouse
from guanqing.intake import upgrading
from guanqing.manifest import Fault
from guanqing.problems import Problem
from guanqing.registers import journal
from guanqing.store import Generation, Store, about_of, is_whole, names_of, records_of

MEND = "guanqing verify --mend"
RESTORE = "guanqing restore FILE --replace"


@dataclass(frozen=True)
class Finding:
    """Something wrong: a key of the texts in group `verify`, or a problem's, and its values."""

    key: str
    values: dict[str, str]
    command: str  # what mends it; empty where nothing needs to be done


def findings(store: Store) -> Iterator[Finding]:
    """Yield what is wrong, as it is found. Problem: no_library where there is nothing at all."""
    kept = store.generations()
    served = next((generation for generation in kept if generation.is_current), None)
    try:
        library = store.current()
    except Problem as problem:
        if problem.key != "problem.link_lost":
            raise
        yield _of_problem(problem, f"guanqing undo --to {problem.values['newest']}")
        library = None
    for generation in kept:
        yield from _files(store, generation)
    if library and not (served and _library_faults(served)):
        yield from _tables(store, served)
    yield from _journal(store)


def mend(store: Store) -> None:
    """Mend what needs no backup: accounts, lines of the journal, a library whose records are whole.

    Problem: store_locked, store_not_writable, disk_full.
    """
    if _journal_path(store).exists():
        journal.set_aside_broken(_journal_path(store))
    with store.locked("mend"):
        for generation in store.generations():
            if any(fault.path == about_of(generation.path) for fault in _faults(generation)):
                _mend_account(store, generation)
    served = next((kept for kept in store.generations() if kept.is_current), None)
    if served and _can_be_rebuilt(served):
        upgrading.rebuild(store)


def _mend_account(store: Store, generation: Generation) -> None:
    found = manifest.read(generation.path)
    if found and found.account:
        draft = store.new_draft() / "about.json"
        generations.write_account(draft, found.account)
        os.replace(draft, about_of(generation.path))


def _faults(generation: Generation) -> list[Fault]:
    return manifest.faults(generation.path, hashed=manifest.FILES)


def _library_faults(generation: Generation) -> list[Fault]:
    """Return what is wrong with the files that a library can be made of anew."""
    derived = [manifest.LIBRARY, manifest.NAMES]
    return manifest.faults(generation.path, derived, hashed=derived)


def _can_be_rebuilt(generation: Generation) -> bool:
    records = [manifest.RECORDS]
    return (
        records_of(generation.path).exists()
        and bool(_library_faults(generation))
        and not manifest.faults(generation.path, records, hashed=records)
    )


def _files(store: Store, generation: Generation) -> Iterator[Finding]:
    if not generation.path.exists():
        return  # a load has taken it off the disk meanwhile
    for fault in _faults(generation):
        key, command = f"verify.{fault.code}", RESTORE
        if fault.path == about_of(generation.path):
            command = MEND
        elif generation.is_current:
            command = _way_out(store, generation)
        elif fault.code != "unreadable":
            key, command = "verify.earlier", ""
        values = {"number": str(generation.number), "path": str(fault.path)}
        yield Finding(key, values, command)


def _way_out(store: Store, served: Generation) -> str:
    """Return the command that mends the library served."""
    if _can_be_rebuilt(served):
        return MEND
    others = (kept for kept in store.generations() if not kept.is_current and is_whole(kept.path))
    newest = next(others, None)
    return f"guanqing undo --to {newest.number}" if newest else RESTORE


def _tables(store: Store, served: Generation | None) -> Iterator[Finding]:
    """Yield what cannot be read of the library served, or has not the rows it was made with."""
    library = store.current()
    command = _way_out(store, served) if served else RESTORE
    try:
        warehouse.connect(library).close()
        told = manifest.read(library)
        with warehouse.reading(library) as connection:
            for table, found in warehouse.count_rows(connection).items():
                right = told.row_counts.get(table, found) if told else found
                if found != right:
                    rows = {"table": table, "found": f"{found:,}", "right": f"{right:,}"}
                    yield Finding("verify.rows", rows, command)
        for path in (records_of(library), names_of(library)):
            if path.exists():
                with warehouse.reading(path) as connection:
                    warehouse.count_rows(connection)
    except Problem as problem:
        yield _of_problem(problem, "guanqing serve" if "schema" in problem.key else command)


def _journal(store: Store) -> Iterator[Finding]:
    path = _journal_path(store)
    try:
        for line in journal.broken_lines(path):
            yield Finding("verify.journal", {"path": str(path), "line": str(line)}, MEND)
    except Problem as problem:
        yield _of_problem(problem, RESTORE)


def _journal_path(store: Store) -> Path:
    return journal.path_of(store.folder / "library.duckdb")


def _of_problem(problem: Problem, command: str) -> Finding:
    values = {name: str(value) for name, value in problem.values.items()}
    return Finding(problem.key, values, command)
