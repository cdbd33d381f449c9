"""Formulas that stand in data never run in the spreadsheet of whoever takes it away."""

import csv
import io
import zipfile
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from exports import Export
from hypothesis import given
from hypothesis import strategies as some
from typer.testing import CliRunner

from guanqing import cli
from guanqing.intake import templates
from guanqing.intake.accounts import refusals
from guanqing.intake.loading import load
from guanqing.records import kinds
from guanqing.spreadsheets import harmless, harmless_line, write_csv
from guanqing.store import Store
from guanqing.ui.exports import csv_of

pytest_plugins = ["stores"]


@pytest.fixture
def export(tmp_path: Path) -> Export:
    return Export(tmp_path)


BEGINNINGS = "=+-@\t\r\n＝＋－＠"
FORMULAS = [f"{sign}cmd|'/c calc'!A1" for sign in BEGINNINGS]
FORMULAS += ['=HYPERLINK("http://b","x")', "-1+1", "+1+cmd()", "=1", '="a"&B1', "-"]


@pytest.mark.parametrize("formula", FORMULAS)
def test_what_would_run_is_text(formula: str) -> None:
    assert harmless(formula) == f"'{formula}"


@pytest.mark.parametrize(
    "cell",
    [-5, -0.5, Decimal("-1.2"), date(2019, 1, 1), None, True, "", "a=b", "-7", "+1.5", '="007"'],
)
def test_what_would_not_run_stays_as_it_is(cell: Any) -> None:
    assert harmless(cell) == cell
    assert type(harmless(cell)) is type(cell)


def test_a_download_has_no_formula_and_keeps_its_numbers() -> None:
    frame = pl.DataFrame({"=title": ["=1+1", "a"], "change_count": [-3, 2]})
    found = csv_of(frame, {"+mark": "@x"}).decode("utf-8-sig")
    assert found == "'=title,change_count,'+mark\r\n'=1+1,-3,'@x\r\na,2,'@x\r\n"


def test_a_query_prints_no_formula(tmp_path: Path) -> None:
    (tmp_path / "branches.csv").write_text("馆代码,馆名\nEAST,=1+1\n", encoding="utf-8")
    load([tmp_path / "branches.csv"], "plain", Store(tmp_path / "store"))
    words = ["query", "branch_names", "-f", "csv", "--store", str(tmp_path / "store")]
    rows = list(csv.DictReader(io.StringIO(CliRunner().invoke(cli.app, words).stdout)))
    assert [row["name_zh"] for row in rows if row["branch_code"] == "EAST"] == ["'=1+1"]


# --- lines that a load refused


@pytest.mark.parametrize(
    ("line", "delimiter", "quote", "made"),
    [
        ("1,=1+1,-5", ",", '"', "1,'=1+1,-5"),
        ("=1+1", ",", '"', "'=1+1"),
        ('"=1+1","a,=b"', ",", '"', '"\'=1+1","a,=b"'),
        ('"a,=b', ",", '"', "\"a,'=b"),
        ('="007",@x', ",", '"', '="007",\'@x'),
        ("a|=1|b,=2", "|", '"', "a|'=1|b,'=2"),
        ("a\t=1", "\t", '"', "a\t'=1"),
        ("'=1','b'", ",", "'", "'=1','b'"),
        ("=it's,b", ",", "'", "'''=it''s',b"),
    ],
)
def test_a_line_that_somebody_wrote_keeps_its_cells(
    line: str, delimiter: str, quote: str, made: str
) -> None:
    assert harmless_line(line, delimiter, quote) == made


@given(some.lists(some.text(alphabet="=+-@ab1,\"'　＝", max_size=6), min_size=1, max_size=4))
def test_no_cell_of_a_line_would_run_and_each_is_what_it_was(cells: list[str]) -> None:
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow(cells)
    (found,) = csv.reader([harmless_line(line.getvalue(), ",", '"')])
    assert found == [harmless(cell) for cell in cells]


def test_a_refused_line_is_harmless_and_loads_as_it_was(export: Export) -> None:
    lines = ["馆代码,馆名", "WEST,西馆", 'EAST,"=HYPERLINK(""http://b"",""x"")",surplus,x,y']
    export.write("branches.csv", *lines)
    export.load("plain")
    ((content, count),) = refusals.contents(export.store).values()
    assert count == 1
    (names, row) = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    assert names[:2] == ["#line", "#rule"]
    assert row[3] == '\'=HYPERLINK("http://b","x")'
    out = io.StringIO()
    write_csv(out, [names, row[:4]])
    export.write("branches.csv", out.getvalue(), end="")
    export.load("plain")
    words = ["query", "branch_names", "-f", "json", "--store", str(export.store.root)]
    assert '=HYPERLINK(\\"http://b\\",\\"x\\")' in CliRunner().invoke(cli.app, words).stdout


# --- workbooks


def test_a_branch_named_like_a_formula_is_a_text_in_a_worksheet(tmp_path: Path) -> None:
    path = tmp_path / "visits.xlsx"
    templates.write(path, [kinds()["visits"]], branches={"=1+1": "总馆", "http://b": "榆次"})
    with zipfile.ZipFile(path) as book:
        sheets = [book.read(name).decode() for name in book.namelist() if "worksheets/" in name]
    assert not [sheet for sheet in sheets if "<f>1+1</f>" in sheet or "hyperlink" in sheet]
