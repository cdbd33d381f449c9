"""Readers' names: sealed wherever they lie, shown to whom, of whom, and for what reason."""

import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
from screens import open_page
from sealed import opened_names
from streamlit.testing.v1 import AppTest
from test_cli import run
from test_incremental import Shelf, content, loan
from test_kept import complaint, loan_count
from test_roles import everything_sent
from test_upgrading import earlier

from guanqing import manifest, warehouse
from guanqing.access import audit, names_key, settings
from guanqing.access.names import Names
from guanqing.access.names_key import Keys
from guanqing.intake import sealed_files
from guanqing.intake.accounts import RefusedLine, refusals
from guanqing.intake.loading import load
from guanqing.keeping import rotation, verify
from guanqing.keeping.backup import backup
from guanqing.keeping.restore import restore
from guanqing.paths import ROOT
from guanqing.problems import Problem
from guanqing.store import Store, names_of, records_of
from guanqing.ui.loading import report
from guanqing.ui.shell import naming, visitor

pytest_plugins = ["stores"]

NAMES = ("王小明", "欧阳娜娜", "李四光", "赵本善")
READERS = (
    "JZ00000001,王小明,成人,女,2018-01-02",
    "JZ00000002,欧阳娜娜,欧阳娜娜,女,2018-01-02",  # a code that no layout knows is a name here
    "JZ00000003,李四光,成人,女,李四光",  # refused: its columns are mixed up
    "JZ00000004,赵本善,成人,女,2018年1月2日",  # repaired
)


@pytest.fixture
def key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the key file of an administrator's own folder, which is not there yet."""
    folder = tmp_path / "etc"
    folder.mkdir()
    monkeypatch.setenv("GUANQING_CONFIG", str(folder))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))
    return folder / "names-key"


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path)


@pytest.fixture
def store(shelf: Shelf, key: Path, tmp_path: Path) -> Store:
    """Return a store of two loads: loans of which one is refused, and readers."""
    store = Store(tmp_path / "store")
    bad = loan(9).replace("2024-03-01", "王小明")
    load([shelf.file("loans", "loans", loan(1), loan(2), bad)], "plain", store)
    load([shelf.file("readers", "readers", *READERS)], "plain", store)
    return store


def lying_open(folder: Path) -> list[str]:
    """Return the files that hold a name or a card number as anybody reads it."""
    words = [word.encode() for word in (*NAMES, "JZ0000000")]
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [path.name for path in files if any(word in path.read_bytes() for word in words)]


def known_names(store: Store) -> set[str]:
    return {name for _, name, _ in opened_names(store.current())}


# --- at rest


def test_no_name_lies_open_in_a_store_or_a_backup(store: Store, tmp_path: Path) -> None:
    assert known_names(store) == {"王小明", "欧阳娜娜", "赵本善"}
    assert lying_open(store.root) == []
    backup(store, tmp_path / "backup.zip", with_names=True)
    with zipfile.ZipFile(tmp_path / "backup.zip") as packed:
        packed.extractall(tmp_path / "unpacked")
    assert (tmp_path / "unpacked" / "names.duckdb").exists()
    assert lying_open(tmp_path / "unpacked") == []


def test_what_a_load_has_in_its_hands_is_sealed_too(
    store: Store, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only the texts that are read, and what the engine cannot hold in memory, are as they were."""
    found: list[str] = []

    def look(draft: Any, writer: Any) -> None:
        found.extend(lying_open(draft.folder))
        raise Problem("disk_full", path=draft.folder, written="0")

    monkeypatch.setattr(Store, "_publish", lambda self, draft, writer: look(draft, writer))
    with pytest.raises(Problem, match="disk_full"):
        load([shelf.file("more", "readers", *READERS, "R9,王小明,成人,女,")], "plain", store)
    assert found == []


def test_refused_lines_come_back_as_they_were(store: Store) -> None:
    found = b"".join(content for content, _ in refusals.contents(store).values()).decode()
    assert READERS[2] in found


def test_who_may_not_see_names_gets_numbers_and_days_of_refused_lines(store: Store) -> None:
    ((held, count),) = refusals.contents(store, with_names=False).values()
    words = held.decode("utf-8-sig")
    assert count == 1
    assert not any(name in words for name in NAMES)
    assert "JZ00000003" not in words
    # nor would a load take it, and the stars for names
    header = words.splitlines()[0]
    assert "[姓名]" in header
    loans = refusals.contents(store, 1, with_names=False)
    assert b"B1" in next(iter(loans.values()))[0]


def test_a_command_writes_names_of_refused_lines_for_a_reason_which_is_noted(
    store: Store, tmp_path: Path
) -> None:
    said = run("refused", tmp_path / "out", "--store", store.root)
    assert "--reason" in said.output
    assert lying_open(tmp_path / "out") == []
    assert audit.lines(audit.path_of(store.root)) == []
    said = run("refused", tmp_path / "out", "--reason", " 补录\n", "--store", store.root)
    assert "--reason" not in said.output
    assert lying_open(tmp_path / "out")
    (noted,) = audit.lines(audit.path_of(store.root))
    assert (noted.act, noted.about["reason"]) == ("names_seen", "补录")


@pytest.mark.parametrize("masked", [{"readers.csv"}, set()])
def test_the_account_of_a_load_shows_no_name_in_a_field_unless_names_are_shown(
    masked: set[str],
) -> None:
    line = RefusedLine("readers.csv", 3, "办证日期", "李四光", "no_day")
    shown = json.dumps(report._refused_line(line, masked), ensure_ascii=False)
    assert ("李四光" in shown) == (not masked)


def test_a_load_tells_what_it_refused_and_what_it_did_not_know(store: Store, shelf: Shelf) -> None:
    more = shelf.file("more", "readers", "R8,王小明,交换生,女,2018-01-02", "R9,李四光,成人,女,x")
    account = load([more], "plain", store)
    assert [(line.column, line.value) for line in account.refused_lines] == [("办证日期", "x")]
    assert [code.value for code in account.unmapped_codes] == ["交换生"]


def test_a_load_that_says_the_same_finds_it_there(store: Store, shelf: Shelf) -> None:
    again = shelf.file("again", "readers", *READERS[:2])
    account = load([again], "plain", store)
    assert (account.load_number, account.total("already_there")) == (None, 2)


@pytest.mark.few(9)
@pytest.mark.parametrize("version", [2, 3])
def test_what_an_earlier_program_left_open_is_sealed_at_the_next_load(
    key: Path, shelf: Shelf, tmp_path: Path, version: int
) -> None:
    store = earlier(tmp_path / "old", version)
    assert lying_open(store.root)
    assert [f.key for f in verify.findings(store)].count("verify.names_plain") == 2
    load([shelf.file("more", "loans", loan(7))], "plain", store)
    assert lying_open(store.root) == []
    assert known_names(store) == {"王小明", "李华"}
    assert len(store.generations()) == 3
    first = store.folder / "000001.duckdb"
    assert {name for _, name, _ in opened_names(first)} == {"王小明", "李华"}
    folder = tmp_path / "out"
    assert refusals.write(store, folder, 1)  # what was refused then can still be taken away


def test_names_left_open_are_sealed_by_a_command(key: Path, tmp_path: Path) -> None:
    store = earlier(tmp_path / "old", 3)
    backup(store, tmp_path / "backup.zip", with_names=True)
    assert lying_open(store.root) == []


def test_a_file_that_is_not_as_it_was_published_is_not_made_whole_by_sealing(
    store: Store, key: Path
) -> None:
    records = records_of(store.current())
    with duckdb.connect(str(records)) as connection:
        connection.execute("delete from loans")
        connection.execute("checkpoint")
    rotation.rotate(store)
    assert manifest.faults(store.current(), hashed=manifest.FILES)


# --- the key


def test_a_key_is_made_for_us_alone_and_outside_the_data(store: Store, key: Path) -> None:
    assert key.stat().st_mode & 0o777 == 0o600
    assert not key.is_relative_to(store.root)
    assert list(key.parent.iterdir()) == [key]


def test_a_person_at_their_own_machine_has_a_folder_for_it(
    shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GUANQING_CONFIG", str(tmp_path / "none"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))
    load([shelf.file("readers", "readers", *READERS)], "plain", Store(tmp_path / "store"))
    made = tmp_path / "home" / "guanqing" / "names-key"
    assert made.stat().st_mode & 0o777 == 0o600
    assert stat.S_IMODE(made.parent.stat().st_mode) == 0o700
    (tmp_path / "none").mkdir()  # a sign-in set up later does not hide it
    assert names_key.path() == made


def test_a_key_is_never_made_in_the_data_it_guards(
    shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GUANQING_CONFIG", str(tmp_path / "none"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "store" / ".config"))
    store = Store(tmp_path / "store")
    with pytest.raises(Problem, match="names_key_not_made"):
        load([shelf.file("readers", "readers", *READERS)], "plain", store)
    assert load([shelf.file("loans", "loans", loan(1))], "plain", store).total("loaded") == 1


SPOILT: dict[str, Callable[[Path], object]] = {
    "names_key_lost": Path.unlink,
    "secret_open": lambda key: key.chmod(0o644),
    "names_key_broken": lambda key: key.write_text(key.read_text()[:-9], encoding="ascii"),
}


@pytest.mark.few(9)
@pytest.mark.parametrize("problem", SPOILT)
def test_without_the_key_everything_goes_on_but_names(
    store: Store, key: Path, shelf: Shelf, tmp_path: Path, problem: str
) -> None:
    SPOILT[problem](key)
    before = names_of(store.current()).read_bytes()
    bad = loan(8).replace("2024-03-09", "李四光")
    report = load([shelf.file("more", "loans", loan(3), bad)], "plain", store)
    assert (report.total("loaded"), report.total("refused")) == (1, 1)
    assert "李四光" in str(report.refused_lines[0].value)  # it is said, and not kept
    assert loan_count(store) == 3
    assert lying_open(store.root) == []
    assert f"problem.{problem}" in [finding.key for finding in verify.findings(store)]
    with pytest.raises(Problem, match=problem):
        load([shelf.file("again", "readers", *READERS, "R9,王小明,成人,女,")], "plain", store)
    with pytest.raises(Problem, match=problem):
        refusals.contents(store, 1)
    backup(store, tmp_path / "backup.zip", with_names=True)
    assert names_of(store.current()).stat().st_size == len(before)
    assert not (key.exists() and problem == "names_key_lost")  # nor is another made in its place


def test_a_key_that_is_back_opens_what_was_loaded_meanwhile(
    store: Store, key: Path, shelf: Shelf
) -> None:
    kept = key.rename(key.with_name("copy"))
    load([shelf.file("more", "loans", loan(3))], "plain", store)
    kept.rename(key)
    assert known_names(store) == {"王小明", "欧阳娜娜", "赵本善"}
    assert refusals.contents(store, 1)
    assert list(verify.findings(store)) == []


def test_a_key_that_is_lost_for_good_is_made_up_for_by_the_same_export(
    store: Store, key: Path, shelf: Shelf
) -> None:
    before = content(store, with_records=False)
    key.unlink()
    said = run("names", "rotate", "--store", store.root)
    assert said.exit_code == 1
    assert "load the readers' export again" in said.output
    report = load([shelf.file("readers", "readers", *READERS)], "plain", store)
    assert report.load_number == 3
    assert known_names(store) == {"王小明", "欧阳娜娜", "赵本善"}
    after = content(store, with_records=False)
    assert after["readers"] == before["readers"]


def test_a_backup_is_restored_where_the_key_is_not_but_for_names(
    store: Store, key: Path, shelf: Shelf, tmp_path: Path
) -> None:
    said = run("backup", tmp_path / "backup.zip", "--with-names", "--store", store.root)
    assert str(key) in said.output
    key.rename(key.with_name("copy"))
    bare = Store(tmp_path / "bare")
    restore(bare, tmp_path / "backup.zip")
    assert loan_count(bare) == 2
    assert load([shelf.file("more", "loans", loan(3))], "plain", bare).total("loaded") == 1
    assert str(key) in run("verify", "--store", bare.root).output
    key.with_name("copy").rename(key)
    assert known_names(bare) == {"王小明", "欧阳娜娜", "赵本善"}


# --- another key


def test_after_a_rotation_the_old_key_opens_nothing(store: Store, key: Path) -> None:
    old = names_key.read()
    assert run("names", "rotate", "--store", store.root).exit_code == 0
    assert names_key.read().lines != old.lines
    assert known_names(store) == {"王小明", "欧阳娜娜", "赵本善"}
    assert refusals.contents(store, 1)
    for path in sealed_files.private_files(store):
        assert sealed_files.has_unopened(path, old), path
        assert not sealed_files.has_unopened(path, names_key.read()), path
    assert list(verify.findings(store)) == []
    retired = key.with_name("names-key.retired")
    assert (retired.read_text(encoding="ascii").split(), retired.stat().st_mode & 0o777) == (
        list(old.lines),
        0o600,
    )
    (noted,) = audit.lines(audit.path_of(store.root))
    assert noted.act == "rotated"


def test_a_backup_from_before_a_rotation_is_opened_by_the_key_kept_for_it(
    store: Store, key: Path, tmp_path: Path
) -> None:
    backup(store, tmp_path / "backup.zip", with_names=True)
    rotation.rotate(store)
    bare = Store(tmp_path / "bare")
    restore(bare, tmp_path / "backup.zip")
    assert "verify.names_locked" in [finding.key for finding in verify.findings(bare)]
    retired = key.with_name("names-key.retired").read_text(encoding="ascii")
    key.write_text(retired + key.read_text(encoding="ascii"), encoding="ascii")
    assert known_names(bare) == {"王小明", "欧阳娜娜", "赵本善"}


def test_where_the_folder_is_the_administrators_a_key_put_last_is_taken(
    store: Store, key: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Root writes everywhere, so the refusal is played."""

    def refuse(file: Path, lines: object) -> None:
        raise Problem("names_key_not_made", path=file)

    monkeypatch.setattr(names_key, "_replace", refuse)
    assert f"openssl rand -hex 64 >> {key}" in complaint("names", "rotate", "--store", store.root)
    with key.open("a", encoding="ascii") as file:
        file.write("ab" * 64 + "\n")
    said = run("names", "rotate", "--store", store.root)
    assert (said.exit_code, "administrator" in said.output) == (0, True)
    last = Keys(names_key.read().lines[-1:])
    assert not any(sealed_files.has_unopened(p, last) for p in sealed_files.private_files(store))


def test_a_load_between_the_steps_of_a_rotation_seals_with_the_new_key(
    store: Store, key: Path, shelf: Shelf
) -> None:
    names_key.add(names_key.read())
    again = load([shelf.file("again", "readers", *READERS[:2])], "plain", store)
    assert again.total("already_there") == 2
    load([shelf.file("more", "loans", loan(3))], "plain", store)
    last = Keys(names_key.read().lines[-1:])
    for path in (names_of(store.current()), records_of(store.current())):
        assert not sealed_files.has_unopened(path, last)


class Cut(BaseException):
    """The moment a program is killed."""


@pytest.mark.slow
def test_a_rotation_may_be_cut_short_before_any_file_is_replaced(
    store: Store, key: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace, whole, first = os.replace, store, key.read_bytes()
    for step in range(100):
        store = Store(shutil.copytree(whole.root, tmp_path / f"store{step}", symlinks=True))
        key.write_bytes(first)
        left = [step]

        def cut(source: Path, target: Path, left: list[int] = left) -> None:
            left[0] -= 1
            if left[0] < 0:
                raise Cut
            replace(source, target)

        with monkeypatch.context() as patch:
            patch.setattr(os, "replace", cut)
            try:
                rotation.rotate(store)
                break
            except Cut:
                pass
        assert known_names(store) == {"王小明", "欧阳娜娜", "赵本善"}
        assert refusals.contents(store, 1)
        assert not manifest.faults(store.current(), hashed=manifest.FILES)
        rotation.rotate(store)
        assert (len(names_key.read().lines), key.read_bytes() == first) == (1, False)
        assert known_names(store) == {"王小明", "欧阳娜娜", "赵本善"}
    assert step > 8


KILLED = """
import os, signal, sys
from pathlib import Path
from guanqing.keeping import rotation
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
rotation.rotate(Store(Path(sys.argv[1])))
"""


@pytest.mark.slow
def test_a_rotation_may_be_killed_before_any_of_its_steps(
    store: Store, key: Path, tmp_path: Path
) -> None:
    whole, first = store, key.read_bytes()
    for step in range(100):
        store = Store(shutil.copytree(whole.root, tmp_path / f"store{step}", symlinks=True))
        key.write_bytes(first)
        command = [sys.executable, "-c", KILLED, str(store.root), str(step)]
        killed = subprocess.run(command, check=False, cwd=ROOT, capture_output=True, text=True)
        assert killed.returncode in {0, -signal.SIGKILL}, killed.stderr
        assert known_names(store) == {"王小明", "欧阳娜娜", "赵本善"}
        assert not manifest.faults(store.current(), hashed=manifest.FILES)
        if killed.returncode == 0:
            break
        rotation.rotate(store)
        assert known_names(store) == {"王小明", "欧阳娜娜", "赵本善"}
        assert len(names_key.read().lines) == 1
    assert step > 8


# --- of whom


@pytest.fixture
def sealed_name(tables: Any) -> Iterator[Callable[[bytes], None]]:
    """Return a function that gives reader 1 a name in the names file."""
    yield lambda sealed: tables.execute("insert into names values (1, $1)", [sealed])
    tables.execute("delete from names")


@pytest.mark.parametrize(
    ("facts", "named"),
    [
        ({"birth_year": 1980}, True),
        ({"birth_year": 2001}, False),  # 18 on some day of 2019
        ({"birth_year": 2000}, True),
        ({"birth_year": 2010}, False),
        ({"birth_year": 1980, "reader_type": "child"}, False),  # one of the two is wrong
        ({"birth_year": 2010, "reader_type": "adult"}, False),
        ({"reader_type": "adult"}, True),
        ({"reader_type": "senior"}, True),
        ({"reader_type": "student"}, False),
        ({"reader_type": "undergraduate"}, False),
        ({"reader_type": None}, False),
    ],
)
def test_who_may_be_a_minor_on_the_day_is_never_named(
    put: Any, ask: Any, sealed_name: Any, facts: dict[str, Any], named: bool
) -> None:
    put("readers", reader_id=1, **facts)
    sealed_name(b"sealed")
    (row,) = ask("reader_labels", readers=[1], as_of=date(2019, 6, 30)).to_dicts()
    assert (row["sealed"] is not None) == named


@pytest.mark.parametrize(
    ("agreed", "unsaid", "named"),
    [
        (True, False, True),
        (False, False, False),
        (False, True, False),
        (None, False, False),
        (None, True, True),
    ],
)
def test_who_declined_is_never_named_and_who_said_nothing_as_the_setting_says(
    put: Any, ask: Any, sealed_name: Any, agreed: bool | None, unsaid: bool, named: bool
) -> None:
    keys = names_key.throwaway()
    put("readers", reader_id=1, may_be_named=agreed)
    sealed_name(keys.seal("王小明\x1fR1"))
    (row,) = ask("reader_labels", readers=[1]).to_dicts()
    assert (row["sealed"] is None) == (agreed is False)
    assert Names(keys, unsaid).of(row) == (("王小明", "R1") if named else None)


def test_unless_it_is_set_nobody_is_named_who_has_not_said_so() -> None:
    assert settings.server().names.unsaid == "no"


def test_a_readers_export_says_who_may_be_named(shelf: Shelf, key: Path, tmp_path: Path) -> None:
    path = tmp_path / "agreed.csv"
    path.write_text("读者证号,姓名,同意公布姓名\nR1,王小明,是\nR2,李华,否\nR3,张三,\n", "utf-8")
    store = Store(tmp_path / "store")
    load([path], "plain", store)
    with duckdb.connect(str(store.current()), read_only=True) as connection:
        found = connection.sql("select masked_name, may_be_named from readers").fetchall()
    assert dict(found) == {"王**": True, "李**": False, "张**": None}


def test_the_simulated_library_has_readers_of_each_kind(simulated: Path) -> None:
    with warehouse.connect(Store(simulated).current()) as connection:
        found = connection.sql("select may_be_named, count(*) from readers group by all").fetchall()
    counts = dict(found)
    assert counts[True] > counts[None] > counts[False] > 100


# --- for what reason


@pytest.fixture
def asking(simulated: Path, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, object]]:
    """Let names be asked for, and return what is noted of it."""
    noted: list[dict[str, object]] = []
    monkeypatch.setenv("GUANQING_NAMES", "1")
    monkeypatch.setenv("GUANQING_STORE", str(simulated))
    monkeypatch.setattr(naming, "record", lambda act, **about: noted.append(about))
    return noted


def page(simulated: Path) -> AppTest:
    return open_page("pages/people/readers.py", simulated)


def give(app: AppTest, reason: str) -> AppTest:
    """Send a reason, as a browser does."""
    app.text_input(key="names_reason").input(reason)
    return app.button(key="show-names").click().run()


def is_named(app: AppTest) -> bool:
    return "hide-names" in [button.key for button in app.button]


@pytest.mark.slow
def test_names_are_shown_for_a_reason_which_is_noted(
    simulated: Path, asking: list[dict[str, object]]
) -> None:
    app = page(simulated)
    assert not is_named(app)
    assert is_named(give(app, " 读书日\n评奖 "))
    assert asking == [{"reason": "读书日 评奖"}]
    assert is_named(app.run())
    assert len(asking) == 1


@pytest.mark.parametrize("reason", ["", "  "])
def test_without_a_reason_no_name_is_shown(
    simulated: Path, asking: list[dict[str, object]], reason: str
) -> None:
    assert not is_named(give(page(simulated), reason))
    assert asking == []


def test_a_reason_that_a_browser_fills_in_is_none_until_it_is_sent(
    simulated: Path, asking: list[dict[str, object]]
) -> None:
    app = page(simulated)
    app.text_input(key="names_reason").input("评奖")
    assert not is_named(app.run())
    assert asking == []


def test_a_reason_holds_for_a_while_and_is_asked_for_again(
    simulated: Path, asking: list[dict[str, object]], monkeypatch: pytest.MonkeyPatch
) -> None:
    app = give(page(simulated), "评奖")
    minutes = settings.server().names.minutes
    monkeypatch.setattr(naming, "monotonic", lambda: time.monotonic() + minutes * 60 + 1)
    assert not is_named(app.run())
    assert is_named(give(app, "再看一次"))
    assert [about["reason"] for about in asking] == ["评奖", "再看一次"]


# name, born, whether they agreed -> whether they are named
READ_OF = {
    "欧阳可见": ("1980-01-01", "是", True),
    "上官同意": ("1985-01-01", "是", True),
    "司马少年": ("2010-01-01", "是", False),
    "诸葛不肯": ("1980-01-01", "否", False),
    "东方未言": ("1980-01-01", "", False),
}


def lent_to_all(folder: Path) -> None:
    """Make a library in which each of them has borrowed."""
    shelf = Shelf(folder)
    header = "读者证号,姓名,读者类型,出生日期,同意公布姓名"
    rows = [f"R{n},{name},成人,{b},{a}" for n, (name, (b, a, _)) in enumerate(READ_OF.items(), 1)]
    (folder / "readers.csv").write_text("\n".join([header, *rows, ""]), encoding="utf-8")
    lines = [loan(n).replace("R1,", f"R{n},") for n in range(1, len(READ_OF) + 1)]
    files = [folder / "readers.csv", shelf.file("loans", "loans", *lines)]
    load(files, "plain", Store(folder / "store"))


def sent_names(app: AppTest) -> set[str]:
    """Return the names that are anywhere in what is sent to the browser, seen or not."""
    sent = "".join(everything_sent(app._tree))

    def as_bytes_are_written(name: str) -> str:
        return "".join(f"\\{byte:03o}" for byte in name.encode())

    return {name for name in READ_OF if name in sent or as_bytes_are_written(name) in sent}


@pytest.mark.slow
def test_no_name_that_may_not_be_shown_is_sent_to_the_browser_and_none_afterwards(
    asking: list[dict[str, object]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    lent_to_all(tmp_path)
    monkeypatch.setenv("GUANQING_STORE", str(tmp_path / "store"))
    app = open_page("pages/people/readers.py", tmp_path / "store", period="2024")
    assert sent_names(app) == set()
    app = give(app, "评奖")
    assert sent_names(app) == {name for name, (_b, _a, named) in READ_OF.items() if named}
    minutes = settings.server().names.minutes
    monkeypatch.setattr(naming, "monotonic", lambda: time.monotonic() + minutes * 60 + 1)
    assert sent_names(app.run()) == set()


@pytest.mark.slow
def test_names_are_hidden_again_when_told_so(
    simulated: Path, asking: list[dict[str, object]]
) -> None:
    app = give(page(simulated), "评奖")
    app.button(key="hide-names").click().run()
    assert not is_named(app)


def test_a_reason_is_of_whoever_gave_it(
    simulated: Path, asking: list[dict[str, object]], monkeypatch: pytest.MonkeyPatch
) -> None:
    app = give(page(simulated), "评奖")
    other = visitor.Visitor("b@lib.example", "乙", "director")
    monkeypatch.setattr(visitor, "recognise", lambda **_: other)
    assert not is_named(app.run())


def test_where_the_key_is_lost_the_page_says_what_to_do(
    simulated: Path, asking: list[dict[str, object]], key: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(key.parent / "none"))
    app = give(page(simulated), "评奖")
    assert not app.exception
    assert "guanqing names rotate" in json.dumps([html.proto.body for html in app.get("html")])


def test_the_reason_stands_in_the_audit(tmp_path: Path) -> None:
    audit.note(tmp_path / "audit.jsonl", "names_seen", who="wang", about={"reason": "评奖"})
    (line,) = audit.lines(tmp_path / "audit.jsonl")
    assert (line.act, line.about) == ("names_seen", {"reason": "评奖"})
    assert datetime.fromisoformat(line.at) <= datetime.now(UTC)
