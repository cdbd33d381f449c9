"""What the answer to a promise rests on, a line a fact."""

from datetime import timedelta

from markupsafe import Markup

from guanqing import text
from guanqing.figures.figure import Content, content, figure
from guanqing.figures.markup import fill, small, strong, written
from guanqing.figures.plan.standing import cases_of, chosen_target
from guanqing.figures.plan.story import outlook_of
from guanqing.figures.plan.words import amount, difference, ends, likely, owner_of, unit_of
from guanqing.figures.view import View
from guanqing.plan import planfile, survey
from guanqing.plan.outlook import Outlook
from guanqing.plan.scoring import Standing

Fact = tuple[str, str | Markup]


@figure("plan_progress")
def target_facts(view: View) -> Content:
    """List what the answer to a promise rests on."""
    standing = chosen_target(view, view.ask)
    if standing is None:
        return content("", view.nothing())
    facts = [fact for fact in _facts(view, standing, outlook_of(view, standing)) if fact[1]]
    drawn = fill("facts", facts=facts)
    return content(view.t("target.rests_on"), drawn, cases=cases_of(standing))


def _facts(view: View, standing: Standing, ahead: Outlook) -> list[Fact]:
    target, t = standing.target, view.t
    value = strong(amount(view, standing.value, target)) + unit_of(view, target, standing.value)
    if standing.worst_week is not None:
        last = standing.worst_week + timedelta(days=6)
        value += Markup(" {}").format(text.short_span(standing.worst_week, last, view.language))
    facts: list[Fact] = [
        (t("target.whose"), view.whose(target.scope)),
        (t("target.now") if standing.worst_week is None else t("target.worst_now"), value),
        (t("target.due"), _due(view, standing)),
    ]
    if end := ahead.end:
        facts += [
            (t("target.end_80"), ends(view, end.lower_80, end.upper_80, target)),
            (t("target.end_95"), ends(view, end.lower_95, end.upper_95, target)),
        ]
    if ahead.announced is not None:
        facts.append((t("target.end_announced"), amount(view, ahead.announced, target)))
    basis = t(f"target.by_{standing.pace_basis}") if standing.expected_value else ""
    last_day, ahead_on = standing.last_day, standing.calendar_stated_on
    facts += [
        (t("target.chance"), _chance(view, standing, ahead)),
        (t("target.needed"), _needed(view, standing, ahead)),
        *_of_answers(view, standing),
        *_of_weeks(view, standing),
        (t("target.calendar"), _calendar(view, standing)),
        (t("target.clause_kept"), _clause(view, standing)),
        (t("target.every_week"), _every_week(view, standing)),
        (t("target.stretch"), amount(view, standing.stretch, target) if standing.stretch else ""),
        (t("target.pace_by"), basis),
        (t("target.ahead"), t("target.ahead_as_stated", day=ahead_on) if ahead_on else ""),
        (t("target.data_to"), text.day(last_day, view.language) if last_day else ""),
        (t("target.owner"), written(owner_of(view, target.code, target.owner))),
    ]
    return facts + [
        (
            text.day(revision.since, view.language),
            f"{amount(view, revision.goal, target)} · {revision.reason[view.language]}",
        )
        for revision in target.revisions
    ]


def _chance(view: View, standing: Standing, ahead: Outlook) -> str:
    """Return how likely it is; of what is settled there is no chance to speak of."""
    if ahead.chance is None or standing.status in ("met", "not_met"):
        return ""
    return strong(likely(view, ahead))


def _due(view: View, standing: Standing) -> str:
    if standing.expected_value is None:
        return ""
    due = amount(view, standing.expected_value, standing.target)
    return Markup("{} {}").format(due, small(view.share(standing.expected_share)))


def _needed(view: View, standing: Standing, ahead: Outlook) -> str:
    if not ahead.needed_per_day:
        return ""
    needed = ahead.needed_per_day
    return view.t(
        "target.needed_words",
        missing=difference(view, ahead.missing or 0, standing.target),
        needed=view.count(needed) if needed >= 10 else f"{needed:.2f}",
        name=planfile.plan_measures()[standing.target.measure].name[view.language],
        days=int(standing.open_days_left),
    )


def _calendar(view: View, standing: Standing) -> str:
    """Return what is announced; it is missing from the goal only if it is what the target counts.

    A target of loans on mobile trips has trips on its calendar, not loans; one of lectures per
    reader has lectures.
    """
    scheduled, measure = standing.scheduled_count, standing.target.measure
    if scheduled is None or standing.value is None:
        return ""
    kind, is_rate = planfile.plan_measures()[measure].event_kind, standing.target.kind == "rate"
    if is_rate and not kind:
        return ""
    if kind and (is_rate or measure != f"{kind}_count"):
        return view.t("target.calendar_events", count=scheduled)
    missing = max(standing.goal - standing.value - scheduled, 0)
    done = int(standing.value)
    return view.t("target.calendar_words", done=done, scheduled=scheduled, missing=int(missing))


def _clause(view: View, standing: Standing) -> str:
    if standing.clause_count is None or standing.value is None:
        return ""
    held, kept = standing.held_count or 0, standing.clause_count
    words = view.t("target.clause_words", held=held, kept=kept)
    if standing.clause_unknown_count:
        words += view.t("target.clause_unknown", count=standing.clause_unknown_count)
    return words


def _every_week(view: View, standing: Standing) -> str:
    """Return in how many weeks there was something, of those that are over."""
    if not standing.target.every_week or standing.value is None:
        return ""
    weeks, kept = standing.week_count, standing.kept_week_count
    return view.t("target.weeks_words", kept=kept, weeks=weeks) if weeks else ""


def _of_answers(view: View, standing: Standing) -> list[Fact]:
    """Return how many were asked, how many answered, how sure that is, what would settle it."""
    count, t = standing.answer_count, view.t
    if not count:
        return []
    needed = survey.satisfied_needed(int(count), standing.goal)
    is_asked = planfile.plan_measures()[standing.target.measure].register == "surveys"
    asked = "target.forms" if is_asked else "target.cases_answered"
    return [
        (t(asked), _known(view, standing.distributed_count)),
        (t("target.returned"), _known(view, standing.returned_count)),
        (t("target.valid"), view.count(count)),
        (t("target.satisfied"), _known(view, standing.satisfied_count)),
        (t("target.interval"), _shares(view, *(standing.interval or (None, None)))),
        (t("target.unanswered"), _unanswered(view, standing)),
        (t("target.would_show"), "" if needed is None else f"{needed}/{count}"),
    ]


def _of_weeks(view: View, standing: Standing) -> list[Fact]:
    """Return how many weeks were kept, and how many of those announced will be."""
    if standing.target.kind != "compliance" or standing.week_count is None:
        return []
    announced = f"{standing.announced_kept_week_count}/{standing.announced_week_count}"
    kept, weeks = standing.kept_week_count or 0, standing.week_count
    share = kept / weeks if weeks else None
    said = view.t("target.kept_share", kept=kept, weeks=weeks, share=view.share(share))
    return [
        (view.t("target.weeks_kept"), strong(said)),
        (view.t("target.weeks_announced"), announced if standing.announced_week_count else ""),
    ]


def _known(view: View, value: int | None) -> str:
    return "" if value is None else view.count(value)


def _shares(view: View, lower: float | None, upper: float | None) -> str:
    return "" if lower is None or upper is None else f"{view.share(lower)}–{view.share(upper)}"


def _unanswered(view: View, standing: Standing) -> str:
    """Return the share if none, or all, of those who did not answer were satisfied."""
    forms, satisfied = standing.distributed_count, standing.satisfied_count
    if not forms or satisfied is None or standing.answer_count is None:
        return ""
    silent = forms - standing.answer_count
    return _shares(view, satisfied / forms, (satisfied + silent) / forms)
