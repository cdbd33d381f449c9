"""Templates are filled in by hand and read back by the plain layout, every row of them."""

import json
import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import fastexcel
import pytest
from typer.testing import CliRunner, Result
from workbooks import fill, part

from guanqing import cli
from guanqing.intake import layouts, templates
from guanqing.intake.decoding import texts
from guanqing.intake.loading import load
from guanqing.intake.reading.source_matching import open_texts
from guanqing.intake.templates.cells import OF_SYSTEMS, choices, example, fields_of, header
from guanqing.intake.templates.sheets import LISTS
from guanqing.problems import Problem
from guanqing.records import Field, Kind, code_names, kinds
from guanqing.store import Store

pytestmark = pytest.mark.slow  # half a minute together with its like: for CI

pytest_plugins = ["stores"]

every_kind = pytest.mark.parametrize("kind", kinds().values(), ids=list(kinds()))
in_both_languages = pytest.mark.parametrize("language", ["zh", "en"])


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GUANQING_LANG", "en")
    monkeypatch.setattr(cli.frame.out, "width", 200)


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    return tmp_path / "template.xlsx"


def run(*words: object) -> Result:
    result = CliRunner().invoke(cli.app, [str(word) for word in words])
    if result.exception and not isinstance(result.exception, SystemExit | Problem):
        raise result.exception
    return result


def cells(path: Path, sheet: str) -> list[tuple[str | None, ...]]:
    """Return the cells of a sheet as text."""
    loaded = fastexcel.read_excel(path).load_sheet(sheet, header_row=None, dtypes="string")
    return loaded.to_polars().rows()


def row(kind: Kind, language: str, number: int = 0) -> list[object]:
    """Return a line of examples; each number gives another key."""
    return [_another(found, example(found, language), number) for found in fields_of(kind)]


def _another(found: Field, cell: Any, number: int) -> object:
    if found.needed and isinstance(cell, date):
        return cell + timedelta(days=31 * number)
    if cell and (found.kind in ("text", "reader", "item", "loan") or found.name == "branch"):
        return f"{cell}{number}"
    return cell


# --- what is in a template


@every_kind
@in_both_languages
def test_a_template_has_the_header_of_every_field(
    kind: Kind, language: str, workbook: Path
) -> None:
    templates.write(workbook, [kind], language)
    (line, *others) = cells(workbook, templates.sheet_name(kind, language))
    expected = [header(found, language) for found in fields_of(kind)]
    assert list(line) == expected
    assert others == []
    assert len(set(expected)) == len(expected)


def test_only_what_a_system_alone_can_know_is_not_asked_for() -> None:
    for kind in kinds().values():
        left_out = kind.fields.keys() - {found.name for found in fields_of(kind)}
        assert left_out <= OF_SYSTEMS
        assert not any(kind.fields[name].needed for name in left_out)


def test_required_columns_look_different_and_say_so(workbook: Path) -> None:
    templates.write(workbook, [kinds()["visits"]])
    xml = part(workbook, "到馆人次")
    styles = dict(re.findall(r'<c r="([A-Z])1" s="(\d+)"', xml))
    needed = [found.needed for found in fields_of(kinds()["visits"])]
    assert needed == [False, True, False, True]
    assert styles["B"] == styles["D"] != styles["A"] == styles["C"]


def test_the_header_stays_in_sight(workbook: Path) -> None:
    templates.write(workbook, [kinds()["events"]])
    assert '<pane ySplit="1" topLeftCell="A2"' in part(workbook, "活动登记")


@every_kind
@in_both_languages
def test_every_code_is_offered_by_its_name(kind: Kind, language: str, workbook: Path) -> None:
    templates.write(workbook, [kind], language)
    listed = [choices(found, language) for found in fields_of(kind) if choices(found, language)]
    offered = [list(filter(None, column)) for column in zip(*cells(workbook, LISTS), strict=True)]
    assert all(one in offered for one in listed)
    xml = part(workbook, templates.sheet_name(kind, language))
    assert xml.count('type="list"') == len(listed)


def test_every_code_is_offered_but_the_one_that_says_nothing() -> None:
    for kind in kinds().values():
        for found in kind.fields.values():
            if found.kind == "code":
                named = {c: both[0] for c, both in code_names(found.list).items() if c != "unknown"}
                assert choices(found, "zh") == list(named.values()) != []


def test_a_wrong_date_is_answered_in_the_language_of_the_template(workbook: Path) -> None:
    for language, words in (("zh", "日期，年月日"), ("en", "A date: year, month, day")):
        templates.write(workbook, [kinds()["visits"]], language, replace=True)
        xml = part(workbook, templates.sheet_name(kinds()["visits"], language))
        assert re.search(rf'type="date"[^>]*error="{words}', xml)


def test_numbers_that_identify_are_cells_of_text(workbook: Path) -> None:
    # or 00123 becomes 123, and a barcode of 17 digits loses the last
    templates.write(workbook, [kinds()["card_events"]])
    kept = {"reader": "000123456789012345678"}
    values = [kept.get(f.name, example(f, "zh")) for f in fields_of(kinds()["card_events"])]
    fill(workbook, workbook.with_name("filled.xlsx"), {"办证与退证": [values]})
    assert kept["reader"] in cells(workbook.with_name("filled.xlsx"), "办证与退证")[1]


def test_branches_are_offered_and_another_may_be_typed(workbook: Path) -> None:
    templates.write(workbook, [kinds()["visits"]], branches={"JZ": "总馆", "YC": "榆次"})
    assert {line[0] for line in cells(workbook, LISTS)} == {"JZ", "YC"}
    assert re.search(r'type="list" errorStyle="information"', part(workbook, "到馆人次"))


@pytest.mark.parametrize("name", [templates.ALL, *kinds()])
@in_both_languages
def test_what_a_librarian_types_leads_to_a_template(
    name: str, language: str, workbook: Path
) -> None:
    asked = templates.chosen(name)
    templates.write(workbook, asked, language)
    sheets = [templates.sheet_name(kind, language) for kind in asked]
    names = fastexcel.read_excel(workbook).sheet_names
    assert names[: len(sheets)] == sheets
    assert all(name.startswith("_") for name in names[len(sheets) :])


def test_a_kind_may_be_called_by_its_name() -> None:
    assert templates.chosen("到馆人次") == templates.chosen("visits") == [kinds()["visits"]]


def test_an_unknown_kind_is_said_with_those_there_are() -> None:
    with pytest.raises(Problem) as caught:
        templates.chosen("visit")
    assert caught.value.key == "problem.unknown_template"
    assert "visits" in str(caught.value.values["names"])


# --- nothing but what was filled in is loaded


@in_both_languages
def test_notes_and_examples_are_never_read(language: str, workbook: Path, tmp_path: Path) -> None:
    asked = templates.chosen(templates.ALL)
    templates.write(workbook, asked, language)
    read = texts([workbook], tmp_path / "scratch")
    sheets = [templates.sheet_name(kind, language) for kind in asked]
    assert [found.name for found in read] == [f"{workbook.name}#{sheet}" for sheet in sheets]
    assert all(len(found.first_lines) == 1 for found in read)


def test_a_template_nobody_filled_in_changes_nothing(workbook: Path, tmp_path: Path) -> None:
    templates.write(workbook, templates.chosen(templates.ALL))
    store = Store(tmp_path / "store")
    report = load([workbook], "plain", store)
    assert report.load_number is None
    assert report.total("refused") == 0
    assert not store.link.exists()


@every_kind
@in_both_languages
def test_the_plain_layout_finds_every_column_of_a_template(
    kind: Kind, language: str, workbook: Path, tmp_path: Path
) -> None:
    templates.write(workbook, [kind], language)
    (read,) = texts([workbook], tmp_path / "scratch")
    (opened,), _ = open_texts([read], layouts.read("plain"))
    assert opened.source.kind.code == kind.code
    asked = [found.name for found in fields_of(kind)]
    assert opened.places == {name: (place,) for place, name in enumerate(asked, 1)}


@in_both_languages
def test_every_row_of_a_filled_template_is_loaded(
    language: str, workbook: Path, tmp_path: Path
) -> None:
    asked = templates.chosen(templates.ALL)
    templates.write(workbook, asked, language)
    rows = {
        templates.sheet_name(kind, language): [row(kind, language, n) for n in (0, 1)]
        for kind in asked
    }
    filled = tmp_path / "filled.xlsx"
    fill(workbook, filled, rows)
    store = Store(tmp_path / "store")
    report = load([filled], "plain", store)
    for file in report.files:
        sheet = file.file_name.rpartition("#")[2]
        assert (sheet, file.loaded + file.repaired) == (sheet, len(rows[sheet])), file.by_rule
        # the header may be counted or not: no row is anywhere else
        assert file.refused == 0, file.by_rule
    assert {file.file_name.rpartition("#")[2] for file in report.files} == rows.keys()


def test_dates_times_and_codes_arrive_as_they_were_meant(workbook: Path, tmp_path: Path) -> None:
    asked = [kinds()[code] for code in ("opening_hours", "events")]
    templates.write(workbook, asked)
    filled = tmp_path / "filled.xlsx"
    fill(workbook, filled, {"开放时间": [row(asked[0], "zh")], "活动登记": [row(asked[1], "zh")]})
    store = Store(tmp_path / "store")
    load([filled], "plain", store)
    records = store.current().with_suffix(".records.duckdb")
    with duckdb.connect(str(records), read_only=True) as connection:
        hours = connection.sql("select day, opens_at, closes_at from opening_hours").fetchall()
        events = connection.sql(
            "select kind, held_on, attendance_count, is_held from events"
        ).fetchall()
    assert [tuple(map(str, line)) for line in hours] == [("2019-03-01", "08:30:00", "18:30:00")]
    assert events == [("lecture", date(2019, 3, 9), 120, True)]


# --- the commands


def test_the_command_writes_a_template_and_says_how_to_load_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = run("template", "visits", "--lang", "en", "--store", tmp_path)
    assert result.exit_code == 0
    assert "guanqing load visits.xlsx --layout plain" in result.stderr
    assert cells(tmp_path / "visits.xlsx", "Gate counts") == [("Branch", "Day", "Hour", "Visits")]


def test_a_template_that_is_there_is_not_written_over(tmp_path: Path) -> None:
    path = tmp_path / "mine.xlsx"
    path.write_bytes(b"filled in")
    words = ("template", "visits", "--to", path, "--store", tmp_path)
    result = run(*words)
    assert isinstance(result.exception, Problem)
    assert result.exception.key == "problem.template_exists"
    assert path.read_bytes() == b"filled in"
    assert run(*words, "--replace").exit_code == 0
    assert path.read_bytes() != b"filled in"


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    result = run("template", "visits", "--to", tmp_path / "none" / "a.xlsx", "--store", tmp_path)
    assert isinstance(result.exception, Problem)
    assert result.exception.key == "problem.template_not_written"


def test_branches_of_a_simulated_library_are_not_offered(simulated: Path, tmp_path: Path) -> None:
    path = tmp_path / "visits.xlsx"
    run("template", "visits", "--to", path, "--store", simulated)
    assert 'type="list"' not in part(path, "到馆人次")


def test_branches_of_a_real_library_are_offered(real: Path, tmp_path: Path) -> None:
    path = tmp_path / "visits.xlsx"
    run("template", "visits", "--to", path, "--store", real)
    assert ("main",) in cells(path, LISTS)


def test_layouts_are_listed_with_what_they_read(tmp_path: Path) -> None:
    shown = run("layouts", "--store", tmp_path).stdout
    for name in layouts.names():
        assert name in shown
    assert "every kind of record" in shown


def test_layouts_as_json_mark_a_broken_one_of_the_librarys_own(tmp_path: Path) -> None:
    (tmp_path / "layouts").mkdir()
    (tmp_path / "layouts" / "ours.toml").write_text("nonsense = 1\n", encoding="utf-8")
    rows = json.loads(run("layouts", "--json", "--store", tmp_path).stdout)
    about = {found["name"]: found for found in rows}
    assert set(about) == {*layouts.names(), "ours"}
    assert about["seu"]["kinds"].keys() == {"loans", "readers"}
    assert (about["seu"]["is_own"], about["seu"]["problem"]) == (False, None)
    assert about["ours"]["is_own"]
    assert "nonsense" in about["ours"]["problem"]
