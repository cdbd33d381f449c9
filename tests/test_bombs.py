"""Workbooks that hold far more than they seem to: refused, and never at the price of the memory."""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import xlsxwriter
from exports import problem

from guanqing.intake.decoding import texts, workbooks

BYTES = 1 << 20
# the most that a small workbook may make any process hold
MOST_MEGABYTES = 2500


def workbook(path: Path, sheet: str, strings: str = "<sst/>") -> Path:
    """Write a workbook whose only sheet and whose texts are as given."""
    with xlsxwriter.Workbook(str(path.with_suffix(".plain"))) as book:
        book.add_worksheet().write_string(0, 0, "a")
    with (
        zipfile.ZipFile(path.with_suffix(".plain")) as plain,
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made,
    ):
        for name in plain.namelist():
            content = plain.read(name).decode()
            if name.endswith("sheet1.xml"):
                before, _, rest = content.partition("<sheetData>")
                content = (
                    f"{before}<sheetData>{sheet}</sheetData>{rest.partition('</sheetData>')[2]}"
                )
            made.writestr(name, strings if name.endswith("sharedStrings.xml") else content)
    return path


def peak_megabytes(path: Path, folder: Path) -> tuple[dict[str, object], int]:
    """Return what reading a workbook apart came to, and what the process held at most."""
    code = (
        "import json, resource, sys; from pathlib import Path\n"
        "from guanqing.intake.decoding.workbooks import read_apart\n"
        "answer = read_apart(Path(sys.argv[1]), 'xlsx', Path(sys.argv[2]))\n"
        "peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss >> 10\n"
        "print(json.dumps([answer, peak]))"
    )
    asked = subprocess.run(
        [sys.executable, "-c", code, str(path), str(folder)],
        check=True,
        capture_output=True,
        env=os.environ,
    )
    answer, peak = json.loads(asked.stdout)
    return answer, peak


@pytest.mark.slow
def test_a_sheet_packed_denser_than_any_table_is_refused_before_it_is_read(tmp_path: Path) -> None:
    row = "<row>" + "<c><v>1</v></c>" * 8 + "</row>"
    path = workbook(tmp_path / "bomb.xlsx", row * 400_000)
    assert path.stat().st_size < BYTES
    with problem("workbook_too_large", path=str(path)):
        texts([path], tmp_path)
    assert peak_megabytes(path, tmp_path)[1] < 300


@pytest.mark.slow
def test_one_long_text_in_every_cell_takes_no_more_than_a_table_may(tmp_path: Path) -> None:
    strings = f"<sst><si><t>{'x' * 32_000}</t></si></sst>"
    rows = "".join(
        f'<row r="{n}">' + "".join(f'<c r="{c}{n}" t="s"><v>0</v></c>' for c in "ABCD") + "</row>"
        for n in range(1, 50_001)
    )
    path = workbook(tmp_path / "texts.xlsx", rows, strings)
    answer, peak = peak_megabytes(path, tmp_path)
    assert answer == {"problem": "workbook_damaged"}
    assert peak < MOST_MEGABYTES


def test_a_cell_far_out_takes_no_more_than_a_table_may(tmp_path: Path) -> None:
    cells = '<row r="1"><c r="A1"><v>1</v></c></row>'
    far = '<row r="1048576"><c r="CV1048576"><v>1</v></c></row>'
    path = workbook(tmp_path / "far.xlsx", cells + far)
    answer, peak = peak_megabytes(path, tmp_path)
    assert answer == {"problem": "workbook_damaged"}
    assert peak < MOST_MEGABYTES


def test_what_a_workbook_says_of_its_size_sets_what_it_may_take(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = workbook(tmp_path / "small.xlsx", '<row r="1"><c r="A1"><v>1</v></c></row>')
    assert 0 < (workbooks.unpacked_bytes(path) or 0) < BYTES
    monkeypatch.setattr(workbooks, "UNJUDGED_BYTES", 100)
    monkeypatch.setattr(workbooks, "RATIO", 1)
    assert workbooks.unpacked_bytes(path) is None
