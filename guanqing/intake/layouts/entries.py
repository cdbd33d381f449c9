"""Entries of a layout file, read strictly: whatever is wrong is named by its path in the file."""

import re
from dataclasses import dataclass
from typing import Any

from guanqing.problems import Problem


@dataclass(frozen=True)
class Entry:
    """A table of the file, and its path for whoever has to mend it."""

    layout: str
    path: str
    values: dict[str, Any]

    def at(self, key: str) -> str:
        """Return the path of a key."""
        return f"{self.path}.{key}" if self.path else key

    def wrong(self, key: str) -> Problem:
        """Return the Problem of an entry that is missing or not as it should be."""
        return Problem("layout_invalid", layout=self.layout, entry=self.at(key))

    def allow_only(self, keys: set[str]) -> None:
        """Raise unless every key is one of these."""
        for key in self.values:
            if key not in keys:
                raise self.wrong(key)

    def table(self, key: str) -> "Entry":
        """Return a table that may be left out."""
        found = self.values.get(key, {})
        if not isinstance(found, dict):
            raise self.wrong(key)
        return Entry(self.layout, self.at(key), found)

    def tables(self, key: str) -> "list[Entry]":
        """Return an array of tables that may be left out."""
        found = self.values.get(key, [])
        if not isinstance(found, list) or not all(isinstance(entry, dict) for entry in found):
            raise self.wrong(key)
        return [
            Entry(self.layout, f"{self.at(key)}[{number}]", values)
            for number, values in enumerate(found, 1)
        ]

    def text(self, key: str, default: str | None = None) -> str:
        """Return a text; without a default it must be there."""
        found = self.values.get(key, default)
        if not isinstance(found, str) or (not found and default is None):
            raise self.wrong(key)
        return found

    def one_of(self, key: str, choices: tuple[str, ...], default: str) -> str:
        """Return a text that is one of the choices."""
        found = self.text(key, default)
        if found not in choices:
            raise self.wrong(key)
        return found

    def names(self, key: str, default: tuple[str, ...] = ()) -> tuple[str, ...]:
        """Return one or more texts; a number (the place of a column) becomes one."""
        found = self.values.get(key, list(default))
        found = found if isinstance(found, list) else [found]
        if not all(isinstance(name, str | int) and name for name in found):
            raise self.wrong(key)
        return tuple(str(name) for name in found)

    def pattern(self, key: str) -> str:
        """Return a regular expression."""
        found = self.text(key)
        try:
            re.compile(found)
        except re.error as error:
            raise self.wrong(key) from error
        return found

    def texts(self) -> dict[str, str]:
        """Return every value, all of them texts."""
        return {key: self.text(key) for key in self.values}
