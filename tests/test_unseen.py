"""Exports of systems that no layout describes, proposed and loaded as docs/loading.md tells."""

import random
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner, Result

from guanqing import cli
from guanqing.intake import layouts
from guanqing.intake.decoding import texts
from guanqing.intake.loading import own_layouts
from guanqing.intake.proposals import Proposal, propose_together
from guanqing.problems import Problem
from guanqing.records import kinds
from guanqing.store import Store

pytestmark = pytest.mark.slow  # half a minute together with its like: for CI

COUNT = 120
SITES = ("Central Library", "Northfield Branch", "Harbour Road")
Lines = Iterator[str]


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GUANQING_LANG", "en")
    monkeypatch.setattr(cli.frame.out, "width", 200)


def run(*words: object) -> Result:
    result = CliRunner().invoke(cli.app, [str(word) for word in words])
    if result.exception and not isinstance(result.exception, SystemExit | Problem):
        raise result.exception
    return result


def member(n: int) -> str:
    return f"M{100_003 + 7 * (n % 30)}"


def copy(n: int) -> str:
    return f"3{4_000_001 + 13 * (n % 70):07}"


def moments(n: int) -> tuple[datetime, datetime]:
    """Return when an item is lent and when it comes back."""
    lent = datetime(2023, 1, 3, 9) + timedelta(days=n * 4, minutes=n % 50)
    return lent, lent + timedelta(days=1 + n * 7 % 37, hours=3)


def county() -> dict[str, Lines]:
    """An English county: the return stands before the loan, days before months."""
    clock = "%d/%m/%Y %H:%M"
    return {
        "lendings.csv": lines(
            "date_returned,loaned_at,member_ref,copy_ref,date_due,times_renewed,site",
            lambda n, lent, back: (
                f"{back.strftime(clock) if n % 5 else ''},{lent.strftime(clock)},{member(n)},"
                f"{copy(n)},{(lent + timedelta(days=21)).strftime('%d/%m/%Y')},"
                f"{n % 3},{SITES[n % 3]}"
            ),
        ),
        "members.csv": lines(
            "member_ref,gender,dob,joined,expires,home_site,group,surname",
            lambda n, lent, back: (
                f"{member(n)},{('M', 'F', 'MALE', 'female')[n % 4]},{1 + n % 28:02}/03/{1930 + n},"
                f"05/06/2019,05/06/2029,{SITES[n % 3]},{('Adult', 'Junior')[n % 2]},Smith  Jones"
            ),
            30,
        ),
        "stock.csv": lines(
            "copy_ref,shelfmark,site,fmt,acquired,status",
            lambda n, lent, back: (
                f"{copy(n)},823.914 SMI,{SITES[n % 3]},{('Book', 'DVD')[n % 2]},"
                f"14/02/2015,Available"
            ),
            70,
        ),
    }


def koha() -> dict[str, Lines]:
    """A guided report of Koha: its own words for everything."""
    clock = "%Y-%m-%d %H:%M:%S"
    return {
        "checkouts.csv": lines(
            "Cardnumber,Item barcode,Checked out on,Due,Checked in on,Library,Call number",
            lambda n, lent, back: (
                f"{member(n)},{copy(n)},{lent.strftime(clock)},"
                f"{(lent + timedelta(days=14)).strftime(clock)},{back.strftime(clock)},CPL,823 SMI"
            ),
        )
    }


def sierra() -> dict[str, Lines]:
    """Transactions of Sierra: numbers of records, operations of one letter."""
    return {
        "circ_trans.csv": lines(
            "id,transaction_gmt,op_code,item_record_id,patron_record_id,due_date_gmt",
            lambda n, lent, back: (
                f"{90_000 + n},{lent},{'oir'[n % 3]},{450_970_000_000 + n % 70},"
                f"{481_000_000_000 + n % 30},{lent + timedelta(days=21)}"
            ),
        )
    }


def alma_clocks() -> dict[str, Lines]:
    """Alma in America: days and their times in two columns, Dewey, years of birth."""
    day, clock = "%m/%d/%Y", "%I:%M:%S %p"
    return {
        "loans.csv": lines(
            "Loan Date,Loan Time,Due Date,Due Time,Return Date,Return Time,Patron Identifier,"
            "Barcode,Permanent Call Number,Library Name",
            lambda n, lent, back: (
                f"{lent.strftime(day)},{lent.strftime(clock)},"
                f"{(lent + timedelta(days=14)).strftime(day)},11:59:00 PM,"
                f"{f'{back.strftime(day)},{back.strftime(clock)}' if n % 9 else ','},{member(n)},"
                f"{copy(n)},823.914 SMI,{SITES[n % 3]}"
            ),
        ),
        "users.csv": lines(
            "Primary Identifier,Last Name,User Group,Gender,Birth Year,Creation Date,Expiry Date",
            lambda n, lent, back: (
                f"{member(n)},Lee,{('Undergraduate', 'Staff')[n % 2]},{('Female', 'Male')[n % 2]},"
                f"{1950 + n},09/01/2019,08/07/2029"  # which other files make out to be 7 August
            ),
            30,
        ),
    }


def cards_before_barcodes() -> dict[str, Lines]:
    """Sierra lists a record number and a barcode: loans speak of one of them."""
    clock = "%m-%d-%Y %H:%M"
    return {
        "circ.csv": lines(
            "Transaction Date,Trans Type,Item Record #,Patron Record #,Stat Group,PTYPE",
            lambda n, lent, back: (
                f"{lent.strftime(clock)},{('Checkout', 'Checkin', 'Renewal')[n % 3]},"
                f"i{1_000_000 + n % 70}a,p{200_000 + n % 30}x,{n % 5},{n % 3}"
            ),
        ),
        "items.csv": lines(
            "RECORD #(ITEM),BARCODE,CALL #(ITEM),LOCATION,I TYPE,CREATED(ITEM)",
            lambda n, lent, back: (
                f"i{1_000_000 + n}a,3200{n:06},641.5 OLI,{('main', 'east')[n % 2]},{n % 4},"
                "02-01-2016"
            ),
            70,
        ),
    }


def destiny() -> dict[str, Lines]:
    """A school's Destiny: barcodes with a letter before them, clocks of twelve hours."""
    return {
        "transactions.csv": lines(
            "Transaction Date,Transaction Time,Transaction,Patron Barcode,Copy Barcode,Site",
            lambda n, lent, back: (
                f"{lent.month}/{lent.day}/{lent.year},{lent.strftime('%I:%M %p').lstrip('0')},"
                f"{('Check Out', 'Check In', 'Renew')[n % 3]},P {1000 + n % 30},T {5000 + n % 70},"
                "Lincoln Elementary"
            ),
        ),
        "patrons.csv": lines(
            "Barcode,Last Name,Gender,Birthdate,Homeroom,Home Phone",
            lambda n, lent, back: (
                f"P {1000 + n},Doe,{'MF'[n % 2]},{1 + n % 12}/{1 + n % 28}/{2008 + n % 8},R{n % 5},"
            ),
            30,
        ),
    }


def openbiblio() -> dict[str, Lines]:
    """OpenBiblio's history of copies: out, and on the cart when they come back."""
    return {
        "biblio_status_hist.csv": lines(
            "bibid,status_cd,status_begin_dt,due_back_dt,mbrid",
            lambda n, lent, back: (
                f"{n % 70},{('out', 'crt')[n % 2]},{lent},"
                f"{(lent + timedelta(days=14)).date()},{n % 30}"
            ),
        ),
        "member.csv": lines(
            "mbrid,barcode_nmbr,create_dt,last_name,born_dt,membership_end_dt",
            lambda n, lent, back: (
                f"{n},M{n:05},2019-01-05 10:00:00,Doe,{1950 + n}-03-01,0000-00-00"
            ),
            30,
        ),
    }


def symphony() -> dict[str, Lines]:
    """Symphony: moments of twelve digits, NEVER for what has not come."""
    clock = "%Y%m%d%H%M"
    return {
        "charges.txt": lines(
            "Item ID,User ID,Date charged,Date due,Date discharged,Charge library,Call number",
            lambda n, lent, back: (
                f"{copy(n)},{member(n)},{lent.strftime(clock)},"
                f"{(lent + timedelta(days=21)).strftime('%Y%m%d2359')},"
                f"{back.strftime(clock) if n % 9 else 'NEVER'},{('CENTRAL', 'WEST')[n % 2]},"
                "QA76.73 .P98"
            ),
        )
    }


def pipes() -> dict[str, Lines]:
    """A dump: bars, the time of day in two halves; its lines say more library than its header."""
    clock = "%d/%m/%Y %I:%M %p"
    return {
        "TRANSACTIONS.TXT": lines(
            "Trans No|Borrower|Accession|Checked Out|Due|Checked In|Location|Fine",
            lambda n, lent, back: (
                f"{n + 1}|M{n % 30:04}|ACC{n % 70:05}|{lent.strftime(clock)}|"
                f"{(lent + timedelta(days=14)).strftime('%d/%m/%Y')}|"
                f"{back.strftime(clock) if n % 9 else ''}|{('Main Library', 'North')[n % 2]}|0.25"
            ),
        )
    }


def libsys() -> dict[str, Lines]:
    """汇文: an accession number beside the barcode, the year of birth."""
    return {
        "借阅历史.csv": lines(
            "序号,证件号,条码号,借阅日期,应还日期,归还日期,馆藏地",
            lambda n, lent, back: (
                f"{n + 1},2019{n % 30:04},0{100_000 + n % 70},{lent.date()},"
                f"{(lent + timedelta(days=30)).date()},{back.date()},{('总借书处', '书库')[n % 2]}"
            ),
        ),
        "馆藏.csv": lines(
            "财产号,条码号,索书号,书刊状态",
            lambda n, lent, back: f"C{n:06},0{100_000 + n},I247.5/{n},可借",
            70,
        ),
        "读者.csv": lines(
            "证件号,姓名,出生年,终止日期",
            lambda n, lent, back: f"2019{n:04},张三,{1990 + n % 15},2029-07-01",
            30,
        ),
    }


def alma() -> dict[str, Lines]:
    """An analysis of Alma."""
    return {
        "loans.csv": lines(
            "Loan ID,User Primary Identifier,Item Barcode,"
            "Loan Date,Due Date,Return Date,Library Name",
            lambda n, lent, back: (
                f"23{n:08},u{n % 30:05},{copy(n)},{lent.date()},"
                f"{lent.date() + timedelta(days=14)},{back.date()},Main Library"
            ),
        )
    }


def chinese() -> dict[str, Lines]:
    """流通日志 and 读者库 of a Chinese system, with its dirt."""
    return {
        "流通日志.csv": lines(
            "流水号,流通时间,流通类型,读者卡号,书刊条码,索取号,流通点,操作员",
            lambda n, lent, back: (
                f"{n + 1},{lent.strftime('%Y/%m/%d %H:%M:%S')},"
                f"{('借阅', '归还', '续期', '自助借书')[n % 4]},3501{n % 30:06},0{n % 70:07},"
                f"I247.5/12,{('总馆一楼', '城东分馆', '流动车')[n % 3]},op1"
            ),
        ),
        "读者库.csv": lines(
            "卡号,姓名,性别,出生年月,读者级别,开卡日,截止日,所属馆",
            lambda n, lent, back: (
                f"3501{n:06},张  三,{'男女'[n % 2]},{1950 + n}-03-01,{('成人', '少儿')[n % 2]},"
                f"2018 03 31,{('20280407%', '%2028/11/24')[n % 2]},{('总馆', '城东分馆')[n % 2]}"
            ),
            30,
        ),
    }


def bare() -> dict[str, Lines]:
    """Headers that say nothing: values and what the files have in common must."""
    return {
        "a.csv": lines(
            "c1,c2,c3,c4,c5",
            lambda n, lent, back: (
                f"{back if n % 5 else '0000-00-00 00:00:00'},{copy(n)},{lent},{member(n)},"
                f"{SITES[n % 3]}"
            ),
        ),
        "b.csv": lines(
            "k,s,y",
            lambda n, lent, back: (
                f"{member(n)},{('MALE', 'FEMALE', 'male')[n % 3]},{1930 + 2 * n}-05-0{1 + n % 9}"
            ),
            30,
        ),
        "c.csv": lines("k,n", lambda n, lent, back: f"{copy(n)},I247.5/{n}", 70),
    }


def lines(header: str, row: Callable[[int, datetime, datetime], str], count: int = COUNT) -> Lines:
    yield header
    # in no order: a column must not be known by being sorted
    for n in random.Random(count).sample(range(count), count):
        yield row(n, *moments(n))


EXPECTED: dict[Callable[[], dict[str, Lines]], dict[str, tuple[str, dict[str, str]]]] = {
    county: {
        "lendings.csv": (
            "loans",
            {"reader": "member_ref", "item": "copy_ref", "loaned_at": "loaned_at"}
            | {"due_on": "date_due", "returned_at": "date_returned", "branch": "site"}
            | {"renewal_count": "times_renewed"},
        ),
        "members.csv": (
            "readers",
            {"reader": "member_ref", "reader_name": "surname", "reader_type": "group"}
            | {"sex": "gender", "born_on": "dob", "home_branch": "home_site"}
            | {"issued_at": "joined", "expires_on": "expires"},
        ),
        "stock.csv": (
            "items",
            {"item": "copy_ref", "call_number": "shelfmark", "branch": "site", "material": "fmt"}
            | {"state": "status", "added_on": "acquired"},
        ),
    },
    koha: {
        "checkouts.csv": (
            "loans",
            {"reader": "Cardnumber", "item": "Item barcode", "loaned_at": "Checked out on"}
            | {"due_on": "Due", "returned_at": "Checked in on", "branch": "Library"}
            | {"call_number": "Call number"},
        )
    },
    sierra: {
        "circ_trans.csv": (
            "log",
            {"kind": "op_code", "done_at": "transaction_gmt", "reader": "patron_record_id"}
            | {"item": "item_record_id", "due_on": "due_date_gmt"},
        )
    },
    alma: {
        "loans.csv": (
            "loans",
            {"loan": "Loan ID", "reader": "User Primary Identifier", "item": "Item Barcode"}
            | {"loaned_at": "Loan Date", "due_on": "Due Date", "returned_at": "Return Date"}
            | {"branch": "Library Name"},
        )
    },
    alma_clocks: {
        "loans.csv": (
            "loans",
            {"reader": "Patron Identifier", "item": "Barcode", "loaned_at": "Loan Date"}
            | {"due_on": "Due Date", "returned_at": "Return Date", "branch": "Library Name"}
            | {"call_number": "Permanent Call Number"},
        ),
        "users.csv": (
            "readers",
            {"reader": "Primary Identifier", "reader_name": "Last Name", "sex": "Gender"}
            | {"reader_type": "User Group", "born_on": "Birth Year"}
            | {"issued_at": "Creation Date", "expires_on": "Expiry Date"},
        ),
    },
    cards_before_barcodes: {
        "circ.csv": (
            "log",
            {"kind": "Trans Type", "done_at": "Transaction Date", "reader": "Patron Record #"}
            | {"item": "Item Record #", "reader_type": "PTYPE"},
        ),
        "items.csv": (
            "items",
            {"item": "RECORD #(ITEM)", "call_number": "CALL #(ITEM)", "material": "I TYPE"}
            | {"added_on": "CREATED(ITEM)"},
        ),
    },
    destiny: {
        "transactions.csv": (
            "log",
            {"kind": "Transaction", "done_at": "Transaction Date", "reader": "Patron Barcode"}
            | {"item": "Copy Barcode", "branch": "Site"},
        ),
        "patrons.csv": (
            "readers",
            {"reader": "Barcode", "reader_name": "Last Name", "sex": "Gender"}
            | {"born_on": "Birthdate"},
        ),
    },
    openbiblio: {
        "biblio_status_hist.csv": (
            "log",
            # the number of a title is not taken for that of a copy
            {"kind": "status_cd", "done_at": "status_begin_dt", "reader": "mbrid"}
            | {"due_on": "due_back_dt"},
        ),
        "member.csv": (
            "readers",
            {"reader": "mbrid", "reader_name": "last_name", "born_on": "born_dt"}
            | {"issued_at": "create_dt"},
        ),
    },
    symphony: {
        "charges.txt": (
            "loans",
            {"reader": "User ID", "item": "Item ID", "loaned_at": "Date charged"}
            | {"due_on": "Date due", "returned_at": "Date discharged"}
            | {"branch": "Charge library", "call_number": "Call number"},
        )
    },
    pipes: {
        "TRANSACTIONS.TXT": (
            "loans",
            {"loan": "Trans No", "reader": "Borrower", "item": "Accession"}
            | {"loaned_at": "Checked Out", "due_on": "Due", "returned_at": "Checked In"},
        )
    },
    libsys: {
        "借阅历史.csv": (
            "loans",
            {"reader": "证件号", "item": "条码号", "loaned_at": "借阅日期", "due_on": "应还日期"}
            | {"returned_at": "归还日期", "branch": "馆藏地"},
        ),
        "馆藏.csv": ("items", {"item": "条码号", "call_number": "索书号", "state": "书刊状态"}),
        "读者.csv": (
            "readers",
            {"reader": "证件号", "reader_name": "姓名", "born_on": "出生年"}
            | {"expires_on": "终止日期"},
        ),
    },
    chinese: {
        "流通日志.csv": (
            "log",
            {"kind": "流通类型", "done_at": "流通时间", "reader": "读者卡号", "item": "书刊条码"}
            | {"branch": "流通点", "call_number": "索取号"},
        ),
        "读者库.csv": (
            "readers",
            {"reader": "卡号", "reader_name": "姓名", "reader_type": "读者级别", "sex": "性别"}
            | {"born_on": "出生年月", "home_branch": "所属馆", "issued_at": "开卡日"}
            | {"expires_on": "截止日"},
        ),
    },
    bare: {
        "a.csv": (
            "loans",
            {"reader": "c4", "item": "c2", "loaned_at": "c3", "returned_at": "c1", "branch": "c5"},
        ),
        "b.csv": ("readers", {"reader": "k", "sex": "s", "born_on": "y"}),
        "c.csv": ("items", {"item": "k", "call_number": "n"}),
    },
}
SYSTEMS = pytest.mark.parametrize("system", EXPECTED, ids=lambda system: system.__name__)


def written(folder: Path, made: dict[str, Lines]) -> Path:
    folder.mkdir()
    for name, found in made.items():
        (folder / name).write_text("\n".join([*found, ""]), encoding="utf-8")
    return folder


def proposed(folder: Path, scratch: Path) -> dict[str, Proposal]:
    return {name: of[0] for name, of in propose_together(texts([folder], scratch)).items()}


@SYSTEMS
def test_files_of_an_unseen_system_are_recognised_together(
    system: Callable[[], dict[str, Lines]], tmp_path: Path
) -> None:
    found = proposed(written(tmp_path / "in", system()), tmp_path / "scratch")
    assert {name: (p.kind.code, p.columns) for name, p in found.items()} == EXPECTED[system]


@SYSTEMS
def test_what_is_proposed_loads_by_the_two_commands_that_are_named(
    system: Callable[[], dict[str, Lines]], tmp_path: Path
) -> None:
    folder, store = written(tmp_path / "in", system()), tmp_path / "store"
    saved = run("propose", folder, "--save", "ours", "--store", store)
    assert f"guanqing load {folder} --layout ours --store {store}`" in saved.stderr
    if system is sierra:  # what its letters mean is written into the layout by a person
        path = own_layouts(Store(store)) / "ours.toml"
        text = path.read_text(encoding="utf-8")
        for theirs, ours in {"o": "loan", "i": "return", "r": "renewal"}.items():
            text = text.replace(f'# "{theirs}" = ""', f'"{theirs}" = "{ours}"')
        path.write_text(text, encoding="utf-8")
    loaded = run("load", folder, "--layout", "ours", "--store", store)
    assert loaded.exit_code == 0, loaded.output
    with duckdb.connect(str(Store(store).current()), read_only=True) as library:
        counts = library.sql(
            "select count(*), count(distinct reader_id), count(distinct item_id) from loans"
        ).fetchall()
    logs = {sierra: 40, chinese: 60, cards_before_barcodes: 40, destiny: 40, openbiblio: 60}
    loans = logs.get(system, COUNT)
    assert counts[0][0] == loans
    assert (counts[0][1] <= 30, counts[0][2] <= 70) == (True, True)


def test_a_day_and_its_time_in_two_columns_are_one_moment(tmp_path: Path) -> None:
    folder, store = written(tmp_path / "in", alma_clocks()), tmp_path / "store"
    run("propose", folder, "--save", "ours", "--store", store)
    layout = layouts.read("ours", own_layouts(Store(store)))
    assert layout.sources[0].joined["loaned_at"] == ("Loan Date", "Loan Time")
    run("load", folder, "--layout", "ours", "--store", store)
    with duckdb.connect(str(Store(store).current()), read_only=True) as library:
        times = library.sql("select loaned_at, returned_at from loans").fetchall()
        expiry = library.sql("select distinct card_expires_on::varchar from readers").fetchall()
        born = library.sql("select min(birth_year), max(birth_year) from readers").fetchall()
    assert set(times) == {
        (lent, back if n % 9 else None) for n in range(COUNT) for lent, back in [moments(n)]
    }
    assert expiry == [("2029-08-07",)]
    assert born == [(1950, 1979)]


@pytest.mark.parametrize(
    ("system", "scheme"), [(alma_clocks, "dewey"), (symphony, "other"), (libsys, "clc")]
)
def test_call_numbers_of_another_scheme_are_seen_and_said(
    system: Callable[[], dict[str, Lines]], scheme: str, tmp_path: Path
) -> None:
    folder, store = written(tmp_path / "in", system()), tmp_path / "store"
    result = run("propose", folder, "--save", "ours", "--store", store)
    assert ("another scheme" in result.stdout) == (scheme == "other")
    assert ("ten hundreds" in result.stdout) == (scheme == "dewey")
    assert layouts.read("ours", own_layouts(Store(store))).rules["scheme"] == scheme


def test_holds_beside_loans_are_not_taken_for_loans(tmp_path: Path) -> None:
    made = county() | {
        "holds.csv": lines(
            "id,request_time,capture_time,usr,target,pickup_lib",
            lambda n, lent, back: f"{n},{lent},{back},{member(n)},{copy(n)},{n % 3}",
            60,
        )
    }
    folder, store = written(tmp_path / "in", made), tmp_path / "store"
    result = run("propose", folder, "--save", "ours", "--store", store)
    assert "holds.csv is left out of the layout: lendings.csv" in result.stdout
    sources = layouts.read("ours", own_layouts(Store(store))).sources
    assert [source.kind.code for source in sources] == ["loans", "readers", "items"]


def test_short_numbers_meet_the_id_of_the_list_that_the_header_names(tmp_path: Path) -> None:
    """Evergreen: target_copy and usr are ids; the barcodes beside them are in no loan."""
    made = {
        "circulation.csv": lines(
            "id,usr,target_copy,xact_start,checkin_time",
            lambda n, lent, back: f"{n},{1 + n % 30},{n + 1},{lent},{back}",
            70,
        ),
        "usr.csv": lines(
            "id,card,profile,dob,create_date",
            lambda n, lent, back: f"{n + 1},9910{n:05},{n % 3},{1940 + n}-03-01,2019-01-05",
            30,
        ),
        "copy.csv": lines(
            "id,barcode,circ_lib,status,create_date",
            lambda n, lent, back: f"{n + 1},CONC{n:06},{n % 3},0,2018-01-05",
            90,
        ),
    }
    found = proposed(written(tmp_path / "in", made), tmp_path / "scratch")
    assert [(p.kind.code, p.columns.get("reader")) for p in found.values()] == [
        *(("loans", "usr"), ("items", None), ("readers", "id"))
    ]
    assert found["copy.csv"].columns["item"] == "id"


def test_a_time_named_for_another_field_is_no_part_of_a_moment(tmp_path: Path) -> None:
    folder, store = written(tmp_path / "in", alma_clocks()), tmp_path / "store"
    named = ("--set", "unit=Loan Time", "--set", "loaned_at=Loan Date")
    run("propose", folder, *named, "--save", "ours", "--store", store)
    loans = layouts.read("ours", own_layouts(Store(store))).sources[0]
    assert loans.columns["loaned_at"] == ("Loan Date",)
    assert loans.joined == {"returned_at": ("Return Date", "Return Time")}


@pytest.mark.parametrize("kind", ["loans", "log", "readers", "items"])
def test_every_field_of_a_kind_can_be_named(kind: str, tmp_path: Path) -> None:
    fields = list(kinds()[kind].fields)
    made = {
        "x.csv": iter(
            [",".join(f"h{n}" for n in range(len(fields))), ",".join("xy" for _ in fields)]
        )
    }
    folder, store = written(tmp_path / "in", made), tmp_path / "store"
    named = [word for n, name in enumerate(fields) for word in ("--set", f"{name}=h{n}")]
    result = run("propose", folder, "--kind", kind, *named, "--save", "ours", "--store", store)
    assert result.exit_code == 0
    source = layouts.read("ours", own_layouts(Store(store))).sources[0]
    assert source.columns == {name: (f"h{n}",) for n, name in enumerate(fields)}


def test_a_reader_of_the_county_is_found_in_both_files(tmp_path: Path) -> None:
    folder, store = written(tmp_path / "in", county()), tmp_path / "store"
    run("propose", folder, "--save", "ours", "--store", store)
    run("load", folder, "--layout", "ours", "--store", store)
    with duckdb.connect(str(Store(store).current()), read_only=True) as library:
        known = library.sql(
            "select count(*), count(distinct sex), count(*) filter (where sex = 'unknown') "
            "from loans inner join readers using (reader_id)"
        ).fetchall()
    assert known == [(COUNT, 2, 0)]


# --- a person goes before the proposal


def test_any_column_can_be_named_whatever_was_recognised(tmp_path: Path) -> None:
    made = {"x.csv": iter(["p,q,r,s", "red,green,2023-01-03 09:00:00,x", "blue,teal,2023-01-04,y"])}
    folder, store = written(tmp_path / "in", made), tmp_path / "store"
    named = ("--set", "reader=p", "--set", "item=Q", "--set", "loaned_at=r")
    result = run("propose", folder, *named, "--save", "ours", "--store", store)
    assert result.exit_code == 0
    source = layouts.read("ours", own_layouts(Store(store))).sources[0]
    assert source.kind.code == "loans"
    assert source.columns == {"reader": ("p",), "item": ("q",), "loaned_at": ("r",)}


def test_a_change_holds_for_the_files_that_have_its_column(tmp_path: Path) -> None:
    folder, store = written(tmp_path / "in", county()), tmp_path / "store"
    named = ("--set", "unit=group", "--set", "renewal_count=")
    run("propose", folder, *named, "--save", "ours", "--store", store)
    loans, readers, items = layouts.read("ours", own_layouts(Store(store))).sources
    assert "renewal_count" not in loans.columns
    assert readers.columns["unit"] == ("group",)
    assert items.columns["branch"] == ("site",)


def test_a_change_that_no_file_can_follow_says_what_can(tmp_path: Path) -> None:
    folder = written(tmp_path / "in", county())
    result = run("propose", folder, "--set", "reader=nobody", "--store", tmp_path / "store")
    assert isinstance(result.exception, Problem)
    assert result.exception.key == "problem.proposal_change_unknown"
    assert "member_ref" in str(result.exception.values["headers"])


@pytest.mark.parametrize(("store", "is_said"), [(Path("/a b"), True), (None, False)])
def test_a_sentence_that_names_a_command_says_for_which_store(
    store: Path | None, is_said: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    cli.frame.store_at(store)
    cli.frame.complain(Problem("no_known_file", files="x", layout="plain", header="y"))
    assert ("(Add --store '/a b' to these commands.)" in capsys.readouterr().err) == is_said


def test_a_low_score_is_a_proposal_all_the_same_and_marked(tmp_path: Path) -> None:
    one = {name: found for name, found in bare().items() if name == "a.csv"}
    folder = written(tmp_path / "in", one)
    result = run("propose", folder, "--store", tmp_path / "store")
    assert "unsure. It is most like “Loans, one row each (loans)”" in result.stdout
    assert "--save NAME" in result.stderr
