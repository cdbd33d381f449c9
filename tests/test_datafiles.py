"""Known facts are text in data/: an edit shows on the next view, a broken file is named."""

import sys
from pathlib import Path

import pytest
from edits import Edited
from screens import head, open_page, told

from guanqing import datafiles, measures, records, reference, text
from guanqing.access import roles, settings
from guanqing.datafiles import DataFile
from guanqing.intake.layouts import sources
from guanqing.intake.proposals import wording
from guanqing.intake.publishing import resolving
from guanqing.intake.validation import rules
from guanqing.paths import DATA
from guanqing.plan import planrules, priors
from guanqing.plan.making import columns
from guanqing.problems import Problem
from guanqing.registers import checks

pytest_plugins = ["stores", "edits"]

READERS: dict[str, DataFile[object]] = {
    "text.toml": text.load,
    "measures.toml": measures.load,
    "records.toml": records.kinds,
    "rules.toml": rules.rules,
    "checks.toml": checks.checks,
    "plan_measures.toml": planrules.plan_measures,
    "plan_desk.toml": columns.desk,
    "forecast.toml": priors.priors,
    "guesses.toml": wording.guesses,
    "server.toml": datafiles.reads("server.toml")(settings.read),
    "roles.toml": roles.policy,
    "classes.csv": resolving.scheme_classes,
    "codes.csv": records._codes,
    "cancel_reasons.csv": records._cancel_reasons,
    "holidays.csv": reference.CSV_FRAMES["holidays"],
    "spring_festivals.csv": reference.CSV_FRAMES["spring_festivals"],
}


def test_every_file_that_the_program_reads_at_the_top_of_data_is_here() -> None:
    there = {path.name for path in DATA.iterdir() if path.suffix in {".toml", ".csv"}}
    assert there == READERS.keys()


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
        "plan_desk.toml": ("计划数", "任务数"),
        "forecast.toml": ("likely = 0.6", "likely = 0.65"),
        "guesses.toml": ('"讀" = "读"', '"讀" = "念"'),
        "roles.toml": ("本机", "此机"),
        "server.toml": ("[]", '["library.example"]'),
        "classes.csv": ("\nA,A,", "\nAA,A,"),
        "codes.csv": ("Service desk", "Counter"),
        "cancel_reasons.csv": ("Moved away", "Gone away"),
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
    "no such days": (
        *("measures.toml", 'counted_over = "12m"', 'counted_over = "12x"'),
        *("counted_over", "active_borrower_count.counted_over"),
    ),
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
    "a measure of the plan without a name": (
        *("plan_measures.toml", 'name = { zh = "借阅册次", en = "loans" }\n', "", "[loan_count]"),
        "loan_count.name",
    ),
    "a flag in words": (
        *("plan_measures.toml", "is_metered = true", 'is_metered = "yes"', "is_metered"),
        "self_service_loan_count.is_metered",
    ),
    "no such reading": (
        *("plan_measures.toml", 'read_as = "weeks"', 'read_as = "week"', "read_as"),
        "opening_hours.read_as",
    ),
    "no such register": (
        *("plan_measures.toml", 'register = "visits"', 'register = "visit"', "register"),
        "visit_count.register",
    ),
    "no such event": (
        *("plan_measures.toml", 'event_kind = "lecture"', 'event_kind = "talk"', "event_kind"),
        "lecture_count.event_kind",
    ),
    "a measure of the plan lost": (
        *("plan_measures.toml", "[visit_count]", "[visits_count]", "", "visit_count"),
    ),
    "a measure's field unheard of": (
        *("plan_measures.toml", "most_a_day = 1", "most_per_day = 1", "most_per", "most_per_day"),
    ),
    "no such kind of field": (
        *("records.toml", 'loan = { kind = "loan"', 'loan = { kind = "lone"', "loan = {"),
        "loans.fields.loan.kind",
    ),
    "a code without its list": (
        *("records.toml", 'list = "channel"', 'list = "chanel"', "channel = {"),
        "loans.fields.channel.list",
    ),
    "a key of no field": (
        *("records.toml", 'key = ["loan"]', 'key = ["lone"]', "key = ", "loans.key"),
    ),
    "a field that is no table": (
        *(
            "records.toml",
            'loan = { kind = "loan"',
            "loan = 5 # {",
            "loan = 5",
            "loans.fields.loan",
        ),
    ),
    "fields lost": ("records.toml", "[loans.fields]", "[loans.field]", "[loans]", "loans.fields"),
    "a field lost": (
        *("records.toml", "parent = {", "parents = {", "[loans.fields]", "loans.fields.parent"),
    ),
    "a need in words": (
        *("records.toml", "needed = true", 'needed = "yes"', "loaned_at = {"),
        "loans.fields.loaned_at.needed",
    ),
    "no such outcome": (
        *("rules.toml", 'outcome = "repaired"', 'outcome = "mended"', "mended", ".outcome"),
    ),
    "a rule lost": ("rules.toml", "[invalid_text]", "[invalid_texts]", "", "invalid_text"),
    "a row too short": ("codes.csv", "desk,服务台,", "desk服务台", "desk", "name_zh"),
}


@pytest.mark.parametrize(("name", "old", "new", "at", "field"), BREAKS.values(), ids=BREAKS.keys())
@pytest.mark.few(3)
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


@pytest.mark.parametrize("content", [b"", b"# nothing\n"])
def test_an_empty_file_is_not_wrong_in_nothing(edited: Edited, content: bytes) -> None:
    edited.write("records.toml", content)
    datafiles.refresh()
    (fault,) = datafiles.faults()
    assert fault.field


def test_a_file_that_is_right_once_another_is_mended_is_read_then(edited: Edited) -> None:
    edited.replace("plan_measures.toml", 'event_kind = "lecture"', 'event_kind = "talk"')
    datafiles.refresh()
    assert {fault.path.name for fault in datafiles.faults()} == {"plan_measures.toml"}
    edited.replace(
        "codes.csv", "event_kind,lecture,", "event_kind,talk,谈话,Talks\nevent_kind,lecture,"
    )
    datafiles.refresh()
    assert not datafiles.faults()
    assert planrules.plan_measures()["lecture_count"].event_kind == "talk"


def test_what_is_held_against_a_file_never_readable_says_which(
    edited: Edited, monkeypatch: pytest.MonkeyPatch
) -> None:
    edited.write("codes.csv", b"list,code\n")
    for reader in (READERS["codes.csv"], READERS["records.toml"]):
        monkeypatch.setattr(reader, "last", None)
        monkeypatch.setattr(reader, "_version", None)
    for _ in range(2):  # of the second view the first has left everything as it was
        with pytest.raises(Problem) as caught:
            datafiles.refresh()
        assert caught.value.values["path"] == str(edited.folder / "codes.csv")
    monkeypatch.undo()


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
    title = 'title = { zh = "%s", en = "Sources" }'
    edited.replace("text.toml", title % "数据", title % "数据从哪里来")
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
