"""Headline figures: one number each, beside its goal, the same days a year earlier, its way there.

Each is called by its measure.
"""

from collections.abc import Callable
from dataclasses import replace

from guanqing import headlines, measures, text
from guanqing.figures.blocks import Card
from guanqing.figures.figure import Content, Figure, content, enter
from guanqing.figures.plan.standing import standings, year_plan
from guanqing.figures.view import View
from guanqing.plan import Target
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
        "yearly_cancellation_rate",
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
    "active_borrower_count": ("borrowers_by_month", "borrower_count"),
}
STOCKS = {"card_holder_count"}  # a month that is not over takes nothing from them
OF = {measure: query for query, columns in IN_ONE_ROW.items() for measure in columns}


def _compose(measure: str) -> Callable[[View], Content]:
    def compose(view: View) -> Content:
        value = view.row(OF[measure])[measure]
        made = card(view, measure, value, change_of(view, measure))
        if standing := standing_of(view, measure):
            status = standing.status if value is not None else None
            made = replace(made, goal=standing.goal, status=status, aside="")
        return content(measures.named(measure).label[view.language], made)

    return compose


for _measure in OF:
    enter(Figure(_measure, _measure, _compose(_measure)))


def card(view: View, measure: str, value: float | None, change: float | None) -> Card:
    """Return a headline figure beside what it was a year ago, and whether it is promised at all."""
    promise = _promise(view, measure)
    return Card(
        measures.named(measure),
        value,
        whose=view.whose(promise.scope) if promise else "",
        aside=_aside(view, promise) if promise else "",
        refused_line=None if promise else _refused_line(view, measure),
        change=change,
        compared_with=_compared_words(view, measure),
        compared_days="" if change is None else _compared_days(view, measure),
        # a line beside no value would look like the way of it
        trail=(trail := _trail(view, measure) if value is not None else []),
        trail_words=view.t("card.trail", name=_trail_name(view, measure)) if trail else "",
        is_trail_open=view.ends_within_month and measure not in STOCKS,
    )


def _promise(view: View, measure: str) -> Target | None:
    """Return what the plan promises of a measure, None where it promises nothing."""
    counted_as, promised = measures.named(measure).counted_as, year_plan(view).targets.values()
    found = [target for target in promised if target.counted == counted_as]
    of_these = [target for target in found if view.shows(target.scope)]
    return next(iter(of_these or found), None)


def standing_of(view: View, measure: str) -> Standing | None:
    """Return where the plan's promise about a measure stands, None where there is none.

    A promise speaks of its scope and its whole year: of another choice it says nothing.
    """
    promise = _promise(view, measure)
    if promise is None or not (view.shows_whole_year and view.shows(promise.scope)):
        return None
    return next(iter(standings(view, view.cite, promise.code)), None)


def _aside(view: View, promise: Target) -> str:
    """Say of a promise that is not set against the value shown what it speaks of."""
    if view.shows(promise.scope):
        return view.t("card.yearly_target")
    return view.t("card.others_target", whose=view.whose(promise.scope))


def _refused_line(view: View, measure: str) -> int | None:
    """Return the line of the plan that promises a measure, or may, in words that cannot be used."""
    counted_as, known = measures.named(measure).counted_as, year_plan(view)
    lines = (
        fault.line
        for fault in known.refused
        if fault.counted in (counted_as, "") or not known.targets
    )
    return next(lines, None) if counted_as else None


def change_of(view: View, measure: str) -> float | None:
    """Return how a measure changed against the same days a year earlier, as `changed` says it.

    Both are known as of a day: that shown, and the one it is held against; what is counted over
    days of its own, as of their last.
    """
    compared, about = view.comparison_of(measure), measures.named(measure)
    if compared is None or not view.covers(measure):
        return None
    as_of = compared.now.last_day if about.counted_over else view.filters["as_of"]
    now, earlier = (
        view.cite(OF[measure], start_date=part.start_date, end_date=part.end_date, as_of=known_on)[
            measure
        ][0]
        for part, known_on in ((compared.now, as_of), (compared.earlier, compared.before(as_of)))
    )
    return changed(measure, now, earlier)


def changed(measure: str, now: float | None, earlier: float | None) -> float | None:
    """Return a change as a share of what was before; of a share, the points between the two."""
    if measures.named(measure).unit == "share":
        return None if now is None or earlier is None else float(now) - float(earlier)
    return headlines.change(now, earlier)


def _compared_words(view: View, measure: str) -> str:
    """Say against what a change stands; from which day, where not the whole period has a match."""
    compared = view.comparison_of(measure)
    if compared is None or compared.now.start_date == view.period.start_date:
        is_by_weekday = compared is not None and compared.is_by_weekday
        return view.t("card.same_weekdays" if is_by_weekday else "card.same_days")
    start = text.day_of_year(compared.now.start_date, view.language)
    return view.t("card.same_days_from", day=start)


def _compared_days(view: View, measure: str) -> str:
    """Return which days a change speaks of."""
    compared = view.comparison_of(measure)
    if compared is None:
        return ""
    now, earlier = compared.now, compared.earlier
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
    if query == "measures_by_month":
        return view.ask(query, measure=column)["amount"].to_list()
    return view.ask(query)[column].drop_nulls().to_list()


def _trail_name(view: View, measure: str) -> str:
    """Return what is drawn by month: of a rate, what it is a rate of."""
    column = TRAILS[measure][1]
    known = measure if column not in measures.load() else column
    return measures.named(known).label[view.language]
