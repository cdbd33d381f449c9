"""Every page over every kind of library, in both languages."""

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from screens import PAGES, head, open_page, title, words
from sealed import opened_names
from streamlit.testing.v1 import AppTest

from guanqing import text
from guanqing.paths import ROOT
from guanqing.store import Store
from guanqing.ui.shell import naming

pytest_plugins = ["stores"]

LIBRARIES = ("simulated", "real", "university", "empty")
Screen = Callable[[str, str, str], AppTest]

# a page's tests go to one worker, which renders each of its screens once
every_page = pytest.mark.parametrize(
    "page",
    [
        pytest.param(page, id=Path(page).stem, marks=pytest.mark.xdist_group(f"page-{page}"))
        for page in PAGES
    ],
)
every_language = pytest.mark.parametrize("language", text.LANGUAGES)
every_library = pytest.mark.parametrize(
    "library",
    [
        pytest.param(name, marks=pytest.mark.slow if name == "university" else [])
        for name in LIBRARIES
    ],
)


def everything_sent(app: AppTest) -> str:
    """Return all that reaches the browser, seen or not."""
    return "\n".join(
        f"{getattr(block, 'proto', '')}\n{getattr(block.proto, 'body', '')}"
        f"\n{getattr(block.proto, 'spec', '')}"
        for block in [*blocks(app.main), *blocks(app.sidebar)]
    )


def blocks(parent: Any) -> Iterator[Any]:
    """Yield whatever is drawn in a container, however deep."""
    for child in parent.children.values():
        yield child
        if hasattr(child, "children"):
            yield from blocks(child)


# --- every screen


@every_library
@every_language
@every_page
@pytest.mark.few(2)
def test_a_page_draws_without_a_complaint(
    screen: Screen, page: str, language: str, library: str
) -> None:
    app = screen(page, language, library)
    assert [error.message for error in app.exception] == []
    assert [error.value for error in [*app.error, *app.warning]] == []


@every_library
@every_language
@every_page
@pytest.mark.few(2)
def test_the_head_names_the_page(screen: Screen, page: str, language: str, library: str) -> None:
    app = screen(page, language, library)
    assert f"<h1>{title(page, language)}</h1>" in head(app)


@every_library
@every_language
@every_page
def test_simulated_data_is_called_so_and_real_data_never(
    screen: Screen, page: str, language: str, library: str
) -> None:
    app = screen(page, language, library)
    mark = text.translate("app.simulated", language)
    assert (mark in head(app)) == (library == "simulated")


@every_library
@every_language
@every_page
def test_nothing_on_a_page_is_a_key_or_a_gap_of_the_program(
    screen: Screen, page: str, language: str, library: str
) -> None:
    groups = "|".join({key.split(".")[0] for key in text.load()})
    slips = re.compile(rf"\b(?:None|nan|NaN|inf|undefined|(?:{groups})\.[a-z]+(?:_[a-z0-9]+)*)\b")
    # files and commands are named on purpose
    known = re.compile(r"library/(?:targets/\d+|settings)\.toml|guanqing load")
    shown = [known.sub("", piece) for piece in words(screen(page, language, library))]
    assert [piece for piece in shown if slips.search(piece)] == []


# What stays as it is in Chinese: names, codes, standards and commands.
LATIN = re.compile(
    r"guanqing (?:load|demo|serve)|[a-z_]+\.csv"  # what is typed, files
    r"|library/(?:targets/\d{4}|settings)\.toml|published/年份\.toml"
    r"|设为 [a-z]+"  # what is written in a layout
    r"|(?i:csv|txt|excel|parquet|zip)|[\w.-]+@[\w.-]+"  # kinds of files, accounts
    r"|ISO \d+|GB/T \d+|Wilson|CSV|SQL|TB|Interlib|SEU|Guanqing"
    r"|布局 (?:demo|seu|none)|Q[1-4]\b"
    r"|\b[a-z]+=\d+\b"  # what a branch has of a target, by its code
    r"|\b[0-9a-f]{12}\b"  # the hash of a line of the audit
)


@every_library
@every_page
def test_no_english_is_left_on_a_chinese_screen(screen: Screen, page: str, library: str) -> None:
    shown = [LATIN.sub("", piece) for piece in words(screen(page, "zh", library))]
    assert [piece for piece in shown if re.search(r"[A-Za-z]{3,}", piece)] == []


@every_library
@every_page
def test_no_chinese_is_left_on_an_english_screen(screen: Screen, page: str, library: str) -> None:
    masked = re.compile(r"[\u4e00-\u9fff]\*\*")  # a reader has no English name
    shown = [masked.sub("", piece) for piece in words(screen(page, "en", library))]
    assert [piece for piece in shown if re.search(r"[\u4e00-\u9fff]", piece)] == []


@every_page
def test_every_panel_and_headline_figure_says_what_it_means(screen: Screen, page: str) -> None:
    frames = [
        block
        for block in blocks(screen(page, "zh", "simulated").main)
        if str(getattr(block, "key", "")).startswith(("panel-", "kpi-"))
    ]
    counts_nothing = {"pages/library/audit.py", "pages/year/plan_desk.py"}
    assert frames or page in counts_nothing
    for frame in frames:
        (popover,) = [block for block in blocks(frame) if block.type == "popover"]
        definition, *downloads = popover.children.values()
        assert downloads
        assert all("/export/" in download.proto.body for download in downloads)
        for label in ("counts", "period", "as_of", "standard", "data"):
            term = text.translate(f"define.{label}", "zh")
            stated = rf"<dt>{term}</dt><dd>.{{2,}}?</dd>"
            assert re.search(stated, definition.proto.body), (frame.key, label)
        assert "<pre" in definition.proto.body


# --- the menu


def test_every_page_is_in_the_menu(simulated: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    offered: dict[str, list[st.Page]] = {}
    navigation = st.navigation

    def note_and_navigate(pages: dict[str, list[st.Page]], **options: Any) -> st.Page:
        offered.update(pages)
        return navigation(pages, **options)

    monkeypatch.setattr(st, "navigation", note_and_navigate)
    app = open_page("pages/year/overview.py", simulated)
    assert not app.exception
    listed = [page.title for pages in offered.values() for page in pages]
    assert sorted(listed) == sorted(title(page, "zh") for page in PAGES)


# --- names


@pytest.fixture(scope="module")
def reader_names(simulated: Path) -> set[str]:
    found = opened_names(Store(simulated).current())
    return {value for _, *row in found for value in row if value}


def named(names: set[str], sent: str) -> set[str]:
    """Return the names that stand anywhere in what is sent.

    A look-up of every piece as long as a name, for to look for each of 24,500 takes a second.
    """
    sizes = {len(name) for name in names}
    return names & {sent[at : at + size] for size in sizes for at in range(len(sent))}


@pytest.mark.parametrize("allowed", [False, True], ids=["not_allowed", "allowed_but_not_asked"])
@every_page
@pytest.mark.few(2)
def test_no_name_and_no_card_is_sent_unless_asked_for(
    simulated: Path,
    reader_names: set[str],
    monkeypatch: pytest.MonkeyPatch,
    page: str,
    allowed: bool,
) -> None:
    monkeypatch.setenv("GUANQING_NAMES", str(int(allowed)))
    sent = everything_sent(open_page(page, simulated))
    assert len(reader_names) > 1000
    assert named(reader_names, sent) == set()


def show_names(store: Path, page: str) -> AppTest:
    app = open_page(page, store)
    app.session_state["names_asked"] = "发奖"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GUANQING_STORE", str(store))
        return app.run()


def test_a_server_without_names_does_not_show_them_even_if_asked(
    simulated: Path, reader_names: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GUANQING_NAMES", raising=False)
    app = show_names(simulated, "pages/people/readers.py")
    assert not [field for field in app.text_input if field.key == "names_reason"]
    sent = everything_sent(app)
    assert named(reader_names, sent) == set()


@every_page
@pytest.mark.few(3)
def test_names_appear_on_the_leaderboard_alone_once_allowed_and_asked(
    simulated: Path, reader_names: set[str], monkeypatch: pytest.MonkeyPatch, page: str
) -> None:
    noted: list[tuple[str, dict[str, object]]] = []
    monkeypatch.setattr(naming, "record", lambda act, **about: noted.append((act, about)))
    monkeypatch.setenv("GUANQING_NAMES", "1")
    sent = everything_sent(show_names(simulated, page))
    found = named(reader_names, sent)
    is_leaderboard = page == "pages/people/readers.py"
    # a page without figures shows nothing of it, and notes nothing
    assert noted == [("names_seen", {"reason": "发奖"})] or not (noted or is_leaderboard)
    # of ten readers those who may be named, each with a name and a card number
    assert len(found) >= 4 if is_leaderboard else found == set()


# --- the text of a page


def statements(page: str) -> list[ast.stmt]:
    """Return what a page does, its docstring left out."""
    return ast.parse((ROOT / page).read_text(encoding="utf-8")).body[1:]


@every_page
def test_a_page_holds_keys_and_names_but_no_words_no_colour_and_no_sql(page: str) -> None:
    for node in ast.walk(ast.Module(statements(page), [])):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            assert re.fullmatch(r"[a-z0-9_./-]+", node.value), node.value


@every_page
def test_a_page_is_a_short_composition(page: str) -> None:
    lines = (ROOT / page).read_text(encoding="utf-8").splitlines()
    assert 5 <= len(lines) <= 64
    assert lines[0].startswith('"""')
    assert not [s for s in statements(page) if isinstance(s, ast.FunctionDef | ast.ClassDef)]
