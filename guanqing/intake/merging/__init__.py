"""One record a key: what several lines say of one thing, in one load or in many.

Which statement holds depends on the statements alone and never on the order of loading: the one
that has gone furthest (returned before still out, more renewals before fewer), then the one in the
file written last, then the one further up in its file, then the greater of two texts.
"""

import duckdb

from guanqing.intake.reading.staging import OF_THE_LOAD
from guanqing.records import Kind, columns

PROGRESS = {"loans": ["(returned_at is not null)", "coalesce(renewal_count, 0)"]}


def merge(connection: duckdb.DuckDBPyConnection, kind: Kind) -> int:
    """Leave one row a key and say in left_out what became of the others.

    Returns how many records got a later date: they say what they said, in a file written later.
    """
    table, key = f"records.{kind.code}", ", ".join(kind.key)
    redated = _leave_out_known(connection, kind)
    connection.execute(
        f"create or replace temp table contested as select rowid as line_id, * from {table} "
        f"where hash({key}) in (select hash({key}) from {table} group by all having count(*) > 1)"
    )
    connection.execute(_ranked(kind))
    connection.execute(LEFT_OUT)
    connection.execute(CORRECTIONS)
    changed = connection.execute(
        f"update {table} set written_at = best_written_at, written_line = best_written_line "
        f"from fates where {table}.rowid = line_id and fate = 'kept' "
        f"and (written_at, written_line) is distinct from (best_written_at, best_written_line)"
    ).fetchall()[0][0]
    connection.execute(
        f"delete from {table} where rowid in (select line_id from fates where fate != 'kept')"
    )
    return redated + int(changed)


def _leave_out_known(connection: duckdb.DuckDBPyConnection, kind: Kind) -> int:
    """Take out the lines that say what a record says; return how many records they gave a date.

    The windows below would do the same; but a whole export loaded again is mostly such lines, and
    a join is ten times as fast. Two digests tell records apart: with one, two of 20 million lines
    would meet once in 50,000 loads.
    """
    table, values = f"records.{kind.code}", list(columns(kind))
    digests = f"hash({', '.join(values)}) as one, hash({', '.join(reversed(values))}) as other"
    connection.execute(
        f"create or replace temp table known as "
        f"with held as (select rowid as held_id, written_at as held_at, written_line as held_line, "
        f"{digests} from {table} where file_number is null), "
        f"lines as (select rowid as line_id, file_number, line_number, line, written_at, "
        f"written_line, {', '.join(kind.key)}, {digests} "
        f"from {table} where file_number is not null) "
        f"select * exclude (one, other) from lines inner join held using (one, other)"
    )
    connection.execute(
        f"insert into left_out by name select file_number, line_number, "
        f"'already_there' as rule_code, line from known where not {_is_open(kind)}"
    )
    if kind.code == "log":  # no longer news, and still not to be counted
        connection.execute(
            f"insert into left_out by name select file_number, line_number, 'unmapped_kind' as "
            f"rule_code, 'kind' as field, seal_text(kind[2:]) as value, line "
            f"from known where {_is_open(kind)}"
        )
    ((redated,),) = connection.execute(
        f"update {table} set written_at = best.at, written_line = best.line from ("
        f"select held_id, max(written_at) as at, arg_min(written_line, (-epoch(written_at), "
        f"written_line)) as line, any_value(held_at) as held_at, "
        f"any_value(held_line) as held_line from known group by held_id) as best "
        f"where {table}.rowid = best.held_id and (best.at > best.held_at "
        f"or (best.at = best.held_at and best.line < best.held_line))"
    ).fetchall()
    connection.execute(f"delete from {table} where rowid in (select line_id from known)")
    return int(redated)


def _is_open(kind: Kind) -> str:
    """Return the SQL of whether nobody has explained yet what a line of a log says."""
    return "starts_with(kind, '?')" if kind.code == "log" else "false"


def _ranked(kind: Kind) -> str:
    """Return the SQL of `fates`: what becomes of each contested row."""
    key = ", ".join(kind.key)
    values = list(columns(kind))
    content = f"row({', '.join(values)})"
    progress = [f"{part} desc" for part in PROGRESS.get(kind.code, [])]
    rank = ", ".join([*progress, "best_written_at desc", "best_written_line asc"])
    rank += "".join(f", {name} desc nulls last" for name in values)
    return f"""
create or replace temp table fates as

with

-- rows that say the same are one statement, as old and as high as the best of them
statements as (
    select
        *,
        max(written_at) over same as best_written_at,
        first_value(written_line) over (
            partition by {", ".join(values)} order by written_at desc, written_line
        ) as best_written_line,
        row_number() over (
            partition by {", ".join(values)} order by file_number nulls first, line_number
        ) as turn,
        bool_or(file_number is null) over same as is_known
    from contested
    window same as (partition by {", ".join(values)})
),

ranked as (
    select
        *,
        first_value({content}) over of_key is not distinct from {content} as is_best,
        bool_or(file_number is null) over (partition by {key}) as has_known_key,
        first_value(file_number) over of_key as best_file
    from statements
    window of_key as (partition by {key} order by {rank})
)

select
    line_id, file_number, line_number, line, best_written_at, best_written_line,
    case
        when turn > 1 and is_known then 'already_there'
        when turn > 1 then 'duplicate_line'
        when is_best then 'kept'
        when file_number is null then 'corrected'
        when best_file = file_number then 'repeated_key'
        -- the line that holds was loaded before, from this file
        when best_file is null and (file_number, hash({key})) in (
            select (file_number, hash({key})) from known
        ) then 'repeated_key'
        else 'superseded'
    end as fate,
    is_best and turn = 1 and file_number is not null and has_known_key as is_correction
from ranked
"""


LEFT_OUT = """
insert into left_out by name
select
    file_number, line_number, fate as rule_code, line
from fates
where file_number is not null and fate != 'kept'
"""


CORRECTIONS = """
insert into corrections by name
select file_number, count(*) as line_count from fates where is_correction group by file_number
"""


def finish(connection: duckdb.DuckDBPyConnection, kind: Kind) -> None:
    """Drop what only the load needed, so that records are the same whatever load they came in."""
    for name in OF_THE_LOAD:
        connection.execute(f"alter table records.{kind.code} drop column {name}")
