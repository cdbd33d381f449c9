"""Copies of the files that a program reads while it serves, to be edited.

A plugin: a test module that says `pytest_plugins = ["edits"]` may use its fixtures.
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from screens import CAUGHT_WHEN_SERVED

from guanqing import datafiles, warehouse
from guanqing.paths import DATA
from guanqing.ui.shell import guarding


class Edited:
    """A copy of data/ that the program reads, to be edited."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.edits = 0

    def replace(self, name: str, old: str, new: str) -> None:
        was = (self.folder / name).read_text(encoding="utf-8")
        assert old in was
        self.write(name, was.replace(old, new, 1).encode())

    def line_of(self, name: str, begun: str) -> int:
        lines = (self.folder / name).read_text(encoding="utf-8").split("\n")
        return next(
            (n for n, line in enumerate(lines, 1) if begun and begun in line and line[0] != "#"), 1
        )

    def write(self, name: str, content: bytes) -> None:
        path = self.folder / name
        path.write_bytes(content)
        self.edits += 1  # two edits of one test may fall into one tick of the clock
        os.utime(path, ns=(self.edits, self.edits))


@pytest.fixture
def edited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Edited]:
    folder = tmp_path / "data"
    folder.mkdir()
    files = [file for file in datafiles._files.values() if file.path.parent == DATA]
    for file in files:
        shutil.copy2(file.path, folder)
        monkeypatch.setattr(file, "path", folder / file.path.name)
    datafiles.refresh()
    yield Edited(folder)
    monkeypatch.undo()
    for file in files:
        file._version = None  # an edited copy may be as old as the original
    datafiles.refresh()
    assert not datafiles.faults()


@pytest.fixture
def queries(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Edited]:
    """Return a copy of queries/, which the program reads, to be edited."""
    folder = tmp_path / "queries"
    shutil.copytree(warehouse.QUERIES, folder)
    monkeypatch.setattr(warehouse, "QUERIES", folder)
    monkeypatch.setattr(guarding, "FAILURES", CAUGHT_WHEN_SERVED)  # as people see it
    kept = (warehouse.paths, warehouse._file)
    for function in kept:
        function.cache_clear()
    yield Edited(folder)
    for key in [key for key in datafiles._files if key[0].is_relative_to(folder)]:
        del datafiles._files[key]
    for function in kept:
        function.cache_clear()
