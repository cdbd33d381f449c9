"""The sentence above each chart: what its frame says, as a key of data/text.toml and its values.

Each function takes the rows a chart is drawn from and returns (key, values); a frame without
anything to say returns ("finding.nothing", {}).
"""

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
UNKNOWN = "unknown"  # the code of what nobody recorded: never what most of something is
FEW = 30  # loans of a class in a quarter: of fewer, a share moves by chance


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
    top = steps.sort("loan_count", descending=True).row(0, named=True)
    step = "day" if "day" in top else "month"
    values = {step: top[step], "count": int(top["loan_count"])}
    if compared is None:
        return (BUSIEST if steps.height > 1 else SINGLE)[step], values
    values |= {"share": abs(compared)} | ({} if since is None else {"since": since})
    if steps.height == 1:  # the busiest of one is no finding
        return "finding.loans_up_alone" if compared >= 0 else "finding.loans_down_alone", values
    return (MORE if compared >= 0 else FEWER)[step, since is not None], values


def self_service(months: pl.DataFrame, share: float | None) -> Headline:
    """Say what share of the loans was made at machines, and in which month the largest."""
    known = months.filter(pl.col("self_service_share").is_not_null())
    if share is None or known.is_empty():
        return NOTHING
    top = known.sort("self_service_share", "month", descending=[True, False]).row(0, named=True)
    return "finding.self_service", {
        "share": float(share),
        "month": top["month"],
        "most": float(top["self_service_share"]),
    }


def busiest_hour(hours: pl.DataFrame, weekday_names: list[str]) -> Headline:
    """Say at which hour of which weekday most is lent."""
    if not _total(hours, "loan_count"):
        return NOTHING
    top = hours.sort("loans_per_day", descending=True).row(0, named=True)
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
    known = rows.filter(pl.col(code) != UNKNOWN)
    if known.is_empty():
        if "loan_count" in frame.columns and frame["loan_count"].null_count():
            return "finding.groups_hidden", {}
        return NOTHING if rows.is_empty() else ("finding.not_recorded", {})
    return key, {"name": known[name][0], "share": float(known[share][0])}


def class_gap(classes: pl.DataFrame, name: str) -> Headline:
    """Say what the most lent class takes of loans and of holdings."""
    lent = classes.filter(pl.col("loan_count") > 0)
    known = lent.filter(pl.col("class_code") != UNKNOWN)
    if known.is_empty():
        return NOTHING if lent.is_empty() else ("finding.not_recorded", {})
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
    ends = shares.filter(pl.col("quarter").is_in([quarters[0], quarters[-1]]))
    enough = ends.filter(pl.col("loan_count") >= FEW)["class_code"]
    moved = shares.filter(
        pl.col("quarter") == quarters[-1],
        pl.col("loan_share_change").is_not_null(),
        pl.col("class_code").is_in(enough.implode()),
        pl.col("class_code") != UNKNOWN,
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


def new_borrowers(months: pl.DataFrame) -> Headline:
    """Say how many began to borrow, and in which month most did."""
    if not _total(months, "new_borrower_count"):
        return NOTHING
    top = months.sort("new_borrower_count", descending=True).row(0, named=True)
    return "finding.new_borrowers", {
        "count": _total(months, "new_borrower_count"),
        "month": top["month"],
        "most": int(top["new_borrower_count"]),
    }


def leader(borrowers: pl.DataFrame) -> Headline:
    """Say how many loans the first on the list has, and the last."""
    if borrowers.is_empty():
        return NOTHING
    counts = borrowers["loan_count"].to_list()
    return "finding.leader", {"first": int(counts[0]), "last": int(counts[-1])}


def avoidable(reasons: pl.DataFrame, names: dict[str, str]) -> Headline:
    """Say what share of cancellations the library could act on, and the first such reason."""
    if not _total(reasons, "card_count"):
        return NOTHING
    acts = reasons.filter(kind="abnormal").sort("card_count", descending=True)
    if not _total(acts, "card_count"):
        return "finding.unavoidable", {}
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
