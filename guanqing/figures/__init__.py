"""What is shown: each figure with its questions, headline, drawing and links, a module a subject.

Nothing here knows of Streamlit: a page, a slide and a paper show the same object.
"""

from functools import cache
from importlib import import_module
from pkgutil import walk_packages

from guanqing.figures.figure import FIGURES, Content, Exhibit, Figure
from guanqing.figures.view import Answer, View
from guanqing.problems import Problem

__all__ = ["Answer", "Content", "Exhibit", "Figure", "View", "every", "named"]


@cache
def every() -> dict[str, Figure]:
    """Return every figure by name: whatever a module of this package has made one."""
    for module in walk_packages(__path__, f"{__name__}."):
        import_module(module.name)
    return dict(sorted(FIGURES.items()))


def named(name: str) -> Figure:
    """Return a figure. Problem: unknown_figure."""
    if name not in every():
        raise Problem("unknown_figure", name=name, names=", ".join(every()))
    return every()[name]
