"""Uploaded files: where they are kept, under which names, and that they go."""

import asyncio
import gc
import io
import os
import stat
import tempfile
from pathlib import Path
from typing import Any

import pytest

from guanqing.problems import Problem
from guanqing.ui.loading import held
from guanqing.ui.loading.uploads import PREFIX, Uploads, safe_name, sweep


def content(words: str = "a,b\n1,2\n") -> io.BytesIO:
    return io.BytesIO(words.encode())


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("loans.csv", "loans.csv"),
        ("借阅 2019.xlsx", "借阅 2019.xlsx"),
        ("../../etc/passwd", "passwd"),
        ("C:\\exports\\loans.csv", "loans.csv"),
        ("/loans.csv", "loans.csv"),
        ("..", "file"),
        ("", "file"),
        (".hidden.csv", "hidden.csv"),
        ("a\x00b\n.csv", "ab.csv"),
        ("x" * 300 + ".csv", "x" * 116 + ".csv"),
    ],
)
def test_a_name_from_outside_leads_nowhere(given: str, kept: str) -> None:
    assert safe_name(given) == kept
    uploads = Uploads()
    path = uploads.add(given, content())
    assert path.parent.parent == uploads.folder
    assert path.name == kept


@pytest.mark.parametrize(
    "head", [b"%PDF-1.7", b"\x89PNG\r\n", b"MZ\x90\x00", b"\x7fELF\x02" + bytes(range(32)) * 9]
)
def test_what_holds_no_table_is_not_kept_whatever_it_is_called(head: bytes) -> None:
    uploads = Uploads()
    with pytest.raises(Problem, match="not_a_table"):
        uploads.add("loans.csv", io.BytesIO(head + b"x" * 100))
    assert not uploads.paths()
    assert not list(uploads.folder.rglob("loans*"))


def test_two_files_of_one_name_are_both_kept() -> None:
    uploads = Uploads()
    for _ in range(3):
        uploads.add("loans.csv", content())
    assert [path.name for path in uploads.paths()] == [
        *("loans (2).csv", "loans (3).csv", "loans.csv")
    ]


def test_the_files_go_with_the_session() -> None:
    uploads = Uploads()
    uploads.add("loans.csv", content())
    folder = uploads.folder
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    del uploads
    gc.collect()
    assert not folder.exists()


def test_what_a_killed_server_left_goes_when_the_next_one_begins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    gone = tmp_path / f"{PREFIX}{2**22 + 1}-abc"
    mine = tmp_path / f"{PREFIX}{os.getpid()}-abc"
    foreign = tmp_path / f"{PREFIX}what-abc"
    for folder in (gone, mine, foreign):
        folder.mkdir()
    Uploads()
    assert not gone.exists()
    assert mine.exists()
    sweep(ours_too=True)  # as this server ends
    assert not mine.exists()
    assert foreign.exists()


def test_a_file_that_cannot_be_written_is_a_problem_and_leaves_nothing() -> None:
    class Full(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            raise OSError(28, "No space left on device")

    uploads = Uploads()
    with pytest.raises(Problem, match="upload_not_kept"):
        uploads.add("loans.csv", Full())
    assert uploads.paths() == []


# --- what the server holds at once


def statuses(*sizes: object, method: str = "PUT") -> list[int]:
    """Return what uploads of these sizes are answered with that all come at once."""

    async def behind(scope: Any, receive: Any, send: Any) -> None:
        await asyncio.sleep(0.01)  # as long as a file takes
        await send({"type": "http.response.start", "status": 204, "headers": []})

    gate = held.UploadsWithinMemory(behind)

    async def ask(size: object) -> int:
        answered: list[int] = []

        async def send(message: Any) -> None:
            if message["type"] == "http.response.start":
                answered.append(message["status"])

        sent = [] if size is None else [(b"content-length", str(size).encode())]
        path = "/_stcore/upload_file/session/file"
        scope = {"type": "http", "path": path, "method": method, "headers": sent}
        await gate(scope, None, send)  # type: ignore[arg-type]
        return answered[0]

    async def all_at_once() -> list[int]:
        first = await asyncio.gather(*map(ask, sizes))
        return [*first, await ask(10)]  # and one when they are through

    return asyncio.run(all_at_once())


@pytest.fixture
def room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(held, "most_bytes", lambda: 100)


@pytest.mark.usefixtures("room")
def test_uploads_at_once_are_together_no_larger_than_one_may_be() -> None:
    assert statuses(60, 60, 40) == [204, 413, 204, 204]
    assert statuses(101) == [413, 204]
    assert statuses(None, "x", -1) == [411, 411, 411, 204]
    assert statuses(500, method="DELETE") == [204, 204]


@pytest.mark.usefixtures("room")
def test_what_waits_for_its_page_counts_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(held, "held_bytes", lambda: 95)
    assert statuses() == [413]
