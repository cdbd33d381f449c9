"""The page of registers: what is entered, by whom, and what comes of it."""

import io
import os
import re
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from screens import HOSTILE, escaped_once, htmls, open_page, seen, sit_here, told
from streamlit.testing.v1 import AppTest

from guanqing import text, warehouse
from guanqing.access.people import Visitor
from guanqing.intake.loading import load
from guanqing.locks import holding
from guanqing.registers import journal
from guanqing.store import Store
from guanqing.ui.registers.worksheet import template
from guanqing.ui.shell import visitor

pytest_plugins = ["stores"]
pytestmark = pytest.mark.xdist_group("registers")

PAGE = "pages/library/registers.py"
EVENTS = """活动类型,活动名称,活动日期,分馆,参加人数,主讲人职称职务
讲座,家风,2019-03-09,JZ,120,正高级
讲座,文脉,2019-04-13,JZ,80,
"""


def two_lectures(folder: Path) -> None:
    (folder / "活动.csv").write_text(EVENTS, encoding="utf-8")
    load([folder / "活动.csv"], "plain", Store(folder / "store"))


@pytest.fixture
def store(own: Callable[..., Store], monkeypatch: pytest.MonkeyPatch) -> Store:
    """Return the store of a real library with two lectures, which the page serves."""
    found = own("two_lectures", two_lectures)
    monkeypatch.setenv("GUANQING_STORE", str(found.root))
    sit_here(monkeypatch)
    return found


@pytest.fixture
def app(store: Store) -> AppTest:
    """Return the page with somebody at it who has given a name."""
    app = open_page(PAGE, store.root)
    app.text_input(key="entered_by").set_value("王芳").run()
    return app


def shown(app: AppTest) -> str:
    assert [error.message for error in app.exception] == []
    return re.sub(r"\s+", " ", " ".join(seen(html) for html in htmls(app)))


def t(key: str, **values: object) -> str:
    return text.translate(f"registers.{key}", "zh", **values)


def entries(store: Store) -> list[journal.Entry]:
    return journal.read(journal.path_of(store.current()))


def rows(store: Store, sql: str = "from events order by held_on, title") -> list[dict[str, Any]]:
    with warehouse.connect(store.current()) as connection:
        found: list[dict[str, Any]] = connection.sql(sql).pl().to_dicts()
    return found


def widget(app: AppTest, kind: str, ending: str) -> Any:
    """Return the widget of a field in the form that is open."""
    (found,) = [one for one in app.get(kind) if str(one.key).endswith(f"-{ending}")]
    return found


def press(app: AppTest, beginning: str) -> AppTest:
    (found,) = [one for one in app.button if str(one.key).startswith(beginning)]
    return found.click().run()


def go(app: AppTest, way: str) -> AppTest:
    return app.segmented_control(key="register_way").set_value(way).run()


def fill_in(app: AppTest, title: str = "新讲座", day: date = date(2019, 5, 1)) -> AppTest:
    widget(app, "selectbox", "kind").set_value("lecture").run()
    widget(app, "text_input", "title").set_value(title)
    widget(app, "date_input", "held_on").set_value(day)
    return app


def mend(app: AppTest, title: str) -> AppTest:
    go(app, "mend")
    box = app.selectbox(key="mend-events")
    (chosen,) = [option for option in box.options if title in option]
    return box.select(chosen).run()


def paste(app: AppTest, words: str) -> AppTest:
    go(app, "paste")
    return app.text_area(key="paste-events").set_value(words).run()


# --- who may enter what


def test_what_is_decided_on_the_plan_is_entered_by_whom_may_decide(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    librarian = Visitor("sun@x", "孙", "librarian")
    monkeypatch.setattr(visitor, "recognise", lambda **_: librarian)
    app = open_page(PAGE, store.root)
    fill_in(app)
    assert any(str(one.key).startswith("save-new") for one in app.button)
    refusal = text.translate("problem.not_for_role", "zh", role="系统馆员")
    for register in ("plan_notes", "milestone_states"):
        app.segmented_control(key="register").set_value(register).run()
        assert refusal in told(app)
        assert not any(str(one.key).startswith("save-new") for one in app.button)


# --- rows and where they come from


def test_a_loaded_row_names_its_file_and_who_loaded_it(app: AppTest) -> None:
    words = shown(app)
    assert t("rows", name="活动登记", count="2") in words
    assert re.search(r"2019年3月9日 讲座 · 家风 .*?活动\.csv \S+@\S+ 装载，\d{4}年", words)
    assert t("only_simulated") not in words


def test_a_row_can_be_found_by_a_word_of_its_own_or_of_its_codes(app: AppTest) -> None:
    for word, title in (("家风", True), ("文脉", False), ("正高级", True), ("讲座 家风", True)):
        app.text_input(key="filter-events").set_value(word).run()
        assert ("讲座 · 家风" in shown(app)) == title, word
    app.text_input(key="filter-events").set_value("无此事").run()
    assert t("nothing_found") in shown(app)


def test_a_simulated_library_says_that_entries_are_of_the_simulation(
    simulated: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = shutil.copytree(simulated, tmp_path / "copy", symlinks=True)
    monkeypatch.setenv("GUANQING_STORE", str(copy))
    sit_here(monkeypatch)
    app = open_page(PAGE, copy)
    assert t("only_simulated") in shown(app)
    app.text_input(key="entered_by").set_value("王芳").run()
    press(fill_in(app), "save-new")
    (entry,) = entries(Store(copy))
    assert entry.is_simulated


@pytest.mark.parametrize("register", ["visits", "surveys", "opening_hours", "plan_notes"])
@pytest.mark.parametrize("way", ["new", "paste", "mend"])
@pytest.mark.few(3)
def test_every_register_can_be_entered_in_every_way(app: AppTest, register: str, way: str) -> None:
    app.segmented_control(key="register").set_value(register).run()
    go(app, way)
    shown(app)


# --- one row


def test_a_row_typed_in_is_in_the_register_at_once_with_who_and_when(
    app: AppTest, store: Store
) -> None:
    press(fill_in(app), "save-new")
    words = shown(app)
    assert t("saved", row="2019年5月1日 · 讲座 · 新讲座 · JZ") in words
    assert "没有填主讲人职称职务" in words
    assert t("rows", name="活动登记", count="3") in words
    assert re.search(r"新讲座.*?王芳 \d{4}年", words)
    assert [row["title"] for row in rows(store)] == ["家风", "文脉", "新讲座"]
    assert rows(store)[2]["is_held"]


def test_only_what_the_kind_of_event_has_is_asked(app: AppTest) -> None:
    asked = {
        "lecture": {"speaker_rank"},
        "exhibition": {"work_count", "wall_metres"},
        "outreach": {"place_kind"},
        "mobile_trip": {"loan_count"},
        "featured": set(),
    }
    special = set().union(*asked.values())
    for kind, fields in asked.items():
        widget(app, "selectbox", "kind").set_value(kind).run()
        keys = [str(w.key) for k in ("selectbox", "number_input") for w in app.get(k)]
        assert {name for name in special if any(k.endswith(f"-{name}") for k in keys)} == fields


def test_nothing_is_entered_without_a_name(store: Store) -> None:
    app = open_page(PAGE, store.root)
    press(fill_in(app), "save-new")
    assert t("name_first") in shown(app)
    assert entries(store) == []
    assert widget(app, "text_input", "title").value == "新讲座"


def test_what_must_be_there_is_asked_for_and_what_was_typed_stays(
    app: AppTest, store: Store
) -> None:
    widget(app, "text_input", "title").set_value("新讲座")
    press(app, "save-new")
    assert t("missing", names="活动类型、活动日期") in shown(app)
    assert widget(app, "text_input", "title").value == "新讲座"
    assert entries(store) == []


def test_a_row_that_is_there_is_not_written_over_without_a_reason(
    app: AppTest, store: Store
) -> None:
    fill_in(app, "家风", date(2019, 3, 9))
    widget(app, "number_input", "attendance_count").set_value(150)
    widget(app, "selectbox", "speaker_rank").set_value("full_senior")
    press(app, "save-new")
    assert "参加人数：120 → 150" in shown(app)
    assert entries(store) == []
    widget(app, "text_input", "#why").set_value("按签到表补上")
    press(app, "save-new")
    (entry,) = entries(store)
    assert (entry.why, entry.was["attendance_count"]) == ("按签到表补上", 120)  # type: ignore[index]
    assert rows(store)[0]["attendance_count"] == 150


def test_the_same_row_is_not_entered_twice(app: AppTest, store: Store) -> None:
    fill_in(app, "文脉", date(2019, 4, 13))
    widget(app, "number_input", "attendance_count").set_value(80)
    press(app, "save-new")
    assert t("there_already") in shown(app)
    assert entries(store) == []


def test_a_row_that_does_not_fit_together_is_refused_in_words(app: AppTest, store: Store) -> None:
    app.segmented_control(key="register").set_value("feedback").run()
    widget(app, "text_input", "case_number").set_value("2019-001")
    widget(app, "date_input", "received_on").set_value(date(2019, 3, 2))
    widget(app, "date_input", "answered_on").set_value(date(2019, 3, 1))
    press(app, "save-new")
    assert "答复日期 2019-03-01 早于收到日期 2019-03-02" in shown(app)
    assert entries(store) == []


# --- corrections


def test_a_correction_asks_for_a_reason_and_keeps_what_was(app: AppTest, store: Store) -> None:
    mend(app, "家风")
    widget(app, "number_input", "attendance_count").set_value(150)
    press(app, "save-mend")
    assert t("why_first") in shown(app)
    assert entries(store) == []
    widget(app, "text_input", "#why").set_value("漏计一批")
    press(app, "save-mend")
    words = shown(app)
    assert "参加人数：120 → 150" in words
    assert "原因 漏计一批" in words
    assert rows(store)[0]["attendance_count"] == 150
    assert re.search(rf"王芳 {t('done_changed')} ", words)


def test_a_correction_of_the_key_moves_the_row_in_one_batch(app: AppTest, store: Store) -> None:
    mend(app, "家风")
    widget(app, "text_input", "title").set_value("家风家训")
    widget(app, "text_input", "#why").set_value("全名")
    press(app, "save-mend")
    assert [row["title"] for row in rows(store)] == ["家风家训", "文脉"]
    taken, put = entries(store)
    assert (taken.values, put.was["title"]) == (None, "家风")  # type: ignore[index]


def test_a_correction_onto_another_row_is_refused(app: AppTest, store: Store) -> None:
    mend(app, "家风")
    widget(app, "text_input", "title").set_value("文脉")
    widget(app, "date_input", "held_on").set_value(date(2019, 4, 13))
    widget(app, "text_input", "#why").set_value("x")
    press(app, "save-mend")
    assert entries(store) == []
    assert "已有另一行" in shown(app)


def test_a_row_can_be_taken_away_and_its_history_stays(app: AppTest, store: Store) -> None:
    mend(app, "家风")
    widget(app, "text_input", "#why").set_value("重复登记")
    press(app, "away-mend")
    words = shown(app)
    assert [row["title"] for row in rows(store)] == ["文脉"]
    assert "撤去 2019年3月9日 · 讲座 · 家风" in words
    assert "原因 重复登记" in words


# --- pasted

PASTED = (
    "活动类型\t活动名称\t活动日期\t参加人数\n"
    "讲座\t家风\t2019/3/9\t150\n讲座\t文脉\t2019-04-13\t80\n"
    "美术展览\t春\t2019-05-04\t九百\n馆内特色活动\t手工\t2019-05-05\t20"
)


def test_a_paste_is_shown_before_anything_is_saved_and_what_was_refused_stays(
    app: AppTest, store: Store
) -> None:
    paste(app, PASTED)
    words = shown(app)
    counts = {"lines": 5, "added": 1, "corrected": 1, "known": 1, "refused": 1, "aside": 1}
    assert t("understood", **counts) in words
    assert f"4 参加人数 九百 {t('because_unreadable_count')}" in words
    assert entries(store) == []
    press(app, "save-paste")
    assert t("why_first") in shown(app)
    app.text_input(key="paste-events-why").set_value("按签到表").run()
    press(app, "save-paste")
    assert t("saved_rows", count=2) in shown(app)
    header, *_, refused, _ = PASTED.split("\n")
    assert app.text_area(key="paste-events").value == f"{header}\n{refused}"
    found = {row["title"]: row for row in rows(store)}
    assert found["家风"]["attendance_count"] == 150
    assert found["家风"]["speaker_rank"] == "full_senior"  # its column was not copied
    assert found["手工"]["stated_by"] == "王芳"
    assert "文脉" not in [entry.key["title"] for entry in entries(store)]


def test_a_paste_that_is_no_table_of_the_register_says_what_is_missing(app: AppTest) -> None:
    paste(app, "活动类型\t活动名称\n讲座\t家风")
    assert "没有“活动日期”这一列" in shown(app)


def test_the_template_is_that_of_the_register(app: AppTest) -> None:
    go(app, "paste")
    keys = [element.key for element in app.get("download_button")]
    assert "download-template" in keys
    written = io.BytesIO(template("inspections", "zh", {}))
    sheet = pl.read_excel(written, sheet_name="阅读点检查")
    assert sheet.columns[:2] == ["阅读点", "检查日期"]


@pytest.mark.slow
def test_whatever_people_write_is_words_and_not_html(store: Store, tmp_path: Path) -> None:
    named = tmp_path / f"{HOSTILE}.csv"
    named.write_text(EVENTS.replace("文脉", "灯谜"), encoding="utf-8")
    os.utime(named, (1_500_000_000, 1_500_000_000))  # rows say which file by when it was written
    load([named], "plain", store)
    branches = tmp_path / "分馆.csv"
    quoted = HOSTILE.replace('"', '""')
    branches.write_text(f'馆代码,馆名\nJZ,"{quoted}"\n', encoding="utf-8")
    load([branches], "plain", store)
    app = open_page(PAGE, store.root)
    assert escaped_once(app) == 4  # the branch of three rows, the file of one
    app.text_input(key="entered_by").set_value(HOSTILE).run()
    mend(app, "家风")
    widget(app, "text_input", "title").set_value(HOSTILE)
    widget(app, "text_input", "#why").set_value(HOSTILE)
    press(app, "save-mend")
    typed = escaped_once(app)
    assert typed > 4
    paste(app, PASTED.replace("手工", HOSTILE).replace("九百", HOSTILE))
    assert escaped_once(app) > typed


# --- who may, and what goes wrong


def test_a_visitor_from_elsewhere_sees_one_sentence_and_nothing_to_use(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = open_page(PAGE, store.root)
    sit_here(monkeypatch, "10.0.0.7")
    app.run()
    assert text.translate("problem.not_this_machine", "zh") in shown(app)
    assert not [one for one in app.button if str(one.key).startswith("save")]
    assert "家风" not in shown(app)


def test_saving_asks_again_where_the_visitor_sits(
    app: AppTest, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill_in(app)
    sit_here(monkeypatch, "10.0.0.7")
    press(app, "save-new")
    assert entries(store) == []


def test_who_else_is_writing_is_said_and_what_was_typed_stays(app: AppTest, store: Store) -> None:
    fill_in(app)
    with holding(store.root / "journal.lock", "journal") as holder:
        press(app, "save-new")
        assert holder.who in shown(app)
    assert widget(app, "text_input", "title").value == "新讲座"
    press(app, "save-new")
    assert len(entries(store)) == 1


def test_a_broken_line_of_the_journal_is_told_and_the_others_hold(
    app: AppTest, store: Store
) -> None:
    press(fill_in(app), "save-new")
    path = journal.path_of(store.current())
    path.write_bytes(b"broken\n" + path.read_bytes())
    app.run()
    assert "（第 1 行）" in told(app)[0]
    assert "guanqing verify --mend" in told(app)[0]
    assert not app.exception
