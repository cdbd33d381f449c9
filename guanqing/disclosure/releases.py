"""Releases of counts of people, quarter after quarter, from rows of people by kind."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations

import numpy as np
import polars as pl

from guanqing.disclosure.attack import Matrix
from guanqing.disclosure.hiding import hide

ALL = "all"
COLUMNS = {
    "quarter": pl.Int64,
    "dimension": pl.String,
    "group_code": pl.String,
    "person_count": pl.Int64,
}


@dataclass(frozen=True)
class Cell:
    """A count that is released: the people of one group, in the year up to a quarter."""

    quarter: int
    dimension: str  # the column people are grouped by; ALL of them together
    group: str


@dataclass(frozen=True)
class Release:
    """What may be released together with all that was before, and which of it is hidden.

    sums: cells × kinds of people, 1 where a kind is counted in a cell.
    """

    cells: list[Cell]
    sums: Matrix
    counts: list[int]
    hidden: set[int]


def protect(people: pl.DataFrame, floor: int) -> pl.DataFrame:
    """Return what may be released of people: quarter, dimension, group_code, person_count.

    people: quarter (1 to 4, in which they came to be counted), a column for each table, and
    person_count. A count that has to be hidden is null; counts are those of the year so far.
    """
    return shown(release(people, floor))


def shown(made: Release) -> pl.DataFrame:
    """Return the cells of a release as `protect` does."""
    rows = [
        (cell.quarter, cell.dimension, cell.group, None if number in made.hidden else count)
        for number, (cell, count) in enumerate(zip(made.cells, made.counts, strict=True))
    ]
    return pl.DataFrame(rows, schema=COLUMNS, orient="row")


def release(people: pl.DataFrame, floor: int, out: Mapping[Cell, bool] | None = None) -> Release:
    """Return the release of each quarter, each decided after those before it and never revised.

    out: the cells that are out already, each with whether it is hidden; they stay so, whatever is
    known of people now.
    """
    before = out or {}
    tables = [name for name in people.columns if name not in ("quarter", "person_count")]
    kinds = _kinds(people, tables)
    cells: list[Cell] = []
    rows: list[Matrix] = []
    hidden: set[int] = set()
    for quarter in sorted(set(people["quarter"])):
        settled = len(cells)
        if known := [cell for cell in before if cell.quarter == quarter]:
            cells += known
            rows += [_counted(kinds, cell) for cell in known]
            hidden |= {settled + n for n, cell in enumerate(known) if before[cell]}
            counts = _counts(rows, kinds)
            continue
        for table in (ALL, *tables):
            groups = [ALL] if table == ALL else sorted(set(people[table]))
            cells += [Cell(quarter, table, group) for group in groups]
        rows += [_counted(kinds, cell) for cell in cells[settled:]]
        counts = _counts(rows, kinds)
        hidden = hide(np.array(rows), counts, floor, settled=settled, hidden_before=hidden)
    return Release(cells, np.array(rows), counts if cells else [], hidden)


def _counts(rows: list[Matrix], kinds: pl.DataFrame) -> list[int]:
    return [int(count) for count in np.array(rows) @ kinds["person_count"].to_numpy()]


def _kinds(people: pl.DataFrame, tables: Sequence[str]) -> pl.DataFrame:
    """Return a row for each kind of people there could be, as far as anybody outside knows.

    That a reason is of one kind only is known to everybody, so such pairs are kept to.
    """
    kinds = people.select(pl.col("quarter").unique().sort())
    for table in tables:
        kinds = kinds.join(people.select(pl.col(table).unique().sort()), how="cross")
    for one, other in permutations(tables, 2):
        pairs = people.select(one, other).unique()
        if pairs.height == pairs[one].n_unique():
            kinds = kinds.join(pairs, on=[one, other], how="semi")
    counted = people.group_by("quarter", *tables).agg(pl.col("person_count").sum())
    joined = kinds.join(counted, on=["quarter", *tables], how="left", maintain_order="left")
    return joined.with_columns(pl.col("person_count").fill_null(0))


def _counted(kinds: pl.DataFrame, cell: Cell) -> Matrix:
    """Return which kinds of people are counted in a cell."""
    up_to = pl.col("quarter") <= cell.quarter
    of_group = pl.lit(True) if cell.dimension == ALL else pl.col(cell.dimension) == cell.group
    return kinds.select((up_to & of_group).cast(pl.Float64)).to_series().to_numpy()
