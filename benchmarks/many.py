"""Time page switches of many people at once, beside a one-line Streamlit app served the same way.

Each person is a session that speaks Streamlit's protocol, as a browser would, without drawing
anything: it opens a page, reads it for about five seconds, and goes on to another. Times are from
the click until the server has sent the whole page. What browsers do on their own machines is
first_view.py's to measure.
"""

import asyncio
import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from random import Random
from statistics import median, quantiles
from time import perf_counter
from typing import Annotated
from urllib.parse import urlencode

import typer
from serving import ONE_LINE, SERVER, Served, serving
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

import simulated_library
from guanqing import warehouse
from guanqing.store import Store

READING_SECONDS = (4.0, 6.0)  # between a page that stands and the next click
PAGES = {  # how often each is gone to
    **{"overview": 4, "targets": 3, "circulation": 3, "classes": 2},
    **{"activities": 2, "readers": 2, "cards": 2, "sources": 1},
}
LARGEST_LAST = 300  # bytes; the message that ends a page is small, so no larger one is read
SESSIONS_A_SECOND = 4  # that arrive, in the beginning

People = Annotated[int, typer.Option(help="Sessions at once.")]
Minutes = Annotated[float, typer.Option(help="Measured for so long, after everybody has arrived.")]
Place = Annotated[Path | None, typer.Option(help="Another library than the simulated one.")]
Bare = Annotated[bool, typer.Option(help="Measure the one-line app as well.")]


@dataclass
class Measured:
    """What was measured: seconds of each switch, and the memory of the server by minute."""

    first: list[float] = field(default_factory=list)
    switches: list[float] = field(default_factory=list)
    size: int = 0  # bytes sent


def main(people: People = 40, minutes: Minutes = 6, store: Place = None, bare: Bare = True) -> None:
    """Print how long people wait, how much the server works, and what it keeps in memory."""
    print(f"{people} people, {minutes:g} minutes, load average {os.getloadavg()[0]:.1f} before")
    with tempfile.TemporaryDirectory() as folder:
        chosen = Store(store or Path(folder) / "store")
        if not chosen.link.exists():
            simulated_library.build(chosen)
        one_line = Path(folder) / "hello.py"
        one_line.write_text(ONE_LINE)
        branches, last_day = _known(chosen)
        base = None
        if bare:
            with serving(one_line, chosen) as served:
                base = _report("one line", served, [""] * people, min(minutes, 1), None)
        with serving(SERVER, chosen) as served:
            asked = [_address(Random(person), branches, last_day) for person in range(people)]
            _report("dashboard", served, asked, minutes, base)


def _known(store: Store) -> tuple[list[str], date]:
    """Return the branches of a library and the last day its data covers."""
    with warehouse.connect(store.current()) as connection:
        branches = warehouse.run(connection, "branch_names")["branch_code"].to_list()
        return branches, warehouse.run(connection, "library_facts")["last_day"][0]


def _address(random: Random, branches: Sequence[str], last_day: date) -> str:
    """Return with which filters somebody looks: most with none, some with those of their own."""
    asked = {"lang": "en"} if random.random() < 0.15 else {}
    choice = random.random()
    if choice < 0.2:
        asked["branch"] = random.choice(branches)
    elif choice < 0.3:
        asked["period"] = f"{last_day.year}-{random.randint(1, last_day.month):02}"
    return urlencode(asked)


def _report(
    name: str, served: Served, asked: list[str], minutes: float, base: float | None
) -> float:
    """Measure a server, print what was measured, and return the 95th percentile."""
    measured, kept = asyncio.run(_measure(served, asked, minutes))
    waits = measured.switches
    p95 = quantiles(waits, n=20)[-1]
    print(f"{name}: {len(waits)} switches, {len(waits) / minutes / 60:.1f} a second")
    print(f"  first page  median {median(measured.first):.2f} s, most {max(measured.first):.2f}")
    ratio = f", {p95 / base:.1f} times the one-line app" if base else ""
    print(
        f"  switch      median {median(waits):.3f} s, p95 {p95:.3f}, most {max(waits):.2f}{ratio}"
    )
    cpu = kept[-1][1] - kept[0][1]
    print(
        f"  CPU         {cpu / minutes / 0.6:.0f} % of a core,"
        f" {cpu / len(waits) * 1000:.0f} ms a switch"
    )
    print(f"  sent        {measured.size / 1024 / len(waits):.0f} KiB a page")
    print(
        "  memory      " + ", ".join(f"{at:g} min {mib:.0f} MiB" for at, _, mib in kept), flush=True
    )
    return p95


async def _measure(
    served: Served, asked: list[str], minutes: float
) -> tuple[Measured, list[tuple[float, float, float]]]:
    """Have everybody look for some minutes; return what they waited and what the server took."""
    measured, begun = Measured(), asyncio.Event()
    visits = [
        asyncio.create_task(_visit(served.url, person, query, measured, begun))
        for person, query in enumerate(asked)
    ]
    while len(measured.first) < len(asked):
        await asyncio.sleep(0.1)
        for visit in visits:
            if visit.done():
                visit.result()
    begun.set()
    start, kept = perf_counter(), [(0.0, *_taken(served.process))]
    for minute in sorted({m for m in (1, 3) if m < minutes} | {minutes}):
        await asyncio.sleep(start + minute * 60 - perf_counter())
        kept.append((minute, *_taken(served.process)))
    for visit in visits:
        visit.cancel()
    await asyncio.gather(*visits, return_exceptions=True)
    return measured, kept


def _taken(process: int) -> tuple[float, float]:
    """Return the seconds of CPU a process has taken, and its memory in MiB."""
    stat = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    ticks, pages = int(stat[11]) + int(stat[12]), int(stat[21])
    return ticks / os.sysconf("SC_CLK_TCK"), pages * os.sysconf("SC_PAGE_SIZE") / 2**20


async def _visit(
    url: str, person: int, query: str, measured: Measured, begun: asyncio.Event
) -> None:
    """Arrive, and go from page to page until the visit is cancelled."""
    random = Random(person)
    await asyncio.sleep(person / SESSIONS_A_SECOND)
    socket = f"{url.replace('http', 'ws')}/_stcore/stream"
    headers = {"Cookie": f"guanqing_browser=person-{person}"}
    async with connect(
        socket,
        subprotocols=["streamlit"],  # type: ignore[list-item]
        additional_headers=headers,
        compression=None,
        max_size=None,
        proxy=None,
    ) as line:
        waited, _, hashes = await _page(line, "", query)
        measured.first.append(waited)
        here = "overview"
        await begun.wait()
        while True:
            await asyncio.sleep(random.uniform(*READING_SECONDS))
            others = [page for page in PAGES if page != here]
            here = random.choices(others, [PAGES[page] for page in others])[0]
            waited, size, _ = await _page(line, hashes.get(here, ""), "")
            measured.switches.append(waited)
            measured.size += size


async def _page(line: ClientConnection, page: str, query: str) -> tuple[float, int, dict[str, str]]:
    """Ask for a page; return the seconds until it stood, its bytes, and the pages of its menu."""
    wanted = BackMsg()
    state = wanted.rerun_script
    state.query_string, state.page_script_hash = query, page
    state.context_info.timezone, state.context_info.locale = "Asia/Shanghai", "zh-CN"
    state.context_info.color_scheme = "light"
    begun, size, menu = perf_counter(), 0, {}
    await line.send(wanted.SerializeToString())
    while True:
        message = await line.recv(decode=False)
        size += len(message)
        if page and len(message) > LARGEST_LAST:
            continue
        found = ForwardMsg.FromString(message)
        if found.WhichOneof("type") == "navigation":
            menu = {
                p.url_pathname or "overview": p.page_script_hash for p in found.navigation.app_pages
            }
        if found.WhichOneof("type") == "script_finished":
            return perf_counter() - begun, size, menu


if __name__ == "__main__":
    typer.run(main)
