"""What needs somebody, in a few lines under the verdict of the plan."""

from collections.abc import Sequence
from typing import Any

from guanqing.figures.blocks import Link
from guanqing.figures.figure import Content, content, figure
from guanqing.figures.markup import badge, fill
from guanqing.figures.plan.standing import load_plan
from guanqing.figures.plan.words import whose
from guanqing.figures.view import View
from guanqing.plan import alerts
from guanqing.plan.alerts import Alert

MOST_SHOWN = 5  # targets: what a director takes in at one look


@figure("plan_progress")
def plan_alerts(view: View) -> Content:
    """Say what fell behind, will be missed or has no data, a line a target, the worst first."""
    return _listed(view, most=MOST_SHOWN)


@figure("plan_progress")
def plan_alerts_all(view: View) -> Content:
    """Say all that needs somebody, a line a target, the worst first."""
    return _listed(view, most=None)


def _listed(view: View, *, most: int | None) -> Content:
    as_of = view.filters["as_of"]
    promised = load_plan(view)
    found = alerts.gathered(lambda query: view.cite(query, target=None).to_dicts(), promised, as_of)
    if not found and not (promised.targets or promised.milestones):
        words = view.t("alerts.no_plan")
        return content(words, view.note("alerts.no_plan"))
    if not found:
        words = view.t("alerts.none", day=as_of)
        return content(words, view.note("alerts.none", day=as_of))
    lines = _by_target(found)
    scopes = {alert.scope for alert in found if alert.scope} or {"library"}
    heading = view.t("alerts.heading", count=len(lines), whose=view.whose(*scopes))
    drawn = fill("alerts", heading=heading, lines=[_line(view, line) for line in lines[:most]])
    words = view.t("alerts.all", count=len(lines))
    link = Link(words, "pages/year/targets.py", icon="arrow_forward")
    more = link if len(lines) > len(lines[:most]) else None
    return content(heading, drawn, more, cases=len(lines))


def _by_target(found: Sequence[Alert]) -> list[list[Alert]]:
    """Return the alerts of each target together, where the worst of them stands."""
    grouped: dict[str, list[Alert]] = {}
    for alert in found:
        grouped.setdefault(alert.target_code or alert.name["zh"], []).append(alert)
    return list(grouped.values())


def _line(view: View, of_target: Sequence[Alert]) -> dict[str, Any]:
    worst = of_target[0]
    words = [alerts.in_words(alert, view.language) for alert in of_target]
    return {
        "badge": badge(worst.verdict, view),
        "name": worst.name[view.language],
        "whose": whose(view, worst.target) if worst.target else "",
        "words": view.t("alerts.list_mark").join(words),
    }
