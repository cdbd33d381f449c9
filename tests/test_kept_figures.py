"""What one reader was shown is there for the next, and only for whom it is the same."""

import gc
import re
import threading
from dataclasses import fields, replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from edits import Edited
from screens import PAGES, htmls, open_page
from streamlit.testing.v1 import AppTest
from test_roles import ROLES, known_as

from guanqing import charts, datafiles
from guanqing.access.names import Names
from guanqing.figures import Exhibit, Figure, View
from guanqing.figures.blocks import Note
from guanqing.figures.figure import content
from guanqing.period import Period
from guanqing.ui import exports
from guanqing.ui.shell import visitor
from guanqing.ui.widgets import kept

pytest_plugins = ["stores", "edits"]

CIRCULATION, READERS = "pages/service/circulation.py", "pages/people/readers.py"
TICKET = re.compile(r"/export/[^\"]+")


@pytest.fixture(autouse=True)
def _nothing_kept() -> None:
    kept._kept.clear()


def sent(app: AppTest) -> list[str]:
    """Return all that reaches the browser; tickets, of which each is another, left out."""
    assert not app.exception
    pieces = [TICKET.sub("", html) for html in htmls(app)]
    return pieces + [element.proto.spec for element in app.get("plotly_chart")]


def opened(page: str, store: Path, role: str = "", **query: str) -> AppTest:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(exports, "browser", lambda: "a browser")
        if role:
            patch.setattr(visitor, "recognise", lambda **_: known_as(role))
        return open_page(page, store, **query)


@pytest.fixture
def composed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the names of the figures that have been composed since."""
    names: list[str] = []
    show = Figure.show

    def noting(figure: Figure, view: View) -> Exhibit:
        names.append(figure.name)
        return show(figure, view)

    monkeypatch.setattr(Figure, "show", noting)
    return names


# --- the same for all who chose the same


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.few(2)
def test_what_is_kept_is_what_would_be_made(
    simulated: Path, composed: list[str], page: str
) -> None:
    query = {"code": "lectures"} if page.endswith("target.py") else {}
    opened(page, simulated, **query)  # files of data/ that only this page needs are read by then
    kept._kept.clear()
    made = sent(opened(page, simulated, **query))
    composed.clear()
    assert sent(opened(page, simulated, **query)) == made
    assert composed == []


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("role", ROLES)
@pytest.mark.few(8)
def test_no_role_is_sent_what_another_was_shown(simulated: Path, page: str, role: str) -> None:
    alone = sent(opened(page, simulated, role))
    kept._kept.clear()
    for other in ROLES:
        if other != role:
            opened(page, simulated, other)
    assert sent(opened(page, simulated, role)) == alone


def test_two_roles_on_one_page_differ(simulated: Path) -> None:
    shown = {role: sent(opened(CIRCULATION, simulated, role)) for role in ROLES}
    own_branch, network = shown["branch_head"], shown["director"]
    assert own_branch != network
    assert not {piece for piece in own_branch if piece.startswith('{"data"')} & set(network)


# --- what tells one from another

DAY = date(2019, 9, 30)
FILTERS = {"start_date": date(2019, 1, 1), "branches": None, "as_of": DAY, "limit": 10, "floor": 5}
VIEW = View(
    lambda *_: pl.DataFrame(), {"first_day": None}, FILTERS, Period("2019", date(2019, 1, 1), DAY)
)


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    state = {"library": ("000001.duckdb", 1, 1)}
    monkeypatch.setattr(kept.st, "session_state", state)
    return state


@pytest.mark.parametrize(
    "other",
    [
        *(
            {"language": "en"},
            {"look": charts.DARK},
            {"names": Names(None, unsaid=False)},
            {"height": 200},
        ),
        *({"is_still": True}, {"is_brief": True}),
        {"period": Period("12m", date(2018, 10, 1), DAY)},
        *({"filters": FILTERS | {name: ["JZ"]}} for name in (*FILTERS, "target")),
    ],
    ids=str,
)
def test_whoever_chose_otherwise_is_shown_otherwise(
    library: dict[str, Any], other: dict[str, Any]
) -> None:
    assert kept.key("loan_count", replace(VIEW, **other)) != kept.key("loan_count", VIEW)


def test_a_view_leaves_out_of_its_key_only_what_the_library_decides() -> None:
    left_out = {field.name for field in fields(View) if not field.repr}
    assert left_out == {"run", "facts", "own", "once", "asked"}


@pytest.mark.parametrize("state", [("000002.duckdb", 1, 1), ("000001.duckdb", 2, 1)], ids=str)
def test_a_load_or_an_edit_makes_figures_anew(library: dict[str, Any], state: object) -> None:
    before = kept.key("loan_count", VIEW)
    library["library"] = state
    assert kept.key("loan_count", VIEW) != before


def test_an_entry_makes_figures_anew(library: dict[str, Any]) -> None:
    before = kept.key("loan_count", VIEW)
    library["library"] = ("000001.duckdb", 1, 2)
    assert kept.key("loan_count", VIEW) != before


def test_an_edited_word_is_on_the_next_screen(simulated: Path, edited: Edited) -> None:
    assert "借阅册次" in "".join(sent(opened(CIRCULATION, simulated)))
    readings = datafiles.readings()
    edited.replace("measures.toml", "借阅册次", "借出册次")
    shown = "".join(sent(opened(CIRCULATION, simulated)))
    assert "借出册次" in shown
    assert datafiles.readings() == readings + 1


# --- how it is kept


def figure_of(compose: Any) -> Figure:
    return Figure("made_for_this_test", "records", compose)


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out what a figure is defined by: it is kept all the same."""
    monkeypatch.setattr(kept, "definition", lambda *_: "")


@pytest.mark.usefixtures("measured")
def test_what_failed_is_made_anew() -> None:
    tries: list[int] = []

    def compose(_view: View) -> Any:
        tries.append(1)
        if len(tries) == 1:
            raise ValueError("for once")
        return content("said", Note("words"))

    with pytest.raises(ValueError, match="for once"):
        kept._kept("one", figure_of(compose), VIEW)
    assert kept._kept("one", figure_of(compose), VIEW).exhibit.headline == "said"


@pytest.mark.usefixtures("measured")
def test_one_makes_it_while_others_wait() -> None:
    made: list[int] = []
    all_here = threading.Event()

    def compose(_view: View) -> Any:
        made.append(1)
        assert all_here.wait(30)
        return content("said", Note("words"))

    found: list[kept.Shown] = []
    readers = [
        threading.Thread(target=lambda: found.append(kept._kept("one", figure_of(compose), VIEW)))
        for _ in range(4)
    ]
    for reader in readers:
        reader.start()
    all_here.set()
    for reader in readers:
        reader.join(30)
    assert len(made) == 1
    assert len({id(shown) for shown in found}) == 1
    assert len(found) == 4


@pytest.mark.usefixtures("measured")
def test_no_more_is_kept_than_was_said() -> None:
    made = figure_of(lambda _view: content("said", Note("words")))
    for number in range(kept.MOST + 100):
        kept._kept(f"{number}", made, VIEW)
    gc.collect()
    there = sum(isinstance(known, kept.Shown) for known in gc.get_objects())
    assert 0.9 * kept.MOST < there <= kept.MOST


@pytest.mark.usefixtures("library", "measured")
def test_names_are_kept_nowhere() -> None:
    with_names = replace(VIEW, names=Names(None, unsaid=False))
    made = figure_of(lambda _view: content("马三立", Note("words")))
    assert kept.shown(made, with_names).exhibit.headline == "马三立"
    gc.collect()
    assert not any(isinstance(known, kept.Shown) for known in gc.get_objects())
