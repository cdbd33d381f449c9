"""A plan being made: what is in it, what rows would change, and whether it can be saved."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from guanqing.parsing import Wrong, toml
from guanqing.plan import planfile
from guanqing.plan.making import writing
from guanqing.plan.making.cells import Made
from guanqing.plan.planfile import Refusal
from guanqing.plan.planrules import Entry

TABLES = writing.TABLES
Codes = Mapping[tuple[str, str], str]  # list and name of an entry -> the code it has elsewhere
OF_ONE_YEAR = ("revisions", "wave")  # what says nothing of another year


@dataclass(frozen=True)
class Draft:
    """A plan being made, as its file would say it."""

    year: int
    scope: str = "network"
    targets: tuple[Entry, ...] = ()
    milestones: tuple[Entry, ...] = ()
    head: str = ""  # comments above it

    def entries(self, table: str) -> tuple[Entry, ...]:
        """Return the targets or the milestones."""
        return self.targets if table == "targets" else self.milestones

    def having(self, table: str, entries: tuple[Entry, ...]) -> "Draft":
        """Return it with other targets or milestones."""
        changed: dict[str, Any] = {table: entries}
        return replace(self, **changed)

    def find(self, code: str) -> tuple[str, Entry] | None:
        """Return the entry of a code and the list it stands in."""
        for table in TABLES:
            for entry in self.entries(table):
                if entry.get("code") == code:
                    return table, entry
        return None

    @property
    def text(self) -> str:
        """Return the text of its file."""
        return writing.toml(
            {
                "year": self.year,
                "scope": self.scope,
                **{table: self.entries(table) for table in TABLES},
            },
            self.head,
        )


def drafted(year: int, text: str) -> Draft:
    """Return a plan as its file has it, to be changed. ValueError: it cannot be read as one."""
    content = toml(text)
    lists = {table: content.get(table, []) for table in TABLES}
    for table, entries in lists.items():
        if not isinstance(entries, list) or not all(isinstance(one, dict) for one in entries):
            raise Wrong(table)
    return Draft(
        year,
        str(content.get("scope", "network")),
        tuple(lists["targets"]),
        tuple(lists["milestones"]),
        writing.head_of(text),
    )


def for_another_year(draft: Draft, year: int) -> Draft:
    """Return a plan to begin another year's with: what speaks of its own year is left out."""
    later = year - draft.year
    targets = tuple(
        {name: value for name, value in entry.items() if name not in OF_ONE_YEAR}
        for entry in draft.targets
    )
    milestones = tuple(
        entry | ({"due": _later(entry["due"], later)} if "due" in entry else {})
        for entry in draft.milestones
    )
    return Draft(year, draft.scope, targets, milestones)


def _later(day: Any, years: int) -> Any:
    if not isinstance(day, date):
        return day
    is_leap_day = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year + years, day=28 if is_leap_day else day.day)


def refusals(draft: Draft, branches: Collection[str] = ()) -> tuple[Refusal, ...]:
    """Return what keeps a plan from being saved, as whoever reads its file would say it."""
    return planfile.read(draft.year, draft.text, branches).refused


def doubts(draft: Draft) -> tuple[Refusal, ...]:
    """Return what may be a slip in it and keeps nobody from saving it."""
    return planfile.read(draft.year, draft.text).doubts


# --- one entry


def with_entry(draft: Draft, made: Made, replaced: str = "", codes: Codes | None = None) -> Draft:
    """Return a plan with an entry more, or in place of the one of a code."""
    was = draft.find(replaced) if replaced else None
    entry = _coded(draft, made, was[1] if was else None, codes or {})
    if was and "revisions" in was[1] and "kind" in entry:
        entry |= {"revisions": was[1]["revisions"]}
    if was and was[0] == made.table:
        there = draft.entries(made.table)
        return draft.having(made.table, tuple(entry if one is was[1] else one for one in there))
    rest = without(draft, replaced) if was else draft
    return rest.having(made.table, (*rest.entries(made.table), entry))


def without(draft: Draft, code: str) -> Draft:
    """Return a plan without the entry of a code."""
    for table in TABLES:
        kept = tuple(one for one in draft.entries(table) if one.get("code") != code)
        draft = draft.having(table, kept)
    return draft


def _coded(draft: Draft, made: Made, was: Entry | None, codes: Codes) -> Entry:
    """Return an entry with a code: its own, the one it had, or a new one."""
    given = made.entry.get("code") or (was or {}).get("code")
    if given:
        return {"code": given} | made.entry
    taken = {str(one.get("code")) for table in TABLES for one in draft.entries(table)}
    known = codes.get((made.table, made.entry["name"]["zh"]), "")
    if known and known not in taken:
        return {"code": known} | made.entry
    return {"code": _free(_base(made), taken)} | made.entry


def with_codes(draft: Draft) -> Draft:
    """Return a plan in which every entry has a code, as a hand may have left some without."""
    taken = {str(one.get("code")) for table in TABLES for one in draft.entries(table)}
    for table in TABLES:
        entries = []
        for entry in draft.entries(table):
            if isinstance(entry.get("code"), str) and entry["code"]:
                entries.append(entry)
                continue
            code = _free(table.removesuffix("s"), taken)
            taken.add(code)
            entries.append({"code": code} | {n: v for n, v in entry.items() if n != "code"})
        draft = draft.having(table, tuple(entries))
    return draft


def _base(made: Made) -> str:
    if made.table == "targets":
        per = f"_per_{made.entry['per']}" if "per" in made.entry else ""
        return f"{made.entry['measure']}{per}"
    words = re.sub(r"[^a-z0-9]+", "_", made.entry["name"]["en"].lower()).strip("_")
    return words[:40].strip("_") if len(words) > 2 else "milestone"


def _free(base: str, taken: set[str]) -> str:
    return next(c for n in range(1, 10_000) if (c := _numbered(base, n)) not in taken)


def _numbered(base: str, number: int) -> str:
    return base if number == 1 else f"{base}_{number}"


def codes_of(*plans: Draft) -> dict[tuple[str, str], str]:
    """Return the codes that entries of plans have by their names, those of the last plan first."""
    return {
        (table, str(entry["name"].get("zh"))): entry["code"]
        for known in plans
        for table in TABLES
        for entry in known.entries(table)
        if isinstance(entry.get("name"), dict) and isinstance(entry.get("code"), str)
    }
