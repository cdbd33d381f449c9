"""What needs somebody: what fell behind since last week, what will be missed, what has no data.

Rows of the queries and outlooks go in, alerts come out; `guanqing alerts` and the overview say them
in the same words.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from guanqing import plan, text
from guanqing.plan import outlook, planfile, scoring
from guanqing.plan.outlook import Outlook
from guanqing.plan.planfile import Refusal
from guanqing.plan.scoring import MilestoneStanding, Standing

SMALL_CHANCE = 0.2  # one year in five: worth a word while there is time left
STALE_DAYS = 45  # a month's register comes within two weeks of the month's end
YEAR_DAYS = 365
SURE = 0.99  # a chance nearer to 0 than 1 - SURE is not told to the per cent

# the worst first: what cannot be mended or hardly, what has just turned, what nobody can judge
KINDS = ("will_miss", "overdue", "fell_behind", "no_data", "refused", "stale")
WELL = ("met", "on_course")
NOT_WELL = ("behind", "not_met", "not_computable")
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
    target_code: str
    name: plan.Words  # of the target or milestone
    text_key: str
    values: dict[str, Any] = field(default_factory=dict)
    target: plan.Target | None = None  # in whose unit its amounts are said
    chance: float | None = None


def find(
    standings: Sequence[Standing],
    milestones: Sequence[MilestoneStanding],
    before: Mapping[str, Before],
    outlooks: Mapping[str, Outlook],
    refused: Sequence[Refusal],
    as_of: date,
) -> list[Alert]:
    """Return what needs somebody, the worst first; a target can have alerts of several kinds."""
    found: list[Alert | None] = []
    for standing in standings:
        code = standing.target.code
        found += [
            will_miss(standing, outlooks[code]),
            fell_behind(standing, before[code]),
            no_data(standing),
            stale(standing, as_of),
        ]
    found += [overdue(standing) for standing in milestones]
    found += [_refused(entry) for entry in refused]
    alerts = [alert for alert in found if alert is not None]
    return sorted(alerts, key=_order)


def _order(alert: Alert) -> tuple[int, bool, float]:
    is_lost = alert.text_key == "alerts.lost"
    return KINDS.index(alert.kind), not is_lost, 1.0 if alert.chance is None else alert.chance


def gathered(ask: Callable[[str], scoring.Rows], as_of: date) -> list[Alert]:
    """Return the alerts of a library; ask returns the rows of a query at as_of.

    Problem: data_file_broken, of the plan.
    """
    promised = plan.load(as_of.year)
    if not promised.targets and not promised.milestones and not promised.refused:
        return []
    progress, evidence = ask("plan_progress"), ask("plan_evidence")
    standings = scoring.scorecard(as_of.year, progress, evidence)
    outlooks = outlook.outlooks(standings, ask("plan_months"), as_of)
    before = {
        row["target_code"]: Before(row["status_before"], row["day_before"])
        for row in ask("plan_changes")
    }
    as_printed = sorted(standings, key=lambda one: list(promised.targets).index(one.target.code))
    milestones = scoring.milestone_standings(as_of.year, progress, [])
    return find(as_printed, milestones, before, outlooks, promised.refused, as_of)


def fell_behind(standing: Standing, before: Before) -> Alert | None:
    """Return an alert where a target was well a week ago and no longer is."""
    if before.status not in WELL or standing.status not in NOT_WELL:
        return None
    target = standing.target
    values: dict[str, Any] = {"day": before.day, "before": before.status, "now": standing.status}
    key = "alerts.fell_behind"
    if standing.value is not None and standing.expected_value is not None:
        key = "alerts.fell_behind_pace"
        values |= {"value": standing.value, "due": standing.expected_value}
    return Alert("fell_behind", target.code, target.name, key, values, target)


def will_miss(standing: Standing, ahead: Outlook) -> Alert | None:
    """Return an alert where a target cannot be reached any more, or hardly at this pace."""
    if standing.value is None or standing.status == "met":
        return None
    target = standing.target
    said = (target.code, target.name)
    goal: dict[str, Any] = {"goal": standing.goal}
    if standing.status == "not_met":
        values = goal | {"value": standing.value}
        return Alert("will_miss", *said, "alerts.lost", values, target, chance=0.0)
    chance, upper = ahead.chance, ahead.end.upper_95 if ahead.end else None
    if chance is not None and chance < SMALL_CHANCE:
        values = goal | {"chance": chance}
        key = "alerts.unlikely"
        if upper is not None and upper < standing.goal:
            key, values = "alerts.out_of_reach", values | {"upper": upper}
        return Alert("will_miss", *said, key, values, target, chance=chance)
    projected = standing.projected_value
    falls_short = projected is not None and projected < standing.goal
    if chance is None and falls_short and upper is not None and upper < standing.goal:
        values = goal | {"projected": projected, "upper": upper}
        return Alert("will_miss", *said, "alerts.falls_short", values, target)
    return None


def no_data(standing: Standing) -> Alert | None:
    """Return an alert where a target cannot be computed, with the reason and what to do."""
    if standing.status != "not_computable":
        return None
    target = standing.target
    about = planfile.plan_measures()[target.measure]
    # a library of a later version may know reasons that have no words here
    known = f"reason.{standing.reason}" in text.load()
    values = {"reason": standing.reason, "name": about["name"]} if known else {}
    key = "alerts.no_data" if known else "alerts.no_data_unknown"
    return Alert("no_data", target.code, target.name, key, values, target)


def stale(standing: Standing, as_of: date) -> Alert | None:
    """Return an alert where a register has been silent too long for what the year still asks."""
    target, last_day = standing.target, standing.last_day
    about = planfile.plan_measures()[target.measure]
    if "register" not in about or last_day is None or target.kind not in GROWING:
        return None
    days = (as_of - last_day).days
    is_reached = standing.value is not None and standing.value >= standing.goal
    if is_reached or standing.status == "not_computable" or days <= STALE_DAYS:
        return None
    if not about.get("is_reading"):
        # four bulletins a year are no silence of two months: one at least should have come
        base = (standing.base or 0.0) if target.kind == "rate" else 1.0
        if standing.goal * base * days / YEAR_DAYS < 1:
            return None
    values = {"day": last_day, "days": days, "name": about["name"]}
    return Alert("stale", target.code, target.name, "alerts.stale", values, target)


def overdue(standing: MilestoneStanding) -> Alert | None:
    """Return an alert where a milestone should have been done by now."""
    if standing.status != "overdue":
        return None
    milestone = standing.milestone
    values = {"day": milestone.due}
    return Alert("overdue", milestone.code, milestone.name, "alerts.overdue", values)


def _refused(entry: Refusal) -> Alert:
    name = entry.name or dict.fromkeys(text.LANGUAGES, entry.code or text.NOTHING)
    values = {"line": entry.line, "field": entry.field, "why": entry.why, "wrong": entry.value}
    return Alert("refused", entry.code, name, "alerts.refused", values)


AMOUNTS = ("value", "goal", "due", "projected", "upper")


def in_words(alert: Alert, language: str) -> str:
    """Return what an alert says, the name of its target left out."""
    values = {
        name: _amount(value, alert.target, language)
        if name in AMOUNTS and alert.target is not None
        else _word(name, value, alert.values, language)
        for name, value in alert.values.items()
    }
    return text.translate(alert.text_key, language, **values)


def _word(name: str, value: Any, values: Mapping[str, Any], language: str) -> object:
    """Return a value as it stands in a sentence."""
    if name in ("before", "now"):
        return text.translate(f"status.{value}", language)
    if name == "reason":
        return text.translate(f"reason.{value}", language, name=values["name"][language])
    if name == "why":
        return text.translate(f"planfile.{value}", language, value=values["wrong"])
    if name == "name":
        return value[language]
    if name == "chance":
        shown = text.share(max(value, 1 - SURE), language, decimals=0)
        return f"<{shown}" if value < 1 - SURE else shown
    if name == "line":
        return str(value)
    return value


def _amount(value: float, target: plan.Target, language: str) -> str:
    """Return an amount in the unit a target was printed with."""
    if target.shown_as == "number":
        is_fine = bool(value % 1) and value < 1000
        shown = f"{value:.1f}" if is_fine else text.count(value, language)
        unit = target.unit[language]
        return shown + (unit if language == "zh" else f" {unit}")
    return text.figure(value, "share" if target.shown_as == "percent" else "ratio", language)
