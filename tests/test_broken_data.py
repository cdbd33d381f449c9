"""What is broken while people look: the last good one stays in use, and every page says what."""

import re
import shlex
import shutil
from collections.abc import Callable, Iterator
from html import unescape
from pathlib import Path

import pytest
import streamlit as st
from screens import CAUGHT_WHEN_SERVED, PAGES, htmls, open_page, seen, told
from test_datafiles import Edited

from guanqing import datafiles, plan, text, warehouse
from guanqing.plan import judgement
from guanqing.ui.widgets import panels

pytest_plugins = ["stores"]
CARDS = "pages/people/cards.py"
OVERVIEW, TARGETS = "pages/year/overview.py", "pages/year/targets.py"
PLAN = "2019.toml"
every_language = pytest.mark.parametrize("language", text.LANGUAGES)


@pytest.fixture
def plans(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Edited]:
    """Return a copy of the folder of plans, which the program reads, to be edited."""
    folder = tmp_path / "targets"
    shutil.copytree(plan.FOLDER, folder)
    monkeypatch.setattr(plan, "FOLDER", folder)
    yield Edited(folder)
    shutil.rmtree(folder)
    datafiles.refresh()


def on_screen(page: str, store: Path, language: str = "en", **query: str) -> str:
    app = open_page(page, store, language, **query)
    assert not app.exception
    bodies = [seen(html) for html in htmls(app) if "gq-said" not in html]
    return " ".join([*bodies, *told(app)])


@every_language
@pytest.mark.parametrize("content", [None, b""], ids=["no TOML", "empty"])
def test_a_plan_broken_while_served_stays_in_use_and_every_page_names_its_line(
    simulated: Path, plans: Edited, content: bytes | None, language: str
) -> None:
    before = on_screen(OVERVIEW, simulated, language)
    line = plans.line_of(PLAN, "[[targets]]") if content is None else 1
    if content is None:
        plans.replace(PLAN, "[[targets]]", "[[targets]")
    else:
        plans.write(PLAN, content)
    after = on_screen(OVERVIEW, simulated, language)
    (fault,) = datafiles.faults()
    assert fault.line == line
    said = text.translate("app.data_fault", language, **fault.words)
    assert after == f"{before} {said}"
    for page in (TARGETS, CARDS, "pages/service/activities.py"):
        assert said in on_screen(page, simulated, language)
    assert said in on_screen("pages/year/target.py", simulated, language, code="lectures")


def test_a_plan_never_readable_is_not_called_missing(simulated: Path, plans: Edited) -> None:
    plans.write(PLAN, b"[[targets]\n")
    for page in (OVERVIEW, TARGETS):
        shown = on_screen(page, simulated)
        (fault,) = datafiles.faults()
        assert text.translate("targets.no_plan", "en", year="2019") not in shown
        assert text.translate("targets.none_used", "en", year="2019") in shown
        assert text.translate("problem.data_file_broken", "en", **fault.words) in shown
    assert text.translate("card.no_target", "en") not in on_screen(CARDS, simulated)


def test_a_figure_whose_promise_is_refused_says_that_the_entry_is_wrong(
    simulated: Path, plans: Edited
) -> None:
    whole = (plans.folder / PLAN).read_text(encoding="utf-8")
    place = whole.index('measure = "card_holder_count"')
    entry = whole[place:].replace("at_least = ", 'at_least = "x" # ', 1)
    plans.write(PLAN, (whole[:place] + entry).encode())
    shown = on_screen(CARDS, simulated)
    assert text.translate("card.refused_target", "en") in shown


# --- figures that fail


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str, str, str], None]]:
    """Return a function that replaces words of a query as it is asked."""
    monkeypatch.setattr(panels, "FAILURES", CAUGHT_WHEN_SERVED)
    whole = warehouse.source

    def replace(query: str, old: str, new: str) -> None:
        assert old in whole(query)
        monkeypatch.setattr(
            warehouse,
            "source",
            lambda name: whole(name).replace(old, new) if name == query else whole(name),
        )
        st.cache_data.clear()

    yield replace
    st.cache_data.clear()


def test_a_figure_that_meets_other_columns_says_so_and_the_rest_goes_on(
    simulated: Path, broken: Callable[[str, str, str], None], caplog: pytest.LogCaptureFixture
) -> None:
    broken("loans_by_channel", "channel_name_en", "channel_name_eng")
    shown = on_screen("pages/service/circulation.py", simulated)
    assert "The figure loans_by_channel cannot be shown: ColumnNotFoundError: " in shown
    assert "guanqing/" in shown
    assert shown.count("cannot be shown") == 1
    assert "Traceback" in caplog.text


@pytest.mark.parametrize("page", PAGES)
def test_a_query_of_the_plan_that_fails_stops_no_page(
    simulated: Path, broken: Callable[[str, str, str], None], page: str
) -> None:
    broken("plan_progress", "from listed", "from listedd")
    for code in ("lectures", "feature_film", "nope"):
        query = {"code": code} if page.endswith("target.py") else {}
        shown = on_screen(page, simulated, **query)
        assert "!." not in shown
        if page in (OVERVIEW, TARGETS, CARDS):
            assert "queries/plan/plan_progress.sql" in shown


# --- SQL of data/


@every_language
def test_sql_that_breaks_is_named_and_the_library_opened_last_stays(
    simulated: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    before = on_screen(OVERVIEW, simulated, language)
    shutil.copytree(judgement.DATA / "judge", tmp_path / "data" / "judge")
    shutil.copy(judgement.DATA / "judging.sql", tmp_path / "data")
    (step, *_) = sorted((tmp_path / "data" / "judge").glob("*.sql"))
    step.write_text("insert into gone", encoding="utf-8")
    monkeypatch.setattr(judgement, "DATA", tmp_path / "data")
    after = on_screen(OVERVIEW, simulated, language)
    assert f"data/judge/{step.name}" in after
    assert after.startswith(before)


# --- the line that asks again


def test_the_line_names_the_store_that_is_served(simulated: Path) -> None:
    app = open_page(OVERVIEW, simulated)
    lines = re.findall(
        r'<pre class="again"[^>]*>(guanqing query [^<]*)</pre>', " ".join(htmls(app))
    )
    assert lines
    for line in lines:
        assert shlex.split(unescape(line))[-2:] == ["--store", str(simulated.resolve())]
