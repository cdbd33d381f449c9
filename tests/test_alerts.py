"""What needs somebody: who is told what, in which order, and how a program is told."""

import json
import re
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from conftest import PLANS, rows_by
from screens import htmls, open_page, seen
from typer.testing import CliRunner, Result

from guanqing import cli, plan, text
from guanqing.paths import DATA
from guanqing.plan import Milestone, Target, alerts
from guanqing.plan.alerts import Before
from guanqing.plan.forecast import Band
from guanqing.plan.outlook import Outlook
from guanqing.plan.planfile import Refusal
from guanqing.plan.scoring import MilestoneStanding, Standing
from guanqing.ui.widgets import kept

pytest_plugins = ["stores"]

DAY = timedelta(days=1)
AS_OF = date(2019, 6, 30)
PLAN = plan.load(2019, PLANS)
LECTURES, OPEN_DAYS = PLAN.targets["lectures"], PLAN.targets["open_days"]


def stands(target: Target = LECTURES, **differences: Any) -> Standing:
    """Return a target that is on course."""
    ordinary: dict[str, Any] = {
        "status": "on_course",
        "value": 13.0,
        "goal": target.goal,
        "expected_value": 12.0,
        "projected_value": 26.0,
        "last_day": AS_OF,
    }
    return Standing(target, **(ordinary | differences))


def a_week_ago(status: str | None = "on_course") -> Before:
    return Before(status, AS_OF - 7 * DAY)


def kinds(found: list[alerts.Alert]) -> list[tuple[str, str]]:
    return [(alert.kind, alert.target_code) for alert in found]


def ahead(chance: float | None = None, upper: float | None = None) -> Outlook:
    """Return an outlook whose 95 % band of the year's end ends above at upper."""
    path = ((date(2019, 12, 31), Band(0, 0, 0, 0, upper)),) if upper is not None else ()
    return Outlook("drawn", path=path, chance=chance)


# --- fell behind


@pytest.mark.parametrize("before", ["on_course", "met"])
@pytest.mark.parametrize("now", ["behind", "not_met", "not_computable"])
def test_a_target_that_was_well_a_week_ago_and_is_not_fell_behind(before, now):
    found = alerts.fell_behind(stands(status=now), a_week_ago(before), ahead())
    assert found.kind == "fell_behind"


@pytest.mark.parametrize(
    ("before", "now"),
    [
        ("behind", "behind"),
        ("on_course", "on_course"),
        ("behind", "on_course"),
        ("not_shown", "not_met"),
        (None, "behind"),
        ("on_course", "not_shown"),
    ],
)
def test_nothing_else_is_a_fall(before, now):
    assert alerts.fell_behind(stands(status=now), a_week_ago(before), ahead()) is None


def test_a_fall_says_from_when_and_what_is_due():
    found = alerts.fell_behind(stands(status="behind", value=11.0), a_week_ago(), ahead())
    assert alerts.in_words(found, "en") == (
        "on course on 23 Jun 2019, now behind: 11 lectures, due by now 12 lectures"
    )
    assert "11场" in alerts.in_words(found, "zh")


@pytest.mark.parametrize("expected", [12.0, None])
def test_a_fall_that_will_likely_be_made_up_says_so_in_the_same_sentence(expected):
    fallen = stands(status="behind", value=11.0, expected_value=expected)
    told = alerts.fell_behind(fallen, a_week_ago(), ahead(0.9))
    slow = alerts.behind(fallen, ahead(0.9))
    for found in (told, slow):
        assert alerts.in_words(found, "en").endswith(", but very likely to be reached")
        assert alerts.in_words(found, "zh").endswith("，但很可能完成")
    unlike = alerts.fell_behind(fallen, a_week_ago(), ahead(0.5))
    assert "but" not in alerts.in_words(unlike, "en")


# --- will be missed


def miss(outlook: Outlook, **differences: Any) -> alerts.Alert | None:
    return alerts.will_miss(stands(status="behind", **differences), outlook)


@pytest.mark.parametrize(("chance", "is_told"), [(0.0, True), (0.19, True), (0.2, False)])
def test_a_small_chance_is_told(chance, is_told):
    assert bool(miss(ahead(chance))) == is_told


def test_without_a_chance_nothing_is_told():
    assert not miss(ahead(None, 23.0), projected_value=20.0)


def test_what_cannot_be_met_any_more_is_told_without_a_forecast():
    found = alerts.will_miss(stands(OPEN_DAYS, status="not_met", value=180.0), ahead())
    assert alerts.in_words(found, "zh") == "至今180天，目标365天"


@pytest.mark.parametrize("differences", [{"status": "met"}, {"value": None}])
def test_what_is_met_or_has_no_value_will_not_be_missed(differences):
    assert alerts.will_miss(stands(**differences), ahead(0.0, 1.0)) is None


@pytest.mark.parametrize(("chance", "words"), [(0.001, "unlikely"), (0.17, "about 15%")])
def test_a_chance_is_told_no_finer_than_it_can_be_known(chance, words):
    outlook = replace(ahead(chance), has_full_year=True)
    assert alerts.in_words(miss(outlook), "en").endswith(words)


@pytest.mark.parametrize("language", text.LANGUAGES)
def test_of_an_opening_year_no_number_and_no_bound_is_told(language):
    for chance in (0.0, 0.01, 0.17):
        told = alerts.in_words(miss(ahead(chance, 23.0)), language)
        assert (
            told
            == {
                "zh": "按预测，不太可能达到24场",
                "en": "by the forecast 24 lectures is unlikely",
            }[language]
        )


# --- no data, and registers gone quiet


@pytest.mark.parametrize(
    "reason",
    [
        "nothing_recorded",
        "no_population",
        "no_network_population",
        "no_holdings",
        "no_base",
        "more_answers_than_forms",
        "no_answers",
        "no_complete_week",
        "a reason of next year",
    ],
)
@pytest.mark.parametrize("language", text.LANGUAGES)
def test_what_cannot_be_computed_is_told_with_its_reason(reason, language):
    unknown = stands(status="not_computable", value=None, reason=reason)
    words = alerts.in_words(alerts.no_data(unknown), language)
    assert words
    assert "{" not in words


def test_every_reason_the_judge_gives_has_words():
    (step,) = (DATA / "judge").glob("*_reading_days.sql")
    given = set(re.findall(r"'(no_\w+)'", step.read_text(encoding="utf-8")))
    assert "no_network_population" in given
    assert {f"reason.{reason}" for reason in given} <= text.load().keys()


@pytest.mark.parametrize(("days", "is_told"), [(45, False), (46, True)])
def test_a_register_without_a_record_for_long_is_told(days, is_told):
    found = alerts.stale(stands(last_day=AS_OF - days * DAY), AS_OF)
    assert bool(found) == is_told


def test_a_register_is_not_quiet_where_nothing_was_to_come():
    old = AS_OF - 100 * DAY
    loans = replace(LECTURES, measure="loan_count")
    survey = replace(LECTURES, kind="survey")
    assert not alerts.stale(stands(goal=2, value=1.0, last_day=old), AS_OF)  # two a year
    assert not alerts.stale(stands(value=24.0, last_day=old), AS_OF)  # all were held
    assert not alerts.stale(stands(last_day=None), AS_OF)  # no_data says it
    assert not alerts.stale(stands(loans, last_day=old), AS_OF)  # no register
    assert not alerts.stale(stands(survey, last_day=old), AS_OF)


# --- milestones and entries of the plan


def test_a_milestone_is_told_when_it_is_overdue_alone():
    film = Milestone(2019, "film", {"zh": "片", "en": "Film"}, due=AS_OF)
    found = alerts.overdue(MilestoneStanding(film, "overdue"))
    assert alerts.in_words(found, "en") == "was due by 30 Jun 2019 and is not done"
    for status in ("planned", "under_way", "done", "dropped"):
        assert alerts.overdue(MilestoneStanding(film, status)) is None


@pytest.mark.parametrize("language", text.LANGUAGES)
def test_an_entry_that_is_not_used_is_told_with_its_line_and_why(language):
    entry = Refusal("shows", 12, "at_least", "missing")
    (found,) = alerts.find([], [], {}, {}, [entry], AS_OF)
    words = alerts.in_words(found, language)
    assert found.kind == "refused"
    assert "12" in words
    assert text.translate("planfile.missing", language, value="") in words


# --- all together


def test_the_worst_comes_first_and_a_target_can_have_several():
    codes = ["lectures", "exhibitions", "open_days", "mobile_service_trips", "featured_events"]
    found = {code: PLAN.targets[code] for code in codes if code in PLAN.targets}
    lost, unlikely, likelier, fallen, unknown = found.values()
    standings = [
        stands(unknown, status="not_computable", value=None),
        stands(fallen, status="behind"),
        stands(likelier, status="behind"),
        stands(unlikely, status="behind"),
        stands(lost, status="not_met"),
    ]
    was = {unknown.code: None, likelier.code: "behind", unlikely.code: "behind"}
    before = {code: a_week_ago(was.get(code, "on_course")) for code in found}
    outlooks = dict.fromkeys(found, ahead())
    outlooks |= {likelier.code: ahead(0.1), unlikely.code: ahead(0.01)}
    assert kinds(alerts.find(standings, [], before, outlooks, [], AS_OF)) == [
        ("will_miss", lost.code),
        ("fell_behind", lost.code),
        ("will_miss", unlikely.code),
        ("will_miss", likelier.code),
        ("fell_behind", fallen.code),
        ("no_data", unknown.code),
    ]


def test_what_is_behind_is_told_though_it_may_still_be_reached():
    """Else the verdict would count four behind over a list of three."""
    before, outlooks = {"lectures": a_week_ago("behind")}, {"lectures": ahead(0.5)}
    late = stands(status="behind", value=11.0)
    (found,) = alerts.find([late], [], before, outlooks, [], AS_OF)
    assert (found.kind, found.verdict) == ("behind", "behind")
    assert alerts.in_words(found, "en") == "11 lectures so far, due by now 12 lectures"
    paceless = replace(late, expected_value=None)
    (found,) = alerts.find([paceless], [], before, outlooks, [], AS_OF)
    assert alerts.in_words(found, "en") == "11 lectures so far, goal 24 lectures"


def test_where_all_is_well_nobody_is_told_anything():
    before, outlooks = {"lectures": a_week_ago()}, {"lectures": ahead(0.9)}
    assert alerts.find([stands()], [], before, outlooks, [], AS_OF) == []


def test_a_year_without_a_plan_has_no_alerts():
    assert alerts.gathered(pytest.fail, plan.Plan(1999), date(1999, 1, 1)) == []


# --- the query


def changes_of(library, as_of: date) -> dict[str, dict[str, Any]]:
    return rows_by(library.ask("plan_changes", as_of=as_of), "target_code")


def test_a_status_stands_beside_that_of_a_week_before(library):
    library.cover(date(2019, 1, 1), date(2019, 12, 31))
    for day in range(1, 13):
        library.stage(held_on=date(2019, 1, day), speaker_rank="vice_senior")
    # 12 of 24 by 12 January: on course for half a year
    row = changes_of(library, date(2019, 7, 6))["lectures"]
    assert (row["status_before"], row["status"]) == ("on_course", "behind")
    assert row["day_before"] == date(2019, 6, 29)


def test_in_the_first_week_of_a_year_there_is_no_week_before(library):
    library.cover(date(2018, 1, 1), date(2019, 12, 31))
    library.stage(held_on=date(2019, 1, 2))
    early, later = changes_of(library, date(2019, 1, 7)), changes_of(library, date(2019, 1, 8))
    assert {row["status_before"] for row in early.values()} == {None}
    assert None not in {row["status_before"] for row in later.values()}


def test_a_milestone_is_overdue_from_the_day_after_it_was_due(library):
    year = plan.load(2019, PLANS)
    film = replace(year.milestones["feature_film"], due=date(2019, 6, 28))
    library.cover(date(2019, 1, 1), date(2019, 12, 31))
    library.promise(replace(year, milestones=year.milestones | {"feature_film": film}))
    library.put("milestone_states", stated_on=date(2019, 3, 1))

    def statuses(as_of: date) -> tuple[str, str]:
        row = changes_of(library, as_of)["feature_film"]
        return row["status_before"], row["status"]

    assert statuses(date(2019, 6, 28)) == ("under_way", "under_way")
    assert statuses(date(2019, 6, 29)) == ("under_way", "overdue")
    assert statuses(date(2019, 7, 6)) == ("overdue", "overdue")
    library.put("milestone_states", stated_on=date(2019, 7, 5), state="done")
    assert statuses(date(2019, 7, 6)) == ("overdue", "done")


# --- the command


@pytest.fixture
def speak_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GUANQING_LANG", "en")
    monkeypatch.setattr(cli.frame.out, "width", 200)


def run(*words: object) -> Result:
    result = CliRunner().invoke(cli.app, ["alerts", *map(str, words)])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


@pytest.mark.usefixtures("speak_english")
class TestTheCommand:
    def test_it_lists_what_is_wrong_and_fails_so_that_cron_can_tell(self, simulated):
        result = run("--store", simulated)
        assert result.exit_code == 1
        assert "Simulated data" in result.stdout
        assert "Loans on mobile trips" in result.stdout
        assert "unlikely" in result.stdout
        assert "at most" not in result.stdout

    def test_it_says_nothing_on_the_standard_output_where_nothing_is_wrong(
        self, simulated, monkeypatch
    ):
        monkeypatch.setattr(alerts, "find", lambda *_: [])
        result = run("--store", simulated)
        assert (result.exit_code, result.stdout) == (0, "")
        assert "Nothing needs attention" in result.stderr

    def test_a_year_without_a_plan_is_no_alert(self, real):
        result = run("--store", real, "--as-of", "1999-01-01")
        assert (result.exit_code, result.stdout) == (0, "")
        assert "1999" in result.stderr

    def test_a_program_is_told_everything_and_that_the_data_is_simulated(self, simulated):
        result = run("--store", simulated, "--json", "--as-of", "2019-02-10")
        told = json.loads(result.stdout)
        assert result.exit_code == 1
        assert told.keys() == {"library", "is_simulated", "as_of", "alerts"}
        assert (told["is_simulated"], told["as_of"]) == (True, "2019-02-10")
        for alert in told["alerts"]:
            told_of = {"kind", "verdict", "target_code", "scope", "name", "words", "text", "values"}
            assert alert.keys() == told_of
            assert alert["scope"] == ("main" if alert["target_code"] in PLAN.targets else None)
            assert alert["kind"] in alerts.KINDS
            assert f"{alert['text']}" in text.load()
        assert {"will_miss", "fell_behind", "no_data"} <= {a["kind"] for a in told["alerts"]}

    def test_without_an_alert_a_program_gets_an_empty_list(self, simulated, monkeypatch):
        monkeypatch.setattr(alerts, "find", lambda *_: [])
        result = run("--store", simulated, "--json")
        assert result.exit_code == 0
        assert json.loads(result.stdout)["alerts"] == []

    def test_it_speaks_the_language_of_the_terminal(self, simulated, monkeypatch):
        monkeypatch.setenv("GUANQING_LANG", "zh")
        assert "无法达成" in run("--store", simulated).stdout

    def test_its_help_says_the_exit_codes(self):
        shown = " ".join(run("--help").stdout.replace("│", " ").split())
        assert "0 nothing is wrong, 1 there is an alert, or a file of the library's own" in shown
        assert "is missed, 2 it could not be told" in shown

    @pytest.mark.parametrize("words", [["--as-of", "yesterday"], ["--store", "nowhere"]])
    def test_what_a_person_can_mend_is_exit_code_2(self, words, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        monkeypatch.setattr("sys.argv", ["guanqing", "alerts", *words])
        with pytest.raises(SystemExit) as left:
            cli.main()
        assert left.value.code == 2


# --- the overview


@pytest.mark.slow
def test_the_overview_says_what_to_act_on_under_the_verdict(simulated):
    bodies = htmls(open_page("pages/year/overview.py", simulated))
    bodies = [html for html in bodies if "gq-def" not in html]
    (strip,) = [place for place, html in enumerate(bodies) if "gq-alerts" in html]
    assert "gq-verdict" in bodies[strip - 1]
    assert "流动服务图书流通" in bodies[strip]
    assert bodies[strip].count("<li>") <= 5


def test_the_overview_shows_five_at_most_and_leads_to_all(simulated):
    app = open_page("pages/year/overview.py", simulated, as_of="2019-02-10")
    (strip,) = [html for html in htmls(app) if "gq-alerts" in html]
    assert strip.count("<li>") == 5
    (count,) = re.findall(r"需要关注（(\d+)项）", seen(strip))
    assert int(count) > 5
    links = [element.proto.label for element in app.get("page_link")]
    assert f"全部{count}项见目标进展" in links


def test_where_nothing_is_wrong_the_overview_says_so_in_one_quiet_line(simulated, monkeypatch):
    kept._kept.clear()  # what another test has drawn
    monkeypatch.setattr(alerts, "find", lambda *_: [])
    shown = [seen(html) for html in htmls(open_page("pages/year/overview.py", simulated))]
    assert [words.strip() for words in shown if "没有需要提醒" in words] == [
        "截至2019年9月30日，没有需要提醒的事项。"
    ]
