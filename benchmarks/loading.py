"""Load 1, 5 and 20 million lines of an Interlib log, beside the bare engine on the same file.

The bare engine runs `create table as select * from read_csv(...)`, which neither checks nor counts
nor derives anything. Each run is a process of its own, so that peaks are its own.
"""

import re
import shutil
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from datetime import timedelta
from multiprocessing import get_context
from pathlib import Path
from time import perf_counter
from typing import Annotated

import duckdb
import typer

from guanqing.intake.loading import load
from guanqing.store import Store

OUT = Path(__file__).parent / "out"
SIZES = (1, 5, 20)
WRITE = (Path(__file__).parent / "interlib.sql").read_text(encoding="utf-8")
CODE_TABLE = "logtype,typename\n30001,借书\n30002,还书\n30003,续借\n"

Sizes = Annotated[list[int] | None, typer.Argument(help="Millions of lines; 1, 5 and 20 if none.")]


def main(sizes: Sizes = None) -> None:
    """Print time and peak memory of both for every size, and the account of the load."""
    heads = ("lines", "bare s", "bare MiB", "load s", "load MiB", "ratio", "again s")
    print("".join(f"{head:>10}" for head in heads))
    for millions in sizes or SIZES:
        folder = exported(millions)
        bare_seconds, bare_peak = apart(bare, folder)
        seconds, peak = apart(first_load, folder)
        again, _ = apart(second_load, folder)
        print(
            f"{millions:>9}M{bare_seconds:>10.1f}{bare_peak:>10.0f}{seconds:>10.1f}{peak:>10.0f}"
            f"{seconds / bare_seconds:>10.1f}{again:>10.1f}",
            flush=True,
        )


def exported(millions: int) -> Path:
    """Write the export of so many million lines, unless it is there already."""
    folder = OUT / f"interlib_{millions}m"
    if not (folder / "LogCirType.csv").exists():
        folder.mkdir(parents=True, exist_ok=True)
        with duckdb.connect() as connection:
            connection.execute("set memory_limit = '4GB'")
            connection.execute("set variable line_count = $count", {"count": millions * 1_000_000})
            connection.execute(WRITE.replace("LOG_CIR.csv", str(folder / "LOG_CIR.csv")))
        (folder / "LogCirType.csv").write_text(CODE_TABLE, encoding="utf-8")
    return folder


def apart(task: Callable[[Path], float], folder: Path) -> tuple[float, float]:
    """Run a task in a process of its own and return its seconds and its peak in MiB."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(measured, task, folder).result()


def measured(task: Callable[[Path], float], folder: Path) -> tuple[float, float]:
    """Return the seconds a task takes and the peak of the process."""
    seconds = task(folder)
    # not ru_maxrss, which a process inherits from the one that started it
    peak = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text("ascii"))
    return seconds, int(peak.group(1)) / 1024 if peak else float("nan")


def bare(folder: Path) -> float:
    """Read the log with the engine alone into a file."""
    target = folder / "bare.duckdb"
    target.unlink(missing_ok=True)
    begun = perf_counter()
    with duckdb.connect(str(target)) as connection:
        connection.execute(
            f"create table log as select * from read_csv('{folder / 'LOG_CIR.csv'}')"
        )
    seconds = perf_counter() - begun
    target.unlink()
    return seconds


def first_load(folder: Path) -> float:
    """Load the export into a new store."""
    shutil.rmtree(folder / "store", ignore_errors=True)
    return second_load(folder)


def second_load(folder: Path) -> float:
    """Load the export into the store that is there, and print where the time went."""
    steps: list[tuple[float, str]] = []
    begun = perf_counter()
    files = [folder / "LOG_CIR.csv", folder / "LogCirType.csv"]
    report = load(
        files,
        "interlib",
        Store(folder / "store"),
        lambda step: steps.append((perf_counter(), step)),
    )
    seconds = perf_counter() - begun
    ends = [*(at for at, _ in steps[1:]), begun + seconds]
    for (at, step), end in zip(steps, ends, strict=True):
        if end - at > seconds / 50:
            print(f"    {step:<24}{timedelta(seconds=round(end - at))}")
    for file in report.files:
        print(f"    {file.file_name}: {file.lines_read:,} lines, {file.by_rule}")
    return seconds


if __name__ == "__main__":
    typer.run(main)
