"""Names, findings and numbers in the reader's language."""

from collections.abc import Sequence
from html import escape

from guanqing import headlines as findings
from guanqing import text
from guanqing.ui.shell.session import language, t


def named(name: str) -> str:
    """Return the column that holds a name in the session's language."""
    return f"{name}_{language()}"


def say(finding: findings.Finding) -> str:
    """Return a finding in words."""
    key, values = finding
    return t(key, **values)


def written(words: str) -> str:
    """Return as HTML what somebody wrote in a register: in the language they wrote it in."""
    return f'<span lang="zh-CN">{escape(words)}</span>' if words else ""


def weekday_names() -> list[str]:
    """Return the short names of Monday to Sunday."""
    return [text.weekday_name(day, language()) for day in range(1, 8)]


def a_count(value: float | None) -> str:
    """Return a count as it is read."""
    return text.count(value, language())


def counts(values: Sequence[float | None]) -> list[str]:
    """Return counts as they are read."""
    return [a_count(value) for value in values]


def shares(values: Sequence[float | None]) -> list[str]:
    """Return shares as they are read."""
    return [text.share(value, language()) for value in values]
