"""Which way imports point, what the tree may hold, and that words and colours are said once."""

import ast
import csv
import re
import subprocess
import sys
import tomllib
from functools import cache
from pathlib import Path

import pytest
import sqlglot
from conftest import PLANS
from screens import PAGES
from sqlglot import exp

import guanqing
from guanqing import charts, measures, plan, text
from guanqing.paths import DATA, QUERIES, ROOT

PACKAGE = Path(guanqing.__file__).parent
BEHIND = [
    "charts",
    "cli",
    "figures",
    "intake.loading",
    "warehouse",
    "measures",
    "plan",
    "published",
]
BEHIND += ["text", "period", "headlines", "activity_headlines", "query_params", "reference"]
BEHIND += ["store", "plan.alerts", "plan.forecast", "plan.outlook"]
BEHIND += ["registers.checks", "registers.entered"]


# --- imports


IMPORT = """
import importlib, sys
for module in sys.argv[1:]:
    importlib.import_module(f"guanqing.{module}")
    if "streamlit" in sys.modules:
        sys.exit(f"{module} needs Streamlit")
"""


def test_only_ui_needs_streamlit() -> None:
    command = [sys.executable, "-c", IMPORT, *BEHIND]
    done = subprocess.run(command, check=False, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


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


READS_MARKDOWN = {"markdown", "write", "caption", "title", "header", "subheader", "toast"}
READS_MARKDOWN |= {"warning", "error", "info", "success", "exception", "latex", "write_stream"}


def test_what_is_said_on_a_page_is_never_read_as_markdown() -> None:
    for path in [*(PACKAGE / "ui").rglob("*.py"), *(ROOT / page for page in PAGES)]:
        calls = (node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
        drawn = [
            node.attr
            for node in calls
            if isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Name)
            and node.value.id in ("st", "left", "middle", "right", "column")
        ]
        assert READS_MARKDOWN.isdisjoint(drawn), f"{path}: say it with session.said"


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
def nodes() -> list[ast.AST]:
    parsed = [ast.parse(path.read_text(encoding="utf-8")) for path in SOURCES]
    return [node for tree in parsed for node in ast.walk(tree)]


@cache
def strings() -> set[str]:
    """Return the plain strings of the program, and the keys of its problems."""
    found: set[str] = set()
    for node in nodes():
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            found.add(node.value)
        elif isinstance(node, ast.Call) and getattr(node.func, "id", "") in ASKS_OF_PROBLEMS:
            key = node.args[0]
            assert isinstance(key, ast.Constant), ast.unparse(node)
            found.add(f"problem.{key.value}")
    return found


@cache
def put_together() -> set[str]:
    """Return a pattern for every string the program puts together from words: status[.](\\w+)."""
    found: set[str] = set()
    for node in nodes():
        if isinstance(node, ast.AugAssign):  # key += "_refused" if ...
            ends = {str(n.value) for n in ast.walk(node.value) if isinstance(n, ast.Constant)}
            found |= {r"([\w.]+)" + re.escape(end) for end in ends if end.startswith("_")}
            continue
        if isinstance(node, ast.JoinedStr):
            parts = [p.value if isinstance(p, ast.Constant) else None for p in node.values]
        elif isinstance(node, ast.BinOp) and isinstance(node.left, ast.Constant):
            parts = [node.left.value, None]
        else:
            continue
        pattern = "".join(r"(\w+)" if part is None else re.escape(str(part)) for part in parts)
        # "problem." begins every Problem, and says nothing about which there are
        if re.search("[a-z]{3}", pattern.replace(r"(\w+)", "")):
            found.add(pattern)
    return found - {r"problem\.(\w+)"}


@cache
def words() -> set[str]:
    """Return the words a key may be put together from: of the program, its SQL and its data."""
    found = strings() | {str(n.arg) for n in nodes() if isinstance(n, ast.keyword)}
    for path in [*QUERIES.rglob("*.sql"), *DATA.rglob("*.sql")]:
        found.add(path.stem)
        for statement in sqlglot.parse(path.read_text(encoding="utf-8"), dialect="duckdb"):
            assert statement is not None
            found |= {str(node.this) for node in statement.find_all(exp.Literal)}
            found |= {node.name for node in statement.find_all(exp.Table)}
    for path in DATA.rglob("*.csv"):
        with path.open(encoding="utf-8", newline="") as lines:
            found |= {cell for row in csv.reader(lines) for cell in row}
    for path in DATA.rglob("*.toml"):
        if path.name != "text.toml":
            found |= set(re.findall(r"\w+", path.read_text(encoding="utf-8")))
    return found


def is_made(key: str) -> bool:
    """Return whether a key is written in the program, or a word the program knows put to a part."""
    matches = [match for part in put_together() if (match := re.fullmatch(part, key))]
    return key in strings() or any(
        all(word in words() or is_made(word) for word in match.groups()) for match in matches
    )


ASKS_OF_PROBLEMS = {"Problem", "_warn"}  # they take a key without its group
GROUPS = {key.split(".")[0] for key in text.load()}


def test_every_key_in_the_program_is_a_text() -> None:
    looks_like_one = re.compile(rf"(?:{'|'.join(GROUPS)})\.[a-z][a-z0-9_]*")
    # these are files, named as they are
    files = {path.name for path in DATA.rglob("*")} | {path.name for path in PACKAGE.rglob("*")}
    files |= {
        "audit.jsonl",
        "released.json",
        "server.address",
    }  # made beside the library; Streamlit's own setting
    keys = {value for value in strings() if looks_like_one.fullmatch(value)} - files
    assert len(keys) > 100
    begun = {key for key in keys if key.endswith("_")}  # a name is put after it
    assert keys - begun - text.load().keys() == set(), "write them in data/text.toml"
    for key in begun:
        assert any(known.startswith(key) for known in text.load()), key


def test_every_text_is_used() -> None:
    unused = [key for key in text.load() if not is_made(key)]
    assert unused == [], "nothing asks for these of data/text.toml"


def test_a_text_nobody_asks_for_would_be_found() -> None:
    groups = sorted(GROUPS)
    assert [group for group in groups if is_made(f"{group}.tagret")] == []


@pytest.mark.parametrize("name", measures.load())
def test_every_measure_is_shown_or_promised(name: str) -> None:
    promised = {
        target.measure
        for year in plan.years(PLANS)
        for target in plan.load(year, PLANS).targets.values()
    }
    counted = {measure.cases.rpartition(".")[2] for measure in measures.load().values()}
    assert name in promised | counted or is_made(name), (
        f"{name} of data/measures.toml defines no figure of guanqing/figures, no target, no cases"
    )
