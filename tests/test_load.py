"""Loading an export: the rules one by one, what stops a load, and real data to the unit."""

import random
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
from exports import account, of, problem

from guanqing import manifest
from guanqing.intake.accounts import FileReport, LoadReport
from guanqing.intake.loading import load
from guanqing.intake.reading import staging
from guanqing.intake.validation import rules
from guanqing.own import settings
from guanqing.paths import ROOT
from guanqing.problems import Problem
from guanqing.records import kinds
from guanqing.store import Store, about_of, records_of

SHARED = ROOT.parent / "shared" / "data"
SEU = SHARED / "seu_loans_2020_2024"
LOANS, READERS = "inter_reevaluation.csv", "user.csv"
LOANS_HEADER = "inter_id,user_id,book_id,借阅时间,还书时间,续借时间,续借次数"
READERS_HEADER = "借阅人,性别,DEPT,年级,类型"


def loan(
    loan_id: object = 1,
    reader_id: object = 7,
    item_id: object = None,
    loaned_at: str = "2024-03-01 10:00:00",
    returned_at: str = "",
    renewed_at: str = "",
    renewal_count: object = 0,
) -> str:
    if item_id is None:  # an item of its own, or the loans of one would overlap
        item_id = f"9{loan_id}"
    fields = (loan_id, reader_id, item_id, loaned_at, returned_at, renewed_at, renewal_count)
    return ",".join(map(str, fields))


def reader(
    reader_id: object = 7, sex: str = "F", unit: str = "文学院", reader_type: str = "本科"
) -> str:
    return f"{reader_id},{sex},{unit},20,{reader_type}"


class Export:
    """A small export and the store it is loaded into."""

    def __init__(self, root: Path) -> None:
        self.folder = root / "export"
        self.folder.mkdir()
        self.store = Store(root / "store")
        self.write_readers(reader())

    def write_loans(self, *lines: str, header: str = LOANS_HEADER) -> None:
        self.write_bytes("\n".join([header, *lines, ""]).encode())

    def write_readers(self, *lines: str) -> None:
        text = "\n".join([READERS_HEADER, *lines, ""])
        (self.folder / READERS).write_text(text, encoding="utf-8")

    def write_bytes(self, content: bytes, name: str = LOANS) -> None:
        (self.folder / name).write_bytes(content)

    def load(self, *lines: str) -> LoadReport:
        if lines:
            self.write_loans(*lines)
        return load([self.folder], "seu", self.store)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(self.store.current()), read_only=True) as connection:
            return connection.sql(sql).fetchall()


@pytest.fixture
def export(tmp_path: Path) -> Export:
    return Export(tmp_path)


def of_loans(report: LoadReport) -> FileReport:
    return of(report, LOANS)


# --- what becomes of a sound line


def test_a_loan_is_loaded_as_it_stands(export: Export) -> None:
    report = export.load(loan(1, 7, 9, "2024-03-01 10:00:00", "2024-03-05 09:00:00"))
    assert account(of_loans(report)) == (1, 0, 0, 0)
    assert export.rows(
        "select loan_id, reader_id, item_id, class_code, branch_code, loaned_at, returned_at, "
        "renewal_count from loans"
    ) == [
        (1, 7, 9, "unknown", "main", datetime(2024, 3, 1, 10), datetime(2024, 3, 5, 9), 0),
    ]


def test_renewals_are_one_event_with_their_count(export: Export) -> None:
    export.load(loan(renewed_at="2024-03-20 08:00:00", renewal_count=3))
    assert export.rows("select event_kind, event_at, quantity from loan_events") == [
        ("loan", datetime(2024, 3, 1, 10), 1),
        ("renewal", datetime(2024, 3, 20, 8), 3),
    ]


def test_a_reader_has_type_sex_and_unit_and_nothing_else(export: Export) -> None:
    export.write_readers(reader(7, "M", "医学院", "博士"))
    export.load(loan())
    assert export.rows("from readers") == [
        (7, None, "doctor", "M", None, "main", "医学院", None, None)
    ]


def test_a_loan_keeps_a_reader_whom_the_reader_file_does_not_know(export: Export) -> None:
    report = export.load(loan(reader_id=8))
    assert account(of_loans(report)) == (1, 0, 0, 0)
    assert of_loans(report).by_rule == {"unknown_reader": 1}
    assert export.rows("select reader_id from loans") == [(8,)]
    assert export.rows("select reader_id from readers") == [(7,)]


def test_a_loan_of_a_deleted_reader_and_item_still_counts(export: Export) -> None:
    report = export.load(loan(reader_id="", item_id=""))
    assert of_loans(report).by_rule == {"blank_reader": 1, "blank_item": 1}
    assert export.rows("select reader_id, item_id, class_code from loans") == [
        (None, None, "unknown")
    ]


def test_a_code_the_layout_does_not_name_is_counted_and_not_guessed(export: Export) -> None:
    export.write_readers(reader(7), reader(8, reader_type="教师"), reader(9, reader_type="教师"))
    report = export.load(loan())
    (code,) = report.unmapped_codes
    assert (code.column, code.value, code.line_count) == ("类型", "教师", 2)
    assert export.rows("select reader_id, reader_type from readers") == [
        (7, "undergraduate"),
        (8, None),
        (9, None),
    ]


def test_a_setting_nobody_knows_has_a_row_without_a_value(export: Export) -> None:
    export.load(loan())
    assert export.rows("select setting_code, value, source_zh, source_en from settings") == [
        ("population_served", None, "未设定", "not set"),
        ("population_served_network", None, "未设定", "not set"),
    ]


SETTING = """
[population_served]
value = 650000
unit = "persons"
source = { zh = "统计公报", en = "statistical bulletin" }
is_assumed = false
"""


@pytest.mark.parametrize(
    ("old", "new", "entry"),
    [
        ("650000", '"many"', "population_served.value"),
        ('unit = "persons"\n', "", "population_served.unit"),
        (', en = "statistical bulletin"', "", "population_served.source"),
        ("is_assumed", "assumed", "population_served.is_assumed"),
        ("[population_served]", "population_served = 1\n[other]", "population_served"),
    ],
)
def test_a_setting_that_is_wrong_is_named(tmp_path: Path, old: str, new: str, entry: str) -> None:
    path = tmp_path / "settings.toml"
    path.write_text(SETTING, encoding="utf-8")
    assert settings.read(path).rows()[0] == (
        *("population_served", 650000.0, "persons"),
        *("统计公报", "statistical bulletin", False),
    )
    path.write_text(SETTING.replace(old, new), encoding="utf-8")
    with pytest.raises(Problem) as caught:
        settings.read(path)
    assert caught.value.key == "problem.settings_invalid"
    assert entry in str(caught.value.values["entry"])


def test_a_settings_file_that_cannot_be_read_is_named_with_its_line_and_no_english(
    tmp_path: Path,
) -> None:
    path = tmp_path / "settings.toml"
    path.write_text(SETTING.replace("value =", "value"), encoding="utf-8")
    with problem("data_file_broken", path=path, line="3", field="TOML"):
        settings.read(path)


def test_a_real_library_says_that_it_is_not_simulated(export: Export) -> None:
    export.load(loan())
    assert export.rows("select is_simulated, layout, first_day::varchar from library") == [
        (False, "seu", "2024-03-01")
    ]


# --- the rules of repair

LENT, BACK = "2024-03-01 10:00:00", "2024-03-05 09:00:00"


@pytest.mark.parametrize(
    ("line", "rule_codes", "mended"),
    [
        pytest.param(
            loan(returned_at="2024-03-0509:00:00"),
            {"missing_blank"},
            [("loan", LENT), ("return", BACK)],
            id="missing_blank",
        ),
        pytest.param(
            loan(returned_at="2024-03-05"),
            {"date_without_time"},
            [("loan", LENT), ("return", "2024-03-05 00:00:00")],
            id="date_without_time",
        ),
        pytest.param(
            loan(returned_at="2024-03-01"),
            {"date_without_time"},
            [("loan", LENT), ("return", LENT)],
            id="a_return_by_date_on_the_day_of_the_loan_is_not_before_it",
        ),
        pytest.param(
            loan(returned_at="2024-02-01 00:00:00"),
            {"return_before_loan"},
            [("loan", LENT), ("return", LENT)],
            id="return_before_loan",
        ),
        pytest.param(
            loan(renewed_at="2024-02-01 00:00:00", renewal_count=1),
            {"renewal_before_loan"},
            [("loan", LENT), ("renewal", LENT)],
            id="renewal_before_loan",
        ),
        pytest.param(
            loan(returned_at=BACK, renewed_at="2024-04-01 08:00:00", renewal_count=1),
            {"renewal_after_return"},
            [("loan", LENT), ("renewal", BACK), ("return", BACK)],
            id="renewal_after_return",
        ),
        pytest.param(
            loan(renewed_at="2024-04-01", renewal_count=1),
            {"date_without_time", "renewal_after_data"},
            [("loan", LENT), ("renewal", LENT)],
            id="renewal_after_data",
        ),
        pytest.param(
            loan(renewed_at="2024-03-02 08:00:00"),
            {"renewal_stamp_without_count"},
            [("loan", LENT)],
            id="renewal_stamp_without_count",
        ),
        pytest.param(
            loan(renewal_count=2),
            {"renewal_count_without_stamp"},
            [("loan", LENT), ("renewal", LENT)],
            id="renewal_count_without_stamp",
        ),
    ],
)
@pytest.mark.few(2)
def test_a_repaired_line_is_loaded_and_counted_under_its_rules(
    export: Export, line: str, rule_codes: set[str], mended: list[tuple[str, str]]
) -> None:
    report = export.load(line)
    assert account(of_loans(report)) == (0, 1, 0, 0)
    assert of_loans(report).by_rule == dict.fromkeys(rule_codes, 1)
    assert (
        export.rows("select event_kind, event_at::varchar from loan_events order by rowid")
        == mended
    )


def test_a_loan_over_a_year_is_noted_and_not_changed(export: Export) -> None:
    report = export.load(loan(returned_at="2025-03-02 10:00:00"))
    assert account(of_loans(report)) == (1, 0, 0, 0)
    assert of_loans(report).by_rule == {"loan_over_365_days": 1}
    assert export.rows("select rule_code, outcome from load_rules") == [
        ("loan_over_365_days", "noted")
    ]


def test_a_line_that_meets_two_rules_is_one_repaired_line(export: Export) -> None:
    report = export.load(
        loan(returned_at="2024-02-0100:00:00", renewed_at="2024-04-01 08:00:00", renewal_count=1)
    )
    assert account(of_loans(report)) == (0, 1, 0, 0)
    assert of_loans(report).by_rule == {
        "missing_blank": 1,
        "return_before_loan": 1,
        "renewal_after_return": 1,
    }


# --- lines refused or set aside


@pytest.mark.parametrize(
    ("line", "rule_code", "column", "value"),
    [
        pytest.param("2,7,9", "too_few_fields", None, None, id="too_few_fields"),
        pytest.param(loan(2) + ",x", "too_many_fields", None, None, id="too_many_fields"),
        pytest.param('2,7,"9,,,,0', "unclosed_quote", None, None, id="unclosed_quote"),
        pytest.param(loan("x2"), "unreadable_id", "inter_id", "x2", id="loan"),
        pytest.param(loan(""), "unreadable_id", "inter_id", None, id="loan_blank"),
        pytest.param(loan(2, "007"), "unreadable_id", "user_id", "007", id="leading_zeros"),
        pytest.param(loan(2, 7, "9a"), "unreadable_id", "book_id", "9a", id="item"),
        pytest.param(
            loan(2, loaned_at="2024-02-30 10:00:00"),
            "unreadable_stamp",
            "借阅时间",
            "2024-02-30 10:00:00",
            id="no_such_day",
        ),
        pytest.param(loan(2, loaned_at=""), "unreadable_stamp", "借阅时间", None, id="no_stamp"),
        pytest.param(
            loan(2, returned_at="soon"), "unreadable_stamp", "还书时间", "soon", id="return"
        ),
        pytest.param(
            loan(2, returned_at="2024-03-123:00:00"),
            "unreadable_stamp",
            "还书时间",
            "2024-03-123:00:00",
            id="a_missing_blank_with_two_readings",
        ),
        pytest.param(
            loan(2, loaned_at="24-03-01 10:00:00"),
            "impossible_stamp",
            "借阅时间",
            "24-03-01 10:00:00",
            id="year_24",
        ),
        pytest.param(
            loan(2, loaned_at="2119-03-01 10:00:00"),
            "impossible_stamp",
            "借阅时间",
            "2119-03-01 10:00:00",
            id="year_2119",
        ),
        pytest.param(loan(2, renewal_count="x"), "unreadable_count", "续借次数", "x", id="count"),
        pytest.param(
            loan(2, renewal_count="<5"), "suppressed_count", "续借次数", "<5", id="count_held_back"
        ),
        pytest.param(loan(1, 8), "repeated_key", "inter_id", "1", id="repeated_key"),
    ],
)
@pytest.mark.few(3)
def test_a_refused_line_is_named_with_its_number_column_and_rule(
    export: Export, line: str, rule_code: str, column: str | None, value: str | None
) -> None:
    report = export.load(loan(1), line, loan(3))
    assert account(of_loans(report)) == (2, 0, 1, 0)
    assert of_loans(report).by_rule == {rule_code: 1}
    (refused,) = report.refused_lines
    assert (refused.line_number, refused.rule_code) == (3, rule_code)
    assert (refused.column, refused.value) == (column, value)
    assert export.rows("select loan_id from loans order by loan_id") == [(1,), (3,)]


def test_an_open_quote_costs_one_line_and_joins_none(export: Export) -> None:
    report = export.load(loan(1), '2,"7,9,2024-03-01 10:00:00,,,0', loan(3), loan(4))
    assert account(of_loans(report)) == (3, 0, 1, 0)


def test_a_duplicate_line_is_set_aside(export: Export) -> None:
    report = export.load(loan(1), loan(2), loan(1), loan(1))
    assert account(of_loans(report)) == (2, 0, 0, 2)
    assert of_loans(report).by_rule == {"duplicate_line": 2}


def test_a_blank_line_is_set_aside_and_keeps_its_number(export: Export) -> None:
    report = export.load(loan(1), "", "bad")
    assert account(of_loans(report)) == (1, 0, 1, 1)
    assert [line.line_number for line in report.refused_lines] == [4]


def test_a_reader_listed_twice_differently_keeps_the_first(export: Export) -> None:
    export.write_readers(reader(7, "F"), reader(7, "M"))
    export.load(loan())
    assert export.rows("select reader_id, sex from readers") == [(7, "F")]


def test_only_a_thousand_refused_lines_are_carried_and_all_are_counted(export: Export) -> None:
    report = export.load(loan(), *["bad"] * 1500)
    assert of_loans(report).refused == 1500
    assert len(report.refused_lines) == 1000


# --- the text of a file


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("line_break", ["\n", "\r\n"], ids=["lf", "crlf"])
@pytest.mark.few(2)
def test_encodings_and_line_breaks_are_found_out(
    export: Export, encoding: str, line_break: str
) -> None:
    export.write_loans(loan())
    text = line_break.join([READERS_HEADER, reader(7, unit="中文系")])
    export.write_bytes(text.encode(encoding), READERS)
    export.load()
    assert export.rows("select reader_id, unit from readers") == [(7, "中文系")]


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_bytes_that_are_no_text_refuse_their_line_alone(export: Export, encoding: str) -> None:
    lines = [LOANS_HEADER, loan(1), "2,7,9,\0,,,0", loan(3), ""]
    export.write_bytes("\n".join(lines).encode(encoding).replace(b"\0", b"\xff\xff"))
    report = export.load()
    assert account(of_loans(report)) == (2, 0, 1, 0)
    assert of_loans(report).by_rule == {"invalid_text": 1}
    assert [line.line_number for line in report.refused_lines] == [3]


def test_quoted_fields_are_unquoted(export: Export) -> None:
    export.write_loans(loan())
    export.write_readers('7,"F","文学院, ""东区""",20,"本科"')
    export.load()
    assert export.rows("select sex, unit, reader_type from readers") == [
        ("F", '文学院, "东区"', "undergraduate")
    ]


def test_columns_may_stand_in_another_order_with_others_between(export: Export) -> None:
    header = "续借次数,姓名,续借时间,还书时间,借阅时间,book_id,user_id,inter_id"
    export.write_loans("0,张三,,,2024-03-01 10:00:00,9,7,1", header=header)
    export.load()
    assert export.rows("select loan_id, reader_id, item_id from loans") == [(1, 7, 9)]


def test_a_text_read_in_pieces_keeps_its_lines_and_their_numbers(
    export: Export, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [loan(number) if number % 7 else "bad" for number in range(1, 400)]
    monkeypatch.setattr(staging.pieces, "__defaults__", (1000,))
    report = export.load(*lines)
    assert [line.line_number for line in report.refused_lines] == [n + 1 for n in range(7, 400, 7)]
    assert export.rows("select count(*), count(distinct loan_id) from loans") == [(342, 342)]


def test_lines_are_numbered_as_they_stand_whichever_thread_reads_them(export: Export) -> None:
    lines = [loan(number) for number in range(1, 200_000)]
    for number in range(999, 199_999, 1000):
        lines[number] = f"bad {number}"
    report = export.load(*lines)
    assert [line.line_number for line in report.refused_lines] == [
        number + 2 for number in range(999, 199_999, 1000)
    ]


# --- every line is accounted for


def dirty_lines(seed: int, line_count: int = 400) -> list[bytes]:
    chance = random.Random(seed)
    lines = []
    for _ in range(line_count):
        year, month = chance.choice([2022, 2023, 20]), chance.randint(1, 13)
        day = f"{year}-{month:02}-{chance.randint(1, 28):02}"
        stamps = ["", day, f"{day} 10:00:00", f"{day}10:00:00", "2023-06-01 08:00:00", "soon"]
        line = loan(
            chance.randint(1, line_count),
            chance.choice([7, 8, "", "x"]),
            chance.choice([9, "", '"9"', '"9']),
            chance.choice(stamps),
            chance.choice(stamps),
            chance.choice(stamps),
            chance.choice([0, 0, 1, 2, "", "*"]),
        ).encode()
        if chance.random() < 0.2:
            place = chance.randrange(len(line))
            line = (
                line[:place] + chance.choice([b",", b'"', b"\xff", b"\r", b""]) + line[place + 1 :]
            )
        lines.append(line)
        if chance.random() < 0.1:
            lines.append(chance.choice([b"", line]))
    return [loan(0).encode(), *lines]


@pytest.mark.parametrize("seed", range(5))
def test_every_line_of_a_dirty_file_is_in_one_of_the_counts(export: Export, seed: int) -> None:
    lines = dirty_lines(seed)
    export.write_bytes(b"\n".join([LOANS_HEADER.encode(), *lines, b""]))
    file = of_loans(export.load())
    assert file.lines_read == len(lines)
    assert file.lines_read == sum(account(file)) + file.already_there
    assert min(account(file)) > 0
    assert export.rows("select count(*) from loans") == [(file.loaded + file.repaired,)]
    assert export.rows(
        "select line_count, loaded_count, repaired_count, refused_count, set_aside_count "
        f"from loads where file_name = '{LOANS}'"
    ) == [(file.lines_read, *account(file))]
    assert (
        dict(
            export.rows(f"select rule_code, line_count from load_rules where file_name = '{LOANS}'")
        )
        == file.by_rule
    )


def test_no_return_or_renewal_lies_before_its_loan(export: Export) -> None:
    export.write_bytes(b"\n".join([LOANS_HEADER.encode(), *dirty_lines(1)]))
    export.load()
    assert export.rows(
        "select count(*) from loan_events join loans using (loan_id) "
        "where event_at < loaned_at or event_at > returned_at"
    ) == [(0,)]


def test_every_condition_has_its_rule_and_every_rule_a_known_outcome() -> None:
    conditions = {code for kind in kinds().values() for code in rules.touched(kind)}
    kept = {
        code
        for code, rule in rules.rules().items()
        if rule.outcome in (rules.REPAIRED, rules.NOTED)
    }
    assert conditions | {"correction"} == kept
    outcomes = {rules.REPAIRED, rules.REFUSED, rules.SET_ASIDE, rules.NOTED, rules.ALREADY_THERE}
    for rule in rules.rules().values():
        assert rule.outcome in outcomes
        assert rule.name.keys() == rule.explanation.keys() == {"zh", "en"}


# --- what stops a load


def test_a_path_that_is_not_there_stops_the_load(export: Export) -> None:
    with problem("path_missing", path=export.folder / "nowhere"):
        load([export.folder / "nowhere"], "seu", export.store)


def test_an_unknown_layout_is_answered_with_the_names_there_are(export: Export) -> None:
    with problem("unknown_layout", name="interlip"):
        load([export.folder], "interlip", export.store)


def test_the_files_of_an_export_may_come_one_by_one(export: Export) -> None:
    export.load()  # readers alone
    export.write_loans(loan())
    load([export.folder / LOANS], "seu", export.store)
    assert export.rows("select count(*) from loans join readers using (reader_id)") == [(1,)]


def test_a_file_the_layout_does_not_know_stops_the_load(export: Export) -> None:
    export.write_bytes(b"x,y\n1,2\n", "other.csv")
    with problem("no_known_file", files="other.csv", header="x,y", layout="seu"):
        load([export.folder / "other.csv"], "seu", export.store)


def test_a_file_that_is_none_of_the_layout_s_is_passed_over_and_named(export: Export) -> None:
    export.write_bytes(b"x,y\n1,2\n", "other.csv")
    assert export.load(loan()).skipped == ("other.csv",)


@pytest.mark.parametrize("content", [b"", b"\n", b"\xef\xbb\xbf"], ids=["none", "break", "bom"])
def test_an_empty_file_stops_the_load(export: Export, content: bytes) -> None:
    export.write_bytes(content)
    with problem("file_empty"):
        export.load()


def test_a_missing_column_is_named(export: Export) -> None:
    export.write_loans(loan(), header=LOANS_HEADER.replace("借阅时间", "借书日期"))
    with problem("column_missing", column="借阅时间"):
        export.load()


def test_a_column_named_twice_is_not_chosen_from(export: Export) -> None:
    export.write_loans(loan() + ",1", header=LOANS_HEADER + ",user_id")
    with problem("column_twice", column="user_id"):
        export.load()


def test_files_without_one_line_to_load_make_no_library(export: Export) -> None:
    export.write_loans("bad", "worse")
    report = load([export.folder / LOANS], "seu", export.store)
    assert report.is_unusable
    assert (report.load_number, report.by_rule) == (None, {"too_few_fields": 2})
    assert not export.store.link.exists()


def test_a_failing_load_leaves_the_served_library_and_no_draft(
    export: Export, monkeypatch: pytest.MonkeyPatch
) -> None:
    export.load(loan())
    before = export.store.current()
    export.write_loans("bad")
    assert load([export.folder / LOANS], "seu", export.store).load_number is None
    monkeypatch.setattr("guanqing.intake.publishing.resolving.FRAME", "select broken")
    with pytest.raises(duckdb.Error):
        export.load(loan(2))
    assert export.store.current() == before
    kept = {before, records_of(before), about_of(before), manifest.of(before)}
    assert set((export.store.root / "generations").iterdir()) == kept


# --- real data, counted independently in shared/data/README.md


@pytest.fixture(scope="module")
def seu(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[LoadReport, Any]]:
    if not SEU.exists():
        pytest.skip("the loans of seu_loans_2020_2024 are not beside the project")
    store = Store(tmp_path_factory.mktemp("seu"))
    report = load([SEU], "seu", store)
    with duckdb.connect(str(store.current()), read_only=True) as connection:
        yield report, lambda sql: connection.sql(sql).fetchall()


@pytest.mark.xdist_group("seu")
@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        pytest.param("select count(*) from loans", [(58327,)], id="loans"),
        pytest.param(
            "select min(loaned_at), max(loaned_at) from loans",
            [(datetime(2020, 1, 2, 11, 16, 34), datetime(2024, 12, 30, 16, 37, 38))],
            id="first_and_last_loan",
        ),
        pytest.param(
            "select sum(loan_count)::bigint from circulation_days "
            "group by extract(year from day) order by extract(year from day)",
            [(8025,), (14000,), (12110,), (11775,), (12417,)],
            id="loans_by_year",
        ),
        pytest.param(
            "select count(distinct reader_id), (select count(*) from readers) from reader_days",
            [(1000, 1451)],
            id="borrowers_among_readers",
        ),
        pytest.param(
            "select count(distinct reader_id) from reader_days "
            "group by extract(year from day) order by extract(year from day)",
            [(440,), (556,), (672,), (648,), (573,)],
            id="borrowers_by_year",
        ),
        pytest.param(
            "select count(returned_at), count(*) - count(returned_at) from loans",
            [(56942, 1385)],
            id="returned_and_still_out",
        ),
        pytest.param("select sum(renewal_count) from loans", [(32536,)], id="renewals"),
        pytest.param(
            "select sum(renewal_count) from circulation_days where day < '2025-01-01'",
            [(32536,)],
            id="no_renewal_after_the_end_of_the_data",
        ),
        pytest.param(
            "select reader_id, sum(loan_count)::bigint as loan_count from reader_days "
            "group by reader_id order by loan_count desc limit 3",
            [(1331, 1175), (365, 835), (311, 794)],
            id="largest_readers",
        ),
        pytest.param(
            "select reader_type, count(*) as loan_count from loans join readers using (reader_id) "
            "group by reader_type order by loan_count desc",
            [("undergraduate", 32876), ("master", 17541), ("doctor", 7910)],
            id="loans_by_type",
        ),
        pytest.param(
            "select sex, count(*) from loans join readers using (reader_id) "
            "group by sex order by sex",
            [("F", 25899), ("M", 32428)],
            id="loans_by_sex",
        ),
        pytest.param(
            "select count(*) from loans "
            "where loaned_at >= '2020-02-01' and loaned_at < '2020-04-01'",
            [(0,)],
            id="no_loan_while_closed",
        ),
        pytest.param(
            "select rule_code, line_count from load_rules order by line_count desc, rule_code",
            [
                ("missing_blank", 57613),
                ("renewal_after_return", 3423),
                ("overlapping_loan", 2460),
                ("renewal_stamp_without_count", 1738),
                ("renewal_before_loan", 278),
                ("loan_over_365_days", 155),
                ("return_before_loan", 39),
                ("date_without_time", 3),
                ("renewal_after_data", 3),
            ],
            id="dirt",
        ),
    ],
)
def test_the_real_loans_come_out_as_counted(
    seu: tuple[LoadReport, Any], sql: str, expected: list[tuple[Any, ...]]
) -> None:
    _, rows = seu
    assert rows(sql) == expected


@pytest.mark.xdist_group("seu")
def test_no_real_line_is_lost(seu: tuple[LoadReport, Any]) -> None:
    report, _ = seu
    assert [(file.lines_read, *account(file)) for file in report.files] == [
        (58327, 711, 57616, 0, 0),
        (1451, 1451, 0, 0, 0),
    ]
