"""What charts over time should say beside their figures: closures, a flood, a campaign.

An annotation is numbered where it is shown, so that a mark on a chart and a line of text below it
speak of the same thing; its place is told in steps of the chart, whatever these are.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

MOST_LISTED = 6  # more lines of text than these are not read below a chart
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Annotation:
    """One thing to be marked, with a number where there is room to say it in words."""

    number: int | None
    kind: dict[str, str]
    title: str
    first_day: date
    last_day: date
    branch: dict[str, str] | None  # name of the one branch it concerns


@dataclass(frozen=True)
class Span:
    """Where something stands on an axis of steps: 0 is the middle of the first, 0.5 its end."""

    start: float
    end: float


def numbered(rows: Iterable[dict[str, Any]], most: int = MOST_LISTED) -> list[Annotation]:
    """Return annotations in the order of days; those that matter most have numbers.

    rows are those of the query annotations_shown. Where there are more than fit, what concerned
    the main library goes before what concerned a branch, and long before short.
    """
    rows = list(rows)
    by_weight = sorted(rows, key=lambda row: (not row["is_of_main"], -_days(row)))
    listed = [id(row) for row in by_weight[:most]]
    shown: list[Annotation] = []
    number = 0
    for row in rows:
        is_listed = id(row) in listed
        number += is_listed
        shown.append(
            Annotation(
                number if is_listed else None,
                {"zh": row["kind_zh"], "en": row["kind_en"]},
                row["title"],
                row["first_day"],
                row["last_day"],
                {"zh": row["branch_name_zh"], "en": row["branch_name_en"]}
                if row["branch_code"] is not None
                else None,
            )
        )
    return shown


def _days(row: dict[str, Any]) -> int:
    return int((row["last_day"] - row["first_day"]).days)


def place(first_day: date, last_day: date, starts: Sequence[date], end: date) -> Span | None:
    """Return where some days stand among steps, None where they are outside.

    starts holds the first day of each step in order, end the day after the last step. A step may
    be missing between two others; its days then stand at the end of the step before.
    """
    if not starts or first_day >= end or last_day < starts[0]:
        return None
    return Span(_position(first_day, starts, end), _position(last_day + DAY, starts, end))


def _position(day: date, starts: Sequence[date], end: date) -> float:
    if day <= starts[0]:
        return -0.5
    if day >= end:
        return len(starts) - 0.5
    step = bisect_right(starts, day) - 1
    next_start = starts[step + 1] if step + 1 < len(starts) else end
    return step - 0.5 + (day - starts[step]).days / (next_start - starts[step]).days


def runs(days: Iterable[date]) -> list[tuple[date, date]]:
    """Return days that follow one another as their first and last day."""
    found: list[tuple[date, date]] = []
    for day in sorted(days):
        if found and found[-1][1] + DAY == day:
            found[-1] = (found[-1][0], day)
        else:
            found.append((day, day))
    return found
