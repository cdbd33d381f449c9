"""What is broken while people look: the last good one stays in use, and every page says what."""

import re
import shlex
import shutil
from collections.abc import Callable, Iterator
from html import unescape
from pathlib import Path

import duckdb
import polars as pl
import pytest
import streamlit as st
from edits import Edited
from screens import CAUGHT_WHEN_SERVED, PAGES, htmls, open_page, seen, told

from guanqing import datafiles, measures, own, reference, releases_since, sql_files, text, warehouse
from guanqing.paths import DATA
from guanqing.plan import judgement
from guanqing.problems import Problem
from guanqing.ui.shell import guarding, library
from guanqing.ui.widgets import kept

pytest_plugins = ["stores", "edits"]
CARDS = "pages/people/cards.py"
OVERVIEW, TARGETS = "pages/year/overview.py", "pages/year/targets.py"
PLAN = "2019.toml"
every_language = pytest.mark.parametrize("language", text.LANGUAGES)


@pytest.fixture
def plans(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Edited]:
    """Return a copy of the folder of plans, which the program reads, to be edited."""
    its = tmp_path / "its"
    shutil.copytree(own.SIMULATED, its)
    monkeypatch.setattr(own, "SIMULATED", its)
    folder = its / "targets"
    yield Edited(folder)
    shutil.rmtree(its)
    datafiles.refresh()


def on_screen(page: str, store: Path, language: str = "en", **query: str) -> str:
    app = open_page(page, store, language, **query)
    assert not app.exception
    bodies = [seen(html) for html in htmls(app) if "gq-said" not in html]
    return " ".join([*bodies, *told(app)])


@every_language
@pytest.mark.parametrize("content", [None, b""], ids=["no TOML", "empty"])
@pytest.mark.few(4)
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
    line = whole[:place].count("\n") + 2  # that of at_least, the next
    shown = on_screen(CARDS, simulated)
    assert text.translate("card.refused_target", "en", line=str(line)) in shown


def test_a_figure_whose_measure_is_mistyped_in_the_plan_is_not_without_a_target(
    simulated: Path, plans: Edited
) -> None:
    whole = (plans.folder / PLAN).read_text(encoding="utf-8")
    line = whole[: whole.index("card_holder_count")].count("\n") + 1
    for typed, near in (("card_holders_count", "card_holder_count"), ("xyzzy", "")):
        plans.write(PLAN, whole.replace('"card_holder_count"', f'"{typed}"').encode())
        card = on_screen(CARDS, simulated)
        assert text.translate("card.refused_target", "en", line=str(line)) in card
        fault = on_screen(TARGETS, simulated)
        assert f"targets/2019.toml, line {line}: “Card holders”" in fault
        assert f"“{typed}”" in fault
        assert (f"“{near}” meant" in fault) == bool(near)


# --- figures that fail


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str, str, str], None]]:
    """Return a function that replaces words of a query as it is asked."""
    monkeypatch.setattr(guarding, "FAILURES", CAUGHT_WHEN_SERVED)
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
    said = re.search(r"The figure loans_by_channel cannot be shown: (\w+): (\S+)", shown)
    assert said is not None
    assert said[1].endswith("Error")
    assert "channel_name_en" in said[2]
    assert "guanqing/" in shown
    assert shown.count("cannot be shown") == 1
    assert "Traceback" in caplog.text


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.few(3)
def test_a_query_of_the_plan_that_fails_stops_no_page(
    simulated: Path, broken: Callable[[str, str, str], None], page: str
) -> None:
    broken("plan_progress", "from targets", "from targetss")
    for code in ("lectures", "feature_film", "nope"):
        query = {"code": code} if page.endswith("target.py") else {}
        shown = on_screen(page, simulated, **query)
        assert "!." not in shown
        if page in (OVERVIEW, TARGETS, CARDS):
            assert "queries/plan/plan_progress.sql" in shown


def test_releases_that_cannot_be_counted_again_say_so_below_the_figures(
    simulated: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_connection: duckdb.DuckDBPyConnection) -> None:
        raise Problem("released_lost", path="released.json", head="released.head")

    monkeypatch.setattr(releases_since, "changed", fails)
    st.cache_data.clear()
    assert "released.json" in on_screen("pages/people/released.py", simulated)


# --- queries that are edited while they are asked

LOADING, REGISTERS = "pages/library/loading.py", "pages/library/registers.py"


CHANNELS = "loans/loans_by_channel.sql"
CIRCULATION = "pages/service/circulation.py"


def test_an_edited_query_is_asked_on_the_next_view(simulated: Path, queries: Edited) -> None:
    assert "OTHERWISE CALLED" not in on_screen(CIRCULATION, simulated)
    whole = (queries.folder / CHANNELS).read_text(encoding="utf-8")
    queries.write(
        CHANNELS,
        f"{head_of(whole)}select * replace ('OTHERWISE CALLED' as channel_name_en) from "
        f"({whole})".encode(),
    )
    assert "OTHERWISE CALLED" in on_screen(CIRCULATION, simulated)


def head_of(query: str) -> str:
    """Return the header of a query."""
    return "".join(line for line in query.splitlines(keepends=True) if line.startswith("--"))


@pytest.mark.parametrize(
    ("content", "language"),
    [
        (b"select 1\nfromm x y", "zh"),
        (b"select 1; select 1", "en"),
        (b"\xff", "zh"),
        (b"", "en"),
        (None, "zh"),
    ],
)
@pytest.mark.few(4)
def test_a_query_broken_while_served_stays_as_it_was_and_its_line_is_named(
    simulated: Path, queries: Edited, content: bytes | None, language: str
) -> None:
    before = on_screen(CIRCULATION, simulated, language)
    if content is None:
        (queries.folder / CHANNELS).unlink()
    else:
        queries.write(CHANNELS, content)
    after = on_screen(CIRCULATION, simulated, language)
    (fault,) = datafiles.faults()
    assert fault.path == queries.folder / CHANNELS
    assert fault.line == (2 if content and b"fromm" in content else 1)
    assert fault.field
    assert after == f"{before} {text.translate('app.data_fault', language, **fault.words)}"


@every_language
def test_a_query_broken_from_the_start_is_named_in_its_panel(
    simulated: Path, queries: Edited, language: str
) -> None:
    queries.write(CHANNELS, b"select 1\nfromm x y")
    shown = on_screen(CIRCULATION, simulated, language)
    (fault,) = datafiles.faults()
    assert text.translate("problem.data_file_broken", language, **fault.words) in shown


def test_a_query_in_no_encoding_is_no_fault_of_the_measures(
    simulated: Path, queries: Edited, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(measures, "QUERIES", queries.folder)
    (queries.folder / CHANNELS).write_bytes(b"\n\n\xff")
    monkeypatch.setattr(measures.load, "_version", None)
    on_screen(CIRCULATION, simulated)
    assert {fault.path for fault in datafiles.faults()} == {queries.folder / CHANNELS}


@every_language
@pytest.mark.parametrize("page", [OVERVIEW, REGISTERS])
@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("library_facts", "library.layout"),
        ("branch_names", "name_zh"),
        ("assumptions", "source_zh"),
    ],
)
@pytest.mark.few(4)
def test_what_the_frame_asks_in_vain_stops_no_page(
    simulated: Path, queries: Edited, name: str, column: str, page: str, language: str
) -> None:
    before = on_screen(page, simulated, language)
    queries.replace(f"library/{name}.sql", f"    {column}", "    gone")
    after = on_screen(page, simulated, language)
    assert f"queries/library/{name}.sql" in after
    assert len(after) > 0.8 * len(before)


@every_language
@pytest.mark.parametrize("column", ["library.name_zh,", "library.is_simulated,"])
def test_a_library_that_cannot_be_described_from_the_start_is_a_sentence(
    simulated: Path, queries: Edited, monkeypatch: pytest.MonkeyPatch, column: str, language: str
) -> None:
    monkeypatch.setattr(library, "_last", {})
    queries.replace("library/library_facts.sql", f"    {column}\n", "")
    app = open_page(OVERVIEW, simulated, language)
    assert not app.exception
    (said,) = told(app)
    assert "queries/library/library_facts.sql" in said
    assert column.removeprefix("library.").rstrip(",") in said


@every_language
@pytest.mark.parametrize(
    ("page", "name"),
    [
        (REGISTERS, "registers/register_history.sql"),
        (REGISTERS, "registers/register_events.sql"),
        (LOADING, "library/load_account.sql"),
        (LOADING, "library/rules_applied.sql"),
    ],
)
@pytest.mark.few(3)
def test_a_part_of_a_page_of_work_that_cannot_be_shown_says_so(
    simulated: Path, queries: Edited, page: str, name: str, language: str
) -> None:
    before = on_screen(page, simulated, language)
    queries.write(name, b"select 1 as one, null as outcome")  # rows that nobody was written for
    after = on_screen(page, simulated, language)
    assert "(guanqing/" in after
    queries.write(name, b"select 1 from gone")
    after = on_screen(page, simulated, language)
    assert f"queries/{name}" in after
    assert len(after) > 0.3 * len(before)


@every_language
def test_a_query_without_a_column_its_header_promises_is_named(
    simulated: Path, queries: Edited, language: str
) -> None:
    whole = (queries.folder / CHANNELS).read_text(encoding="utf-8")
    without = f"{head_of(whole)}select * exclude (channel_name_en) from ({whole})"
    queries.write(CHANNELS, without.encode())
    shown = on_screen(CIRCULATION, simulated, language)
    assert f"{CHANNELS.split('/')[1]}" in shown
    assert "channel_name_en" in shown
    assert "Error" not in shown


# --- SQL of data/


@pytest.fixture
def judging(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a copy of data/ with the SQL that judges the plan, which the program reads."""
    folder = tmp_path / "data"
    shutil.copytree(judgement.DATA / "judge", folder / "judge")
    shutil.copy(judgement.DATA / "judging.sql", folder)
    monkeypatch.setattr(judgement, "DATA", folder)
    return folder


def _gone(path: Path) -> None:
    path.unlink()


def _empty(path: Path) -> None:
    path.write_text("-- nothing is left\n", encoding="utf-8")


def _wrong(path: Path) -> None:
    path.write_text("insert into gone", encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "do", "language"),
    [
        ("judge/01_measure_days.sql", _wrong, "zh"),
        ("judge/01_measure_days.sql", _gone, "en"),
        ("judge/09_target_events.sql", _gone, "zh"),
        ("judge/04_opening_weeks.sql", _empty, "en"),
        ("judging.sql", _gone, "zh"),
    ],
)
@pytest.mark.few(2)
def test_sql_that_breaks_is_named_and_the_library_opened_last_stays(
    simulated: Path,
    judging: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    do: Callable[[Path], None],
    language: str,
) -> None:
    before = on_screen(OVERVIEW, simulated, language)
    do(judging / name)
    monkeypatch.setattr(reference, "files", lambda: [judging])  # whose age is another
    after = on_screen(OVERVIEW, simulated, language)
    assert f"data/{name}" in after
    assert after.startswith(before)


def test_a_step_that_is_gone_is_missed(tmp_path: Path) -> None:
    for name in ("01_loans.sql", "01_readers.sql", "03_days.sql"):
        (tmp_path / name).write_text("select 1", encoding="utf-8")
    with pytest.raises(Problem) as caught:
        sql_files.steps(tmp_path)
    assert str(caught.value.values["path"]) == f"{tmp_path}/02_*.sql"


# --- whatever is broken


def _half(content: bytes) -> bytes:
    return content[: len(content) // 2]


def _other_key(content: bytes) -> bytes:
    """Name another table where a query begins, else another key where a file does."""
    place = rb"^\s*from (?=\w)" if b"\nselect" in content else rb"^\[*(?=\w)"
    return re.sub(place, rb"\g<0>x", content, count=1, flags=re.MULTILINE)


def _other_type(content: bytes) -> bytes:
    """Put a list where the first value stands, or one more cell in the second row."""
    place = rb"^(\w+ *=) .*$" if b" = " in content else rb"(\n[^\n]*)\n"
    return re.sub(place, rb"\1 [[5]],5\n", content, count=1, flags=re.MULTILINE)


def _no_encoding(content: bytes) -> bytes:
    return content[:99] + b"\xff" + content[99:]


WAYS = {function.__name__: function for function in (_half, _other_key, _other_type, _no_encoding)}
DATA_FILES = sorted(
    {file.path.name for file in datafiles._files.values() if file.path.parent == DATA}
)


def break_it(folder: Edited, name: str, way: str) -> None:
    """Break a copy of a file in one of the ways, or take it away."""
    path = folder.folder / name
    if way in WAYS:
        content = path.read_bytes()
        assert WAYS[way](content) != content
        folder.write(name, WAYS[way](content))
    else:
        path.unlink()


def goes_on(page: str, store: Path, language: str, name: str) -> bool:
    """Tell whether a page is there without a traceback, and names a file."""
    shown = on_screen(page, store, language)
    return len(shown) > 150 and "Traceback" not in shown and name in shown


@pytest.mark.parametrize(
    ("name", "way", "language"),
    [
        ("measures.toml", "_other_type", "zh"),
        ("plan_measures.toml", "_other_key", "en"),
        ("codes.csv", "gone", "zh"),
        ("text.toml", "_half", "en"),
    ],
)
def test_a_page_goes_on_and_names_what_is_broken(
    simulated: Path, edited: Edited, name: str, way: str, language: str
) -> None:
    break_it(edited, name, way)
    assert goes_on("pages/library/sources.py", simulated, language, name)


@pytest.mark.slow
@pytest.mark.parametrize("way", [*WAYS, "gone"])
@pytest.mark.parametrize("name", DATA_FILES)
def test_every_page_goes_on_and_names_what_is_broken(
    simulated: Path, edited: Edited, name: str, way: str
) -> None:
    break_it(edited, name, way)
    for number, page in enumerate(PAGES):
        # half a table is a table too, and a measure that is lost is missed where it counts
        is_whole = (way == "_half" and name.endswith(".csv")) or name == "measures.toml"
        assert goes_on(page, simulated, [*text.LANGUAGES][number % 2], "" if is_whole else name)


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES)
def test_every_query_of_a_page_may_break(
    simulated: Path, queries: Edited, monkeypatch: pytest.MonkeyPatch, page: str
) -> None:
    asked: list[str] = []
    counted = warehouse.as_counted

    def noted(connection: duckdb.DuckDBPyConnection, name: str, **params: object) -> pl.DataFrame:
        asked.append(name)
        return counted(connection, name, **params)

    monkeypatch.setattr(warehouse, "as_counted", noted)
    st.cache_data.clear()  # what is kept is not asked
    kept._kept.clear()
    on_screen(page, simulated)
    for number, name in enumerate(sorted({*asked})):
        path = warehouse.paths()[name]
        relative, whole = path.relative_to(queries.folder).as_posix(), path.read_bytes()
        break_it(queries, relative, "_other_key")
        assert goes_on(page, simulated, [*text.LANGUAGES][number % 2], path.name)
        queries.write(relative, whole)


# --- the line that asks again


def test_the_line_names_the_store_that_is_served(simulated: Path) -> None:
    app = open_page(OVERVIEW, simulated)
    lines = re.findall(
        r'<pre class="again"[^>]*>(guanqing query [^<]*)</pre>', " ".join(htmls(app))
    )
    assert lines
    for line in lines:
        assert shlex.split(unescape(line))[-2:] == ["--store", str(simulated.resolve())]
