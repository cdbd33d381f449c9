"""The measures of data/measures.toml: what each figure is called, counts and leaves out."""

import tomllib
from dataclasses import dataclass
from functools import cache

from guanqing.paths import DATA
from guanqing.problems import Problem


@dataclass(frozen=True)
class Measure:
    """One figure: a column of a query, its unit and its words in both languages."""

    name: str
    unit: str  # count, ratio or share
    better: str  # higher, lower or neither
    label: dict[str, str]
    definition: dict[str, str]
    standard: str  # key of the texts `standard`
    cases: str = ""  # query.column that counts the cases behind it; empty: the rows shown
    counted_as: str = ""  # what a target that promises it counts: a measure of the plan, per what
    looks_back_days: int = 0  # needs that much data before the period to be held against another


@cache
def load() -> dict[str, Measure]:
    """Return every measure by name, in the order of the file."""
    content = tomllib.loads((DATA / "measures.toml").read_text(encoding="utf-8"))
    return {name: Measure(name=name, **fields) for name, fields in content.items()}


def named(name: str) -> Measure:
    """Return a measure. Problem: unknown_measure."""
    if name not in load():
        raise Problem("unknown_measure", name=name)
    return load()[name]
