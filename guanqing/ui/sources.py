"""What stands behind the figures: the library file, the load, and the printed report."""

from collections.abc import Sequence
from html import escape
from typing import Any

import polars as pl

from guanqing import text
from guanqing.intake.rules import rules
from guanqing.ui.library import facts, query
from guanqing.ui.panels import note, table
from guanqing.ui.session import language, t

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


def load_account() -> None:
    """Draw what became of every line of every file, and the rules that touched them."""
    files = query("load_account")
    if files.is_empty():
        return note(t("sources.no_files"))
    outcomes = ("line_count", "loaded_count", "repaired_count", "refused_count", "set_aside_count")
    table(
        [(t("sources.file"), ""), *((t(f"sources.{name}"), "n") for name in outcomes)],
        [
            [escape(row["file_name"]), *(text.count(row[name], language()) for name in outcomes)]
            for row in files.iter_rows(named=True)
        ],
    )
    return table(
        [(t("sources.rule"), ""), (t("sources.outcome"), "s"), (t("sources.line_count"), "n")],
        [
            [
                escape(rules()[row["rule_code"]].name[language()]),
                t(f"outcome.{row['outcome']}"),
                text.count(row["line_count"], language()),
            ]
            for row in query("rules_applied").iter_rows(named=True)
        ],
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
