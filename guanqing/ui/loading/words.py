"""Moments, sizes and holders of locks in words."""

from datetime import datetime

from guanqing import text
from guanqing.locks import Holder
from guanqing.ui.shell.session import language


def moment(value: datetime) -> str:
    """Return a day and a time of it."""
    return f"{text.day(value.date(), language())} {value:%H:%M}"


def since(holder: Holder) -> str:
    """Return when somebody began to write."""
    try:
        return moment(datetime.fromisoformat(holder.since))
    except ValueError:
        return holder.since


def size_in_words(byte_count: int) -> str:
    """Return the size of files: 12 KB, 3.6 MB, 1.2 GB."""
    if byte_count < 2**20:
        return f"{max(byte_count >> 10, 1)} KB"
    if byte_count < 2**30:
        return f"{byte_count / 2**20:.1f} MB"
    return f"{byte_count / 2**30:.1f} GB"
