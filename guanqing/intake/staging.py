"""Lines of text -> typed rows of a source, in temporary tables that the disk can take over.

    <table>_lines   kept lines: file_number, line_number, the fields as the source gave them, and
                    what had to be done to read them (has_missing_blank ...)
    left_out        lines not kept: the rule, and the field and value it met
    unmapped        codes the layout does not name, with their lines

Everything is SQL over one block at a time, so memory does not grow with the file.
"""

import re
from collections.abc import Iterable

import duckdb

from guanqing.intake import fields, reading
from guanqing.intake.fields import CODE, SQL_TYPES, STAMP, TABLES
from guanqing.intake.layouts import Layout
from guanqing.intake.reading import Source

TEXT_RULES = {
    fields.ID: "unreadable_id",
    fields.STAMP: "unreadable_stamp",
    fields.COUNT: "unreadable_count",
}

# A field is quoted, or begins with something else, or is empty; then comes the delimiter. It is
# put after the last field too, so that no match is ever empty.
FIELD = "({quote}(?:[^{quote}]|{quote}{quote})*{quote}|[^{quote}{delimiter}][^{delimiter}]*|)"

LEFT_OUT = """
create temp table left_out (
    file_number integer, line_number bigint, rule_code varchar, field varchar, value varchar
);
create temp table unmapped (
    file_number integer, field varchar, value varchar, line_count bigint
)
"""


def prepare(connection: duckdb.DuckDBPyConnection, layout: Layout) -> None:
    """Create the empty staging tables."""
    connection.execute(LEFT_OUT)
    for macro in fields.macros(layout.stamp_format):
        connection.execute(macro)
    for name, table in TABLES.items():
        columns = [f"{field} {SQL_TYPES[kind.kind]}" for field, kind in table.fields.items()]
        connection.execute(
            f"create temp table {name}_lines (file_number integer, line_number bigint, "
            f"{', '.join(columns)}, has_missing_blank boolean, has_date_only boolean, "
            f"has_unmapped_code boolean)"
        )


def stage(
    connection: duckdb.DuckDBPyConnection, source: Source, file_number: int, layout: Layout
) -> int:
    """Read a file into the staging tables and return the number of its lines, header excluded."""
    split, typed = _splitting(source, layout), _typing(source)
    codes = {
        f"{field}_text_{part}": list(texts)
        for field, meanings in source.table.codes.items()
        for part, texts in (("keys", meanings.keys()), ("values", meanings.values()))
    }
    line_count = 0
    for block in reading.numbered_lines(source.path, source.encoding):
        line_count += len(block)
        connection.register("block", block)
        connection.execute(split)
        connection.unregister("block")
        connection.execute(typed, codes or None)
        _keep(connection, source, file_number)
    return line_count


def _splitting(source: Source, layout: Layout) -> str:
    """Return the SQL from `block` to `texts`: one column a field wanted, or the fault of the line.

    Only the fields wanted come out: names and document numbers are never kept, not even here.
    """
    quote, delimiter = layout.quote, layout.delimiter
    pattern = FIELD.format(quote=re.escape(quote), delimiter=re.escape(delimiter))
    pattern += re.escape(delimiter)
    columns = [
        f"nullif(trim(case when starts_with(fields[{place}], {_sql(quote)}) "
        f"then replace(fields[{place}][2:-2], {_sql(quote * 2)}, {_sql(quote)}) "
        f"else fields[{place}] end), '') as {field}_text"
        for field, place in source.positions.items()
    ]
    return f"""
create or replace temp table texts as

with

-- materialized, or each field would split the line again
split as materialized (
    select
        line_number,
        line,
        contains(line, {_sql(quote)})
            and not regexp_full_match(line || {_sql(delimiter)}, {_sql("(?:" + pattern + ")*")})
            as is_unclosed,
        case
            when contains(line, {_sql(quote)})
                then regexp_extract_all(line || {_sql(delimiter)}, {_sql(pattern)}, 1)
            else string_split(line, {_sql(delimiter)})
        end as fields
    from block
)

select
    line_number,
    case
        when line is null then 'invalid_text'
        when trim(line, ' \t') = '' then 'blank_line'
        when is_unclosed then 'unclosed_quote'
        when len(fields) < {source.field_count} then 'too_few_fields'
        when len(fields) > {source.field_count} then 'too_many_fields'
    end as line_fault,
    {", ".join(columns)}
from split
"""


def _typing(source: Source) -> str:
    """Return the SQL from `texts` to `typed`: values, and the first fault as a struct."""
    kinds = TABLES[source.table.table].fields
    values, squeezed, days, unmapped = [], ["false"], ["false"], ["false"]
    for name in source.positions:
        text, value = f"{name}_text", f"{name}_value"
        values.append(f"{fields.value(kinds[name].kind, text)} as {value}")
        if kinds[name].kind == STAMP:
            squeezed.append(f"(full_stamp({text}) is null and squeezed_stamp({text}) is not null)")
            days.append(_is_day(text))
        # an unknown code is no fault: it is counted and left null, never guessed
        if kinds[name].kind == CODE:
            unmapped.append(f"({text} is not null and {value} is null)")
    return (
        f"create or replace temp table typed as select *, {', '.join(values)}, "
        f"coalesce({', '.join(_faults(source))}) as fault, "
        f"{' or '.join(squeezed)} as has_missing_blank, "
        f"{' or '.join(days)} as has_date_only, "
        f"{' or '.join(unmapped)} as has_unmapped_code from texts"
    )


def _faults(source: Source) -> list[str]:
    """Return the SQL of everything that refuses a line, in the order it is looked for."""
    table = TABLES[source.table.table]
    faults = [_fault_if("line_fault is not null", "line_fault", "null", "null")]
    for name in source.positions:
        field, text = table.fields[name], f"{name}_text"
        if field.kind in TEXT_RULES:
            condition = f"{text} is not null and {name}_value is null"
            if not field.is_nullable:
                condition = f"{name}_value is null"
            faults.append(_fault_if(condition, _sql(TEXT_RULES[field.kind]), _sql(name), text))
    for name in table.possible:
        if name in source.positions:
            condition = (
                f"{name}_value < timestamp '1900-01-01' "
                f"or {name}_value >= current_date + interval 2 day"
            )
            faults.append(_fault_if(condition, "'impossible_stamp'", _sql(name), f"{name}_text"))
    return faults


def _fault_if(condition: str, rule: str, field: str, value: str) -> str:
    fault = f"{{'rule': {rule}, 'field': {field}::varchar, 'value': {value}::varchar}}"
    return f"case when {condition} then {fault} end"


def _is_day(text: str) -> str:
    """Return the test that a stamp gives the day alone."""
    others = f"full_stamp({text}) is null and squeezed_stamp({text}) is null"
    return f"({others} and day_stamp({text}) is not null)"


def _keep(connection: duckdb.DuckDBPyConnection, source: Source, file_number: int) -> None:
    """Move the rows of `typed` to where they belong."""
    table, names = source.table.table, list(source.positions)
    connection.execute(
        "insert into left_out select $file, line_number, fault.rule, fault.field, fault.value "
        "from typed where fault is not null",
        {"file": file_number},
    )
    for name in source.table.codes:
        connection.execute(
            f"insert into unmapped select $file, '{name}', {name}_text, count(*) from typed "
            f"where fault is null and {name}_text is not null and {name}_value is null "
            f"group by {name}_text",
            {"file": file_number},
        )
    connection.execute(
        f"insert into {table}_lines by name select $file as file_number, line_number, "
        f"{', '.join(_columns(table, names))}, "
        f"has_missing_blank, has_date_only, has_unmapped_code from typed where fault is null",
        {"file": file_number},
    )


def _columns(table: str, names: Iterable[str]) -> list[str]:
    kinds = TABLES[table].fields
    columns = []
    for name in names:
        value = f"{name}_value"
        if kinds[name].kind == STAMP and name != "loaned_at":
            # midnight of the day of the loan is not before the loan
            value = (
                f"case when {_is_day(f'{name}_text')} and {value}::date = loaned_at_value::date "
                f"then greatest({value}, loaned_at_value) else {value} end"
            )
        columns.append(f"{value} as {name}")
    return columns


def _sql(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
