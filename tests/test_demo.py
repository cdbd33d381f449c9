"""The simulated library: adds up to what was printed, and is a library one could have had."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest
from conftest import PLANS, PRINTED
from sealed import opened_names

import simulated_library
from guanqing import plan, published, records
from guanqing.paths import DATA
from guanqing.store import Store, names_of
from simulated_library.chance import known

# one worker builds the library once for all of them
pytestmark = pytest.mark.xdist_group("demo")

AT_MAIN = "branch_code = (select branch_code from branches where is_main)"
PERIOD = f"event_at >= $first_day and event_at < $last_day + interval 1 day and {AT_MAIN}"
HELD = f"""
added_on <= $last_day and (withdrawn_on is null or withdrawn_on >= $last_day) and {AT_MAIN}
"""
CLASS_LOANS = f"""
select count(*) filter (where items.class_code = $subject) / count(*)
from (from loan_events where event_kind = 'loan' and {PERIOD}) left join items using (item_id)
"""
LOANS_BY_RANK = f"""
select loan_count from (
    select reader_id, count(*) as loan_count from loan_events
    where event_kind = 'loan' and {PERIOD} group by reader_id
) order by loan_count desc limit 1 offset $subject::integer - 1
"""
# The printed figures asked of the raw tables of the main library, one statement each.
RECOUNTED = {
    "loan_count": f"select count(*) from loan_events where event_kind = 'loan' and {PERIOD}",
    "class_share": CLASS_LOANS,
    "reader_loan_count": LOANS_BY_RANK,
    "issued_count": f"select count(*) from card_events where event_kind = 'issue' and {PERIOD}",
    "cancelled_count": f"select count(*) from card_events where event_kind = 'cancel' and {PERIOD}",
    "holdings_books": f"select count(*) from items where material = 'book' and {HELD}",
    "holdings_children_books": f"""
        select count(*) from items where material = 'book' and is_for_children and {HELD}""",
    "holdings_braille": f"select count(*) from items where material = 'braille' and {HELD}",
    "holdings_audiovisual_sets": f"""
        select count(*) from items where material = 'audiovisual' and {HELD}""",
    "holdings_periodicals": f"select count(*) from items where material = 'periodical' and {HELD}",
    "digital_tb": "select sum(storage_tb) from digital_resources where counted_on = $last_day",
    "floor_area_m2": "select floor_area_m2 from branches where is_main",
    "seats": "select seat_count from branches where is_main",
    "network_libraries": "select count(*) from branches",
}
# What data/demo/year_2019.toml promises of the main library, asked of the raw tables.
LIVES_ON = {
    "loans": "select count(*) from loan_events where event_kind = 'loan' and year(event_at) = 2019",
    "issued": """
        select count(*) from card_events where event_kind = 'issue' and year(event_at) = 2019""",
    "cancelled": """
        select count(*) from card_events where event_kind = 'cancel' and year(event_at) = 2019""",
    "visits": "select sum(visit_count)::bigint from visits where year(day) = 2019",
    "requests": "select count(*) from requests where year(requested_on) = 2019",
    "refused": "select count(*) from requests where year(requested_on) = 2019 and not is_supplied",
    "mobile_loans": "select sum(loan_count)::bigint from events where year(held_on) = 2019",
}
LIVES_ON = {name: f"{sql} and {AT_MAIN}" for name, sql in LIVES_ON.items()} | {
    "web_visits": """
        select sum(amount)::bigint from counts
        where count_code = 'web_visit' and year(counted_on) = 2019""",
}
# Each looks for what no library has; the sentence is the law it would break.
IMPOSSIBLE = {
    "an item is out twice at once": """
        select item_id from (
            select item_id, loaned_at, lag(coalesce(returned_at, timestamp '9999-01-01')) over (
                partition by item_id order by loaned_at, loan_id
            ) as back_at
            from loans where item_id is not null
        ) where back_at > loaned_at""",
    "a reader borrows before the card or after it": """
        select loan_id from loans inner join cards using (reader_id)
        where loaned_at < issued_at or loaned_at > coalesce(cancelled_at, loaned_at)""",
    "a card is cancelled with books still out": """
        select loan_id from loans inner join cards using (reader_id)
        where cancelled_at is not null and coalesce(returned_at > cancelled_at, true)""",
    "a card is cancelled within twenty days": """
        select reader_id from cards where cancelled_at < issued_at + interval 20 day""",
    "a card is cancelled without a reason": """
        select reader_id from card_events where event_kind = 'cancel' and reason_code is null""",
    "a card that is not held is lost, replaced or suspended": """
        select reader_id from card_events inner join cards using (reader_id)
        where event_at < issued_at or event_at > coalesce(cancelled_at, event_at)""",
    "a loan event falls outside opening hours": """
        select loan_id from loan_events left join opening_hours
        on loan_events.branch_code = opening_hours.branch_code and event_at::date = day
        where day is null or event_at::time < opens_at or event_at::time > closes_at""",
    "a card event falls outside opening hours": """
        select reader_id from card_events left join opening_hours
        on card_events.branch_code = opening_hours.branch_code and event_at::date = day
        where day is null or event_at::time < opens_at or event_at::time > closes_at""",
    "a gate counts while the branch is closed": """
        select visits.day from visits left join opening_hours using (branch_code, day)
        where opens_at is null or hour < hour(opens_at) or make_time(hour, 0, 0) >= closes_at""",
    "a branch lends to more readers in a day than came in": """
        select day from (
            select day, branch_code, count(distinct reader_id) as reader_count
            from reader_days group by day, branch_code
        ) left join (
            select day, branch_code, sum(visit_count) as visit_count
            from visits group by day, branch_code
        ) using (day, branch_code)
        where coalesce(visit_count < reader_count, true)""",
    "the register has an event on a closed day": """
        select title from events left join opening_hours
        on events.branch_code = opening_hours.branch_code and held_on = day where day is null""",
    "an event is held after the last day or only announced before it": """
        select title from events cross join library where is_held <> (held_on <= last_day)""",
    "a book is lent that may not be": "select loan_id from lent_items where not is_loanable",
    "a book is lent before it came or after it went": """
        select loan_id from lent_items
        where added_on > loaned_at::date or withdrawn_on < loaned_at::date""",
    "a loan comes back or is renewed before it is made": """
        select loan_id from loan_events inner join loans using (loan_id)
        where event_at < loaned_at""",
    "a loan is renewed after it came back": """
        select loan_id from loan_events inner join loans using (loan_id)
        where event_kind = 'renewal' and event_at > returned_at""",
    "a renewal moves the due date by another time than a loan": """
        select loan_id from loan_events inner join loans using (loan_id)
        where event_kind = 'renewal' and loan_events.due_date <> loaned_at::date + 60""",
    "an event stands for more than one": "select loan_id from loan_events where quantity <> 1",
    "anything happens after the last day": """
        select loan_id from loan_events cross join library where event_at::date > last_day""",
    "loans are not numbered in time order": """
        select loan_id from (select loan_id, lag(event_at) over (order by loan_id) > event_at
            as is_back from loan_events where event_kind = 'loan') where is_back""",
    "a class is not the one of the call number": """
        select item_id from items where class_code <> case
            when call_number is null then 'none'
            when call_number similar to '[0-9].*' then 'other'
            when call_number[1] = 'T' then call_number[1:2] else call_number[1] end""",
    "the holdings of a month are not the items in stock": """
        select month_end from (
            select month_end, sum(item_count) as n, sum(loanable_count) as open,
                sum(children_count) as young from holdings group by month_end
        ) where (n, open, young) <> (
            select (count(*), count(*) filter (is_loanable), count(*) filter (is_for_children))
            from items
            where added_on <= month_end and coalesce(withdrawn_on >= month_end, true))""",
    "a code is missing from the code lists": """
        select code from (
            select 'channel' as list, channel_code as code from loan_events
            union select 'channel', channel_code from card_events
            union select 'reader_type', reader_type from readers
            union select 'event_kind', event_kind from events
            union select 'refusal_reason', refusal_reason from requests
        ) anti join codes using (list, code) where code is not null""",
    "a class is missing from the classes": """
        select class_code from (select class_code from items union select class_code from requests)
        anti join classes using (class_code) where class_code is not null""",
    "a reason is missing from the reasons": """
        select reason_code from card_events anti join cancel_reasons using (reason_code)
        where reason_code is not null""",
}


# Of two rows with one key the journal could not say which one it corrects.
IMPOSSIBLE |= {
    f"two rows of the register {kind.code} have one key": f"""
        select count(*) from {kind.code}
        group by {", ".join(kind.fields[name].column_name for name in kind.key)}
        having count(*) > 1"""
    for kind in records.registers().values()
}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    store = Store(tmp_path_factory.mktemp("demo"))
    simulated_library.build(store, lambda step: None)
    return store


@pytest.fixture(scope="module")
def library(store: Store) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute(f"attach '{store.current()}' as library (read_only)")
        connection.execute("attach ':memory:' as named")
        rows = opened_names(store.current())
        said = pl.DataFrame(rows, ("reader_id", "reader_name", "card_number"), orient="row")
        connection.register("said", said)
        connection.execute("create table named.names as from said")
        connection.execute("use library")
        for name in ("codes", "classes", "cancel_reasons"):
            file = DATA / f"{name}.csv"
            connection.execute(
                f"create temp table {name} as from read_csv('{file}', all_varchar = true)"
            )
        connection.execute("""
            create temp table cards as
            select reader_id, min(event_at) filter (event_kind = 'issue') as issued_at,
                min(event_at) filter (event_kind = 'cancel') as cancelled_at
            from card_events group by reader_id""")
        connection.execute("""
            create temp view lent_items as
            select loans.*, items.* exclude (item_id, class_code, branch_code),
                items.branch_code as item_branch
            from loans inner join items using (item_id)""")
        yield connection


def one(library: duckdb.DuckDBPyConnection, sql: str, **params: object) -> Any:
    """Return the only value of a statement; params it does not name are left out."""
    (statement,) = duckdb.extract_statements(sql)
    bound = {name: params[name] for name in statement.named_parameters}
    return library.execute(sql, bound or None).fetchall()[0][0]


def test_every_printed_figure_has_a_way_to_recount_it() -> None:
    assert {figure["figure_code"] for figure in published.figures(2018, PRINTED)} == set(RECOUNTED)


@pytest.mark.parametrize(
    "figure",
    [
        pytest.param(figure, id=f"{figure['figure_code']}-{figure['subject']}")
        for figure in published.figures(2018, PRINTED)
    ],
)
def test_a_printed_figure_comes_out(
    library: duckdb.DuckDBPyConnection, figure: dict[str, Any]
) -> None:
    found = float(one(library, RECOUNTED[figure["figure_code"]], **figure))
    printed = figure["published_value"]
    if figure["relation"] == published.OVER:
        assert printed < found < printed + 0.04
    else:
        assert round(found, figure["decimals"]) == printed


def test_nobody_but_the_printed_readers_reaches_their_counts(
    library: duckdb.DuckDBPyConnection,
) -> None:
    printed = published.load(2018, PRINTED)["leaderboard"]["readers"]
    found = library.execute("""
        select reader_name, count(*) as loan_count
        from loans inner join named.names using (reader_id)
        where year(loaned_at) = 2018 group by reader_id, reader_name
        order by loan_count desc limit 11""").fetchall()
    assert [name for name, _ in found[:-1]] == [row["name"] for row in printed]
    assert all(loan_count <= 72 for _, loan_count in found[8:])
    assert found[9][1] > found[10][1]


def test_of_the_printed_readers_nothing_is_invented_but_their_loans(
    library: duckdb.DuckDBPyConnection,
) -> None:
    names = [row["name"] for row in published.load(2018, PRINTED)["leaderboard"]["readers"]]
    found = library.execute(
        "select sex, birth_year, unit from readers inner join named.names using (reader_id) "
        "where list_contains($names, reader_name)",
        {"names": names},
    ).fetchall()
    assert found == [(None, None, None)] * len(names)


def test_every_library_of_the_network_stands_beside_the_main_one(
    library: duckdb.DuckDBPyConnection,
) -> None:
    """Each lends, holds, counts and issues something of its own, and less than the main one."""
    for table in ("loans", "items", "card_events", "visits", "holdings"):
        rows = library.execute(f"""
            select is_main, count({table}.branch_code)
            from branches left join {table} using (branch_code) group by branch_code, is_main
        """).fetchall()
        (main,) = [count for is_main, count in rows if is_main]
        beside = [count for is_main, count in rows if not is_main]
        assert len(beside) == 10, table
        assert all(count > 0 for count in beside), table
        if table in ("loans", "items", "card_events"):
            assert 0.2 * main < sum(beside) < main, table


def test_readers_of_one_library_borrow_at_another_and_the_printed_ones_do_not(
    library: duckdb.DuckDBPyConnection,
) -> None:
    printed = [row["name"] for row in published.load(2018, PRINTED)["leaderboard"]["readers"]]
    away = library.execute(
        """
        select
            count(*) filter (branches.is_main and readers.home_branch <> loans.branch_code),
            count(*) filter (not branches.is_main and readers.home_branch <> loans.branch_code),
            count(*) filter (
                list_contains($printed, reader_name) and readers.home_branch <> loans.branch_code
            )
        from loans
        inner join readers using (reader_id)
        inner join named.names using (reader_id)
        inner join branches using (branch_code)""",
        {"printed": printed},
    ).fetchall()[0]
    assert away[0] > 0
    assert away[1] > 0
    assert away[2] == 0


@pytest.mark.parametrize("total", LIVES_ON)
def test_the_library_lives_on(library: duckdb.DuckDBPyConnection, total: str) -> None:
    assert one(library, LIVES_ON[total]) == known("year_2019")[total]


@pytest.mark.parametrize("kind", known("events"))
def test_events_are_held_and_announced_as_often_as_planned(
    library: duckdb.DuckDBPyConnection, kind: str
) -> None:
    text = known("year_2019")
    counted = library.execute(
        "select count(*) filter (is_held), count(*) filter (not is_held) from events "
        f"where event_kind = $kind and year(held_on) = 2019 and {AT_MAIN}",
        {"kind": kind},
    ).fetchall()
    assert counted == [(text["held"][kind], text["scheduled"][kind])]


def test_one_lecture_and_one_exhibition_of_2019_miss_their_clause(
    library: duckdb.DuckDBPyConnection,
) -> None:
    assert library.execute("""
        select event_kind, count(*) from events
        where year(held_on) = 2019 and is_held and (
            speaker_rank = 'other' or (work_count < 200 and wall_metres < 200))
        group by event_kind order by event_kind""").fetchall() == [
        ("exhibition", 1),
        ("lecture", 1),
    ]


@pytest.mark.parametrize("sentence", IMPOSSIBLE)
def test_it_never_happens_that(library: duckdb.DuckDBPyConnection, sentence: str) -> None:
    assert library.execute(IMPOSSIBLE[sentence]).fetchmany(5) == []


def test_the_main_library_misses_one_day_and_one_week_of_2019(
    library: duckdb.DuckDBPyConnection,
) -> None:
    opened = """
        select day, date_diff('minute', opens_at, closes_at) / 60.0 as hours
        from opening_hours inner join branches using (branch_code)
        where is_main and year(day) = 2019"""
    assert one(library, f"select count(*) from ({opened})") == 364
    assert one(library, f"select min(hours) from ({opened})") >= 10.5
    weeks = library.execute(f"""
        select date_trunc('week', day)::date as week, sum(hours)::double from ({opened})
        where day between date '2019-01-07' and date '2019-12-29' group by 1 order by 1""")
    short = [(str(week), hours) for week, hours in weeks.fetchall() if hours < 70]
    assert short == [("2019-02-04", 66.0)]


def test_nearly_every_item_is_lent_where_it_stands(library: duckdb.DuckDBPyConnection) -> None:
    sql = "select avg((branch_code = item_branch)::integer) from lent_items"
    assert 0.98 < one(library, sql) < 1


def test_loans_are_long_tailed_and_late_and_renewed_now_and_then(
    library: duckdb.DuckDBPyConnection,
) -> None:
    never, renewed, late, out, machine = library.execute("""
        select
            (select avg((loans.reader_id is null)::integer) from readers
                left join (select distinct reader_id from loans) as loans using (reader_id)),
            avg((renewal_count > 0)::integer),
            avg((returned_at::date > due_date)::integer),
            avg((returned_at is null)::integer),
            avg((channel_code = 'self_service')::integer)
        from loans where loaned_at < date '2019-07-01'""").fetchall()[0]
    assert 0.15 < never < 0.25
    assert 0.11 < renewed < 0.13
    assert 0.01 < late < 0.06
    assert 0.015 < out < 0.025
    assert 0.66 < machine < 0.70


def test_every_milestone_of_the_plan_has_a_state(library: duckdb.DuckDBPyConnection) -> None:
    states = dict(
        library.execute("""
            select milestone_code, state from milestone_states
            qualify row_number() over (partition by milestone_code order by stated_on desc) = 1
        """).fetchall()
    )
    assert set(states) == set(plan.load(2019, PLANS).milestones)
    assert Counter(states.values()) == {"done": 6, "under_way": 7, "planned": 3}


def text_columns(library: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    return library.execute("""
        select table_name, column_name from duckdb_columns()
        where database_name = 'library' and data_type = 'VARCHAR'""").fetchall()


def test_no_name_and_no_card_number_stands_in_the_library(
    library: duckdb.DuckDBPyConnection,
) -> None:
    printed = [row["name"] for row in published.load(2018, PRINTED)["leaderboard"]["readers"]]
    for table, column in text_columns(library):
        found = library.execute(
            f"""
            with cells as (select distinct {column} as cell from library.{table})
            select cell from cells
            where cell in (select reader_name from named.names)
                or regexp_matches(cell, '[A-Z]{{2}}[0-9]{{8}}')
                or len(list_filter($printed, lambda name: contains(cell, name))) > 0""",
            {"printed": printed},
        ).fetchall()
        assert found == [], f"{table}.{column}"


def test_every_reader_has_a_name_and_a_card_of_their_own(
    library: duckdb.DuckDBPyConnection,
) -> None:
    assert one(
        library,
        "select count(*) = count(distinct card_number) and count(*) = count(reader_name) "
        "and bool_and(masked_name = reader_name[1] || '**') "
        "and count(*) = (select count(*) from readers) "
        "from named.names inner join readers using (reader_id)",
    )


def contents(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Return the number of rows and a hash of each table of a file, but for when it was written."""
    with duckdb.connect(str(path), read_only=True) as connection:
        tables = [
            row[0]
            for row in connection.execute("select table_name from duckdb_tables()").fetchall()
        ]
        columns = dict.fromkeys(tables, "columns(*)")
        columns["library"] = "columns(* exclude (loaded_at))"
        return {
            table: connection.execute(
                f"select count(*), sum(hash(rowid, {columns[table]})::hugeint) from {table}"
            ).fetchall()
            for table in tables
        }


@pytest.mark.slow
def test_building_twice_gives_the_same_library(store: Store, tmp_path: Path) -> None:
    again = Store(tmp_path)
    simulated_library.build(again, lambda step: None)
    first, second = store.current(), again.current()
    assert contents(first) == contents(second)
    assert contents(names_of(first)) == contents(names_of(second))
