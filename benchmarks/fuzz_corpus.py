"""Small sound exports of every layout, and the ways to write one down: what fuzz.py starts from."""

import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import polars as pl
import xlsxwriter

from guanqing.records import kinds

Table = list[list[str]]


@dataclass(frozen=True)
class Seed:
    """A table as a system exports it."""

    layout: str
    name: str  # without a suffix
    table: Table
    delimiter: str = ","
    lines: tuple[str, ...] = field(default=())  # as it stands, where it is no table (a dump)


def _seed(layout: str, name: str, *lines: str, delimiter: str = ",") -> Seed:
    return Seed(layout, name, [line.split(delimiter) for line in lines], delimiter)


LOG_CIR = "logtype,libcode,userid,ipaddr,data1,data2,data3,data4,data5,regtime,return_time"
ISSUES = (
    "issue_id,borrowernumber,itemnumber,date_due,branchcode,returndate,lastreneweddate,renewals,"
    "issuedate"
)
ALEPH = "000123|I247.57/3|活着|9787506365437|余华|2012|作家出版社|C1|2018030{}|{}|01|中文系"
INTO = "INSERT INTO LTRZ (XM, JSZH, ZJM, CZLX, TSCCH, TSTXM, CLSJ, SM) VALUES "

SEEDS = [
    _seed(
        "interlib",
        "LOG_CIR",
        LOG_CIR,
        "30001,JZ,op1,10.0.0.1,,JZ001,14010001,A区,,2019-03-01 10:00:00,2019-03-31",
        "30002,JZ,op1,10.0.0.1,,JZ001,14010001,A区,,2019-04-02 10:00:00,",
        "30203,JZ,op1,10.0.0.1,,JZ001,5.00,,,2019-04-07 10:00:00,",
        "30110,JZ,op1,10.0.0.1,,JZ001,4,,,2019-04-05 10:00:00,",
    ),
    _seed(
        "interlib",
        "loan_work",
        "rdid,barcode,rulestate,loancount,loandate,returndate",
        "JZ001,14010001,1,2,2019-03-01 10:00:00,2019-05-30",
        "JZ002,14010002,1,0,2019-03-01,2019-05-30",
    ),
    _seed(
        "interlib",
        "reader",
        "rdid,rdname,rdcertify,rdlib,rdtype,rdsex,rdborndate,rdcfstate,rdenddate,rdintime,rdunit",
        "JZ001,马某某,142401199005010021,JZ,成人,0,1990-05-01,1,2028-04-01,2018-04-01,第一中学",
        "JZ002,李某,,YC,T9,1,1985-01-02,5,2023-05-01,2018-05-01 10:00:00,",
    ),
    _seed(
        "interlib",
        "holdings",
        "barcode,bookrecno,callno,orglib,orglocal,curlib,curlocal,cirtype,shelfno,state",
        "14010001,1,I247.55/1121,JZ,A,YC,B,001,,2",
        "14010002,2,TP312C/43,JZ,A,JZ,B,001,,35",
    ),
    _seed("interlib", "LogCirType", "logtype,typename", "30002,还书", "30105,退证"),
    _seed(
        "uilas",
        "log",
        "logdate,logstamp,logtype,operator,local,holdlibid,cardno,title,callno,recno,barcode,"
        "regdate,loandate,retudate,renewnum",
        "20180612,101500,3031,op,A,SZ,C1,活着,I247.57/3,9,B1,20100101,20180612,20180712,0",
        "20180801,101500,3033,op,A,SZ,C1,活着,I247.57/3,9,B1,20100101,20180612,20180812,1",
        "20180612,101500,3031,op,A,SZ,C1,单人研修室,1000 1,8,R1,20100101,20180612,20180612,0",
    ),
    _seed(
        "jinpan",
        "log",
        "处理时间,操作类型,读者条码,条形码",
        "2018-03-01 10:00:00,借书,R1,B1",
        "2018-03-02 10:00:00,还书,R1,B1",
        "2018-03-03 10:00:00,预约,R1,B1",
    ),
    _seed(
        "jinpan",
        "dump",
        "XM,JSZH,ZJM,CZLX,TSCCH,TSTXM,CLSJ,SM",
        "马某,R1,mm,J,I247.5/88,B1,2018-03-01 10:00:00,围城",
        "马某,R1,mm,J,TP312C-43 189-2,B2,2018-03-01 10:00:05,C,C++,入门",
    ),
    Seed(
        "jinpan",
        "insert",
        [],
        lines=(
            "-- export of LTRZ",
            f"{INTO}('马某', 'R1', NULL, 'J', 'I247.5/88', 'B1', "
            "to_date('2018-03-01 10:00:00', 'yyyy-mm-dd hh24:mi:ss'), '围城, 上');",
            f"{INTO}('马某', 'R1', NULL, '还书', 'I247.5/88', 'B1', '2018-03-09 10:00:00', "
            "'it''s');",
            "('马某', 'R1', NULL, 'J', 'I247.5/88', 'B1', '2018-04-01 10:00:00', '围城'),",
            "commit;",
        ),
    ),
    _seed(
        "libsys",
        "lend_hist",
        "certId,barcode,propNo,lendDate,dueDay,renewTimes,retDate,locationF",
        "C1,B1,P1,2019-03-01 10:00:00,2019-04-01,1,2019-03-20 09:00:00,文学库",
        "C1,B2,P2,2019-03-02 10:00:00,2019-04-02,0,,文学库",
    ),
    _seed(
        "libsys",
        "reader",
        "redr_cert_id,cert_flag,redr_flag,bgn_date,end_date",
        "C1,1,1,2018-09-01,2022-06-30",
    ),
    _seed(
        "aleph",
        "events",
        *(ALEPH.format(day, code) for day, code in enumerate((50, 62, 63, 61), 1)),
        delimiter="|",
    ),
    _seed(
        "lianyi",
        "operations",
        "序号,读者证号,读者姓名,条形码,题名,定价,借书日期,应还日期,还书日期,操作行为,操作日期",
        "1,R1,马某,B1,活着,240.99USD,2019-03-01,2019-04-01,,借书,2019-03-01 10:00:00",
        "3,R1,马某,B1,活着,20.00,2019-03-01,2019-05-01,2019-04-02,还书,2019-04-02 10:00:00",
    ),
    _seed(
        "koha",
        "statistics",
        "datetime,branch,type,itemnumber,itemtype,borrowernumber,ccode,location,categorycode",
        "2019-03-01 10:00:00,CPL,issue,7,BK,3,FIC,GEN,ST",
        "2019-03-20 10:00:00,FPL,return,7,BK,3,FIC,GEN,ST",
    ),
    _seed(
        "koha",
        "old_issues",
        ISSUES,
        "1,3,7,2019-04-01 23:59:00,CPL,2019-03-20 10:00:00,NULL,0,2019-03-01 10:00:00",
        "2,NULL,NULL,2019-04-01 23:59:00,CPL,2019-03-20 10:00:00,NULL,0,2019-03-01 10:00:00",
    ),
    _seed(
        "koha",
        "deletedborrowers",
        "borrowernumber,categorycode,sex,dateofbirth,branchcode,dateenrolled,dateexpiry",
        "4,ST,M,1990-05-01,CPL,2015-09-01,2019-09-01",
    ),
    _seed(
        "folio",
        "loans",
        "id,userId,itemId,loanDate,dueDate,returnDate,systemReturnDate,action,renewalCount",
        "l-1,u-1,i-1,2019-03-01T18:30:00Z,2019-03-31T15:59:59.000+00:00,"
        "2019-03-20T01:00:00.000+00:00,2019-03-20T01:00:05Z,checkedin,0",
        "l-2,u-1,i-2,2019-03-02T02:00:00.123+00:00,2019-04-01T15:59:59Z,,,checkedout,",
    ),
    _seed(
        "evergreen",
        "circulation",
        "id,usr,xact_start,target_copy,circ_lib,checkin_lib,due_date,checkin_time,parent_circ",
        "1,4,2020-03-01 10:00:00-05,2,4,,2020-03-22 23:59:59-04,2020-03-20 09:00:00-04,",
        "2,4,2020-03-20 09:00:00-04,2,4,5,2020-04-10 23:59:59-04,2020-04-01 12:00:00-04,1",
    ),
    Seed(
        "counter5",
        "platform",
        [
            ["Report_Name", "Report PR"],
            ["Report_ID", "PR"],
            ["Release", "5"],
            ["Reporting_Period", "Begin_Date=2019-01-01; End_Date=2019-02-28"],
            [""],
            ["Platform", "Data_Type", "Metric_Type", "Total", "Jan-2019", "2019-02"],
            ["Vendor", "Book", "Total_Item_Requests", "30", "10", "20"],
            ["Vendor", "Journal", "Total_Item_Requests", "1300", "300", "1000"],
            ["Vendor", "Book", "Searches_Platform", "5", "5", ""],
        ],
    ),
    _seed(
        "seu",
        "inter_reevaluation",
        "inter_id,user_id,book_id,借阅时间,还书时间,续借时间,续借次数",
        "1,2,3,2023-03-01 10:00:00,2023-03-20 10:00:00,2023-03-10 10:00:00,1",
        "2,2,4,2023-03-02 10:00:00,,,0",
    ),
    _seed("seu", "user", "借阅人,性别,DEPT,年级,类型", "1,F,文学院,20,本科", "2,M,理学院,21,硕士"),
]


def _plain_seeds() -> list[Seed]:
    seeds = []
    for kind in kinds().values():
        for naming in ("zh", "en", "name"):
            fields = [f for f in kind.fields.values() if f.name not in ("period", "by_month")]
            header = [str(getattr(f, naming)) for f in fields]
            row = [f.example or "1" for f in fields]
            seeds.append(Seed("plain", kind.code, [header, row, [*row[:-1], "2"], row]))
    return seeds


def seeds() -> list[Seed]:
    """Return a seed or more for every layout and, of the plain one, for every kind."""
    return SEEDS + _plain_seeds()


def _text(encoding: str) -> Callable[[Seed], bytes]:
    return lambda seed: "\n".join([*text_lines(seed), ""]).encode(encoding, "replace")


def text_lines(seed: Seed) -> list[str]:
    """Return a table as lines of text."""
    if seed.lines:
        return list(seed.lines)
    return [seed.delimiter.join(_quoted(cell, seed.delimiter) for cell in r) for r in seed.table]


def _quoted(cell: str, delimiter: str) -> str:
    """Put quotes around a cell as most systems do: where it holds the delimiter and no quote."""
    return f'"{cell}"' if delimiter in cell and '"' not in cell else cell


def _tabs(seed: Seed) -> bytes:
    lines = seed.lines or ("\t".join(row) for row in seed.table)
    return "\n".join([*lines, ""]).encode("utf-8", "replace")


def _rows(seed: Seed) -> Table:
    return seed.table or [[line] for line in seed.lines]


def _xlsx(seed: Seed) -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"strings_to_numbers": len(seed.name) % 2 == 0}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(_rows(seed)):
            for place, cell in enumerate(row[:200]):
                if sheet.write(number, place, _encodable(cell)[:32_000]):
                    sheet.write_string(number, place, _encodable(cell)[:32_000])
    return target.getvalue()


def _xls(seed: Seed) -> bytes:
    import xlwt  # noqa: PLC0415  a test's dependency; the rest goes without

    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("Sheet1")
    for number, row in enumerate(_rows(seed)):
        for place, cell in enumerate(row[:200]):
            sheet.write(number, place, _encodable(cell)[:8_000])
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def _parquet(seed: Seed) -> bytes:
    header, *rows = _rows(seed)
    names = {f"{_encodable(name)}#{n}" if name in header[:n] else _encodable(name): n
             for n, name in enumerate(header)}  # fmt: skip
    columns: dict[str, list[Any]] = {
        name: [_encodable(row[place]) if place < len(row) else None for row in rows]
        for name, place in names.items()
    }
    target = io.BytesIO()
    pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String)).write_parquet(target)
    return target.getvalue()


def _zip(seed: Seed) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{seed.name}.csv", _text("utf-8")(seed))
    return target.getvalue()


def _encodable(cell: str) -> str:
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]", "?", cell)


FORMS: dict[str, tuple[str, Callable[[Seed], bytes]]] = {
    "csv": (".csv", _text("utf-8")),
    "bom": (".csv", _text("utf-8-sig")),
    "tsv": (".tsv", _tabs),
    "gbk": (".txt", _text("gb18030")),
    "big5": (".txt", _text("cp950")),
    "utf-16": (".txt", _text("utf-16")),
    "xlsx": (".xlsx", _xlsx),
    "xls": (".xls", _xls),
    "parquet": (".parquet", _parquet),
    "zip": (".zip", _zip),
}
