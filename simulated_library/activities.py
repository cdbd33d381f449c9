"""The events register: lectures, exhibitions, outreach, mobile trips and featured events."""

from typing import Any

import numpy as np
import polars as pl

from simulated_library.calendar import Calendar, draw_branches, main_and_beside
from simulated_library.cards import Year
from simulated_library.chance import apportion, between, dealt, known, shuffled, stream

Row = dict[str, Any]


def events_table(calendar: Calendar, years: list[Year]) -> pl.DataFrame:
    """Return the table events, held and scheduled, in the order of days."""
    rows: list[Row] = []
    for kind, text in known("events").items():
        rng = stream(f"events {kind}")
        for at_main, part in main_and_beside(text["beside"]):
            mine: list[Row] = []
            for year in years:
                size, span = round(year.totals["held"][kind] * part), (year.first, year.last)
                held = _rows(calendar, rng, text, size, span, at_main=at_main)
                mine += _told(rng, kind, text, held, year.totals)
            size = round(years[-1].totals["scheduled"][kind] * part)
            announced = (calendar.day_count, calendar.opens.shape[1] - 1)
            scheduled = _rows(calendar, rng, text, size, announced, at_main=at_main)
            mine += [{**row, "is_held": False} for row in scheduled]
            rows += [{**row, "event_kind": kind} for row in _titled(rng, text, mine)]
    return pl.DataFrame(
        sorted(rows, key=lambda row: (row["held_on"], row["event_kind"], row["title"])),
        schema={
            "event_kind": pl.String,
            "title": pl.String,
            "held_on": pl.Date,
            "branch_code": pl.String,
            "place_kind": pl.String,
            "attendance_count": pl.Int32,
            "speaker_rank": pl.String,
            "work_count": pl.Int32,
            "wall_metres": pl.Float64,
            "loan_count": pl.Int32,
            "is_held": pl.Boolean,
        },
    )


def _rows(
    calendar: Calendar,
    rng: np.random.Generator,
    text: Row,
    size: int,
    span: tuple[int, int],
    *,
    at_main: bool,
) -> list[Row]:
    """Return events spread over a span, on days of the week that suit and the branch is open."""
    branch = draw_branches(calendar, rng, size, at_main=at_main)
    first, last = span
    days = np.arange(first, last + 1)
    suits = np.array(text["weekdays"], dtype=np.float64)[(days + calendar.first_day.weekday()) % 7]
    for pause in known("calendar")["no_events"]:
        suits[(days >= calendar.day(pause["first"])) & (days <= calendar.day(pause["last"]))] = 0
    rows = []
    for number in range(size):
        weights = np.cumsum(suits * calendar.is_open[branch[number], first : last + 1])
        # one in each equal part of the span, so that there is something on all year
        reached = (number + rng.random()) / size * weights[-1]
        found = int(np.searchsorted(weights, reached, side="right"))
        rows.append(
            {
                "held_on": calendar.date(int(days[min(found, int(np.argmax(weights)))])),
                "branch_code": calendar.codes[int(branch[number])],
                "is_held": True,
            }
        )
    return rows


def _told(
    rng: np.random.Generator, kind: str, text: Row, rows: list[Row], totals: Row
) -> list[Row]:
    """Return events held with what the register says about them afterwards."""
    present = between(rng, text["attendance"], len(rows)).tolist()
    rows = [{**row, "attendance_count": n} for row, n in zip(rows, present, strict=True)]
    missed = totals["missed"].get(kind, 0)
    falls_short = set(shuffled(rng, len(rows))[:missed].tolist())
    if kind == "lecture":
        ranks = dealt(rng, len(rows), text["ranks"])
        return [
            {**row, "speaker_rank": text["rank_below"] if i in falls_short else ranks[i]}
            for i, row in enumerate(rows)
        ]
    if kind == "exhibition":
        return [
            {**row, **_size(rng, text, is_short=i in falls_short)} for i, row in enumerate(rows)
        ]
    if kind == "mobile_trip":
        loans = apportion(totals["mobile_loans"], 0.6 + rng.random(len(rows))).tolist()
        return [{**row, "loan_count": n} for row, n in zip(rows, loans, strict=True)]
    return rows


def _size(rng: np.random.Generator, text: Row, *, is_short: bool) -> Row:
    by_wall = bool(rng.random() < text["wall_share"]) and not is_short
    works = text["works_below"] if is_short or by_wall else text["works"]
    metres = text["wall_metres_met"] if by_wall else text["wall_metres"]
    return {
        "work_count": int(between(rng, works, 1)[0]),
        "wall_metres": float(between(rng, metres, 1)[0]),
    }


def _titled(rng: np.random.Generator, text: Row, rows: list[Row]) -> list[Row]:
    """Return events with titles: each of the list in turn, with its place or its number."""
    titles: list[str] = text["titles"]
    places = _places(rng, text, len(rows))
    told = []
    for number, row in enumerate(rows):
        title = titles[number % len(titles)]
        place_kind, place = places[number]
        if place:
            title = f"{title}：{place}"
        if text["series"]:
            title += f"（{text['series'].format(n=number // len(titles) + 1)}）"
        told.append({**row, "title": title, "place_kind": place_kind})
    return told


def _places(rng: np.random.Generator, text: Row, size: int) -> list[tuple[str | None, str | None]]:
    places = text.get("places", [])
    if isinstance(places, list):
        return [(None, places[i % len(places)] if places else None) for i in range(size)]
    kinds = dealt(rng, size, text["place_shares"])
    return [(kind, places[kind][i % len(places[kind])]) for i, kind in enumerate(kinds)]
