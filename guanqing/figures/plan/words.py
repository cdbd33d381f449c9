"""What is said of a promise: its amounts as they were printed, and whether we make it."""

from markupsafe import Markup

from guanqing import text
from guanqing.figures.markup import small
from guanqing.figures.view import View
from guanqing.plan import Target, planfile, survey
from guanqing.plan.outlook import Outlook
from guanqing.plan.scoring import Standing

SURE = 0.99  # a chance nearer to 0 or 1 than this is not given to the per cent


def amount(view: View, value: float | None, target: Target) -> str:
    """Return a value in the unit a target was printed with."""
    if value is None:
        return text.NOTHING
    if target.shown_as == "percent":
        return view.share(value)
    if target.shown_as == "ratio":
        return text.ratio(value, view.language)
    if value % 1 and value < 1000:
        return f"{value:.1f}"
    return view.count(value)


def unit_of(view: View, target: Target) -> Markup:
    """Return the unit of a target in small print, where its form does not say it already."""
    unit = target.unit[view.language]
    is_needed = bool(unit) and target.shown_as == "number"
    return Markup(" {}").format(small(unit)) if is_needed else Markup("")


def ends(view: View, lower: float, upper: float, target: Target) -> str:
    """Return two ends in the unit of a target."""
    return f"{amount(view, lower, target)}–{amount(view, upper, target)}"


def likely(view: View, chance: float) -> str:
    """Return a chance to the per cent, and no further than it can be known."""
    sure = text.share(SURE, view.language, decimals=0)
    if chance > SURE:
        return f">{sure}"
    if chance < 1 - SURE:
        return f"<{text.share(1 - SURE, view.language, decimals=0)}"
    return text.share(chance, view.language, decimals=0)


def answer(view: View, standing: Standing, ahead: Outlook) -> tuple[str, str]:
    """Return whether we will make it, and what that rests on, in two short sentences."""
    target = standing.target
    if standing.value is None:
        return view.t("status.not_computable"), why_not(view, standing)
    if target.kind == "survey":
        return _of_answers(view, standing)
    first = ""
    if ahead.chance is not None:
        first = view.t("outlook.chance", chance=likely(view, ahead.chance))
    if standing.status in ("met", "not_met"):
        first = view.t("outlook.reached" if standing.status == "met" else "outlook.lost")
    if ahead.rests_on == "drawn" and ahead.end:
        span = ends(view, ahead.end.lower_80, ahead.end.upper_80, target)
        return first, view.t("outlook.drawn", span=span)
    values = {k: v for k, v in ahead.values.items() if k != "basis" and v is not None}
    words = view.t(f"outlook.{ahead.rests_on}", **values)
    return (first, words) if first else (words, "")


def _of_answers(view: View, standing: Standing) -> tuple[str, str]:
    """Return the verdict of a survey and how many satisfied answers would show it."""
    lower, upper = standing.interval or (0.0, 1.0)
    span = view.t("outlook.interval", lower=float(lower), upper=float(upper))
    answers = int(standing.answer_count or 0)
    needed = survey.satisfied_needed(answers, standing.goal)
    if standing.status == "not_shown" and needed is not None:
        return view.t("outlook.settled_by", count=needed, answers=answers), span
    return view.t(f"outlook.survey_{standing.status}"), span


def why_not(view: View, standing: Standing) -> str:
    """Return why a value cannot be computed, and what to do about it."""
    about = planfile.plan_measures()[standing.target.measure]
    return view.t(f"reason.{standing.reason}", name=about["name"][view.language])


def pace(view: View) -> str:
    """Return how much of the year should be done, and by which measure the pace is set."""
    found = view.cite("plan_pace").to_dicts()
    if not found:
        return ""
    share = float(found[0]["expected_share"])
    words = view.t("targets.pace", day=found[0]["day"], share=share)
    known = view.ask("plan_evidence")["pace_basis"].unique().to_list()
    basis = "profile" if "profile" in known else (known or ["calendar"])[0]
    return f"{words}{view.t(f'targets.by_{basis}')}"


def owner_of(view: View, code: str, printed: dict[str, str] | None) -> str:
    """Return who answers for a target or milestone: the last entered, else the plan's."""
    notes = view.look_up("plan_notes_made", target=code).drop_nulls("owner")
    if not notes.is_empty():
        return str(notes["owner"][0])
    return printed[view.language] if printed else ""
