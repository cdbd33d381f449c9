"""What intake can read from a source: tables, their fields, and how a text becomes a value.

A further kind of source (items, card events ...) is a further entry here.
"""

from dataclasses import dataclass

ID, STAMP, COUNT, CODE, TEXT = "id", "stamp", "count", "code", "text"


@dataclass(frozen=True)
class Field:
    """A field of a table: how its text is read, and whether layout and line may do without it."""

    kind: str
    is_needed: bool = False  # a layout must name its column
    is_nullable: bool = True  # a line may leave it blank


@dataclass(frozen=True)
class Table:
    """A kind of source line: its key and its fields."""

    key: str
    fields: dict[str, Field]
    possible: tuple[str, ...] = ()  # stamps that cannot lie in the future


TABLES = {
    "loans": Table(
        key="loan_id",
        fields={
            "loan_id": Field(ID, is_needed=True, is_nullable=False),
            # blank once the reader or the item has been deleted: such a loan still counts
            "reader_id": Field(ID, is_needed=True),
            "item_id": Field(ID, is_needed=True),
            "loaned_at": Field(STAMP, is_needed=True, is_nullable=False),
            "returned_at": Field(STAMP),
            "renewed_at": Field(STAMP),
            "renewal_count": Field(COUNT),
        },
        # a renewal is not among them: systems print the new due date in its place
        possible=("loaned_at", "returned_at"),
    ),
    "readers": Table(
        key="reader_id",
        fields={
            "reader_id": Field(ID, is_needed=True, is_nullable=False),
            "reader_type": Field(CODE),
            "sex": Field(CODE),
            "unit": Field(TEXT),
        },
    ),
}

SQL_TYPES = {
    ID: "bigint",
    STAMP: "timestamp",
    COUNT: "smallint",
    CODE: "varchar",
    TEXT: "varchar",
}


def macros(stamp_format: str) -> list[str]:
    """Return the statements that define read_id, read_count and the ways to read a stamp."""
    form = stamp_format.replace("'", "''")
    squeezed, day = form.replace(" ", ""), form.split(" ")[0]
    return [
        # 007 is not 7: two readers must not become one
        "create or replace temp macro read_id(source) as "
        "case when regexp_full_match(source, '0|[1-9][0-9]{0,17}') "
        "then try_cast(source as bigint) end",
        "create or replace temp macro read_count(source) as "
        "case when regexp_full_match(source, '[0-9]{1,4}') then try_cast(source as smallint) end",
        f"create or replace temp macro full_stamp(source) as try_strptime(source, '{form}')",
        # printing it must give the source back, for 2022-08-123:00:00 can be read in two ways
        "create or replace temp macro squeezed_stamp(source) as "
        f"case when strftime(try_strptime(source, '{squeezed}'), '{squeezed}') = source "
        f"then try_strptime(source, '{squeezed}') end",
        f"create or replace temp macro day_stamp(source) as try_strptime(source, '{day}')",
    ]


def value(kind: str, source: str) -> str:
    """Return the SQL that reads the column `source`, a text or null; unreadable is null.

    A code is read with the parameters ${source}_keys and ${source}_values.
    """
    return {
        ID: f"read_id({source})",
        COUNT: f"read_count({source})",
        STAMP: f"coalesce(full_stamp({source}), squeezed_stamp({source}), day_stamp({source}))",
        CODE: f"map(${source}_keys, ${source}_values)[{source}]",
        TEXT: source,
    }[kind]
