"""Hold the forecast against what came: the monthly issues of seven English library authorities.

At the end of each month a year's total is forecast from the months so far and a profile of earlier
whole years, and held against the total that came. The data (LibrariesWest, Open Government Licence)
lie beside the project or not at all; renewals are left out, as everywhere.
"""

import csv
from calendar import SUNDAY, Calendar
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from statistics import median

import typer

from guanqing.paths import ROOT
from guanqing.plan.forecast import Band, Step, forecast

DATA = ROOT.parent / "shared" / "data" / "librarieswest_uk"
FILES = ("issues_summary_2017-03_2019-02.csv", "issues_summary.csv")  # nothing between them
ALL = "all authorities"
YEAR = 12
LOCKDOWN = 2020 * YEAR + 2  # closed from 23 March 2020
STAGES = ("had not come", "was still to come", "had come", "is in the profile too")
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
    profile_end: Month  # the month after the latest earlier year
    known: int  # months that were over
    band: Band
    truth: int

    @property
    def stage(self) -> str:
        """Return where the lockdown lies, as one of STAGES."""
        if self.profile_end > LOCKDOWN:
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
    print(
        "\nA band knows the months behind it and a profile. It does not see a closure come, and a"
    )
    print("profile with the lockdown in it says that spring brings nothing: no band holds that.")


def groups(months: Sequence[Month]) -> Iterator[tuple[str, int, list[Month], list[range]]]:
    """Yield the kinds of year: a title, their months, where each begins, and what is known."""
    spans = range(months[0], months[-1] + 1)
    thirds = [range(3, 6), range(6, 9), range(9, 12)]
    # two months are known at the end of February 2020, the last before the lockdown
    calendar = [month for month in spans if month % YEAR == 0]
    yield "Calendar years", YEAR, calendar, [range(2, 3), *thirds]
    yield "Years from any other month", YEAR, [m for m in spans if m % YEAR], thirds
    # only one whole year before the lockdown has another before it; July to February, between
    # the gap and the lockdown, is there three times
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
        shares = profile(issues[name], first, length)
        came = span(issues[name], first, length)
        if not shares or came is None:
            continue
        profile_end = earlier(issues[name], first, length)[0] + length
        for known in months_known or range(3, length):
            past = [Step(came[month], shares[month]) for month in range(known)]
            found = forecast(past, shares[known:], None)
            if found is not None:
                yield Case(name, first, length, profile_end, known, found.end, sum(came))


def earlier(issues: Issues, first: Month, length: int) -> list[Month]:
    """Return where the earlier years begin that have every month, the latest first."""
    begins = range(first - YEAR, min(issues) - 1, -YEAR)
    return [begin for begin in begins if span(issues, begin, length) is not None]


def profile(issues: Issues, first: Month, length: int) -> list[float]:
    """Return each month's share of the year, from the same months of earlier years.

    The share an earlier year shows is taken by the day: a month has 24 to 27 days that are no
    Sunday, and February 2020 one more than the two Februaries before. Empty without such a year.
    """
    years = []
    for begin in earlier(issues, first, length):
        moved = [
            issues[begin + month] * open_days(first + month) / open_days(begin + month)
            for month in range(length)
        ]
        years.append([amount / sum(moved) for amount in moved])
    return [sum(shares) / len(years) for shares in zip(*years, strict=True)]


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


def read(folder: Path = DATA) -> dict[str, Issues]:
    """Return the issues by month, of each authority and of all together.

    A month of the files in which an authority has no line is one in which it lent nothing.
    """
    issues: dict[str, Counter[Month]] = defaultdict(Counter)
    for name in FILES:
        with (folder / name).open(encoding="utf-8", newline="") as lines:
            for line in csv.DictReader(lines):
                year, month = map(int, line["month_issued"].split("-"))
                for authority in (line["authority"], ALL):
                    issues[authority][year * YEAR + month - 1] += int(line["issues"])
    return {
        authority: {month: counts[month] for month in issues[ALL]}
        for authority, counts in sorted(issues.items())
    }


def named(month: Month) -> str:
    """Return a month as 2019-02."""
    return f"{month // YEAR}-{month % YEAR + 1:02}"


if __name__ == "__main__":
    typer.run(main)
