"""A proposal: what a file seems to hold, column by column."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import exp
from typing import Any

from guanqing.intake.proposals.clocks import with_clocks
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
LISTED = 0.7  # of the values: some lines of a list may stand there twice
NO_LIST = 0.5
OUTDONE = 0.75
DEWEY = 0.6  # of the values; what stands beside it are authors, films, the odd code
OTHER_SCHEME = 0.3  # of the values; 中图法 has hardly a number that looks so


@dataclass(frozen=True)
class Proposal:
    """A text read as one kind of record: what a person looks at before a layout is made of it."""

    name: str  # of the text
    kind: Kind
    table: Table
    matches: dict[str, Match]  # field -> its column
    looks: dict[int, Look]
    ids: dict[str, str] = field(default_factory=lambda: dict.fromkeys(ID_KINDS, "text"))
    day_or_month: str = ""  # what comes first in the dates of the folder; "" if nothing tells

    @property
    def columns(self) -> dict[str, str]:
        """Return the column of each field that has one, as a layout calls it."""
        return {name: match.header for name, match in self.matches.items()}

    @property
    def unmatched(self) -> tuple[str, ...]:
        """Return the headers that serve no field."""
        used = {match.place for match in self.matches.values()}
        used |= {match.clock[1] for match in self.matches.values() if match.clock}
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
        likely = self._is_list * self._is_of_loans
        return round(share * likely * max(1 - exp(-evidence / 2), explained), 3)

    @property
    def _is_list(self) -> float:
        """Return how well it may be a list: its readers or items come once each, in a log often."""
        key = self.matches.get(self.kind.key[0]) if len(self.kind.key) == 1 else None
        look = self.looks[key.place] if key else None
        return 1.0 if look is None or len(look.counts) >= LISTED * look.total else NO_LIST

    @property
    def _is_of_loans(self) -> float:
        """Return how well its lines may be loans: not if a column says that some are returns."""
        if "loaned_at" not in self.kind.fields or "returned_at" in self.matches:
            return 1.0
        told = (
            {meaning(value, "operation") for value in look.counts}
            for look in self.looks.values()
            if look.is_few
        )
        return NO_LIST if any({"loan", "return"} <= codes for codes in told) else 1.0

    @property
    def is_low(self) -> bool:
        """Return whether it is not to be trusted."""
        return self.confidence < LOW

    @property
    def stamps(self) -> Stamps:
        """Return how the dates of its columns are written."""
        of_dates = [
            match
            for name, match in self.matches.items()
            if self.kind.fields[name].kind in ("stamp", "day")
        ]
        values = (value for match in of_dates for value in self._dates(match))
        return stamps_of(values, self.day_or_month)

    def _dates(self, match: Match) -> Sequence[str]:
        if match.clock is None:
            return list(self.looks[match.place].counts)[:DATES]
        pairs = zip(self.table.values(match.place), self.table.values(match.clock[1]), strict=True)
        return list(dict.fromkeys(" ".join(pair).strip() for pair in pairs))[:DATES]

    @property
    def is_set(self) -> bool:
        """Return whether a person named one of its columns."""
        return any(not match.reasons for match in self.matches.values())

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

    @property
    def scheme(self) -> str | None:
        """Return the classification of its call numbers; None where it has none."""
        match = self.matches.get("call_number")
        if match is None or not self.looks[match.place].total:
            return None
        shares = self.looks[match.place].shares
        if shares["hundreds"] > max(DEWEY, shares["call_number"]):
            return "dewey"
        return "other" if shares["dewey"] + shares["congress"] > OTHER_SCHEME else "clc"

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
        kept = {
            n: m.without_clock() if m.clock and m.clock[0] == header else m
            for n, m in self.matches.items()
            if n != name and m.header != header
        }
        if header:
            kept[name] = Match(header, places[header], 1.0, ())
        kept = {n: kept[n] for n in self.kind.fields if n in kept}
        return replace(self, matches=with_clocks(self.kind, kept, self.table, self.looks))

    def as_source(self) -> Source:
        """Return it as a source of a layout; a column that must be there and is not raises."""
        if self.missing:
            raise Problem(
                "proposal_incomplete",
                path=self.name,
                fields=", ".join(self.missing),
                first=self.missing[0],
            )
        clocks: dict[str, tuple[str, ...]] = {
            n: (m.header, m.clock[0]) for n, m in self.matches.items() if m.clock
        }
        return Source(
            self.kind,
            {name: header for name, header in self.columns.items() if name not in clocks},
            joined=clocks,
            header=() if self.table.has_header else self.table.header,
            codes=self.codes,
            code_counts=self.code_counts,
        )


def outdone(found: Sequence[Proposal]) -> dict[str, Proposal]:
    """Return the files that another is of the same kind far more surely, by name, with that other.

    A file of holds has readers, items and days, too: beside the loans it is seen to be none. Files
    of the same columns, those of two months, are one.
    """
    best: dict[str, Proposal] = {}
    for proposal in sorted(found, key=lambda proposal: proposal.confidence):
        best[proposal.kind.code] = proposal
    return {
        proposal.name: surest
        for proposal in found
        for surest in [best[proposal.kind.code]]
        if proposal.confidence < OUTDONE * surest.confidence
        and proposal.columns != surest.columns
        and not proposal.is_set
    }


def layout_of(found: Sequence[Proposal], changes: Mapping[str, Any] | None = None) -> str:
    """Return the text of one layout for several files, such as loans and their readers.

    `changes` are a person's: columns (field -> header, "" for none), codes (field -> their code ->
    ours), ids, stamps and title, as they stand in a layout file.
    """
    rest = dict(changes or {})
    told = {proposal.scheme for proposal in found} - {None}
    for name, header in rest.pop("columns", {}).items():
        found = _with_column(found, name, header)
    return layout_text(
        files=[proposal.name for proposal in found],
        sources=[proposal.as_source() for proposal in found],
        ids=found[0].ids,
        stamps=tuple(dict.fromkeys(form for p in found for form in p.stamps.forms)),
        # one library has one scheme: a file of it that has the other says nothing of the rest
        scheme=(told.pop() or "clc") if len(told) == 1 else "clc",
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
