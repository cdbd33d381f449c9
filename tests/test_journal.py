"""What people typed in is kept: a batch whole or not at all, whoever is killed or broken off."""

import errno
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from guanqing import heads
from guanqing.intake.publishing.build import building
from guanqing.locks import holding
from guanqing.problems import Problem
from guanqing.registers import journal
from guanqing.registers.journal import Change
from guanqing.store import Store

ROW = {"count_code": "web_visit", "counted_on": "2019-03-01", "amount": 5.0}
KEY = {"count_code": "web_visit", "counted_on": "2019-03-01"}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.jsonl"


def put(path: Path, *changes: Change, **differences: Any) -> list[journal.Entry]:
    said: dict[str, Any] = {"by": "王芳", "is_simulated": False, **differences}
    return journal.append(path, changes or [Change("counts", KEY, ROW)], **said)


def test_there_is_nothing_before_the_first_entry(path: Path) -> None:
    assert journal.read(path) == []
    assert journal.version(path) == 0


def test_what_was_appended_is_read_back_in_order_with_who_when_and_why(path: Path) -> None:
    made = put(path) + put(path, Change("counts", KEY, None, ROW), by="李强", why="重复登记")
    assert journal.read(path) == made
    assert [entry.number for entry in made] == [1, 2]
    assert (made[1].by, made[1].why, made[1].values, made[1].was) == ("李强", "重复登记", None, ROW)
    assert len(made[0].at) == len("2019-10-08T01:12:03")


def test_the_version_changes_with_every_entry(path: Path) -> None:
    versions = []
    for _ in range(3):
        put(path)
        versions.append(journal.version(path))
    assert versions == sorted(set(versions))


def test_the_journal_is_text_that_anybody_can_read_and_nobody_elses_account(path: Path) -> None:
    put(path)
    assert "王芳" in path.read_text(encoding="utf-8")
    assert path.stat().st_mode & 0o077 == 0


def test_a_line_that_a_writer_was_killed_in_is_none_and_the_next_writer_mends_it(
    path: Path,
) -> None:
    put(path)
    whole = path.read_bytes()
    path.write_bytes(whole + whole[: len(whole) // 2])
    assert len(journal.read(path)) == 1
    (entry,) = put(path)
    assert entry.number == 2
    assert len(journal.read(path)) == 2
    assert path.read_bytes().startswith(whole)


def test_a_broken_line_in_the_middle_is_told_with_its_number(path: Path) -> None:
    for _ in range(3):
        put(path)
    lines = path.read_bytes().split(b"\n")
    lines[1] = b"{ not json"
    path.write_bytes(b"\n".join(lines))
    assert journal.broken_lines(path) == [2]
    assert [entry.number for entry in journal.read(path)] == [1, 3]
    (entry,) = put(path)
    assert entry.number == 4
    assert journal.broken_lines(path) == [2]


def test_a_broken_line_is_set_aside_and_its_number_never_given_again(path: Path) -> None:
    for _ in range(3):
        put(path)
    lines = path.read_bytes().split(b"\n")
    path.write_bytes(b"\n".join([lines[0], b"{ not json", lines[2], b""]))
    aside = journal.set_aside_broken(path)
    assert aside
    assert aside.read_bytes() == b"{ not json\n"
    assert path.read_bytes() == b"\n".join([lines[0], lines[2], b""])
    assert {aside.stat().st_mode & 0o777, path.stat().st_mode & 0o777} == {0o600}
    assert journal.set_aside_broken(path) is None
    (entry,) = put(path)
    assert entry.number == 4


def test_a_draft_is_for_its_owner_alone_and_goes_however_writing_ends(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(path)
    draft = path.with_suffix(".draft")
    draft.write_bytes(b"left by a writer that was killed")
    draft.chmod(0o644)
    modes = []

    def fail(*paths: Path) -> None:
        modes.extend(found.stat().st_mode & 0o777 for found in paths)
        raise OSError(errno.EIO, "the disk is broken")

    monkeypatch.setattr(journal.disk, "sync", fail)
    before = os.umask(0)
    try:
        with pytest.raises(Problem):
            put(path)
    finally:
        os.umask(before)
    assert modes == [0o600]
    assert not draft.exists()


@pytest.mark.parametrize(
    ("name", "wrong"), [("counted_on", "2019-13-45"), ("counted_on", "soon"), ("amount", "many")]
)
def test_an_entry_whose_value_is_no_day_or_number_is_broken_too(
    path: Path, name: str, wrong: str
) -> None:
    put(path)
    line = json.loads(path.read_text("utf-8"))
    line["values"] |= {name: wrong}
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(line | {"number": 2}) + "\n")
    assert journal.broken_lines(path) == [2]
    assert len(journal.read(path)) == 1


@pytest.mark.parametrize("line", [b"[]", b'{"number": 1}', b"7", b"\xff\xfe"])
def test_a_line_that_is_no_entry_is_broken_too(path: Path, line: bytes) -> None:
    put(path)
    path.write_bytes(line + b"\n" + path.read_bytes())
    assert journal.broken_lines(path) == [1]


@pytest.mark.parametrize(
    ("field", "wrong"),
    [("number", "first"), ("at", "yesterday"), ("key", None), ("is_simulated", "?"), ("new", 1)],
)
def test_a_line_with_a_wrong_field_is_broken_too(path: Path, field: str, wrong: object) -> None:
    put(path)
    line = json.loads(path.read_text("utf-8")) | {field: wrong}
    path.write_text(json.dumps(line) + "\n", encoding="utf-8")
    assert journal.broken_lines(path) == [1]


def test_a_line_of_an_older_program_without_what_was_there_is_read(path: Path) -> None:
    (entry,) = put(path)
    line = {k: v for k, v in json.loads(path.read_text("utf-8")).items() if k != "was"}
    path.write_text(json.dumps(line) + "\n", encoding="utf-8")
    assert journal.read(path) == [entry]


def test_a_batch_is_written_whole_or_not_at_all(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(path)
    before = path.read_bytes()

    def fail(source: Path, target: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(Problem, match="disk_full"):
        put(path, *[Change("counts", KEY, ROW)] * 3)
    assert path.read_bytes() == before
    monkeypatch.undo()
    assert put(path)[0].number == 2


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="store_not_writable"):
        put(tmp_path / "nowhere" / "journal.jsonl")


def test_who_writes_keeps_others_out_and_is_named(path: Path) -> None:
    with holding(path.with_suffix(".lock"), "journal") as holder:
        with pytest.raises(Problem) as problem:
            put(path)
        assert problem.value.key == "problem.store_locked"
        assert problem.value.values["who"] == holder.who
    put(path)


WRITE_TEN = """
import sys
from pathlib import Path
from guanqing.registers import journal
from guanqing.registers.journal import Change
from guanqing.problems import Problem

path, by = Path(sys.argv[1]), sys.argv[2]
for turn in range(10):
    while True:
        try:
            row = {"turn": turn}
            journal.append(path, [Change("counts", row, row)], by=by, is_simulated=False)
            break
        except Problem as problem:
            if problem.key != "problem.store_locked":
                raise
"""


def test_of_two_writers_at_once_nothing_is_lost(path: Path) -> None:
    # not multiprocessing: its children would run whatever a test of a page left as __main__
    command = [sys.executable, "-c", WRITE_TEN, str(path)]
    writers = [subprocess.Popen([*command, by]) for by in ("甲", "乙")]
    assert [writer.wait(60) for writer in writers] == [0, 0]
    found = journal.read(path)
    assert [entry.number for entry in found] == list(range(1, 21))
    for by in ("甲", "乙"):
        assert [e.key["turn"] for e in found if e.by == by] == list(range(10))


WRITER = """
import sys
from pathlib import Path
from guanqing.registers import journal
from guanqing.registers.journal import Change
batch = [Change("counts", {"turn": n}, {"amount": n}) for n in range(5)]
while True:
    journal.append(Path(sys.argv[1]), batch, by="x", is_simulated=False)
    print("done", flush=True)
"""


@pytest.mark.slow
def test_a_writer_killed_at_any_moment_leaves_whole_batches(path: Path) -> None:
    for turn in range(6):
        with subprocess.Popen(
            [sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True
        ) as writer:
            assert writer.stdout is not None
            assert writer.stdout.readline() == "done\n"
            time.sleep(0.003 * turn)
            writer.send_signal(signal.SIGKILL)
            said = 1 + sum(line == "done\n" for line in writer.stdout)
        found = journal.read(path)
        assert len(found) % 5 == 0
        assert len(found) >= 5 * said
        assert [entry.number for entry in found] == list(range(1, len(found) + 1))
        path.unlink()
        heads.of(path).unlink()


@pytest.mark.slow
def test_the_command_line_lists_the_entries_of_a_register(tmp_path: Path) -> None:
    store = Store(tmp_path)
    with building(store) as library:
        library.describe(name_zh="馆", name_en="Library", is_simulated=False, layout="none")
    path = journal.path_of(store.current())
    put(path)
    put(path, Change("counts", KEY, ROW | {"amount": 7.0}, ROW), why="漏计")
    put(path, Change("visits", {"branch": "JZ"}, None))

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "guanqing", "journal", *words, "--store", str(tmp_path)]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    assert [entry["number"] for entry in json.loads(run("--json").stdout)] == [1, 2, 3]
    table = run("counts").stdout
    assert "amount: 5.0 → 7.0" in table
    assert "漏计" in table
    assert "JZ" not in table
    assert run("loans").returncode == 2


# --- what is missing


def _cut(path: Path) -> None:
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:-1]))


def _halve(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def _empty(path: Path) -> None:
    os.truncate(path, 0)


@pytest.mark.parametrize("harm", [Path.unlink, _cut, _halve, _empty])
def test_nothing_is_entered_over_a_journal_that_lacks_entries(
    path: Path, harm: Callable[[Path], None]
) -> None:
    for _ in range(3):
        put(path)
    harm(path)
    left = path.read_bytes() if path.exists() else None
    assert journal.is_cut(path)
    with pytest.raises(Problem, match="journal_cut"):
        put(path)
    assert (path.read_bytes() if path.exists() else None) == left


def test_a_writer_killed_before_any_of_its_steps_leaves_a_journal_that_is_whole(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Cut(BaseException):
        pass

    replace, sizes = os.replace, set()
    for step in range(4):
        put(path)
        left = [step]

        def cut(source: Path, target: Path, left: list[int] = left) -> None:
            left[0] -= 1
            if left[0] < 0:
                raise Cut
            replace(source, target)

        before = len(journal.read(path))
        with monkeypatch.context() as patch:
            patch.setattr(os, "replace", cut)
            with suppress(Cut):
                put(path)
        assert not journal.is_cut(path)
        sizes.add(len(journal.read(path)) - before)
    assert sizes == {0, 1}
    put(path)


def test_a_journal_of_before_there_were_heads_is_taken_as_it_is(path: Path) -> None:
    put(path)
    heads.of(path).unlink()
    assert not journal.is_cut(path)
    put(path)
    _cut(path)
    assert journal.is_cut(path)
