"""Readers and cards on a screen: leaderboard, groups, reasons and what to do about them."""

from html import escape
from typing import Any

import polars as pl
import streamlit as st

from guanqing import headlines as findings, text
from guanqing.ui.shell.library import may_see_names, query
from guanqing.ui.widgets.panels import note, table
from guanqing.ui.shell.session import language, t
from guanqing.ui.words import named

DIMENSIONS = ("reader_type", "sex", "age_band")


def leaderboard(borrowers: pl.DataFrame) -> None:
    """Draw the largest readers, masked; by name only where the server allows it and it is asked."""
    if borrowers.is_empty():
        return note(t("finding.nothing_hint"))
    by_name = may_see_names() and st.toggle(t("readers.show_names"), key="show_names")
    labels = query("reader_labels", readers=borrowers["reader_id"].to_list())
    rows = borrowers.join(labels, on="reader_id", how="left", maintain_order="left")
    columns = [
        (t("readers.rank"), "n"),
        (t("readers.reader"), ""),
        *([(t("readers.card"), "")] if by_name else []),
        (t("readers.type"), ""),
        (t("readers.home"), "wide"),
        (t("readers.loans"), "n"),
    ]
    return table(columns, [_leader(row, by_name) for row in rows.iter_rows(named=True)])


def _leader(row: dict[str, Any], by_name: bool) -> list[str]:
    masked = row["masked_name"] or t("readers.number", number=str(row["reader_id"]))
    return [
        str(row["rank"]),
        escape((by_name and row["reader_name"]) or masked),
        *([escape(row["card_number"] or text.NOTHING)] if by_name else []),
        escape(text.pick(row, "type_name", language()) or text.NOTHING),
        escape(text.pick(row, "branch_name", language()) or text.NOTHING),
        f"<b>{text.count(row['loan_count'], language())}</b>",
    ]


def largest_group(groups: pl.DataFrame) -> findings.Finding:
    """Say which reader type makes the largest share of loans."""
    types = groups.filter(dimension="reader_type")
    return findings.largest(types, "finding.top_group", named("group_name"), "loan_share")


def group_tables(groups: pl.DataFrame) -> None:
    """Draw borrowers and their share of loans by type, sex and age band, side by side."""
    if groups.is_empty():
        return note(t("finding.nothing_hint"))
    for column, dimension in zip(st.columns(len(DIMENSIONS)), DIMENSIONS, strict=True):
        with column:
            rows = groups.filter(dimension=dimension)
            table(
                [
                    (t(f"readers.{dimension}"), ""),
                    (t("readers.borrowers"), "n"),
                    (t("readers.share"), "n"),
                ],
                [_group(row) for row in rows.iter_rows(named=True)],
            )
    return None


def _group(row: dict[str, Any]) -> list[str]:
    name = escape(row[named("group_name")])
    if row["borrower_count"] is None:
        return [name, t("readers.hidden"), text.NOTHING]
    return [
        name,
        text.count(row["borrower_count"], language()),
        text.share(row["loan_share"], language()),
    ]


def channel_totals(channels: pl.DataFrame) -> pl.DataFrame:
    """Return each channel's share of the cards issued."""
    name = named("channel_name")
    totals = channels.group_by(name).agg(pl.col("issued_count").sum())
    return totals.with_columns(issued_share=pl.col("issued_count") / pl.col("issued_count").sum())


def reason_names() -> dict[str, str]:
    """Return what each reason of cancellation is called."""
    return dict(query("cancel_reason_names").select("reason_code", named("name")).iter_rows())


def countermeasures(reasons: pl.DataFrame) -> None:
    """Draw each reason with its group, its cards and what the report says can be done."""
    known = {row["reason_code"]: row for row in query("cancel_reason_names").iter_rows(named=True)}
    kinds = {"normal": "go", "abnormal": "bad", "unknown": ""}
    table(
        [
            (t("cards.reason"), ""),
            (t("cards.kind"), "s wide"),
            (t("cards.cards"), "n"),
            (t("cards.what_to_do"), ""),
        ],
        [
            [
                escape(known[row["reason_code"]][named("name")]),
                f'<span class="{kinds[row["kind"]]}">{t("cards.kind_" + row["kind"])}</span>',
                text.count(row["card_count"], language()),
                escape(known[row["reason_code"]][named("countermeasures")]),
            ]
            for row in reasons.iter_rows(named=True)
        ],
    )
