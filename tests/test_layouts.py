"""Layouts: what each source system's export becomes, and what a layout file may say."""

import csv
import tomllib
from collections import Counter
from contextlib import closing
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from exports import Export, account, of, problem

from guanqing import warehouse
from guanqing.intake import layouts
from guanqing.intake.decoding import Text
from guanqing.intake.layouts import sources
from guanqing.intake.loading import load
from guanqing.intake.reading import source_matching
from guanqing.own import beginning
from guanqing.own.about import About, Branch
from guanqing.paths import ROOT
from guanqing.records import Field, Kind, code_names, kinds, registers

EVERGREEN = ROOT.parent / "shared" / "data" / "evergreen_concerto_enhanced"
SYSTEMS = [path.stem for path in sorted(layouts.FOLDER.glob("*.toml"))]


@pytest.fixture
def export(tmp_path: Path) -> Export:
    return Export(tmp_path)


# --- Interlib

LOG_CIR = "logtype,libcode,userid,ipaddr,data1,data2,data3,data4,data5,regtime,return_time"
LOG_TYPES = ("logtype,typename", "30002,还书", "30003,续借", "30100,读者办证", "30105,退证")


def log_cir(
    code: object, at: str, data3: str = "14010001", data2: str = "JZ001", due: str = ""
) -> str:
    return f"{code},JZ,op1,10.0.0.1,,{data2},{data3},A区,,{at},{due}"


def test_interlib_reads_loans_renewals_returns_and_cards_from_its_log(export: Export) -> None:
    export.write("LogCirType.csv", *LOG_TYPES)
    export.write(
        "LOG_CIR.csv",
        LOG_CIR,
        log_cir(30100, "2019-01-02 09:00:00", ""),
        log_cir(30001, "2019-03-01 10:00:00", due="2019-03-31"),
        log_cir(30003, "2019-03-20 10:00:00", due="2019-04-30"),
        log_cir(30002, "2019-04-02 10:00:00"),
        log_cir(30106, "2019-04-03 10:00:00", "1"),
        log_cir(30107, "2019-04-04 10:00:00", "3"),
        log_cir(30110, "2019-04-05 10:00:00", "4"),
        log_cir(30105, "2019-04-06 10:00:00", "5"),
        log_cir(30203, "2019-04-07 10:00:00", "5.00"),
        log_cir(30204, "2019-04-07 10:00:00", ""),
        log_cir(30206, "2019-04-07 10:00:00", ""),
        log_cir(30701, "2019-04-07 10:00:00", ""),
    )
    report = export.load("interlib")
    assert account(of(report, "LogCirType.csv")) == (4, 0, 0, 0)
    assert account(of(report, "LOG_CIR.csv")) == (8, 0, 0, 4)
    assert of(report, "LOG_CIR.csv").by_rule == {"not_a_loan": 4}
    assert export.rows(
        "select loaned_at::varchar, due_date::varchar, returned_at::varchar, renewal_count, "
        "branch_code from loans"
    ) == [("2019-03-01 10:00:00", "2019-04-30", "2019-04-02 10:00:00", 1, "JZ")]
    assert export.rows("select event_kind, event_at::date::varchar from card_events") == [
        ("issue", "2019-01-02"),
        ("extend", "2019-04-03"),
        ("report_lost", "2019-04-04"),
        ("suspend", "2019-04-05"),
        ("cancel", "2019-04-06"),
    ]
    # the state of a card that stands in data3 is no item
    assert export.rows("select count(*) from items") == [(1,)]


def test_interlib_counts_an_operation_nobody_explains_and_loads_it_once_somebody_does(
    export: Export,
) -> None:
    export.write("log.csv", LOG_CIR, log_cir(30001, "2019-03-01 10:00:00"))
    export.write(
        "more.csv",
        LOG_CIR,
        log_cir(30002, "2019-04-02 10:00:00"),
        log_cir(30105, "2019-04-06 10:00:00", "5"),
    )
    report = export.load("interlib")
    assert of(report, "more.csv").by_rule == {"unmapped_kind": 2}
    assert [(code.value, code.line_count) for code in report.unmapped_codes] == [
        ("30002", 1),
        ("30105", 1),
    ]
    export.write("LogCirType.csv", *LOG_TYPES)
    export.load("interlib")
    assert [kind for kind, _ in export.events()] == ["loan", "return"]
    assert export.rows("select event_kind from card_events") == [("cancel",)]
    assert export.rows("select count(*) from items") == [(1,)]


def test_interlib_lets_a_library_say_which_state_a_suspension_is(export: Export) -> None:
    text = (layouts.FOLDER / "interlib.toml").read_text(encoding="utf-8")
    saved = text.replace('30110 = "suspend"\n', '30110 = "suspend"\n"30110 5" = "cancel"\n')
    export.write_layout("ours", saved)
    export.write(
        "LOG_CIR.csv",
        LOG_CIR,
        log_cir(30001, "2019-03-01 10:00:00"),
        log_cir(30110, "2019-04-05 10:00:00", "4"),
        log_cir(30110, "2019-04-06 10:00:00", "5"),
    )
    assert account(of(export.load("ours"), "LOG_CIR.csv")) == (3, 0, 0, 0)
    assert export.rows("select event_kind from card_events") == [("suspend",), ("cancel",)]


def test_interlib_current_loans_have_their_due_date_in_returndate(export: Export) -> None:
    file = export.load_one(
        "interlib",
        "rdid,barcode,rulestate,loancount,loandate,returndate",
        "JZ001,14010001,1,2,2019-03-01 10:00:00,2019-05-30",
    )
    assert (file.kind, account(file)) == ("loans", (0, 1, 0, 0))
    assert file.by_rule == {"renewal_count_without_stamp": 1}
    assert export.rows("select due_date::varchar, returned_at, renewal_count from loans") == [
        ("2019-05-30", None, 2)
    ]


def test_interlib_counts_a_loan_once_that_the_log_and_the_current_loans_tell(
    export: Export,
) -> None:
    export.write("log.csv", LOG_CIR, log_cir(30001, "2019-03-01 10:00:00", due="2019-03-31"))
    export.write(
        "loan_work.csv",
        "rdid,barcode,rulestate,loancount,loandate,returndate",
        "JZ001,14010001,1,0,2019-03-01,2019-03-31",
        "JZ001,14010002,1,0,2019-03-02 09:00:00,2019-04-01",
    )
    report = export.load("interlib")
    assert of(report, "loan_work.csv").by_rule == {"date_without_time": 1, "in_the_log": 1}
    assert export.rows("select loaned_at::varchar from loans") == [
        ("2019-03-01 10:00:00",),
        ("2019-03-02 09:00:00",),
    ]


READER_COLUMNS = (
    "rdid,rdname,rdcertify,rdlib,rdtype,rdsex,rdborndate,rdcfstate,rdstartdate,rdenddate,"
    "rdintime,deposit,operator,rdunit"
)


def test_interlib_readers_keep_no_national_id_and_name_no_day_of_cancellation(
    export: Export,
) -> None:
    certificate = "142401199005010021"
    export.write(
        "reader.csv",
        READER_COLUMNS,
        f"JZ001,马某某,{certificate},JZ,成人,0,1990-05-01,1,2018-04-01,2028-04-01,"
        "2018-04-01 09:30:00,100,op1,第一中学",
        "JZ002,李某,,YC,T9,1,1985-01-02,5,2018-05-01,2023-05-01,2018-05-01 10:00:00,100,op1,",
    )
    report = export.load("interlib")
    assert of(report, "reader.csv").by_rule == {"unmapped_code": 1, "cancelled_without_date": 1}
    assert [(code.column, code.value) for code in report.unmapped_codes] == [("rdtype", "T9")]
    assert export.rows(
        "select masked_name, reader_type, sex, birth_year, home_branch, unit, "
        "card_expires_on::varchar from readers order by masked_name"
    ) == [
        ("李**", None, "M", 1985, "YC", None, "2023-05-01"),
        ("马**", "adult", "F", 1990, "JZ", "第一中学", "2028-04-01"),
    ]
    assert export.rows("select event_kind, event_at::varchar from card_events") == [
        ("issue", "2018-04-01 09:30:00"),
        ("issue", "2018-05-01 10:00:00"),
    ]
    written = [path.read_bytes() for path in export.store.root.rglob("*") if path.is_file()]
    assert not any(certificate.encode() in content for content in written)


def test_interlib_holdings_have_class_branch_and_state(export: Export) -> None:
    report_of = export.load_one(
        "interlib",
        "barcode,bookrecno,callno,orglib,orglocal,curlib,curlocal,cirtype,shelfno,totalLoanNum,"
        "totalRenewNum,state",
        "14010001,1,I247.55/1121,JZ,A,YC,B,001,,3,1,2",
        "14010002,2,TP312C/43,JZ,A,JZ,B,001,,3,1,35",
        "14010003,3,,JZ,A,JZ,B,001,,3,1,24",
    )
    assert (report_of.kind, account(report_of)) == ("items", (3, 0, 0, 0))
    # 001, the library's own type of circulation, and 24, which differs by city
    assert report_of.by_rule == {"unmapped_code": 3}
    assert export.rows(
        "select class_code, branch_code, material, is_loanable from items order by class_code"
    ) == [
        ("I", "YC", "book", True),
        ("TP", "JZ", "book", False),
        ("none", "JZ", "book", None),
    ]


# --- the other systems of China


def test_uilas_reads_its_codes_and_sets_study_rooms_aside(export: Export) -> None:
    header = (
        "logdate,logstamp,logtype,operator,local,holdlibid,cardno,title,callno,recno,barcode,"
        "regdate,loandate,retudate,renewnum"
    )
    file = export.load_one(
        "uilas",
        header,
        "20180612,101500,3031,op,A,SZ,C1,活着,I247.57/3,9,B1,20100101,20180612,20180712,0",
        "20180701,101500,3035,op,A,SZ,C1,活着,I247.57/3,9,B1,20100101,20180612,20180812,1",
        "20180801,101500,3033,op,A,SZ,C1,活着,I247.57/3,9,B1,20100101,20180612,20180812,1",
        "20180612,101500,3031,op,A,SZ,C1,单人研修室,1000 1,8,R1,20100101,20180612,20180612,0",
        "20180613,101500,3040,op,A,SZ,C1,活着,I247.57/3,9,B1,20100101,20180612,20180812,1",
    )
    assert account(file) == (3, 0, 1, 1)
    assert file.by_rule == {"not_a_loan": 1, "unmapped_kind": 1}
    assert export.rows(
        "select class_code, branch_code, renewal_count, returned_at::date::varchar, "
        "due_date::varchar from loans"
    ) == [("I", "SZ", 1, "2018-08-01", "2018-08-12")]


JINPAN = ("J", "还书", "续借", "预约", "取消预约", "赔书", "退赔", "丢书赔款", "", "H")


def test_jinpan_table(export: Export) -> None:
    file = export.load_one(
        "jinpan",
        "处理时间,操作类型,读者条码,条形码",
        "2018-03-01 10:00:00,借书,R1,B1",
        *(f"2018-03-{day:02} 10:00:00,{kind},R1,B1" for day, kind in enumerate(JINPAN[1:], 2)),
    )
    assert account(file) == (3, 0, 2, 5)
    assert file.by_rule == {"not_a_loan": 5, "blank_field": 1, "unmapped_kind": 1}
    # renewed after it was back: the renewal counts and belongs to no loan
    assert export.rows("select event_kind, loan_id is null from loan_events order by rowid") == [
        ("loan", False),
        ("return", False),
        ("renewal", True),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_jinpan_text_of_the_database(export: Export, encoding: str) -> None:
    export.write(
        "dump.txt",
        "XM,JSZH,ZJM,CZLX,TSCCH,TSTXM,CLSJ,SM",
        "马某,R1,mm,J,I247.5/88,B1,2018-03-01 10:00:00,围城",
        "马某,R1,mm,J,TP312C-43 189-2,B2,2018-03-01 10:00:05,C,C++,入门",
        "马某,R1,mm,J,1000 1,B9,2018-03-01 10:00:09,单人研修室",
        "马某,R1,mm,还书,I247.5/88,B1,2018-03-09 10:00:00,围城",
        encoding=encoding,
    )
    file = of(export.load("jinpan"), "dump.txt")
    assert (file.encoding, account(file)) == (encoding, (2, 1, 0, 1))
    assert file.by_rule == {"delimiter_in_text": 1, "not_a_loan": 1}
    assert export.classes() == ["I", "TP"]
    assert export.rows("select count(*) from readers") == [(0,)]


def test_jinpan_insert_statements(export: Export) -> None:
    into = "INSERT INTO LTRZ (XM, JSZH, ZJM, CZLX, TSCCH, TSTXM, CLSJ, SM) VALUES "
    file = export.load_one(
        "jinpan",
        "-- export of LTRZ",
        f"{into}('马某', 'R1', NULL, 'J', 'I247.5/88', 'B1', "
        "to_date('2018-03-01 10:00:00', 'yyyy-mm-dd hh24:mi:ss'), '围城, 上');",
        f"{into}('马某', 'R1', NULL, '还书', 'I247.5/88', 'B1', '2018-03-09 10:00:00', 'it''s');",
        "('马某', 'R1', NULL, 'J', 'I247.5/88', 'B1', '2018-04-01 10:00:00', '围城'),",
        "commit;",
        name="dump.sql",
    )
    assert account(file) == (3, 0, 0, 2)
    assert file.by_rule == {"not_a_record": 2}
    assert export.events() == [
        ("loan", "2018-03-01 10:00:00"),
        ("return", "2018-03-09 10:00:00"),
        ("loan", "2018-04-01 10:00:00"),
    ]
    assert export.classes() == ["I", "I"]


def test_libsys_has_a_row_a_loan(export: Export) -> None:
    export.write(
        "lend_hist.csv",
        "certId,barcode,propNo,lendDate,dueDay,renewTimes,retDate,locationF",
        "C1,B1,P1,2019-03-01 10:00:00,2019-04-01,1,2019-03-20 09:00:00,文学库",
        "C1,B2,P2,2019-03-02 10:00:00,2019-04-02,0,,文学库",
    )
    export.write(
        "reader.csv",
        "redr_cert_id,cert_flag,redr_flag,bgn_date,end_date",
        "C1,1,1,2018-09-01,2022-06-30",
    )
    report = export.load("libsys")
    assert account(of(report, "lend_hist.csv")) == (1, 1, 0, 0)
    assert of(report, "lend_hist.csv").by_rule == {"renewal_count_without_stamp": 1}
    assert export.rows(
        "select due_date::varchar, returned_at::varchar, renewal_count from loans"
    ) == [("2019-04-01", "2019-03-20 09:00:00", 1), ("2019-04-02", None, 0)]
    assert export.rows("select card_expires_on from readers") == [(date(2022, 6, 30),)]


def test_aleph_is_known_by_its_twelve_fields(export: Export) -> None:
    export.write("other.csv", "a,b,c", "1,2,3")
    export.write(
        "events.txt",
        "000123|I247.57/3|活着|9787506365437|余华|2012|作家出版社|C1|20180301|50|01|中文系",
        "000123|I247.57/3|活着|9787506365437|余华|2012|作家出版社|C1|20180320|62|01|中文系",
        "000123|I247.57/3|活着|9787506365437|余华|2012|作家出版社|C1|20180325|63|01|中文系",
        "000123|I247.57/3|活着|9787506365437|余华|2012|作家出版社|C1|20180401|61|01|中文系",
        "000200|TP312/9|A|B 概论|7|王|2012|社|C1|20180402|50|01|中文系",
        "000300|1000 1|单人研修室||||| C1|20180402|50|01|中文系",
        "000123|I247.57/3|活着|9787506365437|余华|2012|作家出版社|C1|20180401|61|01",
    )
    report = export.load("aleph")
    file = of(report, "events.txt")
    assert report.skipped == ("other.csv",)
    assert account(file) == (4, 1, 1, 1)
    assert file.by_rule == {
        "unmapped_code": 5,
        "delimiter_in_text": 1,
        "not_a_loan": 1,
        "too_few_fields": 1,
    }
    assert export.rows(
        "select loaned_at::date::varchar, returned_at::date::varchar, renewal_count, class_code "
        "from loans order by loaned_at"
    ) == [("2018-03-01", "2018-04-01", 2, "I"), ("2018-04-02", None, 0, "TP")]


def test_aleph_does_not_return_a_title_because_another_copy_is_lent(export: Export) -> None:
    line = "000123|I247.57/3|活着|97|余华|2012|社|{}|201803{:02}|50|01|系"
    export.load_one("aleph", line.format("C1", 1), line.format("C2", 2))
    assert export.rows("select count(*), count(returned_at) from loans") == [(2, 0)]


def test_lianyi_has_an_operation_a_row(export: Export) -> None:
    header = "序号,读者证号,读者姓名,条形码,题名,定价,借书日期,应还日期,还书日期,操作行为,操作日期"
    loan = "R1,马某,B1,活着,240.99USD,2019-03-01"
    file = export.load_one(
        "lianyi",
        header,
        f"1,{loan},2019-04-01,,借书,2019-03-01 10:00:00",
        f"2,{loan},2019-05-01,,续借,2019-03-20 10:00:00",
        f"3,{loan},2019-05-01,2019-04-02,还书,2019-04-02 10:00:00",
        f"4,{loan},2019-05-01,,丢失,2019-04-03 10:00:00",
        f"5,{loan},2019-05-01,,污损,2019-04-03 10:00:00",
    )
    assert (account(file), file.by_rule) == ((3, 0, 0, 2), {"not_a_loan": 2})
    assert export.rows(
        "select renewal_count, due_date::varchar, returned_at::varchar from loans"
    ) == [(1, "2019-05-01", "2019-04-02 10:00:00")]


# --- systems of the world


def test_koha_statistics_with_use_in_the_library_apart(export: Export) -> None:
    export.write(
        "statistics.csv",
        "datetime,branch,type,itemnumber,itemtype,borrowernumber,ccode,location,categorycode",
        "2019-03-01 10:00:00,CPL,issue,7,BK,3,FIC,GEN,ST",
        "2019-03-10 10:00:00,CPL,renew,7,BK,3,FIC,GEN,ST",
        "2019-03-20 10:00:00,FPL,return,7,BK,3,FIC,GEN,ST",
        "2019-03-21 10:00:00,FPL,localuse,7,BK,,FIC,GEN,",
        "2019-03-22 10:00:00,FPL,writeoff,,,3,,,",
    )
    export.write("items.csv", "itemnumber,itemcallnumber,holdingbranch,itype", "7,I247/1,CPL,BK")
    report = export.load("koha")
    file = of(report, "statistics.csv")
    assert account(file) == (3, 0, 1, 1)
    assert file.by_rule == {"unmapped_code": 3, "not_a_loan": 1, "unmapped_kind": 1}
    assert export.rows(
        "select branch_code, class_code, renewal_count, returned_at::varchar from loans"
    ) == [("CPL", "I", 1, "2019-03-20 10:00:00")]
    assert export.rows("select branch_code from loan_events where event_kind = 'return'") == [
        ("FPL",)
    ]


ISSUES = (
    "issue_id,borrowernumber,itemnumber,date_due,branchcode,returndate,lastreneweddate,renewals,"
    "issuedate"
)


def test_koha_old_issues_count_without_the_patron_and_item_that_were_deleted(
    export: Export,
) -> None:
    export.write(
        "old_issues.csv",
        ISSUES,
        "1,3,7,2019-04-01 23:59:00,CPL,2019-03-20 10:00:00,NULL,0,2019-03-01 10:00:00",
        "2,NULL,NULL,2019-04-01 23:59:00,CPL,2019-03-20 10:00:00,NULL,0,2019-03-01 10:00:00",
        "3,\\N,\\N,2019-04-01 23:59:00,CPL,2019-03-20 10:00:00,\\N,0,2019-03-01 10:00:00",
    )
    export.write(
        "issues.csv",
        ISSUES,
        "4,3,7,2019-05-01 23:59:00,CPL,,2019-04-20 08:00:00,2,2019-04-01 10:00:00",
    )
    report = export.load("koha")
    assert of(report, "old_issues.csv").by_rule == {"blank_reader": 2, "blank_item": 2}
    assert of(report, "issues.csv").kind == "loans"
    assert export.rows("select loan_id, reader_id, item_id, renewal_count from loans") == [
        (1, 3, 7, 0),
        (2, None, None, 0),
        (3, None, None, 0),
        (4, 3, 7, 2),
    ]


def test_koha_deleted_patrons_are_readers_whose_cancellation_has_no_date(export: Export) -> None:
    header = "borrowernumber,categorycode,sex,dateofbirth,branchcode,dateenrolled,dateexpiry"
    export.write("borrowers.csv", header, "3,ST,F,2001-05-01,CPL,2018-09-01,2022-09-01")
    export.write("deletedborrowers.csv", header, "4,ST,M,1990-05-01,CPL,2015-09-01,2019-09-01")
    report = export.load("koha")
    assert of(report, "borrowers.csv").by_rule == {"unmapped_code": 1}
    assert of(report, "deletedborrowers.csv").by_rule == {
        "unmapped_code": 1,
        "cancelled_without_date": 1,
    }
    assert export.rows("select reader_id, sex, birth_year from readers") == [
        (3, "F", 2001),
        (4, "M", 1990),
    ]


def test_folio_brings_both_spellings_of_a_zone_to_local_time(export: Export) -> None:
    file = export.load_one(
        "folio",
        "id,userId,itemId,loanDate,dueDate,returnDate,systemReturnDate,action,renewalCount",
        "l-1,u-1,i-1,2019-03-01T18:30:00Z,2019-03-31T15:59:59.000+00:00,"
        "2019-03-20T01:00:00.000+00:00,2019-03-20T01:00:05Z,checkedin,0",
        "l-2,u-1,i-2,2019-03-02T02:00:00.123+00:00,2019-04-01T15:59:59Z,,,checkedout,",
    )
    assert account(file) == (2, 0, 0, 0)
    assert export.rows(
        "select loaned_at::timestamp(0)::varchar, due_date::varchar, returned_at::varchar "
        "from loans"
    ) == [
        ("2019-03-02 02:30:00", "2019-03-31", "2019-03-20 09:00:00"),
        ("2019-03-02 10:00:00", "2019-04-01", None),
    ]


def test_evergreen_counts_a_row_with_a_parent_as_a_renewal(export: Export) -> None:
    header = (
        "id,usr,xact_start,target_copy,circ_lib,checkin_lib,due_date,checkin_time,stop_fines,"
        "parent_circ"
    )
    file = export.load_one(
        "evergreen",
        header,
        "1,4,2020-03-01 10:00:00-05,2,4,,2020-03-22 23:59:59-04,2020-03-20 09:00:00-04,RENEW,",
        "2,4,2020-03-20 09:00:00-04,2,4,5,2020-04-10 23:59:59-04,2020-04-01 12:00:00-04,CHECKIN,1",
        "9,4,2020-05-01 09:00:00-04,3,4,,2020-05-10 23:59:59-04,,,8",
    )
    assert account(file) == (3, 0, 0, 0)
    assert export.rows(
        "select loan_id, loaned_at::varchar, renewal_count, due_date::varchar, "
        "returned_at::varchar from loans"
    ) == [(1, "2020-03-01 10:00:00", 1, "2020-04-10", "2020-04-01 12:00:00")]
    # the loan that 9 renews is older than the export
    assert export.rows(
        "select event_kind, loan_id, branch_code from loan_events order by event_at"
    ) == [
        ("loan", 1, "4"),
        ("renewal", 1, "4"),
        ("return", 1, "5"),
        ("renewal", None, "4"),
    ]


# --- COUNTER

PREAMBLE = (
    "Report_Name,{name}",
    "Report_ID,{code}",
    "Release,5",
    "Institution_Name,Jinzhong Library",
    "Institution_ID,",
    "Metric_Types,",
    "Report_Filters,",
    "Report_Attributes,",
    "Exceptions,",
    'Reporting_Period,"Begin_Date=2019-01-01; End_Date=2019-02-28"',
    "Created,2019-03-02T09:00:00Z",
    "Created_By,Vendor",
    "",
)


def counter(code: str, *lines: str) -> list[str]:
    return [line.format(name=f"Report {code}", code=code) for line in PREAMBLE] + list(lines)


def usage(export: Export) -> list[tuple[Any, ...]]:
    return export.rows(
        "select resource_name, metric_code, month_end::varchar, usage_count from digital_usage"
    )


def test_counter_reads_a_column_a_month_under_its_preamble(export: Export) -> None:
    file = export.load_one(
        "counter5",
        *counter(
            "PR",
            "Platform,Data_Type,Metric_Type,Reporting_Period_Total,Jan-2019,2019-02",
            "Vendor,Book,Total_Item_Requests,30,10,20",
            'Vendor,Journal,Total_Item_Requests,"1,300",300,"1,000"',
            "Vendor,Book,Searches_Platform,5,5,",
        ),
    )
    assert account(file) == (3, 0, 0, 13)
    assert usage(export) == [
        ("Vendor", "Searches_Platform", "2019-01-31", 5),
        ("Vendor", "Total_Item_Requests", "2019-01-31", 310),
        ("Vendor", "Total_Item_Requests", "2019-02-28", 1020),
    ]


@pytest.mark.parametrize(
    ("code", "columns", "first"),
    [
        ("DR", "Database,Publisher,Platform,Data_Type,Access_Method", "Base,Pub,Vendor,,Regular"),
        ("TR", "Title,Publisher,Platform,ISBN,YOP", "Book,Pub,Vendor,978,2019"),
        ("TR_J1", "Title,Publisher,Platform,Print_ISSN", "Journal,Pub,Vendor,1234-5678"),
        ("IR", "Item,Publisher,Platform,DOI,Parent_Title", "Item,Pub,Vendor,10.1/1,"),
    ],
)
@pytest.mark.few(2)
def test_counter_reads_each_report(export: Export, code: str, columns: str, first: str) -> None:
    export.write(
        "report.csv",
        *counter(
            code,
            f"{columns},Metric_Type,Reporting_Period_Total,Jan-2019",
            f"{first},Total_Item_Requests,7,7",
            f"Other{first},Total_Item_Requests,2,2",
            f"{first},Unique_Item_Requests,4,4,",
        ),
    )
    assert account(of(export.load("counter5"), "report.csv")) == (3, 0, 0, 13)
    assert usage(export) == [
        ("Vendor", "Total_Item_Requests", "2019-01-31", 9),
        ("Vendor", "Unique_Item_Requests", "2019-01-31", 4),
    ]


def test_counter_counts_a_use_once_that_several_reports_tell(export: Export) -> None:
    header = "{},Platform,Metric_Type,Reporting_Period_Total,Jan-2019"
    for name, code, metric, count in (
        ("tr", "TR", "Total_Item_Requests", 9),
        ("pr", "PR", "Total_Item_Requests", 10),
        ("j1", "TR_J1", "Unique_Item_Requests", 4),
        ("j3", "TR_J3", "Unique_Item_Requests", 5),
        ("b1", "TR_B1", "Unique_Item_Requests", 2),
    ):
        line = f"Title,Vendor,{metric},{count},{count}"
        export.write(f"{name}.csv", *counter(code, header.format("Title"), line))
    export.load("counter5")
    assert usage(export) == [
        ("Vendor", "Total_Item_Requests", "2019-01-31", 10),
        ("Vendor", "Unique_Item_Requests", "2019-01-31", 6),
    ]


@pytest.mark.parametrize(
    ("months", "rule"),
    [
        ("10,*", "suppressed_count"),
        ("<5,20", "suppressed_count"),
        ("*,n/k", "unreadable_count"),
        ("10,n/k", "unreadable_count"),
    ],
)
@pytest.mark.few(2)
def test_counter_tells_a_month_held_back_from_one_nobody_can_read(
    export: Export, months: str, rule: str
) -> None:
    file = export.load_one(
        "counter5",
        *counter(
            "PR",
            "Platform,Data_Type,Metric_Type,Reporting_Period_Total,Jan-2019,2019-02",
            f"Vendor,Book,Total_Item_Requests,30,{months}",
            "Vendor,Book,Searches_Platform,5,5,",
        ),
    )
    assert account(file) == (1, 0, 1, 13)
    assert file.by_rule[rule] == 1
    assert usage(export) == [("Vendor", "Searches_Platform", "2019-01-31", 5)]


def test_counter_without_a_column_a_month_names_what_it_lacks(export: Export) -> None:
    with problem("column_missing", column="月份"):
        export.load_one("counter5", "Platform,Metric_Type,Total", "Vendor,Searches_Platform,5")


# --- plain tables: every kind, under every name it is known by

EXAMPLES = {
    ("loans", "parent"): "",
    ("call_numbers", "call_number_id"): "36",
    ("call_numbers", "call_number"): "I247.55/1121",
}


def example(kind: Kind, found: Field) -> str:
    return EXAMPLES.get((kind.code, found.name), found.example)


def headers_of(kind: Kind, naming: str) -> dict[str, str]:
    """Return a header for each field a file of the kind could have."""
    fields = [f for f in kind.fields.values() if f.name not in ("period", "by_month")]
    if naming == "words":
        return {f.name: f.words[0] if f.words else f.zh for f in fields}
    return {f.name: getattr(f, naming) for f in fields}


@pytest.mark.parametrize(
    ("naming", "form"),
    [
        ("zh", "csv"),
        ("words", "xlsx"),
        ("en", "csv"),
        pytest.param("zh", "xlsx", marks=pytest.mark.slow),
    ],
)
@pytest.mark.few(4)
def test_plain_loads_every_kind_by_any_of_its_names(export: Export, naming: str, form: str) -> None:
    """A file or sheet of each kind, called nothing that would tell which it is."""
    tables = {}
    for number, kind in enumerate(kinds().values()):
        header = headers_of(kind, naming)
        row = [example(kind, kind.fields[name]) for name in header]
        tables[f"table{number:02}"] = [list(header.values()), row]
    if form == "xlsx":
        export.write_workbook("book.xlsx", tables)
    for name, rows in tables.items() if form == "csv" else ():
        export.write(f"{name}.csv", *(",".join(f'"{cell}"' for cell in row) for row in rows))
    report = export.load("plain")
    assert report.skipped == ()
    assert {file.kind: account(file) for file in report.files} == dict.fromkeys(
        kinds(), (1, 0, 0, 0)
    )


@pytest.mark.parametrize(
    ("code", "name", "word"),
    [(k.code, f.name, w) for k in kinds().values() for f in k.fields.values() for w in f.words],
)
def test_plain_knows_a_field_by_each_of_its_words(code: str, name: str, word: str) -> None:
    """Each word, beside the Chinese headers of the other fields, finds its field."""
    kind = kinds()[code]
    header = headers_of(kind, "zh") | {name: word}
    others = [title for other, title in header.items() if other != name]
    if word in others:
        pytest.skip(f"{word} is the header of another field")
    line = "\t".join(header.values())
    text = Text(f"{code}.csv", Path("none"), "utf-8", "\t", "", datetime(2019, 1, 1), (line,))
    (opened,), _ = source_matching.open_texts([text], layouts.read("plain"))
    assert (opened.source.kind.code, opened.column(name)) == (code, word)


def meant(found: Field, words: str) -> object:
    """Return what the library should hold of a cell: a text of the engine, or a number."""
    if found.list:
        named = {zh: code for code, (zh, _) in code_names(found.list).items()}
        return named.get(words, words) or None
    if found.kind in ("count", "number") and words:
        return float(words)
    if found.kind == "time":
        return f"{words}:00"
    return {"是": "true", "": found.otherwise or None}.get(words, words)


@pytest.mark.parametrize("kind", registers().values(), ids=registers())
@pytest.mark.few(3)
def test_a_row_of_a_register_arrives_in_its_table_as_told(export: Export, kind: Kind) -> None:
    header = [found.zh for found in kind.fields.values()]
    told = [found.example for found in kind.fields.values()]
    export.load_one("plain", ",".join(header), ",".join(told))
    numbers = {found.column_name for found in kind.fields.values() if found.kind in SUMS}
    columns = [found.column_name for found in kind.fields.values()]
    typed = ", ".join(f"{name}::{'double' if name in numbers else 'varchar'}" for name in columns)
    (row,) = export.rows(f"select {typed}, stated_at is not null, stated_by from {kind.code}")
    expected = [meant(found, found.example) for found in kind.fields.values()]
    assert row == (*expected, True, None)


SUMS = ("count", "number")


def test_a_survey_file_from_before_groups_is_about_all_readers(export: Export) -> None:
    header = "调查编号,题目,截止日期,发放,回收,有效,满意"
    export.load_one("plain", header, "2019-1,,2019-03-31,250,244,240,204")
    asked = "select question_code, group_code, valid_count from surveys order by group_code"
    assert export.rows(asked) == [("overall", "all", 240)]


def test_groups_of_a_survey_stand_beside_the_whole_and_never_in_it(export: Export) -> None:
    header = "调查编号,题目,读者群体,截止日期,发放,回收,有效,满意"
    export.load_one(
        "plain",
        header,
        "2019-1,overall,,2019-03-31,250,244,240,204",
        "2019-1,overall,少儿,2019-03-31,50,44,40,40",
    )
    asked = "select question_code, group_code, valid_count from surveys order by group_code"
    assert export.rows(asked) == [("overall", "all", 240), ("overall", "少儿", 40)]
    with closing(warehouse.connect(export.store.current())) as connection:
        shares = connection.sql(
            "select valid_count, satisfied_count from survey_shares "
            "where scope = 'network' and wave_code is null"
        )
        assert shares.fetchall() == [(240, 204)]


def test_an_annotation_without_a_branch_concerns_the_whole_network(export: Export) -> None:
    """Every other register without one means the only branch of the library the files are of."""
    only = Branch("ZG", "总馆", "Main")
    beginning.begin(export.store.root, About("馆", "Library", branches=(only,)))
    export.write("a.csv", "注记类型,事由,开始日期", "闭馆,暴雨,2019-07-21")
    export.write("v.csv", "服务日期,服务内容,志愿者人数", "2019-03-05,整架,12")
    export.load("plain")
    assert export.rows("select branch_code from annotations") == [(None,)]
    assert export.rows("select branch_code from volunteers") == [("ZG",)]


def test_plain_explains_codes_by_a_code_table(export: Export) -> None:
    export.write("code_names.csv", "代码表,代码,名称", ",J,借书", "reader_type,01,少儿")
    export.write("log.csv", "操作类型,处理时间,读者证号,条码号", "J,2019-03-01 10:00:00,R1,B1")
    export.write("readers.csv", "读者证号,读者类型", "R1,01")
    export.load("plain")
    assert export.events() == [("loan", "2019-03-01 10:00:00")]
    assert export.rows("select reader_type from readers") == [("child",)]


def test_plain_names_the_column_that_is_missing(export: Export) -> None:
    export.write("readers.csv", "读者证号,读者类型", "R1,成人")
    export.write("lent.csv", "读者证号,条码号,应还日期,还书日期", "R1,B1,2019-04-01,2019-03-20")
    with problem("column_missing", path="lent.csv"):
        export.load("plain")


# --- which file is which


def test_a_file_of_none_of_the_kinds_is_passed_over_beside_others(export: Export) -> None:
    export.write("readme.txt", "Exported on 2019-03-01")
    export.write("reserve.csv", "rdid,barcode,bookrecno,reservedate", "JZ001,1,2,2019-03-01")
    export.write("log.csv", LOG_CIR, log_cir(30001, "2019-03-01 10:00:00"))
    assert export.load("interlib").skipped == ("readme.txt", "reserve.csv")


def test_a_file_alone_that_lacks_a_column_is_told_which(export: Export) -> None:
    with problem("column_missing", path="export.csv"):
        export.load_one("uilas", "logdate,logtype,cardnumber,barcode", "20190301,3031,C1,B1")


def test_a_file_that_is_mostly_a_source_raises_even_beside_others(export: Export) -> None:
    export.write("LogCirType.csv", *LOG_TYPES)
    export.write("log.csv", LOG_CIR.replace("regtime", "when"), log_cir(30001, "2019-03-01"))
    with problem("column_missing", path="log.csv"):
        export.load("interlib")


def test_files_that_no_source_knows_stop_the_load(export: Export) -> None:
    with problem("no_known_file", layout="interlib"):
        export.load_one("interlib", "a,b", "1,2")


# --- what a layout file may say


@pytest.mark.parametrize("name", SYSTEMS)
def test_a_layout_says_in_both_languages_what_it_is_and_what_to_check(name: str) -> None:
    layout = layouts.read(name)
    for words in (layout.title, layout.note):
        assert words.keys() == {"zh", "en"}
        assert all(text.strip() for text in words.values())


@pytest.mark.parametrize("name", SYSTEMS)
def test_every_code_of_a_layout_stands_in_its_list(name: str) -> None:
    for source in layouts.read(name).sources:
        for tables in (source.codes, source.meanings):
            for field, table in tables.items():
                found = source.kind.fields[field]
                assert not found.list or set(table.values()) <= code_names(found.list).keys()


@pytest.mark.parametrize("name", SYSTEMS)
def test_every_list_of_a_field_is_a_list_of_codes(name: str) -> None:
    for source in layouts.read(name).sources:
        for found in source.kind.fields.values():
            assert (found.kind == "code") == bool(found.list)
            assert not found.list or code_names(found.list)


def entries(**changes: object) -> dict[str, Any]:
    columns = {name: name for name in ("reader", "item", "loaned_at")}
    return {
        "title": {"zh": "馆", "en": "Library"},
        "sources": [{"kind": "loans", "columns": columns}],
    } | changes


def source_with(**changes: object) -> dict[str, Any]:
    return entries(sources=[entries()["sources"][0] | changes])


@pytest.mark.parametrize(
    ("given", "entry"),
    [
        pytest.param(entries(soruces=[]), "soruces", id="a_table_nobody_knows"),
        pytest.param(entries(title={"zh": "馆"}), "title.en", id="a_title_left_out"),
        pytest.param(entries(note={"zh": "无"}), "note.en", id="half_a_note"),
        pytest.param(entries(sources={}), "sources", id="sources_that_are_no_list"),
        pytest.param(entries(ids={"reader": "name"}), "ids.reader", id="an_unknown_kind_of_id"),
        pytest.param(entries(ids={"card": "text"}), "ids.card", id="an_id_of_nothing"),
        pytest.param(entries(format={"quote": "''"}), "format.quote", id="two_quotes"),
        pytest.param(entries(format={"stamps": [""]}), "format.stamps", id="an_empty_stamp"),
        pytest.param(entries(rules={"first_year": "x"}), "rules.first_year", id="no_year"),
        pytest.param(entries(rules={"scheme": "ddc"}), "rules.scheme", id="an_unknown_scheme"),
        pytest.param(entries(library={"town": "x"}), "library.town", id="an_unknown_fact"),
        pytest.param(entries(branches=[{"code": "A"}]), "branches[1].name_zh", id="no_name"),
        pytest.param(source_with(kind="loan"), "sources[1].kind", id="an_unknown_kind"),
        pytest.param(source_with(shape="x"), "sources[1].shape", id="an_unknown_entry"),
        pytest.param(
            source_with(columns={"reader": "r", "item": "i"}),
            "sources[1].columns.loaned_at",
            id="a_needed_column_left_out",
        ),
        pytest.param(
            source_with(columns=entries()["sources"][0]["columns"] | {"color": "c"}),
            "sources[1].columns.color",
            id="an_unknown_field",
        ),
        pytest.param(
            source_with(codes={"channel": {"1": "desk"}}),
            "sources[1].codes.channel",
            id="codes_of_a_field_that_is_not_read",
        ),
        pytest.param(
            source_with(fixed={"channel": "counter"}),
            "sources[1].fixed.channel",
            id="a_code_that_is_in_no_list",
        ),
        pytest.param(
            source_with(meanings={"reader_type": {"x": "baby"}}),
            "sources[1].meanings.reader_type.x",
            id="a_meaning_that_is_in_no_list",
        ),
        pytest.param(
            source_with(meanings={"unit": {}}),
            "sources[1].meanings.unit",
            id="meanings_of_a_text",
        ),
        pytest.param(
            source_with(aside=[{"column": "x", "matches": "("}]),
            "sources[1].aside[1].matches",
            id="a_broken_pattern",
        ),
        pytest.param(
            source_with(aside=[{"column": "x", "match": "y"}]),
            "sources[1].aside[1].match",
            id="a_misspelt_aside",
        ),
        pytest.param(source_with(gather="["), "sources[1].gather", id="a_broken_gather"),
        pytest.param(source_with(file=1), "sources[1].file", id="a_number_for_a_text"),
    ],
)
def test_a_wrong_entry_is_refused_and_named(given: dict[str, Any], entry: str) -> None:
    with problem("layout_invalid", layout="ours", entry=entry):
        layouts.parse("ours", given)


def test_a_layout_that_is_no_toml_is_refused(export: Export) -> None:
    export.write_layout("ours", "title = ")
    with problem("layout_invalid", layout="ours"):
        export.load_one("ours", "a,b")


def test_an_unknown_layout_is_answered_with_the_names_there_are(export: Export) -> None:
    with problem("unknown_layout", name="interlip", names=", ".join(SYSTEMS)):
        export.load_one("interlip", "a,b")


def test_a_layout_of_the_library_goes_before_ours(export: Export) -> None:
    export.write_layout("seu", 'title = { zh = "本馆", en = "Ours" }')
    assert layouts.read("seu", export.store.root / "layouts").title["en"] == "Ours"


def test_no_layout_reads_what_must_not_be_kept() -> None:
    """National ids, passwords, telephones and addresses are in none of the columns."""
    never = {"rdcertify", "password", "phone", "email", "address", "身份证号", "电话"}
    for name in SYSTEMS:
        for source in layouts.read(name).sources:
            read = {c.casefold() for columns in source.columns.values() for c in columns}
            assert not never & read


def test_the_files_of_layouts_hold_no_entry_twice() -> None:
    """A name that differs in case alone would be found at one place and read into two fields."""
    for name in SYSTEMS:
        for source in tomllib.loads((layouts.FOLDER / f"{name}.toml").read_text("utf-8")).get(
            "sources", []
        ):
            columns = [c for c in source["columns"].values() if isinstance(c, str)]
            assert not [c for c, n in Counter(map(str.casefold, columns)).items() if n > 1]


def test_the_plain_sources_are_every_kind() -> None:
    assert [source.kind.code for source in sources.plain()] == list(kinds())


# --- real files


def table(name: str) -> list[dict[str, str]]:
    with (EVERGREEN / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.mark.skipif(not EVERGREEN.exists(), reason="the Evergreen files are not on this machine")
def test_the_evergreen_files_load_and_join(export: Export) -> None:
    report = load([EVERGREEN], "evergreen", export.store)
    circulations, users, copies = (
        table(name) for name in ("action.circulation", "actor.usr", "asset.copy")
    )
    labels = {row["id"]: row["label"] for row in table("asset.call_number")}
    names = {row["id"]: row["name"].strip() for row in table("actor.org_unit")}
    groups = {row["id"]: row["name"] for row in table("permission.grp_tree")}
    # a card that ends before it begins is refused
    sound = [u for u in users if not (u["expire_date"] or "9")[:10] < u["create_date"][:10]]
    home = {row["id"]: row for row in users}
    label_of = {row["id"]: labels[row["call_number"]] for row in copies}

    assert len(circulations) == 486
    assert {f.file_name: f.loaded for f in report.files} == {
        "action.circulation.csv": 486,
        "actor.usr.csv": len(sound),
        "asset.copy.csv": len(copies),
        "asset.call_number.csv": len(labels),
        "actor.org_unit.csv": len(names),
        "permission.grp_tree.csv": len(groups),
    }
    # a card that ends before it begins counts as none, and its reader stays
    repaired = {f.file_name: f.repaired for f in report.files if f.repaired}
    assert repaired == {"actor.usr.csv": len(users) - len(sound)} == {"actor.usr.csv": 5}
    assert sum(f.set_aside for f in report.files) == 0
    joined = export.rows(
        "select loans.loan_id::varchar, loans.reader_id::varchar, items.call_number, "
        "readers.home_branch, readers.reader_type, branches.name_en, "
        "loans.loaned_at::timestamp(0)::varchar from loans "
        "join items using (item_id) join readers using (reader_id) "
        "join branches on loans.branch_code = branches.branch_code"
    )
    expected = [
        (
            row["id"],
            row["usr"],
            label_of[row["target_copy"]].strip(),
            home[row["usr"]]["home_ou"],
            "student" if groups.get(home[row["usr"]]["profile"]) == "Patron - Student" else None,
            names[row["circ_lib"]],
        )
        for row in circulations
        if row["usr"] in home
    ]
    assert Counter(row[:-1] for row in joined) == Counter(expected)
    # written in the zone of the library, so the clock stays what it was
    assert {row[0]: row[-1][:13] for row in joined} == {
        row["id"]: row["xact_start"][:13] for row in circulations if row["usr"] in home
    }
    assert export.rows("select class_code, count(*) from items group by all") == [
        ("other", len(copies))
    ]
    assert export.rows("select count(*) from card_events where event_kind = 'issue'") == [
        (len(sound),)
    ]
    assert {code.value for code in report.unmapped_codes} == {
        row["profile"] for row in users if groups.get(row["profile"]) != "Patron - Student"
    }
