"""Read an unknown text as each kind of record, and see which is the likeliest."""

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import product
from pathlib import Path

from guanqing.intake import layouts
from guanqing.intake.decoding import Text
from guanqing.intake.proposals.clocks import with_clocks
from guanqing.intake.proposals.column_profiles import look_at
from guanqing.intake.proposals.dates import in_order
from guanqing.intake.proposals.joining import Join, Page, joins_of
from guanqing.intake.proposals.matching import FIRM, Joins, matches
from guanqing.intake.proposals.proposal import Proposal
from guanqing.intake.proposals.stamps import order_of
from guanqing.intake.proposals.tables import table_of, values_of
from guanqing.intake.proposals.wording import Reason, likeness, worth
from guanqing.intake.reading.headers import normal
from guanqing.intake.reading.source_matching import Opened, open_texts
from guanqing.problems import Problem
from guanqing.records import Kind, kinds

LEAST = 0.1  # of confidence that is worth a word
ALL_LISTED = 0.95
LISTS = {"reader": "readers", "item": "items"}  # what is listed by its number, and in which kind
TO_COME_AT_LEAST = 0.2  # of days: some of what is lent now was due before the export
YEAR_MONTH_DAY = re.compile(r"(\d{4})\D?(\d{1,2})\D?(\d{1,2})")
DATES_AT_LEAST = 0.5  # of the values where a layout says that dates stand

# what is known of the columns of each text by the others: place -> reader or item, and why
Known = dict[Page, dict[int, tuple[str, Reason]]]


def propose(text: Text) -> list[Proposal]:
    """Return what a text may be, the likeliest first; nothing where no column is recognised.

    Goes by the headers and the values of the first lines. Nothing is loaded or written.
    """
    return propose_together([text])[text.name]


def propose_together(found: Sequence[Text]) -> dict[str, list[Proposal]]:
    """Return what each of several texts may be, by its name: what they have in common counts, too.

    A column of loans whose values are listed in a file of readers is of readers.
    """
    every = every_kind(found)
    return {
        name: [proposal for proposal in proposals if proposal.confidence >= LEAST]
        for name, proposals in every.items()
    }


def every_kind(found: Sequence[Text]) -> dict[str, list[Proposal]]:
    """Return each text read as every kind of record, however little it looks like it."""
    pages = [_page(text) for text in found]
    known: Known = {page: {} for page in pages}
    lists: dict[Page, tuple[int, str]] = {}
    joins = joins_of(pages)
    for join in joins:
        if join.listing not in lists and (of := _listed(join)):
            lists[join.listing] = (join.listed, of)
            known[join.listing][join.listed] = (of, join.reason_listed())
    for join in joins:
        place, of = lists.get(join.listing, (0, ""))
        if place == join.listed:
            known[join.speaking].setdefault(join.spoken, (of, join.reason()))
    _join_by_name(pages, known, lists)
    first = _day_or_month(pages)
    return {
        page.text.name: [replace(p, day_or_month=first) for p in _proposals(page, known[page])]
        for page in pages
    }


def _join_by_name(pages: Sequence[Page], known: Known, lists: dict[Page, tuple[int, str]]) -> None:
    """Let a column that is surely of readers or items meet the id of their list.

    Short numbers meet by chance, so the values alone do not show it: the header must say whose
    number it is, the list must be one of those, and hold them all.
    """
    for speaking, (of, code) in product(pages, LISTS.items()):
        wanted = kinds()["loans"].fields[of]
        for place, header in speaking.table.columns.items():
            if place in known[speaking] or likeness(header, wanted)[0] < FIRM:
                continue
            for listing in (page for page in pages if page is not speaking and page not in lists):
                at = _id_of(listing)
                if at is None or _proposals(listing, known[listing])[0].kind.code != code:
                    continue
                listed = frozenset(values_of(listing.text, listing.table, at))
                counts = speaking.looks[place].counts
                share = sum(value in listed for value in counts) / (len(counts) or 1)
                if share >= ALL_LISTED:
                    join = Join(listing, at, speaking, place, share)
                    lists[listing] = (at, of)
                    known[listing][at] = (of, join.reason_listed())
                    known[speaking][place] = (of, join.reason())


def _id_of(page: Page) -> int | None:
    columns = page.table.columns.items()
    ids = (at for at, name in columns if normal(name) == "id" and page.looks[at].is_unique)
    return next(ids, None)


def _day_or_month(pages: Sequence[Page]) -> str:
    """Return what comes first in the dates of a folder; "" if its files disagree or none tells."""
    dates = (
        order_of(look.counts)
        for page in pages
        for look in page.looks.values()
        if look.shares["date"] > DATES_AT_LEAST
    )
    found = {first for first in dates if first}
    return found.pop() if len(found) == 1 else ""


def _page(text: Text) -> Page:
    table = table_of(text, worth)
    return Page(text, table, {place: look_at(table.values(place)) for place in table.columns})


def _listed(join: Join) -> str | None:
    """Return what a file lists, reader or item: what else stands in it says so."""
    sure = {}
    for of, code in LISTS.items():
        found = _as(kinds()[code], join.listing, {join.listed: (of, join.reason_listed())})
        key = found.matches.get(of)
        sure[of] = found.confidence if key and key.place == join.listed else 0.0
    best = max(sure, key=lambda of: sure[of])
    return best if len(set(sure.values())) > 1 else None


def _proposals(page: Page, joins: Joins) -> list[Proposal]:
    found = [_as(kind, page, joins) for kind in kinds().values()]
    # of equals the kind that asks for less: what it asks for is then what the file is about
    return sorted(found, key=lambda p: (-p.confidence, -len(p.matches), len(p.kind.fields)))


def _as(kind: Kind, page: Page, joins: Joins) -> Proposal:
    """Return a text read as a kind of record, whether it looks like it or not."""
    table, looks = page.table, page.looks
    found = in_order(kind, matches(kind, table.columns, looks, joins), table, looks)
    found = with_clocks(kind, found, table, looks)
    return _with_due_days(Proposal(page.text.name, kind, table, found, looks), page.text)


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
    proposed = propose_together(found)
    likely = {name: options[0] for name, options in proposed.items() if options}
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
