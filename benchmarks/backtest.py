"""Hold the forecast against what came: the monthly issues of seven English library authorities.

At the end of each month a year's total is forecast from all months so far, earlier years too, and
held against the total that came: of each authority, and of each kind of item in each. The data
(LibrariesWest, Open Government Licence) lie beside the project or not at all; renewals are left
out, as everywhere.
"""

import csv
import os
from calendar import SUNDAY, Calendar
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from statistics import median

import typer

from guanqing.paths import ROOT
from guanqing.plan.forecast import Ahead, Band, Step, forecast

DATA = ROOT.parent / "shared" / "data" / "librarieswest_uk"
FILES = ("issues_summary_2017-03_2019-02.csv", "issues_summary.csv")  # nothing between them
ALL = "all authorities"
YEAR = 12
LOCKDOWN = 2020 * YEAR + 2  # closed from 23 March 2020
BEFORE = [(12 * 2018 + 2, 12), (12 * 2018 + 6, 8), (12 * 2019 + 6, 8)]  # whole stretches of months
LEAST = 200  # issues in four years: what is lent less is no service that anybody plans
STAGES = ("had not come", "was still to come", "had come", "was over before the year began")
HEAD = "| {} | forecasts | 80 % holds | 95 % holds | width | below | above |"
RULE = "| --- | ---: | ---: | ---: | ---: | ---: | ---: |"

Month = int  # 12 x year + month - 1, so that months can be counted on
Issues = dict[Month, int]


@dataclass(frozen=True)
class Case:
    """One forecast of one authority's year, and what came."""

    authority: str
    first: Month
    length: int  # months of the year, or of the part of it the data has whole
    known: int  # months that were over
    band: Band
    truth: int

    @property
    def stage(self) -> str:
        """Return where the lockdown lies, as one of STAGES."""
        if self.first > LOCKDOWN:
            return STAGES[3]
        if self.first + self.length <= LOCKDOWN:
            return STAGES[0]
        return STAGES[1] if self.first + self.known <= LOCKDOWN else STAGES[2]

    def holds(self, percent: int) -> bool:
        """Return whether what came lies in the 80 % or the 95 % band."""
        lower, upper = (getattr(self.band, f"{side}_{percent}") for side in ("lower", "upper"))
        return bool(lower <= self.truth <= upper)

    @property
    def width(self) -> float:
        """Return the width of the 95 % band as a share of what came."""
        return (self.band.upper_95 - self.band.lower_95) / self.truth


def main() -> None:
    """Print how often the bands held what came, before the lockdown, in it and after."""
    if not is_there():
        print("the data of LibrariesWest are not beside the project: nothing to hold against")
        return
    os.nice(10)
    issues = read()
    months = sorted(issues[ALL])
    missing = [month for month in range(months[0], months[-1]) if month not in issues[ALL]]
    print(f"{len(issues) - 1} authorities and all together, {named(months[0])} to", end=" ")
    print(f"{named(months[-1])}; nothing of {', '.join(map(named, missing))}:")
    print("a year that lacks a month is left out, not filled in.")
    stages = defaultdict(list)
    for title, length, firsts, stretches in groups(months):
        print(f"\n{title}\n\n{HEAD.format('from | months known')}\n| --- {RULE}")
        for first, known in product(firsts, stretches):
            if found := list(cases(issues, first, length, known)):
                print(row(f"{named(first)} | {known[0]} to {known[-1]}", found))
            for case in found:
                stages[case.stage].append(case)
    print(f"\nAll of these\n\n{HEAD.format('the lockdown')}\n{RULE}")
    for stage in STAGES:
        print(row(stage, stages[stage]))
    print(f"\nBy authority and kind of item, before the lockdown\n\n{HEAD.format('from')}\n{RULE}")
    by_item, all_cases = read(by_item=True), []
    for first, length in BEFORE:
        found = list(cases(by_item, first, length, range(3, length, 2)))
        print(row(named(first), found))
        all_cases += found
    print(row("all", all_cases))
    print(
        "\nA band knows the months behind it. It does not see a closure come, nor the end of one."
    )


def groups(months: Sequence[Month]) -> Iterator[tuple[str, int, list[Month], list[range]]]:
    """Yield the kinds of year: a title, their months, where each begins, and what is known."""
    spans = range(months[0], months[-1] + 1)
    thirds = [range(3, 6), range(6, 9), range(9, 12)]
    # two months are known at the end of February 2020, the last before the lockdown
    calendar = [month for month in spans if month % YEAR == 0]
    yield "Calendar years", YEAR, calendar, [range(2, 3), *thirds]
    yield "Years from any other month", YEAR, [m for m in spans if m % YEAR], thirds
    # July to February, between the gap and the lockdown
    before = [2018 * YEAR + 6, 2019 * YEAR + 6]
    yield "July to February, before the lockdown", 8, before, [range(3, 8)]
    yield "January to June 2021 (July is not there)", 6, [2021 * YEAR], [range(3, 6)]


def row(name: str, some: Sequence[Case]) -> str:
    """Return a line of a table; below and above count what lay outside the 95 % band."""
    held = [sum(case.holds(percent) for case in some) / len(some) for percent in (80, 95)]
    below = sum(case.truth < case.band.lower_95 for case in some)
    above = sum(case.truth > case.band.upper_95 for case in some)
    width = median(case.width for case in some)
    return (
        f"| {name} | {len(some)} | {held[0]:.0%} | {held[1]:.0%} | {width:.1%} | "
        f"{below} | {above} |"
    )


def cases(
    issues: dict[str, Issues],
    first: Month,
    length: int = YEAR,
    months_known: Iterable[int] | None = None,
    *,
    authority: str | None = None,
) -> Iterator[Case]:
    """Yield the forecasts of the year that begins with a month, for one authority or each."""
    for name in [authority] if authority else issues:
        came = span(issues[name], first, length)
        if came is None:
            continue
        for known in months_known or range(3, length):
            now = first + known
            found = forecast(
                [Step(m, issues[name][m], open_days(m)) for m in sorted(issues[name]) if m < now],
                [Ahead(month, open_days(month)) for month in range(now, first + length)],
                None,
                value=sum(came[:known]),
            )
            if found is not None and sum(came):
                yield Case(name, first, length, known, found.end, sum(came))


def open_days(month: Month) -> int:
    """Return the days of a month that are no Sunday."""
    return sum(
        day > 0 and weekday != SUNDAY
        for day, weekday in Calendar().itermonthdays2(month // YEAR, month % YEAR + 1)
    )


def span(issues: Issues, first: Month, length: int) -> list[int] | None:
    """Return the issues of so many months, None if one is missing."""
    months = range(first, first + length)
    return [issues[month] for month in months] if all(m in issues for m in months) else None


def is_there() -> bool:
    """Return whether the data lie beside the project."""
    return all((DATA / name).exists() for name in FILES)


def read(folder: Path = DATA, *, by_item: bool = False) -> dict[str, Issues]:
    """Return the issues by month, of each authority and of all together, or of each kind of item.

    A month of the files in which an authority has no line is one in which it lent nothing.
    """
    issues: dict[str, Counter[Month]] = defaultdict(Counter)
    for name in FILES:
        with (folder / name).open(encoding="utf-8", newline="") as lines:
            for line in csv.DictReader(lines):
                year, month = map(int, line["month_issued"].split("-"))
                item = f"{line['authority']}, {line['item_type']}"
                for series in (item if by_item else line["authority"], ALL):
                    issues[series][year * YEAR + month - 1] += int(line["issues"])
    return {
        name: {month: counts[month] for month in issues[ALL]}
        for name, counts in sorted(issues.items())
        if sum(counts.values()) >= LEAST
    }


def named(month: Month) -> str:
    """Return a month as 2019-02."""
    return f"{month // YEAR}-{month % YEAR + 1:02}"


if __name__ == "__main__":
    typer.run(main)
