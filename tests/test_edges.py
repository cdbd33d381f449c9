"""What happened on the first day of a period, on its last, the day before and the day after.

Registers with something of every kind on each such day, at two branches, at one that the network
does not list and at none, asked for periods and days that begin and end there; beside each answer
the same one in plain Python over the records.
"""

import csv
import random
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date
from itertools import product
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

import duckdb
import pytest
from conftest import DAY, OWN_OF_TESTS, Library

from guanqing.paths import DATA
from guanqing.plan import Condition, Plan, Revision, Target, survey

Row = dict[str, Any]


class Asked(NamedTuple):
    """A period, its end the day after, the day it is seen from, and a choice of branches."""

    start: date
    end: date
    as_of: date
    branches: list[str] | None = None

    def holds(self, day: date | None) -> bool:
        return day is not None and self.start <= day < self.end

    def chosen(self, row: Row) -> bool:
        return self.branches is None or row["branch_code"] in self.branches

    def params(self, *names: str) -> Row:
        """Return what a query is to be given of this: the period, and what else is named."""
        return {"start_date": self.start, "end_date": self.end} | {
            name: getattr(self, name) for name in names
        }


WHEN = [
    Asked(date(2019, 2, 1), date(2019, 7, 1), date(2019, 6, 15)),  # seen before it is over
    Asked(date(2019, 2, 1), date(2019, 6, 15), date(2019, 7, 1)),  # seen afterwards
    Asked(date(2019, 2, 1), date(2019, 6, 15), date(2019, 6, 15)),  # on the day after it
    Asked(date(2019, 6, 15), date(2019, 6, 16), date(2019, 6, 15)),  # a day
    Asked(date(2018, 12, 1), date(2019, 1, 1), date(2018, 12, 31)),  # the year before
    Asked(date(2019, 7, 1), date(2020, 1, 1), date(2019, 6, 15)),  # to come
]
EDGES = sorted(
    {day + n * DAY for when in WHEN for day in when[:3] for n in (-1, 0, 1)} - {date(2020, 1, 2)}
)
WHERE = [None, ["main"], ["east", "nowhere"], []]
ASKED = [when._replace(branches=branches) for when in WHEN for branches in WHERE]
PLACES = ["main", "east", "nowhere", None]


def named(folder: Path) -> dict[Any, tuple[str, str]]:
    """Return both names of each code of a list."""
    with (folder / "codes.csv").open(encoding="utf-8") as file:
        return {(r["list"], r["code"]): (r["name_zh"], r["name_en"]) for r in csv.DictReader(file)}


# as the library of the tests calls them, and what a questionnaire names for itself
CODES = (
    named(DATA)
    | named(OWN_OF_TESTS.folder)
    | {("survey_group", "seniors"): ("老年读者", "Seniors")}
)
NAMES = {"main": ("总馆", "Main"), "east": ("东馆", "East")}


def names(kind: str, code: str | None, what: str) -> Row:
    """Return the two columns that name a code, which is its own name where nobody gave it one."""
    found = NAMES.get(code or "") if kind == "branch" else CODES.get((kind, code))
    zh, en = found or (code, code)
    return {f"{what}_name_zh": zh, f"{what}_name_en": en}


def last(value: Any) -> tuple[bool, Any]:
    """Return what sorts as the engine does, null behind everything."""
    return value is None, value or ""


def agree(answer: list[Row], expected: list[Row]) -> None:
    """Hold every column of an answer equal to what was expected, in the same order."""
    assert [set(row) for row in answer] == [set(row) for row in expected]
    for row, wanted in zip(answer, expected, strict=True):
        inexact = {name: value for name, value in wanted.items() if isinstance(value, float)}
        assert row == wanted | {name: pytest.approx(inexact[name]) for name in inexact}


# --- a library of two branches, its plan and its registers

WORDS = {"zh": "诺", "en": "Promise"}


def promise(year: int, code: str, measure: str, *quality: Condition, **more: Any) -> Target:
    kind = "survey" if measure.endswith("satisfaction") else "total"
    return Target(
        year,
        code,
        kind,
        measure,
        **({"goal": 10.0, "name": WORDS, "unit": WORDS} | more),
        quality=quality,
    )


def revised(since: date, goal: float) -> Revision:
    return Revision(since, goal, WORDS)


RANK = Condition("speaker_rank", one_of=("full_senior", "vice_senior"))
PLACE = Condition("place_kind", one_of=("school", "community"))
LARGE = (Condition("wall_metres", 200.0), Condition("work_count", 200.0))
FULL = Condition("attendance_count", 50.0)
# in another order than that of the codes, as every order of a plan may be
PROMISED = {
    2019: [
        promise(2019, "words", "feedback_satisfaction", goal=0.1),
        promise(2019, "weekly", "featured_count", every_week=True),
        promise(2019, "trips", "mobile_trip_count", FULL, every_week=True),
        promise(2019, "lent", "mobile_loan_count", PLACE),
        promise(2019, "lectures", "lecture_count", RANK),
        promise(2019, "shows", "exhibition_count", *LARGE),
        promise(2019, "outreach", "outreach_count"),
        promise(
            2019,
            "pleased",
            "reader_satisfaction",
            goal=0.5,
            by_branch={"main": 0.2},
            revisions=(revised(date(2019, 6, 15), 0.7), revised(date(2019, 12, 31), 0.9)),
        ),
        promise(2019, "also_pleased", "reader_satisfaction", goal=0.3),
    ],
    2018: [
        promise(
            2018,
            "pleased",
            "reader_satisfaction",
            goal=0.4,
            revisions=(revised(date(2018, 12, 31), 0.6),),
        ),
        promise(2018, "lectures", "lecture_count", FULL, every_week=True),
        promise(2018, "outreach", "outreach_count", PLACE),
    ],
}  # fmt: skip
COUNTS = {
    "featured_count": "featured",
    "mobile_trip_count": "mobile_trip",
    "mobile_loan_count": "mobile_trip",
    "lecture_count": "lecture",
    "exhibition_count": "exhibition",
    "outreach_count": "outreach",
}

EVENTS: list[Row] = [
    *({"event_kind": "lecture", "title": str(r), "speaker_rank": r, "attendance_count": n}
      for r, n in [("vice_senior", 50), ("other", 49), (None, None)]),
    *({"event_kind": "exhibition", "title": f"{m}/{n}", "wall_metres": m, "work_count": n}
      for m, n in [(200.0, None), (199.0, 200), (199.0, 199), (None, 199)]),
    *({"event_kind": "mobile_trip", "title": f"{n} {p}", "attendance_count": n, "place_kind": p}
      for n, p in [(50, "school"), (49, "office"), (49, None), (50, "other"), (None, "school")]),
    {"event_kind": "outreach", "title": "school", "place_kind": "school", "attendance_count": 0},
    {"event_kind": "outreach", "title": "office", "place_kind": "office", "attendance_count": 8},
    {"event_kind": "featured", "title": "school", "attendance_count": 7},
    {"event_kind": "puppets", "title": "school", "attendance_count": None},
]  # fmt: skip


@pytest.fixture(scope="module")
def place(tables: duckdb.DuckDBPyConnection) -> Iterator[Library]:
    """Yield the library of this module, made once: its registers are full."""
    library = Library(tables)
    for branch_code, (zh, en) in NAMES.items():
        is_main = branch_code == "main"
        library.put("branches", branch_code=branch_code, name_zh=zh, name_en=en, is_main=is_main)
    library.promise(
        *(Plan(year, {target.code: target for target in of}) for year, of in PROMISED.items())
    )
    library.put("settings", value=3000.0)  # no term of days
    library.put("settings", setting_code="feedback_answer_days", value=10.0, unit="days")
    stage_events(library)
    receive_feedback(library)
    call_volunteers(library)
    inspect(library)
    ask_readers(library, random.Random(8))
    a_group = ["survey_group", "seniors", *CODES["survey_group", "seniors"]]
    library.connection.execute("insert into codes values (?, ?, ?, ?)", a_group)
    yield library
    library.connection.execute("delete from codes where list = 'survey_group' and code = 'seniors'")
    library.empty()


# --- events


def stage_events(place: Library) -> None:
    """Hold and announce everything on each edge; in other weeks only on a Sunday, a Monday."""
    for day, branch_code, event, is_held in product(EDGES, PLACES, EVENTS, [True, False]):
        title = event["title"] + ("" if is_held else " not")
        of_it = {"held_on": day, "branch_code": branch_code, "is_held": is_held, "title": title}
        place.put("events", **(event | of_it))
    for day, is_held in [(17, True), (18, True), (27, False)]:
        place.put("events", event_kind="featured", held_on=date(2019, 3, day), is_held=is_held)


@pytest.fixture
def events(place: Library) -> list[Row]:
    return place.rows["events"]


def clause(event: Row, quality: tuple[Condition, ...]) -> tuple[str | None, str | None]:
    """Return how an event meets a clause of which one condition will do, and what is not known."""
    if not quality:
        return None, None
    values = {one.field: event.get(one.field) for one in quality}
    if any(
        values[one.field] is not None
        and (values[one.field] in one.one_of if one.one_of else values[one.field] >= one.minimum)
        for one in quality
    ):
        return "met", None
    missing = [name for name, value in values.items() if value is None]
    return ("unknown", min(missing)) if missing else ("not_met", None)


def clauses(event: Row) -> list[tuple[str | None, str | None]]:
    """Return what each promise of its year that asks something of an event finds."""
    return [
        clause(event, target.quality)
        for target in PROMISED.get(event["held_on"].year, [])
        if COUNTS.get(target.measure) == event["event_kind"] and target.quality
    ]


@pytest.mark.slow
def test_events_listed(place, events):
    for asked in ASKED:
        expected = []
        for event in filter(asked.chosen, events):
            day = event["held_on"]
            is_announced = asked.end > asked.as_of and asked.start <= day <= date(
                asked.as_of.year, 12, 31
            )
            if not (asked.holds(day) or is_announced):
                continue
            state = "held" if event["is_held"] else "not_marked"
            state = "scheduled" if day > asked.as_of else state
            found = clauses(event) if state == "held" else []
            said = [verdict for verdict, _ in found]
            expected.append(
                {"event_kind": event["event_kind"]}
                | names("event_kind", event["event_kind"], "kind")
                | {"title": event["title"], "held_on": day}
                | names("branch", event["branch_code"], "branch")
                | {
                    "attendance_count": event.get("attendance_count") if state == "held" else None,
                    "state": state,
                    "clause": next((v for v in ("not_met", "unknown", "met") if v in said), None),
                    "missing_field": min(filter(None, (field for _, field in found)), default=None),
                    "order": (day, event["event_kind"], event["title"], last(event["branch_code"])),
                }
            )
        expected.sort(key=lambda row: row.pop("order"))
        assert (
            place.ask("events_listed", **asked.params("as_of", "branches")).to_dicts() == expected
        )


def held(asked: Asked, events: list[Row]) -> list[Row]:
    return [
        event
        for event in filter(asked.chosen, events)
        if event["is_held"] and asked.holds(event["held_on"]) and event["held_on"] <= asked.as_of
    ]


def whole(counts: list[int | None]) -> int | None:
    """Return a sum of what was counted, None where nothing was."""
    known = [count for count in counts if count is not None]
    return sum(known) if known else None


def test_attendance_by_kind(place, events):
    for asked in ASKED:
        kinds = defaultdict(list)
        for event in held(asked, events):
            kinds[event["event_kind"]].append(event.get("attendance_count"))
        expected = [
            {"event_kind": kind}
            | names("event_kind", kind, "kind")
            | {
                "event_count": len(came),
                "counted_count": len(came) - came.count(None),
                "uncounted_count": came.count(None),
                "attendance_count": whole(came),
                "median_attendance": median(n for n in came if n is not None)
                if whole(came) is not None
                else None,
            }
            for kind, came in sorted(kinds.items(), key=lambda found: (-len(found[1]), found[0]))
        ]
        agree(
            place.ask("attendance_by_kind", **asked.params("as_of", "branches")).to_dicts(),
            expected,
        )


def plan_days() -> list[date]:
    """Return days a plan is judged at: before the first event, some of EDGES, around a Sunday."""
    return [
        EDGES[0] - DAY,
        *EDGES[::3],
        date(2018, 12, 31),
        date(2019, 3, 16),
        date(2019, 3, 17),
        date(2019, 12, 31),
    ]


def held_for(target: Target, as_of: date, events: list[Row]) -> list[Row]:
    """Return what was held by a day in its year of the kind a promise speaks of."""
    return [
        event
        for event in events
        if event["event_kind"] == COUNTS.get(target.measure)
        and event["is_held"]
        and date(as_of.year, 1, 1) <= event["held_on"] <= as_of
    ]


def busy_weeks(target: Target, as_of: date, events: list[Row]) -> set[date]:
    """Return the Mondays of the weeks of a year with something held, its first day's too."""
    kind, last = COUNTS.get(target.measure), date(as_of.year, 12, 31)
    held = [e["held_on"] for e in events if e["is_held"] and e["event_kind"] == kind]
    return {day - day.weekday() * DAY for day in held if day <= last}


def weeks_over(target: Target, as_of: date, events: list[Row]) -> list[date]:
    """Return the Mondays of the weeks of a year (ISO 8601) that are over, as far as recorded."""
    days = [date(as_of.year, 1, 1) + n * DAY for n in range(-6, 366)]
    mondays = [day for day in days if day.weekday() == 0]
    first, busy = min(event["held_on"] for event in events), busy_weeks(target, as_of, events)
    return [
        day
        for day in mondays
        if day.isocalendar().year == as_of.year
        and min(day + 6 * DAY, date(as_of.year, 12, 31)) <= as_of
        and (day >= first or day in busy)
    ]


def empty_weeks(target: Target, as_of: date, events: list[Row]) -> list[date]:
    busy = busy_weeks(target, as_of, events)
    return [monday for monday in weeks_over(target, as_of, events) if monday not in busy]


def test_clauses_kept(place, events):
    for as_of in plan_days():
        expected = []
        for target in PROMISED.get(as_of.year, []):
            mine = held_for(target, as_of, events)
            said = Counter(clause(event, target.quality)[0] for event in mine)
            empty = len(empty_weeks(target, as_of, events))
            over = len(weeks_over(target, as_of, events))
            row = {"target_code": target.code, "held_count": len(mine)}
            for verdict in ("met", "not_met", "unknown"):
                row[f"{verdict}_count"] = said[verdict] if target.quality else None
            week_counts = {"week": over, "eventful_week": over - empty, "empty_week": empty}
            for name, count in week_counts.items():
                row[f"{name}_count"] = count if target.every_week else None
            if min(event["held_on"] for event in events) > as_of:  # nothing is known yet
                row = dict.fromkeys(row) | {"target_code": target.code}
            if target.quality or target.every_week:
                expected.append(row)
        assert place.ask("clauses_kept", as_of=as_of).to_dicts() == expected


def test_weeks_without_event(place, events):
    for as_of in plan_days():
        weekly = [target for target in PROMISED.get(as_of.year, []) if target.every_week]
        expected = [
            {"target_code": target.code, "week_start": monday, "week_end": monday + 6 * DAY}
            for target in sorted(weekly, key=lambda target: target.code)
            for monday in empty_weeks(target, as_of, events)
        ]
        assert place.ask("weeks_without_event", as_of=as_of).to_dicts() == expected


def test_clauses_broken(place, events):
    for as_of in plan_days():
        expected = []
        for target in PROMISED.get(as_of.year, []):
            for event in held_for(target, as_of, events):
                verdict, _ = clause(event, target.quality)
                if verdict not in ("not_met", "unknown"):
                    continue
                for condition in target.quality:
                    value = event.get(condition.field)
                    amount, code = (None, value) if condition.one_of else (value, None)
                    expected.append(
                        {
                            "target_code": target.code,
                            "title": event["title"],
                            "held_on": event["held_on"],
                        }
                        | names("branch", event["branch_code"], "branch")
                        | {
                            "verdict": verdict,
                            "field_name": condition.field,
                            "minimum": condition.minimum,
                            "amount": amount,
                        }
                        | names(condition.field, code, "code")
                        | {"order": last(event["branch_code"])}
                    )
        expected.sort(
            key=lambda row: (
                row["target_code"],
                row["held_on"],
                row["title"],
                row.pop("order"),
                row["field_name"],
            )
        )
        assert place.ask("clauses_broken", as_of=as_of).to_dicts() == expected


# --- feedback


def receive_feedback(place: Library) -> None:
    """Receive cases on each edge that are answered on another, or about their term, or not."""
    serial = iter(range(10_000))
    waiting = [when.as_of - days * DAY for when in WHEN for days in (10, 11)]
    for received_on, branch_code in product(sorted({*EDGES, *waiting}), PLACES):
        spans = [9, 10, 11, 12, *((day - received_on).days for day in EDGES if day >= received_on)]
        for days in [None, *spans[:12]]:
            number = next(serial)
            place.put(
                "feedback",
                case_number=f"{number:05}",
                received_on=received_on,
                answered_on=None if days is None else received_on + days * DAY,
                branch_code=branch_code,
                is_satisfied=[True, True, False, None][number % 4],
            )


@pytest.fixture(params=[10, None], ids=["term", "no_term"])
def cases(place: Library, request: pytest.FixtureRequest) -> tuple[list[Row], int | None]:
    """Return the cases and the days in which they are to be answered, where that is set."""
    place.derive()
    place.connection.execute(
        "update settings set value = ? where setting_code = 'feedback_answer_days'", [request.param]
    )
    return place.rows["feedback"], request.param


def outcome(case: Row, as_of: date, term: int | None) -> str:
    """Return what had become of a case by a day."""
    answered_on = case["answered_on"]
    is_answered = answered_on is not None and answered_on <= as_of
    days = ((answered_on if is_answered else as_of) - case["received_on"]).days
    if term is None:
        return "answered" if is_answered else "open"
    if is_answered:
        return "in_time" if days <= term else "late"
    return "overdue" if days > term else "waiting"


def outcomes(asked: Asked, feedback: list[Row], term: int | None) -> Counter[tuple[date, str]]:
    """Return how many cases received in each month of the period had come to what."""
    return Counter(
        (case["received_on"].replace(day=1), outcome(case, asked.as_of, term))
        for case in filter(asked.chosen, feedback)
        if asked.holds(case["received_on"]) and case["received_on"] <= asked.as_of
    )


def in_time_share(came_to: Counter[str], term: int | None) -> float | None:
    due = came_to["in_time"] + came_to["late"] + came_to["overdue"]
    return came_to["in_time"] / due if term and due else None


def test_feedback_by_month(place, cases):
    for asked in ASKED:
        expected = [
            {"month": month, "outcome": said, "case_count": count}
            for (month, said), count in sorted(outcomes(asked, *cases).items())
        ]
        assert (
            place.ask("feedback_by_month", **asked.params("as_of", "branches")).to_dicts()
            == expected
        )


def test_feedback_handled(place, cases):
    feedback, term = cases
    for asked in ASKED:
        came_to: Counter[str] = Counter()
        for (_, said), count in outcomes(asked, *cases).items():
            came_to[said] += count
        answered = [
            case
            for case in filter(asked.chosen, feedback)
            if asked.holds(case["answered_on"]) and case["answered_on"] <= asked.as_of
        ]
        rated = [case["is_satisfied"] for case in answered if case["is_satisfied"] is not None]
        days = [(case["answered_on"] - case["received_on"]).days for case in answered]
        lower, upper = survey.wilson(sum(rated), len(rated)) if rated else (None, None)
        expected = {
            "case_count": came_to.total()
            if min(case["received_on"] for case in feedback) < asked.end
            else None,
            "term_days": term and float(term),
            "in_time_count": came_to["in_time"] if term else None,
            "late_count": came_to["late"] if term else None,
            "open_count": came_to["overdue"] + came_to["waiting"] + came_to["open"],
            "overdue_count": came_to["overdue"] if term else None,
            "judged_count": came_to["in_time"] + came_to["late"] + came_to["overdue"]
            if term
            else None,
            "in_time_share": in_time_share(came_to, term),
            "answered_count": len(answered),
            "median_days": float(median(days)) if days else None,
            "rated_count": len(rated),
            "satisfied_count": sum(rated),
            "satisfied_share": sum(rated) / len(rated) if rated else None,
            "lower_share": lower,
            "upper_share": upper,
            "least_share": sum(rated) / len(answered) if rated else None,
            "most_share": (sum(rated) + len(answered) - len(rated)) / len(answered)
            if rated
            else None,
        }
        agree(
            place.ask("feedback_handled", **asked.params("as_of", "branches")).to_dicts(),
            [expected],
        )


def test_feedback_open(place, cases):
    feedback, term = cases
    for as_of, branches in product(EDGES[::2], WHERE):
        asked = Asked(as_of, as_of, as_of, branches)
        waiting = [
            case
            for case in filter(asked.chosen, feedback)
            if case["received_on"] <= as_of and outcome(case, as_of, None) == "open"
        ]
        expected = [
            {"case_number": case["case_number"], "received_on": case["received_on"]}
            | names("branch", case["branch_code"], "branch")
            | {
                "open_days": (as_of - case["received_on"]).days,
                "is_overdue": outcome(case, as_of, term) == "overdue" if term else None,
            }
            for case in sorted(waiting, key=lambda case: (case["received_on"], case["case_number"]))
        ]
        assert place.ask("feedback_open", as_of=as_of, branches=branches).to_dicts() == expected


def test_activity_headline(place, events, cases):
    for asked in ASKED:
        came_to: Counter[str] = Counter()
        for (_, said), count in outcomes(asked, *cases).items():
            came_to[said] += count
        came = [event.get("attendance_count") for event in held(asked, events)]
        is_known = min(event["held_on"] for event in events) < asked.end
        expected = {
            "event_count": len(came) if is_known else None,
            "attendance_count": whole(came),
            "feedback_in_time_share": in_time_share(came_to, cases[1]),
        }
        agree(
            place.ask("activity_headline", **asked.params("as_of", "branches")).to_dicts(),
            [expected],
        )


# --- volunteers and inspections


def call_volunteers(place: Library) -> None:
    for number, (served_on, branch_code, activity) in enumerate(
        product(EDGES, PLACES, ["整架", "引导", "读书"])
    ):
        hours = None if activity == "读书" or number % 4 == 0 else number / 2
        place.put(
            "volunteers",
            served_on=served_on,
            branch_code=branch_code,
            activity=activity,
            volunteer_count=number % 7,
            service_hours=hours,
        )


def test_volunteers_by_activity(place):
    for asked in ASKED:
        served = defaultdict(list)
        for row in filter(asked.chosen, place.rows["volunteers"]):
            if asked.holds(row["served_on"]):
                served[row["activity"]].append(row)
        expected = [
            {
                "activity": activity,
                "service_count": len(mine),
                "volunteer_count": sum(row["volunteer_count"] for row in mine),
                "service_hours": whole([row["service_hours"] for row in mine]),
                "uncounted_count": sum(row["service_hours"] is None for row in mine),
            }
            for activity, mine in served.items()
        ]
        expected.sort(key=lambda row: (-row["volunteer_count"], row["activity"]))
        agree(place.ask("volunteers_by_activity", **asked.params("branches")).to_dicts(), expected)


URGENT = ["overdue", "open", "running", "late", "withdrawn"]


def state_of(inspection: Row, as_of: date) -> str:
    """Return what had become by a day of what was found."""

    def done(what: str) -> date | None:
        day = inspection[what]
        return day if day is not None and day <= as_of else None

    term, rectified_on = inspection["rectify_by"], done("rectified_on")
    if done("withdrawn_on"):
        return "withdrawn"
    if inspection["finding"] is None:
        return "sound"
    if term is None:
        return "done" if rectified_on else "open"
    if rectified_on:
        return "in_time" if rectified_on <= term else "late"
    return "overdue" if term < as_of else "running"


def inspect(place: Library) -> None:
    """Inspect a point on each edge for each way in which something may be put right."""
    around = [None, date(2019, 6, 14), date(2019, 6, 15), date(2019, 6, 16)]
    for number, (inspected_on, finding, term, rectified_on, withdrawn_on) in enumerate(
        product(EDGES, ["灯坏", None], around, around, around)
    ):
        place.put(
            "inspections",
            point=f"{number * 7919 % 10_000:04}",
            inspected_on=inspected_on,
            finding=finding,
            rectify_by=term,
            rectified_on=rectified_on,
            withdrawn_on=withdrawn_on,
        )


def urgency(row: Row) -> int:
    """Return the place of a state in the list: what has to be done comes first."""
    if row["state"] in URGENT:
        return URGENT.index(row["state"])
    return len(URGENT) + (row["state"] == "sound")


def test_inspections_made(place):
    for asked in WHEN:
        expected = []
        for row in place.rows["inspections"]:
            if asked.holds(row["inspected_on"]):
                state = state_of(row, asked.as_of)
                seen = {
                    name: row[name] if row[name] and row[name] <= asked.as_of else None
                    for name in ("rectified_on", "withdrawn_on")
                }
                late = (asked.as_of - row["rectify_by"]).days if state == "overdue" else None
                expected.append(row | seen | {"state": state, "overdue_days": late})
        expected.sort(key=lambda row: (urgency(row), row["inspected_on"], row["point"]))
        assert place.ask("inspections_made", **asked.params("as_of")).to_dicts() == expected


# --- questionnaires


GROUPS = ["seniors", "student", "blind", "deaf"]  # students are in another list of codes


def wave(place: Library, code: str, closed_on: date, dice: random.Random) -> None:
    """Put a wave in the register, of which some answers contradict each other."""
    for question, group in product(["overall", "staff", "collection", "parking"], ["all", *GROUPS]):
        distributed, returned, valid, satisfied = sorted(
            (dice.choice([0, 3, 4, 5, 6, 20, 200, 240]) for _ in range(4)), reverse=True
        )
        if dice.random() < 0.1:
            distributed = returned = valid = satisfied = dice.choice([0, 1])
        elif dice.random() < 0.2:
            distributed, returned, valid, satisfied = dice.sample(
                [distributed, returned, valid, satisfied], 4
            )
        place.put(
            "surveys",
            survey_code=code,
            closed_on=closed_on,
            question_code=question,
            group_code=group,
            distributed_count=distributed,
            returned_count=returned,
            valid_count=valid,
            satisfied_count=satisfied,
        )


def ask_readers(place: Library, dice: random.Random) -> None:
    """Close a wave on each edge, on some of them two."""
    for number, closed_on in enumerate(EDGES):
        wave(place, f"{number:02}", closed_on, dice)
        if number % 3 == 0:
            wave(place, f"{number:02} too", closed_on, dice)


@pytest.fixture
def waves(place: Library) -> list[Row]:
    return place.rows["surveys"]


SHARES = ("satisfied_share", "lower_share", "upper_share")
COUNTED = ("distributed_count", "returned_count", "valid_count", "satisfied_count")


def fault_of(row: Row) -> str | None:
    """Return why a wave says nothing."""
    if row["satisfied_count"] > row["valid_count"]:
        return "more_satisfied_than_answers"
    if not row["distributed_count"] >= row["returned_count"] >= row["valid_count"]:
        return "more_answers_than_forms"
    return None


def found(waves: list[Row], closed_on: date, question: str, group: str) -> Row:
    """Return what the waves of a year found together up to a day, and why they may say nothing."""
    mine = [
        row
        for row in waves
        if (row["question_code"], row["group_code"]) == (question, group)
        if date(closed_on.year, 1, 1) <= row["closed_on"] <= closed_on
    ]
    sound = [row for row in mine if fault_of(row) is None]
    answer: Row = {name: sum(row[name] for row in sound or mine) for name in COUNTED}
    handed_out, returned, valid, satisfied = answer.values()
    reason = None if valid else "no_answers"
    if not sound:
        reason = max(filter(None, map(fault_of, mine)))
    interval = (None, None) if reason else survey.wilson(satisfied, valid)
    return answer | {
        "survey_code": mine[0]["survey_code"] if len(mine) == 1 else None,
        "wave_count": len(mine),
        "unsound_count": len(mine) - len(sound),
        "is_awaited": False,
        "reason": reason,
        "satisfied_share": None if reason else satisfied / valid,
        "lower_share": interval[0],
        "upper_share": interval[1],
        "return_rate": returned / handed_out
        if handed_out and reason != "more_answers_than_forms"
        else None,
        "valid_rate": valid / handed_out if handed_out and reason in (None, "no_answers") else None,
        "least_share": None if reason else satisfied / handed_out,
        "most_share": None if reason else (satisfied + handed_out - valid) / handed_out,
    }


def latest(asked: Asked, waves: list[Row]) -> date | None:
    """Return when the wave closed that is shown: the last of the period, or else the last."""
    closed = [row["closed_on"] for row in waves if row["closed_on"] <= asked.as_of]
    return max([day for day in closed if asked.holds(day)] or closed, default=None)


def goal_of(closed_on: date, as_of: date) -> float | None:
    """Return what the first promise of its year about it asks for, as it stood on the day."""
    for target in PROMISED.get(closed_on.year, []):
        if target.measure == "reader_satisfaction":
            return target.at(min(as_of, date(closed_on.year, 12, 31)))[0]
    return None


def verdict_of(answer: Row, goal: float | None, closed_on: date, as_of: date) -> str | None:
    if answer["reason"]:
        return "not_computable"
    if goal is None:
        return None
    is_over = date(closed_on.year, 12, 31) <= as_of
    if answer["lower_share"] >= goal:
        return "met" if is_over else "on_course"
    if answer["upper_share"] < goal:
        return "not_met" if is_over else "behind"
    return "not_shown"


SEEN = [
    *WHEN,
    *(Asked(date(2019, 2, 1), date(2019, 7, 1), as_of) for as_of in EDGES[::2]),
    *(Asked(as_of, as_of + DAY, as_of + DAY) for as_of in EDGES[::4]),
    Asked(date(2019, 3, 1), date(2019, 6, 14), date(2019, 6, 14)),  # a wave the day after
    Asked(date(2020, 1, 1), date(2020, 2, 1), date(2020, 1, 31)),  # no plan
]


def test_survey_by_question(place, waves):
    for asked in SEEN:
        expected = []
        closed_on = latest(asked, waves)
        goal = closed_on and goal_of(closed_on, asked.as_of)
        for question in ("overall", "staff", "collection", "parking") if closed_on else ():
            answer = found(waves, closed_on, question, "all")
            expected.append(
                {"closed_on": closed_on, "question_code": question, "goal": goal}
                | names("survey_question", question, "question")
                | {"is_in_period": asked.holds(closed_on)}
                | {"verdict": verdict_of(answer, goal, closed_on, asked.as_of)}
                | answer
            )
        expected.sort(
            key=lambda row: (
                row["question_code"] != "overall",
                row["satisfied_share"] is None,
                -(row["satisfied_share"] or 0),
                row["question_code"],
            )
        )
        agree(place.ask("survey_by_question", **asked.params("as_of")).to_dicts(), expected)


@pytest.mark.slow
def test_survey_by_group(place, waves):
    for asked, floor in product(SEEN, [5, 6]):
        expected = []
        closed_on = latest(asked, waves)
        goal = closed_on and goal_of(closed_on, asked.as_of)
        groups = GROUPS if closed_on else []
        answers = {group: found(waves, closed_on, "overall", group) for group in groups}
        by_size = sorted(groups, key=lambda group: (answers[group]["valid_count"], group))
        hidden = {group for group in groups if answers[group]["valid_count"] < floor}
        if len(hidden) == 1:
            hidden |= set(by_size[:2])
        for group, answer in answers.items():
            seen = {name: answer[name] for name in (*COUNTED, *SHARES, "reason")}
            seen["verdict"] = verdict_of(answer, goal, closed_on, asked.as_of)
            expected.append(
                {"closed_on": closed_on, "group_code": group, "goal": goal}
                | names("survey_group", group, "group")
                | {"is_hidden": group in hidden}
                | (dict.fromkeys(seen) if group in hidden else seen)
            )
        expected.sort(
            key=lambda row: (row["is_hidden"], -(row["valid_count"] or 0), row["group_code"])
        )
        agree(
            place.ask("survey_by_group", floor=floor, **asked.params("as_of")).to_dicts(), expected
        )
