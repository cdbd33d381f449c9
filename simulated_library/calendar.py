"""When each branch is open and how busy it is: data/demo/calendar.toml as arrays.

Days count from the first day (0), times are seconds from its midnight, branches are positions in
data/demo/branches.csv.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any

import numpy as np
import polars as pl

from guanqing.paths import DATA
from simulated_library.chance import Flags, Floats, Ints, as_ints, in_codes, known, search, stream

DAY = 86400
SUBJECTS = ("loans", "cards", "visits")


@dataclass(frozen=True)
class Calendar:
    """The days of the network. Arrays by branch and day; opens = closes on a closed day."""

    first_day: date
    day_count: int  # days with data; the arrays go on to the last day announced
    branches: pl.DataFrame
    opens: Ints  # seconds of the day
    closes: Ints
    busy: dict[str, Floats]  # by subject; 0 on a closed day
    profile: Floats  # share of a day's business before each hour, by is_weekend and hour 0 … 24

    @property
    def codes(self) -> list[str]:
        """Return the branch codes by position."""
        return self.branches["branch_code"].to_list()

    @property
    def weights(self) -> Floats:
        """Return the size of each branch; the main library's is 1."""
        return self.branches["weight"].to_numpy().astype(np.float64)

    def sized(self, total: int) -> Ints:
        """Return a total of the main library for each branch: its own, and others by their size."""
        return as_ints(np.floor(total * self.weights + 0.5))

    @property
    def main(self) -> int:
        """Return the position of the main library."""
        return int(self.branches["is_main"].arg_max() or 0)

    @property
    def is_open(self) -> Flags:
        """Return which branch is open on which day."""
        return self.closes > self.opens

    @property
    def end(self) -> int:
        """Return the midnight after the last day with data."""
        return self.day_count * DAY

    def day(self, on: date) -> int:
        """Return the day of a date."""
        return (on - self.first_day).days

    def date(self, day: int) -> date:
        """Return the date of a day."""
        return self.first_day + timedelta(days=day)

    def dates(self, days: Ints) -> pl.Series:
        """Return days as a column of dates."""
        ordinal = (self.first_day - date(1970, 1, 1)).days
        return pl.Series(days + ordinal).cast(pl.Int32).cast(pl.Date)

    def stamps(self, times: Ints) -> pl.Series:
        """Return times as a column of timestamps."""
        midnight = (self.first_day - date(1970, 1, 1)).days * DAY
        return pl.Series((times + midnight) * 1_000_000).cast(pl.Datetime("us"))

    def is_weekend(self, days: Ints) -> Ints:
        """Return 1 for Saturdays and Sundays, 0 for the others."""
        return as_ints((days + self.first_day.weekday()) % 7 >= 5)

    def next_open(self, branches: Ints, days: Ints) -> Ints:
        """Return the first day from each on which its branch is open."""
        last = self.opens.shape[1] - 1
        candidates = np.where(self.is_open, np.arange(last + 1), last)
        ahead = np.minimum.accumulate(candidates[:, ::-1], axis=1)[:, ::-1]
        return as_ints(ahead[branches, np.minimum(days, last)])

    def last_open(self, branches: Ints, days: Ints) -> Ints:
        """Return the last day up to each on which its branch is open."""
        candidates = np.where(self.is_open, np.arange(self.opens.shape[1]), 0)
        return as_ints(np.maximum.accumulate(candidates, axis=1)[branches, days])

    def busyness(self, subject: str, branches: Ints, first: Ints, last: Ints) -> Floats:
        """Return how much of a subject's business falls between two days, both included."""
        total = self._cumulative(subject)
        span = total[branches, np.maximum(last + 1, first)] - total[branches, first]
        return np.maximum(span, 0.0)

    def days_for(
        self, subject: str, shares: Floats, branches: Ints, first: Ints, last: Ints
    ) -> Ints:
        """Return the open day that each share (0 to 1) of a span's business falls on."""
        total = self._cumulative(subject)
        days = np.empty(len(shares), dtype=np.int64)
        for branch in range(len(total)):
            mine = np.flatnonzero(branches == branch)
            low, high = total[branch, first[mine]], total[branch, last[mine] + 1]
            reached = low + shares[mine] * (high - low)
            found = np.searchsorted(total[branch], reached, side="right") - 1
            days[mine] = np.clip(found, first[mine], last[mine])
        # a share next to 1 may round up to the day after the span, and be cut back to a closed one
        return self.last_open(branches, days)

    def times_on(
        self,
        branches: Ints,
        days: Ints,
        shares: Floats,
        *,
        after_opening: int = 0,
        before: int = 600,
    ) -> Ints:
        """Return a time within the hours of each day, some seconds clear of both ends."""
        low = (self.opens[branches, days] + after_opening) / 3600
        high = (self.closes[branches, days] - before) / 3600
        weekend = self.is_weekend(days)
        hours = np.arange(25.0)
        times = np.empty(len(days), dtype=np.int64)
        for kind in (0, 1):
            mine = np.flatnonzero(weekend == kind)
            start = np.interp(low[mine], hours, self.profile[kind])
            stop = np.interp(high[mine], hours, self.profile[kind])
            reached = start + shares[mine] * (stop - start)
            found = np.interp(reached, self.profile[kind], hours)
            times[mine] = np.floor(np.clip(found, low[mine], high[mine]) * 3600).astype(np.int64)
        return days * DAY + times

    def _cumulative(self, subject: str) -> Floats:
        busy = self.busy[subject]
        return np.concatenate([np.zeros((len(busy), 1)), np.cumsum(busy, axis=1)], axis=1)

    def opening_hours(self) -> pl.DataFrame:
        """Return the table opening_hours."""
        branches, days = np.nonzero(self.is_open)
        return pl.DataFrame(
            {
                "branch_code": in_codes(self.codes, branches),
                "day": self.dates(days),
                "opens_at": pl.Series(self.opens[branches, days] * 10**9).cast(pl.Time),
                "closes_at": pl.Series(self.closes[branches, days] * 10**9).cast(pl.Time),
            }
        )


def read_branches() -> pl.DataFrame:
    """Return data/demo/branches.csv."""
    return pl.read_csv(DATA / "demo" / "branches.csv", try_parse_dates=True)


def read_calendar(last_day: date | None = None) -> Calendar:
    """Return the calendar that data/demo/calendar.toml describes, with data to a day or its own."""
    text = known("calendar")
    branches = read_branches()
    first: date = text["first_day"]
    size = (text["announced_to"] - first).days + 1
    opens, closes = _hours(text, branches, first, size)
    days = np.arange(size)
    weekday = (days + first.weekday()) % 7
    for position, closing in enumerate(branches["weekly_closing"].to_list()):
        if closing is not None:
            closes[position, weekday == closing - 1] = 0
    for row in text["closures"]:
        start, stop = (row["first"] - first).days, (row["last"] - first).days
        closes[_chosen(row, branches), start : stop + 1] = 0
    closes = np.where(closes > opens, closes, opens)
    hours = text["busy"]["hours"]
    return Calendar(
        first_day=first,
        day_count=((last_day or text["last_day"]) - first).days + 1,
        branches=branches,
        opens=opens,
        closes=closes,
        busy=_busy(text, branches, first, closes > opens, weekday),
        profile=np.array([_before(hours["weekday"]), _before(hours["weekend"])]),
    )


def _before(weights: Sequence[float]) -> Floats:
    # a trace of business in every hour keeps the way back from share to time unambiguous
    total = np.cumsum([0.0, *(weight + 1e-6 for weight in weights)])
    return np.asarray(total / total[-1])


def _hours(
    text: dict[str, Any], branches: pl.DataFrame, first: date, size: int
) -> tuple[Ints, Ints]:
    opens = np.zeros((len(branches), size), dtype=np.int64)
    closes = np.zeros_like(opens)
    days = np.arange(size)
    weekday = (days + first.weekday()) % 7 + 1
    for row in text["hours"]:
        span = (days >= (row["first"] - first).days) & (days <= (row["last"] - first).days)
        cell = np.ix_(_chosen(row, branches), span & np.isin(weekday, row["weekdays"]))
        opens[cell], closes[cell] = _seconds(row["opens"]), _seconds(row["closes"])
    return opens, closes


def _busy(
    text: dict[str, Any], branches: pl.DataFrame, first: date, is_open: Flags, weekday: Ints
) -> dict[str, Floats]:
    luck = text["busy"]["luck"]
    # one draw for all subjects: a rainy Sunday is quiet at the gate and at the desk
    chance = 1 + luck * (2 * stream("luck").random(is_open.shape) - 1)
    busy = {}
    for subject in SUBJECTS:
        factor = np.array(text["busy"]["weekdays"])[weekday] * chance * is_open
        for row in text["seasons"]:
            start, stop = (row["first"] - first).days, (row["last"] - first).days
            factor[_chosen(row, branches), start : stop + 1] *= row.get(subject, 1)
        busy[subject] = factor
    return busy


def _chosen(row: dict[str, Any], branches: pl.DataFrame) -> Flags:
    chosen = row.get("branches")
    is_main = branches["is_main"].to_numpy()
    if chosen is None:
        return np.full(len(is_main), True)
    if isinstance(chosen, list):
        return np.asarray(branches["branch_code"].is_in(chosen).to_numpy())
    return np.asarray(is_main if chosen == "main" else ~is_main)


def _seconds(clock: time) -> int:
    return clock.hour * 3600 + clock.minute * 60


def draw_branches(
    calendar: Calendar, rng: np.random.Generator, size: int, *, at_main: bool
) -> Ints:
    """Return the main library so many times, or draw other branches by their size."""
    if at_main:
        return np.full(size, calendar.main)
    others = calendar.weights.copy()
    others[calendar.main] = 0
    return search(np.cumsum(others), rng.random(size))


def main_and_beside(beside: float) -> list[tuple[bool, float]]:
    """Return the main library's part of a total, all of it, and what others have beside it."""
    return [(True, 1.0), (False, beside)] if beside else [(True, 1.0)]
