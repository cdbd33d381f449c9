"""A library told as a plain export, in any form, and loaded anew is the same library."""

import hashlib
import zipfile
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import duckdb
import polars as pl
import pytest
import xlsxwriter
from sealed import opened_names

from guanqing.intake.loading import load
from guanqing.store import Store, names_of, records_of

pytestmark = pytest.mark.slow  # half a minute together with its like: for CI

READERS, ITEMS = [f"JZ{n:04}" for n in range(25)], [f"0140{n:05}" for n in range(40)]
HEADER = ["读者证号", "条码号", "借书日期", "应还日期", "还书日期", "续借次数", "分馆"]
Row = tuple[Any, ...]


# --- a library


@pytest.fixture(scope="module", params=[1, 2])
def library(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Return a small library: half its loans a list of loans told, half a log."""
    dice = Random(request.param)
    root = tmp_path_factory.mktemp("library")
    readers = [f"{card},{'马刘陈'[n % 3]}某,{'女男'[n % 2]}" for n, card in enumerate(READERS)]
    (root / "readers.csv").write_text("\n".join(["读者证号,姓名,性别", *readers]), encoding="utf-8")
    items = [f"{barcode},I247.{n}/3" for n, barcode in enumerate(ITEMS)]
    (root / "items.csv").write_text("\n".join(["条码号,索书号", *items]), encoding="utf-8")
    _write_loans(root / "loans.csv", dice)
    _write_log(root / "log.csv", dice)
    store = Store(root / "store")
    report = load([root], "plain", store)
    assert report.total("refused") == 0
    return store


def _write_loans(path: Path, dice: Random) -> None:
    lines = [",".join(HEADER)]
    for _ in range(120):
        lent = datetime(2019, 1, 1) + timedelta(seconds=dice.randrange(86_400 * 365))
        back = lent + timedelta(seconds=dice.randrange(-9, 86_400 * 60))
        reader, item = dice.choice([*READERS, "", "GONE"]), dice.choice([*ITEMS[:20], ""])
        due = dice.choice(["", f"{lent + timedelta(days=30):%Y-%m-%d}"])
        returned = dice.choice(["", f"{back}"])
        lines.append(f"{reader},{item},{lent},{due},{returned},{dice.choice([0, 0, 1, 3])},JZ")
    path.write_text("\n".join(lines), encoding="utf-8")


def _write_log(path: Path, dice: Random) -> None:
    lines = ["操作类型,处理时间,读者证号,条码号,应还日期,分馆"]
    for _ in range(200):
        at = datetime(2019, 1, 1) + timedelta(seconds=dice.randrange(86_400 * 365))
        kind, item = dice.choice(["借书", "借书", "续借", "还书"]), dice.choice(ITEMS[20:])
        due = f"{at + timedelta(days=30):%Y-%m-%d}" if kind != "还书" else ""
        lines.append(f"{kind},{at},{dice.choice(READERS)},{item},{due},YC")
    path.write_text("\n".join(lines), encoding="utf-8")


def told(store: Store) -> list[Row]:
    """Return every loan with the card of its reader and the barcode of its item.

    The names file leads to the cards that a reader file named; what else there is is found again
    by its digest, as the records keep it.
    """
    with duckdb.connect(str(store.current()), read_only=True) as connection:
        connection.execute(f"attach '{records_of(store.current())}' as records (read_only)")
        cards = _known(connection, "reader", [*READERS, "GONE"], "loans log readers card_events")
        barcodes = _known(connection, "item", ITEMS, "loans log items")
        if names_of(store.current()).exists():
            named = {reader: card for reader, _, card in opened_names(store.current())}
            assert named.items() <= cards.items()
        rows = connection.sql(
            "select reader_id, item_id, loaned_at, due_date, returned_at, renewal_count, "
            "branch_code from loans"
        ).fetchall()
    found = [(cards.get(reader), barcodes.get(item), *rest) for reader, item, *rest in rows]
    return sorted(found, key=repr)


def _known(connection: Any, name: str, texts: list[str], tables: str) -> dict[int, str]:
    union = " union ".join(f"select {name} from records.{table}" for table in tables.split())
    digests = [digest for (digest,) in connection.sql(
        f"from ({union}) where {name} is not null order by {name}").fetchall()]  # fmt: skip
    text_of = {_digest(text): text for text in texts}
    return {number: text_of[digest] for number, digest in enumerate(digests, 1)}


def _digest(text: str) -> int:
    return int.from_bytes(hashlib.md5(text.encode()).digest(), "little") >> 65 | 1 << 63


# --- its loans as an export


def _csv(folder: Path, rows: list[Row], encoding: str = "utf-8") -> None:
    lines = [",".join("" if cell is None else str(cell) for cell in row) for row in rows]
    (folder / "loans.csv").write_text("\n".join([",".join(HEADER), *lines]), encoding=encoding)


def _gbk(folder: Path, rows: list[Row]) -> None:
    _csv(folder, rows, "gb18030")


def _zip(folder: Path, rows: list[Row]) -> None:
    _csv(folder, rows)
    with zipfile.ZipFile(folder / "loans.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(folder / "loans.csv", "借阅/loans.csv")
    (folder / "loans.csv").unlink()


def _xlsx(folder: Path, rows: list[Row]) -> None:
    """Write dates as Excel keeps them, numbers with a form to show them in."""
    with xlsxwriter.Workbook(str(folder / "book.xlsx")) as book:
        sheet = book.add_worksheet("借阅")
        moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_row(0, 0, HEADER)
        for number, row in enumerate(rows, 1):
            for place, cell in enumerate(row):
                if isinstance(cell, datetime):
                    sheet.write_datetime(number, place, cell, moment)
                elif isinstance(cell, date):
                    sheet.write_datetime(number, place, cell, day)
                else:
                    sheet.write(number, place, cell)


def _parquet(folder: Path, rows: list[Row]) -> None:
    kinds = [pl.String, pl.String, pl.Datetime, pl.Date, pl.Datetime, pl.Int64, pl.String]
    schema = dict(zip(HEADER, kinds, strict=True))
    pl.DataFrame(rows, schema=schema, orient="row").write_parquet(folder / "loans.parquet")


@pytest.mark.parametrize("written", [_csv, _gbk, _zip, _xlsx, _parquet])
def test_the_loans_of_a_library_come_back_as_they_were(
    library: Store, tmp_path: Path, written: Callable[[Path, list[Row]], None]
) -> None:
    rows = told(library)
    assert len(rows) > 150
    folder = tmp_path / "export"
    folder.mkdir()
    written(folder, rows)
    store = Store(tmp_path / "store")
    (file,) = load([folder], "plain", store).files
    assert (file.lines_read, file.loaded + file.repaired) == (len(rows), len(rows))
    assert told(store) == rows
