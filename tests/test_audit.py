"""The audit: every line in its place, and no line altered unseen."""

import errno
import json
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from screens import open_page, words
from test_cli import run

from guanqing.access import audit, audit_ends
from guanqing.access.audit_lines import written
from guanqing.intake.publishing.build import building
from guanqing.problems import Problem
from guanqing.store import Store

pytest_plugins = ["stores"]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    found = tmp_path / "audit.jsonl"
    for number in range(5):
        audit.note(found, "exported", who="a@b.example", about={"rows": number})
    return found


def test_lines_are_numbered_and_chained(path: Path) -> None:
    found = audit.lines(path)
    assert [line.number for line in found] == [1, 2, 3, 4, 5]
    assert audit.verify(path) == found[-1]
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_file_called_by_bytes_that_are_no_text_is_noted(path: Path) -> None:
    audit.note(path, "loaded", who="a@b.example", about={"files": ["\udcff.csv"]})
    said = audit.lines(path)[-1].about["files"]
    assert audit.verify(path) == audit.lines(path)[-1]
    assert "udcff.csv" in said


def test_a_store_without_an_audit_has_nothing_to_verify(tmp_path: Path) -> None:
    assert audit.verify(tmp_path / "audit.jsonl") is None


def _without_chain_of_its_own(lines: list[str]) -> list[str]:
    altered = json.loads(lines[2]) | {"about": {"rows": 99}}
    return [*lines[:2], json.dumps(altered), *lines[3:]]


def _reckoned_anew(lines: list[str]) -> list[str]:
    """Alter a line and give it the chain that it would have: the next one does not fit."""
    line = audit.LINE.validate_python(json.loads(lines[2]) | {"about": {"rows": 99}})
    before = json.loads(lines[1])["chain"]
    return [*lines[:2], written(line.chained(before)).decode().strip(), *lines[3:]]


@pytest.mark.parametrize(
    "alter",
    [
        _without_chain_of_its_own,
        _reckoned_anew,
        lambda lines: [*lines[:2], *lines[3:]],
        lambda lines: lines[1:],
        lambda lines: [*lines[:2], lines[3], lines[2], lines[4]],
        lambda lines: [*lines[:3], *lines[2:]],
        lambda lines: [*lines[:3], lines[3][:-9], lines[4]],
    ],
    ids=["altered", "reckoned anew", "out", "first out", "swapped", "twice", "half"],
)
def test_what_was_altered_is_found(path: Path, alter: Callable[[list[str]], list[str]]) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join(alter(lines)) + "\n", encoding="utf-8")
    with pytest.raises(Problem, match="audit_broken"):
        audit.verify(path)


def test_a_line_that_a_power_cut_left_half_written_is_taken_away_and_said(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[:-7])
    before = audit.lines(_without_last(path))[-1]
    audit_ends.write(path, before.number, before.chain)  # it is written after the line
    audit.note(path, "edited", who="c")
    last = audit.verify(path)
    assert last
    assert (last.number, last.act) == (5, "edited")
    assert last.about["torn_bytes"] > 0
    audit.note(path, "edited", who="c")
    assert "torn_bytes" not in audit.lines(path)[-1].about


def test_no_line_is_so_long_that_none_can_follow(path: Path) -> None:
    # what an address asks for stands in it: ?branch=TG,TG,… fits a ticket, for that is packed
    asked = [["branches=" + ",".join(["TG"] * 30_000)]]
    audit.note(path, "exported", who="a", about={"asked": asked, "rows": 7})
    audit.note(path, "edited", who="b")
    exported, edited = audit.lines(path)[-2:]
    assert audit.verify(path) == edited
    assert exported.about["rows"] == 7
    assert len(written(exported)) < 5000


def test_a_long_line_that_is_there_already_is_read(path: Path) -> None:
    last = audit.lines(path)[-1]
    long = audit.Line(6, last.at, "a", "", "", "loaded", {"files": "x" * 90_000})
    with path.open("ab") as file:
        file.write(written(long.chained(last.chain)))
    audit.note(path, "edited", who="b")
    found = audit.verify(path)
    assert found
    assert found.number == 7


def test_a_full_disk_is_said_and_leaves_what_was_noted(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(Problem, match="store_not_writable"):
            audit.note(path, "edited", who="c")
    audit.note(path, "edited", who="d")
    assert audit.verify(path)


def test_nothing_is_lost_where_many_write_at_once(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: audit.note(path, "exported", who=str(n)), range(80)))
    last = audit.verify(path)
    assert last
    assert last.number == 80
    assert {line.who for line in audit.lines(path)} == {str(n) for n in range(80)}


def _aged(path: Path, times: list[datetime]) -> None:
    """Write an audit with a line at each of these times."""
    path.unlink(missing_ok=True)
    audit_ends.head_of(path).unlink(missing_ok=True)
    for number, at in enumerate(times):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(audit, "datetime", _clock(at))
            audit.note(path, "exported", who="a@b.example", about={"rows": number})


def _clock(at: datetime) -> type[datetime]:
    class Clock(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
            return at

    return Clock


def _note_at(at: datetime, path: Path, kept_days: int = 730) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(audit, "datetime", _clock(at))
        audit.note(path, "edited", who="c", kept_days=kept_days)


NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)


def test_what_is_older_than_it_is_kept_goes_and_the_chain_holds(path: Path) -> None:
    _aged(path, [NOW - timedelta(days=30 * months) for months in range(20, 0, -1)])
    _note_at(NOW, path, kept_days=365)
    kept = audit.lines(path)
    assert [(line.number, line.act) for line in kept[:2]] == [(8, "cut"), (9, "exported")]
    assert [(line.number, line.act) for line in kept[-1:]] == [(21, "edited")]
    _note_at(NOW + timedelta(days=31), path, kept_days=365)
    last = audit.verify(path)
    assert last
    assert (last.number, audit.lines(path)[0].number) == (22, 9)
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[1:]))
    with pytest.raises(Problem, match="audit_broken"):
        audit.verify(path)


@pytest.mark.parametrize("line_count", [1, 3])
def test_a_clock_that_ran_ahead_takes_nothing_away(path: Path, line_count: int) -> None:
    _aged(path, [NOW - timedelta(days=30 * months) for months in range(5, 0, -1)])
    for number in range(line_count):
        _note_at(NOW + timedelta(days=3650, hours=number), path)
    _note_at(NOW, path)
    assert [line.number for line in audit.lines(path)] == list(range(1, line_count + 7))
    assert audit.verify(path)
    assert [line.number for line in audit.went_back(path)] == [line_count + 6]
    # set right, it cuts what has become old, and nothing out of the middle
    for months in range(1, 28):
        _note_at(NOW + timedelta(days=30 * months), path)
    found = audit.lines(path)
    assert audit.verify(path)
    assert [line.number for line in found] == list(range(found[0].number, line_count + 34))
    assert found[0].act == "cut"
    assert found[0].number > line_count + 4


@pytest.mark.parametrize("kept", [0, 2, 4])
def test_lines_missing_at_the_end_are_said_and_never_made_up_for(path: Path, kept: int) -> None:
    whole = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(whole[:kept]))
    if not kept:
        path.unlink()
    with pytest.raises(Problem, match="audit_missing") as caught:
        audit.verify(path)
    assert (caught.value.values["first"], caught.value.values["last"]) == (str(kept + 1), "5")
    audit.note(path, "edited", who="c")
    assert [line.number for line in audit.lines(path)] == [*range(1, kept + 1), 6]
    with pytest.raises(Problem, match="audit_missing"):
        audit.verify(path)
    with pytest.raises(Problem, match="audit_missing"):  # nor does a mend forget it
        audit.mend_head(path)


def test_an_end_that_was_reckoned_anew_is_found(path: Path) -> None:
    found = audit.lines(path)
    altered = replace(found[4], about={"rows": 99}).chained(found[3].chain)
    path.write_bytes(b"".join(written(line) for line in [*found[:4], altered]))
    for _ in range(2):
        with pytest.raises(Problem, match="audit_broken"):
            audit.verify(path)
        audit.note(path, "edited", who="c")


def test_killed_between_a_line_and_the_head_nothing_is_missed(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Cut(BaseException):
        pass

    def cut(*_: object) -> None:
        raise Cut

    with monkeypatch.context() as patch:
        patch.setattr(audit_ends, "write", cut)
        with pytest.raises(Cut):
            audit.note(path, "edited", who="c")
    last = audit.verify(path)
    assert last
    assert last.number == 6
    audit.note(path, "edited", who="c")
    assert audit.verify(path) == audit.lines(path)[-1]


@pytest.mark.parametrize("harm", [Path.unlink, lambda head: head.write_bytes(b"{")])
def test_a_head_that_is_gone_is_said_and_mended(path: Path, harm: Callable[[Path], object]) -> None:
    harm(audit_ends.head_of(path))
    with pytest.raises(Problem, match="audit_headless"):
        audit.verify(path)
    audit.mend_head(path)
    assert audit.verify(path) == audit.lines(path)[-1]


def _without_last(path: Path) -> Path:
    whole = path.with_name("before.jsonl")
    whole.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-1]))
    return whole


def test_a_beginning_that_somebody_took_away_is_found(path: Path) -> None:
    # whoever can write the file can write the line that stands for what was too old
    kept = audit.lines(path)[3:]
    about = {"chain": audit.lines(path)[2].chain, "oldest": kept[0].at}
    head = audit.Line(3, kept[0].at, "guanqing", "", "", "cut", about).chained("")
    path.write_bytes(b"".join(written(line) for line in [head, *kept]))
    with pytest.raises(Problem, match="audit_broken"):
        audit.verify(path)


def _rest(line: audit.Line) -> tuple[str, str, str, audit.Act, dict[str, object]]:
    return line.who, line.name, line.role, line.act, line.about


def test_what_cannot_be_noted_is_not_done(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    done = []
    monkeypatch.setattr(os, "fsync", full)
    with (
        pytest.raises(Problem, match="store_not_writable"),
        audit.noting(path, "edited", who="c", about={"rows": 1}),
    ):
        done.append("edited")
    assert not done


def test_what_was_noted_and_came_to_nothing_is_noted_too(path: Path) -> None:
    with (
        pytest.raises(Problem, match="nothing_to_undo"),
        audit.noting(path, "undone", who="c", about={"generation": 3}),
    ):
        raise Problem("nothing_to_undo")
    noted = [(line.act, line.about) for line in audit.lines(path)[-2:]]
    about = {"generation": 3}
    assert noted == [("undone", about), ("undone", about | {"failed": True})]


def test_nobody_calls_themselves_so_long_that_the_audit_fills(path: Path) -> None:
    audit.note(path, "kept_out", who="m" * 60_000, name="n" * 60_000)
    assert len(written(audit.lines(path)[-1])) < 1000


# --- what verify says of it


def test_verify_says_where_time_went_back_and_which_lines_are_missing(
    own: Callable[..., Store],
) -> None:
    store = own("audited", _describe_only)
    path = audit.path_of(store.root)
    _note_at(NOW + timedelta(days=3650), path)
    _note_at(NOW, path)
    said = run("verify", "--store", store.root)
    assert (said.exit_code, "Number 2 of the audit" in said.output) == (0, True)
    path.unlink()
    said = run("verify", "--store", store.root)
    assert (said.exit_code, "lacks numbers 1 to 2" in said.output) == (1, True)


# --- the page


def _describe_only(folder: Path) -> None:
    with building(Store(folder / "store")) as library:
        library.describe(name_zh="空馆", name_en="Empty", is_simulated=False, layout="none")


@pytest.mark.parametrize(
    ("language", "named"),
    [("zh", ("各类占比", "活动登记")), ("en", ("Share by class", "Events register"))],
)
def test_the_page_calls_figures_and_registers_by_their_names(
    own: Callable[..., Store], language: str, named: tuple[str, str]
) -> None:
    store = own("audited", _describe_only)
    path = audit.path_of(store.root)
    audit.note(path, "exported", who="desk", about={"figure": "loans_by_class", "rows": 25})
    audit.note(path, "edited", who="wang@lib.example", about={"register": "events", "rows": 1})
    audit.note(path, "exported", who="wang@lib.example", about={"figure": "of_an_earlier_year"})
    shown = " ".join(words(open_page("pages/library/audit.py", store.root, language)))
    for name in (*named, "wang@lib.example", "of_an_earlier_year"):
        assert name in shown
    assert "loans_by_class" not in shown
    assert "desk" not in shown


@pytest.mark.parametrize("spoilt", [b"\n", b"xx\n", b'{"number": 6}\n', b"\xff\n"])
def test_a_line_that_a_hand_has_put_in_is_said_and_shuts_nobody_out(
    path: Path, spoilt: bytes
) -> None:
    with path.open("ab") as file:
        file.write(spoilt)
    audit.note(path, "edited", who="c", kept_days=365)
    audit.note(path, "edited", who="d", kept_days=365)
    *_, before, last = map(json.loads, path.read_bytes().splitlines()[-2:])
    assert (before["number"], last["number"], "missing" in before["about"]) == (6, 7, False)
    with pytest.raises(Problem, match="audit_broken"):
        audit.verify(path)
    path.write_bytes(path.read_bytes().replace(spoilt, b"") if spoilt != b"\n" else _joined(path))
    assert audit.verify(path)  # once it is out the chain holds


def _joined(path: Path) -> bytes:
    return path.read_bytes().replace(b"\n\n", b"\n")


def test_a_spoilt_line_keeps_all_the_others_however_old(path: Path) -> None:
    content = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([*content[:2], b"xx\n", *content[3:]]))
    _note_at(datetime.now(UTC) + timedelta(days=80), path, kept_days=1)
    assert path.read_bytes().startswith(b"".join(content[:2]))


def test_a_first_line_that_is_spoilt_shuts_nobody_out(path: Path) -> None:
    path.write_bytes(b"x" + path.read_bytes())
    audit.note(path, "edited", who="c", kept_days=365)
    assert audit.LINE.validate_json(path.read_bytes().splitlines()[-1]).number == 6
