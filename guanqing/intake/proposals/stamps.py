"""How a file writes its dates: the forms a layout lists, and what they leave open."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from guanqing.intake.proposals.column_profiles import SHAPES

FORMS = (
    *("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d"),
    *("%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y/%m/%d"),
    *("%Y.%m.%d %H:%M:%S", "%Y.%m.%d", "%Y%m%d%H%M%S", "%Y%m%d"),
    *("%Y年%m月%d日 %H:%M:%S", "%Y年%m月%d日"),
)
DAY_FIRST = ("%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y")
MONTH_FIRST = ("%m/%d/%Y %H:%M:%S", "%m/%d/%Y %H:%M", "%m/%d/%Y", "%m-%d-%Y")
YEAR_LAST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.]\d{4}\b.*")
LEAST_SHARE = 0.05  # what is rarer is read by the slow way, and said to be


@dataclass(frozen=True)
class Stamps:
    """The forms of dates, the most frequent first."""

    forms: tuple[str, ...] = ()
    is_open: bool = False  # day and month cannot be told apart
    has_zone: bool = False


def stamps_of(values: Iterable[str]) -> Stamps:
    """Find out the forms of dates; one that may mean two days is not chosen."""
    dates = [value for value in values if SHAPES["date"].fullmatch(value)]
    if not dates:
        return Stamps()
    forms, is_open = list(FORMS), False
    parts = [part for value in dates if (part := YEAR_LAST.fullmatch(value))]
    if parts:
        is_day_first = any(int(part[1]) > 12 for part in parts)
        is_month_first = any(int(part[2]) > 12 for part in parts)
        is_open = is_day_first == is_month_first
        forms += [] if is_open else (DAY_FIRST if is_day_first else MONTH_FIRST)
    counts = {form: sum(_is_of(value, form) for value in dates) for form in forms}
    sorted_forms = sorted(
        (form for form in forms if counts[form] >= LEAST_SHARE * len(dates) and counts[form]),
        key=lambda form: -counts[form],
    )
    has_zone = any(SHAPES["zone"].fullmatch(value) for value in dates)
    return Stamps(tuple(sorted_forms), is_open, has_zone)


def _is_of(value: str, form: str) -> bool:
    try:
        datetime.strptime(value, form)
    except ValueError:
        return False
    return True
