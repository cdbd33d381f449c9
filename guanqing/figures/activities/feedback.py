"""What readers wrote: the cases of each month by what became of them, and those still open."""

from datetime import date
from typing import Any

import polars as pl

from guanqing import activity_headlines as headlines
from guanqing import charts, text
from guanqing.charts.times import every_nth
from guanqing.figures.activities.lists import listed
from guanqing.figures.activities.surveys import of_answers
from guanqing.figures.blocks import Block, Cell, Chart
from guanqing.figures.figure import Content, content, figure
from guanqing.figures.marking import legend, on_months
from guanqing.figures.markup import fill, toned, written
from guanqing.figures.over_time import month_labels
from guanqing.figures.view import View
from guanqing.headlines import NOTHING
from guanqing.period import DAY

FEW_MONTHS = 4  # whose bars would fill the panel with ink
Row = dict[str, Any]


@figure("feedback_in_time_share")
def feedback_by_month(view: View) -> Content:
    """Draw the cases of each month by what became of them, and below how long and how content."""
    months, row = view.ask("feedback_by_month"), view.row("feedback_handled")
    headline = view.say(headlines.feedback(row))
    if row["case_count"] is None:
        return content(headline, view.nothing())
    return content(
        headline,
        *_by_outcome(view, months),
        fill("handled", facts=_facts(view, row)),
        view.note("activities.no_term") if row["term_days"] is None else None,
        cases=row["case_count"],
    )


def _facts(view: View, row: Row) -> list[tuple[str, str, str]]:
    """Return what is known of the cases together: name, value and small print of each."""
    facts = [(view.t("activities.received"), view.count(row["case_count"]), "")]
    due = ""
    if row["term_days"] is not None:
        share = view.share(row["in_time_share"])
        facts.append((view.t("activities.in_time"), view.count(row["in_time_count"]), share))
        if row["open_count"]:
            due = view.t("activities.of_them_overdue", count=row["overdue_count"])
    facts.append((view.t("activities.still_open"), view.count(row["open_count"]), due))
    if row["median_days"] is not None:
        days = view.t("activities.days", days=f"{row['median_days']:g}")
        facts.append((view.t("activities.median_days"), days, ""))
    if row["rated_count"]:
        words = of_answers(view, row, row["rated_count"])
        facts.append((view.t("activities.content"), view.share(row["satisfied_share"]), words))
    if row["rated_count"] and row["rated_count"] < row["answered_count"]:
        unrated = view.t("activities.unrated", count=row["answered_count"] - row["rated_count"])
        bounds = f"{view.share(row['least_share'])}–{view.share(row['most_share'])}"
        facts.append((view.t("activities.content_bounds"), bounds, unrated))
    return facts


def _by_outcome(view: View, months: pl.DataFrame) -> tuple[Block | None, ...]:
    if months.is_empty():
        return ()
    colours = {
        "in_time": view.look.primary,
        "late": view.look.accent,
        "overdue": view.look.ink,
        "answered": view.look.primary,
        "waiting": view.look.faded,
        "open": view.look.faded,
    }
    found = [outcome for outcome in colours if outcome in set(months["outcome"])]
    known: list[date] = months["month"].to_list()  # in order
    starts = pl.date_range(known[0], known[-1], "1mo", eager=True).to_list()
    parts = {}
    for outcome in found:
        counts = dict(months.filter(outcome=outcome).select("month", "case_count").iter_rows())
        parts[view.t(f"activities.outcome_{outcome}")] = [counts.get(day, 0) for day in starts]
    marks, labels = on_months(view, starts), month_labels(view, starts)
    drawn = charts.stacked(
        labels,
        parts,
        view.count,
        view.look,
        height=view.height,
        colours=[colours[outcome] for outcome in found],
        marks=marks,
    )
    drawn.update_xaxes(tickangle=0, tickmode="array", tickvals=labels[:: every_nth(labels)])
    if len(starts) < FEW_MONTHS:
        drawn.update_traces(width=0.3)
    return Chart(drawn, view.t("alt.feedback")), legend(view, marks)


@figure("open_case")
def feedback_open(view: View) -> Content:
    """List the cases nobody has answered, the oldest first; those overdue are marked."""
    cases, end = view.ask("feedback_open"), view.filters["as_of"] + DAY
    if view.look_up("feedback_handled", end_date=end)["case_count"][0] is None:
        return content(view.say(NOTHING), view.nothing())
    headline = view.say(headlines.open_cases(cases))
    if cases.is_empty():
        return content(headline, view.note("activities.none_open"))
    columns = [
        (view.t("activities.case"), ""),
        (view.t("activities.branch"), "wide"),
        (view.t("activities.since"), "n"),
        (view.t("activities.open_for"), "n"),
        (view.t("activities.term"), "s"),
    ]
    return content(headline, listed(columns, [_case(view, row) for row in cases.to_dicts()]))


def _case(view: View, row: Row) -> list[Cell]:
    key, sign, tone = {
        None: ("no_term_set", "", ""),
        True: ("outcome_overdue", "▼ ", "bad"),
        False: ("outcome_waiting", "○ ", ""),
    }[row["is_overdue"]]
    return [
        written(row["case_number"]),
        row[view.named("branch_name")] or text.NOTHING,
        text.day_of_year(row["received_on"], view.language),
        view.t("activities.days", days=str(row["open_days"])),
        toned(sign + view.t(f"activities.{key}"), tone),
    ]
