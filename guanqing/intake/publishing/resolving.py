"""From records to the library: data/staging/*.sql over everything that any load brought."""

import re
from collections.abc import Callable
from pathlib import Path
from string import ascii_uppercase

import duckdb

from guanqing import datafiles, sql_files
from guanqing.intake.layouts import Layout
from guanqing.intake.reading.values import sql
from guanqing.own import Own, about
from guanqing.paths import DATA
from guanqing.records import kinds
from guanqing.text import LANGUAGES, translate

STEPS = DATA / "staging"
ASKED_FOR = (
    "overlapping",
    "data_end",
    "impossible_births",
    "logged_loans",
)  # steps that rules.CONDITIONS speak of

# Which layouts the records came by, and what each says about the library. Kept with the records, so
# that a later load of another layout finds it. Branches of no layout ('') are the library's own.
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
from records.layout_branches group by branch;
create or replace temp view known_branches as
select branch from named_branches union select branch from records.branches
"""


@datafiles.reads("classes.csv")
def scheme_classes(rows: list[dict[str, str]]) -> list[str]:
    """Return the codes of the classes of 中图法."""
    return [row["class_code"] for row in rows if row["scheme"] == "clc"]


def facts_of(layout: Layout) -> dict[str, str]:
    """Return the library as the layout names it, else as it calls itself."""
    return own_facts(layout.its) | layout.library


def own_facts(its: Own) -> dict[str, str]:
    """Return the library as it calls itself; one that does not is called unnamed."""
    unnamed = {f"name_{language}": translate("app.unnamed", language) for language in LANGUAGES}
    return unnamed | about.read(its).facts


def default_branch(layout: Layout) -> str | None:
    """Return the branch of what names none: that of a library with one, and of no other."""
    if layout.branches:
        return layout.branches[0].code if len(layout.branches) == 1 else None
    return about.read(layout.its).only_branch


def note_layout(connection: duckdb.DuckDBPyConnection, layout: Layout) -> None:
    """Keep with the records what the layout says about the library."""
    facts, said = facts_of(layout), about.read(layout.its)
    connection.execute("delete from records.layouts where layout = $name", {"name": layout.name})
    for name, branches in ((layout.name, layout.branches), ("", said.branches)):
        connection.execute(
            "delete from records.layout_branches where layout = $name", {"name": name}
        )
        for branch in branches:
            connection.execute(
                "insert into records.layout_branches values (?, ?, ?, ?)",
                [name, branch.code, branch.name_zh, branch.name_en],
            )
    connection.execute(
        "insert into records.layouts values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            layout.name,
            bool(layout.library),
            facts["name_zh"],
            facts["name_en"],
            facts.get("main_branch"),
            default_branch(layout),
            layout.rules["overlapping_loan"],
            layout.rules["loan_without_return"],
            layout.rules["scheme"],
        ],
    )
    # what is said now holds for all that came by layouts that say nothing of it
    own = own_facts(layout.its)
    connection.execute(
        "update records.layouts set name_zh = $zh, name_en = $en, main_branch = $main "
        "where not has_library",
        {"zh": own["name_zh"], "en": own["name_en"], "main": own.get("main_branch")},
    )
    connection.execute(
        "update records.layouts set default_branch = $only "
        "where layout not in (select layout from records.layout_branches)",
        {"only": said.only_branch},
    )


def class_macro(scheme: str) -> str:
    """Return the macro class_of: the class of a call number."""
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
    # a prefix says of what collection it is: J 823.914, DVD 791.43
    hundreds = (
        f"regexp_extract({upper}, '^(?:[A-Z]{{1,6}}[ .]+){{0,2}}([0-9])[0-9]{{2}}(?:[^0-9]|$)', 1)"
    )
    fiction = (
        f"regexp_matches({upper}, '^(?:[A-Z]{{1,6}}[ .]+){{0,2}}J?F(?:IC|ICTION)?(?:[ .:]|$)')"
    )
    dewey = (
        f"when {hundreds} != '' then {hundreds} || '00' when {fiction} then 'FIC' "
        f"when not regexp_matches({upper}, '^[A-Z0-9]') then 'none' else 'other'"
    )
    ways = {"clc": clc, "dewey": dewey}.get(scheme, "else 'other'")
    return (
        "create or replace temp macro class_of(source) as "
        f"case when source is null or trim(source) = '' then 'none' {ways} end"
    )


def steps() -> list[Path]:
    """Return the files of data/staging in the order they run."""
    return sql_files.steps(STEPS)


def prepare(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the tables and macros that the steps, and the account, ask for."""
    connection.execute(FRAME)
    ((scheme,),) = connection.execute("select scheme from frame").fetchall()
    connection.execute(class_macro(scheme))
    for step in steps():
        if step.stem.split("_", 1)[1] in ASKED_FOR:
            sql_files.run(connection, step)


def resolve(connection: duckdb.DuckDBPyConnection, report: Callable[[str], None]) -> None:
    """Fill the tables of the library from the records; a step without a record is passed over."""
    found = {kind: _is_filled(connection, kind) for kind in kinds()}
    for step in steps():
        report(step.stem.split("_", 1)[1])
        sources = only_sources(sql_files.read(step))
        if not sources or any(found.get(kind, True) for kind in sources):
            sql_files.run(connection, step)


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
