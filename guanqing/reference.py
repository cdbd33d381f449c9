"""What is known rather than recorded, as tables beside the library's own.

Classes, codes, reasons, targets and published figures are text in data/ that a librarian may edit;
they are read when a library is opened, so a change shows without a new load.
"""

from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any, Literal

import duckdb
import polars as pl
from pydantic import TypeAdapter, create_model

from guanqing import datafiles, plan, published
from guanqing.paths import DATA
from guanqing.plan import judgement, planfile
from guanqing.problems import Problem

NAMES = ("name_zh", "name_en")
REASON = ("reason_code", "kind", *NAMES, "countermeasures_zh", "countermeasures_en")
# Whatever a column holds is text unless it is a day: "010" must not become 10, nor "none" null.
CSV_TABLES: dict[str, dict[str, Any]] = {
    "classes": dict.fromkeys(("class_code", "main_code", *NAMES, "is_scheme_class"), str),
    "codes": dict.fromkeys(("list", "code", *NAMES), str),
    "cancel_reasons": dict.fromkeys(REASON, str),
    "spring_festivals": {"calendar_year": int, "day": date},
    "holidays": dict.fromkeys(("first_day", "last_day"), date) | dict.fromkeys(NAMES, str),
}

PLAN_TABLES = """
create table targets (
    plan_year smallint, target_code varchar, target_order smallint, kind varchar,
    measure_code varchar, per_code varchar, every_week boolean
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
    is_metered boolean, most_a_day double
);
create table published_figures (
    figure_code varchar, subject varchar, published_value double, relation varchar,
    decimals smallint, first_day date, last_day date
);
"""


CLOSED: dict[str, Any] = {  # columns that hold one of a few words
    "kind": Literal["normal", "abnormal", "unknown"],
    "is_scheme_class": Literal["true", "false"],
}


def _frames() -> dict[str, datafiles.DataFile[pl.DataFrame]]:
    """Return the reader of each table that is a .csv file."""

    def reader(name: str, columns: dict[str, Any]) -> datafiles.DataFile[pl.DataFrame]:
        fields: dict[str, Any] = {
            column: (CLOSED.get(column, kind | None), ...) for column, kind in columns.items()
        }
        rows_of: TypeAdapter[list[Any]] = TypeAdapter(list[create_model(name, **fields)])  # type: ignore[arg-type, misc]

        @datafiles.reads(f"{name}.csv")
        def frame(rows: list[dict[str, str]]) -> pl.DataFrame:
            blank_is_null = [{key: cell or None for key, cell in row.items()} for row in rows]
            typed = rows_of.validate_python(blank_is_null)
            return pl.DataFrame([row.model_dump() for row in typed], schema=columns)

        return frame

    return {name: reader(name, columns) for name, columns in CSV_TABLES.items()}


CSV_FRAMES = _frames()


def files() -> list[Path]:
    """Return every file that load() reads: when one changes, an open library is out of date."""
    return [
        *(DATA / f"{name}.csv" for name in CSV_TABLES),
        *(DATA / "shared.sql", DATA / "judging.sql", *judgement.steps()),
        *sorted(plan.FOLDER.glob("*.toml")),
        planfile.PLAN_MEASURES,
        *sorted((DATA / "published").glob("*.toml")),
    ]


def load(connection: duckdb.DuckDBPyConnection) -> None:
    """Create the reference tables in the connection's own catalog."""
    for name, read in CSV_FRAMES.items():
        connection.register("incoming", read())
        connection.execute(f"create table {name} as from incoming")
        connection.unregister("incoming")
    connection.execute(PLAN_TABLES)
    _insert(connection, "plan_measures", _measure_rows())
    for year in plan.years():
        # a plan that cannot be read is told on the pages that show it; the others go on
        with suppress(Problem):
            insert_plan(connection, plan.load(year))
    for year in published.years():
        rows = published.figures(year)
        connection.executemany(
            "insert into published_figures values (?, ?, ?, ?, ?, ?, ?)",
            [list(row.values()) for row in rows],
        )


def define(connection: duckdb.DuckDBPyConnection) -> None:
    """Create the macros and views of data/shared.sql over the library's tables and registers."""
    judgement.run_file(connection, DATA / "shared.sql")


def _measure_rows() -> list[list[Any]]:
    return [
        [code, *(about.get(key) for key in ("register", "event_kind")),
         about.get("is_reading", False), about.get("is_metered", False), about.get("most_a_day")]
        for code, about in planfile.plan_measures().items()
    ]  # fmt: skip


def insert_plan(connection: duckdb.DuckDBPyConnection, year_plan: plan.Plan) -> None:
    """Put the targets and milestones of a year in the tables of the plan."""
    year, targets = year_plan.year, list(year_plan.targets.values())
    new_year = date(year, 1, 1)
    _insert(
        connection,
        "targets",
        [
            [year, t.code, order, t.kind, t.measure, t.per, t.every_week]
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
    if rows:
        marks = ", ".join("?" * len(rows[0]))
        connection.executemany(f"insert into {table} values ({marks})", [list(r) for r in rows])
