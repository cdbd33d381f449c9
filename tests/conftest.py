"""An empty library in memory, builders that fill in what a test is not about, and random ones."""

import os
import random
import re
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zlib import crc32

import coverage
import duckdb
import polars as pl
import pytest
from hypothesis import settings

coverage.process_startup()  # where .ci/run asks for it, in each worker, before guanqing is imported

from guanqing import own, plan, reference, warehouse
from guanqing.intake.publishing.build import create_schema, derivations
from guanqing.paths import DATA
from guanqing.plan import Plan, judgement
from guanqing.registers import entered

pytest.register_assert_rewrite("stores", "edits")  # whichever module imports them first

# A commit is judged by the same examples as the one before it; CI goes on looking for others.
# Neither has a deadline: how long an example takes says how busy the machine is.
settings.register_profile("same", derandomize=True, deadline=None)
settings.register_profile("random", derandomize=False, print_blob=True, deadline=None)
settings.load_profile("random" if os.environ.get("CI") else "same")

# The plan of the simulated library is there to be edited: what is tested stands on one that stays,
# and on everything else as it comes.
PLANS = Path(__file__).parent / "targets"
ITS = tempfile.TemporaryDirectory(prefix="guanqing-its-")  # gone when the tests are
for part in own.SIMULATED.iterdir():
    if part.name != PLANS.name:
        (Path(ITS.name) / part.name).symlink_to(part)
(Path(ITS.name) / PLANS.name).symlink_to(PLANS)
own.SIMULATED = Path(ITS.name)
OWN_OF_TESTS = own.Own(own.SIMULATED)
PRINTED = OWN_OF_TESTS.published

# An administrator's folder on this machine is nothing to a test: this one sets nothing up.
CONFIG = tempfile.TemporaryDirectory(prefix="guanqing-config-")  # gone when the tests are
os.environ["GUANQING_CONFIG"] = CONFIG.name
(Path(CONFIG.name) / "server.toml").touch(mode=0o600)
(Path(CONFIG.name) / "server.toml").write_bytes((DATA / "server.toml").read_bytes())
# Nor is a person's: names are sealed with one key, for stores are made once for all workers.
OWN = tempfile.TemporaryDirectory(prefix="guanqing-own-")
os.environ["XDG_CONFIG_HOME"] = OWN.name
(Path(OWN.name) / "guanqing").mkdir()
(Path(OWN.name) / "guanqing/names-key").touch(mode=0o600)
(Path(OWN.name) / "guanqing/names-key").write_text("5a" * 64)

DAY = timedelta(days=1)

# What ask() binds to the parameters a test does not name.
YEAR_2019: dict[str, Any] = {
    "start_date": date(2019, 1, 1),
    "end_date": date(2020, 1, 1),
    "branches": None,
    "as_of": date(2019, 12, 31),
    "limit": 10,
    "floor": 5,
    "readers": [1],
    "target": None,
    "figures": None,
    "register": None,
    "measure": None,
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave to CI what `few` says: of n cases of a law one is tried every day, always the same.

    They are drawn by name, so that no parameter is always left out, and never all of them.
    """
    tried: set[str] = set()
    for item in items:
        mark = item.get_closest_marker("few")
        if mark is None:
            continue
        law = item.nodeid.partition("[")[0]
        if law in tried and crc32(item.nodeid.encode()) % mark.args[0]:
            item.add_marker(pytest.mark.slow)
        tried.add(law)


# One ordinary row of each table: a builder changes what its test is about.
ORDINARY: dict[str, dict[str, Any]] = {
    "library": {
        "schema_version": warehouse.SCHEMA_VERSION,
        "name_zh": "馆",
        "name_en": "Library",
        "is_simulated": False,
        "layout": "test",
        "first_day": date(2018, 1, 1),
        "last_day": date(2019, 12, 31),
        "loaded_at": datetime(2020, 1, 1, 6),
    },
    "branches": {
        "branch_code": "main",
        "name_zh": "馆",
        "name_en": "Library",
        "is_main": False,
    },
    "settings": {
        "setting_code": "population_served",
        "value": 1000.0,
        "unit": "persons",
        "source_zh": "公报",
        "source_en": "bulletin",
        "is_assumed": False,
    },
    "loads": {
        "load_number": 1,
        "loaded_at": datetime(2024, 1, 1),
        "layout": "test",
        "file_name": "loans.csv",
        "line_count": 1,
        "loaded_count": 1,
        "repaired_count": 0,
        "refused_count": 0,
        "set_aside_count": 0,
        "already_there_count": 0,
    },
    "load_rules": {
        "load_number": 1,
        "file_name": "loans.csv",
        "rule_code": "missing_blank",
        "outcome": "noted",
        "line_count": 1,
    },
    "readers": {"reader_id": 1, "reader_type": "adult", "sex": "F", "home_branch": "main"},
    "items": {"item_id": 1, "class_code": "I", "material": "book"},
    "loan_events": {
        "event_kind": "loan",
        "event_at": datetime(2019, 3, 5, 10),
        "loan_id": 1,
        "quantity": 1,
    },
    "card_events": {
        "event_kind": "issue",
        "event_at": datetime(2019, 3, 1, 9),
        "reader_id": 1,
        "branch_code": "main",
        "channel_code": "desk",
    },
    "visits": {"branch_code": "main", "day": date(2019, 3, 5), "visit_count": 1},
    "events": {
        "event_kind": "lecture",
        "title": "讲座",
        "held_on": date(2019, 3, 9),
        "branch_code": "main",
        "is_held": True,
    },
    "surveys": {
        "survey_code": "2019",
        "question_code": "overall",
        "group_code": "all",
        "closed_on": date(2019, 6, 1),
        "distributed_count": 300,
        "returned_count": 250,
        "valid_count": 240,
        "satisfied_count": 204,
    },
    "feedback": {
        "case_number": "1",
        "received_on": date(2019, 3, 1),
        "answered_on": date(2019, 3, 4),
        "branch_code": "main",
        "is_satisfied": True,
    },
    "requests": {
        "requested_on": date(2019, 3, 1),
        "branch_code": "main",
        "class_code": "I",
        "is_supplied": True,
    },
    "opening_hours": {
        "branch_code": "main",
        "day": date(2019, 3, 5),
        "opens_at": time(9),
        "closes_at": time(19),
    },
    "holdings": {
        "month_end": date(2019, 12, 31),
        "branch_code": "main",
        "class_code": "I",
        "material": "book",
        "item_count": 100,
        "loanable_count": 100,
        "children_count": 0,
    },
    "digital_resources": {
        "resource_name": "CNKI",
        "counted_on": date(2019, 3, 1),
        "storage_tb": 10.0,
    },
    "counts": {"count_code": "web_visit", "counted_on": date(2019, 3, 1), "amount": 1.0},
    "volunteers": {"served_on": date(2019, 3, 5), "activity": "整架", "volunteer_count": 3},
    "inspections": {"point": "社区", "inspected_on": date(2019, 5, 14)},
    "annotations": {
        "annotation_kind": "campaign",
        "title": "读书月",
        "first_day": date(2019, 4, 20),
    },
    "plan_notes": {"plan_year": 2019, "target_code": "lectures", "noted_on": date(2019, 7, 1)},
    "milestone_states": {
        "plan_year": 2019,
        "milestone_code": "feature_film",
        "state": "under_way",
        "stated_on": date(2019, 3, 1),
    },
}


PLAN_TABLES = ("targets", "target_goals", "target_months", "target_conditions", "milestones")


def derived_table(step: Any) -> str:
    """Return the table that a file of derive or judge fills: 01_loans.sql fills loans."""
    return str(step.stem.split("_", 1)[1])


# The steps that make tables of others, in the order they run, by the table each fills.
STEPS = {derived_table(step): step for step in [*derivations(), *judgement.steps()]}


@cache
def speaks_of(sql: str) -> frozenset[str]:
    """Return the derived tables that a text of SQL names."""
    return frozenset(re.findall(r"\w+", re.sub("--.*", "", sql))) & STEPS.keys()


def needed(sql: str) -> list[str]:
    """Return the derived tables that a text of SQL rests on, in the order they are filled."""
    found = speaks_of(sql) | speaks_of((DATA / "shared.sql").read_text(encoding="utf-8"))
    for table, step in reversed(STEPS.items()):
        if table in found:
            found |= speaks_of(step.read_text(encoding="utf-8"))
    return [table for table in STEPS if table in found]


def some_every_day(count: int, daily: int) -> list[Any]:
    """Return seeds of which the first are tried every day and all of them in CI."""
    rest = [pytest.param(seed, marks=pytest.mark.slow) for seed in range(daily, count)]
    return [*range(daily), *rest]


def so_many(count: int) -> int:
    """Return how many random examples are tried: all of them in CI, a third every day."""
    return count if os.environ.get("CI") else count // 3


def pytest_sessionfinish() -> None:
    if measured := coverage.Coverage.current():
        measured.stop()  # a worker is gone before it would save by itself
        measured.save()


class Library:
    """A library being told: rows wait until something is asked, then what that needs is filled."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection
        self.rows: dict[str, list[dict[str, Any]]] = defaultdict(list)  # what an oracle reads
        self._inserted: dict[str, int] = defaultdict(int)
        self._serial = iter(range(1, 1_000_000))
        self._fresh: set[str] = set()  # derived tables filled since the last row
        self._stale: set[str] = set()  # and those filled before it
        self._has_plan_of_its_own = False

    def put(self, table: str, **differences: Any) -> None:
        """Put one ordinary row in a table, except where told otherwise."""
        self.rows[table].append(ORDINARY[table] | differences)
        self._spoil()

    def cover(self, first_day: date | None, last_day: date | None) -> None:
        """Say which days the data covers."""
        assert not self.rows["library"], "a library covers one span of days"
        self.put("library", first_day=first_day, last_day=last_day)

    def lend(self, *, renewals: int = 0, **differences: Any) -> None:
        """Lend one item of class I to reader 1, renew it and take it back, unless told otherwise.

        class_code is the class of the item; item_id=None is an item deleted since.
        """
        loan = {
            "loan_id": next(self._serial),
            "reader_id": 1,
            "item_id": next(self._serial),
            "class_code": "I",
            "branch_code": "main",
            "channel_code": "desk",
            "loaned_at": datetime(2019, 3, 5, 10),
        } | differences
        loaned_at, class_code = loan.pop("loaned_at"), loan.pop("class_code")
        returned_at = loan.pop("returned_at", loaned_at + (20 + 30 * renewals) * DAY)
        if loan["item_id"] is not None and "item_id" not in differences:
            self.put("items", item_id=loan["item_id"], class_code=class_code)
        stamps = [("loan", loaned_at)]
        stamps += [("renewal", loaned_at + 25 * (n + 1) * DAY) for n in range(renewals)]
        for kind, stamp in stamps:
            due_date = stamp.date() + 30 * DAY
            self.put("loan_events", event_kind=kind, event_at=stamp, due_date=due_date, **loan)
        if returned_at is not None:
            self.put("loan_events", event_kind="return", event_at=returned_at, **loan)

    def issue(self, **differences: Any) -> int:
        """Issue a card, to a new reader unless reader_id= says otherwise, and return the reader."""
        reader_id = differences.pop("reader_id", None) or next(self._serial)
        expires_on = differences.pop("card_expires_on", None)
        card = ORDINARY["card_events"] | {"reader_id": reader_id} | differences
        if reader_id not in {reader["reader_id"] for reader in self.rows["readers"]}:
            home = {"home_branch": card["branch_code"], "card_expires_on": expires_on}
            self.put("readers", reader_id=reader_id, **home)
        self.put("card_events", **card)
        return reader_id

    def cancel(self, **differences: Any) -> int:
        """Cancel a card; without reader_id= one issued in 2018 is made for it."""
        if "reader_id" not in differences:
            differences["reader_id"] = self.issue(event_at=datetime(2018, 6, 1, 9))
        card = {"event_kind": "cancel", "event_at": datetime(2019, 3, 8, 9)} | differences
        self.put("card_events", **card)
        return int(differences["reader_id"])

    def hold(self, **differences: Any) -> None:
        """Hold 100 loanable books of class I at the end of 2019, unless told otherwise."""
        if "item_count" in differences:
            differences = {"loanable_count": differences["item_count"]} | differences
        self.put("holdings", **differences)

    def stage(self, event_kind: str = "lecture", **differences: Any) -> None:
        """Hold one event of the register, under a title of its own."""
        title = f"讲座{next(self._serial)}"
        self.put("events", **({"event_kind": event_kind, "title": title} | differences))

    def open(self, first: date, last: date | None = None, **differences: Any) -> None:
        """Open the main library from nine to seven on every day of a span."""
        for offset in range(((last or first) - first).days + 1):
            self.put("opening_hours", day=first + offset * DAY, **differences)

    def promise(self, *plans: Plan) -> None:
        """Promise these plans and no other, until the library is emptied."""
        for table in PLAN_TABLES:
            self.connection.execute(f"delete from {table}")
        for year_plan in plans:
            reference.insert_plan(self.connection, year_plan)
        self._has_plan_of_its_own = True
        self._spoil()

    def _spoil(self) -> None:
        self._stale |= self._fresh
        self._fresh.clear()

    def derive(self) -> None:
        """Insert what is waiting and derive every roll-up that is not, since the last row."""
        self._fill(derived_table(step) for step in derivations())

    def _fill(self, tables: Iterable[str]) -> None:
        if not self.rows["library"]:
            self.put("library")
        for table, rows in self.rows.items():
            waiting = rows[self._inserted[table] :]
            if waiting:
                self._insert(table, waiting)
                self._inserted[table] = len(rows)
        for table in tables:
            if table not in self._fresh:
                if table in self._stale:
                    self.connection.execute(f"delete from {table}")
                self.connection.execute(STEPS[table].read_text(encoding="utf-8"))
                self._fresh.add(table)

    def _insert(self, table: str, rows: list[dict[str, Any]]) -> None:
        frame = pl.DataFrame(rows, infer_schema_length=None, strict=False)
        self.connection.register("waiting", frame)
        self.connection.execute(f"insert into {table} by name select * from waiting")
        self.connection.unregister("waiting")

    def ask(self, name: str, **params: Any) -> pl.DataFrame:
        """Run a query; what is not given is asked of the whole of 2019."""
        self._fill(needed(warehouse.source(name)))
        known = {key: YEAR_2019[key] for key in warehouse.parameters(name)}
        return warehouse.run(self.connection, name, **(known | params))

    def table(self, name: str) -> list[dict[str, Any]]:
        """Return the rows of a table once what it rests on is derived."""
        self._fill(needed(name))
        return self.connection.sql(f"from {name}").pl().to_dicts()

    def empty(self) -> None:
        """Leave the tables as they were before anything was put."""
        for table in {*self.rows, *self._stale, *self._fresh}:
            self.connection.execute(f"delete from {table}")
        if self._has_plan_of_its_own:
            self.promise(*(plan.load(year, PLANS) for year in plan.years(PLANS)))
            self._has_plan_of_its_own = False
        self.rows.clear()
        self._inserted.clear()
        self._stale.clear()
        self._fresh.clear()


@pytest.fixture(scope="session")
def tables() -> duckdb.DuckDBPyConnection:
    """Return the empty tables of a library as warehouse.connect gives them: one a worker."""
    connection = duckdb.connect(config=warehouse.SAFE)
    create_schema(connection)
    reference.load(connection, OWN_OF_TESTS)
    connection.execute(entered.HISTORY)
    reference.define(connection)
    judgement.create_tables(connection)
    connection.execute("create table names (reader_id bigint, sealed blob)")
    return connection


@pytest.fixture
def empty_library(tables: duckdb.DuckDBPyConnection) -> Iterator[Library]:
    """Yield a library that covers no day and has no branch: what a load of nothing would leave."""
    library = Library(tables)
    library.cover(None, None)
    yield library
    library.empty()


@pytest.fixture
def library(tables: duckdb.DuckDBPyConnection) -> Iterator[Library]:
    """Yield a library of two branches, main and east, over 2018 and 2019; it has lent nothing."""
    library = Library(tables)
    library.put("branches", branch_code="main", is_main=True)
    library.put("branches", branch_code="east")
    yield library
    library.empty()


@pytest.fixture
def put(library: Library) -> Callable[..., None]:
    return library.put


@pytest.fixture
def lend(library: Library) -> Callable[..., None]:
    return library.lend


@pytest.fixture
def issue(library: Library) -> Callable[..., int]:
    return library.issue


@pytest.fixture
def cancel(library: Library) -> Callable[..., int]:
    return library.cancel


@pytest.fixture
def hold(library: Library) -> Callable[..., None]:
    return library.hold


@pytest.fixture
def stage(library: Library) -> Callable[..., None]:
    return library.stage


@pytest.fixture
def derive(library: Library) -> Callable[[], None]:
    return library.derive


@pytest.fixture
def ask(library: Library) -> Callable[..., pl.DataFrame]:
    return library.ask


@pytest.fixture
def tell(library: Library) -> Callable[..., dict[str, Any]]:
    """Return a function that asks a query of one row and returns it."""

    def tell(name: str, **params: Any) -> dict[str, Any]:
        (row,) = library.ask(name, **params).to_dicts()
        return row

    return tell


def rows_by(frame: pl.DataFrame, key: str) -> dict[Any, dict[str, Any]]:
    """Return the rows of a frame by the value of a column that is different in each."""
    rows = {row[key]: row for row in frame.iter_rows(named=True)}
    assert len(rows) == frame.height
    return rows


# --- a library nobody designed


CLASSES = ("I", "I", "I", "G", "K", "T", "TP", "TU", "other", "none", "unknown")
BRANCHES = ("main", "main", "east", "west")


def random_day(dice: random.Random) -> date:
    return date(2018, 1, 1) + dice.randrange(730) * DAY


def fill(library: Library, dice: random.Random, *, loan_count: int = 300) -> None:
    """Fill a library with two years of everything, the odd cases more frequent than in life.

    A reader has one card at most, cancelled at the branch that issued it.
    """
    library.put("branches", branch_code="west", floor_area_m2=90.0)
    reader_ids = range(1, dice.choice([8, 30, 400]))
    _readers_and_cards(library, dice, reader_ids)
    _loans(library, dice, reader_ids, loan_count)
    _counts(library, dice)
    _plan(library, dice)


def _readers_and_cards(library: Library, dice: random.Random, reader_ids: range) -> None:
    for reader_id in reader_ids:
        issued_at = datetime.combine(random_day(dice), time(9))
        expires_on = dice.choice([None, issued_at.date() + dice.randrange(30, 500) * DAY])
        home = dice.choice(BRANCHES)
        if dice.random() < 0.9:  # the others are in the loans but not in the register
            library.put(
                "readers",
                reader_id=reader_id,
                reader_type=dice.choice(["adult", "adult", "child", "retired", None]),
                sex=dice.choice("FFM") if dice.random() < 0.9 else None,
                birth_year=dice.choice([None, 1940, 1959, 1980, 1990, 2001, 2006, 2012, 2015]),
                home_branch=home,
                card_expires_on=expires_on,
            )
        card = {"reader_id": reader_id, "branch_code": home}
        if dice.random() < 0.85:
            channel = dice.choice(["desk", "bookstore", None])
            library.put("card_events", event_at=issued_at, channel_code=channel, **card)
            later = min(issued_at + dice.randrange(400) * DAY, datetime(2019, 12, 31, 20))
            for kind in ("suspend", "report_lost", "cancel"):
                if dice.random() < 0.3:
                    reason = dice.choice(["left_city", "too_far", "moved_to_mars", None])
                    library.put(
                        "card_events", event_kind=kind, event_at=later, reason_code=reason, **card
                    )


def _loans(library: Library, dice: random.Random, reader_ids: range, loan_count: int) -> None:
    for item_id in range(1, 60):
        library.put("items", item_id=item_id, class_code=dice.choice(CLASSES))
    for _ in range(loan_count):
        stamp = datetime.combine(random_day(dice), time(dice.randrange(8, 20), dice.randrange(60)))
        busy = dice.choice(
            [len(reader_ids), len(reader_ids), 5]
        )  # a few readers make most of the loans
        library.lend(
            reader_id=dice.choice([*reader_ids[:busy], None]),
            item_id=dice.choice([*range(1, 70), None]),  # 60 to 69 are in no catalogue
            branch_code=dice.choice([*BRANCHES, *BRANCHES, None]),
            channel_code=dice.choice(["desk", "self_service", "drone", None]),
            loaned_at=stamp,
            renewals=dice.choice([0, 0, 0, 1, 3]),
            **dice.choice([{}, {"returned_at": None}]),
        )


def _counts(library: Library, dice: random.Random) -> None:
    for month in range(1, 25):
        first_of_next = date(2018 + month // 12, month % 12 + 1, 1)
        for branch_code in set(BRANCHES):
            for class_code in dice.sample(sorted(set(CLASSES)), 4):
                library.hold(
                    month_end=first_of_next - DAY,
                    branch_code=branch_code,
                    class_code=class_code,
                    item_count=dice.randrange(1, 900),
                    loanable_count=dice.randrange(900),
                )
    for _ in range(60):
        library.put(
            "visits",
            branch_code=dice.choice(BRANCHES),
            day=random_day(dice),
            visit_count=dice.randrange(300),
        )
    if dice.random() < 0.7:
        library.put("settings", value=dice.choice([None, 5000.0]))
        network = dice.choice([None, 9000.0])
        library.put("settings", setting_code="population_served_network", value=network)
    shut = dice.randrange(7)
    for offset in range(dice.choice([500, 730])):
        day = date(2018, 1, 1) + offset * DAY
        for branch_code in set(BRANCHES):
            if day.weekday() != shut or dice.random() < 0.1:
                library.put("opening_hours", branch_code=branch_code, day=day, closes_at=time(12))
            if dice.random() < 0.5:
                library.put("opening_hours", branch_code=branch_code, day=day, opens_at=time(14))


def _plan(library: Library, dice: random.Random) -> None:
    for _ in range(120):
        library.stage(
            dice.choice(["lecture", "exhibition", "outreach", "mobile_trip", "featured"]),
            held_on=random_day(dice),
            is_held=dice.random() < 0.8,
            loan_count=dice.choice([None, 0, 900, 2500]),
            speaker_rank=dice.choice([None, "vice_senior", "other"]),
            work_count=dice.choice([None, 150, 200]),
        )
    for wave in range(4):
        valid = dice.choice([0, 20, 240])
        library.put(
            "surveys",
            survey_code=str(wave),
            question_code=dice.choice(["overall", "overall", "opening"]),
            closed_on=random_day(dice),
            valid_count=valid,
            satisfied_count=round(valid * dice.random()),
        )
    for number in range(60):
        library.put(
            "feedback",
            case_number=str(number),
            answered_on=dice.choice([None, random_day(dice)]),
            branch_code=dice.choice([*BRANCHES, None]),
            is_satisfied=dice.choice([True, True, False, None]),
        )
    for resource in ("CNKI", "Wanfang"):
        for day in {random_day(dice) for _ in range(4)}:
            tb = dice.choice([None, 5.0, 12.5, 30.0])
            library.put("digital_resources", resource_name=resource, counted_on=day, storage_tb=tb)
    for count_code in ("web_visit", "party_member"):
        for _ in range(5):
            library.put("counts", count_code=count_code, counted_on=random_day(dice), amount=2.0)
    # no two reports on one day: which of them came last is not in the table
    for day in {random_day(dice) for _ in range(12)}:
        library.put(
            "milestone_states",
            milestone_code=dice.choice(["feature_film", "volunteers", "bulletins"]),
            state=dice.choice(["planned", "under_way", "done", "dropped"]),
            stated_on=day,
            plan_year=dice.choice([2018, 2019]),
        )
