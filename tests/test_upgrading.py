"""A library of an earlier schema is brought up to ours by whatever opens it; nothing is lost."""

import os
import shutil
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest
from sealed import opened_names
from test_cli import run
from test_incremental import content
from test_kept import complaint, loan_count

from guanqing import text, warehouse
from guanqing.cli import serving
from guanqing.intake import upgrading
from guanqing.intake.loading import load
from guanqing.own import beginning
from guanqing.own.about import About, Branch
from guanqing.paths import DATA, ROOT
from guanqing.problems import Problem
from guanqing.store import Store, names_of, records_of

# Libraries as the programs of each schema version wrote them, and what version 2 was loaded from.
EARLIER = Path(__file__).parent / "earlier"
VERSIONS = [1, 2, 3]
WRITTEN = datetime(2024, 6, 1, 8, tzinfo=UTC).timestamp()


def earlier(root: Path, version: int) -> Store:
    """Return a store whose only generation is a library of an earlier version."""
    store = Store(root / "store")
    store.folder.mkdir(parents=True)
    library = store.folder / "000001.duckdb"
    for end, path in {
        "": library,
        ".records": records_of(library),
        ".names": names_of(library),
    }.items():
        script = EARLIER / f"{version}{end}.sql"
        if script.exists():
            with duckdb.connect(str(path)) as connection:
                connection.execute("begin")  # or each statement waits for the disk
                connection.execute(script.read_text(encoding="utf-8"))
                connection.execute("commit")
    store.link.symlink_to("generations/000001.duckdb")
    return store


def exports(root: Path) -> list[Path]:
    """Return the files that the library of version 2 was loaded from, dated as they were."""
    folder = shutil.copytree(EARLIER / "exports", root / "exports")
    paths = sorted(folder.iterdir())
    for path in paths:
        os.utime(path, (WRITTEN, WRITTEN))
    return paths


def test_every_version_before_ours_has_a_library_here_and_a_step() -> None:
    assert list(range(1, warehouse.SCHEMA_VERSION)) == VERSIONS
    assert all((EARLIER / f"{version}.sql").exists() for version in VERSIONS)
    steps = {path.name for path in (DATA / "upgrades").glob("*.sql")}
    assert steps == {f"{version + 1}.sql" for version in VERSIONS}


@pytest.mark.few(9)
@pytest.mark.parametrize("version", VERSIONS)
def test_a_command_that_reads_brings_the_library_up_and_leaves_the_old_one(
    tmp_path: Path, version: int
) -> None:
    store = earlier(tmp_path, version)
    before = store.current().read_bytes()
    said = run("query", "loans_by_month", "-f", "csv", "--store", store.root)
    assert said.exit_code == 0, said.output
    assert [(g.number, g.kind, g.parent) for g in store.generations()] == [
        (2, "upgrade", 1),
        (1, None, None),
    ]
    assert loan_count(store) == {1: 3}.get(version, 2)
    assert (store.folder / "000001.duckdb").read_bytes() == before
    assert run("status", "--store", store.root).exit_code == 0
    assert len(store.generations()) == 2


@pytest.mark.few(9)
@pytest.mark.parametrize("version", [2, 3])
def test_a_library_with_records_becomes_what_its_files_make_of_a_new_one(
    tmp_path: Path, version: int
) -> None:
    store = earlier(tmp_path, version)
    upgrading.upgrade(store)
    fresh = Store(tmp_path / "fresh")
    # what every library was called, and its branch, when these were loaded
    only = (Branch("JZ", "JZ", "JZ"),)
    said = About("晋中市图书馆", "Jinzhong Library", main_branch="JZ", branches=only)
    beginning.begin(fresh.root, said)
    paths = exports(tmp_path)
    first = [path for path in paths if path.stem in ("loans", "visits", "feedback")]
    load(first, "plain", fresh)
    load([path for path in paths if path not in first], "plain", fresh)
    ours, theirs = content(store), content(fresh)
    for tables in (ours, theirs):
        tables.pop("layout_branches")  # the branch was nobody's own then
    assert ours == theirs
    assert (2, "王小明", "R1") in opened_names(store.current())


@pytest.mark.parametrize("version", [2, 3])
def test_a_library_without_records_keeps_its_tables(tmp_path: Path, version: int) -> None:
    store = earlier(tmp_path, version)
    records_of(store.current()).unlink()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(upgrading, "_of_records", lambda *_: pytest.fail("there are none"))
        upgrading.upgrade(store)
    tables = content(store, with_records=False)
    assert {table: len(tables[table]) for table in ("loans", "feedback", "surveys", "events")} == {
        "loans": 2,
        "feedback": 2,
        "surveys": 1,
        "events": 1,
    }
    assert (2, "王小明", "R1") in opened_names(store.current())


def test_the_same_export_over_an_older_library_leaves_it_readable(tmp_path: Path) -> None:
    store = earlier(tmp_path, 2)
    report = load(exports(tmp_path), "plain", store)
    assert report.load_number is None
    assert report.total("already_there") == 12
    assert warehouse.schema_version(store.current()) == warehouse.SCHEMA_VERSION
    warehouse.connect(store.current()).close()


def test_serving_brings_the_library_up_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = earlier(tmp_path, 2)
    served = []
    monkeypatch.setattr(serving.os, "execv", lambda *command: served.append(store.current()))
    monkeypatch.setattr(serving.os, "chdir", lambda folder: None)
    monkeypatch.setattr(serving, "_require_free", lambda address, port: None)
    assert run("serve", "--store", store.root).exit_code == 0
    assert [path.name for path in served] == ["000002.duckdb"]


def test_going_back_to_an_older_generation_makes_a_new_one_of_it(tmp_path: Path) -> None:
    store = earlier(tmp_path, 2)
    upgrading.upgrade(store)
    said = run("undo", "--to", 1, "--store", store.root)
    assert said.exit_code == 0, said.output
    assert (store.current().name, store.generations()[0].parent) == ("000003.duckdb", 2)
    assert loan_count(store) == 2


@pytest.mark.parametrize("language", text.LANGUAGES)
def test_a_library_of_a_newer_program_is_said_and_left(tmp_path: Path, language: str) -> None:
    store = earlier(tmp_path, 2)
    with duckdb.connect(str(store.current())) as connection:
        connection.execute("update library set schema_version = 99")
    before = store.current().read_bytes()
    for words in (["status"], ["load", *exports(tmp_path), "--layout", "plain"]):
        said = complaint(*words, "--store", store.root, language=language)
        assert "99" in said
        assert "guanqing undo --to" in said
    assert store.current().read_bytes() == before
    assert len(store.generations()) == 1


def test_of_two_that_bring_it_up_the_second_leaves_what_is_served_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = earlier(tmp_path, 2)
    old = store.current()
    upgrading.upgrade(store)
    seen = iter([old])
    now = Store.current
    monkeypatch.setattr(Store, "current", lambda store: next(seen, None) or now(store))
    upgrading.upgrade(store)
    assert [generation.number for generation in store.generations()] == [2, 1]


def test_whoever_may_not_write_is_told_what_brings_it_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = earlier(tmp_path, 2)

    def refuse(*_: object, **__: object) -> None:
        raise Problem("store_not_writable", path=store.root)

    monkeypatch.setattr(upgrading, "upgrade", refuse)
    assert "guanqing serve" in complaint("status", "--store", store.root)


KILLED = """
import os, signal, sys
from pathlib import Path
from guanqing.intake import upgrading
from guanqing.store import Store

CHANGES = {"os.mkdir", "os.rename", "os.symlink", "os.link", "os.chmod", "os.remove", "os.rmdir"}
left = int(sys.argv[2])

def count_down(event, args):
    global left
    if event in CHANGES:
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)

sys.addaudithook(count_down)
upgrading.upgrade(Store(Path(sys.argv[1])))
"""


@pytest.mark.slow
def test_an_upgrade_may_be_killed_before_any_of_its_steps(tmp_path: Path) -> None:
    for step in range(100):
        store = earlier(tmp_path / str(step), 2)
        command = [sys.executable, "-c", KILLED, str(store.root), str(step)]
        killed = subprocess.run(command, check=False, cwd=ROOT, capture_output=True, text=True)
        assert killed.returncode in {0, -signal.SIGKILL}, killed.stderr
        assert warehouse.schema_version(store.current()) in {2, warehouse.SCHEMA_VERSION}
        upgrading.upgrade(store)
        assert loan_count(store) == 2
        if killed.returncode == 0:
            break
    assert step > 5
