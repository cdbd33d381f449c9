"""A library that counts renewals as loans: every place that counts loans counts them."""

from pathlib import Path

import pytest
from exports import Export

from guanqing import measures, warehouse
from guanqing.own import of_store

RENEWALS_ARE_LOANS = """
[loans_include_renewals]
value = 1
unit = ""
source = { zh = "本馆统计口径", en = "as this library counts" }
is_assumed = false
"""
HEADER = "借阅编号,读者证号,条码号,借书日期,还书日期,续借时间,续借次数,索书号"
ROW = "1,R1,B1,2019-03-01 10:00:00,2019-03-20 16:00:00,2019-03-10 09:00:00,2,I247.5/1"


@pytest.fixture
def export(tmp_path: Path) -> Export:
    return Export(tmp_path)


@pytest.fixture(params=[False, True], ids=["beside", "as_loans"])
def are_loans(request: pytest.FixtureRequest, export: Export) -> bool:
    if request.param:
        say_so(export)
    return bool(request.param)


def say_so(export: Export) -> None:
    path = of_store(export.store.root, is_simulated=False).settings
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(RENEWALS_ARE_LOANS, encoding="utf-8")


def test_renewals_are_loans_where_the_library_says_so(export: Export, are_loans: bool) -> None:
    export.load_one("plain", HEADER, ROW)
    places = ("circulation_days", "loan_hours", "class_days", "reader_days")
    found = {
        place: export.rows(f"select sum(loan_count)::int from {place}") for place in places
    } | {"loans": export.rows("select count(*) from loans")}
    assert found == {place: [(3 if are_loans else 1,)] for place in found}
    turns = "select sum(renewal_count)::int, sum(return_count)::int from circulation_days"
    assert export.rows(turns) == [(2, 1)]
    by_day = "select day::varchar, loan_count from loan_hours order by day"
    renewed = [("2019-03-10", 2)] if are_loans else []
    assert export.rows(by_day) == [("2019-03-01", 1), *renewed]


def test_the_library_says_how_it_counts_and_its_sums_agree(export: Export, are_loans: bool) -> None:
    export.load_one("plain", HEADER, ROW)
    with warehouse.connect(export.store.current()) as connection:
        facts = warehouse.run(connection, "library_facts").row(0, named=True)
        sums = warehouse.run(connection, "rollups_checked")["verdict"].to_list()
    assert facts["loans_include_renewals"] == are_loans
    assert set(sums) == {"equal"}


def test_what_is_said_after_a_load_holds_from_the_next_one_on(export: Export) -> None:
    export.load_one("plain", HEADER, ROW)
    say_so(export)
    with warehouse.connect(export.store.current()) as connection:
        facts = warehouse.run(connection, "library_facts").row(0, named=True)
        sums = warehouse.run(connection, "rollups_checked")["verdict"].to_list()
    assert not facts["loans_include_renewals"]
    assert set(sums) == {"equal"}


def test_a_log_counts_its_renewals_so_too(export: Export, are_loans: bool) -> None:
    export.load_one(
        "plain",
        "操作类型,处理时间,读者证号,条码号",
        "借书,2019-03-01 10:00:00,R1,B1",
        "续借,2019-03-10 09:00:00,R1,B1",
        "还书,2019-03-20 16:00:00,R1,B1",
    )
    counted = "select sum(loan_count)::int, sum(renewal_count)::int from circulation_days"
    assert export.rows(counted) == [(2 if are_loans else 1, 1)]


def test_what_a_measure_says_of_renewals_has_its_other_wording() -> None:
    speaking = [
        measure
        for measure in measures.load().values()
        if "续借" in measure.definition["zh"] or "enewal" in measure.definition["en"]
    ]
    assert speaking
    assert all(measure.with_renewals for measure in speaking)
