"""The plan of a year for those who answer for its targets and do not move its goals."""

from guanqing.plan.making import drafts
from guanqing.plan.making.columns import choices
from guanqing.ui.exports import offer_plan
from guanqing.ui.plan_desk.contents import contents
from guanqing.ui.plan_desk.faults import file_faults
from guanqing.ui.plan_desk.state import branches, draft, saved, year
from guanqing.ui.plan_desk.words import who_saved
from guanqing.ui.shell.guarding import guarded
from guanqing.ui.shell.session import language, t
from guanqing.ui.shell.visitor import may
from guanqing.ui.widgets.blocks import note
from guanqing.ui.widgets.panels import step


@guarded("plan_desk")
def plan_read() -> None:
    """Draw the plan of the year as it stands, with nothing to change it by."""
    made, now = draft(), saved()
    counts = {"targets": len(made.targets), "milestones": len(made.milestones)}
    below = who_saved(now) if now else t("plan_desk.none_saved")
    with step("plan-read", t("plan_desk.as_it_stands", year=str(year()), **counts), below):
        note(t("plan_desk.not_moved"))
        known = choices("scope")
        if made.targets and made.scope in known:
            note(t("plan_desk.scope_is", scope=known[made.scope].words[language()]))
        if made.targets or made.milestones:
            contents(made)
        if refused := drafts.refusals(made, branches()):
            file_faults(refused)
        if now and may("export"):
            offer_plan(t("plan_desk.download"), year(), "plan-toml")
