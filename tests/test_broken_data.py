"""What is broken while people look: the last good one stays in use, and every page says what."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from screens import htmls, open_page, seen
from test_datafiles import Edited

from guanqing import datafiles, plan, text

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
    return " ".join([*map(seen, htmls(app)), *(one.value for one in app.warning)])


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
