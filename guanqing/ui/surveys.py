"""What readers said on a screen: shares with their intervals, and what would settle them."""

from collections.abc import Callable
from html import escape
from typing import Any

import polars as pl

from guanqing import charts, findings, text
from guanqing.activity_findings import overall
from guanqing.charts.intervals import Interval
from guanqing.plan import survey
from guanqing.ui.figures import compared_days, compared_words, with_earlier
from guanqing.ui.shell.session import language, t
from guanqing.ui.widgets.blocks import draw, note
from guanqing.ui.widgets.cards import ICONS, TONES, kpi
from guanqing.ui.widgets.tables import table
from guanqing.ui.words import named

Row = dict[str, Any]


def satisfaction_card() -> Callable[[], None]:
    """Return the card of the share of readers satisfied, against the plan's promise."""
    questions, before = with_earlier("survey_by_question")
    row = _of_the_period(questions)
    earlier = {} if before is None else _of_the_period(before)
    now = row.get("satisfied_share")
    change = findings.change(now, earlier.get("satisfied_share"))
    return kpi(
        "satisfied_share",
        now,
        query="survey_by_question",
        target=row.get("goal"),
        status=row.get("verdict") if now is not None else None,
        change=change,
        change_from=compared_days(),
        change_words=compared_words(),
    )


def _of_the_period(frame: pl.DataFrame) -> Row:
    """Return the overall question of a wave that closed in the period, empty where none did."""
    row = overall(frame)
    return row if row and row["is_in_period"] else {}


def questions(frame: pl.DataFrame) -> None:
    """Draw the share satisfied by question, each with its interval, against the plan's line."""
    if frame.is_empty():
        return note(t("activities.no_survey"))
    row = frame.row(0, named=True)
    _intervals(frame, named("question_name"), "question_code", "overall", t("alt.questions"))
    wave = t("activities.wave", name=row["survey_code"], day=row["closed_on"])
    if not row["is_in_period"]:
        wave += t("activities.outside_the_period")
    if row["goal"] is not None:
        wave += t("activities.goal_is_overall")
    return note(wave)


def groups(frame: pl.DataFrame) -> None:
    """Draw the share satisfied by group of readers; groups too small to show are only counted."""
    if frame.is_empty():
        return note(t("activities.no_groups"))
    shown = frame.filter(~pl.col("is_hidden"))
    if shown.height:
        _intervals(shown, named("group_name"), "group_code", "", t("alt.groups"))
    hidden = frame.height - shown.height
    return note(
        t("activities.hidden_groups", count=hidden) if hidden else t("activities.all_shown")
    )


def _intervals(frame: pl.DataFrame, name: str, code: str, lead: str, alt: str) -> None:
    goal = frame["goal"][0]
    line = None if goal is None else (goal, t("activities.goal", goal=float(goal)))
    rows = [_interval(row, name, code) for row in frame.iter_rows(named=True)]
    draw(charts.intervals(rows, line, alt=alt))


def _interval(row: Row, name: str, code: str) -> Interval:
    is_recorded = row[name] == row[code]  # no name of ours: the questionnaire's own words
    if row["satisfied_share"] is None:
        return Interval(row[name], None, why_not(row), "", is_recorded=is_recorded)
    verdict = row["verdict"] or ""
    return Interval(
        row[name],
        (row["lower_share"], row["satisfied_share"], row["upper_share"]),
        text.share(row["satisfied_share"], language()),
        t(
            "activities.of_answers",
            satisfied=row["satisfied_count"],
            answers=row["valid_count"],
            lower=float(row["lower_share"]),
            upper=float(row["upper_share"]),
        ),
        TONES.get(verdict, ""),
        ICONS.get(verdict, ""),
        t(f"activities.verdict_{verdict}") if verdict else "",
        is_recorded,
    )


def why_not(row: Row) -> str:
    """Return why a share cannot be computed, with the counts that say so."""
    return t(
        f"activities.{row['reason']}",
        distributed=row["distributed_count"],
        returned=row["returned_count"],
        answers=row["valid_count"],
        satisfied=row["satisfied_count"],
    )


def answers(frame: pl.DataFrame) -> None:
    """Draw what became of the forms handed out, what silence may hide, and what would settle it."""
    row = overall(frame)
    if row is None:
        return note(t("activities.no_survey"))
    forms = [
        ("distributed", row["distributed_count"], None),
        ("returned", row["returned_count"], row["return_rate"]),
        ("valid", row["valid_count"], _part(row, "valid_count")),
        ("satisfied", row["satisfied_count"], _part(row, "satisfied_count")),
    ]
    draw('<div class="gq gq-forms">' + "".join(_form(*form) for form in forms) + "</div>")
    if row["satisfied_share"] is None:
        return note(why_not(row))
    table([(t("activities.question"), ""), (t("activities.answer"), "")], _settling(row))
    return None


def _part(row: Row, column: str) -> float | None:
    """Return a count's share of the forms handed out; None where the counts contradict that."""
    whole = row["distributed_count"]
    return row[column] / whole if whole and row["reason"] in (None, "no_answers") else None


def _form(name: str, count: int, share: float | None) -> str:
    width = 100 if name == "distributed" else (share or 0) * 100
    part = "" if share is None else text.share(share, language())
    return (
        f"<span>{escape(t(f'activities.{name}'))}</span><b>{text.count(count, language())}</b>"
        f'<span class="gq-bar"><i style="width:{width:.1f}%"></i></span><small>{part}</small>'
    )


def _settling(row: Row) -> list[list[str]]:
    """Return what silence may hide, and how many answers would settle the goal."""
    rows = [
        [t("activities.if_none"), f"<b>{text.share(row['least_share'], language())}</b>"],
        [t("activities.if_all"), f"<b>{text.share(row['most_share'], language())}</b>"],
    ]
    if row["goal"] is None:
        return rows
    values = {"answers": row["valid_count"], "goal": float(row["goal"])}
    share = row["satisfied_share"]
    return [
        *rows,
        [t("activities.same_answers", **values), _satisfied_needed(row)],
        [t("activities.same_share", share=float(share)), _answers_needed(row)],
    ]


def _satisfied_needed(row: Row) -> str:
    needed = survey.satisfied_needed(row["valid_count"], row["goal"])
    if needed is None:
        fewest = survey.fewest_answers(row["goal"])
        return t("activities.never") if fewest is None else t("activities.too_few", count=fewest)
    gap = needed - row["satisfied_count"]
    words = t("activities.satisfied_needed", count=needed)
    return words + (
        t("activities.more_than_now", count=gap) if gap > 0 else t("activities.reached")
    )


def _answers_needed(row: Row) -> str:
    needed = survey.answers_needed(row["satisfied_share"], row["goal"])
    if needed is None:
        return t("activities.share_is_goal")
    words = t("activities.answers_needed", count=needed)
    if needed <= row["valid_count"]:
        return words + t("activities.reached")
    below = row["satisfied_share"] < row["goal"]
    return words + t("activities.to_show_it_missed" if below else "activities.to_show_it_met")
