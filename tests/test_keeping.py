"""Backup, restore and verify: what was kept comes back whole, or a sentence says what mends it."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import zipfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest
from screens import open_page
from sealed import opened_names
from test_cli import run
from test_incremental import Shelf, content, loan
from test_kept import complaint, loan_count, lose_records
from test_upgrading import earlier

import simulated_library
from guanqing import cli, datafiles, heads, manifest, text, warehouse
from guanqing.access import audit, audit_ends
from guanqing.disclosure import kept
from guanqing.generations import files_in
from guanqing.intake.layouts import FOLDER as LAYOUTS
from guanqing.intake.loading import load
from guanqing.keeping import archive, verify
from guanqing.keeping.backup import backup
from guanqing.keeping.restore import restore
from guanqing.paths import ROOT
from guanqing.problems import Problem
from guanqing.registers import journal
from guanqing.registers.journal import Change
from guanqing.store import Store, about_of, names_of, records_of

pytest_plugins = ["stores"]

ROW = {"count_code": "web_visit", "counted_on": "2024-03-01", "amount": 5.0}
OURS = (LAYOUTS / "plain.toml").read_text(encoding="utf-8")
READER = "R1,王小明,成人,女,2018-01-02"


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path)


@pytest.fixture
def store(own: Callable[[str, Callable[[Path], None]], Store]) -> Store:
    """Return a store of two loads, with a reader's name, a refused line, an entry and a layout."""
    return own("two_loads", load_two)


def load_two(folder: Path) -> None:
    shelf, store = Shelf(folder), Store(folder / "store")
    bad = loan(9).replace("2024-03-01", "王小明")
    load([shelf.file("loans", "loans", loan(1), loan(2), bad)], "plain", store)
    load([shelf.file("readers", "readers", READER)], "plain", store)
    say(store)
    (store.root / "layouts").mkdir()
    (store.root / "layouts" / "ours.toml").write_text(OURS, encoding="utf-8")


@pytest.fixture
def bare(tmp_path: Path) -> Store:
    return Store(tmp_path / "bare")


def say(store: Store, **differences: object) -> None:
    row = ROW | differences
    key = {name: row[name] for name in ("count_code", "counted_on")}
    change = Change("counts", key, row)
    journal.append(journal.path_of(store.current()), [change], by="王芳", is_simulated=False)


def files_of(store: Store) -> dict[str, bytes]:
    """Return every file but those that say who tried what: what is refused is on record too."""
    said = ("lock", "journal.lock", "audit.jsonl", "audit.lock", "audit.head", "journal.head")
    return {
        str(path.relative_to(store.root)): path.read_bytes()
        for path in sorted(store.root.rglob("*"))
        if path.is_file() and path.name not in said
    }


# --- what is said


def test_no_mark_of_ours_stands_in_what_verify_says(store: Store) -> None:
    assert run("verify", "--store", store.root).stdout.startswith("✔ ")


# --- there and back


@pytest.mark.few(9)
@pytest.mark.parametrize("with_names", [True, False])
def test_a_backup_is_restored_on_a_bare_machine(
    store: Store, bare: Store, tmp_path: Path, with_names: bool
) -> None:
    file = tmp_path / "backup.zip"
    option = ["--with-names"] if with_names else []
    assert run("backup", file, *option, "--store", store.root).exit_code == 0
    assert file.stat().st_mode & 0o777 == 0o600
    said = run("restore", file, "--store", bare.root)
    assert said.exit_code == 0, said.output
    assert bare.current().name == store.current().name
    assert content(bare, with_records=with_names) == content(store, with_records=with_names)
    assert journal.read(journal.path_of(bare.current())) == journal.read(
        journal.path_of(store.current())
    )
    assert (bare.root / "layouts" / "ours.toml").read_text(encoding="utf-8") == OURS
    assert names_of(bare.current()).exists() == with_names
    for private in (records_of(bare.current()), journal.path_of(bare.current())):
        assert private.stat().st_mode & 0o777 == 0o600
    assert run("verify", "--store", bare.root).exit_code == 0


def test_loads_go_on_where_they_were_after_a_restore(
    store: Store, bare: Store, shelf: Shelf, tmp_path: Path
) -> None:
    backup(store, tmp_path / "backup.zip")
    restore(bare, tmp_path / "backup.zip")
    again = shelf.file("again", "loans", loan(1), loan(2), loan(3))
    report = load([again], "plain", bare)
    assert (report.load_number, report.total("already_there"), report.total("loaded")) == (3, 2, 1)
    load([shelf.file("readers", "readers", READER)], "plain", bare)
    assert [found[1:] for found in opened_names(bare.current())] == [("王小明", "R1")]


def test_no_name_stands_in_a_backup_unless_asked_for(store: Store, tmp_path: Path) -> None:
    file = tmp_path / "backup.zip"
    backup(store, file)
    with zipfile.ZipFile(file) as packed:
        assert "names.duckdb" not in packed.namelist()
        for name in packed.namelist():
            assert "王小明".encode() not in packed.read(name), name
        records = Path(packed.extract("records.duckdb", tmp_path))
    with duckdb.connect(str(records), read_only=True) as connection:
        rows = connection.sql("select masked_name, sealed from readers").fetchall()
        assert rows == [("王**", None)]
    assert list(tmp_path.glob(".backup*")) == []


def test_a_backup_that_cannot_be_written_leaves_the_one_before(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "backup.zip"
    backup(store, file)
    before = file.read_bytes()

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(archive, "add_contents", fail)
    for language in text.LANGUAGES:
        said = complaint("backup", file, "--store", store.root, language=language)
        assert "No space left" in said
    assert file.read_bytes() == before
    assert list(tmp_path.glob(".backup*")) == []


@pytest.mark.parametrize(
    "name", ["library.duckdb", "journal.jsonl", "generations/000002.duckdb", "layouts/ours.toml"]
)
def test_a_backup_is_written_over_nothing_but_a_backup(store: Store, name: str) -> None:
    before = (store.root / name).read_bytes()
    with pytest.raises(Problem, match="backup_over"):
        backup(store, store.root / name)
    assert (store.root / name).read_bytes() == before
    cut = store.root / "cut.zip"
    backup(store, cut)
    cut.write_bytes(cut.read_bytes()[:100])  # as a disk that was full has left it
    backup(store, cut)
    assert zipfile.is_zipfile(cut)


def test_a_damaged_library_is_not_taken_for_a_backup(store: Store, tmp_path: Path) -> None:
    file = tmp_path / "backup.zip"
    backup(store, file)
    before = file.read_bytes()
    lose_records(store)
    assert "guanqing verify" in complaint("backup", file, "--store", store.root)
    assert file.read_bytes() == before


@pytest.mark.slow
def test_a_load_that_publishes_meanwhile_leaves_a_backup_of_one_generation(
    store: Store, bare: Store, shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add, before = archive.add, content(store)

    def add_while_loading(*words: object) -> object:
        if words[1] == "library.duckdb":  # often enough for the one being read to be pruned
            for number in range(10, 17):
                load([shelf.file(f"{number}", "loans", loan(number))], "plain", store)
        return add(*words)  # type: ignore[arg-type]

    monkeypatch.setattr(archive, "add", add_while_loading)
    backup(store, tmp_path / "backup.zip", with_names=True)
    monkeypatch.undo()
    assert 2 not in files_in(store.folder)
    restore(bare, tmp_path / "backup.zip")
    assert content(bare) == before


def test_records_dated_anew_while_they_are_backed_up_make_it_begin_again(
    store: Store, bare: Store, shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add, turns = archive.add, iter(["now"])

    def add_while_loading(*words: object) -> object:
        if words[1] == "library.duckdb" and next(turns, None):
            later = shelf.file("later", "loans", loan(1), written=99)
            assert load([later], "plain", store).load_number is None
        return add(*words)  # type: ignore[arg-type]

    monkeypatch.setattr(archive, "add", add_while_loading)
    backup(store, tmp_path / "backup.zip", with_names=True)
    monkeypatch.undo()
    restore(bare, tmp_path / "backup.zip")
    assert run("verify", "--store", bare.root).exit_code == 0


# --- over what is there


def test_a_store_that_holds_something_is_restored_over_only_by_name(
    store: Store, shelf: Shelf, tmp_path: Path
) -> None:
    file = tmp_path / "backup.zip"
    backup(store, file, with_names=True)
    wanted = content(store)
    load([shelf.file("more", "loans", loan(3))], "plain", store)
    say(store, counted_on="2024-03-02")
    before = files_of(store)
    for language in text.LANGUAGES:
        assert "--replace" in complaint("restore", file, "--store", store.root, language=language)
    assert files_of(store) == before
    assert run("restore", file, "--replace", "--store", store.root).exit_code == 0
    assert content(store) == wanted
    assert [(kept.number, kept.kind) for kept in store.generations()][:2] == [
        (4, "restore"),
        (3, "load"),
    ]
    said = journal.read(journal.path_of(store.current()))
    assert [entry.values["counted_on"] for entry in said if entry.values] == [
        "2024-03-01",
        "2024-03-02",
    ]


def test_entries_that_the_backup_lacks_are_never_lost(store: Store, tmp_path: Path) -> None:
    file = tmp_path / "backup.zip"
    backup(store, file)
    path = journal.path_of(store.current())
    path.unlink()
    heads.of(path).unlink()  # or nothing would be entered
    say(store, counted_on="2024-05-05")
    before = files_of(store)
    assert str(path) in complaint("restore", file, "--replace", "--store", store.root)
    assert files_of(store) == before


@pytest.mark.parametrize("harm", ["link", "served"])
def test_a_store_that_lost_what_it_served_is_restored_by_name(
    store: Store, tmp_path: Path, harm: str
) -> None:
    file = tmp_path / "backup.zip"
    backup(store, file)
    (store.link if harm == "link" else store.current()).unlink()
    assert "--replace" in complaint("restore", file, "--store", store.root)
    assert run("restore", file, "--replace", "--store", store.root).exit_code == 0
    assert loan_count(store) == 2


def cut(file: Path) -> None:
    os.truncate(file, file.stat().st_size // 2)


def spoil(file: Path) -> None:
    content = bytearray(file.read_bytes())
    middle = len(content) // 3
    content[middle : middle + 64] = bytes(255 - byte for byte in content[middle : middle + 64])
    file.write_bytes(content)


def write_no_backup(file: Path) -> None:
    file.write_bytes(b"no zip")


def write_another_zip(file: Path) -> None:
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr("library.duckdb", b"")


def add_a_way_out(file: Path) -> None:
    with zipfile.ZipFile(file) as packed:
        contents = json.loads(packed.read(archive.CONTENTS))
    contents["files"]["../../evil"] = {"size": 4, "sha256": "0"}
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr(archive.CONTENTS, json.dumps(contents))
        packed.writestr("../../evil", b"evil")


def swap_a_file(file: Path) -> None:
    with zipfile.ZipFile(file) as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    with zipfile.ZipFile(file, "w") as packed:
        for name, part in (parts | {"library.duckdb": b"evil"}).items():
            packed.writestr(name, part)


@pytest.mark.parametrize(
    "harm", [cut, spoil, write_no_backup, write_another_zip, add_a_way_out, swap_a_file]
)
def test_a_damaged_backup_changes_nothing(
    store: Store, bare: Store, tmp_path: Path, harm: Callable[[Path], None]
) -> None:
    file = tmp_path / "backup.zip"
    backup(store, file)
    harm(file)
    for language in text.LANGUAGES:
        said = complaint("restore", file, "--store", bare.root, language=language)
        assert str(file) in said
        assert "guanqing restore" in said
    assert not list(bare.root.rglob("*.duckdb"))
    assert not list(tmp_path.rglob("evil"))


def test_a_backup_of_a_newer_program_is_said(store: Store, bare: Store, tmp_path: Path) -> None:
    file = tmp_path / "backup.zip"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(archive, "FORMAT", archive.FORMAT + 1)
        backup(store, file)
    assert "0.1" in complaint("restore", file, "--store", bare.root)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(warehouse, "schema_version", lambda library: 99)
        backup(store, file)
    assert "99" in complaint("restore", file, "--store", bare.root)
    assert not bare.link.is_symlink()


def test_a_backup_of_an_older_library_is_brought_up_when_it_is_restored(
    bare: Store, tmp_path: Path
) -> None:
    store = earlier(tmp_path, 2)
    backup(store, tmp_path / "backup.zip")
    restore(bare, tmp_path / "backup.zip")
    assert warehouse.schema_version(bare.current()) == warehouse.SCHEMA_VERSION
    assert loan_count(bare) == 2


# --- verify


def damage_library(store: Store) -> Path:
    os.truncate(store.current(), store.current().stat().st_size // 2)
    return store.current()


def damage_account(store: Store) -> Path:
    about_of(store.current()).write_text("[not json", encoding="utf-8")
    return about_of(store.current())


def damage_names(store: Store) -> Path:
    names_of(store.current()).unlink()
    return names_of(store.current())


def damage_journal(store: Store) -> Path:
    path = journal.path_of(store.current())
    path.write_bytes(b"no entry\n" + path.read_bytes())
    return path


def damage_records(store: Store) -> Path:
    lose_records(store)
    return records_of(store.current())


def damage_earlier(store: Store) -> Path:
    path = records_of(files_in(store.folder)[1])
    path.unlink()
    return path


# The command that mends it; where nothing needs to be mended, the generation.
DAMAGES = {
    damage_library: "guanqing verify --mend",
    damage_account: "guanqing verify --mend",
    damage_names: "guanqing verify --mend",
    damage_journal: "guanqing verify --mend",
    damage_records: "guanqing undo --to 1",
    damage_earlier: "1",
}


@pytest.mark.slow
def test_events_lost_behind_the_manifest_show_in_every_count_of_them(own: Any) -> None:
    """Files, sizes and rows are as written, but five loans of class G are gone from the events."""
    store = own("altered", lambda folder: simulated_library.build(Store(folder / "store")))
    assert list(verify.findings(store)) == []
    library = store.current()
    lose_five_loans_of_g(library)
    found = list(verify.findings(store))
    assert {finding.about for finding in found if finding.key == "verify.rollup"} == {
        *("rollup.loans", "rollup.circulation_days", "rollup.loan_hours", "rollup.class_days"),
        *("rollup.reader_days", "rollup.borrower_days", "rollup.measure_days"),
    }
    printed = [finding for finding in found if finding.key == "verify.printed"]
    assert not any(finding.is_damage for finding in printed)
    assert [finding.values for finding in printed if finding.about == "published.loan_count"] == [
        {"found": "123,595", "right": "123,600", "subject": ""}
    ]
    said = run("verify", "--store", store.root)
    assert said.exit_code == 1
    assert "123,595" in said.stdout


def test_what_was_printed_otherwise_is_said_and_no_damage(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A real library may have printed another number than its records give."""
    values = {"found": "123,595", "right": "123,600", "subject": ""}
    printed = verify.Finding("verify.printed", values, "", "published.loan_count", is_damage=False)
    monkeypatch.setattr(verify, "_sums", lambda library: iter([printed]))
    said = run("verify", "--store", store.root)
    assert said.exit_code == 0
    assert re.search(r"! .*123,600.*\n✔", said.stdout)


@pytest.mark.slow
def test_what_was_altered_shows_in_its_figures_too(own: Any) -> None:
    """Somebody wrote into the file: the manifest finds it, and the counts say what is gone."""
    store = own("written", lambda folder: simulated_library.build(Store(folder / "store")))
    store.current().chmod(0o600)
    with duckdb.connect(str(store.current())) as connection:
        connection.execute(
            "delete from loans where loan_id in "
            "(select loan_id from loans where class_code = 'G' order by loan_id limit 5)"
        )
    found = list(verify.findings(store))
    assert found[0].key == "verify.content"
    assert "rollup.loans" in {finding.about for finding in found}


def lose_five_loans_of_g(library: Path) -> None:
    """Take five readers' only loan of their day out of the events, and write a new manifest."""
    library.chmod(0o600)
    with duckdb.connect(str(library)) as connection:
        connection.execute(
            "delete from loan_events where event_kind = 'loan' and loan_id in ("
            "select loan_id from (select *, count(*) over (partition by reader_id, event_at::date) "
            "as of_day from loan_events where event_kind = 'loan') as of_all "
            "join items using (item_id) "
            "where of_all.branch_code = 'JZ' and class_code = 'G' and event_at < '2019-01-01' "
            "and of_day = 1 order by loan_id limit 5)"
        )
        connection.execute("checkpoint")
    told = manifest.read(library)
    assert told is not None
    files = told.files | {manifest.LIBRARY: [manifest.print_of(library)]}
    rows = told.row_counts | {"loan_events": told.row_counts["loan_events"] - 5}
    manifest.write(manifest.of(library), replace(told, files=files, row_counts=rows))


@pytest.mark.slow
def test_of_a_whole_store_verify_says_so(store: Store) -> None:
    said = run("verify", "--store", store.root)
    assert (said.exit_code, list(verify.findings(store))) == (0, [])
    assert "2, 1" in said.output


# each damage in one language a day, the two taking turns; CI reads of each in both
every_damage_said = pytest.mark.parametrize(
    ("damage", "command", "language"),
    [
        pytest.param(*of, language, marks=[] if (number + turn) % 2 == 0 else pytest.mark.slow)
        for number, of in enumerate(DAMAGES.items())
        for turn, language in enumerate(text.LANGUAGES)
    ],
)


@every_damage_said
@pytest.mark.few(2)
def test_verify_names_what_is_wrong_and_the_command_that_mends_it(
    store: Store,
    damage: Callable[[Store], Path],
    command: str,
    language: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("GUANQING_LANG", language)
    path = damage(store)
    said = run("verify", "--store", store.root)
    assert said.exit_code == 1
    assert str(path) in said.output
    assert command in said.output


@pytest.mark.parametrize("damage", [d for d, c in DAMAGES.items() if c.endswith("--mend")])
@pytest.mark.few(2)
def test_what_verify_mends_is_as_it_was(store: Store, damage: Callable[[Store], Path]) -> None:
    before = content(store), journal.read(journal.path_of(store.current()))
    damage(store)
    said = run("verify", "--mend", "--store", store.root)
    assert (content(store), journal.read(journal.path_of(store.current()))) == before
    assert [name for _, name, _ in opened_names(store.current())] == ["王小明"]
    # the damaged generation is still kept, and still said where it was not mended in its place
    left = {damage_library: 1, damage_names: 1}.get(damage, 0)
    assert said.exit_code == left
    assert all(f.values["number"] == "2" for f in verify.findings(store))


def test_a_store_without_a_link_names_its_generations_and_a_command(store: Store) -> None:
    store.link.unlink()
    said = run("verify", "--store", store.root)
    assert said.exit_code == 1
    assert "guanqing undo --to 2" in said.output


def test_rows_that_went_missing_are_said(store: Store) -> None:
    found = manifest.read(store.current())
    assert found
    found.row_counts["loans"] += 5
    manifest.write(manifest.of(store.current()), found)
    (finding,) = verify.findings(store)
    assert (finding.key, finding.values["table"]) == ("verify.rows", "loans")


@pytest.mark.parametrize(
    ("damage", "command"),
    [  # a day the library itself, what is beside it, and what people typed in
        pytest.param(
            *of,
            marks=[]
            if of[0] in (damage_library, damage_records, damage_journal)
            else pytest.mark.slow,
        )
        for of in DAMAGES.items()
    ],
)
@pytest.mark.few(3)
def test_no_damage_breaks_a_command_or_a_page(
    store: Store, damage: Callable[[Store], Path], command: str
) -> None:
    damage(store)
    reads = (["status"], ["query", "loans_by_month"], ["history"], ["journal"], ["alerts"])
    problems = []
    for words in (*reads, ["refused", store.root / "out"], ["backup", store.root / "b.zip"]):
        try:
            run(*words, "--store", store.root)
        except Problem as problem:
            problems.append(problem)
    for problem in problems:
        values = {name: str(value) for name, value in problem.values.items()}
        assert "guanqing verify" in text.translate(problem.key, "en", **values)
    for page in ("pages/year/overview.py", "pages/library/loading.py"):
        assert not open_page(page, store.root).exception


@pytest.mark.parametrize(
    "account", ["[]", "7", '{"number": 2, "parent": 1, "made_at": "yesterday"}', "\x00"]
)
@pytest.mark.parametrize("has_manifest", [True, False])
def test_an_account_that_is_none_breaks_no_history(
    store: Store, account: str, has_manifest: bool
) -> None:
    about_of(store.current()).write_text(account, encoding="utf-8")
    if not has_manifest:
        manifest.of(store.current()).unlink()
    newest = store.generations()[0]
    assert (newest.kind, newest.parent) == (("load", 1) if has_manifest else (None, 1))
    assert run("history", "--store", store.root).exit_code == 0


# --- each file


def _delete(path: Path) -> None:
    path.unlink()


def _halve(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def _empty(path: Path) -> None:
    os.truncate(path, 0)


def whole_store(folder: Path) -> None:
    """Make a store with every file that a store may have."""
    load_two(folder)
    store = Store(folder / "store")
    load([Shelf(folder).file("third", "loans", loan(3))], "ours", store)
    for number in range(2):
        audit.note(audit.path_of(store.root), "edited", who=f"{number}")


# what there is of a store; that no other stands in it is tried too
FILES = [
    "library.duckdb",
    *("audit.jsonl", "audit.head", "journal.jsonl", "journal.head", "layouts/ours.toml"),
    "own.head",
    *(
        f"generations/{number:06}{end}"
        for number in (2, 3)
        for end in (*manifest.FILES, ".manifest.json")
    ),
    *(f"generations/000001{end}" for end in (".duckdb", ".records.duckdb", ".json")),
    "generations/000001.manifest.json",
]
LOCKS = {"lock", "journal.lock", "audit.lock"}


@pytest.mark.slow
def test_every_file_of_a_store_is_tried(own: Any) -> None:
    store = own("whole", whole_store)
    found = {str(p.relative_to(store.root)) for p in store.root.rglob("*") if not p.is_dir()}
    assert found - LOCKS == set(FILES)
    assert list(verify.findings(store)) == []


@pytest.mark.parametrize("harm", [_delete, _halve, _empty])
@pytest.mark.parametrize("name", FILES)
@pytest.mark.few(12)
def test_a_file_that_is_damaged_is_named_and_the_next_load_loses_nothing(
    own: Any, shelf: Shelf, name: str, harm: Callable[[Path], None]
) -> None:
    store = own("whole", whole_store)
    if name == "library.duckdb" and harm is not _delete:
        return  # a link is there or not; what it leads to is tried by its own name
    path, before = store.root / name, content(store)["loans"]
    entries = journal.read(journal.path_of(store.current()))
    harm(path)
    found = list(verify.findings(store))
    assert found
    named = [Path(value).name for finding in found for value in finding.values.values()]
    assert path.name in named or "ours" in named
    with suppress(Problem):
        load([shelf.file("fourth", "loans", loan(4))], "plain", store)
    served = next((kept for kept in store.generations() if kept.is_current), None)
    if served and served.number == 4:  # it went on, so it had all to go on from
        assert len(content(store, with_records=False)["loans"]) == len(before) + 1
    if journal.read(journal.path_of(store.folder / "any")) != entries:
        assert journal.is_cut(journal.path_of(store.folder / "any"))
    # but for an earlier generation, of which a load sweeps what is left, it stays said
    assert list(verify.findings(store)) or (served and served.number == 4)


# --- another account


def test_another_account_is_told_what_it_may_not_read(
    store: Store, shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Root reads everything, so the refusal is played."""
    private = {records_of(store.current()), names_of(store.current())}
    opened, access = Path.open, os.access

    def refuse(path: Path, *words: object, **more: object) -> object:
        if path in private:
            raise PermissionError(13, "Permission denied")
        return opened(path, *words, **more)  # type: ignore[call-overload]

    monkeypatch.setattr(Path, "open", refuse)
    monkeypatch.setattr(os, "access", lambda path, how: path not in private and access(path, how))
    more = shelf.file("more", "loans", loan(3))
    commands = (
        ["refused", tmp_path / "out"],
        ["backup", tmp_path / "b.zip"],
        ["load", more, "--layout", "plain"],
    )
    for words in commands:
        assert str(records_of(store.current())) in complaint(*words, "--store", store.root)
    assert run("status", "--store", store.root).exit_code == 0
    assert warehouse.connect(store.current(), with_names=True).sql("from names").fetchall() == []
    assert "cannot be read by this account" in run("verify", "--store", store.root).output


@pytest.mark.few(9)
@pytest.mark.parametrize("end", manifest.FILES)
def test_a_disk_that_fails_is_said_of_the_file_and_the_rest_is_looked_at(
    store: Store, monkeypatch: pytest.MonkeyPatch, end: str
) -> None:
    path, opened = store.current().with_suffix(end), Path.open

    def fail(this: Path, *words: object, **more: object) -> object:
        if this == path:
            raise OSError(5, "Input/output error")
        return opened(this, *words, **more)  # type: ignore[call-overload]

    monkeypatch.setattr(Path, "open", fail)
    (found,) = verify.findings(store)
    assert (found.key, found.values["path"]) == ("verify.unreadable", str(path))


@pytest.mark.parametrize("name", ["audit", "journal", "released"])
@pytest.mark.parametrize("end", ["", ".head"])
def test_another_account_that_looks_is_told_which_file_is_not_its_own(
    store: Store, monkeypatch: pytest.MonkeyPatch, name: str, end: str
) -> None:
    audit.note(audit.path_of(store.root), "edited", who="a")
    kept.bring_back(store.root / "released.json", b"{}")
    (path,) = store.root.glob(f"{name}{end or '.json*'}")
    opened = Path.open

    def refuse(this: Path, *words: object, **more: object) -> object:
        if this == path:
            raise PermissionError(13, "Permission denied")
        return opened(this, *words, **more)  # type: ignore[call-overload]

    monkeypatch.setattr(Path, "open", refuse)
    said = {finding.values.get("path") for finding in verify.findings(store)}
    assert str(path) in said


def test_refused_lines_are_for_their_owner_alone(store: Store, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    before = os.umask(0)
    try:
        run("refused", folder, "--load", 1, "--store", store.root)
    finally:
        os.umask(before)
    (written,) = folder.iterdir()
    assert (folder.stat().st_mode & 0o777, written.stat().st_mode & 0o777) == (0o700, 0o600)
    written.chmod(0o644)
    run("refused", folder, "--load", 1, "--store", store.root)
    assert written.stat().st_mode & 0o777 == 0o600


@pytest.mark.few(9)
@pytest.mark.parametrize("name", ["journal", "released", "audit"])
def test_a_text_gone_with_its_head_is_missed_and_not_begun_anew(
    store: Store, shelf: Shelf, tmp_path: Path, name: str
) -> None:
    path = store.root / {"audit": "audit.jsonl", "journal": "journal.jsonl"}.get(
        name, "released.json"
    )
    for _ in range(3):
        audit.note(audit.path_of(store.root), "edited", who="a")
    kept.bring_back(store.root / "released.json", b"{}")
    load([shelf.file("more", "loans", loan(3))], "plain", store)
    last = audit.lines(audit.path_of(store.root))[-1].number
    path.unlink()
    heads.of(path).unlink()
    load([shelf.file("again", "loans", loan(4))], "plain", store)  # it is not forgotten by a load
    (found,) = verify.findings(store)
    assert found.values["path"] == str(path)
    if name == "audit":
        assert found.key == "problem.audit_missing"
        audit.note(path, "edited", who="a")
        assert audit.lines(path)[-1].number == last + 1
        with pytest.raises(Problem, match="audit_missing"):
            audit.verify(path)
        return
    if name == "journal":
        with pytest.raises(Problem, match="journal_cut"):
            say(store)
    else:
        people = pl.DataFrame({"quarter": [1], "kind": ["a"], "person_count": [9]})
        with pytest.raises(Problem, match="released_lost"):
            kept.released(path, "x 2024", people, 5)
    verify.mend(store)
    assert list(verify.findings(store)) == []


def test_an_audit_reckoned_anew_with_its_head_does_not_fit_the_generation(
    store: Store, shelf: Shelf
) -> None:
    path = audit.path_of(store.root)
    for who in "abc":
        audit.note(path, "edited", who=who)
    load([shelf.file("more", "loans", loan(3))], "plain", store)
    path.unlink()
    heads.of(path).unlink()
    manifests = {found: found.read_bytes() for found in store.folder.glob("*.manifest.json")}
    for found in manifests:
        found.unlink()
    for who in "xyz":
        audit.note(path, "edited", who=who)
    assert audit.verify(path)
    for found, told in manifests.items():
        found.write_bytes(told)
    with pytest.raises(Problem, match="audit_broken"):
        audit.verify(path)


def test_a_folder_that_takes_no_refused_lines_is_said(store: Store, tmp_path: Path) -> None:
    (tmp_path / "out").write_bytes(b"a file")
    said = complaint("refused", tmp_path / "out", "--load", 1, "--store", store.root)
    assert str(tmp_path / "out") in said


# --- killed


KILLED = """
import os, signal, sys
from pathlib import Path
from guanqing.keeping import verify
from guanqing.keeping.backup import backup
from guanqing.keeping.restore import restore
from guanqing.store import Store

CHANGES = {"os.mkdir", "os.rename", "os.symlink", "os.link", "os.chmod", "os.remove", "os.rmdir"}
what, store, file, left = sys.argv[1], Store(Path(sys.argv[2])), Path(sys.argv[3]), int(sys.argv[4])

def count_down(event, args):
    global left
    if event in CHANGES or (event == "open" and args[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)):
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)

sys.addaudithook(count_down)
if what == "backup":
    backup(store, file)
elif what == "mend":
    verify.mend(store)
else:
    restore(store, file, replace=what == "replace")
"""


def kill(what: str, store: Store, file: Path, step: int) -> bool:
    """Run a command that is killed before one of its steps; return whether it came through."""
    command = [sys.executable, "-c", KILLED, what, str(store.root), str(file), str(step)]
    killed = subprocess.run(command, check=False, cwd=ROOT, capture_output=True, text=True)
    assert killed.returncode in {0, -signal.SIGKILL}, killed.stderr
    return killed.returncode == 0


@pytest.mark.slow
def test_a_backup_may_be_killed_before_any_of_its_steps(
    store: Store, bare: Store, tmp_path: Path
) -> None:
    file = tmp_path / "out" / "backup.zip"
    file.parent.mkdir()
    backup(store, file)
    first, before = file.read_bytes(), files_of(store)
    for step in range(100):
        is_done = kill("backup", store, file, step)
        assert files_of(store) == before
        if file.read_bytes() != first:  # the new one, whole
            with archive.reading(file) as reader:
                for name in reader.names():
                    reader.extract(name, tmp_path / "one")
        if is_done:
            break
    assert step > 5
    assert [path.name for path in file.parent.iterdir()] == ["backup.zip"]
    restore(bare, file)


@pytest.mark.slow
@pytest.mark.parametrize("what", ["restore", "replace"])
def test_a_restore_may_be_killed_before_any_of_its_steps(
    store: Store, shelf: Shelf, tmp_path: Path, what: str
) -> None:
    file = tmp_path / "backup.zip"
    backup(store, file, with_names=True)
    wanted, said = content(store), journal.read(journal.path_of(store.current()))
    load([shelf.file("more", "loans", loan(3))], "plain", store)
    served = content(store)
    for step in range(200):
        target = Store(tmp_path / f"target{step}")
        if what == "replace":
            shutil.copytree(store.root, target.root, symlinks=True)
        is_done = kill(what, target, file, step)
        if target.link.is_symlink():
            assert content(target) in (wanted, served)
            assert journal.read(journal.path_of(target.current())) == said
            # killed before the head of its own files is written, that is named, with what mends it
            found = {finding.key: finding.command for finding in verify.findings(target)}
            assert found in ({}, {"verify.headless": verify.MEND})
        else:
            assert what == "restore"
            restore(target, file)  # run again it goes on, without being told to replace anything
        restore(target, file, replace=True)
        assert content(target) == wanted
        assert journal.read(journal.path_of(target.current())) == said
        shutil.rmtree(target.root)
        if is_done:
            break
    assert step > 10


@pytest.mark.slow
def test_a_mend_may_be_killed_before_any_of_its_steps(store: Store, tmp_path: Path) -> None:
    audit.note(audit.path_of(store.root), "edited", who="c")
    wanted, said = content(store), journal.read(journal.path_of(store.current()))
    for harm in (damage_library, damage_journal):
        harm(store)
    about_of(files_in(store.folder)[1]).write_text("[", encoding="utf-8")
    audit_ends.head_of(audit.path_of(store.root)).unlink()
    for step in range(200):
        target = Store(shutil.copytree(store.root, tmp_path / f"target{step}", symlinks=True))
        is_done = kill("mend", target, tmp_path / "none", step)
        assert journal.read(journal.path_of(target.current())) == said
        if target.current().name != store.current().name:  # the new generation, whole
            assert content(target) == wanted
        verify.mend(target)
        assert content(target) == wanted
        assert journal.read(journal.path_of(target.current())) == said
        assert b"no entry" in journal.path_of(target.current()).with_suffix(".unread").read_bytes()
        assert {finding.values["number"] for finding in verify.findings(target)} == {"2"}
        shutil.rmtree(target.root)
        if is_done:
            break
    assert step > 10


# --- by another account


@pytest.mark.skipif(os.geteuid() != 0, reason="root alone gives files away")
def test_what_root_does_to_another_accounts_store_stays_that_accounts(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.touch()
    for path in [store.root, *store.root.rglob("*")]:
        os.chown(path, 12345, 12345, follow_symlinks=False)
    os.link(elsewhere, store.root / "layouts" / "named-twice.toml")
    for words in (["verify"], ["undo"], ["backup", str(tmp_path / "b.zip")]):
        monkeypatch.setattr(sys, "argv", ["guanqing", *words, "--store", str(store.root)])
        with pytest.raises(SystemExit):
            cli.main()
    owners = {path.name: path.lstat().st_uid for path in store.root.rglob("*")}
    assert owners.pop("named-twice.toml") == elsewhere.stat().st_uid == 0
    assert set(owners.values()) == {12345}
    assert {"audit.jsonl", "audit.head", "own.head"} <= owners.keys()


DEEP = "a = " + "[" * 5000


@pytest.mark.few(9)
@pytest.mark.parametrize("name", ["layouts/ours.toml", "library/settings.toml"])
@pytest.mark.parametrize("is_folder", [True, False])
def test_what_is_no_file_of_ours_is_named_by_verify(
    store: Store, name: str, *, is_folder: bool
) -> None:
    path = store.root / name
    path.unlink(missing_ok=True)
    path.parent.mkdir(exist_ok=True)
    if is_folder:
        path.mkdir()
    else:
        path.write_text(DEEP, encoding="utf-8")
    said = [finding for finding in verify.findings(store) if finding.values["path"] == str(path)]
    assert said or (is_folder and name.startswith("library"))
    shutil.move(path, store.root / "aside")
    datafiles.refresh()  # its fault is remembered until it is looked for again
    assert not [fault for fault in datafiles.faults() if fault.path == path]
