"""Kinds of records and their fields (data/records.toml): what a source can hold."""

from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter, with_config

from guanqing import datafiles
from guanqing.datafiles import STRICT, Words

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


@with_config(STRICT)
@dataclass(frozen=True)
class Field:
    """A field of a record: how its text is read, and what it is called."""

    name: str
    kind: str
    zh: str
    en: str
    needed: bool = False  # the column must be there and every line must give a value
    column: bool = False  # the column must be there
    list: str = ""  # of a code: its list in data/codes.csv
    day_will_do: bool = False  # of a stamp: a day without a time is nothing to repair
    words: tuple[str, ...] = ()  # other headers it is known by
    example: str = ""
    becomes: str = ""  # its column in the library, where that has another name
    otherwise: str = ""  # what the library holds where a line leaves it blank
    of_network: bool = False  # of a branch: left out it is the whole network, not the main library

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
    is_register: bool = False  # people keep it by hand

    @property
    def is_set(self) -> bool:
        """Return whether the key is every field: lines are then the same or different, no more."""
        return set(self.key) == set(self.fields)


@datafiles.reads("records.toml")
def kinds(content: dict[str, Any]) -> dict[str, Kind]:
    """Return every kind of record, by code."""
    for entry in datafiles.coded(content).values():
        datafiles.coded(entry["fields"], "name")
    return TypeAdapter(dict[str, Kind]).validate_python(content)


def registers() -> dict[str, Kind]:
    """Return the kinds of record that people keep by hand; each is a table of the library."""
    return {code: kind for code, kind in kinds().items() if kind.is_register}


CodeNames = dict[str, tuple[str, str]]


def code_names(list_name: str) -> CodeNames:
    """Return a list of codes: code -> its names in Chinese and English."""
    return _cancel_reasons() if list_name == "cancel_reason" else _codes().get(list_name, {})


@datafiles.reads("codes.csv")
def _codes(rows: list[dict[str, str]]) -> dict[str, CodeNames]:
    found: dict[str, CodeNames] = {}
    for row in rows:
        found.setdefault(row["list"], {})[row["code"]] = (row["name_zh"], row["name_en"])
    return found


@datafiles.reads("cancel_reasons.csv")
def _cancel_reasons(rows: list[dict[str, str]]) -> CodeNames:
    return {row["reason_code"]: (row["name_zh"], row["name_en"]) for row in rows}


def columns(kind: Kind) -> dict[str, str]:
    """Return the columns of a table of records that stay, with their types."""
    found = {name: SQL_TYPES[field.kind] for name, field in kind.fields.items()}
    if kind.code == "readers":
        found["reader_card"] = "varchar"  # for the names file alone
    return found
