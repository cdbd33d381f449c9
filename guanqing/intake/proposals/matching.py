"""Which column is which field: header and values weighed together, the surest pairs first."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from guanqing.intake.proposals.column_profiles import Look, fitness, known_share
from guanqing.intake.proposals.wording import Reason, likeness
from guanqing.intake.reading.headers import normal
from guanqing.records import ID_KINDS, Field, Kind

LEAST = 0.4  # below it a column is left to the person
# Headers that say nothing leave the values: what they alone can show is less, and only this.
BY_VALUES = {"stamp": 0.45, "day": 0.42, "item": 0.42, "reader": 0.42, "call_number": 0.55}
CODE_BY_VALUES = 0.5
BRANCH_BY_VALUES = 0.5
BIRTHS_BY_VALUES = 0.45
KNOWN_CODES = 0.8  # of the values: a column that names our codes and hardly anything else
JOINED = 0.8  # two files that meet in a column
FIRM = 0.9  # a header that says it outright goes before what other files show
LINES = 5  # fewer values show nothing, and numbers of fewer digits count something
CLOCK = "values_clock"
UNKNOWN_FITNESS = 0.6  # a column that is blank so far
OF_BLANKS = 0.7  # how much a header must say where the values say nothing

Joins = Mapping[int, tuple[str, Reason]]  # place -> reader or item, as another file shows


@dataclass(frozen=True)
class Match:
    """A column taken for a field: how surely, and why."""

    header: str
    place: int
    score: float
    reasons: tuple[Reason, ...]
    by_header: float = 0.0  # how much of it the header says
    # where its time of day stands, if in a column of its own: header and place
    clock: tuple[str, int] | None = None

    def with_clock(self, header: str, place: int) -> "Match":
        """Return it with the column of its time of day; what a person named has no reasons."""
        reasons = (*self.reasons, Reason(CLOCK, {"header": header})) if self.reasons else ()
        return replace(self, clock=(header, place), reasons=reasons)

    def without_clock(self) -> "Match":
        """Return it as a day alone."""
        reasons = tuple(reason for reason in self.reasons if reason.code != CLOCK)
        return replace(self, clock=None, reasons=reasons)


def matches(
    kind: Kind, columns: dict[int, str], looks: dict[int, Look], joins: Joins | None = None
) -> dict[str, Match]:
    """Return the columns of a kind's fields; a column serves one field, a field has one column.

    `joins`: what other files say of the columns that stand in them, too.
    """
    pairs = [
        (match, found.name)
        for found in kind.fields.values()
        for place, header in columns.items()
        if (match := _match(kind, header, place, found, looks[place], (joins or {}).get(place)))
        and match.score >= LEAST
    ]
    # what another file speaks of is what this one lists, or the two do not meet; and of equals the
    # column that stands first: what a line is about comes before its details
    pairs.sort(
        key=lambda pair: (
            not _is_listed(kind, pair[1], (joins or {}).get(pair[0].place)),
            -pair[0].score,
            pair[0].place,
        )
    )
    chosen: dict[str, Match] = {}
    taken: set[int] = set()
    for match, name in pairs:
        if name not in chosen and match.place not in taken:
            chosen[name] = match
            taken.add(match.place)
    if "parent" in chosen and "loan" not in chosen:
        del chosen["parent"]  # a number that leads nowhere
    _settle_ids(chosen, looks)
    return {name: chosen[name] for name in kind.fields if name in chosen}


def _is_listed(kind: Kind, name: str, joined: tuple[str, Reason] | None) -> bool:
    return joined is not None and kind.key == (name,) and kind.fields[name].kind == joined[0]


def _settle_ids(chosen: dict[str, Match], looks: dict[int, Look]) -> None:
    """Let how many different values there are decide where headers do not: more items than readers.

    A library has more items than readers who borrow.
    """
    reader, item = chosen.get("reader"), chosen.get("item")
    if reader is None or item is None or reader.score >= JOINED or item.score >= JOINED:
        return
    if reader.by_header or item.by_header:
        return
    if len(looks[reader.place].counts) > len(looks[item.place].counts):
        chosen["reader"] = replace(item, score=reader.score)
        chosen["item"] = replace(reader, score=item.score)


def _match(
    kind: Kind,
    header: str,
    place: int,
    found: Field,
    look: Look,
    joined: tuple[str, Reason] | None,
) -> Match | None:
    likely, by_header = likeness(header, found)
    fit, by_values = fitness(look, found)
    if joined and found.kind == joined[0]:
        reason = joined[1]
        score = max(JOINED, likely * (fit or UNKNOWN_FITNESS))
        reasons = (by_header, reason) if by_header else (reason,)
        return Match(header, place, score, reasons, likely)
    if joined and found.kind in ID_KINDS and likely < FIRM:
        return None
    if by_header and fit is None and likely < OF_BLANKS:
        return None
    if by_header:
        weight = UNKNOWN_FITNESS if fit is None else fit
        # against its values a header stands only if it is clear: then a person should see it
        score = likely * (0.55 + 0.45 * weight) * (0.75 if weight < 0.2 else 1)
        if likely < 0.9 and weight < 0.2:
            return None
        return Match(header, place, score, (by_header, by_values), likely)
    score = _by_values(kind, header, found, look, fit or 0.0)
    return Match(header, place, score, (by_values,)) if score else None


def _by_values(kind: Kind, header: str, found: Field, look: Look, fit: float) -> float:
    """Return how surely values alone show a field: none but a few kinds of them do."""
    if found.kind == "loan" and found.name == "loan":
        name = normal(header)
        # 序号 and the like begin anew in the next file; the id of a table does not
        is_key = name.endswith("id") and look.is_unique and (name == "id" or not look.is_numbered)
        return 0.41 * fit if is_key and look.total > 1 else 0.0
    if found.kind in ("reader", "item"):
        return BY_VALUES[found.kind] * fit if _tells_apart(kind, found, look) else 0.0
    if found.kind == "code":
        if look.is_few and len(look.counts) > 1 and known_share(look, found) > KNOWN_CODES:
            return CODE_BY_VALUES * fit
        return CODE_BY_VALUES * fit if found.needed and look.is_few else 0.0
    if found.kind == "branch":
        is_named = look.is_few and look.shares["place"] > KNOWN_CODES
        return BRANCH_BY_VALUES * fit if is_named else 0.0
    if found.name == "born_on":
        return BIRTHS_BY_VALUES * fit if look.is_of_births else 0.0
    if not (found.needed or found.column or found.kind == "call_number"):
        return 0.0
    if found.kind == "call_number":
        fit = max(look.shares["shelved"], look.shares["dewey"])
    return BY_VALUES.get(found.kind, 0.0) * fit


def _tells_apart(kind: Kind, found: Field, look: Look) -> bool:
    """Return whether a column may be the number of a reader or an item by its values alone.

    In a list of readers or items each comes once; in a list of loans readers come again.
    """
    shares = look.shares
    if not look.is_of_many or look.is_numbered or max(shares["shelved"], shares["month"]) > 0.5:
        return False
    if look.total < LINES or (shares["whole"] > 0.9 and max(map(len, look.counts)) < LINES):
        return False  # too little to go by, or a count of something
    if kind.key == (found.name,):
        return look.is_unique
    is_written_out = look.shares["long"] > 0.9
    return (is_written_out or not look.is_few) and (found.kind == "item" or not look.is_unique)
