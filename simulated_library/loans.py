"""A loan from the desk to its return, and the table of what happened to it."""

from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from simulated_library.calendar import DAY, Calendar
from simulated_library.cards import CHANNELS, DESK, NEVER, SELF_SERVICE, Readers
from simulated_library.chance import Floats, Ints, as_ints, between, in_codes, known, stream


@dataclass(frozen=True)
class Loans:
    """Arrays by loan, in time order."""

    reader: Ints
    branch: Ints
    channel: Ints
    visit: Ints  # loans of one visit share a number
    place_in_visit: Ints  # 0, 1, …
    loaned_at: Ints
    returned_at: Ints  # NEVER while it is out
    return_branch: Ints
    renewed_at: Ints  # NEVER if it was not

    @property
    def size(self) -> int:
        """Return how many loans there are."""
        return len(self.reader)


def bring_back(calendar: Calendar, readers: Readers, loans: Loans) -> Loans:
    """Return the loans with the times they were renewed and came back."""
    rng = stream("bringing back")
    text = known("lending")["returns"]
    size, day = loans.size, loans.loaned_at // DAY
    latest_known = calendar.opens.shape[1] - 1
    renewed_on = np.minimum(day + between(rng, text["renewed_after"], size), latest_known)
    renewed_on = calendar.last_open(loans.branch, renewed_on)
    is_renewed = (rng.random(size) < text["renewed_share"]) & (renewed_on > day)
    # a renewal still to come has not lengthened the loan yet
    is_renewed &= renewed_on < calendar.day_count
    renewed_at = calendar.times_on(loans.branch, renewed_on, rng.random(size))
    luck, hour = _of_visit(loans, rng), _of_visit(loans, rng)
    stays = as_ints(np.interp(luck, text["shares"], text["days"]))
    stays = np.where(is_renewed, between(rng, text["renewed_returns"], size), stays)
    returned_on = calendar.next_open(loans.branch, day + stays)
    # what comes back together is checked in one after the other
    returned_at = calendar.times_on(loans.branch, returned_on, hour) + 20 * loans.place_in_visit
    is_kept = rng.random(size) < text["still_out_share"]
    is_kept &= readers.cancelled_at[loans.reader] == NEVER
    return _before_cancelling(
        readers,
        replace(
            loans,
            returned_at=np.where(is_kept, NEVER, returned_at),
            renewed_at=np.where(is_renewed, renewed_at, NEVER),
        ),
        rng,
    )


def _of_visit(loans: Loans, rng: np.random.Generator) -> Floats:
    """Draw a number for each loan: mostly the same for what was taken in one visit."""
    together = rng.random(loans.size) < known("lending")["returns"]["together_share"]
    shared = rng.random(int(loans.visit.max()) + 1)
    return np.where(together, shared[loans.visit], rng.random(loans.size))


def _before_cancelling(readers: Readers, loans: Loans, rng: np.random.Generator) -> Loans:
    """Bring back what a reader still has when the card is cancelled, minutes before."""
    latest = readers.cancelled_at[loans.reader] - between(rng, (90, 1200), loans.size)
    is_brought = loans.returned_at > latest
    returned_at = np.where(is_brought, latest, loans.returned_at)
    return replace(
        loans,
        returned_at=returned_at,
        return_branch=np.where(is_brought, readers.branch[loans.reader], loans.branch),
        renewed_at=np.where(loans.renewed_at < returned_at, loans.renewed_at, NEVER),
    )


def loan_events_table(
    calendar: Calendar, readers: Readers, loans: Loans, item: Ints
) -> pl.DataFrame:
    """Return the table loan_events: what happened up to the last day, in time order.

    item holds the item_id of each loan, 0 where the item has been deleted since.
    """
    rng = stream("returns")
    text = known("lending")["returns"]
    due = loans.loaned_at // DAY + text["loan_days"]
    machine = rng.random(loans.size) < text["self_service_share"]
    at_return = np.where(machine, SELF_SERVICE, DESK)
    everyone = np.arange(loans.size)
    renewed = np.flatnonzero(loans.renewed_at < calendar.end)
    returned = np.flatnonzero(loans.returned_at < calendar.end)
    columns = {"reader": readers.reader_id[loans.reader], "item": item}

    def events(kind: str, who: Ints, at: Ints, branch: Ints, channel: Ints) -> pl.DataFrame:
        days = due[who] + (text["loan_days"] if kind == "renewal" else 0)
        return pl.DataFrame(
            {
                "event_kind": pl.repeat(kind, len(who), eager=True),
                "event_at": calendar.stamps(at[who]),
                "loan_id": who + 1,
                "reader_id": columns["reader"][who],
                "item_id": columns["item"][who],
                "branch_code": in_codes(calendar.codes, branch[who]),
                "channel_code": in_codes(CHANNELS, channel[who]),
                "due_date": calendar.dates(days),
            }
        )

    frames = [
        events("loan", everyone, loans.loaned_at, loans.branch, loans.channel),
        events("renewal", renewed, loans.renewed_at, loans.branch, at_return),
        events("return", returned, loans.returned_at, loans.return_branch, at_return).with_columns(
            due_date=pl.lit(None, pl.Date)
        ),
    ]
    return (
        pl.concat(frames)
        .with_columns(pl.col("item_id").replace(0, None), quantity=pl.lit(1, pl.Int16))
        .sort("event_at", "loan_id", "event_kind")
    )
