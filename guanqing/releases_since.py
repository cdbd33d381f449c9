"""What the records say today of quarters whose counts of people are out.

A quarter stays as it was released (guanqing/disclosure/kept.py). A library that is loaded branch by
branch may have released one before all of it was there, and then its counts are too small for good:
that is said to whoever sees readers, who may have them made anew as long as nobody else saw them.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date, timedelta

import duckdb

from guanqing import warehouse
from guanqing.disclosure import kept
from guanqing.disclosure.kept import Since

QUARTER = 3  # months


@dataclass(frozen=True)
class Changed:
    """A release that the records would give otherwise today."""

    query: str
    name: str  # under which it is kept
    until: date  # the last day it counts
    since: Since

    @property
    def words(self) -> dict[str, str]:
        """Return the values of the sentence about it."""
        told = {"until": str(self.until), "year": str(self.until.year)}
        counts = {name: f"{count:,}" for name, count in asdict(self.since).items()}
        return told | counts


def released(connection: duckdb.DuckDBPyConnection, year: int) -> list[str]:
    """Return the names under which what was released of a year is kept. Problem: released_lost."""
    place = warehouse.place_of_releases(connection)
    if place is None:
        return []
    path, mark = place
    names = [f"{query}{mark} {year}" for query in warehouse.queries_released()]
    return [name for name in names if name in kept.read(path)]


def changed(connection: duckdb.DuckDBPyConnection) -> Iterator[Changed]:
    """Yield the releases that would count others today. Problem: released_lost."""
    place = warehouse.place_of_releases(connection)
    if place is None:
        return
    path, mark = place
    last_day = warehouse.run(connection, "library_facts").row(0, named=True)["last_day"]
    for name, entry in sorted(kept.read(path).items()):
        query, _, year = name.rpartition(" ")
        query = query.removesuffix(mark) if query.endswith(mark) else ""
        if query not in warehouse.queries_released():
            continue  # of the other library, or of another program
        until = _last_day(int(year), entry["until"])
        if not last_day or last_day < until:
            continue  # one from before that quarter is served
        people = warehouse.as_counted(connection, query, as_of=until)
        now = kept.since(entry, people.drop("year"))
        if now.more or now.fewer:
            yield Changed(query, name, until, now)


def _last_day(year: int, quarter: int) -> date:
    months = quarter * QUARTER
    return date(year + months // 12, months % 12 + 1, 1) - timedelta(days=1)
