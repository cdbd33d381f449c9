"""Layouts: how each source system names its files, columns and codes (data/layouts/*.toml)."""

import csv
import tomllib
from dataclasses import dataclass
from functools import cache
from typing import Any

from guanqing.intake.fields import CODE, TABLES
from guanqing.paths import DATA
from guanqing.problems import Problem

FOLDER = DATA / "layouts"
ID_KINDS = ("anonymous", "surrogate")
ENTRIES = {"library", "branches", "ids", "format", *TABLES}


@dataclass(frozen=True)
class Branch:
    """A branch as the layout names it."""

    code: str
    name_zh: str
    name_en: str


@dataclass(frozen=True)
class TableLayout:
    """Where a table of fields.TABLES stands in the source."""

    table: str
    file: str  # pattern of the file's name
    columns: dict[str, str]  # field -> column of the header; nothing else is read
    codes: dict[str, dict[str, str]]  # field -> code in the source -> code of data/codes.csv


@dataclass(frozen=True)
class Layout:
    """Everything that is particular to one source system."""

    name: str
    name_zh: str
    name_en: str
    branch: Branch
    delimiter: str
    quote: str
    stamp_format: str
    tables: dict[str, TableLayout]


def names() -> list[str]:
    """Return the names of all layouts."""
    return sorted(path.stem for path in FOLDER.glob("*.toml"))


def read(name: str) -> Layout:
    """Read and check a layout; an unknown, wrong or unsupported one is a Problem."""
    if name not in names():
        raise Problem("unknown_layout", name=name, names=", ".join(names()))
    try:
        entries = tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Problem("layout_invalid", layout=name, entry=error) from error
    return parse(name, entries)


def parse(name: str, entries: dict[str, Any]) -> Layout:
    """Make a layout of the entries of its file."""
    entry = _Entry(name, "", entries)
    entry.allow_only(ENTRIES)
    _require_supported_ids(entry.table("ids"))
    library, form = entry.table("library"), entry.table("format")
    tables = {table: _table(table, entry.table(table)) for table in TABLES if table in entries}
    if "loans" not in tables:
        entry.table("loans")
    return Layout(
        name=name,
        name_zh=library.text("name_zh"),
        name_en=library.text("name_en"),
        branch=_only_branch(entry),
        delimiter=form.character("delimiter"),
        quote=form.character("quote"),
        stamp_format=form.text("stamp"),
        tables=tables,
    )


@dataclass(frozen=True)
class _Entry:
    """A table of the file, and its path for whoever has to mend it."""

    layout: str
    path: str
    values: dict[str, Any]

    def at(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key

    def wrong(self, key: str) -> Problem:
        return Problem("layout_invalid", layout=self.layout, entry=self.at(key))

    def unsupported(self, key: str, found: object) -> Problem:
        return Problem("layout_unsupported", layout=self.layout, entry=self.at(key), found=found)

    def allow_only(self, keys: set[str]) -> None:
        for key in self.values:
            if key not in keys:
                raise self.wrong(key)

    def table(self, key: str) -> "_Entry":
        found = self.values.get(key)
        if not isinstance(found, dict):
            raise self.wrong(key)
        return _Entry(self.layout, self.at(key), found)

    def text(self, key: str) -> str:
        found = self.values.get(key)
        if not isinstance(found, str) or not found:
            raise self.wrong(key)
        return found

    def character(self, key: str) -> str:
        found = self.text(key)
        if len(found) != 1:
            raise self.wrong(key)
        return found

    def texts(self) -> dict[str, str]:
        return {key: self.text(key) for key in self.values}


def _require_supported_ids(ids: _Entry) -> None:
    ids.allow_only({"reader_id", "item_id"})
    for key in ("reader_id", "item_id"):
        kind = ids.text(key)
        if kind not in ID_KINDS:
            raise ids.wrong(key)
        # a card number must not reach library.duckdb, and there is no surrogate for it yet
        if kind != "anonymous":
            raise ids.unsupported(key, kind)


def _only_branch(entry: _Entry) -> Branch:
    found = entry.values.get("branches")
    if not isinstance(found, list) or not found:
        raise entry.wrong("branches")
    if len(found) > 1:
        raise entry.unsupported("branches", len(found))
    branch = _Entry(entry.layout, "branches", found[0])
    branch.allow_only({"code", "name_zh", "name_en"})
    return Branch(branch.text("code"), branch.text("name_zh"), branch.text("name_en"))


def _table(table: str, entry: _Entry) -> TableLayout:
    entry.allow_only({"file", "columns", "codes"})
    fields, columns = TABLES[table].fields, entry.table("columns")
    columns.allow_only(set(fields))
    for field_name, field in fields.items():
        if field.is_needed:
            columns.text(field_name)
    codes = _codes(entry, {name for name in columns.values if fields[name].kind == CODE})
    return TableLayout(table, entry.text("file"), columns.texts(), codes)


def _codes(entry: _Entry, coded: set[str]) -> dict[str, dict[str, str]]:
    if "codes" not in entry.values and not coded:
        return {}
    codes = entry.table("codes")
    codes.allow_only(coded)
    found = {name: codes.table(name).texts() for name in sorted(coded)}
    for name, meanings in found.items():
        for source_code, code in meanings.items():
            if code not in _known_codes(name):
                raise codes.table(name).wrong(source_code)
    return found


@cache
def _known_codes(list_name: str) -> frozenset[str]:
    with (DATA / "codes.csv").open(encoding="utf-8", newline="") as lines:
        return frozenset(row["code"] for row in csv.DictReader(lines) if row["list"] == list_name)
