"""Laws of every figure: what it says of itself is what it drew."""

import csv
import io
import math
import shlex
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import plotly.graph_objects as go
import polars as pl
import pytest
import streamlit as st
from conftest import OWN_OF_TESTS
from screens import htmls, open_page, seen
from typer.testing import CliRunner

from guanqing import figures, period, text, warehouse
from guanqing.cli import app
from guanqing.figures import Exhibit, View, key_figures, over_time
from guanqing.figures.blocks import Block, Card, Chart, Columns, Line, Note
from guanqing.period import Period
from guanqing.problems import Problem
from guanqing.store import Store
from guanqing.ui.exports import csv_of
from guanqing.ui.widgets import kept
from guanqing.ui.widgets.panels import drawn_answers

pytest_plugins = ["stores"]

Lookout = Callable[..., View]
Exhibits = Callable[[str, str], list[Exhibit]]
DAY = timedelta(days=1)

BRANCHES = {"network": None, "one": ["JZ"], "two": ["JZ", "TG"]}
PERIODS = ("2019", "2019-08", "2019-05-11..2019-05-11", "none")
# each period once a day, each choice of branches too; CI takes all of them
EVERY_DAY = {
    *(("2019", "network"), ("2019-08", "one"), ("2019-05-11..2019-05-11", "two")),
    ("none", "network"),
}
every_choice = pytest.mark.parametrize(
    ("code", "branches"),
    [
        pytest.param(
            code,
            branches,
            id=f"{code}-{branches}",
            # a choice's laws go to one worker, which shows each figure once
            marks=[
                pytest.mark.xdist_group(f"figures-{code}-{branches}"),
                *([] if (code, branches) in EVERY_DAY else [pytest.mark.slow]),
            ],
        )
        for code in PERIODS
        for branches in BRANCHES
    ],
)


@pytest.fixture(scope="module")
def library(simulated: Path) -> duckdb.DuckDBPyConnection:
    return warehouse.connect(Store(simulated).current())


@pytest.fixture(scope="module")
def lookout(library: duckdb.DuckDBPyConnection) -> Lookout:
    """Return a function that makes a view of the simulated library, each question asked once."""
    facts = warehouse.run(library, "library_facts").row(0, named=True)
    known: dict[str, Any] = {}

    def once(key: str, make: Callable[[], Any]) -> Any:
        if key not in known:
            known[key] = make()
        return known[key]

    def run(query: str, params: dict[str, Any]) -> pl.DataFrame:
        found: pl.DataFrame = once(
            f"{query} {params}", lambda: warehouse.run(library, query, **params)
        )
        return found

    def look(
        code: str = "2019", branches: str = "network", language: str = "zh", target: Any = None
    ) -> View:
        first_day, as_of = facts["first_day"], facts["last_day"]
        chosen = period.read(code, first_day=first_day, as_of=as_of)
        if chosen is None:  # days the library knows nothing of
            chosen = Period(code, date(2017, 3, 1), date(2017, 4, 1))
        filters = {
            "start_date": chosen.start_date,
            "end_date": chosen.end_date,
            "branches": BRANCHES[branches],
            "as_of": as_of,
            "limit": 10,
            "floor": 5,
            "target": target,
        }
        return View(run, facts, filters, chosen, language, own=OWN_OF_TESTS, once=once)

    return look


def drawn_rows(exhibit: Exhibit) -> dict[str, pl.DataFrame]:
    """Return the rows that a figure draws, by query."""
    drawn = drawn_answers(exhibit).items()
    return {query: pl.concat(answer.frame for answer in answers) for query, answers in drawn}


@pytest.fixture(scope="module")
def exhibits(lookout: Lookout) -> Exhibits:
    """Return a function that shows every figure in both languages, each choice once."""

    @cache
    def exhibits(code: str, branches: str) -> list[Exhibit]:
        views = [lookout(code, branches, language) for language in text.LANGUAGES]
        return [found.show(view) for view in views for found in figures.every().values()]

    return exhibits


# --- the law: what is shown is what was asked


@every_choice
@pytest.mark.few(2)
def test_the_line_shown_gives_the_rows_downloaded(
    exhibits: Exhibits,
    library: duckdb.DuckDBPyConnection,
    simulated: Path,
    monkeypatch: pytest.MonkeyPatch,
    code: str,
    branches: str,
) -> None:
    monkeypatch.setattr(warehouse, "connect", lambda _path: library)
    monkeypatch.setattr(warehouse, "schema_version", lambda _path: warehouse.SCHEMA_VERSION)
    known: dict[str, list[list[str]]] = {}

    def told(line: str) -> list[list[str]]:
        if line not in known:
            _, *words = shlex.split(line)
            done = CliRunner().invoke(app, [*words, "-f", "csv", "--store", str(simulated)])
            assert done.exit_code == 0, (line, done.output)
            known[line] = list(csv.reader(io.StringIO(done.stdout)))
        return known[line]

    for exhibit in exhibits(code, branches):
        for drawn in drawn_answers(exhibit).values():
            frame = pl.concat(answer.frame for answer in drawn)
            taken = csv_of(frame, {}).decode("utf-8-sig")
            header, *rows = csv.reader(io.StringIO(taken, newline=""))
            lines = [answer.command for answer in drawn]
            answers = [told(line) for line in lines]
            assert [header] * len(lines) == [answer[0] for answer in answers], exhibit.name
            assert rows == [row for answer in answers for row in answer[1:]], exhibit.name


@every_choice
def test_the_marks_of_a_chart_are_rows_of_its_answers(
    exhibits: Exhibits, code: str, branches: str
) -> None:
    for exhibit in exhibits(code, branches):
        asked = {
            value
            for answer in exhibit.answers
            if answer.is_drawn
            for column in answer.frame.select(pl.selectors.numeric()).iter_columns()
            for value in map(_rounded, column.to_list())
        }
        for block in flat(exhibit.content.blocks):
            drawn = set()
            if isinstance(block, Chart):
                drawn = {value for trace in block.figure.data for value in _marks(trace)}
            elif isinstance(block, Card) and block.value is not None:
                drawn = {_rounded(block.value)}
            # where a curve begins, and a bar of nothing, stand at zero
            strange = sorted(value for value in drawn - asked if value)
            assert strange == [], exhibit.name


@every_choice
def test_a_list_has_a_line_for_each_row_downloaded(
    exhibits: Exhibits, code: str, branches: str
) -> None:
    for exhibit in exhibits(code, branches):
        lines = [block for block in exhibit.content.blocks if isinstance(block, Line)]
        codes = {line.link.asked["code"] for line in lines}
        for query, frame in drawn_rows(exhibit).items() if lines else ():
            assert frame.height == len(lines), (exhibit.name, query)
            assert {*frame[:, 0]} == codes, (exhibit.name, query)


@pytest.mark.parametrize("target", [None, "lectures", "feature_film"])
def test_the_story_of_one_promise_is_of_its_rows_alone(
    lookout: Lookout, target: str | None
) -> None:
    urgent = lookout().run("plan_progress", {"as_of": lookout().filters["as_of"], "target": None})
    expected = target or urgent.filter(status="not_met")["target_code"][0]
    for name in ("target_verdict", "target_facts", "milestone_verdict"):
        for query, frame in drawn_rows(figures.named(name).show(lookout(target=target))).items():
            assert frame[:, 0].to_list() == [expected], (name, query)


@pytest.mark.few(9)
@every_choice
def test_a_card_speaks_of_the_plan_only_where_it_shows_a_promise(
    exhibits: Exhibits, code: str, branches: str
) -> None:
    for exhibit in exhibits(code, branches):
        made = _flat_card(exhibit)
        if made is not None and made.goal is None:
            asked = {answer.query for answer in exhibit.answers}
            assert not asked & {"plan_progress", "plan_evidence"}, exhibit.name


def test_a_card_without_a_value_draws_no_way_there(lookout: Lookout) -> None:
    value, nothing = (
        key_figures.card(lookout(), "circulation_rate", one, None).trail for one in (0.1, None)
    )
    assert (bool(value), nothing) == (True, [])


@every_choice
def test_the_days_stated_are_those_that_active_readers_borrowed_in(
    lookout: Lookout, library: duckdb.DuckDBPyConnection, code: str, branches: str
) -> None:
    view = lookout(code, branches)
    exhibit = figures.named("active_borrower_count").show(view)
    (made,) = exhibit.content.blocks
    days = {name: exhibit.answers[0].params[name] for name in ("start_date", "end_date")}
    assert (exhibit.period.start_date, exhibit.period.end_date) == tuple(days.values())
    asked = {**days, "branches": BRANCHES[branches], "as_of": view.filters["as_of"]}
    known = warehouse.run(library, "reader_headline", **asked)
    assert isinstance(made, Card)
    assert made.value == known["borrower_count"][0] > 0
    assert days["end_date"] == view.filters["as_of"] + DAY


def flat(blocks: Any) -> Iterator[Block]:
    for block in blocks:
        yield from flat(block.blocks) if isinstance(block, Columns) else [block]


def _rounded(value: Any) -> float | None:
    return None if value is None or math.isnan(value) else round(float(value), 9)


def _marks(trace: go.Scatter) -> Iterator[float | None]:
    """Yield the values that a trace draws; lines that only help the eye are not hovered over."""
    if trace.hoverinfo == "skip":
        return
    names = ("z",) if trace.type == "heatmap" else (trace.meta or {}).get("values", "xy")
    for name in names:
        for value in np.asarray(getattr(trace, name), dtype=object).ravel():
            if isinstance(value, int | float | np.number):
                yield _rounded(value)


# --- the law: the number of cases is what the number shown rests on


def _flat_card(exhibit: Exhibit) -> Card | None:
    return next((block for block in flat(exhibit.content.blocks) if isinstance(block, Card)), None)


@every_choice
def test_a_share_of_the_cases_is_a_whole_number_of_them(
    exhibits: Exhibits, code: str, branches: str
) -> None:
    for exhibit in exhibits(code, branches):
        made = _flat_card(exhibit)
        if made is None or made.measure.unit != "share" or made.value is None:
            continue
        if exhibit.name == "yearly_cancellation_rate":  # of a mean, which need not be whole
            continue
        part = made.value * (exhibit.case_count or 0)
        assert exhibit.case_count, exhibit.name
        assert part == pytest.approx(round(part), abs=1e-6), exhibit.name


@every_choice
def test_what_shows_nothing_has_no_cases(exhibits: Exhibits, code: str, branches: str) -> None:
    for exhibit in exhibits(code, branches):
        made = _flat_card(exhibit)
        if made is not None:
            assert (exhibit.case_count is None) == (made.value is None), exhibit.name
        elif all(isinstance(block, Note) for block in exhibit.content.blocks):
            assert exhibit.case_count is None, exhibit.name


@every_choice
def test_shares_of_loans_are_of_the_cases(lookout: Lookout, code: str, branches: str) -> None:
    by_cases = ("loans_by_class", "loans_by_subclass", "loans_by_channel", "loans_by_branch")
    for name in by_cases:
        exhibit = figures.named(name).show(lookout(code, branches))
        for count, share in exhibit.answers[0].frame.select("loan_count", "loan_share").rows():
            assert count == pytest.approx((share or 0) * (exhibit.case_count or 0)), name


@pytest.mark.parametrize(
    ("name", "target", "what", "count"),
    [
        ("plan_scorecard", None, "targets", 18),
        ("plan_behind", None, "targets", 18),
        ("plan_milestones", None, "milestones", 16),
        ("opening_by_week", "opening_hours_per_week", "weeks that are over", 39),
        ("events_behind", "lectures", "events listed", 21),
        ("target_facts", "mobile_loans", "loans", 21_500),
        ("target_path", "survey_return_rate", "forms handed out", 300),
        ("survey_path", "reader_satisfaction", "answers", 240),
        ("plan_notes_made", "party_members", "notes", None),
        ("clauses_kept", None, "events with a clause", 78),
        ("volunteers_by_activity", None, "persons", 357),
        ("feedback_in_time_share", None, "cases answered or past their term", 102),
    ],
)
def test_what_stands_behind_a_figure(
    lookout: Lookout, name: str, target: str | None, what: str, count: int | None
) -> None:
    """Counted in the simulated main library by hand: what the third column names."""
    assert figures.named(name).show(lookout(branches="one", target=target)).case_count == count


# --- what cannot be shown


def test_a_figure_that_cannot_be_shown_says_why_and_the_page_goes_on(
    simulated: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = warehouse.source

    def spoilt(name: str) -> str:
        return "select gone from loan_hours" if name == "loans_by_hour" else asked(name)

    monkeypatch.setattr(warehouse, "source", spoilt)
    st.cache_data.clear()  # whoever asked before must not answer, nor be shown what they were
    kept._kept.clear()
    app = open_page("pages/service/circulation.py", simulated)
    assert not app.exception
    words = " ".join(seen(html) for html in htmls(app))
    assert "图表 loans_by_hour 暂时无法显示" in words
    assert words.count("暂时无法显示") == 1


def test_a_measure_nobody_defined_is_named_with_the_file_to_mend() -> None:
    strange = figures.Figure("strange", "happiness", lambda view: figures.Content("", ()))
    with pytest.raises(Problem) as found:
        strange.show(None)  # type: ignore[arg-type]
    said = text.translate(found.value.key, "en", **found.value.values)
    assert "data/measures.toml" in said
    assert "happiness" in said


def test_a_share_over_time_is_read_in_per_cent(lookout: Lookout) -> None:
    shown = figures.named("self_service_by_month").show(lookout())
    (chart,) = [block for block in shown.content.blocks if isinstance(block, Chart)]
    words = [word for trace in chart.figure.data for word in trace.text]
    ticks = chart.figure.layout.yaxis.ticktext
    assert len(ticks) > 2
    assert [word for word in (*words, *ticks) if not word.endswith("%")] == []


def test_a_ratio_over_time_is_read_to_two_decimals(lookout: Lookout) -> None:
    months = {"month": [date(2019, 1, 1), date(2019, 2, 1)], "loans_per_borrower": [0.12, 0.3]}
    chart, _ = over_time.trend(lookout(), pl.DataFrame(months), "loans_per_borrower")
    assert isinstance(chart, Chart)
    assert {"0.12", "0.30"} <= {word for trace in chart.figure.data for word in trace.text}
    assert {*chart.figure.layout.yaxis.ticktext} > {"0.00", "0.20"}
