"""Known facts are text in data/: an edit shows on the next view, a broken file is named."""

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from screens import head, open_page, told

from guanqing import datafiles, measures, records, reference, text
from guanqing.datafiles import DataFile
from guanqing.intake.layouts import sources
from guanqing.intake.proposals import wording
from guanqing.intake.publishing import resolving
from guanqing.intake.validation import rules
from guanqing.paths import DATA
from guanqing.plan import planrules
from guanqing.problems import Problem
from guanqing.registers import checks
from guanqing.ui import gate

pytest_plugins = ["stores"]

READERS: dict[str, DataFile[object]] = {
    "text.toml": text.load,
    "measures.toml": measures.load,
    "records.toml": records.kinds,
    "rules.toml": rules.rules,
    "checks.toml": checks.checks,
    "plan_measures.toml": planrules.plan_measures,
    "guesses.toml": wording.guesses,
    "library.toml": resolving.library_facts,
    "server.toml": gate.settings,
    "classes.csv": resolving.scheme_classes,
    "codes.csv": records._codes,
    "cancel_reasons.csv": records._cancel_reasons,
    "holidays.csv": reference.CSV_FRAMES["holidays"],
    "spring_festivals.csv": reference.CSV_FRAMES["spring_festivals"],
}


class Edited:
    """A copy of data/ that the program reads, to be edited."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.edits = 0

    def replace(self, name: str, old: str, new: str) -> None:
        was = (self.folder / name).read_text(encoding="utf-8")
        assert old in was
        self.write(name, was.replace(old, new, 1).encode())

    def line_of(self, name: str, begun: str) -> int:
        lines = (self.folder / name).read_text(encoding="utf-8").split("\n")
        return next(
            (n for n, line in enumerate(lines, 1) if begun and begun in line and line[0] != "#"), 1
        )

    def write(self, name: str, content: bytes) -> None:
        path = self.folder / name
        path.write_bytes(content)
        self.edits += 1  # two edits of one test may fall into one tick of the clock
        os.utime(path, ns=(self.edits, self.edits))


@pytest.fixture
def edited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Edited]:
    folder = tmp_path / "data"
    folder.mkdir()
    files = [file for file in datafiles._files.values() if file.path.parent == DATA]
    for file in files:
        shutil.copy2(file.path, folder)
        monkeypatch.setattr(file, "path", folder / file.path.name)
    datafiles.refresh()
    yield Edited(folder)
    monkeypatch.undo()
    for file in files:
        file._version = None  # an edited copy may be as old as the original
    datafiles.refresh()
    assert not datafiles.faults()


def test_every_file_that_the_program_reads_at_the_top_of_data_is_here() -> None:
    apart = {"settings.toml"}  # part of a load
    there = {path.name for path in DATA.iterdir() if path.suffix in {".toml", ".csv"}}
    assert there - apart == READERS.keys()


@pytest.mark.parametrize("name", READERS)
def test_an_edit_holds_from_the_next_view_on(edited: Edited, name: str) -> None:
    was = READERS[name]()
    content = (edited.folder / name).read_text(encoding="utf-8")
    edits = {
        "text.toml": ("馆情", "馆况"),
        "measures.toml": ('en = "Loans"', 'en = "Lent"'),
        "records.toml": ("一行一次借阅", "每行一次"),
        "rules.toml": ("乱码", "不是文字"),
        "checks.toml": ("请核对这两个数", "请核对"),
        "plan_measures.toml": ("借阅册次", "借书册次"),
        "guesses.toml": ('"讀" = "读"', '"讀" = "念"'),
        "server.toml": ("[]", '["library.example"]'),
        "library.toml": ("晋中市图书馆", "另一个图书馆"),
        "classes.csv": ("\nA,A,", "\nAA,A,"),
        "codes.csv": ("Service desk", "Counter"),
        "cancel_reasons.csv": ("Left the city", "Moved away"),
        "holidays.csv": ("2018-01-01", "2018-01-02"),
        "spring_festivals.csv": ("2000-02-05", "2000-02-06"),
    }
    old, new = edits[name]
    assert old in content
    edited.replace(name, old, new)
    datafiles.refresh()
    now = READERS[name]()
    assert now.equals(was) is False if hasattr(now, "equals") else now != was
    assert not datafiles.faults()


# name of the file, what is replaced by what, what stands in the line to be named, and the field
BREAKS = {
    "no TOML": ("text.toml", 'title = { zh = "馆情"', 'title = { zh "馆情"', "title", ""),
    "no English": ("text.toml", ', en = "Guanqing" }', " }", "title", "app.title"),
    "a text lost": ("text.toml", "title = {", "titel = {", "[app]", "app.title"),
    "a value unheard of": ("text.toml", '"as of {day}"', '"as of {dya}"', "as_of", "app.as_of"),
    "a brace too few": ("text.toml", '"as of {day}"', '"as of {day"', "as_of", "app.as_of"),
    "a brace of no value": ("text.toml", '"as of {day}"', '"as of {day} {"', "as_of", "app.as_of"),
    "a form": ("text.toml", '"as of {day}"', '"as of {day:.1f}"', "as_of", "app.as_of"),
    "a conversion": ("text.toml", '"as of {day}"', '"as of {day!q}"', "as_of", "app.as_of"),
    "no name": ("text.toml", '"as of {day}"', '"as of {day} {}"', "as_of", "app.as_of"),
    "no such unit": ("measures.toml", '"count"', '"rato"', "unit", "loan_count.unit"),
    "no such direction": ("measures.toml", '"higher"', '"up"', "better", "loan_count.better"),
    "no such standard": (
        "measures.toml",
        '"iso_2789"',
        '"clcx"',
        "standard",
        "loan_count.standard",
    ),
    "no such column": (
        *("measures.toml", 'cases = "loan_count"', 'cases = "circulation_headline.gone"'),
        *("cases", "loan_count.cases"),
    ),
    "no query": (
        *("measures.toml", 'cases = "loan_count"', 'cases = "gone"'),
        *("cases", "loan_count.cases"),
    ),
    "no measure of the plan": (
        *("measures.toml", 'counted_as = "card_holder_count"', 'counted_as = "card_holders"'),
        *("card_holders", "card_holder_count.counted_as"),
    ),
    "no such kind": ("cancel_reasons.csv", ",abnormal,", ",abnormalx,", "abnormalx", "kind"),
    "no unit": ("measures.toml", 'unit = "count"\n', "", "[loan_count]", "loan_count.unit"),
    "a number for words": (
        *("measures.toml", 'label = { zh = "借阅册次", en = "Loans" }', "label = 5"),
        *("label", "loan_count.label"),
    ),
    "a field unheard of": ("rules.toml", "[invalid_text]", "[invalid_text]\nx = 1", "x =", "x"),
    "no day": ("holidays.csv", "2018-01-01", "2018-02-30", "2018-02-30", "last_day"),
    "a row too short": ("codes.csv", "desk,服务台,", "desk服务台", "desk", "name_zh"),
}


@pytest.mark.parametrize(("name", "old", "new", "at", "field"), BREAKS.values(), ids=BREAKS.keys())
def test_a_file_that_breaks_is_named_and_stays_as_it_was(
    edited: Edited, name: str, old: str, new: str, at: str, field: str
) -> None:
    was, content = READERS[name](), (edited.folder / name).read_bytes()
    edited.replace(name, old, new)
    datafiles.refresh()
    reader = reference.CSV_FRAMES.get(name.removesuffix(".csv"), READERS[name])
    assert reader.fault
    assert READERS[name]() is was or reader is not READERS[name]
    (fault,) = datafiles.faults()
    assert fault.path == edited.folder / name
    assert fault.line == edited.line_of(name, at)
    assert field in fault.field
    edited.write(name, content)
    datafiles.refresh()
    assert not datafiles.faults()


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", None])
@pytest.mark.parametrize("name", ["text.toml", "codes.csv"])
def test_a_file_emptied_lost_or_in_no_encoding_is_named_too(
    edited: Edited, name: str, content: bytes | None
) -> None:
    was = READERS[name]()
    if content is None:
        (edited.folder / name).unlink()
    else:
        edited.write(name, content)
    datafiles.refresh()
    assert READERS[name]() is was
    assert {fault.path.name for fault in datafiles.faults()} == {name}


def test_what_was_made_of_a_file_is_made_anew(edited: Edited) -> None:
    before = sources.plain()
    edited.replace("records.toml", '"借出日期"', '"外借于"')
    datafiles.refresh()
    assert sources.plain() != before
    assert wording.likeness("外借于", records.kinds()["loans"].fields["loaned_at"])[0] == 1


@pytest.mark.parametrize("language", text.LANGUAGES)
def test_a_page_shows_an_edit_and_says_which_file_is_broken(
    edited: Edited, empty: Path, language: str
) -> None:
    page = "pages/library/sources.py"
    edited.replace(
        "text.toml", '[sources]\ntitle = { zh = "数据"', '[sources]\ntitle = { zh = "数据从哪里来"'
    )
    edited.replace("measures.toml", 'unit = "count"\n', "")
    app = open_page(page, empty, language)
    assert not app.exception
    line = str(edited.line_of("measures.toml", "[loan_count]"))
    path = edited.folder / "measures.toml"
    values = {"path": str(path), "line": line, "field": "loan_count.unit"}
    said = text.translate("app.data_fault", language, **values)
    assert said in told(app)
    assert ("数据从哪里来" in head(app)) == (language == "zh")


@pytest.mark.parametrize("language", text.LANGUAGES)
@pytest.mark.parametrize("name", ["text.toml", "measures.toml"])
def test_a_file_broken_from_the_start_is_a_problem(
    edited: Edited, monkeypatch: pytest.MonkeyPatch, name: str, language: str
) -> None:
    edited.write(name, b"[app]\ntitle =")
    reader = READERS[name]
    monkeypatch.setattr(reader, "last", None)
    monkeypatch.setattr(reader, "_version", None)
    with pytest.raises(Problem) as caught:
        datafiles.refresh()
    said = text.translate(caught.value.key, language, **caught.value.values)
    assert f"{edited.folder / name}" in said
    assert "2" in said
    monkeypatch.undo()


def test_looking_whether_files_were_edited_costs_a_view_next_to_nothing(edited: Edited) -> None:
    calls = []
    sys.setprofile(lambda frame, event, arg: calls.append(frame) if event == "call" else None)
    try:
        datafiles.refresh()
    finally:
        sys.setprofile(None)
    assert len(calls) < 20 * len(datafiles._files)
