"""Every text says the same thing in both languages, and everything said has a text."""

import ast
import csv
import re
from collections.abc import Iterator
from datetime import date, datetime
from string import Formatter

import pytest
from conftest import PRINTED

from guanqing import published, text
from guanqing.intake.validation import rules
from guanqing.paths import DATA, ROOT
from guanqing.plan import verdicts

SCRIPTS = sorted([*ROOT.glob("guanqing/**/*.py"), *ROOT.glob("pages/**/*.py")])

every_script = pytest.mark.parametrize(
    "path", SCRIPTS, ids=[path.relative_to(ROOT).as_posix() for path in SCRIPTS]
)


def fields(words: str) -> set[str]:
    return {field for _, field, _, _ in Formatter().parse(words) if field is not None}


def calls(path) -> Iterator[ast.Call]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


# --- both languages


def test_each_text_is_in_every_language():
    for key, words in text.load().items():
        assert words.keys() == text.LANGUAGES.keys(), key


def test_both_languages_take_the_same_values_by_name():
    for key, words in text.load().items():
        zh, en = fields(words["zh"]), fields(words["en"])
        # a sentence of English may give a number that its Chinese leaves out, never the reverse
        assert zh <= en, key
        assert "" not in en, key


def test_chinese_is_written_in_chinese_and_english_in_english():
    for key, words in text.load().items():
        assert bool(words["zh"]) == bool(words["en"]), key
        assert not re.search(r"[\u4e00-\u9fff，。；：]", words["en"]), key
        # a mark, a value or a unit may be the same; a word of four letters is English
        if re.search(r"[a-z]{4}", re.sub(r"\{\w+\}", "", words["en"])):
            assert re.search(r"[\u4e00-\u9fff]", words["zh"]), key


# --- what is said has a text


@every_script
def test_every_problem_is_given_the_values_its_text_names(path):
    for call in calls(path):
        if getattr(call.func, "id", "") == "Problem" and isinstance(call.args[0], ast.Constant):
            words = text.load()[f"problem.{call.args[0].value}"]
            given = {keyword.arg for keyword in call.keywords}
            if None not in given:  # **values
                assert fields(words["zh"]) | fields(words["en"]) <= given, ast.unparse(call)


@every_script
def test_every_key_written_in_the_code_is_a_text(path):
    for call in calls(path):
        name = getattr(call.func, "id", getattr(call.func, "attr", ""))
        key = call.args[0] if call.args else None
        if name in {"t", "translate", "say"} and isinstance(key, ast.Constant):
            assert key.value in text.load(), f"write {key.value} in data/text.toml"
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and re.fullmatch(r"finding\.\w+", str(node.value)):
            assert node.value in text.load(), f"write {node.value} in data/text.toml"


CODES = {
    "status": [*verdicts.ORDER],
    "relation": [published.EQUAL, published.OVER, published.AND_MORE],
    "verdict": ["equal", "different", "not_covered"],
    "outcome": {rule.outcome for rule in rules.rules().values()},
    "published": {row["figure_code"] for row in published.figures(2018, PRINTED)},
    "cards": ["kind_normal", "kind_abnormal", "kind_unknown"],
    "setting": ["population_served", "population_served_network"],
}


@pytest.mark.parametrize(
    "key", [f"{group}.{code}" for group, codes in CODES.items() for code in sorted(codes)]
)
def test_every_code_the_data_can_hold_has_a_text(key):
    assert key in text.load()


def test_every_table_counted_has_a_name(library):
    for row in library.ask("table_counts").iter_rows(named=True):
        if row["table_name"] not in {"loads", "load_rules", "settings"}:  # shown by themselves
            assert f"table.{row['table_name']}" in text.load()


@pytest.mark.parametrize("name", ["classes", "codes", "cancel_reasons"])
def test_every_code_of_a_list_is_named_in_both_languages_once(name):
    with (DATA / f"{name}.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert all(v for row in rows for key, v in row.items() if not key.startswith("counter"))
    keys = {"classes": ["class_code"], "codes": ["list", "code"], "cancel_reasons": ["reason_code"]}
    assert len({tuple(row[key] for key in keys[name]) for row in rows}) == len(rows)
    for row in rows:
        assert re.search(r"[\u4e00-\u9fff]|\d", row["name_zh"])
        assert not re.search(r"[\u4e00-\u9fff]", row["name_en"])


def test_classes_are_the_22_of_clc_16_of_t_the_hundreds_of_dewey_and_three_that_are_none():
    with (DATA / "classes.csv").open(encoding="utf-8") as file:
        classes = {row["class_code"]: row for row in csv.DictReader(file)}
    main = [code for code, row in classes.items() if row["main_code"] == code]
    scheme = [code for code in main if classes[code]["scheme"] == "clc"]
    assert "".join(scheme) == "ABCDEFGHIJKNOPQRSTUVXZ"
    dewey = [code for code, row in classes.items() if row["scheme"] == "dewey"]
    assert dewey == [*(f"{n}00" for n in range(10)), "FIC"]
    assert set(main) - {*scheme, *dewey} == {"other", "none", "unknown"}
    under_t = [code for code in classes if code not in main]
    assert len(under_t) == 16
    assert {classes[code]["main_code"] for code in under_t} == {"T"}
    assert all(re.fullmatch("T[A-Z]", code) for code in under_t)


# --- values in a sentence


def test_a_value_reads_as_what_its_type_says():
    key = "finding.loans_up_month"
    values = {"share": 0.051, "month": date(2019, 9, 1), "count": 12_345}
    zh, en = (text.translate(key, language, **values) for language in ("zh", "en"))
    assert zh == "借阅比上年同期增加5.1%，2019年9月最多（1.23万册次）"
    assert en == "Loans up 5.1% year on year; peak Sept 2019 (12,345)"


def test_words_stand_as_they_are():
    assert text.translate("card.over", "en", gap="0.40") == "0.40 over"


@pytest.mark.parametrize("value", [None, True])
def test_nothing_and_yes_cannot_stand_in_a_sentence(value):
    with pytest.raises(TypeError):
        text.translate("card.target", "zh", target=value)


def test_an_unknown_key_or_a_missing_value_is_a_mistake():
    with pytest.raises(KeyError, match=r"data/text\.toml lacks card\.tagret"):
        text.translate("card.tagret", "zh")
    with pytest.raises(KeyError):
        text.translate("card.target", "zh")


@pytest.mark.parametrize(
    ("value", "zh", "en"),
    [
        (0, "0", "0"),
        (9_886, "9,886", "9,886"),
        (9_999, "9,999", "9,999"),
        (10_000, "1万", "10,000"),
        (123_600, "12.36万", "123,600"),
        (-12_345, "-1.23万", "-12,345"),
        (120_000_000, "1.2亿", "120,000,000"),
        (2.6, "3", "3"),
        (None, "—", "—"),
    ],
)
def test_a_count_is_read_in_units_of_ten_thousand_in_chinese_only(value, zh, en):
    assert text.count(value, "zh") == zh
    assert text.count(value, "en") == en


@pytest.mark.parametrize("language", text.LANGUAGES)
def test_a_number_that_must_agree_to_the_unit_is_written_out(language):
    assert text.exact(123_600, language) == "123,600"


@pytest.mark.parametrize("language", text.LANGUAGES)
def test_a_share_is_a_percentage_and_nothing_is_a_dash(language):
    assert text.share(0.0512, language) == "5.1%"
    assert text.share(1, language) == "100.0%"
    assert text.share(0.09783, language, decimals=2) == "9.78%"
    assert text.share(0.5, language, decimals=0) == "50%"
    assert text.share(0.05, language, sign=True) == "+5.0%"
    assert text.share(-0.05, language, sign=True) == "-5.0%"
    assert text.share(None, language) == text.ratio(None, language) == text.NOTHING


def test_a_figure_is_read_by_the_unit_of_its_measure():
    assert text.figure(0.4, "ratio", "zh") == "0.40"
    assert text.figure(0.4, "share", "zh") == "40.0%"
    assert text.figure(123_600, "count", "zh") == "12.36万"
    assert text.figure(1234.5, "ratio", "en") == "1,234.50"


@pytest.mark.parametrize(
    ("form", "zh", "en"),
    [
        (text.day, "2019年9月30日", "30 Sept 2019"),
        (text.month, "2019年9月", "Sept 2019"),
        (text.month_name, "9月", "Sept"),
        (text.day_of_year, "9月30日", "30 Sept"),
    ],
)
def test_a_date_is_written_as_its_readers_write_it(form, zh, en):
    assert form(date(2019, 9, 30), "zh") == zh
    assert form(date(2019, 9, 30), "en") == en


def test_a_time_in_a_sentence_is_its_day():
    shown = text.translate("sources.facts", "zh", day=datetime(2019, 9, 30, 6, 15))
    assert shown == "本库于2019年9月30日生成"


def test_the_week_begins_on_monday():
    assert [text.weekday_name(day, "zh") for day in (1, 7)] == ["周一", "周日"]
    assert [text.weekday_name(day, "en") for day in (1, 7)] == ["Mon", "Sun"]


def test_a_span_names_its_first_and_last_day():
    shown = text.span(date(2019, 1, 1), date(2019, 9, 30), "zh")
    assert shown == "2019年1月1日 – 2019年9月30日"


def test_a_row_is_read_in_the_language_of_the_reader():
    row = {"name_zh": "馆", "name_en": "Library"}
    assert text.pick(row, "name", "zh") == "馆"
    assert text.pick(row, "name", "en") == "Library"
