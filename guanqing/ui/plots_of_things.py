"""Panels over classes, channels, readers and reasons."""

from typing import Any

import polars as pl

from guanqing import charts, findings, text
from guanqing.ui.widgets.panels import key, note, show
from guanqing.ui.shell.session import language, look, t
from guanqing.ui.words import counts, named, shares


def ranking(frame: pl.DataFrame, name: str, value: str, share: str, *, height: int = 240) -> None:
    """Draw a bar per row with its share, the count on hover.

    name is a column, or one with _zh and _en.
    """
    rows = frame.filter(pl.col(value) > 0)
    if rows.is_empty():
        return note(t("finding.nothing_hint"))
    column = name if name in rows.columns else named(name)
    words = (shares(rows[share].to_list()), counts(rows[value].to_list()))
    figure = charts.ranking(rows, column, value, words, look(), height=height)
    return show(figure, alt=t("alt.ranking"), key=f"ranking-{name}")


def class_gaps(classes: pl.DataFrame, *, height: int = 560) -> None:
    """Draw each class's share of loans beside its share of holdings."""
    rows = classes.filter((pl.col("loan_count") > 0) | (pl.col("item_count") > 0))
    if rows.is_empty():
        return note(t("finding.nothing_hint"))
    rows = labelled(rows)
    figure = charts.versus(
        rows,
        "label",
        "loan_share",
        "item_share",
        (t("classes.of_loans"), t("classes.of_holdings")),
        (shares(rows["loan_share"].to_list()), shares(rows["item_share"].to_list())),
        look(),
        height=height,
    )
    return show(figure, alt=t("alt.classes"), key="classes")


def labelled(rows: pl.DataFrame) -> pl.DataFrame:
    """Return classes with a column `label`: code and name, long names cut."""
    limit, mark = (13, "、") if language() == "zh" else (26, ", ")
    labels = []
    for code, name in rows.select("class_code", named("class_name")).iter_rows():
        short = name
        if len(name) > limit:  # whole words only: a class is not cut within a name
            words = name[:limit].rsplit(mark, 1)[0]
            short = f"{words}…"
        labels.append(f"{code} {short}" if len(code) <= 2 else short)
    return rows.with_columns(label=pl.Series(labels, dtype=pl.String))


def concentration(curve: pl.DataFrame, *, height: int = 240) -> None:
    """Draw the share of loans made by the busiest readers."""
    point = findings.tenth(curve)
    if point is None:
        return note(t("finding.nothing_hint"))
    label = t("readers.tenth", borrowers=point[0], loans=point[1])
    figure = charts.concentration(
        curve,
        (t("readers.of_borrowers"), t("readers.of_loans")),
        (*point, label),
        look(),
        height=height,
    )
    return show(figure, alt=t("alt.concentration"), key="concentration")


def reasons(frame: pl.DataFrame, names: dict[str, Any], *, height: int = 250) -> None:
    """Draw the reasons for cancelling, most frequent first, coloured by what can be done.

    A line above gives each kind its colour and its share.
    """
    rows = frame.filter(pl.col("card_count") > 0)
    if rows.is_empty():
        return note(t("finding.nothing_hint"))
    colours = {"abnormal": look().accent, "normal": look().primary}
    kinds = rows.group_by("kind").agg(pl.col("card_share").sum()).sort("kind")
    key(
        [
            (colours.get(kind, look().muted), f"{t('cards.kind_' + kind)} {part}")
            for kind, part in zip(kinds["kind"], shares(kinds["card_share"].to_list()), strict=True)
        ]
    )
    running = rows["card_share"].cum_sum().to_list()
    words = [
        f"{text.count(count, language())} · {t('cards.so_far', share=float(so_far))}"
        for count, so_far in zip(rows["card_count"], running, strict=True)
    ]
    rows = rows.with_columns(label=pl.col("reason_code").replace_strict(names))
    figure = charts.pareto(
        rows,
        "label",
        "card_count",
        words,
        [colours.get(kind, look().muted) for kind in rows["kind"]],
        look(),
        height=height,
    )
    return show(figure, alt=t("alt.reasons"), key="reasons")
