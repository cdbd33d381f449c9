"""Which days a library covers: those of its loans, else those of whatever it recorded."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from exports import Export


@pytest.fixture
def export(tmp_path: Path) -> Export:
    return Export(tmp_path)


VISITS = ("日期,到馆人次", "2019-03-01,86", "2019-04-02,90")
NEXT_YEAR = date.today() + timedelta(days=365)
ALONE = {
    "visits": VISITS,
    "cards": (
        "操作类型,办理日期,读者证号",
        "办证,2019-03-01,R1",
        "退证,2019-04-02,R1",
    ),
    "events": (
        "活动类型,活动名称,活动日期,参加人数",
        "讲座,三晋文化,2019-03-01,20",
        "讲座,诗词,2019-04-02,30",
        f"讲座,来年,{NEXT_YEAR},",  # what is planned is no record yet
    ),
}
COVERED = "select first_day::varchar, last_day::varchar from library"


@pytest.mark.parametrize("kind", ALONE)
def test_a_library_without_loans_covers_the_days_it_recorded(export: Export, kind: str) -> None:
    export.load_one("plain", *ALONE[kind])
    assert export.rows(COVERED) == [("2019-03-01", "2019-04-02")]


def test_a_library_with_loans_covers_the_days_of_its_loans(export: Export) -> None:
    export.write("visits.csv", *VISITS)
    export.write("loans.csv", "读者证号,条码号,借书日期", "R1,B1,2019-03-20 10:00:00")
    export.load("plain")
    assert export.rows(COVERED) == [("2019-03-20", "2019-03-20")]


def test_a_library_of_readers_alone_covers_no_day(export: Export) -> None:
    export.load_one("plain", "读者证号,姓名,性别", "R1,马某,女")
    assert export.rows(COVERED) == [(None, None)]
