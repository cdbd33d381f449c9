"""Look whether everything of a store is whole, and mend what can be mended without a backup."""

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path

import duckdb

from guanqing import generations, manifest, own, plan, published, records, releases_since, warehouse
from guanqing.access import names_key
from guanqing.intake import sealed_files, upgrading
from guanqing.keeping import beside
from guanqing.keeping.finding import MEND, RESTORE, Finding, of_problem
from guanqing.manifest import Fault
from guanqing.own import about, settings, slips
from guanqing.problems import Problem
from guanqing.store import Generation, Store, about_of, is_whole, names_of, records_of


def findings(store: Store) -> Iterator[Finding]:
    """Yield what is wrong, as it is found. Problem: no_library where there is nothing at all."""
    kept = store.generations()
    served = next((generation for generation in kept if generation.is_current), None)
    try:
        library = store.current()
    except Problem as problem:
        if problem.key == "problem.no_library":
            raise
        undo = f"guanqing undo --to {problem.values.get('newest')}"
        ways = {"problem.library_gone": MEND, "problem.link_lost": undo}
        yield of_problem(problem, ways.get(problem.key, RESTORE))
        library = None
    for generation in kept:
        yield from _files(store, generation)
    if library:
        yield from _gone(store)
    faults = _library_faults(served) if served else []
    if library and not faults:
        yield from _tables(store, served)
        yield from _sums(library)
    elif library and {fault.code for fault in faults} == {"content"}:
        # altered, by a person or a disk: what still opens shows in which figures
        with suppress(duckdb.Error, Problem):
            yield from list(_sums(library))
    yield from beside.journal_findings(store)
    yield from beside.own_findings(store)
    yield from _own(store)
    yield from _slips(store, library)
    yield from beside.released_findings(store)
    yield from beside.layout_findings(store, library)
    yield from _names(store)
    yield from beside.audit_findings(store)


def mend(store: Store) -> list[Finding]:
    """Mend what needs no backup: accounts, lines of the journal, a library whose records are whole.

    The library's own files are taken as they are; what was missed of them is returned.
    Problem: store_locked, store_not_writable, disk_full.
    """
    sealed_files.seal_plain(store)
    beside.mend_journal(store)
    with store.locked("mend"):
        accepted = beside.mend_own(store)
        for generation in store.generations():
            if any(fault.path == about_of(generation.path) for fault in _faults(generation)):
                _mend_account(store, generation)
    served = next((kept for kept in store.generations() if kept.is_current), None)
    if served and _can_be_rebuilt(served):
        upgrading.rebuild(store, served.path)
    elif not store.link.exists() and (lost := store.lost()):
        _mend_gone(store, lost[max(lost)])
    beside.mend_released(store)
    beside.mend_audit(store)
    return accepted


def _mend_gone(store: Store, library: Path) -> None:
    """Make a library that is gone of its records, where these are as they were written."""
    if not manifest.faults(library, [manifest.RECORDS], hashed=[manifest.RECORDS]):
        upgrading.rebuild(store, library)


def _mend_account(store: Store, generation: Generation) -> None:
    found = manifest.read(generation.path)
    if found and found.account:
        draft = store.new_draft() / "about.json"
        generations.write_account(draft, found.account)
        try:
            os.replace(draft, about_of(generation.path))
        except OSError as error:  # something else stands there
            raise Problem("store_not_writable", path=about_of(generation.path)) from error


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
    if _is_unlisted(generation.path):
        values = {"number": str(generation.number), "path": str(manifest.of(generation.path))}
        yield Finding("verify.unlisted", values, "")
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


def _gone(store: Store) -> Iterator[Finding]:
    """Yield earlier generations of which the library itself is gone: a write sweeps their rest."""
    coming = store.unserved()  # what belongs to a library comes before it
    for number in sorted(set(generations.orphans_in(store.folder).values())):
        path = store.folder / f"{number:06}.duckdb"
        if path not in coming:
            yield Finding("verify.earlier_gone", {"number": str(number), "path": str(path)}, "")


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
        yield of_problem(problem, "guanqing serve" if "schema" in problem.key else command)


def _names(store: Store) -> Iterator[Finding]:
    """Yield what lies open, and what cannot be opened."""
    private = sealed_files.private_files(store)
    for path in filter(sealed_files.is_plain, private):
        yield Finding("verify.names_plain", {"path": str(path)}, MEND)
    if not any(map(sealed_files.has_sealed, private)):
        return
    try:
        keys = names_key.read()
    except Problem as problem:
        yield of_problem(problem, "")
        return
    for path in private:
        if sealed_files.has_unopened(path, keys):
            values = {"path": str(path), "names_key": str(names_key.path())}
            yield Finding("verify.names_locked", values, "")


def _sums(library: Path) -> Iterator[Finding]:
    """Yield what does not add up: a roll-up and its events, a printed figure and the records."""
    try:
        connection = warehouse.connect(library)
    except Problem:
        return  # said with the tables
    with connection:
        for row in warehouse.run(connection, "rollups_checked").to_dicts():
            if row["verdict"] == "different":
                values = {
                    "found": f"{row['rollup_count']:,}",
                    "right": f"{row['event_count']:,}",
                    "count": str(row["difference_count"]),
                }
                yield Finding("verify.rollup", values, "", f"rollup.{row['rollup_code']}")
        for row in warehouse.run(connection, "reconciliation", figures=None).to_dicts():
            if row["verdict"] == "different":
                values = {
                    "found": _number(row["computed_value"]),
                    "right": _number(row["published_value"]),
                    "subject": row["subject"] or "",
                }
                about = f"published.{row['figure_code']}"
                yield Finding("verify.printed", values, "", about, is_damage=False)
        with suppress(Problem):  # that what was released is lost is said with what lies beside
            for one in releases_since.changed(connection):
                yield Finding(f"released.changed_{one.query}", one.words, "", is_damage=False)


def _number(value: float) -> str:
    return f"{value:,.4f}".rstrip("0").rstrip(".")


def _own(store: Store) -> Iterator[Finding]:
    """Yield the files of the library's own that nobody can read."""
    its = own.of_store(store.root, is_simulated=False)
    looks: list[Callable[[], object]] = [partial(about.read, its), partial(settings.current, its)]
    looks += [partial(records.reasons, its), partial(records.own_names, its)]
    looks += [partial(plan.load, year, its.targets) for year in plan.years(its.targets)]
    years = published.years(its.published)
    looks += [partial(published.figures, year, its.published) for year in years]
    for look in looks:
        try:
            look()
        except Problem as problem:
            yield of_problem(problem, "")


def _slips(store: Store, library: Path | None) -> Iterator[Finding]:
    """Yield what means nothing in the library's own files."""
    branches: list[str] = []
    with suppress(duckdb.Error, Problem):
        if library:
            with warehouse.connect(library) as connection:
                branches = warehouse.run(connection, "branch_names")["branch_code"].to_list()
    for slip in slips.slips(own.of_store(store.root, is_simulated=False), branches):
        yield Finding(slip.key, slip.words, "", is_damage=False)


def _is_unlisted(library: Path) -> bool:
    """Return whether a manifest is gone: every program that writes our schema writes one."""
    is_ours = warehouse.schema_version(library) == warehouse.SCHEMA_VERSION
    return is_ours and not manifest.of(library).exists()
