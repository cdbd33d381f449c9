"""The account of a load: what became of every line of every file, and why."""

from dataclasses import asdict, dataclass
from typing import Any

import duckdb

from guanqing.access.names_key import Keys
from guanqing.intake.reading.source_matching import Opened
from guanqing.intake.validation import rules
from guanqing.records import kinds

SHOWN_LINES = 1000

LEFT_OUT = """
create or replace temp table left_out (
    file_number integer, line_number bigint, outcome varchar, rule_code varchar,
    field varchar, value blob, line blob -- sealed
);
create or replace temp table unmapped (
    file_number integer, field varchar, value blob, line_count bigint
);
create or replace temp table corrections (file_number integer, line_count bigint)
"""


@dataclass(frozen=True)
class FileReport:
    """What became of the lines of a file; every line is in one of the five counts."""

    file_name: str
    kind: str
    layout: str
    encoding: str
    lines_read: int
    loaded: int
    repaired: int
    refused: int
    set_aside: int
    already_there: int
    by_rule: dict[str, int]  # a line can meet several rules


@dataclass(frozen=True)
class RefusedLine:
    """A line that was not loaded, and the first thing wrong with it."""

    file_name: str
    line_number: int  # as an editor counts them, from 1
    column: str | None  # null where the line as a whole is at fault
    value: str | None
    rule_code: str


@dataclass(frozen=True)
class UnmappedCode:
    """A code that the layout does not name."""

    file_name: str
    column: str
    value: str
    line_count: int


@dataclass(frozen=True)
class LoadReport:
    """The account of a load."""

    files: tuple[FileReport, ...]
    refused_lines: tuple[RefusedLine, ...]  # the first 1000
    unmapped_codes: tuple[UnmappedCode, ...]  # the first 1000
    skipped: tuple[str, ...] = ()  # files that are none of the layout's
    load_number: int | None = None  # the generation made; null where there was nothing new

    @property
    def by_rule(self) -> dict[str, int]:
        """Return how many lines each rule touched in all files."""
        codes = dict.fromkeys(code for file in self.files for code in file.by_rule)
        return {code: sum(file.by_rule.get(code, 0) for file in self.files) for code in codes}

    def total(self, count: str) -> int:
        """Return one of the counts over all files."""
        return sum(getattr(file, count) for file in self.files)

    @property
    def is_unusable(self) -> bool:
        """Return whether not one line could be used: nothing loaded, nothing there before."""
        used = sum(self.total(count) for count in ("loaded", "repaired", "already_there"))
        return not used and "superseded" not in self.by_rule

    def as_dict(self) -> dict[str, Any]:
        """Return the account as JSON takes it."""
        return {
            "load_number": self.load_number,
            "files": [{"file": file.file_name, **asdict(file)} for file in self.files],
            "skipped": list(self.skipped),
            "unmapped_codes": [asdict(code) for code in self.unmapped_codes],
            "refused_lines": [asdict(line) for line in self.refused_lines],
        }


def draw_up(
    connection: duckdb.DuckDBPyConnection,
    opened: list[Opened],
    line_counts: list[int],
    layout_name: str,
    keys: Keys,
) -> LoadReport:
    """Count the staged lines; a line unaccounted for is a bug and raises."""
    left_out = _count_left_out(connection)
    corrections = dict(
        connection.execute("select file_number, line_count from corrections").fetchall()
    )
    kept = {code: rules.count_kept(connection, kinds()[code]) for code in _kinds_of(opened)}
    files = []
    for number, (source, lines_read) in enumerate(zip(opened, line_counts, strict=True)):
        kept_count, repaired, kept_rules = kept[source.source.kind.code].get(number, (0, 0, {}))
        kept_rules = kept_rules | {"correction": corrections.get(number, 0)}
        out = left_out.get(number, {})
        outcomes = dict.fromkeys((rules.REFUSED, rules.SET_ASIDE, rules.ALREADY_THERE), 0)
        for code, line_count in out.items():
            outcomes[rules.rules()[code].outcome] += line_count
        if lines_read != kept_count + sum(outcomes.values()):
            raise ValueError(f"{source.text.name}: {lines_read} lines read, {kept_count} + {out}")
        files.append(
            FileReport(
                file_name=source.text.name,
                kind=source.source.kind.code,
                layout=layout_name,
                encoding=source.text.encoding,
                lines_read=lines_read,
                loaded=kept_count - repaired,
                repaired=repaired,
                **outcomes,
                by_rule={
                    code: count
                    for code, count in _sum(kept_rules, out).items()
                    if count and code != "already_there"
                },
            )
        )
    return LoadReport(
        files=tuple(files),
        refused_lines=_refused_lines(connection, opened, keys),
        unmapped_codes=_unmapped_codes(connection, opened, keys),
    )


def _kinds_of(opened: list[Opened]) -> list[str]:
    return sorted({source.source.kind.code for source in opened})


def _sum(one: dict[str, int], other: dict[str, int]) -> dict[str, int]:
    return {code: one.get(code, 0) + other.get(code, 0) for code in one | other}


def _count_left_out(connection: duckdb.DuckDBPyConnection) -> dict[int, dict[str, int]]:
    counts: dict[int, dict[str, int]] = {}
    for file_number, code, line_count in connection.execute(
        "select file_number, rule_code, count(*) from left_out where outcome is null "
        "group by file_number, rule_code order by file_number, rule_code"
    ).fetchall():
        counts.setdefault(file_number, {})[code] = line_count
    return counts


def _refused_lines(
    connection: duckdb.DuckDBPyConnection, opened: list[Opened], keys: Keys
) -> tuple[RefusedLine, ...]:
    refusals = [code for code, rule in rules.rules().items() if rule.outcome == rules.REFUSED]
    rows = connection.execute(
        "select file_number, line_number, field, value, rule_code from left_out "
        "where rule_code in $refusals order by file_number, line_number limit $limit",
        {"refusals": refusals, "limit": SHOWN_LINES},
    ).fetchall()
    return tuple(
        RefusedLine(
            opened[number].text.name,
            line,
            opened[number].column(field),
            value and keys.open(value),
            code,
        )
        for number, line, field, value, code in rows
    )


def _unmapped_codes(
    connection: duckdb.DuckDBPyConnection, opened: list[Opened], keys: Keys
) -> tuple[UnmappedCode, ...]:
    rows = connection.execute(
        "select file_number, field, value, sum(line_count)::bigint as lines from unmapped "
        "group by file_number, field, value "
        "order by file_number, field, lines desc, value limit $limit",
        {"limit": SHOWN_LINES},
    ).fetchall()
    found = [
        (number, field, -lines, keys.open(value) or "") for number, field, value, lines in rows
    ]
    return tuple(
        UnmappedCode(opened[number].text.name, opened[number].column(field) or field, value, -lines)
        for number, field, lines, value in sorted(found)
    )
