"""The measures of data/measures.toml: what each figure is called, counts and leaves out."""

import re
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import TypeAdapter, with_config

from guanqing import datafiles, period, text
from guanqing.datafiles import STRICT, Words
from guanqing.parsing import Wrong
from guanqing.paths import QUERIES
from guanqing.plan.planfile import BASES, plan_measures
from guanqing.problems import Problem


@with_config(STRICT)
@dataclass(frozen=True)
class Measure:
    """One figure: a column of a query, its unit and its words in both languages."""

    name: str
    unit: Literal["count", "ratio", "share"]
    better: Literal["higher", "lower", "neither"]
    label: Words
    definition: Words
    standard: str  # key of the texts `standard`
    with_renewals: Words | None = None  # the definition where renewals are loans, too
    cases: str = ""  # a column of the first answer or query.column: their sum; "": the rows
    counted_as: str = ""  # what a target that promises it counts: a measure of the plan, per what
    counted_over: str = ""  # the code of days it is counted over, whatever period is chosen
    recorded: tuple[str, ...] = ()  # kinds of record it is counted from, as in first_recorded.sql
    looks_back_days: int = 0  # needs that much data before the period to be held against another


@datafiles.reads("measures.toml")
def load(content: dict[str, Any]) -> dict[str, Measure]:
    """Return every measure by name, in the order of the file."""
    found = TypeAdapter(dict[str, Measure]).validate_python(datafiles.coded(content, "name"))
    for name, measure in found.items():
        if f"standard.{measure.standard}" not in text.load():
            raise Wrong(name, "standard")
        if measure.cases and not _is_column(measure.cases):
            raise Wrong(name, "cases")
        counted, _, per = measure.counted_as.partition(" per ")
        if counted and not {counted, per or counted} <= {*BASES, *plan_measures()}:
            raise Wrong(name, "counted_as")
        if measure.counted_over and not period.is_code(measure.counted_over):
            raise Wrong(name, "counted_over")
    return found


def _is_column(named: str) -> bool:
    """Tell whether a column is one that the header of its query, or of any, promises."""
    query, _, column = named.rpartition(".")
    heads = [
        path.read_text(encoding="utf-8", errors="replace")  # what else is wrong there, others say
        for path in QUERIES.glob(f"*/{query or '*'}.sql")
    ]
    promised = re.findall(r"^-- columns: (.+(?:\n--   .+)*)", "\n".join(heads), re.MULTILINE)
    return any(column in re.findall(r"\w+", columns) for columns in promised)


def named(name: str) -> Measure:
    """Return a measure. Problem: unknown_measure."""
    if name not in load():
        raise Problem("unknown_measure", name=name)
    return load()[name]
