"""Text pasted from a worksheet: the rules of a load, every line accounted for."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from conftest import OWN_OF_TESTS, PLANS

from guanqing import records, registers, warehouse
from guanqing.intake import pasting
from guanqing.intake.loading import load
from guanqing.intake.pasting import Known, Pasted
from guanqing.problems import Problem
from guanqing.registers import checks
from guanqing.store import Store

pytest_plugins = ["stores"]

BRANCHES = {
    "JZ": {"zh": "晋中市图书馆", "en": "Jinzhong Library"},
    "TG": {"zh": "太谷县图书馆", "en": "Taigu County Library"},
}
KNOWN = Known(branches=BRANCHES, default_branch="JZ", own=OWN_OF_TESTS)


def read(register: str, text: str, known: Known = KNOWN) -> Pasted:
    """Return what a paste says; its lines are all accounted for."""
    found = pasting.read(records.registers()[register], text, known, name="粘贴的内容")
    assert found.line_count == len(found.rows) + len(found.refused) + len(found.aside)
    return found


def refusals(found: Pasted) -> list[tuple[int, str | None, str | None, str]]:
    return [(r.line, r.column, r.value, r.rule) for r in found.refused]


# --- what is understood

TALKS = "讲座\t家风\t2019-03-09\tJZ\n讲座\t文脉\t2019/4/13\tTG"


def test_a_header_is_not_needed_and_then_columns_have_their_order() -> None:
    with_header = read("events", f"活动类型\t活动名称\t活动日期\t分馆\n{TALKS}")
    without = read("events", TALKS)
    assert (with_header.has_header, without.has_header) == (True, False)
    values = [row.values for row in without.rows]
    assert values == [row.values for row in with_header.rows]
    assert values[1] | {"is_held": True} == dict.fromkeys(values[1]) | {
        "kind": "lecture",
        "title": "文脉",
        "held_on": "2019-04-13",
        "branch": "TG",
        "is_held": True,
    }


@pytest.mark.parametrize(
    ("typed", "count"),
    [("１２３", 123), ("１，２３４", 1234), ("1,234", 1234), ("1.3万", None), ("１２３人", None)],
)
def test_a_count_may_be_typed_with_wide_digits_and_not_rounded(
    typed: str, count: int | None
) -> None:
    found = read("visits", f"分馆\t日期\t到馆人次\nJZ\t2019-03-01\t{typed}")
    assert [row.values["visit_count"] for row in found.rows] == ([count] if count else [])
    assert [one.rule for one in found.refused] == ([] if count else ["unreadable_count"])


def test_columns_may_stand_in_any_order_under_either_languages_headers() -> None:
    found = read("visits", "Visits\t日期\tBranch\n86\t2019-03-01\tTG")
    assert found.rows[0].values == {
        "branch": "TG",
        "day": "2019-03-01",
        "hour": None,
        "visit_count": 86,
    }
    assert found.columns == {"visit_count", "day", "branch"}


@pytest.mark.parametrize("mark", ["\t", ",", ";"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_columns_are_cut_by_tabs_commas_or_semicolons(mark: str, end: str) -> None:
    lines = ["JZ|2019-03-01|10|86", "JZ|2019-03-01|11|90"]
    found = read("visits", end.join(lines).replace("|", mark))
    assert [row.values["visit_count"] for row in found.rows] == [86, 90]


def test_a_branch_and_a_milestone_may_be_called_by_name() -> None:
    found = read("visits", "太谷县图书馆\t2019-03-01\t\t86")
    assert found.rows[0].values["branch"] == "TG"
    code, names = next(iter(checks.planned(2019, PLANS, with_targets=False).items()))
    found = read("milestone_states", f"2019\t{names['zh']}\t2019-05-10\t已完成")
    assert found.rows[0].values["milestone"] == code


def test_without_a_branch_it_is_the_main_library_and_a_note_is_of_the_whole_network() -> None:
    assert read("visits", "\t2019-03-01\t\t86").rows[0].values["branch"] == "JZ"
    assert read("annotations", "闭馆\t暴雨\t2019-07-21").rows[0].values["branch"] is None


def test_nothing_pasted_is_nothing() -> None:
    assert read("visits", " \n\n") == Pasted(0, has_header=False)


# --- what is not, and why


def test_each_line_that_cannot_be_used_says_where_and_why() -> None:
    found = read(
        "visits",
        "分馆\t日期\t小时\t到馆人次\n"
        "JZ\t2019-13-01\t10\t86\n"
        "JZ\t2019-03-01\t10\t-3\n"
        "JZ\t2019-03-01\t10\n"
        "\n"
        "合计\t\t\t200\n"
        "分馆\t日期\t小时\t到馆人次\n"
        "JZ\t2019-03-02\t10\t86\n"
        "JZ\t2019-03-02\t10\t86\n"
        "JZ\t2019-03-02\t10\t87\n"
        "XX\t2019-03-02\t10\t86",
    )
    assert [row.line for row in found.rows] == [8]
    assert refusals(found) == [
        (2, "日期", "2019-13-01", "unreadable_stamp"),
        (3, "到馆人次", "-3", "unreadable_count"),
        (4, None, None, "too_few_fields"),
        (10, "日期", "2019-03-02", "repeated_key"),
        (11, "分馆", "XX", "unknown_branch"),
    ]
    asides = {remark.line: remark.rule for remark in found.aside}
    assert asides == {
        1: "repeated_header",
        5: "blank_line",
        6: "total_line",
        7: "repeated_header",
        9: "duplicate_line",
    }
    assert "JZ 晋中市图书馆、TG 太谷县图书馆" in found.refused[-1].words["zh"]


def test_a_code_that_nobody_knows_is_taken_as_blank_and_said() -> None:
    found = read("events", f"{TALKS.splitlines()[0]}\t\t\t教授")
    assert found.rows[0].values["speaker_rank"] is None
    rules = {remark.rule: remark.value for remark in found.rows[0].notes}
    assert rules == {"unmapped_code": "教授", "lecture_without_rank": None}


def test_a_column_that_must_be_there_is_asked_for() -> None:
    with pytest.raises(Problem) as problem:
        read("visits", "分馆\t日期\nJZ\t2019-03-01")
    assert problem.value.key == "problem.paste_column_missing"
    assert problem.value.values["column"] == "到馆人次"
    with pytest.raises(Problem, match="paste_column_missing"):
        read("visits", "JZ\t2019-03-01")


def test_a_header_that_stands_twice_is_asked_about() -> None:
    with pytest.raises(Problem, match="column_twice"):
        read("visits", "分馆\t日期\t到馆人次\t到馆人次\nJZ\t2019-03-01\t1\t2")


def test_too_much_at_once_belongs_in_a_file() -> None:
    with pytest.raises(Problem, match="paste_too_long"):
        read("visits", "JZ\t2019-03-01\t\t1\n" * (pasting.MOST_LINES + 1))


def test_hours_pasted_stand_apart_from_those_that_are_there() -> None:
    there = {"branch": "JZ", "day": "2019-03-01", "opens_at": "08:30:00", "closes_at": "12:00:00"}
    known = Known(branches=BRANCHES, default_branch="JZ", own=OWN_OF_TESTS, others=(there,))
    lines = ["JZ\t2019-03-01\t11:00\t15:00", "TG\t2019-03-01\t11:00\t15:00"]
    lines += ["JZ\t2019-03-01\t12:00\t15:00", "JZ\t2019-03-01\t14:00\t18:00"]
    lines += ["JZ\t2019-03-01\t08:30\t11:30"]  # a correction of what is there
    found = read("opening_hours", "\n".join(lines), known)
    assert [(remark.line, remark.rule) for remark in found.refused] == [
        (1, "hours_overlap"),
        (4, "hours_overlap"),
    ]


# --- the same as a load

SHEETS = {
    "events": (
        "活动类型,活动名称,活动日期,分馆,参加人数,主讲人职称职务,已举办\n"
        "讲座,家风,2019/3/9,JZ,120,正高级,是\n"
        "美术展览,春,43500,,1200,,\n"
        '流动服务,"一中, 二中",2019年5月4日,TG,,,否\n'
        "讲座,未来,2099-01-01,JZ,,,\n"
    ),
    "visits": '分馆,日期,小时,到馆人次\nJZ,2019-03-01,,500\nTG,20190302,9,"1,234"\n',
    "surveys": (
        "调查编号,题目,读者群体,截止日期,发放,回收,有效,满意\n"
        "2019-1,,,2019-03-31,250,244,240,204\n2019-1,staff,学生,2019-03-31,50,44,40,4\n"
    ),
    "opening_hours": (
        "分馆,日期,开馆时间,闭馆时间\nJZ,2019-03-01,8:30,12:00\n,2019-03-01,14:00,18:00\n"
    ),
    "inspections": "阅读点,检查日期,发现问题,整改期限\n安宁社区,2019-05-14,时间不足,2019-06-14\n",
    "counts": "计数项目,日期,数量\n网站访问量,2019-03-31,10000\n党员人数,2019-03-31,12.5\n",
}


def _load_sheets(folder: Path) -> None:
    for register, sheet in SHEETS.items():
        (folder / f"{register}.csv").write_text(sheet, encoding="utf-8")
    load(sorted(folder.glob("*.csv")), "plain", Store(folder / "store"))


@pytest.mark.parametrize("register", SHEETS)
@pytest.mark.few(3)
def test_pasted_rows_are_those_of_a_loaded_file(
    register: str, once: Callable[[str, Callable[[Path], None]], Path]
) -> None:
    store = Store(once("sheets", _load_sheets) / "store")
    kind = records.registers()[register]
    with warehouse.connect(store.current()) as connection:
        rows = warehouse.run(connection, f"register_{register}").to_dicts()
    loaded = {
        str(registers.key_of(kind, v)): v for r in rows if (v := registers.of_library(kind, r))
    }
    known = replace(KNOWN, default_branch=None)  # a library of several branches
    pasted = [row.values for row in read(register, SHEETS[register], known).rows]
    assert len(pasted) == len(loaded) == len(SHEETS[register].splitlines()) - 1
    for values in pasted:
        assert registers.is_same(kind, loaded[str(registers.key_of(kind, values))], values)


# --- rules across fields

GOOD: dict[str, dict[str, Any]] = {
    "surveys": {
        "distributed_count": 250,
        "returned_count": 244,
        "valid_count": 240,
        "satisfied_count": 204,
    },
    "opening_hours": {"branch": "JZ", "opens_at": "08:30:00", "closes_at": "18:30:00"},
    "annotations": {"first_day": "2019-07-21", "last_day": "2019-07-21"},
    "feedback": {"received_on": "2019-03-01", "answered_on": "2019-03-01"},
    "inspections": {
        "inspected_on": "2019-05-14",
        "rectified_on": "2019-05-14",
        "withdrawn_on": "2019-06-01",
    },
    "visits": {"branch": "JZ", "hour": 23, "visit_count": 0},
    "counts": {"amount": 0.0},
    "milestone_states": {"plan_year": 2019, "milestone": "emergency_plan"},
    "plan_notes": {"plan_year": 2019, "target": "lectures"},
    "events": {"kind": "featured", "is_held": True},
}

WRONG = [
    ("returned_over_distributed", "surveys", {"distributed_count": 243}),
    ("valid_over_returned", "surveys", {"valid_count": 245}),
    ("satisfied_over_valid", "surveys", {"satisfied_count": 241}),
    ("closes_before_opening", "opening_hours", {"closes_at": "08:30:00"}),
    ("ends_before_beginning", "annotations", {"last_day": "2019-07-20"}),
    ("answered_before_received", "feedback", {"answered_on": "2019-02-28"}),
    ("rectified_before_inspection", "inspections", {"rectified_on": "2019-05-13"}),
    ("withdrawn_before_inspection", "inspections", {"withdrawn_on": "2019-05-13"}),
    ("no_hour_of_the_day", "visits", {"hour": 24}),
    ("negative", "counts", {"amount": -0.5}),
    ("unknown_branch", "visits", {"branch": "XX"}),
    ("unknown_milestone", "milestone_states", {"milestone": "lectures"}),
    ("unknown_target", "plan_notes", {"target": "nothing"}),
    ("lecture_without_rank", "events", {"kind": "lecture"}),
    ("exhibition_without_size", "events", {"kind": "exhibition", "work_count": 3}),
    ("outreach_without_place", "events", {"kind": "outreach"}),
    ("trip_without_loans", "events", {"kind": "mobile_trip"}),
]


def found(register: str, **given: Any) -> list[str]:
    kind = records.registers()[register]
    values = dict.fromkeys(kind.fields) | GOOD[register] | given
    return [fault.code for fault in checks.check(kind, values, targets=PLANS, branches=BRANCHES)]


@pytest.mark.parametrize("register", GOOD)
def test_a_row_that_fits_together_is_not_complained_of(register: str) -> None:
    assert found(register) == []


@pytest.mark.parametrize(("code", "register", "given"), WRONG, ids=[code for code, *_ in WRONG])
def test_a_row_that_does_not_fit_together_is_told_so(
    code: str, register: str, given: dict[str, Any]
) -> None:
    assert found(register, **given) == [code]


def test_every_check_is_tried_here() -> None:
    assert {rule.code for rule in checks.checks()} == {"hours_overlap", *(c for c, *_ in WRONG)}


def test_an_event_to_come_is_not_asked_for_what_its_clause_needs() -> None:
    assert found("events", kind="lecture", is_held=False) == []


def test_a_library_that_has_told_of_no_branch_yet_refuses_none() -> None:
    kind = records.registers()["visits"]
    values = dict.fromkeys(kind.fields) | GOOD["visits"] | {"branch": "new"}
    assert checks.check(kind, values, targets=PLANS, branches=None) == []


def test_what_is_said_of_a_row_names_its_values_in_both_languages() -> None:
    kind = records.registers()["surveys"]
    values = dict.fromkeys(kind.fields) | GOOD["surveys"] | {"valid_count": 245}
    (fault,) = checks.check(kind, values, targets=PLANS)
    assert "有效 245 份，多于回收的 244 份" in fault.words["zh"]
    assert "245 are valid of 244" in fault.words["en"]
