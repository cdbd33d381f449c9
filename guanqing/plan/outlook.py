"""Will we make it? Where each promise will stand on 31 December, how sure that is, and why.

A promise that grows through the year has a forecast drawn from its months. Others are answered by
what decides them: a calendar that is announced, an interval of answers, the weeks kept so far.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from guanqing.plan import forecast, planfile
from guanqing.plan.forecast import Band, Forecast, Step
from guanqing.plan.planfile import BASES
from guanqing.plan.scoring import Rows, Standing

YEAR_END = (12, 31)


@dataclass(frozen=True)
class Month:
    """What a target gained in a month of its year, and the month's share of a whole year's work."""

    month_end: date
    amount: float
    past_share: float  # of the part that is over
    ahead_share: float  # of the part to come


@dataclass(frozen=True)
class Outlook:
    """What can be said of a promise's end of year; what cannot is None."""

    rests_on: str  # a key of the texts `outlook`
    values: dict[str, Any] = field(default_factory=dict)  # to be put into them
    path: tuple[tuple[date, Band], ...] = ()  # where it will stand at each month's end to come
    chance: float | None = None  # to reach the goal, 0 to 1
    needed_per_day: float | None = None  # of each open day left, to reach it
    missing: float | None = None  # to the goal

    @property
    def end(self) -> Band | None:
        """Return where it will stand on 31 December."""
        return self.path[-1][1] if self.path else None


def outlooks(standings: Sequence[Standing], months: Rows, as_of: date) -> dict[str, Outlook]:
    """Return the outlook of each target by its code; months are the rows of plan_months."""
    of_target: dict[str, list[Month]] = {one.target.code: [] for one in standings}
    for row in months:
        if row["target_code"] in of_target:
            of_target[row["target_code"]].append(
                Month(row["month_end"], row["amount"], row["past_share"], row["ahead_share"])
            )
    return {one.target.code: of(one, of_target[one.target.code], as_of) for one in standings}


def of(standing: Standing, months: Sequence[Month], as_of: date) -> Outlook:
    """Return the outlook of one target."""
    target = standing.target
    if standing.value is None:
        return Outlook("not_computable")
    if target.kind == "survey":
        return Outlook("interval", {"answers": standing.answer_count})
    if target.kind == "compliance":
        return _of_weeks(standing)
    value = standing.value
    missing = max(standing.goal - value, 0.0)
    if target.kind == "rate" and target.per not in BASES:
        return Outlook("part", missing=missing)
    about = planfile.plan_measures()[target.measure]
    if about.get("is_reading"):
        chance = 1.0 if standing.status == "met" else None
        return Outlook("reading", {"day": standing.last_day}, chance=chance, missing=missing)
    if about.get("most_a_day") and standing.scheduled_count is not None:
        return _of_calendar(value, standing.scheduled_count, standing.goal, as_of)
    return _of_months(standing, value, months)


def _of_weeks(standing: Standing) -> Outlook:
    """Answer for every week: one that was missed cannot be made up."""
    values = {
        "kept": standing.kept_week_count,
        "weeks": standing.week_count,
        "announced": standing.announced_week_count,
        "announced_kept": standing.announced_kept_week_count,
    }
    if (standing.kept_week_count or 0) < (standing.week_count or 0):
        return Outlook("weeks_missed", values, chance=0.0)
    return Outlook("weeks_kept", values)


def _of_calendar(done: float, announced: int, goal: float, as_of: date) -> Outlook:
    """Answer by the days announced: nothing is drawn, since the calendar is known."""
    value = done + announced
    days_left = (date(as_of.year, *YEAR_END) - as_of).days
    # days that are announced may yet be lost, and days of closing opened: the calendar's own limits
    band = Band(value, value, value, done, done + days_left)
    if done >= goal:
        chance: float | None = 1.0
    else:
        chance = 0.0 if done + days_left < goal else None
    return Outlook(
        "calendar",
        {"value": int(value), "goal": int(goal)},
        ((date(as_of.year, *YEAR_END), band),),
        chance,
        missing=max(goal - done, 0.0),
    )


def _of_months(standing: Standing, value: float, months: Sequence[Month]) -> Outlook:
    """Answer by what the months so far make likely."""
    goal = standing.goal
    unit = (standing.base or 1.0) if standing.target.kind == "rate" else 1.0
    missing = max(goal - value, 0.0)
    found = _drawn(standing, months, unit)
    needed = forecast.needed_per_day(goal * unit, value * unit, standing.open_days_left)
    if found is None:
        return Outlook("too_early", needed_per_day=needed, missing=missing)
    ends = [month.month_end for month in months if month.ahead_share > 0]
    bands = [_in_units(band, unit) for band in found.path]
    return Outlook(
        "drawn",
        {"basis": standing.pace_basis},
        tuple(zip(ends, bands, strict=True)) if ends else ((months[-1].month_end, bands[-1]),),
        found.chance,
        needed,
        missing,
    )


def _drawn(standing: Standing, months: Sequence[Month], unit: float) -> Forecast | None:
    past = [Step(m.amount, m.past_share) for m in months if m.past_share > 0]
    ahead = [m.ahead_share for m in months if m.ahead_share > 0]
    # what came about on days that the pace expects nothing of is there all the same
    unexpected = sum(m.amount for m in months) - sum(step.amount for step in past)
    is_level = standing.target.kind == "level"
    stock = ((standing.start_value or 0.0) if is_level else 0.0) + unexpected
    return forecast.forecast(past, ahead, standing.goal * unit, stock=stock, is_count=not is_level)


def _in_units(band: Band, unit: float) -> Band:
    return Band(
        *(
            end / unit
            for end in (band.value, band.lower_80, band.upper_80, band.lower_95, band.upper_95)
        )
    )
