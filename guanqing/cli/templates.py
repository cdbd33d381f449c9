"""Commands that help files get ready to be loaded: template and layouts."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from guanqing import text, warehouse
from guanqing.cli.frame import StoreOption, app, err, language, out, say, store_at, store_option
from guanqing.cli.terminal import json_of, write
from guanqing.intake import layouts as known
from guanqing.intake import templates
from guanqing.intake.loading import own_layouts
from guanqing.own import about, of_store
from guanqing.problems import Problem
from guanqing.records import kinds
from guanqing.store import Store


class Language(StrEnum):
    """The languages a template can speak."""

    zh = "zh"
    en = "en"


@app.command()
def template(
    name: Annotated[
        str,
        typer.Argument(help="Kind of record: visits, events, … or `all` registers kept by hand."),
    ],
    to: Annotated[
        Path | None,
        typer.Option("--to", help="The workbook to write; default NAME.xlsx.", show_default=False),
    ] = None,
    lang: Annotated[Language, typer.Option(help="Language of headers and notes.")] = Language.zh,
    replace: Annotated[
        bool, typer.Option("--replace", help="Write over a workbook that is there.")
    ] = False,
    store: StoreOption = None,
) -> None:
    """Write a workbook to fill in and load with `guanqing load FILE --layout plain`.

    It says what each column takes, offers codes to choose from and checks dates and numbers as they
    are typed. The codes of branches are those of the library in the store, unless it is simulated.
    Its notes and examples are never loaded.

    Exit code: 0 written, 2 nothing written.
    """
    asked = templates.chosen(name)
    path = to or Path(f"{templates.ALL if name == templates.ALL else asked[0].code}.xlsx")
    chosen = store_at(store)
    branches = _branches(chosen, lang)
    its = of_store(chosen.root, is_simulated=False)
    templates.write(path, asked, lang, branches=branches, its=its, replace=replace)
    said = {"path": str(path), "name": path.name, "store": store_option()}
    err.print(say("template.written", **said), soft_wrap=True)


@app.command()
def layouts(
    as_json: Annotated[
        bool, typer.Option("--json", help="Print everything known, for a program.")
    ] = False,
    store: StoreOption = None,
) -> None:
    """List the layouts there are: for which system, and which kinds of records each can read.

    Those that the library has saved for itself (`guanqing propose --save`) are marked as its own.
    `guanqing load FILE --layout NAME` uses one.

    Exit code: 0.
    """
    own = own_layouts(store_at(store))
    rows = [_about(name, own) for name in known.names(own)]
    if as_json:
        write(json_of(rows))
        return
    table = Table()
    table.add_column(say("proposal.layout"), no_wrap=True)
    for key in ("title", "reads", "note"):
        table.add_column(say(f"proposal.{key}"), overflow="fold")
    for row in rows:
        mark = say("proposal.own") if row["is_own"] else ""
        title, note = (row[key].get(language(), "") for key in ("title", "note"))
        table.add_row(row["name"] + mark, title, _reads(row), note or row["problem"] or "")
    out.print(table)


def _reads(row: dict[str, Any]) -> str:
    if len(row["kinds"]) == len(kinds()):
        return say("proposal.every_kind")
    return say("app.list_mark").join(names[language()] for names in row["kinds"].values())


def _about(name: str, own: Path) -> dict[str, Any]:
    """Return what a layout says of itself; one that is broken says what is wrong with it."""
    # the store of a checkout keeps its own among the product's
    is_own = own.resolve() != known.FOLDER.resolve() and (own / f"{name}.toml").exists()
    row: dict[str, Any] = {"name": name, "is_own": is_own}
    try:
        layout = known.read(name, own)
    except Problem as problem:
        said = text.told(problem, language())
        return row | {"title": {}, "kinds": {}, "note": {}, "problem": said}
    read = {source.kind.code: source.kind.name for source in layout.sources}
    return row | {"title": layout.title, "kinds": read, "note": layout.note, "problem": None}


def _branches(store: Store, lang: str) -> dict[str, str]:
    """Return the branches of the library served, code -> name; of none or a simulated one, none."""
    if not store.link.exists():
        known = about.read(of_store(store.root, is_simulated=False)).branches
        return {branch.code: branch.name_zh if lang == "zh" else branch.name_en for branch in known}
    connection = warehouse.connect(store.current())
    if warehouse.run(connection, "library_facts").row(0, named=True)["is_simulated"]:
        return {}
    branches = warehouse.run(connection, "branch_names").iter_rows(named=True)
    named = {branch["branch_code"]: branch[f"name_{lang}"] for branch in branches}
    return {code: name for code, name in named.items() if code != "unknown"}
