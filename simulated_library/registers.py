"""The registers beside the desk: the gate, feedback, requests, counts, digital resources, plan."""

from itertools import product
from typing import Any

import numpy as np
import polars as pl

from guanqing import own
from guanqing.own import Own, settings
from simulated_library.calendar import DAY, Calendar, draw_branches, main_and_beside
from simulated_library.cards import Year
from simulated_library.chance import (
    apportion,
    between,
    dealt,
    in_codes,
    known,
    pick,
    stream,
)
from simulated_library.loans import Loans


def visits_table(calendar: Calendar, loans: Loans, years: list[Year]) -> pl.DataFrame:
    """Return the table visits: who came to borrow, and others by the profile of the day."""
    shape = (len(calendar.codes), calendar.day_count, 24)
    _, one_each = np.unique(loans.visit, return_index=True)
    at = loans.loaned_at[one_each]
    cell = np.ravel_multi_index((loans.branch[one_each], at // DAY, at % DAY // 3600), shape)
    counts = np.bincount(cell, minlength=int(np.prod(shape))).reshape(shape)
    opens, closes = calendar.opens[:, : shape[1]], calendar.closes[:, : shape[1]]
    hours = np.arange(24) * 3600
    is_open = (hours < closes[..., None]) & (hours + 3600 > opens[..., None])
    is_open &= (closes > opens)[..., None]
    profile = np.diff(calendar.profile, axis=1)[calendar.is_weekend(np.arange(shape[1]))]
    busy = calendar.busy["visits"][:, : shape[1], None] * profile * is_open
    for year in years:
        span = slice(year.first, year.last + 1)
        for mine, total, weights in zip(
            counts, calendar.sized(year.totals["visits"]), busy, strict=True
        ):
            others = int(total - mine[span].sum())
            mine[span] += apportion(others, weights[span].ravel()).reshape(mine[span].shape)
    branch, day, hour = np.nonzero(is_open)
    return pl.DataFrame(
        {
            "branch_code": in_codes(calendar.codes, branch),
            "day": calendar.dates(day),
            "hour": hour.astype(np.int16),
            "visit_count": counts[branch, day, hour],
        }
    )


def feedback_table(calendar: Calendar, years: list[Year]) -> pl.DataFrame:
    """Return the table feedback, in the order received."""
    rng = stream("feedback")
    text = known("collections")["feedback"]
    frames = []
    for year, (at_main, part) in product(years, main_and_beside(text["beside"])):
        kinds = year.totals["feedback"]
        outcome = np.repeat(np.arange(len(kinds)), [round(n * part) for n in kinds.values()])
        size = len(outcome)
        branch = draw_branches(calendar, rng, size, at_main=at_main)
        is_open_case = outcome == list(kinds).index("open")
        low, high = text["answered_within_days"]
        # cases answered must have had the time; open ones came in last
        margin = text["open_in_last_days"]
        first = np.where(is_open_case, year.last - margin, year.first)
        last = np.where(is_open_case, year.last, year.last - high - 12)
        received = calendar.days_for("visits", rng.random(size), branch, first, last)
        answered = calendar.next_open(branch, received + between(rng, (low, high), size))
        frames.append(
            pl.DataFrame(
                {
                    "received_on": calendar.dates(received),
                    "answered_on": calendar.dates(answered),
                    "branch_code": in_codes(calendar.codes, branch),
                    "outcome": in_codes(list(kinds), outcome),
                }
            )
        )
    return (
        pl.concat(frames)
        .sort("received_on", "answered_on", "branch_code", "outcome")
        .with_columns(number=pl.int_range(1, pl.len() + 1).over(pl.col("received_on").dt.year()))
        .select(
            pl.format(
                "{}-{}",
                pl.col("received_on").dt.year(),
                pl.col("number").cast(pl.String).str.zfill(3),
            ).alias("case_number"),
            "received_on",
            pl.when(pl.col("outcome") != "open").then("answered_on").alias("answered_on"),
            "branch_code",
            pl.when(pl.col("outcome").is_in(["satisfied", "dissatisfied"]))
            .then(pl.col("outcome") == "satisfied")
            .alias("is_satisfied"),
        )
    )


def requests_table(calendar: Calendar, years: list[Year]) -> pl.DataFrame:
    """Return the table requests, in the order of days."""
    rng = stream("requests")
    text = known("collections")["requests"]
    codes: list[str | None] = [*text["classes"], None]
    unknown = text["class_unknown_share"]
    shares = [share * (1 - unknown) for share in text["classes"].values()]
    frames = []
    for year, (at_main, part) in product(years, main_and_beside(text["beside"])):
        size, refused = (round(year.totals[name] * part) for name in ("requests", "refused"))
        branch = draw_branches(calendar, rng, size, at_main=at_main)
        first, last = np.full(size, year.first), np.full(size, year.last)
        days = calendar.days_for("loans", rng.random(size), branch, first, last)
        reasons: list[str | None] = [*dealt(rng, refused, text["reasons"])]
        reasons += [None] * (size - refused)
        frames.append(
            pl.DataFrame(
                {
                    "requested_on": calendar.dates(days),
                    "branch_code": in_codes(calendar.codes, branch),
                    "class_code": in_codes(codes, pick(rng, [*shares, unknown], size)),
                    "is_supplied": np.arange(size) >= refused,
                    "refusal_reason": reasons,
                }
            )
        )
    return pl.concat(frames).sort(
        "requested_on", "branch_code", "class_code", "refusal_reason", nulls_last=True
    )


def surveys_table(years: list[Year]) -> pl.DataFrame:
    """Return the table surveys: every question asked of all, the first of each group too."""
    waves = [year.totals["survey"] for year in years if "survey" in year.totals]
    return pl.DataFrame([row for wave in waves for row in _answers(wave)])


def _answers(wave: dict[str, Any]) -> list[dict[str, Any]]:
    forms = {
        "distributed_count": wave["distributed"],
        "returned_count": wave["returned"],
        "valid_count": wave["valid"],
    }
    rows = [
        {**forms, "question_code": question, "group_code": "all", "satisfied_count": satisfied}
        for question, satisfied in wave["satisfied"].items()
    ]
    rows += [{**group, "question_code": "overall"} for group in wave["groups"]]
    told = {"survey_code": wave["code"], "closed_on": wave["closed_on"]}
    return [told | row for row in rows]


def counts_table(calendar: Calendar, years: list[Year]) -> pl.DataFrame:
    """Return the table counts: web visits of every day, and what was typed in."""
    rng = stream("web visits")
    rows: list[dict[str, Any]] = []
    for year in years:
        days = np.arange(year.first, year.last + 1)
        weights = (0.7 + 0.6 * rng.random(len(days))) * np.linspace(0.9, 1.15, len(days))
        amounts = apportion(year.totals["web_visits"], weights)
        rows += [
            {"count_code": "web_visit", "counted_on": calendar.date(day), "amount": float(amount)}
            for day, amount in zip(days.tolist(), amounts.tolist(), strict=True)
        ]
        rows += [
            {
                "count_code": row["code"],
                "counted_on": row["day"],
                "amount": float(row["amount"]),
            }
            for row in year.totals.get("counts", [])
        ]
    return pl.DataFrame(rows)


def digital_resources_table(printed: dict[str, Any]) -> pl.DataFrame:
    """Return the table digital_resources: readings that add up to the printed terabytes."""
    text = known("collections")["digital"]
    quantum = text["quantum_tb"]
    readings = [
        {"day": printed["circulation"]["to"], "total_tb": printed["overview"]["digital_tb"]},
        *text["readings"],
    ]
    return pl.DataFrame(
        [
            {"resource_name": name, "counted_on": reading["day"], "storage_tb": part * quantum}
            for reading in readings
            for name, part in zip(
                printed["digital_resources"]["databases"],
                apportion(round(reading["total_tb"] / quantum), text["parts"]).tolist(),
                strict=True,
            )
        ]
    )


def milestone_states_table() -> pl.DataFrame:
    """Return the table milestone_states, in the order of days."""
    text = known("milestones")
    return pl.DataFrame(
        [
            {
                "plan_year": text["plan_year"],
                "milestone_code": row["milestone"],
                "state": row["state"],
                "stated_on": row["on"],
                "note_zh": row["note"]["zh"],
                "note_en": row["note"]["en"],
            }
            for row in text["states"]
        ]
    ).sort("stated_on", "milestone_code")


def settings_table() -> pl.DataFrame:
    """Return the table settings: what is assumed about the library because it does not say it."""
    return settings.read(Own(own.SIMULATED).settings)
