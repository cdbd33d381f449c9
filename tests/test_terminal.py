"""What stands in files, records and arguments is printed as it is, no mark of Rich's read in it."""

import io
import json
from contextlib import redirect_stderr
from pathlib import Path

import pytest
from rich.table import Table
from rich.text import Text
from typer.testing import CliRunner, Result

from guanqing import cli, locks
from guanqing.cli import terminal
from guanqing.cli.frame import complain
from guanqing.problems import Problem
from guanqing.registers import journal
from guanqing.registers.journal import Change
from guanqing.store import Store

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


# --- orders to a terminal


# as a name of a file may hold them; what somebody types may go back over a line, too
NAME = "\x1b[31m\x07\x08\x7f\x9b2J\u202e\u2066\u2028\u200f\U000e0041"
CELL = "\x1b[31m\x9b2J\u202e\u2066\u2028"
ORDER = f"{NAME}\r\n✔ all is well"
KEY = {"count_code": "web_visit", "counted_on": "2019-03-01"}
PLAN = """
year = 2019

[[targets]]
code = "lectures"
kind = "total"
measure = "lecture_count"
at_least = {least}
unit = {{ zh = "场", en = "lecture|lectures" }}
name = {{ zh = "讲座{said}", en = "Lectures{said}" }}
"""


def sent(*words: object, told: int = 0) -> str:
    """Return what a command sends to a terminal: no orders in it, and no line of another's."""
    result = CliRunner().invoke(cli.app, list(map(str, words)))
    said, code = result.stdout + result.stderr, result.exit_code
    if isinstance(result.exception, Problem):
        with redirect_stderr(io.StringIO()) as complaint:
            complain(result.exception)
        said, code = said + complaint.getvalue(), 2
    assert code == told, (words, said, result.exception)
    found = terminal.ORDERS.search(said)
    assert not found, f"{words}: {said[max(found.start() - 60, 0) : found.end()]!r}"
    assert "\n✔ all" not in said
    return said


@pytest.fixture
def spoilt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a store in which every word that a person could type, and every name, is an order."""
    monkeypatch.setattr(locks.getpass, "getuser", lambda: ORDER)
    store, folder = tmp_path / f"store{NAME}", tmp_path / f"export{NAME}"
    folder.mkdir()
    called = ("--name", f"馆{NAME}", "--name-en", f"A{NAME}", "--branch", f"JZ=甲{NAME}=A{NAME}")
    sent("init", "--store", store, *called)
    (folder / f"branches{NAME}.csv").write_text(f"馆代码,馆名\nJZ,甲{CELL}\n", encoding="utf-8")
    (folder / f"loans{NAME}.csv").write_text(
        f"{LOANS}\n1,R1,B1,2019-03-01 10:00:00,,{CELL},,0,I\n2,R1,B1,2019-03-02 10:00:00,,,,0,I\n",
        encoding="utf-8",
    )
    (folder / f"notes{NAME}.txt").write_text("x")
    sent("load", folder, "--layout", "plain", "--store", store, told=1)
    row = Change("counts", KEY, KEY | {"amount": 5.0, "branch_code": f"B{ORDER}"})
    path = journal.path_of(Store(store).current())
    journal.append(path, [row], by=f"王{ORDER}", why=ORDER, is_simulated=False)
    return store


@pytest.mark.slow  # fifteen commands, each opening the library
def test_no_command_sends_an_order_that_stands_in_peoples_words(
    spoilt: Path, tmp_path: Path
) -> None:
    store = ("--store", spoilt)
    plan = tmp_path / f"plan{NAME}.toml"
    for least, why in ((2, ORDER), (3, "")):
        # what stands in TOML is written as it may
        plan.write_text(PLAN.format(least=least, said=json.dumps(CELL)[1:-1]))
        sent("plan", "check", plan, "--year", 2019, *store)
        sent("plan", "import", plan, "--year", 2019, "--why", why, *store)
    assert terminal.SHOWN in sent("plan", "show", "--year", 2019, *store)
    for words in ("plan show --json", "history", "history --json", "journal", "journal --json"):
        assert sent(*words.split(), *store)
    for words in ("status", "query branch_names", "query branch_names -f json", "layouts"):
        assert sent(*words.split(), *store)
    sent("refused", tmp_path / f"out{NAME}", "--reason", ORDER, *store)
    sent("propose", tmp_path / f"export{NAME}", *store)
    sent("load", tmp_path / f"export{NAME}", *store, told=2)
    sent("load", tmp_path / f"gone{NAME}", "--layout", "plain", *store, told=2)
    sent("backup", tmp_path / f"b{NAME}.zip", *store)
    sent("verify", *store)
    sent("alerts", *store, told=1)
    plan.write_text(
        f'year = 2019\n[[targets]]\ncode = "{NAME[-3:]}"\nkind = "{NAME[-3:]}"\n', "utf-8"
    )
    sent("plan", "check", plan, "--year", 2019, *store, told=1)
    (spoilt / "layouts").mkdir()
    (spoilt / "layouts" / f"{NAME}.toml").write_text(f'"{NAME}', "utf-8")
    sent("verify", *store, told=1)


def test_a_program_reads_what_was_typed(spoilt: Path) -> None:
    (row,) = json.loads(sent("journal", "--json", "--store", spoilt))
    assert row["why"] == ORDER


def test_what_is_for_a_program_is_harmless_where_it_goes_to_a_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    terminal.write(NAME)
    assert capsys.readouterr().out == NAME
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    terminal.write(NAME)
    assert not terminal.ORDERS.search(capsys.readouterr().out)


def test_a_table_is_as_wide_as_what_it_shows() -> None:
    console = terminal.HarmlessConsole(width=40, file=io.StringIO())
    table = Table("a", "b")
    table.add_row(NAME, Text(NAME))
    console.print(table)
    assert len({len(line) for line in console.file.getvalue().splitlines()}) == 1
