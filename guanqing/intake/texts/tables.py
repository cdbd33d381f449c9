"""Workbooks and Parquet, a text for each table in them."""

import itertools
import logging
from collections.abc import Iterator
from dataclasses import replace

import fastexcel
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from guanqing.intake.texts import cells
from guanqing.intake.texts.found import Found
from guanqing.intake.texts.scratch import Scratch, readable
from guanqing.intake.texts.text import Text, table_of
from guanqing.problems import Problem

# the reader warns on the terminal of each sheet that is a chart
logging.getLogger("calamine").setLevel(logging.ERROR)

ROWS_AT_ONCE = 65_536
_LOCKED = "EncryptedPackage".encode("utf-16-le")  # what Office names the contents then


def sheets(found: Found, kind: str, scratch: Scratch) -> Iterator[Text]:
    """Yield the visible sheets that hold anything; the templates keep their lists in _sheets."""
    book, is_any = _open_workbook(found, kind), False
    for name in book.sheet_names:
        lines = None if name.startswith("_") else _lines_of_sheet(book, name, found)
        if lines is not None:
            is_any = True
            path = scratch.path()
            with scratch.writing(path) as file:
                file.writelines(line.encode() + b"\n" for line in lines)
            yield table_of(replace(found, name=f"{found.name}#{name}"), path, kind)
    if not is_any:
        raise Problem("workbook_empty", path=found.where)


def _open_workbook(found: Found, kind: str) -> fastexcel.ExcelReader:
    """Open a workbook by its bytes where its name says another kind; damage or a lock raises."""
    is_well_named = found.path.suffix.lower() == f".{kind}"
    with readable(found.where):
        source = found.path if is_well_named else found.path.read_bytes()
    try:
        return fastexcel.read_excel(source)
    except fastexcel.FastExcelError as error:
        if "password" in str(error) or _LOCKED in found.path.read_bytes():
            raise Problem("workbook_locked", path=found.where) from error
        raise Problem("workbook_damaged", path=found.where) from error


def _lines_of_sheet(book: fastexcel.ExcelReader, name: str, found: Found) -> list[str] | None:
    """Return a line for each row from the first of the sheet on, None where there is nothing.

    Every cell is asked for as text, so that no type guessed from others can lose it.
    """
    try:
        sheet = book.load_sheet(name, header_row=None, skip_rows=0, dtypes="string")
        if sheet.visible != "visible":
            return None
        frame = sheet.to_polars()
    except fastexcel.FastExcelError as error:
        raise Problem("workbook_damaged", path=found.where) from error
    lines = cells.lines_of(frame.select(map(cells.of_workbook, frame))).to_list()
    while lines and not lines[-1]:
        lines.pop()
    return lines or None


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
