"""What belongs to a store and to no generation: the journal, layouts of its own, and the audit."""

from collections.abc import Iterator
from pathlib import Path

from guanqing import heads, manifest, own, warehouse
from guanqing.access import audit
from guanqing.intake import layouts, loading
from guanqing.keeping.archive import RELEASED
from guanqing.keeping.finding import MEND, RESTORE, Finding, of_problem
from guanqing.own import inventory
from guanqing.problems import Problem
from guanqing.registers import journal
from guanqing.store import Store, records_of


def journal_findings(store: Store) -> Iterator[Finding]:
    """Yield lines that cannot be read, and that lines are missing."""
    path = _journal(store)
    values = {"path": str(path), "head": str(heads.of(path))}
    try:
        for line in journal.broken_lines(path):
            yield Finding("verify.journal", {"path": str(path), "line": str(line)}, MEND)
        if journal.is_cut(path):
            yield Finding("problem.journal_cut", values, RESTORE)
        elif heads.is_headless(path):
            yield Finding("verify.headless", values, MEND)
    except Problem as problem:
        yield of_problem(problem, RESTORE)


def mend_journal(store: Store) -> None:
    """Set aside lines that cannot be read, and write a head that is missing.

    Problem: store_locked, store_not_writable, disk_full.
    """
    path = _journal(store)
    if path.exists():
        journal.set_aside_broken(path)
    if heads.is_headless(path) or manifest.is_lost(path):
        heads.accept(path)


def released_findings(store: Store) -> Iterator[Finding]:
    """Yield that what was released before is no longer known."""
    path = store.root / RELEASED
    values = {"path": str(path), "head": str(heads.of(path))}
    try:
        if not heads.is_as_written(path) or manifest.is_lost(path):
            yield Finding("problem.released_lost", values, RESTORE)
        elif heads.is_headless(path):
            yield Finding("verify.headless", values, MEND)
    except Problem as problem:
        yield of_problem(problem, "")


def mend_released(store: Store) -> None:
    """Write the head of what was released where it is missing."""
    path = store.root / RELEASED
    if (path.exists() and heads.is_headless(path)) or manifest.is_lost(path):
        heads.accept(path)


def own_findings(store: Store) -> Iterator[Finding]:
    """Yield the library's own files that are gone, blank or altered; take note of the others."""
    if inventory.is_headless(store.root):
        values = {"path": str(store.root / own.REAL_NAME), "head": str(inventory.of(store.root))}
        yield Finding("verify.headless", values, MEND)
        return
    for one in inventory.missed(store.root):
        yield Finding(f"verify.own_{one.code}", {"path": str(one.path)}, RESTORE)
    inventory.note(store.root)


def mend_own(store: Store) -> list[Finding]:
    """Take the library's own files as they are; return what was missed.

    Problem: store_not_writable.
    """
    try:
        found = inventory.accept(store.root)
    except OSError as error:
        raise Problem("store_not_writable", path=store.root) from error
    return [
        Finding(f"verify.own_{one.code}", {"path": str(one.path)}, "", is_damage=False)
        for one in found
    ]


def layout_findings(store: Store, library: Path | None) -> Iterator[Finding]:
    """Yield layouts that cannot be read, and those that a load has used and that are gone."""
    ours = loading.own_layouts(store)
    for path in sorted(ours.glob("*.toml")):
        try:
            layouts.read(path.stem, ours)
        except Problem as problem:
            said = str(problem.values.get("entry", ""))
            yield Finding("verify.layout", {"path": str(path), "entry": said}, RESTORE)
    known = layouts.names(ours)
    for name in _used(library):
        if name not in known:
            values = {"path": str(ours / f"{name}.toml"), "layout": name}
            yield Finding("verify.layout_gone", values, RESTORE)


def _used(library: Path | None) -> list[str]:
    if library is None or not records_of(library).exists():
        return []
    try:
        with warehouse.reading(records_of(library)) as connection:
            rows = connection.execute("select distinct layout from file_accounts order by layout")
            return [name for (name,) in rows.fetchall() if name]
    except Problem:  # said with the tables
        return []


def audit_findings(store: Store) -> Iterator[Finding]:
    """Yield what the chain of the audit does not bear."""
    try:
        audit.verify(audit.path_of(store.root))
    except Problem as problem:
        yield of_problem(problem, MEND if problem.key == "problem.audit_headless" else "")


def mend_audit(store: Store) -> None:
    """Write the head of the audit where it is missing. Problem: store_not_writable."""
    try:
        audit.mend_head(audit.path_of(store.root))
    except Problem as problem:  # lines that were altered or are missing stay said
        if problem.key == "problem.store_not_writable":
            raise


def _journal(store: Store) -> Path:
    return journal.path_of(store.folder / "any")
