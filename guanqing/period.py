"""Periods as a reader picks them and as a URL names them.

Codes: `2019` a year, `2019Q3` a quarter, `2019-07` a month, `12m` the twelve months to the as-of
day, `quarters` the year up to its last closed quarter, `all` the whole of the data,
`2019-01-05..2019-02-20` any days, both included.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta

DAY = timedelta(days=1)
WEEKS_52 = timedelta(weeks=52)
SHORT_PERIOD_DAYS = 62  # up to which a period is shown by day
MANY_DAYS = 90  # a quarter: of so many, one day more changes little


@dataclass(frozen=True)
class Period:
    """Days from start_date to the day before end_date, cut at the as-of day."""

    code: str
    start_date: date
    end_date: date
    is_running: bool = False

    @property
    def day_count(self) -> int:
        """Return how many days the period has."""
        return (self.end_date - self.start_date).days

    @property
    def is_short(self) -> bool:
        """Say whether it is a few weeks, which are shown by day."""
        return self.day_count <= SHORT_PERIOD_DAYS

    @property
    def last_day(self) -> date:
        """Return the last day of the period."""
        return self.end_date - DAY


@dataclass(frozen=True)
class Comparison:
    """The part of a period that the data also covers a year earlier, and that earlier part."""

    now: Period
    earlier: Period

    @property
    def is_by_weekday(self) -> bool:
        """Say whether each day meets the same day of the week, not the same date."""
        return self.now.start_date - self.earlier.start_date == WEEKS_52

    def before(self, day: date) -> date:
        """Return the day that a day is held against."""
        return day - WEEKS_52 if self.is_by_weekday else year_before(day)


def read(code: str, *, first_day: date, as_of: date) -> Period | None:
    """Return the period a code names, cut to the days of the data; None where there is none.

    Days before first_day are no days without loans, so no mean may be taken over them. A period
    wholly before first_day or after as_of is None too: there is nothing to show of it.
    """
    days = bounds(code, first_day, as_of)
    if days is None:
        return None
    start, end = days
    if start > as_of or end <= first_day:
        return None
    is_running = end > as_of + DAY
    return Period(code, max(start, first_day), min(end, as_of + DAY), is_running)


def is_code(code: str) -> bool:
    """Tell whether a code names days of some data."""
    return bounds(code, date(2000, 1, 1), date(2000, 12, 31)) is not None


def bounds(code: str, first_day: date, as_of: date) -> tuple[date, date] | None:
    """Return the first day a code names and the day after the last, None where it names none."""
    if code == "all":
        return first_day, as_of + DAY
    if code == "12m":
        return year_before(as_of) + DAY, as_of + DAY
    if code == "quarters":
        closed = _first_of_quarter(as_of + DAY)
        return date((closed - DAY).year, 1, 1), closed
    try:
        if match := re.fullmatch(r"(\d{4})", code):
            year = int(match[1])
            return date(year, 1, 1), date(year + 1, 1, 1)
        if match := re.fullmatch(r"(\d{4})Q([1-4])", code):
            first = date(int(match[1]), int(match[2]) * 3 - 2, 1)
            return first, _first_of_month(first, 3)
        if match := re.fullmatch(r"(\d{4})-(\d{2})", code):
            first = date(int(match[1]), int(match[2]), 1)
            return first, _first_of_month(first, 1)
        if match := re.fullmatch(r"([\d-]{10})\.\.([\d-]{10})", code):
            first, last = date.fromisoformat(match[1]), date.fromisoformat(match[2])
            return (first, last + DAY) if first <= last else None
    except (ValueError, OverflowError):  # 2019-13, year 9999
        return None
    return None


def _first_of_quarter(day: date) -> date:
    return date(day.year, day.month - (day.month - 1) % 3, 1)


def _first_of_month(day: date, months: int) -> date:
    later = day.month - 1 + months
    return date(day.year + later // 12, later % 12 + 1, 1)


def year_before(day: date) -> date:
    """Return the same day a year earlier; 29 February becomes 28."""
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day.replace(year=day.year - 1, day=28)


def weeks_before(period: Period) -> Period:
    """Return the days 52 weeks earlier, so that each day meets the same day of the week."""
    return Period(period.code, period.start_date - WEEKS_52, period.end_date - WEEKS_52)


def _year_after(day: date) -> date:
    """Return the first day that has this day or a later one a year before it."""
    try:
        return day.replace(year=day.year + 1)
    except ValueError:  # 29 February
        return date(day.year + 1, 3, 1)


def compare(period: Period, first_day: date) -> Comparison | None:
    """Return the days of a period that can be held against a year earlier, or None.

    Only days the data covers in both years are compared: a library that opened in April has no
    January to compare with. A last day that is a 29 February is left out; one within the days is
    a day more than the year before had, which is kept only where it is one of very many.
    """
    start = max(period.start_date, _year_after(first_day))
    last_day = period.last_day - DAY if _is_leap_day(period.last_day) else period.last_day
    if start > last_day:
        return None
    now = Period(period.code, start, last_day + DAY, period.is_running)
    earlier = Period(period.code, year_before(start), year_before(last_day) + DAY)
    is_alike = now.day_count == earlier.day_count or now.day_count >= MANY_DAYS
    return Comparison(now, earlier) if is_alike else None


def compare_days(period: Period, first_day: date) -> Comparison | None:
    """Return the days of a period that can be held against those 52 weeks earlier, or None."""
    start = max(period.start_date, first_day + WEEKS_52)
    if start > period.last_day:
        return None
    now = Period(period.code, start, period.end_date, period.is_running)
    return Comparison(now, weeks_before(now))


def compare_totals(period: Period, first_day: date) -> Comparison | None:
    """Return what the total of a period is held against a year earlier, or None.

    A few days have more or fewer weekends a year earlier and meet the same days of the week; whole
    months, and what is longer, meet the same dates.
    """
    is_months = period.start_date.day == period.end_date.day == 1
    is_days = period.is_short and not is_months
    return (compare_days if is_days else compare)(period, first_day)


def _is_leap_day(day: date) -> bool:
    return (day.month, day.day) == (2, 29)


def choices(first_day: date, as_of: date) -> list[str]:
    """Return the codes worth offering: years and their quarters, newest first, 12m and all."""
    codes = []
    for year in range(as_of.year, first_day.year - 1, -1):
        codes.append(str(year))
        if as_of.year - year < 2:
            codes += [f"{year}Q{quarter}" for quarter in (4, 3, 2, 1)]
    offered = [code for code in codes if read(code, first_day=first_day, as_of=as_of)]
    return [*offered, "12m", "all"]
