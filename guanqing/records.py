"""Kinds of records and their fields (data/records.toml): what a source can hold."""

from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import AfterValidator, StrictBool, TypeAdapter, with_config

from guanqing import datafiles
from guanqing.datafiles import STRICT, Words
from guanqing.own import NOBODYS, Own
from guanqing.parsing import Wrong

ID_KINDS = ("reader", "item", "loan")

# The columns of the staging tables. Numbers that identify are kept as numbers or as digests.
SQL_TYPES = {
    **dict.fromkeys(ID_KINDS, "ubigint"),
    "stamp": "timestamp",
    "day": "date",
    "month": "date",
    "time": "time",
    "count": "bigint",
    "number": "double",
    "flag": "boolean",
    "code": "varchar",
    "branch": "varchar",
    "text": "varchar",
    "call_number": "varchar",
}


def _known(kind: str) -> str:
    if kind not in SQL_TYPES:
        raise ValueError(kind)
    return kind


@with_config(STRICT)
@dataclass(frozen=True)
class Field:
    """A field of a record: how its text is read, and what it is called."""

    name: str
    kind: Annotated[str, AfterValidator(_known)]
    zh: str
    en: str
    needed: StrictBool = False  # the column must be there and every line must give a value
    column: StrictBool = False  # the column must be there
    list: str = ""  # of a code: its list in data/codes.csv
    day_will_do: StrictBool = False  # of a stamp: a day without a time is nothing to repair
    words: tuple[str, ...] = ()  # other headers it is known by
    example: str = ""
    becomes: str = ""  # its column in the library, where that has another name
    otherwise: str = ""  # what the library holds where a line leaves it blank
    of_network: StrictBool = (
        False  # of a branch: left out it is the whole network, not the main library
    )

    @property
    def column_name(self) -> str:
        """Return its column in the library."""
        return self.becomes or self.name

    @property
    def headers(self) -> tuple[str, ...]:
        """Return every header the field is known by, its own first."""
        return (self.zh, self.en, self.name, *self.words)


@with_config(STRICT)
@dataclass(frozen=True)
class Kind:
    """A kind of record: its fields, and those that tell one record from another."""

    code: str
    name: Words
    key: tuple[str, ...]
    fields: dict[str, Field]
    possible: tuple[str, ...] = ()
    is_register: StrictBool = False  # people keep it by hand

    @property
    def is_set(self) -> bool:
        """Return whether the key is every field: lines are then the same or different, no more."""
        return set(self.key) == set(self.fields)


@datafiles.reads("records.toml")
def kinds(content: dict[str, Any]) -> dict[str, Kind]:
    """Return every kind of record, by code."""
    for code, entry in datafiles.coded(content).items():
        if not isinstance(entry.get("fields"), dict):
            raise Wrong(code, "fields")
        datafiles.coded(entry["fields"], "name", code, "fields")
    found = TypeAdapter(dict[str, Kind]).validate_python(content)
    for code, kind in found.items():
        for name in ("key", "possible"):
            if not set(getattr(kind, name)) <= kind.fields.keys():
                raise Wrong(code, name)
        for field in kind.fields.values():
            if (field.kind == "code") != bool(code_names(field.list)):
                raise Wrong(code, "fields", field.name, "list")
    for code, kind in (kinds.last or {}).items():
        # the schema has a table of each and a column of each field
        if lost := kind.fields.keys() - (found[code].fields.keys() if code in found else set()):
            raise Wrong(code, "fields", min(lost))
    return found


def registers() -> dict[str, Kind]:
    """Return the kinds of record that people keep by hand; each is a table of the library."""
    return {code: kind for code, kind in kinds().items() if kind.is_register}


CodeNames = dict[str, tuple[str, str]]


def code_names(list_name: str, its: Own = NOBODYS) -> CodeNames:
    """Return a list of codes: code -> its names in Chinese and English.

    The reasons of cancellation are a library's own where it has a list of them; of the other codes
    it may have names of its own.
    """
    if list_name == "cancel_reason":
        return reasons(its)
    return _codes().get(list_name, {}) | own_names(its).get(list_name, {})


def own_names(its: Own) -> dict[str, CodeNames]:
    """Return what a library calls codes otherwise, by list."""
    if its.codes.exists():
        return datafiles.reads(its.codes, may_go=True)(_own_names_of)()
    return {}


def _own_names_of(rows: list[dict[str, str]]) -> dict[str, CodeNames]:
    """Return the names of codes that there are; a code that nobody knows would name nothing."""
    for number, row in enumerate(rows):
        if row["code"] not in _codes().get(row["list"], {}):
            raise Wrong(number, row["code"])
    return _names_of(rows)


def reasons(its: Own) -> CodeNames:
    """Return the reasons of cancellation of a library, those of no library in particular else."""
    if its.reasons.exists():
        return datafiles.reads(its.reasons, may_go=True)(_reasons_of)()
    return _cancel_reasons()


@datafiles.reads("codes.csv")
def _codes(rows: list[dict[str, str]]) -> dict[str, CodeNames]:
    return _names_of(rows)


def _names_of(rows: list[dict[str, str]]) -> dict[str, CodeNames]:
    found: dict[str, CodeNames] = {}
    for row in rows:
        found.setdefault(row["list"], {})[row["code"]] = (row["name_zh"], row["name_en"])
    return found


@datafiles.reads("cancel_reasons.csv")
def _cancel_reasons(rows: list[dict[str, str]]) -> CodeNames:
    return _reasons_of(rows)


def _reasons_of(rows: list[dict[str, str]]) -> CodeNames:
    return {row["reason_code"]: (row["name_zh"], row["name_en"]) for row in rows}


def columns(kind: Kind) -> dict[str, str]:
    """Return the columns of a table of records that stay, with their types."""
    found = {name: SQL_TYPES[field.kind] for name, field in kind.fields.items()}
    if found.pop("reader_name", None):  # with the card number, as nobody reads it without the key
        found |= {"masked_name": "varchar", "sealed": "blob"}
    return found
