"""A panel: one idea with the finding as its title, and behind a button what the figure means."""

import io
import logging
import shlex
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import duckdb
import jinja2
import polars as pl
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from guanqing import figures, measures, text, warehouse
from guanqing.figures import Answer, Exhibit
from guanqing.figures.figure import Content, cases
from guanqing.figures.markup import fill
from guanqing.measures import Measure
from guanqing.paths import DATA, ROOT
from guanqing.period import DAY
from guanqing.problems import Problem
from guanqing.spreadsheets import write_csv
from guanqing.store import default_store
from guanqing.ui.shell import filters
from guanqing.ui.shell.library import facts
from guanqing.ui.shell.session import language, said, t, tell
from guanqing.ui.shell.view import view
from guanqing.ui.widgets.blocks import draw

LOG = logging.getLogger(__name__)
# What a query raises, or code that meets rows it was not written for: nothing else is caught.
FAILURES = (
    *(duckdb.Error, pl.exceptions.PolarsError, jinja2.TemplateError),
    *(ArithmeticError, AttributeError, LookupError, TypeError, ValueError),
)
BOM = "\ufeff"  # without it Excel takes Chinese for something else


def panel(name: str, *, height: int = 240, is_still: bool = False) -> DeltaGenerator:
    """Show a figure by its name: its headline, evidence and drawing; return where it stands.

    A figure that cannot be shown says why, and the page goes on.
    """
    place = st.container(key=f"panel-{name}")
    with place, guarded(name):
        exhibit = exhibited(name, height=height, is_still=is_still)
        head(exhibit.headline, exhibit.measure.label[language()])
        define(exhibit)
        for number, block in enumerate(exhibit.content.blocks):
            draw(block, f"{name}-{number}")
    return place


def bare(name: str, *, height: int = 240) -> None:
    """Show a figure without a frame: its drawing says what it is."""
    with guarded(name):
        exhibit = exhibited(name, height=height)
        with st.container(key=f"bare-{name}"):
            define(exhibit)
            for number, block in enumerate(exhibit.content.blocks):
                draw(block, f"{name}-{number}")


def exhibited(
    name: str, *, height: int = 240, is_still: bool = False, is_brief: bool = False
) -> Exhibit:
    """Return a figure as this session sees it."""
    return figures.named(name).show(view(height=height, is_still=is_still, is_brief=is_brief))


@contextmanager
def guarded(name: str) -> Iterator[None]:
    """Say of a part of the page that cannot be shown why, and go on; the log gets the traceback."""
    try:
        yield
    except Problem as problem:
        said(tell(problem), "bad")
    except FAILURES as error:
        LOG.exception("figure %s", name)
        words = str(error).strip().split("\n")[0].rstrip(".!。！")
        reason = f"{type(error).__name__}: {words} ({_place(error)})"
        said(t("problem.figure_failed", name=name, reason=reason), "bad")


def _place(error: Exception) -> str:
    """Return the query an error was noted to come from, else the line of ours that met it."""
    if notes := getattr(error, "__notes__", None):
        return str(notes[-1])
    ours = [
        f"{Path(frame.filename).relative_to(ROOT)}:{frame.lineno}"
        for frame in traceback.extract_tb(error.__traceback__)
        if Path(frame.filename).is_relative_to(ROOT / "guanqing")
    ]
    return ours[-1]


def work(name: str, headline: str, measure: str, answers: Sequence[Answer]) -> DeltaGenerator:
    """Frame rows that are worked on, under what they are, with their evidence like a figure's."""
    place = st.container(key=f"panel-{name}")
    with place:
        about = measures.named(measure)
        head(headline, about.label[language()])
        found = tuple(answers)
        define(Exhibit(name, about, Content(headline, ()), found, cases(about, found, view())))
    return place


def step(name: str, title: str, words: str = "") -> DeltaGenerator:
    """Frame something to be done, which counts nothing and so has no definition."""
    place = st.container(key=f"step-{name}")
    with place:
        head(title, words)
    return place


def head(title: str, below: str) -> None:
    """Write the title of a panel and the line below it."""
    st.html(fill("panel_head", title=title, below=below))


def define(exhibit: Exhibit, key: str = "") -> None:
    """Offer what a figure counts, from which days, at which day, by which SQL, and its rows."""
    name = key or exhibit.name
    mark = {t("app.data_kind"): t("app.simulated")} if facts()["is_simulated"] else {}
    drawn = drawn_rows(exhibit)
    with (
        st.container(key=f"define-{name}"),
        st.popover(t("define.button"), type="tertiary", help=None),
    ):
        st.html(_definition(exhibit))
        for number, (query, rows) in enumerate(drawn.items()):
            # the bytes are made when somebody clicks, in a thread that knows no session
            st.download_button(
                t("define.download") if len(drawn) == 1 else t("define.download_of", name=query),
                data=partial(csv_of, rows, mark),
                file_name=_file_name(query),
                mime="text/csv",
                key=f"download-{name}" + (f"-{number}" if number else ""),
                on_click="ignore",
            )


def drawn_rows(exhibit: Exhibit) -> dict[str, pl.DataFrame]:
    """Return the rows that a figure draws, by query; one asked twice has those of both askings."""
    drawn: dict[str, list[pl.DataFrame]] = {}
    for answer in exhibit.answers:
        if answer.is_drawn:
            drawn.setdefault(answer.query, []).append(answer.frame)
    return {query: pl.concat(frames) for query, frames in drawn.items()}


def _definition(exhibit: Exhibit) -> str:
    measure: Measure = exhibit.measure
    rows = [
        (t("define.counts"), measure.definition[language()]),
        (t("define.cases"), text.count(exhibit.case_count, language())),
        (t("define.period"), _period(exhibit.answers)),
        (t("define.as_of"), text.day(filters.filters()["as_of"], language())),
        (t("define.standard"), t(f"standard.{measure.standard}")),
    ]
    if facts()["is_simulated"]:
        rows.append((t("define.data"), t("app.simulated_note")))
    asked: dict[str, list[Answer]] = {}
    for answer in exhibit.answers:
        asked.setdefault(answer.query, []).append(answer)
    sources = [(warehouse.source(query).strip(), answers) for query, answers in asked.items()]
    return fill(
        "definition",
        title=measure.label[language()],
        rows=rows,
        sources=sources,
        again=t("define.again"),
        store=_store_option(),
    )


def _store_option() -> str:
    """Return the option that a line needs in another shell to ask the library served here."""
    root = default_store().root.resolve()
    return "" if root == DATA.resolve() else f" --store {shlex.quote(str(root))}"


def _period(answers: Sequence[Answer]) -> str:
    """Return the days that were asked about; another choice of days may not touch a figure."""
    chosen = filters.chosen()
    asked = next((answer.params for answer in answers if "start_date" in answer.params), None)
    if asked is None:
        return t("define.any_period")
    last_day = asked["end_date"] - DAY
    days = text.span(asked["start_date"], last_day, language())
    running = chosen.is_running and last_day == chosen.last_day
    return f"{days} · {t('define.running') if running else t('define.complete')}"


def _file_name(query: str) -> str:
    mark = t("app.simulated") + "_" if facts()["is_simulated"] else ""
    chosen = filters.chosen()
    return f"{mark}{query}_{chosen.start_date}_{chosen.last_day}.csv"


def csv_of(frame: pl.DataFrame, mark: dict[str, str]) -> bytes:
    """Return rows as Excel opens them; mark adds a column that says the same in every row."""
    out = io.StringIO()
    write_csv(out, [[*frame.columns, *mark]])
    write_csv(out, ([*row, *mark.values()] for row in frame.iter_rows()))
    return (BOM + out.getvalue()).encode()
