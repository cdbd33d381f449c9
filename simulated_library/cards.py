"""The readers of the simulated network and what happens to their cards."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from simulated_library.calendar import DAY, Calendar
from simulated_library.chance import (
    Ints,
    between,
    dealt,
    in_codes,
    known,
    pick,
    shuffled,
    stream,
)

NEVER = np.iinfo(np.int64).max // 2
CHANNELS = ["desk", "self_service", "bookstore"]
DESK, SELF_SERVICE, BOOKSTORE = range(3)


@dataclass(frozen=True)
class Year:
    """A stretch of the simulation with totals that have to come out."""

    first: int  # days, both included
    last: int
    totals: dict[str, Any]


@dataclass(frozen=True)
class Readers:
    """Arrays by reader, in the order their cards were issued."""

    reader_id: Ints  # surrogate, in no order that leads back to a card number
    issued_at: Ints
    branch: Ints
    channel: Ints
    kind: Ints  # position in readers.toml, types
    cancelled_at: Ints  # NEVER while the card is held
    leaders: Ints  # readers that the library printed, by rank

    @property
    def size(self) -> int:
        """Return how many readers there are."""
        return len(self.reader_id)

    @property
    def issue_day(self) -> Ints:
        """Return the day each card was issued."""
        return self.issued_at // DAY


def reader_types() -> dict[str, dict[str, Any]]:
    """Return the types of readers, in the order that kind counts."""
    types: dict[str, dict[str, Any]] = known("readers")["types"]
    return types


def enrol(calendar: Calendar, years: list[Year], leader_count: int) -> Readers:
    """Issue the cards of every year, and cancel some."""
    rng = stream("cards")
    branch, day = _issue_days(calendar, years, rng)
    size = len(day)
    # the last hour is left free, so that who gets a card can still borrow on the same visit
    issued_at = calendar.times_on(branch, day, rng.random(size), before=3600)
    order = np.argsort(issued_at, kind="stable")
    issued_at, branch = issued_at[order], branch[order]
    kind = _kinds(calendar, issued_at // DAY, rng)
    at_main = np.flatnonzero((branch == calendar.main) & (kind == 0))
    leaders = np.sort(at_main[: 8 * leader_count])[shuffled(rng, 8 * leader_count)[:leader_count]]
    return Readers(
        reader_id=shuffled(rng, size) + 1,
        issued_at=issued_at,
        branch=branch,
        channel=_issue_channels(calendar, branch, issued_at // DAY, rng),
        kind=kind,
        cancelled_at=_cancellations(
            calendar, years, rng, issue_day=issued_at // DAY, branch=branch, leaders=leaders
        ),
        leaders=leaders,
    )


def _issue_days(
    calendar: Calendar, years: list[Year], rng: np.random.Generator
) -> tuple[Ints, Ints]:
    branches, days = [], []
    for year in years:
        parts = calendar.sized(year.totals["issued"])
        branch = np.repeat(np.arange(len(parts)), parts)
        first, last = np.full_like(branch, year.first), np.full_like(branch, year.last)
        branches.append(branch)
        days.append(calendar.days_for("cards", rng.random(len(branch)), branch, first, last))
    return np.concatenate(branches), np.concatenate(days)


def _kinds(calendar: Calendar, days: Ints, rng: np.random.Generator) -> Ints:
    types = list(reader_types().values())
    usual = pick(rng, [row["share"] for row in types], len(days))
    september = pick(rng, [row["september_share"] for row in types], len(days))
    months = calendar.dates(days).dt.month().to_numpy()
    return np.where(months == 9, september, usual).astype(np.int64)


def _issue_channels(calendar: Calendar, branch: Ints, days: Ints, rng: np.random.Generator) -> Ints:
    shares = known("readers")["issue_channels"]
    machine = np.where(
        branch == calendar.main, shares["self_service_main"], shares["self_service_small"]
    )
    channel = np.where(rng.random(len(days)) < machine, SELF_SERVICE, DESK)
    in_store = rng.random(len(days)) < shares["bookstore"]
    in_store &= days >= calendar.day(shares["bookstore_from"])
    return np.where(in_store, BOOKSTORE, channel).astype(np.int64)


def _cancellations(
    calendar: Calendar,
    years: list[Year],
    rng: np.random.Generator,
    *,
    issue_day: Ints,
    branch: Ints,
    leaders: Ints,
) -> Ints:
    """Return when each card was cancelled; the printed readers keep theirs."""
    # with room for a branch that is closed on the day, and cards to choose from
    least = known("readers")["cancellation"]["least_days_after_issue"] + 10
    is_taken = np.zeros(len(issue_day), dtype=bool)
    is_taken[leaders] = True
    chosen, days = [], []
    at_main = branch == calendar.main
    for year in years:
        own = year.totals["cancelled"]
        for members, count in (
            (np.flatnonzero(at_main), own),
            (np.flatnonzero(~at_main), int(calendar.sized(own).sum()) - own),
        ):
            main = np.full(count, calendar.main)
            first, last = np.full(count, max(year.first, least + 7)), np.full(count, year.last)
            when = calendar.days_for("cards", rng.random(count), main, first, last)
            for day in when.tolist():
                eligible = int(np.searchsorted(issue_day[members], day - least))
                reader = int(members[int(rng.random() * eligible)])
                while is_taken[reader]:
                    reader = int(members[int(rng.random() * eligible)])
                is_taken[reader] = True
                chosen.append(reader)
                days.append(day)
    readers = np.array(chosen)
    # a branch that is closed that day took the card back on its last open day before
    open_days = calendar.last_open(branch[readers], np.array(days))
    cancelled_at = np.full(len(issue_day), NEVER)
    cancelled_at[readers] = calendar.times_on(
        branch[readers], open_days, rng.random(len(readers)), after_opening=2400
    )
    return cancelled_at


def card_events_table(calendar: Calendar, readers: Readers, years: list[Year]) -> pl.DataFrame:
    """Return the table card_events, in time order."""
    parts = [
        _events(calendar, readers, "issue", np.arange(readers.size), readers.issued_at),
        _cancel_events(calendar, readers, years),
        *_incidents(calendar, readers),
    ]
    return pl.concat(parts).sort("event_at", "reader_id", "event_kind")


def _events(calendar: Calendar, readers: Readers, kind: str, who: Ints, at: Ints) -> pl.DataFrame:
    # only a new card comes from elsewhere than the desk
    channel = readers.channel[who] if kind == "issue" else np.full(len(who), DESK)
    return pl.DataFrame(
        {
            "event_kind": pl.repeat(kind, len(who), eager=True),
            "event_at": calendar.stamps(at),
            "reader_id": readers.reader_id[who],
            "branch_code": in_codes(calendar.codes, readers.branch[who]),
            "channel_code": in_codes(CHANNELS, channel),
            "reason_code": pl.repeat(None, len(who), dtype=pl.String, eager=True),
        }
    )


def _cancel_events(calendar: Calendar, readers: Readers, years: list[Year]) -> pl.DataFrame:
    rng = stream("cancellations")
    text = known("readers")["cancellation"]
    frames = []
    for year in years:
        day = readers.cancelled_at // DAY
        who = np.flatnonzero((day >= year.first) & (day <= year.last))
        reasons = sorted(dealt(rng, len(who), text["reasons"]), key=list(text["reasons"]).index)
        is_student = readers.kind[who] == list(reader_types()).index("student")
        order = np.argsort(rng.random(len(who)) - text["student_lean"] * is_student, kind="stable")
        who = who[order]
        frames.append(
            _events(calendar, readers, "cancel", who, readers.cancelled_at[who]).with_columns(
                pl.Series("reason_code", reasons, dtype=pl.String)
            )
        )
    return pl.concat(frames)


def _incidents(calendar: Calendar, readers: Readers) -> list[pl.DataFrame]:
    """Return cards lost, replaced and suspended: while they are held, on open days."""
    rng = stream("incidents")
    text = known("readers")["incidents"]
    last = np.minimum(readers.cancelled_at // DAY, calendar.day_count) - 12
    held = np.flatnonzero(last > readers.issue_day + 12)
    drawn = rng.random(len(held))
    lost = held[drawn < text["lost"]]
    suspended = held[(drawn >= text["lost"]) & (drawn < text["lost"] + text["suspended"])]
    replaced = rng.random(len(lost)) < text["replaced_of_lost"]

    def during(who: Ints) -> Ints:
        return calendar.days_for(
            "cards",
            rng.random(len(who)),
            readers.branch[who],
            readers.issue_day[who] + 1,
            last[who],
        )

    def at_desk(kind: str, who: Ints, days: Ints) -> pl.DataFrame:
        at = calendar.times_on(readers.branch[who], days, rng.random(len(who)))
        return _events(calendar, readers, kind, who, at)

    lost_days = during(lost)
    new_days = calendar.next_open(readers.branch[lost], lost_days + between(rng, (1, 3), len(lost)))
    return [
        at_desk("report_lost", lost, lost_days),
        at_desk("replace", lost[replaced], new_days[replaced]),
        at_desk("suspend", suspended, during(suspended)),
    ]
