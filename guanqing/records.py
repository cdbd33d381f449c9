"""Kinds of records and their fields (data/records.toml): what a source can hold."""

import csv
import tomllib
from dataclasses import dataclass
from functools import cache
from typing import Any

from guanqing.paths import DATA

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


@dataclass(frozen=True)
class Kind:
    """A kind of record: its fields, and those that tell one record from another."""

    code: str
    name: dict[str, str]
    key: tuple[str, ...]
    possible: tuple[str, ...]
    fields: dict[str, Field]
    is_register: bool = False  # people keep it by hand

    @property
    def is_set(self) -> bool:
        """Return whether the key is every field: lines are then the same or different, no more."""
        return set(self.key) == set(self.fields)


@cache
def kinds() -> dict[str, Kind]:
    """Return every kind of record, by code."""
    entries = tomllib.loads((DATA / "records.toml").read_text(encoding="utf-8"))
    return {code: _kind(code, entry) for code, entry in entries.items()}


def _kind(code: str, entry: dict[str, Any]) -> Kind:
    fields = {
        name: Field(name=name, **{**values, "words": tuple(values.get("words", ()))})
        for name, values in entry["fields"].items()
    }
    return Kind(
        code,
        entry["name"],
        tuple(entry["key"]),
        tuple(entry.get("possible", ())),
        fields,
        entry.get("is_register", False),
    )


@cache
def registers() -> dict[str, Kind]:
    """Return the kinds of record that people keep by hand; each is a table of the library."""
    return {code: kind for code, kind in kinds().items() if kind.is_register}


@cache
def code_names(list_name: str) -> dict[str, tuple[str, str]]:
    """Return a list of codes: code -> its names in Chinese and English."""
    if list_name == "cancel_reason":
        return _names("cancel_reasons.csv", "reason_code", None)
    return _names("codes.csv", "code", list_name)


def _names(file: str, key: str, list_name: str | None) -> dict[str, tuple[str, str]]:
    with (DATA / file).open(encoding="utf-8", newline="") as lines:
        return {
            row[key]: (row["name_zh"], row["name_en"])
            for row in csv.DictReader(lines)
            if list_name is None or row["list"] == list_name
        }


def columns(kind: Kind) -> dict[str, str]:
    """Return the columns of a table of records that stay, with their types."""
    found = {name: SQL_TYPES[field.kind] for name, field in kind.fields.items()}
    if kind.code == "readers":
        found["reader_card"] = "varchar"  # for the names file alone
    return found
