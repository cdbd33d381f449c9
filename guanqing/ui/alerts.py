"""What needs somebody, in a few lines under the verdict of the plan."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from guanqing.plan import alerts
from guanqing.plan.alerts import Alert
from guanqing.problems import Problem
from guanqing.ui.shell import filters
from guanqing.ui.shell.library import query
from guanqing.ui.widgets.panels import note, said
from guanqing.ui.shell.session import language, t, tell

MOST_SHOWN = 5  # targets: what a director takes in at one look
ICONS = {
    "will_miss": "✖",
    "overdue": "▼",
    "fell_behind": "▼",
    "no_data": "○",
    "refused": "!",
    "stale": "○",
}
TONES = {"will_miss": "bad", "overdue": "bad", "fell_behind": "bad", "refused": "doubt"}


def alert_strip(most: int = MOST_SHOWN) -> None:
    """Say what fell behind, will be missed or has no data, a line a target, the worst first."""
    as_of = filters.filters()["as_of"]
    try:
        found = alerts.gathered(lambda name: query(name).to_dicts(), as_of)
    except Problem as problem:
        return said(tell(problem), "bad")
    if not found:
        return note(t("alerts.none", day=as_of))
    lines = _by_target(found)
    listed = "".join(f"<li>{_line(line)}</li>" for line in lines[:most])
    heading = t("alerts.heading", count=len(lines))
    with st.container(key="alerts"):
        st.html(f'<div class="gq gq-alerts"><b>{escape(heading)}</b><ul>{listed}</ul></div>')
        if len(lines) > most:
            st.page_link(
                "pages/year/targets.py",
                label=t("alerts.all", count=len(lines)),
                icon=":material/arrow_forward:",
            )
    return None


def _by_target(found: Sequence[Alert]) -> list[list[Alert]]:
    """Return the alerts of each target together, where the worst of them stands."""
    grouped: dict[str, list[Alert]] = {}
    for alert in found:
        grouped.setdefault(alert.target_code or alert.name["zh"], []).append(alert)
    return list(grouped.values())


def _line(of_target: Sequence[Alert]) -> str:
    worst = of_target[0]
    words = t("alerts.list_mark").join(alerts.in_words(alert, language()) for alert in of_target)
    kind = f"{ICONS[worst.kind]}&nbsp;{escape(t('alerts.kind_' + worst.kind))}"
    return (
        f'<span class="{TONES.get(worst.kind, "")}">{kind}</span> '
        f"<b>{escape(worst.name[language()])}</b> {escape(words)}"
    )
