"""What pages say to Streamlit: the only place that knows it."""

from guanqing.ui.loading.account import rules_touched
from guanqing.ui.alerts import alert_strip
from guanqing.ui.widgets.cards import (
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
from guanqing.ui.shell.filters import (
    choose,
)
from guanqing.ui.shell.frame import (
    begin,
    head,
    navigate,
)
from guanqing.ui.shell.library import (
    facts,
    open_library,
    query,
)
from guanqing.ui.loading.files import files_to_load
from guanqing.ui.loading.history import generations
from guanqing.ui.loading.report import (
    last_load,
    last_load_verdict,
    load_under_way,
    rules_met,
    what_to_mend,
)
from guanqing.ui.widgets.panels import (
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
from guanqing.ui.registers.desk import (
    choose_register,
    register_desk,
    register_queries,
    register_rows,
    register_verdict,
)
from guanqing.ui.registers.history import history_verdict, register_history
from guanqing.ui.scorecard import story_link, target_groups
from guanqing.ui.shell.session import (
    t,
)
from guanqing.ui.sources import (
    library_card,
    load_account,
    reconciliation,
    reconciliation_verdict,
)
from guanqing.ui.target_evidence import evidence
from guanqing.ui.target_facts import story_facts
from guanqing.ui.plan.notes import (
    chosen_milestone,
    milestone_form,
    milestone_list,
    milestone_verdict,
    note_form,
    notes_made,
    reports,
)
from guanqing.ui.target_story import (
    chosen_target,
    story_verdict,
    story_way,
    target_choice,
)
from guanqing.ui.targets import (
    milestones,
    plan_faults,
    plan_parts,
    plan_verdict,
    scorecard,
    target_list,
    target_value,
)
from guanqing.ui.shell.visitor import only_here
from guanqing.ui.words import named, say, weekday_names

__all__ = [
    "alert_strip",
    "begin",
    "calendar",
    "change_of",
    "channel_totals",
    "choose",
    "choose_register",
    "chosen_milestone",
    "chosen_target",
    "class_gaps",
    "class_lines",
    "concentration",
    "countermeasures",
    "ends_within_month",
    "evidence",
    "facts",
    "files_to_load",
    "generations",
    "group_tables",
    "head",
    "headline_cards",
    "history_verdict",
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
    "milestone_form",
    "milestone_list",
    "milestone_verdict",
    "milestones",
    "monthly_parts",
    "named",
    "navigate",
    "note_form",
    "notes_made",
    "only_here",
    "open_library",
    "overview_cards",
    "panel",
    "plan_faults",
    "plan_parts",
    "plan_verdict",
    "query",
    "ranking",
    "reason_names",
    "reasons",
    "reconciliation",
    "reconciliation_verdict",
    "register_desk",
    "register_history",
    "register_queries",
    "register_rows",
    "register_verdict",
    "reports",
    "rules_met",
    "rules_touched",
    "say",
    "scorecard",
    "story_facts",
    "story_link",
    "story_verdict",
    "story_way",
    "t",
    "target_choice",
    "target_groups",
    "target_list",
    "target_value",
    "trend",
    "weekday_names",
    "what_to_mend",
]
