"""Which days a library covers: those of its loans, else those of whatever it recorded."""

from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest
from exports import Export

from guanqing.figures.view import View
from guanqing.period import Period


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


@pytest.mark.parametrize(
    ("measure", "first_issue", "is_covered"),
    [
        ("card_holder_count", date(2024, 1, 2), True),  # before the first loan, and long enough
        ("card_holder_count", date(2025, 1, 1), False),
        ("active_borrower_count", date(2024, 1, 2), False),  # of loans
    ],
)
def test_a_year_before_is_known_by_what_a_measure_is_made_of(
    measure: str, first_issue: date, *, is_covered: bool
) -> None:
    first_loan, as_of = date(2025, 1, 1), date(2026, 10, 31)
    days = {"record_kind": ["loan", "issue"], "first_day": [first_loan, first_issue]}
    view = View(
        run=lambda query, params: pl.DataFrame(days),
        facts={"first_day": first_loan},
        filters={"as_of": as_of, "end_date": date(2026, 11, 1), "branches": None},
        period=Period("2026", date(2026, 1, 1), date(2026, 11, 1), is_running=True),
    )
    assert view.covers(measure) == is_covered
