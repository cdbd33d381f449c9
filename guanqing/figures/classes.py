"""What is lent: the 22 classes of 中图法 by loans and by holdings, and how that changes."""

import polars as pl

from guanqing import charts, headlines, text
from guanqing.charts.times import Line
from guanqing.figures.blocks import Chart
from guanqing.figures.figure import Content, content, figure
from guanqing.figures.loans import ranking
from guanqing.figures.marking import legend, on_months
from guanqing.figures.view import View

MOST_LINES = 6  # that can be told apart


@figure("class_share")
def loans_by_class(view: View) -> Content:
    """Draw each class's share of loans beside its share of holdings."""
    classes = view.ask("loans_by_class")
    headline = view.say(headlines.class_gap(classes, view.named("class_name")))
    rows = classes.filter((pl.col("loan_count") > 0) | (pl.col("item_count") > 0))
    if rows.is_empty():
        return content(headline, view.nothing())
    drawn = charts.versus(
        _labelled(view, rows),
        "label",
        "loan_share",
        "item_share",
        (view.t("classes.of_loans"), view.t("classes.of_holdings")),
        (view.shares(rows["loan_share"].to_list()), view.shares(rows["item_share"].to_list())),
        view.look,
        height=view.height,
    )
    return content(headline, Chart(drawn, view.t("alt.classes")))


@figure("class_shift")
def class_shares_by_quarter(view: View) -> Content:
    """Draw how the shares of the most lent classes moved since the first quarter."""
    frame = view.ask("class_shares_by_quarter", limit=MOST_LINES)
    headline = view.say(headlines.class_shift(frame, view.named("class_name")))
    quarters = frame["quarter"].unique().sort().to_list()
    if frame["class_code"].is_in(headlines.NOT_RECORDED).all():  # or there are none
        return content(headline, view.nothing())
    if len(quarters) < 2:
        return content(headline, view.note("classes.one_quarter"))
    lines = []
    for code in frame["class_code"].unique(maintain_order=True):
        rows = frame.filter(class_code=code)
        moved = rows["loan_share_change"].to_list()
        if moved[0] is None:  # not lent in the first quarter: nothing to hold it against
            continue
        words = [text.share(value, view.language, sign=True) for value in moved]
        name = code if _is_code(code) else rows[view.named("class_name")][0]
        lines.append(Line(name, moved, words))
    labels = [
        view.t("filters.quarter", year=str(day.year), quarter=str((day.month + 2) // 3))
        for day in quarters
    ]
    marks = on_months(view, quarters, 3)
    drawn = charts.slopes(labels, lines, view.look, height=view.height, marks=marks)
    return content(headline, Chart(drawn, view.t("alt.class_lines")), legend(view, marks))


@figure("subclass_share")
def loans_by_subclass(view: View) -> Content:
    """Draw the subclasses of T by their loans."""
    rows = view.ask("loans_by_subclass")
    name = view.named("class_name")
    headline = headlines.largest(rows, "finding.top_subclass", "class_code", name, "loan_share")
    drawn = ranking(view, _labelled(view, rows), "label", "loan_count", "loan_share")
    return content(view.say(headline), drawn)


def _is_code(code: str) -> bool:
    """Say whether a class is of a scheme (T, TP, 800), and not a word of ours for what is not."""
    return code == code.upper()


def _labelled(view: View, rows: pl.DataFrame) -> pl.DataFrame:
    """Return classes with a column `label`: code and name, long names cut."""
    limit, mark = (13, "、") if view.language == "zh" else (26, ", ")
    labels = []
    for code, name in rows.select("class_code", view.named("class_name")).iter_rows():
        short = name
        if len(name) > limit:  # whole words only: a class is not cut within a name
            words = name[:limit].rsplit(mark, 1)[0]
            short = f"{words}…"
        labels.append(f"{code} {short}" if _is_code(code) else short)
    return rows.with_columns(label=pl.Series(labels, dtype=pl.String))
