"""The `guanqing` command: begin, build, load, go back, keep, look, ask, warn and serve."""

import sys
import time

from guanqing.cli import (  # noqa: F401  (each adds its commands to the app)
    alerts,
    ask,
    beginning,
    entries,
    fill,
    history,
    keeping,
    plans,
    propose,
    released,
    serving,
    templates,
)
from guanqing.cli.frame import app, complain, used
from guanqing.cli.owner import hand_over
from guanqing.problems import Problem


def main() -> None:
    """Run the command line; what a person can mend is said in a sentence, with exit code 2."""
    began = time.time()
    try:
        app()
    except Problem as problem:
        complain(problem)
        sys.exit(2)
    finally:
        for root in used():
            hand_over(root, began)
