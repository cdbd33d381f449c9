"""What is true of every file in queries/, the moment it exists."""

import random
import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, time
from functools import cache
from typing import Any

import pytest
import sqlglot
from conftest import PLANS, Library, derived_table, fill
from polars.testing import assert_frame_equal
from sqlglot import exp

from guanqing import plan, published, query_params, warehouse
from guanqing.intake.publishing.build import derivations
from guanqing.paths import DATA, QUERIES
from guanqing.plan import judgement
from guanqing.problems import Problem

every_query = pytest.mark.parametrize("name", warehouse.paths())

FILES = warehouse.paths() | {step.stem: step for step in [*derivations(), *judgement.steps()]}
SOURCES = {name: path.read_text(encoding="utf-8") for name, path in FILES.items()}
every_source = pytest.mark.parametrize("name", SOURCES)


@cache
def tree(name: str) -> exp.Expression:
    """Return a file as it is understood: a word in a comment or a string is no code."""
    return sqlglot.parse_one(SOURCES[name], dialect="duckdb")


# --- the header is a contract


def test_no_two_queries_share_a_name():
    assert len(warehouse.paths()) == len(list(QUERIES.glob("**/*.sql")))


@every_source
def test_the_header_opens_with_the_name_and_a_sentence(name):
    title = re.sub(r"^\d+_", "", name)
    assert re.match(rf"-- {title}: [^\n]+\.\n(--\n|\n)", SOURCES[name])


@every_query
def test_the_header_says_what_a_row_is(name):
    assert len(re.findall(r"^-- grain: {4}.+$", SOURCES[name], re.MULTILINE)) == 1


@every_query
def test_the_header_lists_the_parameters_the_engine_finds(name):
    listed = re.findall(r"^-- .*\$(\w+)  ", SOURCES[name], re.MULTILINE)
    assert set(listed) == warehouse.parameters(name), "params in its header"
    assert len(listed) == len(set(listed))
    assert bool(listed) != ("-- params:   none" in SOURCES[name])


@every_query
def test_the_header_lists_the_columns_even_of_an_empty_library(name, empty_library):
    (listed,) = re.findall(r"^-- columns:  (.+)$", SOURCES[name], re.MULTILINE)
    assert empty_library.ask(name).columns == listed.split(", "), "columns in its header"


@every_source
def test_what_other_engines_lack_is_named_in_the_header(name):
    # list_contains($branches, ...) is in every query and has its one translation
    rare = exp.GenerateSeries, exp.Unnest, exp.Explode, exp.ArgMax, exp.ArgMin, exp.Lambda
    assert bool(tree(name).find(*rare)) == ("-- engine:" in SOURCES[name])


# --- what a query may hold


@every_query
def test_parameters_are_of_the_vocabulary(name):
    assert warehouse.parameters(name) <= query_params.READERS.keys()


@every_source
def test_no_query_reads_the_clock(name):
    words = r"\bcurrent_\w+|\blocaltime\w*|\bget_current\w+|\b(now|today|clock)\s*\(|'(now|today)'"
    assert not re.search(words, SOURCES[name].lower())


@every_source
def test_columns_are_named_and_never_counted_off(name):
    stars = tree(name).find_all(exp.Star)
    assert [star.parent for star in stars if not isinstance(star.parent, exp.Count)] == []
    assert not re.search(
        r"#\d", SOURCES[name]
    )  # the engine's own way to count off, to others a comment
    for clause in tree(name).find_all(exp.Group, exp.Ordered):
        assert not [node for node in clause.iter_expressions() if isinstance(node, exp.Literal)]


def literals(text: str, *, compared: bool) -> set[str]:
    """Return the words in quotes that SQL compares something with, or that it gives."""
    statement = sqlglot.parse_one(text, dialect="duckdb")
    return {
        str(literal.this)
        for literal in statement.find_all(exp.Literal)
        if literal.is_string and isinstance(literal.parent, exp.EQ | exp.NEQ | exp.In) == compared
    }


@cache
def codes_known() -> set[str]:
    """Return the words of the schema, its lists and its data, and those that SQL gives itself."""
    stated = [
        DATA / "schema.sql",
        DATA / "judging.sql",
        *DATA.glob("*.csv"),
        *DATA.glob("*.toml"),
        *DATA.glob("demo/*.toml"),
        *DATA.glob("libraries/*/*.toml"),
    ]
    stated.remove(DATA / "text.toml")  # where words are words
    found = set(re.findall(r"\w+", "\n".join(path.read_text("utf-8") for path in stated)))
    found |= {published.EQUAL, published.OVER, published.AND_MORE}
    return found.union(*(literals(text, compared=False) for text in SOURCES.values()))


@pytest.mark.few(9)
@every_source
def test_a_code_compared_with_is_one_that_the_data_can_hold(name):
    """Else 'selfservice' for 'self_service' finds nothing, and nobody hears of it."""
    text = FILES[name].read_text(encoding="utf-8")
    assert literals(text, compared=True) <= codes_known()


@every_query
def test_a_result_has_an_order_unless_it_is_one_row(name):
    one_row = re.search(r"^-- grain: {4}one row(,.*)?$", SOURCES[name], re.MULTILINE)
    assert bool(one_row) != bool(tree(name).args.get("order"))


# --- what a query may depend on


@pytest.mark.slow
def test_the_order_of_records_and_threads_change_nothing(library):
    fill(library, random.Random(3))
    before = {name: library.ask(name) for name in warehouse.paths()}
    records = {table: list(rows) for table, rows in library.rows.items()}
    library.empty()
    for table, rows in records.items():
        library.rows[table] = rows[::-1]
    library.connection.execute("set threads = 1")
    try:
        after = {name: library.ask(name) for name in warehouse.paths()}
    finally:
        library.connection.execute("reset threads")
    for name in warehouse.paths():
        assert_frame_equal(after[name], before[name])  # floats may differ by the order of a sum


def ordinary(library: Library) -> None:
    """Fill the main library with one of each record, inside the days asked about.

    That its log tells of renewals is known before: of a log, one branch tells for all.
    """
    library.lend(reader_id=2, loaned_at=datetime(2018, 6, 1, 10), renewals=1)
    library.lend(reader_id=1, loaned_at=datetime(2019, 3, 5, 10), renewals=1)
    library.cancel(reader_id=library.issue(), event_at=datetime(2019, 3, 12, 9))
    library.put("visits")
    library.hold(month_end=date(2019, 2, 28))
    library.open(date(2018, 1, 1), date(2019, 12, 31))
    library.put("surveys", closed_on=date(2019, 3, 6))
    library.put("feedback")
    library.put("surveys", closed_on=date(2019, 3, 6), group_code="senior")
    library.put("counts")
    library.put("requests", requested_on=date(2019, 3, 6))
    library.put("digital_resources")
    library.put("milestone_states")
    library.put("volunteers", branch_code="main")
    library.put("inspections", inspected_on=date(2019, 3, 6))
    library.put("annotations", first_day=date(2019, 3, 6))
    library.put("plan_notes", noted_on=date(2019, 3, 6))
    library.put("settings")
    library.stage()
    year = plan.load(2019, PLANS)
    lectures = replace(year.targets["lectures"], by_branch={"main": 20})
    library.promise(replace(year, targets=year.targets | {"lectures": lectures}))


def elsewhere(library: Library, branch_code: str, stamp: datetime) -> None:
    """Add one of each record that belongs to another branch or another day, by other readers."""
    day = stamp.date()
    library.lend(reader_id=91, branch_code=branch_code, loaned_at=stamp, renewals=1)
    reader_id = library.issue(branch_code=branch_code, event_at=stamp)
    library.cancel(reader_id=reader_id, branch_code=branch_code, event_at=stamp)
    library.issue(branch_code=branch_code, event_at=stamp)
    library.put("visits", branch_code=branch_code, day=day, visit_count=50)
    library.hold(branch_code=branch_code, month_end=day, item_count=7)
    case = {"branch_code": branch_code, "received_on": day}
    library.put("feedback", answered_on=day, is_satisfied=False, **case)
    library.put("feedback", answered_on=None, is_satisfied=None, **case)
    library.put("requests", branch_code=branch_code, requested_on=day, is_supplied=False)
    library.put("volunteers", branch_code=branch_code, served_on=day, volunteer_count=9)
    library.put("annotations", branch_code=branch_code, first_day=day)
    for kind in ("lecture", "exhibition", "outreach", "mobile_trip", "featured"):
        event = {"held_on": day, "branch_code": branch_code, "attendance_count": 30}
        meets = {"work_count": 300, "place_kind": "school", "speaker_rank": "vice_senior"}
        library.stage(kind, loan_count=5, **meets, **event)
    library.stage("lecture", **event)  # nobody said by whom


def on_a_day(library: Library, day: date) -> None:
    """Add one of each record that no query can ask of one branch."""
    library.put("surveys", closed_on=day, satisfied_count=3)
    library.put("surveys", closed_on=day, group_code="senior", satisfied_count=3)
    library.put("counts", counted_on=day, amount=9.0)
    library.put("digital_resources", counted_on=day, storage_tb=99.0)
    library.put("milestone_states", stated_on=day, state="done")
    library.put("inspections", inspected_on=day)
    library.put("plan_notes", noted_on=day, note="补两场")


# Neither end is the first of a month, where a wrong bound could hide.
MARCH: dict[str, Any] = {
    "start_date": date(2019, 3, 5),
    "end_date": date(2019, 3, 20),
    "as_of": date(2019, 3, 19),
    "branches": ["main"],
    "floor": 0,
}


def in_march(library: Library, names: list[str], but: Iterable[str] = ()) -> dict[str, Any]:
    """Return what each query answers of the main library in March, as rows, so that == compares.

    An event announced for a later day is no record of the days asked: its row is left out.
    """
    return {
        name: [
            row
            for row in library.ask(
                name, **{k: v for k, v in MARCH.items() if k in warehouse.parameters(name)}
            )
            .drop(but, strict=False)
            .iter_rows(named=True)
            if row.get("state") != "scheduled"
        ]
        for name in names
    }


def changed(before: dict[str, Any], after: dict[str, Any]) -> set[str]:
    """Return the queries that answer differently."""
    return {name for name in before if before[name] != after[name]}


def taking(*params: str) -> list[str]:
    """Return the queries that take one of these parameters."""
    return [name for name in warehouse.paths() if warehouse.parameters(name) & set(params)]


@pytest.mark.few(9)
@pytest.mark.parametrize("day", [date(2019, 3, 10), date(2018, 12, 31), date(2019, 3, 19)], ids=str)
def test_records_of_another_branch_change_nothing(day, library):
    ordinary(library)
    before = in_march(library, taking("branches"))
    elsewhere(library, "east", datetime.combine(day, time(12)))
    library.open(day, branch_code="east")
    assert changed(before, in_march(library, taking("branches"))) == set()


@pytest.mark.few(9)
@pytest.mark.parametrize("stamp", [datetime(2019, 3, 20), datetime(2019, 12, 31, 23)], ids=str)
def test_records_from_the_day_after_on_change_nothing(stamp, library):
    ordinary(library)
    before = in_march(library, taking("end_date", "as_of"), but=["scheduled_count"])
    elsewhere(library, "main", stamp)
    on_a_day(library, stamp.date())
    after = in_march(library, taking("end_date", "as_of"), but=["scheduled_count"])
    assert changed(before, after) == set()


# What stands at a day is made of everything before it, not of the period alone.
STOCKS = {
    "holder_count",
    "card_holder_count",
    "ever_issued_count",
    "cancellation_rate",
    "yearly_cancellation_rate",
    "circulation_rate",  # until a month is over it is of what was held before
    "active_borrower_count",
    "item_count",
    "item_share",
}


@pytest.mark.slow
def test_records_up_to_the_day_before_change_no_count_of_the_period(library):
    ordinary(library)
    before = in_march(library, taking("start_date"), but=STOCKS)
    elsewhere(library, "main", datetime(2019, 3, 4, 23, 59))
    on_a_day(library, date(2019, 3, 4))
    found = changed(before, in_march(library, taking("start_date"), but=STOCKS))
    # a questionnaire of the year is one with those before it in the year
    assert found == {"survey_by_question", "survey_by_group"}


@pytest.mark.slow
def test_a_record_inside_the_days_asked_changes_every_answer(library):
    """Without this the three laws above would hold of a query that answers nothing."""
    asked = taking("start_date", "as_of")
    ordinary(library)
    before = in_march(library, asked)
    for _ in range(2):
        elsewhere(library, "main", datetime(2019, 3, 19, 23, 59))
    library.lend(class_code="TP", reader_id=92, loaned_at=datetime(2019, 3, 19, 23, 59))
    on_a_day(library, date(2019, 3, 19))
    elsewhere(library, "main", datetime(2019, 3, 13))  # in a week that is over
    after = in_march(library, asked)
    untouched = OF_OPENING_HOURS_ALONE | OF_CLOSED_QUARTERS | {"reader_labels"}
    assert changed(before, after) == set(asked) - untouched


# The library is open every day in these: another day cannot be added to it.
OF_CLOSED_QUARTERS = {
    "borrowers_released",
    "cancellations_released",
}  # and March has not closed one
OF_OPENING_HOURS_ALONE = {"plan_pace", "closed_days", "opening_by_branch", "opening_by_week"}


# --- no loan is lost on the way to a figure

ODD_LOANS: dict[str, dict[str, Any]] = {
    "nothing odd": {},
    "a reader deleted since": {"reader_id": None},
    "an item deleted since": {"item_id": None},
    "an item no catalogue holds": {"item_id": 404},
    "an item without a call number": {"class_code": "none"},
    "another scheme": {"class_code": "other"},
    "a subclass of T": {"class_code": "TP"},
    "a class classes.csv does not list": {"class_code": "L"},
    "no branch": {"branch_code": None},
    "a branch the network does not list": {"branch_code": "closed-in-2017"},
    "no channel": {"channel_code": None},
    "a channel codes.csv does not list": {"channel_code": "drone"},
    "renewed and still out": {"renewals": 2, "returned_at": None},
}


@pytest.mark.parametrize("odd", ODD_LOANS.values(), ids=ODD_LOANS.keys())
def test_every_loan_is_in_every_count_of_loans(odd, lend, ask):
    for _ in range(2):
        lend()
    for _ in range(3):
        lend(**odd)
    names = [path.stem for path in sorted(QUERIES.glob("loans/*.sql"))]
    whole = dict.fromkeys(names, 5)
    whole["loans_by_subclass"] = 3 if odd.get("class_code") == "TP" else 0  # class T alone
    found = {name: ask(name)["loan_count"].sum() for name in names}
    assert found == whole, "every query of queries/loans has the column loan_count"


@pytest.mark.parametrize("odd", ODD_LOANS.values(), ids=ODD_LOANS.keys())
def test_shares_of_loans_add_up_to_the_whole(odd, lend, ask):
    lend()
    lend(**odd)
    for name in (
        "loans_by_branch",
        "loans_by_channel",
        "loans_by_class",
        "class_shares_by_quarter",
    ):
        assert ask(name)["loan_share"].sum() == pytest.approx(1), name


# --- parameters as a person types them

FACTS = {"first_day": date(2018, 4, 1), "last_day": date(2019, 9, 30), "loaded_at": datetime.max}


def test_every_parameter_of_the_vocabulary_has_a_default():
    assert query_params.defaults(FACTS).keys() == query_params.READERS.keys()


@every_query
def test_left_out_parameters_mean_the_whole_of_the_data(name, empty_library):
    (facts,) = empty_library.ask("library_facts").to_dicts()
    params = query_params.parameters(name, [], facts)
    assert params.keys() == warehouse.parameters(name)
    warehouse.run(empty_library.connection, name, **params)


def test_words_are_read_as_the_values_they_stand_for():
    words = ["start_date=2019-01-31", "branches=JZ,TG", "limit=3"]
    params = query_params.parameters("top_borrowers", words, FACTS)
    assert params == {
        "start_date": date(2019, 1, 31),
        "end_date": date(2019, 10, 1),  # the day after the last, so that the last is in it
        "branches": ["JZ", "TG"],
        "limit": 3,
        "floor": 0,
    }
    assert query_params.parameters("reader_labels", ["readers=4,5"], FACTS) == {
        "readers": [4, 5],
        "as_of": date(2019, 9, 30),
    }
    assert query_params.parameters("loans_by_day", ["branches=null"], FACTS)["branches"] is None


@pytest.mark.parametrize(
    ("name", "words", "key"),
    [
        ("loans_by_day", "as_of=2019-01-01", "problem.unknown_param"),
        ("loans_by_day", "start_date=yesterday", "problem.bad_param"),
        ("top_borrowers", "limit=ten", "problem.bad_param"),
        ("loans_by_dog", "", "problem.unknown_query"),
    ],
)
def test_what_cannot_be_read_is_said_plainly(name, words, key):
    with pytest.raises(Problem) as problem:
        query_params.parameters(name, [words], FACTS)
    assert problem.value.key == key


# --- the tables they read


def source_tables() -> list[str]:
    schema = (DATA / "schema.sql").read_text(encoding="utf-8")
    tables = re.findall(r"^create table (\w+)", schema, re.MULTILINE)
    return [table for table in tables if table not in map(derived_table, derivations())]


def test_every_derived_table_stands_in_the_schema_after_the_sources():
    schema = (DATA / "schema.sql").read_text(encoding="utf-8")
    tables = re.findall(r"^create table (\w+)", schema, re.MULTILINE)
    assert tables == [*source_tables(), *map(derived_table, derivations())]


def test_every_table_and_column_is_explained():
    schema = (DATA / "schema.sql").read_text(encoding="utf-8")
    for line in schema.splitlines():
        if line.startswith("    "):
            assert re.search(r" -- \S", line), line
    assert len(re.findall(r"^-- .+\ncreate table", schema, re.MULTILINE)) == schema.count(
        "create table"
    )


def test_the_account_of_records_counts_every_source_table(library):
    fill(library, random.Random(1))
    for table in ("loads", "load_rules", "requests", "inspections", "annotations", "plan_notes"):
        library.put(table)
    counts = dict(library.ask("table_counts").iter_rows())
    assert set(source_tables()) - counts.keys() == {"library"}  # the row that says what this is
    assert counts == {table: len(library.rows[table]) for table in counts}


def test_the_newest_load_is_accounted_for_and_no_other(library):
    for number, file_name in [(1, "a.csv"), (2, "c.csv"), (2, "b.csv")]:
        library.put("loads", load_number=number, file_name=file_name)
        library.put("load_rules", load_number=number, file_name=file_name, line_count=10 + number)
    assert library.ask("load_account")["file_name"].to_list() == ["b.csv", "c.csv"]
    assert library.ask("rules_applied")["line_count"].to_list() == [24]
