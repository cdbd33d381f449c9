"""Sources of a layout: under which headers and codes a system gives records of one kind."""

from dataclasses import dataclass, field
from functools import lru_cache

from guanqing import datafiles
from guanqing.intake.layouts.entries import Entry
from guanqing.own import NOBODYS, Own
from guanqing.records import Field, Kind, code_names, kinds, own_names

ENTRIES = {
    *("kind", "file", "known_by", "header", "free_text", "gather", "aside"),
    *("columns", "joined", "fixed", "above", "codes", "meanings", "may_be_missing"),
}


@dataclass(frozen=True)
class Aside:
    """Lines that are sound and nothing to load: those whose column matches a pattern."""

    column: str
    pattern: str


@dataclass(frozen=True)
class Source:
    """Where records of one kind stand in a source."""

    kind: Kind
    columns: dict[str, tuple[str, ...]]  # field -> headers it may have
    is_plain: bool = False  # made of the words of data/records.toml
    file: str = "*"  # pattern of the file's name
    known_by: tuple[str, ...] = ()  # headers that only this source of the system has
    header: tuple[str, ...] = ()  # of files that have none
    joined: dict[str, tuple[str, ...]] = field(default_factory=dict)  # field -> columns
    fixed: dict[str, str] = field(default_factory=dict)  # field -> text that every line has
    # field -> words above the header, beside which stands its text
    above: dict[str, tuple[str, ...]] = field(default_factory=dict)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)  # field -> theirs -> ours
    # field -> what the system's own code table may call a code -> ours
    meanings: dict[str, dict[str, str]] = field(default_factory=dict)
    aside: tuple[Aside, ...] = ()
    free_text: tuple[str, ...] = ()  # the column that may hold delimiters without quotes
    may_be_missing: tuple[str, ...] = ()  # columns before which a line may end
    gather: str = ""  # pattern of headers that are months, with a count in each


def plain(its: Own = NOBODYS) -> tuple[Source, ...]:
    """Return the sources of a layout that names none: every kind, under the headers we know."""
    # kept for what the library's own names are, not for their files, which may come and go
    lists = ("cancel_reason", *own_names(its))
    return _all_plain(its, tuple((name, tuple(code_names(name, its).items())) for name in lists))


@datafiles.derived
@lru_cache(maxsize=8)
def _all_plain(its: Own, _names: object) -> tuple[Source, ...]:
    return tuple(_plain(kind, its) for kind in kinds().values())


def _plain(kind: Kind, its: Own) -> Source:
    codes = {name: own_codes(f, its) for name, f in kind.fields.items() if f.kind == "code"}
    return Source(
        kind=kind,
        is_plain=True,
        columns={name: found.headers for name, found in kind.fields.items()},
        codes=codes,
        meanings=codes,
    )


def own_codes(found: Field, its: Own) -> dict[str, str]:
    """Return a list's codes and their names, each standing for its code, the general ones too."""
    listed, general = code_names(found.list, its), code_names(found.list)
    words = {word: code for code in listed for word in general.get(code, ())}
    return words | {word: code for code, both in listed.items() for word in (*both, code)}


def source(entry: Entry, its: Own = NOBODYS) -> Source:
    """Make a source of its entry in a layout file."""
    entry.allow_only(ENTRIES)
    if entry.text("kind") not in kinds():
        raise entry.wrong("kind")
    kind = kinds()[entry.text("kind")]
    tables = {name: entry.table(name) for name in ("columns", "joined", "fixed", "above")}
    for table in tables.values():
        table.allow_only(set(kind.fields))
    given = {name for table in tables.values() for name in table.values}
    for name, found in kind.fields.items():
        if (found.needed or found.column) and name not in given:
            raise tables["columns"].wrong(name)
    headers = {name: {f: tables[name].names(f) for f in tables[name].values} for name in tables}
    fixed = tables["fixed"]
    return Source(
        kind=kind,
        columns=headers["columns"],
        file=entry.text("file", "*"),
        known_by=entry.names("known_by"),
        header=entry.names("header"),
        joined=headers["joined"],
        fixed={name: _known(kind.fields[name], fixed, name, its) for name in fixed.values},
        above=headers["above"],
        codes=_codes(kind, entry.table("codes"), given, its),
        meanings=_meanings(kind, entry.table("meanings"), its),
        aside=tuple(_aside(aside) for aside in entry.tables("aside")),
        free_text=entry.names("free_text"),
        may_be_missing=entry.names("may_be_missing"),
        gather=entry.pattern("gather") if "gather" in entry.values else "",
    )


def _aside(entry: Entry) -> Aside:
    entry.allow_only({"column", "matches"})
    return Aside(entry.text("column"), entry.pattern("matches"))


def _codes(kind: Kind, entry: Entry, given: set[str], its: Own) -> dict[str, dict[str, str]]:
    """Return their codes -> ours of every code column; of one without a table, our own words."""
    entry.allow_only(given)
    return {
        name: _ours(found, entry.table(name), its)
        for name, found in kind.fields.items()
        if name in given and (found.kind == "code" or name in entry.values)
    }


def _ours(found: Field, entry: Entry, its: Own) -> dict[str, str]:
    ours = {their: _known(found, entry, their, its) for their in entry.values}
    return ours if entry.values or found.kind != "code" else own_codes(found, its)


def _meanings(kind: Kind, entry: Entry, its: Own) -> dict[str, dict[str, str]]:
    entry.allow_only({name for name, found in kind.fields.items() if found.kind == "code"})
    return {
        name: own_codes(kind.fields[name], its) | _ours(kind.fields[name], entry.table(name), its)
        for name in entry.values
    }


def _known(found: Field, entry: Entry, key: str, its: Own) -> str:
    """Return a text; a code must be in its list."""
    if found.list and entry.text(key) not in code_names(found.list, its):
        raise entry.wrong(key)
    return entry.text(key)
