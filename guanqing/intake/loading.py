"""Load a library's export: source files of a layout -> a new generation of the library.

Everything that any file ever said is kept as records, one a key, beside the library; a load adds to
them and makes the library anew from all of them. So it cannot matter in which order files come.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import duckdb
import polars as pl

from guanqing import disk, locks, manifest, own
from guanqing.intake import accounts, layouts, merging, sealed_files, sealing, upgrading
from guanqing.intake.accounts import LoadReport, ledger
from guanqing.intake.decoding import Text, texts
from guanqing.intake.layouts import Layout
from guanqing.intake.merging import carrying, code_meanings
from guanqing.intake.publishing import guarding, resolving
from guanqing.intake.publishing.build import Library, building
from guanqing.intake.reading import staging, values
from guanqing.intake.reading.source_matching import Opened, open_texts
from guanqing.intake.validation import rules
from guanqing.own import inventory, settings
from guanqing.problems import Problem
from guanqing.records import kinds
from guanqing.store import Store, records_of

Report = Callable[[str], None]


class _NothingNew(Exception):
    """End a load that would serve what is served already."""

    def __init__(self, report: LoadReport) -> None:
        self.report = report


def load(
    paths: Sequence[Path],
    layout: str | Layout,
    store: Store,
    report: Report = lambda step: None,
    *,
    encoding: str | None = None,
    may_shrink: bool = False,
) -> LoadReport:
    """Read files, folders or archives with a layout and serve what they add as a new generation.

    Whatever a person can mend (a path, a file, a layout) raises Problem; whenever anything
    raises, the library served stays the one it was. A load that brings nothing new makes no
    generation. One that leaves far fewer rows than there were is refused unless it may shrink.
    """
    its = own.of_store(store.root, is_simulated=False)
    chosen = layouts.read(layout, own_layouts(store)) if isinstance(layout, str) else layout
    chosen = replace(chosen, its=its)
    facts = settings.read(its.settings)
    if store.link.exists():
        sealed_files.seal_plain(store)
        upgrading.upgrade(store)
    try:
        with building(store, report, kind="load", may_shrink=may_shrink) as library:
            guarding.require_whole(store)
            scratch = library.draft.folder / "scratch"
            scratch.mkdir()
            found = texts(paths, scratch, encoding=encoding or chosen.encoding or None)
            opened, skipped = _open(found, chosen)
            if any("reader_name" in source.places for source in opened):
                library.require_key()
            load_report = _load(library, opened, chosen, store, report)
            load_report = replace(load_report, skipped=skipped)
            if load_report.load_number is None:
                raise _NothingNew(load_report)
            library.account_for(load_report.as_dict()["files"])
            _fill(library, chosen, facts, report)
        inventory.note(store.root)
    except _NothingNew as nothing:
        inventory.note(store.root)
        return nothing.report
    return load_report


def own_layouts(store: Store) -> Path:
    """Return the folder of the layouts that a library has saved for itself."""
    return store.root / "layouts"


def _open(found: list[Text], layout: Layout) -> tuple[list[Opened], tuple[str, ...]]:
    """Return what the layout knows, code tables first, and the names of what it does not."""
    opened, skipped = open_texts(found, layout)
    if not opened:
        raise Problem(
            "no_known_file",
            files=", ".join(text.name for text in found[:5]),
            header=found[0].first_lines[0][:200] if found[0].first_lines else "",
            layout=layout.name,
        )
    return opened, skipped


def _load(
    library: Library, opened: list[Opened], layout: Layout, store: Store, report: Report
) -> LoadReport:
    connection = library.connection
    read = {source.source.kind.code for source in opened}
    carrying.prepare(library, read | {"log"})
    for macro in values.macros(layout, resolving.facts_of(layout)["zone"]):
        connection.execute(macro)
    if _attach_old_records(connection, store):
        carrying.bring_accounts(library)
    carrying.bring_in(library, kinds()["code_names"])
    line_counts = []
    for number, source in enumerate(opened):
        report(source.text.name)
        line_counts.append(_stage(connection, source, number, layout, library.draft.folder))
    report("merge")
    changed, redated = _merge(library, layout, read)
    # worth a generation even alone: what explains them may be loaded later
    changed += code_meanings.refuse_unmapped_kinds(connection)
    for number, source in enumerate(opened):
        staging.find_again(connection, source, number, library.draft.folder)
    resolving.note_layout(connection, layout)
    resolving.prepare(connection)
    for code in read:
        code_meanings.note_unknown_branches(connection, kinds()[code])
    load_report = accounts.draw_up(connection, opened, line_counts, layout.name, library.keys)
    if not changed and not load_report.total("loaded") + load_report.total("repaired"):
        if redated:
            _keep_dates(library, read)
        return load_report
    for code in read:
        rules.keep_repaired(connection, kinds()[code])
    number = library.draft.number
    loaded_at = datetime.now().replace(microsecond=0)
    loaded_by = locks.this_process("load").who
    text_kept = library.has_key  # of lines; nobody could open it
    ledger.keep(connection, load_report, opened, number, loaded_at, loaded_by, text_kept=text_kept)
    for code in read | {"log"}:
        merging.finish(connection, kinds()[code])
    return replace(load_report, load_number=number)


def _merge(library: Library, layout: Layout, read: set[str]) -> tuple[int, int]:
    """Bring in what was known beside what was read; return how many changed, and got a date."""
    connection = library.connection
    changed = redated = 0
    for kind in kinds().values():
        if kind.code != "code_names":  # which are there already, to read the others by
            carrying.bring_in(library, kind)
        if kind.code == "readers" and "readers" in read:
            changed += sealing.replace_lost(connection, library.keys)
        if kind.code == "log":
            changed += code_meanings.explain_kinds(connection, layout)
        if kind.code in read or kind.code == "log":
            found = merging.merge(connection, kind)
            # the library itself says of a register's rows since when they stand
            changed += found if kind.is_register else 0
            redated += 0 if kind.is_register else found
    return changed, redated


def _keep_dates(library: Library, read: set[str]) -> None:
    """Put the records, some of which have a later date, beside the library that stays served.

    It is the same library, so it is no new generation; but which of two statements holds may one
    day depend on the dates.
    """
    connection, draft = library.connection, library.draft
    for code in read | {"log"}:
        merging.finish(connection, kinds()[code])
    connection.execute("checkpoint records")
    connection.execute("detach old")
    connection.execute("detach records")
    if draft.parent:
        draft.records.chmod(0o600)
        disk.sync(draft.records)
        manifest.replace_file(draft.parent.path, manifest.RECORDS, draft.records)


def _attach_old_records(connection: duckdb.DuckDBPyConnection, store: Store) -> bool:
    """Attach the records of the library served as `old`; False where nothing was loaded into it.

    Problem: records_lost, rather than take a library that was loaded for an empty one.
    """
    if not store.link.exists():
        return False
    library = store.current()
    records = records_of(library)
    try:
        if records.exists():
            carrying.attach(connection, records)
            return True
        connection.execute(f"attach {values.sql(str(library))} as served (read_only)")
        ((was_loaded,),) = connection.execute("select exists (from served.loads)").fetchall()
        connection.execute("detach served")
    except (duckdb.Error, OSError):
        was_loaded = True  # or nobody can tell
    if was_loaded:
        raise Problem("records_lost", path=records, whole=guarding.whole_others(store))
    return False


def _stage(
    connection: duckdb.DuckDBPyConnection,
    source: Opened,
    number: int,
    layout: Layout,
    scratch: Path,
) -> int:
    """Stage a text, move what cannot be kept out of the way, and return the number of its lines."""
    table = f"records.{source.source.kind.code}"
    source = replace(source, source=code_meanings.explained(connection, source.source))
    line_count = staging.stage(connection, source, number, layout, scratch)
    connection.execute(
        f"insert into left_out by name select file_number, line_number, fault_rule as rule_code, "
        f"fault_field as field, fault_value as value, line from {table} "
        f"where fault_rule is not null"
    )
    connection.execute(
        f"insert into unmapped select file_number, code.field, code.value, count(*) from "
        f"(select file_number, unnest(unmapped) as code from {table} "
        f"where file_number = $number and fault_rule is null and unmapped is not null) "
        f"group by all",
        {"number": number},
    )
    connection.execute(f"delete from {table} where fault_rule is not null")
    return line_count


def _fill(library: Library, layout: Layout, facts: pl.DataFrame, report: Report) -> None:
    connection = library.connection
    library.put("settings", facts)
    resolving.resolve(connection, report)
    connection.execute(ledger.TO_LIBRARY)
    ((name_zh, name_en),) = connection.execute("select name_zh, name_en from frame").fetchall()
    library.describe(name_zh=name_zh, name_en=name_en, is_simulated=False, layout=layout.name)
