"""Time what every page asks of a library, as a ratio to the simplest scan of the same loans.

What a page asks is observed, not listed: the page is run with nothing cached and the calls of
guanqing.warehouse.run are noted. Each query is then run again on a warm file.
"""

import logging
import os
import resource
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from typing import Annotated

import streamlit as st
import typer
from build import SIZES, Sizes, store_of
from streamlit.testing.v1 import AppTest

from guanqing import warehouse
from guanqing.paths import ROOT
from guanqing.store import Store

Asked = list[tuple[str, dict[str, object]]]

AIM = 150  # ms a page
SIMPLEST = """
select count(*), sum(renewal_count) from loans
where loaned_at >= $start_date::date and loaned_at < $end_date::date
"""


def main(
    sizes: Sizes = None,
    runs: Annotated[int, typer.Option(help="Runs behind each median.")] = 7,
    slower: Annotated[float, typer.Option(help="List single queries from this many ms.")] = 15,
) -> None:
    """Print a table for each size that has been built."""
    for millions in sizes or SIZES:
        if store_of(millions).link.exists():
            with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
                print(pool.submit(measure, store_of(millions), runs, slower).result(), flush=True)
            with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
                asked = pool.submit(observe, store_of(millions)).result()
            with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
                print(pool.submit(peak, store_of(millions), asked).result(), flush=True)


def observe(store: Store) -> dict[str, Asked]:
    """Return what each page asks when nothing is cached, by page, with its parameters."""
    os.environ["GUANQING_STORE"] = str(store.root)
    os.chdir(ROOT)  # where Streamlit looks for its configuration
    logging.disable(logging.WARNING)  # Streamlit warns of every call outside a server
    asked: Asked = []
    run = warehouse.run

    def noted(connection, name: str, **params: object):
        asked.append((name, params))
        return run(connection, name, **params)

    warehouse.run = noted
    try:
        app = AppTest.from_file(str(ROOT / "dashboard.py"), default_timeout=300).run()
        pages = {}
        for path in sorted(ROOT.glob("pages/*/*.py")):
            st.cache_data.clear()
            asked.clear()
            app.switch_page(str(path.relative_to(ROOT))).run()
            if app.exception:
                raise RuntimeError(f"{path}: {app.exception[0].message}")
            pages[path.stem] = list(asked)
        return pages
    finally:
        warehouse.run = run


def measure(store: Store, runs: int, slower: float) -> str:
    """Return the table of one library: ms and ratio by page, and its queries that take long."""
    pages = observe(store)
    with warehouse.connect(store.current()) as connection:
        ((period),) = [
            params for asked in pages.values() for name, params in asked if name == "loans_by_day"
        ]
        days = {key: period[key] for key in ("start_date", "end_date")}
        ((loans,),) = connection.execute("select count(*) from loans").fetchall()
        ((rows, _),) = connection.execute(SIMPLEST, days).fetchall()
        scan, _ = timed(lambda: connection.execute(SIMPLEST, days).fetchall(), runs)
        lines = [
            f"{loans:,} loans, {rows:,} of them in the period; simplest scan {scan:.1f} ms",
            f"{'page':<28}{'queries':>8}{'ms':>8}{'cpu ms':>8}{'ratio':>8}",
        ]
        for page, asked in pages.items():
            times = [
                (*timed(lambda n=name, p=params: warehouse.run(connection, n, **p), runs), name)
                for name, params in asked
            ]
            wall, cpu = (sum(row[column] for row in times) for column in (0, 1))
            late = "" if wall < AIM else f"  over {AIM}"
            lines.append(
                f"{page:<28}{len(asked):>8}{wall:>8.0f}{cpu:>8.0f}{wall / scan:>8.0f}{late}"
            )
            lines += [
                f"  {name:<34}{wall:>8.1f}{cpu:>8.1f}{wall / scan:>8.1f}"
                for wall, cpu, name in sorted(times, reverse=True)
                if wall >= slower
            ]
    return "\n".join(lines)


def timed(call: Callable[[], object], runs: int) -> tuple[float, float]:
    """Return the median wall and CPU time of a call in ms, after one that is not counted.

    CPU time adds up over the cores, and hardly changes while others use the machine.
    """
    walls, cpus = [], []
    for _ in range(runs + 1):
        begun, begun_cpu = perf_counter(), process_time()
        call()
        walls.append(1000 * (perf_counter() - begun))
        cpus.append(1000 * (process_time() - begun_cpu))
    return median(walls[1:]), median(cpus[1:])


def peak(store: Store, pages: dict[str, Asked]) -> str:
    """Return the peak memory of a process that asks what every page asks, once each."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10
    with warehouse.connect(Path(store.current())) as connection:
        for asked in pages.values():
            for name, params in asked:
                warehouse.run(connection, name, **params)
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10
    return f"peak memory {after:.0f} MiB, {before:.0f} MiB of it before the first query\n"


if __name__ == "__main__":
    typer.run(main)
