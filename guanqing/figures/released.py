"""Counts of people that may leave the desk: none is small, and no small one can be found out."""

from typing import Any

import polars as pl

from guanqing.figures.blocks import Cell, Columns, Table
from guanqing.figures.figure import Content, content, figure
from guanqing.figures.view import SMALLEST_GROUP, View

ALL = "all"


@figure("released_borrowers")
def borrowers_released(view: View) -> Content:
    """List the borrowers of the year's closed quarters by type, sex and age band."""
    return _released(view, "borrowers_released", ("reader_type", "sex", "age_band"))


@figure("released_cancellations")
def cancellations_released(view: View) -> Content:
    """List the cards cancelled in the year's closed quarters by kind of reason and by reason."""
    return _released(view, "cancellations_released", ("kind", "reason_code"))


def _released(view: View, query: str, tables: tuple[str, ...]) -> Content:
    counts = view.ask(query)
    if counts.is_empty():
        return content(view.t("finding.nothing"), view.nothing())
    now = counts.filter(quarter=counts["quarter"].max())
    total = now.filter(dimension=ALL)["person_count"][0]
    names = view.look_up("group_names")
    made = [_table(view, now.filter(dimension=table), names, table) for table in tables]
    until = view.period.last_day
    return content(
        view.t(f"released.few_{query}", until=until)
        if total is None
        else view.t(f"released.many_{query}", until=until, count=int(total)),
        Columns(made),
        view.note("released.how", floor=SMALLEST_GROUP),
        cases=total,
    )


def _table(view: View, rows: pl.DataFrame, names: pl.DataFrame, table: str) -> Table:
    """Return a table's groups, the largest first, as far as they are shown."""
    named = rows.join(names, on=["dimension", "group_code"], how="left", maintain_order="left")
    ordered = named.sort("person_count", "group_code", descending=[True, False], nulls_last=True)
    heads = [(view.t(f"released.{table}"), ""), (view.t("released.people"), "n")]
    return Table(heads, [_row(view, row) for row in ordered.to_dicts()])


def _row(view: View, row: dict[str, Any]) -> list[Cell]:
    code = row["group_code"]
    is_kind = row["dimension"] == "kind"
    name = view.t(f"cards.kind_{code}") if is_kind else row[view.named("group_name")] or code
    shown = row["person_count"] is not None
    return [name, view.count(row["person_count"]) if shown else view.t("readers.hidden")]
