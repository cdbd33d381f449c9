"""Writers killed at any moment, disks that fill, writers that meet: the served library stays whole.

What is tried is a Writer: a command that writes, a check that a library is whole, and one write
in this process. Another way of writing is another entry in WRITERS.
"""

import os
import random
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic, sleep

import duckdb
import polars as pl
import pytest

from guanqing import generations, warehouse
from guanqing.intake.loading import load
from guanqing.intake.publishing.build import building
from guanqing.paths import ROOT
from guanqing.problems import Problem
from guanqing.store import KEPT_GENERATIONS, Store, records_of

pytestmark = pytest.mark.slow  # whole programs started, killed and starved, over and over

KILLS = 50
PATIENCE_SECONDS = 60
ENVIRONMENT = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests")])}


@dataclass(frozen=True)
class Writer:
    """A way to write a store, to be killed, starved and met by another."""

    argv: Callable[[Path], list[str]]  # the command that writes into a store, once or for ever
    check: Callable[[Path], None]  # raise unless a generation, with all beside it, is whole
    write: Callable[[Store], None]  # write one generation here and now
    seconds: float  # how long after it takes the lock the command may be killed


# --- a small library that says what ought to be in it


def write_small(store: Store, number: int, *, names: int = 0) -> None:
    """Serve a library called by a number, with as many branches, and as many names or more."""
    codes = [str(n) for n in range(number)]
    branches = pl.DataFrame({"branch_code": codes}).with_columns(
        name_zh=pl.lit("馆"), name_en=pl.lit("Branch"), is_main=False
    )
    with building(store, kind="load") as library:
        library.put("branches", branches)
        ids = pl.DataFrame({"reader_id": range(names or number)})
        # numbers hashed do not pack, so that a library has the size it seems to have
        name = pl.col("reader_id").hash(seed=number).cast(pl.String)
        library.put_names(ids.with_columns(reader_name=name, card_number=name))
        name_en = str(number)
        library.describe(name_zh="馆", name_en=name_en, is_simulated=False, layout="test")
        library.account_for([{"file_name": "branches.csv", "loaded": number, "refused": 0}])


def check_small(library: Path) -> None:
    with warehouse.connect(library, with_names=True) as connection:
        number = int(warehouse.run(connection, "library_facts")["name_en"][0])
        assert connection.sql("select count(*) from branches").fetchall() == [(number,)]
        assert connection.sql("select count(*) from names").fetchall()[0][0] >= number
    (generation,) = [
        found
        for found in Store(library.parents[1]).generations()
        if found.path.name == library.name
    ]
    assert (generation.kind, generation.total("loaded")) == ("load", number)


# --- real exports, each with a few more loans, and one line that is refused


def write_load(store: Store) -> None:
    """Load a hundred loans, of which half at least no generation has had."""
    known = 50 * newest(store)
    with TemporaryDirectory() as folder:
        path = Path(folder, "loans.csv")
        lines = [
            f"{n},R{n % 40},B{n},2024-03-01 10:00:00,2024-03-0{n % 9 + 1} 12:00:00"
            for n in range(known, known + 100)
        ]
        header = "借阅编号,读者证号,条码号,借书日期,还书日期"
        path.write_text("\n".join([header, *lines, "bad"]), encoding="utf-8")
        load([path], "plain", store)


def check_load(library: Path) -> None:
    with warehouse.connect(library) as connection:
        loans = connection.sql("select count(*) from loans").fetchall()[0][0]
        taken, refused, loads = connection.sql(
            "select sum(loaded_count + repaired_count), sum(refused_count), count(*) from loads"
        ).fetchall()[0]
    assert (loans, refused) == (taken, loads)
    with duckdb.connect(str(records_of(library)), read_only=True) as connection:
        assert connection.sql("select count(*) from loans").fetchall() == [(loans,)]
        assert connection.sql("select count(*) from kept_lines").fetchall()[0][0] >= refused


FOR_EVER = """
import sys
from pathlib import Path
from test_faults import {write}
from guanqing.store import Store

store = Store(Path(sys.argv[1]))
while True:
    {write}(store{number})
"""


def for_ever(write: str, number: str = "") -> Callable[[Path], list[str]]:
    """Return the command that writes into a store until it is killed."""
    program = FOR_EVER.format(write=write, number=number)
    return lambda store: [sys.executable, "-c", program, str(store)]


WRITERS = [
    pytest.param(
        Writer(
            argv=for_ever("write_small", ", 1 + len(store.generations())"),
            check=check_small,
            write=lambda store: write_small(store, 3),
            seconds=0.5,
        ),
        id="a_small_library",
    ),
    pytest.param(
        Writer(argv=for_ever("write_load"), check=check_load, write=write_load, seconds=1.0),
        id="a_load",
    ),
]


def run(argv: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        argv,
        check=False,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
    )


# --- killed


@pytest.mark.parametrize("writer", WRITERS)
def test_a_writer_killed_at_any_moment_leaves_a_whole_library(
    tmp_path: Path, writer: Writer
) -> None:
    store = Store(tmp_path / "store")
    writer.write(store)
    dice = random.Random(50)
    with reading_all_the_while(store, writer.check) as reads:
        for _ in range(KILLS):
            before = newest(store)
            kill_at(store, writer.argv(store.root), dice.uniform(0, writer.seconds))
            served = store.current()
            writer.check(served)
            assert int(served.stem) == newest(store) >= before
            writer.write(store)
            writer.check(store.current())
            assert newest(store) == int(served.stem) + 1
            require_nothing_left(store)
    assert reads() > KILLS


def newest(store: Store) -> int:
    return store.generations()[0].number if store.generations() else 0


def kill_at(store: Store, argv: list[str], seconds: float) -> None:
    """Run a command and kill it so long after it has taken the lock, unless it has ended."""
    with subprocess.Popen(argv, env=ENVIRONMENT, stderr=subprocess.PIPE, text=True) as process:
        try:
            await_lock(store, process)
            sleep(seconds)
        finally:
            process.kill()
        _, said = process.communicate()
    # a traceback would mean that nothing was killed in the middle of anything
    assert "Traceback" not in said, said


def await_lock(store: Store, process: subprocess.Popen[str]) -> None:
    begun = monotonic()
    while process.poll() is None and not is_held_by(store, process.pid):
        assert monotonic() - begun < PATIENCE_SECONDS
        sleep(0.002)


def is_held_by(store: Store, pid: int) -> bool:
    holder = store.lock_holder()
    return holder is not None and holder.pid == pid


def require_nothing_left(store: Store) -> None:
    """Fail if the store holds anything but generations and what belongs to them."""
    kept = generations.files_in(store.folder)
    beside = {path.with_suffix(side) for path in kept.values() for side in generations.SIDES}
    assert set(store.folder.iterdir()) - set(kept.values()) <= beside
    assert len(kept) <= KEPT_GENERATIONS + 2
    there = {path.name for path in store.root.iterdir()} - {"own.head"}  # which a load has to write
    assert there == {"generations", "library.duckdb", "lock"}


@contextmanager
def reading_all_the_while(
    store: Store, check: Callable[[Path], None]
) -> Iterator[Callable[[], int]]:
    """Have two threads open and check whatever is served; yield how often they have."""
    stop = threading.Event()
    counts = [0, 0]

    def read(reader: int) -> None:
        while not stop.is_set():
            library = store.current()
            try:
                check(library)
            except (Problem, AssertionError, ValueError):
                # five generations written while one reader was about to open the oldest
                if library.exists():
                    raise
            counts[reader] += 1

    with ThreadPoolExecutor(2) as threads:
        readers = [threads.submit(read, reader) for reader in range(2)]
        try:
            yield lambda: sum(counts)
        finally:
            stop.set()
    for reader in readers:
        reader.result()


# --- a full disk

BIG = 6_000_000  # names; more than the small disk holds


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Return a folder on a disk of 8 MB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=24m", "guanqing-test", str(folder)]
    if not shutil.which("mount") or subprocess.run(command, check=False).returncode:
        pytest.skip("mounting a small disk is not permitted here")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


@contextmanager
def filled(folder: Path, *, free: int) -> Iterator[None]:
    """Leave so many bytes of a disk free."""
    ballast = folder / "ballast"
    disk = os.statvfs(folder)
    with ballast.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, disk.f_bavail * disk.f_frsize - free)
    try:
        yield
    finally:
        ballast.unlink()


def require_disk_full(store: Store, write: Callable[[Store], None]) -> None:
    before = store.current()
    content = before.read_bytes()
    with pytest.raises(Problem) as caught:
        write(store)
    assert caught.value.key == "problem.disk_full", caught.value
    assert store.current() == before
    assert before.read_bytes() == content
    assert list(store.folder.glob("draft-*")) == []
    assert store.lock_holder() is None


def test_a_library_too_big_for_the_disk_leaves_the_one_served(small_disk: Path) -> None:
    store = Store(small_disk / "store")
    write_small(store, 1)
    require_disk_full(store, lambda store: write_small(store, 2, names=BIG))
    check_small(store.current())
    write_small(store, 2)
    check_small(store.current())
    require_nothing_left(store)


@pytest.mark.parametrize("writer", WRITERS)
def test_a_disk_that_fills_at_any_point_of_a_write_leaves_the_library_served(
    small_disk: Path, writer: Writer
) -> None:
    store = Store(small_disk / "store")
    writer.write(store)
    needed = sum(path.stat().st_size for path in store.folder.iterdir())
    for free in range(0, needed - 4096, needed // 12):
        with filled(small_disk, free=free):
            require_disk_full(store, writer.write)
            writer.check(store.current())
    writer.write(store)
    writer.check(store.current())
    require_nothing_left(store)


def test_a_disk_filled_by_a_killed_writer_is_swept_by_the_next(small_disk: Path) -> None:
    store = Store(small_disk / "store")
    write_small(store, 1)
    (store.root / "lock").unlink()  # so that the next has no room even for its name
    draft = store.folder / "draft-4711"
    draft.mkdir()
    shutil.copy(store.current(), draft / "library.duckdb")
    with filled(small_disk, free=0):
        require_disk_full(store, lambda store: write_small(store, 2, names=BIG))
        with store.writing() as small:
            small.library.write_bytes(b"small enough")
    require_nothing_left(store)


LIMITED = """
import resource, sys
from pathlib import Path
from test_faults import Store, require_disk_full, write_small

store = Store(Path(sys.argv[1]))
write_small(store, 1)
limits = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), limits[1]))
require_disk_full(store, lambda store: write_small(store, 2, names=400_000))
resource.setrlimit(resource.RLIMIT_FSIZE, limits)
write_small(store, 2)
"""


@pytest.mark.parametrize("limit", [0, 100_000, 700_000, 2_000_000])
def test_a_limit_on_the_size_of_files_is_a_full_disk_too(tmp_path: Path, limit: int) -> None:
    store = Store(tmp_path / "store")
    result = run([sys.executable, "-c", LIMITED, str(store.root), str(limit)])
    assert result.returncode == 0, result.stderr
    check_small(store.current())
    assert newest(store) == 2
    require_nothing_left(store)


# --- two writers


@pytest.mark.parametrize("writer", WRITERS)
def test_of_two_writers_one_is_refused_and_told_who_the_other_is(
    tmp_path: Path, writer: Writer
) -> None:
    store = Store(tmp_path / "store")
    writer.write(store)
    with building(store, kind="load") as library:
        library.describe(name_zh="馆", name_en="0", is_simulated=False, layout="test")
        result = run(writer.argv(store.root))
        assert result.returncode != 0
        assert str(os.getpid()) in result.stderr
        writer.check(store.current())
    writer.write(store)
    writer.check(store.current())
    require_nothing_left(store)
