"""Nothing said in the year is taken back in it, and no sentence contradicts itself."""

import importlib.util
import sys
from dataclasses import replace
from datetime import date
from types import SimpleNamespace

import pytest
from conftest import PLANS

from guanqing import plan, text
from guanqing.figures.plan import words
from guanqing.paths import ROOT
from guanqing.plan import alerts, amounts, ranking
from guanqing.plan.outlook import Outlook
from guanqing.plan.scoring import Standing
from guanqing.store import Store

TARGETS = plan.load(2019, PLANS).targets


@pytest.fixture(scope="module")
def walk():
    spec = importlib.util.spec_from_file_location("walk", ROOT / "benchmarks" / "walk.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["walk"] = module  # a dataclass looks its module up
    spec.loader.exec_module(module)
    yield module
    del sys.modules["walk"]


@pytest.mark.slow
def test_what_was_settled_at_three_month_ends_stood_to_the_years_end(walk, tmp_path):
    walk.whole_year(Store(tmp_path))
    days = [date(2019, 2, 28), date(2019, 6, 30), date(2019, 9, 30)]
    claims = walk.walked(Store(tmp_path), days)
    assert walk.taken_back(claims) == []
    said = {claim.certainty for claim in claims}
    assert said >= {"settled", "alert settled", "sentence", "finding", "very_likely", "unlikely"}
    assert said <= {certainty for certainty, *_ in walk.ROWS}
    # the year is one year: what is asserted of chances is only that they lean the right way
    for word, should in (("very_likely", True), ("unlikely", False)):
        came = [claim.came_true for claim in claims if claim.certainty == word]
        assert came.count(should) >= 0.8 * len(came)
    held = [claim.came_true for claim in claims if claim.certainty == "95 %"]
    assert held.count(True) >= 0.9 * len(held)


def test_a_claim_that_had_to_hold_and_did_not_is_named(walk):
    stood = walk.Claim(date(2019, 6, 30), "lectures", "settled", "met", came_true=True)
    fell = replace(stood, about="exhibitions", came_true=False)
    unlucky = replace(fell, certainty="very_likely")
    assert walk.taken_back([stood, fell, unlucky]) == [fell]
    shown = walk.table([stood, fell, unlucky])
    assert "| 2 | 1 (50%) | always |" in shown
    assert "| 1 | 0 (0%) | 80–100 % |" in shown


# --- one voice


@pytest.mark.parametrize(
    ("status", "chance", "is_at_odds"),
    [
        *(("behind", 0.9, True), ("behind", 0.6, True), ("behind", 0.5, False)),
        *(("on_course", 0.1, True), ("on_course", 0.2, False), ("on_course", 0.9, False)),
        *(("behind", None, False), ("on_course", None, False), ("not_met", 0.0, False)),
    ],
)
def test_pace_and_chance_are_at_odds_where_one_says_yes_and_the_other_no(
    status, chance, is_at_odds
):
    assert ranking.is_at_odds(status, Outlook("drawn", chance=chance)) == is_at_odds


@pytest.mark.parametrize(
    ("ahead", "zh", "en"),
    [
        (Outlook("drawn", chance=0.9), "，但很可能完成", ", but very likely to be reached"),
        (
            Outlook("drawn", chance=0.7, has_full_year=True),
            "但完成可能约70%",
            "but chance about 70%",
        ),
        (Outlook("drawn", chance=0.3), "应有1.2万人", "due by now 12,000 persons"),
    ],
)
def test_an_alert_that_a_target_is_behind_says_so_if_it_is_likely_all_the_same(ahead, zh, en):
    standing = Standing(TARGETS["card_holders"], "behind", 11000.0, 13000.0, expected_value=12000.0)
    found = alerts.behind(standing, ahead)
    assert alerts.in_words(found, "zh").endswith(zh)
    assert alerts.in_words(found, "en").endswith(en)


def test_two_ends_that_read_alike_are_one():
    view = SimpleNamespace(language="zh")
    target = replace(TARGETS["visits_per_capita"], goal=0.5)
    assert words.ends(view, 0.1161, 0.1172, target) == "0.12"
    assert words.ends(view, 0.1161, 0.1272, target) == "0.12–0.13"


@pytest.mark.parametrize(
    ("code", "goal", "value", "said"),
    [
        ("visits_per_capita", 0.15, 0.15, "0.15"),
        ("visits_per_capita", 0.15, 0.1, "0.10"),
        ("card_holders", 950, 904.6, "905"),
        ("lectures", 24, 23.6, "23.6"),
        ("opening_hours_per_week", 70, 68.5, "68.5"),
    ],
)
def test_a_number_is_said_as_finely_as_its_kind_of_thing_goes(code, goal, value, said):
    target = replace(TARGETS[code], shown_as="number", goal=goal, revisions=())
    assert amounts.said(value, target, "zh") == said


@pytest.mark.parametrize(
    ("code", "value", "zh", "en"),
    [
        ("card_holders", 12996.0, "12,996", "12,996"),
        ("card_holders", 12940.0, "1.29万", "12,940"),
        ("card_holders", 13004.0, "1.3万", "13,004"),
        ("visits_per_capita", 0.2998, "0.2998", "0.2998"),
        ("visits_per_capita", 0.3004, "0.30", "0.30"),
        ("reader_satisfaction", 0.84997, "84.997%", "84.997%"),
        ("reader_satisfaction", 0.85, "85.0%", "85.0%"),
        ("mobile_loans", 39999.9, "39,999.9", "39,999.9"),
    ],
)
def test_what_lies_below_its_goal_is_never_rounded_up_to_it(code, value, zh, en):
    target = TARGETS[code]
    assert {said: amounts.said(value, target, said) for said in text.LANGUAGES} == {
        "zh": zh,
        "en": en,
    }
