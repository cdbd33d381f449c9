"""Commands about earlier libraries: history and undo."""

from dataclasses import asdict
from typing import Annotated

import typer
from rich.table import Table

from guanqing import text
from guanqing.cli.frame import StoreOption, app, err, noting, out, say, store_at, store_option
from guanqing.cli.terminal import json_of, write
from guanqing.intake import upgrading
from guanqing.store import Generation, Store

SHOWN_FILES = 2  # --json has them all


@app.command()
def history(
    as_json: Annotated[
        bool, typer.Option("--json", help="Print everything known, for a program.")
    ] = False,
    store: StoreOption = None,
) -> None:
    """List the libraries that are kept: when and by whom each was made, from which files.

    The newest comes first, and the one being served is marked. The last two numbers are lines of
    the source files: taken in, as they were or repaired, and refused.

    Exit code: 0, or 2 where there is no library.
    """
    chosen = store_at(store)
    kept = chosen.generations()
    if not kept:
        chosen.current()  # says so where there is no library at all
    if as_json:
        _print_json(kept)
    else:
        _print_table(kept)


@app.command()
def undo(
    to: Annotated[
        int | None,
        typer.Option("--to", help="Number of a generation; `guanqing history` lists them."),
    ] = None,
    store: StoreOption = None,
) -> None:
    """Serve the library again that was served before the last load.

    It takes effect at once and does not ask: nothing is deleted, and `guanqing undo --to` with the
    number it prints takes it back. The next load builds on what is then served.

    Exit code: 0 switched, 2 nothing changed.
    """
    chosen = store_at(store)
    before = _served(chosen)
    with noting(chosen, "undone", **({"generation": to} if to else {})):
        generation = upgrading.go_back(chosen, to)
    values = {"number": str(generation.number), "day": _moment(generation)}
    err.print(say("cli.undone", **values, path=str(generation.path)), soft_wrap=True)
    if before and before.number != generation.number:
        err.print(
            say("cli.undo_undone", number=str(before.number), store=store_option()), soft_wrap=True
        )


def _served(store: Store) -> Generation | None:
    return next((kept for kept in store.generations() if kept.is_current), None)


def _print_table(kept: list[Generation]) -> None:
    table = Table()
    table.add_column(say("cli.generation"), justify="right", no_wrap=True)
    table.add_column(say("cli.made_at"), no_wrap=True)
    table.add_column(say("cli.made_by"), overflow="fold")
    table.add_column(say("cli.kind"), no_wrap=True)
    table.add_column(say("cli.files"), overflow="fold", min_width=18)
    table.add_column(say("cli.lines_taken"), justify="right")
    table.add_column(say("cli.lines_refused"), justify="right")
    table.add_column("", no_wrap=True)
    for generation in kept:
        taken = generation.total("loaded") + generation.total("repaired")
        lines = (f"{taken:,}", f"{generation.total('refused'):,}")
        table.add_row(
            str(generation.number),
            _moment(generation),
            generation.made_by or text.NOTHING,
            _kind(generation.kind),
            _files(generation),
            *(lines if generation.files else (text.NOTHING, text.NOTHING)),
            say("cli.served") if generation.is_current else "",
        )
    out.print(table)


def _moment(generation: Generation) -> str:
    return generation.made_at.strftime("%Y-%m-%d %H:%M")


def _kind(kind: str | None) -> str:
    key = f"cli.kind_{kind}"
    return say(key) if key in text.load() else kind or text.NOTHING  # a newer program's word


def _files(generation: Generation) -> str:
    names = [str(file.get("file_name", text.NOTHING)) for file in generation.files]
    shown = say("app.list_mark").join(names[:SHOWN_FILES]) or text.NOTHING
    if len(names) > SHOWN_FILES:
        return say("cli.and_more", names=shown, count=str(len(names)))
    return shown


def _print_json(kept: list[Generation]) -> None:
    rows = [
        asdict(generation)
        | {"path": str(generation.path), "made_at": generation.made_at.isoformat()}
        for generation in kept
    ]
    write(json_of(rows))
