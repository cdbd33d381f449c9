"""The accounts of all loads, kept with the records: what became of every line, and its text.

Not in the library: a line of a reader file may hold a name. The library gets the counts.
"""

from datetime import datetime

import duckdb

from guanqing.intake.accounts import LoadReport
from guanqing.intake.reading.source_matching import Opened
from guanqing.intake.validation import rules

KEPT = """
create table if not exists records.file_accounts (
    load_number integer, loaded_at timestamp, layout varchar, file_name varchar, kind varchar,
    encoding varchar, lines_read bigint, loaded bigint, repaired bigint, refused bigint,
    set_aside bigint, already_there bigint, header varchar, delimiter varchar, quote varchar,
    written_at timestamp, loaded_by varchar
);
create table if not exists records.rule_accounts (
    load_number integer, file_name varchar, rule_code varchar, outcome varchar, line_count bigint
);
create table if not exists records.kept_lines (
    load_number integer, file_name varchar, line_number bigint, outcome varchar,
    rule_code varchar, column_name varchar, value blob, line blob -- sealed
);
create table if not exists records.unmapped_codes (
    load_number integer, file_name varchar, column_name varchar, value blob, line_count bigint
)
"""


def keep(
    connection: duckdb.DuckDBPyConnection,
    report: LoadReport,
    opened: list[Opened],
    load_number: int,
    loaded_at: datetime,
    loaded_by: str,
    *,
    text_kept: bool,
) -> None:
    """Keep the account and every refused and repaired line with the records.

    text_kept: with what stands in them, sealed.
    """
    for number, file in enumerate(report.files):
        connection.execute(
            f"insert into records.file_accounts values ({', '.join('?' * 17)})",
            [
                *(load_number, loaded_at, file.layout, file.file_name, file.kind, file.encoding),
                *(file.lines_read, file.loaded, file.repaired, file.refused),
                *(file.set_aside, file.already_there),
                *(opened[number].header_text, opened[number].delimiter, opened[number].quote),
                *(opened[number].text.written_at, loaded_by),
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
            "map($fields, $headers)[field], "
            "case when $text_kept then value end, case when $text_kept then line end "
            "from left_out where file_number = $number "
            "and (outcome is not null or rule_code in $refusals) order by line_number",
            {
                "load": load_number,
                "name": file.file_name,
                "fields": list(fields),
                "headers": list(fields.values()),
                "number": number,
                "text_kept": text_kept,
                "refusals": [c for c, r in rules.rules().items() if r.outcome == rules.REFUSED],
            },
        )
    connection.executemany(
        "insert into records.unmapped_codes values (?, ?, ?, seal_text(?), ?)",
        [
            [
                *(load_number, code.file_name, code.column),
                *(code.value if text_kept else None, code.line_count),
            ]
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
    refused as refused_count, set_aside as set_aside_count, already_there as already_there_count,
    written_at, loaded_by
from records.file_accounts order by load_number, file_name;
insert into load_rules by name
select load_number, file_name, rule_code, outcome, line_count
from records.rule_accounts order by load_number, file_name, rule_code
"""
