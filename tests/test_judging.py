"""Each promise on each day against a second, slower way to the same verdict, in plain Python."""

import random
from collections import defaultdict
from dataclasses import replace
from datetime import date
from functools import cached_property
from math import sqrt
from typing import Any

import pytest
from conftest import DAY, Library, fill, rows_by, some_every_day

from guanqing.plan import Condition, Plan, Revision, Target, planfile

Row = dict[str, Any]
Part = str | None  # a branch, or none: the whole promise
MAIN = "*main"  # the whole of a promise that is the main library's
WORDS = {"zh": "诺", "en": "Promise"}
FESTIVALS = {2018: date(2018, 2, 16), 2019: date(2019, 2, 5)}
KINDS = [
    ("total", "loan_count", None),
    ("total", "visit_count", None),
    ("total", "lecture_count", None),
    ("total", "mobile_loan_count", None),
    ("total", "open_day_count", None),
    ("total", "web_visit_count", None),
    ("total", "survey_distributed_count", None),
    ("total", "volunteer_hours", None),
    ("level", "card_holder_count", None),
    ("level", "digital_storage", None),
    ("rate", "loan_count", "holdings"),
    ("rate", "visit_count", "population"),
    ("rate", "survey_returned_count", "survey_distributed_count"),
    ("rate", "loan_count", "visit_count"),
    ("survey", "reader_satisfaction", None),
    ("survey", "feedback_satisfaction", None),
    ("compliance", "opening_hours", None),
]


def new_year(year: int) -> date:
    return date(year, 1, 1)


def promise(year: int, kind: str, measure: str, per: str | None = None, **more: Any) -> Target:
    """Return a target of 10, unless told otherwise, under the code kind_measure_per."""
    code = "_".join(filter(None, [kind, measure, per]))
    fields: dict[str, Any] = {"goal": 10.0, "name": WORDS, "unit": WORDS} | more
    return Target(year, code, kind, measure, per=per, **fields)


# --- the oracle


class Oracle:
    """What is to be said of a promise, added up from the rows of a library one by one."""

    def __init__(self, library: Library) -> None:
        self.rows = library.rows
        self.gains: dict[str, list[Row]] = defaultdict(list)
        for row in library.table("measure_days"):  # test_rollups holds it to the records
            self.gains[row["measure_code"]].append(row)

    @cached_property
    def main(self) -> str:
        (code,) = [b["branch_code"] for b in self.rows["branches"] if b["is_main"]]
        return str(code)

    def gained(self, measure: str, part: Part, first: date, last: date) -> float | None:
        """Return what came about from day to day, None where nothing was recorded in them."""
        about = planfile.plan_measures()[measure]
        days: dict[date, float] = defaultdict(float)
        for row in self.gains[measure]:
            if first <= row["day"] <= last and self.is_of(row, part, told=about.by_branch):
                days[row["day"]] += row["amount"]
        most = about.most_a_day or float("inf")
        return sum(min(amount, most) for amount in days.values()) if days else None

    def is_of(self, row: Row, part: Part, *, told: bool = True) -> bool:
        """Say whether a row is of a branch, or of a scope; told: it can be told by branch."""
        if part == MAIN:
            return not told or row["branch_code"] == self.main
        return part in (None, row["branch_code"])

    # the pace

    @cached_property
    def opened(self) -> set[date]:
        return {h["day"] for h in self.rows["opening_hours"] if h["branch_code"] == self.main}

    def days(self, year: int) -> list[date]:
        return [new_year(year) + n * DAY for n in range((new_year(year + 1) - new_year(year)).days)]

    def has_hours(self, year: int) -> bool:
        mine = sorted(day for day in self.opened if day.year == year)
        return bool(mine) and mine[0] <= date(year, 1, 7) and mine[-1] >= date(year, 12, 25)

    def open_days(self, year: int) -> list[date]:
        every = self.days(year)
        return [day for day in every if day in self.opened] if self.has_hours(year) else every

    def season(self, day: date) -> str:
        week = ((day - FESTIVALS[day.year]).days + 14) // 7
        if 0 <= week <= 4:
            return f"F{week}"
        return f"M{max(day.month, 2)}"

    def profile(self, target: Target) -> dict[str, float] | None:
        """Return what came about on an open day of each part of earlier years."""
        whole, told = self.whose(target, None), planfile.plan_measures()[target.measure].by_branch
        mine = [row for row in self.gains[target.measure] if self.is_of(row, whole, told=told)]
        begun = min((row["day"] for row in mine), default=date.max)
        first = self.rows["library"][0]["first_day"]
        years = [
            year
            for year in range(first.year, target.plan_year)
            if max(begun, first) <= date(year, 1, 31)
        ]
        amounts: dict[str, float] = defaultdict(float)
        counts: dict[str, int] = defaultdict(int)
        for year in years:
            for day in self.days(year):
                amounts[self.season(day)] += self.gained(target.measure, whole, day, day) or 0
            for day in self.open_days(year):
                counts[self.season(day)] += 1
        if sum(amounts.values()) < 100 or min(amounts.values()) < 0:
            return None
        mean = sum(amounts.values()) / sum(counts.values())
        return {
            part: amounts[part] / counts[part] if counts.get(part) else mean for part in amounts
        }

    def pace(self, target: Target) -> tuple[str, dict[date, float]]:
        """Return what the pace is taken from, and the weight of each day of the year."""
        year = target.plan_year
        mine = self.open_days(year)
        if target.by_month:
            weights = dict.fromkeys(self.days(year), 0.0)
            for month, amount in target.by_month.items():
                of_month = [day for day in mine if day.month == month]
                of_month = of_month or [day for day in self.days(year) if day.month == month]
                for day in of_month:
                    weights[day] = amount / len(of_month)
            return "months", weights
        profile = self.profile(target)
        if profile and (weights := {day: profile[self.season(day)] for day in mine}):
            return "profile", weights
        return "open_days" if self.has_hours(year) else "calendar", dict.fromkeys(mine, 1.0)

    # the value

    def whose(self, target: Target, part: Part) -> Part:
        """Return whose it is: a branch's part, the main library's, or None, the network's."""
        return part or (MAIN if target.scope == "main" else None)

    def base(self, target: Target, part: Part, day: date) -> float | None:
        first = new_year(target.plan_year)
        if target.per == "population":
            asked = {None: "population_served_network", MAIN: "population_served"}.get(part)
            values = [s["value"] for s in self.rows["settings"] if s["setting_code"] == asked]
            return values[0] if values else None
        if target.per == "holdings":
            stock: dict[date, float] = defaultdict(float)
            for held in self.rows["holdings"]:
                if held["month_end"] <= day and self.is_of(held, part):
                    stock[held["month_end"]] += held["loanable_count"]
            of_year = [count for month_end, count in stock.items() if month_end >= first]
            if not of_year:  # the first month is not over
                return stock[max(stock)] if stock else None
            return sum(of_year) / len(of_year)
        return self.gained(str(target.per), part, first, day)

    def answers(self, target: Target, part: Part, day: date) -> tuple[int, int, bool] | None:
        """Return answers, satisfied and whether they can be, of all waves of the year or of one."""
        first = new_year(target.plan_year)
        if target.measure == "feedback_satisfaction":
            said = [
                case["is_satisfied"]
                for case in self.rows["feedback"]
                if case["answered_on"] and first <= case["answered_on"] <= day
                if case["is_satisfied"] is not None and self.is_of(case, part)
            ]
            return (len(said), sum(said), True) if said else None
        waves = [
            wave
            for wave in self.rows["surveys"]
            if wave["question_code"] == "overall" and wave["group_code"] == "all"
            if first <= wave["closed_on"] <= day
            if target.wave in (None, wave["survey_code"])
        ]
        sound = [
            wave
            for wave in waves
            if wave["valid_count"]  # nobody's answers say nothing
            and wave["distributed_count"] >= wave["returned_count"]
            and wave["returned_count"] >= wave["valid_count"] >= wave["satisfied_count"]
        ]
        valid = sum(wave["valid_count"] for wave in sound or waves)
        satisfied = sum(wave["satisfied_count"] for wave in sound or waves)
        return (valid, satisfied, bool(sound)) if valid else None

    def worst_week(self, part: Part, year: int, day: date) -> float | None:
        if part is None:
            branches = {h["branch_code"] for h in self.rows["opening_hours"]}
            found = [self.worst_week(branch, year, day) for branch in branches]
            return min((hours for hours in found if hours is not None), default=None)
        mine = [h for h in self.rows["opening_hours"] if self.is_of(h, part)]
        if not mine:
            return None
        first, last = min(h["day"] for h in mine), max(h["day"] for h in mine)
        hours = []
        mondays = (new_year(year) + n * DAY for n in range(-6, 365))
        for monday in (d for d in mondays if d.weekday() == 0 and d.isocalendar().year == year):
            if first <= monday <= last and min(monday + 6 * DAY, date(year, 12, 31)) <= day:
                week = [h for h in mine if monday <= h["day"] <= monday + 6 * DAY]
                hours.append(sum(h["closes_at"].hour - h["opens_at"].hour for h in week))
        return min(hours, default=None)

    # the verdict

    def judge(self, target: Target, part: Part, day: date, share: float) -> Row:
        """Return what is to be said, share of the year's work being due by the day."""
        if target.kind == "survey":
            return self.judge_survey(target, part, day)
        if target.kind == "compliance":
            return self.judge_weeks(target, part, day)
        first = new_year(target.plan_year)
        whose = self.whose(target, part)
        before = self.gained(target.measure, whose, date.min, first - DAY)
        this_year = self.gained(target.measure, whose, first, day)
        about = planfile.plan_measures()[target.measure]
        if this_year is None and (before is None or about.is_metered):
            return {"value": None, "reason": "nothing_recorded", "status": "not_computable"}
        done, start = this_year or 0.0, before or 0.0
        goal = goal_of(target, part, day)
        if target.kind == "total":
            projected = done if about.is_reading else done / share if share else None
            said = {"value": done, "expected_value": goal * share, "projected_value": projected}
        elif target.kind == "level" and about.is_reading:
            said = {"value": start + done, "expected_value": None, "projected_value": start + done}
        elif target.kind == "level":
            said = {
                "value": start + done,
                "expected_value": start + (goal - start) * share,
                "projected_value": start + done / share if share else None,
            }
        else:
            said = self.rate(target, part, day, done, share)
        return {"reason": None} | said | self.status(target, part, day, said)

    def rate(self, target: Target, part: Part, day: date, done: float, share: float) -> Row:
        whose = self.whose(target, part)
        base = self.base(target, whose, day)
        is_part = target.per not in planfile.BASES
        if base is None and not is_part:
            of = "network_" if target.per == "population" and whose is None else ""
            return {"value": None, "reason": f"no_{of}{target.per}"}
        if not base:
            return {"value": None, "reason": "no_base"}
        value = done / base
        if is_part:
            if target.measure == "survey_returned_count" and value > 1:
                return {"value": None, "reason": "more_answers_than_forms"}
            return {"value": value, "expected_value": None, "projected_value": value}
        goal = goal_of(target, part, day)
        projected = value / share if share else None
        return {"value": value, "expected_value": goal * share, "projected_value": projected}

    def status(self, target: Target, part: Part, day: date, said: Row) -> Row:
        value = said["value"]
        if value is None:
            return {"status": "not_computable"}
        goal, last = goal_of(target, part, day), date(target.plan_year, 12, 31)
        # cards end, and books are bought for the loans to be divided by
        can_fall = target.kind == "level" or said["expected_value"] is None
        can_fall |= planfile.plan_measures()[target.measure].can_fall or target.per == "holdings"
        if value >= goal and (day == last or not can_fall):
            return {"status": "met"}
        a_day = planfile.plan_measures()[target.measure].most_a_day
        if day == last or (a_day and value + a_day * (last - day).days < goal):
            return {"status": "not_met"}
        ahead = said["projected_value"]
        if target.kind == "total" or ahead is None:
            on_course = value >= said["expected_value"]
        else:
            on_course = ahead >= goal
        return {"status": "on_course" if on_course else "behind"}

    def judge_survey(self, target: Target, part: Part, day: date) -> Row:
        blank = {"value": None, "status": "not_computable"}
        found = None if part else self.answers(target, self.whose(target, part), day)
        if found is None:
            return blank | {"reason": "no_answers"}
        valid, satisfied, is_sound = found
        if not is_sound:
            return blank | {"reason": "more_answers_than_forms"}
        lower, upper = wilson(satisfied, valid)
        goal = goal_of(target, part, day)
        is_settled = target.wave is not None or (day.month, day.day) == (12, 31)
        reached, missed = ("met", "not_met") if is_settled else ("on_course", "behind")
        status = reached if lower >= goal else missed if upper < goal else "not_shown"
        said = {"lower_share": lower, "upper_share": upper, "status": status, "reason": None}
        return said | {"value": satisfied / valid, "expected_value": None, "projected_value": None}

    def judge_weeks(self, target: Target, part: Part, day: date) -> Row:
        worst = self.worst_week(self.whose(target, part), target.plan_year, day)
        if worst is None:
            return {"value": None, "status": "not_computable", "reason": "no_complete_week"}
        is_kept, is_over = worst >= goal_of(target, part, day), day.month == 12 and day.day == 31
        status = ("met" if is_over else "on_course") if is_kept else "not_met"
        return {"value": worst, "status": status, "reason": None, "projected_value": None}


def goal_of(target: Target, part: Part, day: date) -> float:
    return target.at(day)[0] if part is None else target.by_branch[part]


def wilson(hits: int, size: int) -> tuple[float, float]:
    """Return the two ends in Wilson's own form: (k + z²/2 ∓ z √(k (n - k)/n + z²/4)) / (n + z²)."""
    z = 1.959963985
    middle = hits + z**2 / 2
    half = z * sqrt(hits * (size - hits) / size + z**2 / 4)
    return (middle - half) / (size + z**2), (middle + half) / (size + z**2)


# --- random libraries and random promises


def random_targets(dice: random.Random, oracle: Oracle, year: int) -> list[Target]:
    """Return promises of every kind, near what will have come about so that verdicts differ."""
    last = date(year, 12, 31)
    targets = []
    for kind, measure, per in KINDS:
        goal, scope = dice.choice([0.4, 0.8, 0.85]), dice.choice(["main", "network"])
        if kind in ("total", "level"):
            first = new_year(year) if kind == "total" else date.min
            whole = MAIN if scope == "main" else None
            reached = oracle.gained(measure, whole, first, last) or 0
            goal = max(1.0, reached * dice.choice([0.5, 0.9, 1, 1.2, 3]))
        elif kind == "compliance":
            goal = dice.choice([10.0, 25.0, 60.0])
        elif kind == "rate":
            goal = dice.choice([0.001, 0.01, 0.1, 0.8, 2])
        told = planfile.plan_measures()[measure].by_branch
        targets.append(
            promise(
                year,
                kind,
                measure,
                per,
                goal=goal,
                scope=scope,
                by_branch={"main": goal / 2, "east": goal / 4} if told else {},
                by_month={dice.randrange(1, 13): 1, 12: 2} if dice.random() < 0.2 else {},
                revisions=tuple(
                    Revision(new_year(year) + n * DAY, goal * dice.choice([0.8, 1.1]), WORDS)
                    for n in sorted(dice.sample(range(1, 365), dice.choice([0, 0, 2])))
                ),
            )
        )
    return targets


def more_answers(library: Library, dice: random.Random) -> None:
    """Add waves that cannot be, waves of one group, and volunteers."""
    for _ in range(3):
        forms = {"distributed_count": dice.choice([200, 300]), "returned_count": 240}
        day = date(2018, 1, 1) + dice.randrange(730) * DAY
        group = dice.choice(["all", "senior"])
        library.put("surveys", closed_on=day, group_code=group, valid_count=240, **forms)
    for _ in range(30):
        library.put(
            "volunteers",
            served_on=date(2018, 1, 1) + dice.randrange(730) * DAY,
            branch_code=dice.choice(["main", "east", None]),
            service_hours=dice.choice([None, 2.5, 30.0]),
        )


@pytest.mark.few(9)
@pytest.mark.parametrize("seed", some_every_day(10, 4))
def test_every_promise_is_judged_as_the_records_say(seed, library):
    dice = random.Random(seed)
    fill(library, dice)
    more_answers(library, dice)
    oracle = Oracle(library)
    targets = [t for year in (2018, 2019) for t in random_targets(dice, oracle, year)]
    plans = [Plan(y, {t.code: t for t in targets if t.plan_year == y}) for y in (2018, 2019)]
    library.promise(*plans)
    found = {
        (row["plan_year"], row["target_code"], row["branch_code"], row["day"]): row
        for row in library.table("target_days")
    }
    assert len(found) == 365 * sum(1 + len(target.by_branch) for target in targets)
    for target in targets:
        basis, weights = oracle.pace(target)
        for day in scattered(dice, target):
            share = sum(n for other, n in weights.items() if other <= day) / sum(weights.values())
            for part in (None, *target.by_branch):
                row = found[target.plan_year, target.code, part, day]
                said = oracle.judge(target, part, day, share)
                said |= {"goal": goal_of(target, part, day), "pace_basis": basis}
                agree(row, said | {"expected_share": share})


@pytest.mark.parametrize("seed", some_every_day(10, 3))
def test_a_verdict_that_is_settled_is_never_taken_back(seed, library):
    """Whatever is recorded later in the year; a goal that is changed is another goal."""
    dice = random.Random(seed)
    fill(library, dice)
    more_answers(library, dice)
    targets = [replace(t, revisions=()) for t in random_targets(dice, Oracle(library), 2019)]
    library.promise(Plan(2019, {target.code: target for target in targets}))
    ways: dict[Any, list[str]] = {}
    for row in library.table("target_days"):  # in the order of days
        ways.setdefault((row["target_code"], row["branch_code"]), []).append(row["status"])
    for promised, statuses in ways.items():
        settled = next((n for n, s in enumerate(statuses) if s in ("met", "not_met")), None)
        if settled is not None:
            assert set(statuses[settled:]) == {statuses[settled]}, promised


def scattered(dice: random.Random, target: Target) -> list[date]:
    """Return days all over a year, its ends and those on which the target was changed."""
    first = new_year(target.plan_year)
    ends = [first, first + 364 * DAY, first + 363 * DAY]
    changes = [revision.since - n * DAY for revision in target.revisions for n in (0, 1)]
    return [*ends, *changes, *(first + n * DAY for n in dice.sample(range(365), 8))]


def agree(row: Row, said: Row) -> None:
    where = (row["target_code"], row["branch_code"], row["day"])
    assert row["reason"] == said["reason"], where
    for name, wanted in said.items():
        if isinstance(wanted, float):
            assert row[name] == pytest.approx(wanted, rel=1e-6, abs=1e-9), (where, name)
        elif name != "status":
            assert row[name] == wanted, (where, name)
    # where the two sides of a verdict are equal to the last digit, the digit decides
    marks = [said["goal"], said.get("expected_value")]
    sides = [said["value"], said.get("projected_value")]
    pairs = [(a, b) for a in sides for b in marks if a is not None and b is not None]
    if not any(a != b and abs(a - b) < 1e-9 * max(1, abs(b)) for a, b in pairs):
        assert row["status"] == said["status"], (where, row, said)


@pytest.mark.slow
def test_the_oracle_has_seen_every_verdict_and_every_reason(library):
    """Else the test above could hold of libraries in which nothing happens."""
    paced = {"met", "on_course", "behind", "not_met"}
    wanted = {(kind, status) for kind in ("total", "level", "rate") for status in paced}
    wanted |= {("survey", status) for status in (*paced, "not_shown")}
    wanted |= {("compliance", status) for status in ("met", "on_course", "not_met")}
    wanted |= {None, "no_population", "no_answers", "no_complete_week", "no_base"}
    for seed in range(10):
        dice = random.Random(seed)
        fill(library, dice)
        more_answers(library, dice)
        oracle = Oracle(library)
        plans = [
            Plan(year, {target.code: target for target in random_targets(dice, oracle, year)})
            for year in (2018, 2019)
        ]
        library.promise(*plans)
        for row in library.table("target_days"):
            wanted -= {(row["target_code"].split("_")[0], row["status"]), row["reason"]}
        if not wanted:
            return
        library.empty()
        library.put("branches", branch_code="main", is_main=True)
        library.put("branches", branch_code="east")
    assert wanted == set()


# --- what cannot be told: never 0, never dropped


def blank(library: Library, target: Target, as_of: str = "2019-06-30") -> tuple[Any, ...]:
    library.promise(Plan(2019, {target.code: target}))
    (row,) = library.ask("plan_progress", as_of=date.fromisoformat(as_of)).to_dicts()
    (behind,) = library.ask("plan_evidence", as_of=date.fromisoformat(as_of)).to_dicts()
    row |= {"reason": behind["reason"]}
    assert row["status"] == ("not_computable" if row["value"] is None else row["status"])
    return row["value"], row["reason"]


@pytest.mark.parametrize(("kind", "measure", "per"), KINDS)
@pytest.mark.few(2)
def test_of_a_library_that_recorded_nothing_every_promise_says_why_on_every_day(
    kind, measure, per, library
):
    target = promise(2019, kind, measure, per, goal=0.5)
    library.promise(Plan(2019, {target.code: target}))
    rows = library.table("target_days")
    assert len(rows) == 365
    why = {"survey": "no_answers", "compliance": "no_complete_week"}.get(kind, "nothing_recorded")
    assert {(row["value"], row["status"], row["reason"]) for row in rows} == {
        (None, "not_computable", why)
    }


@pytest.mark.parametrize(
    ("scope", "reason", "other"),
    [
        ("main", "no_population", "population_served_network"),
        ("network", "no_network_population", "population_served"),
    ],
)
def test_visits_per_capita_need_the_population_of_their_scope(scope, reason, other, library):
    rate = promise(2019, "rate", "visit_count", "population", scope=scope)
    library.put("visits", visit_count=200)
    assert blank(library, rate) == (None, reason)
    library.put("settings", setting_code=other)
    assert blank(library, rate) == (None, reason)


def test_one_library_alone_is_main_library_and_network_at_once(library):
    library.rows["branches"].pop()
    library.put("settings", value=400.0)
    library.put("visits", branch_code="main", visit_count=200)
    library.put("events", branch_code=None)  # nobody had to say where
    for scope in ("main", "network"):
        rate = promise(2019, "rate", "visit_count", "population", scope=scope)
        assert blank(library, rate) == (0.5, None)
        held = promise(2019, "total", "lecture_count", scope=scope)
        assert blank(library, held) == (1, None)


def test_a_promise_of_the_main_library_counts_none_of_another_branch(library):
    library.put("visits", branch_code="main", visit_count=2)
    library.put("visits", branch_code="east", visit_count=3)
    mine, all_of_us = (
        promise(2019, "total", "visit_count", scope=scope) for scope in ("main", "network")
    )
    assert blank(library, mine) == (2, None)
    assert blank(library, all_of_us) == (5, None)


def test_a_record_without_a_branch_is_the_networks_and_not_the_main_librarys(library):
    library.stage(branch_code=None)
    for scope, held in (("main", None), ("network", 1)):
        value, _ = blank(library, promise(2019, "total", "lecture_count", scope=scope))
        assert value == held


def test_the_network_is_open_while_any_branch_is_and_keeps_hours_only_where_all_do(library):
    library.open(date(2019, 1, 7), date(2019, 1, 12))  # main: Monday to Saturday, ten hours each
    library.open(date(2019, 1, 7), branch_code="east")
    library.open(date(2019, 1, 10), date(2019, 1, 13), branch_code="east")
    for scope, days, hours in (("main", 6, 60), ("network", 7, 50)):
        opened = promise(2019, "total", "open_day_count", scope=scope)
        assert blank(library, opened) == (days, None)
        kept = promise(2019, "compliance", "opening_hours", scope=scope)
        assert blank(library, kept) == (hours, None)


def test_a_population_of_0_is_no_base(library):
    library.put("visits", visit_count=200)
    library.put("settings", value=0.0)
    rate = promise(2019, "rate", "visit_count", "population", scope="main")
    assert blank(library, rate) == (None, "no_base")


def test_a_circulation_rate_needs_the_end_of_a_month(library):
    rate = promise(2019, "rate", "loan_count", "holdings")
    library.lend()
    assert blank(library, rate) == (None, "no_holdings")
    library.hold(month_end=date(2018, 12, 31))
    assert blank(library, rate) == (0.01, None)


def test_a_share_of_no_forms_is_no_share(library):
    rate = promise(2019, "rate", "survey_returned_count", "survey_distributed_count")
    library.put("surveys", closed_on=date(2018, 6, 1))
    assert blank(library, rate) == (None, "no_base")
    library.put("surveys", closed_on=date(2019, 2, 1), distributed_count=0, returned_count=0)
    assert blank(library, rate) == (None, "no_base")


def test_more_forms_back_than_were_handed_out_are_no_share(library):
    rate = promise(2019, "rate", "survey_returned_count", "survey_distributed_count", goal=0.8)
    library.put("surveys", distributed_count=200, returned_count=250)
    assert blank(library, rate) == (None, "more_answers_than_forms")


def test_every_form_back_is_a_share_of_1(library):
    rate = promise(2019, "rate", "survey_returned_count", "survey_distributed_count", goal=0.8)
    library.put("surveys", distributed_count=250, returned_count=250)
    assert blank(library, rate) == (1, None)


def test_what_is_no_share_may_well_be_above_1(library):
    """Two loans a visit are no more answers than forms."""
    library.put("visits", visit_count=1)
    library.lend()
    library.lend()
    assert blank(library, promise(2019, "rate", "loan_count", "visit_count")) == (2, None)


@pytest.mark.parametrize(
    "counts",
    [
        {"satisfied_count": 241},
        {"valid_count": 251},
        {"returned_count": 301},
    ],
    ids=lambda counts: next(iter(counts)),
)
def test_a_wave_that_adds_up_to_more_than_it_can_says_nothing(counts, library):
    library.put("surveys", **counts)
    survey = promise(2019, "survey", "reader_satisfaction", goal=0.85)
    assert blank(library, survey) == (None, "more_answers_than_forms")
    library.put("surveys", survey_code="2", closed_on=date(2019, 6, 30))
    assert blank(library, survey) == (0.85, None)


@pytest.mark.parametrize("unanswered", [date(2019, 1, 31), date(2019, 6, 3)])
def test_a_wave_that_nobody_answered_hides_no_fault_of_another(unanswered, library):
    library.put("surveys", closed_on=date(2019, 3, 31), valid_count=251)
    library.put("surveys", survey_code="2", closed_on=unanswered, valid_count=0, satisfied_count=0)
    survey = promise(2019, "survey", "reader_satisfaction", goal=0.85)
    assert blank(library, survey) == (None, "more_answers_than_forms")


def test_answers_of_one_group_or_to_another_question_are_none_of_the_whole(library):
    survey = promise(2019, "survey", "reader_satisfaction", goal=0.85)
    library.put("surveys", group_code="senior")
    library.put("surveys", question_code="staff")
    library.put("surveys", survey_code="2", closed_on=date(2019, 6, 3), valid_count=0)
    assert blank(library, survey) == (None, "no_answers")
    library.put("surveys", closed_on=date(2018, 12, 31))
    assert blank(library, survey) == (None, "no_answers")


def test_a_week_that_is_not_over_is_no_week(library):
    library.open(date(2019, 1, 7), date(2019, 12, 31))
    weeks = promise(2019, "compliance", "opening_hours", goal=70)
    assert blank(library, weeks, "2019-01-12") == (None, "no_complete_week")
    assert blank(library, weeks, "2019-01-13") == (70, None)


# --- parts and changes


def test_each_branch_is_judged_by_its_own_part(library):
    both = promise(2019, "total", "lecture_count", goal=4, by_branch={"main": 1, "west": 3})
    library.put("branches", branch_code="west")
    library.promise(Plan(2019, {both.code: both}))
    for branch in ("main", "main", "east", None):
        library.stage(branch_code=branch, held_on=date(2019, 1, 9))
    branches = rows_by(library.ask("target_branches", as_of=date(2019, 12, 31)), "branch_code")
    assert {code: (row["value"], row["status"]) for code, row in branches.items()} == {
        "main": (2, "met"),
        "west": (None, "not_computable"),
    }
    assert branches["west"]["reason"] == "nothing_recorded"
    (whole,) = library.ask("plan_progress").to_dicts()
    assert (whole["value"], whole["status"]) == (4, "met")  # those nobody has a part in too


def test_a_target_changed_is_judged_by_the_new_number_from_its_day_on(library):
    changed = promise(
        2019,
        "total",
        "lecture_count",
        goal=2,
        stretch=9,
        revisions=(Revision(date(2019, 7, 1), 1, WORDS), Revision(date(2019, 8, 1), 3, WORDS, 5)),
    )
    library.promise(Plan(2019, {changed.code: changed}))
    library.stage(held_on=date(2019, 1, 1))
    by_day = rows_by(
        library.ask("target_path", as_of=date(2019, 9, 30)).filter(target_code=changed.code), "day"
    )
    assert by_day[date(2019, 6, 30)]["goal"] == 2
    assert by_day[date(2019, 9, 29)]["goal"] == 3
    found = [
        {row["day"]: row for row in library.table("target_days")}[date(2019, *day)]
        for day in ((6, 30), (7, 1), (7, 31), (8, 1))
    ]
    assert [(row["goal"], row["stretch"]) for row in found] == [
        (2, 9),
        (1, None),
        (1, None),
        (3, 5),
    ]
    assert [row["status"] for row in found] == ["on_course", "met", "met", "behind"]


def test_the_plan_of_a_year_the_data_does_not_reach_has_no_rows(library):
    library.promise(Plan(2021, {"x": promise(2021, "total", "lecture_count")}))
    assert library.table("target_days") == []
    assert library.ask("plan_progress", as_of=date(2021, 6, 30)).is_empty()


# --- the clause of an event

WALL_OR_WORKS = (Condition("wall_metres", minimum=200), Condition("work_count", minimum=200))
SPEAKER = (Condition("speaker_rank", one_of=("vice_senior", "full_senior")),)
LECTURES = promise(2019, "total", "lecture_count", quality=SPEAKER)
EXHIBITIONS = promise(2019, "total", "exhibition_count", quality=WALL_OR_WORKS)
OUTREACH = promise(
    2019, "total", "outreach_count", quality=(Condition("place_kind", one_of=("school",)),)
)
VISITORS = promise(
    2019, "total", "featured_count", quality=(Condition("attendance_count", minimum=30),)
)


@pytest.mark.parametrize(
    ("target", "kind", "fields", "meets", "missing"),
    [
        (LECTURES, "lecture", {"speaker_rank": "vice_senior"}, True, None),
        (LECTURES, "lecture", {"speaker_rank": "other"}, False, None),
        (LECTURES, "lecture", {}, None, "speaker_rank"),
        (EXHIBITIONS, "exhibition", {"wall_metres": 200.0}, True, None),
        (EXHIBITIONS, "exhibition", {"work_count": 200, "wall_metres": 1.0}, True, None),
        (EXHIBITIONS, "exhibition", {"work_count": 199, "wall_metres": 199.9}, False, None),
        (EXHIBITIONS, "exhibition", {"work_count": 199}, None, "wall_metres"),
        (EXHIBITIONS, "exhibition", {"wall_metres": 0.0}, None, "work_count"),
        (EXHIBITIONS, "exhibition", {}, None, "wall_metres"),
        (OUTREACH, "outreach", {"place_kind": "school"}, True, None),
        (OUTREACH, "outreach", {"place_kind": "other"}, False, None),
        (VISITORS, "featured", {"attendance_count": 30}, True, None),
        (VISITORS, "featured", {"attendance_count": 0}, False, None),
        (VISITORS, "featured", {}, None, "attendance_count"),
        (replace(LECTURES, quality=()), "lecture", {}, None, None),
    ],
)
def test_an_event_meets_its_clause_fails_it_or_lacks_the_field(
    target, kind, fields, meets, missing, library
):
    library.promise(Plan(2019, {target.code: target}))
    library.stage(kind, **fields)
    (row,) = library.table("target_events")
    assert row["has_clause"] == bool(target.quality)
    assert (row["meets_clause"], row["missing_field"]) == (meets, missing)
    (event,) = library.ask("events_behind").to_dicts()
    assert (event["meets_clause"], event["missing_field"], event["state"]) == (
        meets,
        missing,
        "held",
    )


def test_what_does_not_meet_its_clause_does_not_count(library):
    """Nor does what nobody can tell of; where none does, it is 0 and not unknown."""
    target = replace(LECTURES, goal=2, by_branch={"main": 1, "east": 1})
    library.promise(Plan(2019, {target.code: replace(target, scope="network")}))
    for day, (branch, rank) in enumerate(
        [("main", "other"), ("main", None), ("main", "vice_senior"), ("east", "vice_senior")], 1
    ):
        library.stage(held_on=date(2019, 3, day), branch_code=branch, speaker_rank=rank)
    found = {(row["branch_code"], row["day"]): row for row in library.table("target_days")}
    values = [found[None, date(2019, 3, day)]["value"] for day in range(1, 5)]
    assert values == [0, 0, 1, 2]
    assert [found[part, date(2019, 3, 4)]["value"] for part in ("main", "east")] == [1, 1]
    assert found[None, date(2019, 3, 4)]["status"] == "met"
    (evidence,) = library.ask("plan_evidence", as_of=date(2019, 3, 4)).to_dicts()
    assert (evidence["held_count"], evidence["clause_count"], evidence["done"]) == (4, 2, 2)


def test_two_events_of_one_name_on_one_day_are_two(library):
    """At two branches; each is judged by itself."""
    library.promise(Plan(2019, {LECTURES.code: LECTURES}))
    library.stage(title="同题", branch_code="main", speaker_rank="vice_senior")
    library.stage(title="同题", branch_code="east", speaker_rank="other")
    library.stage(title="同题", branch_code=None)
    rows = library.ask("events_behind").to_dicts()
    assert [(row["branch_code"], row["meets_clause"]) for row in rows] == [
        ("east", False),
        ("main", True),
        (None, None),
    ]


def test_events_of_another_year_or_kind_stand_behind_no_promise(library):
    library.promise(Plan(2019, {LECTURES.code: LECTURES}))
    library.stage(held_on=date(2018, 12, 31))
    library.stage("outreach")
    library.stage(held_on=date(2019, 1, 1), is_held=False)
    library.stage(held_on=date(2019, 12, 31), is_held=False)
    rows = library.ask("events_behind", as_of=date(2019, 6, 30)).to_dicts()
    assert [(row["held_on"], row["state"]) for row in rows] == [
        (date(2019, 12, 31), "scheduled"),
        (date(2019, 1, 1), "not_held"),
    ]


# --- the interval of a share

# Satisfied, answers, and the 95 % Wilson interval as SciPy 1.17 gives it:
# scipy.stats.binomtest(k, n).proportion_ci(method="wilson")
INTERVALS = [
    (0, 1, 0.000000000, 0.793450686),
    (1, 1, 0.206549314, 1.000000000),
    (0, 20, 0.000000000, 0.161125158),
    (1, 20, 0.008881449, 0.236131193),
    (10, 20, 0.299298008, 0.700701992),
    (20, 20, 0.838874842, 1.000000000),
    (204, 240, 0.799330535, 0.889641721),
    (215, 240, 0.850751826, 0.928442987),
    (214, 240, 0.846001352, 0.924991410),
    (193, 240, 0.749335561, 0.849414138),
    (3, 7, 0.158219855, 0.749541635),
    (1999, 2000, 0.997173137, 0.999911732),
]


@pytest.mark.parametrize(("satisfied", "valid", "lower", "upper"), INTERVALS)
def test_the_interval_of_a_share_is_wilsons(satisfied, valid, lower, upper, library):
    forms = {"distributed_count": 2000, "returned_count": 2000}
    library.put("surveys", valid_count=valid, satisfied_count=satisfied, **forms)
    row = next(r for r in library.table("survey_shares") if r["wave_code"] is None)
    assert row["lower_share"] == pytest.approx(lower, abs=1e-6)
    assert row["upper_share"] == pytest.approx(upper, abs=1e-6)


def test_a_week_that_ends_with_the_year_is_of_that_year(library):
    hours = promise(2017, "compliance", "opening_hours")
    library.promise(Plan(2017, {hours.code: hours}))
    library.cover(date(2017, 1, 1), date(2018, 1, 31))
    library.open(date(2017, 12, 11), date(2018, 1, 31))
    sunday, mondays = date(2017, 12, 31), [date(2017, 12, day) for day in (11, 18, 25)]
    for as_of, announced in ((sunday, 0), (sunday - DAY, 1)):
        assert library.ask("opening_by_week", as_of=as_of)["week_start"].to_list() == mondays
        (evidence,) = library.ask("plan_evidence", as_of=as_of).to_dicts()
        assert evidence["week_count"] == len(mondays) - announced
        assert evidence["announced_week_count"] == announced


@pytest.mark.parametrize(("last", "count"), [(date(2020, 12, 31), 2), (date(2021, 1, 3), 3)])
def test_a_week_that_runs_into_the_next_year_is_over_with_its_own_if_its_hours_are_known(
    last, count, library
):
    """31 December 2020 is a Thursday; 31 December 2018 a Monday, and its week is of 2019."""
    hours = promise(2020, "compliance", "opening_hours", goal=70)
    library.promise(Plan(2020, {hours.code: hours}))
    library.cover(date(2020, 1, 1), last)
    library.open(date(2020, 12, 14), last)
    (evidence,) = library.ask("plan_evidence", as_of=date(2020, 12, 31)).to_dicts()
    assert (evidence["week_count"], evidence["kept_week_count"]) == (count, count)
    (progress,) = library.ask("plan_progress", as_of=date(2020, 12, 31)).to_dicts()
    assert (progress["value"], progress["status"]) == (70, "met")


def test_the_week_of_31_december_2018_is_held_against_the_plan_of_2019(library):
    hours = promise(2019, "compliance", "opening_hours", goal=70)
    library.promise(Plan(2019, {hours.code: hours}))
    library.cover(date(2018, 12, 1), date(2019, 1, 31))
    library.open(date(2018, 12, 24), date(2018, 12, 30))
    library.open(date(2019, 1, 2), date(2019, 1, 31))
    (evidence,) = library.ask("plan_evidence", as_of=date(2019, 1, 13)).to_dicts()
    assert (evidence["week_count"], evidence["kept_week_count"]) == (2, 1)
    assert evidence["worst_week"] == date(2018, 12, 31)
