"""Which of a loan's dates is which: the order in which they come says it where no header does."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from guanqing.intake.proposals.column_profiles import Look
from guanqing.intake.proposals.matching import FIRM, Match
from guanqing.intake.proposals.stamps import moment, stamps_of
from guanqing.intake.proposals.tables import Table
from guanqing.intake.proposals.wording import Reason, likeness
from guanqing.records import Kind

MOST = 0.9  # of the lines: one in ten may be dirt
ROWS = 5  # fewer lines with both dates show no order
BY_ORDER = 0.55
LENGTHS = (
    0.05  # of the lines: loans are due after some few numbers of days, and come back after any
)
YEAR_FIRST = re.compile(r"(\d{4})\D?(\d{1,2})\D?(\d{1,2})(?:\D{0,3}(\d{1,2}):(\d{2}))?")

Days = Sequence[datetime | None]


def in_order(
    kind: Kind, chosen: dict[str, Match], table: Table, looks: dict[int, Look]
) -> dict[str, Match]:
    """Return the columns of a loan with its dates put right: it begins with the earliest of them.

    A date after it that most often lies a few fixed numbers of days later is when the item is due,
    another is when it came back.
    """
    if "loaned_at" not in kind.fields:
        return chosen
    written = {
        place: _days(table.values(place))
        for place, look in looks.items()
        if look.shares["date"] > MOST and not look.is_of_births
    }
    chosen = dict(chosen)
    first = _first(kind, chosen, table, written)
    if first is None:
        return chosen
    chosen = {n: m for n, m in chosen.items() if n == "loaned_at" or m.place != first.place}
    chosen["loaned_at"] = first
    taken = {match.place for match in chosen.values()}
    for place, days in written.items():
        share = _later(written[first.place], days)
        if place in taken or share is None or share < MOST:
            continue
        count = _lengths(written[first.place], days)
        name = "returned_at" if count is None else "due_on"
        if name not in chosen:
            reason = Reason("values_later", {"share": share})
            if count is not None:
                reason = Reason("values_lengths", {"count": count})
            chosen[name] = Match(table.columns[place], place, BY_ORDER, (reason,))
    return {name: chosen[name] for name in kind.fields if name in chosen}


def _first(
    kind: Kind, chosen: dict[str, Match], table: Table, written: dict[int, Days]
) -> Match | None:
    """Return the column of the loan: the one chosen, unless an earlier has as good a header."""
    now = chosen.get("loaned_at")
    if now is not None and (now.by_header >= FIRM or now.place not in written):
        return now if now.place in written else None
    firm = {match.place for match in chosen.values() if match.by_header >= FIRM}
    best, best_share = now, 0.0
    for place, days in written.items():
        header = table.columns[place]
        if place in firm or likeness(header, kind.fields["loaned_at"])[0] < (
            now.by_header if now else 0
        ):
            continue
        shares = [_later(days, other) for at, other in written.items() if at != place]
        known = [share for share in shares if share is not None]
        if known and min(known) >= MOST and min(known) > best_share:
            best_share = min(known)
            reason = Reason("values_earliest", {"share": best_share})
            best = Match(header, place, BY_ORDER, (reason,))
            if now and now.place == place:
                score = max(now.score, BY_ORDER)
                best = replace(now, score=score, reasons=(*now.reasons, reason))
    return best


def _later(first: Days, second: Days) -> float | None:
    """Return in which share of the lines that have both the second is not before the first."""
    pairs = [(one, other) for one, other in zip(first, second, strict=True) if one and other]
    if len(pairs) < ROWS:
        return None
    # a day without a time may be the day of the loan
    return sum(other >= one or other.date() == one.date() for one, other in pairs) / len(pairs)


def _lengths(first: Days, second: Days) -> int | None:
    """Return after how many different numbers of days items are due; None if after any."""
    pairs = [(one, other) for one, other in zip(first, second, strict=True) if one]
    if not all(other for _, other in pairs):
        return None
    count = len({(other.date() - one.date()).days for one, other in pairs if other})
    return count if count <= max(3, min(8, LENGTHS * len(pairs))) and count < len(pairs) else None


def _days(values: Sequence[str]) -> Days:
    forms = stamps_of(values).forms
    return [_day(value, forms) for value in values]


def _day(value: str, forms: Sequence[str]) -> datetime | None:
    for form in forms:
        if read := moment(value, form):
            return read
    found = YEAR_FIRST.search(value)
    try:
        if found is None:
            return None
        year, month, day, hour, minute = (int(part or 0) for part in found.groups())
        return datetime(year, month, day, hour, minute)
    except ValueError:
        return None
