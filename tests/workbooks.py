"""Fill in a template as an office program saves it: cells put below the header of a sheet."""

import re
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from pathlib import Path
from xml.sax.saxutils import escape

EXCEL_DAY_0 = datetime(1899, 12, 30)
Rows = Sequence[Sequence[object]]


def fill(template: Path, filled: Path, rows: Mapping[str, Rows]) -> None:
    """Write a copy of a workbook with rows, by the name of the sheet, from its second row on."""
    with zipfile.ZipFile(template) as source, zipfile.ZipFile(filled, "w") as target:
        sheets = _sheets(source)
        for entry in source.namelist():
            content = source.read(entry)
            if sheets.get(entry) in rows:
                content = _with_rows(content.decode(), rows[sheets[entry]]).encode()
            target.writestr(entry, content)


def part(template: Path, sheet: str) -> str:
    """Return the XML of a sheet."""
    with zipfile.ZipFile(template) as source:
        (entry,) = [entry for entry, name in _sheets(source).items() if name == sheet]
        return source.read(entry).decode()


def _sheets(source: zipfile.ZipFile) -> dict[str, str]:
    names = re.findall(r'<sheet name="([^"]+)"', source.read("xl/workbook.xml").decode())
    return {f"xl/worksheets/sheet{number}.xml": name for number, name in enumerate(names, 1)}


def _with_rows(xml: str, rows: Rows) -> str:
    columns = re.findall(r'<col min="(\d+)" max="(\d+)"[^>]*?style="(\d+)"', xml)
    styles = [style for first, last, style in columns for _ in range(int(first), int(last) + 1)]
    lines = "".join(
        f'<row r="{number}">{"".join(map(_cell, _places(number), styles, row))}</row>'
        for number, row in enumerate(rows, 2)
    )
    return xml.replace("</sheetData>", f"{lines}</sheetData>")


def _places(row: int) -> list[str]:
    return [f"{chr(ord('A') + column)}{row}" for column in range(26)]


def _cell(place: str, style: str, value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        text = f"<is><t>{escape(value)}</t></is>"
        return f'<c r="{place}" s="{style}" t="inlineStr">{text}</c>'
    return f'<c r="{place}" s="{style}"><v>{_number(value)}</v></c>'


def _number(value: object) -> float:
    if isinstance(value, time):
        return (value.hour * 60 + value.minute) / 1440
    if isinstance(value, date):
        moment = value if isinstance(value, datetime) else datetime(*value.timetuple()[:3])
        return (moment - EXCEL_DAY_0).total_seconds() / 86400
    assert isinstance(value, int | float)
    return value
