"""The command that sets a library up: what it is called, and whom it serves."""

import sys
from datetime import date
from typing import Annotated, get_args

import typer
from rich.prompt import Prompt

from guanqing.cli.frame import (
    StoreOption,
    app,
    err,
    language,
    noting,
    out,
    say,
    store_at,
    store_option,
)
from guanqing.own import about, beginning, of_store
from guanqing.problems import Problem


@app.command()
def init(
    name: Annotated[str | None, typer.Option(help="What the library is called.")] = None,
    name_en: Annotated[str, typer.Option(help="Its name in English.")] = "",
    kind: Annotated[
        str | None, typer.Option(help="public, children, university, school or special.")
    ] = None,
    branch: Annotated[
        list[str] | None,
        typer.Option(
            help="A branch as CODE=名称, or CODE=名称=English name; once for each, the codes as in "
            "your exports."
        ),
    ] = None,
    main: Annotated[
        str | None, typer.Option(help="Code of the main branch; the first if not given.")
    ] = None,
    population: Annotated[
        str | None, typer.Option(help="People served by the main library; blank if not known.")
    ] = None,
    network_population: Annotated[
        str | None,
        typer.Option(help="People served by all branches together; blank if not known."),
    ] = None,
    year: Annotated[str | None, typer.Option(help="Year of its first plan.")] = None,
    store: StoreOption = None,
) -> None:
    """Set a library up in a store: its name, kind, branches, population and first year.

    Asks for what is missing where a terminal is there. Writes library/library.toml and
    library/settings.toml in the store, to be edited later, and nothing over what is there.

    A figure per head is divided by the people of its own scope, so both populations are asked for
    where there are branches. A plan that says nothing else is of the whole network.

    Example: guanqing init --name 榆次图书馆 --branch YC=榆次图书馆 --population 65万
    """
    chosen = store_at(store)
    its = of_store(chosen.root, is_simulated=False)
    if its.about.exists():  # told before anything is asked
        raise Problem("own_exists", path=its.folder)
    asks = sys.stdin.isatty() and sys.stdout.isatty()
    if name is None and asks:
        name = Prompt.ask(say("begin.ask_name"))
        name_en = name_en or Prompt.ask(say("begin.ask_name_en"), default="", show_default=False)
    if kind is None and asks:
        kinds = ", ".join(get_args(about.Kind))
        kind = Prompt.ask(say("begin.ask_kind", kinds=kinds), default="public")
    if branch is None and asks:
        said = Prompt.ask(say("begin.ask_branches"), default="", show_default=False)
        branch = beginning.lines(said)
    if population is None and asks:
        population = Prompt.ask(say("begin.ask_population"), default="", show_default=False)
        if len(branch or []) > 1 and network_population is None:
            asked = say("begin.ask_population_network")
            network_population = Prompt.ask(asked, default="", show_default=False)
    if year is None and asks:
        year = Prompt.ask(say("begin.ask_year"), default=str(date.today().year))
    made = beginning.about_of(
        name_zh=name or "",
        name_en=name_en,
        kind=kind or None,
        branches=[beginning.branch_of(words) for words in branch or []],
        main_branch=main,
        year=beginning.year_of(year),
    )
    people = (
        beginning.population_of(population),
        beginning.population_of(network_population),
    )
    with noting(chosen, "begun", library=made.name_zh):
        beginning.begin(chosen.root, made, people)
    at = store_option()
    called = made.name_zh if language() == "zh" else made.name_en
    out.print(called, highlight=False)
    for key, path in (("written", its.folder), ("then_plan", its.targets / f"{_year(made)}.toml")):
        err.print(say(f"begin.{key}", path=str(path)), soft_wrap=True, highlight=False)
    err.print(say("begin.then_load", store=at), soft_wrap=True, highlight=False)


def _year(made: about.About) -> int:
    return made.year or date.today().year
