"""Walk the month-ends of a simulated year: what was said at each, and how the year went on.

    python benchmarks/walk.py                  the year of data/demo/rest_of_2019.toml: some minutes
    python benchmarks/walk.py --busy 1.3       a last quarter in which 30 % more comes about
    python benchmarks/walk.py --store FOLDER   a library that has its whole year already

Every claim is taken from what the pages show: the verdicts, the chances and bands of the targets,
the alerts, the plan's one sentence, and the finding of every figure about the days that are over.
One that is settled must never be taken back; of the others the table says how often they came true.
"""

import os
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Any

import polars as pl
import typer

import simulated_library
from guanqing import figures, own, period, plan, query_params, text, warehouse
from guanqing.figures import Exhibit, View
from guanqing.intake import upgrading
from guanqing.plan import alerts, outlook, priors, scoring
from guanqing.plan.outlook import Outlook
from guanqing.plan.scoring import Standing
from guanqing.store import Store
from simulated_library.chance import known

DAY = timedelta(days=1)
SETTLED = ("met", "not_met")
UNSETTLED = ("on_course", "behind", "not_shown")
PLAN_QUERIES = ("plan_progress", "plan_evidence", "plan_months")
ROWS = (  # of the table: certainty, what it claims, how often it should come true
    ("settled", "已达成, 无法达成: as later said, every day", "always"),
    ("alert settled", "an alert that it cannot be reached", "always"),
    (
        "sentence",
        "so many met and out of reach, in the plan's sentence: none fewer later",
        "always",
    ),
    ("finding", "a finding about days that are over: the same at the year's end", "always"),
    ("very_likely", "很可能: reached", "80–100 %"),
    ("likely", "可能: reached", "60–80 %"),
    ("open", "难说: reached", "20–60 %"),
    ("unlikely", "不太可能: reached", "0–20 %"),
    ("alert unlikely", "an alert that it is unlikely: reached", "0–20 %"),
    ("80 %", "the year's end within the 80 % band", "80 %"),
    ("95 %", "the year's end within the 95 % band", "95 %"),
    ("on_course", "进度正常: reached (a pace, no forecast)", "–"),
    ("behind", "落后: reached (a pace, no forecast)", "–"),
    ("not_shown", "尚不能证实: reached", "–"),
)


@dataclass(frozen=True)
class Claim:
    """What was said of a target or in a figure on a day, how sure, and whether it came true."""

    day: date
    about: str  # code of a target, name of a figure
    certainty: str  # the first of a row of ROWS
    words: str
    came_true: bool


class Walk:
    """A library whose year is over, asked as if it were any day of it."""

    def __init__(self, library: Path) -> None:
        """Read what later came of every verdict; ask nothing twice."""
        self.connection = warehouse.connect(library)
        self.known: dict[str, Any] = {}
        self.of_the_day: set[str] = set()  # figures that speak of the day itself, and say so
        self.facts = self.run("library_facts").row(0, named=True)
        self.own = own.of(library, is_simulated=self.facts["is_simulated"])
        self.last: date = query_params.defaults(self.facts)["as_of"]
        days = [date(self.last.year, 1, 1) + n * DAY for n in range(365)]
        self.statuses = {
            day: {row["target_code"]: row["status"] for row in self.run_at("plan_progress", day)}
            for day in days
            if day <= self.last
        }
        standings, _ = self.plan_at(self.last)
        self.ends = {one.target.code: one.value for one in standings}

    def run(self, query: str, **params: Any) -> pl.DataFrame:
        """Return the rows of a query."""
        found: pl.DataFrame = self._once(
            f"{query} {params}", lambda: warehouse.run(self.connection, query, **params)
        )
        return found

    def run_at(self, query: str, day: date) -> list[dict[str, Any]]:
        """Return the rows of a query about all targets at a day."""
        return self.run(query, as_of=day, **self._all_of(query)).to_dicts()

    @staticmethod
    def _all_of(query: str) -> dict[str, None]:
        return {"target": None} if "target" in warehouse.parameters(query) else {}

    def plan_at(self, day: date) -> tuple[list[Standing], dict[str, Outlook]]:
        """Return where each target stands at a day, and its outlook."""
        progress, evidence, months = (self.run_at(query, day) for query in PLAN_QUERIES)
        standings = scoring.scorecard(plan.load(day.year, self.own.targets), progress, evidence)
        return standings, outlook.outlooks(standings, months, day)

    def month_ends(self) -> list[date]:
        """Return the month-ends of the year, the last one left out: nothing comes after it."""
        year = self.last.year
        return [date(year, month, 1) - DAY for month in range(2, 13)]

    # --- claims

    def claims(self, day: date) -> Iterator[Claim]:
        """Yield what the pages claim at a day."""
        standings, outlooks = self.plan_at(day)
        for one in standings:
            yield from self._of_target(day, one, outlooks[one.target.code])
        yield from self._of_alerts(day)
        yield from self._of_sentence(day)
        yield from self._of_findings(day)

    def stays(self, code: str, status: str, day: date) -> bool:
        """Tell whether a verdict is the same on every later day of the year."""
        return all(found[code] == status for then, found in self.statuses.items() if then >= day)

    def is_reached(self, code: str) -> bool:
        """Tell whether a target was met when the year was over."""
        return self.statuses[self.last][code] == "met"

    def _of_target(self, day: date, one: Standing, ahead: Outlook) -> Iterator[Claim]:
        code, status = one.target.code, one.status
        if status in SETTLED:
            yield Claim(day, code, "settled", status, self.stays(code, status, day))
            return
        if status in UNSETTLED:
            yield Claim(day, code, status, status, self.is_reached(code))
        if ahead.likelihood is not None:
            # a number of a chance is counted with the word it would have had
            word = priors.word(ahead.chance or 0.0)
            yield Claim(day, code, word, str(ahead.likelihood), self.is_reached(code))
        end, came = ahead.end, self.ends[code]
        if end is not None and came is not None:
            for percent, lower, upper in (
                ("80 %", end.lower_80, end.upper_80),
                ("95 %", end.lower_95, end.upper_95),
            ):
                yield Claim(day, code, percent, f"{lower:g}–{upper:g}", lower <= came <= upper)

    def _of_alerts(self, day: date) -> Iterator[Claim]:
        promised = plan.load(day.year, self.own.targets)
        for alert in alerts.gathered(lambda query: self.run_at(query, day), promised, day):
            if alert.kind != "will_miss":
                continue
            words, code = alerts.in_words(alert, "en"), alert.target_code
            if alert.verdict == "not_met":
                stays = self.stays(code, "not_met", day)
                yield Claim(day, code, "alert settled", words, stays)
            else:
                yield Claim(day, code, "alert unlikely", words, self.is_reached(code))

    def _of_sentence(self, day: date) -> Iterator[Claim]:
        """Read the sentence as a person does: so many of this verdict, and later no fewer."""
        for status in SETTLED:
            then, later = (self._said_of(status, at) for at in (day, self.last))
            yield Claim(day, "plan_verdict", "sentence", f"{then} {status}", then <= later)

    def _said_of(self, status: str, day: date) -> int:
        words = self.show("plan_verdict", self.view(day, day)).headline
        found = re.search(rf"(\d+) {text.translate(f'status.{status}', 'en')}", words)
        return int(found[1]) if found else 0

    def _of_findings(self, day: date) -> Iterator[Claim]:
        """Ask each figure about the days that are over, then and at the year's end."""
        for name in figures.every().keys() - self.of_the_day:
            then = self.show(name, self.view(day, day))
            if not then.answers or any("as_of" in answer.params for answer in then.answers):
                self.of_the_day.add(name)
                continue
            later = self.show(name, self.view(day, self.last))
            yield Claim(day, name, "finding", then.headline, then.headline == later.headline)

    def show(self, name: str, view: View) -> Exhibit:
        """Return a figure in a view."""
        return figures.named(name).show(view)

    def view(self, day: date, as_of: date) -> View:
        """Return the main library's year up to a day, as it was seen on that day or a later one."""
        year = period.read(str(day.year), first_day=self.facts["first_day"], as_of=day)
        if year is None:
            raise ValueError(f"the library has no data of {day.year}")
        filters = query_params.defaults(self.facts) | {
            "start_date": year.start_date,
            "end_date": year.end_date,
            "branches": [self.facts["main_branch"]],
            "as_of": as_of,
            "target": None,
        }
        return View(
            lambda query, params: self.run(query, **params),
            self.facts,
            filters,
            year,
            "en",
            own=self.own,
            once=self._once,
        )

    def _once(self, key: str, make: Any) -> Any:
        if key not in self.known:
            self.known[key] = make()
        return self.known[key]


def walked(store: Store, days: list[date] | None = None) -> list[Claim]:
    """Return what was claimed at the month-ends of a library's last year, or at some of them."""
    walk = Walk(upgrading.current(store))
    return [claim for day in days or walk.month_ends() for claim in walk.claims(day)]


def whole_year(store: Store, busy: float = 1.0) -> None:
    """Simulate the year to its end, with so much of what the rest of it brings."""
    simulated_library.build(store, rest=_times(known("rest_of_2019"), busy))


def _times(rest: dict[str, Any], busy: float) -> dict[str, Any]:
    """Return the rest of the year with its counts multiplied; answers to a survey stay."""
    counts = ("loans", "issued", "cancelled", "visits", "web_visits", "mobile_loans")
    more = {name: round(rest[name] * busy) for name in counts}
    return rest | more | {"held": {kind: round(n * busy) for kind, n in rest["held"].items()}}


def table(claims: list[Claim]) -> str:
    """Return how many claims of each certainty came true."""
    lines = ["| said | claims | came true | should |", "| --- | ---: | ---: | ---: |"]
    for certainty, meaning, should in ROWS:
        mine = [claim for claim in claims if claim.certainty == certainty]
        true = sum(claim.came_true for claim in mine)
        share = f" ({true / len(mine):.0%})" if mine else ""
        lines.append(f"| {meaning} | {len(mine)} | {true}{share} | {should} |")
    return "\n".join(lines)


def taken_back(claims: list[Claim]) -> list[Claim]:
    """Return the claims that had to hold and did not."""
    always = {certainty for certainty, _, should in ROWS if should == "always"}
    return [claim for claim in claims if claim.certainty in always and not claim.came_true]


def main(store: Annotated[Path | None, typer.Option()] = None, busy: float = 1.0) -> None:
    """Print the table of docs/forecast.md, and every claim that had to be taken back."""
    os.nice(10)
    with tempfile.TemporaryDirectory() as made:
        if store is None:
            whole_year(Store(Path(made)), busy)
        claims = walked(Store(store or Path(made)))
    print(table(claims))
    for claim in taken_back(claims):
        print(f"taken back: {claim.day} {claim.about}: {claim.words}")
    raise typer.Exit(1 if taken_back(claims) else 0)


if __name__ == "__main__":
    typer.run(main)
