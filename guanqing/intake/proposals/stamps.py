"""How a file writes its dates: the forms a layout lists, and what they leave open."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from guanqing.intake.proposals.column_profiles import SHAPES

FORMS = (
    *("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d"),
    *("%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y/%m/%d"),
    *("%Y.%m.%d %H:%M:%S", "%Y.%m.%d", "%Y%m%d%H%M%S", "%Y%m%d%H%M", "%Y%m%d"),
    *("%Y年%m月%d日 %H:%M:%S", "%Y年%m月%d日"),
)
CLOCKS = (" %H:%M:%S", " %H:%M", " %I:%M:%S %p", " %I:%M %p", "")
DAY_FIRST = tuple(f"%d{sign}%m{sign}%Y{clock}" for sign in "/-." for clock in CLOCKS)
MONTH_FIRST = tuple(f"%m{sign}%d{sign}%Y{clock}" for sign in "/-." for clock in CLOCKS)
YEAR_LAST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.]\d{4}\b.*")
LEAST_SHARE = 0.05  # what is rarer is read by the slow way, and said to be


@dataclass(frozen=True)
class Stamps:
    """The forms of dates, the most frequent first."""

    forms: tuple[str, ...] = ()
    is_open: bool = False  # day and month cannot be told apart
    has_zone: bool = False


def order_of(values: Iterable[str]) -> str:
    """Return what comes first in dates that end with the year: day, month, or "" if either may."""
    parts = [part for value in values if (part := YEAR_LAST.fullmatch(value))]
    is_day_first = any(int(part[1]) > 12 for part in parts)
    is_month_first = any(int(part[2]) > 12 for part in parts)
    return "" if is_day_first == is_month_first else "day" if is_day_first else "month"


def stamps_of(values: Iterable[str], others: str = "") -> Stamps:
    """Find out the forms of dates; one that may mean two days is not chosen.

    `others`: what comes first in the dates of the files beside it.
    """
    dates = [value for value in values if SHAPES["date"].fullmatch(value)]
    if not dates:
        return Stamps()
    forms, is_open = list(FORMS), False
    if any(YEAR_LAST.fullmatch(value) for value in dates):
        first = order_of(dates) or others
        is_open = not first
        forms += [] if is_open else (DAY_FIRST if first == "day" else MONTH_FIRST)
    counts = {form: sum(moment(value, form) is not None for value in dates) for form in forms}
    sorted_forms = sorted(
        (form for form in forms if counts[form] >= LEAST_SHARE * len(dates) and counts[form]),
        key=lambda form: -counts[form],
    )
    has_zone = any(SHAPES["zone"].fullmatch(value) for value in dates)
    return Stamps(tuple(sorted_forms), is_open, has_zone)


def moment(value: str, form: str) -> datetime | None:
    """Return the moment that a text in a form says, None where it is in another."""
    try:
        found = datetime.strptime(value, form)
    except ValueError:
        return None
    # 20191123 would be two o'clock of the first of January, too
    return found if not form.startswith("%Y%m") or len(found.strftime(form)) == len(value) else None
