"""What people typed in stands in the tables of the library, and only in those it was said of."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from guanqing import records, registers, warehouse
from guanqing.intake.loading import load
from guanqing.intake.publishing.build import building
from guanqing.registers import journal
from guanqing.registers.journal import Change
from guanqing.store import Store

EVENTS = """活动类型,活动名称,活动日期,分馆,参加人数,主讲人职称职务
讲座,家风,2019-03-09,JZ,120,正高级
讲座,文脉,2019-04-13,JZ,80,
"""
VISITS = "分馆,日期,小时,到馆人次\nJZ,2019-03-01,,500\nJZ,2019-03-01,10,86\n"
SURVEYS = (
    "调查编号,题目,读者群体,截止日期,发放,回收,有效,满意\n2019-1,,,2019-03-31,250,244,240,204\n"
)
pytest_plugins = ["stores"]

TALK = {"kind": "lecture", "title": "家风", "held_on": "2019-03-09", "branch": "JZ"}


def three_registers(folder: Path) -> None:
    for name, content in (("活动", EVENTS), ("到馆", VISITS), ("问卷", SURVEYS)):
        (folder / f"{name}.csv").write_text(content, encoding="utf-8")
    load(sorted(folder.glob("*.csv")), "plain", Store(folder / "store"))


@pytest.fixture
def store(own: Callable[..., Store]) -> Store:
    """Return the store of a real library with a register of events, of visits and a survey."""
    return own("three_registers", three_registers)


@pytest.fixture
def enter(store: Store) -> Callable[..., None]:
    """Return a function that enters one row, a field a keyword, in a real library."""

    def enter(
        register: str, /, *, taken: bool = False, simulated: bool = False, **given: Any
    ) -> None:
        kind = records.registers()[register]
        values = dict.fromkeys(kind.fields) | given
        key = registers.key_of(kind, values)
        journal.append(
            journal.path_of(store.current()),
            [Change(register, key, None if taken else values)],
            by="王芳",
            is_simulated=simulated,
        )

    return enter


def table(store: Store, sql: str) -> list[tuple[Any, ...]]:
    with warehouse.connect(store.current()) as connection:
        return connection.sql(sql).fetchall()


def talks(store: Store) -> list[tuple[Any, ...]]:
    columns = "title, attendance_count, speaker_rank, stated_by"
    return table(store, f"select {columns} from events order by held_on, title")


def test_without_a_journal_the_library_is_what_the_files_said(store: Store) -> None:
    assert talks(store) == [("家风", 120, "full_senior", None), ("文脉", 80, None, None)]
    assert table(store, "from entries") == []


def test_a_row_entered_stands_beside_those_of_the_files(
    store: Store, enter: Callable[..., None]
) -> None:
    enter("events", **TALK | {"title": "新", "held_on": "2019-05-01"}, attendance_count=9)
    assert talks(store)[2] == ("新", 9, None, "王芳")
    assert table(store, "select count(*) from events where stated_at is null") == [(0,)]


def test_a_correction_stands_in_the_place_of_what_a_file_said(
    store: Store, enter: Callable[..., None]
) -> None:
    enter("events", **TALK, attendance_count=150, speaker_rank="full_senior")
    assert talks(store) == [("家风", 150, "full_senior", "王芳"), ("文脉", 80, None, None)]


def test_the_last_of_several_entries_holds(store: Store, enter: Callable[..., None]) -> None:
    for count in (1, 2, 3):
        enter("events", **TALK, attendance_count=count)
    assert talks(store)[0][1] == 3
    assert table(store, "select count(*) from entries") == [(3,)]


def test_a_row_taken_away_is_gone_and_its_history_stays(
    store: Store, enter: Callable[..., None]
) -> None:
    enter("events", **TALK, taken=True)
    assert [title for title, *_ in talks(store)] == ["文脉"]
    assert table(store, "select values_json from entries") == [(None,)]
    enter("events", **TALK, attendance_count=7)  # and can come back
    assert talks(store)[0][:2] == ("家风", 7)


def test_the_history_of_a_register_is_of_that_register_the_newest_entry_first(
    store: Store, enter: Callable[..., None]
) -> None:
    enter("events", **TALK, attendance_count=7)
    enter("visits", branch="JZ", day="2019-03-01", hour=10, visit_count=7)
    enter("events", **TALK, attendance_count=8)
    asked = {"events": ["events", "events"], "visits": ["visits"], "loans": []}
    with warehouse.connect(store.current()) as connection:
        for register, entries in asked.items():
            history = warehouse.run(connection, "register_history", register=register)
            assert history["register"].to_list() == entries
        everything = warehouse.run(connection, "register_history", register=None)
    assert everything["register"].to_list() == ["events", "visits", "events"]


@pytest.mark.parametrize("hour", [None, 10])
def test_a_key_with_a_blank_in_it_is_the_key_of_a_loaded_row(
    store: Store, enter: Callable[..., None], hour: int | None
) -> None:
    enter("visits", branch="JZ", day="2019-03-01", hour=hour, visit_count=7)
    found = dict(table(store, "select hour, visit_count from visits"))
    assert found == {None: 500, 10: 86} | {hour: 7}


def test_a_blank_question_and_group_are_overall_and_all_as_in_a_file(
    store: Store, enter: Callable[..., None]
) -> None:
    counts = dict.fromkeys(("distributed_count", "returned_count", "valid_count"), 10)
    said = {"survey": "2019-1", "closed_on": "2019-03-31", **counts}
    enter("surveys", **said, satisfied_count=9)
    enter("surveys", **said, question="overall", reader_group="all", satisfied_count=8)
    sql = "select question_code, group_code, satisfied_count from surveys"
    assert table(store, sql) == [("overall", "all", 8)]


def test_a_time_written_in_two_ways_is_one_key(store: Store, enter: Callable[..., None]) -> None:
    for opens_at, closes_at in (("08:30", "17:00"), ("08:30:00", "18:00:00")):
        enter(
            "opening_hours", branch="JZ", day="2019-03-01", opens_at=opens_at, closes_at=closes_at
        )
    assert table(store, "select closes_at::varchar from opening_hours") == [("18:00:00",)]


def test_columns_keep_their_types(store: Store, enter: Callable[..., None]) -> None:
    before = table(store, "select * from (describe events)")
    enter("events", **TALK)
    assert [row[:2] for row in table(store, "select * from (describe events)")] == [
        row[:2] for row in before
    ]


@pytest.mark.parametrize(
    ("held_on", "said", "is_held"),
    [
        ("2019-03-09", None, True),
        ("2019-03-09", False, False),
        ("2099-01-01", None, False),
        ("2099-01-01", True, False),
    ],
)
def test_an_event_is_held_once_its_day_has_come_unless_somebody_says_otherwise(
    store: Store,
    enter: Callable[..., None],
    held_on: str,
    said: bool | None,
    is_held: bool,
) -> None:
    enter("events", **TALK | {"held_on": held_on, "title": "x"}, is_held=said)
    assert table(store, "select is_held from events where title = 'x'") == [(is_held,)]


def test_what_was_said_of_the_simulation_never_shows_in_a_real_library_nor_the_reverse(
    store: Store, enter: Callable[..., None]
) -> None:
    enter("events", **TALK, attendance_count=1, simulated=True)
    enter("events", **TALK | {"title": "真"})
    assert [title for title, *_ in talks(store)] == ["家风", "真", "文脉"]
    assert talks(store)[0][1] == 120
    with building(store) as library:
        library.describe(name_zh="模拟", name_en="Simulated", is_simulated=True, layout="demo")
    assert talks(store) == [("家风", 1, None, "王芳")]
    assert table(store, "select count(*) from entries") == [(1,)]


def test_a_load_keeps_what_was_typed_in_and_the_entry_goes_before_the_file(
    store: Store, enter: Callable[..., None], tmp_path: Path
) -> None:
    enter("events", **TALK, attendance_count=150)
    later = tmp_path / "later.csv"
    later.write_text(EVENTS + "美术展览,春,2019-05-01,JZ,,\n", encoding="utf-8")
    load([later], "plain", store)
    assert [row[:2] for row in talks(store)] == [("家风", 150), ("文脉", 80), ("春", None)]


def test_figures_follow_what_was_typed_in(store: Store, enter: Callable[..., None]) -> None:
    """Roll-ups over registers are made when a library is opened, entries in their place."""
    sql = (
        "select sum(amount)::bigint from measure_days "
        "where measure_code = 'visit_count' and day = date '2019-03-01'"
    )
    assert table(store, sql) == [(586,)]
    enter("visits", branch="JZ", day="2019-03-01", hour=10, visit_count=100)
    assert table(store, sql) == [(600,)]
    enter("visits", branch="JZ", day="2019-03-01", hour=None, taken=True)
    assert table(store, sql) == [(100,)]
