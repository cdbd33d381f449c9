"""What answers to a questionnaire can show: the Wilson interval, and how many would settle a goal.

The lower end of the interval reaches a goal exactly where the score test would reject the goal:
where the share lies z · √(goal (1 − goal) / answers) above it. All counts below follow from that.
"""

import math

Z = 1.959964  # normal quantile of 97.5 %, as in data/shared.sql


def wilson(satisfied: int, answers: int) -> tuple[float, float]:
    """Return the 95 % Wilson interval of a share; there must be an answer."""
    share, spread = satisfied / answers, Z * Z / answers
    middle = share + spread / 2
    reach = math.sqrt(spread * (share * (1 - share) + spread / 4))
    # at 0 and at all of them rounding may step over the ends by a hair
    lower, upper = (middle - reach) / (1 + spread), (middle + reach) / (1 + spread)
    return max(lower, 0.0), min(upper, 1.0)


def satisfied_needed(answers: int, goal: float) -> int | None:
    """Return how many of so many answers must be satisfied to show a goal, None if all are too few.

    Of 240 answers 215 show 85 %; of 20 not even 20 do.
    """
    if answers < 1:
        return None
    line = answers * goal + Z * math.sqrt(answers * goal * (1 - goal))
    # the line may fall on a whole number, where a float says either: the interval decides
    first = max(math.ceil(line) - 1, 0)
    return next(
        (n for n in range(first, min(first + 2, answers) + 1) if wilson(n, answers)[0] >= goal),
        None,
    )


def answers_needed(share: float, goal: float) -> int | None:
    """Return how many answers of the same share would settle a goal; None where none ever would.

    A share above the goal then shows it, one below shows that it is missed; a share equal to it
    never shows either.
    """
    if math.isclose(share, goal, abs_tol=1e-12):
        return None
    return math.ceil(Z * Z * goal * (1 - goal) / (share - goal) ** 2)


def fewest_answers(goal: float) -> int | None:
    """Return how many answers, all satisfied, can show a goal at all; None for a goal of 100 %."""
    return None if goal >= 1 else math.ceil(Z * Z * goal / (1 - goal))
