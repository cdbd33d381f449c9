"""Will we make it? Where each promise will stand on 31 December, how sure that is, and why.

A promise that grows through the year has a forecast drawn from its months. Others are answered by
what decides them: a calendar that is announced, an interval of answers, the weeks kept so far.
"""

from collections.abc import Sequence
from dataclasses import astuple, dataclass, field
from datetime import date
from typing import Any

from guanqing.plan import forecast, planfile, priors
from guanqing.plan.forecast import Ahead, Band, Forecast, Step
from guanqing.plan.planfile import BASES
from guanqing.plan.scoring import Rows, Standing

YEAR_END = (12, 31)
STEP = 0.05  # a chance is said no finer than that


@dataclass(frozen=True)
class Month:
    """What a target gained in a month, of its year or an earlier one, and the month's open days."""

    month_end: date
    amount: float
    past_days: float  # of the part that is over
    ahead_days: float  # of the part to come

    @property
    def number(self) -> int:
        """Return the month as the forecast counts it."""
        return 12 * self.month_end.year + self.month_end.month - 1


@dataclass(frozen=True)
class Outlook:
    """What can be said of a promise's end of year; what cannot is None."""

    rests_on: str  # a key of the texts `outlook`
    values: dict[str, Any] = field(default_factory=dict)  # to be put into them
    path: tuple[tuple[date, Band], ...] = ()  # where it will stand at each month's end to come
    chance: float | None = None  # to reach the goal, 0 to 1: to rank by; said by `likelihood`
    has_full_year: bool = False  # a full earlier year stands behind the chance
    needed_per_day: float | None = None  # of each open day left, to reach it
    missing: float | None = None  # to the goal
    announced: float | None = None  # where a calendar leads: nothing is drawn, so it has no band

    @property
    def likelihood(self) -> str | float | None:
        """Return a chance as it may be said: a number, or a key of the texts `likely`.

        A number only where a full earlier year stands behind it, to the next twentieth, and none
        beside 0 and 1: of what drifts nothing is as sure as that.
        """
        if self.chance is None:
            return None
        shown = round(round(self.chance / STEP) * STEP, 2)
        if self.has_full_year and 0 < shown < 1:
            return shown
        return priors.word(self.chance)

    @property
    def end(self) -> Band | None:
        """Return where it will stand on 31 December, as far as that is drawn."""
        return self.path[-1][1] if self.path else None


def outlooks(standings: Sequence[Standing], months: Rows, as_of: date) -> dict[str, Outlook]:
    """Return the outlook of each target by its code; months are the rows of plan_months."""
    of_target: dict[str, list[Month]] = {one.target.code: [] for one in standings}
    for row in months:
        if row["target_code"] in of_target:
            of_target[row["target_code"]] += months_of([row])
    return {one.target.code: of(one, of_target[one.target.code], as_of) for one in standings}


def months_of(rows: Rows) -> list[Month]:
    """Return the months of one target from its rows of plan_months."""
    names = ("month_end", "amount", "past_days", "ahead_days")
    return [Month(*(row[name] for name in names)) for row in rows]


def of(standing: Standing, months: Sequence[Month], as_of: date) -> Outlook:
    """Return the outlook of one target."""
    target = standing.target
    if standing.value is None:
        return Outlook("not_computable")
    if target.kind == "survey":
        return Outlook("interval", {"answers": standing.answer_count})
    if target.kind == "compliance":
        return _of_weeks(standing)
    if target.every_week and standing.has_missed_weeks:
        values = {"kept": standing.kept_week_count, "weeks": standing.week_count}
        return Outlook("weeks_empty", values, chance=0.0)
    value = standing.value
    missing = max(standing.goal - value, 0.0)
    if target.kind == "rate" and target.per not in BASES:
        return Outlook("part", missing=missing)
    about = planfile.plan_measures()[target.measure]
    if about.is_reading:
        chance = 1.0 if standing.status == "met" else None
        return Outlook("reading", {"day": standing.last_day}, chance=chance, missing=missing)
    if about.is_quota:
        return Outlook("quota", {"value": int(value), "goal": int(standing.goal)}, missing=missing)
    if about.most_a_day and standing.scheduled_count is not None:
        return _of_calendar(value, standing.scheduled_count, standing.goal, as_of)
    return _of_months(standing, value, months)


def is_drawn(standing: Standing) -> bool:
    """Tell whether the end of a promise's year is drawn from its months."""
    target, about = standing.target, planfile.plan_measures()[standing.target.measure]
    grows = target.kind in ("total", "level") or (target.kind == "rate" and target.per in BASES)
    is_told = about.is_reading or about.is_quota or about.most_a_day
    return grows and not is_told and standing.value is not None


def _of_weeks(standing: Standing) -> Outlook:
    """Answer for every week: one that was missed cannot be made up."""
    values = {
        "kept": standing.kept_week_count,
        "weeks": standing.week_count,
        "announced": standing.announced_week_count,
        "announced_kept": standing.announced_kept_week_count,
    }
    ahead = "" if standing.announced_week_count else "_so_far"
    if standing.has_missed_weeks:
        return Outlook(f"weeks_missed{ahead}", values, chance=0.0)
    return Outlook(f"weeks_kept{ahead}", values)


def _of_calendar(done: float, announced: int, goal: float, as_of: date) -> Outlook:
    """Answer by the days announced: nothing is drawn, since the calendar is known."""
    value = done + announced
    days_left = (date(as_of.year, *YEAR_END) - as_of).days
    if done >= goal:
        chance: float | None = 1.0
    else:
        chance = 0.0 if done + days_left < goal else None
    return Outlook(
        "calendar",
        {"value": int(value), "goal": int(goal)},
        announced=value,
        chance=chance,
        missing=max(goal - done, 0.0),
    )


def _of_months(standing: Standing, value: float, months: Sequence[Month]) -> Outlook:
    """Answer by what the months so far make likely."""
    goal, unit = standing.goal, _unit(standing)
    missing = max(goal - value, 0.0)
    found = _drawn(standing, months, value * unit)
    needed = forecast.needed_per_day(goal * unit, value * unit, standing.open_days_left)
    if found is None:
        return Outlook("too_early", needed_per_day=needed, missing=missing)
    ends = [month.month_end for month in months if month.ahead_days > 0]
    bands = [_in_units(band, unit) for band in found.path]
    return Outlook(
        "drawn",
        {"basis": standing.pace_basis},
        tuple(zip(ends, bands, strict=True)) if ends else ((months[-1].month_end, bands[-1]),),
        found.chance,
        found.has_full_year,
        needed,
        missing,
    )


def _unit(standing: Standing) -> float:
    """Return what amounts are divided by to be values of the target."""
    return (standing.base or 1.0) if standing.target.kind == "rate" else 1.0


def _drawn(standing: Standing, months: Sequence[Month], value: float) -> Forecast | None:
    return forecast.forecast(
        [Step(m.number, m.amount, m.past_days) for m in months if m.past_days > 0],
        [Ahead(m.number, m.ahead_days) for m in months if m.ahead_days > 0],
        standing.goal * _unit(standing),
        value=value,
        is_count=standing.target.kind != "level",
    )


@dataclass(frozen=True)
class Earlier:
    """What was forecast at a month's end, and what came by the last one."""

    made_on: date
    last: date  # the last month's end that is over
    for_day: Band  # what was forecast for it
    for_year: Band  # and for 31 December
    came: float  # by that last month's end

    @property
    def within(self) -> int | None:
        """Return which band held what came, 80 or 95, None for neither."""
        for percent in (80, 95):
            lower, upper = (getattr(self.for_day, f"{end}_{percent}") for end in ("lower", "upper"))
            if lower <= self.came <= upper:
                return percent
        return None


def earlier(standing: Standing, months: Sequence[Month], as_of: date) -> list[Earlier]:
    """Return the forecasts of the month-ends before the last, from the months known then.

    What a rate is divided by is taken as it is now.
    """
    unit = _unit(standing)
    over = [m for m in months if m.month_end <= as_of and m.month_end.year == as_of.year]
    if not is_drawn(standing) or not over:
        return []
    start = (standing.start_value or 0.0) if standing.target.kind == "level" else 0.0
    last, came = over[-1].month_end, start + sum(m.amount for m in over)
    found = []
    for then in over[:-1]:
        known = [_as_of(m, then.month_end) for m in months]
        value = start + sum(m.amount for m in over if m.month_end <= then.month_end)
        made = _drawn(standing, known, value)
        days = [m.month_end for m in known if m.ahead_days > 0]
        if made is not None and last in days:
            band = made.path[days.index(last)]
            bands = (_in_units(band, unit), _in_units(made.end, unit))
            found.append(Earlier(then.month_end, last, *bands, came / unit))
    return found


def _as_of(month: Month, day: date) -> Month:
    """Return a month as it stood at an earlier month's end."""
    if month.month_end <= day:
        return month
    return Month(month.month_end, 0.0, 0.0, month.past_days + month.ahead_days)


def _in_units(band: Band, unit: float) -> Band:
    return Band(*(end / unit for end in astuple(band)))
