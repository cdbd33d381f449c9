"""A proposal: what a file seems to hold, column by column."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import exp
from typing import Any

from guanqing.intake.proposals.column_profiles import CODES, Look
from guanqing.intake.proposals.drafting import Source, layout_text
from guanqing.intake.proposals.matching import Match
from guanqing.intake.proposals.meanings import meaning
from guanqing.intake.proposals.stamps import Stamps, stamps_of
from guanqing.intake.proposals.tables import Table
from guanqing.problems import Problem
from guanqing.records import ID_KINDS, Kind

LOW = 0.6  # below it a proposal is no more than the nearest guess
SURE = 0.9  # a score that leaves no doubt
DATES = 500


@dataclass(frozen=True)
class Proposal:
    """A text read as one kind of record: what a person looks at before a layout is made of it."""

    name: str  # of the text
    kind: Kind
    table: Table
    matches: dict[str, Match]  # field -> its column
    looks: dict[int, Look]
    ids: dict[str, str] = field(default_factory=lambda: dict.fromkeys(ID_KINDS, "text"))

    @property
    def columns(self) -> dict[str, str]:
        """Return the column of each field that has one, as a layout calls it."""
        return {name: match.header for name, match in self.matches.items()}

    @property
    def unmatched(self) -> tuple[str, ...]:
        """Return the headers that serve no field."""
        used = {match.place for match in self.matches.values()}
        return tuple(name for place, name in self.table.columns.items() if place not in used)

    @property
    def missing(self) -> tuple[str, ...]:
        """Return the fields that must have a column and have none."""
        return tuple(name for name in self.must_have if name not in self.matches)

    @property
    def must_have(self) -> tuple[str, ...]:
        """Return the fields that must have a column."""
        return tuple(f.name for f in self.kind.fields.values() if f.needed or f.column)

    @property
    def confidence(self) -> float:
        """Return how sure it is, from 0 to 1: what must be there, and how much there is of it.

        Many columns that fit are evidence; few are enough where the file holds nothing else.
        """
        scores = {name: match.score for name, match in self.matches.items()}
        parts = [min(scores.get(name, 0) / SURE, 1) for name in self.must_have]
        share = sum(parts) / len(parts)
        evidence = sum(scores.values())
        column_count = sum(bool(look.total) for look in self.looks.values()) or len(self.looks)
        explained = min(evidence / SURE / max(column_count, 1), 1)
        return round(share * max(1 - exp(-evidence / 2), explained), 3)

    @property
    def is_low(self) -> bool:
        """Return whether it is not to be trusted."""
        return self.confidence < LOW

    @property
    def stamps(self) -> Stamps:
        """Return how the dates of its columns are written."""
        of_dates = [
            match.place
            for name, match in self.matches.items()
            if self.kind.fields[name].kind in ("stamp", "day")
        ]
        values = (value for place in of_dates for value in list(self.looks[place].counts)[:DATES])
        return stamps_of(values)

    @property
    def codes(self) -> dict[str, dict[str, str | None]]:
        """Return the codes of each column of codes, and ours of the same name, or None."""
        return {
            name: {code: meaning(code, self.kind.fields[name].list) for code in counts}
            for name, counts in self.code_counts.items()
        }

    @property
    def code_counts(self) -> dict[str, Counter[str]]:
        """Return how often each code came in the first lines, the most frequent first."""
        return {
            name: Counter(dict(self.looks[match.place].counts.most_common(CODES)))
            for name, match in self.matches.items()
            if self.kind.fields[name].kind == "code"
        }

    def with_column(self, name: str, header: str) -> "Proposal":
        """Return it with a field in the column a person names; a blank header takes it away.

        Problem: proposal_change_unknown, for a field or a header that there is not.
        """
        places = {other: place for place, other in self.table.columns.items()}
        if name not in self.kind.fields or (header and header not in places):
            raise Problem(
                "proposal_change_unknown",
                change=f"{name}={header}",
                fields=", ".join(self.kind.fields),
                headers=", ".join(places),
            )
        kept = {n: m for n, m in self.matches.items() if n != name and m.header != header}
        if header:
            kept[name] = Match(header, places[header], 1.0, ())
        return replace(self, matches={n: kept[n] for n in self.kind.fields if n in kept})

    def as_source(self) -> Source:
        """Return it as a source of a layout; a column that must be there and is not raises."""
        if self.missing:
            raise Problem(
                "proposal_incomplete",
                path=self.name,
                fields=", ".join(self.missing),
                first=self.missing[0],
            )
        return Source(
            self.kind,
            self.columns,
            header=() if self.table.has_header else self.table.header,
            codes=self.codes,
            code_counts=self.code_counts,
        )

    def as_layout(self, changes: Mapping[str, Any] | None = None) -> str:
        """Return the text of a layout file that reads the file so, with a person's changes.

        `changes`: columns (field -> header, "" for none), codes (field -> their code -> ours), ids,
        stamps and title, as they stand in a layout file.
        """
        return layout_of([self], changes)


def layout_of(found: Sequence[Proposal], changes: Mapping[str, Any] | None = None) -> str:
    """Return the text of one layout for several files, such as loans and their readers."""
    rest = dict(changes or {})
    for name, header in rest.pop("columns", {}).items():
        found = _with_column(found, name, header)
    return layout_text(
        files=[proposal.name for proposal in found],
        sources=[proposal.as_source() for proposal in found],
        ids=found[0].ids,
        stamps=tuple(dict.fromkeys(form for p in found for form in p.stamps.forms)),
        has_zone=any(proposal.stamps.has_zone for proposal in found),
        changes=rest,
    )


def _with_column(found: Sequence[Proposal], name: str, header: str) -> list[Proposal]:
    """Change the files that have the field and the header; if none has, the first says so."""
    takes = [
        name in proposal.kind.fields and header in ("", *proposal.table.columns.values())
        for proposal in found
    ]
    takes = takes if any(takes) else [True, *takes[1:]]
    return [
        proposal.with_column(name, header) if is_taken else proposal
        for proposal, is_taken in zip(found, takes, strict=True)
    ]
