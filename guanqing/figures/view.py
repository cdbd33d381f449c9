"""One reader's view of a library: what is asked of it, in which words and colours it is said."""

import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, TypeVar

import polars as pl

from guanqing import charts, period, query_params, text, warehouse
from guanqing.charts import Look
from guanqing.figures.blocks import Note
from guanqing.period import Comparison, Period

T = TypeVar("T")
SMALLEST_GROUP = 5  # people; a smaller group is counted, not shown
SHORT_PERIOD_DAYS = 62  # up to which loans are shown by day


@dataclass(frozen=True)
class Answer:
    """What a question brought: the query's name, the parameters bound to it, and its rows.

    is_drawn: its rows are what the figure draws; else they are only spoken of.
    """

    query: str
    params: Mapping[str, Any]
    frame: pl.DataFrame
    is_drawn: bool = True

    @property
    def written(self) -> dict[str, str]:
        """Return the parameters as a person would type them."""
        return {name: query_params.written(value) for name, value in self.params.items()}

    @property
    def command(self) -> str:
        """Return the line that asks the same question again."""
        given = [word for name, value in self.written.items() for word in ("-p", f"{name}={value}")]
        return shlex.join(["guanqing", "query", self.query, *given])


def _at_once(_key: str, make: Callable[[], T]) -> T:
    return make()


@dataclass(frozen=True)
class View:
    """A library as one reader has chosen to see it.

    run answers a query by name and parameters; facts is the row of library_facts; filters are the
    parameters any query may take; once keeps what is dear to make, by a key, as long as the
    library does not change. asked gathers the answers given: the evidence of a figure.
    """

    run: Callable[[str, dict[str, Any]], pl.DataFrame]
    facts: Mapping[str, Any]
    filters: Mapping[str, Any]
    period: Period
    language: str = "zh"
    look: Look = charts.LIGHT
    shows_names: bool = False
    height: int = 240  # pixels of a chart
    is_still: bool = False  # drawn without the chart library, for the page that is opened first
    is_brief: bool = False  # a headline figure is shown without its way there
    once: Callable[[str, Callable[[], Any]], Any] = _at_once
    asked: list[Answer] = field(default_factory=list)

    def ask(self, query: str, **params: Any) -> pl.DataFrame:
        """Return the rows of a query that the figure draws, and keep them as its evidence.

        The query gets those of the filters it takes; what is given here goes first.
        """
        return self._keep(query, params, is_drawn=True)

    def cite(self, query: str, **params: Any) -> pl.DataFrame:
        """Return the rows of a query that the figure only speaks of, and keep them as evidence."""
        return self._keep(query, params, is_drawn=False)

    def look_up(self, query: str, **params: Any) -> pl.DataFrame:
        """Return the rows of a query that names or marks what is shown: no evidence."""
        return self._answer(query, params, is_drawn=False).frame

    def _keep(self, query: str, params: dict[str, Any], *, is_drawn: bool) -> pl.DataFrame:
        answer = self._answer(query, params, is_drawn=is_drawn)
        if not any((kept.query, kept.params) == (query, answer.params) for kept in self.asked):
            self.asked.append(answer)
        return answer.frame

    def _answer(self, query: str, params: dict[str, Any], *, is_drawn: bool) -> Answer:
        known = {**self.filters, **params}
        bound = {name: known[name] for name in sorted(warehouse.parameters(query))}
        return Answer(query, bound, self.run(query, bound), is_drawn)

    def row(self, query: str, **params: Any) -> dict[str, Any]:
        """Return the one row of a query that the figure draws."""
        return self.ask(query, **params).row(0, named=True)

    # --- the days shown

    @property
    def comparison(self) -> Comparison | None:
        """Return the same days a year earlier, as far as the data covers them."""
        first_day = self.facts["first_day"]
        return None if first_day is None else period.compare(self.period, first_day)

    @property
    def is_short(self) -> bool:
        """Say whether the period is a few weeks, which are shown by day."""
        return self.period.day_count <= SHORT_PERIOD_DAYS

    @property
    def ends_within_month(self) -> bool:
        """Say whether the last month of the period is not over: its count is still growing."""
        return self.period.end_date.day != 1

    @property
    def shows_whole_plan(self) -> bool:
        """Say whether the days and branches shown are those a year's plan speaks of."""
        of_year = self.period.code == str(self.filters["as_of"].year)
        return of_year and self.filters["branches"] is None

    def with_earlier(self, query: str) -> tuple[pl.DataFrame, pl.DataFrame | None]:
        """Return a query's rows, and those of the same days a year earlier where there are any."""
        rows = self.ask(query)
        if self.comparison is None:
            return rows, None
        earlier = self.comparison.earlier
        before = self.ask(query, start_date=earlier.start_date, end_date=earlier.end_date)
        return rows, before

    def covers(self, days: int) -> bool:
        """Say whether the data begins that many days before the earlier part of the comparison."""
        compared = self.comparison
        if compared is None:
            return False
        return bool(self.facts["first_day"] <= compared.earlier.last_day - timedelta(days=days))

    # --- words

    def t(self, key: str, **values: object) -> str:
        """Return a text in the reader's language."""
        return text.translate(key, self.language, **values)

    def say(self, headline: tuple[str, dict[str, Any]]) -> str:
        """Return a headline in words."""
        key, values = headline
        return self.t(key, **values)

    def named(self, column: str) -> str:
        """Return the column that holds a name in the reader's language."""
        return f"{column}_{self.language}"

    def count(self, value: float | None) -> str:
        """Return a count as it is read."""
        return text.count(value, self.language)

    def share(self, value: float | None) -> str:
        """Return a share as it is read."""
        return text.share(value, self.language)

    def counts(self, values: Sequence[float | None]) -> list[str]:
        """Return counts as they are read."""
        return [self.count(value) for value in values]

    def shares(self, values: Sequence[float | None]) -> list[str]:
        """Return shares as they are read."""
        return [self.share(value) for value in values]

    def note(self, key: str, **values: object) -> Note:
        """Return a text as a line of small print."""
        return Note(self.t(key, **values))

    def nothing(self) -> Note:
        """Return what stands where there is nothing to draw."""
        return self.note("finding.nothing_hint")

    @property
    def weekday_names(self) -> list[str]:
        """Return the short names of Monday to Sunday."""
        return [text.weekday_name(day, self.language) for day in range(1, 8)]
