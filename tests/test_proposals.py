"""A file of an unknown system: what it is taken for, why, and the layout that comes of it."""

import tomllib
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

from guanqing import cli
from guanqing.cli import propose as command
from guanqing.intake import layouts, proposals, templates
from guanqing.intake.decoding import Text, texts
from guanqing.intake.loading import load, own_layouts
from guanqing.intake.proposals import Proposal, best_layout, layout_of, propose
from guanqing.intake.proposals.meanings import meaning
from guanqing.intake.proposals.stamps import stamps_of
from guanqing.paths import ROOT
from guanqing.problems import Problem
from guanqing.records import code_names, kinds
from guanqing.store import Store

pytestmark = pytest.mark.slow  # half a minute together with its like: for CI

pytest_plugins = ["stores"]

SHARED = ROOT.parent / "shared" / "data"
UNIVERSITY = SHARED / "seu_loans_2020_2024"
EVERGREEN = SHARED / "evergreen_concerto_enhanced"

Write = Callable[..., Text]


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GUANQING_LANG", "en")
    monkeypatch.setattr(cli.frame.out, "width", 200)


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Return a function that writes lines as a file and reads it as a text."""

    def write(*lines: str, name: str = "export.csv") -> Text:
        path = tmp_path / name
        path.write_text("\n".join([*lines, ""]), encoding="utf-8")
        return texts([path], tmp_path / "scratch")[0]

    return write


def best(text: Text) -> Proposal:
    return propose(text)[0]


def run(*words: object) -> Result:
    result = CliRunner().invoke(cli.app, [str(word) for word in words])
    if result.exception and not isinstance(result.exception, SystemExit | Problem):
        raise result.exception
    return result


def real(*parts: str) -> Path:
    path = SHARED.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"{parts[0]} is not beside the project")
    return path


LIBSYS = [
    "certId,barcode,propNo,lendDate,dueDay,renewTimes,retDate,locationF",
    "20190101,01234567,P1,2019-03-01 10:00:00,2019-04-01,0,,总馆",
    "20190102,01234568,P2,2019-03-01 10:02:00,2019-04-01,1,2019-03-20 09:00:00,总馆",
]
INTERLIB = [
    "LOGTYPE,LIBCODE,USERID,IPADDR,DATA1,DATA2,DATA3,DATA4,DATA5,REGTIME",
    *(
        f"{30001 + n % 2},JZ,op1,192.0.2.1,,JZ00{n % 7:04},14010{n:06},A1,,2019-03-01 10:{n:02}:00"
        for n in range(40)
    ),
]
TRADITIONAL = [
    "讀者證號碼;條形碼;索書號;借書時間;還書時間;續借次數;讀者類型",
    *(
        f"A00{n % 7};014023{n:02};I247.5/{n};2019/3/{n % 28 + 1} 10:05:00;;{n % 3};"
        f"{['本科生', '碩士', '少兒'][n % 3]}"
        for n in range(40)
    ),
]
# the words of no system, but what they mean shows
UNKNOWN = [
    "序号,证件号(一卡通),图书条码,借出时间（年月日）,应还时间,t.归还时间,续借的次数,操作渠道",
    *(
        f"{n + 1},2019{n % 9:04},00123{n:04},2019/3/{n % 28 + 1} 10:05,2019/4/{n % 28 + 1},,"
        f"{n % 2},自助机"
        for n in range(40)
    ),
]
LOG = [
    "处理时间,操作类型,读者条码,条形码",
    *(
        f"2019-03-01 10:{n:02}:00,{kind},A00{n % 7},01402{n:03}"
        for n in range(40)
        for kind in ("借书", "自助还书", "续借", "取消预约", "借书", "99")[n % 6 : n % 6 + 1]
    ),
]
NONSENSE = ["foo,bar,baz", *(f"lorem{n},{n}.5,ipsum {n}" for n in range(30))]


# --- which kind, which columns


@pytest.mark.parametrize(
    ("lines", "kind", "columns"),
    [
        pytest.param(
            LIBSYS,
            "loans",
            {"reader": "certId", "item": "barcode", "loaned_at": "lendDate", "due_on": "dueDay"}
            | {"returned_at": "retDate", "renewal_count": "renewTimes", "branch": "locationF"},
            id="汇文",
        ),
        pytest.param(
            TRADITIONAL,
            "loans",
            {"reader": "讀者證號碼", "item": "條形碼", "loaned_at": "借書時間"}
            | {"returned_at": "還書時間", "renewal_count": "續借次數", "call_number": "索書號"}
            | {"reader_type": "讀者類型"},
            id="traditional",
        ),
        pytest.param(
            UNKNOWN,
            "loans",
            {"reader": "证件号(一卡通)", "item": "图书条码", "loaned_at": "借出时间（年月日）"}
            | {"due_on": "应还时间", "returned_at": "t.归还时间", "renewal_count": "续借的次数"}
            | {"channel": "操作渠道"},
            id="unknown words",
        ),
        pytest.param(
            LOG,
            "log",
            {"kind": "操作类型", "done_at": "处理时间", "reader": "读者条码", "item": "条形码"},
            id="金盘",
        ),
    ],
)
def test_a_header_like_this_is_mapped_like_that(
    write: Write, lines: list[str], kind: str, columns: dict[str, str]
) -> None:
    found = best(write(*lines))
    assert (found.kind.code, found.columns) == (kind, columns)
    assert found.missing == ()
    assert found.confidence > 0.8
    assert all(match.reasons for match in found.matches.values())


def test_a_log_whose_columns_say_nothing_is_left_open(write: Write) -> None:
    found = best(write(*INTERLIB))
    assert found.kind.code == "log"
    assert (found.columns["kind"], found.columns["done_at"]) == ("LOGTYPE", "REGTIME")
    # the operator who lent it is no reader, and it says that it is not sure
    assert found.matches.get("reader") is None or found.matches["reader"].score <= 0.6
    assert {"DATA1", "DATA4", "DATA5"} <= set(found.unmatched)
    assert found.codes["kind"] == {"30001": None, "30002": None}


@pytest.mark.parametrize("kind", kinds().values(), ids=list(kinds()))
@pytest.mark.parametrize("language", ["zh", "en"])
def test_our_own_templates_are_known_by_their_headers_alone(
    kind: object, language: str, tmp_path: Path
) -> None:
    templates.write(tmp_path / "t.xlsx", [kind], language)  # type: ignore[list-item]
    (text,) = texts([tmp_path / "t.xlsx"], tmp_path / "scratch")
    assert best(text).kind == kind
    assert best(text).missing == ()


def test_a_header_below_a_title_is_found(write: Write) -> None:
    found = best(write("借阅明细,,,,,,,", "制表：某某,,,,,,,", *LIBSYS))
    assert (found.kind.code, found.columns["reader"]) == ("loans", "certId")


def test_a_file_without_a_header_is_judged_by_its_values(write: Write) -> None:
    lines = [f"I247.5/{n},140102{n:04},A0012{n % 7:04},20190301,50" for n in range(40)]
    found = best(write(*lines))
    assert not found.table.has_header
    assert {"item": "2", "call_number": "1"}.items() <= found.columns.items()
    assert found.is_low  # nothing but values speaks for it


def test_a_dump_of_inserts_is_proposed_saved_and_loaded(write: Write, tmp_path: Path) -> None:
    line = (
        "INSERT INTO loan_work (rdid, barcode, loandate) VALUES ('A{0}', '140102{0:04}', "
        "to_date('2019-03-01 10:00:00', 'yyyy-mm-dd hh24:mi:ss'));"
    )
    write(*(line.format(n) for n in range(20)), name="dump.sql")
    dump, store = tmp_path / "dump.sql", Store(tmp_path / "store")
    run("propose", dump, "--save", "dumped", "--store", store.root)
    report = load([dump], "dumped", store)
    assert (report.total("lines_read"), report.total("loaded")) == (20, 20)


def test_two_columns_of_one_name_are_told_apart(write: Write) -> None:
    found = best(write("读者证号,条码号,借书日期,借书日期", "A1,140101,2019-03-01,x"))
    assert found.columns["loaned_at"] == "借书日期#1"
    layouts.parse("two", tomllib.loads(layout_of([found])))


def test_a_column_of_line_numbers_is_no_number_of_a_loan(write: Write) -> None:
    lines = [f"{n + 1},A{n},140101{n},2019-03-01 10:00:00" for n in range(20)]
    assert "loan" not in best(write("rowid,读者证号,条码号,借书日期", *lines)).columns
    lines = [f"{n * 7 + 40011},A{n},140101{n},2019-03-01 10:00:00" for n in range(20)]
    found = best(write("rowid,读者证号,条码号,借书日期", *lines))
    assert found.columns["loan"] == "rowid"
    assert found.matches["loan"].score < command.UNSURE


def test_numbers_of_students_are_no_dates(write: Write) -> None:
    lines = [f"201901{n + 10},140101{n},2019-03-01 10:00:00" for n in range(20)]
    assert best(write("学号,条码号,借书日期", *lines)).columns["reader"] == "学号"


def test_values_that_contradict_their_header_lower_the_score(write: Write) -> None:
    right = best(write("读者证号,条码号,借书日期", "A1,140101,2019-03-01"))
    wrong = best(write("读者证号,条码号,借书日期", "A1,140101,红楼梦"))
    assert wrong.confidence < right.confidence
    assert "values_against" in {reason.code for reason in wrong.matches["loaned_at"].reasons}


def test_returns_still_to_come_are_days_when_items_are_due(write: Write) -> None:
    # Interlib's loan_work: returndate is the day it is due
    header = "rdid,barcode,loandate,returndate"
    columns = best(write(header, "A1,140101,2019-03-01,2099-04-01")).columns
    assert columns["due_on"] == "returndate"
    assert "returned_at" not in columns
    columns = best(write(header, "A1,140101,2019-03-01,2019-04-01")).columns
    assert columns["returned_at"] == "returndate"


def test_nonsense_is_not_taken_for_anything(write: Write) -> None:
    assert all(found.is_low for found in propose(write(*NONSENSE)))


# --- codes and dates


@pytest.mark.parametrize(
    ("list_name", "value", "expected"),
    [
        ("operation", "借书", "loan"),
        ("operation", "还书", "return"),
        ("operation", "自助续借", "renewal"),
        ("operation", "還書", "return"),
        ("operation", "Check Out", "loan"),
        ("operation", "取消预约", "aside"),
        ("operation", "丢书赔款", "aside"),
        ("operation", "挂失", "report_lost"),
        ("operation", "借书证挂失", None),  # 借书 and 挂失 speak against each other
        ("operation", "30001", None),  # a number says nothing
        ("operation", "1", None),
        ("operation", "", None),
        ("sex", "女", "F"),
        ("sex", "1", None),
        ("reader_type", "本科生", "undergraduate"),
        ("reader_type", "碩士研究生", "master"),
        ("reader_type", "其他", None),
    ],
)
def test_a_code_is_explained_by_its_name_alone(
    list_name: str, value: str, expected: str | None
) -> None:
    assert meaning(value, list_name) == expected


def test_every_code_of_a_list_means_itself() -> None:
    for kind in kinds().values():
        for found in kind.fields.values():
            for code, both in code_names(found.list).items() if found.kind == "code" else ():
                assert {meaning(name, found.list) for name in both} == {code}


def test_a_word_of_two_meanings_decides_nothing() -> None:
    # of a card to us, of a book to Koha
    assert meaning("issue", "operation") is None


def test_codes_are_listed_with_what_nobody_knows(write: Write) -> None:
    found = best(write(*LOG))
    assert found.codes["kind"] == {
        "借书": "loan",
        "自助还书": "return",
        "续借": "renewal",
        "取消预约": "aside",
        "99": None,
    }
    assert found.code_counts["kind"]["99"] == 6


@pytest.mark.parametrize(
    ("values", "forms", "is_open"),
    [
        (["2019-03-01 10:00:00"], ("%Y-%m-%d %H:%M:%S",), False),
        (["2019/3/1", "2019/3/20"], ("%Y/%m/%d",), False),
        (["20190301"], ("%Y%m%d",), False),
        (["31/12/2019", "01/02/2019"], ("%d/%m/%Y",), False),
        (["12/31/2019"], ("%m/%d/%Y",), False),
        (["01/02/2019"], (), True),
        (["13/02/2019", "02/13/2019"], (), True),
        (["2019-03-01 10:00:00-04"], (), False),
        (["red", ""], (), False),
    ],
)
def test_the_form_of_dates_is_found_out_or_left_open(
    values: list[str], forms: tuple[str, ...], is_open: bool
) -> None:
    found = stamps_of(values)
    assert (found.forms, found.is_open) == (forms, is_open)


# --- real files


def test_the_university_files_are_mapped_as_their_layout_does(tmp_path: Path) -> None:
    layout = layouts.read("seu")
    found = texts(
        [real("seu_loans_2020_2024", name) for name in ("inter_reevaluation.csv", "user.csv")],
        tmp_path,
    )
    for text, source in zip(found, layout.sources, strict=True):
        proposal = best(text)
        assert proposal.kind == source.kind
        assert proposal.columns == {name: column[0] for name, column in source.columns.items()}
        assert proposal.confidence > 0.8
    assert best(found[1]).codes["reader_type"] == layout.sources[1].codes["reader_type"]


def test_evergreen_circulation_is_mapped(tmp_path: Path) -> None:
    path = real("evergreen_concerto_enhanced", "action.circulation.csv")
    (text,) = texts([path], tmp_path)
    found = best(text)
    assert found.kind.code == "loans"
    assert found.confidence > 0.9
    expected = {"reader": "usr", "item": "target_copy", "loaned_at": "xact_start"}
    expected |= {"due_on": "due_date", "returned_at": "checkin_time", "branch": "circ_lib"}
    assert expected.items() <= found.columns.items()
    assert found.stamps.has_zone


# --- layouts


def test_a_proposal_is_a_layout_that_parses(write: Write) -> None:
    for lines in (LIBSYS, TRADITIONAL, UNKNOWN, LOG):
        layout = layouts.parse("ours", tomllib.loads(layout_of([best(write(*lines))])))
        assert layout.ids == {"reader": "text", "item": "text", "loan": "text"}
        assert all(layout.title.values())


def test_a_code_that_nobody_knows_stands_there_to_be_filled_in(write: Write) -> None:
    text = layout_of([best(write(*LOG))])
    assert '# "99" = ""' in text
    codes = tomllib.loads(text)["sources"][0]["codes"]["kind"]
    assert "99" not in codes
    changed = layout_of([best(write(*LOG))], {"codes": {"kind": {"99": "aside"}}})
    assert tomllib.loads(changed)["sources"][0]["codes"]["kind"]["99"] == "aside"


def test_a_person_changes_the_mapping(write: Write) -> None:
    changes = {
        "columns": {"item": "propNo", "due_on": ""},
        "ids": {"item": "number"},
        "stamps": ["%Y-%m-%d %H:%M"],
        "title": {"zh": "本馆", "en": "Ours"},
    }
    text = layout_of([best(write(*LIBSYS))], changes)
    layout = layouts.parse("ours", tomllib.loads(text))
    assert layout.sources[0].columns["item"] == ("propNo",)
    assert "due_on" not in layout.sources[0].columns
    assert (layout.ids["item"], layout.ids["reader"]) == ("number", "text")
    assert (layout.stamps, layout.title["zh"]) == (("%Y-%m-%d %H:%M",), "本馆")


@pytest.mark.parametrize(("name", "header"), [("loaned", "lendDate"), ("reader", "none")])
def test_a_change_that_cannot_be_followed_says_what_can(
    write: Write, name: str, header: str
) -> None:
    with pytest.raises(Problem) as caught:
        best(write(*LIBSYS)).with_column(name, header)
    assert caught.value.key == "problem.proposal_change_unknown"
    assert "lendDate" in str(caught.value.values["headers"])


def test_a_proposal_that_lacks_a_column_is_no_layout(write: Write) -> None:
    found = best(write(*LIBSYS)).with_column("item", "")
    assert found.missing == ("item",)
    with pytest.raises(Problem) as caught:
        layout_of([found])
    assert caught.value.key == "problem.proposal_incomplete"


def test_a_saved_layout_is_found_by_its_name_and_never_written_over(
    write: Write, tmp_path: Path
) -> None:
    own = tmp_path / "layouts"
    text = layout_of([best(write(*LIBSYS))])
    assert proposals.save(text, own, "ours_2") == own / "ours_2.toml"
    assert layouts.read("ours_2", own).sources[0].kind.code == "loans"
    for taken in ("ours_2", "plain"):
        with pytest.raises(Problem) as caught:
            proposals.save(text, own, taken)
        assert caught.value.key == "problem.layout_exists"
    proposals.save(text + "# more\n", own, "ours_2", replace=True)
    assert (own / "ours_2.toml").read_text(encoding="utf-8").endswith("# more\n")
    assert [path.name for path in own.iterdir()] == ["ours_2.toml"]


@pytest.mark.parametrize("name", ["", "Ours", "../up", "a b", "馆", "a" * 41, "a/b", "a\n"])
def test_a_name_that_is_no_file_everywhere_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(Problem) as caught:
        proposals.save("", tmp_path, name)
    assert caught.value.key == "problem.layout_name_invalid"


@pytest.mark.parametrize("text", ["not toml", "surprise = 1"])
def test_what_is_no_layout_is_not_saved(tmp_path: Path, text: str) -> None:
    with pytest.raises(Problem) as caught:
        proposals.save(text, tmp_path, "ours")
    assert caught.value.key == "problem.layout_invalid"
    assert list(tmp_path.iterdir()) == []


HANDWRITTEN = """
title = { zh = "手写", en = "By hand" }
[[sources]]
kind = "loans"
[sources.columns]
reader = "读者"
item = "图书条码"
loaned_at = "借出时间(年月日)"
returned_at = "归还时间"
"""


def test_a_saved_proposal_loads_what_a_handwritten_layout_loads(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    lines = [f"A{n % 9},14010{n:03},2019/3/{n % 28 + 1} 10:05,2019-04-01 09:00" for n in range(50)]
    lines[7] = "A1,14010,some day,"
    path.write_text(
        "\n".join(["读者,图书条码,借出时间(年月日),归还时间", *lines, ""]), encoding="utf-8"
    )
    loaded = {}
    for name, text in (("by_hand", HANDWRITTEN), ("proposed", None)):
        store = Store(tmp_path / name)
        (source,) = texts([path], tmp_path / "scratch")
        proposals.save(text or layout_of([best(source)]), own_layouts(store), name)
        report = load([path], name, store)
        with duckdb.connect(str(store.current()), read_only=True) as connection:
            loans = connection.sql("from loans order by all").fetchall()
        loaded[name] = (
            loans,
            report.total("loaded") + report.total("repaired"),
            report.total("refused"),
        )
    assert loaded["by_hand"] == loaded["proposed"]
    assert loaded["proposed"][1:] == (49, 1)


def test_the_university_loads_by_proposal_as_by_its_layout(
    university: Path, tmp_path: Path
) -> None:
    found = [best(text) for text in texts([UNIVERSITY], tmp_path / "scratch") if propose(text)]
    store = Store(tmp_path / "store")
    changes = {"ids": {"reader": "number", "item": "number", "loan": "number"}}
    proposals.save(layout_of(found, changes), own_layouts(store), "proposed")
    load([UNIVERSITY], "proposed", store)
    asked = (
        "select loan_id, reader_id, item_id, loaned_at, returned_at, renewal_count "
        "from loans order by all"
    )
    rows = []
    for library in (Store(university), store):
        with duckdb.connect(str(library.current()), read_only=True) as connection:
            rows.append(connection.sql(asked).fetchall())
    assert rows[0] == rows[1]


# --- which layout fits


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["inter_id,user_id,book_id,借阅时间,还书时间,续借时间,续借次数"], "seu"),
        (["读者证号,条码号,借书日期,还书日期", "A1,14010,2019-03-01,"], "plain"),
        (UNKNOWN, None),
        (NONSENSE, None),
    ],
    ids=["seu", "plain", "unknown", "nonsense"],
)
def test_the_layout_that_fits_is_offered(
    write: Write, lines: list[str], expected: str | None
) -> None:
    assert best_layout([write(*lines)]) == expected


def test_a_note_beside_the_export_is_in_nobodys_way(write: Write) -> None:
    loans = write("读者证号,条码号,借书日期,还书日期", "A1,14010,2019-03-01,")
    notes = write("exported on a rainy day", name="README.txt")
    assert best_layout([loans, notes]) == "plain"
    assert best_layout([loans, write(*UNKNOWN, name="more.csv")]) is None


def test_a_broken_layout_of_the_librarys_own_is_passed_over(write: Write, tmp_path: Path) -> None:
    own = tmp_path / "layouts"
    own.mkdir()
    (own / "broken.toml").write_text("what = 1", encoding="utf-8")
    text = write("读者证号,条码号,借书日期,还书日期", "A1,14010,2019-03-01,")
    assert best_layout([text], own) == "plain"


# --- the commands


def test_the_command_shows_the_mapping_and_why(write: Write, tmp_path: Path) -> None:
    result = run("propose", write(*UNKNOWN).path, "--store", tmp_path)
    assert result.exit_code == 0
    assert "looks like “Loans, one row each (loans)”" in result.stdout
    assert "借出时间（年月日）" in result.stdout
    assert "100% of values are dates" in result.stdout
    assert "Columns not used: 序号" in result.stdout
    assert "--save NAME" in result.stderr
    assert not own_layouts(Store(tmp_path)).exists()


def test_what_is_saved_can_be_loaded_by_the_command_it_names(write: Write, tmp_path: Path) -> None:
    path, store = write(*UNKNOWN).path, tmp_path / "store"
    saved = run("propose", path, "--save", "ours", "--store", store)
    assert saved.exit_code == 0
    assert f"guanqing load {path} --layout ours" in saved.stderr
    assert load([path], "ours", Store(store)).total("refused") == 0
    again = run("propose", path, "--save", "ours", "--store", store)
    assert isinstance(again.exception, Problem)


def test_the_command_takes_a_kind_and_changes(write: Write, tmp_path: Path) -> None:
    path = write(*LIBSYS).path
    words = ("--kind", "items", "--set", "item=propNo", "--set", "branch=locationF")
    run("propose", path, *words, "--save", "ours", "--store", tmp_path)
    source = layouts.read("ours", own_layouts(Store(tmp_path))).sources[0]
    assert source.kind.code == "items"
    assert source.columns == {"item": ("propNo",), "branch": ("locationF",)}


def test_an_unknown_kind_is_said(write: Write, tmp_path: Path) -> None:
    result = run("propose", write(*LIBSYS).path, "--kind", "lending", "--store", tmp_path)
    assert isinstance(result.exception, Problem)
    assert result.exception.key == "problem.unknown_kind"


@pytest.mark.parametrize("lines", [NONSENSE, ["only a note"], ["日期,甲,乙", "x,1,2"]])
def test_a_file_of_no_known_kind_is_called_that(
    write: Write, tmp_path: Path, lines: list[str]
) -> None:
    result = run("propose", write(*lines).path, "--store", tmp_path)
    assert "is recognised" in result.stdout
    assert "--set FIELD=HEADER" in result.stdout
    assert "guanqing template" in result.stderr
    assert "--save" not in result.stderr


def test_show_says_that_nothing_was_loaded(
    write: Write, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command.show([write(*UNKNOWN).path], Store(tmp_path))
    shown = capsys.readouterr()
    assert "looks like" in shown.out
    assert "Nothing was loaded" in shown.err
    assert not Store(tmp_path).link.exists()


def test_show_offers_the_layout_that_fits(
    write: Write, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write("inter_id,user_id,book_id,借阅时间,还书时间,续借时间,续借次数").path
    command.show([path], Store(tmp_path))
    assert "--layout seu" in capsys.readouterr().err


def test_markup_in_a_header_is_shown_as_it_is(write: Write, tmp_path: Path) -> None:
    lines = ("读者证号,条码号,借书日期,[red]x[/],[/]", "A1,14010,2019-03-01,[bold]1,2")
    result = run("propose", write(*lines).path, "--store", tmp_path)
    assert "[red]x[/]" in result.stdout


# --- wild headers

KNOWN = sorted(
    {word for kind in kinds().values() for f in kind.fields.values() for word in f.headers}
)
CELLS = st.one_of(
    st.sampled_from(KNOWN),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
    st.sampled_from(["#1", "借书日期#1", "_", "a.b.", "(", "（", "\u007f", '"', "'", "[x]", "\\"]),
)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(header=st.lists(CELLS, min_size=1, max_size=12), rows=st.lists(st.lists(CELLS), max_size=4))
def test_no_header_breaks_a_proposal(
    header: list[str], rows: list[list[str]], tmp_path: Path
) -> None:
    path = tmp_path / "wild.csv"
    content = "\n".join(",".join(line) for line in [header, *rows]) + "\n"
    path.write_bytes(content.encode())
    try:
        found = texts([path], tmp_path / "scratch")
    except Problem:  # nothing in it
        return
    for text in found:
        for proposal in propose(text):
            assert 0 <= proposal.confidence <= 1
            columns = list(proposal.columns.values())
            assert len(columns) == len(set(columns))
            if not proposal.missing:
                layouts.parse("wild", tomllib.loads(layout_of([proposal])))
        best_layout([text])
