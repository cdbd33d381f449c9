"""Moments, sizes and lists of names in words."""

from collections.abc import Sequence
from datetime import datetime

from guanqing import text
from guanqing.locks import Holder
from guanqing.ui.shell.session import language, t

LISTED = 12


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


def listed(names: Sequence[str], most: int = LISTED) -> str:
    """Return names in a row; the first of them and their number where there are more than most."""
    shown = t("app.list_mark").join(names[:most])
    return shown if len(names) <= most else t("loading.and_more", names=shown, count=len(names))
