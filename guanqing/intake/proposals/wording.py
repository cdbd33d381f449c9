"""How much a header says that its column is a field."""

import re
import unicodedata
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from functools import cache, lru_cache
from typing import Any

from pydantic import TypeAdapter
from typing_extensions import TypedDict

from guanqing import datafiles
from guanqing.intake.reading.headers import normal
from guanqing.records import Field, kinds

IN_BRACKETS = re.compile(r"[(（\[【<《].*?[)）\]】>》]|[(（\[【].*$")
NUMBER_ENDS = (
    *("id", "no", "num", "number", "nbr", "code", "key", "ref", "identifier", "uid", "#"),
    *("号", "码", "证", "编号"),
)
TOKEN = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[^\W\dA-Za-z_]+|\d+")
WHOLE = 3  # letters: a shorter sign is a word of its own, a longer one may be declined
SIGN = 0.62  # what one telling word in a header is worth
WHOLE_SIGN = 0.06  # and what it is worth more where the header is nothing else
LONGEST = 40  # a header that says more is a sentence


class Guesses(TypedDict):
    """What headers, codes and values probably mean."""

    same: dict[str, str]
    stems: dict[str, list[str]]
    signs: dict[str, list[str]]
    places: list[str]
    codes: dict[str, dict[str, list[str]]]


@dataclass(frozen=True)
class Reason:
    """Why a column is taken for a field: a text of the group `proposal`, and its values."""

    code: str
    values: dict[str, Any] = field(default_factory=dict)


@datafiles.reads("guesses.toml")
def guesses(content: dict[str, Any]) -> Guesses:
    """Return data/guesses.toml."""
    return TypeAdapter(Guesses).validate_python(content)


@datafiles.derived
@lru_cache(maxsize=4096)
def canonical(text: str) -> str:
    """Return a header or a code as it is compared: normal, and in the words of guesses.toml."""
    found = normal(text)
    for other, ours in guesses()["same"].items():  # signs first, then words made of them
        found = found.replace(other, ours)
    return found


@datafiles.derived
@cache
def _words(found: Field) -> dict[str, str]:
    """Return the words of a field as they are compared, each with the word itself."""
    return {canonical(word): word for word in reversed(found.headers) if canonical(word)}


@datafiles.derived
@lru_cache(maxsize=65536)
def likeness(header: str, found: Field) -> tuple[float, Reason | None]:
    """Return how much a header names a field, from 0 to 1, and by what."""
    best: tuple[float, Reason | None] = (0.0, None)
    for share, name in _readings(header):
        ends, begins = _parts(name)
        if normal(name) in map(normal, found.headers):
            code = "header_exact" if share == 1 else "header_close"
            best = max(best, (share, Reason(code, {"word": name})), key=_score)
            continue
        for word, shown in _words(found).items():
            likely, code = _nearness(canonical(name), word, ends, begins)
            best = max(best, (share * likely, Reason(code, {"word": shown})), key=_score)
        if found.kind not in ("reader", "item", "loan"):
            for sign in guesses()["signs"].get(found.name, ()):
                if _says(name, sign):
                    # PTYPE says more of a type than Stat Group
                    likely = SIGN + WHOLE_SIGN * min(len(sign) / len(name), 1)
                    reason = Reason("header_part", {"word": sign})
                    best = max(best, (share * likely, reason), key=_score)
        for stem in guesses()["stems"].get(found.kind, ()):
            if _is_number_of(canonical(name), canonical(stem)):
                best = max(best, (0.6 * share, Reason("header_stem", {"word": stem})), key=_score)
    return best


def _score(found: tuple[float, Reason | None]) -> float:
    return found[0]


@datafiles.derived
@cache
def _known() -> frozenset[str]:
    every = (found for kind in kinds().values() for found in kind.fields.values())
    return frozenset(word for found in every for word in _words(found))


def worth(cell: str) -> float:
    """Return 1 for a cell that is the header of some field, else 0."""
    return float(any(canonical(name) in _known() for _, name in _readings(cell)))


def _readings(header: str) -> list[tuple[float, str]]:
    """Return a header as it stands, and without a remark in brackets or the name of its table."""
    name = unicodedata.normalize("NFKC", header).strip()
    if not name or len(name) > LONGEST:
        return []
    bare = IN_BRACKETS.sub("", name).strip(" *:：")
    column = bare.rpartition(".")[2]
    found = [(1.0, name)]
    found += [(0.95, other) for other in dict.fromkeys((bare, column)) if other not in ("", name)]
    return found


def _tokens(name: str) -> list[str]:
    """Return the words of a header: dateReturned and date_returned are two."""
    return [token.casefold() for token in TOKEN.findall(unicodedata.normalize("NFKC", name))]


def _parts(name: str) -> tuple[frozenset[str], frozenset[str]]:
    """Return what a header of several words ends and begins with; of one it is left open."""
    words = _tokens(name)
    if len(words) < 2:
        return frozenset(), frozenset()
    places = range(1, len(words))
    return (
        frozenset("".join(words[place:]) for place in places),
        frozenset("".join(words[:place]) for place in places),
    )


def _says(name: str, sign: str) -> bool:
    """Return whether a word stands in a header, in one of its forms if it is long enough."""
    if not sign.isascii():
        return canonical(sign) in canonical(name)
    words, wanted = _tokens(name), sign.split()
    return any(
        all(
            token == part or (len(part) > WHOLE and token.startswith(part))
            for token, part in zip(words[place:], wanted, strict=False)
        )
        for place in range(len(words) - len(wanted) + 1)
    )


def is_place(value: str) -> bool:
    """Return whether a value reads like the name of a branch."""
    return any(_says(value, sign) for sign in guesses()["places"])


def _nearness(
    name: str, word: str, ends: frozenset[str], begins: frozenset[str]
) -> tuple[float, str]:
    """Return how near a header comes to a word of a field."""
    if name == word:
        return 0.95, "header_close"
    if min(len(name), len(word)) < _least(word):
        return 0.0, ""
    # what a word is about stands at its end: item_type is a type, 读者条码 a barcode
    share = len(word) / len(name)
    # item_record_id has no rdid at its end: a word ends and begins where the header's do
    if name.endswith(word) and (not ends or not word.isascii() or word in ends):
        return (0.55 if len(word) > 2 else 0.4) + 0.35 * share, "header_part"
    if name.startswith(word) and (
        not word.isascii() or ((not begins or word in begins) and name[len(word) :] in NUMBER_ENDS)
    ):
        return (0.5 if len(word) > 2 else 0.35) + 0.35 * share, "header_part"
    if 0.6 <= 1 / share < 1 and (word.endswith(name) or word.startswith(name)):
        return 0.5 + 0.3 / share, "header_part"
    if name[0] != word[0] or not 0.6 <= share <= 1.7:
        return 0.0, ""
    ratio = SequenceMatcher(None, name, word, autojunk=False).ratio()
    return (0.75 * ratio, "header_like") if ratio >= (0.8 if word.isascii() else 0.7) else (0.0, "")


def _least(word: str) -> int:
    return 4 if word.isascii() else 2


def _is_number_of(name: str, stem: str) -> bool:
    rest = name.replace(stem, "", 1)
    return stem in name and (rest in ("", *NUMBER_ENDS) or name.endswith(NUMBER_ENDS))
