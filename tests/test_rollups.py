"""Each derived table against the same question asked of the records, on random libraries."""

import random
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from math import sqrt
from typing import Any

import pytest
from conftest import DAY, Library, derived_table, fill, some_every_day

from guanqing.intake.publishing.build import derivations
from guanqing.plan import judgement, planfile

Rows = list[dict[str, Any]]
on_random_libraries = pytest.mark.parametrize("seed", some_every_day(4, 2))


@pytest.fixture
def random_library(library: Library, seed: int) -> Library:
    fill(library, random.Random(seed))
    return library


def of_kind(rows: Rows, *kinds: str) -> Rows:
    return [row for row in rows if row["event_kind"] in kinds]


def tally(library: Library, table: str, *keys: str, amount: str = "loan_count") -> Counter[Any]:
    """Return one column of a roll-up by its keys; two rows of one key are a mistake."""
    rows = library.table(table)
    counts = {tuple(row[key] for key in keys): row[amount] for row in rows}
    assert len(counts) == len(rows)
    return +Counter(counts)


def class_of(library: Library) -> dict[int | None, str]:
    return {item["item_id"]: item["class_code"] for item in library.rows["items"]}


@on_random_libraries
def test_loans_are_the_loan_events_with_their_renewals_and_return(random_library):
    events = random_library.rows["loan_events"]
    classes = class_of(random_library)
    expected = {}
    for loan in of_kind(events, "loan"):
        mine = [event for event in events if event["loan_id"] == loan["loan_id"]]
        renewals = of_kind(mine, "renewal")
        returns = of_kind(mine, "return")
        expected[loan["loan_id"]] = {
            "loan_id": loan["loan_id"],
            "reader_id": loan["reader_id"],
            "item_id": loan["item_id"],
            "class_code": classes.get(loan["item_id"], "unknown"),
            "branch_code": loan["branch_code"],
            "channel_code": loan["channel_code"],
            "loaned_at": loan["event_at"],
            "due_date": [loan, *renewals][-1]["due_date"],
            "returned_at": returns[0]["event_at"] if returns else None,
            "renewal_count": len(renewals),
        }
    loans = random_library.table("loans")
    assert {loan["loan_id"]: loan for loan in loans} == expected
    assert len(loans) == len(expected)
    assert loans == sorted(loans, key=lambda loan: (loan["loaned_at"], loan["loan_id"]))


@on_random_libraries
@pytest.mark.parametrize("kind", ["loan", "renewal", "return"])
def test_circulation_days_count_every_event(random_library, kind):
    expected = Counter(
        (event["event_at"].date(), event["branch_code"], event["channel_code"])
        for event in of_kind(random_library.rows["loan_events"], kind)
    )
    keys = ("day", "branch_code", "channel_code")
    assert tally(random_library, "circulation_days", *keys, amount=f"{kind}_count") == expected


def test_one_event_can_stand_for_several_renewals(library, put):
    """Some systems keep a count and the last stamp only."""
    put("loan_events")
    put("loan_events", event_kind="renewal", event_at=datetime(2019, 4, 1, 9), quantity=3)
    (loan,) = library.table("loans")
    assert loan["renewal_count"] == 3
    days = library.table("circulation_days")
    assert [(row["loan_count"], row["renewal_count"]) for row in days] == [(1, 0), (0, 3)]


@on_random_libraries
def test_loan_hours_count_every_loan(random_library):
    expected = Counter(
        (loan["event_at"].date(), loan["branch_code"], loan["event_at"].hour)
        for loan in of_kind(random_library.rows["loan_events"], "loan")
    )
    assert tally(random_library, "loan_hours", "day", "branch_code", "hour") == expected


@on_random_libraries
def test_class_days_count_every_loan(random_library):
    classes = class_of(random_library)
    expected = Counter(
        (loan["event_at"].date(), loan["branch_code"], classes.get(loan["item_id"], "unknown"))
        for loan in of_kind(random_library.rows["loan_events"], "loan")
    )
    assert tally(random_library, "class_days", "day", "branch_code", "class_code") == expected


@on_random_libraries
def test_reader_days_count_every_loan_of_a_known_reader(random_library):
    expected = Counter(
        (loan["event_at"].date(), loan["branch_code"], loan["reader_id"])
        for loan in of_kind(random_library.rows["loan_events"], "loan")
        if loan["reader_id"] is not None
    )
    assert tally(random_library, "reader_days", "day", "branch_code", "reader_id") == expected


@on_random_libraries
def test_each_day_of_a_reader_knows_the_one_before(random_library):
    days = random_library.table("reader_days")
    for reader_id in {row["reader_id"] for row in days}:
        mine = sorted(
            (row["day"], row["branch_code"] or "~", row["previous_day"])  # no branch comes last
            for row in days
            if row["reader_id"] == reader_id
        )
        assert [before for *_, before in mine] == [None, *[day for day, *_ in mine[:-1]]]


@on_random_libraries
def test_borrower_days_count_each_reader_of_a_day_once_by_the_day_before(random_library):
    """In the whole network, and in each branch by the day before at that branch."""
    days: dict[tuple[str, int], set[date]] = {}
    for loan in of_kind(random_library.rows["loan_events"], "loan"):
        if loan["reader_id"] is not None:
            for scope in {"*", loan["branch_code"]} - {None}:
                days.setdefault((scope, loan["reader_id"]), set()).add(loan["event_at"].date())
    expected: Counter[Any] = Counter()
    for (scope, _), mine in days.items():
        ordered = sorted(mine)
        before = [None, *ordered[:-1]]
        expected.update((scope, *pair) for pair in zip(ordered, before, strict=True))
    keys = ("scope", "day", "previous_day")
    assert tally(random_library, "borrower_days", *keys, amount="borrower_count") == expected


@on_random_libraries
def test_every_reader_is_new_once_at_one_branch_if_at_any(random_library):
    rows = random_library.table("borrower_days")
    new = Counter({"network": 0, "branches": 0})
    for row in rows:
        new["network" if row["scope"] == "*" else "branches"] += row["new_borrower_count"]
    firsts = [row for row in random_library.table("reader_days") if row["previous_day"] is None]
    assert new["network"] == len(firsts)
    assert new["branches"] == len([row for row in firsts if row["branch_code"] is not None])


@on_random_libraries
@pytest.mark.parametrize("kind", ["issue", "cancel"])
def test_card_days_count_every_card_issued_and_cancelled(random_library, kind):
    expected = Counter(
        (event["event_at"].date(), event["branch_code"], event["channel_code"])
        for event in of_kind(random_library.rows["card_events"], kind)
    )
    amount = {"issue": "issued_count", "cancel": "cancelled_count"}[kind]
    keys = ("day", "branch_code", "channel_code")
    assert tally(random_library, "card_days", *keys, amount=amount) == expected


@on_random_libraries
def test_each_card_ends_once_where_it_was_issued(random_library):
    """By its cancellation or on the day after its last, whichever comes first."""
    last_day = date(2019, 12, 31)
    expires = {r["reader_id"]: r["card_expires_on"] for r in random_library.rows["readers"]}
    cards = random_library.rows["card_events"]
    cancelled = {card["reader_id"]: card["event_at"].date() for card in of_kind(cards, "cancel")}
    issued = {card["reader_id"] for card in of_kind(cards, "issue")}
    branches = {card["reader_id"]: card["branch_code"] for card in cards}
    expected: Counter[Any] = Counter()
    for reader_id in issued | cancelled.keys():
        ends = {cancelled.get(reader_id)}
        runs_out = expires.get(reader_id)
        if runs_out and runs_out < last_day and reader_id in issued:
            ends.add(runs_out + DAY)
        if days := ends - {None}:
            expected[min(days), branches[reader_id]] += 1
    ended: Counter[Any] = Counter()
    for row in random_library.table("card_days"):
        ended[row["day"], row["branch_code"]] += row["ended_count"]
    assert +ended == expected


@on_random_libraries
def test_measure_days_gain_what_the_records_gained(random_library):
    rows = random_library.rows
    gains: Counter[Any] = Counter()
    known = set()

    def gain(measure_code: str, day: date, branch: str | None, amount: float) -> None:
        known.add((measure_code, day, branch))
        gains[measure_code, day, branch] += amount

    for measure_code, event, amount in lent(rows["loan_events"]):
        gain(measure_code, event["event_at"].date(), event["branch_code"], amount)
    for gate in rows["visits"]:
        gain("visit_count", gate["day"], gate["branch_code"], gate["visit_count"])
    for card in random_library.table("card_days"):  # held to the records by the tests above
        net = card["issued_count"] - card["ended_count"]
        gain("card_holder_count", card["day"], card["branch_code"], net)
    for day, branch in {(row["day"], row["branch_code"]) for row in rows["opening_hours"]}:
        gain("open_day_count", day, branch, 1)
    held = [event for event in rows["events"] if event["is_held"]]
    for event in held:
        gain(f"{event['event_kind']}_count", event["held_on"], event["branch_code"], 1)
    for trip in of_kind(held, "mobile_trip"):
        if trip["loan_count"] is not None:
            gain("mobile_loan_count", trip["held_on"], trip["branch_code"], trip["loan_count"])
    for wave in rows["surveys"]:
        if wave["question_code"] == "overall":
            gain("survey_distributed_count", wave["closed_on"], None, wave["distributed_count"])
            gain("survey_returned_count", wave["closed_on"], None, wave["returned_count"])
    for day, change in storage_changes(rows["digital_resources"]):
        gain("digital_storage", day, None, change)
    for count in rows["counts"]:
        gain(f"{count['count_code']}_count", count["counted_on"], None, count["amount"])

    derived = random_library.table("measure_days")
    keys = [(row["measure_code"], row["day"], row["branch_code"]) for row in derived]
    assert sorted(keys, key=repr) == sorted(known, key=repr), (
        "data/judge/01_measure_days.sql; gain(...) of this test, or lent(...) of what a log counts"
    )
    for key, row in zip(keys, derived, strict=True):
        assert row["amount"] == pytest.approx(gains[key])


@on_random_libraries
def test_the_days_of_a_scope_are_those_of_its_branches(random_library):
    """What cannot be told by branch is in both; a day open is one, however many branches open."""
    measures = planfile.plan_measures()
    gains: Counter[Any] = Counter()
    for row in random_library.table("measure_days"):
        for scope in ("main", "network"):
            told = measures[row["measure_code"]].by_branch
            if scope == "network" or not told or row["branch_code"] == "main":
                gains[row["measure_code"], scope, row["day"]] += row["amount"]
    for key in gains:
        gains[key] = min(gains[key], measures[key[0]].most_a_day or gains[key])
    derived = {
        (row["measure_code"], row["scope"], row["day"]): row["amount"]
        for row in random_library.table("scope_days")
    }
    assert derived == pytest.approx(dict(gains))


@on_random_libraries
def test_the_week_of_a_scope_is_that_of_its_branch_open_least(random_library):
    least: dict[Any, float] = {}
    for row in random_library.table("opening_weeks"):
        scopes = ("main", "network") if row["branch_code"] == "main" else ("network",)
        for scope in scopes:
            key = (row["week_start"], scope)
            least[key] = min(row["open_hours"], least.get(key, row["open_hours"]))
    derived = {
        (row["week_start"], row["scope"]): row["open_hours"]
        for row in random_library.table("scope_weeks")
    }
    assert derived == least


def test_volunteers_gain_heads_and_the_hours_somebody_noted(library, put):
    put("volunteers", branch_code="east", volunteer_count=3, service_hours=2.5)
    put("volunteers", branch_code="east", volunteer_count=2, service_hours=None)
    put("volunteers", branch_code="main", volunteer_count=1, service_hours=None)
    days = library.table("measure_days")
    assert [(row["measure_code"], row["branch_code"], row["amount"]) for row in days] == [
        ("volunteer_count", "east", 5),
        ("volunteer_count", "main", 1),
        ("volunteer_hours", "east", 2.5),
    ]


def lent(events: Rows) -> Iterator[tuple[str, dict[str, Any], int]]:
    """Yield what each event adds to the loans, and to those at machines if its channel is known."""
    for event in events:  # a day of returns alone is a day of no loan, not unknown
        is_loan = event["event_kind"] == "loan"
        yield "loan_count", event, is_loan
        if is_loan and event["channel_code"] is not None:
            yield "self_service_loan_count", event, event["channel_code"] == "self_service"


def storage_changes(readings: Rows) -> Iterator[tuple[date, float]]:
    """Yield what each reading adds to the one before it of the same resource."""
    stated = [reading for reading in readings if reading["storage_tb"] is not None]
    before: dict[str, float] = {}
    for reading in sorted(stated, key=lambda reading: reading["counted_on"]):
        resource = reading["resource_name"]
        yield reading["counted_on"], reading["storage_tb"] - before.get(resource, 0)
        before[resource] = reading["storage_tb"]


@on_random_libraries
def test_survey_shares_are_the_share_satisfied_of_those_who_answered(random_library):
    rows = random_library.rows
    told: list[Any] = []
    for wave in rows["surveys"]:
        if wave["question_code"] == "overall":
            counts = (wave["valid_count"], wave["satisfied_count"])
            for scope in ("main", "network"):  # a questionnaire tells nothing of branches
                for code in (None, wave["survey_code"]):
                    told.append(("reader_satisfaction", scope, code, wave["closed_on"], *counts))
    for scope, branches in (("main", ["main"]), ("network", ["main", "east", "west", None])):
        for case in rows["feedback"]:
            if case["answered_on"] is not None and case["branch_code"] in branches:
                rated = (case["is_satisfied"] is not None, bool(case["is_satisfied"]))
                told.append(("feedback_satisfaction", scope, None, case["answered_on"], *rated))
    expected = {}
    for *of, day, _valid, _happy in told:
        so_far = [
            (valid, happy)
            for *other, other_day, valid, happy in told
            if other == of and other_day <= day and other_day.year == day.year
        ]
        valid, happy = (sum(column) for column in zip(*so_far, strict=True))
        if valid:
            expected[(*of, day)] = (valid, happy)
    shares = random_library.table("survey_shares")
    assert {
        (row["measure_code"], row["scope"], row["wave_code"], row["day"]): (
            row["valid_count"],
            row["satisfied_count"],
        )
        for row in shares
    } == expected
    assert len(shares) == len(expected)
    for row in shares:
        assert row["share"] == pytest.approx(row["satisfied_count"] / row["valid_count"])


@on_random_libraries
def test_the_interval_of_a_share_holds_what_the_answers_do_not_refute(random_library):
    """Wilson's ends are the shares p from which the answers lie 1.96 standard errors away."""
    for row in random_library.table("survey_shares"):
        assert row["lower_share"] > -1e-12
        assert row["lower_share"] <= row["share"] <= row["upper_share"] + 1e-12
        for end in (row["lower_share"], row["upper_share"]):
            error = sqrt(max(end * (1 - end), 0) / row["valid_count"])
            assert abs(row["share"] - end) == pytest.approx(1.959964 * error, abs=1e-6)


@on_random_libraries
def test_opening_weeks_add_up_the_hours_of_each_week(random_library):
    expected: Counter[Any] = Counter()
    for row in random_library.rows["opening_hours"]:
        monday = row["day"] - row["day"].weekday() * DAY
        hours = row["closes_at"].hour - row["opens_at"].hour
        expected[monday, row["branch_code"]] += hours
    for branch in {branch for _, branch in expected}:
        days = [
            r["day"] for r in random_library.rows["opening_hours"] if r["branch_code"] == branch
        ]
        if min(days).weekday():  # a week begun before the branch opened is not its own
            del expected[min(days) - min(days).weekday() * DAY, branch]
    weeks = tally(random_library, "opening_weeks", "week_start", "branch_code", amount="open_hours")
    assert weeks == expected


def test_half_hours_count_and_a_week_closed_throughout_is_a_week_of_0(library):
    library.open(date(2019, 3, 4), opens_at=time(9), closes_at=time(17, 30))
    library.open(date(2019, 3, 18), closes_at=time(12))
    assert [(row["week_start"], row["open_hours"]) for row in library.table("opening_weeks")] == [
        (date(2019, 3, 4), 8.5),
        (date(2019, 3, 11), 0),
        (date(2019, 3, 18), 3),
    ]


@on_random_libraries
def test_year_pace_is_the_share_of_open_days_where_the_whole_year_is_known(random_library):
    mine = [row["day"] for row in random_library.rows["opening_hours"]]
    last_known = max(mine)
    open_days = {
        row["day"] for row in random_library.rows["opening_hours"] if row["branch_code"] == "main"
    }
    pace = random_library.table("year_pace")
    assert [row["day"] for row in pace] == [date(2018, 1, 1) + n * DAY for n in range(730)]
    for row in pace:
        year = row["day"].year
        past = (row["day"] - date(year, 1, 1)).days + 1
        assert row["elapsed_share"] == pytest.approx(past / 365)
        assert row["is_by_open_days"] == (last_known > date(year, 12, 24))
        if row["is_by_open_days"]:
            this_year = [day for day in open_days if day.year == year]
            so_far = [day for day in this_year if day <= row["day"]]
            assert row["expected_share"] == pytest.approx(len(so_far) / len(this_year))
        else:
            assert row["expected_share"] == row["elapsed_share"]


@pytest.mark.parametrize(
    "table", [derived_table(step) for step in [*derivations(), *judgement.steps()]]
)
def test_what_was_not_recorded_derives_nothing(table, empty_library):
    assert empty_library.table(table) == []


def test_a_leap_year_has_366_days_of_pace(library):
    library.cover(date(2020, 5, 1), date(2020, 6, 1))
    pace = library.table("year_pace")
    assert len(pace) == 366
    assert pace[-1]["expected_share"] == 1
    assert pace[0]["day"] + timedelta(days=365) == pace[-1]["day"]
