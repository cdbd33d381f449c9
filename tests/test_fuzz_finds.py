"""What benchmarks/fuzz.py found: each file as it was made, smaller, and what it has to come to."""

from pathlib import Path

import pytest
import xlsxwriter
import xlwt
from exports import Export, account, of, problem

pytestmark = pytest.mark.slow  # half a minute together with its like: for CI

LOANS = b"Reader,Item,Loaned at\nR1,B1,2019-03-01 10:00:00\n"


@pytest.fixture
def export(tmp_path: Path) -> Export:
    return Export(tmp_path)


@pytest.mark.parametrize("folder", ["line=5", "year=2019/line_number=7", "[1]", "a*", "?", "{a,b}"])
def test_a_folder_may_be_called_anything(export: Export, folder: str) -> None:
    """A folder line=5 was taken for a column of the file, over the one that was read."""
    (export.folder / folder).mkdir(parents=True)
    (export.folder / folder / "loans.csv").write_bytes(LOANS)
    assert account(of(export.load("plain"), f"{folder}/loans.csv")) == (1, 0, 0, 0)


@pytest.mark.parametrize(
    "name", ["a*.csv", "a?.csv", "**", "a[b-d].csv", "loans[1].csv", "[[].csv"]
)
def test_a_file_called_like_a_pattern_is_read_alone(export: Export, name: str) -> None:
    """The engine took a*.csv for a pattern and read the lines of ab.csv into it, too."""
    (export.folder / name).write_bytes(LOANS)
    (export.folder / "ab.csv").write_bytes(LOANS.replace(b"B1", b"B2"))
    report = export.load("plain")
    assert [(file.lines_read, account(file)) for file in report.files] == [(1, (1, 0, 0, 0))] * 2


@pytest.mark.parametrize("name", ["loans.csv.gz", "loans.zst", "loans.csv.bz2"])
def test_a_text_called_like_something_packed_is_a_text(export: Export, name: str) -> None:
    (export.folder / name).write_bytes(LOANS)
    assert account(of(export.load("plain"), name)) == (1, 0, 0, 0)


def test_utf_16_with_returns_alone_where_a_character_holds_the_byte_of_a_line_feed(
    export: Export,
) -> None:
    """上 is 4E 0A: it was taken for a line feed, and every return for a slip in a field."""
    lines = (
        "读者证号,条码号,借书日期",
        "R1,上海1,2019-03-01 10:00:00",
        "R2,B2,2019-03-02 10:00:00",
    )
    text = "\r".join([*lines, ""])
    (export.folder / "loans.csv").write_bytes(text.encode("utf-16"))
    assert account(of(export.load("plain"), "loans.csv")) == (2, 0, 0, 0)


def test_an_old_workbook_with_a_wrong_bit_does_not_take_the_program_down(export: Export) -> None:
    """A sector that points to itself made the reader ask for all the memory there is."""
    book = xlwt.Workbook()
    book.add_sheet("a").write(0, 0, "x")
    path = export.folder / "loans.xls"
    book.save(str(path))
    content = bytearray(path.read_bytes())
    allocation = 512 * (1 + int.from_bytes(content[76:80], "little"))
    first = int.from_bytes(content[48:52], "little")
    content[allocation + 4 * first : allocation + 4 * first + 4] = content[48:52]
    path.write_bytes(content)
    with problem("workbook_damaged", path=str(path)):
        export.load("plain")


def test_a_cell_far_out_does_not_take_the_program_down(export: Export) -> None:
    """The reader lays a sheet out whole: from A1 to XFD1048576 that is half a terabyte."""
    path = export.folder / "loans.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        for row, line in enumerate(LOANS.decode().splitlines()):
            sheet.write_row(row, 0, line.split(","))
        sheet.write(1_048_575, 16_383, "x")
    with problem("workbook_damaged", path=str(path)):
        export.load("plain")


def test_returns_end_lines_where_no_line_feed_is_in_sight(export: Export) -> None:
    """The first line feed of a file may stand after its first megabyte: then returns end lines."""
    blank = 1 << 20
    content = LOANS.replace(b"\n", b"\r") + b"\r" * blank + LOANS.partition(b"\n")[2]
    (export.folder / "loans.csv").write_bytes(content)
    file = of(export.load("plain"), "loans.csv")
    assert (file.lines_read, account(file)) == (blank + 2, (1, 0, 0, blank + 1))
    assert file.by_rule == {"blank_line": blank, "duplicate_line": 1}


@pytest.mark.parametrize("women", [1, 9])
def test_a_gbk_file_whose_only_chinese_is_the_sex_of_its_readers(
    export: Export, women: int
) -> None:
    """女 of GBK is Ů in UTF-8: where women were the most, the file passed for damaged UTF-8."""
    lines = ["读者证号,性别,办证馆", "R0,男,JZ", *(f"R{n},女,JZ" for n in range(1, women + 1))]
    export.write("readers.csv", *lines, encoding="gbk")
    file = of(export.load("plain"), "readers.csv")
    assert (file.encoding, account(file)) == ("gb18030", (women + 1, 0, 0, 0))
    assert export.rows("select count(*) from readers where sex = 'F'") == [(women,)]
