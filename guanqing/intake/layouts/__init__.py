"""Layouts: how each source system names its files, columns and codes (data/layouts/*.toml)."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from guanqing import parsing
from guanqing.intake.layouts import sources
from guanqing.intake.layouts.entries import Entry
from guanqing.intake.layouts.sources import Source
from guanqing.own import NOBODYS, Own, of_store
from guanqing.paths import DATA
from guanqing.problems import Problem
from guanqing.records import ID_KINDS

FOLDER = DATA / "layouts"
STAMPS = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M")
ENTRIES = {"title", "note", "library", "branches", "ids", "format", "rules", "sources"}
# Rules that a library may decide otherwise, and the ways it can.
SETTINGS = {
    "first_year": "1900",
    "two_digit_year": "refused",
    "overlapping_loan": "noted",
    "loan_without_return": "closed",
    "scheme": "clc",
}
CHOICES = {
    "scheme": ("clc", "dewey", "other"),
    "two_digit_year": ("refused", "read"),
    "overlapping_loan": ("noted", "closed"),
    "loan_without_return": ("closed", "noted"),
}


@dataclass(frozen=True)
class Branch:
    """A branch as the layout names it."""

    code: str
    name_zh: str
    name_en: str


@dataclass(frozen=True)
class Layout:
    """Everything that is particular to one source system."""

    name: str
    title: dict[str, str]
    note: dict[str, str]
    sources: tuple[Source, ...]
    library: dict[str, str] = field(default_factory=dict)
    branches: tuple[Branch, ...] = ()
    ids: dict[str, str] = field(default_factory=dict)  # reader, item, loan -> number or text
    stamps: tuple[str, ...] = STAMPS
    zone: str = ""
    delimiter: str = ""
    quote: str = ""
    encoding: str = ""
    rules: dict[str, str] = field(default_factory=lambda: dict(SETTINGS))
    its: Own = NOBODYS  # what the library it is read for says of itself


def names(own: Path | None = None) -> list[str]:
    """Return the names of all layouts: the product's, and those saved in the folder `own`."""
    return sorted({path.stem for folder in _folders(own) for path in folder.glob("*.toml")})


def read(name: str, own: Path | None = None) -> Layout:
    """Read and check a layout; an unknown or wrong one is a Problem.

    One of `own`, the folder of a store, goes first; its codes may be that library's reasons.
    """
    its = of_store(own.parent, is_simulated=False) if own else NOBODYS
    if name not in names(own):
        raise Problem("unknown_layout", name=name, names=", ".join(names(own)))
    found = [folder / f"{name}.toml" for folder in _folders(own)]
    path = next(path for path in found if path.exists())
    try:
        entries = parsing.toml(path.read_text(encoding="utf-8"))
    except OSError as error:  # a folder is called so, or it is another account's
        raise Problem("layout_invalid", layout=name, entry=error.strerror) from error
    except ValueError as error:
        raise Problem("layout_invalid", layout=name, entry=error) from error
    return parse(name, entries, its)


def _folders(own: Path | None) -> list[Path]:
    return [own, FOLDER] if own else [FOLDER]


def parse(name: str, entries: dict[str, Any], its: Own = NOBODYS) -> Layout:
    """Make a layout of the entries of its file."""
    entry = Entry(name, "", entries)
    entry.allow_only(ENTRIES)
    form, ids = entry.table("format"), entry.table("ids")
    form.allow_only({"encoding", "delimiter", "quote", "stamps", "zone"})
    ids.allow_only(set(ID_KINDS))
    named = tuple(sources.source(source, its) for source in entry.tables("sources"))
    return Layout(
        name=name,
        title=_both(entry, "title"),
        note=_both(entry, "note") if "note" in entries else {"zh": "", "en": ""},
        sources=named or sources.plain(its),
        library=_library(entry.table("library")),
        branches=tuple(_branch(branch) for branch in entry.tables("branches")),
        ids={kind: ids.one_of(kind, ("number", "text"), "text") for kind in ID_KINDS},
        stamps=form.names("stamps", STAMPS),
        zone=form.text("zone", ""),
        delimiter=_character(form, "delimiter"),
        quote=_character(form, "quote"),
        encoding=form.text("encoding", ""),
        rules=_rules(entry.table("rules")),
        its=its,
    )


def _both(entry: Entry, key: str) -> dict[str, str]:
    table = entry.table(key)
    return {language: table.text(language) for language in ("zh", "en")}


def _character(entry: Entry, key: str) -> str:
    found = entry.text(key, "")
    if len(found) > 1:
        raise entry.wrong(key)
    return found


def _library(entry: Entry) -> dict[str, str]:
    entry.allow_only({"name_zh", "name_en", "main_branch", "zone"})
    return entry.texts()


def _branch(entry: Entry) -> Branch:
    entry.allow_only({"code", "name_zh", "name_en"})
    return Branch(entry.text("code"), entry.text("name_zh"), entry.text("name_en"))


def _rules(entry: Entry) -> dict[str, str]:
    entry.allow_only(set(SETTINGS))
    found = {name: entry.text(name, default) for name, default in SETTINGS.items()}
    for name, choices in CHOICES.items():
        entry.one_of(name, choices, SETTINGS[name])
    if not found["first_year"].isdigit():
        raise entry.wrong("first_year")
    return found
