"""What a person says of unknown files goes before anything that was found out."""

from collections.abc import Sequence
from dataclasses import dataclass

from guanqing.intake.proposals.proposal import Proposal
from guanqing.intake.reading.headers import normal
from guanqing.problems import Problem


@dataclass(frozen=True)
class Change:
    """A field, and the column a person names for it; a blank header takes its column away."""

    name: str
    header: str

    def fits(self, proposal: Proposal) -> bool:
        """Return whether a text, read as a kind of record, has the field and the column."""
        return self.name in proposal.kind.fields and (
            not self.header or self._column(proposal) is not None
        )

    def within(self, proposal: Proposal) -> Proposal:
        """Return a proposal as the person says it is."""
        return proposal.with_column(self.name, self._column(proposal) or "")

    def _column(self, proposal: Proposal) -> str | None:
        columns = proposal.table.columns.values()
        alike = [column for column in columns if normal(column) == normal(self.header)]
        return self.header if self.header in alike else next(iter(alike), None)


def with_changes(
    found: dict[str, list[Proposal]], changes: Sequence[Change]
) -> dict[str, list[Proposal]]:
    """Return the proposals of each text with the changes, the likeliest first once they are made.

    A change holds for every text that has its column. Problem: proposal_change_unknown, for one
    that no text and no kind of record can follow.
    """
    changed = {
        name: sorted((_with_all(p, changes) for p in of), key=_sure) for name, of in found.items()
    }
    for change in changes:
        if any(of and change.fits(of[0]) for of in changed.values()):
            continue
        takes = [(p, name) for name, of in changed.items() for p in of if change.fits(p)]
        if not takes:
            raise _unknown(change, found)
        # the likeliest kind has no such field, so it is another
        chosen, name = min(takes, key=lambda pair: _sure(pair[0]))
        changed[name] = [chosen, *(p for p in changed[name] if p is not chosen)]
    return changed


def _with_all(proposal: Proposal, changes: Sequence[Change]) -> Proposal:
    for change in changes:
        if change.fits(proposal):
            proposal = change.within(proposal)
    return proposal


def _sure(proposal: Proposal) -> float:
    return -proposal.confidence


def _unknown(change: Change, found: dict[str, list[Proposal]]) -> Problem:
    every = [proposal for of in found.values() for proposal in of[:1]]
    fields = dict.fromkeys(name for proposal in every for name in proposal.kind.fields)
    headers = dict.fromkeys(name for proposal in every for name in proposal.table.columns.values())
    return Problem(
        "proposal_change_unknown",
        change=f"{change.name}={change.header}",
        fields=", ".join(fields),
        headers=", ".join(headers),
    )
