"""What was served before: how each generation came about, and the way back to it."""

import getpass
import json
import os
import re
import shlex
import socket
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from typer.testing import CliRunner, Result

import simulated_library
from guanqing import cli, manifest, text, warehouse
from guanqing.intake.publishing.build import building
from guanqing.problems import Problem
from guanqing.store import KEPT_GENERATIONS, Generation, Store, about_of, names_of

ME = f"{getpass.getuser()}@{socket.gethostname()}"
FILE = {
    "file_name": "借阅.csv",
    "layout": "seu",
    "encoding": "UTF-8",
    "lines_read": 1234,
    "loaded": 1200,
    "repaired": 4,
    "refused": 30,
    "set_aside": 0,
    "already_there": 0,
    "by_rule": {"loan_id_missing": 30},
}


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")


def load(store: Store, *files: dict[str, Any], kind: str = "load") -> int:
    """Serve a library that holds nothing, as if it were read from files; return its number."""
    with building(store, kind=kind) as library:
        library.account_for(files)
        library.describe(name_zh="馆", name_en="Library", is_simulated=False, layout="test")
    return current(store).number


def current(store: Store) -> Generation:
    (found,) = [generation for generation in store.generations() if generation.is_current]
    assert found.path.resolve() == store.current()
    return found


def numbers(store: Store) -> list[int]:
    return [generation.number for generation in store.generations()]


# --- how a generation came about


def test_a_generation_tells_how_it_came_about(store: Store) -> None:
    load(store)
    load(store, FILE)
    newest, first = store.generations()
    assert (newest.number, newest.parent, newest.kind) == (2, 1, "load")
    assert newest.made_by == ME
    assert abs(datetime.now().astimezone() - newest.made_at) < timedelta(minutes=5)
    assert newest.files == (FILE,)
    assert (newest.is_current, first.is_current) == (True, False)
    assert (first.number, first.parent, first.files) == (1, None, ())


def test_the_account_is_a_file_that_other_programs_can_read(store: Store) -> None:
    load(store)
    load(store, FILE)
    content = about_of(store.current()).read_text(encoding="utf-8")
    about = json.loads(content)
    assert list(about) == ["number", "parent", "made_at", "made_by", "kind", "files"]
    assert (about["number"], about["parent"]) == (2, 1)
    assert datetime.fromisoformat(about["made_at"]).utcoffset() is not None
    assert "借阅.csv" in content  # as it is called, not as \u escapes


def test_nobody_is_kept_from_writing_by_having_no_name(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unknown() -> str:
        raise KeyError("getpwuid(): uid not found: 4711")

    monkeypatch.setattr(getpass, "getuser", unknown)
    load(store)
    assert current(store).made_by == f"{os.getuid()}@{socket.gethostname()}"


@pytest.mark.parametrize("left", [None, "", "{", "\xff\x00"], ids=["none", "empty", "cut", "junk"])
def test_a_generation_whose_account_is_missing_or_spoilt_is_listed(
    store: Store, left: str | None
) -> None:
    for _ in range(3):
        load(store, FILE)
    second = store.folder / "000002.duckdb"
    manifest.of(second).unlink()
    if left is None:
        about_of(second).unlink()
    else:
        about_of(second).write_bytes(left.encode("latin-1"))
    os.utime(second, (1_500_000_000, 1_500_000_000))
    assert numbers(store) == [3, 2, 1]
    old = store.generations()[1]
    assert (old.made_by, old.kind, old.files) == (None, None, ())
    assert old.made_at.timestamp() == 1_500_000_000
    assert old.parent == 1  # such programs knew no undo
    assert [store.undo().number, store.undo().number] == [2, 1]


def test_a_library_that_is_moved_aside_is_not_listed(store: Store) -> None:
    load(store)
    (store.folder / "000001 copy 2.duckdb").write_bytes(b"")
    (store.folder / "old.duckdb").write_bytes(b"")
    assert numbers(store) == [1]


def test_an_empty_store_has_no_generations(store: Store) -> None:
    assert store.generations() == []
    assert not store.root.exists()


# --- undo


def test_undo_goes_back_to_what_was_served_before_and_deletes_nothing(store: Store) -> None:
    for _ in range(3):
        load(store, FILE)
    before = {path.name: path.read_bytes() for path in store.folder.iterdir()}
    assert store.undo().number == 2
    assert current(store).number == 2
    assert store.link.readlink() == Path("generations/000002.duckdb")
    assert store.undo().number == 1
    assert {path.name: path.read_bytes() for path in store.folder.iterdir()} == before
    assert store.undo(to=3).number == 3
    assert current(store).number == 3


def test_a_load_after_an_undo_builds_on_what_is_served(store: Store) -> None:
    for _ in range(3):
        load(store)
    store.undo(to=1)
    with store.writing() as draft:
        assert draft.parent == current(store)
        assert draft.parent.number == 1
        assert draft.number == 4  # a number is never given twice
        draft.library.write_bytes(store.current().read_bytes())
    assert (current(store).number, current(store).parent) == (4, 1)
    assert store.undo().number == 1


def test_there_is_nothing_before_the_first(store: Store) -> None:
    load(store)
    with pytest.raises(Problem) as caught:
        store.undo()
    assert caught.value.key == "problem.nothing_to_undo"
    assert caught.value.values["kept"] == "1"
    assert current(store).number == 1


def test_without_a_library_undo_says_so_and_makes_no_store(store: Store) -> None:
    with pytest.raises(Problem) as caught:
        store.undo()
    assert caught.value.key == "problem.no_library"
    assert not store.root.exists()


def test_a_generation_that_has_gone_is_answered_with_those_there_are(store: Store) -> None:
    for _ in range(KEPT_GENERATIONS + 2):
        load(store)
    with pytest.raises(Problem) as caught:
        store.undo(to=1)
    assert caught.value.key == "problem.generation_gone"
    assert caught.value.values["kept"] == "7, 6, 5, 4, 3"
    assert current(store).number == 7


def test_a_link_that_leads_nowhere_can_be_mended_by_undo(store: Store) -> None:
    for _ in range(2):
        load(store)
    store.current().unlink()
    with pytest.raises(Problem) as caught:
        store.undo()
    assert caught.value.key == "problem.nothing_to_undo"
    assert store.undo(to=1).number == 1
    assert current(store).number == 1


def test_undo_keeps_a_file_that_no_load_has_put_there(store: Store) -> None:
    load(store)
    store.link.unlink()
    store.link.write_bytes(b"somebody's")
    store.undo(to=1)
    assert current(store).number == 1
    assert (store.root / "library-before-000001.duckdb").read_bytes() == b"somebody's"


def test_a_reader_goes_on_reading_what_it_opened_before_the_undo(store: Store) -> None:
    for _ in range(2):
        load(store)
    reader = warehouse.connect(store.current())
    store.undo()
    assert warehouse.run(reader, "library_facts").height == 1
    assert warehouse.run(warehouse.connect(store.current()), "library_facts").height == 1


# --- what is kept


def test_the_served_generation_and_the_one_before_it_are_kept_however_old(store: Store) -> None:
    for _ in range(KEPT_GENERATIONS):
        load(store)
    store.undo(to=1)
    assert load(store) == 6
    assert numbers(store) == [6, 5, 4, 3, 2, 1]  # the newest five, and what 6 was made from
    assert store.undo().number == 1
    load(store)
    assert numbers(store) == [7, 6, 5, 4, 3, 1]
    load(store)  # from 7, so that 1 is nobody's any more
    assert numbers(store) == [8, 7, 6, 5, 4]
    ends = (".duckdb", ".json", ".manifest.json")
    kept = {f"{number:06}{end}" for number in numbers(store) for end in ends}
    assert {path.name for path in store.folder.iterdir()} == kept


def test_all_that_belongs_to_a_generation_goes_with_it(store: Store) -> None:
    def write() -> None:
        with store.writing() as draft:
            for path in (draft.library, draft.names, draft.records):
                path.write_bytes(b"some")

    write()
    assert len(list(store.folder.glob("000001.*"))) == 5
    for _ in range(KEPT_GENERATIONS):
        write()
    assert list(store.folder.glob("000001.*")) == []


# --- the commands


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GUANQING_LANG", "en")
    monkeypatch.setattr(cli.frame.out, "width", 100)


def run(*words: object) -> Result:
    result = CliRunner().invoke(cli.app, [str(word) for word in words])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def shown(store: Store) -> list[list[str]]:
    """Return the cells of the table that history prints."""
    lines = run("history", "--store", store.root).stdout.splitlines()
    return [[cell.strip() for cell in line.split("│")[1:-1]] for line in lines if "│" in line]


def test_history_lists_what_is_kept_and_marks_what_is_served(store: Store) -> None:
    load(store, kind="demo")
    load(store, FILE, FILE | {"file_name": "user.csv", "loaded": 1000, "refused": 0})
    store.undo()
    newest, first = shown(store)
    assert newest[0] == "2"
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d", newest[1])
    assert newest[2:] == [ME, "load", "借阅.csv, user.csv", "2,208", "30", ""]
    assert first[0] == "1"
    assert first[2:] == [ME, "demo", text.NOTHING, text.NOTHING, text.NOTHING, "served"]


def test_history_shows_what_a_newer_or_an_older_program_has_written(store: Store) -> None:
    load(store, kind="upload")
    load(store)
    about_of(store.current()).unlink()
    manifest.of(store.current()).unlink()
    newest, first = shown(store)
    assert (newest[3], first[3]) == (text.NOTHING, "upload")


def test_history_for_a_program_holds_everything(store: Store) -> None:
    load(store)
    load(store, FILE)
    result = run("history", "--json", "--store", store.root)
    newest, first = json.loads(result.stdout)
    assert list(newest) == [
        "number",
        "path",
        "made_at",
        "made_by",
        "kind",
        "files",
        "is_current",
        "parent",
    ]
    assert newest["files"] == [FILE]
    assert Path(newest["path"]).resolve() == store.current()
    assert (first["is_current"], first["parent"]) == (False, None)


def test_undo_says_what_is_served_now_and_how_to_take_it_back(store: Store) -> None:
    load(store)
    load(store)
    result = run("undo", "--store", store.root)
    assert result.exit_code == 0
    assert "now generation 1 of" in result.stderr
    back = re.search(r"`guanqing (undo --to \d+) --store ([^`]+)`", result.stderr)
    assert back
    run(*back[1].split(), "--store", *shlex.split(back[2]))
    assert current(store).number == 2
    again = run("undo", "--to", 2, "--store", store.root)  # it is served already
    assert "--to" not in again.stderr


@pytest.mark.parametrize("command", [["history"], ["undo"], ["undo", "--to", "1"]])
def test_without_a_library_the_commands_end_with_2_and_a_sentence(
    store: Store, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], command: Any
) -> None:
    monkeypatch.setattr("sys.argv", ["guanqing", *command, "--store", str(store.root)])
    with pytest.raises(SystemExit) as caught:
        cli.main()
    assert caught.value.code == 2
    assert not store.root.exists()


def test_a_library_that_this_program_cannot_read_is_not_served_by_undo(store: Store) -> None:
    load(store)
    with duckdb.connect(str(store.current())) as connection:
        connection.execute("update library set schema_version = 99")
    load(store)
    with pytest.raises(Problem) as caught:
        run("undo", "--store", store.root)
    assert caught.value.key == "problem.schema_newer"
    assert current(store).number == 2
    assert list(store.folder.glob("draft-*")) == []


def test_the_simulated_library_says_that_it_is_one(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    kinds = []

    class Enough(Exception):
        pass

    def note(*_: object, kind: str) -> None:
        kinds.append(kind)
        raise Enough

    monkeypatch.setattr(simulated_library, "building", note)
    with pytest.raises(Enough):
        simulated_library.build(store)
    assert kinds == ["demo"]


def test_names_stay_with_the_generation_they_belong_to(store: Store) -> None:
    with building(store) as library:
        library.connection.execute("insert into names.names values (1, 'sealed')")
        library.describe(name_zh="馆", name_en="Library", is_simulated=False, layout="test")
    load(store)
    assert not names_of(store.current()).exists()
    store.undo()
    connection = warehouse.connect(store.current(), with_names=True)
    assert connection.sql("from names").fetchall() == [(1, b"sealed")]
