"""What pages say to Streamlit: the only place that knows it."""

from guanqing.ui.cards import (
    kpi,
    kpi_row,
)
from guanqing.ui.figures import (
    change_of,
    ends_within_month,
    headline_cards,
    months_and_earlier,
    overview_cards,
)
from guanqing.ui.filters import (
    choose,
)
from guanqing.ui.frame import (
    begin,
    head,
    navigate,
)
from guanqing.ui.library import (
    facts,
    open_library,
    query,
)
from guanqing.ui.panels import (
    panel,
)
from guanqing.ui.people import (
    channel_totals,
    countermeasures,
    group_tables,
    largest_group,
    leaderboard,
    reason_names,
)
from guanqing.ui.plots import (
    calendar,
    class_gaps,
    class_lines,
    concentration,
    holders,
    hours,
    labelled,
    monthly_parts,
    named,
    ranking,
    reasons,
    say,
    trend,
    weekday_names,
)
from guanqing.ui.session import (
    t,
)
from guanqing.ui.sources import (
    library_card,
    load_account,
    reconciliation,
    reconciliation_verdict,
)
from guanqing.ui.targets import (
    milestone_list,
    milestones,
    pace_note,
    plan_verdict,
    scorecard,
    target_list,
    target_value,
)

__all__ = [
    "begin",
    "calendar",
    "change_of",
    "channel_totals",
    "choose",
    "class_gaps",
    "class_lines",
    "concentration",
    "countermeasures",
    "ends_within_month",
    "facts",
    "group_tables",
    "head",
    "headline_cards",
    "holders",
    "hours",
    "kpi",
    "kpi_row",
    "labelled",
    "largest_group",
    "leaderboard",
    "library_card",
    "load_account",
    "milestone_list",
    "milestones",
    "monthly_parts",
    "months_and_earlier",
    "named",
    "navigate",
    "open_library",
    "overview_cards",
    "pace_note",
    "panel",
    "plan_verdict",
    "query",
    "ranking",
    "reason_names",
    "reasons",
    "reconciliation",
    "reconciliation_verdict",
    "say",
    "scorecard",
    "t",
    "target_list",
    "target_value",
    "trend",
    "weekday_names",
]
