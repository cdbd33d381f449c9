"""What cannot be shown says why in its place, and the rest of the page goes on."""

import logging
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import jinja2
import polars as pl

from guanqing.paths import ROOT
from guanqing.problems import Problem
from guanqing.ui.shell.session import said, tell

LOG = logging.getLogger(__name__)
# What a query or a file raises, or code that meets rows it was not written for: nothing else is
# caught.
FAILURES = (
    *(duckdb.Error, pl.exceptions.PolarsError, jinja2.TemplateError, OSError),
    *(ArithmeticError, AttributeError, LookupError, TypeError, ValueError),
)


@contextmanager
def guarded(name: str) -> Iterator[None]:
    """Say of a part of the page that cannot be shown why, and go on; the log gets the traceback."""
    try:
        yield
    except Problem as problem:
        said(tell(problem), "bad")
    except FAILURES as error:
        LOG.exception("figure %s", name)
        said(tell(failure(name, error)), "bad")


def failure(name: str, error: Exception) -> Problem:
    """Return the problem of a part of the page that met an error, to be said in its place."""
    return Problem("figure_failed", name=name, reason=f"{reason(error)} ({place(error)})")


def reason(error: Exception) -> str:
    """Return the kind of an error and the first line of what it says."""
    words = str(error).strip().split("\n")[0].rstrip(".!。！")
    return f"{type(error).__name__}: {words}"


def place(error: Exception) -> str:
    """Return the query an error was noted to come from, else the line of ours that met it."""
    if notes := getattr(error, "__notes__", None):
        return str(notes[-1])
    ours = [
        f"{Path(frame.filename).relative_to(ROOT)}:{frame.lineno}"
        for frame in traceback.extract_tb(error.__traceback__)
        if Path(frame.filename).is_relative_to(ROOT / "guanqing")
    ]
    return ours[-1]
