"""The command about what people typed in: journal."""

from dataclasses import asdict
from typing import Annotated

import typer
from rich.table import Table

from guanqing import records, registers, text
from guanqing.cli.frame import StoreOption, app, language, out, say, store_at
from guanqing.cli.terminal import json_of, write
from guanqing.problems import Problem
from guanqing.registers import journal
from guanqing.registers.journal import Entry, Values


@app.command("journal")
def show_journal(
    register: Annotated[
        str | None, typer.Argument(help="A register, such as events; without it all of them.")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print every field, for a program.")
    ] = False,
    store: StoreOption = None,
) -> None:
    """List what was typed in, corrected or taken away: who, when, from what to what, and why.

    The oldest comes first. Times are UTC.

    Exit code: 0, or 2 where lines of it cannot be read or there is no such register.
    """
    known = records.registers()
    if register is not None and register not in known:
        raise Problem("unknown_kind", name=register, names=", ".join(known))
    path = journal.path_of(store_at(store).current())
    found = journal.read(path)
    found = [entry for entry in found if register in (None, entry.register)]
    if as_json:
        rows = [asdict(entry) for entry in found]
        write(json_of(rows))
    else:
        _print_table(found)
    if broken := journal.broken_lines(path):
        raise Problem("journal_broken", path=path, lines=", ".join(map(str, broken)))


def _print_table(found: list[Entry]) -> None:
    table = Table()
    table.add_column(say("cli.generation"), justify="right", no_wrap=True)
    table.add_column("UTC", no_wrap=True)
    for name in ("made_by", "register", "row", "changes", "why"):
        table.add_column(say(f"cli.{name}"), overflow="fold")
    for entry in found:
        cells = [_register(entry), _words(entry.key), _changes(entry), entry.why]
        at = entry.at.replace("T", " ")[:16]
        table.add_row(str(entry.number), at, entry.by, *cells)
    out.print(table)


def _register(entry: Entry) -> str:
    mark = f" ({say('app.simulated')})" if entry.is_simulated else ""
    kind = records.registers().get(entry.register)
    return (kind.name[language()] if kind else entry.register) + mark


def _words(values: Values) -> str:
    return " · ".join(str(value) for value in values.values() if value is not None)


def _changes(entry: Entry) -> str:
    if entry.values is None:
        return say("cli.taken_away")
    parts = registers.differences(entry.was, entry.values)
    return say("app.list_mark").join(
        f"{name}: {_value(before)} → {_value(after)}" if entry.was else f"{name}: {_value(after)}"
        for name, before, after in parts
        if name not in entry.key
    )


def _value(value: object) -> str:
    return text.NOTHING if value is None else str(value)
