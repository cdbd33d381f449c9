"""What stands in files, records and arguments is printed as it is, no mark of Rich's read in it."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from guanqing import cli
from guanqing.cli.frame import complain
from guanqing.problems import Problem

MARK = "[bold]a[/x] [/] :smile: [link=http://b]c"
LOANS = "借阅编号,读者证号,条码号,借书日期,应还日期,还书日期,续借时间,续借次数,索书号"


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GUANQING_LANG", "en")
    monkeypatch.setattr(cli.frame.out, "width", 300)


def run(*words: object) -> Result:
    result = CliRunner().invoke(cli.app, list(map(str, words)))
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """Return a store into which a file of that name and with such values was loaded."""
    folder = tmp_path / "export"
    folder.mkdir()
    name = MARK.replace("/", "")
    (folder / f"{name}.csv").write_text(
        f"馆代码,馆名\nJZ,{MARK}\nTG,b,{MARK},surplus\n", encoding="utf-8"
    )
    (folder / "loans.csv").write_text(
        f"{LOANS}\n1,R1,B1,2019-03-01 10:00:00,,{MARK},,0,I\n2,R1,B1,2019-03-02 10:00:00,,,,0,I\n",
        encoding="utf-8",
    )
    result = run("load", folder, "--layout", "plain", "--store", tmp_path / "store")
    assert result.exit_code == 1, "lines were refused"
    assert f"{name}.csv" in result.stdout
    assert MARK in result.stdout
    return tmp_path / "store"


def test_a_load_its_history_and_a_query_print_marks_as_they_stand(store: Path) -> None:
    assert MARK.replace("/", "") in run("history", "--store", store).stdout
    assert MARK in run("query", "branch_names", "--store", store).stdout
    run("status", "--store", store)
    run("refused", store.parent / MARK.replace("/", ""), "--store", store)


def test_a_look_at_files_prints_marks_as_they_stand(tmp_path: Path) -> None:
    path = tmp_path / "x[bold].csv"
    lines = [f"流水号,读者卡号,{MARK},借出时间戳,读者类别"]
    lines += [f"{n},R{n % 7},{MARK},2023-03-{1 + n % 28:02} 10:00:00,{MARK}" for n in range(60)]
    path.write_text("\n".join([*lines, ""]), encoding="utf-8")
    said = run("load", path, "--store", tmp_path / "store")
    assert said.exit_code == 2
    assert MARK in said.stdout
    assert "x[bold].csv" in said.stdout


def test_a_message_says_marks_as_they_stand(capsys: pytest.CaptureFixture[str]) -> None:
    complain(Problem("layout_name_taken", name=MARK))
    assert MARK in capsys.readouterr().err
