"""A figure: one idea with its evidence, which a page, a slide or a paper shows."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from guanqing import measures
from guanqing.figures.blocks import Block, Card, Note
from guanqing.figures.view import Answer, View
from guanqing.measures import Measure
from guanqing.period import Period

OF_A_QUESTION = ("start_date", "end_date", "branches", "as_of")


@dataclass(frozen=True)
class Content:
    """What a figure says and draws: its finding in a sentence, and blocks below it.

    cases: how many stand behind it, where its measure cannot say.
    """

    headline: str
    blocks: tuple[Block, ...]
    cases: int | None = None

    @property
    def shows_something(self) -> bool:
        """Say whether it draws more than a note that there is nothing, or a card without value."""
        return any(
            block.value is not None if isinstance(block, Card) else not isinstance(block, Note)
            for block in self.blocks
        )


def content(headline: str, *blocks: Block | None, cases: int | None = None) -> Content:
    """Return the content of a figure; a block that is None is left out."""
    return Content(headline, tuple(block for block in blocks if block is not None), cases)


@dataclass(frozen=True)
class Exhibit:
    """A figure as one view shows it, with the answers it was made from."""

    name: str
    measure: Measure
    content: Content
    answers: tuple[Answer, ...]
    case_count: int | None  # loans, readers, cards or rows behind it; None: it shows nothing
    period: Period  # that chosen, unless its measure is counted over days of its own

    @property
    def headline(self) -> str:
        """Return the finding."""
        return self.content.headline


@dataclass(frozen=True)
class Figure:
    """A name, the measure that defines it, and how it is composed from a view."""

    name: str
    measure: str
    compose: Callable[[View], Content]

    def show(self, view: View) -> Exhibit:
        """Return the figure in this view. Problem: unknown_measure, or that of a query."""
        measure = measures.named(self.measure)
        view = replace(view, asked=[]).over(measure.counted_over)
        made = self.compose(view)
        answers = tuple(view.asked)
        count = None
        if made.shows_something:
            count = cases(measure, answers, view) if made.cases is None else made.cases
        return Exhibit(self.name, measure, made, answers, count, view.period)


def cases(measure: Measure, answers: tuple[Answer, ...], view: View) -> int:
    """Return how many loans, readers, cards or rows stand behind answers to a measure."""
    if not measure.cases:
        return sum(answer.frame.height for answer in answers[:1])
    query, _, column = measure.cases.rpartition(".")
    same = {k: v for answer in answers[:1] for k, v in answer.params.items() if k in OF_A_QUESTION}
    rows = view.look_up(query, **same) if query else answers[0].frame
    return int(rows[column].sum() or 0)


FIGURES: dict[str, Figure] = {}


def figure(measure: str) -> Callable[[Callable[[View], Content]], Figure]:
    """Make a function from a view to its content a figure, under the function's name."""

    def register(compose: Callable[[View], Content]) -> Figure:
        return enter(Figure(compose.__name__, measure, compose))

    return register


def enter(made: Figure) -> Figure:
    """Put a figure among those that can be asked for by name; a name means one thing."""
    if made.name in FIGURES:
        raise ValueError(f"two figures are called {made.name}")
    FIGURES[made.name] = made
    return made
