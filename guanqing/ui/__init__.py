"""What pages say to Streamlit: the only place that knows it."""

from guanqing.ui.accounts import rules_touched
from guanqing.ui.cards import (
    kpi,
    kpi_row,
)
from guanqing.ui.figures import (
    change_of,
    ends_within_month,
    headline_cards,
    loans_at_once,
    loans_over_time,
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
from guanqing.ui.loading_files import files_to_load
from guanqing.ui.loading_history import generations
from guanqing.ui.loading_report import (
    last_load,
    last_load_verdict,
    load_under_way,
    rules_met,
    what_to_mend,
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
from guanqing.ui.plots_of_things import class_gaps, concentration, labelled, ranking, reasons
from guanqing.ui.plots_of_time import calendar, class_lines, holders, hours, monthly_parts, trend
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
from guanqing.ui.visitor import only_here
from guanqing.ui.words import named, say, weekday_names

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
    "files_to_load",
    "generations",
    "group_tables",
    "head",
    "headline_cards",
    "holders",
    "hours",
    "kpi",
    "kpi_row",
    "labelled",
    "largest_group",
    "last_load",
    "last_load_verdict",
    "leaderboard",
    "library_card",
    "load_account",
    "load_under_way",
    "loans_at_once",
    "loans_over_time",
    "milestone_list",
    "milestones",
    "monthly_parts",
    "named",
    "navigate",
    "only_here",
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
    "rules_met",
    "rules_touched",
    "say",
    "scorecard",
    "t",
    "target_list",
    "target_value",
    "trend",
    "weekday_names",
    "what_to_mend",
]
