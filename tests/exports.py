"""A small export written by a test, and the library it is loaded into."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pytest
import xlsxwriter

from guanqing.intake.accounts import FileReport, LoadReport
from guanqing.intake.loading import load
from guanqing.intake.validation import rules
from guanqing.problems import Problem
from guanqing.store import Store


class Export:
    """A folder of files and the store they are loaded into."""

    def __init__(self, root: Path) -> None:
        self.folder = root / "export"
        self.folder.mkdir()
        self.store = Store(root / "store")

    def write(self, name: str, *lines: str, encoding: str = "utf-8", end: str = "\n") -> None:
        (self.folder / name).write_bytes((end.join(lines) + end).encode(encoding))

    def write_workbook(self, name: str, sheets: dict[str, list[list[str]]]) -> None:
        with xlsxwriter.Workbook(str(self.folder / name)) as book:
            for title, rows in sheets.items():
                sheet = book.add_worksheet(title)
                for number, row in enumerate(rows):
                    sheet.write_row(number, 0, row)

    def write_layout(self, name: str, text: str) -> None:
        """Save a layout of the library's own."""
        folder = self.store.root / "layouts"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{name}.toml").write_text(text, encoding="utf-8")

    def load(self, layout: str) -> LoadReport:
        report = load([self.folder], layout, self.store)
        for file in report.files:
            _require_sum(file)
        return report

    def load_one(self, layout: str, *lines: str, name: str = "export.csv") -> FileReport:
        """Load one file of these lines and return its account."""
        self.write(name, *lines)
        return of(self.load(layout), name)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(self.store.current()), read_only=True) as connection:
            return connection.sql(sql).fetchall()

    def events(self) -> list[tuple[Any, ...]]:
        """Return kind and time of every loan event."""
        return self.rows("select event_kind, event_at::varchar from loan_events order by rowid")

    def classes(self) -> list[str]:
        """Return the class of every loan in time order."""
        return [code for (code,) in self.rows("select class_code from loans order by loaned_at")]


def _require_sum(file: FileReport) -> None:
    """Hold that every line read is in one count, and as many are left out as rules say."""
    outcomes = (file.loaded, file.repaired, file.refused, file.set_aside, file.already_there)
    assert file.lines_read == sum(outcomes)
    left = sum(
        count
        for code, count in file.by_rule.items()
        if rules.rules()[code].outcome in (rules.REFUSED, rules.SET_ASIDE)
    )
    assert left == file.refused + file.set_aside


def of(report: LoadReport, name: str) -> FileReport:
    """Return the account of a file."""
    (found,) = [file for file in report.files if file.file_name == name]
    return found


def account(file: FileReport) -> tuple[int, int, int, int]:
    """Return how many lines were loaded, repaired, refused and set aside."""
    return file.loaded, file.repaired, file.refused, file.set_aside


@contextmanager
def problem(key: str, **values: object) -> Iterator[None]:
    """Expect a Problem with these values among others."""
    with pytest.raises(Problem) as caught:
        yield
    assert caught.value.key == f"problem.{key}"
    assert caught.value.values.items() >= values.items()
