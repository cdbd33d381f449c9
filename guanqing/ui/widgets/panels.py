"""A panel: one idea with the finding as its title, and behind a button what the figure means."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from guanqing import figures, measures
from guanqing.figures import Answer, Exhibit
from guanqing.figures.figure import Content, cases
from guanqing.figures.markup import fill
from guanqing.period import DAY
from guanqing.problems import Problem
from guanqing.ui import exports
from guanqing.ui.shell.guarding import guarded
from guanqing.ui.shell.library import facts
from guanqing.ui.shell.session import language, t
from guanqing.ui.shell.view import view
from guanqing.ui.shell.visitor import may, visitor
from guanqing.ui.widgets.blocks import draw
from guanqing.ui.widgets.definition import definition
from guanqing.ui.widgets.kept import Shown, shown


def panel(name: str, *, height: int = 240, is_still: bool = False) -> DeltaGenerator:
    """Show a figure by its name: its headline, evidence and drawing; return where it stands.

    A figure that cannot be shown says why, and the page goes on.
    """
    if not seen(name):
        return st.container()  # as if it were not there
    place = st.container(key=f"panel-{name}")
    with place, guarded(name):
        found = exhibited(name, height=height, is_still=is_still)
        exhibit = found.exhibit
        head(exhibit.headline, exhibit.measure.label[language()])
        define(found)
        for number, block in enumerate(exhibit.content.blocks):
            draw(block, f"{name}-{number}")
    return place


def bare(name: str) -> None:
    """Show a figure without a frame: its drawing says what it is."""
    if not seen(name):
        return
    with guarded(name):
        found = exhibited(name)
        with st.container(key=f"bare-{name}"):
            define(found)
            for number, block in enumerate(found.exhibit.content.blocks):
                draw(block, f"{name}-{number}")


def seen(name: str) -> bool:
    """Say whether a figure is for the visitor; where nobody has decided that, so does the page."""
    with guarded(name):
        figures.named(name)  # a slip of the pen is not a figure nobody has decided on
        return visitor().sees(name)
    return False


def exhibited(
    name: str, *, height: int = 240, is_still: bool = False, is_brief: bool = False
) -> Shown:
    """Return a figure as this session sees it. Problem: not_for_role, unknown_figure."""
    figure = figures.named(name)
    if not visitor().sees(name):
        raise Problem("not_for_role", role=visitor().role.name[language()])
    return shown(figure, view(height=height, is_still=is_still, is_brief=is_brief))


def work(name: str, headline: str, measure: str, answers: Sequence[Answer]) -> DeltaGenerator:
    """Frame rows that are worked on, under what they are, with their evidence like a figure's."""
    if not visitor().sees(name):
        raise Problem("not_for_role", role=visitor().role.name[language()])
    place = st.container(key=f"panel-{name}")
    with place:
        about = measures.named(measure)
        head(headline, about.label[language()])
        seen, found = view(), tuple(answers)
        count = cases(about, found, seen)
        exhibit = Exhibit(name, about, Content(headline, ()), found, count, seen.period)
        define(Shown(exhibit, definition(exhibit, seen)))
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


def define(found: Shown, key: str = "") -> None:
    """Offer what a figure counts, from which days, at which day, by which SQL, and its rows."""
    exhibit = found.exhibit
    name = key or exhibit.name
    drawn = drawn_answers(exhibit)
    with (
        st.container(key=f"define-{name}"),
        st.popover(t("define.button"), type="tertiary", help=None),
    ):
        st.html(found.definition)
        if not may("export"):
            return
        for number, (query, answers) in enumerate(drawn.items()):
            exports.offer(
                t("define.download") if len(drawn) == 1 else t("define.download_of", name=query),
                exhibit.name,
                answers,
                _file_name(query, answers[0].params),
                f"download-{name}" + (f"-{number}" if number else ""),
            )


def drawn_answers(exhibit: Exhibit) -> dict[str, list[Answer]]:
    """Return the answers that a figure draws, by query: one may be asked twice."""
    drawn: dict[str, list[Answer]] = {}
    for answer in exhibit.answers:
        if answer.is_drawn:
            drawn.setdefault(answer.query, []).append(answer)
    return drawn


def _file_name(query: str, asked: Mapping[str, Any]) -> str:
    """Return what the answer to a query is called as a file: with the days that it was asked of."""
    mark = [t("app.simulated")] if facts()["is_simulated"] else []
    days = [asked["as_of"]] if "as_of" in asked else []
    if "start_date" in asked:
        days = [asked["start_date"], asked["end_date"] - DAY]
    return "_".join([*mark, query, *map(str, days)]) + ".csv"
