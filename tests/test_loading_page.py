"""The page that loads: what it shows before, during and after, and to whom."""

import io
import re
import shutil
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from screens import (
    CAUGHT_WHEN_SERVED,
    HOSTILE,
    MARKS,
    escaped_once,
    head,
    htmls,
    marked,
    open_page,
    seen,
    sit_here,
    told,
)
from stores import write_export
from streamlit.testing.v1 import AppTest

from guanqing import text
from guanqing.access import tickets
from guanqing.access.people import Visitor
from guanqing.intake.loading import load
from guanqing.intake.publishing import resolving
from guanqing.locks import holding
from guanqing.problems import Problem
from guanqing.store import Store
from guanqing.ui import exports
from guanqing.ui.loading.job import desk
from guanqing.ui.shell import guarding
from guanqing.ui.shell.session import verbatim

pytest_plugins = ["stores"]
pytestmark = pytest.mark.xdist_group("loading")

PAGE = "pages/library/loading.py"
UNKNOWN = "\n".join(
    [
        "流水号,读者卡号,姓名,藏书条码,借出时间戳,读者类别",
        *(
            f"{n},JZ{90000000 + n % 7},马建国,1401{5000000 + n},2023-03-{1 + n % 28:02} 10:00:00,"
            f"{'成人' if n % 3 else '贵宾'}"
            for n in range(60)
        ),
        "",
    ]
)


def fifty_loans(folder: Path) -> None:
    write_export(folder, loan_count=50)
    load(sorted(folder.glob("*.csv")), "seu", Store(folder / "store"))


@pytest.fixture
def store(own: Callable[..., Store], monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """Return the store of a small real library, loaded once, that the page serves."""
    found = own("fifty_loans", fifty_loans)
    monkeypatch.setenv("GUANQING_STORE", str(found.root))
    sit_here(monkeypatch)
    yield found
    assert not desk().is_busy


def opened(store: Store, language: str = "zh") -> AppTest:
    return open_page(PAGE, store.root, language)


def shown(app: AppTest) -> str:
    """Return the words of the page's own HTML."""
    assert [error.message for error in app.exception] == []
    return re.sub(r"\s+", " ", " ".join(seen(html) for html in htmls(app)))


def upload(app: AppTest, *files: Path | tuple[str, bytes]) -> AppTest:
    """Choose files, as a person does in one go."""
    named = [(f.name, f.read_bytes()) if isinstance(f, Path) else f for f in files]
    app.file_uploader[0].set_value([(name, found, "text/csv") for name, found in named])
    return app.run()


def press(app: AppTest, key: str) -> AppTest:
    return app.button(key=key).click().run()


def keys(app: AppTest) -> set[str]:
    return {button.key for button in app.button if button.key}


def loaded(app: AppTest) -> AppTest:
    """Press the button that loads and wait for the end."""
    press(app, "start-load")
    for _ in range(200):
        if not desk().is_busy:
            return app.run()
        time.sleep(0.1)
        app.run()
    raise AssertionError("the load did not end")


def t(key: str, **values: object) -> str:
    return text.translate(f"loading.{key}", "zh", **values)


def files_of(folder: Path) -> list[Path]:
    return sorted(folder.iterdir())


# --- before a load


def test_the_page_begins_with_an_upload_the_last_load_and_what_is_kept(store: Store) -> None:
    app = opened(store)
    words = shown(app)
    assert t("upload") in words
    assert t("last_loaded", lines="90", refused="0") in words
    assert f"{t('generation', number='1')} {t('kind_load')}" in words
    assert "start-load" not in keys(app)


@pytest.mark.slow
def test_files_are_shown_with_their_columns_and_first_values_and_nothing_is_loaded(
    store: Store, export: Callable[..., Path]
) -> None:
    before = store.generations()
    app = upload(opened(store), *files_of(export()), ("notes.txt", b"nothing to load\nhere\n"))
    words = shown(app)
    assert app.selectbox(key="load_layout").value == "seu"
    assert t("reads_suggested", count=2, all=3, columns=11) in words
    assert re.search(r"借书日期 借阅时间 202\d-\d\d-\d\d \d\d:\d\d:\d\d ·", words)
    assert "inter_reevaluation.csv 借阅（一行一次借阅） · 用7列中的7列 · utf-8" in words
    assert "不读的列：年级" in words
    assert t("skipped", names="notes.txt") in words
    assert "start-load" in keys(app)
    assert store.generations() == before


def test_the_encoding_found_is_shown_and_another_can_be_chosen(
    store: Store, export: Callable[..., Path]
) -> None:
    readers = (export() / "user.csv").read_text(encoding="utf-8").encode("gb18030")
    app = upload(opened(store), ("user.csv", readers))
    assert "用5列中的4列 · gb18030" in shown(app)
    app.selectbox(key="load_encoding").set_value("big5").run()
    assert "gb18030" not in shown(app)
    assert app.selectbox(key="load_encoding").value == "big5"


def test_a_layout_that_lacks_a_column_says_which_and_there_is_nothing_to_press(
    store: Store,
) -> None:
    app = upload(opened(store), ("inter_reevaluation.csv", b"inter_id,user_id,x,y\n1,2,3,4\n"))
    app.selectbox(key="load_layout").set_value("seu").run()
    assert "start-load" not in keys(app)


@pytest.mark.slow
def test_a_file_that_cannot_be_read_is_named_without_our_folders_and_hides_no_other(
    store: Store, export: Callable[..., Path]
) -> None:
    app = upload(
        opened(store), *files_of(export()), ("照片.xlsx", b"\x89PNG\r\n\x1a\n" + bytes(99))
    )
    words = shown(app)
    assert "照片.xlsx 既不是文本" in words
    assert "guanqing-upload" not in words
    assert "start-load" in keys(app)


def test_names_and_card_numbers_are_masked_in_a_preview(store: Store) -> None:
    readers = "读者证号,姓名,读者类型\nJZ00012345,马建国,成人\nJZ00012346,李秀英,成人\n"
    words = shown(upload(opened(store), ("读者.csv", readers.encode())))
    assert "马** · 李**" in words
    assert "JZ******45" in words
    assert "马建国" not in words
    assert "JZ00012345" not in words


def test_clearing_leaves_nothing_to_load(store: Store, export: Callable[..., Path]) -> None:
    app = upload(opened(store), *files_of(export()))
    press(app, "clear-uploads")
    assert "start-load" not in keys(app)
    assert t("last_loaded", lines="90", refused="0") in shown(app)


# --- an unknown file


def test_an_unknown_file_is_never_loaded_by_a_proposal(store: Store) -> None:
    app = upload(opened(store), ("circ.csv", UNKNOWN.encode("gb18030")))
    words = shown(app)
    assert t("nothing_fits") in words
    assert "circ.csv · gb18030" in words
    assert app.selectbox(key="load_layout").value is None
    assert app.selectbox(key="map-0-0-loaned_at").value == "借出时间戳"
    assert "成人 → 成人" in words
    assert "start-load" not in keys(app)
    assert app.button(key="save-layout").disabled


def test_a_proposal_that_is_saved_is_a_layout_and_is_previewed(store: Store) -> None:
    app = upload(opened(store), ("circ.csv", UNKNOWN.encode()))
    app.selectbox(key="map-0-0-call_number").set_value("读者类别").run()
    assert app.selectbox(key="map-0-0-reader_type").value == ""  # a column serves one field
    app.selectbox(key="map-0-0-reader_type").set_value("读者类别").run()
    assert app.selectbox(key="map-0-0-call_number").value == ""
    app.selectbox(key="code-0-0-reader_type-贵宾").set_value("adult").run()
    app.text_input(key="draft-name").set_value("our-system").run()
    press(app, "save-layout")
    assert app.selectbox(key="load_layout").value == "our-system"
    assert "借书日期 借出时间戳 2023-03-01 10:00:00" in shown(app)
    saved = (store.root / "layouts" / "our-system.toml").read_text(encoding="utf-8")
    assert '"贵宾" = "adult"' in saved
    assert store.generations()[0].number == 1
    assert "start-load" in keys(app)


def test_of_several_unknown_files_a_layout_reads_those_that_were_taken(store: Store) -> None:
    readers = "卡片号码,读者姓名,读者分组\n" + "".join(
        f"JZ{90000000 + n},马建国,成人\n" for n in range(20)
    )
    files = [("circ.csv", UNKNOWN.encode()), ("who.csv", readers.encode())]
    app = upload(opened(store), *files, ("other.csv", b"x,title\n1,2\n3,4\n"))
    app.text_input(key="draft-name").set_value("ours").run()
    assert app.button(key="save-layout").disabled  # nothing has been looked at
    taken = app.selectbox(key="draft-file").value
    press(app, "accept-draft")
    assert app.selectbox(key="draft-file").value != taken
    press(app, "save-layout")
    assert app.selectbox(key="load_layout").value == "ours"
    saved = (store.root / "layouts" / "ours.toml").read_text(encoding="utf-8")
    assert saved.count("[[sources]]") == 1


@pytest.mark.parametrize("name", ["seu", "../evil", "Ours"])
def test_a_layout_of_no_use_as_a_name_is_said_to_be_so(store: Store, name: str) -> None:
    app = upload(opened(store), ("circ.csv", UNKNOWN.encode()))
    app.text_input(key="draft-name").set_value(name).run()
    press(app, "save-layout")
    assert name in shown(app)
    assert not (store.root / "layouts").exists()


def test_a_column_that_must_be_there_has_to_be_chosen(store: Store) -> None:
    app = upload(opened(store), ("circ.csv", UNKNOWN.encode()))
    app.selectbox(key="map-0-0-loaned_at").set_value("").run()
    app.text_input(key="draft-name").set_value("ours").run()
    assert t("still_missing", fields="借书日期") in shown(app)
    assert app.button(key="save-layout").disabled


# --- a load and after


@pytest.mark.slow
def test_a_load_is_accounted_for_to_the_line_and_can_be_undone(
    store: Store, export: Callable[..., Path]
) -> None:
    app = loaded(upload(opened(store), *files_of(export(bad_lines=3)), ("notes.txt", b"a note\n")))
    words = shown(app)
    assert store.generations()[0].number == 2
    assert t("just_loaded_refused", lines="443", refused="3") in words
    numbers = r"inter_reevaluation\.csv 借阅（一行一次借阅） (\d+) 读入 = (\d+) 装载 \+ (\d+) 修复"
    found = re.search(numbers + r" \+ (\d+) 拒收 \+ (\d+) 另存 \+ (\d+) 已在库", words)
    assert found
    read, *parts = map(int, found.groups())
    assert read == sum(parts) == 403
    assert "inter_reevaluation.csv 402 — 字段过少" in words
    assert t("skipped_kept", names="notes.txt") in words
    press(app, "undo-load-now")
    assert t("went_back", number="1") in shown(app)
    assert {g.number: g.is_current for g in store.generations()} == {2: False, 1: True}
    press(app, "back-2-now")
    assert store.generations()[0].is_current


@pytest.mark.slow
def test_the_refused_lines_can_be_taken_away_mended_and_loaded(
    store: Store, export: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "browser", lambda: "a browser")
    app = loaded(upload(opened(store), *files_of(export(bad_lines=3))))
    (words,) = re.findall(
        r'data-key="download-refused" href="/export/([^"]+)"', "".join(htmls(app))
    )
    content, count = exports.refused_of(tickets.redeem(words, "a browser"), with_names=True)
    assert count == 1
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        (name,) = archive.namelist()
        lines = archive.read(name).decode("utf-8-sig").splitlines()
    assert name == "inter_reevaluation.csv"
    assert lines[1:] == [f"{n},too_few_fields,what is this" for n in (402, 403, 404)]


def test_a_code_without_a_meaning_is_counted_and_said(store: Store) -> None:
    readers = "借阅人,性别,DEPT,年级,类型\n" + "".join(
        f"{n},F,文学院,20,交换生\n" for n in range(901, 906)
    )
    app = loaded(upload(opened(store), ("user.csv", readers.encode())))
    assert "user.csv 类型 交换生 5" in shown(app)


def test_a_branch_in_the_head_is_words_and_not_html(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "分馆.csv"
    quoted = HOSTILE.replace('"', '""')
    path.write_text(f'馆代码,馆名\nEAST,"{quoted}"\nWEST,西馆\n', encoding="utf-8")
    load([path], "plain", store)
    app = open_page("pages/service/classes.py", store.root, branch="EAST")
    assert HOSTILE in seen(head(app))
    assert escaped_once(app) == 1


def test_what_stands_in_files_and_in_their_names_is_words_and_not_html(store: Store) -> None:
    columns = f'借阅人,性别,DEPT,年级,类型,"{HOSTILE.replace(chr(34), chr(34) * 2)}"\n'
    readers = "".join(f"{n},F,{HOSTILE},20,{HOSTILE},\n" for n in (901, 902, HOSTILE))
    app = upload(opened(store), (f"user{HOSTILE}.csv", (columns + readers).encode()))
    # the file among those chosen and over its fields, three values of two of them, a header
    assert escaped_once(app) == 9
    loaded(app)
    # the file in the account, among lines refused, codes and generations; a code; what a line that
    # was refused says of a reader is stars
    assert escaped_once(app) == 5


def test_no_mark_in_files_or_their_names_is_read_as_markdown(store: Store) -> None:
    name = "![x](x) [a](b) :red[x] $x$ <b> **b** `c`.csv"
    header = f'借阅人,性别,DEPT,年级,类型,"{MARKS}"'
    rows = [f'{n},F,文学院,20,"{MARKS}",' for n in range(901, 906)]
    app = upload(opened(store), (name, "\n".join([header, *rows, ""]).encode()))
    assert MARKS in shown(app)
    app = upload(opened(store), (name, UNKNOWN.replace("贵宾", f'"{MARKS}"').encode()))
    assert "![x](x)" in shown(app)
    # a code's label is shown as code is
    allowed = {verbatim(MARKS)}
    with_marks = [words for words in marked(app) if "[a](" in words]
    assert set(with_marks) <= allowed
    assert with_marks, "the codes of the proposal are asked for"


def test_what_is_shown_as_code_ends_where_it_should() -> None:
    assert verbatim("a") == "` a `"
    assert verbatim("`a``b\n`") == "``` `a``b ` ```"


@pytest.mark.slow
def test_the_files_a_load_has_read_are_gone_and_the_others_stay(
    store: Store, export: Callable[..., Path]
) -> None:
    app = upload(opened(store), *files_of(export()), ("notes.txt", b"a note\n"))
    folder = app.session_state["uploads"].folder
    loaded(app)
    assert [path.name for path in folder.glob("files/*")] == ["notes.txt"]


def failing(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    """Let every load end with an error."""

    def load(*given: object, **named: object) -> None:
        raise error

    monkeypatch.setattr("guanqing.intake.loading.load", load)


@pytest.mark.slow
def test_a_load_that_fails_says_why_and_leaves_the_files(
    store: Store, export: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    app = upload(opened(store), *files_of(export()))
    failing(monkeypatch, Problem("disk_full", path=store.root, written="3.5"))
    words = shown(loaded(app))
    assert t("failed") in words
    assert "3.5 MB" in words
    assert store.generations()[0].number == 1
    assert "start-load" in keys(app)
    assert app.selectbox(key="load_layout").value == "seu"


@pytest.mark.slow
def test_a_load_that_breaks_says_where_and_leaves_the_files(
    store: Store,
    export: Callable[..., Path],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(guarding, "FAILURES", CAUGHT_WHEN_SERVED)
    app = upload(opened(store), *files_of(export()))
    failing(monkeypatch, ZeroDivisionError("a bug"))
    words = shown(loaded(app))
    assert t("failed") in words
    assert "ZeroDivisionError: a bug (guanqing/ui/loading/job.py:" in words
    assert "Traceback" in caplog.text
    assert not desk().is_busy
    assert "start-load" in keys(app)


@pytest.mark.slow
def test_a_load_names_the_sql_that_is_broken(
    store: Store, export: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = shutil.copytree(resolving.STEPS, tmp_path / "staging")
    monkeypatch.setattr(resolving, "STEPS", steps)
    (steps / "10_readers.sql").write_text("insert into gone select 1", encoding="utf-8")
    words = shown(loaded(upload(opened(store), *files_of(export()))))
    assert t("failed") in words
    assert "staging/10_readers.sql" in words
    assert store.generations()[0].number == 1


@pytest.mark.slow
def test_who_is_writing_is_said_and_nothing_can_be_loaded_meanwhile(
    store: Store, export: Callable[..., Path]
) -> None:
    app = upload(opened(store), *files_of(export()))
    with holding(store.root / "lock", "load") as holder:
        app.run()
        assert holder.who in shown(app)
        assert app.button(key="start-load").disabled
    assert not app.run().button(key="start-load").disabled


def test_figures_follow_the_data_to_its_new_end(
    simulated: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, export: Callable[..., Path]
) -> None:
    """A session open since before a load is not left on the first day of other data."""
    store = Store(tmp_path / "store")
    load([export(loan_count=50)], "seu", store)
    monkeypatch.setenv("GUANQING_STORE", str(simulated))
    sit_here(monkeypatch)
    app = open_page("pages/year/overview.py", simulated)
    assert str(app.session_state["as_of"]) == "2019-09-30"
    monkeypatch.setenv("GUANQING_STORE", str(store.root))
    app.run()
    assert app.session_state["as_of"].year >= 2024


@pytest.mark.slow
def test_a_report_gives_way_when_somebody_has_gone_back_since(
    store: Store, export: Callable[..., Path]
) -> None:
    app = loaded(upload(opened(store), *files_of(export(bad_lines=3))))
    assert t("just_loaded_refused", lines="443", refused="3") in shown(app)
    store.undo()
    assert t("last_loaded", lines="90", refused="0") in shown(app.run())


# --- who may


ELSEWHERE = [("10.0.0.7", {}), (None, {"X-Forwarded-For": "203.0.113.9"}), (None, {"Host": "a.b"})]


@pytest.mark.parametrize(("address", "headers"), ELSEWHERE, ids=["address", "proxy", "name"])
def test_a_visitor_from_elsewhere_sees_one_sentence_and_nothing_to_use(
    store: Store,
    monkeypatch: pytest.MonkeyPatch,
    address: str | None,
    headers: dict[str, str],
) -> None:
    app = opened(store)
    sit_here(monkeypatch, address, **headers)
    app.run()
    assert text.translate("problem.not_this_machine", "zh") in shown(app)
    assert not app.file_uploader
    assert keys(app) == set()
    assert t("history") not in shown(app)


def test_a_file_is_no_way_round_the_right_to_decide_on_the_plan(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    # a librarian loads, and what is noted on the plan is entered on its own page by others
    librarian = Visitor("li@lib.example", "李明", "librarian")
    monkeypatch.setattr("guanqing.ui.shell.visitor.recognise", lambda **_: librarian)
    header = "plan_year,target,noted_on,owner,note"
    row = "2019,lectures,2019-03-01,李明,办完了"
    app = upload(opened(store), ("plan_notes.csv", f"{header}\n{row}\n".encode()))
    app.selectbox(key="load_layout").set_value("plain").run()
    press(app, "start-load")
    assert not desk().is_busy
    assert [g.number for g in store.generations()] == [1]
    refusal = text.translate("problem.not_for_role", "zh", role="系统馆员")
    assert refusal in told(app)


@pytest.mark.slow
def test_what_changes_a_library_asks_again_where_the_visitor_sits(
    store: Store, monkeypatch: pytest.MonkeyPatch, export: Callable[..., Path]
) -> None:
    app = upload(opened(store), *files_of(export()))
    monkeypatch.setattr("guanqing.ui.loading.files.only_for", lambda act: None)
    monkeypatch.setattr("guanqing.ui.loading.history.only_for", lambda act: None)
    monkeypatch.setattr("guanqing.ui.shell.visitor.only_for", lambda act: None)
    sit_here(monkeypatch, "10.0.0.7")
    press(app, "start-load")
    assert not desk().is_busy
    assert [g.number for g in store.generations()] == [1]
    with pytest.raises(Problem, match="not_this_machine"):
        desk().start(None)  # type: ignore[arg-type]


@pytest.mark.slow
def test_a_language_is_complete_on_the_page(
    store: Store, export: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    # AppTest words choices outside the session, where nobody has chosen a language
    monkeypatch.setattr("guanqing.ui.shell.session.language", lambda: "en")
    app = loaded(upload(opened(store, "en"), *files_of(export(bad_lines=2))))
    found: list[Any] = re.findall(r"[\u4e00-\u9fff]+", shown(app))
    headers = {"借阅时间", "还书时间", "续借时间", "续借次数", "借阅人", "类型", "性别", "年级"}
    assert set(found) <= headers | {"文学院", "本科", "硕士"}
