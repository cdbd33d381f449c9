"""Commands that write a library: demo and load, and the lines a load refused."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

import simulated_library
from guanqing import locks
from guanqing.access import audit
from guanqing.cli import propose
from guanqing.cli.frame import StoreOption, app, err, language, noting, out, say, store_at
from guanqing.cli.terminal import json_of, write
from guanqing.intake import loading
from guanqing.intake.accounts import LoadReport, refusals
from guanqing.intake.publishing import resolving
from guanqing.intake.publishing.build import derivations
from guanqing.intake.validation import rules
from guanqing.problems import Problem
from guanqing.records import kinds
from guanqing.store import Store

SHOWN_REFUSALS = 20
LONGEST_REASON = 100  # signs, as on the page


@app.command()
def demo(
    replace: Annotated[
        bool, typer.Option("--replace", help="Serve it although the store holds a real library.")
    ] = False,
    store: StoreOption = None,
) -> None:
    """Build the simulated library: it adds up to the printed figures of 2018, to 2019-09-30.

    Always the same, and marked as simulated on every page and export. It replaces what is served;
    the library served before is kept as an earlier generation. Where that is a real one, it is
    replaced only with --replace.
    """
    chosen = store_at(store)
    if not replace and chosen.has_real():
        raise Problem("demo_over_real", path=chosen.root)
    build_demo(chosen)


def build_demo(store: Store) -> None:
    """Build the simulated library with a progress bar."""
    begun = time.monotonic()
    with _progress(len(simulated_library.STEPS) + len(derivations())) as report:
        simulated_library.build(store, report)
    seconds = f"{time.monotonic() - begun:.1f}"
    err.print(say("cli.built", seconds=seconds, path=str(store.link)), soft_wrap=True)


@app.command()
def load(
    paths: Annotated[
        list[Path],
        typer.Argument(help="Files of an export, folders or zips that hold them."),
    ],
    layout: Annotated[
        str | None,
        typer.Option(
            "--layout",
            help="How to read them: a name that `guanqing layouts` lists. Without it nothing is "
            "loaded; what the files seem to hold is shown.",
        ),
    ] = None,
    encoding: Annotated[
        str | None,
        typer.Option("--encoding", help="utf-8, gb18030, big5, utf-16; found out if not given."),
    ] = None,
    shrink: Annotated[
        bool,
        typer.Option("--shrink", help="Serve it although it has far fewer rows than before."),
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the account for a program.")
    ] = False,
    store: StoreOption = None,
) -> None:
    """Read a real export into the library and switch the dashboard to it.

    The library being served is never touched: a new one is made of everything loaded so far and of
    these files, and takes its place only when it is whole. Nothing is counted twice, whatever files
    overlap; in which order they come does not matter. Says for each file how many lines were read,
    loaded, repaired, refused, set aside and already there. `guanqing undo` goes back.

    Exit code: 0 loaded, 1 loaded but lines were refused, 2 nothing loaded.
    """
    chosen = store_at(store)
    if layout is None:
        propose.show(paths, chosen)
        raise typer.Exit(2)
    step_count = len(derivations()) + len(resolving.steps()) + len(paths)
    names = [path.name for path in paths]
    with noting(chosen, "loaded", files=names), _progress(step_count) as report:
        account = loading.load(paths, layout, chosen, report, encoding=encoding, may_shrink=shrink)
    if as_json:
        write(json_of(account.as_dict()))
    else:
        show_account(account)
    if account.load_number is None and account.is_unusable:
        raise Problem("nothing_loadable", layout=layout)
    if account.load_number is None:
        err.print(say("cli.nothing_new"), soft_wrap=True)
    else:
        err.print(say("cli.loaded_into", path=str(chosen.current())), soft_wrap=True)
    if account.total("refused"):
        raise typer.Exit(1)


@app.command()
def refused(
    target: Annotated[
        Path, typer.Argument(help="Folder to write to; one file for each source file.")
    ] = Path("refused"),
    load_number: Annotated[
        int | None, typer.Option("--load", help="Number of the load; the last one if left out.")
    ] = None,
    repaired: Annotated[
        bool, typer.Option("--repaired", help="Write the repaired lines too.")
    ] = False,
    reason: Annotated[
        str,
        typer.Option("--reason", help="What readers' names are needed for; stars without it."),
    ] = "",
    store: StoreOption = None,
) -> None:
    """Write the lines that a load refused, as they were, to be mended and loaded again.

    Each line has its number in the source and the rule it met before it, in two columns that a
    later load does not read. Files that may hold readers' names have stars for all but numbers and
    days, unless a reason is given; it is noted in the audit. What has stars is not loaded again.
    """
    chosen, words = store_at(store), " ".join(reason.split())[:LONGEST_REASON]
    if words and chosen.root.exists():
        about = {"reason": words, "refused": load_number or 0}
        who = locks.this_process("refused").who
        audit.note(audit.path_of(chosen.root), "names_seen", who=who, role="command", about=about)
    written = refusals.write(
        chosen, target, load_number, with_repaired=repaired, with_names=bool(words)
    )
    if not words and any(b"***" in path.read_bytes() for path in written):
        err.print(say("cli.refused_starred"), soft_wrap=True)
    for path, count in written.items():
        err.print(say("cli.refused_written", path=str(path), count=f"{count:,}"), soft_wrap=True)
    if not written:
        err.print(say("cli.none_refused"))


@contextmanager
def _progress(steps: int) -> Iterator[Callable[[str], None]]:
    columns = (
        TextColumn("{task.description:<20}", markup=False),
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


def show_account(account: LoadReport) -> None:
    """Print what became of the lines of every file, and by which rules."""
    counts = ("lines_read", "loaded", "repaired", "refused", "set_aside", "already_there")
    files = Table()
    # a name cut short tells nobody which file it is
    files.add_column(say("cli.file"), overflow="fold", min_width=16)
    for name in counts:
        files.add_column(say(f"cli.lines_{name.removeprefix('lines_')}"), justify="right")
    for file in account.files:
        name = kinds()[file.kind].name[language()]
        numbers = (f"{getattr(file, count):,}" for count in counts)
        what = (f"\n{name} · {file.encoding}", "dim")
        files.add_row(Text.assemble(file.file_name, what, overflow="fold"), *numbers)
    out.print(files)
    if account.by_rule:
        out.print(_rules_touched(account))
    if account.unmapped_codes:
        out.print(_unmapped(account))
    if account.refused_lines:
        out.print(_refusals(account))
    for name in account.skipped:
        out.print(say("cli.skipped", name=name), soft_wrap=True, highlight=False)


def _rules_touched(account: LoadReport) -> Table:
    known = rules.rules()
    table = Table(say("cli.rule"), say("cli.outcome"), say("cli.lines"))
    for code, line_count in account.by_rule.items():
        rule = known[code]
        table.add_row(rule.name[language()], say(f"outcome.{rule.outcome}"), f"{line_count:,}")
    return table


def _unmapped(account: LoadReport) -> Table:
    heads = (say(f"cli.{name}") for name in ("file", "column", "value", "lines"))
    table = Table(*heads, title=say("cli.unmapped_codes"), title_justify="left")
    for code in account.unmapped_codes[:SHOWN_REFUSALS]:
        table.add_row(code.file_name, code.column, code.value, f"{code.line_count:,}")
    return table


def _refusals(account: LoadReport) -> Table:
    shown = account.refused_lines[:SHOWN_REFUSALS]
    table = Table(
        *(say(f"cli.{name}") for name in ("file", "line", "column", "value", "rule")),
        title=say("cli.refused_lines", count=str(len(shown))),
        title_justify="left",
    )
    for line in shown:
        rule = rules.rules()[line.rule_code].name[language()]
        place = (line.file_name, str(line.line_number), line.column or "", line.value or "")
        table.add_row(*place, rule)
    return table
