"""One reader's view of a library: what is asked of it, in which words and colours it is said."""

import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any, TypeVar

import polars as pl

from guanqing import charts, measures, period, query_params, text, warehouse
from guanqing.access.names import Names
from guanqing.charts import Look
from guanqing.figures.blocks import Note
from guanqing.own import NOBODYS, Own
from guanqing.period import Comparison, Period

T = TypeVar("T")
SMALLEST_GROUP = 5  # people; a smaller group is counted, not shown


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

    run answers a query by name and parameters; facts is the row of library_facts; own is what the
    library says of itself; filters are the parameters any query may take; once keeps what is dear
    to make, by a key, as long as the library does not change. asked gathers the answers given: the
    evidence of a figure. What is left of it, its repr, is what the reader chose: of one library, it
    decides what a figure shows.
    """

    run: Callable[[str, dict[str, Any]], pl.DataFrame] = field(repr=False)
    facts: Mapping[str, Any] = field(repr=False)
    filters: Mapping[str, Any]
    period: Period
    language: str = "zh"
    look: Look = charts.LIGHT
    own: Own = field(default=NOBODYS, repr=False)
    names: Names | None = None  # None: readers are masked
    height: int = 240  # pixels of a chart
    is_still: bool = False  # drawn without the chart library, for the page that is opened first
    is_brief: bool = False  # a headline figure is shown without its way there
    once: Callable[[str, Callable[[], Any]], Any] = field(default=_at_once, repr=False)
    asked: list[Answer] = field(default_factory=list, repr=False)

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

    def over(self, code: str) -> "View":
        """Return this view over other days, by their code; the same where it names none."""
        first_day, as_of = self.facts["first_day"], self.filters["as_of"]
        found = code and first_day and period.read(code, first_day=first_day, as_of=as_of)
        if not found:
            return self
        days = {"start_date": found.start_date, "end_date": found.end_date}
        return replace(self, period=found, filters={**self.filters, **days})

    @property
    def comparison(self) -> Comparison | None:
        """Return the same days a year earlier, as far as the data covers them."""
        first_day = self.facts["first_day"]
        return None if first_day is None else period.compare_totals(self.period, first_day)

    def comparison_of(self, measure: str) -> Comparison | None:
        """Return the days on which a measure was recorded in both years for the branches chosen."""
        kinds = measures.named(measure).recorded
        first_day = self.first_day_of(kinds)
        return None if first_day is None else period.compare_totals(self.period, first_day)

    def held_against(self, measure: str, answers: Sequence[Answer]) -> list[Comparison]:
        """Return the days of a year earlier that answers to a measure are of, and those of now."""
        first_day = self.first_day_of(measures.named(measure).recorded)
        if first_day is None:
            return []
        asked = {answer.params.get("start_date") for answer in answers}
        found = (how(self.period, first_day) for how in (period.compare, period.compare_days))
        return [one for one in found if one is not None and one.earlier.start_date in asked]

    def first_day_of(self, kinds: Sequence[str]) -> date | None:
        """Return the day from which all these kinds of record are there, None where one is not."""
        days = [self.facts["first_day"], *self._first_days(kinds)]
        return None if None in days else max(days)

    def _first_days(self, kinds: Sequence[str]) -> list[Any]:  # None where a kind is not there
        known = dict(self.look_up("first_recorded").iter_rows()) if kinds else {}
        return [known[kind] for kind in kinds]

    @property
    def is_short(self) -> bool:
        """Say whether the period is a few weeks, which are shown by day."""
        return self.period.is_short

    @property
    def ends_within_month(self) -> bool:
        """Say whether the last month of the period is not over: its count is still growing."""
        return self.period.end_date.day != 1

    @property
    def shows_whole_year(self) -> bool:
        """Say whether the days shown are those a year's plan speaks of."""
        return self.period.code == str(self.filters["as_of"].year)

    def shows(self, scope: str) -> bool:
        """Say whether the branches shown are the main library, or the network, as scope says."""
        branches = self.filters["branches"]
        if branches is None:
            return scope == "network" or self._is_alone
        is_main = branches == [self.facts.get("main_branch")]
        return is_main and (scope == "main" or self._is_alone)

    @property
    def _is_alone(self) -> bool:
        """Say whether there is one library, which is main library and network at once."""
        return bool(self.facts.get("branch_count", 1) < 2)

    def whose(self, *scopes: str) -> str:
        """Return whose figures these are, in words."""
        known = ["library"] if self._is_alone else sorted(set(scopes))
        return self.t("app.list_mark").join(self.t(f"scope.{scope}") for scope in known)

    def with_earlier(
        self, query: str, measure: str, *, by_day: bool = False
    ) -> tuple[pl.DataFrame, pl.DataFrame | None]:
        """Return a query's rows, and those of a year earlier of the days it was recorded on then.

        by_day: its rows are days, each held against the same day of the week 52 weeks before.
        """
        rows, first_day = self.ask(query), self.first_day_of(measures.named(measure).recorded)
        held_against = period.compare_days if by_day else period.compare
        compared = None if first_day is None else held_against(self.period, first_day)
        if compared is None:
            return rows, None
        days = compared.earlier
        return rows, self.ask(query, start_date=days.start_date, end_date=days.end_date)

    def covers(self, measure: str) -> bool:
        """Say whether a measure was recorded as long before the comparison as it looks back."""
        about, compared = measures.named(measure), self.comparison_of(measure)
        # what is before the first loan may be on record of cards
        days = self._first_days(about.recorded) or [self.facts["first_day"]]
        first_day: date | None = None if None in days else max(days)
        if compared is None or first_day is None:
            return False
        return first_day <= compared.earlier.last_day - timedelta(days=about.looks_back_days)

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
