"""What the pages of the plan ask before they show a figure, and what is wrong with its file."""

from guanqing import text
from guanqing.figures.blocks import Link
from guanqing.figures.plan.standing import milestones, plan_year, year_plan
from guanqing.plan import planfile
from guanqing.ui.shell.guarding import guarded
from guanqing.ui.shell.session import language, said, t
from guanqing.ui.shell.view import view
from guanqing.ui.shell.visitor import may
from guanqing.ui.widgets.blocks import lead

DESK = "pages/year/plan_desk.py"


def has_targets() -> bool:
    """Return whether the year has a plan with targets."""
    return bool(year_plan(view()).targets)


def plan_faults() -> None:
    """Show which entries of the plan file are not used, by line and field, and why."""
    year = plan_year(view())
    for found in year_plan(view()).refused:
        words = t(
            "targets.refused",
            name=found.name[language()] if found.name else found.code or text.NOTHING,
            file=f"targets/{year}.toml",
            line=str(found.line),
            field=found.field,
            why=t(planfile.said(found.why, found.near), value=found.value, near=found.near),
        )
        said(words, "bad")


def offer_to_make() -> None:
    """Lead to where the plan is made, where the year has none and the visitor may make it."""
    if not has_targets() and may("plan"):
        words = t("plan_desk.make_one", year=str(plan_year(view())))
        lead(Link(words, DESK, icon="edit_calendar"))


def plan_parts() -> list[str]:
    """Return what the page of the plan is divided into."""
    count, seen = text.NOTHING, view()
    with guarded("plan_milestones"):
        known = milestones(seen, seen.look_up)
        count = seen.count(sum(one.status not in ("done", "dropped") for one in known))
    return [t("targets.promises"), t("targets.to_do", count=count), t("targets.urgent")]
