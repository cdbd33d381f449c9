"""Load after load: nothing counts twice, a correction replaces, and order does not matter."""

import os
import random
from datetime import UTC, datetime
from itertools import permutations
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guanqing import manifest
from guanqing.intake import layouts
from guanqing.intake.loading import load
from guanqing.intake.publishing import resolving
from guanqing.intake.publishing.build import create_schema
from guanqing.intake.reading import staging, values
from guanqing.records import kinds
from guanqing.store import Store, records_of

HEADERS = {
    "loans": "借阅编号,读者证号,条码号,借书日期,应还日期,还书日期,续借次数,分馆",
    "log": "操作类型,处理时间,读者证号,条码号,应还日期,分馆",
    "readers": "读者证号,姓名,读者类型,性别,办证日期",
    "items": "条码号,索书号,馆藏馆",
    "visits": "分馆,日期,小时,到馆人次",
}
# what a library was made when and from, and not what it holds
APART = {"library": ["loaded_at"], "loads": None, "load_rules": None}


class Shelf:
    """A folder of source files and stores to load them into, in any order."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def file(self, name: str, kind: str, *lines: str, written: int = 0) -> Path:
        path = self.root / f"{name}.csv"
        path.write_text("\n".join([HEADERS[kind], *lines, ""]), encoding="utf-8")
        at = datetime(2024, 6, 1, tzinfo=UTC).timestamp() + written
        os.utime(path, (at, at))
        return path

    def load(self, *batches: list[Path]) -> tuple[Store, list[Any]]:
        store = Store(self.root / f"store{len(list(self.root.glob('store*')))}")
        return store, [load(batch, "plain", store) for batch in batches]


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path)


def content(store: Store, *, with_records: bool = True) -> dict[str, list[tuple[Any, ...]]]:
    """Return every row of every table, in an order of their own."""
    tables = _tables(store.current(), APART)
    if with_records:
        told = {"file_accounts", "rule_accounts", "kept_lines", "unmapped_codes"}
        tables |= _tables(records_of(store.current()), dict.fromkeys(told))
    return tables


def _tables(path: Path, apart: dict[str, Any]) -> dict[str, list[tuple[Any, ...]]]:
    with duckdb.connect(str(path), read_only=True) as connection:
        names = [
            name for (name,) in connection.sql("select table_name from duckdb_tables()").fetchall()
        ]
        found = {}
        for name in names:
            if apart.get(name, []) is None:
                continue
            left_out = f"exclude ({', '.join(apart[name])})" if name in apart else ""
            rows = connection.sql(f"select * {left_out} from {name}").fetchall()
            found[name] = sorted(rows, key=repr)
        return found


def loan(number: int, *, returned: str = "", renewals: int = 0, item: str = "B1") -> str:
    return (
        f"{number},R1,{item},2024-03-0{number % 9 + 1} 10:00:00,2024-04-01,{returned},{renewals},JZ"
    )


# --- the same again


def test_the_same_file_twice_makes_no_generation(shelf: Shelf) -> None:
    path = shelf.file("a", "loans", loan(1), loan(2, returned="2024-03-09 09:00:00"))
    store, (first, second) = shelf.load([path], [path])
    assert (first.load_number, second.load_number) == (1, None)
    assert [(f.loaded, f.already_there) for f in second.files] == [(0, 2)]
    assert len(store.generations()) == 1


def test_a_copy_of_the_same_file_makes_no_generation_either(shelf: Shelf) -> None:
    path = shelf.file("a", "loans", loan(1), loan(2))
    copy = shelf.file("b", "loans", loan(1), loan(2), written=3600)
    store, (_, second) = shelf.load([path], [copy])
    assert (second.load_number, second.files[0].already_there) == (None, 2)
    assert len(store.generations()) == 1


@pytest.mark.slow
def test_the_date_of_a_later_copy_is_remembered_all_the_same(shelf: Shelf) -> None:
    first = shelf.file("a", "visits", "JZ,2024-03-01,10,90")
    other = shelf.file("b", "visits", "JZ,2024-03-01,10,91", written=60)
    again = shelf.file("c", "visits", "JZ,2024-03-01,10,90", written=120)
    for order in ([first, other, again], [again, other, first], [other, again, first]):
        store, _ = shelf.load(*([path] for path in order))
        assert [row[3] for row in content(store)["visits"]] == [90]


def test_overlapping_files_count_nothing_twice(shelf: Shelf) -> None:
    monday = shelf.file("a", "loans", loan(1), loan(2))
    tuesday = shelf.file("b", "loans", loan(2), loan(3))
    store, (_, second) = shelf.load([monday], [tuesday])
    assert [(f.loaded, f.already_there) for f in second.files] == [(1, 1)]
    assert len(content(store)["loans"]) == 3


def test_a_line_refused_is_loaded_once_it_is_mended(shelf: Shelf) -> None:
    bad = shelf.file("a", "loans", loan(1), loan(2).replace("2024-03-03", "soon"))
    mended = shelf.file("b", "loans", loan(1), loan(2))
    store, (first, second) = shelf.load([bad], [mended])
    assert (first.files[0].refused, second.files[0].loaded) == (1, 1)
    assert len(content(store)["loans"]) == 2


# --- a later word


@pytest.mark.slow
def test_a_loan_that_has_come_back_since_replaces_the_one_still_out(shelf: Shelf) -> None:
    monday = shelf.file("a", "loans", loan(1))
    tuesday = shelf.file("b", "loans", loan(1, returned="2024-03-09 09:00:00"))
    for order in ([monday], [tuesday]), ([tuesday], [monday]), ([monday, tuesday],):
        store, _ = shelf.load(*order)
        with duckdb.connect(str(store.current()), read_only=True) as connection:
            rows = connection.sql("select returned_at from loans").fetchall()
        assert rows == [(datetime(2024, 3, 9, 9),)]


def test_a_correction_in_a_file_written_later_replaces(shelf: Shelf) -> None:
    wrong = shelf.file("a", "visits", "JZ,2024-03-01,10,900", "JZ,2024-03-01,11,70")
    right = shelf.file("b", "visits", "JZ,2024-03-01,10,90", written=60)
    store, (_, second) = shelf.load([wrong], [right])
    assert second.files[0].by_rule == {"correction": 1}
    assert sorted(row[3] for row in content(store)["visits"]) == [70, 90]


def test_an_older_file_loaded_late_does_not_undo_a_correction(shelf: Shelf) -> None:
    wrong = shelf.file("a", "visits", "JZ,2024-03-01,10,900")
    right = shelf.file("b", "visits", "JZ,2024-03-01,10,90", written=60)
    store, (_, second) = shelf.load([right], [wrong])
    assert (second.load_number, second.files[0].by_rule) == (None, {"superseded": 1})
    assert [row[3] for row in content(store)["visits"]] == [90]


@pytest.mark.slow
def test_operations_nobody_could_name_count_once_a_code_table_names_them(tmp_path: Path) -> None:
    log, names = tmp_path / "LOG_CIR.csv", tmp_path / "LogCirType.csv"
    log.write_text(
        "logtype,libcode,userid,ipaddr,data1,data2,data3,data4,data5,regtime,return_time\n"
        "30001,JZ,u,i,,R1,B1,,,2024-03-01 10:00:00,2024-04-01\n"
        "30077,JZ,u,i,,R1,B1,,,2024-03-09 10:00:00,\n"
    )
    names.write_text("logtype,typename\n30077,还书\n", encoding="utf-8")
    stores = [Store(tmp_path / name) for name in ("a", "b", "c")]
    first = load([log], "interlib", stores[0])
    assert (first.files[0].refused, first.files[0].by_rule) == (1, {"unmapped_kind": 1})
    assert [(code.value, code.line_count) for code in first.unmapped_codes] == [("30077", 1)]
    load([names], "interlib", stores[0])
    load([names], "interlib", stores[1])
    load([log], "interlib", stores[1])
    load([names, log], "interlib", stores[2])
    assert content(stores[0]) == content(stores[1]) == content(stores[2])
    with duckdb.connect(str(stores[0].current()), read_only=True) as connection:
        rows = connection.sql("select count(returned_at) from loans").fetchall()
    assert rows == [(1,)]


# --- any order


def a_line(chance: random.Random, kind: str) -> str:
    number, day = chance.randint(1, 6), chance.randint(1, 9)
    stamp = chance.choice([f"2024-03-0{day} 1{number}:00:00", f"2024-03-0{day}", f"2024/3/{day}"])
    reader, item = f"R{chance.randint(1, 3)}", f"B{chance.randint(1, 3)}"
    later = chance.choice(["", f"2024-03-1{day} 10:00:00", f"2024-03-0{day}10:00:00", "soon"])
    if kind == "loans":
        count = chance.choice(["", 0, 1, 2])
        return f"{number},{reader},{item},{stamp},2024-04-0{day},{later},{count},JZ"
    if kind == "log":
        operation = chance.choice(["借书", "还书", "续借", "办证", "退证", "读书"])
        return f"{operation},{stamp},{reader},{item},,{chance.choice(['JZ', 'TG', ''])}"
    if kind == "readers":
        return f"{reader},马{number},{chance.choice(['成人', '学生', '怪'])},女,{stamp}"
    if kind == "items":
        return f"{item},{chance.choice(['I247.5/1', 'TP312', '', '337.69'])},JZ"
    return f"JZ,2024-03-0{day},{number},{chance.randint(0, 9)}"


def some_files(shelf: Shelf, seed: int, count: int = 3) -> list[Path]:
    chance = random.Random(seed)
    files = []
    for number in range(count):
        kind = chance.choice(["loans", "loans", "log", "readers", "items", "visits"])
        lines = [a_line(chance, kind) for _ in range(chance.randint(1, 8))]
        lines += chance.choices(lines, k=2)
        written = chance.choice([0, 0, 60, 120])
        files.append(shelf.file(f"f{number}", kind, *lines, written=written))
    return files


@pytest.mark.slow
def test_a_log_that_nothing_explains_yet_is_kept_by_an_empty_library(shelf: Shelf) -> None:
    unexplained = shelf.file("a", "log", "Z9,2024-03-01 10:00:00,R1,B1,2024-04-01,JZ")
    explained = shelf.file("b", "log", "借出,2024-03-02 10:00:00,R2,B2,2024-04-01,JZ")
    check_any_order(shelf, [unexplained, explained])
    store, (report,) = shelf.load([unexplained])
    assert (report.load_number, report.total("refused")) == (1, 1)
    with duckdb.connect(str(records_of(store.current())), read_only=True) as records:
        assert records.sql("select kind from log").fetchall() == [("?Z9",)]


@pytest.mark.slow
@settings(max_examples=1, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 10**6))
def test_files_give_the_same_library_in_any_order(
    seed: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    shelf = Shelf(tmp_path_factory.mktemp("order"))
    check_any_order(shelf, some_files(shelf, seed, 2))


def check_any_order(shelf: Shelf, files: list[Path]) -> None:
    """Hold that one batch and every order of single files end in the same tables."""
    expected = None
    for batches in ([files], *([[file] for file in order] for order in permutations(files))):
        store = Store(shelf.root / f"store{len(list(shelf.root.glob('store*')))}")
        for batch in batches:
            report = load(batch, "plain", store)
            for file in report.files:
                counts = (file.loaded, file.repaired, file.refused, file.set_aside)
                assert file.lines_read == sum(counts) + file.already_there
        found = content(store) if store.link.exists() else {}  # not one line can be used
        expected = found if expected is None else expected
        assert found == expected
        assert load(files, "plain", store).load_number is None


@pytest.mark.slow
@settings(max_examples=12, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 10**9))
def test_many_files_give_the_same_library_in_any_order(
    seed: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    shelf = Shelf(tmp_path_factory.mktemp("order"))
    check_any_order(shelf, some_files(shelf, seed))


# --- a store of an older program


def test_a_store_made_before_a_kind_of_record_got_a_field_still_loads(shelf: Shelf) -> None:
    monday = shelf.file("a", "loans", loan(1), loan(2))
    store, _ = shelf.load([monday])
    with duckdb.connect(str(records_of(store.current()))) as connection:
        connection.execute("alter table loans drop column channel")
        connection.execute("alter table loans add column shelf varchar")  # and lost one
    manifest.of(store.current()).unlink()  # such a program wrote none
    tuesday = shelf.file("b", "loans", loan(2), loan(3))
    (file,) = load([tuesday], "plain", store).files
    assert (file.loaded, file.already_there) == (1, 1)
    assert len(content(store)["loans"]) == 3


# --- a log that gives the day alone


def turns(*lines: str) -> list[str]:
    return [f"{line},B1,," for line in lines]


DAYS = {
    "lent and back in a day": (
        ("借书,2024-03-01,R1", "还书,2024-03-01,R1"),
        [("2024-03-01", "2024-03-01", 0)],
    ),
    "back and lent again in a day": (
        ("借书,2024-03-01,R1", "还书,2024-03-05,R1", "借书,2024-03-05,R2"),
        [("2024-03-01", "2024-03-05", 0), ("2024-03-05", None, 0)],
    ),
    "lent and back each day": (
        ("借书,2024-03-01,R1", "还书,2024-03-01,R1", "借书,2024-03-02,R1", "还书,2024-03-02,R1"),
        [("2024-03-01", "2024-03-01", 0), ("2024-03-02", "2024-03-02", 0)],
    ),
    "out overnight, back and lent and back": (
        *(
            (
                "借书,2024-03-01,R1",
                "还书,2024-03-02,R1",
                "借书,2024-03-02,R2",
                "还书,2024-03-02,R2",
            ),
            [("2024-03-01", "2024-03-02", 0), ("2024-03-02", "2024-03-02", 0)],
        ),
    ),
    "older than the log, then lent and back": (
        ("还书,2024-03-01,R9", "借书,2024-03-02,R1", "还书,2024-03-02,R1"),
        [("2024-03-02", "2024-03-02", 0)],
    ),
    "lent, renewed and back in a day": (
        ("借书,2024-03-01,R1", "续借,2024-03-01,R1", "还书,2024-03-01,R1"),
        [("2024-03-01", "2024-03-01", 1)],
    ),
    "renewed and back in a day": (
        ("借书,2024-03-01,R1", "续借,2024-03-05,R1", "还书,2024-03-05,R1"),
        [("2024-03-01", "2024-03-05", 1)],
    ),
}


@pytest.mark.parametrize("name", DAYS)
@pytest.mark.few(2)
def test_a_day_puts_a_return_where_it_can_have_been(shelf: Shelf, name: str) -> None:
    lines, expected = DAYS[name]
    for number, order in enumerate([lines, lines[::-1]]):
        path = shelf.file(f"log{number}", "log", *turns(*order))
        store, _ = shelf.load([path])
        with duckdb.connect(str(store.current()), read_only=True) as connection:
            rows = connection.sql(
                "select loaned_at::date::varchar, returned_at::date::varchar, renewal_count "
                "from loans order by loaned_at, returned_at nulls last"
            ).fetchall()
        assert rows == expected


# --- kinds of which there is nothing


def test_a_step_without_a_record_of_its_kinds_would_have_put_nothing() -> None:
    connection = duckdb.connect()
    create_schema(connection)
    connection.execute("attach ':memory:' as records")
    for kind in kinds().values():
        staging.create(connection, kind, is_read=False)
    connection.execute(resolving.SAID)
    connection.execute(resolving.FRAME)
    for macro in [resolving.class_macro("clc"), *values.macros(layouts.read("plain"), "UTC")]:
        connection.execute(macro)
    connection.execute("insert into frame (default_branch) values ('main')")
    statements = [step.read_text(encoding="utf-8") for step in resolving.steps()]
    passed_over = [statement for statement in statements if resolving.only_sources(statement)]
    assert len(passed_over) > 10
    for statement in passed_over:
        assert connection.execute(statement).fetchall() == [(0,)], statement


def test_a_step_that_has_rows_of_anything_but_records_is_never_passed_over() -> None:
    insert = "insert into holdings by name select day from records.holdings"
    assert resolving.only_sources(insert) == {"holdings"}
    assert resolving.only_sources(f"{insert}, frame -- from the frame") == {"holdings"}
    assert resolving.only_sources(f"{insert} union all select day from visits") == set()
    assert resolving.only_sources("create temp table days as from records.holdings") == set()
