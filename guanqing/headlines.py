"""The sentence above each chart: what its frame says, as a key of data/text.toml and its values.

Each function takes the rows a chart is drawn from and returns (key, values); a frame without
anything to say returns ("finding.nothing", {}).
"""

from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl

Headline = tuple[str, dict[str, Any]]
BUSIEST = {"day": "finding.busiest_day", "month": "finding.busiest_month"}
SINGLE = {"day": "finding.loans_that_day", "month": "finding.loans_that_month"}
# by the step, and whether a part of the period alone can be compared
MORE = {
    ("day", False): "finding.loans_up_day",
    ("day", True): "finding.loans_up_day_since",
    ("month", False): "finding.loans_up_month",
    ("month", True): "finding.loans_up_month_since",
}
FEWER = {
    ("day", False): "finding.loans_down_day",
    ("day", True): "finding.loans_down_day_since",
    ("month", False): "finding.loans_down_month",
    ("month", True): "finding.loans_down_month_since",
}
NOTHING: Headline = ("finding.nothing", {})
# the codes of what nobody recorded: never what most of something is
NOT_RECORDED = ("unknown", "none")
FEW = 30  # loans: of fewer in a class of a quarter, or at all hours, chance decides
COUNTED = 10  # requests or cards: fewer are counted rather than said in percent


def change(now: float | None, before: float | None) -> float | None:
    """Return the change from before to now as a share, None where there is nothing to compare."""
    if now is None or not before:
        return None
    return float(now) / float(before) - 1


def loans_over_time(
    steps: pl.DataFrame, compared: float | None, since: str | None = None
) -> Headline:
    """Say how the period compares with the same days a year earlier, and what was busiest.

    steps are months or days, by their column `month` or `day`. since names the day from which it
    is compared, where that is not its first.
    """
    if not _total(steps, "loan_count"):
        return NOTHING
    step = "day" if "day" in steps.columns else "month"
    top = most(steps, "loan_count")
    if top is None:  # of one, or of several alike, none is the busiest
        return _loans_alone(steps.filter(pl.col("loan_count") > 0), step, compared)
    values = {step: top[step], "count": int(top["loan_count"])}
    if compared is None:
        return BUSIEST[step], values
    values |= {"share": abs(compared)} | ({} if since is None else {"since": since})
    return (MORE if compared >= 0 else FEWER)[step, since is not None], values


def _loans_alone(steps: pl.DataFrame, step: str, compared: float | None) -> Headline:
    values: dict[str, Any] = {"count": _total(steps, "loan_count")}
    if compared is not None:
        key = "finding.loans_up_alone" if compared >= 0 else "finding.loans_down_alone"
        return key, values | {"share": abs(compared)}
    if steps.height == 1:
        return SINGLE[step], values | {step: steps[step][0]}
    return "finding.loans_in_all", values


def most(frame: pl.DataFrame, column: str) -> dict[str, Any] | None:
    """Return the row that has more than any other; None where no other has any, or none less."""
    known = frame.filter(pl.col(column) > 0)
    top = known.filter(pl.col(column) == known[column].max())
    return top.row(0, named=True) if top.height == 1 < known.height else None


def self_service(months: pl.DataFrame, share: float | None) -> Headline:
    """Say what share of the loans was made at machines, and in which month the largest."""
    known = months.filter(pl.col("self_service_share").is_not_null())
    if share is None or known.is_empty():
        return NOTHING
    if not share:
        return "finding.no_self_service", {}
    top = most(known, "self_service_share")
    if top is None:
        return "finding.self_service_alone", {"share": float(share)}
    return "finding.self_service", {
        "share": float(share),
        "month": top["month"],
        "most": float(top["self_service_share"]),
    }


def busiest_hour(hours: pl.DataFrame, weekday_names: list[str]) -> Headline:
    """Say at which hour of which weekday most is lent."""
    count = _total(hours, "loan_count")
    if not count:
        return NOTHING
    if count < FEW:
        return "finding.hours_few", {"count": count}
    top = most(hours, "loans_per_day")
    if top is None:
        return "finding.no_busiest_hour", {}
    return "finding.busiest_hour", {
        "weekday": weekday_names[int(top["weekday"]) - 1],
        "hour": str(top["hour"]),
        "count": _mean(top["loans_per_day"]),
    }


def _mean(value: float) -> int | Decimal:
    """Return a mean as it is said: whole where it is large, to two digits where it is small."""
    return round(value) if value >= 10 else Decimal(f"{value:.2g}")


def largest(frame: pl.DataFrame, key: str, code: str, name: str, share: str) -> Headline:
    """Say which row has the largest share, of those that are known and not hidden."""
    rows = frame.filter(pl.col(share) > 0).sort(share, descending=True)
    known = rows.filter(~pl.col(code).is_in(NOT_RECORDED))
    if known.is_empty():
        if "loan_count" in frame.columns and frame["loan_count"].null_count():
            return "finding.groups_hidden", {}
        return NOTHING if rows.is_empty() else ("finding.not_recorded", {})
    if rows.height == 1:  # the largest of one is no finding
        return "finding.all_of_one", {"name": known[name][0]}
    return _alike(known, name, share) or (
        key,
        {"name": known[name][0], "share": float(known[share][0])},
    )


def _alike(largest_first: pl.DataFrame, name: str, share: str) -> Headline | None:
    """Say that several have the largest share, None where one has it."""
    top = largest_first.row(0, named=True)
    alike = largest_first.filter((pl.col(share) - top[share]).abs() < 1e-9).height
    values = {"name": top[name], "count": alike, "share": float(top[share])}
    return ("finding.several_alike", values) if alike > 1 else None


def class_gap(classes: pl.DataFrame, name: str) -> Headline:
    """Say what the most lent class takes of loans and of holdings."""
    lent = classes.filter(pl.col("loan_count") > 0)
    known = lent.filter(~pl.col("class_code").is_in(NOT_RECORDED))
    if known.is_empty():
        return NOTHING if lent.is_empty() else ("finding.not_recorded", {})
    if lent.height == 1:
        return "finding.all_of_one", {"name": known[name][0]}
    if alike := _alike(known, name, "loan_share"):
        return alike
    top = known.row(0, named=True)
    values = {"name": top[name], "share": float(top["loan_share"])}
    if top["item_share"] is None:
        return "finding.top_class", values
    return "finding.class_gap", values | {"held": float(top["item_share"])}


def class_shift(shares: pl.DataFrame, name: str) -> Headline:
    """Say which of the most lent classes gained or lost the largest part of its share."""
    quarters = shares["quarter"].unique().sort().to_list()
    if len(quarters) < 2:
        return ("finding.one_quarter", {}) if quarters else NOTHING
    if shares["class_code"].is_in(NOT_RECORDED).all():
        return "finding.not_recorded", {}
    ends = shares.filter(pl.col("quarter").is_in([quarters[0], quarters[-1]]))
    enough = ends.filter(pl.col("loan_count") >= FEW)["class_code"]
    moved = shares.filter(
        pl.col("quarter") == quarters[-1],
        pl.col("loan_share_change").is_not_null(),
        pl.col("class_code").is_in(enough.implode()),
        ~pl.col("class_code").is_in(NOT_RECORDED),
    ).sort(pl.col("loan_share_change").abs(), descending=True)
    if moved.is_empty():
        return "finding.classes_few", {}
    top = moved.row(0, named=True)
    change = float(top["loan_share_change"])
    if abs(change) < 0.02:
        return "finding.classes_steady", {}
    before = shares.filter(quarter=quarters[0], class_code=top["class_code"])["loan_share"][0]
    key = "finding.class_rose" if change > 0 else "finding.class_fell"
    return key, {"name": top[name], "first": float(before), "last": float(top["loan_share"])}


def concentration(curve: pl.DataFrame) -> Headline:
    """Say what share of loans the busiest tenth of borrowers makes."""
    point = tenth(curve)
    if point is None:
        return NOTHING
    borrowers, loans = point
    if curve.height == 1:
        return "finding.one_borrower", {}
    if curve.filter((pl.col("loan_share") - pl.col("borrower_share")).abs() > 1e-9).is_empty():
        return "finding.loans_alike", {}
    if borrowers > 0.11:  # of a few, the first step of the curve is far from a tenth
        return "finding.concentration_of_few", {"borrowers": borrowers, "share": loans}
    return "finding.concentration", {"share": loans}


def tenth(curve: pl.DataFrame) -> tuple[float, float] | None:
    """Return the first point of the curve with a tenth of the borrowers: (borrowers, loans)."""
    reached = curve.filter(pl.col("borrower_share") >= 0.1)
    if reached.is_empty():
        return None
    row = reached.row(0, named=True)
    return float(row["borrower_share"]), float(row["loan_share"])


def new_borrowers(months: pl.DataFrame, begun: date | None = None) -> Headline:
    """Say how many began to borrow, and in which month most did.

    `begun`: the first day on record where it lies in the period; whoever borrowed then is new to
    the records and perhaps not to the library.
    """
    if not _total(months, "new_borrower_count"):
        return NOTHING
    if begun:
        return "finding.new_borrowers_unknown", {"day": begun}
    count, top = _total(months, "new_borrower_count"), most(months, "new_borrower_count")
    if top is None:
        return "finding.new_borrowers_alone", {"count": count}
    return "finding.new_borrowers", {
        "count": count,
        "month": top["month"],
        "most": int(top["new_borrower_count"]),
    }


def leader(borrowers: pl.DataFrame) -> Headline:
    """Say how many loans the first on the list has, and the last."""
    if borrowers.is_empty():
        return NOTHING
    counts = borrowers["loan_count"].to_list()
    if counts[0] == counts[-1]:
        return "finding.leaders_alike", {"count": int(counts[0])}
    return "finding.leader", {"first": int(counts[0]), "last": int(counts[-1])}


def refusals(reasons: pl.DataFrame, name: str) -> Headline:
    """Say what share of requests was refused, and for which known reason most."""
    count = 0 if reasons.is_empty() else int(reasons["request_count"][0] or 0)
    if not count:
        return NOTHING
    if not _total(reasons, "refusal_count"):
        return "finding.none_refused", {"count": count}
    if count < COUNTED:
        return "finding.refused_few", {
            "count": count,
            "refused": _total(reasons, "refusal_count"),
        }
    values = {"count": count, "share": float(reasons["refusal_rate"].sum())}
    known = reasons.filter(pl.col("refusal_count") > 0, ~pl.col("reason_code").is_in(NOT_RECORDED))
    if known.is_empty():
        return "finding.refused", values
    return "finding.refused_mostly", values | {"name": known[name][0]}


def avoidable(reasons: pl.DataFrame, names: dict[str, str]) -> Headline:
    """Say what share of cancellations the library could act on, and the first such reason."""
    if not _total(reasons, "card_count"):
        return NOTHING
    acts = reasons.filter(kind="abnormal").sort("card_count", descending=True)
    if not _total(acts, "card_count"):
        return "finding.unavoidable", {}
    count = _total(reasons, "card_count")
    if count < COUNTED:
        return "finding.avoidable_few", {"count": count, "acts": _total(acts, "card_count")}
    return "finding.avoidable", {
        "share": float(acts["card_share"].sum()),
        "name": names[acts["reason_code"][0]],
    }


def holders(months: pl.DataFrame, target: float | None) -> Headline:
    """Say how many hold a card and how far that is from the target."""
    known = months.filter(pl.col("holder_count").is_not_null())
    if known.is_empty():
        return NOTHING
    count = int(known["holder_count"][-1])
    if target is None:
        return "finding.holders", {"count": count}
    if count >= target:
        return "finding.holders_reached", {"count": count, "target": int(target)}
    return "finding.holders_short", {
        "count": count,
        "target": int(target),
        "gap": int(target) - count,
    }


def _total(frame: pl.DataFrame, column: str) -> int:
    return int(frame[column].sum() or 0)
