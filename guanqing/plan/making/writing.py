"""A plan as the text of its file: what is written is read as the same again.

Only what a plan holds is written: words, numbers, days, lists, and tables within a line.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

TABLES = ("targets", "milestones")
STAMP = "# saved "  # begins the line that says who saved a plan
BARE = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)
SHORT = {"\\": "\\\\", '"': '\\"', "\t": "\\t", "\n": "\\n", "\r": "\\r"}


def toml(content: Mapping[str, Any], head: str = "") -> str:
    """Return the text of a plan; head: lines of comments above it."""
    alone = [(name, value) for name, value in content.items() if name not in TABLES]
    lines = [f"{line}\n" for line in head.splitlines()] + ["\n"] * bool(head)
    lines += [f"{_key(name)} = {_value(value)}\n" for name, value in alone]
    for table in TABLES:
        for entry in content.get(table, ()):
            lines.append(f"\n[[{table}]]\n")
            lines += [f"{_key(name)} = {_value(value)}\n" for name, value in entry.items()]
    return "".join(lines)


def head_of(text: str) -> str:
    """Return the comments that stand above everything else in a plan."""
    lines = []
    for line in text.splitlines():
        if line.strip() and not line.startswith("#"):
            break
        if not line.startswith(STAMP):  # which was of that file
            lines.append(line)
    return "\n".join(lines).strip("\n")


def _key(name: str) -> str:
    return name if BARE.fullmatch(name) else _string(name)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _string(value)
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, date):  # a datetime is one
        return value.isoformat()
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, Mapping):
        inside = ", ".join(_pairs(value))
        return f"{{ {inside} }}" if inside else "{}"
    raise TypeError(f"a plan holds no {type(value).__name__}")


def _pairs(table: Mapping[str, Any]) -> Iterator[str]:
    for name, value in table.items():
        yield f"{_key(name)} = {_value(value)}"


def _string(words: str) -> str:
    return f'"{"".join(_sign(sign) for sign in words)}"'


def _sign(sign: str) -> str:
    if sign in SHORT:
        return SHORT[sign]
    # what an eye cannot see, or what would end a line for some reader of it
    is_plain = sign >= " " and sign != "\x7f" and sign not in "\x85\u2028\u2029"
    return sign if is_plain else f"\\u{ord(sign):04x}"
