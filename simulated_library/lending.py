"""Who borrows when; how long it stays out stands in loans.py, what they take in shelves.py."""

import numpy as np

from simulated_library.calendar import DAY, Calendar
from simulated_library.cards import (
    BOOKSTORE,
    DESK,
    NEVER,
    SELF_SERVICE,
    Readers,
    Year,
    reader_types,
)
from simulated_library.chance import (
    Flags,
    Floats,
    Ints,
    apportion_capped,
    between,
    known,
    pick,
    run_positions,
    stream,
)
from simulated_library.loans import Loans, bring_back


def lend(calendar: Calendar, readers: Readers, years: list[Year], printed: list[int]) -> Loans:
    """Lend every year's totals; the printed readers borrow what was printed in the first year.

    The main library lends its own total exactly: who goes elsewhere is made up for by others.
    """
    rng = stream("lending")
    appetite = _appetites(readers, rng)
    leaves_on = _leaving_days(calendar, readers, rng)
    parts = []
    for year in years:
        first = np.maximum(readers.issue_day + 1, year.first)
        last = np.maximum(np.minimum(leaves_on, year.last), first - 1)
        wanted = appetite * calendar.busyness("loans", readers.branch, first, last)
        counts = _loan_counts(calendar, readers, year, wanted, printed, rng)
        parts.append(
            _visits(calendar, readers, rng, year=year, counts=counts, first=first, last=last)
        )
    visits = {key: np.concatenate([part[key] for part in parts]) for key in parts[0]}
    return bring_back(calendar, readers, _loans(calendar, visits, rng))


def _appetites(readers: Readers, rng: np.random.Generator) -> Floats:
    """Return how much each reader borrows: a long tail, and some who never do."""
    luck = rng.random(readers.size)
    odds = np.sqrt(luck / (1 - luck))
    kinds = np.array([row["appetite"] for row in reader_types().values()])
    appetite = kinds[readers.kind] * odds / (1 + odds / 6)
    appetite[rng.random(readers.size) < known("readers")["borrows_never_share"]] = 0
    appetite[readers.leaders] = 4.5
    return appetite


def _leaving_days(calendar: Calendar, readers: Readers, rng: np.random.Generator) -> Ints:
    """Return the last day each reader may borrow: before the card goes, or interest does."""
    text = known("readers")["lapse"]
    stay = text["least_days"] + rng.random(readers.size) ** 2 * (
        text["most_days"] - text["least_days"]
    )
    lapses = rng.random(readers.size) < text["share"]
    lapses[readers.leaders] = False
    lapsed_on = np.where(lapses, readers.issue_day + stay.astype(np.int64), calendar.day_count)
    return np.minimum(lapsed_on, readers.cancelled_at // DAY - 1)


def _loan_counts(
    calendar: Calendar,
    readers: Readers,
    year: Year,
    wanted: Floats,
    printed: list[int],
    rng: np.random.Generator,
) -> Ints:
    caps = between(rng, year.totals["cap"], readers.size)
    own = year.totals["loans"]
    at_main = readers.branch == calendar.main
    beside = int(calendar.sized(own).sum()) - own
    counts = apportion_capped(beside, np.where(at_main, 0, wanted), caps)
    wanted = np.where(at_main, wanted, 0)
    if not year.totals["is_printed"]:
        return counts + apportion_capped(own, wanted, caps)
    leaders = readers.leaders[: len(printed)]
    wanted[leaders] = 0
    counts += apportion_capped(own - sum(printed), wanted, caps)
    counts[leaders] = printed
    return counts


def _visits(
    calendar: Calendar,
    readers: Readers,
    rng: np.random.Generator,
    *,
    year: Year,
    counts: Ints,
    first: Ints,
    last: Ints,
) -> dict[str, Ints]:
    """Split each reader's loans into visits of one to five items, on days the branch is open."""
    text = known("lending")
    slot_reader = np.repeat(np.arange(readers.size), counts)
    sizes = pick(rng, text["visit_sizes"], len(slot_reader)) + 1
    # lay the sizes end to end from each reader's first loan, and keep what the count needs
    laid = np.cumsum(sizes) - sizes
    starts = np.cumsum(counts) - counts
    before = laid - np.repeat(laid[np.minimum(starts, len(laid) - 1)], counts)
    room = np.repeat(counts, counts) - before
    kept = room > 0
    reader, size = slot_reader[kept], np.minimum(sizes, room)[kept]
    first, last = first[reader], last[reader]
    # many borrow on the visit they get the card on, a year's first visit is that one
    lends_now = rng.random(readers.size) < known("readers")["first_loan_on_issue_share"]
    lends_now &= (readers.channel != BOOKSTORE) & (readers.issue_day >= year.first)
    at_once = np.concatenate([[True], reader[1:] != reader[:-1]]) & lends_now[reader]
    stays = at_once | np.isin(reader, readers.leaders)
    branch = _visit_branches(
        calendar, rng, home=readers.branch[reader], first=first, last=last, size=size, stays=stays
    )
    day = calendar.days_for("loans", rng.random(len(reader)), branch, first, last)
    at = calendar.times_on(branch, day, rng.random(len(reader)), before=1500)
    at = np.where(at_once, readers.issued_at[reader] + between(rng, (300, 1500), len(at)), at)
    return {"reader": reader, "size": size, "branch": branch, "at": at}


def _visit_branches(
    calendar: Calendar,
    rng: np.random.Generator,
    *,
    home: Ints,
    first: Ints,
    last: Ints,
    size: Ints,
    stays: Flags,
) -> Ints:
    """Return where each visit leads; as many loans leave the main library as come to it."""
    elsewhere = pick(rng, calendar.weights, len(home))
    goes_away = ~stays & (rng.random(len(home)) < known("lending")["away_share"])
    # a short span may hold no open day of the other branch
    goes_away &= calendar.busyness("loans", elsewhere, first, last) > 0
    leaves = goes_away & (home == calendar.main) & (elsewhere != calendar.main)
    comes = goes_away & (home != calendar.main) & (elsewhere == calendar.main)
    for count in np.unique(size):
        out, back = (np.flatnonzero(flags & (size == count)) for flags in (leaves, comes))
        matched = min(len(out), len(back))
        goes_away[out[matched:]] = goes_away[back[matched:]] = False
    return np.where(goes_away, elsewhere, home)


def _loans(calendar: Calendar, visits: dict[str, Ints], rng: np.random.Generator) -> Loans:
    """Return the loans of the visits, none of them back yet."""
    text = known("lending")
    size = visits["size"]
    machine = np.where(
        visits["branch"] == calendar.main, text["self_service_main"], text["self_service_small"]
    )
    channel = np.where(rng.random(len(size)) < machine, SELF_SERVICE, DESK)
    visit, place = np.repeat(np.arange(len(size)), size), run_positions(size)
    loaned_at = visits["at"][visit] + 35 * place
    order = np.argsort(loaned_at, kind="stable")
    visit, place = visit[order], place[order]
    never = np.full(len(order), NEVER)
    return Loans(
        reader=visits["reader"][visit],
        branch=visits["branch"][visit],
        channel=channel[visit],
        visit=visit,
        place_in_visit=place,
        loaned_at=loaned_at[order],
        returned_at=never,
        return_branch=visits["branch"][visit],
        renewed_at=never,
    )
