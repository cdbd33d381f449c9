"""Which column is which field: header and values weighed together, the surest pairs first."""

from dataclasses import dataclass

from guanqing.intake.proposals.column_profiles import Look, fitness
from guanqing.intake.proposals.wording import Reason, likeness
from guanqing.intake.reading.headers import normal
from guanqing.records import Field, Kind

LEAST = 0.4  # below it a column is left to the person
# Headers that say nothing leave the values: what they alone can show is less, and only this.
BY_VALUES = {"stamp": 0.45, "day": 0.42, "item": 0.42, "reader": 0.41, "call_number": 0.55}
CODE_BY_VALUES = 0.5
UNKNOWN_FITNESS = 0.6  # a column that is blank so far


@dataclass(frozen=True)
class Match:
    """A column taken for a field: how surely, and why."""

    header: str
    place: int
    score: float
    reasons: tuple[Reason, ...]


def matches(kind: Kind, columns: dict[int, str], looks: dict[int, Look]) -> dict[str, Match]:
    """Return the columns of a kind's fields; a column serves one field, a field has one column."""
    pairs = [
        (match, found.name)
        for found in kind.fields.values()
        for place, header in columns.items()
        if (match := _match(header, place, found, looks[place])) and match.score >= LEAST
    ]
    # of equals the column that stands first: what a line is about comes before its details
    pairs.sort(key=lambda pair: (-pair[0].score, pair[0].place))
    chosen: dict[str, Match] = {}
    taken: set[int] = set()
    for match, name in pairs:
        if name not in chosen and match.place not in taken:
            chosen[name] = match
            taken.add(match.place)
    if "parent" in chosen and "loan" not in chosen:
        del chosen["parent"]  # a number that leads nowhere
    return {name: chosen[name] for name in kind.fields if name in chosen}


def _match(header: str, place: int, found: Field, look: Look) -> Match | None:
    likely, by_header = likeness(header, found)
    fit, by_values = fitness(look, found)
    if by_header:
        weight = UNKNOWN_FITNESS if fit is None else fit
        # against its values a header stands only if it is clear: then a person should see it
        score = likely * (0.55 + 0.45 * weight) * (0.75 if weight < 0.2 else 1)
        return Match(header, place, score, (by_header, by_values))
    score = _by_values(header, found, look, fit or 0.0)
    return Match(header, place, score, (by_values,)) if score else None


def _by_values(header: str, found: Field, look: Look, fit: float) -> float:
    """Return how surely values alone show a field: none but a few kinds of them do."""
    if found.kind == "loan" and found.name == "loan":
        name = normal(header)
        # 序号 and the like begin anew in the next file; the id of a table does not
        is_key = name.endswith("id") and look.is_unique and (name == "id" or not look.is_numbered)
        return 0.41 * fit if is_key and look.total > 1 else 0.0
    if found.kind == "code":
        return CODE_BY_VALUES * fit if found.needed and look.is_few else 0.0
    if not (found.needed or found.column or found.kind == "call_number"):
        return 0.0
    if found.kind == "item" and not look.shares["long"] > 0.9:
        return 0.0
    if found.kind == "reader" and (look.is_unique or look.shares["long"] < 0.9):
        return 0.0
    fit = look.shares["shelved"] if found.kind == "call_number" else fit
    return BY_VALUES.get(found.kind, 0.0) * fit
