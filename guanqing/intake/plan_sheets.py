"""A plan as a workbook, to be filled in or changed there; its headers are those read again."""

import io
from collections.abc import Iterable, Mapping, Sequence

import xlsxwriter

from guanqing.plan.making.columns import desk

WIDTHS = {"name_zh": 26, "name_en": 26, "measure": 20, "clause_zh": 30, "clause_en": 30}
WIDTH = 12


def workbook(rows: Sequence[Mapping[str, str]], language: str, year: int) -> bytes:
    """Return a workbook with a row for each target or milestone, every cell a text."""
    written = io.BytesIO()
    # what somebody typed is no formula and no link
    plain = {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True}
    book = xlsxwriter.Workbook(written, plain)
    sheet = book.add_worksheet()
    bold, words = book.add_format({"bold": True}), book.add_format({"num_format": "@"})
    columns = list(_ordered(rows, language))
    for place, column in enumerate(columns):
        sheet.set_column(place, place, WIDTHS.get(column, WIDTH), words)
        sheet.write_string(0, place, desk().columns[column].called(language), bold)
        sheet.write_comment(0, place, desk().columns[column].hint(language, year))
        for line, row in enumerate(rows, 1):
            sheet.write_string(line, place, row.get(column, ""), words)
    sheet.freeze_panes(1, 0)
    book.close()
    return written.getvalue()


def _ordered(rows: Sequence[Mapping[str, str]], language: str) -> Iterable[str]:
    """Yield the columns, those of the reader's language before those of the other."""
    other = "_en" if language == "zh" else "_zh"
    yield from (name for name in desk().columns if not name.endswith(other))
    yield from (name for name in desk().columns if name.endswith(other))
