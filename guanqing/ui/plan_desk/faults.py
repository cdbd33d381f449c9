"""What is wrong with cells and lines of a plan, by line and field, in the reader's language."""

from collections.abc import Sequence

from guanqing import text
from guanqing.figures.blocks import Cell, Table
from guanqing.plan.making import words
from guanqing.plan.making.cells import CellFault
from guanqing.plan.planfile import Refusal
from guanqing.ui.shell.session import language, t
from guanqing.ui.widgets.tables import as_typed, table

SHOWN = 30


def column_called(code: str) -> str:
    """Return what a column is called in the reader's language."""
    return words.column_called(code, language())


def because(why: str, value: str, near: str) -> str:
    """Return what is wrong with a value and what to do about it."""
    return t(words.because(why, near), value=value, near=near)


def cell_faults(found: Sequence[tuple[int | None, CellFault]]) -> None:
    """List what is wrong with cells; a form has no lines."""
    has_lines = any(line is not None for line, _ in found)
    heads = [(t("loading.line"), "n")] if has_lines else []
    heads += [(t(f"plan_desk.{name}"), "") for name in ("field", "value", "because")]
    rows: list[list[Cell]] = []
    for line, fault in found[:SHOWN]:
        cells: list[Cell] = [str(line)] if has_lines else []
        cells += [column_called(fault.column), as_typed(fault.value) if fault.value else ""]
        rows.append([*cells, because(fault.why, fault.value, fault.near)])
    table(Table(heads, rows), style="gq-register", of=len(found))


def file_faults(found: Sequence[Refusal]) -> None:
    """List what is wrong with a plan as its file has it, by line and field."""
    heads = [(t("loading.line"), "n")]
    heads += [(t(f"plan_desk.{name}"), "") for name in ("name", "field", "because")]
    rows: list[list[Cell]] = [
        [
            str(one.line),
            one.name[language()] if one.name else one.code or text.NOTHING,
            column_called(one.field),
            because(one.why, one.value, one.near),
        ]
        for one in found[:SHOWN]
    ]
    table(Table(heads, rows), style="gq-register", of=len(found))
