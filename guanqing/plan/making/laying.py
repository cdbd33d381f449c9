"""A worksheet laid over a plan: what each line makes of it, and what is wrong with a line."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from guanqing.plan.making.cells import IN_BOTH, CellFault, Made, Names, entry_of
from guanqing.plan.making.columns import MILESTONE, choices, code_of, columns_of
from guanqing.plan.making.drafts import TABLES, Codes, Draft, with_entry
from guanqing.plan.making.rows import Sheet
from guanqing.plan.making.showing import cells_of
from guanqing.plan.planrules import Entry


@dataclass(frozen=True)
class LineRead:
    """What a line of a worksheet makes."""

    number: int
    made: Made
    was: str = ""  # the code of the entry it replaces
    faults: tuple[CellFault, ...] = ()

    @property
    def called(self) -> Mapping[str, str]:
        """Return its name in both languages, as far as it has one."""
        return self.made.entry.get("name") or {}


@dataclass(frozen=True)
class Laid:
    """A worksheet laid over a plan: the plan then, and what each line did."""

    draft: Draft
    lines: tuple[LineRead, ...] = ()
    unknown: tuple[str, ...] = ()
    gone: tuple[Entry, ...] = ()  # entries that no line speaks of

    @property
    def faults(self) -> list[tuple[int, CellFault]]:
        """Return what is wrong: number of the line and fault."""
        return [(line.number, fault) for line in self.lines for fault in line.faults]


def lay_over(
    draft: Draft,
    sheet: Sheet,
    *,
    language: str,
    branches: Names | None = None,
    codes: Codes | None = None,
    only: bool = False,
) -> Laid:
    """Lay the lines of a worksheet over a plan; only: what no line speaks of is taken out.

    A column that is not there says nothing of an entry that is; the draft holds sound lines only.
    """
    result, read = draft, []
    spoken: list[str] = []
    names: set[tuple[str, str]] = set()
    for line in sheet.lines:
        was = _was(draft, line.cells)
        said = _kept(draft, was, line.cells, language)
        made = entry_of(draft.year, said, language=language, branches=branches)
        faults = made.faults + tuple(_repeated(made, was, spoken, names))
        if not faults:
            result = with_entry(result, made, was, codes)
        if was or not faults:
            spoken.append(was or str(result.entries(made.table)[-1]["code"]))
        if name := made.entry.get("name"):
            names.add((made.table, name["zh"]))
        read.append(LineRead(line.number, made, was, faults))
    gone = tuple(one for t in TABLES for one in draft.entries(t) if one.get("code") not in spoken)
    return Laid(_in_order(result, spoken) if only else result, tuple(read), sheet.unknown, gone)


def _in_order(draft: Draft, codes: list[str]) -> Draft:
    """Return a plan of these entries alone, in this order."""
    for table in TABLES:
        there = [one for one in draft.entries(table) if one.get("code") in codes]
        there.sort(key=lambda one: codes.index(one["code"]))
        draft = draft.having(table, tuple(there))
    return draft


def _kept(draft: Draft, was: str, said: dict[str, str], language: str) -> dict[str, str]:
    """Return the cells of a line, and of the entry it replaces those of columns it has not."""
    found = draft.find(was) if was else None
    kind = code_of(said.get("kind", ""), choices("kind")) or ""
    if not found or (kind == MILESTONE) != (found[0] == "milestones"):
        return said
    of = columns_of(kind)
    before = cells_of(found[1], language)
    for name in IN_BOTH:
        for one, other in ((f"{name}_zh", f"{name}_en"), (f"{name}_en", f"{name}_zh")):
            if one in said and said[one] != before.get(one, ""):
                before.pop(other, None)  # it was said of what is no longer said
    return {name: words for name, words in before.items() if name in of} | said


def _was(draft: Draft, said: Mapping[str, str]) -> str:
    """Return the code of the entry that a line speaks of, by its code or else its name."""
    if (code := said.get("code", "").strip()) and draft.find(code):
        return code
    is_milestone = code_of(said.get("kind", ""), choices("kind")) == MILESTONE
    table = "milestones" if is_milestone else "targets"
    called = {said.get("name_zh", ""), said.get("name_en", "")} - {""}
    for entry in draft.entries(table):
        name = entry.get("name")
        if not code and isinstance(name, dict) and called & set(name.values()):
            return str(entry.get("code", ""))
    return ""


def _repeated(
    made: Made, was: str, spoken: list[str], names: set[tuple[str, str]]
) -> Iterator[CellFault]:
    """Yield that a line says again what another line has said."""
    code, name = made.entry.get("code", was), made.entry.get("name")
    if code and code in spoken:
        yield CellFault("code", "twice", str(code))
    elif name and (made.table, name["zh"]) in names:
        yield CellFault("name_zh", "name_twice", name["zh"])
