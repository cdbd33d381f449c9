"""The account of a load: what became of every line of every file, and why."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import duckdb

from guanqing.intake import rules
from guanqing.intake.opening import Opened
from guanqing.intake.records import kinds

SHOWN_LINES = 1000

# What every load left out, repaired or could not map: kept with the records, not with the library,
# for a line of a reader file may hold a name.
KEPT = """
create table if not exists records.file_accounts (
    load_number integer, loaded_at timestamp, layout varchar, file_name varchar, kind varchar,
    encoding varchar, lines_read bigint, loaded bigint, repaired bigint, refused bigint,
    set_aside bigint, already_there bigint, header varchar, delimiter varchar, quote varchar
);
create table if not exists records.rule_accounts (
    load_number integer, file_name varchar, rule_code varchar, outcome varchar, line_count bigint
);
create table if not exists records.kept_lines (
    load_number integer, file_name varchar, line_number bigint, outcome varchar,
    rule_code varchar, column_name varchar, value varchar, line varchar
);
create table if not exists records.unmapped_codes (
    load_number integer, file_name varchar, column_name varchar, value varchar, line_count bigint
)
"""

LEFT_OUT = """
create or replace temp table left_out (
    file_number integer, line_number bigint, outcome varchar, rule_code varchar,
    field varchar, value varchar, line varchar
);
create or replace temp table unmapped (
    file_number integer, field varchar, value varchar, line_count bigint
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
        refused_lines=_refused_lines(connection, opened),
        unmapped_codes=_unmapped_codes(connection, opened),
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
    connection: duckdb.DuckDBPyConnection, opened: list[Opened]
) -> tuple[RefusedLine, ...]:
    refusals = [code for code, rule in rules.rules().items() if rule.outcome == rules.REFUSED]
    rows = connection.execute(
        "select file_number, line_number, field, value, rule_code from left_out "
        "where rule_code in $refusals order by file_number, line_number limit $limit",
        {"refusals": refusals, "limit": SHOWN_LINES},
    ).fetchall()
    return tuple(
        RefusedLine(opened[number].text.name, line, opened[number].column(field), value, code)
        for number, line, field, value, code in rows
    )


def _unmapped_codes(
    connection: duckdb.DuckDBPyConnection, opened: list[Opened]
) -> tuple[UnmappedCode, ...]:
    rows = connection.execute(
        "select file_number, field, value, sum(line_count)::bigint as lines from unmapped "
        "group by file_number, field, value "
        "order by file_number, field, lines desc, value limit $limit",
        {"limit": SHOWN_LINES},
    ).fetchall()
    return tuple(
        UnmappedCode(opened[number].text.name, opened[number].column(field) or field, value, lines)
        for number, field, value, lines in rows
    )


def keep(
    connection: duckdb.DuckDBPyConnection,
    report: LoadReport,
    opened: list[Opened],
    load_number: int,
    loaded_at: datetime,
) -> None:
    """Keep the account and every refused and repaired line with the records."""
    for number, file in enumerate(report.files):
        connection.execute(
            "insert into records.file_accounts values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                *(load_number, loaded_at, file.layout, file.file_name, file.kind, file.encoding),
                *(file.lines_read, file.loaded, file.repaired, file.refused),
                *(file.set_aside, file.already_there),
                *(opened[number].header_text, opened[number].delimiter, opened[number].quote),
            ],
        )
        for code, line_count in file.by_rule.items():
            connection.execute(
                "insert into records.rule_accounts values (?, ?, ?, ?, ?)",
                [load_number, file.file_name, code, rules.rules()[code].outcome, line_count],
            )
        fields = {name: opened[number].column(name) for name in opened[number].places}
        connection.execute(
            "insert into records.kept_lines select $load, $name, line_number, "
            "coalesce(outcome, 'refused'), rule_code, "
            "map($fields, $headers)[field], value, line "
            "from left_out where file_number = $number "
            "and (outcome is not null or rule_code in $refusals) order by line_number",
            {
                "load": load_number,
                "name": file.file_name,
                "fields": list(fields),
                "headers": list(fields.values()),
                "number": number,
                "refusals": [c for c, r in rules.rules().items() if r.outcome == rules.REFUSED],
            },
        )
    connection.executemany(
        "insert into records.unmapped_codes values (?, ?, ?, ?, ?)",
        [
            [load_number, code.file_name, code.column, code.value, code.line_count]
            for code in report.unmapped_codes
        ]
        or [[None] * 5],
    )
    connection.execute("delete from records.unmapped_codes where load_number is null")


TO_LIBRARY = """
insert into loads by name
select
    load_number, loaded_at, layout, file_name, kind as record_kind, encoding,
    lines_read as line_count, loaded as loaded_count, repaired as repaired_count,
    refused as refused_count, set_aside as set_aside_count, already_there as already_there_count
from records.file_accounts order by load_number, file_name;
insert into load_rules by name
select load_number, file_name, rule_code, outcome, line_count
from records.rule_accounts order by load_number, file_name, rule_code
"""
