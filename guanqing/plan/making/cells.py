"""An entry of a plan as a row of cells, and back: what a worksheet and a form both write."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from guanqing.plan.making import values
from guanqing.plan.making.columns import MILESTONE, choices, code_of, columns_of, desk, nearest
from guanqing.plan.planparts import nearest_branch
from guanqing.plan.planrules import COUNTED, MONTHS, Entry, milestone_faults, target_faults

Cells = Mapping[str, str]
Names = Mapping[str, Mapping[str, str]]  # branch code -> its names, zh and en

IN_BOTH = ("name", "unit", "owner", "clause", "note")  # words in two languages, a column for each
NEEDED = ("kind", "name_zh", "measure", "at_least")
CODE = re.compile(r"[A-Za-z0-9_-]{1,60}")
LONGEST = 600  # signs of a cell


@dataclass(frozen=True)
class CellFault:
    """What is wrong with a cell: its column, and a key of the texts `plan_desk` or `planfile`."""

    column: str
    why: str
    value: str = ""
    near: str = ""  # what may be meant


@dataclass(frozen=True)
class Made:
    """What a row of cells makes: a target or milestone, and what is wrong with it."""

    entry: Entry
    kind: str
    faults: tuple[CellFault, ...] = ()

    @property
    def table(self) -> str:
        """Return the list of a plan that it belongs to."""
        return "milestones" if self.kind == MILESTONE else "targets"


@dataclass
class _Reading:
    """A row being read: what is known so far, and what is wrong."""

    year: int
    cells: Cells
    language: str
    branches: Names
    entry: Entry = field(default_factory=dict)
    faults: list[CellFault] = field(default_factory=list)

    def wrong(self, column: str, why: str, value: str = "", near: str = "") -> None:
        self.faults.append(CellFault(column, why, value[:80], near))


def entry_of(year: int, cells: Cells, *, language: str, branches: Names | None = None) -> Made:
    """Return the target or milestone that a row makes, with every fault that can be told.

    branches are those of the library; where it has none yet, any will do.
    """
    said = {name: _tidy(words) for name, words in cells.items() if _tidy(words)}
    row = _Reading(year, said, language, branches or {})
    for name, words in said.items():
        if len(words) > LONGEST:
            row.wrong(name, "too_long", words)
    kind = code_of(said.get("kind", ""), choices("kind")) or ""
    if not kind:
        _not_chosen(row, "kind", "")
        return Made({}, "", tuple(row.faults))
    of = columns_of(kind)
    for name, words in said.items():
        if name not in of and name != "kind":
            row.wrong(name, "not_of_kind", words, desk().kinds[kind].name[language])
    if kind != MILESTONE:
        row.entry["kind"] = kind
    for name, read in READERS.items():
        if name in said and name in of:
            read(row, name, kind)
    _in_both_languages(row, kind)
    _by_the_rules(row, kind)
    return Made(_in_order(row.entry), kind, tuple(row.faults))


def _tidy(words: str) -> str:
    """Return a cell on one line, without what no eye sees."""
    return " ".join("".join(c if c.isprintable() else " " for c in words).split())


def _not_chosen(row: _Reading, column: str, kind: str) -> None:
    word = row.cells.get(column, "")
    if not word:
        row.wrong(column, "missing")
        return
    near = nearest(word, choices(column, kind), row.language)
    row.wrong(column, f"unknown_{'base' if column == 'per' else column}", word, near)


def _chosen(row: _Reading, column: str, kind: str) -> None:
    code = code_of(row.cells[column], choices(column, kind))
    if code is None:
        _not_chosen(row, column, kind)
    elif column == "every_week":
        row.entry[column] = code == "yes"
    else:
        row.entry[column] = code


def _number(row: _Reading, column: str, kind: str) -> None:
    value = values.number(row.cells[column])
    if value is None:
        row.wrong(column, "no_number", row.cells[column])
        return
    if kind in COUNTED and values.is_percent(row.cells[column]):
        row.wrong(column, "percent_of_count", row.cells[column])
        return
    row.entry[column] = value
    if column == "at_least" and values.is_percent(row.cells[column]):
        row.entry.setdefault("shown_as", "percent")


def _words(row: _Reading, column: str, kind: str) -> None:
    row.entry[column] = row.cells[column]


def _code(row: _Reading, column: str, kind: str) -> None:
    if CODE.fullmatch(row.cells[column]):
        row.entry[column] = row.cells[column]
    else:
        row.wrong(column, "code", row.cells[column])


def _day(row: _Reading, column: str, kind: str) -> None:
    found = values.day(row.cells[column])
    if found is None:
        row.wrong(column, "no_day", row.cells[column], f"{row.year}-06-30")
    else:
        row.entry[column] = found


def _months(row: _Reading, column: str, kind: str) -> None:
    found: dict[str, int | float] = {}
    for named, _sign, said in values.parts(row.cells[column]):
        month, value = named.removesuffix("月").strip().lstrip("0"), values.number(said)
        if month not in MONTHS or month in found or value is None:
            row.wrong(column, "no_months", f"{named} {said}".strip())
        else:
            found[month] = value
    row.entry[column] = found


def _branches(row: _Reading, column: str, kind: str) -> None:
    found: dict[str, int | float] = {}
    for named, _sign, said in values.parts(row.cells[column]):
        code, value = _branch(row.branches, named), values.number(said)
        if code is None:
            known = [*row.branches, *(names[row.language] for names in row.branches.values())]
            row.wrong(column, "no_branch", named, nearest_branch(named, known))
        elif code in found:
            row.wrong(column, "no_branch", named)
        elif value is None:
            row.wrong(column, "no_number", f"{named} {said}".strip())
        else:
            found[code] = value
    row.entry[column] = found


def _branch(branches: Names, named: str) -> str | None:
    """Return the code of a branch by its code or name; of a library without any, what it says."""
    if named in branches or not branches:
        return named
    return next((code for code, names in branches.items() if named in names.values()), None)


def _conditions(row: _Reading, column: str, kind: str) -> None:
    found = []
    for named, sign, said in values.parts(row.cells[column]):
        made = values.condition(named, sign, said)
        if made is None:
            row.wrong(column, "no_condition", f"{named} {said}".strip())
        else:
            found.append(made)
    row.entry[column] = found


READERS: dict[str, Callable[[_Reading, str, str], None]] = {
    "code": _code,
    "measure": _chosen,
    "per": _chosen,
    "shown_as": _chosen,
    "at_least": _number,
    "stretch": _number,
    "scope": _chosen,
    "every_week": _chosen,
    "wave": _words,
    "by_month": _months,
    "by_branch": _branches,
    "quality": _conditions,
    "due": _day,
}


def _in_both_languages(row: _Reading, kind: str) -> None:
    """Put words that are there in one language in the other too: a plan has both."""
    of = columns_of(kind)
    for name in IN_BOTH:
        if f"{name}_zh" not in of:
            continue
        zh, en = (row.cells.get(f"{name}_{language}", "") for language in ("zh", "en"))
        if zh or en or name == "unit":
            row.entry[name] = {"zh": zh or en, "en": en or zh}
    if "name" not in row.entry:
        row.wrong(f"name_{row.language}", "missing")


def _by_the_rules(row: _Reading, kind: str) -> None:
    """Judge the entry by the rules of a plan file, once what every target needs is there."""
    wrong = {fault.column for fault in row.faults}
    needed = [name for name in NEEDED if name in columns_of(kind) and name != "name_zh"]
    for name in needed:
        if name not in row.cells and name not in wrong:
            row.wrong(name, "missing")
    lacks = [name for name in needed if name != "kind" and name not in row.entry]
    if lacks or "name" not in row.entry:
        return
    judged = {"code": "-"} | row.entry
    judge = milestone_faults if kind == MILESTONE else target_faults
    found = judge(row.year, judged)
    for name, why, value in found:
        column = f"{name}_{row.language}" if name in IN_BOTH else name
        if column not in wrong:
            row.wrong(column, why, str(value))


ORDER = (
    *("code", "kind", "measure", "per", "at_least", "stretch", "shown_as", "unit", "name", "scope"),
    *("owner", "due", "clause", "quality", "every_week", "wave", "by_month", "by_branch", "note"),
    "revisions",
)


def _in_order(entry: Entry) -> Entry:
    return {name: entry[name] for name in ORDER if name in entry}
