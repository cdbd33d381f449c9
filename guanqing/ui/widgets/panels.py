"""A panel: one idea with the finding as its title, and behind a button what the figure means."""

import csv
import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from html import escape

import plotly.graph_objects as go
import polars as pl
import streamlit as st

from guanqing import measures, text, warehouse
from guanqing.ui.shell import filters
from guanqing.ui.shell.library import facts, query
from guanqing.ui.shell.session import language, t

BOM = "\ufeff"  # without it Excel takes Chinese for something else


@contextmanager
def panel(name: str, finding: str, *, measure: str, queries: Sequence[str]) -> Iterator[None]:
    """Frame a chart or a table under its finding, with its definition, SQL and data to hand.

    name is unique on the page; measure is one of data/measures.toml; queries are those behind it,
    the first being what the download holds.
    """
    label = measures.load()[measure].label[language()]
    with st.container(key=f"panel-{name}"):
        st.html(
            f'<div class="gq"><h2 class="gq-title">{escape(finding)}</h2>'
            f'<div class="gq-sub">{escape(label)}</div></div>'
        )
        define(name, measure, queries)
        yield


@contextmanager
def step(name: str, title: str, words: str = "") -> Iterator[None]:
    """Frame something to be done, which counts nothing and so has no definition."""
    with st.container(key=f"step-{name}"):
        below = f'<div class="gq-sub">{escape(words)}</div>' if words else ""
        st.html(f'<div class="gq"><h2 class="gq-title">{escape(title)}</h2>{below}</div>')
        yield


def show(figure: go.Figure, *, alt: str, key: str) -> None:
    """Draw a chart across its panel; alt says in words what it shows."""
    st.plotly_chart(
        figure,
        theme=None,
        key=f"chart-{key}",
        alt=alt,
        config={"displayModeBar": False, "responsive": True},
    )


def draw(html: str) -> None:
    """Draw a chart that is HTML already."""
    st.html(html)


def note(words: str) -> None:
    """Say something beside the charts, quietly."""
    st.html(f'<div class="gq gq-sub">{escape(words)}</div>')


def said(words: str, tone: str) -> None:
    """Say something that has to be read; tone is a class of style.css: good, bad, doubt, go."""
    st.html(f'<div class="gq gq-said {tone}">{escape(words)}</div>')


def key(entries: Sequence[tuple[str, str]]) -> None:
    """Say what colours mean, for a chart whose marks have no room to say it."""
    marks = "".join(
        f'<span><i style="background:{colour}"></i>{escape(words)}</span>'
        for colour, words in entries
    )
    st.html(f'<div class="gq gq-key">{marks}</div>')


def define(name: str, measure: str, queries: Sequence[str]) -> None:
    """Offer what a figure counts, from which days, at which day, by which SQL, and its rows."""
    defined = measures.load()[measure]
    # the bytes are made when somebody clicks, in a thread that knows no session: bind all of it now
    frame = query(queries[0])
    mark = {t("app.data_kind"): t("app.simulated")} if facts()["is_simulated"] else {}
    with (
        st.container(key=f"define-{name}"),
        st.popover(t("define.button"), type="tertiary", help=None),
    ):
        st.html(_definition(defined, queries))
        st.download_button(
            t("define.download"),
            data=lambda: csv_of(frame, mark),
            file_name=_file_name(queries[0]),
            mime="text/csv",
            key=f"download-{name}",
            on_click="ignore",
        )


def _definition(measure: measures.Measure, queries: Sequence[str]) -> str:
    chosen, shown, about = filters.chosen(), filters.filters(), facts()
    period = text.span(chosen.start_date, chosen.last_day, language())
    complete = t("define.running") if chosen.is_running else t("define.complete")
    rows = [
        (t("define.counts"), measure.definition[language()]),
        (t("define.cases"), text.count(_cases(measure, queries[0]), language())),
        (t("define.period"), f"{period} · {complete}"),
        (t("define.as_of"), text.day(shown["as_of"], language())),
        (t("define.standard"), t(f"standard.{measure.standard}")),
    ]
    if about["is_simulated"]:
        rows.append((t("define.data"), t("app.simulated_note")))
    listed = "".join(f"<dt>{escape(term)}</dt><dd>{escape(words)}</dd>" for term, words in rows)
    sql = "\n\n".join(warehouse.source(query_name).strip() for query_name in queries)
    return (
        f'<div class="gq gq-def"><b>{escape(measure.label[language()])}</b><dl>{listed}'
        f'<dt>SQL</dt><dd><pre tabindex="0">{escape(sql)}</pre></dd></dl></div>'
    )


def _cases(measure: measures.Measure, shown: str) -> int:
    """Return how many cases stand behind a figure: loans, readers, cards, or the rows shown."""
    if not measure.cases:
        return query(shown).height
    name, column = measure.cases.split(".")
    rows = query(name)
    return int(rows[column][0] or 0) if rows.height else 0


def _file_name(query_name: str) -> str:
    mark = t("app.simulated") + "_" if facts()["is_simulated"] else ""
    chosen = filters.chosen()
    return f"{mark}{query_name}_{chosen.start_date}_{chosen.last_day}.csv"


def csv_of(frame: pl.DataFrame, mark: dict[str, str]) -> bytes:
    """Return rows as Excel opens them; mark adds a column that says the same in every row."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([*frame.columns, *mark])
    writer.writerows([*row, *mark.values()] for row in frame.iter_rows())
    return (BOM + out.getvalue()).encode()


def table(columns: Sequence[tuple[str, str]], rows: Sequence[Sequence[str]]) -> None:
    """Draw a table. columns: heading and class (n number, s status, wide hidden on a phone).

    Cells are HTML the caller has escaped; readers' words come through html.escape.
    """
    st.html(f'<div class="gq">{table_html(columns, rows)}</div>')


def table_html(columns: Sequence[tuple[str, str]], rows: Sequence[Sequence[str]]) -> str:
    """Return the same table as HTML, to stand in something else."""
    head = "".join(f'<th class="{kind}">{escape(words)}</th>' for words, kind in columns)
    kinds = [kind for _, kind in columns]
    body = "".join(
        "<tr>"
        + "".join(f'<td class="{kind}">{cell}</td>' for kind, cell in zip(kinds, row, strict=True))
        + "</tr>"
        for row in rows
    )
    return (
        f'<div class="gq-scroll"><table class="gq-t"><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )
