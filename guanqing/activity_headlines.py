"""The sentences above events, satisfaction and feedback, as in guanqing.headlines."""

from typing import Any

import polars as pl

from guanqing.headlines import NOTHING, Headline, most
from guanqing.plan import survey

SATISFACTION = {
    "met": "finding.satisfaction_met",
    "on_course": "finding.satisfaction_on_course",
    "behind": "finding.satisfaction_behind",
    "not_met": "finding.satisfaction_not_met",
    "not_shown": "finding.satisfaction_not_shown",
}


def events(listed: pl.DataFrame) -> Headline:
    """Say how many events were held, are scheduled, and lie behind without anybody saying so."""
    if listed.is_empty():
        return NOTHING
    held, ahead, unmarked = (
        listed.filter(state=state).height for state in ("held", "scheduled", "not_marked")
    )
    values = {"held": held, "ahead": ahead}
    if unmarked:
        return "finding.events_not_marked", values | {"unmarked": unmarked}
    return "finding.events_held_and_ahead" if ahead else "finding.events_held", values


def attendance(kinds: pl.DataFrame, name: str) -> Headline:
    """Say how many came in all, and to which kind most come at a time."""
    counted = kinds.filter(pl.col("attendance_count").is_not_null())
    if counted.is_empty():
        return NOTHING
    values = {"count": int(counted["attendance_count"].sum())}
    top = most(counted, "median_attendance")
    if top is None:
        return "finding.attendance_alone", values
    return "finding.attendance", values | {
        "name": top[name],
        "most": round(top["median_attendance"]),
    }


def clauses(kept: pl.DataFrame) -> Headline:
    """Say how many of the events with a clause fall short of it, or cannot be judged."""
    judged = kept.filter(pl.col("met_count").is_not_null())
    held = int(judged["held_count"].sum() or 0)
    if not held:
        return NOTHING
    broken, unknown = (int(judged[f"{name}_count"].sum()) for name in ("not_met", "unknown"))
    values = {"held": held, "broken": broken}
    if unknown:
        return "finding.clauses_unknown", values | {"unknown": unknown}
    return "finding.clauses_broken" if broken else "finding.clauses_kept", values


def overall(questions: pl.DataFrame) -> dict[str, Any] | None:
    """Return the row of the overall question, None where nobody asked it."""
    rows = questions.filter(question_code="overall")
    return None if rows.is_empty() else rows.row(0, named=True)


def satisfaction(questions: pl.DataFrame) -> Headline:
    """Say how many readers are satisfied, and whether that shows what the plan promises."""
    row = overall(questions)
    if row is None:
        return NOTHING
    if row["satisfied_share"] is None:
        return "finding.satisfaction_not_computable", {}
    values = {"share": row["satisfied_share"]}
    if row["verdict"] is None:
        lower, upper = row["lower_share"], row["upper_share"]
        return "finding.satisfaction_alone", values | {"lower": lower, "upper": upper}
    return SATISFACTION[row["verdict"]], values | {"goal": row["goal"]}


def settling(questions: pl.DataFrame) -> Headline:
    """Say how many satisfied answers would show what the plan promises."""
    row = overall(questions)
    if row is None:
        return NOTHING
    if row["goal"] is None:
        return "finding.no_promise", {}
    if row["satisfied_share"] is None:
        return "finding.satisfaction_not_computable", {}
    needed = survey.satisfied_needed(row["valid_count"], row["goal"])
    values = {"answers": row["valid_count"]}
    if needed is None:
        return "finding.answers_too_few", values
    if needed <= row["satisfied_count"]:
        is_so_far = row["verdict"] == "on_course"
        key = "finding.answers_enough_so_far" if is_so_far else "finding.answers_enough"
        return key, values | {"spare": row["satisfied_count"] - needed}
    return "finding.answers_missing", values | {
        "needed": needed,
        "gap": needed - row["satisfied_count"],
    }


def groups(by_group: pl.DataFrame) -> Headline:
    """Say of how many of the groups shown it is known that they reach the plan's promise, or not.

    None is named as the least satisfied: of few answers the intervals overlap.
    """
    known = by_group.filter(pl.col("satisfied_share").is_not_null())
    if known.is_empty():
        return NOTHING
    values = {"count": known.height}
    if known["verdict"].null_count():
        return "finding.groups", values
    for key, *ends in (
        ("finding.groups_judged", "met", "not_met"),
        ("finding.groups_so_far", "on_course", "behind"),
    ):
        met, missed = (known.filter(verdict=verdict).height for verdict in ends)
        if met + missed:
            return key, values | {"met": met, "missed": missed}
    return "finding.groups_not_shown", values


def feedback(handled: dict[str, Any]) -> Headline:
    """Say how many cases came in, and how many were answered in time."""
    if not handled["case_count"]:
        return NOTHING
    values = {"count": handled["case_count"]}
    if handled["term_days"] is None:
        return "finding.feedback_no_term", values | {"open": handled["open_count"]}
    late = handled["late_count"] + handled["overdue_count"]
    return "finding.feedback_in_time", values | {
        "term": int(handled["term_days"]),
        "in_time": handled["in_time_count"],
        "late": late,
    }


def open_cases(cases: pl.DataFrame) -> Headline:
    """Say how many cases are open, and how many are overdue or how old the oldest is."""
    if cases.is_empty():
        return "finding.nothing_open", {}
    overdue = int(cases["is_overdue"].fill_null(False).sum())
    if overdue:
        return "finding.open_overdue", {"count": cases.height, "overdue": overdue}
    oldest = max(cases["open_days"].to_list())
    return "finding.open_cases", {"count": cases.height, "days": oldest}


def volunteers(services: pl.DataFrame) -> Headline:
    """Say how many volunteers served, and for how many hours."""
    if services.is_empty():
        return NOTHING
    values = {"count": int(services["volunteer_count"].sum())}
    if services["service_hours"].null_count() == services.height:
        return "finding.volunteers", values
    return "finding.volunteers_hours", values | {"hours": round(services["service_hours"].sum())}


def inspections(made: pl.DataFrame) -> Headline:
    """Say how many reading points were inspected, and how many are overdue to be put right."""
    if made.is_empty():
        return NOTHING
    overdue = made.filter(state="overdue").height
    found = made.filter(pl.col("finding").is_not_null()).height
    if overdue:
        return "finding.inspections_overdue", {"count": made.height, "overdue": overdue}
    return "finding.inspections", {"count": made.height, "found": found}
