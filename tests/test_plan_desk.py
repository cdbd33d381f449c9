"""The page where the plan is made: who may, what is put, what is saved, and what comes of it."""

import re
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from screens import HOSTILE, MARKS, escaped_once, htmls, marked, open_page, seen, sit_here, told
from streamlit.testing.v1 import AppTest

from guanqing import own, plan, text
from guanqing.access import audit, tickets
from guanqing.access.people import Visitor
from guanqing.access.roles import policy
from guanqing.plan.making import saving
from guanqing.store import Store
from guanqing.ui import exports
from guanqing.ui.plan_desk import form, kinds, review
from guanqing.ui.shell import visitor

pytest_plugins = ["stores"]
pytestmark = pytest.mark.xdist_group("registers")

PAGE = "pages/year/plan_desk.py"
HEADER = "种类\t名称\t指标\t目标值\t单位"
LECTURES = "累计\t凤鸣讲坛\t讲座场次\t24\t场"


@pytest.fixture
def store(simulated: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    """Return a store of its own with the simulated library, which the page serves."""
    copy = shutil.copytree(simulated, tmp_path / "store", symlinks=True)
    monkeypatch.setenv("GUANQING_STORE", str(copy))
    sit_here(monkeypatch)
    return Store(copy)


@pytest.fixture
def bare(empty: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    """Return a store of its own with a real library that has no plan."""
    copy = shutil.copytree(empty, tmp_path / "bare", symlinks=True)
    monkeypatch.setenv("GUANQING_STORE", str(copy))
    sit_here(monkeypatch)
    return Store(copy)


def t(key: str, **values: object) -> str:
    return text.translate(f"plan_desk.{key}", "zh", **values)


def shown(app: AppTest) -> str:
    assert [error.message for error in app.exception] == []
    return re.sub(r"\s+", " ", " ".join(seen(html) for html in htmls(app)))


def press(app: AppTest, beginning: str) -> AppTest:
    (found,) = [one for one in app.button if str(one.key).startswith(beginning)]
    return found.click().run()


def widget(app: AppTest, kind: str, ending: str) -> Any:
    (found,) = [one for one in app.get(kind) if str(one.key).endswith(f"-{ending}")]
    return found


def choose(app: AppTest, code: str) -> AppTest:
    (box,) = [one for one in app.selectbox if str(one.key).startswith("plan-which-")]
    return box.set_value(code).run()


def paste(app: AppTest, words: str) -> AppTest:
    app.segmented_control(key="plan_way").set_value("paste").run()
    return app.text_area(key="plan-paste").set_value(words).run()


def save(app: AppTest, why: str = "理事会通过", by: str = "王芳") -> AppTest:
    app.text_input(key="plan_saved_by").set_value(by)
    (found,) = [one for one in app.text_input if str(one.key).startswith("plan-why-")]
    found.set_value(why)
    return press(app, "plan-save")


def folder(store: Store) -> Path:
    return own.of_store(store.root, is_simulated=True).targets


def loaded(store: Store, year: int = 2019) -> plan.Plan:
    return plan.load(year, folder(store))


# --- who may


@pytest.mark.parametrize("role", [code for code, role in policy().roles.items()])
def test_the_plan_is_made_by_the_director_alone(
    store: Store, monkeypatch: pytest.MonkeyPatch, role: str
) -> None:
    monkeypatch.setattr(visitor, "recognise", lambda **_: Visitor("a@b", "某人", role, "JZ"))
    app = open_page(PAGE, store.root)
    offered = [str(one.key) for one in app.button if str(one.key).startswith("put-")]
    assert bool(offered) == (role in ("director", "desk"))
    had = policy().role(role)
    assert ("read_plan" in had.may) == ("plan_desk" in had.pages)
    assert "plan" not in had.may or "read_plan" in had.may


@pytest.mark.slow
def test_a_head_of_department_reads_the_plan_and_its_history_and_changes_nothing(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(press(choose(open_page(PAGE, store.root), "exhibitions"), "out-"))
    here = Visitor("a@b", "某人", "department", None)
    monkeypatch.setattr(visitor, "recognise", lambda **_: here)
    app = open_page(PAGE, store.root)
    assert not told(app)
    assert re.search(r"凤鸣讲坛 累计 24 场", shown(app))
    (box,) = [one for one in app.selectbox if str(one.key).startswith("plan-version-")]
    box.set_value(1).run()
    assert "美术展览" in shown(app)
    assert [one.key for one in app.button if one.key != "plan-trial"] == []
    assert not app.text_input
    assert not app.text_area


def test_saving_asks_again_who_it_is(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    app = open_page(PAGE, store.root)
    press(choose(app, "lectures"), "out-")
    was = Visitor("a@b", "某人", "department", None)
    monkeypatch.setattr(visitor, "recognise", lambda **_: was)
    app.text_input(key="plan_saved_by").set_value("王芳")
    press(app, "plan-save")
    assert "lectures" in loaded(store).targets


# --- one by one


def test_a_target_that_is_put_in_and_saved_is_judged_at_once(store: Store) -> None:
    app = open_page(PAGE, store.root)
    widget(app, "text_input", "name_zh").set_value("志愿服务")
    widget(app, "selectbox", "measure").set_value("志愿者人次")
    widget(app, "text_input", "at_least").set_value("１，２００")
    widget(app, "text_input", "unit_zh").set_value("人次")
    press(app, "put-")
    words = shown(app)
    assert t("was_put", name="志愿服务") in words
    assert "volunteer_count" not in loaded(store).targets
    save(app)
    assert t("saved", year="2019") in shown(app)
    made = loaded(store).targets["volunteer_count"]
    assert (made.goal, made.name["zh"], made.unit["en"]) == (1200, "志愿服务", "人次")
    assert folder(store).parent.parent == store.root  # never the files of the checkout
    overview = open_page("pages/year/targets.py", store.root)
    assert "志愿服务" in " ".join(link.label for link in overview.get("page_link"))


def test_what_is_wrong_is_named_by_field_and_what_was_typed_stays(store: Store) -> None:
    app = open_page(PAGE, store.root)
    widget(app, "text_input", "name_zh").set_value("新目标")
    widget(app, "text_input", "at_least").set_value("很多")
    press(app, "put-")
    words = shown(app)
    assert t("not_put", count=2) in words
    assert f"目标值 很多 {t('because_no_number')}" in words
    assert f"指标 {t('because_missing')}" in words
    assert widget(app, "text_input", "name_zh").value == "新目标"
    assert not [one for one in app.button if one.key == "plan-discard"]


def test_a_name_that_is_taken_is_refused(store: Store) -> None:
    app = open_page(PAGE, store.root)
    widget(app, "text_input", "name_zh").set_value("凤鸣讲坛")
    widget(app, "selectbox", "measure").set_value("讲座场次")
    widget(app, "text_input", "at_least").set_value("3")
    press(app, "put-")
    assert t("because_name_taken") in shown(app)


def test_a_target_is_changed_and_what_it_had_besides_stays(store: Store) -> None:
    was = loaded(store).targets["lectures"]
    app = choose(open_page(PAGE, store.root), "lectures")
    widget(app, "text_input", "at_least").set_value("30")
    press(app, "put-2019-")
    assert "目标值：24 → 30" in shown(app)
    save(app)
    now = loaded(store).targets["lectures"]
    assert (now.goal, now.quality, now.clause) == (30, was.quality, was.clause)
    assert list(loaded(store).targets) == list(plan.load(2019, own.SIMULATED / "targets").targets)


@pytest.mark.slow
def test_a_milestone_is_made_likewise(store: Store) -> None:
    app = open_page(PAGE, store.root)
    (kinds,) = [one for one in app.segmented_control if str(one.key).startswith("plan-kind-")]
    kinds.set_value("milestone").run()
    widget(app, "text_input", "name_zh").set_value("古籍修复室")
    widget(app, "text_input", "due").set_value("2019年11月30日")
    press(app, "put-")
    save(app)
    (made,) = [one for one in loaded(store).milestones.values() if one.name["zh"] == "古籍修复室"]
    assert made.due == date(2019, 11, 30)


@pytest.mark.slow
def test_an_example_fills_the_form_and_can_be_put(store: Store) -> None:
    app = press(open_page(PAGE, store.root), "plan-example-by_month")
    assert widget(app, "text_input", "by_month").value == "3月=2；4月=3；5月=3；10月=4"
    widget(app, "text_input", "name_zh").set_value("另一个展览")
    press(app, "put-")
    save(app)
    assert loaded(store).targets["exhibition_count"].by_month == {3: 2, 4: 3, 5: 3, 10: 4}


@pytest.mark.few(9)
@pytest.mark.parametrize(("ours", "parts"), [("AB", {"A": 40, "B": 20}), ("A", {"A": 60})])
def test_an_example_has_the_branches_of_the_library(
    store: Store, monkeypatch: pytest.MonkeyPatch, ours: str, parts: dict[str, int]
) -> None:
    names = {code: {"zh": code, "en": code} for code in ours}
    monkeypatch.setattr(kinds, "branches", lambda: names)
    monkeypatch.setattr(form, "branches", lambda: names)
    monkeypatch.setattr(review, "branches", lambda: names)
    app = press(open_page(PAGE, store.root), "plan-example-by_branch")
    widget(app, "text_input", "name_zh").set_value("送书")
    press(app, "put-")
    save(app)
    assert loaded(store).targets["outreach_count"].by_branch == parts


@pytest.mark.slow
def test_a_goal_is_changed_within_the_year_with_its_reason(store: Store) -> None:
    app = choose(open_page(PAGE, store.root), "lectures")
    press(app, "put-plan-adjust-")
    assert text.translate("plan_desk.because_no_number", "zh") in shown(app)
    widget(app, "date_input", "since").set_value(date(2019, 7, 1))
    widget(app, "text_input", "to").set_value("28")
    widget(app, "text_input", "why").set_value("理事会决定")
    press(app, "put-plan-adjust-")
    save(app)
    (revision,) = loaded(store).targets["lectures"].revisions
    assert (revision.since, revision.goal) == (date(2019, 7, 1), 28)
    assert revision.reason["zh"] == "理事会决定"


@pytest.mark.slow
def test_a_plan_is_tried_on_what_is_recorded_before_it_is_saved(store: Store) -> None:
    app = choose(open_page(PAGE, store.root), "lectures")
    widget(app, "text_input", "at_least").set_value("3")
    press(app, "put-2019-")
    press(app, "plan-trial")
    words = shown(app)
    assert re.search(r"凤鸣讲坛 累计 3 场 \d+ ✔\s已达成", words)
    assert loaded(store).targets["lectures"].goal == 24
    app.segmented_control(key="plan_desk_year").set_value(2020).run()
    press(app, "plan-begin-2019")
    press(app, "plan-trial")
    words = shown(app)
    assert re.search(r"凤鸣讲坛 累计 24 场 \d+ ", words)
    assert text.translate("status.behind", "zh") not in words


# --- pasted


@pytest.mark.slow
def test_a_paste_is_shown_first_and_no_line_is_put_while_one_is_wrong(store: Store) -> None:
    app = open_page(PAGE, store.root)
    paste(app, f"{HEADER}\n{LECTURES.replace('24', '30')}\n累计\t展览\t美展\t很多\t场\n")
    words = shown(app)
    assert t("understood", lines=2, wrong=1) in words
    assert f"3 目标值 很多 {t('because_no_number')}" in words
    assert t("paste_refused") in words
    assert not [one for one in app.button if str(one.key).startswith("put-plan")]
    paste(app, f"{HEADER}\n{LECTURES.replace('24', '30')}\n累计\t新展览\t展览场次\t9\t场\n")
    press(app, "put-plan-rows")
    words = shown(app)
    assert "目标值：24 → 30" in words
    assert app.text_area(key="plan-paste").value == ""
    save(app)
    assert loaded(store).targets["lectures"].goal == 30
    assert loaded(store).targets["exhibition_count"].goal == 9
    assert len(loaded(store).milestones) == 16


@pytest.mark.slow
def test_a_table_may_be_the_whole_plan(store: Store) -> None:
    app = paste(open_page(PAGE, store.root), f"{HEADER}\n{LECTURES}")
    app.checkbox(key="plan-only").check().run()
    press(app, "put-plan-rows")
    save(app)
    assert [*loaded(store).targets] == ["lectures"]
    assert not loaded(store).milestones


@pytest.mark.slow
def test_the_text_of_a_file_is_taken_as_the_plan(store: Store) -> None:
    whole = (own.SIMULATED / "targets" / "2019.toml").read_text(encoding="utf-8")
    app = paste(open_page(PAGE, store.root), whole.replace("at_least = 24", "at_least = 25"))
    press(app, "put-plan-file")
    save(app)
    assert loaded(store).targets["lectures"].goal == 25
    paste(app, whole.replace('measure = "lecture_count"', 'measure = "lectur_count"'))
    (line,) = [n for n, words in enumerate(whole.split("\n"), 1) if '"lecture_count"' in words]
    assert f" {line} 凤鸣讲坛 指标 " in shown(app)
    paste(app, whole.replace("[[targets]]", "[[targets]", 1))
    assert "读不懂" in " ".join(told(app))


# --- saved


@pytest.mark.slow
def test_nothing_is_saved_without_a_name_and_a_reason(store: Store) -> None:
    app = press(choose(open_page(PAGE, store.root), "lectures"), "out-")
    save(app, by="")
    assert text.translate("registers.name_first", "zh") in shown(app)
    save(app, why=" ")
    assert t("why_first") in shown(app)
    assert "lectures" in loaded(store).targets
    save(app)
    assert "lectures" not in loaded(store).targets


def test_a_save_is_in_the_audit_and_one_that_failed_says_so(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(press(choose(open_page(PAGE, store.root), "lectures"), "out-"))
    (line,) = [one for one in audit.lines(audit.path_of(store.root)) if one.act == "planned"]
    assert line.about == {"year": "2019", "reason": "理事会通过"}


@pytest.mark.slow
def test_who_saved_when_and_why_stands_above_the_plan_and_the_history_leads_back(
    store: Store,
) -> None:
    app = press(choose(open_page(PAGE, store.root), "lectures"), "out-")
    save(app, why="讲坛停办")
    words = shown(app)
    assert re.search(r"王芳于2\d{3}年\S+ \d\d:\d\d保存：讲坛停办", words)
    assert t("history", count=1) in words
    app.selectbox(key="plan-version-2019").set_value(1).run()
    assert f"{t('done_taken')} 凤鸣讲坛" in shown(app)
    press(app, "plan-restore-1")
    assert "lectures" not in loaded(store).targets
    (why,) = [one for one in app.text_input if str(one.key).startswith("plan-why-")]
    assert why.value == t("restored", number="#1")
    save(app, why=why.value)
    assert "lectures" in loaded(store).targets
    assert [one.number for one in saving.history(folder(store), 2019)] == [2, 1]


@pytest.mark.slow
def test_of_two_who_save_the_second_is_told_and_can_look_first(store: Store) -> None:
    mine, theirs = (open_page(PAGE, store.root) for _ in range(2))
    press(choose(mine, "lectures"), "out-")
    press(choose(theirs, "exhibitions"), "out-")
    save(theirs, by="李明")
    (why,) = [one for one in mine.text_input if str(one.key).startswith("plan-why-")]
    why.set_value("x")
    mine.text_input(key="plan_saved_by").set_value("王芳")
    press(mine, "plan-save")
    assert "李明" in " ".join(told(mine))
    assert "lectures" in loaded(store).targets
    assert not [one for one in mine.button if one.key == "plan-save"]
    assert not [one for one in mine.button if one.key == "plan-give-way"]
    press(mine, "plan-go-on")
    save(mine)
    assert not {"lectures", "exhibitions"} & set(loaded(store).targets)


@pytest.mark.few(9)
@pytest.mark.parametrize(("pressed", "goal"), [("plan-go-on", 30), ("plan-give-way", 36)])
def test_what_both_changed_is_asked_and_the_rest_of_both_stays(
    store: Store, pressed: str, goal: int
) -> None:
    mine, theirs = (open_page(PAGE, store.root) for _ in range(2))
    for app, changes in (
        (mine, {"at_least": "30", "unit_zh": "次"}),
        (theirs, {"at_least": "36", "owner_zh": "宣传部"}),
    ):
        choose(app, "lectures")
        for name, words in changes.items():
            widget(app, "text_input", name).set_value(words)
        press(app, "put-2019-")
    save(theirs, by="李明")
    mine.run()
    assert re.search(r"凤鸣讲坛 目标值 30 36", shown(mine))
    press(mine, pressed)
    save(mine)
    made = loaded(store).targets["lectures"]
    assert (made.goal, made.unit["zh"], made.owner["zh"]) == (goal, "次", "宣传部")


@pytest.mark.slow
def test_of_two_who_add_a_target_of_one_measure_both_targets_stay(store: Store) -> None:
    mine, theirs = (open_page(PAGE, store.root) for _ in range(2))
    before = set(loaded(store).targets)
    for app, name in ((mine, "少儿借阅"), (theirs, "外借总量")):
        widget(app, "text_input", "name_zh").set_value(name)
        widget(app, "selectbox", "measure").set_value("借阅册次")
        widget(app, "text_input", "at_least").set_value("100")
        press(app, "put-")
    save(theirs, by="李明")
    mine.run()
    (listed,) = [one for one in htmls(mine) if t("done_added") in one and "少儿借阅" in one]
    assert "外借总量" not in listed  # it is neither changed nor taken out
    press(mine, "plan-go-on")
    save(mine)
    targets = loaded(store).targets
    added = {target.name["zh"] for code, target in targets.items() if code not in before}
    assert added == {"少儿借阅", "外借总量"}


def test_a_plan_that_cannot_be_read_is_replaced_and_kept(store: Store) -> None:
    its = own.to_change(store.current(), is_simulated=True).targets
    (its / "2019.toml").write_text("year = [", encoding="utf-8")
    app = paste(open_page(PAGE, store.root), f"{HEADER}\n{LECTURES}")
    assert t("unreadable") in " ".join(told(app))
    press(app, "put-plan-rows")
    save(app)
    assert [*loaded(store).targets] == ["lecture_count"]
    (kept,) = saving.history(folder(store), 2019)
    assert kept.text == "year = ["


# --- a year without a plan


@pytest.mark.slow
def test_another_year_begins_with_the_plan_of_this(store: Store) -> None:
    app = open_page(PAGE, store.root)
    app.segmented_control(key="plan_desk_year").set_value(2020).run()
    press(app, "plan-begin-2019")
    save(app)
    assert loaded(store, 2020).targets.keys() == loaded(store).targets.keys()


@pytest.mark.parametrize("page", ["pages/year/overview.py", "pages/year/targets.py"])
def test_a_library_without_a_plan_leads_to_where_it_is_made(
    bare: Store, monkeypatch: pytest.MonkeyPatch, page: str
) -> None:
    def links() -> list[str]:
        found = open_page(page, bare.root).get("page_link")
        return [link.proto.page for link in found if "plan_desk" in link.proto.page]

    assert len(links()) == 1
    monkeypatch.setattr(visitor, "recognise", lambda **_: Visitor("a@b", "某人", "council", None))
    assert links() == []


def test_a_real_library_makes_its_first_plan(bare: Store) -> None:
    app = open_page(PAGE, bare.root)
    assert t("only_simulated") not in shown(app)
    paste(app, f"{HEADER}\n{LECTURES}")
    press(app, "put-plan-rows")
    save(app)
    found = own.of_store(bare.root, is_simulated=False).targets
    (year,) = plan.years(found)
    assert plan.load(year, found).targets["lecture_count"].goal == 24


# --- words and files


@pytest.mark.slow
def test_whatever_people_write_is_words_and_not_html(store: Store) -> None:
    app = open_page(PAGE, store.root)
    paste(app, f"{HEADER}\t{HOSTILE}\n累计\t{HOSTILE}\t讲座场次\t{HOSTILE}\t场")
    assert escaped_once(app) >= 2
    paste(app, f"{HEADER}\n累计\t{HOSTILE}\t讲座场次\t3\t场")
    press(app, "put-plan-rows")
    save(app, why=HOSTILE, by=HOSTILE)
    assert escaped_once(app) >= 3
    paste(app, f"{HEADER}\n累计\t{MARKS}\t讲座场次\t3\t场")
    press(app, "put-plan-rows")
    save(app)
    assert not [words for words in marked(app) if MARKS in words]


def test_the_saved_plan_goes_out_with_a_ticket_of_whoever_may(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "browser", lambda: "a browser")
    app = open_page(PAGE, store.root)
    (address,) = re.findall(r"/export/([^\"]+)", " ".join(htmls(app)))
    ticket = tickets.redeem(address, "a browser")
    assert ticket.file_name == "模拟数据_2019年计划.toml"
    content, count = exports.plan_of(ticket)
    assert content == "# 模拟数据\n".encode() + (folder(store) / "2019.toml").read_bytes()
    assert count == 34
    assert not exports._sees(ticket, Visitor("a@b", "某人", "council", None))
