"""From records to the library: data/staging/*.sql over everything that any load brought."""

import re
from collections.abc import Callable
from pathlib import Path
from string import ascii_uppercase
from typing import Any

import duckdb

from guanqing import datafiles
from guanqing.intake.layouts import Layout
from guanqing.intake.reading.values import sql
from guanqing.paths import DATA
from guanqing.records import kinds

STEPS = DATA / "staging"
ASKED_FOR = ("overlapping", "data_end", "logged_loans")  # steps that rules.CONDITIONS speak of

# Which layouts the records came by, and what each says about the library. Kept with the records, so
# that a later load of another layout finds it.
SAID = """
create table if not exists records.layouts (
    layout varchar, has_library boolean, name_zh varchar, name_en varchar, main_branch varchar,
    default_branch varchar, overlapping_loan varchar, loan_without_return varchar, scheme varchar
);
create table if not exists records.layout_branches (
    layout varchar, branch varchar, name_zh varchar, name_en varchar
)
"""

# One row: of several layouts the first that names a library, in the order of their names.
FRAME = """
create or replace temp table frame as
select * from records.layouts order by has_library desc, layout limit 1;
create or replace temp table named_branches as
select branch, min(name_zh) as name_zh, min(name_en) as name_en
from records.layout_branches group by branch
"""


@datafiles.reads("library.toml")
def library_facts(content: dict[str, Any]) -> dict[str, str]:
    """Return what data/library.toml says about the library of this installation."""
    return {key: str(content[key]) for key in ("name_zh", "name_en", "main_branch", "zone")}


@datafiles.reads("classes.csv")
def scheme_classes(rows: list[dict[str, str]]) -> list[str]:
    """Return the codes of the classes of 中图法."""
    return [row["class_code"] for row in rows if row["is_scheme_class"] == "true"]


def facts_of(layout: Layout) -> dict[str, str]:
    """Return the library as the layout names it, else as data/library.toml does."""
    return library_facts() | layout.library


def default_branch(layout: Layout) -> str:
    """Return the branch of a source that names none: its only one, else the main library."""
    if len(layout.branches) == 1:
        return layout.branches[0].code
    return facts_of(layout)["main_branch"]


def note_layout(connection: duckdb.DuckDBPyConnection, layout: Layout) -> None:
    """Keep with the records what the layout says about the library."""
    facts = facts_of(layout)
    connection.execute("delete from records.layouts where layout = $name", {"name": layout.name})
    connection.execute(
        "delete from records.layout_branches where layout = $name", {"name": layout.name}
    )
    connection.execute(
        "insert into records.layouts values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            layout.name,
            bool(layout.library),
            facts["name_zh"],
            facts["name_en"],
            facts["main_branch"],
            default_branch(layout),
            layout.rules["overlapping_loan"],
            layout.rules["loan_without_return"],
            layout.rules["scheme"],
        ],
    )
    for branch in layout.branches:
        connection.execute(
            "insert into records.layout_branches values (?, ?, ?, ?)",
            [layout.name, branch.code, branch.name_zh, branch.name_en],
        )


def class_macro(scheme: str) -> str:
    """Return the macro class_of: the class of a call number, as measures.md decides it."""
    listed = ", ".join(sql(code) for code in scheme_classes())
    wide = "".join(chr(ord(letter) + 0xFEE0) for letter in ascii_uppercase)
    upper = f"upper(trim(translate(source, '{wide}', '{ascii_uppercase}')))"
    letters = f"regexp_extract({upper}, '^([A-Z]{{1,2}})(?:[^A-Z]|$)', 1)"
    clc = (
        f"when regexp_matches(source, '^\\s*[0-9]') then 'other' "
        f"when {letters} in ({listed}) then {letters} "
        f"when starts_with({letters}, 'T') then 'T' "
        # an author's name, a note: no call number at all
        f"when not regexp_matches({upper}, '^[A-Z]') then 'none' else 'other'"
    )
    ways = clc if scheme == "clc" else "else 'other'"
    return (
        "create or replace temp macro class_of(source) as "
        f"case when source is null or trim(source) = '' then 'none' {ways} end"
    )


def steps() -> list[Path]:
    """Return the files of data/staging in the order they run."""
    return sorted(STEPS.glob("*.sql"))


def prepare(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the tables and macros that the steps, and the account, ask for."""
    connection.execute(FRAME)
    ((scheme,),) = connection.execute("select scheme from frame").fetchall()
    connection.execute(class_macro(scheme))
    for step in steps():
        if step.stem.split("_", 1)[1] in ASKED_FOR:
            connection.execute(step.read_text(encoding="utf-8"))


def resolve(connection: duckdb.DuckDBPyConnection, report: Callable[[str], None]) -> None:
    """Fill the tables of the library from the records; a step without a record is passed over."""
    found = {kind: _is_filled(connection, kind) for kind in kinds()}
    for step in steps():
        report(step.stem.split("_", 1)[1])
        statement = step.read_text(encoding="utf-8")
        sources = only_sources(statement)
        if not sources or any(found[kind] for kind in sources):
            connection.execute(statement)


def only_sources(statement: str) -> set[str]:
    """Return the kinds of records that an insert reads, none if it may have rows of anything else.

    Planning a statement costs about what running it over nothing does, and most loads bring one
    or two of two dozen kinds.
    """
    code = re.sub("--.*", "", statement)
    named = set(re.findall(r"(\w+) as \(", code)) | {"frame"}
    read = set(re.findall(r"\b(?:from|join)\s+([\w.]+)", code)) - named
    sources = {name.removeprefix("records.") for name in read if name.startswith("records.")}
    return sources if "insert into" in code and len(sources) == len(read) else set()


def _is_filled(connection: duckdb.DuckDBPyConnection, kind: str) -> bool:
    return connection.execute(f"from records.{kind} limit 1").fetchone() is not None
