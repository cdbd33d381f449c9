"""An amount of a promise in words: as it was printed, and never as a goal not yet reached."""

from guanqing import text
from guanqing.plan import Target

MOST_DECIMALS = 6


def said(value: float, target: Target, language: str) -> str:
    """Return an amount in the form a target was printed with.

    12,996 holders of 13,000 are not "1.3万, goal 1.3万": what lies below a goal is said as finely
    as it takes to see that.
    """
    goals = (target.goal, *(revision.goal for revision in target.revisions))
    shown = _shown(value, target, language)
    near = [goal for goal in goals if value < goal and shown == _shown(goal, target, language)]
    return _finer(value, near[0], target, language) if near else shown


FEW = 10  # of something for each of something: two decimals say more than the first


def _shown(value: float, target: Target, language: str) -> str:
    if target.shown_as == "number":
        if target.kind == "rate" and target.goal < FEW:
            return text.ratio(value, language)
        # a whole thing has no half, not even where it is only expected
        is_whole = target.kind in ("total", "level") and target.measure.endswith("_count")
        is_fine = bool(value % 1) and value < 1000 and not is_whole
        return f"{value:.1f}" if is_fine else text.count(value, language)
    return text.figure(value, "share" if target.shown_as == "percent" else "ratio", language)


def _finer(value: float, goal: float, target: Target, language: str) -> str:
    for decimals in range(MOST_DECIMALS):
        if target.shown_as == "percent":
            told, of = (text.share(part, language, decimals=decimals) for part in (value, goal))
        elif target.shown_as == "number" and not decimals:
            told, of = text.exact(value, language), text.exact(goal, language)
        else:
            told, of = f"{value:,.{decimals}f}", f"{goal:,.{decimals}f}"
        if told != of:
            return told
    return told
