"""Headline figures of the period, each beside the same days a year earlier."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import polars as pl

from guanqing import findings, measures, text
from guanqing.ui import filters
from guanqing.ui.cards import kpi
from guanqing.ui.library import facts, query
from guanqing.ui.plots_of_time import daily_trend, still_trend, trend
from guanqing.ui.session import language, t
from guanqing.ui.targets import scorecard

Card = Callable[[], None]
SHORT_PERIOD_DAYS = 62


def ends_within_month() -> bool:
    """Say whether the last month of the period chosen is not over: its count is still growing."""
    return filters.chosen().end_date.day != 1


def with_earlier(name: str) -> tuple[pl.DataFrame, pl.DataFrame | None]:
    """Return a query's rows, and those a year earlier as far as the data covers the same days."""
    compared = filters.comparison()
    if compared is None:
        return query(name), None
    earlier = compared.earlier
    return query(name), query(name, start_date=earlier.start_date, end_date=earlier.end_date)


def loans_by_step() -> tuple[pl.DataFrame, pl.DataFrame | None]:
    """Return loans by month, by day where the period is a few weeks, and those a year earlier."""
    short = filters.chosen().day_count <= SHORT_PERIOD_DAYS
    return with_earlier("loans_by_day" if short else "loans_by_month")


def loans_at_once(*, height: int) -> None:
    """Draw loans over time in plain HTML, for the page that is opened first."""
    still_trend(*loans_by_step(), height=height)


def loans_over_time(*, height: int) -> None:
    """Draw loans by month; by day where the period is a few weeks."""
    frame, earlier = loans_by_step()
    if "day" in frame.columns:
        daily_trend(frame, earlier, height=height)
    else:
        trend(frame, "loan_count", earlier, running=ends_within_month(), height=height)


def headline(name: str) -> dict[str, Any]:
    """Return the one row of a headline query for the period chosen."""
    return query(name).row(0, named=True)


def change_of(name: str, measure: str) -> float | None:
    """Return how a headline figure changed against the same days a year earlier, as a share."""
    compared = filters.comparison()
    if compared is None or not _reaches_back(measure, compared.earlier.last_day):
        return None
    now, earlier = (
        query(name, start_date=part.start_date, end_date=part.end_date, as_of=part.last_day).row(
            0, named=True
        )
        for part in (compared.now, compared.earlier)
    )
    return findings.change(now[measure], earlier[measure])


def _reaches_back(measure: str, last_day: date) -> bool:
    """Say whether the data begins early enough for a figure that looks back from a day."""
    needed = timedelta(days=measures.load()[measure].looks_back_days)
    return bool(facts()["first_day"] <= last_day - needed)


def compared_words() -> str:
    """Say against what a change stands; from which day, where not the whole period has a match."""
    compared = filters.comparison()
    if compared is None or compared.now.start_date == filters.chosen().start_date:
        return t("card.same_days")
    start = text.day_of_year(compared.now.start_date, language())
    return t("card.same_days_from", day=start)


def compared_days() -> str:
    """Return which days a change speaks of."""
    compared = filters.comparison()
    if compared is None:
        return ""
    now, earlier = compared.now, compared.earlier
    return t(
        "card.compared",
        now=text.span(now.start_date, now.last_day, language()),
        earlier=text.span(earlier.start_date, earlier.last_day, language()),
    )


def headline_cards(name: str, *shown: str) -> list[Card]:
    """Return a card for each measure of a headline query."""
    values = headline(name)
    return [
        kpi(
            measure,
            values[measure],
            query=name,
            change=change_of(name, measure),
            change_from=compared_days(),
            change_words=compared_words(),
            has_target=False,
        )
        for measure in shown
    ]


# The cards of the overview: measure, its query, the target of the plan that speaks of it, and what
# the plan adds up for it month by month.
OVERVIEW = (
    ("loan_count", "circulation_headline", None, "loan_count"),
    ("circulation_rate", "circulation_headline", "circulation_rate", "loan_count"),
    ("visits_per_capita", "circulation_headline", "visits_per_capita", "visit_count"),
    ("card_holder_count", "card_headline", "card_holders", "card_holder_count"),
    ("active_borrower_count", "reader_headline", None, "borrower_count"),
)


def overview_cards() -> list[Card]:
    """Return the cards of the overview; a target stands where the period is its whole year."""
    chosen = filters.chosen()
    targets = {row.target.code: row for row in scorecard()}
    trails = _trails()
    cards = []
    for measure, name, code, added in OVERVIEW:
        row = (
            targets.get(code or "") if chosen.code == str(filters.filters()["as_of"].year) else None
        )
        whole_network = filters.filters()["branches"] is None
        row = row if whole_network else None  # the plan is the network's, not a branch's
        cards.append(
            kpi(
                measure,
                headline(name)[measure],
                query=name,
                target=row.goal if row else None,
                status=row.status if row else None,
                has_yearly_target=code in targets,
                change=change_of(name, measure),
                change_from=compared_days(),
                change_words=compared_words(),
                trail=trails.get(added, []),
            )
        )
    return cards


def _trails() -> dict[str, list[float]]:
    """Return what each measure gained by month of the period, card holders as a stock."""
    if filters.filters()["branches"] is not None:
        return {}
    frame = query("measures_by_month")
    trails = {
        str(code): rows["amount"].to_list()
        for (code,), rows in frame.group_by(["measure_code"], maintain_order=True)
    }
    holders = query("cards_by_month")["holder_count"].drop_nulls().to_list()
    borrowers = query("loans_by_month")["borrower_count"].to_list()
    return trails | {"card_holder_count": holders, "borrower_count": borrowers}
