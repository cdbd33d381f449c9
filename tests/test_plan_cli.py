"""`guanqing plan`: what it lists, refuses by line and field, saves and writes out."""

import shutil
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import xlsxwriter
from typer.testing import CliRunner

from guanqing import own, plan
from guanqing.access import audit
from guanqing.cli.frame import app
from guanqing.plan.making import saving
from guanqing.problems import Problem
from guanqing.store import Store

pytest_plugins = ["stores"]

ROWS = [
    ["种类", "名称", "指标", "目标值", "单位"],
    ["累计", "凤鸣讲坛", "讲座场次", "30", "场"],
    ["年度任务", "古籍修复室", "", "", ""],
]


@pytest.fixture
def store(simulated: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.setenv("GUANQING_LANG", "zh")
    return Store(shutil.copytree(simulated, tmp_path / "store", symlinks=True))


def run(store: Store, *words: str) -> tuple[int, str, str]:
    found = CliRunner().invoke(app, ["plan", *words, "--store", str(store.root)])
    if isinstance(found.exception, Problem):
        raise found.exception
    assert found.exception is None or isinstance(found.exception, SystemExit)
    return found.exit_code, found.stdout, found.stderr


def csv_of(folder: Path, rows: list[list[str]], encoding: str = "utf-8") -> str:
    path = folder / "计划.csv"
    path.write_text("\n".join(",".join(row) for row in rows), encoding=encoding)
    return str(path)


def its(store: Store) -> Path:
    return own.of_store(store.root, is_simulated=True).targets


@pytest.mark.slow
def test_a_plan_that_is_exported_is_imported_as_it_was(store: Store, tmp_path: Path) -> None:
    written = tmp_path / "2019.toml"
    assert run(store, "export", "--year", "2019", "--to", str(written))[0] == 0
    with pytest.raises(Problem, match="plan_exists"):
        run(store, "export", "--to", str(written))
    was = plan.load(2019, its(store))
    assert run(store, "check", str(written))[0] == 0
    with written.open("a", encoding="utf-8") as file:
        file.write("# checked\n")
    assert run(store, "import", str(written), "--reason", "理事会通过")[0] == 0
    assert plan.load(2019, its(store)) == was
    assert its(store).parent.parent == store.root
    assert run(store, "export")[1] == written.read_text("utf-8")
    (line,) = [one for one in audit.lines(audit.path_of(store.root)) if one.act == "planned"]
    assert line.about == {"year": "2019", "reason": "理事会通过"}


@pytest.mark.few(9)
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_a_table_is_the_whole_plan_and_keeps_what_it_has_no_column_for(
    store: Store, tmp_path: Path, encoding: str
) -> None:
    was = plan.load(2019, its(store)).targets["lectures"]
    file = csv_of(tmp_path, ROWS, encoding)
    code, _, said = run(store, "import", file, "--year", "2019")
    assert code == 0, said
    now = plan.load(2019, its(store))
    assert [*now.targets] == ["lectures"]
    assert (now.targets["lectures"].goal, now.targets["lectures"].quality) == (30, was.quality)
    assert len(now.milestones) == 1
    assert len(saving.history(its(store), 2019)) == 1


@pytest.mark.slow
def test_a_workbook_is_taken_in_likewise(store: Store, tmp_path: Path) -> None:
    file = tmp_path / "计划.xlsx"
    book = xlsxwriter.Workbook(str(file))
    sheet = book.add_worksheet()
    for number, row in enumerate([["2020年工作目标"], [], *ROWS]):
        sheet.write_row(number, 0, row)
    sheet.write_number(3, 3, 30)  # as Excel keeps what was typed as a number
    book.close()
    code, _, said = run(store, "import", str(file), "--year", "2020")
    assert code == 0, said
    assert plan.load(2020, its(store)).targets["lectures"].goal == 30  # its code by its name


@pytest.mark.slow
def test_what_is_wrong_is_said_by_line_and_field_and_nothing_is_saved(
    store: Store, tmp_path: Path
) -> None:
    rows = [*ROWS, ["累计", "[red]x[/]", "讲坐场次", "很多", "场"]]
    file = csv_of(tmp_path, rows)
    for command in ("check", "import"):
        code, _, said = run(store, command, file, "--year", "2019")
        assert code == 1
        assert "第4行 指标“讲坐场次”：没有这个指标，是不是“讲座场次”？" in said
        assert "第4行 目标值“很多”" in said
    assert its(store) == own.SIMULATED / "targets"  # nothing was begun in the store
    wrong = tmp_path / "2019.toml"
    text = (its(store) / "2019.toml").read_text("utf-8")
    wrong.write_text(text.replace('"lecture_count"', '"lectur_count"'), encoding="utf-8")
    (line,) = [n for n, words in enumerate(text.split("\n"), 1) if '"lecture_count"' in words]
    assert f"第{line}行 指标" in run(store, "check", str(wrong))[2]
    with pytest.raises(Problem, match="plan_no_year"):
        run(store, "check", file)
    wrong.write_text("year = [", encoding="utf-8")
    with pytest.raises(Problem, match="plan_no_toml"):
        run(store, "check", str(wrong))


def test_a_branch_nobody_knows_is_refused_and_parts_that_do_not_add_up_are_said(
    store: Store, tmp_path: Path
) -> None:
    file = tmp_path / "2019.toml"
    text = (its(store) / "2019.toml").read_text("utf-8")
    parted = 'code = "lectures"\nby_branch = {{ JZ = 20, {} = 3 }}'
    for code, ends, said in (
        ("TGU", 1, "没有“TGU”这个分馆，是不是“TG”"),
        ("TG", 0, "各馆相加为 23"),
    ):
        file.write_text(text.replace('code = "lectures"', parted.format(code)), encoding="utf-8")
        exit_code, _, words = run(store, "check", str(file))
        assert (exit_code, said in words) == (ends, True), words


@pytest.mark.slow
def test_the_plan_is_listed_with_who_saved_it(store: Store, tmp_path: Path) -> None:
    run(store, "import", csv_of(tmp_path, ROWS), "--year", "2020", "--why", "[b]试[/b]")
    code, listed, below = run(store, "show")
    assert code == 0
    assert "凤鸣讲坛" in listed
    assert "30 场" in listed
    assert "[b]试[/b]" in below
    assert "UTC" not in below
    (saved,) = (one for one in [saving.current(its(store), 2020)] if one and one.stamp)
    assert saved.stamp is not None
    there = datetime.fromisoformat(saved.stamp.at).astimezone(ZoneInfo("Asia/Shanghai"))
    assert f"{there:%H:%M}" in below
    assert "13,000 人" in run(store, "show", "--year", "2019")[1]
    with pytest.raises(Problem, match="no_plan"):
        run(store, "show", "--year", "2031")


def test_a_file_that_is_not_there_is_said_before_its_year_is_asked_for(
    store: Store, tmp_path: Path
) -> None:
    for name in ("none.csv", "none.toml"):
        with pytest.raises(Problem, match="path_missing"):
            run(store, "check", str(tmp_path / name))


@pytest.mark.slow
def test_an_import_says_what_it_saved_and_one_that_changes_nothing_saves_nothing(
    store: Store, tmp_path: Path
) -> None:
    file = csv_of(tmp_path, ROWS)
    assert "历史" not in run(store, "import", file, "--year", "2020")[2]
    was = saving.version(its(store), 2020)
    whole = shutil.copy(saving.path_of(its(store), 2020), tmp_path / "whole.toml")
    for again in (file, str(whole)):
        code, _, said = run(store, "import", again, "--year", "2020")
        assert code == 0
        assert "没有保存" in said
    assert (saving.version(its(store), 2020), saving.history(its(store), 2020)) == (was, [])
    fewer = csv_of(tmp_path, ROWS[:2])
    assert "历史" in run(store, "import", fewer, "--year", "2020")[2]


def test_a_store_without_a_library_may_have_a_plan_first(tmp_path: Path) -> None:
    bare = Store(tmp_path / "bare")
    assert run(bare, "import", csv_of(tmp_path, ROWS), "--year", "2020")[0] == 0
    assert plan.years(own.of_store(bare.root, is_simulated=False).targets) == [2020]
