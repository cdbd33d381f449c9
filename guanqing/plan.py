"""The year's plan: targets and milestones as data/targets/<year>.toml states them."""

import tomllib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from guanqing.paths import DATA

KINDS = ("total", "level", "rate", "share", "survey", "compliance")
WORDS = dict[str, str]


@dataclass(frozen=True)
class Target:
    """One promise of the plan, in the words and units it was printed with."""

    plan_year: int
    code: str
    kind: str
    measure: str
    at_least: float
    name: WORDS
    unit: WORDS
    per: str | None = None
    stretch: float | None = None
    shown_as: str = "number"
    clause: WORDS | None = None
    note: WORDS | None = None


@dataclass(frozen=True)
class Milestone:
    """One thing to be done in the year."""

    plan_year: int
    code: str
    name: WORDS
    clause: WORDS | None = None


@dataclass(frozen=True)
class Plan:
    """A year's targets and milestones, by code, in the order of the file."""

    year: int
    targets: dict[str, Target] = field(default_factory=dict)
    milestones: dict[str, Milestone] = field(default_factory=dict)


def years(folder: Path = DATA / "targets") -> list[int]:
    """Return the years that have a plan."""
    return sorted(int(path.stem) for path in folder.glob("*.toml"))


@cache
def load(year: int, folder: Path = DATA / "targets") -> Plan:
    """Return the plan of a year, empty if there is none."""
    path = folder / f"{year}.toml"
    if not path.exists():
        return Plan(year)
    content = tomllib.loads(path.read_text(encoding="utf-8"))
    targets = [Target(plan_year=year, **entry) for entry in content["targets"]]
    unknown = {target.kind for target in targets} - set(KINDS)
    if unknown:
        raise ValueError(f"{path.name}: unknown kind {', '.join(sorted(unknown))}")
    milestones = [Milestone(plan_year=year, **entry) for entry in content["milestones"]]
    _refuse_doubles(path.name, [entry["code"] for entry in content["targets"]])
    _refuse_doubles(path.name, [entry["code"] for entry in content["milestones"]])
    return Plan(
        year,
        {target.code: target for target in targets},
        {milestone.code: milestone for milestone in milestones},
    )


def _refuse_doubles(file_name: str, codes: list[str]) -> None:
    doubles = sorted({code for code in codes if codes.count(code) > 1})
    if doubles:
        raise ValueError(f"{file_name}: {', '.join(doubles)} stands twice")


# What a council should see first: what cannot be mended, what is behind, what is not shown.
STATUS_ORDER = (
    "not_met",
    "behind",
    "not_shown",
    "not_computable",
    "on_course",
    "met",
)
MILESTONE_ORDER = ("dropped", "planned", "under_way", "done")


def scorecard(
    year: int, progress: list[dict[str, Any]], evidence: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Return one row per target, the worst first.

    progress and evidence are the rows of the queries plan_progress and plan_evidence. Keys: target
    (a Target), value, status, and those of plan_evidence. Within a status the one furthest below
    its pace comes first.
    """
    behind = {row["target_code"]: row for row in evidence}
    targets = load(year).targets
    rows = [
        behind[row["target_code"]] | row | {"target": targets[row["target_code"]]}
        for row in progress
        if row["kind"] != "milestone"
    ]
    return sorted(rows, key=lambda row: (STATUS_ORDER.index(row["status"]), _reached(row)))


def _reached(row: dict[str, Any]) -> float:
    """Return the value as a share of where it should be by now, or of the target."""
    if row["value"] is None:
        return 0.0
    return float(row["value"] / (row["expected_value"] or row["target"].at_least))


def milestone_rows(
    year: int, progress: list[dict[str, Any]], reports: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Return one row per milestone, what is still open first.

    Keys: milestone (a Milestone), status, and stated_on, note_zh, note_en where reported.
    """
    reported = {row["milestone_code"]: row for row in reports}
    milestones = load(year).milestones
    rows = [
        reported.get(row["target_code"], {})
        | {"milestone": milestones[row["target_code"]], "status": row["status"]}
        for row in progress
        if row["kind"] == "milestone"
    ]
    return sorted(rows, key=lambda row: MILESTONE_ORDER.index(row["status"]))
