"""Will we make it? Where each promise will stand on 31 December, how sure that is, and why.

A promise that grows through the year has a forecast drawn from its months. Others are answered by
what decides them: a calendar that is announced, an interval of answers, the weeks kept so far.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from guanqing.plan import Target, forecast, planfile
from guanqing.plan.forecast import Band, Forecast, Step
from guanqing.plan.planfile import BASES

Row = dict[str, Any]
YEAR_END = (12, 31)


@dataclass(frozen=True)
class Outlook:
    """What can be said of a promise's end of year; what cannot is None."""

    words: str  # key of the texts `outlook`: what the answer rests on
    values: dict[str, Any] = field(default_factory=dict)  # to be put into them
    path: tuple[tuple[date, Band], ...] = ()  # where it will stand at each month's end to come
    chance: float | None = None  # to reach the goal, 0 to 1
    needed_per_day: float | None = None  # of each open day left, to reach it
    missing: float | None = None  # to the goal

    @property
    def end(self) -> Band | None:
        """Return where it will stand on 31 December."""
        return self.path[-1][1] if self.path else None


def outlooks(rows: Sequence[Row], months: Sequence[Row], as_of: date) -> dict[str, Outlook]:
    """Return the outlook of each target by its code.

    rows are those of guanqing.plan.scorecard, months those of the query plan_months.
    """
    steps: dict[str, list[Row]] = {}
    for month in months:
        steps.setdefault(month["target_code"], []).append(month)
    return {row["target"].code: of(row, steps.get(row["target"].code, []), as_of) for row in rows}


def of(row: Row, months: Sequence[Row], as_of: date) -> Outlook:
    """Return the outlook of one target."""
    target: Target = row["target"]
    if row["value"] is None:
        return Outlook("not_computable")
    if target.kind == "survey":
        return Outlook("interval", {"answers": row["answer_count"]})
    if target.kind == "compliance":
        return _of_weeks(row)
    missing = max(row["goal"] - row["value"], 0.0)
    if target.kind == "rate" and target.per not in BASES:
        return Outlook("part", missing=missing)
    about = planfile.measures()[target.measure]
    if about.get("is_reading"):
        chance = 1.0 if row["status"] == "met" else None
        return Outlook("reading", {"day": row["last_day"]}, chance=chance, missing=missing)
    if about.get("most_a_day") and row["scheduled_count"] is not None:
        return _of_calendar(row, as_of, missing)
    return _of_months(row, months, missing)


def _of_weeks(row: Row) -> Outlook:
    """Answer for every week: one that was missed cannot be made up."""
    values = {
        "kept": row["kept_week_count"],
        "weeks": row["week_count"],
        "announced": row["announced_week_count"],
        "announced_kept": row["announced_kept_week_count"],
    }
    if row["kept_week_count"] < row["week_count"]:
        return Outlook("weeks_missed", values, chance=0.0)
    return Outlook("weeks_kept", values)


def _of_calendar(row: Row, as_of: date, missing: float) -> Outlook:
    """Answer by the days announced: nothing is drawn, since the calendar is known."""
    value = row["value"] + row["scheduled_count"]
    days_left = (date(as_of.year, *YEAR_END) - as_of).days
    # days that are announced may yet be lost, and days of closing opened: the calendar's own limits
    band = Band(value, value, value, row["value"], row["value"] + days_left)
    if row["value"] >= row["goal"]:
        chance: float | None = 1.0
    else:
        chance = 0.0 if row["value"] + days_left < row["goal"] else None
    return Outlook(
        "calendar",
        {"value": int(value), "goal": int(row["goal"])},
        ((date(as_of.year, *YEAR_END), band),),
        chance,
        missing=missing,
    )


def _of_months(row: Row, months: Sequence[Row], missing: float) -> Outlook:
    """Answer by what the months so far make likely."""
    target: Target = row["target"]
    unit = row["base"] if target.kind == "rate" else 1.0
    found = _drawn(row, months, unit)
    needed = forecast.needed_per_day(row["goal"] * unit, row["value"] * unit, row["open_days_left"])
    if found is None:
        return Outlook("too_early", needed_per_day=needed, missing=missing)
    ends = [month["month_end"] for month in months if month["ahead_share"] > 0]
    bands = [_in_units(band, unit) for band in found.path]
    return Outlook(
        "drawn",
        {"basis": row["pace_basis"]},
        tuple(zip(ends, bands, strict=True)) if ends else ((months[-1]["month_end"], bands[-1]),),
        found.chance,
        needed,
        missing,
    )


def _drawn(row: Row, months: Sequence[Row], unit: float) -> Forecast | None:
    past = [Step(m["amount"], m["past_share"]) for m in months if m["past_share"] > 0]
    ahead = [m["ahead_share"] for m in months if m["ahead_share"] > 0]
    # what came about on days that the pace expects nothing of is there all the same
    unexpected = sum(m["amount"] for m in months) - sum(step.amount for step in past)
    is_level = row["target"].kind == "level"
    stock = (row["start_value"] if is_level else 0.0) + unexpected
    return forecast.forecast(past, ahead, row["goal"] * unit, stock=stock, is_count=not is_level)


def _in_units(band: Band, unit: float) -> Band:
    return Band(
        *(
            end / unit
            for end in (band.value, band.lower_80, band.upper_80, band.lower_95, band.upper_95)
        )
    )
