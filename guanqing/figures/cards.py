"""Cards issued and cancelled, why, and the way to the year's card holders."""

import polars as pl

from guanqing import charts, headlines, text
from guanqing.charts.times import Line
from guanqing.figures.blocks import Chart, Table
from guanqing.figures.figure import Content, content, figure
from guanqing.figures.key_figures import standing_of
from guanqing.figures.marking import legend, on_months
from guanqing.figures.markup import fill, toned
from guanqing.figures.over_time import month_labels, parts_by_month
from guanqing.figures.view import View

TONES = {"normal": "go", "abnormal": "bad", "unknown": ""}


@figure("card_holder_count")
def holders_by_month(view: View) -> Content:
    """Draw the card holders at each month's end against the year's promise."""
    months = view.ask("cards_by_month")
    standing = standing_of(view, "card_holder_count")
    goal = standing.goal if standing else None
    headline = view.say(headlines.holders(months, goal))
    known = months.filter(pl.col("holder_count").is_not_null())
    if known.is_empty():
        return content(headline, view.nothing())
    values = known["holder_count"].to_list()
    marks = on_months(view, known["month"].to_list())
    drawn = charts.trend(
        month_labels(view, known["month"].to_list()),
        [Line(view.count(values[-1]), values, view.counts(values))],
        view.count,
        view.look,
        height=view.height,
        goal=(goal, view.t("cards.goal", target=int(goal))) if goal else None,
        marks=marks,
    )
    return content(headline, Chart(drawn, view.t("alt.holders")), legend(view, marks))


@figure("issued_count")
def issues_by_channel(view: View) -> Content:
    """Draw the cards issued by month, cut into the channels they were issued by."""
    frame = view.ask("issues_by_channel")
    name = view.named("channel_name")
    totals = frame.group_by("channel_code", name, maintain_order=True).agg(
        pl.col("issued_count").sum()
    )
    totals = totals.with_columns(issued_share=pl.col("issued_count") / pl.col("issued_count").sum())
    headline = headlines.largest(
        totals, "finding.top_issue_channel", "channel_code", name, "issued_share"
    )
    return content(view.say(headline), *parts_by_month(view, frame, "channel_name", "issued_count"))


def _reasons(view: View) -> dict[str, dict[str, str]]:
    """Return what each reason of cancellation is called and what can be done, by its code."""
    rows = view.look_up("cancel_reason_names").to_dicts()
    return {row["reason_code"]: row for row in rows}


@figure("card_share")
def cancellations_by_reason(view: View) -> Content:
    """Draw the reasons for cancelling, most frequent first, coloured by what can be done.

    A line above gives each kind its colour and its share.
    """
    frame, known = view.ask("cancellations_by_reason"), _reasons(view)
    names = {code: row[view.named("name")] for code, row in known.items()}
    headline = view.say(headlines.avoidable(frame, names))
    rows = frame.filter(pl.col("card_count") > 0)
    if rows.is_empty():
        return content(headline, view.nothing())
    colours = {"abnormal": view.look.accent, "normal": view.look.primary}
    kinds = rows.group_by("kind").agg(pl.col("card_share").sum()).sort("kind")
    key = [
        (colours.get(kind, view.look.muted), f"{view.t('cards.kind_' + kind)} {part}")
        for kind, part in zip(
            kinds["kind"], view.shares(kinds["card_share"].to_list()), strict=True
        )
    ]
    so_far = rows["card_share"].cum_sum().to_list()
    words = [
        f"{view.count(count)} · {view.t('cards.so_far', share=float(share))}"
        for count, share in zip(rows["card_count"], so_far, strict=True)
    ]
    drawn = charts.pareto(
        rows.with_columns(label=pl.col("reason_code").replace_strict(names)),
        "label",
        "card_count",
        words,
        [colours.get(kind, view.look.muted) for kind in rows["kind"]],
        view.look,
        height=view.height,
    )
    return content(headline, fill("key", entries=key), Chart(drawn, view.t("alt.reasons")))


@figure("card_share")
def countermeasures(view: View) -> Content:
    """List each reason with its kind, its cards and what the report says can be done."""
    known = _reasons(view)
    columns = [
        (view.t("cards.reason"), ""),
        (view.t("cards.kind"), "s wide"),
        (view.t("cards.cards"), "n"),
        (view.t("cards.what_to_do"), ""),
    ]
    rows = [
        [
            known[row["reason_code"]][view.named("name")],
            toned(view.t(f"cards.kind_{row['kind']}"), TONES[row["kind"]]),
            view.count(row["card_count"]),
            known[row["reason_code"]][view.named("countermeasures")] or text.NOTHING,
        ]
        for row in view.ask("cancellations_by_reason").to_dicts()
    ]
    return content(view.t("cards.countermeasures"), Table(columns, rows))
