"""Commands that read a library: status and query."""

import io
from datetime import date
from enum import StrEnum
from typing import Annotated, Any

import polars as pl
import typer
from rich.table import Table
from rich.text import Text

from guanqing import own, query_params, releases_since, text, warehouse
from guanqing.cli.frame import StoreOption, app, err, language, out, say, store_at
from guanqing.cli.terminal import json_of, write
from guanqing.intake import upgrading
from guanqing.own import slips
from guanqing.problems import Problem
from guanqing.spreadsheets import write_csv


class Format(StrEnum):
    """How `query` prints rows."""

    table = "table"
    csv = "csv"
    json = "json"


@app.command()
def status(store: StoreOption = None) -> None:
    """Say what the library holds: period, rows of each table, simulated or real, when loaded."""
    path = upgrading.current(store_at(store))
    connection = warehouse.connect(path)
    facts = warehouse.run(connection, "library_facts").row(0, named=True)
    name = text.pick(facts, "name", language())
    kind = say("app.simulated") if facts["is_simulated"] else say("cli.real")
    table = Table(title=f"{name} · {kind}", show_header=False, title_justify="left")
    days = (facts["first_day"], facts["last_day"])
    period = f"{days[0]} – {days[1]}" if days[0] else text.NOTHING
    table.add_row(say("cli.period"), period)
    table.add_row(say("cli.loaded"), f"{facts['loaded_at']} ({facts['layout']})")
    table.add_row(say("cli.file"), str(path))
    for row in warehouse.run(connection, "table_counts").iter_rows(named=True):
        table.add_row(say(f"table.{row['table_name']}"), f"{row['row_count']:,}")
    out.print(table)
    its = own.of(path, is_simulated=facts["is_simulated"])
    branches = warehouse.run(connection, "branch_names")["branch_code"]
    for slip in slips.slips(its, branches.to_list()):
        err.print(Text.assemble(("!", "yellow"), " ", say(slip.key, **slip.words)), soft_wrap=True)
    for one in releases_since.changed(connection):
        out.print(say(f"released.changed_{one.query}", **one.words), soft_wrap=True)


@app.command()
def query(
    name: Annotated[str, typer.Argument(help="Name of a file in queries/, without .sql.")],
    param: Annotated[
        list[str] | None,
        typer.Option(
            "--param",
            "-p",
            help="A parameter as key=value; a list with commas. Left out: $start_date, $end_date "
            "the whole of the data, $branches null, $as_of its last day, $limit 10, $floor 0.",
            show_default=False,
        ),
    ] = None,
    format_: Annotated[Format, typer.Option("--format", "-f", help="How to print.")] = Format.table,
    store: StoreOption = None,
) -> None:
    """Run a file of queries/ against the library.

    Example: guanqing query loans_by_class -p start_date=2018-04-01 -p end_date=2019-01-01 -f csv
    """
    warehouse.source(name)  # an unknown name is told before the library is opened
    connection = warehouse.connect(upgrading.current(store_at(store)))
    facts = warehouse.run(connection, "library_facts").row(0, named=True)
    params = query_params.parameters(name, param or [], facts)
    _require_known(params.get("branches") or [], warehouse.run(connection, "branch_names"))
    frame = warehouse.run(connection, name, **params)
    if facts["is_simulated"]:  # beside the rows, so that a program reading them is not misled
        mark = (say("app.simulated"), "yellow")
        err.print(Text.assemble(mark, " ", say("app.simulated_note")))
    PRINTERS[format_](frame)


def _require_known(codes: list[str], branches: pl.DataFrame) -> None:
    """Raise where nobody knows a branch asked for: no rows would look like an answer."""
    known = branches["branch_code"].to_list()
    for code in codes:
        if code not in known:
            raise Problem("no_such_branch", code=code, codes=", ".join(known))


def _print_table(frame: pl.DataFrame) -> None:
    table = Table()
    for column, kind in frame.schema.items():
        table.add_column(column, justify="right" if kind.is_numeric() else "left")
    for row in frame.iter_rows():
        table.add_row(*("" if value is None else _cell(value) for value in row))
    out.print(table)


def _cell(value: Any) -> str:
    return f"{value:.4f}" if isinstance(value, float) else str(value)


def _print_csv(frame: pl.DataFrame) -> None:
    lines = io.StringIO()
    write_csv(lines, [frame.columns, *frame.iter_rows()], lineterminator="\n")
    write(lines.getvalue())


def _print_json(frame: pl.DataFrame) -> None:
    rows = frame.to_dicts()
    write(json_of(rows, _as_json))


def _as_json(value: object) -> str:
    if isinstance(value, date):  # a datetime is a date too
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no JSON form")


PRINTERS = {Format.table: _print_table, Format.csv: _print_csv, Format.json: _print_json}
