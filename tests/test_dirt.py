"""The dirt real exports have shown: each entry is read, repaired by a rule, or refused and counted.

Every load is held to account for each of its lines (exports.Export.load); the tests here say which
count a line is in, by which rule, and what then stands in the library.
"""

from pathlib import Path

import duckdb
import pytest
from exports import Export, account, of, problem

from guanqing.intake import layouts
from guanqing.intake.accounts import refusals
from guanqing.intake.loading import load
from guanqing.intake.reading.staging import in_any_case
from guanqing.store import Store

pytestmark = pytest.mark.slow  # half a minute together with its like: for CI

LOANS = "借阅编号,读者证号,条码号,借书日期,应还日期,还书日期,续借时间,续借次数,索书号"
LENT, BACK = "2019-03-01 10:00:00", "2019-03-20 16:00:00"


def loan(
    number: object = 1,
    reader: str = "R1",
    item: str = "B1",
    loaned: str = LENT,
    due: str = "",
    returned: str = "",
    renewed: str = "",
    renewals: object = 0,
    call_number: str = "I247.5/1",
) -> str:
    fields = (number, reader, item, loaned, due, returned, renewed, renewals, call_number)
    return ",".join(map(str, fields))


@pytest.fixture
def export(tmp_path: Path) -> Export:
    return Export(tmp_path)


# --- the text of a file


@pytest.mark.parametrize(
    ("encoding", "found"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("gbk", "gb18030"),
        ("gb18030", "gb18030"),
        ("utf-16", "utf-16"),
        ("utf-16-be", "utf-16"),
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["lf", "crlf"])
def test_encodings_and_line_ends(export: Export, encoding: str, found: str, end: str) -> None:
    lines = ("读者证号,单位,读者类型", "R1,晋中市第一中学,学生", "R2,山西大学,成人")
    export.write("readers.csv", *lines, encoding=encoding, end=end)
    file = of(export.load("plain"), "readers.csv")
    assert (file.encoding, account(file), file.by_rule) == (found, (2, 0, 0, 0), {})
    assert export.rows("select unit, reader_type from readers order by unit") == [
        ("山西大学", "adult"),
        ("晋中市第一中学", "student"),
    ]


def test_big5(export: Export) -> None:
    lines = ("讀者證號,單位,讀者類型", "R1,國立臺灣大學圖書館,成人", "R2,臺北市立圖書館,成人")
    export.write("readers.csv", *lines, encoding="big5")
    file = of(export.load("plain"), "readers.csv")
    assert (file.encoding, account(file), file.by_rule) == ("big5", (2, 0, 0, 0), {})
    assert export.rows("select unit from readers order by unit") == [
        ("國立臺灣大學圖書館",),
        ("臺北市立圖書館",),
    ]


def test_a_header_twice(export: Export) -> None:
    file = export.load_one("plain", LOANS, loan(1), LOANS, loan(2, item="B2"))
    assert (account(file), file.by_rule) == ((2, 0, 0, 1), {"repeated_header": 1})
    assert export.rows("select count(*) from loans") == [(2,)]


def test_titles_above_the_header(export: Export) -> None:
    file = export.load_one("plain", "晋中市图书馆借阅明细", "单位：册", "", LOANS, loan(1))
    assert (account(file), file.by_rule) == ((1, 0, 0, 3), {"above_header": 2, "blank_line": 1})


@pytest.mark.parametrize("word", ["合计", "总计：", "Total", "小计", '"合计"'])
def test_a_line_of_totals_at_the_end(export: Export, word: str) -> None:
    file = export.load_one("plain", "日期,人次", "2019-03-01,86", "2019-03-02,14", f"{word},100")
    assert (account(file), file.by_rule) == ((2, 0, 0, 1), {"total_line": 1})
    assert export.rows("select sum(visit_count) from visits") == [(100,)]


def test_quotes_never_closed_cost_their_own_line(export: Export) -> None:
    lines = [loan(n, item=f"B{n}") for n in range(1, 5)]
    lines[1] = lines[1].replace("R1", '"R1')
    file = export.load_one("plain", LOANS, *lines)
    assert (account(file), file.by_rule) == ((3, 0, 1, 0), {"unclosed_quote": 1})
    assert export.rows("select count(*) from loans") == [(3,)]


@pytest.mark.parametrize("broken", [' "R1', ' ""R1"', '  "R1"x'])
def test_a_quote_after_a_blank_is_a_quote(export: Export, broken: str) -> None:
    lines = [loan(n, item=f"B{n}").replace("R1", '"R1"') for n in range(1, 5)]
    lines[1] = lines[1].replace('"R1"', broken)
    file = export.load_one("plain", LOANS, *lines)
    assert (account(file), file.by_rule) == ((3, 0, 1, 0), {"unclosed_quote": 1})


@pytest.mark.parametrize("blank", ["", "　", " \t", "　,　,,"])
def test_a_line_of_blanks_of_any_width(export: Export, blank: str) -> None:
    file = export.load_one("plain", LOANS, loan(1), blank)
    assert (account(file), file.by_rule) == ((1, 0, 0, 1), {"blank_line": 1})


JINPAN = "XM,JSZH,ZJM,CZLX,TSCCH,TSTXM,CLSJ,SM"
LIANYI = "序号,读者证号,读者姓名,条形码,题名,定价,借书日期,应还日期,还书日期,操作行为,操作日期"


def test_commas_inside_unquoted_titles_where_the_layout_names_the_title(export: Export) -> None:
    file = export.load_one(
        "lianyi",
        LIANYI,
        "1,R1,马某,B1,C,C++,入门,20.00,2019-03-01,2019-04-01,,借书,2019-03-01 10:00:00",
        "2,R1,马某,B2,活着,20.00,2019-03-02,2019-04-02,,借书,2019-03-02 10:00:00",
    )
    assert (account(file), file.by_rule) == ((1, 1, 0, 0), {"delimiter_in_text": 1})
    assert export.rows("select loaned_at::varchar, due_date::varchar from loans") == [
        ("2019-03-01 10:00:00", "2019-04-01"),
        ("2019-03-02 10:00:00", "2019-04-02"),
    ]


def test_commas_inside_unquoted_titles_where_nothing_tells_the_title(export: Export) -> None:
    file = export.load_one("plain", LOANS, loan(1), loan(2) + ",x")
    assert (account(file), file.by_rule) == ((1, 0, 1, 0), {"too_many_fields": 1})


def test_a_field_missing_at_the_end(export: Export) -> None:
    file = export.load_one("plain", LOANS, loan(1), loan(2).rpartition(",")[0], loan(3, item="B3"))
    assert (account(file), file.by_rule) == ((2, 0, 1, 0), {"too_few_fields": 1})
    assert export.rows("select count(*) from loans") == [(2,)]


def test_delimiters_at_the_end_of_lines_are_no_fields(export: Export) -> None:
    file = export.load_one("plain", LOANS, loan(1) + ",,", loan(2, item="B2") + ", ")
    assert (account(file), file.by_rule) == ((2, 0, 0, 0), {})


def test_a_header_with_delimiters_at_its_end(export: Export) -> None:
    file = export.load_one("plain", LOANS + ",,", loan(1), loan(2, item="B2") + ",,")
    assert (account(file), file.by_rule) == ((2, 0, 0, 0), {})


# --- dates


@pytest.mark.parametrize(
    ("written", "rule", "read"),
    [
        ("2022-08-0811:14:55", "missing_blank", "2022-08-08 11:14:55"),
        ("2019/10/7", None, "2019-10-07 00:00:00"),
        ("2019/10/7 8:05", "other_stamp_form", "2019-10-07 08:05:00"),
        ("20180612", None, "2018-06-12 00:00:00"),
        ("20180612 101500", "other_stamp_form", "2018-06-12 10:15:00"),
        ("2018|10|15%", None, "2018-10-15 00:00:00"),
        ("2018年10月15日", None, "2018-10-15 00:00:00"),
        ("43466", "excel_serial", "2019-01-01 00:00:00"),
        ("43466.4375", "excel_serial", "2019-01-01 10:30:00"),
        ("2019-03-01", "date_without_time", "2019-03-01 00:00:00"),
        ("2019-03-01 10:00:00-04", "zone_converted", "2019-03-01 22:00:00"),
        ("2019-03-01T10:00:00Z", "zone_converted", "2019-03-01 18:00:00"),
        ("2019-03-01T10:00:00", None, "2019-03-01 10:00:00"),
        ("2019-03-01 10:00", None, "2019-03-01 10:00:00"),
    ],
)
def test_dates_of_every_form_are_read_by_a_rule(
    export: Export, written: str, rule: str | None, read: str
) -> None:
    file = export.load_one("plain", LOANS, loan(loaned=written))
    expected = {rule} if rule else set()
    if rule is None and read.endswith("00:00:00") and " " not in written and "T" not in written:
        expected = {"other_stamp_form", "date_without_time"}
    assert file.by_rule == dict.fromkeys(expected, 1)
    assert account(file) == ((0, 1, 0, 0) if expected else (1, 0, 0, 0))
    assert export.rows("select loaned_at::varchar from loans") == [(read,)]


@pytest.mark.parametrize(
    ("written", "rule"),
    [
        # of the year 24, unless the layout says that such years are read
        ("24-03-01 10:00:00", "impossible_stamp"),
        ("1804-03-01 10:00:00", "impossible_stamp"),
        ("2119-03-01 10:00:00", "impossible_stamp"),
        ("2019-02-30 10:00:00", "unreadable_stamp"),
        ("03/04/2019", "unreadable_stamp"),
        ("0000-00-00 00:00:00", "unreadable_stamp"),
        ("", "unreadable_stamp"),
    ],
)
def test_dates_that_no_rule_reads_without_a_guess_are_refused(
    export: Export, written: str, rule: str
) -> None:
    file = export.load_one("plain", LOANS, loan(1), loan(2, item="B2", loaned=written))
    assert (account(file), file.by_rule) == ((1, 0, 1, 0), {rule: 1})
    assert export.rows("select count(*) from loans") == [(1,)]


@pytest.mark.parametrize("column", ["办证日期", "退证日期"])
@pytest.mark.parametrize("written", ["1804-03-01", "2119-03-01", "2999-12-31 00:00:00"])
def test_a_card_is_neither_issued_nor_cancelled_when_nobody_lived(
    export: Export, column: str, written: str
) -> None:
    file = export.load_one("plain", f"读者证号,姓名,{column}", f"R1,马某,{written}", "R2,刘某,")
    assert (account(file), file.by_rule) == ((1, 0, 1, 0), {"impossible_stamp": 1})
    assert export.rows("select count(*) from card_events") == [(0,)]


@pytest.mark.parametrize(
    ("expires", "by_rule"), [("2019-02-28", {"expires_before_issue": 1}), ("2019-03-01", {})]
)
def test_a_card_that_expires_before_it_is_issued_is_not_counted_and_its_reader_is(
    export: Export, expires: str, by_rule: dict[str, int]
) -> None:
    header = "读者证号,办证日期,有效期至"
    file = export.load_one("plain", header, f"R1,2019-03-01,{expires}", "R2,,2018-01-01")
    assert file.by_rule == by_rule
    assert export.rows("select count(*) from card_events") == [(1 - len(by_rule),)]
    known = "select count(*), count(card_expires_on) from readers"
    assert export.rows(known) == [(2, 2 - len(by_rule))]


@pytest.mark.parametrize("written", ["1985", "1985年", "1985-03", "1985年3月", "198503"])
def test_of_a_birth_the_year_alone_will_do(export: Export, written: str) -> None:
    file = export.load_one("plain", "读者证号,姓名,出生年", f"R1,马某,{written}", "R2,刘某,")
    assert (account(file), file.by_rule) == ((2, 0, 0, 0), {"birth_year_alone": 1})
    assert export.rows("select birth_year from readers order by 1 nulls last") == [(1985,), (None,)]


@pytest.mark.parametrize("written", ["85-05-01", "85-5-1 10:00:00"])
def test_days_of_a_year_of_two_digits_are_none_of_the_first_century(
    export: Export, written: str
) -> None:
    file = export.load_one("plain", "读者证号,姓名,出生日期", f"R1,马某,{written}", "R2,刘某,")
    assert (account(file), file.by_rule) == ((1, 0, 1, 0), {"unreadable_stamp": 1})


def test_days_of_a_year_of_two_digits_where_the_library_says_they_are_read(export: Export) -> None:
    export.write_layout(
        "ours", 'title = { zh = "馆", en = "Ours" }\n[rules]\ntwo_digit_year = "read"'
    )
    file = export.load_one("ours", "读者证号,姓名,出生日期", "R1,马某,85-05-01")
    assert (account(file), file.by_rule) == ((0, 1, 0, 0), {"two_digit_year": 1})
    assert export.rows("select birth_year from readers") == [(1985,)]


def test_two_digit_years_where_the_library_says_they_are_read(export: Export) -> None:
    export.write_layout(
        "ours", 'title = { zh = "馆", en = "Ours" }\n[rules]\ntwo_digit_year = "read"'
    )
    file = export.load_one("ours", LOANS, loan(1, loaned="19-03-01 10:00:00"))
    assert (account(file), file.by_rule) == ((0, 1, 0, 0), {"two_digit_year": 1})
    assert export.rows("select loaned_at::varchar from loans") == [("2019-03-01 10:00:00",)]


def test_excel_serial_numbers_and_dates_of_a_workbook(export: Export) -> None:
    rows = [LOANS.split(","), loan(1, loaned="43525.4166666667").split(",")]
    export.write_workbook("book.xlsx", {"借阅": rows})
    (file,) = export.load("plain").files
    assert (account(file), file.by_rule) == ((0, 1, 0, 0), {"excel_serial": 1})
    assert export.rows("select loaned_at::varchar from loans") == [("2019-03-01 10:00:00",)]


# --- what cannot have been


def test_a_return_before_the_loan(export: Export) -> None:
    file = export.load_one("plain", LOANS, loan(returned="2019-02-01 09:00:00"))
    assert (account(file), file.by_rule) == ((0, 1, 0, 0), {"return_before_loan": 1})
    assert export.events() == [("loan", LENT), ("return", LENT)]


@pytest.mark.parametrize(
    ("renewed", "rule", "moved_to"),
    [
        ("2019-02-01 09:00:00", "renewal_before_loan", LENT),
        ("2019-04-01 09:00:00", "renewal_after_return", BACK),
    ],
)
def test_a_renewal_outside_its_loan(export: Export, renewed: str, rule: str, moved_to: str) -> None:
    file = export.load_one("plain", LOANS, loan(returned=BACK, renewed=renewed, renewals=1))
    assert (account(file), file.by_rule) == ((0, 1, 0, 0), {rule: 1})
    assert sorted(export.events()) == [("loan", LENT), ("renewal", moved_to), ("return", BACK)]


def test_a_loan_of_900_days(export: Export) -> None:
    file = export.load_one("plain", LOANS, loan(returned="2021-08-17 10:00:00"))
    assert (account(file), file.by_rule) == ((1, 0, 0, 0), {"loan_over_365_days": 1})
    assert export.rows("select date_diff('day', loaned_at, returned_at) from loans") == [(900,)]


def test_a_loan_never_returned(export: Export) -> None:
    file = export.load_one(
        "plain", LOANS, loan(1), loan(2, item="B2", loaned="2024-03-01 10:00:00")
    )
    assert (account(file), file.by_rule) == ((2, 0, 0, 0), {})
    assert export.rows("select count(*), count(returned_at) from loans") == [(2, 0)]


@pytest.mark.parametrize("times", [2, 11])
def test_the_same_line_2_to_11_times(export: Export, times: int) -> None:
    file = export.load_one("plain", LOANS, *[loan(1)] * times)
    assert (account(file), file.by_rule) == ((1, 0, 0, times - 1), {"duplicate_line": times - 1})
    assert export.rows("select count(*) from loans") == [(1,)]


LOG = "操作类型,处理时间,读者证号,条码号"


def test_the_same_line_of_a_log_twice(export: Export) -> None:
    line = f"借书,{LENT},R1,B1"
    file = export.load_one("plain", LOG, line, line, line)
    assert (account(file), file.by_rule) == ((1, 0, 0, 2), {"duplicate_line": 2})
    assert export.rows("select count(*) from loans") == [(1,)]


def test_overlapping_loans_of_an_item(export: Export) -> None:
    lines = (loan(1, returned=BACK), loan(2, "R2", loaned="2019-03-10 10:00:00"))
    file = export.load_one("plain", LOANS, *lines)
    assert (account(file), file.by_rule) == ((2, 0, 0, 0), {"overlapping_loan": 1})
    assert export.rows("select returned_at::varchar from loans") == [(BACK,), (None,)]


def test_overlapping_loans_of_an_item_in_a_log(export: Export) -> None:
    """What nobody recorded, but must have been: the return before the second loan."""
    file = export.load_one("plain", LOG, f"借书,{LENT},R1,B1", "借书,2019-03-10 10:00:00,R2,B1")
    assert (account(file), file.by_rule) == ((2, 0, 0, 0), {})
    assert export.rows("select returned_at::varchar from loans") == [
        ("2019-03-10 10:00:00",),
        (None,),
    ]
    assert export.rows("select sum(quantity) from loan_events where event_kind = 'return'") == [
        (0,)
    ]


def test_seven_items_in_one_second_by_one_reader(export: Export) -> None:
    file = export.load_one("plain", LOG, *(f"借书,{LENT},R1,B{n}" for n in range(7)))
    assert (account(file), file.by_rule) == ((7, 0, 0, 0), {})
    assert export.rows("select count(*), count(distinct reader_id) from loans") == [(7, 1)]


def test_a_loan_at_3_in_the_morning(export: Export) -> None:
    file = export.load_one("plain", LOANS, loan(loaned="2019-03-01 03:00:00"))
    assert (account(file), file.by_rule) == ((1, 0, 0, 0), {})
    assert export.rows("select hour, loan_count from loan_hours") == [(3, 1)]


def test_a_sunday_with_one_loan_and_1436_automatic_renewals(export: Export) -> None:
    earlier = [f"借书,2019-03-01 10:00:00,R{n},B{n}" for n in range(1436)]
    sunday = [f"续借,2019-03-10 00:05:00,R{n},B{n}" for n in range(1436)]
    file = export.load_one("plain", LOG, *earlier, *sunday, "借书,2019-03-10 11:00:00,R1,C1")
    assert (account(file), file.by_rule) == ((2873, 0, 0, 0), {})
    assert export.rows(
        "select loan_count, renewal_count from circulation_days where day = '2019-03-10'"
    ) == [(1, 1436)]


@pytest.mark.parametrize(
    ("call_number", "title"),
    [("1000 1", "单人研修室"), ("", "单人研修室"), ("1000 1", "")],
)
def test_room_bookings_in_the_loan_log(export: Export, call_number: str, title: str) -> None:
    file = export.load_one(
        "jinpan",
        JINPAN,
        "马某,R1,mm,J,I247.5/88,B1,2018-03-01 10:00:00,围城",
        f"马某,R1,mm,J,{call_number},ROOM1,2018-03-01 10:00:05,{title}",
    )
    assert (account(file), file.by_rule) == ((1, 0, 0, 1), {"not_a_loan": 1})
    assert export.rows("select count(*) from items") == [(1,)]


def test_a_house_loan_due_in_2099(export: Export) -> None:
    file = export.load_one("plain", LOANS, loan(due="2099-12-31"))
    assert (account(file), file.by_rule) == ((1, 0, 0, 0), {"due_after_ten_years": 1})
    assert export.rows("select due_date::varchar from loans") == [("2099-12-31",)]


# --- call numbers


@pytest.mark.parametrize(
    ("call_number", "class_code"),
    [
        ("TP312C-43 189-2", "TP"),
        ("I247.5 …", "I"),
        ("K825.38=76 547", "K"),
        ("A491 897 V2 E2", "A"),
        ("337.69 99", "other"),
        ("余华", "none"),
        ("", "unknown"),
    ],
)
def test_call_numbers(export: Export, call_number: str, class_code: str) -> None:
    file = export.load_one("plain", LOANS, loan(call_number=call_number))
    assert (account(file), file.by_rule) == ((1, 0, 0, 0), {})
    assert export.classes() == [class_code]


OF_DEWEY = {
    "823.914 SMI": "800",
    "J 641.5 OLI": "600",
    "DVD 791.4372": "700",
    "J F ROW": "FIC",
    "FIC BRO": "FIC",
    "JFIC DAH": "FIC",
    "005": "000",
    "B CHU": "other",
    "QA76.73 .P98": "other",
    "1984": "other",
    "—": "none",
    "": "unknown",
}


def test_call_numbers_of_dewey_are_told_by_the_hundred(export: Export) -> None:
    plain = (layouts.FOLDER / "plain.toml").read_text(encoding="utf-8")
    export.write_layout("dewey", f'{plain}\n[rules]\nscheme = "dewey"\n')
    lent = [
        loan(n, item=f"B{n}", loaned=f"2019-03-01 10:00:{n:02}", call_number=number)
        for n, number in enumerate(OF_DEWEY)
    ]
    export.write("loans.csv", LOANS, *lent)
    export.load("dewey")
    assert export.classes() == [*OF_DEWEY.values()]


def test_a_call_number_that_is_empty_in_the_list_of_items_is_unclassified(export: Export) -> None:
    export.write("items.csv", "条码号,索书号,馆藏馆", "B1,,JZ", "B2,337.69 99,JZ")
    export.write("loans.csv", LOANS, loan(1, call_number=""), loan(2, item="B2", call_number=""))
    report = export.load("plain")
    assert of(report, "items.csv").by_rule == {"other_scheme": 1}
    assert sorted(export.classes()) == ["none", "other"]


# --- what no other file knows


def test_readers_and_items_that_no_file_knows(export: Export) -> None:
    export.write("readers.csv", "读者证号,读者类型", "R1,成人")
    export.write("items.csv", "条码号,索书号", "B1,I247.5/1")
    export.write(
        "loans.csv",
        LOANS,
        loan(1, call_number=""),
        loan(2, "R9", "B9", call_number=""),
        loan(3, "", "", call_number=""),
    )
    file = of(export.load("plain"), "loans.csv")
    assert account(file) == (3, 0, 0, 0)
    assert file.by_rule == {
        "unknown_reader": 1,
        "unknown_item": 1,
        "blank_reader": 1,
        "blank_item": 1,
    }
    assert export.rows(
        "select reader_id is null, item_id is null, class_code, count(*) from loans "
        "group by all order by all"
    ) == [(False, False, "I", 1), (False, False, "unknown", 1), (True, True, "unknown", 1)]
    assert export.rows("select count(*) from readers") == [(1,)]


# --- values that stand for others


@pytest.mark.parametrize("count", ["*", "<5"])
def test_counts_held_back(export: Export, count: str) -> None:
    file = export.load_one("plain", "日期,人次", "2019-03-01,86", f"2019-03-02,{count}")
    assert (account(file), file.by_rule) == ((1, 0, 1, 0), {"suppressed_count": 1})
    assert export.rows("select sum(visit_count) from visits") == [(86,)]


def test_a_code_that_the_system_could_not_name(export: Export) -> None:
    export.write("items.csv", "条码号,索书号,文献类型", "B1,I247.5/1,$<ITYP_desc_unknown>")
    report = export.load("plain")
    assert of(report, "items.csv").by_rule == {"unmapped_code": 1}
    (code,) = report.unmapped_codes
    assert (code.column, code.value, code.line_count) == ("文献类型", "$<ITYP_desc_unknown>", 1)
    assert export.rows("select material from items") == [("book",)]


def test_prices_with_a_currency_are_not_read(export: Export) -> None:
    file = export.load_one(
        "lianyi",
        LIANYI,
        "1,R1,马某,B1,活着,240.99USD,2019-03-01,2019-04-01,,借书,2019-03-01 10:00:00",
    )
    assert (account(file), file.by_rule) == ((1, 0, 0, 0), {})


def test_a_number_with_a_currency_is_no_number(export: Export) -> None:
    file = export.load_one(
        "plain", "计数项目,日期,数量", "web_visit,2019-03-01,10", "web_visit,2019-03-02,240.99USD"
    )
    assert (account(file), file.by_rule) == ((1, 0, 1, 0), {"unreadable_count": 1})


def test_the_same_header_name_twice_is_not_chosen_from(export: Export) -> None:
    with problem("column_twice", column="读者证号"):
        export.load_one("plain", LOANS + ",读者证号", loan(1) + ",R7")


def test_the_same_header_name_twice_matters_only_where_it_is_read(export: Export) -> None:
    file = export.load_one("plain", LOANS + ",题名,题名", loan(1) + ",a,b")
    assert (account(file), file.by_rule) == ((1, 0, 0, 0), {})


def test_the_same_header_name_twice_where_the_layout_says_which(export: Export) -> None:
    export.write_layout(
        "ours",
        """
title = { zh = "馆", en = "Ours" }
[[sources]]
kind = "loans"
[sources.columns]
reader = "no#2"
item = "no#1"
loaned_at = "at"
""",
    )
    file = export.load_one("ours", "no,no,at", f"B1,R1,{LENT}", f"B2,R1,{LENT}")
    assert (account(file), file.by_rule) == ((2, 0, 0, 0), {})
    assert export.rows("select count(distinct reader_id), count(distinct item_id) from loans") == [
        (1, 2)
    ]


def test_the_end_of_the_calendar_means_never(tmp_path: Path) -> None:
    path = tmp_path / "readers.csv"
    lines = [
        "读者证号,姓名,办证日期,有效期至,退证日期",
        "R1,马某,2019-03-01,9999-12-31,9999-12-31 00:00:00",
    ]
    path.write_text("\n".join(lines), encoding="utf-8")
    store = Store(tmp_path / "store")
    (file,) = load([path], "plain", store).files
    assert (file.loaded, file.by_rule) == (1, {})
    with duckdb.connect(str(store.current()), read_only=True) as connection:
        rows = connection.sql("select card_expires_on from readers").fetchall()
        events = connection.sql("select event_kind from card_events").fetchall()
    assert (rows, events) == ([(None,)], [("issue",)])


# --- what is mended, and what is said again


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2018 03 31", "2018-03-31"),
        ("%2018/11/24", "2018-11-24"),
        ("20180407%", "2018-04-07"),
        ("%20180407", "2018-04-07"),
    ],
)
def test_signs_around_a_day_are_no_part_of_it(export: Export, written: str, read: str) -> None:
    file = export.load_one("plain", LOANS, loan(due=written))
    assert (account(file), file.by_rule) == ((0, 1, 0, 0), {"other_stamp_form": 1})
    assert export.rows("select due_date::varchar from loans") == [(read,)]


@pytest.mark.parametrize("written", ["0000-00-00", "0000-00-00 00:00:00", "00000000", "0000/00/00"])
def test_a_day_of_zeros_is_none_and_is_said_to_be_read_so(export: Export, written: str) -> None:
    file = export.load_one("plain", LOANS, loan(due=written, returned=written))
    assert (account(file), file.by_rule) == ((0, 1, 0, 0), {"no_day": 1})
    assert export.rows("select due_date, returned_at from loans") == [(None, None)]


def test_births_that_cannot_have_been_are_unknown(export: Export) -> None:
    export.write("loans.csv", LOANS, *(loan(n, f"R{n}", f"B{n}") for n in range(1, 5)))
    born = ("1899-12-31", "2019-03-02", "1990-05-01", "")
    export.write(
        "readers.csv",
        "读者证号,姓名,出生日期",
        *(f"R{n},马某,{day}" for n, day in enumerate(born, 1)),
        "R9,刘某,2999-01-01",
    )
    file = of(export.load("plain"), "readers.csv")
    assert (account(file), file.by_rule) == ((2, 3, 0, 0), {"impossible_birth": 3})
    assert export.rows("select birth_year from readers order by all nulls last") == [
        (1990,),
        *[(None,)] * 4,
    ]


def test_double_blanks_make_no_second_branch(export: Export) -> None:
    lines = (loan(1) + ",城东  分馆", loan(2, item="B2") + ",城东 分馆")
    file = export.load_one("plain", LOANS + ",分馆", *lines)
    assert (account(file), file.by_rule) == ((1, 1, 0, 0), {"double_blank": 1})
    assert export.rows("select distinct branch_code from loan_events") == [("城东 分馆",)]


@pytest.mark.parametrize("written", ["M", "m", "MALE", "Male", "male", "男"])
def test_a_code_is_known_whatever_its_case(export: Export, written: str) -> None:
    file = export.load_one("plain", "读者证号,姓名,性别", f"R1,马某,{written}")
    assert file.by_rule == {}
    assert export.rows("select sex from readers") == [("M",)]


def test_letters_that_mean_two_things_by_their_case_keep_them() -> None:
    assert in_any_case({"K": "loan", "k": "return"}) == {"K": "loan", "k": "return"}
    assert in_any_case({"J": "loan", "H": "return"})["j"] == "loan"


MAY_END = """title = { zh = "馆", en = "Ours" }
[[sources]]
kind = "loans"
may_be_missing = ["续借时间", "备注"]
[sources.columns]
reader = "读者证号"
item = "条码号"
loaned_at = "借书日期"
renewed_at = "续借时间"
"""


def test_a_line_may_end_before_the_columns_that_its_layout_spares(export: Export) -> None:
    export.write_layout("ours", MAY_END)
    header = "读者证号,条码号,借书日期,续借时间,备注"
    whole = f"R1,B1,{LENT}"
    lines = (whole, f"R2,B2,{LENT},2019-03-05 10:00:00", f"R3,B3,{LENT},,x", "R4,B4")
    file = export.load_one("ours", header, *lines)
    assert (account(file), file.by_rule) == ((3, 0, 1, 0), {"too_few_fields": 1})
    assert export.rows("select count(*) from loans") == [(3,)]


def test_a_number_used_twice_keeps_its_text(export: Export, tmp_path: Path) -> None:
    export.write("loans.csv", LOANS, loan("K-1"), loan("K-1", item="B2"))
    report = export.load("plain")
    (line,) = report.refused_lines
    assert (line.column, line.value, line.rule_code) == ("借阅编号", "K-1", "repeated_key")
    (path,) = refusals.write(export.store, tmp_path / "refused")
    assert loan("K-1", item="B2") in path.read_text(encoding="utf-8-sig")


def test_a_count_twice_names_no_branch_that_nobody_wrote(export: Export) -> None:
    export.write("visits.csv", "日期,人次", "2019-03-01,86", "2019-03-01,87")
    (line,) = export.load("plain").refused_lines
    assert (line.column, line.value, line.rule_code) == ("日期", "2019-03-01", "repeated_key")


def test_what_was_refused_is_said_again_when_the_file_comes_again(export: Export) -> None:
    export.write("loans.csv", LOANS, loan(1), loan(1, item="B2"), loan(2, loaned="some day"))
    export.write("log.csv", LOG, f"借书,{LENT},R1,B9", f"怪事,{LENT},R1,B9")
    first, again = export.load("plain"), export.load("plain")
    assert first.total("refused") == 3
    assert again.load_number is None
    assert again.refused_lines == first.refused_lines
    assert again.unmapped_codes == first.unmapped_codes
