"""The `guanqing` command as a systems librarian types it."""

import csv
import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import PRINTED
from typer.testing import CliRunner, Result

import simulated_library
from guanqing import cli, published, store, text
from guanqing.cli.frame import app
from guanqing.paths import DATA
from guanqing.problems import Problem
from guanqing.store import Store

pytest_plugins = ["stores"]

COMMANDS = sorted(command.name or command.callback.__name__ for command in app.registered_commands)

# What other programs may rely on: the columns of the questions asked of the product by name.
CONTRACTS = {
    "loans_by_class": [
        "class_code",
        "class_name_zh",
        "class_name_en",
        "loan_count",
        "loan_share",
        "item_count",
        "item_share",
    ],
    "loans_by_month": ["month", "loan_count", "renewal_count"],
    "loans_by_branch": [
        "branch_code",
        "branch_name_zh",
        "branch_name_en",
        "loan_count",
        "loan_share",
        "renewal_count",
    ],
    "top_borrowers": ["rank", "reader_id", "loan_count", "tied_count"],
    "cards_by_month": ["month", "issued_count", "cancelled_count", "holder_count"],
    "cancellations_by_reason": ["reason_code", "kind", "card_count", "card_share"],
    "plan_progress": ["target_code", "kind", "value", "target", "status"],
}


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GUANQING_LANG", "en")
    monkeypatch.setattr(cli.frame.out, "width", 200)  # a table is not cut at a narrow terminal


def run(*words: object) -> Result:
    result = CliRunner().invoke(cli.app, [str(word) for word in words])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def answer(*words: object) -> list[dict[str, str]]:
    """Return the rows of a query as a spreadsheet gets them."""
    return list(csv.DictReader(io.StringIO(run("query", *words, "-f", "csv").stdout)))


# --- help


@pytest.mark.parametrize("command", COMMANDS)
def test_the_help_of_a_command_says_what_it_does_and_takes(command: str) -> None:
    shown = re.sub(r"\s+", " ", run(command, "--help").stdout)
    assert "--store" in shown
    assert "$GUANQING_STORE" in shown
    assert len(shown) > 300


def test_the_first_help_says_where_to_start() -> None:
    shown = CliRunner().invoke(cli.app, []).output
    assert "guanqing serve" in shown
    for command in COMMANDS:
        assert re.search(rf"\b{command}\b", shown)


def test_the_help_of_query_gives_an_example_that_works(simulated: Path) -> None:
    shown = re.sub(r"[\s│]+", " ", run("query", "--help").stdout)
    found = re.search(r"Example: guanqing (query .*? -f csv)", shown)
    assert found
    result = run(*found[1].split(), "--store", simulated)
    assert result.exit_code == 0
    assert result.stdout.startswith("class_code,")


def test_the_help_of_load_says_its_exit_codes() -> None:
    shown = re.sub(r"[\s│]+", " ", run("load", "--help").stdout)
    assert "0 loaded, 1 loaded but lines were refused, 2 nothing loaded" in shown


# --- demo and status


@pytest.mark.slow
def test_demo_builds_a_library_that_status_describes(tmp_path: Path) -> None:
    built = run("demo", "--store", tmp_path)
    assert built.exit_code == 0
    assert str(tmp_path / "library.duckdb") in built.stderr
    shown = run("status", "--store", tmp_path).stdout
    printed = published.load(simulated_library.PRINTED_YEAR, PRINTED)["library"]["name_en"]
    assert f"{printed} · Simulated data" in shown
    assert "2018-04-01 – 2019-09-30" in shown
    assert "000001.duckdb" in shown
    assert re.search(r"Loan events\s*│\s*[\d,]{7,}", shown)


def test_status_of_a_real_library_does_not_call_it_simulated(real: Path) -> None:
    shown = run("status", "--store", real).stdout
    assert text.translate("cli.real", "en") in shown
    assert "imulated" not in shown


def test_status_names_the_tables_in_the_language_asked_for(
    real: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GUANQING_LANG", "zh")
    shown = run("status", "--store", real).stdout
    assert not re.search("[a-z]_[a-z]", shown.replace(str(real), "")), shown


def test_status_of_an_empty_library_is_no_error(empty: Path) -> None:
    result = run("status", "--store", empty)
    assert result.exit_code == 0
    assert "None" not in result.stdout


# --- query


@pytest.mark.parametrize("library", ["simulated", "real", "empty"])
@pytest.mark.parametrize("name", CONTRACTS)
@pytest.mark.few(4)
def test_a_question_has_the_columns_that_others_rely_on(
    request: pytest.FixtureRequest, name: str, library: str
) -> None:
    result = run("query", name, "-f", "csv", "--store", request.getfixturevalue(library))
    assert result.exit_code == 0
    assert result.stdout.splitlines()[0].split(",") == CONTRACTS[name]


def test_the_three_forms_hold_the_same_rows(simulated: Path) -> None:
    question = ["loans_by_month", "--store", simulated]
    rows = answer(*question)
    told = json.loads(run("query", *question, "-f", "json").stdout)
    assert [{key: str(value) for key, value in row.items()} for row in told] == rows
    table = run("query", *question, "-f", "table").stdout
    assert run("query", *question).stdout == table
    for row in rows:
        assert re.search(r"[│ ]+".join(row.values()), table)


def test_a_whole_number_stays_one_and_a_missing_value_is_empty(real: Path) -> None:
    rows = json.loads(run("query", "cards_by_month", "-f", "json", "--store", real).stdout)
    assert rows
    assert {row["holder_count"] for row in rows} == {None}
    assert {row["holder_count"] for row in answer("cards_by_month", "--store", real)} == {""}


def test_left_out_the_period_is_the_whole_of_the_data(simulated: Path) -> None:
    months = answer("loans_by_month", "--store", simulated)
    assert (months[0]["month"], months[-1]["month"]) == ("2018-04-01", "2019-09-01")
    days = answer("loans_by_day", "--store", simulated)
    assert (days[0]["day"], days[-1]["day"]) == ("2018-04-01", "2019-09-30")
    asked = ["-p", "start_date=2018-04-01", "-p", "end_date=2019-10-01"]
    assert answer("loans_by_class", *asked, "--store", simulated) == answer(
        "loans_by_class", "--store", simulated
    )


def test_left_out_the_branches_are_all_and_a_list_is_kept_to(simulated: Path) -> None:
    def total(*words: str) -> int:
        rows = answer("loans_by_month", *words, "--store", simulated)
        return sum(int(row["loan_count"]) for row in rows)

    assert total() == total("-p", "branches=null")
    by_branch = {
        row["branch_code"]: int(row["loan_count"])
        for row in answer("loans_by_branch", "--store", simulated)
    }
    assert total() == sum(by_branch.values())
    assert total("-p", "branches=JZ,TG") == by_branch["JZ"] + by_branch["TG"]


def test_a_branch_that_nobody_knows_is_no_empty_answer(simulated: Path) -> None:
    with pytest.raises(Problem) as caught:
        run("query", "loans_by_class", "-p", "branches=TG,XX", "--store", simulated)
    assert caught.value.key == "problem.no_such_branch"
    assert caught.value.values["code"] == "XX"


def test_left_out_the_as_of_day_is_the_last_of_the_data(simulated: Path) -> None:
    last = answer("plan_progress", "-p", "as_of=2019-09-30", "--store", simulated)
    assert answer("plan_progress", "--store", simulated) == last
    assert answer("plan_progress", "-p", "as_of=2019-06-30", "--store", simulated) != last


def test_left_out_the_limit_is_ten(simulated: Path) -> None:
    ranks = [int(row["rank"]) for row in answer("top_borrowers", "--store", simulated)]
    assert len(ranks) >= 10
    assert max(ranks) <= 10
    three = answer("top_borrowers", "-p", "limit=3", "--store", simulated)
    assert max(int(row["rank"]) for row in three) <= 3


def test_left_out_the_floor_hides_no_group(simulated: Path) -> None:
    groups = answer("borrowers_by_group", "--store", simulated)
    assert all(row["borrower_count"] for row in groups)
    high = answer("borrowers_by_group", "-p", "floor=100000", "--store", simulated)
    assert not any(row["borrower_count"] for row in high)


def test_a_program_that_reads_rows_is_told_beside_them_that_they_are_simulated(
    simulated: Path, real: Path
) -> None:
    told = run("query", "loans_by_month", "-f", "csv", "--store", simulated)
    assert text.translate("app.simulated", "en") in told.stderr
    assert text.translate("app.simulated", "en") not in told.stdout
    assert "imulated" not in run("query", "loans_by_month", "--store", real).output


# --- load


COUNTS = ("lines_read", "loaded", "repaired", "refused", "set_aside", "already_there")


def account(result: Result) -> list[int]:
    """Return the counts of the loans file."""
    (line,) = re.findall(r"inter_reevaluation\.csv\s+│(.*)│", result.stdout)[:1]
    return [int(count.replace(",", "")) for count in line.split("│")]


def test_a_clean_load_ends_with_0_and_accounts_for_every_line(
    tmp_path: Path, export: Callable[..., Path]
) -> None:
    result = run("load", export(loan_count=30), "--layout", "seu", "--store", tmp_path / "store")
    assert result.exit_code == 0
    assert account(result) == [30, 30, 0, 0, 0, 0]
    assert str(Store(tmp_path / "store").current()) in result.stderr


def test_a_load_with_refused_lines_ends_with_1_and_names_them(
    tmp_path: Path, export: Callable[..., Path]
) -> None:
    folder = export(loan_count=30, bad_lines=2)
    result = run("load", folder, "--layout", "seu", "--store", tmp_path / "store")
    assert result.exit_code == 1
    assert account(result) == [32, 30, 0, 2, 0, 0]
    _, refusals = result.stdout.split(text.translate("cli.refused_lines", "en", count="2"))
    assert re.findall(r"inter_reevaluation\.csv\s*│\s*(\d+)\s*│", refusals) == ["32", "33"]
    assert Store(tmp_path / "store").current().exists()


def test_the_account_comes_as_json_for_programs(
    tmp_path: Path, export: Callable[..., Path]
) -> None:
    words = ("--layout", "seu", "--store", tmp_path / "store", "--json")
    first, second = (
        json.loads(run("load", export(loan_count=30, bad_lines=2), *words).stdout) for _ in range(2)
    )
    (loans,) = [file for file in first["files"] if file["file"] == "inter_reevaluation.csv"]
    assert [loans[count] for count in COUNTS] == [32, 30, 0, 2, 0, 0]
    assert loans["by_rule"] == {"too_few_fields": 2}
    assert [line["line_number"] for line in first["refused_lines"]] == [32, 33]
    (again,) = [file for file in second["files"] if file["file"] == "inter_reevaluation.csv"]
    assert [again[count] for count in COUNTS] == [32, 0, 0, 2, 0, 30]
    assert (first["load_number"], second["load_number"]) == (1, None)


def test_refused_lines_come_back_as_a_file_to_mend_and_load(
    tmp_path: Path, export: Callable[..., Path]
) -> None:
    words = ("--layout", "seu", "--store", tmp_path / "store")
    run("load", export(loan_count=30, bad_lines=2), *words)
    result = run("refused", tmp_path / "out", "--store", tmp_path / "store")
    assert result.exit_code == 0
    (path,) = (tmp_path / "out").iterdir()
    header, *lines = path.read_text(encoding="utf-8-sig").splitlines()
    assert header.startswith("#line,#rule,inter_id,")
    assert [line.split(",")[:2] for line in lines] == [
        ["32", "too_few_fields"],
        ["33", "too_few_fields"],
    ]
    mended = ["32,too_few_fields,901,1,1,2024-03-01 10:00:00,,,0", lines[1]]
    path.write_text("\n".join([header, *mended]), encoding="utf-8-sig")
    result = run("load", path, *words, "--json")
    (file,) = json.loads(result.stdout)["files"]
    assert [file[count] for count in COUNTS] == [2, 1, 0, 1, 0, 0]


def guanqing(*words: object, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command as a shell does."""
    return subprocess.run(
        [sys.executable, "-m", "guanqing", *map(str, words)],
        check=False,
        capture_output=True,
        text=True,
        env=os.environ | {"GUANQING_LANG": "en"} | environment,
    )


@pytest.mark.slow
def test_a_load_of_nothing_ends_with_2_and_a_sentence(
    tmp_path: Path, export: Callable[..., Path]
) -> None:
    folder = export(loan_count=0, bad_lines=3)
    loans = folder / "inter_reevaluation.csv"
    result = guanqing("load", loans, "--layout", "seu", "--store", tmp_path / "store")
    assert result.returncode == 2
    assert "too_few" not in result.stdout
    assert text.translate("cli.refused_lines", "en", count="3") in result.stdout
    assert "✖" in result.stderr
    assert "Traceback" not in result.stderr
    assert not (tmp_path / "store" / "library.duckdb").exists()


# --- where and in which language


def test_the_store_is_that_of_the_option_then_of_the_environment_then_data(
    monkeypatch: pytest.MonkeyPatch, simulated: Path, real: Path
) -> None:
    monkeypatch.setenv("GUANQING_STORE", str(real))
    assert str(real) in run("status").stdout.replace("\n", "")
    assert str(simulated) in run("status", "--store", simulated).stdout.replace("\n", "")
    monkeypatch.delenv("GUANQING_STORE")
    assert store.default_store().root == DATA


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        pytest.param({"GUANQING_LANG": "zh", "LANG": "en_GB.UTF-8"}, "zh", id="asked_for"),
        pytest.param({"GUANQING_LANG": "en", "LANG": "zh_CN.UTF-8"}, "en", id="asked_against"),
        pytest.param({"LANG": "zh_CN.UTF-8"}, "zh", id="locale"),
        pytest.param({"LANG": "C.UTF-8"}, "en", id="any_other_locale"),
    ],
)
def test_the_terminal_speaks_the_language_asked_for(
    monkeypatch: pytest.MonkeyPatch, simulated: Path, environment: dict[str, str], language: str
) -> None:
    for name in ("GUANQING_LANG", "LC_ALL", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    shown = run("status", "--store", simulated).stdout
    assert text.translate("app.simulated", language) in shown
    assert text.translate("cli.period", language) in shown


def test_chinese_is_printed_in_a_shell_without_a_locale(empty: Path) -> None:
    rows = guanqing("query", "loans_by_class", "-f", "csv", "--store", empty, LC_ALL="C")
    assert rows.returncode == 0, rows.stderr
    assert "文学" in rows.stdout


def test_a_first_serve_builds_the_simulated_library_and_starts_the_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[Any] = []
    monkeypatch.setattr(os, "execv", lambda *command: started.append(command))
    monkeypatch.setattr(os, "chdir", lambda folder: None)
    for name in ("GUANQING_STORE", "GUANQING_NAMES"):
        monkeypatch.setenv(name, "")  # so that what serve sets is taken back after the test
    monkeypatch.setattr(cli.serving, "build_demo", lambda chosen: built.append(chosen.root))
    built: list[Path] = []
    for words in ([], ["--names"]):
        run("serve", "--store", tmp_path, "--port", "0", *words)
        assert os.environ["GUANQING_STORE"] == str(tmp_path)
        assert os.environ["GUANQING_NAMES"] == str(int("--names" in words))
    assert built == [tmp_path, tmp_path]
    assert len(started) == 2
