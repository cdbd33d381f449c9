"""Whatever is handed over comes out as lines of UTF-8: folders, zips, workbooks and damage."""

import os
import re
import string
import struct
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter
import xlwt
from conftest import so_many
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from guanqing.intake.decoding import Text, texts
from guanqing.intake.decoding.archives import Budget, members
from guanqing.intake.decoding.checking import checked
from guanqing.intake.decoding.columns import delimiter_and_quote
from guanqing.intake.decoding.discovery import files_at
from guanqing.intake.decoding.encodings import likelier_encoding
from guanqing.intake.decoding.lines import LINE_BYTES, blocks_of, utf_8_lines
from guanqing.intake.decoding.scratch import Scratch
from guanqing.problems import Problem

LOANS = "读者证号,条码号,借书日期\n0012,A1,2019-03-01\n"
LOANS_LINES = LOANS.splitlines()


class Desk:
    """A folder somebody hands over, and the scratch its texts go to."""

    def __init__(self, root: Path) -> None:
        self.folder, self.scratch = root / "export", root / "scratch"
        self.folder.mkdir()

    def put(self, name: str, content: str | bytes = LOANS) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def zip(self, members: dict[str, str | bytes], name: str = "export.zip") -> Path:
        path = self.folder / name
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for member, content in members.items():
                archive.writestr(member, content)
        return path

    def texts(self, *paths: Path, encoding: str | None = None) -> list[Text]:
        return texts(paths or [self.folder], self.scratch, encoding=encoding)

    def text(self, *paths: Path, encoding: str | None = None) -> Text:
        [text] = self.texts(*paths, encoding=encoding)
        return text

    def names(self, *paths: Path) -> list[str]:
        return [text.name for text in self.texts(*paths)]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@contextmanager
def problem(key: str, **values: object) -> Iterator[None]:
    with pytest.raises(Problem) as raised:
        yield
    assert raised.value.key == f"problem.{key}"
    assert {name: str(raised.value.values[name]) for name in values} == {
        name: str(value) for name, value in values.items()
    }


def read(text: Text) -> list[str]:
    """Read a text as the loader does; the engine gives null for a blank line."""
    rows = duckdb.execute(
        "select line from read_csv($path, columns = {'line': 'varchar'}, delim = '\x01', "
        "quote = '', escape = '', header = false, auto_detect = false, strict_mode = false, "
        "null_padding = true, max_line_size = 2000000)",
        {"path": str(text.path)},
    ).fetchall()
    return [line or "" for (line,) in rows]


# --- which files there are


def test_a_clean_file_is_read_where_it_is(desk: Desk) -> None:
    path = desk.put("loans.csv")
    text = desk.text(path)
    assert text.path == path
    assert (text.name, text.encoding, text.delimiter, text.quote) == (
        "loans.csv",
        "utf-8",
        ",",
        '"',
    )
    assert list(text.first_lines) == read(text) == LOANS_LINES


def test_when_a_file_was_written_is_told_in_utc_to_the_second(desk: Desk) -> None:
    path = desk.put("loans.csv")
    os.utime(path, (1551434400.9, 1551434400.9))
    assert desk.text(path).written_at == datetime(2019, 3, 1, 10)


def test_a_folder_gives_its_files_at_any_depth_by_name(desk: Desk) -> None:
    for name in ["b.csv", "2019/b.csv", "2019/a.txt", "C.csv"]:
        desk.put(name)
    assert desk.names() == ["2019/a.txt", "2019/b.csv", "C.csv", "b.csv"]


@pytest.mark.parametrize(
    "name", [".hidden.csv", ".git/a.csv", "__MACOSX/a.csv", "~$b.xlsx", ".DS_Store", "Thumbs.db"]
)
def test_what_programs_leave_behind_is_passed_over(desk: Desk, name: str) -> None:
    desk.put("loans.csv")
    desk.put(name)
    assert desk.names() == ["loans.csv"]


def test_a_file_named_twice_is_read_once(desk: Desk) -> None:
    path = desk.put("loans.csv")
    assert desk.names(path, desk.folder, path) == ["loans.csv"]


def test_files_of_one_name_are_told_apart_by_their_folders(desk: Desk) -> None:
    paths = [desk.put("east/loans.csv"), desk.put("west/loans.csv"), desk.put("west/readers.csv")]
    assert desk.names(*paths) == [str(paths[0]), str(paths[1]), "readers.csv"]


@pytest.mark.parametrize("content", [b"", b"\n \r\n", b"\xef\xbb\xbf\n", "\ufeff".encode("utf-16")])
def test_a_file_without_a_line_is_a_problem(desk: Desk, content: bytes) -> None:
    path = desk.put("loans.csv", content)
    with problem("file_empty", path=path):
        desk.texts()


def test_a_path_that_is_not_there_is_a_problem(desk: Desk) -> None:
    with problem("path_missing", path=desk.folder / "no.csv"):
        desk.texts(desk.folder / "no.csv")


def test_what_is_no_file_cannot_be_read(desk: Desk) -> None:
    path = desk.folder / "pipe"
    os.mkfifo(path)
    with problem("file_not_readable", path=path):
        desk.texts(path)


JUNK = {
    "pdf": b"%PDF-1.7\n" + bytes(range(256)),
    "random": bytes(range(256)) * 8,
    "zeros": bytes(5000),
    "word": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
}


@pytest.mark.parametrize("content", JUNK.values(), ids=JUNK)
def test_a_file_that_is_no_table_is_a_problem_when_it_is_named(desk: Desk, content: bytes) -> None:
    path = desk.put("notes.bin", content)
    with problem("not_a_table", path=path):
        desk.texts(path)


def test_a_file_that_is_no_table_is_passed_over_beside_others(desk: Desk) -> None:
    desk.put("loans.csv")
    desk.put("photo.jpg", JUNK["random"])
    desk.put("page.html", "<html></html>")
    assert desk.names() == ["loans.csv"]


def test_an_export_that_is_broken_is_never_passed_over(desk: Desk) -> None:
    desk.put("loans.csv", JUNK["zeros"])
    desk.put("readers.csv")
    with problem("not_a_table", path=desk.folder / "loans.csv"):
        desk.texts()


def test_a_folder_with_nothing_to_read_is_a_problem(desk: Desk) -> None:
    desk.put("photo.jpg", JUNK["random"])
    with problem("nothing_readable", path=desk.folder):
        desk.texts()


@pytest.mark.parametrize("start", ["<html>", "\n<?xml version='1.0'?>", "<TABLE border=1>"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_web_page_called_a_workbook_is_a_problem(desk: Desk, start: str, encoding: str) -> None:
    path = desk.put("loans.xls", f"{start}<tr><td>借书".encode(encoding))
    with problem("web_page", path=path):
        desk.texts()


def test_a_text_called_a_workbook_is_read_as_text(desk: Desk) -> None:
    desk.put("loans.xls", LOANS.replace(",", "\t").encode("gbk"))
    text = desk.text()
    assert (text.encoding, text.delimiter) == ("gb18030", "\t")


def test_another_archive_than_zip_is_a_problem(desk: Desk) -> None:
    path = desk.put("export.rar", b"Rar!\x1a\x07\x01\x00")
    with problem("archive_not_read", path=path):
        desk.texts()


def test_scratch_that_cannot_be_written_is_a_problem(desk: Desk) -> None:
    desk.scratch.write_bytes(b"a file in the way")
    with problem("store_not_writable", path=desk.scratch):
        desk.texts(desk.put("loans.csv", LOANS.encode("gbk")))


# --- zips


def test_a_zip_gives_its_members_under_its_name(desk: Desk) -> None:
    desk.zip({"2019/loans.csv": LOANS, "a.csv": LOANS.encode("gbk"), "__MACOSX/._a.csv": b"x"})
    made = desk.texts()
    assert [text.name for text in made] == ["export.zip/2019/loans.csv", "export.zip/a.csv"]
    assert [read(text) for text in made] == [LOANS_LINES] * 2
    assert {text.path.parent.parent for text in made} == {desk.scratch}


def test_what_was_unpacked_only_to_be_rewritten_is_not_kept(desk: Desk) -> None:
    desk.zip({"a.csv": LOANS.encode("gbk"), "photo.jpg": JUNK["random"]})
    text = desk.text()
    assert list(text.path.parent.iterdir()) == [text.path]


@pytest.mark.parametrize("name", ["../../evil.csv", "/evil.csv", "..\\evil.csv"])
def test_a_member_cannot_be_written_outside_scratch(desk: Desk, name: str) -> None:
    desk.zip({name: LOANS})
    assert desk.scratch in desk.text().path.parents
    assert not list(desk.folder.parent.rglob("evil*"))


@pytest.mark.parametrize(
    ("name", "codec"), [("借阅数据.csv", "gbk"), ("借閱資料.csv", "cp950"), ("借阅.csv", "utf-8")]
)
def test_names_in_a_zip_are_decoded_where_it_does_not_say_how(
    desk: Desk, name: str, codec: str
) -> None:
    raw = name.encode(codec)
    path = desk.zip({"x" * len(raw): LOANS})
    path.write_bytes(path.read_bytes().replace(b"x" * len(raw), raw))
    assert desk.names() == [f"export.zip/{name}"]


def test_a_zip_in_a_zip_is_read_and_one_deeper_is_a_problem(desk: Desk) -> None:
    inner = desk.zip({"loans.csv": LOANS}, "inner.zip").read_bytes()
    desk.zip({"inner.zip": inner}, "middle.zip")
    middle = desk.folder / "middle.zip"
    assert desk.names(middle) == ["middle.zip/inner.zip/loans.csv"]
    outer = desk.zip({"middle.zip": middle.read_bytes()}, "outer.zip")
    with problem("zip_nested", path=f"{outer}/middle.zip/inner.zip"):
        desk.texts(outer)


def patched(path: Path, local: int, central: int, value: int) -> Path:
    """Overwrite a number of two bytes in both headers of the first member."""
    data = bytearray(path.read_bytes())
    for start in (data.find(b"PK\3\4") + local, data.find(b"PK\1\2") + central):
        data[start : start + 2] = struct.pack("<H", value)
    path.write_bytes(data)
    return path


def test_an_encrypted_member_is_a_problem(desk: Desk) -> None:
    path = patched(desk.zip({"loans.csv": LOANS}), 6, 8, 1)
    with problem("zip_encrypted", path=f"{path}/loans.csv"):
        desk.texts()


def test_a_member_packed_by_an_unknown_method_is_a_problem(desk: Desk) -> None:
    path = patched(desk.zip({"loans.csv": LOANS}), 8, 10, 9)
    with problem("zip_unsupported", path=f"{path}/loans.csv"):
        desk.texts()


def test_a_zip_cut_off_is_a_problem(desk: Desk) -> None:
    path = desk.zip({"loans.csv": LOANS})
    path.write_bytes(path.read_bytes()[:-30])
    with problem("zip_damaged", path=path):
        desk.texts()


def test_a_member_whose_bytes_have_changed_is_a_problem(desk: Desk) -> None:
    path = desk.folder / "export.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("loans.csv", LOANS)
    path.write_bytes(path.read_bytes().replace(b"0012", b"0013"))
    with problem("zip_damaged", path=path):
        desk.texts()


@pytest.mark.parametrize(
    "limit",
    [{"byte_count": 1000}, {"ratio": 5, "unjudged_bytes": 1000}, {"member_count": 1}],
    ids=["size", "density", "members"],
)
def test_a_zip_that_unpacks_to_too_much_is_stopped(desk: Desk, limit: dict[str, int]) -> None:
    [found] = files_at(desk.zip({"a.csv": LOANS, "b.csv": "x" * 100_000}))
    budget = Budget(packed_bytes=found.path.stat().st_size, **limit)
    with problem("zip_too_large"):
        list(members(found, Scratch(desk.scratch), budget))


def test_a_small_file_may_be_as_dense_as_it_likes(desk: Desk) -> None:
    desk.zip({"loans.csv": LOANS + "0" * 900_000})
    assert len(read(desk.text())) == 3


def test_a_member_was_written_when_the_zip_says(desk: Desk) -> None:
    plain, exact = (zipfile.ZipInfo(name, (2019, 3, 1, 10, 0, 30)) for name in ("a.csv", "b.csv"))
    exact.extra = struct.pack("<HHBi", 0x5455, 5, 1, 1551434400)
    with zipfile.ZipFile(desk.folder / "export.zip", "w") as archive:
        archive.writestr(plain, LOANS)
        archive.writestr(exact, LOANS)
    from_local, from_utc = (text.written_at for text in desk.texts())
    assert from_local.replace(tzinfo=UTC) == datetime(2019, 3, 1, 10, 0, 30).astimezone()
    assert from_utc == datetime(2019, 3, 1, 10)


# --- lines


@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["lf", "crlf"])
@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["bare", "bom"])
def test_alike_line_ends_and_a_byte_order_mark_need_no_copy(
    desk: Desk, end: str, mark: str
) -> None:
    path = desk.put("loans.csv", mark + LOANS.replace("\n", end))
    text = desk.text()
    assert text.path == path
    assert list(text.first_lines) == read(text) == LOANS_LINES


@pytest.mark.parametrize(
    ("raw", "lines"),
    [
        (b"a,b\r1,2\r\r3,4", ["a,b", "1,2", "", "3,4"]),
        (b"a,b\r\n1,2\n3,4\r\n", ["a,b", "1,2", "3,4"]),
        (b"a,b\n1,2\r3,4\n", ["a,b", "1,2 3,4"]),
        (b"a,b\n1,2\r", ["a,b", "1,2"]),
        (b"\na,b\n\n1,2\n\n", ["", "a,b", "", "1,2", ""]),
        (b"a,b\n1\0,\x012\n\x02,\x1a", ["a,b", "1 , 2", " ,\x1a"]),
    ],
    ids=["old_mac", "mixed", "lone_return", "return_at_the_end", "blank", "marks"],
)
def test_lines_end_where_any_system_would_end_them(
    desk: Desk, raw: bytes, lines: list[str]
) -> None:
    desk.put("loans.csv", raw)
    assert read(desk.text()) == lines


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "big5", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["lf", "crlf"])
@pytest.mark.parametrize("block_bytes", [1, 2, 3, 7, 64, 1 << 19])
def test_damage_refuses_its_line_and_shifts_no_number(
    tmp_path: Path, encoding: str, end: str, block_bytes: int
) -> None:
    lines = ["讀者證號,題名", "1,紅", "2,#", "", "4,中文", "5,#後", "6"]
    codec = "utf-16-le" if encoding == "utf-16" else encoding
    damage = b"\x00\xd8" if encoding == "utf-16" else b"\xff\xff"
    path = tmp_path / "lines.csv"
    path.write_bytes(end.join(lines).encode(codec).replace("#".encode(codec), damage))
    made = b"".join(utf_8_lines(blocks_of(path, encoding, block_bytes), encoding)).decode()
    got = made.removesuffix("\n").split("\n")
    assert [line[:3] for line in got] == ["讀者證", "1,紅", "\x022,", "", "4,中", "\x025,", "6"]


def test_a_damaged_line_reaches_the_engine_with_its_mark(desk: Desk) -> None:
    desk.put("loans.csv", LOANS.encode() + b"\xe4\xe4,A2,\n0013,A3,2019-03-02\n")
    text = desk.text()
    assert text.encoding == "utf-8"
    assert [line[:1] for line in read(text)] == ["读", "0", "\x02", "0"]
    assert read(text)[2].endswith(",A2,")


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
@pytest.mark.parametrize("block_bytes", [1 << 16, 1 << 19, 1 << 22])
def test_a_line_too_long_to_be_a_record_is_cut_and_marked(
    tmp_path: Path, encoding: str, block_bytes: int
) -> None:
    path = tmp_path / "lines.csv"
    path.write_bytes("\n".join(["头", "中" * LINE_BYTES, "尾", "x" * LINE_BYTES]).encode(encoding))
    made = b"".join(utf_8_lines(blocks_of(path, encoding, block_bytes), encoding)).decode()
    assert made.split("\n") == ["头", "\x02" + "中" * 2000, "尾", "x" * LINE_BYTES, ""]


@pytest.mark.parametrize("end", ["", "\n", "\r\n"], ids=["nothing", "lf", "crlf"])
def test_a_line_of_a_megabyte_is_read_and_one_byte_more_is_not(desk: Desk, end: str) -> None:
    first = "a,b" + (end or "\n")
    desk.put("short.csv", first + "x" * LINE_BYTES + end)
    desk.put("too_long.csv", first + "x" * (LINE_BYTES + 1) + end)
    short, too_long = desk.texts()
    assert len(read(too_long)[1]) == 2001
    assert len(read(short)[1]) == LINE_BYTES


def as_it_should_be(data: bytes) -> bool:
    """Tell the slow way whether the engine can read a file as it is."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return False
    returns, pairs, feeds = text.count("\r"), text.count("\r\n"), text.count("\n")
    return not re.search("[\0\1\2]", text) and returns == pairs and pairs in (0, feeds)


@given(
    st.lists(st.sampled_from(["a", "\r", "\n", "\r\n", "\0", "\2", "中", "😀", "\udcff"])),
    st.integers(1, 9),
)
@example(["\r", "\r\n"], 1)
def test_a_file_is_checked_alike_in_blocks_of_any_size(signs: list[str], block_bytes: int) -> None:
    data = "".join(signs).encode(errors="surrogateescape")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "lines")
        path.write_bytes(data)
        look = checked(path, block_bytes)
    assert look.is_clean == as_it_should_be(data)
    if look.is_clean:
        assert look.is_ascii == data.isascii()


ENCODINGS = {
    "utf-8": None,
    "utf-8-sig": None,
    "utf-16": None,
    "gb18030": "gb18030",
    "gbk": "gbk",
    "cp950": "big5",
}
NO_WAY_BACK = "¢£¥•‾∼☉♁､"  # Windows writes them as others of cp950 and reads those


@st.composite
def files(draw: Callable[..., Any]) -> tuple[list[str], str, str]:
    codec = draw(st.sampled_from(sorted(ENCODINGS)))
    signs = st.characters(
        codec="utf-8" if codec.startswith("utf") else codec,
        exclude_categories=("Cc", "Cs"),
        exclude_characters=NO_WAY_BACK if codec == "cp950" else "",
        include_characters="\t,",
    )
    lines = draw(st.lists(st.text(signs, max_size=12), max_size=8))
    return lines, codec, draw(st.sampled_from(["\n", "\r\n", "\r"]))


@pytest.mark.slow
@given(files())
@settings(max_examples=so_many(300), suppress_health_check=[HealthCheck.too_slow])
def test_any_lines_in_any_encoding_come_back_as_they_were(file: tuple[list[str], str, str]) -> None:
    lines, codec, end = file
    lines = ["條碼", *lines]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "lines.csv")
        path.write_bytes("".join(line + end for line in lines).encode(codec))
        [text] = texts([path], Path(folder, "scratch"), encoding=ENCODINGS[codec])
        assert read(text) == lines
        assert list(text.first_lines) == lines


# --- encodings

SIMPLIFIED = "读者证号,条码号,借书日期\n0012,A1,2019-03-01\n"
TRADITIONAL = "讀者證號,條碼號,借書日期\n0012,A1,2019-03-01\n"
SOME_TITLES = "id,title\n1,Hamlet\n2,{}\n3,Emma\n"


@pytest.mark.parametrize(
    ("content", "codec", "encoding"),
    [
        (SIMPLIFIED, "utf-8", "utf-8"),
        (SIMPLIFIED, "utf-8-sig", "utf-8"),
        (SIMPLIFIED, "gbk", "gb18030"),
        (TRADITIONAL, "gbk", "gb18030"),
        (TRADITIONAL, "big5", "big5"),
        (SIMPLIFIED, "utf-16", "utf-16"),
        (TRADITIONAL, "utf-16-le", "utf-16"),
        (SIMPLIFIED, "utf-16-be", "utf-16"),
        (SOME_TITLES.format("平凡的世界"), "gbk", "gb18030"),
        (SOME_TITLES.format("紅樓夢研究"), "big5", "big5"),
        (SOME_TITLES.format("紅樓夢研究"), "gbk", "gb18030"),
        ("书名\n围城\n活着\n", "gbk", "gb18030"),
        ("書名\n圍城\n活著\n", "big5", "big5"),
        ("条码,姓名\n1,张三\n", "gbk", "gb18030"),
        ("條碼,姓名\n1,張三\n", "big5", "big5"),
        ("借书", "gbk", "gb18030"),
        ("借書", "big5", "big5"),
        ("a,b\n1,2\n", "ascii", "utf-8"),
    ],
)
def test_the_encoding_is_found_out(desk: Desk, content: str, codec: str, encoding: str) -> None:
    desk.put("loans.csv", content.encode(codec))
    text = desk.text()
    assert text.encoding == encoding
    assert read(text) == content.splitlines()


# Column names of sources.md, and what Big5 systems call them.
HEADER_WORDS = (
    "读者证号 读者条码 证件号 借阅证号 条码号 条形码 图书条码 财产号 登录号 索书号 题名 书名 "
    "正题名 借书日期 借出日期 借阅时间 外借时间 处理时间 操作日期 应还日期 还书日期 归还时间 "
    "还书时间 实还日期 续借时间 续借次数 馆藏地 馆藏地点 分馆 操作馆 姓名 读者姓名 办证日期 "
    "退证日期 注销日期 读者类型 操作类型 操作行为",
    "讀者證號 讀者條碼 證件號 借閱證號 條碼號 條形碼 圖書條碼 財產號 登錄號 索書號 題名 書名 "
    "正題名 借書日期 借出日期 借閱時間 外借時間 處理時間 操作日期 應還日期 還書日期 歸還時間 "
    "還書時間 實還日期 續借時間 續借次數 館藏地 館藏地點 分館 操作館 姓名 讀者姓名 辦證日期 "
    "退證日期 註銷日期 讀者類型 操作類型 操作行為",
)


@pytest.mark.parametrize(
    ("words", "codec", "encoding"),
    [
        (HEADER_WORDS[0], "gbk", "gb18030"),
        (HEADER_WORDS[1], "gbk", "gb18030"),
        (HEADER_WORDS[1], "big5", "big5"),
    ],
    ids=["simplified_gbk", "traditional_gbk", "traditional_big5"],
)
def test_two_column_names_tell_the_encoding(words: str, codec: str, encoding: str) -> None:
    names = words.split()
    for first in names:
        for second in names:
            assert likelier_encoding([f"{first},{second}\n".encode(codec)]) == encoding, first


@pytest.mark.parametrize(
    ("lines", "encoding"),
    [
        pytest.param(["编号", "#", "#", "#"], "utf-8", id="damaged_under_a_chinese_header"),
        pytest.param(["id", "中文", "文学院", "#"], "utf-8", id="damaged_utf_8"),
        pytest.param(["id", "中文", "文学院", "#"], "gb18030", id="damaged_gb18030"),
        pytest.param(["編號", "讀者", "文學院", "#"], "big5", id="damaged_big5"),
        pytest.param(["id", "1", "#"], "utf-8", id="nothing_but_damage"),
    ],
)
def test_damaged_lines_do_not_change_the_encoding(
    desk: Desk, lines: list[str], encoding: str
) -> None:
    desk.put("loans.csv", "\n".join(lines).encode(encoding).replace(b"#", b"\xff\xe4"))
    assert desk.text().encoding == encoding


def test_zeros_between_signs_do_not_make_a_text_utf_16(desk: Desk) -> None:
    desk.put("loans.csv", "card,b\0\n" + "001,a1\0\n" * 50)
    text = desk.text()
    assert (text.encoding, read(text)[1]) == ("utf-8", "001,a1 ")


def test_a_character_cut_off_at_the_end_refuses_the_last_line(desk: Desk) -> None:
    desk.put("a.csv", "证号,姓名\n1,张三".encode()[:-1])
    desk.put("b.csv", "证号,姓名\n1,张三".encode("utf-16")[:-1])
    for text in desk.texts():
        assert [line[:2] for line in read(text)] == ["证号", "\x021"]


@pytest.mark.parametrize("name", ["gbk", "GB2312", "cp936", "gb18030"])
def test_a_named_encoding_is_believed(desk: Desk, name: str) -> None:
    raw = "一".encode("gbk")  # valid UTF-8 by chance
    desk.put("loans.csv", raw)
    assert desk.text().encoding == "utf-8"
    text = desk.text(encoding=name)
    assert (text.encoding, read(text)) == ("gb18030", ["一"])


def test_a_byte_order_mark_proves_more_than_a_name(desk: Desk) -> None:
    desk.put("a.csv", SIMPLIFIED.encode("utf-16"))
    desk.put("b.csv", SIMPLIFIED.encode("utf-8-sig"))
    desk.put("c.csv", SIMPLIFIED.encode("gbk"))
    made = desk.texts(encoding="gbk")
    assert [text.encoding for text in made] == ["utf-16", "utf-8", "gb18030"]
    assert [read(text) for text in made] == [SIMPLIFIED.splitlines()] * 3


@pytest.mark.parametrize("name", ["klingon", "latin-1", "", "a\0b"])
def test_an_unknown_encoding_is_a_problem(desk: Desk, name: str) -> None:
    desk.put("loans.csv")
    with problem("encoding_unknown", name=name, names="utf-8, gb18030, big5, utf-16"):
        desk.texts(encoding=name)


# --- columns


@pytest.mark.parametrize(
    ("lines", "delimiter", "quote"),
    [
        (["a,b,c", "1,2,3"], ",", '"'),
        (["a\tb", "1,5\t2", "2,5\t3"], "\t", '"'),
        (["a;b", "1;2"], ";", '"'),
        (["a|b|c", "2018|10|15", "x|y|z"], "|", '"'),
        (["", "号", "1", "2"], ",", '"'),
        ([], ",", '"'),
        (["a,b", '"x;y;z",1', '"p;q;r",2'], ",", '"'),
        (["a,b,c", "1,红楼梦, 上册,2", "1,围城,2", "1,活着,2"], ",", '"'),
        (["a,日期", "1,2018|10|15", "2,2018|10|16"], ",", '"'),
        (["2019年借阅记录", "a;b", "1;2", "3;4"], ";", '"'),
        (["'a','b'", "'1,5','2'"], ",", "'"),
        (["a,b", "'tis,2", "'x',3", "y,4", "z,5"], ",", '"'),
        (["a|b", '"红楼梦"研究|1', "x|2"], "|", ""),
        (["a,b", '"never closed,1', "x,2"], ",", '"'),
        (["a,b", '"say ""x"", y",1'], ",", '"'),
    ],
)
def test_delimiter_and_quote_are_found_out(lines: list[str], delimiter: str, quote: str) -> None:
    assert delimiter_and_quote(lines) == (delimiter, quote)


# --- workbooks


def workbook(path: Path, cells: list[list[Any]], sheet: str = "借阅") -> Path:
    """Write a sheet, its values as Excel would hold them: (value, number format) or a value."""
    with xlsxwriter.Workbook(path, {"nan_inf_to_errors": True}) as book:
        add_sheet(book, sheet, cells)
    return path


def add_sheet(book: xlsxwriter.Workbook, name: str, cells: list[list[Any]]) -> Any:
    sheet = book.add_worksheet(name)
    for row, values in enumerate(cells):
        for column, value in enumerate(values):
            shown, form = value if isinstance(value, tuple) else (value, None)
            style = book.add_format({"num_format": form}) if form else None
            sheet.write(row, column, shown, style)
    return sheet


CELLS: list[tuple[Any, str]] = [
    (14010203456, "14010203456"),
    (440301198001011234, "440301198001011200"),  # all that Excel keeps: 15 digits, then zeros
    (-3.0, "-3"),
    (0.1, "0.1"),
    (1e-7, "0.0000001"),
    ("00123", "00123"),
    ("1.0", "1.0"),
    (" x ", " x "),
    (True, "1"),
    (False, "0"),
    (float("nan"), ""),
    ("a\tb\r\nc", "a b c"),
    ((date(2019, 3, 1), "yyyy-mm-dd"), "2019-03-01"),
    ((datetime(2019, 3, 1, 10, 20, 30), "yyyy/m/d h:mm"), "2019-03-01 10:20:30"),
    ((43525, "yyyy年m月d日"), "2019-03-01"),
    ((time(10, 20, 30), "hh:mm:ss"), "10:20:30"),
    ((time(0), "hh:mm:ss"), "00:00:00"),
    ((timedelta(hours=30, seconds=5), "[h]:mm:ss"), "30:00:05"),
    ((date(1900, 1, 1), "yyyy-mm-dd"), "1900-01-01"),
    ((14010203456, "0"), "14010203456"),
]


@pytest.fixture(scope="module")
def columns_read(tmp_path_factory: pytest.TempPathFactory) -> list[list[str]]:
    """Return what is read of a sheet with a column for each of CELLS, by column."""
    desk = Desk(tmp_path_factory.mktemp("cells"))
    # among others in its column: a type guessed for all would lose one of them
    columns = [
        ["证号", "0007", value, 1.5, (date(2020, 2, 29), "yyyy-mm-dd"), "完"] for value, _ in CELLS
    ]
    workbook(desk.folder / "book.xlsx", [list(row) for row in zip(*columns, strict=True)])
    text = desk.text()
    assert (text.name, text.encoding) == ("book.xlsx#借阅", "xlsx")
    assert (text.delimiter, text.quote) == ("\t", "")
    rows = [line.split("\t") for line in read(text)]
    return [list(column) for column in zip(*rows, strict=True)]


@pytest.mark.parametrize("place", range(len(CELLS)))
def test_a_cell_is_written_as_a_person_reads_it(columns_read: list[list[str]], place: int) -> None:
    value, shown = CELLS[place]
    column = columns_read[place]
    assert column[2] == shown or value == 440301198001011234
    assert column[3:] == ["1.5", "2020-02-29", "完"]


def test_the_number_of_a_row_is_that_of_its_line(desk: Desk) -> None:
    workbook(desk.folder / "book.xlsx", [[], [], ["证号", "题名"], [], [1, 2], [None, 3], [""]])
    assert read(desk.text()) == ["", "", "证号\t题名", "", "1\t2", "\t3"]


def test_sheets_that_show_something_are_texts_of_their_own(
    desk: Desk, capfd: pytest.CaptureFixture[str]
) -> None:
    with xlsxwriter.Workbook(desk.folder / "book.xlsx") as book:
        for name in ["读者", "借阅", "_lists"]:
            add_sheet(book, name, [["号"], [1]])
        add_sheet(book, "hidden", [["号"]]).hide()
        add_sheet(book, "blank", [])
        book.add_chartsheet("chart")
    assert desk.names() == ["book.xlsx#读者", "book.xlsx#借阅"]
    assert capfd.readouterr().err == ""


def test_a_workbook_in_a_zip_is_read(desk: Desk) -> None:
    book = workbook(desk.folder / "book.xlsx", [["号"], [7]])
    path = desk.zip({"b/book.xlsx": book.read_bytes()})
    text = desk.text(path)
    assert (text.name, read(text)) == ("export.zip/b/book.xlsx#借阅", ["号", "7"])


def old_workbook(path: Path, values: list[Any]) -> Path:
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("借阅")
    for row, value in enumerate(values):
        form = "YYYY-MM-DD HH:MM:SS" if isinstance(value, datetime) else "General"
        sheet.write(row, 0, value, xlwt.easyxf(num_format_str=form))
    book.save(str(path))
    return path


@pytest.mark.parametrize("name", ["book.xls", "book.xlsx"])
def test_an_old_workbook_is_read_whatever_its_suffix_says(desk: Desk, name: str) -> None:
    values = ["证号", "0012", 14010203456, datetime(2019, 3, 1, 10, 20, 30), True]
    old_workbook(desk.folder / name, values)
    text = desk.text()
    assert (text.name, text.encoding) == (f"{name}#借阅", "xls")
    assert read(text) == ["证号", "0012", "14010203456", "2019-03-01 10:20:30", "1"]


def test_a_damaged_workbook_is_a_problem(desk: Desk) -> None:
    for path in [
        workbook(desk.folder / "new.xlsx", [["号"]]),
        old_workbook(desk.folder / "old.xls", ["号"]),
    ]:
        path.write_bytes(path.read_bytes()[:2000])
        with problem("workbook_damaged", path=path):
            desk.texts(path)


def test_a_workbook_with_a_password_is_a_problem(desk: Desk) -> None:
    contents = "EncryptedPackage".encode("utf-16-le")
    new = desk.put("new.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + contents)
    old = old_workbook(desk.folder / "old.xls", ["号"])
    # its second record turned into the one that says how to decrypt the rest
    old.write_bytes(old.read_bytes().replace(b"\xe1\0\2\0", b"\x2f\0\2\0", 1))
    for path in (new, old):
        with problem("workbook_locked", path=path):
            desk.texts(path)


def test_a_workbook_that_shows_nothing_is_a_problem(desk: Desk) -> None:
    path = workbook(desk.folder / "book.xlsx", [["号"]], sheet="_lists")
    with problem("workbook_empty", path=path):
        desk.texts(path)


# --- parquet


def test_parquet_is_written_as_a_person_reads_it(desk: Desk) -> None:
    moment = datetime(2019, 3, 1, 10, 20, 30)
    shanghai = moment.replace(tzinfo=ZoneInfo("Asia/Shanghai"))
    columns: dict[str, tuple[Any, pa.DataType, str]] = {
        "证号": ("0012", pa.string(), "0012"),
        "tab\there": ("a\nb", pa.string(), "a b"),
        "whole": (14010203456.0, pa.float64(), "14010203456"),
        "large": (1e15, pa.float64(), "1000000000000000"),
        "share": (0.25, pa.float32(), "0.25"),
        "nan": (float("nan"), pa.float64(), ""),
        "count": (2**63, pa.uint64(), "9223372036854775808"),
        "price": (Decimal("12.50"), pa.decimal128(9, 2), "12.50"),
        "card": (Decimal("7.00"), pa.decimal128(9, 2), "7"),
        "is": (True, pa.bool_(), "1"),
        "day": (moment.date(), pa.date32(), "2019-03-01"),
        "at": (moment, pa.timestamp("ns"), "2019-03-01 10:20:30"),
        "zoned": (shanghai, pa.timestamp("ms", "Asia/Shanghai"), "2019-03-01 10:20:30+08:00"),
        "time": (moment.time(), pa.time64("us"), "10:20:30"),
        "span": (timedelta(hours=30, seconds=5), pa.duration("s"), "30:00:05"),
        "kind": ("借书", pa.dictionary(pa.int8(), pa.string()), "借书"),
        "nothing": (None, pa.null(), ""),
        "bytes": ("中".encode(), pa.binary(), "中"),
        "list": ([1, 2], pa.list_(pa.int8()), "[1, 2]"),
    }
    table = pa.table({name: pa.array([value], kind) for name, (value, kind, _) in columns.items()})
    pq.write_table(pa.concat_tables([table, table]), desk.folder / "loans.parquet")
    text = desk.text()
    header, *lines = read(text)
    assert header.split("\t") == [name.replace("\t", " ") for name in columns]
    assert [line.split("\t") for line in lines] == [[shown for _, _, shown in columns.values()]] * 2
    assert (text.name, text.encoding, text.delimiter) == ("loans.parquet", "parquet", "\t")


def test_parquet_of_many_batches_keeps_its_order(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("guanqing.intake.decoding.tables.ROWS_AT_ONCE", 3)
    path = desk.folder / "loans.parquet"
    pq.write_table(pa.table({"n": [*range(10)]}), path, row_group_size=4)
    assert read(desk.text()) == ["n", *string.digits]


def test_parquet_may_name_two_columns_alike(desk: Desk) -> None:
    table = pa.table([pa.array([1]), pa.array([2])], names=["n", "n"])
    pq.write_table(table, desk.folder / "loans.parquet")
    assert read(desk.text()) == ["n\tn", "1\t2"]


def test_damaged_parquet_is_a_problem(desk: Desk) -> None:
    path = desk.put("loans.parquet", b"PAR1" + bytes(100))
    with problem("parquet_damaged", path=path):
        desk.texts()
