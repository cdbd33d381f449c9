"""What must fit together within a row of a register (data/checks.toml)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as made
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, with_config

from guanqing import datafiles, plan
from guanqing.datafiles import STRICT, Words
from guanqing.records import Kind
from guanqing.registers.journal import Values

Names = dict[str, dict[str, str]]  # code -> its names, zh and en
EVERY = "*"


@with_config(STRICT)
@dataclass(frozen=True)
class Check:
    """A rule about a row."""

    code: str
    register: str
    outcome: str
    words: Words
    at_most: tuple[str, ...] = ()
    before: tuple[str, ...] = ()
    field: str = ""
    of: tuple[str, ...] = ()
    least: int | None = None
    most: int | None = None
    needs: tuple[str, ...] = ()
    when: Values = made(default_factory=dict)
    unless: Values = made(default_factory=dict)
    known: str = ""
    apart: tuple[str, ...] = ()
    same: tuple[str, ...] = ()


@dataclass(frozen=True)
class Fault:
    """What a check says of a row, in both languages."""

    code: str
    is_refused: bool
    field: str  # where to look first
    value: Any
    words: dict[str, str]


@datafiles.reads("checks.toml")
def checks(content: dict[str, Any]) -> tuple[Check, ...]:
    """Return every check, in the order of the file."""
    found = TypeAdapter(dict[str, Check]).validate_python(datafiles.coded(content))
    return tuple(found.values())


def check(
    kind: Kind,
    values: Values,
    *,
    targets: Path,
    branches: Names | None = None,
    others: Iterable[Values] = (),
) -> list[Fault]:
    """Return what is wrong with a row, refusals first.

    targets is the library's folder of plans; branches are its own, not checked where None; others
    are the rows it must stand apart from, itself left out.
    """
    found = [
        fault
        for rule in checks()
        if rule.register in (kind.code, EVERY)
        for fault in _faults(
            rule, kind, values, _known(rule.known, values, branches, targets), others
        )
    ]
    return sorted(found, key=lambda fault: not fault.is_refused)


def _faults(
    rule: Check, kind: Kind, values: Values, known: Names | None, others: Iterable[Values]
) -> list[Fault]:
    """Return what one check finds; a value that is not there is no fault but of `needs`."""
    if (ordered := rule.at_most or rule.before) and all(values.get(n) is not None for n in ordered):
        first, second = (values[name] for name in ordered)
        wrong = first >= second if rule.before else first > second
        return [_fault(rule, kind, values, ordered[1])] if wrong else []
    if rule.needs:
        lacking = [name for name in rule.needs if values.get(name) is None]
        concerns = _is_as(values, rule.when) and not _is_as(values, rule.unless)
        return [_fault(rule, kind, values, lacking[0])] if concerns and lacking else []
    if rule.known:
        is_strange = known is not None and values.get(rule.field) not in (None, *known)
        return [_fault(rule, kind, values, rule.field, known)] if is_strange else []
    if rule.apart:
        return _overlap(rule, kind, values, others)
    fields = [name for name, f in kind.fields.items() if f.kind in rule.of or name == rule.field]
    return [
        _fault(rule, kind, values, name) for name in fields if _is_outside(rule, values.get(name))
    ]


def _is_as(values: Values, wanted: Mapping[str, Any]) -> bool:
    return bool(wanted) and all(values.get(name) == value for name, value in wanted.items())


def _is_outside(rule: Check, value: Any) -> bool:
    if value is None:
        return False
    too_small = rule.least is not None and value < rule.least
    return too_small or (rule.most is not None and value > rule.most)


def _known(listed: str, values: Values, branches: Names | None, targets: Path) -> Names | None:
    if listed in ("", "branches"):
        return branches
    return planned(values.get("plan_year"), targets, with_targets=listed == "plan")


def planned(year: int | None, folder: Path, *, with_targets: bool) -> Names:
    """Return the milestones of a year's plan by name, its targets before them if asked for."""
    found = plan.load(year or 0, folder)
    targets = found.targets if with_targets else {}
    named = {code: target.name for code, target in targets.items()}
    return named | {code: milestone.name for code, milestone in found.milestones.items()}


def _overlap(rule: Check, kind: Kind, values: Values, others: Iterable[Values]) -> list[Fault]:
    begin, end = rule.apart
    if values.get(begin) is None or values.get(end) is None:
        return []
    met = [
        other
        for other in others
        if all(other.get(name) == values.get(name) for name in rule.same)
        and other[begin] < values[end]
        and values[begin] < other[end]
    ]
    spans: Names = {f"{other[begin][:5]}–{other[end][:5]}": {} for other in met}
    return [_fault(rule, kind, values, begin, spans)] if met else []


def _fault(rule: Check, kind: Kind, values: Values, name: str, known: Names | None = None) -> Fault:
    found, value = kind.fields[name], values.get(name)
    shown = {n: v[:5] if kind.fields[n].kind == "time" and v else v for n, v in values.items()}
    words = {
        language: rule.words[language].format(
            **(shown | {"value": value, "name": getattr(found, language)}),
            listed=_listed(known or {}, language),
        )
        for language in rule.words
    }
    return Fault(rule.code, rule.outcome == "refused", name, value, words)


def _listed(known: Names, language: str) -> str:
    named = (
        f"{code} {names[language]}" if names and names[language] != code else code
        for code, names in known.items()
    )
    return ("、" if language == "zh" else ", ").join(named)


def refusals(faults: Sequence[Fault]) -> list[Fault]:
    """Return the faults that keep a row out."""
    return [fault for fault in faults if fault.is_refused]
