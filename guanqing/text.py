"""Words, numbers and dates as a reader of Chinese or English expects them.

Every sentence stands in data/text.toml, zh and en side by side; numbers and dates are Babel's.
"""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from string import Formatter
from typing import Any

from babel.core import Locale
from babel.dates import format_date
from babel.numbers import format_compact_decimal, format_decimal, format_percent
from pydantic import TypeAdapter

from guanqing import datafiles
from guanqing.datafiles import Words
from guanqing.parsing import Said, Wrong
from guanqing.problems import Problem

LANGUAGES = {"zh": "中文", "en": "English"}
# parsed once: from its name Babel looks for its file at every number said
LOCALES = {"zh": Locale.parse("zh_CN"), "en": Locale.parse("en_GB")}
NOTHING = "—"
# The one sentence that cannot stand in text.toml: it may have to say that text.toml is broken.
BROKEN = {
    "problem.data_file_broken": {
        "zh": "{path} 第 {line} 行有误（{field}）。请改正这一行后重试。",
        "en": "Line {line} of {path} is wrong ({field}). Correct that line and try again.",
    }
}


@datafiles.reads("text.toml")
def load(content: dict[str, Any]) -> dict[str, dict[str, str]]:
    """Return each text by its dotted key: {"loans.title": {"zh": ..., "en": ...}}."""
    groups = TypeAdapter(dict[str, dict[str, Words]]).validate_python(content)
    found = {
        f"{group}.{key}": words for group, texts in groups.items() for key, words in texts.items()
    }
    values = {key: _values(key, words) for key, words in found.items()}
    for key, words in (load.last or {}).items():
        # the program goes on asking for every text, and gives it the values it gave before
        if key not in BROKEN and not (key in values and values[key] <= _values(key, words)):
            raise Wrong(*key.split("."))
    return found | BROKEN


def _values(key: str, words: dict[str, str]) -> set[str]:
    """Return the names of the values in a text of any language: {name}, {name:case|cases}."""
    try:
        parts = [part for said in words.values() for part in Formatter().parse(said)]
    except ValueError as error:  # a brace without the other
        raise Wrong(*key.split(".")) from error
    for _, name, form, conversion in parts:
        if name is not None and (conversion or not name.isidentifier()):
            raise Wrong(*key.split("."))
        if form and form.count("|") != 1:
            raise Wrong(*key.split("."))
    return {name for _, name, *_ in parts if name}


def translate(key: str, language: str, **values: object) -> str:
    """Return one text in one language, its values put as a reader expects them.

    A whole number reads as a count, a float as a share, a Decimal as it is, a date as a date, and
    a date whose name ends in `month` as its month; {count:case|cases} is the word that suits a
    count. An unknown key is a mistake and raises.
    """
    shown = {name: _Said(value, _shown(name, value, language)) for name, value in values.items()}
    words = BROKEN.get(key) or load().get(key)
    if words is None:
        raise KeyError(f"data/text.toml lacks {key}")
    return words[language].format(**shown)


def told(problem: Problem, language: str, shown: Callable[[object], str] = str) -> str:
    """Return what a problem is and what to do about it; shown: how a value of it is written."""
    values = {
        name: translate(value.key, language, **value.values)
        if isinstance(value, Said)
        else shown(value)
        for name, value in problem.values.items()
    }
    return translate(problem.key, language, **values)


class _Said:
    """A value in a text: {count} as a reader expects it, {count:case|cases} the word after it."""

    def __init__(self, value: object, shown: object) -> None:
        self.value, self.shown = value, shown

    def __format__(self, words: str) -> str:
        if not words:
            return f"{self.shown}"
        one, several = words.split("|")
        return one if self.value == 1 else several


def _shown(name: str, value: object, language: str) -> object:
    if isinstance(value, bool) or value is None:
        raise TypeError(f"{name}={value!r} cannot stand in a sentence")
    if isinstance(value, int):
        return count(value, language)
    if isinstance(value, float):
        return share(value, language)
    if isinstance(value, Decimal):
        return str(format_decimal(value, locale=LOCALES[language]))
    if isinstance(value, date):
        return month(value, language) if name.endswith("month") else day(value, language)
    return value


def count(value: float | None, language: str) -> str:
    """Return a count: 9,886; from ten thousand on 12.36万 in Chinese, 123,600 in English."""
    if value is None:
        return NOTHING
    if language == "zh" and abs(value) >= 10_000:
        return str(format_compact_decimal(value, locale=LOCALES["zh"], fraction_digits=2))
    return str(format_decimal(round(value), format="#,##0", locale=LOCALES[language]))


def exact(value: float, language: str) -> str:
    """Return a number to the unit, never in 万: 123,600."""
    return str(format_decimal(round(value), format="#,##0", locale=LOCALES[language]))


def ratio(value: float | None, language: str) -> str:
    """Return a ratio of counts to two decimals."""
    if value is None:
        return NOTHING
    return str(format_decimal(value, format="#,##0.00", locale=LOCALES[language]))


def share(value: float | None, language: str, *, decimals: int = 1, sign: bool = False) -> str:
    """Return a share from 0 to 1 as a percentage."""
    if value is None:
        return NOTHING
    if round(value, decimals + 2) == 0:
        value = 0.0  # no minus before a zero
    pattern = "#,##0." + "0" * decimals + "%" if decimals else "#,##0%"
    if sign:
        pattern = f"+{pattern};-{pattern}"
    return str(format_percent(value, format=pattern, locale=LOCALES[language]))


def points(value: float, language: str, *, sign: bool = False) -> str:
    """Return the difference of two shares in percentage points: 1.3个百分点, 1.3 points."""
    said = share(value, language, sign=sign).rstrip("%")
    return f"{said}个百分点" if language == "zh" else f"{said} points"


FORMS = {"count": count, "ratio": ratio, "share": share}


def figure(value: float | None, unit: str, language: str) -> str:
    """Return a value of a measure whose unit is count, ratio or share."""
    return FORMS[unit](value, language)


def day(value: date, language: str) -> str:
    """Return a day: 2019年9月30日, 30 Sept 2019."""
    form = "long" if language == "zh" else "medium"
    return str(format_date(value, form, locale=LOCALES[language]))


def day_of_year(value: date, language: str) -> str:
    """Return a day without its year: 9月30日, 30 Sept."""
    pattern = "M月d日" if language == "zh" else "d MMM"
    return str(format_date(value, pattern, locale=LOCALES[language]))


def short_span(first: date, last: date, language: str, *, with_year: bool = False) -> str:
    """Return one day or a few: 4月20日–28日, 20–28 Apr; a year only where it is asked for."""
    until = day if with_year else day_of_year
    if first == last:
        return until(last, language)
    alike = (first.year, first.month) == (last.year, last.month)
    if language == "zh":
        # 日 alone: the month has been said
        end = f"{last.day}日" if alike else day_of_year(last, language)
        begun = until(first, language)
        return f"{begun}–{end if first.year == last.year else until(last, language)}"
    if alike:
        return f"{first.day}–{until(last, language)}"
    begun = day_of_year(first, language) if first.year == last.year else until(first, language)
    return f"{begun} – {until(last, language)}"


def month(value: date, language: str) -> str:
    """Return a month with its year: 2019年9月, Sept 2019."""
    pattern = "y年M月" if language == "zh" else "MMM y"
    return str(format_date(value, pattern, locale=LOCALES[language]))


def month_name(value: date, language: str) -> str:
    """Return a month's name without its year: 9月, Sept."""
    return str(format_date(value, "LLL", locale=LOCALES[language]))


def weekday_name(iso_weekday: int, language: str) -> str:
    """Return the short name of a weekday, 1 = Monday: 周一, Mon."""
    return str(format_date(date(2024, 1, iso_weekday), "ccc", locale=LOCALES[language]))


def span(first: date, last: date, language: str) -> str:
    """Return a period by its first and last day, one day by itself."""
    if first == last:
        return day(first, language)
    return f"{day(first, language)} – {day(last, language)}"


def pick(row: dict[str, Any], name: str, language: str) -> Any:
    """Return the column of a row that is in this language: name_zh or name_en."""
    return row[f"{name}_{language}"]
