"""Libraries on disk, each built once a run, and their pages, each drawn once a worker.

A plugin: a test module that says `pytest_plugins = ["stores"]` may use its fixtures.
"""

import fcntl
import os
import random
import shutil
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from screens import UNIVERSITY, open_page
from streamlit.testing.v1 import AppTest

import simulated_library
from guanqing.intake.loading import load
from guanqing.intake.publishing.build import building
from guanqing.store import Store

# --- libraries


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, Callable[[Path], None]], Path]:
    """Return a function that makes a folder once a run, whichever worker comes first."""
    root = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:  # each worker has a folder of its own in the run's
        root = root.parent

    def once(name: str, make: Callable[[Path], None]) -> Path:
        folder, done = root / name, root / f"{name}.done"
        with (root / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not done.exists():
                folder.mkdir()
                make(folder)
                done.touch()
        return folder

    return once


@pytest.fixture
def own(
    once: Callable[[str, Callable[[Path], None]], Path], tmp_path: Path
) -> Callable[[str, Callable[[Path], None]], Store]:
    """Return a function that gives a test a store of its own, copied from one made once a run."""

    def own(name: str, make: Callable[[Path], None]) -> Store:
        made = once(name, make) / "store"
        return Store(shutil.copytree(made, tmp_path / "store", symlinks=True))

    return own


@pytest.fixture(scope="session")
def simulated(once: Any) -> Path:
    """Return the store of the simulated library."""
    return once("simulated", lambda folder: simulated_library.build(Store(folder)))


@pytest.fixture(scope="session")
def real(once: Any) -> Path:
    """Return the store of a small real library: two years of loans and their readers, no more."""
    return once("real", _load_made_export)


@pytest.fixture(scope="session")
def university(once: Any) -> Path:
    """Return the store of the real loans beside the project; skip where they are not."""
    if not UNIVERSITY.exists():
        pytest.skip("the loans of seu_loans_2020_2024 are not beside the project")
    return once("university", lambda folder: load([UNIVERSITY], "seu", Store(folder)))


@pytest.fixture(scope="session")
def empty(once: Any) -> Path:
    """Return the store of a library that nothing was ever put in."""
    return once("empty", _describe_only)


def _describe_only(folder: Path) -> None:
    with building(Store(folder)) as library:
        library.describe(name_zh="空馆", name_en="Empty", is_simulated=False, layout="none")


def _load_made_export(folder: Path) -> None:
    write_export(folder)
    load([folder], "seu", Store(folder))


def write_export(folder: Path, *, loan_count: int = 400, bad_lines: int = 0) -> None:
    """Write the two files layout seu reads: loans of 2023 and 2024, and 40 readers."""
    dice = random.Random(7)
    lines = ["inter_id,user_id,book_id,借阅时间,还书时间,续借时间,续借次数"]
    for loan_id in range(1, loan_count + 1):
        lent = datetime(2023, 1, 3, 9) + timedelta(hours=dice.randrange(2 * 8700))
        back = lent + timedelta(days=20)
        lines.append(f"{loan_id},{dice.randint(1, 40)},{loan_id % 90},{lent},{back},,0")
    lines += ["what is this"] * bad_lines
    (folder / "inter_reevaluation.csv").write_text("\n".join([*lines, ""]), encoding="utf-8")
    readers = ["借阅人,性别,DEPT,年级,类型"]
    readers += [f"{n},{'FM'[n % 2]},文学院,20,{'本科' if n % 3 else '硕士'}" for n in range(1, 41)]
    (folder / "user.csv").write_text("\n".join([*readers, ""]), encoding="utf-8")


@pytest.fixture
def export(tmp_path: Path) -> Callable[..., Path]:
    """Return a function that writes an export of layout seu and returns its folder."""

    def export(**differences: int) -> Path:
        folder = tmp_path / "export"
        folder.mkdir(exist_ok=True)
        write_export(folder, **differences)
        return folder

    return export


@pytest.fixture(scope="session")
def screen(request: pytest.FixtureRequest) -> Callable[[str, str, str], AppTest]:
    """Return a function that opens (page, language, name of a store's fixture), each once."""
    opened: dict[tuple[str, str, str], AppTest] = {}

    def screen(page: str, language: str, store: str) -> AppTest:
        key = (page, language, store)
        if key not in opened:
            opened[key] = open_page(page, request.getfixturevalue(store), language)
        return opened[key]

    return screen
