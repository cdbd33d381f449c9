"""The account of a load on a screen: an equation for each file, and the rules that touched it."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import streamlit as st

from guanqing import text
from guanqing.intake.rules import Rule, rules
from guanqing.records import kinds
from guanqing.ui.widgets.panels import table_html
from guanqing.ui.shell.session import language, t

PARTS = ("loaded", "repaired", "refused", "set_aside", "already_there")
ORDER = ("refused", "set_aside", "repaired", "noted")  # what asks for a hand comes first


def equation(files: Sequence[Mapping[str, Any]]) -> None:
    """Draw read = loaded + repaired + refused + set aside + already there, a file a row.

    files have file_name, record_kind and a count of lines by each of those names (line_count ...).
    """
    heads = [(t("sources.file"), ""), ("", "bar wide"), (t("sources.line_count"), "n")]
    heads += [(t(f"sources.{part}_count"), f"n part {part}") for part in PARTS]
    rows = [_row(file, _called(file)) for file in files]
    if len(files) > 1:
        names = ("line_count", *(f"{part}_count" for part in PARTS))
        total = {name: sum(file[name] for file in files) for name in names}
        rows.append(_row(total, f"<b>{t('sources.total')}</b>"))
    st.html(f'<div class="gq gq-equation">{table_html(heads, rows)}</div>')


def _called(file: Mapping[str, Any]) -> str:
    kind = kinds().get(file["record_kind"])
    words = escape(kind.name[language()]) if kind else ""
    return f'{escape(file["file_name"])}<div class="why">{words}</div>'


def _row(file: Mapping[str, Any], name: str) -> list[str]:
    counts = [file[f"{part}_count"] for part in PARTS]
    signs = ["=", *["+"] * (len(PARTS) - 1)]
    numbers = [
        f'<span class="sign">{sign}</span> {_exact(count)}'
        f'<span class="what">{t(f"sources.{part}_count")}</span>'
        for sign, count, part in zip(signs, counts, PARTS, strict=True)
    ]
    read = f'{_exact(file["line_count"])}<span class="what">{t("sources.line_count")}</span>'
    return [name, _stack(file["line_count"], counts), read, *numbers]


def _exact(count: int) -> str:
    shown = text.exact(count, language())
    return shown if count else f'<span class="why">{shown}</span>'


def _stack(line_count: int, counts: Sequence[int]) -> str:
    """Return the parts of a file as a bar; the numbers beside it say the same."""
    parts = "".join(
        f'<i class="{part}" style="width:{100 * count / line_count:.2f}%"></i>'
        for part, count in zip(PARTS, counts, strict=True)
        if count
    )
    return f'<div class="gq-stack" aria-hidden="true">{parts}</div>'


def rules_touched(counts: Mapping[str, int], *, brief: bool = False) -> None:
    """Draw how many lines met each rule, and what the rule does; brief: the why on hover only."""
    known = rules()
    found = sorted(
        (code for code in counts if code in known),
        key=lambda code: (ORDER.index(_outcome(code)), -counts[code]),
    )
    if not found:
        return
    html = table_html(
        [(t("sources.rule"), ""), (t("sources.outcome"), "s"), (t("sources.rule_lines"), "n")],
        [
            [
                _named(known[code], brief),
                f'<span class="{"bad" if _outcome(code) == "refused" else ""}">'
                f"{t(f'outcome.{_outcome(code)}')}</span>",
                text.exact(counts[code], language()),
            ]
            for code in found
        ],
    )
    st.html(f'<div class="gq gq-below">{html}</div>')


def _named(rule: Rule, brief: bool) -> str:
    name, why = escape(rule.name[language()]), escape(rule.explanation[language()])
    return f'<span title="{why}">{name}</span>' if brief else f'{name}<div class="why">{why}</div>'


def _outcome(code: str) -> str:
    outcome = rules()[code].outcome
    return outcome if outcome in ORDER else "noted"
