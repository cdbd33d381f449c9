"""What `guanqing verify` finds wrong, and what mends it."""

from dataclasses import dataclass

from guanqing.problems import Problem

MEND = "guanqing verify --mend"
RESTORE = "guanqing restore FILE --replace"


@dataclass(frozen=True)
class Finding:
    """Something wrong: a key of the texts in group `verify`, or a problem's, and its values."""

    key: str
    values: dict[str, str]
    command: str  # what mends it; empty where nothing needs to be done
    about: str = ""  # key of the text that is the value `name`
    # else both may be right (what was printed, and what is counted today), or nothing is broken
    is_damage: bool = True


def of_problem(problem: Problem, command: str) -> Finding:
    """Return a problem as what is wrong."""
    values = {name: str(value) for name, value in problem.values.items()}
    return Finding(problem.key, values, command)
