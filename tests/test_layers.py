"""Which way imports point, what the tree may hold, and that words and colours are said once."""

import ast
import re
import subprocess
import sys
import tomllib
from functools import cache
from pathlib import Path

import pytest
from screens import PAGES

import guanqing
from guanqing import charts, measures, plan, text
from guanqing.intake.validation import rules
from guanqing.paths import DATA, ROOT

PACKAGE = Path(guanqing.__file__).parent
BEHIND = ["charts", "cli", "demo", "intake.loading", "warehouse", "measures", "plan", "published"]
BEHIND += ["text", "period", "headlines", "activity_headlines", "query_params", "reference"]
BEHIND += ["store", "plan.alerts", "plan.forecast", "plan.outlook"]
BEHIND += ["registers.checks", "registers.entered"]


# --- imports


@pytest.mark.parametrize("module", BEHIND)
def test_only_ui_needs_streamlit(module: str) -> None:
    code = f"import sys, guanqing.{module}; sys.exit('streamlit' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)


def test_every_module_outside_ui_is_free_of_streamlit_by_its_text_too() -> None:
    # an import inside a function would not show above
    outside = [path for path in PACKAGE.rglob("*.py") if PACKAGE / "ui" not in path.parents]
    assert len(outside) > 30
    for path in outside:
        assert "streamlit" not in imported(path), path


def test_the_layers_of_pyproject_are_kept() -> None:
    command = [Path(sys.executable).with_name("lint-imports"), "--no-cache"]
    result = subprocess.run(command, check=False, capture_output=True, text=True, cwd=ROOT)
    assert result.returncode == 0, result.stdout + result.stderr


def imported(path: Path) -> set[str]:
    """Return the packages a file imports, wherever in it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add((node.module or "").split(".")[0])
    return names


@pytest.mark.parametrize("page", ["dashboard.py", *PAGES])
def test_a_page_imports_nothing_but_streamlit_and_guanqing(page: str) -> None:
    assert imported(ROOT / page) <= {"streamlit", "guanqing"}


# --- colours


@pytest.mark.parametrize("look", [charts.LIGHT, charts.DARK], ids=lambda look: look.name)
def test_the_window_has_the_colours_of_the_charts(look: charts.Look) -> None:
    config = tomllib.loads((ROOT / ".streamlit/config.toml").read_text(encoding="utf-8"))
    theme = config["theme"][look.name]
    assert {
        "primaryColor": look.primary,
        "backgroundColor": look.ground,
        "secondaryBackgroundColor": look.surface,
        "textColor": look.ink,
        "borderColor": look.line,
    }.items() <= theme.items()


def test_a_colour_stands_in_look_and_nowhere_else() -> None:
    for path in [*PACKAGE.rglob("*.py"), *PACKAGE.rglob("*.css"), ROOT / "dashboard.py"]:
        if path.name != "look.py":
            found = re.findall(r"#[0-9A-Fa-f]{6}\b|#[0-9A-Fa-f]{3}\b", path.read_text("utf-8"))
            assert found == [], path


# --- the tree


@cache
def tracked() -> list[Path]:
    """Return every text file of the tree that git knows or would take."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        check=True,
        capture_output=True,
        text=True,
        cwd=ROOT,
    ).stdout.splitlines()
    binary = {".png", ".jpg", ".woff2", ".parquet", ".gz"}
    paths = [ROOT / name for name in listed]
    return [path for path in paths if path.is_file() and path.suffix not in binary]


# put together here, so that this file does not name them either
REGISTRIES = ["py" + "pi.org", "python" + "hosted.org", "index" + "-url", "npm" + "js.org"]
REGISTRIES += ["proxy." + "golang.org", "tuna." + "tsinghua", "mirrors." + "aliyun"]
MACHINE = re.compile(r"(?<![\w.])/(?:work|home|root|Users|opt/venv)/[\w.-]+")


def test_no_file_names_a_package_registry() -> None:
    assert len(tracked()) > 100
    for path in tracked():
        content = path.read_text(encoding="utf-8", errors="replace")
        assert [host for host in REGISTRIES if host in content] == [], path


def test_no_file_names_a_folder_of_somebodys_machine() -> None:
    for path in tracked():
        content = path.read_text(encoding="utf-8", errors="replace")
        assert MACHINE.findall(content) == [], path


# --- words

SOURCES = [*PACKAGE.rglob("*.py"), *(ROOT / page for page in PAGES), ROOT / "dashboard.py"]


@cache
def strings() -> tuple[set[str], set[str], set[str]]:
    """Return the plain strings of the program, and the beginnings and ends of those put together.

    A key may be whole ("card.target"), or a beginning with a name after it ("status." + status).
    """
    whole: set[str] = set()
    begun: set[str] = set()
    ended: set[str] = set()
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                whole.add(node.value)
            elif isinstance(node, ast.JoinedStr):
                first, last = node.values[0], node.values[-1]
                if isinstance(first, ast.Constant):
                    begun.add(str(first.value))
                elif isinstance(last, ast.Constant):
                    ended.add(str(last.value))
            elif isinstance(node, ast.BinOp) and isinstance(node.left, ast.Constant):
                begun.add(str(node.left.value))
            elif isinstance(node, ast.Call) and getattr(node.func, "id", "") in {
                "Problem",
                "_warn",
            }:
                # a Problem carries its key without the group
                key = node.args[0]
                assert isinstance(key, ast.Constant), ast.unparse(node)
                whole.add(f"problem.{key.value}")
    return whole, begun, ended


ASKS_OF_PROBLEMS = {"Problem", "_warn"}  # they take a key without its group
GROUPS = {key.split(".")[0] for key in text.load()}


def test_every_key_in_the_program_is_a_text() -> None:
    whole, _, _ = strings()
    looks_like_one = re.compile(rf"(?:{'|'.join(GROUPS)})\.[a-z][a-z0-9_]*")
    # these are files, named as they are
    files = {path.name for path in DATA.rglob("*")} | {path.name for path in PACKAGE.rglob("*")}
    keys = {value for value in whole if looks_like_one.fullmatch(value)} - files
    assert len(keys) > 100
    begun = {key for key in keys if key.endswith("_")}  # a name is put after it
    assert keys - begun - text.load().keys() == set()
    for key in begun:
        assert any(known.startswith(key) for known in text.load()), key


@pytest.mark.parametrize("key", text.load())
def test_every_text_is_used(key: str) -> None:
    whole, begun, ended = strings()
    group, name = key.split(".")
    # "problem." begins every Problem, and says nothing about which there are
    beginnings = {part for part in begun - {"problem."} if part.startswith(f"{group}.")}
    in_part = any(key.startswith(part) for part in beginnings) or f".{name}" in ended
    assert key in whole or in_part


@pytest.mark.parametrize(
    ("group", "names"),
    [
        pytest.param("status", plan.STATUS_ORDER, id="status"),
        pytest.param("outcome", {r.outcome for r in rules.rules().values()}, id="outcome"),
        pytest.param("verdict", ["equal", "different", "not_covered"], id="verdict"),
    ],
)
def test_a_key_put_together_leads_to_a_text(group: str, names: list[str]) -> None:
    assert {f"{group}.{name}" for name in names} <= text.load().keys()


@pytest.mark.parametrize("name", measures.load())
def test_every_measure_is_shown_or_promised(name: str) -> None:
    whole, _, _ = strings()
    promised = {
        target.measure for year in plan.years() for target in plan.load(year).targets.values()
    }
    assert name in whole | promised
