"""What every command shares: the app, its two outputs, the store and the reader's language."""

import os
import shlex
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.text import Text

from guanqing import locks, text
from guanqing.access import audit
from guanqing.cli.terminal import HarmlessConsole, on_one_line
from guanqing.problems import Problem
from guanqing.store import Store, default_store

app = typer.Typer(
    name="guanqing",
    help="Guanqing (馆情): how a public library is doing.\n\nStart with `guanqing serve`; without "
    "data of your own it builds a simulated library first. `guanqing load` reads a real export.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
)
# What stands in files and records is never markup: a title may hold [/x]. Colours come from Text.
AS_IT_IS: dict[str, Any] = {"markup": False, "emoji": False}
# a pipe or a file has no width: room for the names of files
out = HarmlessConsole(width=None if sys.stdout.isatty() else 120, **AS_IT_IS)
err = HarmlessConsole(stderr=True, **AS_IT_IS)

StoreOption = Annotated[
    Path | None,
    typer.Option(
        "--store",
        help="Folder of library.duckdb; default $GUANQING_STORE, else data/ of this checkout.",
        show_default=False,
    ),
]


_used: set[Path] = set()
_asked_for: ContextVar[Path | None] = ContextVar("asked_for", default=None)


def language() -> str:
    """Return the language to speak: $GUANQING_LANG, else that of the terminal's locale."""
    wanted = os.environ.get("GUANQING_LANG") or os.environ.get("LC_ALL") or os.environ.get("LANG")
    return "zh" if (wanted or "").startswith("zh") else "en"


def say(key: str, **values: str) -> str:
    """Return a text in the language of the terminal."""
    shown = {name: on_one_line(value) for name, value in values.items()}
    return text.translate(key, language(), **shown)


def complain(problem: Problem) -> None:
    """Say what is wrong and what to do about it."""
    said = text.told(problem, language(), on_one_line)
    if (option := store_option()) and "guanqing " in said:
        said += say("cli.with_store", option=option.strip())
    words = Text.assemble(("✖", "red"), " ", said)
    err.print(words, soft_wrap=True, highlight=False)


@contextmanager
def noting(store: Store, act: audit.Act, **about: object) -> Iterator[None]:
    """Note in the audit of a store what whoever runs the command is about to do.

    Where there is no store yet, what made one is noted when it is there.
    """
    who, path = locks.this_process(act).who, audit.path_of(store.root)
    if not store.root.exists():
        yield
        audit.note(path, act, who=who, role="command", about=about)
        return
    with audit.noting(path, act, who=who, role="command", about=about):
        yield


def store_at(folder: Path | None) -> Store:
    """Return the store an option names, or the default one."""
    _asked_for.set(folder)
    found = Store(folder.absolute()) if folder else default_store()
    _used.add(found.root)
    return found


def used() -> set[Path]:
    """Return the folders of the stores that this command has asked for."""
    return set(_used)


def store_option() -> str:
    """Return the option that names the store of this command, to be typed in the next; or ""."""
    folder = _asked_for.get()
    return f" --store {shlex.quote(str(folder))}" if folder else ""
