"""A plan being made, laid on a plan that somebody else has saved meanwhile.

Three plans are held against one another, entry by entry and field by field: that both began with,
mine, and the other's. What one of us changed is as they have it; what both changed, and otherwise,
is a clash that a person decides.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from guanqing.plan.making.drafts import TABLES, Draft
from guanqing.plan.planrules import Entry

LAST_NUMBER = re.compile(r"_\d+$")
WHOLE = ""  # in the place of a field: the entry was changed by one and taken out by the other
GONE: Entry = {}  # in the place of an entry that one of us took out


@dataclass(frozen=True)
class Clash:
    """What both changed, and otherwise: an entry as either has it, GONE where it was taken out."""

    field: str  # or WHOLE
    mine: Entry
    theirs: Entry


@dataclass(frozen=True)
class _Pair:
    """One entry in the three plans; GONE in those that do not have it."""

    mine: Entry
    start: Entry
    theirs: Entry

    def merged(self, *, theirs_hold: bool) -> Entry:
        """Return the entry as both have left it; GONE if it is out."""
        if not (self.mine and self.theirs):
            left = self.mine or self.theirs
            if not self.start:  # one of us has added it
                return left
            # out where whoever kept it had left it as it was
            return GONE if left == self.start else self.theirs if theirs_hold else self.mine
        made: Entry = {}
        for name in {**self.mine, **self.theirs}:
            is_theirs = self._is_as_it_was(name) or (theirs_hold and name in self._clashing())
            holds = self.theirs if is_theirs else self.mine
            if name in holds:
                made[name] = holds[name]
        return made

    def clashes(self) -> Iterator[Clash]:
        """Yield what of it a person has to decide."""
        if self.mine and self.theirs:
            yield from (Clash(name, self.mine, self.theirs) for name in self._clashing())
        elif self.start and (self.mine or self.theirs) not in (self.start, GONE):
            yield Clash(WHOLE, self.mine, self.theirs)

    def _is_as_it_was(self, name: str) -> bool:
        """Tell whether I have left a field as it was, or have no say in it."""
        return name == "code" or self.mine.get(name) == self.start.get(name)

    def _clashing(self) -> list[str]:
        return [
            name
            for name in {**self.mine, **self.theirs}
            if not self._is_as_it_was(name)
            and self.theirs.get(name) not in (self.mine.get(name), self.start.get(name))
        ]


def rebased(mine: Draft, start: Draft, now: Draft, *, theirs_hold: bool = False) -> Draft:
    """Return a draft begun from start as it is on top of the plan now, with what either changed.

    Codes are made from the measure, so that two who add at once make the same: mine gets another.
    One name in both is one entry, as in a worksheet. theirs_hold: what clashes is as the plan now
    has it, else as mine has it.
    """
    known, taken = _codes(start), _codes(mine) | _codes(now)
    # of two words only: whoever changed it changed it to the same
    scope = now.scope if mine.scope == start.scope else mine.scope
    made = Draft(mine.year, scope, mine.targets, mine.milestones, mine.head)
    for table in TABLES:
        entries: list[Entry] = []
        for pair in _pairs(mine, start, now, table):
            entry = pair.merged(theirs_hold=theirs_hold)
            is_mine_alone = pair.mine and not pair.theirs and entry.get("code") not in known
            if is_mine_alone and str(entry.get("code")) in _codes(now):
                code = _another(str(entry["code"]), taken)
                taken.add(code)
                entry = entry | {"code": code}
            entries += [entry] if entry else []
        made = made.having(table, tuple(entries))
    return made


def clashes(mine: Draft, start: Draft, now: Draft) -> list[Clash]:
    """Return what both changed, and otherwise."""
    pairs = (pair for table in TABLES for pair in _pairs(mine, start, now, table))
    return [clash for pair in pairs for clash in pair.clashes()]


def _pairs(mine: Draft, start: Draft, now: Draft, table: str) -> Iterator[_Pair]:
    """Yield the entries of a list as each has them: mine in their order, then what I have not."""
    begun, theirs = ({str(one.get("code")): one for one in d.entries(table)} for d in (start, now))
    by_name = {_name(one): code for code, one in theirs.items() if code not in begun and _name(one)}
    met: set[str] = set()
    for entry in mine.entries(table):
        code = str(entry.get("code"))
        same = code if code in begun else by_name.pop(_name(entry), "")
        met.add(same)
        yield _Pair(entry, begun.get(code, GONE), theirs.get(same, GONE))
    for code, entry in theirs.items():
        if code not in met:
            yield _Pair(GONE, begun.get(code, GONE), entry)


def _codes(draft: Draft) -> set[str]:
    return {str(one["code"]) for t in TABLES for one in draft.entries(t) if "code" in one}


def _name(entry: Entry) -> str:
    name = entry.get("name")
    return str(name.get("zh", "")) if isinstance(name, dict) else ""


def _another(code: str, taken: set[str]) -> str:
    """Return the code with the next number that is free: of loan_count_2 loan_count_3."""
    base = LAST_NUMBER.sub("", code)
    return next(c for n in range(2, 10_000) if (c := f"{base}_{n}") not in taken)
