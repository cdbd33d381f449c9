"""The queries about the plan on days around which everything happened, beside plain Python.

Two years with a promise of every kind, some of them with parts for branches, and reports, notes and
opening hours on the days it is seen from and the days around them. What a promise is worth on a day
is taken from target_days, which tests/test_judging.py holds to the records.
"""

import csv
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time
from itertools import product
from typing import Any

import duckdb
import pytest
from conftest import DAY, Library

from guanqing.paths import DATA
from guanqing.plan import Condition, Milestone, Plan, Revision, Target, planfile

Row = dict[str, Any]

WORDS = {"zh": "诺", "en": "Promise"}
SUNDAY, NEW_YEAR = date(2019, 6, 16), date(2019, 1, 1)
AS_OF = [
    *(SUNDAY - DAY, SUNDAY),
    *(date(2018, 1, 14), date(2018, 12, 31)),  # of the first two weeks one had a holiday
    *(NEW_YEAR, date(2019, 1, 7), date(2019, 1, 8), date(2019, 12, 31)),
]
EDGES = sorted({day + n * DAY for day in AS_OF for n in (-7, -6, -1, 0, 1)})


def promise(year: int, code: str, kind: str, measure: str, goal: float, **more: Any) -> Target:
    return Target(year, code, kind, measure, goal, WORDS, WORDS, **more)


RANK = Condition("speaker_rank", one_of=("vice_senior",))
FULL = Condition("attendance_count", minimum=50)
PROMISED = [
    promise(
        2019,
        "weekly_hours",
        "compliance",
        "opening_hours",
        56,  # some weeks have just as many, and of the 60 below
        by_branch={"east": 20},
        revisions=(Revision(SUNDAY, 60, WORDS),),
    ),
    promise(2019, "open_days", "total", "open_day_count", 300),
    promise(
        2019,
        "lectures",
        "total",
        "lecture_count",
        24,
        stretch=30,
        quality=(RANK, FULL),
        by_branch={"main": 10, "east": 14, "nowhere": 1},
    ),
    promise(2019, "weekly", "total", "featured_count", 40, every_week=True),
    promise(
        2019,
        "trips",
        "total",
        "mobile_trip_count",
        12,
        scope="main",
        quality=(FULL,),
        every_week=True,
    ),
    promise(2019, "lent", "rate", "loan_count", 0.4, per="holdings"),
    promise(2019, "holders", "level", "card_holder_count", 100, by_branch={"main": 60}),
    promise(2019, "heard", "survey", "feedback_satisfaction", 0.5, scope="main"),
    promise(2019, "pleased", "survey", "reader_satisfaction", 0.5),
    promise(2019, "web", "total", "web_visit_count", 5),  # of which nothing is ever recorded
    promise(2019, "given", "total", "volunteer_hours", 90, by_month={3: 30, 7: 60}),
]
PLANS = [
    Plan(
        year,
        {
            target.code: replace(target, plan_year=year, revisions=revisions, **scope)
            for target in targets
        },
        {code: Milestone(year, code, WORDS, due=due) for code, due in due_dates.items()},
    )
    for year, scope, targets, revisions, due_dates in [
        (2018, {"scope": "main"}, [*PROMISED[:2], replace(PROMISED[2], quality=()), PROMISED[8]],
         (), {
            "film": date(2018, 12, 30), "rules": date(2018, 12, 31), "drill": None,
            "silent": date(2018, 1, 2)}),
        (2019, {}, PROMISED, PROMISED[0].revisions, {
            "film": SUNDAY - 8 * DAY, "rules": SUNDAY - 7 * DAY, "drill": SUNDAY - DAY,
            "layout": SUNDAY, "bulletins": None, "alliance": date(2019, 1, 7),
            "silent": date(2019, 1, 2)}),
        (2020, {}, PROMISED[:3], (), {"film": None}),  # a year the data does not cover
    ]
]  # fmt: skip
PLAN = {plan.year: plan for plan in PLANS}
KINDS = {
    "lecture_count": "lecture",
    "featured_count": "featured",
    "mobile_trip_count": "mobile_trip",
}


class Judged:
    """The library, and the tables it was judged in."""

    def __init__(self, library: Library) -> None:
        self.library, self.rows = library, library.rows
        tables = (
            "target_days",
            "survey_shares",
            "opening_weeks",
            "measure_days",
            "scope_days",
            "calendar_days",
        )
        tables += ("year_pace", "scope_days", "scope_weeks")
        self.tables = {name: library.table(name) for name in tables}
        self.readings = {
            (row["target_code"], row["branch_code"], row["day"]): row
            for row in self.tables["target_days"]
        }

    def ask(self, name: str, **params: Any) -> list[Row]:
        return self.library.ask(name, **params).to_dicts()

    def reading(self, target: Target, day: date) -> Row:
        return self.readings[target.code, None, day]


@pytest.fixture(scope="module")
def judged(tables: duckdb.DuckDBPyConnection) -> Iterator[Judged]:
    """Yield the library of this module, made once."""
    library = Library(tables)
    library.put("branches", branch_code="main", is_main=True)
    library.put("branches", branch_code="east", name_en="East")
    library.promise(*PLANS)
    open_up(library)
    register(library)
    report(library)
    yield Judged(library)
    library.empty()


def open_up(library: Library) -> None:
    """Open the branches for more or fewer hours from week to week; one is in no list.

    Of 2018 the last week is not known, of 2019 every week is.
    """
    for offset in range(731):
        day = date(2018, 1, 1) + offset * DAY
        week = (offset // 7) * 5 % 4
        if date(2018, 12, 20) < day < date(2019, 1, 3) or (day.weekday() == 0 and offset % 3):
            continue
        late = int(day.weekday() == 2)  # an hour of Wednesdays is in the evening
        library.open(day, opens_at=time(9), closes_at=time(16 + week - late))
        if late:
            library.open(day, opens_at=time(20), closes_at=time(21))
        if day.weekday() < 5 and day < date(2019, 11, 1):
            library.open(day, branch_code="east", opens_at=time(9), closes_at=time(12 + week))
            library.open(day, branch_code="nowhere", opens_at=time(9), closes_at=time(12))


def register(library: Library) -> None:
    """Enter what the promises count, on the edges and once a month."""
    months = product((2018, 2019), range(1, 13))
    days = sorted({*EDGES, *(date(year, month, 12) for year, month in months)})
    ranks = [("vice_senior", None), ("other", 50), ("other", 49), ("other", None), (None, None)]
    for number, day in enumerate(days):
        for offset, branch_code in enumerate(["main", "east", None]):
            rank, attendance = ranks[(number + offset) % 5]
            of_it = {"branch_code": branch_code, "held_on": day, "is_held": number % 4 != offset}
            library.put(
                "events", title="谈", speaker_rank=rank, attendance_count=attendance, **of_it
            )
            library.put("events", title="谈", event_kind="featured", loan_count=number, **of_it)
            library.put("events", title="谈", event_kind="puppets", work_count=number, **of_it)
        library.lend(loaned_at=datetime.combine(day, time(10)), branch_code="main")
        library.issue(
            event_at=datetime.combine(day, time(9)), branch_code=["main", "east"][number % 2]
        )
        library.put("volunteers", served_on=day, service_hours=float(number))
        library.put(
            "feedback",
            received_on=day,
            answered_on=day,
            is_satisfied=(True, None, False, True)[number % 4],
        )
    library.hold(month_end=date(2019, 1, 31))
    library.hold(month_end=date(2019, 6, 30), item_count=300)
    library.put("events", title="车", event_kind="mobile_trip", held_on=date(2018, 5, 1))
    for number, day in enumerate(
        [date(2018, 1, 1), date(2018, 12, 30), NEW_YEAR, SUNDAY - 2 * DAY, SUNDAY, SUNDAY + DAY]
    ):
        library.put(
            "surveys", closed_on=day, satisfied_count=190 + number, returned_count=250 - number
        )


STATES = ["planned", "under_way", "done", "dropped"]


def report(library: Library) -> None:
    """Report on milestones, and note things about targets, on the edges."""
    codes = ["film", "rules", "drill", "layout", "alliance"]
    for number, (day, code, year) in enumerate(product(EDGES, codes, [2018, 2019])):
        of_it = {"plan_year": year, "stated_on": day, "milestone_code": code}
        note = {"note_zh": f"第{number}条", "note_en": f"note {number}"}
        # early in a year nothing is done yet, and of some nobody speaks
        states = STATES if day.month > 6 or code == "drill" else STATES[:2]
        if (number // 3) % 4:
            library.put("milestone_states", state=states[number % len(states)], **of_it, **note)
    for number, (day, code, year) in enumerate(product(EDGES, ["film", "lectures"], [2018, 2019])):
        of_it = {"plan_year": year, "noted_on": day, "target_code": code}
        library.put("plan_notes", owner=f"owner {number}", note=f"note {number}", **of_it)


as_of_days = pytest.mark.parametrize("as_of", AS_OF, ids=str)


def agree(answer: list[Row], expected: list[Row]) -> None:
    """Hold every column of an answer equal to what was expected, in the same order."""
    assert [set(row) for row in answer] == [set(row) for row in expected]
    for row, wanted in zip(answer, expected, strict=True):
        inexact = {name: value for name, value in wanted.items() if isinstance(value, float)}
        assert row == wanted | {name: pytest.approx(inexact[name]) for name in inexact}


def picked(row: Row, *names: str) -> Row:
    return {name: row[name] for name in names}


def targets_of(as_of: date) -> list[Target]:
    return list(PLAN[as_of.year].targets.values())


# --- what stands in a register, as it stood on the day


def told(judged: Judged, table: str, day: str, as_of: date) -> list[Row]:
    return [
        row for row in judged.rows[table] if row["plan_year"] == as_of.year and row[day] <= as_of
    ]


@as_of_days
def test_milestone_history(judged, as_of):
    rows = told(judged, "milestone_states", "stated_on", as_of)
    for target in (None, "film"):
        expected = [
            picked(row, "milestone_code", "state", "stated_on", "note_zh", "note_en")
            | {"stated_at": None, "stated_by": None}
            for row in rows
            if target in (None, row["milestone_code"])
        ]
        expected.sort(key=lambda row: (row["milestone_code"], -row["stated_on"].toordinal()))
        assert judged.ask("milestone_history", as_of=as_of, target=target) == expected


def latest_states(judged: Judged, day: date, year: int) -> dict[str, Row]:
    """Return the last report on each milestone of a plan up to a day."""
    states: dict[str, Row] = {}
    for row in sorted(judged.rows["milestone_states"], key=lambda row: row["stated_on"]):
        if row["plan_year"] == year and row["stated_on"] <= day:
            states[row["milestone_code"]] = row
    return states


@as_of_days
def test_plan_notes_made(judged, as_of):
    rows = told(judged, "plan_notes", "noted_on", as_of)
    for target in (None, "film"):
        expected = [
            picked(row, "target_code", "noted_on", "owner", "note")
            | {"stated_at": None, "stated_by": None}
            for row in rows
            if target in (None, row["target_code"])
        ]
        expected.sort(key=lambda row: (row["target_code"], -row["noted_on"].toordinal()))
        assert judged.ask("plan_notes_made", as_of=as_of, target=target) == expected


# --- the scorecard


def milestone_status(judged: Judged, milestone: Milestone, day: date) -> str:
    states = latest_states(judged, day, milestone.plan_year)
    state = states[milestone.code]["state"] if milestone.code in states else "planned"
    is_over = milestone.due is not None and milestone.due < day
    return "overdue" if is_over and state in ("planned", "under_way") else state


@as_of_days
def test_plan_progress(judged, as_of):
    expected = []
    for target in targets_of(as_of):
        row = judged.reading(target, as_of)
        of_it = {"target_code": target.code, "kind": target.kind, "target": row["goal"]}
        expected.append(of_it | picked(row, "value", "status"))
    assert judged.ask("plan_progress", as_of=as_of) == expected
    for row in expected:
        assert judged.ask("plan_progress", as_of=as_of, target=row["target_code"]) == [row]


UNREPORTED = {"stated_on": None, "note_zh": None, "note_en": None}


@as_of_days
def test_milestone_progress(judged, as_of):
    states = latest_states(judged, as_of, as_of.year)
    expected = [
        {"milestone_code": code, "status": milestone_status(judged, milestone, as_of)}
        | picked(states.get(code, UNREPORTED), "stated_on", "note_zh", "note_en")
        for code, milestone in PLAN[as_of.year].milestones.items()
    ]
    assert judged.ask("milestone_progress", as_of=as_of) == expected
    for row in expected:
        found = judged.ask("milestone_progress", as_of=as_of, target=row["milestone_code"])
        assert found == [row]


@as_of_days
def test_plan_changes(judged, as_of):
    before = as_of - 7 * DAY
    is_same_plan = before.year == as_of.year
    expected = []
    for target in targets_of(as_of):
        then = judged.reading(target, before)["status"] if is_same_plan else None
        now = judged.reading(target, as_of)["status"]
        expected.append((target.code, target.kind, now, then, before))
    for code, milestone in PLAN[as_of.year].milestones.items():
        then, now = (milestone_status(judged, milestone, day) for day in (before, as_of))
        expected.append((code, "milestone", now, then if is_same_plan else None, before))
    assert judged.library.ask("plan_changes", as_of=as_of).rows() == expected


def test_a_year_the_data_does_not_cover_has_milestones_and_no_value(judged):
    as_of = date(2020, 3, 1)
    (film,) = judged.ask("milestone_progress", as_of=as_of)
    assert film["milestone_code"] == "film"
    assert judged.ask("plan_progress", as_of=as_of) == []
    assert [row["target_code"] for row in judged.ask("plan_changes", as_of=as_of)] == ["film"]
    assert judged.ask("plan_evidence", as_of=as_of) == []


@as_of_days
def test_plan_pace(judged, as_of):
    expected = [row for row in judged.tables["year_pace"] if row["day"] == as_of]
    assert len(expected) == 1
    assert judged.ask("plan_pace", as_of=as_of) == expected


@as_of_days
def test_target_branches(judged, as_of):
    for asked in (None, "lectures"):
        expected = []
        for target in sorted(targets_of(as_of), key=lambda target: target.code):
            for branch in ("main", "east", "nowhere"):
                if branch in target.by_branch and asked in (None, target.code):
                    row = judged.readings[target.code, branch, as_of]
                    name_zh = None if branch == "nowhere" else "馆"
                    name_en = {"main": "Library", "east": "East"}.get(branch)
                    name = {"name_zh": name_zh, "name_en": name_en}
                    columns = ("target_code", "branch_code", "value", "goal", "expected_value")
                    expected.append(name | picked(row, *columns, "status", "reason"))
        assert judged.ask("target_branches", as_of=as_of, target=asked) == expected


@as_of_days
def test_target_path(judged, as_of):
    last_day = date(as_of.year, 12, 31)
    so_far = ("value", "lower_share", "upper_share", "status")
    for asked in (None, "lectures"):
        expected = []
        for row in judged.tables["target_days"]:
            day = row["day"]
            is_shown = day.isoweekday() == 7 or day in (as_of, last_day)
            is_asked = row["branch_code"] is None and asked in (None, row["target_code"])
            if is_asked and is_shown and day.year == as_of.year:
                found = picked(row, "target_code", "day", "expected_value", "goal", "stretch")
                seen = picked(row, *so_far) if day <= as_of else dict.fromkeys(so_far)
                expected.append(found | seen)
        expected.sort(key=lambda row: (row["target_code"], row["day"]))
        assert judged.ask("target_path", as_of=as_of, target=asked) == expected


@as_of_days
def test_plan_months(judged, as_of):
    """What came about and what is open, added up again, of this year and of the one before."""
    calendar = judged.tables["calendar_days"]
    first = min(row["day"] for row in calendar)
    months = sorted({(row["day"].year, row["day"].month) for row in calendar})
    expected = []
    for target in sorted(targets_of(as_of), key=lambda target: target.code):
        if target.kind not in ("total", "level", "rate"):
            continue
        of_it = (target.measure, target.scope)
        gained = [
            r for r in judged.tables["scope_days"] if (r["measure_code"], r["scope"]) == of_it
        ]
        start = min((row["day"] for row in gained), default=first)
        is_event = planfile.plan_measures()[target.measure].event_kind
        done, now = 0.0, judged.reading(target, as_of)
        for number in months:
            end = date(number[0] + number[1] // 12, number[1] % 12 + 1, 1) - DAY
            if number[0] > as_of.year:
                continue
            first_day = end.replace(day=1)
            amount = sum(r["amount"] for r in gained if r["day"].replace(day=1) == first_day)
            if end.year == as_of.year:
                row = judged.reading(target, end) if end <= as_of else now
                amount, done = (row["done"] or 0.0) - done, row["done"] or 0.0
            open_days = [
                row["day"]
                for row in calendar
                if row["is_open"]
                and row["day"].replace(day=1) == first_day
                and (is_event or row["day"] >= start or end < start)
            ]
            expected.append(
                {
                    "target_code": target.code,
                    "month_end": end,
                    "amount": amount,
                    "past_days": float(sum(day <= as_of for day in open_days)),
                    "ahead_days": float(sum(day > as_of for day in open_days)),
                }
            )
    found = judged.ask("plan_months", as_of=as_of)
    by_month = {target.code for target in targets_of(as_of) if target.by_month}
    agree(
        [row for row in found if row["target_code"] not in by_month],
        [row for row in expected if row["target_code"] not in by_month],
    )


def test_measures_by_month(judged):
    for start, end in [(SUNDAY, SUNDAY + 60 * DAY), (date(2018, 12, 31), SUNDAY)]:
        for branches in (None, ["east"]):
            days: dict[tuple[str, date], float] = defaultdict(float)
            for row in judged.tables["measure_days"]:
                if start <= row["day"] < end and (not branches or row["branch_code"] in branches):
                    days[row["measure_code"], row["day"]] += row["amount"]
            gains: dict[tuple[str, date], float] = defaultdict(float)
            for (code, day), amount in days.items():
                is_one = code == "open_day_count"  # however many branches were open
                gains[code, day.replace(day=1)] += 1 if is_one else amount
            expected = [
                {"measure_code": code, "month": month, "amount": amount}
                for (code, month), amount in sorted(gains.items())
            ]
            asked = {"start_date": start, "end_date": end, "branches": branches}
            agree(judged.ask("measures_by_month", **asked), expected)


# --- events


def meets(event: Row, target: Target) -> bool | None:
    """Return whether one condition of a clause holds, None where a blank field decides."""
    if not target.quality:
        return None
    said = [
        None
        if event.get(one.field) is None
        else event[one.field] in one.one_of
        if one.one_of
        else event[one.field] >= one.minimum
        for one in target.quality
    ]
    if True in said:
        return True
    return None if None in said else False


def missing(event: Row, target: Target) -> str | None:
    if not target.quality or meets(event, target) is not None:
        return None
    return min(one.field for one in target.quality if event.get(one.field) is None)


def events_of(judged: Judged, target: Target) -> list[Row]:
    """Return the events of its year that a promise speaks of, held or not."""
    return [
        event
        for event in judged.rows["events"]
        if event["event_kind"] == KINDS.get(target.measure)
        and event["held_on"].year == target.plan_year
        and (target.scope == "network" or event["branch_code"] == "main")
    ]


@as_of_days
def test_events_behind(judged, as_of):
    fields = ("attendance_count", "speaker_rank", "work_count", "wall_metres", "place_kind")
    for asked in (None, "lectures"):
        expected = []
        for target in targets_of(as_of):
            for event in events_of(judged, target) if asked in (None, target.code) else []:
                state = "held" if event["is_held"] else "not_held"
                has_come = event["held_on"] <= as_of  # of what is scheduled no more is known
                expected.append(
                    {"target_code": target.code}
                    | picked(event, "event_kind", "title", "held_on", "branch_code")
                    | {"state": state if has_come else "scheduled"}
                    | {n: event.get(n) if has_come else None for n in (*fields, "loan_count")}
                    | {"has_clause": bool(target.quality)}
                    | {"meets_clause": meets(event, target) if has_come else None}
                    | {"missing_field": missing(event, target) if has_come else None}
                )
        expected.sort(
            key=lambda row: (
                row["target_code"],
                -row["held_on"].toordinal(),
                row["title"],
                row["branch_code"] is None,
                row["branch_code"] or "",
            )
        )
        assert judged.ask("events_behind", as_of=as_of, target=asked) == expected


# --- opening hours


def holidays() -> list[tuple[date, date, str, str]]:
    with (DATA / "holidays.csv").open(encoding="utf-8") as file:
        return [
            (date.fromisoformat(first), date.fromisoformat(last), zh, en)
            for first, last, zh, en in list(csv.reader(file))[1:]
        ]


HOLIDAYS = holidays()


def holiday_of(monday: date) -> Row:
    """Return the names of the holidays of a week, of several the first by name."""
    found = [row[2:] for row in HOLIDAYS if row[0] <= monday + 6 * DAY and monday <= row[1]]
    zh, en = zip(*found, strict=True) if found else ([None], [None])
    return {"holiday_zh": min(zh), "holiday_en": min(en)}


def weeks_of(judged: Judged, as_of: date) -> dict[str, list[Row]]:
    """Return the weeks of a year (ISO 8601) by branch."""
    weeks: dict[str, list[Row]] = {"main": [], "east": []}
    for row in judged.tables["opening_weeks"]:
        monday = row["week_start"]
        is_of_year = monday.isocalendar().year == as_of.year
        if is_of_year and row["branch_code"] in weeks:
            is_over = monday + 6 * DAY <= as_of
            week = picked(row, "week_start", "open_hours") | {"is_over": is_over}
            weeks[row["branch_code"]].append(week | holiday_of(monday))
    return weeks


def weeks_of_scope(judged: Judged, as_of: date) -> list[Row]:
    """Return the weeks of a year as the hours promised in it are held against."""
    scope = PLAN[as_of.year].targets["weekly_hours"].scope
    return [
        {
            "week_start": monday,
            "open_hours": row["open_hours"],
            "is_over": monday + 6 * DAY <= as_of,
        }
        | holiday_of(monday)
        for row in judged.tables["scope_weeks"]
        if row["scope"] == scope and (monday := row["week_start"]).isocalendar().year == as_of.year
    ]


def branch_row(branch: str) -> Row:
    name_en = {"main": "Library", "east": "East"}[branch]
    return {"branch_code": branch, "name_zh": "馆", "name_en": name_en, "is_main": branch == "main"}


@as_of_days
def test_opening_by_week(judged, as_of):
    goal = judged.reading(PROMISED[0], as_of)["goal"]
    expected = [
        week | {"goal": goal, "is_kept": week["open_hours"] >= goal}
        for week in sorted(weeks_of_scope(judged, as_of), key=lambda week: week["week_start"])
    ]
    assert judged.ask("opening_by_week", as_of=as_of) == expected


@as_of_days
def test_opening_by_branch(judged, as_of):
    goal = judged.reading(PROMISED[0], as_of)["goal"]
    expected = []
    for branch, all_weeks in weeks_of(judged, as_of).items():
        weeks = [week for week in all_weeks if week["is_over"]]
        if not weeks or (branch != "main" and as_of.year == 2018):  # when it was main's promise
            continue
        kept = [week for week in weeks if week["open_hours"] >= goal]
        outside = [week["open_hours"] >= goal for week in weeks if week["holiday_zh"] is None]
        worst = min(weeks, key=lambda week: (week["open_hours"], week["week_start"]))
        expected.append(
            branch_row(branch)
            | {
                "goal": goal,
                "week_count": len(weeks),
                "kept_count": len(kept),
                "kept_share": len(kept) / len(weeks),
                "kept_outside_share": sum(outside) / len(outside) if outside else None,
                "worst_hours": worst["open_hours"],
                "worst_week": worst["week_start"],
            }
            | picked(worst, "holiday_zh", "holiday_en")
        )
    agree(judged.ask("opening_by_branch", as_of=as_of), expected)


# --- what stands behind each value


def evidence_of_events(judged: Judged, target: Target, as_of: date) -> Row:
    events = events_of(judged, target)
    held = [event for event in events if event["is_held"] and event["held_on"] <= as_of]
    said = [meets(event, target) for event in held]
    return {
        "held_count": len(held) if target.measure in KINDS else None,
        "clause_count": said.count(True) if target.quality else None,
        "clause_unknown_count": said.count(None) if target.quality else None,
        "scheduled_count": sum(event["held_on"] > as_of for event in events) if events else None,
    }


def evidence_of_hours(judged: Judged, target: Target, as_of: date) -> Row:
    names = ("week", "kept_week", "announced_week", "announced_kept_week")
    counts: tuple[int | None, ...] = (None, None, None, None)
    if target.every_week:
        busy = [
            gain["day"] - gain["day"].weekday() * DAY
            for gain in judged.tables["scope_days"]
            if (gain["measure_code"], gain["scope"]) == (target.measure, target.scope)
            and gain["day"] <= date(as_of.year, 12, 31)
        ]
        weeks = event_weeks(judged, as_of, busy)
        if weeks:
            counts = (len(weeks), sum(week in busy for week in weeks), None, None)
    if target.kind != "compliance":
        return dict(zip([f"{name}_count" for name in names], counts, strict=True)) | {
            "worst_week": None
        }
    goal = judged.reading(target, as_of)["goal"]
    weeks = weeks_of_scope(judged, as_of)
    over = [week["open_hours"] >= goal for week in weeks if week["is_over"]]
    ahead = [week["open_hours"] >= goal for week in weeks if not week["is_over"]]
    counts = (len(over), sum(over), len(ahead), sum(ahead))
    worst = min(
        (week for week in weeks if week["is_over"]),
        key=lambda week: (week["open_hours"], week["week_start"]),
        default={"week_start": None},
    )
    return {f"{name}_count": count for name, count in zip(names, counts, strict=True)} | {
        "worst_week": worst["week_start"]
    }


def event_weeks(judged: Judged, as_of: date, busy: list[date]) -> list[date]:
    """Return the Mondays of the weeks that are over, from the first whole one of the register."""
    first = min(event["held_on"] for event in judged.rows["events"])
    days = [date(as_of.year, 1, 1) + n * DAY for n in range(-6, 366)]
    return [
        day
        for day in days
        if day.weekday() == 0
        and day.isocalendar().year == as_of.year
        and min(day + 6 * DAY, date(as_of.year, 12, 31)) <= as_of
        and (day >= first or day in busy)
    ]


def evidence_of_cases(judged: Judged, target: Target, as_of: date) -> Row:
    """Count the cases answered in the year: who did not rate theirs bounds the share."""
    rated = [
        case["is_satisfied"]
        for case in judged.rows["feedback"]
        if case["answered_on"] and date(as_of.year, 1, 1) <= case["answered_on"] <= as_of
        if target.scope == "network" or case["branch_code"] == "main"
    ]
    known = [said for said in rated if said is not None]
    return {
        "distributed_count": len(rated) if known else None,
        "returned_count": None,
        "answer_count": len(known) or None,
        "satisfied_count": sum(known) if known else None,
    }


def evidence_of_answers(judged: Judged, target: Target, as_of: date) -> Row:
    if target.measure == "feedback_satisfaction":
        return evidence_of_cases(judged, target, as_of)
    waves = [
        row
        for row in judged.tables["survey_shares"]
        if (row["measure_code"], row["scope"]) == (target.measure, target.scope)
        and date(as_of.year, 1, 1) <= row["day"] <= as_of
    ]
    last: Row = max(waves, key=lambda row: row["day"], default={})
    return {
        "distributed_count": last.get("distributed_count"),
        "returned_count": last.get("returned_count"),
        "answer_count": last.get("valid_count"),
        "satisfied_count": last.get("satisfied_count"),
    }


@as_of_days
def test_plan_evidence(judged, as_of):
    of_year = [row for row in judged.tables["calendar_days"] if row["calendar_year"] == as_of.year]
    open_days_left = sum(row["is_open"] for row in of_year if row["day"] > as_of)
    announced = {
        row["day"]
        for row in judged.rows["opening_hours"]
        if row["day"].year == as_of.year and row["day"] > as_of
    }
    expected = []
    for target in targets_of(as_of):
        row = judged.reading(target, as_of)
        gained = [
            gain["day"]
            for gain in judged.tables["scope_days"]
            if (gain["measure_code"], gain["scope"]) == (target.measure, target.scope)
            and gain["day"] <= as_of
        ]
        evidence = (
            evidence_of_events(judged, target, as_of)
            | evidence_of_hours(judged, target, as_of)
            | evidence_of_answers(judged, target, as_of)
            | {"open_days_left": open_days_left, "last_day": max(gained, default=None)}
            | {"calendar_stated_on": None}  # nobody says when hours or events were announced
            | picked(row, "target_code", "goal", "stretch", "expected_value", "projected_value")
            | picked(row, "reason", "pace_basis", "done", "start_value", "base", "expected_share")
            | picked(row, "lower_share", "upper_share")
        )
        if target.code == "open_days" and as_of.year == 2019:  # of which all hours are known
            evidence["scheduled_count"] = len(announced)
        expected.append(evidence)
    assert judged.ask("plan_evidence", as_of=as_of) == expected
