"""The account of a load: what became of every line of every file, and why."""

from dataclasses import dataclass

import duckdb

from guanqing.intake import rules
from guanqing.intake.fields import TABLES
from guanqing.intake.reading import Source
from guanqing.problems import Problem

SHOWN_LINES = 1000


@dataclass(frozen=True)
class FileReport:
    """What became of the lines of a file; every line is in one of the five counts."""

    file_name: str
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
    """A line that was not loaded, and the first thing wrong with it.

    For whoever loads, and kept nowhere: where fields have slipped, a value can be anything.
    """

    file_name: str
    line_number: int  # as an editor counts them: the header is line 1
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

    @property
    def by_rule(self) -> dict[str, int]:
        """Return how many lines each rule touched in all files."""
        codes = dict.fromkeys(code for file in self.files for code in file.by_rule)
        return {code: sum(file.by_rule.get(code, 0) for file in self.files) for code in codes}


def draw_up(
    connection: duckdb.DuckDBPyConnection, sources: list[Source], line_counts: list[int]
) -> LoadReport:
    """Count the staged lines; a line unaccounted for is a bug and raises."""
    left_out = rules.count_left_out(connection)
    kept = {table: rules.count_kept(connection, table) for table in TABLES}
    files = []
    for number, (source, lines_read) in enumerate(zip(sources, line_counts, strict=True)):
        kept_count, repaired, kept_rules = kept[source.table.table].get(number, (0, 0, {}))
        out = left_out.get(number, {})
        outcomes = dict.fromkeys((rules.REFUSED, rules.SET_ASIDE), 0)
        for code, line_count in out.items():
            outcomes[rules.rules()[code].outcome] += line_count
        if lines_read != kept_count + sum(outcomes.values()):
            raise ValueError(f"{source.path.name}: {lines_read} lines read, {kept_count} + {out}")
        files.append(
            FileReport(
                file_name=source.path.name,
                encoding=source.encoding,
                lines_read=lines_read,
                loaded=kept_count - repaired,
                repaired=repaired,
                refused=outcomes[rules.REFUSED],
                set_aside=outcomes[rules.SET_ASIDE],
                already_there=0,
                by_rule={code: count for code, count in (kept_rules | out).items() if count},
            )
        )
    return LoadReport(
        files=tuple(files),
        refused_lines=_refused_lines(connection, sources),
        unmapped_codes=_unmapped_codes(connection, sources),
    )


def _refused_lines(
    connection: duckdb.DuckDBPyConnection, sources: list[Source]
) -> tuple[RefusedLine, ...]:
    refusals = [code for code, rule in rules.rules().items() if rule.outcome == rules.REFUSED]
    rows = connection.execute(
        "select file_number, line_number, field, value, rule_code from left_out "
        "where rule_code in $refusals order by file_number, line_number limit $limit",
        {"refusals": refusals, "limit": SHOWN_LINES},
    ).fetchall()
    return tuple(
        RefusedLine(
            file_name=sources[number].path.name,
            line_number=line_number,
            column=sources[number].table.columns.get(field),
            value=value,
            rule_code=code,
        )
        for number, line_number, field, value, code in rows
    )


def _unmapped_codes(
    connection: duckdb.DuckDBPyConnection, sources: list[Source]
) -> tuple[UnmappedCode, ...]:
    rows = connection.execute(
        "select file_number, field, value, sum(line_count)::bigint as lines from unmapped "
        "group by file_number, field, value "
        "order by file_number, field, lines desc, value limit $limit",
        {"limit": SHOWN_LINES},
    ).fetchall()
    return tuple(
        UnmappedCode(sources[number].path.name, sources[number].table.columns[field], value, lines)
        for number, field, value, lines in rows
    )


def require_loans(connection: duckdb.DuckDBPyConnection, load_report: LoadReport) -> None:
    """Raise the Problem of a load without a single loan."""
    ((loan_count,),) = connection.execute("select count(*) from loans_lines").fetchall()
    if not loan_count:
        raise Problem(
            "nothing_loadable",
            files=", ".join(file.file_name for file in load_report.files),
            line_count=sum(file.lines_read for file in load_report.files),
            rules=", ".join(f"{code} {count}" for code, count in load_report.by_rule.items()),
        )


def write(connection: duckdb.DuckDBPyConnection, load_report: LoadReport) -> None:
    """Put the account into the tables loads and load_rules."""
    for file in load_report.files:
        connection.execute(
            "insert into loads values (?, ?, ?, ?, ?, ?)",
            [
                file.file_name,
                file.lines_read,
                file.loaded,
                file.repaired,
                file.refused,
                file.set_aside,
            ],
        )
        for code, line_count in file.by_rule.items():
            connection.execute(
                "insert into load_rules values (?, ?, ?, ?)",
                [file.file_name, code, rules.rules()[code].outcome, line_count],
            )
