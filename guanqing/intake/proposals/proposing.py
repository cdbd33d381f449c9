"""Read an unknown text as each kind of record, and see which is the likeliest."""

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from guanqing.intake import layouts
from guanqing.intake.decoding import Text
from guanqing.intake.proposals.column_profiles import look_at
from guanqing.intake.proposals.matching import matches
from guanqing.intake.proposals.proposal import Proposal
from guanqing.intake.proposals.tables import table_of
from guanqing.intake.proposals.wording import Reason, worth
from guanqing.intake.reading.source_matching import Opened, open_texts
from guanqing.problems import Problem
from guanqing.records import kinds

LEAST = 0.05  # of confidence that is worth a word
TO_COME_AT_LEAST = 0.2  # of days: some of what is lent now was due before the export
YEAR_MONTH_DAY = re.compile(r"(\d{4})\D?(\d{1,2})\D?(\d{1,2})")
DATES_AT_LEAST = 0.5  # of the values where a layout says that dates stand


def propose(text: Text) -> list[Proposal]:
    """Return what a text may be, the likeliest first; nothing where no column is recognised.

    Goes by the headers and the values of the first lines. Nothing is loaded or written.
    """
    table = table_of(text, worth)
    looks = {place: look_at(table.values(place)) for place in table.columns}
    found = [
        _with_due_days(Proposal(text.name, kind, table, matched, looks), text)
        for kind in kinds().values()
        if (matched := matches(kind, table.columns, looks))
    ]
    likely = [proposal for proposal in found if proposal.confidence >= LEAST]
    # of equals the kind that asks for less: what it asks for is then what the file is about
    return sorted(likely, key=lambda p: (-p.confidence, -len(p.matches), len(p.kind.fields)))


def _with_due_days(found: Proposal, text: Text) -> Proposal:
    """Take a return that lies in the future for the day an item is due: Interlib calls it so."""
    match = found.matches.get("returned_at")
    if match is None or "due_on" in found.matches:
        return found
    counts = found.looks[match.place].counts
    today = text.written_at.date().timetuple()[:3]
    to_come = sum(
        count
        for value, count in counts.items()
        if (day := YEAR_MONTH_DAY.match(value)) and tuple(map(int, day.groups())) > today
    )
    if not counts or to_come < TO_COME_AT_LEAST * counts.total():
        return found
    reason = Reason("values_to_come", {"share": to_come / counts.total()})
    due = replace(match, reasons=(*match.reasons, reason))
    matched = {name: m for name, m in found.matches.items() if name != "returned_at"}
    return replace(found, matches=matched | {"due_on": due})


def best_layout(found: Sequence[Text], own: Path | None = None) -> str | None:
    """Return the layout that reads every text, and most columns of them; None if none does.

    A text that holds nothing we know, such as a note beside the export, may be left out.
    One that reads a text as something else than its likeliest proposal, or much less of it, does
    not fit. Of two that read as much the one made for a system goes before the plain one: it knows
    codes.
    """
    likely = {text.name: options[0] for text in found if (options := propose(text))}
    fits: dict[str, int] = {}
    for name in layouts.names(own):
        try:
            opened, skipped = open_texts(found, layouts.read(name, own))
        except Problem:  # a broken layout, or a file that lacks a column
            continue
        if (
            opened
            and likely.keys().isdisjoint(skipped)
            and all(_is_fit(o, likely.get(o.text.name)) for o in opened)
        ):
            fits[name] = sum(len(source.places) for source in opened)
    return max(fits, key=lambda name: (fits[name], name != "plain"), default=None)


def _is_fit(opened: Opened, likely: Proposal | None) -> bool:
    """Return whether a layout reads no less of a text than the headers alone say."""
    if likely is None or likely.is_low:
        # a system whose headers say nothing is known by its layout alone, never by the plain one
        return not opened.source.is_plain and _has_dates(opened)
    is_kind = opened.source.kind.code == likely.kind.code
    return is_kind and 4 * len(opened.places) >= 3 * len(likely.matches) and _has_dates(opened)


def _has_dates(opened: Opened) -> bool:
    """Return whether dates stand where the layout says: a file without header fits any other."""
    table = table_of(opened.text, worth)
    fields = opened.source.kind.fields
    for name, places in opened.places.items():
        if fields[name].kind in ("stamp", "day") and len(places) == 1:
            look = look_at(table.values(places[0]))
            if look.total and look.shares["date"] < DATES_AT_LEAST:
                return False
    return True
