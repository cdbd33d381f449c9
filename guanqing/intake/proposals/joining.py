"""What files of one folder say of each other: a column whose values are listed in another file."""

from collections.abc import Sequence
from dataclasses import dataclass

from guanqing.intake.decoding import Text
from guanqing.intake.proposals.column_profiles import Look
from guanqing.intake.proposals.tables import Table, values_of
from guanqing.intake.proposals.wording import Reason
from guanqing.intake.reading.headers import normal

LEAST_VALUES = 5
LEAST_SHARE = 0.3  # of the values of the column that must be listed in the other
LEAST_OF_NUMBERS = 0.8
MOSTLY = 0.9
SHORT = 5  # digits: of shorter numbers the headers have to agree
NEVER = 2.0


@dataclass(frozen=True, eq=False)  # each is itself: they are told apart as keys
class Page:
    """A text on its way to a proposal: its first lines and how each column looks."""

    text: Text
    table: Table
    looks: dict[int, Look]


@dataclass(frozen=True)
class Join:
    """A column of a file that lists what a column of another file speaks of."""

    listing: Page
    listed: int
    speaking: Page
    spoken: int
    share: float  # of the different values spoken of that are listed

    def reason(self) -> Reason:
        """Return what the speaking file shows by it."""
        header = self.listing.table.columns[self.listed]
        return Reason(
            "values_joined",
            {"share": self.share, "file": self.listing.text.name, "header": header},
        )

    def reason_listed(self) -> Reason:
        """Return what the listing file shows by it."""
        header = self.speaking.table.columns[self.spoken]
        return Reason("values_listed", {"file": self.speaking.text.name, "header": header})


def joins_of(pages: Sequence[Page]) -> list[Join]:
    """Return which columns of numbers are listed in another file, the fullest joins first.

    Of each column that speaks only the file that lists most of it.
    """
    lists = [
        (page, place, frozenset(values_of(page.text, page.table, place)))
        for page in pages
        for place, look in page.looks.items()
        if len(pages) > 1 and look.is_of_many and look.is_unique and look.total >= LEAST_VALUES
    ]
    found = []
    for speaking in pages:
        for spoken, look in speaking.looks.items():
            if not look.is_of_many or look.is_unique or len(look.counts) < LEAST_VALUES:
                continue
            meeting = [
                Join(page, place, speaking, spoken, share)
                for page, place, values in lists
                if page is not speaking
                and (share := sum(v in values for v in look.counts) / len(look.counts))
                >= _least(look, page.table.columns[place], speaking.table.columns[spoken])
            ]
            found += [max(meeting, key=lambda join: join.share)] if meeting else []
    return sorted(found, key=lambda join: -join.share)


def _least(look: Look, listed: str, spoken: str) -> float:
    """Return how much of a column must be listed: small whole numbers meet by chance."""
    if look.shares["whole"] < MOSTLY or normal(listed) == normal(spoken):
        return LEAST_SHARE
    return LEAST_OF_NUMBERS if max(map(len, look.counts)) >= SHORT else NEVER
