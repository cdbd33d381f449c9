"""Headline figures: one number each, beside its goal, the same days a year earlier, its way there.

Each is called by its measure.
"""

from collections.abc import Callable

from guanqing import headlines, measures, text
from guanqing.figures.blocks import Card
from guanqing.figures.figure import Content, Figure, content, enter
from guanqing.figures.plan.standing import standings, year_plan
from guanqing.figures.view import View
from guanqing.period import year_before
from guanqing.plan.scoring import Standing

# The query of one row that holds each measure, and what shows its way there by month:
# what was added to a measure of the plan, or a query and its column.
IN_ONE_ROW: dict[str, tuple[str, ...]] = {
    "circulation_headline": (
        "loan_count",
        "renewal_count",
        "visit_count",
        "loans_per_open_day",
        "circulation_rate",
        "visits_per_capita",
        "self_service_share",
    ),
    "card_headline": (
        "card_holder_count",
        "issued_count",
        "cancelled_count",
        "cancellation_rate",
    ),
    "reader_headline": (
        "borrower_count",
        "new_borrower_count",
        "active_borrower_count",
        "loans_per_borrower",
    ),
    "activity_headline": ("event_count", "attendance_count", "feedback_in_time_share"),
}
TRAILS: dict[str, tuple[str, str]] = {
    "loan_count": ("loans_by_month", "loan_count"),
    "circulation_rate": ("loans_by_month", "loan_count"),
    "visits_per_capita": ("measures_by_month", "visit_count"),
    "self_service_share": ("self_service_by_month", "self_service_share"),
    "card_holder_count": ("cards_by_month", "holder_count"),
    "active_borrower_count": ("loans_by_month", "borrower_count"),
}
STOCKS = {"card_holder_count"}  # a month that is not over takes nothing from them
OF = {measure: query for query, columns in IN_ONE_ROW.items() for measure in columns}


def _compose(measure: str) -> Callable[[View], Content]:
    def compose(view: View) -> Content:
        value = view.row(OF[measure])[measure]
        return content(
            measures.named(measure).label[view.language],
            card(view, measure, value, change_of(view, measure), standing_of(view, measure)),
        )

    return compose


for _measure in OF:
    enter(Figure(_measure, _measure, _compose(_measure)))


def card(
    view: View, measure: str, value: float | None, change: float | None, standing: Standing | None
) -> Card:
    """Return a headline figure beside what the plan promises and what it was a year ago.

    A promise speaks of the whole network and its whole year: of another choice it says nothing.
    """
    is_told = view.shows_whole_plan
    return Card(
        measures.named(measure),
        value,
        goal=standing.goal if standing and is_told else None,
        status=standing.status if standing and is_told and value is not None else None,
        has_goal_elsewhere=standing is not None and not is_told,
        is_goal_refused=standing is None and _is_refused(view, measure),
        change=change,
        compared_with=_compared_words(view),
        compared_days=_compared_days(view),
        trail=(trail := _trail(view, measure)),
        trail_words=view.t("card.trail", name=_trail_name(view, measure)) if trail else "",
        is_trail_open=view.ends_within_month and measure not in STOCKS,
    )


def standing_of(view: View, measure: str) -> Standing | None:
    """Return where the plan's promise about a measure stands, None where there is none."""
    counted_as = measures.named(measure).counted_as
    if not counted_as:
        return None
    found = standings(view)
    return next((one for one in found if one.target.counted == counted_as), None)


def _is_refused(view: View, measure: str) -> bool:
    """Say whether the plan promises a measure in words that cannot be used."""
    counted_as, known = measures.named(measure).counted_as, year_plan(view)
    return bool(counted_as) and any(
        fault.counted == counted_as or not known.targets for fault in known.refused
    )


def change_of(view: View, measure: str) -> float | None:
    """Return how a measure changed against the same days a year earlier.

    As a share, of a share in points. Both are known as of a day: that shown, and a year before it.
    """
    compared = view.comparison
    if compared is None or not view.covers(measures.named(measure).looks_back_days):
        return None
    as_of = view.filters["as_of"]
    now, earlier = (
        view.cite(OF[measure], start_date=part.start_date, end_date=part.end_date, as_of=known_on)[
            measure
        ][0]
        for part, known_on in ((compared.now, as_of), (compared.earlier, year_before(as_of)))
    )
    if measures.named(measure).unit == "share":
        return None if now is None or earlier is None else float(now) - float(earlier)
    return headlines.change(now, earlier)


def _compared_words(view: View) -> str:
    """Say against what a change stands; from which day, where not the whole period has a match."""
    compared = view.comparison
    if compared is None or compared.now.start_date == view.period.start_date:
        return view.t("card.same_days")
    start = text.day_of_year(compared.now.start_date, view.language)
    return view.t("card.same_days_from", day=start)


def _compared_days(view: View) -> str:
    """Return which days a change speaks of."""
    if view.comparison is None:
        return ""
    now, earlier = view.comparison.now, view.comparison.earlier
    return view.t(
        "card.compared",
        now=text.span(now.start_date, now.last_day, view.language),
        earlier=text.span(earlier.start_date, earlier.last_day, view.language),
    )


def _trail(view: View, measure: str) -> list[float]:
    """Return the way of a measure by month, as far as it is known for the branches chosen."""
    if measure not in TRAILS or view.is_brief:
        return []
    query, column = TRAILS[measure]
    if query == "measures_by_month":  # of the plan, which speaks of the whole network
        if view.filters["branches"] is not None:
            return []
        return view.ask(query, measure=column)["amount"].to_list()
    return view.ask(query)[column].drop_nulls().to_list()


def _trail_name(view: View, measure: str) -> str:
    """Return what is drawn by month: of a rate, what it is a rate of."""
    column = TRAILS[measure][1]
    known = measure if column not in measures.load() else column
    return measures.named(known).label[view.language]
