"""What the simulated library wrote down: annotations, inspections, volunteers, plan notes."""

from datetime import timedelta
from typing import Any

import polars as pl

from simulated_library.calendar import Calendar
from simulated_library.chance import between, known, stream

DAY = timedelta(days=1)


def annotations_table(calendar: Calendar) -> pl.DataFrame:
    """Return the table annotations, in the order of days."""
    return _table("annotations", calendar, "first_day")


def inspections_table(calendar: Calendar) -> pl.DataFrame:
    """Return the table inspections, in the order of days."""
    return _table("inspections", calendar, "inspected_on")


def plan_notes_table(calendar: Calendar, plan_year: int) -> pl.DataFrame:
    """Return the table plan_notes, in the order of days."""
    return _table("plan_notes", calendar, "noted_on").with_columns(
        plan_year=pl.lit(plan_year, pl.Int16)
    )


def _table(name: str, calendar: Calendar, day: str) -> pl.DataFrame:
    main = calendar.codes[0]
    rows: list[dict[str, Any]] = known("notes")[name]
    told = [
        row | ({"branch_code": main} if row.get("branch_code") == "main" else {}) for row in rows
    ]
    return pl.DataFrame(told, infer_schema_length=None).sort(day)


def volunteers_table(calendar: Calendar) -> pl.DataFrame:
    """Return the table volunteers: each activity in turn, on the days of the week they come."""
    text = known("notes")["volunteers"]
    rng = stream("volunteers")
    days = [
        calendar.date(day)
        for day in range(calendar.day_count)
        if calendar.date(day).isoweekday() in text["weekdays"]
    ]
    counts = between(rng, text["persons"], len(days)).tolist()
    activities = text["activities"]
    return pl.DataFrame(
        [
            {
                "served_on": day,
                "activity": activities[number % len(activities)],
                "branch_code": calendar.codes[0],
                "volunteer_count": count,
                "service_hours": float(count * text["hours_each"]),
            }
            for number, (day, count) in enumerate(zip(days, counts, strict=True))
        ]
    )
