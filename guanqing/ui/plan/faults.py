"""What the pages of the plan ask before they show a figure, and what is wrong with its file."""

from guanqing import text
from guanqing.figures.plan.standing import milestones, plan_year, year_plan
from guanqing.ui.shell.session import language, said, t
from guanqing.ui.shell.view import view
from guanqing.ui.widgets.panels import guarded


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
            file=f"data/targets/{year}.toml",
            line=str(found.line),
            field=found.field,
            why=t(f"planfile.{found.why}", value=found.value),
        )
        said(words, "bad")


def plan_parts() -> list[str]:
    """Return what the page of the plan is divided into."""
    count: int | str = text.NOTHING
    with guarded("plan_milestones"):
        count = sum(one.status not in ("done", "dropped") for one in milestones(view()))
    return [t("targets.promises"), t("targets.to_do", count=count), t("targets.urgent")]
