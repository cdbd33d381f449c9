"""Load a library's export: source files of a layout -> a new generation of the library.

Everything that any file ever said is kept as records, one a key, beside the library; a load adds to
them and makes the library anew from all of them. So it cannot matter in which order files come.
"""

import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import duckdb
import polars as pl

from guanqing import disk, locks
from guanqing.intake import accounts, layouts, merging
from guanqing.intake.accounts import LoadReport, ledger
from guanqing.intake.decoding import Text, texts
from guanqing.intake.layouts import Layout
from guanqing.intake.merging import code_meanings
from guanqing.intake.publishing import resolving, settings
from guanqing.intake.publishing.build import Library, building
from guanqing.intake.reading import staging, values
from guanqing.intake.reading.source_matching import Opened, open_texts
from guanqing.intake.validation import rules
from guanqing.paths import DATA
from guanqing.problems import Problem
from guanqing.records import kinds
from guanqing.store import Store, records_of
from guanqing.text import NOTHING

SETTINGS = DATA / "settings.toml"
MEMORY_LIMIT = "1200MB"  # the engine goes to disk beyond it, whatever the size of a file
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
) -> LoadReport:
    """Read files, folders or archives with a layout and serve what they add as a new generation.

    Whatever a person can mend (a path, a file, a layout) raises Problem; whenever anything
    raises, the library served stays the one it was. A load that brings nothing new makes no
    generation.
    """
    chosen = layouts.read(layout, own_layouts(store)) if isinstance(layout, str) else layout
    facts = settings.read(SETTINGS)
    try:
        with building(store, report, kind="load") as library:
            scratch = library.draft.folder / "scratch"
            scratch.mkdir()
            found = texts(paths, scratch, encoding=encoding or chosen.encoding or None)
            opened, skipped = _open(found, chosen)
            load_report = _load(library, opened, chosen, store, report)
            load_report = replace(load_report, skipped=skipped)
            if load_report.load_number is None:
                raise _NothingNew(load_report)
            library.account_for(load_report.as_dict()["files"])
            _fill(library, chosen, facts, report)
    except _NothingNew as nothing:
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
    _prepare(library, layout, store, read)
    merging.bring_in(connection, kinds()["code_names"])
    changed = redated = 0
    line_counts = []
    for number, source in enumerate(opened):
        report(source.text.name)
        line_counts.append(_stage(connection, source, number, layout, library.draft.folder))
    report("merge")
    for kind in kinds().values():
        if kind.code != "code_names":  # which are there already, to read the others by
            merging.bring_in(connection, kind)
        if kind.code == "log":
            changed += code_meanings.explain_kinds(connection, layout)
        if kind.code in read or kind.code == "log":
            found = merging.merge(connection, kind)
            # the library itself says of a register's rows since when they stand
            changed += found if kind.is_register else 0
            redated += 0 if kind.is_register else found
    # worth a generation even alone: what explains them may be loaded later
    changed += code_meanings.refuse_unmapped_kinds(connection)
    resolving.note_layout(connection, layout)
    resolving.prepare(connection)
    load_report = accounts.draw_up(connection, opened, line_counts, layout.name)
    if not changed and not load_report.total("loaded") + load_report.total("repaired"):
        if redated:
            _keep_dates(library, read)
        return load_report
    for code in read:
        rules.keep_repaired(connection, kinds()[code])
    number = library.draft.number
    loaded_at = datetime.now().replace(microsecond=0)
    loaded_by = locks.this_process("load").who
    ledger.keep(connection, load_report, opened, number, loaded_at, loaded_by)
    for code in read | {"log"}:
        merging.finish(connection, kinds()[code])
    return replace(load_report, load_number=number)


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
        os.replace(draft.records, records_of(draft.parent.path))


def _prepare(library: Library, layout: Layout, store: Store, read: set[str]) -> None:
    """Attach the records to be and those of the library served; make tables and macros."""
    connection, draft = library.connection, library.draft
    connection.execute(f"set memory_limit = '{MEMORY_LIMIT}'")
    connection.execute(f"set temp_directory = {values.sql(str(draft.folder / 'spill'))}")
    connection.execute("set TimeZone = 'UTC'")
    connection.execute(f"attach {values.sql(str(draft.records))} as records")
    for kind in kinds().values():
        staging.create(connection, kind, is_read=kind.code in read or kind.code == "log")
    connection.execute(resolving.SAID)
    connection.execute(ledger.KEPT)
    connection.execute(accounts.LEFT_OUT)
    for macro in values.macros(layout, resolving.facts_of(layout)["zone"]):
        connection.execute(macro)
    if _attach_old_records(connection, store):
        for table in (
            *("layouts", "layout_branches", "file_accounts", "rule_accounts"),
            *("kept_lines", "unmapped_codes"),
        ):
            connection.execute(f"insert into records.{table} by name select * from old.{table}")


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
            connection.execute(f"attach {values.sql(str(records))} as old (read_only)")
            return True
        connection.execute(f"attach {values.sql(str(library))} as served (read_only)")
        ((was_loaded,),) = connection.execute("select exists (from served.loads)").fetchall()
        connection.execute("detach served")
    except (duckdb.Error, OSError):
        was_loaded = True  # or nobody can tell
    if was_loaded:
        whole = [str(kept.number) for kept in store.generations() if records_of(kept.path).exists()]
        raise Problem("records_lost", path=records, whole=", ".join(whole) or NOTHING)
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
