"""Workbooks, each read in a process of its own: python -m … path kind folder.

The reader lays a sheet out whole, from the first cell to the last. One cell far out, or a wrong bit
in an old workbook, and it asks for more memory than there is, which ends its process; that must not
be the one that serves the pages. What is said on the way out is one line of JSON.
"""

import json
import logging
import resource
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import fastexcel

from guanqing.intake.decoding import cells
from guanqing.intake.decoding.archives import DAMAGE

# the reader warns on the terminal of each sheet that is a chart
logging.getLogger("calamine").setLevel(logging.ERROR)

# A sheet takes some five times what its file unpacks to. What asks for far more is one cell far out
# or one long text in every cell, not a table.
MEMORY_BYTES, PER_BYTE, MOST_BYTES = 3 << 29, 32, 8 << 30
RATIO, UNJUDGED_BYTES = 100, 32 << 20  # tables shrink to a tenth, a bomb to a thousandth
_LOCKED = "EncryptedPackage".encode("utf-16-le")  # what Office names the contents then
_GAVE_UP = "PanicException"  # what the reader raises where it expected nothing of the kind


def read_apart(path: Path, kind: str, folder: Path) -> dict[str, Any]:
    """Write a file of lines for each visible sheet that holds anything, in another process.

    Returns {"sheets": [[name, path], ...]} or {"problem": key}.
    """
    arguments = [sys.executable, "-m", __spec__.name, str(path), kind, str(folder)]
    asked = subprocess.run(arguments, capture_output=True, check=False)
    if asked.returncode < 0:
        return {"problem": "workbook_damaged"}
    if asked.returncode:
        raise RuntimeError(asked.stderr.decode(errors="replace"))
    answer: dict[str, Any] = json.loads(asked.stdout)
    return answer


def read(path: Path, kind: str, folder: Path) -> dict[str, Any]:
    """Do what read_apart says, in this process."""
    try:
        # by its bytes where its name says another kind
        source = path if path.suffix.lower() == f".{kind}" else path.read_bytes()
    except OSError:
        return {"problem": "file_not_readable"}
    try:
        book = fastexcel.read_excel(source)
    except fastexcel.FastExcelError as error:
        is_locked = "password" in str(error) or _LOCKED in path.read_bytes()
        return {"problem": "workbook_locked" if is_locked else "workbook_damaged"}
    sheets = []
    for number, name in enumerate(book.sheet_names):
        try:
            lines = None if name.startswith("_") else _lines_of_sheet(book, name)
        except fastexcel.FastExcelError:
            return {"problem": "workbook_damaged"}
        if lines is not None:
            target = folder / f"{number:05}.txt"
            try:
                with target.open("wb") as file:
                    file.writelines(line.encode() + b"\n" for line in lines)
            except OSError:
                return {"problem": "store_not_writable"}
            sheets.append([name, str(target)])
    return {"sheets": sheets} if sheets else {"problem": "workbook_empty"}


def _lines_of_sheet(book: fastexcel.ExcelReader, name: str) -> list[str] | None:
    """Return a line for each row from the first of the sheet on, None where there is nothing.

    Every cell is asked for as text, so that no type guessed from others can lose it.
    """
    sheet = book.load_sheet(name, header_row=None, skip_rows=0, dtypes="string")
    if sheet.visible != "visible":
        return None
    frame = sheet.to_polars()
    lines = cells.lines_of(frame.select(map(cells.of_workbook, frame))).to_list()
    while lines and not lines[-1]:
        lines.pop()
    return lines or None


def unpacked_bytes(path: Path) -> int | None:
    """Return what a workbook says it unpacks to, None where no table packs as densely as that.

    One that says less than it holds has less memory to be read in.
    """
    packed = path.stat().st_size if path.exists() else 0
    try:
        with zipfile.ZipFile(path) as archive:
            sizes = [info.file_size for info in archive.infolist()]
    except DAMAGE:  # an old workbook is no archive; whoever reads it says what is wrong
        return packed
    return None if sum(sizes) > max(RATIO * packed, UNJUDGED_BYTES) else sum(sizes)


def _limit(byte_count: int) -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    if hard == resource.RLIM_INFINITY or hard > byte_count:
        resource.setrlimit(resource.RLIMIT_AS, (byte_count, hard))


def main(path: str, kind: str, folder: str) -> None:
    """Read as the arguments say, with no more memory than a sound workbook needs."""
    try:
        unpacked = unpacked_bytes(Path(path))
        if unpacked is None:
            answer = {"problem": "workbook_too_large"}
        else:
            _limit(min(MEMORY_BYTES + PER_BYTE * unpacked, MOST_BYTES))
            answer = read(Path(path), kind, Path(folder))
    except BaseException as error:
        if type(error).__name__ != _GAVE_UP and not isinstance(error, MemoryError):
            raise
        answer = {"problem": "workbook_damaged"}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main(*sys.argv[1:])
