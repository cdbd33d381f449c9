"""Feedback, volunteers and inspections of reading points on a screen."""

from collections.abc import Sequence
from datetime import date
from html import escape
from typing import Any

import polars as pl

from guanqing import charts, text
from guanqing.charts.times import every_nth
from guanqing.ui.annotations import legend, on_months
from guanqing.ui.plots_of_time import month_labels
from guanqing.ui.shell.library import query
from guanqing.ui.shell.session import language, look, t
from guanqing.ui.widgets.blocks import draw, note
from guanqing.ui.widgets.panels import show
from guanqing.ui.widgets.tables import table
from guanqing.ui.words import a_count, named

MOST_LISTED = 12
FEW_MONTHS = 4  # whose bars would fill the panel with ink
OUTCOMES = ("in_time", "late", "overdue", "answered", "waiting", "open")


def handled() -> dict[str, Any]:
    """Return how the cases of the period were handled."""
    return query("feedback_handled").row(0, named=True)


def feedback(row: dict[str, Any], months: pl.DataFrame, *, height: int) -> None:
    """Draw the cases of each month by what became of them, and below how long and how content."""
    if not months.is_empty():
        _by_outcome(months, height)
    facts = [(t("activities.received"), text.count(row["case_count"], language()), "")]
    if row["term_days"] is not None:
        share = text.share(row["in_time_share"], language())
        facts.append((t("activities.in_time"), text.count(row["in_time_count"], language()), share))
    facts.append((t("activities.still_open"), text.count(row["open_count"], language()), _due(row)))
    if row["median_days"] is not None:
        days = t("activities.days", days=f"{row['median_days']:g}")
        facts.append((t("activities.median_days"), days, ""))
    if row["rated_count"]:
        facts.append((t("activities.content"), *_content(row)))
    cells = (
        f"<div><span>{escape(name)}</span><b>{escape(value)}</b><small>{escape(below)}</small></div>"
        for name, value, below in facts
    )
    draw(f'<div class="gq gq-handled">{"".join(cells)}</div>')
    if row["term_days"] is None:
        note(t("activities.no_term"))


def _due(row: dict[str, Any]) -> str:
    if row["term_days"] is None or not row["open_count"]:
        return ""
    return t("activities.of_them_overdue", count=row["overdue_count"])


def _content(row: dict[str, Any]) -> tuple[str, str]:
    return text.share(row["satisfied_share"], language()), t(
        "activities.of_answers",
        satisfied=row["satisfied_count"],
        answers=row["rated_count"],
        lower=float(row["lower_share"]),
        upper=float(row["upper_share"]),
    )


def _by_outcome(months: pl.DataFrame, height: int) -> None:
    found = [outcome for outcome in OUTCOMES if outcome in set(months["outcome"])]
    known_months: list[date] = months["month"].to_list()  # in order
    labels = pl.date_range(known_months[0], known_months[-1], "1mo", eager=True).to_list()
    colours = {
        "in_time": look().primary,
        "answered": look().primary,
        "late": look().accent,
        "overdue": look().ink,
        "waiting": look().faded,
        "open": look().faded,
    }
    parts: dict[str, Sequence[int]] = {}
    for outcome in found:
        rows = months.filter(outcome=outcome).select("month", "case_count")
        known = dict(rows.iter_rows())
        parts[t(f"activities.outcome_{outcome}")] = [known.get(month, 0) for month in labels]
    marks = on_months(labels)
    figure = charts.stacked(
        month_labels(labels),
        parts,
        a_count,
        look(),
        height=height,
        colours=[colours[outcome] for outcome in found],
        marks=marks,
    )
    names = month_labels(labels)
    figure.update_xaxes(tickangle=0, tickmode="array", tickvals=names[:: every_nth(names)])
    if len(labels) < FEW_MONTHS:
        figure.update_traces(width=0.3)
    show(figure, alt=t("alt.feedback"), key="feedback")
    legend(marks)


def open_cases(cases: pl.DataFrame) -> None:
    """List the cases nobody has answered, the oldest first; those overdue are marked."""
    if cases.is_empty():
        return note(t("activities.none_open"))
    table(
        [
            (t("activities.case"), ""),
            (t("activities.branch"), "wide"),
            (t("activities.since"), "n"),
            (t("activities.open_for"), "n"),
            (t("activities.term"), "s"),
        ],
        [_case(row) for row in cases.head(MOST_LISTED).iter_rows(named=True)],
    )
    rest = cases.height - MOST_LISTED
    return note(t("activities.more", count=rest)) if rest > 0 else None


def _case(row: dict[str, Any]) -> list[str]:
    state = {None: ("", ""), True: ("bad", "▼ "), False: ("", "○ ")}[row["is_overdue"]]
    key = {None: "no_term_set", True: "outcome_overdue", False: "outcome_waiting"}
    words = t("activities." + key[row["is_overdue"]])
    return [
        f'<span lang="zh-CN">{escape(row["case_number"])}</span>',
        escape(row[named("branch_name")] or text.NOTHING),
        text.day_of_year(row["received_on"], language()),
        t("activities.days", days=str(row["open_days"])),
        f'<span class="{state[0]}">{state[1]}{words}</span>',
    ]


def volunteers(services: pl.DataFrame) -> None:
    """List what volunteers did, how many served and for how long."""
    if services.is_empty():
        return note(t("finding.nothing_hint"))
    table(
        [
            (t("activities.activity"), ""),
            (t("activities.times"), "n wide"),
            (t("activities.persons"), "n"),
            (t("activities.hours"), "n"),
        ],
        [
            [
                f'<span lang="zh-CN">{escape(row["activity"])}</span>',
                text.count(row["service_count"], language()),
                text.count(row["volunteer_count"], language()),
                text.count(row["service_hours"], language()),
            ]
            for row in services.head(MOST_LISTED).iter_rows(named=True)
        ],
    )
    uncounted = int(services["uncounted_count"].sum())
    return note(t("activities.hours_unknown", count=uncounted)) if uncounted else None


INSPECTION_TONES = {
    "overdue": ("bad", "▼"),
    "running": ("go", "◐"),
    "open": ("go", "◐"),
    "late": ("doubt", "✔"),
    "in_time": ("good", "✔"),
    "done": ("good", "✔"),
    "withdrawn": ("", "—"),
}


def inspections(made: pl.DataFrame) -> None:
    """List the reading points where something was found, what is overdue first."""
    if made.is_empty():
        return note(t("finding.nothing_hint"))
    found = made.filter(pl.col("state") != "sound")
    if not found.is_empty():
        table(
            [
                (t("activities.point"), ""),
                (t("activities.found"), ""),
                (t("activities.by"), "n wide"),
                (t("activities.state"), "s"),
            ],
            [_inspection(row) for row in found.head(MOST_LISTED).iter_rows(named=True)],
        )
    if found.height > MOST_LISTED:
        note(t("activities.more", count=found.height - MOST_LISTED))
    sound = made.height - found.height
    return note(t("activities.sound", count=sound)) if sound else None


def _inspection(row: dict[str, Any]) -> list[str]:
    tone, sign = INSPECTION_TONES[row["state"]]
    words = t(f"activities.inspection_{row['state']}")
    if row["overdue_days"]:
        words += t("activities.for_days", days=str(row["overdue_days"]))
    by = row["rectify_by"]
    return [
        f'<span lang="zh-CN">{escape(row["point"])}</span>',
        f'<span lang="zh-CN">{escape(row["finding"] or "")}</span>',
        text.day_of_year(by, language()) if by else text.NOTHING,
        f'<span class="{tone}">{sign} {words}</span>',
    ]
