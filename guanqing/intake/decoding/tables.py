"""Workbooks and Parquet, a text for each table in them."""

import itertools
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from guanqing.intake.decoding import cells, workbooks
from guanqing.intake.decoding.discovery import Found
from guanqing.intake.decoding.scratch import Scratch
from guanqing.intake.decoding.text import Text, table_of
from guanqing.problems import Problem

ROWS_AT_ONCE = 65_536


def sheets(found: Found, kind: str, scratch: Scratch) -> Iterator[Text]:
    """Yield the visible sheets that hold anything; the templates keep their lists in _sheets."""
    folder = scratch.subfolder()
    answer = workbooks.read_apart(found.path, kind, folder)
    if key := answer.get("problem"):
        raise _problem(key, found, folder)
    for name, path in answer["sheets"]:
        yield table_of(replace(found, name=f"{found.name}#{name}"), Path(path), kind)


def _problem(key: str, found: Found, folder: Path) -> Problem:
    """Return the Problem that the process reading a workbook has met."""
    return {
        "file_not_readable": Problem("file_not_readable", path=found.where),
        "store_not_writable": Problem("store_not_writable", path=folder),
        "workbook_damaged": Problem("workbook_damaged", path=found.where),
        "workbook_empty": Problem("workbook_empty", path=found.where),
        "workbook_too_large": Problem("workbook_too_large", path=found.where),
        "workbook_locked": Problem("workbook_locked", path=found.where),
    }[key]


def parquet(found: Found, scratch: Scratch) -> Text:
    """Return the lines of a Parquet file, the names of its columns the first."""
    path = scratch.path()
    with scratch.writing(path) as file:
        for line in itertools.chain.from_iterable(_batches(found)):
            file.write(line.encode() + b"\n")
    return table_of(found, path, "parquet")


def _batches(found: Found) -> Iterator[pl.Series]:
    try:
        with found.path.open("rb") as source:
            file = pq.ParquetFile(source)
            yield cells.lines_of(pl.DataFrame([file.schema_arrow.names], orient="row"))
            for batch in file.iter_batches(ROWS_AT_ONCE):
                # by number: the same name may stand there twice
                numbered = batch.rename_columns([str(n) for n in range(batch.num_columns)])
                frame = pl.DataFrame(pl.from_arrow(numbered))
                yield cells.lines_of(frame.select(map(cells.of_parquet, frame)))
    except (pa.ArrowException, OSError) as error:
        raise Problem("parquet_damaged", path=found.where) from error
