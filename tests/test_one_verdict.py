"""One list of verdicts: what the strip counts, the table, the alerts and the story of each say."""

import calendar
import re
from collections import Counter
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from conftest import OWN_OF_TESTS, PLANS

from guanqing import plan, query_params, text, warehouse
from guanqing.figures.plan import alerts as alert_figures
from guanqing.figures.plan import facts, scorecard, standing, story
from guanqing.figures.view import View
from guanqing.period import Period
from guanqing.plan import alerts, ranking, verdicts
from guanqing.plan.outlook import Outlook
from guanqing.plan.scoring import Standing
from guanqing.store import Store

pytest_plugins = ["stores"]

MONTH_ENDS = [date(2019, m, calendar.monthrange(2019, m)[1]) for m in range(1, 13)]


def test_the_list_is_one_list():
    listed = [*verdicts.OF_TARGETS, *verdicts.OF_MILESTONES]
    assert sorted(listed) == sorted(verdicts.ORDER)
    for part in (verdicts.OF_TARGETS, verdicts.OF_MILESTONES):
        assert sorted(part, key=verdicts.rank) == list(part)
    assert [text.translate(f"status.{code}", "zh") for code in verdicts.OF_TARGETS[::-1]] == [
        *["已达成", "进度正常", "无法计算", "尚不能证实", "落后", "无法达成"]
    ]


@pytest.fixture(scope="module")
def connection(simulated):
    return warehouse.connect(Store(simulated).current())


@pytest.fixture(params=MONTH_ENDS, ids=str)
def view(request, connection) -> View:
    facts = warehouse.run(connection, "library_facts").row(0, named=True)
    filters = query_params.defaults(facts) | {"as_of": request.param, "target": None}

    def run(query: str, params: dict[str, Any]) -> Any:
        return warehouse.run(connection, query, **params)

    kept: dict[str, Any] = {}

    def once(key: str, make: Any) -> Any:
        return kept[key] if key in kept else kept.setdefault(key, make())

    whole = Period("2019", date(2019, 1, 1), date(2020, 1, 1))
    return View(run, facts, filters, whole, "en", own=OWN_OF_TESTS, once=once)


def words(content: Any) -> str:
    return re.sub(r"<[^>]+>", " ", " ".join(str(block) for block in content.blocks))


@pytest.mark.slow
def test_strip_table_alerts_and_stories_say_the_same(view):
    found = standing.standings(view, view.ask)
    said = {one.target.name["en"]: view.t(f"status.{one.status}") for one in found}
    order = [one.target.name["en"] for one in standing.ranked(view, found)]

    strip = scorecard.plan_verdict.compose(view).headline
    for verdict, count in Counter(said.values()).items():
        assert f"{count} {verdict}" in strip

    (table,) = scorecard.plan_behind.compose(view).blocks
    rows = {row[0]: re.sub(r"<[^>]+>|[^a-z ]", "", str(row[-1])).strip() for row in table.rows}
    assert (rows, list(rows)) == (said, order)
    lines = [
        block for block in scorecard.plan_scorecard.compose(view).blocks if hasattr(block, "link")
    ]
    assert [line.link.words for line in lines] == order

    told = alerts.gathered(
        lambda query: view.ask(query, target=None).to_dicts(),
        plan.load(2019, PLANS),
        view.filters["as_of"],
    )
    of_targets = {a.name["en"]: view.t(f"status.{a.verdict}") for a in told if a.kind != "overdue"}
    assert of_targets.items() <= said.items()
    must = {one.target.name["en"] for one in found if one.status in verdicts.TO_ACT_ON}
    assert must <= of_targets.keys()
    assert [name for name in order if name in of_targets] == list(of_targets)
    ranks = [verdicts.rank(alert.verdict) for alert in told]
    assert ranks == sorted(ranks)
    drawn = words(alert_figures.plan_alerts_all.compose(view))
    assert all(name in drawn for name in of_targets)

    for one in found:
        view.filters["target"] = one.target.code
        assert said[one.target.name["en"]] in words(story.target_verdict.compose(view))


def test_of_a_promise_for_every_week_the_worst_is_called_the_worst(view):
    view.filters["target"] = "opening_hours_per_week"
    (one,) = [s for s in standing.standings(view, view.ask) if s.target.kind == "compliance"]
    worst = f"worst {one.value:g}"
    (table,) = scorecard.plan_behind.compose(view).blocks
    kept = f"{one.kept_week_count}/{one.week_count}"
    said = {row[0]: [re.sub(r"<[^>]+>", "", str(cell)) for cell in row] for row in table.rows}
    assert said[one.target.name["en"]][1:3] == [f"{kept} wk", "70 hours/wk"]
    assert worst in words(scorecard.plan_scorecard.compose(view))
    assert worst in words(story.target_verdict.compose(view))
    told = words(facts.target_facts.compose(view))
    share = f"{one.kept_week_count / one.week_count:.1%}"
    assert f"{one.kept_week_count}/{one.week_count} ({share})" in told
    last = one.worst_week + timedelta(days=6)
    assert text.short_span(one.worst_week, last, "en") in told


def test_the_alerts_say_whose_targets_they_are(view):
    assert "To act on, main library (" in alert_figures.plan_alerts.compose(view).headline
    assert {target.scope for target in plan.load(2019, PLANS).targets.values()} == {"main"}


def test_the_order_follows_seriousness(view):
    found = standing.standings(view, view.ask)
    known = standing.outlooks(view, found)
    for above, below in pairwise(standing.ranked(view, found)):
        ranks = [verdicts.rank(one.status) for one in (above, below)]
        chances = [known[one.target.code].chance for one in (above, below)]
        assert ranks[0] <= ranks[1]
        if ranks[0] == ranks[1] and None not in chances:
            assert chances[0] <= chances[1]


def test_a_quota_stands_after_what_is_unlikely():
    quota, unlikely, likely = (
        Standing(target, "behind", 0.3, 1.0)
        for target in list(plan.load(2019, PLANS).targets.values())[:3]
    )
    known = {
        quota.target.code: Outlook("quota"),
        unlikely.target.code: Outlook("drawn", chance=0.01),
        likely.target.code: Outlook("drawn", chance=0.7),
    }
    assert ranking.ranked([likely, quota, unlikely], known) == [unlikely, quota, likely]


def test_the_year_is_one_sentence_that_holds_what_the_alerts_say(view):
    found = standing.standings(view, view.ask)
    known = standing.outlooks(view, found)
    hardly = [
        one
        for one in found
        if one.status == "behind" and ranking.is_unlikely(known[one.target.code])
    ]
    sentence = scorecard.plan_verdict.compose(view).headline
    assert ("unlikely)" in sentence) >= bool(hardly)
    if hardly:
        assert f"behind ({len(hardly)} unlikely)" in sentence
