"""Commands that keep a library: backup, restore and verify."""

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from guanqing.cli.frame import StoreOption, app, err, out, say, store_at
from guanqing.keeping import verify as verifying
from guanqing.keeping.backup import backup as write_backup
from guanqing.keeping.restore import restore as put_back


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(help="The file to write; one of that name is replaced.")],
    with_names: Annotated[
        bool,
        typer.Option("--with-names", help="Put readers' names and card numbers in it too."),
    ] = False,
    store: StoreOption = None,
) -> None:
    """Write the library, its records, what was typed in and its own layouts to one file.

    It may run while the dashboard serves and while a load goes on. Without --with-names readers'
    names are masks in it, and the texts of refused lines are left out.

    Exit code: 0 written, 2 not written; a file of that name is then as it was.
    """
    contents = write_backup(store_at(store), file, with_names=with_names)
    size = f"{file.stat().st_size / 2**20:.1f}"
    key = "cli.backed_up_names" if contents.with_names else "cli.backed_up"
    values = {"path": str(file), "number": str(contents.number), "size": size}
    err.print(escape(say(key, **values)), soft_wrap=True)


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(help="A file that `guanqing backup` wrote.")],
    replace: Annotated[
        bool, typer.Option("--replace", help="Serve it although the store holds something.")
    ] = False,
    store: StoreOption = None,
) -> None:
    """Serve what a backup holds, checked against the sizes and hashes in it.

    Into an empty store it goes at once; over anything else only with --replace. What is served then
    stays as an earlier generation, and what was typed in since the backup stays too.

    Exit code: 0 restored, 2 nothing changed.
    """
    chosen = store_at(store)
    generation = put_back(chosen, file, replace=replace)
    values = {"number": str(generation.number), "path": str(chosen.link)}
    err.print(escape(say("cli.restored", **values)), soft_wrap=True)


@app.command()
def verify(
    mend: Annotated[
        bool,
        typer.Option("--mend", help="First mend what needs no backup; nothing is thrown away."),
    ] = False,
    store: StoreOption = None,
) -> None:
    """Say whether every file is as it was written and can be read, and what mends what is not.

    Looks at the generations with their accounts, their hashes, the tables served and what was typed
    in. It reads every file, about a second for 1 GB.

    Exit code: 0 all is whole, 1 something is not, 2 there is no library.
    """
    chosen = store_at(store)
    if mend:
        verifying.mend(chosen)
    found = list(verifying.findings(chosen))
    for finding in found:
        out.print(f"[red]✖[/] {escape(say(finding.key, **finding.values))}", soft_wrap=True)
        if finding.command:
            out.print(f"  → {escape(finding.command)}", soft_wrap=True, highlight=False)
    if found:
        raise typer.Exit(1)
    numbers = ", ".join(str(kept.number) for kept in chosen.generations())
    out.print(f"[green]✔[/] {say('cli.verified', numbers=numbers)}", soft_wrap=True)
