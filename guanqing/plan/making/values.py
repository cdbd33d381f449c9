"""The values of a plan as people write them: numbers, days, parts and conditions, both ways."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import date
from decimal import Decimal
from typing import Any

from guanqing.plan.making.columns import Choice, Choices, code_of
from guanqing.plan.planrules import CODED_FIELDS, QUALITY_FIELDS, codes
from guanqing.records import code_names, kinds

NUMBER = re.compile(r"([+-]?(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d+)?)(万?)(%?)", re.ASCII)
LONGEST_NUMBER = 30  # signs: what is longer is no number of a plan
DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?: 00:00(?::00)?)?", re.ASCII)
# parts are divided by a sign after which another part begins: 1=1,000, 2=3 are two
PARTS = re.compile(r"[;,、\n]\s*(?=[^;,、\n=:≥>]+(?:[=:≥]|>=))")
PART = re.compile(r"\s*([^=:≥>]+?)\s*(>=|[=:≥])\s*(.*?)\s*", re.DOTALL)
BETWEEN = {"zh": "；", "en": "; "}  # how parts are written, and codes of one condition
OR = "/"


def plain(word: str) -> str:
    """Return a word with the widths of signs that a number has, without spaces around it."""
    return unicodedata.normalize("NFKC", word).strip()


def number(word: str) -> int | float | None:
    """Return the number a cell says, of 85% the share and of 1.3万 all of it; None: no number."""
    # the 2 of 10² would be a digit like any other once its width is taken away
    is_raised = any(unicodedata.category(sign) == "No" for sign in word)
    found = NUMBER.fullmatch(plain(word)) if len(word) <= LONGEST_NUMBER else None
    if found is None or is_raised:
        return None
    value = Decimal(found[1].replace(",", "")) * (10_000 if found[2] else 1)
    value = value / 100 if found[3] else value
    return int(value) if value == value.to_integral_value() else float(value)


def is_percent(word: str) -> bool:
    """Tell whether a number is written as a percentage."""
    return plain(word).endswith("%")


def number_in_words(value: Any, *, percent: bool = False, grouped: bool = False) -> str:
    """Return a number so that it is read as the same again; grouped: 13,000."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    if not abs(value) < 1e15:  # which no plan can have, inf and nan among them
        return str(value)
    exact = Decimal(repr(value)) * (100 if percent else 1)
    whole = exact == exact.to_integral_value()
    sign = "," if grouped else ""
    written = format(int(exact), sign) if whole else format(exact.normalize(), f"{sign}f")
    return f"{written}%" if percent else written


def day(word: str) -> date | None:
    """Return the day a cell says, None where it says none."""
    if found := DAY.fullmatch(plain(word)):
        with suppress(ValueError):
            return date(*map(int, found.groups()))
    return None


def parts(word: str) -> Iterator[tuple[str, str, str]]:
    """Yield the parts of a cell: what is named, the sign after it, and what is said of it.

    The sign is "" where a part names nothing.
    """
    for written in PARTS.split(plain(word)):
        found = PART.fullmatch(written)
        yield (found[1], found[2], found[3]) if found else (written.strip(), "", "")


# --- conditions on events


def fields() -> Choices:
    """Return the fields of an event that a condition may name, by code."""
    known = kinds()["events"].fields
    return {
        name: Choice({"zh": known[name].zh, "en": known[name].en}, known[name].words)
        for name in QUALITY_FIELDS
    }


def field_codes(name: str) -> Choices:
    """Return the codes that a field of an event may have."""
    return {
        code: Choice({"zh": zh, "en": en})
        for code, (zh, en) in code_names(name).items()
        if code in codes(name)
    }


def condition(name: str, sign: str, said: str) -> dict[str, Any] | None:
    """Return a condition as a plan has it, None where it cannot be understood."""
    field = code_of(name, fields())
    if field is None or not sign:
        return None
    if field not in CODED_FIELDS:
        least = number(said)
        return None if least is None else {"field": field, "at_least": least}
    wanted = [code_of(word.strip(), field_codes(field)) for word in re.split(r"[/|]", said)]
    return None if None in wanted else {"field": field, "one_of": wanted}


def condition_in_words(found: Mapping[str, Any], language: str) -> str:
    """Return a condition so that it is read as the same again."""
    field = found["field"]
    called = fields()[field].words[language]
    if field not in CODED_FIELDS:
        return f"{called}≥{number_in_words(found['at_least'])}"
    known = field_codes(field)
    return f"{called}={OR.join(known[code].words[language] for code in found['one_of'])}"
