"""What is known rather than recorded, as tables beside the library's own.

Classes and codes are text in data/, and a library's reasons, targets, printed figures, settings and
name in the folder that is its own. They are read when a library is opened, so a change shows
without a new load.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any, Literal

import duckdb
import polars as pl
from pydantic import TypeAdapter, create_model

from guanqing import datafiles, plan, published, records, sql_files
from guanqing.own import Own, about, settings
from guanqing.own.about import About
from guanqing.paths import DATA
from guanqing.plan import planfile
from guanqing.problems import Problem

NAMES = ("name_zh", "name_en")
REASON = ("reason_code", "kind", *NAMES, "countermeasures_zh", "countermeasures_en")
# Whatever a column holds is text unless it is a day: "010" must not become 10, nor "none" null.
CSV_TABLES: dict[str, dict[str, Any]] = {
    "classes": dict.fromkeys(("class_code", "main_code", *NAMES, "scheme"), str),
    "codes": dict.fromkeys(("list", "code", *NAMES), str),
    "cancel_reasons": dict.fromkeys(REASON, str),
    "spring_festivals": {"calendar_year": int, "day": date},
    "holidays": dict.fromkeys(("first_day", "last_day"), date) | dict.fromkeys(NAMES, str),
}

PLAN_TABLES = """
create table targets (
    plan_year smallint, target_code varchar, target_order smallint, kind varchar,
    measure_code varchar, per_code varchar, scope varchar, every_week boolean, wave_code varchar
);
create table target_goals (
    plan_year smallint, target_code varchar, branch_code varchar, since date,
    goal double, stretch double
);
create table target_months (
    plan_year smallint, target_code varchar, month smallint, amount double
);
create table target_conditions (
    plan_year smallint, target_code varchar, field_name varchar, minimum double,
    one_of varchar[]
);
create table milestones (
    plan_year smallint, milestone_code varchar, milestone_order smallint, due_date date
);
create table plan_measures (
    measure_code varchar, register varchar, event_kind varchar, is_reading boolean,
    is_metered boolean, can_fall boolean, most_a_day double, by_branch boolean
);
create table published_figures (
    figure_code varchar, subject varchar, published_value double, relation varchar,
    decimals smallint, first_day date, last_day date
);
"""

OWN_NAME = "update codes set name_zh = $zh, name_en = $en where list = $list and code = $code"
BRANCHES = "select branch_code from branches"


CLOSED: dict[str, Any] = {  # columns that hold one of a few words
    "kind": Literal["normal", "abnormal", "unknown"],
    "scheme": Literal["clc", "dewey", "no"],
}


Rows = list[dict[str, str]]


def _framing(name: str) -> Callable[[Rows], pl.DataFrame]:
    """Return what makes a table of the rows of its .csv file."""
    columns = CSV_TABLES[name]
    fields: dict[str, Any] = {
        column: (CLOSED.get(column, kind | None), ...) for column, kind in columns.items()
    }
    rows_of: TypeAdapter[list[Any]] = TypeAdapter(list[create_model(name, **fields)])  # type: ignore[arg-type, misc]

    def frame(rows: Rows) -> pl.DataFrame:
        blank_is_null = [{key: cell or None for key, cell in row.items()} for row in rows]
        typed = rows_of.validate_python(blank_is_null)
        return pl.DataFrame([row.model_dump() for row in typed], schema=columns)

    return frame


FRAMING = {name: _framing(name) for name in CSV_TABLES}
CSV_FRAMES = {name: datafiles.reads(f"{name}.csv")(make) for name, make in FRAMING.items()}


def _its_reasons(its: Own) -> datafiles.DataFile[pl.DataFrame]:
    return datafiles.reads(its.reasons, may_go=True)(FRAMING["cancel_reasons"])


def files() -> list[Path]:
    """Return every file of the program that load() reads.

    When one changes, or one of the library's own, an open library is out of date.
    """
    return [
        *(DATA / f"{name}.csv" for name in CSV_TABLES),
        *(DATA / "shared.sql", DATA / "judging.sql", *sorted((DATA / "judge").glob("*.sql"))),
        planfile.PLAN_MEASURES,
    ]


def load(connection: duckdb.DuckDBPyConnection, its: Own) -> None:
    """Create the reference tables in the connection's own catalog; what is the library's of its."""
    for name, read in CSV_FRAMES.items():
        _create(connection, name, read())
    if its.reasons.exists():
        with suppress(Problem):  # those of no library in particular then; the file is named
            _create(connection, "cancel_reasons", _its_reasons(its)())
    with suppress(Problem):
        for name, names in records.own_names(its).items():
            for code, (zh, en) in names.items():
                connection.execute(OWN_NAME, {"list": name, "code": code, "zh": zh, "en": en})
    connection.execute(PLAN_TABLES)
    _insert(connection, "plan_measures", _measure_rows())
    branches = [code for (code,) in connection.execute(BRANCHES).fetchall()]
    for year in plan.years(its.targets):
        # a plan that cannot be read is told on the pages that show it; the others go on
        with suppress(Problem):
            insert_plan(connection, plan.load(year, its.targets, branches))
    for year in published.years(its.published):
        with suppress(Problem):
            rows = [list(row.values()) for row in published.figures(year, its.published)]
            _insert(connection, "published_figures", rows)


def lay_over(connection: duckdb.DuckDBPyConnection, its: Own) -> None:
    """Let what a library says of itself now stand over what it said when it was loaded.

    The name stays where a layout gives one: it is that of the library the files are of.
    """
    with suppress(Problem):  # the file is named on every page, and what was loaded stands
        stated = settings.current(its)
        if stated is not None:
            connection.execute("drop view settings")
            _create(connection, "settings", stated)
            _keep_as_loaded(connection)
    with suppress(Problem):
        said = about.read(its)
        layouts = connection.execute("select distinct layout from library.loads").fetchall()
        if any(about.is_named_by(layout, its) for (layout,) in layouts):
            return
        _call(connection, said)


def _keep_as_loaded(connection: duckdb.DuckDBPyConnection) -> None:
    """Leave as it was what the loans were counted by: it holds from the next load on."""
    counted = "from {table} where setting_code = 'loans_include_renewals'"
    connection.execute("delete " + counted.format(table="settings"))
    connection.execute("insert into settings by name " + counted.format(table="library.settings"))


def _call(connection: duckdb.DuckDBPyConnection, said: About) -> None:
    """Let a library and its branches be called as it says now."""
    for table in ("library", "branches"):
        connection.execute(f"drop view {table}")
        connection.execute(f"create table {table} as from library.{table}")
    connection.execute(
        "update library set name_zh = coalesce($zh, name_zh), name_en = coalesce($en, name_en)",
        {"zh": said.name_zh, "en": said.name_en},
    )
    for branch in said.branches:
        names = {"code": branch.code, "zh": branch.name_zh, "en": branch.name_en}
        connection.execute(
            "insert into branches by name select $code as branch_code, $zh as name_zh, "
            "$en as name_en, false as is_main "
            "where not exists (select 1 from branches where branch_code = $code)",
            names,
        )
        connection.execute(
            "update branches set name_zh = $zh, name_en = $en where branch_code = $code", names
        )
    connection.execute(
        "update branches set is_main = branch_code = $main "
        "where exists (select 1 from branches where branch_code = $main)",
        {"main": said.main_branch or said.only_branch},
    )


def _create(connection: duckdb.DuckDBPyConnection, name: str, frame: pl.DataFrame) -> None:
    connection.register("incoming", frame)
    connection.execute(f"create or replace table {name} as from incoming")
    connection.unregister("incoming")


def define(connection: duckdb.DuckDBPyConnection) -> None:
    """Create the macros and views of data/shared.sql over the library's tables and registers."""
    sql_files.run(connection, DATA / "shared.sql")


def _measure_rows() -> list[list[Any]]:
    return [
        [
            *(m.code, m.register, m.event_kind, m.is_reading, m.is_metered),
            *(m.can_fall, m.most_a_day, m.by_branch),
        ]
        for m in planfile.plan_measures().values()
    ]


def replace_plan(connection: duckdb.DuckDBPyConnection, year_plan: plan.Plan) -> None:
    """Put the targets and milestones of a plan in the place of those of its year."""
    for table in ("targets", "target_goals", "target_months", "target_conditions", "milestones"):
        connection.execute(f"delete from {table} where plan_year = ?", [year_plan.year])
    insert_plan(connection, year_plan)


def insert_plan(connection: duckdb.DuckDBPyConnection, year_plan: plan.Plan) -> None:
    """Put the targets and milestones of a year in the tables of the plan."""
    year, targets = year_plan.year, list(year_plan.targets.values())
    new_year = date(year, 1, 1)
    _insert(
        connection,
        "targets",
        [
            [year, t.code, order, t.kind, t.measure, t.per, t.scope, t.every_week, t.wave]
            for order, t in enumerate(targets)
        ],
    )
    goals: list[list[Any]] = []
    for t in targets:
        goals.append([year, t.code, None, new_year, t.goal, t.stretch])
        goals += [[year, t.code, None, r.since, r.goal, r.stretch] for r in t.revisions]
        goals += [[year, t.code, branch, new_year, n, None] for branch, n in t.by_branch.items()]
    _insert(connection, "target_goals", goals)
    months = [
        [year, t.code, month, t.by_month.get(month, 0)]
        for t in targets
        if t.by_month
        for month in range(1, 13)
    ]
    _insert(connection, "target_months", months)
    conditions = [
        [year, t.code, c.field, c.minimum, list(c.one_of) or None]
        for t in targets
        for c in t.quality
    ]
    _insert(connection, "target_conditions", conditions)
    milestones = year_plan.milestones.values()
    _insert(connection, "milestones", [[year, m.code, i, m.due] for i, m in enumerate(milestones)])


def _insert(
    connection: duckdb.DuckDBPyConnection, table: str, rows: Sequence[Sequence[Any]]
) -> None:
    """Insert rows in one statement: planning it for each takes a hundred times as long."""
    if rows:
        marks = ", ".join(f"({', '.join('?' * len(row))})" for row in rows)
        connection.execute(
            f"insert into {table} values {marks}", [cell for row in rows for cell in row]
        )
