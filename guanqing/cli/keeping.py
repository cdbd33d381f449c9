"""Commands that keep a library: backup, restore and verify."""

from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from guanqing.access import audit, names_key
from guanqing.cli.frame import StoreOption, app, err, noting, out, say, store_at
from guanqing.keeping import rotation
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
    values = {"path": str(file), "number": str(contents.number), "size": size}
    if contents.with_names:
        words = say("cli.backed_up_names", **values, names_key=str(names_key.path()))
    else:
        words = say("cli.backed_up", **values)
    err.print(words, soft_wrap=True)
    for name in contents.left_out:
        said = say("cli.left_out", name=name)
        err.print(Text.assemble(("!", "yellow"), " ", said), soft_wrap=True)


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
    with noting(chosen, "restored", file=file.name):
        generation = put_back(chosen, file, replace=replace)
    values = {"number": str(generation.number), "path": str(chosen.link)}
    err.print(say("cli.restored", **values), soft_wrap=True)


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
    in; and counts anew from the events what the pages add up, and what the library printed. It
    reads every file, about a second for 1 GB. What the library printed otherwise than it is counted
    is said with a "!": either may be right, and no file is damaged.

    Exit code: 0 all is whole, 1 something is not, 2 there is no library.
    """
    chosen = store_at(store)
    accepted = verifying.mend(chosen) if mend else []
    for one in accepted:
        words = say("cli.own_accepted", **one.values)
        err.print(Text.assemble(("!", "yellow"), " ", words), soft_wrap=True)
    found = list(verifying.findings(chosen))
    for finding in found:
        values = dict(finding.values)
        if finding.about:
            values["name"] = say(finding.about, subject=values.get("subject", ""))
        words = say(finding.key, **values)
        sign = ("✖", "red") if finding.is_damage else ("!", "yellow")
        out.print(Text.assemble(sign, " ", words), soft_wrap=True)
        if finding.command:
            out.print(f"  → {finding.command}", soft_wrap=True, highlight=False)
    if any(finding.is_damage for finding in found):
        raise typer.Exit(1)
    numbers = ", ".join(str(kept.number) for kept in chosen.generations())
    words = say("cli.verified", numbers=numbers)
    out.print(Text.assemble(("✔", "green"), " ", words), soft_wrap=True)
    if last := audit.verify(audit.path_of(chosen.root)):
        values = {"number": str(last.number), "chain": last.chain}
        out.print(say("cli.audit_verified", **values), soft_wrap=True)
        _say_where_time_went_back(audit.path_of(chosen.root))


def _say_where_time_went_back(path: Path) -> None:
    """Tell of it, though nothing is wrong with the lines: the clock was, before or since."""
    for line in audit.went_back(path):
        values = {"number": str(line.number), "at": line.at}
        out.print(Text.assemble(("!", "yellow"), " ", say("cli.audit_back", **values)))


names = typer.Typer(
    help="Look after the key that readers' names are sealed with.", no_args_is_help=True
)
app.add_typer(names, name="names")


@names.command()
def rotate(store: StoreOption = None) -> None:
    """Make a new key and seal every name and every kept line of the store anew with it.

    The key before it opens them until all is done; cut short, it goes on when it is run again. Then
    it is moved to names-key.retired, for backups made before. Where the folder is the
    administrator's, put the new key last in the file first: openssl rand -hex 64 >> names-key.

    Exit code: 0 done, 1 done, but something is sealed with a key that is not here, 2 not done.
    """
    chosen = store_at(store)
    with noting(chosen, "rotated"):
        done = rotation.rotate(chosen)
    path = str(names_key.path())
    if done.retired:
        err.print(say("cli.rotated", path=path, retired=str(done.retired)), soft_wrap=True)
    else:
        err.print(say("cli.rotated_here", path=path), soft_wrap=True)
    for locked in done.locked:
        err.print(say("verify.names_locked", path=str(locked), names_key=path), soft_wrap=True)
    if done.locked:
        raise typer.Exit(1)
