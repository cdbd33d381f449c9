"""The measures of data/measures.toml: what each figure is called, counts and leaves out."""

from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter, with_config

from guanqing import datafiles
from guanqing.datafiles import STRICT, Words
from guanqing.problems import Problem


@with_config(STRICT)
@dataclass(frozen=True)
class Measure:
    """One figure: a column of a query, its unit and its words in both languages."""

    name: str
    unit: str  # count, ratio or share
    better: str  # higher, lower or neither
    label: Words
    definition: Words
    standard: str  # key of the texts `standard`
    cases: str = (
        ""  # column of the first answer, or query.column, whose sum are its cases; "": rows
    )
    counted_as: str = ""  # what a target that promises it counts: a measure of the plan, per what
    looks_back_days: int = 0  # needs that much data before the period to be held against another


@datafiles.reads("measures.toml")
def load(content: dict[str, Any]) -> dict[str, Measure]:
    """Return every measure by name, in the order of the file."""
    return TypeAdapter(dict[str, Measure]).validate_python(datafiles.coded(content, "name"))


def named(name: str) -> Measure:
    """Return a measure. Problem: unknown_measure."""
    if name not in load():
        raise Problem("unknown_measure", name=name)
    return load()[name]
