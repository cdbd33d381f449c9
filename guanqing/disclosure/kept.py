"""What was released of a closed quarter stays as it was: two states of it would be subtracted.

    <store>/released.json    {"borrowers_released 2019": {"until": 2, "rows": [], "cells": []}}

Records that come late, and corrections, change a quarter that is out already. So the people of each
quarter are written down, by kind, before they are released first, and the cells as they were shown;
who comes to be counted afterwards is counted in the next quarter, and nobody is ever taken out
again. All that is out is then of one population, of which `attack` holds.
"""

import fcntl
import json
import os
from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl

from guanqing import heads, manifest
from guanqing.disclosure.releases import COLUMNS, Cell, protect, release, shown
from guanqing.problems import Problem

Kind = tuple[str, ...]


def path_of(library: Path) -> Path:
    """Return where the store of a library file keeps what was released."""
    folder = library.parent
    return (folder.parent if folder.name == "generations" else folder) / "released.json"


def released(path: Path, name: str, people: pl.DataFrame, floor: int) -> pl.DataFrame:
    """Return what is released of people of one year: what is out as it was, and new quarters.

    people and the frame returned: see releases.protect. name: tells releases of one year from
    others. Problem: released_lost, store_not_writable.
    """
    if people.is_empty():
        return protect(people, floor)
    tables = [column for column in people.columns if column not in ("quarter", "person_count")]
    last = max(people["quarter"].to_list())
    with _held(path):
        if not heads.is_as_written(path) or manifest.is_lost(path):
            raise Problem("released_lost", path=path, head=heads.of(path))
        kept = read(path)
        entry = kept.get(name, {})
        if (entry.get("tables"), entry.get("floor")) != (tables, floor):  # of another program
            entry = {"tables": tables, "floor": floor, "until": 0, "rows": [], "cells": []}
            entry["made_at"] = datetime.now(UTC).isoformat(timespec="seconds")
        if entry["until"] < last:
            entry["rows"] += _added(entry["rows"], people, range(entry["until"] + 1, last + 1))
            entry["until"] = last
            out = {Cell(*cell): count is None for *cell, count in entry["cells"]}
            made = release(pl.DataFrame(entry["rows"], people.schema, orient="row"), floor, out)
            entry["cells"] = [list(row) for row in shown(made).iter_rows()]
            written = json.dumps(kept | {name: entry}, ensure_ascii=False) + "\n"
            heads.replace(path, written.encode())
    cells = [cell for cell in entry["cells"] if cell[0] <= last]
    return pl.DataFrame(cells, schema=COLUMNS, orient="row")


def read(path: Path) -> dict[str, Any]:
    """Return what was released, by name.

    Problem: released_lost, where it makes no sense; file_not_readable.
    """
    try:
        return dict(json.loads(path.read_bytes())) if path.exists() else {}
    except OSError as error:
        raise Problem("file_not_readable", path=path) from error
    except ValueError as error:
        raise Problem("released_lost", path=path, head=heads.of(path)) from error


@dataclass(frozen=True)
class Since:
    """How many persons the last quarter that is out counts, and how many it would count now."""

    kept: int
    now: int
    more: int  # of the kinds that have more now; who is gone from another does not make up for it
    fewer: int


def since(entry: dict[str, Any], people: pl.DataFrame) -> Since:
    """Return what has become of the people of a year that were released.

    entry: as `read` returns it. people: see releases.protect; of that year, as they are now.
    """
    so_far: Counter[Kind] = Counter()
    for _quarter, *kind, count in entry["rows"]:
        so_far[tuple(kind)] += count
    now: Counter[Kind] = Counter()
    for quarter, *kind, count in people.iter_rows():
        if quarter <= entry["until"]:
            now[tuple(kind)] += count
    more, fewer = now - so_far, so_far - now
    return Since(so_far.total(), now.total(), more.total(), fewer.total())


def made_at(path: Path, names: Collection[str]) -> str:
    """Return when the first of some releases was made, as the audit writes it; "": nobody knows."""
    return min((str(read(path)[name].get("made_at", "")) for name in names), default="")


def withdraw(path: Path, names: Collection[str]) -> None:
    """Forget what was released under some names, so that it is released anew when it is asked.

    Problem: released_lost, store_not_writable.
    """
    with _held(path):
        if not heads.is_as_written(path) or manifest.is_lost(path):
            raise Problem("released_lost", path=path, head=heads.of(path))
        left = {name: entry for name, entry in read(path).items() if name not in names}
        heads.replace(path, (json.dumps(left, ensure_ascii=False) + "\n").encode())


def bring_back(path: Path, restored: bytes) -> None:
    """Put what a backup says was released where nothing is known; what is known here is later."""
    with _held(path):
        if not path.exists() or not heads.is_as_written(path):
            heads.replace(path, restored)


def _added(rows: list[list[Any]], people: pl.DataFrame, quarters: range) -> list[list[Any]]:
    """Return who came to be counted in each quarter, those too who should have been before."""
    so_far: Counter[Kind] = Counter()
    for _quarter, *kind, count in rows:
        so_far[tuple(kind)] += count
    added = []
    for quarter in quarters:
        now: Counter[Kind] = Counter()
        for of, *kind, count in people.iter_rows():
            if of <= quarter:
                now[tuple(kind)] += count
        new = now - so_far  # of which there are fewer now, nobody is taken out
        added += [[quarter, *kind, count] for kind, count in sorted(new.items())]
        so_far += new
    return added


@contextmanager
def _held(path: Path) -> Iterator[None]:
    try:
        lock = os.open(path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT, 0o600)
        with os.fdopen(lock, "rb") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            yield
    except OSError as error:
        raise Problem("store_not_writable", path=path.parent) from error
