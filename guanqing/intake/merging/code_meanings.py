"""What the codes of a system mean where its own code tables say so, and not the layout."""

from dataclasses import replace

import duckdb

from guanqing.intake.layouts import Layout
from guanqing.intake.layouts.sources import Source
from guanqing.intake.reading.statements import OF_ITEMS
from guanqing.intake.validation import rules
from guanqing.records import Kind


def explained(connection: duckdb.DuckDBPyConnection, source: Source) -> Source:
    """Return a source with what its codes mean by the system's own code tables, too.

    What the layout itself says of a code goes first.
    """
    codes = dict(source.codes)
    for name, words in source.meanings.items():
        meanings = _code_names(connection, source.kind.fields[name].list)
        by_table = {code: words[word] for code, word in meanings.items() if word in words}
        codes[name] = by_table | source.codes.get(name, {})
    return replace(source, codes=codes)


def explain_kinds(connection: duckdb.DuckDBPyConnection, layout: Layout) -> int:
    """Give the lines of a log their operation that an earlier load could not name."""
    known: dict[str, str] = {}
    for source in layout.sources:
        if source.kind.code == "log":
            known |= explained(connection, source).codes["kind"]
    return int(
        connection.execute(
            "update records.log set kind = map($codes, $ours)[kind[2:]], "
            "item = case when list_contains($of_items, map($codes, $ours)[kind[2:]]) then item end "
            "where starts_with(kind, '?') and list_contains($codes, kind[2:])",
            {
                "codes": list(known),
                "ours": list(known.values()),
                "of_items": list(OF_ITEMS),
            },
        ).fetchall()[0][0]
        if known
        else 0
    )


def refuse_unmapped_kinds(connection: duckdb.DuckDBPyConnection) -> int:
    """Count the lines of a log whose operation nobody explained as refused, but keep them.

    Once a code table or a layout explains them they are loaded, whichever came first. Returns how
    many there are.
    """
    connection.execute(
        "insert into left_out by name select file_number, line_number, 'unmapped_kind' as "
        "rule_code, 'kind' as field, seal_text(kind[2:]) as value, line from records.log "
        "where file_number is not null and starts_with(kind, '?')"
    )
    connection.execute(
        "insert into unmapped select file_number, 'kind', value, count(*) from left_out "
        "where rule_code = 'unmapped_kind' and field = 'kind' group by all"
    )
    ((count,),) = connection.execute(
        "update records.log set file_number = null, line = null "
        "where file_number is not null and starts_with(kind, '?')"
    ).fetchall()
    return int(count)


def note_unknown_branches(connection: duckdb.DuckDBPyConnection, kind: Kind) -> None:
    """Put the branches of a kind's new lines that nobody knows beside the codes without a meaning.

    They are loaded all the same: a library may open a branch before it says so.
    """
    for field in rules.branch_fields(kind):
        connection.execute(
            f"insert into unmapped select file_number, '{field}', seal_text({field}), count(*) "
            f"from records.{kind.code} where file_number is not null "
            f"and {rules.strange_branch(field)} group by file_number, {field}"
        )


def _code_names(connection: duckdb.DuckDBPyConnection, code_list: str) -> dict[str, str]:
    """Return code -> what the system calls it; a table that names no list is one of operations."""
    rows = connection.execute(
        "select code, meaning from records.code_names "
        "where coalesce(code_list, 'operation') = $code_list "
        "order by written_at asc, written_line desc",
        {"code_list": code_list},
    ).fetchall()
    return dict(rows)  # of two meanings that of the file written later
