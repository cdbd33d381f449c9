"""Commands that write a library: demo and load."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from guanqing import demo as simulation
from guanqing.cli.frame import StoreOption, app, err, language, out, say, store_at
from guanqing.intake import loading, rules
from guanqing.intake.accounts import LoadReport
from guanqing.intake.build import derivations
from guanqing.store import Store

SHOWN_REFUSALS = 20


@app.command()
def demo(store: StoreOption = None) -> None:
    """Build the simulated library: it adds up to the printed figures of 2018, to 2019-09-30.

    Always the same, and marked as simulated on every page and export. It replaces what is served;
    the library served before is kept as an earlier generation.
    """
    build_demo(store_at(store))


def build_demo(store: Store) -> None:
    """Build the simulated library with a progress bar."""
    begun = time.monotonic()
    with _progress(len(simulation.STEPS) + len(derivations())) as report:
        simulation.build(store, report)
    seconds = f"{time.monotonic() - begun:.1f}"
    err.print(say("cli.built", seconds=seconds, path=str(store.link)), soft_wrap=True)


@app.command()
def load(
    paths: Annotated[
        list[Path], typer.Argument(help="Files of an export, or the folder that holds them.")
    ],
    layout: Annotated[
        str, typer.Option("--layout", help="Name of a file in data/layouts/, without .toml.")
    ],
    store: StoreOption = None,
) -> None:
    """Read a real export into a new library and switch the dashboard to it.

    The library being served is never touched: a new file is written and takes its place only when
    it is whole. Says for each file how many lines were read, loaded, repaired and refused.

    Exit code: 0 loaded, 1 loaded but lines were refused, 2 nothing loaded.
    """
    chosen = store_at(store)
    with _progress(len(derivations()) + len(paths)) as report:
        account = loading.load(paths, layout, chosen, report)
    _print_account(account)
    err.print(say("cli.loaded_into", path=str(chosen.current())), soft_wrap=True)
    if any(file.refused for file in account.files):
        raise typer.Exit(1)


@contextmanager
def _progress(steps: int) -> Iterator[Callable[[str], None]]:
    columns = (
        TextColumn("{task.description:<20}"),
        BarColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=err) as progress:
        task = progress.add_task("", total=steps)

        def report(step: str) -> None:
            # a step is reported as it begins, so the bar shows those behind it
            progress.update(task, description=step)
            progress.update(task, advance=1)

        yield report
        progress.update(task, completed=steps)


def _print_account(account: LoadReport) -> None:
    counts = ("lines_read", "loaded", "repaired", "refused", "set_aside")
    files = Table()
    files.add_column("")
    for name in counts:
        files.add_column(say(f"cli.lines_{name.removeprefix('lines_')}"), justify="right")
    for file in account.files:
        files.add_row(file.file_name, *(f"{getattr(file, name):,}" for name in counts))
    out.print(files)
    known = rules.rules()
    touched = Table(say("cli.rule"), say("cli.outcome"), say("cli.lines"))
    for code, line_count in account.by_rule.items():
        rule = known[code]
        touched.add_row(rule.name[language()], say(f"outcome.{rule.outcome}"), f"{line_count:,}")
    if account.by_rule:
        out.print(touched)
    if account.refused_lines:
        _print_refusals(account)


def _print_refusals(account: LoadReport) -> None:
    shown = account.refused_lines[:SHOWN_REFUSALS]
    table = Table(
        say("cli.file"),
        say("cli.line"),
        say("cli.column"),
        say("cli.value"),
        say("cli.rule"),
        title=say("cli.refused_lines", count=str(len(shown))),
        title_justify="left",
    )
    for line in shown:
        table.add_row(
            line.file_name,
            str(line.line_number),
            line.column or "",
            line.value or "",
            rules.rules()[line.rule_code].name[language()],
        )
    out.print(table)
