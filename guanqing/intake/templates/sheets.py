"""The sheets of a template: those to fill in, notes, examples, and the lists cells choose from."""

from collections.abc import Sequence
from datetime import date, time
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.color import Color
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from guanqing.intake.templates.cells import (
    CELLS,
    TEXT,
    choices,
    example,
    example_text,
    fields_of,
    header,
    sheet_name,
    width,
)
from guanqing.own import NOBODYS, Own
from guanqing.records import Field, Kind
from guanqing.text import translate

LISTS = "_lists"
LAST_ROW = 1_048_575  # counted from 0
NARROW, WIDE = 10, 32
TITLE_SIGNS, MESSAGE_SIGNS = 32, 255  # Excel allows no more
# Of the theme of whoever opens the workbook, so that their office program has the last word.
MUST, MAY, LINE, GREY = Color.theme(4, 2), Color.theme(4, 1), Color.theme(0, 2), Color.theme(1, 1)


class Sheets:
    """A workbook being written."""

    def __init__(
        self, book: Workbook, language: str, branches: dict[str, str], its: Own = NOBODYS
    ) -> None:
        self.book, self.language, self.branches, self.its = book, language, branches, its
        self.columns: dict[tuple[str, ...], int] = {}  # a list -> its column in the sheet of lists
        head = {"border": 1, "border_color": LINE, "valign": "vcenter"}
        self.must = book.add_format(head | {"bg_color": MUST, "bold": True})
        self.may = book.add_format(head | {"bg_color": MAY})
        self.title = book.add_format({"bold": True, "font_size": 14})
        self.words = book.add_format({"text_wrap": True, "valign": "top"})
        forms = (*CELLS.values(), TEXT)
        self.plain = {form: book.add_format({"num_format": form}) for form in forms}
        grey = {"italic": True, "font_color": GREY, "align": "left"}
        self.grey = {form: book.add_format(grey | {"num_format": form}) for form in forms}

    def to_fill_in(self, kind: Kind) -> None:
        """Write the sheet of a kind: its headers, and below them what a cell may hold."""
        sheet = self.book.add_worksheet(sheet_name(kind, self.language))
        for column, found in enumerate(fields_of(kind)):
            self._head(sheet, 0, column, found)
            sheet.write_comment(0, column, self._explained(found), self._bubble(found))
            signs = max(width(self._header(found)), width(self._example(found))) + 3
            shown = self.plain[CELLS.get(found.kind, TEXT)]
            sheet.set_column(column, column, min(max(signs, NARROW), WIDE), shown)
            if rule := self._rule(found):
                sheet.data_validation(1, column, LAST_ROW, column, rule | self._refusal(found))
        sheet.set_row(0, 24)
        sheet.freeze_panes(1, 0)
        sheet.repeat_rows(0)
        self._on_paper(sheet)

    def notes(self, asked: Sequence[Kind]) -> None:
        """Write what every column means and takes."""
        sheet = self.book.add_worksheet(self._say("notes"))
        for column, signs in enumerate((22, 22, 9, 60, 26)):
            sheet.set_column(column, column, signs, self.words)
        sheet.write_string(0, 0, self._say("title"), self.title)
        for row, key in enumerate(("how", "kept", "load"), 1):
            sheet.merge_range(row, 0, row, 4, self._say(key), self.words)
            sheet.set_row(row, 32)
        for column, key in enumerate(("sheet", "column", "required", "takes", "example")):
            sheet.write_string(5, column, self._say(key), self.must)
        rows = [(kind, found) for kind in asked for found in fields_of(kind)]
        for row, (kind, found) in enumerate(rows, 6):
            cells = (
                sheet_name(kind, self.language),
                self._header(found),
                self._say("must") if found.needed else "",
                self._takes(found, with_choices=True),
                self._example(found),
            )
            for column, cell in enumerate(cells):
                sheet.write_string(row, column, cell, self.words)
        sheet.freeze_panes(6, 0)
        self._on_paper(sheet)

    def examples(self, asked: Sequence[Kind]) -> None:
        """Write a line of each kind as it looks when filled in."""
        sheet = self.book.add_worksheet(self._say("examples"))
        sheet.set_column(0, max(len(fields_of(kind)) for kind in asked) - 1, 20)
        sheet.write_string(0, 0, self._say("examples_title"), self.title)
        for number, kind in enumerate(asked):
            row = 2 + 4 * number
            sheet.write_string(row, 0, kind.name[self.language])
            for column, found in enumerate(fields_of(kind)):
                self._head(sheet, row + 1, column, found)
                cell, form = example(found, self.language, self.its), CELLS.get(found.kind, TEXT)
                if isinstance(cell, str):  # write() would make a link or a formula of some
                    sheet.write_string(row + 2, column, cell, self.grey[form])
                elif cell is not None:
                    sheet.write(row + 2, column, cell, self.grey[form])
        self._on_paper(sheet)

    def lists(self) -> None:
        """Write, out of sight, what the drop-downs offer: a cell itself could hold 255 signs."""
        sheet = self.book.add_worksheet(LISTS)
        for values, column in self.columns.items():
            sheet.write_column(0, column, values)
        sheet.hide()

    def _say(self, key: str, **values: object) -> str:
        return translate(f"template.{key}", self.language, **values)

    def _header(self, found: Field) -> str:
        return header(found, self.language)

    def _example(self, found: Field) -> str:
        return example_text(found, self.language, self.its)

    def _head(self, sheet: Worksheet, row: int, column: int, found: Field) -> None:
        look: Format = self.must if found.needed else self.may
        sheet.write_string(row, column, self._header(found), look)

    def _takes(self, found: Field, *, with_choices: bool = False) -> str:
        """Return how a column is filled in; a code without a list is a text."""
        listed = choices(found, self.language, self.its)
        kind = "text" if found.kind == "code" and not listed else found.kind
        kind = "own_branch" if kind == "branch" and found.needed else kind
        words = self._say(f"takes_{kind}")
        if listed and with_choices:
            joined = translate("app.list_mark", self.language).join(listed)
            return self._say("choices", words=words, listed=joined)
        return words

    def _explained(self, found: Field) -> str:
        lines = [self._say("must" if found.needed else "may"), self._takes(found)]
        if shown := self._example(found):
            lines.append(self._say("such_as", shown=shown))
        return "\n".join(lines)

    def _bubble(self, found: Field) -> dict[str, Any]:
        lines = self._explained(found).split("\n")
        height = 14 + 15 * sum(1 + width(line) // 32 for line in lines)
        return {"width": 220, "height": height, "font_size": 9, "author": self._say("author")}

    def _refusal(self, found: Field) -> dict[str, str]:
        message = self._explained(found).split("\n", 1)[1]
        return {
            "error_title": self._header(found)[:TITLE_SIGNS],
            "error_message": message[:MESSAGE_SIGNS],
        }

    def _rule(self, found: Field) -> dict[str, Any]:
        """Return what the office program checks as one types, or nothing."""
        if listed := choices(found, self.language, self.its):
            return {"validate": "list", "source": self._range(listed)}
        if found.kind == "branch" and self.branches:
            offered = {"validate": "list", "source": self._range(list(self.branches))}
            return offered | {"error_type": "information"}  # a branch may be new
        if found.kind in ("stamp", "day", "month"):
            return {"validate": "date", "criteria": ">=", "value": date(1900, 1, 2)}
        if found.kind == "time":
            bounds = {"minimum": time(0, 0), "maximum": time(23, 59, 59)}
            return {"validate": "time", "criteria": "between"} | bounds
        if found.kind in ("count", "number"):
            number = "integer" if found.kind == "count" else "decimal"
            return {"validate": number, "criteria": ">=", "value": 0}
        return {}

    def _range(self, values: list[str]) -> str:
        column = self.columns.setdefault(tuple(values), len(self.columns))
        letter = xl_col_to_name(column, col_abs=True)
        return f"={LISTS}!{letter}$1:{letter}${len(values)}"

    def _on_paper(self, sheet: Worksheet) -> None:
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
