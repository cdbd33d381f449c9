"""What a person can do wrong, on the screen and on the command line: said, and nothing broken."""

import io
import os
import shutil
import socket
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from screens import MARKS, PAGES, head, htmls, marked, open_page, seen, told
from typer.testing import CliRunner, Result

from guanqing import cli, text, warehouse
from guanqing.problems import Problem
from guanqing.store import Store

pytest_plugins = ["stores"]

HOME = "pages/year/overview.py"
every_language = pytest.mark.parametrize("language", text.LANGUAGES)


def everything_in(folder: Path) -> dict[str, tuple[int, int]]:
    """Return the size and time of every file of a folder, to see that nothing was written."""
    return {
        str(path.relative_to(folder)): (path.lstat().st_size, path.lstat().st_mtime_ns)
        for path in sorted(folder.rglob("*"))
    }


# --- a library that cannot be read


def no_file(folder: Path) -> None:
    folder.mkdir()


def empty_file(folder: Path) -> None:
    folder.mkdir()
    (folder / "library.duckdb").touch()


def no_duckdb_file(folder: Path) -> None:
    folder.mkdir()
    (folder / "library.duckdb").write_text("借阅时间,册次\n2019-01-01,3\n", encoding="utf-8")


def another_duckdb_file(folder: Path) -> None:
    folder.mkdir()
    with duckdb.connect(str(folder / "library.duckdb")) as connection:
        connection.execute("create table cats (name varchar)")


def broken_link(folder: Path) -> None:
    folder.mkdir()
    (folder / "library.duckdb").symlink_to("generations/000009.duckdb")


def another_schema(folder: Path) -> None:
    folder.mkdir()
    with duckdb.connect(str(folder / "library.duckdb")) as connection:
        connection.execute("create table library as select 99 as schema_version")


UNREADABLE = {
    no_file: "no_library",
    broken_link: "link_dangling",
    empty_file: "not_a_library",
    no_duckdb_file: "not_a_library",
    another_duckdb_file: "not_a_library",
    another_schema: "schema_newer",
}
every_unreadable = pytest.mark.parametrize(
    ("make", "key"),
    [pytest.param(make, key, id=make.__name__) for make, key in UNREADABLE.items()],
)


def sentence(key: str, language: str, path: Path | str) -> str:
    """Return what is said of an unreadable library."""
    known = {"path": str(path), "found": "99", "wanted": str(warehouse.SCHEMA_VERSION)}
    known["gone"] = "000009.duckdb"
    return text.translate(f"problem.{key}", language, **known)


@every_language
@every_unreadable
def test_a_library_that_cannot_be_read_is_said_on_the_screen(
    tmp_path: Path, make: Callable[[Path], None], key: str, language: str
) -> None:
    store = tmp_path / "store"
    make(store)
    before = everything_in(store)
    app = open_page(HOME, store, language)
    assert not app.exception
    if key == "no_library":  # whoever comes first is told how to begin
        assert text.translate("begin.title", language) in "".join(htmls(app))
    else:  # where it lies on the machine is nothing for a browser
        assert told(app) == [sentence(key, language, "library.duckdb")]
    assert everything_in(store) == before


@every_language
@every_unreadable
def test_a_library_that_cannot_be_read_is_said_in_the_terminal(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    make: Callable[[Path], None],
    key: str,
    language: str,
) -> None:
    store = tmp_path / "store"
    make(store)
    before = everything_in(store)
    monkeypatch.setenv("GUANQING_LANG", language)
    for command in (["status"], ["query", "loans_by_class"]):
        said = refused(*command, "--store", str(store))
        assert sentence(key, language, store / "library.duckdb") in said
    assert everything_in(store) == before


def test_a_library_built_later_is_found_by_the_next_look(tmp_path: Path, empty: Path) -> None:
    store = tmp_path / "store"
    store.mkdir()
    begin = text.translate("begin.title", "zh")
    assert begin in "".join(htmls(open_page(HOME, store)))
    shutil.copytree(empty, store, dirs_exist_ok=True, symlinks=True)
    found = open_page("pages/library/sources.py", store)
    assert not told(found)
    assert begin not in "".join(htmls(found))


# --- an address that asks for what is not there


def warned(store: Path, language: str, **query: str) -> list[str]:
    app = open_page("pages/library/sources.py", store, language, **query)
    assert not app.exception
    return told(app)


@every_language
@pytest.mark.parametrize("asked", ["2017", "2019Q4", "2020-01"])
def test_a_period_outside_the_data_is_said_and_the_default_shown(
    simulated: Path, language: str, asked: str
) -> None:
    days = {"first_day": date(2018, 4, 1), "last_day": date(2019, 9, 30)}
    expected = text.translate("problem.period_outside", language, asked=asked, **days)
    assert warned(simulated, language, period=asked) == [expected]
    app = open_page("pages/service/classes.py", simulated, language, period=asked)
    assert text.day(date(2019, 1, 1), language) in head(app)


@every_language
@pytest.mark.parametrize("asked", ["2018-03-31", "2019-10-01"])
def test_an_as_of_day_outside_the_data_is_said_and_the_last_day_shown(
    simulated: Path, language: str, asked: str
) -> None:
    days = {"first_day": date(2018, 4, 1), "last_day": date(2019, 9, 30)}
    expected = text.translate("problem.as_of_outside", language, asked=asked, **days)
    assert warned(simulated, language, as_of=asked) == [expected]
    app = open_page("pages/library/sources.py", simulated, language, as_of=asked)
    shown = text.translate("app.as_of", language, day=date(2019, 9, 30))
    assert shown in head(app)


@every_language
@pytest.mark.parametrize(
    ("name", "asked"),
    [
        *(("period", asked) for asked in ["2019-13", "2019-02-29", "last year", "0000"]),
        *(("as_of", asked) for asked in ["2019-02-30", "yesterday", "1e9"]),
    ],
)
def test_what_is_no_date_is_said_to_be_none(
    simulated: Path, language: str, name: str, asked: str
) -> None:
    key = {"period": "no_such_period", "as_of": "no_such_day"}[name]
    expected = text.translate(f"problem.{key}", language, asked=asked)
    assert warned(simulated, language, **{name: asked}) == [expected]


def test_an_empty_value_is_as_good_as_none(simulated: Path) -> None:
    assert warned(simulated, "en", period="", as_of="", branch="") == []


@every_language
def test_a_target_that_is_not_in_the_plan_is_said_and_the_most_urgent_shown(
    simulated: Path, language: str
) -> None:
    app = open_page("pages/year/target.py", simulated, language, code="nope")
    expected = text.translate("problem.unknown_target", language, code="nope")
    assert told(app) == [expected]
    assert not app.exception


def test_of_a_year_without_a_plan_no_other_target_is_said_to_be_shown(simulated: Path) -> None:
    app = open_page("pages/year/target.py", simulated, code="lectures", as_of="2018-12-31")
    assert told(app) == []
    assert "没有2018年的计划" in " ".join(map(seen, htmls(app)))


@every_language
def test_an_unknown_branch_is_said_and_the_known_ones_are_kept(
    simulated: Path, language: str
) -> None:
    unknown = text.translate("problem.unknown_branch", language, code="XX")
    assert warned(simulated, language, branch="TG,XX") == [unknown]
    app = open_page("pages/service/classes.py", simulated, language, branch="TG,XX")
    assert {"zh": "太谷县图书馆", "en": "Taigu County Library"}[language] in head(app)
    assert app.session_state["filters"]["branches"] == ["TG"]


def test_an_unknown_language_is_chinese(simulated: Path) -> None:
    app = open_page(HOME, simulated, "fr")
    assert not app.exception
    assert "<h1>总览</h1>" in head(app)


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.few(2)
def test_marks_in_the_address_stay_text(simulated: Path, page: str) -> None:
    everything = ("as_of", "period", "branch", "lang", "code", "q", "embed")
    app = open_page(page, simulated, **dict.fromkeys(everything, MARKS))
    assert not app.exception
    for key in ("as_of", "period", "branch"):
        assert [words for words in told(app) if MARKS in words], key
    assert [words for words in marked(app) if "127.0.0.1" in words] == []
    assert [html for html in htmls(app) if "<b> **" in html] == []


anything = some.one_of(
    some.text(max_size=20),
    some.sampled_from(["9999", "9999-12", "0001", "2019Q0", "12m", "all", "custom", "TG,,TG", ","]),
    some.from_regex(r"\A\d{4}(-\d\d){0,2}\Z"),
    some.from_regex(r"\A\d{4}-\d\d-\d\d\.\.\d{4}-\d\d-\d\d\Z"),
    some.dates().map(str),
)


@pytest.mark.slow
@given(
    query=some.dictionaries(
        some.sampled_from(["period", "branch", "as_of", "lang", "embed_", "x"]), anything
    ),
    page=some.sampled_from(PAGES),
)
@settings(
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_no_address_breaks_a_page(simulated: Path, query: dict[str, str], page: str) -> None:
    app = open_page(page, simulated, **query)
    assert [error.message for error in app.exception] == []
    assert "gq-head" in head(app)


# --- the command line


def run(*words: str) -> Result:
    # main() turns a Problem into a sentence; the runner calls the app, which raises it
    return CliRunner().invoke(cli.app, list(words))


def refused(*words: str) -> str:
    """Return what is said of a command that a person must change."""
    result = run(*words)
    assert isinstance(result.exception, Problem), result.output
    values = {name: str(value) for name, value in result.exception.values.items()}
    return text.translate(result.exception.key, cli.frame.language(), **values)


@every_language
@pytest.mark.parametrize("command", [["demo"], ["load", "{real}", "--layout", "seu"]])
def test_a_store_that_cannot_be_written_is_said(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    real: Path,
    command: list[str],
    language: str,
) -> None:
    monkeypatch.setenv("GUANQING_LANG", language)
    store = tmp_path / "store"
    store.write_text("a file where the folder should be", encoding="utf-8")
    words = [word.format(real=real) for word in command]
    said = refused(*words, "--store", str(store))
    assert said == text.translate("problem.store_not_writable", language, path=str(store))
    assert store.read_text(encoding="utf-8") == "a file where the folder should be"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_store_without_the_right_to_write_is_said(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    said = refused("demo", "--store", str(tmp_path))
    tmp_path.chmod(0o700)
    assert said == text.translate("problem.store_not_writable", "en", path=str(tmp_path))


@every_language
@pytest.mark.parametrize("of", ["file", "folder", "named"])
def test_a_file_whose_name_is_no_text_is_refused_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, of: str, language: str
) -> None:
    """An unzip of a Windows archive leaves names of GBK; the engine said so in a traceback."""
    monkeypatch.setenv("GUANQING_LANG", language)
    name = os.fsdecode("借阅".encode("gbk"))
    folder = tmp_path / "export" / (name if of == "folder" else "loans")
    folder.mkdir(parents=True)
    path = folder / ("loans.csv" if of == "folder" else f"{name}.csv")
    path.write_text("借阅编号,读者证号,条码号,借书日期\n1,R1,B1,2024-03-01\n", encoding="utf-8")
    given = path if of == "named" else tmp_path / "export"
    monkeypatch.setattr(sys, "argv", ["guanqing", "load", str(given), "--layout", "plain"])
    monkeypatch.setenv("GUANQING_STORE", str(tmp_path / "store"))
    said = io.StringIO()
    monkeypatch.setattr(cli.frame.err, "_file", said)
    with pytest.raises(SystemExit) as left:
        cli.main()
    assert left.value.code == 2
    assert r"\udcbd\udce8" in said.getvalue()
    assert "convmv -f gbk" in said.getvalue()
    assert not (tmp_path / "store" / "library.duckdb").exists()


@every_language
def test_an_unknown_query_is_answered_with_the_names_there_are(
    monkeypatch: pytest.MonkeyPatch, empty: Path, language: str
) -> None:
    monkeypatch.setenv("GUANQING_LANG", language)
    said = refused("query", "loans_by_clas", "--store", str(empty))
    names = ", ".join(warehouse.paths())
    expected = text.translate("problem.unknown_query", language, name="loans_by_clas", names=names)
    assert said == expected
    assert "loans_by_class" in said


@every_language
def test_an_unknown_parameter_is_answered_with_those_there_are(
    monkeypatch: pytest.MonkeyPatch, empty: Path, language: str
) -> None:
    monkeypatch.setenv("GUANQING_LANG", language)
    said = refused("query", "plan_progress", "-p", "limit=3", "--store", str(empty))
    values = {"name": "plan_progress", "param": "limit", "known": "as_of, target"}
    assert said == text.translate("problem.unknown_param", language, **values)


@every_language
@pytest.mark.parametrize(
    ("param", "value", "wanted"),
    [
        ("start_date", "yesterday", "2019-01-31"),
        ("end_date", "2019-02-30", "2019-01-31"),
        ("end_date", "31.1.2019", "2019-01-31"),
        ("limit", "ten", "10"),
        ("limit", "1.5", "10"),
    ],
)
@pytest.mark.few(3)
def test_a_parameter_that_cannot_be_read_is_answered_with_an_example(
    monkeypatch: pytest.MonkeyPatch,
    empty: Path,
    language: str,
    param: str,
    value: str,
    wanted: str,
) -> None:
    monkeypatch.setenv("GUANQING_LANG", language)
    given_words = ["-p", f"{param}={value}", "--store", str(empty)]
    said = refused("query", "top_borrowers", *given_words)
    values = {"param": param, "value": value, "wanted": wanted}
    assert said == text.translate("problem.bad_param", language, **values)


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("top_borrowers", "limit=-1"),
        ("top_borrowers", "limit="),
        ("top_borrowers", "limit"),
        ("top_borrowers", "limit=99999999999999999999"),
        ("loans_by_class", "start_date=null"),
        ("loans_by_month", "start_date=0001-01-01"),
        ("reader_labels", "readers=99999999999999999999"),
        ("loans_by_class", "branches=,"),
    ],
)
@pytest.mark.few(2)
def test_an_odd_parameter_is_answered_with_rows_or_a_sentence(
    simulated: Path, query: str, words: str
) -> None:
    result = run("query", query, "-p", words, "--store", str(simulated), "-f", "csv")
    assert result.exception is None or isinstance(result.exception, Problem), result.exception


@every_language
def test_a_port_that_is_taken_is_said_before_anything_starts(
    monkeypatch: pytest.MonkeyPatch, empty: Path, language: str
) -> None:
    monkeypatch.setenv("GUANQING_LANG", language)
    monkeypatch.setattr(os, "execv", lambda *_: pytest.fail("the server was started"))
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        said = refused("serve", "--port", str(port), "--store", str(empty))
    assert said == text.translate("problem.port_taken", language, port=str(port))


def test_a_problem_is_a_sentence_and_exit_code_2(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["guanqing", "status", "--store", str(tmp_path)])
    with pytest.raises(SystemExit) as caught:
        cli.main()
    assert caught.value.code == 2
    printed: Any = capsys.readouterr()
    assert "✖" in printed.err
    assert "Traceback" not in printed.err
    assert printed.out == ""
    assert not Store(tmp_path).link.exists()


@pytest.mark.parametrize("page", ["people/released", "library/sources", "year/plan_desk"])
def test_the_head_of_a_page_of_the_whole_library_names_no_branch_chosen(
    simulated: Path, page: str
) -> None:
    found = head(open_page(f"pages/{page}.py", simulated, branch="TG", period="2018"))
    assert "晋中市图书馆" in found
    assert "太谷" not in found
    assert "2018年1月" not in found
