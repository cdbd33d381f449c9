"""Which promise is the more serious, and which is hardly to be kept."""

from collections.abc import Mapping, Sequence

from guanqing.plan import priors, verdicts
from guanqing.plan.outlook import Outlook
from guanqing.plan.scoring import Standing


def ranked(standings: Sequence[Standing], known: Mapping[str, Outlook]) -> list[Standing]:
    """Return standings by seriousness: by verdict, then the least likely, then the least done.

    What no chance can be given for stands where what is hard to say stands.
    """
    unknown = priors.priors().words["open"]

    def seriousness(one: Standing) -> tuple[int, float, float]:
        chance = known[one.target.code].chance
        return verdicts.rank(one.status), unknown if chance is None else chance, one.reached

    return sorted(standings, key=seriousness)


def is_unlikely(ahead: Outlook) -> bool:
    """Tell whether a promise is less likely to be kept than what is hard to say."""
    return ahead.chance is not None and ahead.chance < priors.priors().words["open"]


def is_likely(ahead: Outlook) -> bool:
    """Tell whether a promise is more likely to be kept than what is hard to say."""
    return ahead.chance is not None and ahead.chance >= priors.priors().words["likely"]


def is_at_odds(status: str, ahead: Outlook) -> bool:
    """Tell whether the pace of a promise and its chance point two ways: one sentence says both."""
    return (status == "behind" and is_likely(ahead)) or (
        status == "on_course" and is_unlikely(ahead)
    )
