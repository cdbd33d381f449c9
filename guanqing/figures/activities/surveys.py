"""What readers said: shares with their intervals, and what would settle them."""

from dataclasses import replace
from typing import Any

import polars as pl

from guanqing import activity_headlines as headlines
from guanqing import charts, measures
from guanqing.charts.intervals import Interval
from guanqing.figures.blocks import Block, Cell, Note, Table
from guanqing.figures.figure import Content, content, figure
from guanqing.figures.key_figures import card, changed
from guanqing.figures.markup import ICONS, TONES, fill, strong
from guanqing.figures.view import View
from guanqing.plan import survey

Row = dict[str, Any]


@figure("satisfied_share")
def satisfied_share(view: View) -> Content:
    """Return the share of readers satisfied of a survey closed in the period.

    Goal and verdict are those of the plan of the survey's year, whatever days are shown.
    """
    row = _of_the_period(view.ask("survey_by_question"))
    earlier: Row = {}
    if view.comparison is not None:
        days = view.comparison.earlier
        earlier = _of_the_period(
            view.cite("survey_by_question", start_date=days.start_date, end_date=days.end_date)
        )
    share = row.get("satisfied_share")
    change = changed("satisfied_share", share, earlier.get("satisfied_share"))
    shown = card(view, "satisfied_share", share, change)
    status = row.get("verdict") if share is not None else None
    label = measures.named("satisfied_share").label[view.language]
    # a questionnaire tells nothing of branches: the promise is held against it whatever is chosen
    named = replace(shown, goal=row.get("goal"), status=status, aside="")
    return content(label, named, cases=row.get("valid_count"))


def _of_the_period(questions: pl.DataFrame) -> Row:
    """Return the overall question of a wave that closed in the period, empty where none did."""
    row = headlines.overall(questions)
    return row if row and row["is_in_period"] else {}


@figure("satisfied_share")
def survey_by_question(view: View) -> Content:
    """Draw the share satisfied by question, each with its interval, against the plan's line."""
    questions = view.ask("survey_by_question")
    headline = view.say(headlines.satisfaction(questions))
    if questions.is_empty():
        return content(headline, view.note("activities.no_survey"))
    row = questions.row(0, named=True)
    drawn = _intervals(view, questions, "question", view.t("alt.questions"))
    return content(headline, drawn, Note(_waves(view, row)), cases=row["valid_count"])


def _waves(view: View, row: Row) -> str:
    """Say which waves count together, and which do not."""
    day, counted = row["closed_on"], row["wave_count"] - row["unsound_count"]
    if row["survey_code"] is None:
        words = view.t("activities.waves", count=counted, year=str(day.year), day=day)
    else:
        words = view.t("activities.wave", name=row["survey_code"], day=day)
    if row["unsound_count"] and counted:
        words += view.t("activities.waves_left_out", count=row["unsound_count"])
    if row["is_awaited"]:
        words += view.t("activities.wave_not_closed")
    if not row["is_in_period"]:
        words += view.t("activities.outside_the_period")
    return words + (view.t("activities.goal_is_overall") if row["goal"] is not None else "")


@figure("group_satisfied_share")
def survey_by_group(view: View) -> Content:
    """Draw the share satisfied by group of readers; groups too small to show are only counted."""
    groups = view.ask("survey_by_group")
    headline = view.say(headlines.groups(groups))
    if groups.is_empty():
        is_asked = not view.look_up("survey_by_question").is_empty()
        return content(
            headline, view.note("activities.no_groups" if is_asked else "activities.no_survey")
        )
    shown = groups.filter(~pl.col("is_hidden"))
    drawn = _intervals(view, shown, "group", view.t("alt.groups")) if shown.height else None
    hidden = groups.height - shown.height
    note = "activities.hidden_groups" if hidden else "activities.all_shown"
    answers = int(shown["valid_count"].sum())
    return content(headline, drawn, view.note(note, count=hidden), cases=answers)


def _intervals(view: View, frame: pl.DataFrame, about: str, alt: str) -> Block:
    """Return a line per row. about: what a row is, the lead of the columns with code and name."""
    goal = frame["goal"][0]
    line = None if goal is None else (goal, view.t("activities.goal", goal=float(goal)))
    rows = [_interval(view, row, about) for row in frame.to_dicts()]
    return charts.intervals(rows, line, alt=alt)


def _interval(view: View, row: Row, about: str) -> Interval:
    name = row[view.named(f"{about}_name")]
    is_recorded = name == row[f"{about}_code"]  # no name of ours: the questionnaire's own words
    if row["satisfied_share"] is None:
        return Interval(name, None, _why_not(view, row), "", is_recorded=is_recorded)
    verdict = row["verdict"] or ""
    return Interval(
        name,
        (row["lower_share"], row["satisfied_share"], row["upper_share"]),
        view.share(row["satisfied_share"]),
        of_answers(view, row, row["valid_count"]),
        TONES.get(verdict, ""),
        ICONS.get(verdict, ""),
        view.t(f"activities.verdict_{verdict}") if verdict else "",
        is_recorded,
    )


def of_answers(view: View, row: Row, answers: int) -> str:
    """Return how many of the answers are satisfied, and the interval of that share."""
    return view.t(
        "activities.of_answers",
        satisfied=row["satisfied_count"],
        answers=answers,
        lower=float(row["lower_share"]),
        upper=float(row["upper_share"]),
    )


def _why_not(view: View, row: Row) -> str:
    """Return why a share cannot be computed, with the counts that say so."""
    return view.t(
        f"activities.{row['reason']}",
        distributed=row["distributed_count"],
        returned=row["returned_count"],
        answers=row["valid_count"],
        satisfied=row["satisfied_count"],
    )


@figure("survey_answers")
def survey_answers(view: View) -> Content:
    """Draw what became of the forms handed out, what silence may hide, and what would settle it."""
    questions = view.ask("survey_by_question")
    headline = view.say(headlines.settling(questions))
    row = headlines.overall(questions)
    if row is None:
        return content(headline, view.note("activities.no_survey"))
    parts = {
        "distributed": None,
        "returned": row["return_rate"],
        "valid": row["valid_rate"],
        "satisfied": row["least_share"],
    }
    forms = [
        (
            view.t(f"activities.{part}"),
            view.count(row[f"{part}_count"]),
            1.0 if part == "distributed" else share or 0.0,
            "" if share is None else view.share(share),
        )
        for part, share in parts.items()
    ]
    if row["satisfied_share"] is None:
        below: Block = Note(_why_not(view, row))
    else:
        columns = [(view.t("activities.question"), ""), (view.t("activities.answer"), "")]
        below = Table(columns, _settling(view, row))
    return content(headline, fill("forms", forms=forms), below, cases=row["valid_count"])


def _settling(view: View, row: Row) -> list[list[Cell]]:
    """Return what silence may hide, and how many answers would settle the goal."""
    rows: list[list[Cell]] = [
        [view.t("activities.if_none"), strong(view.share(row["least_share"]))],
        [view.t("activities.if_all"), strong(view.share(row["most_share"]))],
    ]
    if row["goal"] is None:
        return rows
    values = {"answers": row["valid_count"], "goal": float(row["goal"])}
    share = float(row["satisfied_share"])
    return [
        *rows,
        [view.t("activities.same_answers", **values), _satisfied_needed(view, row)],
        [view.t("activities.same_share", share=share), _answers_needed(view, row)],
    ]


def _satisfied_needed(view: View, row: Row) -> str:
    needed = survey.satisfied_needed(row["valid_count"], row["goal"])
    if needed is None:
        fewest = survey.fewest_answers(row["goal"])
        if fewest is None:
            return view.t("activities.never")
        return view.t("activities.too_few", count=fewest)
    gap = needed - row["satisfied_count"]
    words = view.t("activities.satisfied_needed", count=needed)
    key = "activities.more_than_now" if gap > 0 else "activities.reached"
    return words + view.t(key, count=gap)


def _answers_needed(view: View, row: Row) -> str:
    needed = survey.answers_needed(row["satisfied_share"], row["goal"])
    if needed is None:
        return view.t("activities.share_is_goal")
    words = view.t("activities.answers_needed", count=needed)
    if needed <= row["valid_count"]:
        return words + view.t("activities.reached")
    below = row["satisfied_share"] < row["goal"]
    return words + view.t("activities.to_show_it_missed" if below else "activities.to_show_it_met")
