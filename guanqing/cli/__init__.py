"""The `guanqing` command: begin, build, load, go back, keep, look, ask, warn and serve."""

import sys

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
from guanqing.cli.frame import app, complain
from guanqing.problems import Problem


def main() -> None:
    """Run the command line; what a person can mend is said in a sentence, with exit code 2."""
    try:
        app()
    except Problem as problem:
        complain(problem)
        sys.exit(2)
