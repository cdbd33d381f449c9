"""What stands behind the figures: the library file, the load, and the printed report."""

from collections.abc import Sequence
from html import escape
from typing import Any

import polars as pl
import streamlit as st

from guanqing import text
from guanqing.ui.loading import account as accounts
from guanqing.ui.shell.library import facts, query
from guanqing.ui.widgets.panels import note, table
from guanqing.ui.shell.session import language, t

VERDICT_TONES = {"equal": ("✔", "good"), "different": ("✖", "bad"), "not_covered": ("○", "")}


def library_card() -> None:
    """Draw what the library holds, table by table, and what it assumes."""
    about = facts()
    if about["first_day"] is not None:
        note(
            t(
                "sources.covers",
                first_day=about["first_day"],
                last_day=about["last_day"],
                layout=about["layout"],
            )
        )
    counts = query("table_counts").filter(pl.col("row_count") > 0)
    rows = [
        [escape(t(f"table.{row['table_name']}")), text.count(row["row_count"], language())]
        for row in counts.iter_rows(named=True)
        if row["table_name"] not in ("loads", "load_rules", "settings")
    ]
    half = -(-len(rows) // 2)
    pairs = [
        [*left, *(rows[half + i] if half + i < len(rows) else ["", ""])]
        for i, left in enumerate(rows[:half])
    ]
    heads = [(t("sources.table"), ""), (t("sources.rows"), "n")]
    table(heads * 2, pairs)
    for row in query("assumptions").iter_rows(named=True):
        key = "sources.setting" if row["value"] is not None else "sources.setting_missing"
        note(
            t(
                key,
                name=t(f"setting.{row['setting_code']}"),
                value=text.count(row["value"], language()),
                source=text.pick(row, "source", language()),
            )
        )


def newest_files() -> list[dict[str, Any]]:
    """Return the files of the newest load, none where nothing was loaded."""
    files = query("load_account")
    return files.filter(pl.col("load_number") == pl.col("load_number").max()).to_dicts()


def files_of_load() -> None:
    """Draw what became of every line of every file of the newest load."""
    files = newest_files()
    if files:
        accounts.equation(files)
    else:
        note(t("sources.no_files"))


def rules_met() -> dict[str, int]:
    """Return how many lines of the newest load met each rule."""
    applied = query("rules_applied").group_by("rule_code").agg(pl.col("line_count").sum())
    return dict(applied.select("rule_code", "line_count").iter_rows())


def load_account() -> None:
    """Draw the account of the newest load, and the rules its lines met."""
    files_of_load()
    accounts.rules_touched(rules_met(), brief=True)
    st.page_link(
        "pages/library/loading.py",
        label=t("sources.to_loading"),
        icon=":material/arrow_forward:",
    )


def reconciliation_verdict() -> str:
    """Say how many printed figures the data reproduces."""
    rows = query("reconciliation")
    covered = rows.filter(pl.col("verdict") != "not_covered")
    if covered.is_empty():
        return t("sources.not_covered")
    equal = covered.filter(verdict="equal").height
    key = "sources.reconciled_simulated" if facts()["is_simulated"] else "sources.reconciled"
    return t(key, equal=equal, count=covered.height)


def reconciliation(figures: Sequence[str] = ()) -> None:
    """Draw printed figures beside computed ones, whether they agree, and why not."""
    frame = query("reconciliation")
    if figures:
        frame = frame.filter(pl.col("figure_code").is_in(figures))
    table(
        [
            (t("sources.figure"), ""),
            (t("sources.published"), "n"),
            (t("sources.computed"), "n"),
            (t("sources.verdict"), "s"),
        ],
        [_printed(row) for row in frame.iter_rows(named=True)],
    )


def _printed(row: dict[str, Any]) -> list[str]:
    icon, tone = VERDICT_TONES[row["verdict"]]
    name = t(f"published.{row['figure_code']}", subject=row["subject"] or "")
    relation = t(f"relation.{row['relation']}")
    return [
        escape(name),
        f"{relation}{_number(row['published_value'], row['decimals'])}",
        _number(row["computed_value"], row["decimals"]),
        f'<span class="{tone}">{icon}&nbsp;{t("verdict." + row["verdict"])}</span>',
    ]


def _number(value: float | None, decimals: int) -> str:
    """Return a figure to the unit: a reconciliation must not round."""
    if value is None:
        return text.NOTHING
    return text.share(value, language(), decimals=2) if decimals else text.exact(value, language())
