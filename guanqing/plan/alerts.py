"""What needs somebody: what fell behind since last week, what will be missed, what has no data.

Rows of the queries and outlooks go in, alerts come out; `guanqing alerts` and the overview say them
in the same words.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from guanqing import plan, text
from guanqing.plan import amounts, outlook, planfile, ranking, scoring, verdicts
from guanqing.plan.outlook import Outlook
from guanqing.plan.planfile import Refusal
from guanqing.plan.scoring import MilestoneStanding, Standing

STALE_DAYS = 45  # a month's register comes within two weeks of the month's end
YEAR_DAYS = 365

# why somebody is told, the worst of a target first; which target is worse is said by its verdict
KINDS = ("will_miss", "overdue", "fell_behind", "behind", "no_data", "refused", "stale")
GROWING = ("total", "level", "rate")  # kinds of target that somebody adds to through the year


@dataclass(frozen=True)
class Before:
    """The status of a target or milestone a week ago; none where its year began since."""

    status: str | None
    day: date


@dataclass(frozen=True)
class Alert:
    """One thing that needs somebody, as a text of the group `alerts` and its values."""

    kind: str
    verdict: str  # on the target or milestone
    target_code: str
    name: plan.Words  # of the target or milestone
    text_key: str
    values: dict[str, Any] = field(default_factory=dict)
    target: plan.Target | None = None  # in whose unit its amounts are said

    @property
    def scope(self) -> str | None:
        """Return whose the target is, main or network; None of what is no target."""
        return self.target.scope if self.target else None


def find(
    standings: Sequence[Standing],
    milestones: Sequence[MilestoneStanding],
    before: Mapping[str, Before],
    outlooks: Mapping[str, Outlook],
    refused: Sequence[Refusal],
    as_of: date,
) -> list[Alert]:
    """Return what needs somebody in the order of the targets; one can have several kinds.

    Every target that is out of reach, behind or not computable is among them.
    """
    found: list[Alert | None] = []
    for standing in ranking.ranked(standings, outlooks):
        code = standing.target.code
        why = (
            will_miss(standing, outlooks[code]),
            fell_behind(standing, before[code], outlooks[code]),
        )
        found += [
            *(why if any(why) else [behind(standing, outlooks[code])]),
            no_data(standing),
            stale(standing, as_of),
        ]
    found += [overdue(standing) for standing in milestones]
    found += [_refused(entry) for entry in refused]
    alerts = [alert for alert in found if alert is not None]
    return sorted(alerts, key=lambda alert: verdicts.rank(alert.verdict))


def gathered(ask: Callable[[str], scoring.Rows], promised: plan.Plan, as_of: date) -> list[Alert]:
    """Return the alerts of a library about a plan; ask returns the rows of a query at as_of."""
    if not promised.targets and not promised.milestones and not promised.refused:
        return []
    progress, evidence = ask("plan_progress"), ask("plan_evidence")
    standings = scoring.scorecard(promised, progress, evidence)
    outlooks = outlook.outlooks(standings, ask("plan_months"), as_of)
    before = {
        row["target_code"]: Before(row["status_before"], row["day_before"])
        for row in ask("plan_changes")
    }
    as_printed = sorted(standings, key=lambda one: list(promised.targets).index(one.target.code))
    milestones = scoring.milestone_standings(promised, ask("milestone_progress"))
    return find(as_printed, milestones, before, outlooks, promised.refused, as_of)


def fell_behind(standing: Standing, before: Before, ahead: Outlook) -> Alert | None:
    """Return an alert where a target was well a week ago and no longer is."""
    if before.status not in verdicts.WELL or standing.status not in verdicts.TO_ACT_ON:
        return None
    target = standing.target
    values: dict[str, Any] = {"day": before.day, "before": before.status, "now": standing.status}
    key = "alerts.fell_behind"
    if standing.value is not None and standing.expected_value is not None:
        key = "alerts.fell_behind_pace"
        values |= {"value": standing.value, "due": standing.expected_value}
    values |= _likely_yet(standing, ahead)
    return Alert("fell_behind", standing.status, target.code, target.name, key, values, target)


def behind(standing: Standing, ahead: Outlook) -> Alert | None:
    """Return an alert where a target is behind, though it may still be reached."""
    if standing.status != "behind":
        return None
    target, due = standing.target, standing.expected_value
    values: dict[str, Any] = {"value": standing.value}
    if due is None:
        key, values = "alerts.behind", values | {"goal": standing.goal}
    else:
        key, values = "alerts.behind_pace", values | {"due": due}
    values |= _likely_yet(standing, ahead)
    return Alert("behind", standing.status, target.code, target.name, key, values, target)


def _likely_yet(standing: Standing, ahead: Outlook) -> dict[str, Any]:
    """Return how likely a target is that its pace says otherwise of: the same sentence says so."""
    return {"likely": ahead.likelihood} if ranking.is_at_odds(standing.status, ahead) else {}


def will_miss(standing: Standing, ahead: Outlook) -> Alert | None:
    """Return an alert where a target cannot be reached any more, or hardly by its forecast."""
    if standing.value is None or standing.status == "met":
        return None
    target = standing.target
    said = (standing.status, target.code, target.name)
    goal: dict[str, Any] = {"goal": standing.goal}
    if standing.status == "not_met":
        key, values = "alerts.lost", goal | {"value": standing.value}
        if standing.has_missed_weeks:
            key = "alerts.weeks_missed"
            values = {"kept": standing.kept_week_count, "weeks": standing.week_count}
        return Alert("will_miss", *said, key, values, target)
    if not ranking.is_unlikely(ahead):
        return None
    said_chance = ahead.likelihood
    key = "alerts.unlikely" if isinstance(said_chance, str) else "alerts.small_chance"
    values = goal if isinstance(said_chance, str) else goal | {"chance": said_chance}
    return Alert("will_miss", *said, key, values, target)


def no_data(standing: Standing) -> Alert | None:
    """Return an alert where a target cannot be computed, with the reason and what to do."""
    if standing.status != "not_computable":
        return None
    target = standing.target
    about = planfile.plan_measures()[target.measure]
    # a library of a later version may know reasons that have no words here
    known = f"reason.{standing.reason}" in text.load()
    values = {"reason": standing.reason, "name": about.name} if known else {}
    key = "alerts.no_data" if known else "alerts.no_data_unknown"
    return Alert("no_data", standing.status, target.code, target.name, key, values, target)


def stale(standing: Standing, as_of: date) -> Alert | None:
    """Return an alert where a register has been silent too long for what the year still asks."""
    target, last_day = standing.target, standing.last_day
    about = planfile.plan_measures()[target.measure]
    if about.register is None or last_day is None or target.kind not in GROWING:
        return None
    days = (as_of - last_day).days
    is_reached = standing.value is not None and standing.value >= standing.goal
    if is_reached or standing.status == "not_computable" or days <= STALE_DAYS:
        return None
    if not about.is_reading:
        # four bulletins a year are no silence of two months: one at least should have come
        base = (standing.base or 0.0) if target.kind == "rate" else 1.0
        if standing.goal * base * days / YEAR_DAYS < 1:
            return None
    values = {"day": last_day, "days": days, "name": about.name}
    said = (standing.status, target.code, target.name)
    return Alert("stale", *said, "alerts.stale", values, target)


def overdue(standing: MilestoneStanding) -> Alert | None:
    """Return an alert where a milestone should have been done by now."""
    if standing.status != "overdue":
        return None
    milestone = standing.milestone
    values = {"day": milestone.due}
    return Alert(
        "overdue", standing.status, milestone.code, milestone.name, "alerts.overdue", values
    )


def _refused(entry: Refusal) -> Alert:
    name = entry.name or dict.fromkeys(text.LANGUAGES, entry.code or text.NOTHING)
    values = {"line": entry.line, "field": entry.field, "why": entry.why, "wrong": entry.value}
    values |= {"near": entry.near}
    return Alert("refused", "not_computable", entry.code, name, "alerts.refused", values)


AMOUNTS = ("value", "goal", "due")


def in_words(alert: Alert, language: str) -> str:
    """Return what an alert says, the name of its target left out."""
    values = {
        name: _amount(value, alert.target, language)
        if name in AMOUNTS and alert.target is not None
        else _word(name, value, alert.values, language)
        for name, value in alert.values.items()
    }
    words = text.translate(alert.text_key, language, **values)
    if "likely" in values:
        words += text.translate("alerts.yet", language, likely=values["likely"])
    return words


def likely(said: str | float, language: str) -> str:
    """Return how likely a promise is to be kept, as an outlook says it: a number or a word."""
    if isinstance(said, str):
        return text.translate(f"likely.{said}", language)
    return text.translate("outlook.chance", language, chance=text.share(said, language, decimals=0))


def _word(name: str, value: Any, values: Mapping[str, Any], language: str) -> object:
    """Return a value as it stands in a sentence."""
    if name in ("before", "now"):
        return text.translate(f"status.{value}", language)
    if name == "reason":
        return text.translate(f"reason.{value}", language, name=values["name"][language])
    if name == "likely":
        return likely(value, language)
    if name == "why":
        near = values["near"]
        return text.translate(
            planfile.said(value, near), language, value=values["wrong"], near=near
        )
    if name == "name":
        return value[language]
    if name == "chance":
        return text.share(value, language, decimals=0)
    if name == "line":
        return str(value)
    return value


def _amount(value: float, target: plan.Target, language: str) -> str:
    """Return an amount in the unit a target was printed with."""
    shown = amounts.said(value, target, language)
    if target.shown_as != "number":
        return shown
    unit = target.unit_of(value, language)
    return shown + (unit if language == "zh" else f" {unit}")
