"""What a library says of itself is its own: a real one starts with nothing of anybody's."""

import os
import shutil
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from conftest import PLANS
from screens import head, htmls, open_page, seen, told
from stores import write_export
from test_cli import run
from test_kept import complaint

import simulated_library
from guanqing import cli, datafiles, manifest, own, plan, text, warehouse
from guanqing.intake.layouts import FOLDER as LAYOUTS
from guanqing.intake.layouts import sources
from guanqing.intake.loading import load
from guanqing.intake.publishing.build import begin_empty
from guanqing.keeping import archive, beside
from guanqing.keeping.backup import backup
from guanqing.keeping.restore import restore
from guanqing.own import Own, about, beginning, inventory, slips
from guanqing.paths import DATA
from guanqing.problems import Problem
from guanqing.store import Store

pytest_plugins = ["stores"]
every_language = pytest.mark.parametrize("language", text.LANGUAGES)

LOANS = "流水号,读者证号,条码号,借出时间,应还日期,还书时间,分馆"
REASONS = """reason_code,kind,name_zh,name_en,countermeasures_zh,countermeasures_en
graduated,normal,毕业离校,Graduated,,
too_far,abnormal,宿舍太远,Dormitory too far,开设自助书柜,Lockers
unknown,unknown,未记录,Not recorded,,
"""
ABOUT = """name_zh = "榆次区图书馆"
name_en = "Yuci Library"
main_branch = "YC"
"""
SETTING = """[population_served]
value = 4000
unit = "persons"
source = { zh = "公报", en = "bulletin" }
is_assumed = false
"""


def a_loan(number: int, branch: str = "") -> str:
    return (
        f"{number},R{number},B{number},2019-03-0{number} 10:00:00,"
        f"2019-04-01,2019-03-2{number} 10:00:00,{branch}"
    )


def lent(folder: Path, *branches: str) -> Store:
    """Return the store of a library that lent one item at each branch, or at none."""
    folder.mkdir(exist_ok=True)
    file = folder / "借阅.csv"
    lines = [a_loan(number, branch) for number, branch in enumerate(branches, 1)]
    file.write_text("\n".join([LOANS, *lines, ""]), encoding="utf-8")
    store = Store(folder / "store")
    load([file], "plain", store)
    return store


def its(store: Store) -> Own:
    return own.of_store(store.root, is_simulated=False)


def say(path: Path, words: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(words, encoding="utf-8")
    datafiles.refresh()


def rows(store: Store, sql: str) -> list[tuple[Any, ...]]:
    with warehouse.connect(store.current()) as connection:
        return connection.sql(sql).fetchall()


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Store]:
    yield lent(tmp_path / "a", "")
    shutil.rmtree(tmp_path / "a")
    datafiles.refresh()  # what was read there is forgotten


# --- whose it is


def test_a_real_library_starts_with_nothing_of_another(library: Store) -> None:
    for table in ("targets", "milestones", "published_figures"):
        assert rows(library, f"from {table}") == []
    assert rows(library, "select name_zh, name_en from library") == [
        (text.translate("app.unnamed", "zh"), text.translate("app.unnamed", "en"))
    ]
    assert rows(library, "select value from settings") == [(None,), (None,)]
    assert rows(library, "from cancel_reasons where countermeasures_zh is not null") == []
    with warehouse.connect(library.current()) as connection:
        tables = connection.sql("select table_name from duckdb_tables()").fetchall()
        for (table,) in tables:
            assert "晋中" not in str(connection.sql(f'from "{table}"').fetchall()), table


def test_nothing_of_a_library_lies_elsewhere_in_data() -> None:
    assert [path.name for path in (DATA / "libraries").iterdir()] == ["jinzhong"]
    for path in DATA.rglob("*"):
        apart = path.is_relative_to(DATA / "libraries") or path.is_relative_to(DATA / "demo")
        if path.suffix in (".toml", ".csv") and not apart and "layouts" not in path.parts:
            words = path.read_text(encoding="utf-8").replace("以晋中市图书馆公开的年报", "")
            assert "晋中" not in words, path


def test_the_simulated_library_is_judged_by_its_own_folder_and_never_by_the_stores(
    tmp_path: Path,
) -> None:
    said = own.of_store(tmp_path, is_simulated=True)
    beginning.begin(tmp_path, about.About("某馆", "Some library"), (5.0, None))
    assert own.of_store(tmp_path, is_simulated=True) == said == Own(own.SIMULATED)
    assert plan.years(own.of_store(tmp_path, is_simulated=False).targets) == []


def test_what_is_changed_of_the_simulated_library_stays_in_the_store(tmp_path: Path) -> None:
    library = tmp_path / "generations" / "000001.duckdb"
    before = {path: path.read_bytes() for path in Own(own.SIMULATED).files()}
    copied = own.to_change(library, is_simulated=True)
    assert copied == own.of(library, is_simulated=True) == Own(tmp_path / "simulation")
    assert plan.load(2019, copied.targets).targets.keys() == plan.load(2019, PLANS).targets.keys()
    say(copied.targets / "2019.toml", "year = 2019\n")
    assert own.to_change(library, is_simulated=True) == copied
    assert plan.load(2019, copied.targets).targets == {}
    assert {path: path.read_bytes() for path in Own(own.SIMULATED).files()} == before
    assert own.of(library, is_simulated=False) == Own(tmp_path / "library")
    assert not list(tmp_path.glob(".simulation-*"))


# --- a change shows without a load


@pytest.mark.slow
def test_each_part_of_the_folder_shows_without_a_load_and_in_its_store_alone(
    library: Store, tmp_path: Path
) -> None:
    other = lent(tmp_path / "b", "")
    mine = its(library)
    changes = {
        "select name_zh, name_en from library": (mine.about, ABOUT),
        "select value from settings where setting_code = 'population_served'": (
            *(mine.settings, SETTING),
        ),
        "select target_code from targets order by target_code": (
            *(mine.targets / "2019.toml", (PLANS / "2019.toml").read_text(encoding="utf-8")),
        ),
        "select reason_code, name_zh from cancel_reasons": (mine.reasons, REASONS),
        "select figure_code, published_value from published_figures": (
            mine.published / "2018.toml",
            (Own(own.SIMULATED).published / "2018.toml").read_text(encoding="utf-8"),
        ),
    }
    for sql, (path, words) in changes.items():
        before = rows(other, sql)
        assert rows(library, sql) == before
        say(path, words)
        changed = rows(library, sql)
        assert changed != before
        assert rows(other, sql) == before
        path.unlink()
        datafiles.refresh()
        assert rows(library, sql) == before


def test_a_page_shows_a_change_of_the_folder_on_the_next_view(library: Store) -> None:
    page = "pages/year/overview.py"
    assert text.translate("app.unnamed", "zh") in head(open_page(page, library.root))
    say(its(library).about, ABOUT)
    assert "榆次区图书馆" in head(open_page(page, library.root))
    assert "Yuci Library" in head(open_page(page, library.root, "en"))
    say(its(library).about, ABOUT.replace("榆次区", "榆次"))
    os.utime(its(library).about, ns=(1, 1))
    assert "榆次图书馆" in head(open_page(page, library.root))
    shown = " ".join(seen(html) for html in htmls(open_page("pages/year/targets.py", library.root)))
    assert text.translate("targets.no_plan", "zh", year="2019") in shown
    say(its(library).targets / "2019.toml", (PLANS / "2019.toml").read_text(encoding="utf-8"))
    shown = " ".join(seen(html) for html in htmls(open_page("pages/year/targets.py", library.root)))
    assert text.translate("targets.no_plan", "zh", year="2019") not in shown


@every_language
@pytest.mark.parametrize(
    "name", ["library.toml", "settings.toml", "cancel_reasons.csv", "codes.csv"]
)
def test_a_file_that_cannot_be_read_is_named_and_the_page_goes_on(
    library: Store, name: str, language: str
) -> None:
    say(its(library).folder / name, "[[nothing\n")
    for _ in range(2):  # also of a view that finds it read before
        app = open_page("pages/year/overview.py", library.root, language)
        assert not app.exception
        (said,) = [words for words in told(app) if name in words]
        assert "1" in said


def test_the_name_that_a_layout_gives_goes_before_that_of_the_folder(tmp_path: Path) -> None:
    write_export(tmp_path, loan_count=3)
    store = Store(tmp_path / "store")
    beginning.begin(store.root, about.About("某馆", "Some library"))
    load([tmp_path / "inter_reevaluation.csv"], "seu", store)
    assert rows(store, "select name_en from library") == [("University library (SEU data)",)]


def test_a_library_loaded_by_a_saved_proposal_is_called_as_its_folder_says(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    beginning.begin(store.root, about.About("榆次图书馆", "Yuci Library"))
    file = tmp_path / "out.csv"
    lines = ["借书证,图书条码,外借时间,归还时间"]
    lines += [f"A{n},K{n},2024-03-0{n} 10:00:00,2024-04-0{n} 09:00:00" for n in range(1, 6)]
    file.write_text("\n".join([*lines, ""]), encoding="utf-8")
    proposed = run("propose", file, "--kind", "loans", "--save", "ours", "--store", store.root)
    assert proposed.exit_code == 0, proposed.output
    assert run("load", file, "--layout", "ours", "--store", store.root).exit_code == 0
    assert rows(store, "select name_zh, name_en from library") == [("榆次图书馆", "Yuci Library")]
    assert "Yuci Library" in run("status", "--store", store.root).stdout


def test_the_reasons_of_a_library_can_be_loaded_by_their_names(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    say(its(store).reasons, REASONS)
    file = tmp_path / "办证.csv"
    lines = ["操作类型,办理日期,读者证号,退证原因", "退证,2019-03-01 10:00:00,R1,毕业离校"]
    lines += ["办证,2018-03-01 10:00:00,R1,"]
    file.write_text("\n".join([*lines, ""]), encoding="utf-8")
    load([file], "plain", store)
    asked = "select reason_code from card_events where event_kind = 'cancel'"
    assert rows(store, asked) == [("graduated",)]

    def understood() -> set[str]:
        plain = sources.plain(its(store))
        return {word for source in plain for word in source.codes.get("reason", ())}

    assert {"graduated", "毕业离校"} <= understood()
    its(store).reasons.unlink()
    assert "毕业离校" not in understood()


# --- branches


def two(store: Store) -> None:
    branches = (about.Branch("YC", "榆次馆", "Yuci"), about.Branch("ZT", "张庄馆", "Zhangzhuang"))
    said = about.About("榆次", "Yuci", main_branch="YC", branches=branches)
    beginning.begin(store.root, said)


def test_what_names_no_branch_has_none_where_there_are_several(tmp_path: Path) -> None:
    two(Store(tmp_path / "a" / "store"))
    store = lent(tmp_path / "a", "", "ZT")
    asked = "select branch_code from loan_events where event_kind = 'loan' order by event_at"
    assert rows(store, asked) == [(None,), ("ZT",)]
    assert rows(store, "select branch_code, name_en, is_main from branches") == [
        ("YC", "Yuci", True),
        ("ZT", "Zhangzhuang", False),
    ]


def test_what_names_no_branch_is_of_the_only_one(tmp_path: Path) -> None:
    store = Store(tmp_path / "a" / "store")
    branch = about.Branch("YC", "榆次馆", "Yuci")
    beginning.begin(store.root, about.About("榆次", "Yuci", branches=(branch,)))
    lent(tmp_path / "a", "")
    assert rows(store, "select distinct branch_code from loan_events") == [("YC",)]
    assert rows(store, "select branch_code, name_en, is_main from branches") == [
        ("YC", "Yuci", True)
    ]


HOURS = "分馆,日期,开馆时间,闭馆时间"


def opened(folder: Path, branch: str) -> Store:
    """Return a library open for ten hours on every day of 2019, of a branch or of none."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "开馆.csv"
    days = [f"2019-{month:02}-{day:02}" for month in range(1, 13) for day in range(1, 29)]
    lines = [f"{branch},{day},09:00,19:00" for day in days]
    file.write_text("\n".join([HOURS, *lines, ""]), encoding="utf-8")
    store = Store(folder / "store")
    load([file], "plain", store)
    say(its(store).targets / "2019.toml", OPEN)
    return store


OPEN = """year = 2019
scope = "main"
[[targets]]
code = "open"
kind = "total"
measure = "open_day_count"
at_least = 300
unit = { zh = "天", en = "days" }
name = { zh = "开馆天数", en = "Days open" }
"""
REACHED = "select max(value) from target_days where target_code = 'open'"


@pytest.mark.slow
def test_opening_hours_without_a_branch_are_the_main_ones_only_of_a_single_library(
    tmp_path: Path,
) -> None:
    alone = opened(tmp_path / "alone", "")
    assert rows(alone, "select distinct branch_code from opening_hours") == [(None,)]
    file = tmp_path / "alone" / "one.csv"
    file.write_text(f"{LOANS}\n{a_loan(1)}\n", encoding="utf-8")
    load([file], "plain", alone)
    assert rows(alone, REACHED)[0][0] > 0
    two(Store(tmp_path / "several" / "store"))
    several = opened(tmp_path / "several", "")
    load([file], "plain", several)
    assert rows(several, "select distinct branch_code from opening_hours") == [(None,)]
    assert rows(several, REACHED) in ([(0.0,)], [(None,)])


# --- it is set up


def test_a_name_without_an_english_one_is_said_to_be_chinese_on_an_english_page(
    tmp_path: Path,
) -> None:
    two(store := Store(tmp_path / "a" / "store"))
    mine = its(store)
    say(mine.about, mine.about.read_text("utf-8").replace('"Yuci"', '"榆次"'))
    store = lent(tmp_path / "a", "YC", "ZT")
    shown = " ".join(htmls(open_page("pages/year/overview.py", store.root, "en", branch="ZT")))
    assert '<span lang="zh-CN">榆次</span>' in shown
    assert 'lang="zh-CN">Zhangzhuang' not in shown
    assert "lang=" not in head(open_page("pages/year/overview.py", store.root, "zh"))


BEGIN = ("init", "--name", "榆次图书馆", "--name-en", "Yuci", "--kind", "public", "--year", "2026")


def test_init_writes_what_it_was_told_and_the_library_is_called_so(tmp_path: Path) -> None:
    words = ["--branch", "YC=榆次馆=Yuci", "--branch", "ZT＝张庄馆", "--population", "65.5万"]
    words += ["--network-population", "900,000"]
    done = run(*BEGIN, *words, "--main", "ZT", "--store", tmp_path)
    assert done.exit_code == 0, done.output
    store = Store(tmp_path)
    said = about.read(its(store))
    assert (said.name_zh, said.name_en, said.kind, said.year) == (
        "榆次图书馆",
        "Yuci",
        "public",
        2026,
    )
    assert [branch.code for branch in said.branches] == ["YC", "ZT"]
    assert said.main_branch == "ZT"
    begin_empty(store)
    assert rows(store, "select name_zh from library") == [("榆次图书馆",)]
    assert rows(store, "select scope, population_served from population order by scope") == [
        ("main", 655_000.0),
        ("network", 900_000.0),
    ]
    assert rows(store, "select branch_code from branches where is_main") == [("ZT",)]


@every_language
def test_after_init_the_next_step_is_to_load(tmp_path: Path, language: str) -> None:
    assert run(*BEGIN, "--store", tmp_path).exit_code == 0
    for command in ("status", "alerts"):
        said = complaint(command, "--store", tmp_path, language=language)
        assert 0 < said.find("guanqing load") < said.find("guanqing demo")


def test_init_writes_over_nothing(tmp_path: Path) -> None:
    assert run(*BEGIN, "--store", tmp_path).exit_code == 0
    before = (tmp_path / "library/library.toml").read_bytes()
    for language in text.LANGUAGES:
        said = complaint(*BEGIN, "--name", "another", "--store", tmp_path, language=language)
        assert str(tmp_path / "library") in said
    assert (tmp_path / "library/library.toml").read_bytes() == before


def test_a_plan_that_was_there_before_stays(tmp_path: Path) -> None:
    say(tmp_path / "library/targets/2026.toml", "year = 2026\n")
    assert run(*BEGIN, "--store", tmp_path).exit_code == 0
    assert (tmp_path / "library/targets/2026.toml").read_text(encoding="utf-8") == "year = 2026\n"
    assert about.read(own.of_store(tmp_path, is_simulated=False)).name_en == "Yuci"


@pytest.mark.parametrize(
    ("words", "key"),
    [
        (["--name", " "], "library_unnamed"),
        (["--name", "馆", "--branch", "YC"], "branch_unclear"),
        (["--name", "馆", "--branch", "=榆次"], "branch_unclear"),
        (["--name", "馆", "--branch", "A=甲", "--branch", "A=乙"], "branch_twice"),
        (["--name", "馆", "--branch", "A=甲", "--main", "B"], "branch_unknown"),
        (["--name", "馆", "--kind", "bookshop"], "own_invalid"),
        (["--name", "馆", "--population", "many"], "population_unclear"),
        (["--name", "馆", "--population", "0"], "population_unclear"),
        (["--name", "馆", "--population", "1.5"], "population_unclear"),
        (["--name", "馆", "--year", "26"], "year_unclear"),
    ],
)
def test_what_cannot_be_a_library_is_refused_and_nothing_is_written(
    tmp_path: Path, words: list[str], key: str
) -> None:
    with pytest.raises(Problem) as caught:
        run("init", *words, "--store", tmp_path)
    assert caught.value.key == f"problem.{key}"
    assert list(tmp_path.iterdir()) == []


def test_a_library_whose_population_nobody_knows_has_no_fault(tmp_path: Path) -> None:
    beginning.begin(tmp_path, about.About("馆", "Library"))
    begin_empty(Store(tmp_path))
    app = open_page("pages/year/overview.py", tmp_path)
    assert told(app) == []
    assert rows(Store(tmp_path), "select value from settings") == [(None,), (None,)]


HOSTILE = '馆"\\\n\x7f]]#{x}[/b] =cmd <b>'


def test_a_name_of_any_signs_is_read_back_as_it_was(tmp_path: Path) -> None:
    branch = about.Branch(HOSTILE, HOSTILE, HOSTILE)
    said = about.About(HOSTILE, HOSTILE, "school", HOSTILE, branches=(branch,))
    assert about.read(beginning.begin(tmp_path, said)) == said


@pytest.mark.parametrize("has_plan", [True, False])
@pytest.mark.parametrize("call", range(1, 12))
def test_cut_short_anywhere_it_is_there_whole_or_can_be_begun_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, has_plan: bool, call: int
) -> None:
    if has_plan:
        say(tmp_path / "library/targets/2026.toml", "year = 2026\n")
    calls = iter(range(1, 100))

    class Killed(BaseException):
        pass

    def dying(real: Any) -> Any:
        def step(*words: Any, **more: Any) -> Any:
            if next(calls) == call:
                raise Killed
            return real(*words, **more)

        return step

    said = about.About("馆", "Library")
    with monkeypatch.context() as patch:
        for name in ("replace", "fsync"):
            patch.setattr(os, name, dying(getattr(os, name)))
        patch.setattr(Path, "rename", dying(Path.rename))
        with suppress(Killed):
            beginning.begin(tmp_path, said, (5.0, None))
    folder = own.of_store(tmp_path, is_simulated=False)
    if folder.about.exists():
        assert about.read(folder) == said
        assert "value = 5" in folder.settings.read_text(encoding="utf-8")
    else:
        assert about.read(beginning.begin(tmp_path, said, (5.0, None))) == said


# --- the first run


def test_a_library_that_is_set_up_is_served_without_building_the_simulation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built: list[Path] = []
    monkeypatch.setattr(os, "execv", lambda *command: None)
    monkeypatch.setattr(os, "chdir", lambda folder: None)
    for name in ("GUANQING_STORE", "GUANQING_NAMES"):
        monkeypatch.setenv(name, "")
    monkeypatch.setattr(cli.serving, "build_demo", lambda chosen: built.append(chosen.root))
    assert run("serve", "--no-demo", "--store", tmp_path, "--port", "0").exit_code == 0
    assert run(*BEGIN, "--store", tmp_path).exit_code == 0
    assert run("serve", "--store", tmp_path, "--port", "0").exit_code == 0
    assert built == []


@every_language
def test_the_first_page_asks_who_the_library_is_and_then_lets_it_load(
    tmp_path: Path, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GUANQING_STORE", str(tmp_path))
    app = open_page("pages/year/overview.py", tmp_path, language)
    assert not app.exception
    assert text.translate("begin.title", language) in " ".join(htmls(app))
    app.text_input(key="begin-name").set_value("榆次图书馆")
    app.text_area(key="begin-branches").set_value("YC=榆次馆\nZT")
    app.button[0].click().run()
    (said,) = told(app)
    assert "“ZT”" in said
    assert not (tmp_path / "library").exists()
    app.text_area(key="begin-branches").set_value("YC=榆次馆\nZT=张庄馆")
    app.text_input(key="begin-population").set_value("65万")
    app.text_input(key="begin-population-network").set_value("90万")
    app.button[0].click().run()
    assert not app.exception
    assert about.read(own.of_store(tmp_path, is_simulated=False)).main_branch == "YC"
    app.button(key="begin-load").click().run()
    assert not app.exception
    assert rows(Store(tmp_path), "select name_zh from library") == [("榆次图书馆",)]
    asked = "select population_served from population order by scope"
    assert rows(Store(tmp_path), asked) == [(650_000.0,), (900_000.0,)]


# --- it is kept


def test_a_backup_brings_the_folder_back_and_nothing_over_one_that_is_there(
    library: Store, tmp_path: Path
) -> None:
    say(its(library).about, ABOUT)
    say(its(library).targets / "2019.toml", "year = 2019\n")
    say(its(library).targets / "history/2019-1.toml", "year = 2019\n")
    backup(library, tmp_path / "backup.zip")
    bare = Store(tmp_path / "bare")
    restore(bare, tmp_path / "backup.zip")
    assert about.read(its(bare)).name_en == "Yuci Library"
    assert plan.years(its(bare).targets) == [2019]
    assert (its(bare).targets / "history/2019-1.toml").exists()
    say(its(bare).about, ABOUT.replace("Yuci", "Their"))
    restore(bare, tmp_path / "backup.zip", replace=True)
    assert about.read(its(bare)).name_en == "Their Library"
    say(its(bare).settings, "[[nothing\n")
    assert "settings.toml" in run("verify", "--store", bare.root).output
    its(bare).settings.unlink()
    datafiles.refresh()


def test_a_backup_brings_the_changed_plan_of_the_simulation_back_where_there_is_none(
    library: Store, tmp_path: Path
) -> None:
    changed = own.to_change(library.current(), is_simulated=True)
    say(changed.targets / "2019.toml", "year = 2019\n# changed\n")
    backup(library, tmp_path / "backup.zip")
    bare = Store(tmp_path / "bare")
    restore(bare, tmp_path / "backup.zip")
    there = own.of_store(bare.root, is_simulated=True)
    assert there.folder == bare.root / "simulation"
    found = {path.relative_to(there.folder): path.read_bytes() for path in there.files()}
    assert found == {p.relative_to(changed.folder): p.read_bytes() for p in changed.files()}
    say(there.targets / "2019.toml", "year = 2019\n# here\n")
    restore(bare, tmp_path / "backup.zip", replace=True)
    assert "# here" in (there.targets / "2019.toml").read_text(encoding="utf-8")


@pytest.mark.slow
def test_the_simulation_and_a_load_leave_the_folder_alone(tmp_path: Path) -> None:
    store = Store(tmp_path)
    beginning.begin(store.root, about.About("某馆", "Some library"), (5.0, None))
    before = {path: path.read_bytes() for path in its(store).folder.rglob("*") if path.is_file()}
    simulated_library.build(store)
    assert rows(store, "select name_en from library") != [("Some library",)]
    with store.locked("other"):
        pass
    after = {path: path.read_bytes() for path in its(store).folder.rglob("*") if path.is_file()}
    assert after == before


def test_a_template_offers_the_librarys_own_branches_and_reasons(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    two(store)
    say(its(store).reasons, REASONS)
    workbook = tmp_path / "cards.xlsx"
    done = run("template", "card_events", "--to", workbook, "--store", store.root)
    assert done.exit_code == 0, done.output
    with zipfile.ZipFile(workbook) as packed:
        words = packed.read("xl/sharedStrings.xml").decode()
    assert "毕业离校" in words
    assert "ZT" in words
    assert "迁居或离开本地" not in words


# --- what was there is missed


def noted(library: Store) -> Store:
    say(its(library).about, ABOUT)
    say(its(library).settings, "# nothing yet\n")
    say(its(library).targets / "2024.toml", "year = 2024\n")
    say(its(library).targets / "history/2024-0001.toml", "year = 2024\n")
    say(library.root / "layouts/unused.toml", (LAYOUTS / "plain.toml").read_text(encoding="utf-8"))
    assert list(beside.own_findings(library)) == []  # and it takes note
    return library


@pytest.mark.few(9)
@pytest.mark.parametrize(
    "name",
    [
        *("library/library.toml", "library/settings.toml", "library/targets/2024.toml"),
        *("library/targets/history/2024-0001.toml", "layouts/unused.toml"),
    ],
)
def test_a_file_of_its_own_that_is_gone_or_emptied_is_missed_until_it_is_accepted(
    library: Store, name: str
) -> None:
    path = noted(library).root / name
    for harm in (lambda: path.write_text("\n"), path.unlink):
        harm()
        for _ in range(2):  # saying so is not accepting
            said = run("verify", "--store", library.root)
            assert (said.exit_code, str(path) in said.output) == (1, True)
            assert "guanqing restore FILE --replace" in said.output
        assert run("alerts", "--store", library.root).exit_code == 1
    said = run("verify", "--mend", "--store", library.root)
    assert (said.exit_code, str(path) in said.output) == (0, True)
    assert run("verify", "--store", library.root).exit_code == 0


def test_the_whole_folder_gone_is_missed_even_after_a_load(library: Store, tmp_path: Path) -> None:
    shutil.rmtree(its(noted(library)).folder)
    inventory.note(library.root)
    assert {one.code for one in inventory.missed(library.root)} == {"gone"}
    assert len(inventory.missed(library.root)) == 4


def test_a_hand_may_edit_what_is_its_own_but_no_earlier_plan(library: Store) -> None:
    say(its(noted(library)).settings, "# something\n")
    assert list(beside.own_findings(library)) == []
    say(its(library).targets / "history/2024-0001.toml", "year = 2025\n")
    assert [one.key for one in beside.own_findings(library)] == ["verify.own_changed"]


def test_a_list_that_is_gone_or_spoilt_is_said_and_written_again(library: Store) -> None:
    for harm in (lambda: inventory.of(library.root).unlink(), lambda: spoil_list(library)):
        noted(library)
        harm()
        assert [one.key for one in beside.own_findings(library)] == ["verify.headless"]
        assert run("verify", "--mend", "--store", library.root).exit_code == 0


def spoil_list(library: Store) -> None:
    inventory.of(library.root).write_text("")


def test_our_commands_take_note_of_what_they_write(tmp_path: Path) -> None:
    beginning.begin(tmp_path, about.About("馆", "Library"))
    shutil.rmtree(tmp_path / "library")
    missed = [one.path.name for one in inventory.missed(tmp_path)]
    assert missed == ["library.toml", "settings.toml"]


# --- it is kept, also where it is damaged or oddly named


@pytest.mark.parametrize("content", ["", "\n", "[[nothing\n"])
def test_a_restore_puts_back_what_is_damaged_and_keeps_what_gives_way(
    library: Store, tmp_path: Path, content: str
) -> None:
    backup(noted(library), tmp_path / "backup.zip")
    paths = [its(library).targets / "2024.toml", library.root / "layouts/unused.toml"]
    paths += [its(library).targets / "history/2024-0001.toml"]
    before = [path.read_bytes() for path in paths]
    for path in paths:
        path.write_text(content, encoding="utf-8")
    say(its(library).settings, "# another\n")
    restore(library, tmp_path / "backup.zip", replace=True)
    assert [path.read_bytes() for path in paths] == before
    for path in paths:
        aside = path.with_name(f"{path.name}.damaged-1")
        assert aside.read_text(encoding="utf-8") == content
    assert its(library).settings.read_text(encoding="utf-8") == "# another\n"
    assert inventory.missed(library.root) == []


def test_a_load_after_a_restore_is_held_against_what_was_restored(
    library: Store, tmp_path: Path
) -> None:
    backup(library, tmp_path / "backup.zip")
    restore(library, tmp_path / "backup.zip", replace=True)
    told = manifest.read(library.current())
    assert told is not None
    assert told.row_counts["loans"] == rows(library, "select count(*) from loans")[0][0]


def test_a_file_of_any_name_is_in_the_backup_and_what_is_not_is_said(
    library: Store, tmp_path: Path
) -> None:
    words = (LAYOUTS / "plain.toml").read_text(encoding="utf-8")
    names = ("layouts/Ours2.toml", "layouts/我馆.toml", "library/targets/说明 2024.txt")
    for name in names:
        say(library.root / name, words)
    say(library.root / "library/.hidden.toml", words)
    said = run("backup", tmp_path / "backup.zip", "--store", library.root)
    assert (said.exit_code, "library/.hidden.toml" in said.output) == (0, True)
    bare = Store(tmp_path / "bare")
    restore(bare, tmp_path / "backup.zip")
    assert all((bare.root / name).read_text(encoding="utf-8") == words for name in names)


@pytest.mark.parametrize("name", ["..", ".a.toml", "a/b.toml", "a\\b.toml", "a\n.toml", "x" * 90])
def test_no_name_leads_out_of_a_folder(name: str) -> None:
    assert not archive.LAYOUT.fullmatch(f"layouts/{name}")
    if name != "a/b.toml":
        assert not archive.OWN.fullmatch(f"library/{name}")
        assert not archive.OWN.fullmatch(f"library/{name}/x.toml")


def test_a_store_may_be_named_from_where_one_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    say(tmp_path / "store/library/library.toml", ABOUT)
    monkeypatch.chdir(tmp_path)
    assert about.read(own.of_store(Path("store"), is_simulated=False)).name_en == "Yuci Library"


def test_what_a_killed_writer_left_of_the_folder_is_swept_and_no_living_ones(
    library: Store,
) -> None:
    for name in (".library-1", ".simulation-2-3"):
        say(library.root / name / "library.toml", ABOUT)
    with own.drafted(library.root, "library") as draft:
        with library.locked("load"):
            pass
        assert draft.exists()
    assert not list(library.root.glob(".library-*")) + list(library.root.glob(".simulation-*"))


def test_a_branch_that_nobody_knows_is_said_with_its_lines_and_loaded(tmp_path: Path) -> None:
    tmp_path.joinpath("store").mkdir()
    two(store := Store(tmp_path / "store"))
    file = tmp_path / "借阅.csv"
    lines = [a_loan(number, branch) for number, branch in enumerate(["YC", "YX", "YX", ""], 1)]
    file.write_text("\n".join([LOANS, *lines, ""]), encoding="utf-8")
    account = load([file], "plain", store)
    assert account.total("loaded") == 4
    assert account.by_rule["unknown_branch"] == 2
    found = [(code.column, code.value, code.line_count) for code in account.unmapped_codes]
    assert found == [("分馆", "YX", 2)]


def test_no_branch_is_unknown_where_nobody_has_said_which_there_are(tmp_path: Path) -> None:
    file = tmp_path / "借阅.csv"
    file.write_text("\n".join([LOANS, a_loan(1, "YC"), ""]), encoding="utf-8")
    account = load([file], "plain", Store(tmp_path / "store"))
    assert "unknown_branch" not in account.by_rule
    assert not account.unmapped_codes


@pytest.mark.slow
def test_what_means_nothing_in_its_own_files_is_said_with_the_name_it_is_like(
    tmp_path: Path,
) -> None:
    two(store := Store(tmp_path / "a" / "store"))
    store = lent(tmp_path / "a", "YC")
    mine = its(store)
    say(mine.settings, SETTING.replace("population_served", "population_servd"))
    say(mine.about, mine.about.read_text("utf-8").replace('"YC"', '"YV"', 1))
    found = [(one.kind, one.line, one.field, one.near) for one in slips.slips(mine, ["YC"])]
    assert found == [
        ("setting", 1, "population_servd", "population_served"),
        ("main_branch", 7, "YV", "YC"),
    ]
    assert rows(store, "select setting_code, value from settings where value is not null") == []
    asked = {
        "zh": ("population_servd", "是不是 population_served？", "是不是 YC？"),
        "en": ("population_servd", "Is population_served meant?", "Is YC meant?"),
    }
    for language, words in asked.items():
        app = open_page("pages/library/sources.py", store.root, language)
        shown = " ".join(told(app))
        assert all(word in shown for word in words), shown
    for command in ("status", "verify"):
        printed = run(command, "--store", store.root).output
        assert all(word in printed for word in asked["en"]), printed
    say(mine.settings, SETTING)
    say(mine.about, mine.about.read_text("utf-8").replace('"YV"', '"YC"', 1))
    assert slips.slips(mine, ["YC"]) == []


CODES = "list,code,name_zh,name_en\nevent_kind,lecture,镜湖讲堂,Mirror Lake talks\n"
TALK = "活动类型,活动名称,活动日期,参加人数\n{},家风,2019-03-09,60\n"


def test_a_code_is_called_as_the_library_calls_it_and_read_by_either_name(tmp_path: Path) -> None:
    store, file = Store(tmp_path / "store"), tmp_path / "活动.csv"
    for name in ("镜湖讲堂", "讲座"):
        file.write_text(TALK.format(name) + TALK.format(name).split("\n")[1].replace("家风", name))
        say(its(store).codes, CODES)
        assert load([file], "plain", store).total("refused") == 0, name
    asked = "select name_zh, name_en from codes where code = 'lecture'"
    assert rows(store, asked) == [("镜湖讲堂", "Mirror Lake talks")]
    say(its(store).codes, CODES.replace("lecture", "lektchur"))
    (fault,) = datafiles.faults()
    assert (fault.line, fault.field) == (2, "lektchur")
    its(store).codes.unlink()
    datafiles.refresh()
    assert rows(store, asked) == [("讲座", "Lectures")]


def test_no_word_of_jinzhong_stands_where_another_library_reads_it() -> None:
    for name in ("codes.csv", "records.toml", "plan_desk.toml", "plan_measures.toml"):
        words = (DATA / name).read_text(encoding="utf-8")
        for own_word in ("凤鸣", "三晋", "JZ", "Fengming"):
            assert own_word not in words, (name, own_word)


# --- what went together with what vouches for it


@pytest.mark.slow
def test_the_folder_gone_with_its_list_is_missed_until_it_is_accepted(library: Store) -> None:
    another = library.root.parent / "另.csv"
    another.write_text("\n".join([LOANS, a_loan(2, ""), ""]), encoding="utf-8")
    load([another], "plain", noted(library))
    shutil.rmtree(its(library).folder)
    inventory.of(library.root).unlink()
    shutil.rmtree(library.root / "layouts")
    for _ in range(2):  # neither a load nor a look writes a list of nothing
        said = run("verify", "--store", library.root)
        assert (said.exit_code, str(library.root / "library") in said.output) == (1, True)
        inventory.note(library.root)
    assert run("alerts", "--store", library.root).exit_code == 1
    assert run("verify", "--mend", "--store", library.root).exit_code == 0
    assert run("verify", "--store", library.root).exit_code == 0
