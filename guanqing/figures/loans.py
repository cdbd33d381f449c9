"""How much is lent: over time, by day, hour, channel and branch."""

import polars as pl

from guanqing import charts, headlines, text
from guanqing.figures.blocks import Block, Chart
from guanqing.figures.figure import Content, content, figure
from guanqing.figures.key_figures import change_of
from guanqing.figures.marking import legend, on_days
from guanqing.figures.over_time import trend
from guanqing.figures.view import View
from guanqing.period import DAY

CALENDAR_DAYS = 400  # a year or so is what a calendar can hold legibly: the latest win


@figure("loan_count")
def loans_over_time(view: View) -> Content:
    """Draw loans by month, by day where the period is a few weeks, against a year earlier."""
    query = "loans_by_day" if view.is_short else "loans_by_month"
    frame, earlier = view.with_earlier(query, "loan_count", by_day=view.is_short)
    compared, since = view.comparison_of("loan_count"), None
    if compared and compared.now.start_date != view.period.start_date:
        since = text.day_of_year(compared.now.start_date, view.language)
    headline = headlines.loans_over_time(frame, change_of(view, "loan_count"), since)
    return content(view.say(headline), *trend(view, frame, "loan_count", earlier))


@figure("loan_count")
def loans_by_day(view: View) -> Content:
    """Draw each day's loans on a calendar; closed days are empty."""
    first = max(view.period.start_date, view.period.end_date - CALENDAR_DAYS * DAY)
    days = view.ask("loans_by_day", start_date=first)
    is_cut = first > view.period.start_date
    whole = view.cite("loans_by_day") if is_cut else days  # the busiest may lie before
    headline = view.say(headlines.loans_over_time(whole, None))
    if not days["loan_count"].sum():
        return content(headline, view.nothing())
    days = days.with_columns(
        heat=pl.when(~pl.col("is_open") & (pl.col("loan_count") == 0))
        .then(None)
        .otherwise(pl.col("loan_count"))
    )
    words = [
        "" if count is None else view.t("alt.day_loans", day=day, count=int(count))
        for day, count in days.select("day", "loan_count").iter_rows()
    ]
    months = {
        (day.year, day.month): text.month_name(day.replace(day=1), view.language)
        for day in days["day"]
    }
    marks = on_days(view, days["day"].to_list())
    drawn = charts.heat_calendar(
        days,
        "heat",
        words,
        view.weekday_names,
        months,
        view.look,
        height=view.height,
        marks=marks,
    )
    below = legend(view, marks, has_crosses=True)
    since = view.note("circulation.drawn_since", day=first) if is_cut else None
    cases = int(whole["loan_count"].sum())
    return content(headline, Chart(drawn, view.t("alt.calendar")), below, since, cases=cases)


@figure("loan_count")
def loans_by_hour(view: View) -> Content:
    """Draw the mean loans of each hour of each weekday."""
    frame = view.ask("loans_by_hour")
    names = view.weekday_names
    headline = view.say(headlines.busiest_hour(frame, names))
    if frame.is_empty():
        lent = view.look_up("circulation_headline")["loan_count"][0]
        if lent:
            return content(view.t("finding.no_times"), view.note("circulation.no_times_hint"))
        return content(headline, view.nothing())
    words = [
        view.t(
            "alt.hour_loans",
            weekday=names[weekday - 1],
            hour=str(hour),
            count=text.ratio(value, view.language),
        )
        for weekday, hour, value in frame.select("weekday", "hour", "loans_per_day").iter_rows()
    ]
    drawn = charts.heat_grid(frame, "loans_per_day", words, names, view.look, height=view.height)
    return content(headline, Chart(drawn, view.t("alt.hours")))


@figure("loan_count")
def loans_by_channel(view: View) -> Content:
    """Draw the channels loans were made by."""
    frame = view.ask("loans_by_channel")
    return _largest(view, frame, "channel", "finding.top_channel")


@figure("self_service_share")
def self_service_by_month(view: View) -> Content:
    """Draw the share of each month's loans that was made at self-service machines."""
    frame, earlier = view.with_earlier("self_service_by_month", "self_service_share")
    whole = view.cite("circulation_headline")["self_service_share"][0]
    headline = headlines.self_service(frame, whole)
    return content(view.say(headline), *trend(view, frame, "self_service_share", earlier))


@figure("loan_count")
def loans_by_branch(view: View) -> Content:
    """Draw the branches loans were made at."""
    frame = view.ask("loans_by_branch")
    return _largest(view, frame, "branch", "finding.top_branch")


@figure("refusal_rate")
def refusals_by_reason(view: View) -> Content:
    """Draw why documents asked for were not supplied, as shares of all requests."""
    frame = view.ask("refusals_by_reason")
    name = view.named("reason_name")
    headline = view.say(headlines.refusals(frame, name))
    cases = int(frame["request_count"][0] or 0)
    drawn = ranking(view, frame, name, "refusal_count", "refusal_rate")
    return content(headline, drawn, cases=cases)


def _largest(view: View, frame: pl.DataFrame, name: str, key: str) -> Content:
    column = view.named(f"{name}_name")
    headline = headlines.largest(frame, key, f"{name}_code", column, "loan_share")
    return content(view.say(headline), ranking(view, frame, column, "loan_count", "loan_share"))


def ranking(view: View, frame: pl.DataFrame, name: str, value: str, share: str) -> Block:
    """Return a bar per row that has something, with its share, the count on hover."""
    rows = frame.filter(pl.col(value) > 0)
    if rows.is_empty():
        return view.nothing()
    words = (view.shares(rows[share].to_list()), view.counts(rows[value].to_list()))
    drawn = charts.ranking(rows, name, value, words, view.look, height=view.height)
    return Chart(drawn, view.t("alt.ranking"))
