"""The plan at a glance: its verdict, every promise a line that leads to its story, milestones."""

from itertools import groupby

from markupsafe import Markup

from guanqing import charts, text
from guanqing.charts.bullets import Range
from guanqing.figures.blocks import Block, Line, Link, Note, Table
from guanqing.figures.figure import Content, content, figure
from guanqing.figures.markup import ICONS, TONES, badge, dated, fill, named, small, strong, written
from guanqing.figures.plan.standing import (
    counted,
    milestones,
    outlooks,
    plan_year,
    ranked,
    standings,
    year_plan,
)
from guanqing.figures.plan.words import (
    amount,
    answer,
    ends,
    now,
    pace,
    unit_of,
    weeks_kept,
    whose,
)
from guanqing.figures.view import View
from guanqing.plan import ranking
from guanqing.plan.outlook import Outlook
from guanqing.plan.scoring import MilestoneStanding, Standing

STORY = "pages/year/target.py"


def story(code: str, words: str) -> Link:
    """Return the way to the story of a target or milestone."""
    return Link(words, STORY, {"code": code})


@figure("plan_progress")
def plan_verdict(view: View) -> Content:
    """Say in one line how the targets of the year stand, or that there is no plan."""
    found, year = standings(view, view.ask), str(plan_year(view))
    if not found:
        key = "targets.none_used" if year_plan(view).refused else "targets.no_plan"
        words = view.t(key, year=year)
        return content(words, Note(words))
    day = view.filters["as_of"]
    scopes = view.whose(*(one.target.scope for one in found))
    lead = view.t("targets.verdict", year=year, count=len(found), whose=scopes, day=day)
    said = [
        (status, number, _said(view, found, status)) for status, number in counted(found).items()
    ]
    parts = [(TONES.get(status, ""), ICONS[status], *words) for status, *words in said]
    sentence = view.t("app.list_mark").join(
        view.t("targets.verdict_part", count=number, status=words) for _, number, words in said
    )
    drawn = fill("verdict", lead=lead, parts=parts)
    return content(view.t("targets.sentence", lead=lead, parts=sentence), drawn, cases=len(found))


def _said(view: View, found: list[Standing], status: str) -> str:
    """Return a verdict, and of how many that bear it and are still open little can be hoped."""
    words, known = view.t(f"status.{status}"), outlooks(view, found)
    mine = [known[one.target.code] for one in found if one.status == status]
    count = sum(ranking.is_unlikely(ahead) for ahead in mine)
    if not count or status in ("met", "not_met"):
        return words
    return view.t("targets.unlikely", status=words, count=count)


@figure("plan_progress")
def plan_behind(view: View) -> Content:
    """List the targets, the worst first: value of target, how likely, status."""
    found = ranked(view, standings(view, view.ask))
    known = outlooks(view, found)
    columns = [
        (view.t("targets.target"), ""),
        (view.t("targets.value"), "n"),
        (view.t("targets.goal"), "n"),
        (view.t("targets.outlook"), "wide"),
        (view.t("targets.status"), "s"),
    ]
    rows = [
        [
            named(one.target.name[view.language], view.language),
            _so_far(view, one),
            promised(view, one) + whose(view, one.target),
            small(answer(view, one, known[one.target.code])[0]),
            badge(one.status, view),
        ]
        for one in found
    ]
    return content(view.t("overview.behind_first"), Table(columns, rows), cases=len(found))


def _so_far(view: View, standing: Standing) -> Markup:
    """Return the value of a target; of one for every week the weeks kept of those so far."""
    weeks = weeks_kept(standing)
    if not weeks:
        return strong(amount(view, standing.value, standing.target))
    return strong(weeks) + small(view.t("overview.weeks"))


def promised(view: View, standing: Standing) -> Markup:
    """Return what a target promises, with its unit; of one for every week that it is of a week."""
    target, goal = standing.target, standing.goal
    said = Markup.escape(amount(view, goal, target)) + unit_of(view, target, goal)
    is_weekly = target.kind == "compliance"
    return Markup(view.t("overview.a_week", goal=said)) if is_weekly else said


@figure("plan_progress")
def plan_scorecard(view: View) -> Content:
    """Draw the targets under the words of their statuses, the worst first."""
    found = ranked(view, standings(view, view.ask))
    known = outlooks(view, found)
    marks = [
        ("done", view.t("targets.key_value")),
        ("due", view.t("targets.key_due")),
        ("ahead", view.t("targets.key_ahead")),
        ("goal", view.t("targets.key_goal")),
    ]
    blocks: list[Block] = [fill("marks", marks=marks, pace=pace(view, found))]
    for status, group in groupby(found, key=lambda one: one.status):
        mine = list(group)
        heading = Markup('<div class="gq gq-group {}">{} {} <b>{}</b></div>')
        words = view.t(f"status.{status}")
        blocks.append(heading.format(TONES.get(status, ""), ICONS[status], words, len(mine)))
        blocks += [_line(view, one, known[one.target.code]) for one in mine]
    return content(view.t("targets.heading"), *blocks, cases=len(found))


def _line(view: View, standing: Standing, ahead: Outlook) -> Line:
    target = standing.target
    first, second = answer(view, standing, ahead)
    beside = fill(
        "line",
        value=now(view, standing),
        goal=amount(view, standing.goal, target),
        unit=unit_of(view, target, standing.goal) + whose(view, target),
        bar=bullet(view, standing, ahead),
        first=first,
        second=second,
        badge=badge(standing.status, view),
    )
    return Line(f"line-{target.code}", story(target.code, target.name[view.language]), beside)


def bullet(view: View, standing: Standing, ahead: Outlook) -> Markup:
    """Return the line of marks of one target; words where there is nothing to draw."""
    if standing.value is None:
        return Markup('<span class="none">{}</span>').format(text.NOTHING)
    return charts.bullet(
        standing.value,
        standing.goal,
        view.look.status(standing.status),
        due=standing.expected_value,
        stretch=standing.stretch,
        ahead=_range(standing, ahead),
        alt=_alt(view, standing, ahead),
    )


def _range(standing: Standing, ahead: Outlook) -> Range | None:
    """Return where it leads: the forecast of the year's end, a calendar, a survey's interval."""
    if standing.interval is not None and standing.value is not None:
        return Range(standing.value, *standing.interval, *standing.interval)
    if ahead.announced is not None:
        return Range(*[ahead.announced] * 5)
    end = ahead.end
    if end is None or (standing.status == "met" and end.lower_95 == end.upper_95):
        return None
    return Range(end.value, end.lower_80, end.upper_80, end.lower_95, end.upper_95)


def _alt(view: View, standing: Standing, ahead: Outlook) -> str:
    target = standing.target
    words = view.t(
        "alt.bullet",
        value=amount(view, standing.value, target),
        goal=amount(view, standing.goal, target),
        due=amount(view, standing.expected_value, target),
    )
    if ahead.end is None:
        return words
    span = ends(view, ahead.end.lower_80, ahead.end.upper_80, target)
    return f"{words} {view.t('outlook.drawn', span=span)}"


@figure("milestones")
def plan_milestones(view: View) -> Content:
    """List the milestones, what is open first: name and last words, state."""
    found = milestones(view, view.ask)
    lines = [
        Line(
            f"mile-{one.milestone.code}",
            story(one.milestone.code, one.milestone.name[view.language]),
            fill(
                "mile",
                day=dated(one.stated_on, view),
                words=reported(view, one),
                badge=badge(one.status, view),
            ),
        )
        for one in found
    ]
    heading = view.t("targets.milestones_heading", count=len(found))
    return content(heading, *lines, cases=len(found))


def reported(view: View, report: MilestoneStanding) -> Markup:
    """Return what was said of a milestone, in the reader's language where somebody said it so."""
    return noted(view, report.note_zh, report.note_en)


def noted(view: View, note_zh: str | None, note_en: str | None) -> Markup:
    """Return a note in the reader's language; as it was written where only Chinese is there."""
    own = note_zh if view.language == "zh" else note_en
    return Markup.escape(own) if own else written(note_zh)
