"""As of a day means as of it: what is recorded later changes no figure of that day."""

import random
from collections.abc import Callable
from datetime import date, datetime, timedelta
from itertools import zip_longest
from typing import Any

import polars as pl
import pytest
from conftest import OWN_OF_TESTS, PLANS, Library, fill, some_every_day

from guanqing import figures, period, plan, query_params
from guanqing.figures import View

DAY = timedelta(days=1)
AUTUMN = date(2019, 10, 17)
Row = dict[str, Any]
Figures = dict[str, tuple[str, list[Any]]]

# the day a record is of; what a reader or an item is has none
DAYS = {
    "annotations": "first_day",
    "card_events": "event_at",
    "counts": "counted_on",
    "digital_resources": "counted_on",
    "feedback": "received_on",
    "holdings": "month_end",
    "inspections": "inspected_on",
    "loan_events": "event_at",
    "milestone_states": "stated_on",
    "plan_notes": "noted_on",
    "requests": "requested_on",
    "surveys": "closed_on",
    "visits": "day",
    "volunteers": "served_on",
}
# what a record says only once it has come about: its day, and what is blank before
LATER = {
    "feedback": ("answered_on", ["answered_on", "is_satisfied"]),
    "inspections": ("rectified_on", ["rectified_on"]),
}
# a calendar is announced: an event of the future has a title and a day, and nothing to tell
TOLD = ["attendance_count", "speaker_rank", "work_count", "wall_metres", "loan_count"]
# they tell of the records that were loaded, whatever day is looked at
OF_THE_LOAD = {"rollups_checked", "table_counts"}


def known_at(rows: dict[str, list[Row]], day: date) -> dict[str, list[Row]]:
    """Return the records as they stood at a day."""
    return {
        table: [known for row in of_table if (known := _known(table, row, day)) is not None]
        for table, of_table in rows.items()
    }


def _known(table: str, row: Row, day: date) -> Row | None:
    if table in DAYS and _day(row[DAYS[table]]) > day:
        return None
    if table == "library":
        return row | {"last_day": day}
    if table == "events" and row["held_on"] > day:
        return row | dict.fromkeys(TOLD) | {"is_held": False}
    if table in LATER:
        column, blank = LATER[table]
        if row.get(column) is not None and row[column] > day:
            return row | dict.fromkeys(blank)
    return row


def _day(stamp: date | datetime) -> date:
    return stamp.date() if isinstance(stamp, datetime) else stamp


def more_registers(library: Library, dice: random.Random, a_day: Callable[[], date]) -> None:
    """Add what `fill` leaves out, the odd one of each after any day."""
    for number in range(12):
        on = a_day()
        library.put("annotations", first_day=on, last_day=on + 3 * DAY, title=str(number))
        library.put("requests", requested_on=a_day(), is_supplied=dice.random() < 0.5)
        library.put("volunteers", branch_code="main", served_on=a_day())
        library.put("plan_notes", noted_on=a_day(), note=str(number))
        rectified = dice.choice([None, on + 20 * DAY])
        library.put("inspections", point=str(number), inspected_on=on, rectified_on=rectified)


def shown(library: Library, as_of: date, code: str, **filters: Any) -> Figures:
    """Return what every figure says and rests on."""
    facts = library.ask("library_facts").row(0, named=True)
    days = period.read(code, first_day=date(2018, 1, 1), as_of=as_of)
    assert days
    bounds = {"start_date": days.start_date, "end_date": days.end_date, "as_of": as_of}
    filters = query_params.defaults(facts) | bounds | filters
    kept: dict[str, Any] = {}

    def once(key: str, make: Callable[[], Any]) -> Any:
        if key not in kept:
            kept[key] = make()
        return kept[key]

    def run(query: str, params: Row) -> pl.DataFrame:
        found: pl.DataFrame = once(f"{query} {params}", lambda: library.ask(query, **params))
        return found

    view = View(run, facts, filters, days, "en", own=OWN_OF_TESTS, once=once)
    return {name: _of(figure.show(view)) for name, figure in figures.every().items()}


def _of(exhibit: figures.Exhibit) -> tuple[str, list[Any]]:
    answers = [
        (answer.query, [tuple(map(_rounded, row)) for row in answer.frame.rows()])
        for answer in exhibit.answers
    ]
    return exhibit.headline, answers


def _rounded(value: Any) -> Any:
    return round(value, 9) if isinstance(value, float) else value


@pytest.mark.few(9)
@pytest.mark.parametrize("seed", some_every_day(8, 2))
def test_what_is_recorded_later_changes_no_figure_of_the_day(seed, library):
    dice = random.Random(seed)
    library.cover(date(2018, 1, 1), date(2019, 12, 31))
    fill(library, dice, loan_count=120)
    more_registers(library, dice, lambda: date(2018, 1, 1) + dice.randrange(730) * DAY)
    as_of = date(2019, 1, 20) + dice.randrange(330) * DAY
    choice = {
        "code": dice.choice(["2019", "12m", "all", f"{as_of:%Y-%m}", "2018"]),
        "branches": dice.choice([None, ["main"]]),
        "target": dice.choice(
            [None, *plan.load(2019, PLANS).targets, *plan.load(2019, PLANS).milestones]
        ),
    }
    whole = shown(library, as_of, **choice)
    rows = known_at(library.rows, as_of)
    library.empty()
    for table, of_table in rows.items():
        for row in of_table:
            library.put(table, **row)
    then = shown(library, as_of, **choice)
    leaks = {name for name in whole if whole[name] != then[name]}
    assert leaks - OF_THE_LOAD == set(), {
        name: _apart(whole[name], then[name]) for name in sorted(leaks - OF_THE_LOAD)
    }


def _apart(whole: tuple[str, list[Any]], then: tuple[str, list[Any]]) -> list[Any]:
    """Return the first thing that is not the same of each answer."""
    found: list[Any] = [] if whole[0] == then[0] else [(whole[0], then[0])]
    for (query, rows), (_, known) in zip(whole[1], then[1], strict=False):
        found += [(query, *pair) for pair in zip_longest(rows, known) if pair[0] != pair[1]][:1]
    return found


@pytest.mark.slow
def test_what_was_recorded_in_the_last_weeks_does_change_figures(library):
    """Else the law above could hold of figures in which nothing is ever seen."""
    dice = random.Random(0)
    library.cover(date(2018, 1, 1), date(2019, 12, 31))
    fill(library, dice, loan_count=120)
    more_registers(library, dice, lambda: date(2018, 1, 1) + dice.randrange(730) * DAY)
    whole = shown(library, AUTUMN, "2019", target="lectures")
    rows = known_at(library.rows, AUTUMN - 60 * DAY)
    library.empty()
    for table, of_table in rows.items():
        for row in of_table:
            library.put(table, **row)
    then = shown(library, AUTUMN, "2019", target="lectures")
    assert sum(whole[name] != then[name] for name in whole) > 40
