"""How much the values of a column look like those of a field."""

import re
from collections import Counter
from dataclasses import dataclass

from guanqing.intake.proposals.meanings import meaning
from guanqing.intake.proposals.wording import Reason, is_place
from guanqing.intake.reading.values import NO, YES
from guanqing.records import Field

YEAR_FIRST = r"(?:18|19|20|21)\d{2}"
DAY = (
    rf"(?:{YEAR_FIRST}(?:\s*[-/.|年]\s*|\s)\d{{1,2}}(?:\s*[-/.|月]\s*|\s)\d{{1,2}}\s*日?"
    rf"|{YEAR_FIRST}(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])|\d{{1,2}}[-/.]\d{{1,2}}[-/.](?:\d{{4}}|\d{{2}}))"
)
CLOCK = r"\d{1,2}[:：时]\d{2}(?:[:：分]\d{2}(?:[.,]\d+)?)?秒?(?:\s?[AaPp][Mm])?"
ZONE = r"\s?(?:Z|[+-]\d{2}(?::?\d{2})?)"
CLASS = r"[A-KN-VXZ][A-Z]?[0-9][0-9.]*(?:[-=(:+a-z\"][^\s/]*)?"
SHAPES = {
    "date": re.compile(
        rf"[%#*'\s]*{DAY}(?:[T\s,]*{CLOCK}|[T\s]?\d{{4}}(?:\d\d)?)?(?:{ZONE})?[^0-9]*"
    ),
    "stamp": re.compile(rf"{DAY}(?:[T\s,]*{CLOCK}|[T\s]?\d{{4}}(?:\d\d)?)(?:{ZONE})?[^0-9]*"),
    # 20190301 may be a day or the number of a student
    "compact": re.compile(r"\d{8}|\d{12}"),
    "zone": re.compile(rf"{DAY}[T\s,]*{CLOCK}{ZONE}"),
    "month": re.compile(rf"{YEAR_FIRST}\s*[-/.年]\s*\d{{1,2}}月?|{YEAR_FIRST}(?:0[1-9]|1[0-2])"),
    "year": re.compile(rf"{YEAR_FIRST}年?"),
    "time": re.compile(CLOCK),
    "whole": re.compile(r"\d{1,9}(?:\.0+)?|\d{1,3}(?:,\d{3})+|\*|<\s?\d+"),
    "number": re.compile(r"-?\d{1,15}(?:\.\d+)?|-?\d{1,3}(?:,\d{3})+(?:\.\d+)?"),
    # Destiny writes P 1001 for a patron and T 5001 for a copy
    "id": re.compile(r"(?:[A-Z] )?(?=.*\d)[A-Za-z0-9][A-Za-z0-9._/-]{0,39}"),
    "long": re.compile(r"[A-Za-z]{0,6}-?\d{6,}[A-Za-z]?"),
    # a class of 中图法 and what follows it; numbers alone may be another scheme, or anything
    "call_number": re.compile(rf"{CLASS}(?:[\s/].*)?"),
    "shelved": re.compile(rf"{CLASS}[\s/]\S.*"),  # with its book number: nothing else looks so
    # two letters or three and no T: the Library of Congress, as QA76.73 .P98
    "congress": re.compile(r"(?!T)[A-Z]{2,3}\s?\d.*"),
    "dewey": re.compile(r"\d{3}(?:\.\d+)?\s+[A-Z]{1,4}\b.*"),  # and whose book it is
    # of a column known to be of call numbers: 823.914, J 641.5 SMI, F BRO
    "hundreds": re.compile(
        r"(?:[A-Z]{1,6}[ .]+){0,2}(?:\d{3}(?:[.\s/].*)?|J?F(?:IC|ICTION)?[ .:].*)"
    ),
}
BLANKS = {"", "null", "(null)", "\\n", "none", "#n/a", "#ref!", "n/a", "never"}
NO_DAY = re.compile(r"0000[-/.]?00[-/.]?00.*")
ARMOUR = re.compile(r"^=\"(.*)\"$|^'")  # keeps Excel from making a number of it
FLAGS = {word.casefold() for word in (*YES, *NO)}
FEW = 12
LOOKED_AT = 400  # different values
CODES = 40  # a column with more values is not one of codes
LIVES = 20  # years: days of birth lie that far apart, days of issue seldom do
YEAR = re.compile(r"(?<!\d)(?:18|19|20)\d{2}(?!\d)|^(?:18|19|20)\d{2}(?=\d{4}$)")


@dataclass(frozen=True)
class Look:
    """The values of a column, counted, and which share of them has each shape."""

    counts: Counter[str]
    shares: dict[str, float]

    @property
    def total(self) -> int:
        """Return how many values are not blank."""
        return self.counts.total()

    @property
    def is_unique(self) -> bool:
        """Return whether hardly a value comes twice."""
        return len(self.counts) >= 0.98 * self.total

    @property
    def is_numbered(self) -> bool:
        """Return whether the column counts its own lines: of no use as a number of anything."""
        return list(self.counts)[:20] == [str(n) for n in range(1, min(self.total, 20) + 1)]

    @property
    def is_of_many(self) -> bool:
        """Return whether the values can tell many things apart, as numbers of something do."""
        return self.shares["id"] > 0.9 and self.shares["date"] - self.shares["compact"] < 0.1

    @property
    def is_of_births(self) -> bool:
        """Return whether it is days without a time, of people of all ages."""
        years = sorted(
            int(found[0]) for value in self.counts for found in [YEAR.search(value)] if found
        )
        if self.shares["stamp"] > 0.1 or self.shares["date"] < 0.8 or len(years) < 5:
            return False
        tenth = len(years) // 10
        return years[-1 - tenth] - years[tenth] >= LIVES

    @property
    def is_few(self) -> bool:
        """Return whether some few values come again and again."""
        different = len(self.counts)
        return different <= max(FEW, self.total // 100) and different * 2 <= self.total


def look_at(values: list[str]) -> Look:
    """Count the values of a column and sort them by shape, the most frequent of them."""
    bare = (ARMOUR.sub(r"\1", value) for value in values)
    counts = Counter(
        value for value in bare if value.casefold() not in BLANKS and not NO_DAY.fullmatch(value)
    )
    looked = dict(counts.most_common(LOOKED_AT))
    total = sum(looked.values()) or 1
    shares = {
        shape: sum(n for value, n in looked.items() if pattern.fullmatch(value)) / total
        for shape, pattern in SHAPES.items()
    }
    flags = sum(n for value, n in looked.items() if value.casefold() in FLAGS)
    places = sum(n for value, n in looked.items() if is_place(value))
    return Look(counts, shares | {"flag": flags / total, "place": places / total})


def fitness(look: Look, found: Field) -> tuple[float | None, Reason]:
    """Return how well values fit a field, from 0 to 1, and why; None where there are none."""
    if not look.total:
        return None, Reason("values_blank")
    shares = look.shares
    if found.name == "born_on" and shares["date"] < (born := max(shares["year"], shares["month"])):
        return _because("values_birth_year", born, share=born)
    if found.kind in ("stamp", "day"):
        fit = shares["date"] * (1 if found.kind == "day" or shares["stamp"] > 0.5 else 0.9)
        return _because("values_date", fit, share=shares["date"])
    if found.kind in ("time", "number"):
        return _because(f"values_{found.kind}", shares[found.kind], share=shares[found.kind])
    if found.kind == "month":
        fit = max(shares["month"], 0.7 * shares["date"])
        return _because("values_month", fit, share=shares["month"])
    if found.kind == "count":
        fit = shares["whole"] * (1 - 0.8 * shares["date"])
        return _because("values_whole", fit, share=shares["whole"])
    if found.kind == "flag":
        fit = shares["flag"] if len(look.counts) <= 4 else 0.1
        return _because("values_flag", fit, share=shares["flag"])
    if found.kind == "call_number":
        share = max(shares["call_number"], shares["dewey"])
        return _because("values_call_number", max(share, 0.3 * shares["id"]), share=share)
    if found.name == "call_number_id":
        fit = shares["id"] * (1 - max(shares["call_number"], shares["dewey"]))
        return _because("values_id", fit, share=shares["id"], count=len(look.counts))
    if found.kind in ("reader", "item", "loan"):
        return _of_ids(look, found)
    return _of_words(look, found)


def known_share(look: Look, found: Field) -> float:
    """Return which share of the values names a code of a field's list."""
    known = sum(n for value, n in look.counts.items() if meaning(value, found.list))
    return known / (look.total or 1)


def _because(code: str, fit: float, **values: float | int) -> tuple[float, Reason]:
    return fit, Reason(code, values) if fit >= 0.3 else Reason("values_against")


def _of_ids(look: Look, found: Field) -> tuple[float, Reason]:
    written_out = max(look.shares["date"] - look.shares["compact"], 0)
    fit = look.shares["id"] * (1 - written_out)
    if found.kind == "loan" and not (look.is_unique and fit):
        fit *= 0.5
    return _because("values_id", fit, share=look.shares["id"], count=len(look.counts))


def _of_words(look: Look, found: Field) -> tuple[float, Reason]:
    few = len(look.counts)
    if found.kind == "code" and (few > CODES or look.shares["date"] > 0.5):
        return 0.1, Reason("values_against")
    if found.kind == "code":
        if known := known_share(look, found):
            return _because("values_known", max(known, 0.5), share=known)
        return _because("values_few", 0.6 if look.is_few else 0.15, count=few)
    if found.kind == "branch":
        if look.shares["place"] > 0.5:
            return _because("values_place", 1.0, share=look.shares["place"])
        return _because("values_few", 0.8 if look.is_few else 0.3, count=few)
    fit = (1 - look.shares["date"]) * (1 - 0.4 * look.shares["long"])
    return _because("values_few" if look.is_few else "values_text", fit, count=few)
