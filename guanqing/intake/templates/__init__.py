"""Workbooks to fill in, for any kind of record: the headers are those the plain layout reads."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import xlsxwriter

from guanqing.intake.templates.cells import fields_of, sheet_name
from guanqing.intake.templates.sheets import Sheets
from guanqing.own import NOBODYS, Own
from guanqing.problems import Problem
from guanqing.records import Kind, kinds

__all__ = ["ALL", "BY_HAND", "chosen", "fields_of", "sheet_name", "write"]

ALL = "all"
# What a librarian writes down, in the order it is best begun with; all else a system exports.
BY_HAND = (
    *("branches", "opening_hours", "visits", "events", "surveys", "feedback", "requests"),
    *("holdings", "digital_resources", "counts", "card_events"),
    *("volunteers", "inspections", "annotations", "milestone_states", "plan_notes"),
)


def chosen(name: str) -> list[Kind]:
    """Return the kinds a name means: a code, a name in either language, or `all`; else raise."""
    known = kinds()
    if name == ALL:
        return [known[code] for code in BY_HAND]
    found = [kind for kind in known.values() if name in (kind.code, *kind.name.values())]
    if not found:
        raise Problem("unknown_template", name=name, names=", ".join([ALL, *known]))
    return found


def write(
    path: Path,
    asked: Sequence[Kind],
    language: str = "zh",
    *,
    branches: Mapping[str, str] | None = None,
    its: Own = NOBODYS,
    replace: bool = False,
) -> None:
    """Write a workbook with a sheet for each kind, and beside them notes and examples.

    `branches`, code -> name, are offered wherever a branch is asked for; another may be typed;
    its is what the library says of itself, whose reasons of cancellation are offered. A file that
    is there, perhaps filled in, is a Problem unless `replace`.
    """
    if path.exists() and not replace:
        raise Problem("template_exists", path=path)
    part = path.with_name(f".{path.name}.{os.getpid()}")
    # the name of a branch is no formula and no link
    plain = {"strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(str(part), plain)
    sheets = Sheets(book, language, dict(branches or {}), its)
    for kind in asked:
        sheets.to_fill_in(kind)
    sheets.notes(asked)
    sheets.examples(asked)
    sheets.lists()
    try:
        book.close()
        os.replace(part, path)
    except (xlsxwriter.exceptions.FileCreateError, OSError) as error:
        part.unlink(missing_ok=True)
        raise Problem("template_not_written", path=path) from error
