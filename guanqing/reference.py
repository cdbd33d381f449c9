"""What is known rather than recorded, as tables beside the library's own.

Classes, codes, reasons, targets and published figures are text in data/ that a librarian may edit;
they are read when a library is opened, so a change shows without a new load.
"""

from pathlib import Path

import duckdb

from guanqing import plan, published
from guanqing.paths import DATA

CSV_TABLES = ("classes", "codes", "cancel_reasons")

PLAN_TABLES = """
create table targets (
    plan_year smallint, target_code varchar, target_order smallint, kind varchar,
    measure_code varchar, per_code varchar, target double, stretch double
);
create table milestones (plan_year smallint, milestone_code varchar, milestone_order smallint);
create table published_figures (
    figure_code varchar, subject varchar, published_value double, relation varchar,
    decimals smallint, first_day date, last_day date
);
"""


def files() -> list[Path]:
    """Return every file that load() reads: when one changes, an open library is out of date."""
    return [
        *(DATA / f"{name}.csv" for name in CSV_TABLES),
        *sorted((DATA / "targets").glob("*.toml")),
        *sorted((DATA / "published").glob("*.toml")),
    ]


def load(connection: duckdb.DuckDBPyConnection) -> None:
    """Create the reference tables in the connection's own catalog."""
    for name in CSV_TABLES:
        # every column is text but is_*: "010" must not become 10, nor "none" null
        connection.execute(
            f"create table {name} as "
            "select * from read_csv($path, header = true, all_varchar = true)",
            {"path": str(DATA / f"{name}.csv")},
        )
    connection.execute(PLAN_TABLES)
    for year in plan.years():
        _insert_plan(connection, plan.load(year))
    for year in published.years():
        rows = published.figures(year)
        connection.executemany(
            "insert into published_figures values (?, ?, ?, ?, ?, ?, ?)",
            [list(row.values()) for row in rows],
        )


def _insert_plan(connection: duckdb.DuckDBPyConnection, year_plan: plan.Plan) -> None:
    connection.executemany(
        "insert into targets values (?, ?, ?, ?, ?, ?, ?, ?)",
        [
            [t.plan_year, t.code, order, t.kind, t.measure, t.per, t.at_least, t.stretch]
            for order, t in enumerate(year_plan.targets.values())
        ],
    )
    connection.executemany(
        "insert into milestones values (?, ?, ?)",
        [[m.plan_year, m.code, i] for i, m in enumerate(year_plan.milestones.values())],
    )
