"""The queries against a second, slower way to the same answer: plain Python over the records."""

import csv
import random
import re
from collections import Counter
from collections.abc import Iterator
from copy import copy
from datetime import date, datetime, time, timedelta
from itertools import product
from math import ceil
from operator import itemgetter
from typing import Any

import duckdb
import pytest
from conftest import DAY, Library, fill, random_day

from guanqing.paths import DATA

Rows = list[dict[str, Any]]


def read(name: str) -> Rows:
    with (DATA / f"{name}.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


DEWEY = {row["class_code"] for row in read("classes") if row["scheme"] == "dewey"}
MAIN_CLASS = {row["class_code"]: row["main_code"] for row in read("classes")}
GROUPS = {(row["list"], row["code"]): row["name_en"] for row in read("codes")}
BIRTH_YEARS = [2013, 2012, 2007, 2006, 2002, 2001, 1985, 1984, 1960, 1959]  # ends of age bands
CHANNELS = {row["code"]: row["name_en"] for row in read("codes") if row["list"] == "channel"}
REASONS = {row["reason_code"]: row["kind"] for row in read("cancel_reasons")}


class World:
    """A random library, and a random period and choice of branches to ask it about."""

    def __init__(self, library: Library, seed: int) -> None:
        dice = random.Random(seed)
        fill(library, dice)
        self.library = library
        first, second = sorted([random_day(dice), random_day(dice)])
        self.start: date = dice.choice([first, date(2018, 1, 1), date(2019, 1, 1)])
        ends = [second + DAY, second.replace(day=2), date(2020, 1, 1)]
        self.end: date = max(dice.choice(ends), self.start + DAY)
        self.branches = dice.choice([None, None, ["main"], ["east", "west"], ["nowhere"], []])
        self.crowd_the_edges()

    def crowd_the_edges(self) -> None:
        """Let something of everything happen in the first and last minute of the days that count.

        They are the first day of the period and the last, the day before and the day after.
        """
        days = [self.start - DAY, self.start, self.end - DAY, self.end]
        minutes = [time(0), time(23, 59)]
        stamps = [datetime.combine(day, minute) for day in days for minute in minutes]
        for reader_id, (stamp, branch_code) in enumerate(product(stamps, ["main", "east"]), 9000):
            of_it = {"reader_id": reader_id, "branch_code": branch_code}
            self.library.put(
                "readers",
                reader_id=reader_id,
                birth_year=BIRTH_YEARS[reader_id % len(BIRTH_YEARS)],
                home_branch=branch_code,
                card_expires_on=None,
            )
            self.library.lend(loaned_at=stamp, class_code="L", **of_it)  # no list names L
            self.library.hold(month_end=stamp.date(), branch_code=branch_code)
            self.library.hold(month_end=stamp.date(), branch_code=branch_code, class_code="L")
            # who never borrowed before and never will again
            self.library.lend(loaned_at=stamp, reader_id=reader_id + 100, branch_code=branch_code)
            a_box = {"event_kind": "return", "channel_code": "box", "event_at": stamp}
            self.library.put("loan_events", item_id=1, **(of_it | a_box))
            self.library.lend(loaned_at=stamp, item_id=reader_id % 60, **of_it)
            self.library.lend(loaned_at=stamp - 25 * DAY, item_id=1, renewals=1, **of_it)
            self.library.issue(event_at=stamp, **of_it)
            self.library.cancel(event_at=stamp, reason_code="left_city", **of_it)
            self.library.put("visits", branch_code=branch_code, day=stamp.date())
            self.library.put("opening_hours", branch_code=branch_code, day=stamp.date())
        a_year_ago = datetime.combine(year_before(self.end - DAY), time(10))
        for reader_id in range(9200, 9208):  # of whom half come again on the last day
            stamp, branch_code = (
                a_year_ago + reader_id % 2 * DAY,
                ["main", "east"][reader_id // 2 % 2],
            )
            of_it = {"reader_id": reader_id, "branch_code": branch_code}
            self.library.lend(loaned_at=stamp, **of_it)
            if reader_id >= 9204:
                again = datetime.combine(self.end - DAY, time(10))
                self.library.lend(loaned_at=again, **of_it)

    def of_everything(self) -> "World":
        """Return the same library asked about all its days and branches."""
        world = copy(self)
        world.start, world.end, world.branches = date.min, date.max, None
        return world

    def ask(self, name: str, **params: Any) -> Rows:
        period = {"start_date": self.start, "end_date": self.end, "branches": self.branches}
        return self.library.ask(name, **period, **params).to_dicts()

    def chosen(self, branch_code: str | None) -> bool:
        return self.branches is None or branch_code in self.branches

    def inside(self, day: date) -> bool:
        return self.start <= day < self.end

    @property
    def is_logged(self) -> bool:
        """Tell whether any circulation of the branches is on record by the end of the period."""
        return any(
            event["event_at"].date() < self.end and self.chosen(event["branch_code"])
            for event in self.library.rows["loan_events"]
        )

    @property
    def first_renewal(self) -> date:
        """Return the day of the first renewal there is, at whichever branch."""
        events = self.library.rows["loan_events"]
        return min(e["event_at"].date() for e in events if e["event_kind"] == "renewal")

    @property
    def first_loan(self) -> date:
        """Return the day of the first loan there is, at whichever branch."""
        events = self.library.rows["loan_events"]
        return min(e["event_at"].date() for e in events if e["event_kind"] == "loan")

    @property
    def first_card_change(self) -> date:
        """Return the day of the first record of a card that is not of its issue."""
        events = self.library.rows["card_events"]
        return min(e["event_at"].date() for e in events if e["event_kind"] != "issue")

    def events(self, kind: str) -> Rows:
        """Return the loan events of a kind in the period and branches, with their day and class."""
        classes = {item["item_id"]: item["class_code"] for item in self.library.rows["items"]}
        return [
            event
            | {
                "day": event["event_at"].date(),
                "class_code": classes.get(event["item_id"], "unknown"),
                "main_class": MAIN_CLASS.get(classes.get(event["item_id"], ""), "unknown"),
            }
            for event in self.library.rows["loan_events"]
            if event["event_kind"] == kind
            and self.inside(event["event_at"].date())
            and self.chosen(event["branch_code"])
        ]

    def cards(self, kind: str) -> Rows:
        """Return the card events of a kind in the branches, on any day."""
        return [
            event | {"day": event["event_at"].date()}
            for event in self.library.rows["card_events"]
            if event["event_kind"] == kind and self.chosen(event["branch_code"])
        ]

    def loans_by_reader(self) -> Counter[int]:
        loans = self.events("loan")
        return Counter(loan["reader_id"] for loan in loans if loan["reader_id"] is not None)

    def holders(self, day: date) -> int | None:
        """Return how many cards were issued up to a day and neither cancelled nor expired by it.

        None before the first card event, from which on it is known.
        """
        if not any(card["day"] <= day for card in self.cards("issue") + self.cards("cancel")):
            return None
        expires = {r["reader_id"]: r["card_expires_on"] for r in self.library.rows["readers"]}
        issued = {card["reader_id"] for card in self.cards("issue") if card["day"] <= day}
        cancelled = {card["reader_id"] for card in self.cards("cancel") if card["day"] <= day}
        run_out = {reader_id for reader_id in issued if (expires.get(reader_id) or date.max) < day}
        return len(issued - cancelled - run_out)

    def first_days(self) -> list[date]:
        """Return the first day in the whole data of each reader who began inside the choice."""
        firsts: dict[int, Any] = {}
        for loan in self.of_everything().events("loan"):
            if loan["reader_id"] is not None:
                # of two branches on the first day the one first by code, a known one before none
                key = (loan["day"], loan["branch_code"] is None, loan["branch_code"] or "")
                firsts[loan["reader_id"]] = min(key, firsts.get(loan["reader_id"], key))
        return [
            day
            for day, is_null, branch_code in firsts.values()
            if self.inside(day) and self.chosen(None if is_null else branch_code)
        ]

    def months(self) -> list[date]:
        return sorted({day.replace(day=1) for day in days_between(self.start, self.end)})


@pytest.fixture(scope="module", params=range(12))
def world(tables: duckdb.DuckDBPyConnection, request: pytest.FixtureRequest) -> Iterator[World]:
    """Yield a random library, made once for all tests that ask it."""
    library = Library(tables)
    library.put("branches", branch_code="main", is_main=True)
    library.put("branches", branch_code="east")
    library.put("branches", branch_code="south")  # which lends nothing
    yield World(library, request.param)
    library.empty()


def days_between(start: date, end: date) -> list[date]:
    return [start + timedelta(days=n) for n in range((end - start).days)]


def year_before(day: date) -> date:
    return day.replace(year=day.year - 1)


def share(part: float, whole: float) -> float | None:
    return part / whole if whole else None


def agree(rows: Rows, expected: Rows) -> None:
    """Hold two answers equal, row by row, floats to the last digits."""
    assert len(rows) == len(expected)
    for row, wanted in zip(rows, expected, strict=True):
        assert {key: row[key] for key in wanted} == pytest.approx(wanted)


def test_loans_by_month(world):
    loans, renewals = world.events("loan"), world.events("renewal")
    expected = []
    for month in world.months():
        mine = [loan for loan in loans if loan["day"].replace(day=1) == month]
        expected.append(
            {
                "month": month,
                "loan_count": len(mine) if world.first_loan.replace(day=1) <= month else None,
                "renewal_count": sum(r["day"].replace(day=1) == month for r in renewals)
                if world.first_renewal.replace(day=1) <= month
                else None,
            }
        )
    agree(world.ask("loans_by_month"), expected)


def test_self_service_by_month(world):
    expected = []
    for month in world.months():
        channels = [
            loan["channel_code"]
            for loan in world.events("loan")
            if loan["day"].replace(day=1) == month
        ]
        is_known = any(channel is not None for channel in channels)
        at_machines = channels.count("self_service") if is_known else None
        expected.append(
            {
                "month": month,
                "loan_count": len(channels) if world.first_loan.replace(day=1) <= month else None,
                "self_service_loan_count": at_machines,
                "self_service_share": at_machines / len(channels) if is_known else None,
            }
        )
    agree(world.ask("self_service_by_month"), expected)


def test_borrowers_by_month(world):
    borrowers: dict[date, set[int]] = {month: set() for month in world.months()}
    for loan in world.events("loan"):
        borrowers[loan["day"].replace(day=1)] |= {loan["reader_id"]} - {None}
    expected = [
        {
            "month": month,
            "borrower_count": len(readers),
            "new_borrower_count": sum(day.replace(day=1) == month for day in world.first_days()),
        }
        for month, readers in borrowers.items()
        if readers
    ]
    agree(world.ask("borrowers_by_month"), expected)


def test_loans_by_day(world):
    loans = Counter(loan["day"] for loan in world.events("loan"))
    opened = {
        h["day"] for h in world.library.rows["opening_hours"] if world.chosen(h["branch_code"])
    }
    expected = [
        {
            "day": day,
            "loan_count": loans[day] if world.first_loan <= day else None,
            "is_open": day in opened,
        }
        for day in days_between(world.start, world.end)
    ]
    assert world.ask("loans_by_day") == expected


def test_loans_by_hour(world):
    loans = Counter(
        (loan["day"].isoweekday(), loan["event_at"].hour) for loan in world.events("loan")
    )
    at_night = any(
        0 < loan["event_at"].hour < 6
        for loan in world.of_everything().events("loan")
        if loan["day"] < world.end and world.chosen(loan["branch_code"])
    )
    weekdays = Counter(day.isoweekday() for day in days_between(world.start, world.end))
    expected = [
        {
            "weekday": weekday,
            "hour": hour,
            "loan_count": count,
            "loans_per_day": count / weekdays[weekday],
        }
        for (weekday, hour), count in sorted(loans.items())
        if hour or at_night  # midnight is a date without a time
    ]
    agree(world.ask("loans_by_hour"), expected)


def test_loans_by_channel(world):
    loans = Counter(loan["channel_code"] or "unknown" for loan in world.events("loan"))
    expected = [
        {
            "channel_code": code,
            "channel_name_en": CHANNELS.get(code, code),
            "loan_count": count,
            "loan_share": count / loans.total(),
        }
        for code, count in sorted(loans.items(), key=lambda found: (-found[1], found[0]))
    ]
    agree(world.ask("loans_by_channel"), expected)


def test_loans_by_subclass(world):
    loans = Counter(
        loan["class_code"] for loan in world.events("loan") if loan["main_class"] == "T"
    )
    codes = [code for code, main_code in MAIN_CLASS.items() if main_code == "T"]
    expected = [
        {
            "class_code": code,
            "loan_count": loans[code],
            "loan_share": share(loans[code], loans.total()),
        }
        for code in sorted(codes, key=lambda code: (-loans[code], code))
    ]
    agree(world.ask("loans_by_subclass"), expected)


def test_class_shares_by_quarter(world):
    loans = Counter(
        (loan["day"].replace(month=(loan["day"].month - 1) // 3 * 3 + 1, day=1), loan["main_class"])
        for loan in world.events("loan")
    )
    by_class: Counter[str] = Counter()
    by_quarter: Counter[date] = Counter()
    for (quarter, code), count in loans.items():
        by_class[code] += count
        by_quarter[quarter] += count
    for limit in (1, 3, 100):
        most_lent = sorted(by_class, key=lambda code: (-by_class[code], code))[:limit]
        first = min(by_quarter, default=None)
        expected = []
        for quarter, code in product(sorted(by_quarter), most_lent):
            now, then = (loans[day, code] / by_quarter[day] for day in (quarter, first))
            change = now / then - 1 if then else None
            count = loans[quarter, code]
            expected.append(
                {"quarter": quarter, "class_code": code, "loan_count": count}
                | {"loan_share": now, "loan_share_change": change}
            )
        agree(world.ask("class_shares_by_quarter", limit=limit), expected)


def test_loans_by_class(world):
    loans = Counter(loan["main_class"] for loan in world.events("loan"))
    holdings = [h for h in world.library.rows["holdings"] if world.chosen(h["branch_code"])]
    month_end = max((h["month_end"] for h in holdings if h["month_end"] < world.end), default=None)
    items: Counter[str] = Counter()
    for holding in holdings:
        if holding["month_end"] == month_end:
            items[MAIN_CLASS.get(holding["class_code"], "unknown")] += holding["item_count"]
    expected = [
        {
            "class_code": code,
            "loan_count": loans[code],
            "loan_share": share(loans[code], loans.total()),
            "item_count": items[code] if items else None,
            "item_share": share(items[code], items.total()),
        }
        for code in sorted(set(MAIN_CLASS.values()), key=lambda code: (-loans[code], code))
        if code not in DEWEY or code in loans.keys() | items.keys()
    ]
    agree(world.ask("loans_by_class"), expected)


def test_loans_by_branch(world):
    loans = Counter(loan["branch_code"] or "unknown" for loan in world.events("loan"))
    renewals = Counter(loan["branch_code"] or "unknown" for loan in world.events("renewal"))
    returns = {loan["branch_code"] or "unknown" for loan in world.events("return")}
    named = {b["branch_code"]: b["name_en"] for b in world.library.rows["branches"]}
    codes = {*filter(world.chosen, named), *loans, *renewals, *returns}
    expected = [
        {
            "branch_code": code,
            "branch_name_en": (named | {"unknown": "Not recorded"}).get(code, code),
            "loan_count": loans[code],
            "loan_share": share(loans[code], loans.total()),
            "renewal_count": renewals[code] if world.first_renewal < world.end else None,
        }
        for code in sorted(codes, key=lambda code: (-loans[code], code))
    ]
    agree(world.ask("loans_by_branch"), expected)


def test_top_borrowers(world):
    counts = world.loans_by_reader()
    ranks = {reader: 1 + sum(n > counts[reader] for n in counts.values()) for reader in counts}
    for limit in (1, 3, 10, 1000):
        expected = []
        for rank in sorted({rank for rank in ranks.values() if rank <= limit}):
            tied = sorted(reader_id for reader_id, its in ranks.items() if its == rank)
            row = {"rank": rank, "loan_count": counts[tied[0]], "tied_count": len(tied)}
            shown = tied if rank + len(tied) - 1 <= 2 * limit else [None]
            expected += [row | {"reader_id": reader_id} for reader_id in shown]
        agree(world.ask("top_borrowers", limit=limit, floor=len(counts)), expected)
        agree(world.ask("top_borrowers", limit=limit, floor=len(counts) + 1), [])


def test_reading_concentration(world):
    counts = sorted(world.loans_by_reader().values(), reverse=True)
    sizes = sorted({ceil(len(counts) * part / 100) for part in range(1, 101)}) if counts else []
    expected = [
        {
            "borrower_share": size / len(counts),
            "loan_share": sum(counts[:size]) / sum(counts),
            "borrower_count": size,
            "loan_count": sum(counts[:size]),
        }
        for size in sizes
    ]
    agree(world.ask("reading_concentration"), expected)


def age_band(birth_year: int | None, year: int) -> str:
    if birth_year is None:
        return "unknown"
    bands = {6: "0-6", 12: "7-12", 17: "13-17", 34: "18-34", 59: "35-59"}
    return next((band for age, band in bands.items() if year - birth_year <= age), "60+")


def test_borrowers_by_group(world):
    readers = {reader["reader_id"]: reader for reader in world.library.rows["readers"]}
    borrowers: Counter[Any] = Counter()
    loans: Counter[Any] = Counter()
    for reader_id, count in world.loans_by_reader().items():
        reader = readers.get(reader_id, {})
        for group in (
            ("reader_type", reader.get("reader_type") or "unknown"),
            ("sex", reader.get("sex") or "unknown"),
            ("age_band", age_band(reader.get("birth_year"), 2019)),
        ):
            borrowers[group] += 1
            loans[group] += count
    whole = sum(world.loans_by_reader().values())
    for floor in (0, 5, 12):
        hidden = hidden_groups(borrowers, floor)
        expected = []
        for dimension, code in borrowers:
            group = (dimension, code)
            is_shown = group not in hidden
            age = re.match("[0-9]+", code) if dimension == "age_band" else None
            order = (
                *(dimension, code == "unknown", int(age.group()) if age else -1),
                *(not is_shown, -loans[group] if is_shown else 0, code),
            )
            row = {
                "dimension": dimension,
                "group_code": code,
                "group_name_en": GROUPS.get(group, code),
                "borrower_count": borrowers[group] if is_shown else None,
                "loan_count": loans[group] if is_shown else None,
                "loan_share": loans[group] / whole if is_shown else None,
            }
            expected.append((order, row))
        expected.sort(key=itemgetter(0))
        agree(world.ask("borrowers_by_group", floor=floor), [row for _, row in expected])


def hidden_groups(borrowers: Counter[Any], floor: int) -> set[Any]:
    """Return the groups under the floor, and the next smallest where one alone would be hidden."""
    hidden = set()
    for dimension in {group[0] for group in borrowers}:
        mine = sorted((n, group) for group, n in borrowers.items() if group[0] == dimension)
        small = [group for n, group in mine if n < floor]
        hidden |= {group for _, group in mine[:2]} if len(small) == 1 else set(small)
    return hidden


def test_cards_by_month(world):
    issues, cancellations = world.cards("issue"), world.cards("cancel")
    whole = world.of_everything()
    first_card = min(card["day"] for card in whole.cards("issue") + whole.cards("cancel"))
    expected = []
    for month in world.months():
        last = max(d for d in days_between(world.start, world.end) if d.replace(day=1) == month)

        def in_month(cards: Rows, month: date = month) -> int:
            mine = [card for card in cards if world.inside(card["day"])]
            return sum(card["day"].replace(day=1) == month for card in mine)

        expected.append(
            {
                "month": month,
                "issued_count": in_month(issues) if first_card.replace(day=1) <= month else None,
                "cancelled_count": in_month(cancellations)
                if world.first_card_change.replace(day=1) <= month
                else None,
                "holder_count": world.holders(last),
            }
        )
    agree(world.ask("cards_by_month"), expected)


def test_issues_by_channel(world):
    issues = Counter(
        (card["day"].replace(day=1), card["channel_code"] or "unknown")
        for card in world.cards("issue")
        if world.inside(card["day"])
    )
    expected = [
        {"month": month, "channel_code": code, "channel_name_en": CHANNELS.get(code, code)}
        | {"issued_count": count}
        for (month, code), count in sorted(issues.items())
    ]
    agree(world.ask("issues_by_channel"), expected)


def test_cancellations_by_reason(world):
    given = Counter(
        card["reason_code"] if card["reason_code"] in REASONS else "unknown"
        for card in world.cards("cancel")
        if world.inside(card["day"])
    )
    expected = [
        {
            "reason_code": code,
            "kind": REASONS[code],
            "card_count": given[code] if world.first_card_change < world.end else None,
            "card_share": share(given[code], given.total()),
        }
        for code in sorted(REASONS, key=lambda code: (-given[code], code))
    ]
    agree(world.ask("cancellations_by_reason"), expected)


def test_circulation_headline(world):
    rows, logged = world.library.rows, world.is_logged
    loan_count = len(world.events("loan")) if logged else None
    channels = Counter(
        loan["channel_code"] for loan in world.events("loan") if loan["channel_code"] is not None
    )
    visits = [
        gate["visit_count"]
        for gate in rows["visits"]
        if world.inside(gate["day"]) and world.chosen(gate["branch_code"])
    ]
    known = {h["day"] for h in rows["opening_hours"] if world.chosen(h["branch_code"])}
    open_days = {day for day in known if world.inside(day)}
    with_hours = [
        loan for loan in world.events("loan") if known and min(known) <= loan["day"] <= max(known)
    ]
    stock: Counter[date] = Counter()
    for holding in rows["holdings"]:
        if holding["month_end"] < world.end and world.chosen(holding["branch_code"]):
            stock[holding["month_end"]] += holding["loanable_count"]
    inside = [count for month_end, count in stock.items() if month_end >= world.start]
    held = inside or [stock[month_end] for month_end in sorted(stock)[-1:]]
    people = {setting["setting_code"]: setting["value"] for setting in rows["settings"]}
    whose = {None: "population_served_network", ("main",): "population_served"}
    chosen = None if world.branches is None else tuple(world.branches)
    population = people.get(whose.get(chosen, ""))
    per_capita = population and visits
    expected = {
        "loan_count": loan_count,
        "renewal_count": len(world.events("renewal"))
        if logged and world.first_renewal < world.end
        else None,
        "visit_count": sum(visits) if visits else None,
        "loans_per_open_day": share(len(with_hours), len(open_days)) if logged else None,
        "circulation_rate": share((loan_count or 0) * len(held), sum(held)) if logged else None,
        "visits_per_capita": sum(visits) / population if per_capita else None,
        "self_service_share": share(channels["self_service"], loan_count) if channels else None,
    }
    agree(world.ask("circulation_headline"), [expected])


def test_reader_headline(world):
    as_of = world.end - DAY
    counts = world.loans_by_reader()
    year_ago = year_before(as_of)
    active = {
        loan["reader_id"]
        for loan in world.of_everything().events("loan")
        if year_ago < loan["day"] <= as_of and world.chosen(loan["branch_code"])
    }
    expected = {
        "borrower_count": len(counts),
        "new_borrower_count": len(world.first_days()),
        "active_borrower_count": len(active - {None}),
        "loans_per_borrower": share(counts.total(), len(counts)),
    }
    if not world.is_logged:
        expected = dict.fromkeys(expected)
    agree(world.ask("reader_headline", as_of=as_of), [expected])


def cards_cancelled(world: World) -> Rows:
    """Return the cancellations that end an issue on record, with the branch of that issue."""
    of_reader: dict[int, Rows] = {}
    for event in world.library.rows["card_events"]:
        if event["event_kind"] in ("issue", "cancel"):
            of_reader.setdefault(event["reader_id"], []).append(event)
    found = []
    for events in of_reader.values():
        before = None
        # issued and cancelled in one moment: in that order
        for event in sorted(events, key=lambda e: (e["event_at"], e["event_kind"] == "cancel")):
            if event["event_kind"] == "cancel" and before and before["event_kind"] == "issue":
                of_issue = {"day": event["event_at"].date(), "branch_code": before["branch_code"]}
                found.append(of_issue)
            before = event
    return [card for card in found if world.chosen(card["branch_code"])]


def test_card_headline(world):
    issued = [card["day"] for card in world.cards("issue") if card["day"] < world.end]
    cancelled = [card["day"] for card in world.cards("cancel") if card["day"] < world.end]
    known, tells = bool(issued or cancelled), world.first_card_change < world.end
    whole = cards_cancelled(world)
    as_of = world.end - DAY
    of_year = days_between(year_before(as_of) + DAY, world.end)
    holders = [world.holders(day) or 0 for day in of_year]
    in_year = sum(card["day"] in set(of_year) for card in whole)
    mean = sum(holders) / len(holders)
    expected = {
        "issued_count": sum(map(world.inside, issued)) if known else None,
        "cancelled_count": sum(map(world.inside, cancelled)) if known and tells else None,
        "card_holder_count": world.holders(as_of),
        "cancellation_rate": share(sum(card["day"] < world.end for card in whole), len(issued))
        if tells
        else None,
        "yearly_cancellation_rate": share(in_year, mean)
        if world.first_card_change <= of_year[0]
        else None,
    }
    agree(world.ask("card_headline", as_of=as_of), [expected])


def test_refusals_by_reason(world):
    dice = random.Random(len(world.library.rows["loan_events"]))
    reasons = {code: name for (what, code), name in GROUPS.items() if what == "refusal_reason"}
    for offset in range(-200, 200, 7):
        reason = dice.choice([None, "on_loan", "on_loan", "lost", "asteroid", "supplied"])
        world.library.put(
            "requests",
            requested_on=world.end + offset * DAY,
            branch_code=dice.choice(["main", "east", None]),
            is_supplied=reason == "supplied",
            refusal_reason=None if reason == "supplied" else reason,
        )
    requests = world.library.rows["requests"]
    asked = [r for r in requests if world.inside(r["requested_on"])]
    asked = [r for r in asked if world.chosen(r["branch_code"])]
    refused = Counter(
        r["refusal_reason"] if r["refusal_reason"] in reasons else "unknown"
        for r in asked
        if not r["is_supplied"]
    )
    expected = [
        {
            "reason_code": code,
            "reason_name_en": reasons[code],
            "refusal_count": refused[code],
            "refusal_rate": share(refused[code], len(asked)),
            "request_count": len(asked),
        }
        for code in sorted(reasons, key=lambda code: (-refused[code], code))
    ]
    agree(world.ask("refusals_by_reason"), expected)
