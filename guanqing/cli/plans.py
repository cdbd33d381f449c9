"""Commands about the plan of a year: show, check, import and export."""

from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from guanqing import locks, own, plan, text, warehouse
from guanqing.cli.frame import StoreOption, app, err, language, noting, out, say, store_at
from guanqing.cli.plan_faults import say_doubts, say_line_faults, say_refused
from guanqing.cli.terminal import json_of, write
from guanqing.intake import plan_files, upgrading
from guanqing.own import about, inventory
from guanqing.plan import planfile
from guanqing.plan.making import drafts, saving
from guanqing.plan.making.cells import Names
from guanqing.plan.making.columns import MILESTONE, desk
from guanqing.plan.making.drafts import TABLES, Draft
from guanqing.plan.making.laying import lay_over
from guanqing.plan.making.saving import Saved
from guanqing.plan.making.showing import cells_of, promise
from guanqing.plan.making.words import column_called
from guanqing.problems import Problem
from guanqing.store import Store

plans = typer.Typer(
    help="The plan of a year: show it, check a file, take one in, write it out.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)
app.add_typer(plans, name="plan")

YearOption = Annotated[int | None, typer.Option("--year", help="Of which year.")]
FileArgument = Annotated[
    Path, typer.Argument(help="A plan file (.toml), or a table of its rows (.csv, .xlsx).")
]


@plans.command()
def show(
    year: YearOption = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the plan as it stands, for a program.")
    ] = False,
    store: StoreOption = None,
) -> None:
    """List what the plan of a year holds, who saved it, and the plans it has replaced.

    Without --year it is the latest year that has one.

    Exit code: 0, 1 where some of it is wrong and not used, 2 where there is no plan.
    """
    chosen = store_at(store)
    its = _its(chosen)
    folder = its.targets
    asked = year or max(plan.years(folder), default=date.today().year)
    found = _saved(folder, asked)
    draft = _draft(asked, found.text)
    if as_json:
        content = {"year": asked, **{table: draft.entries(table) for table in TABLES}}
        write(json_of(content, str))
    else:
        _print_plan(draft)
        for one in [found, *saving.history(folder, asked)]:
            err.print(_version(one, its), soft_wrap=True, highlight=False)
    read = planfile.read(asked, found.text, _branches(chosen))
    say_doubts(read.doubts)
    if say_refused(read.refused):
        raise typer.Exit(1)


@plans.command()
def check(
    file: FileArgument,
    year: YearOption = None,
    store: StoreOption = None,
) -> None:
    """Say what is wrong with a plan in a file, by line and field; nothing is saved.

    Exit code: 0 nothing is wrong, 1 something is, 2 it could not be read.
    """
    chosen = store_at(store)
    draft, _ = _read(chosen, file, year)
    values = {"targets": str(len(draft.targets)), "milestones": str(len(draft.milestones))}
    err.print(say("plan_cli.sound", year=str(draft.year), **values), soft_wrap=True)


@plans.command("import")
def take_in(
    file: FileArgument,
    year: YearOption = None,
    why: Annotated[
        str, typer.Option("--why", "--reason", help="The reason, for the history.")
    ] = "",
    store: StoreOption = None,
) -> None:
    """Save the plan of a file as that of its year, whole; the one before stays in the history.

    A table holds the whole plan. A column it has not leaves what the plan says of a target that is
    there already, by its code or name. Nothing is saved while a line is wrong.

    A file that changes nothing is not saved again.

    Exit code: 0 saved, 1 something is wrong and nothing was saved, 2 it could not be read or saved.
    """
    chosen = store_at(store)
    draft, words = _read(chosen, file, year)
    was = saving.current(_its(chosen).targets, draft.year)
    if was and was.text == saving.without_stamp(words):
        err.print(say("plan_cli.unchanged", year=str(draft.year)), soft_wrap=True)
        return
    is_simulated = _is_simulated(chosen)
    reason = why.strip() or say("plan_cli.from_file", file=file.name)
    with noting(chosen, "planned", year=str(draft.year), reason=reason):
        folder = own.to_change(chosen.link, is_simulated=is_simulated).targets
        saving.save(
            folder,
            draft.year,
            words,
            base=saving.version(folder, draft.year),
            by=locks.this_process("plan").who,
            why=reason,
            is_simulated=is_simulated,
        )
    inventory.note(chosen.root)
    path = saving.path_of(folder, draft.year)
    key = "plan_cli.saved" if was else "plan_cli.saved_first"
    err.print(say(key, year=str(draft.year), path=str(path)), soft_wrap=True)


@plans.command()
def export(
    year: YearOption = None,
    to: Annotated[
        Path | None, typer.Option("--to", help="The file to write; without it the terminal.")
    ] = None,
    store: StoreOption = None,
) -> None:
    """Write the plan of a year as its file has it.

    Exit code: 0, or 2 where there is no plan or the file is there already.
    """
    chosen = store_at(store)
    folder = _its(chosen).targets
    found = _saved(folder, year or max(plan.years(folder), default=date.today().year))
    if to is None:
        write(found.text)
        return
    try:
        with to.open("x", encoding="utf-8") as file:
            file.write(found.text)
    except FileExistsError as error:
        raise Problem("plan_exists", path=to) from error
    except OSError as error:
        raise Problem("template_not_written", path=to) from error


# --- the library of a store


def _is_simulated(store: Store) -> bool:
    """Say whether the library served is the simulated one; where there is none it will be real."""
    if not store.link.exists():
        return False
    connection = warehouse.connect(upgrading.current(store))
    return bool(warehouse.run(connection, "library_facts").row(0, named=True)["is_simulated"])


def _its(store: Store) -> own.Own:
    return own.of_store(store.root, is_simulated=_is_simulated(store))


def _branches(store: Store) -> Names:
    """Return the branches of the library, by code; of one without records as it names them."""
    if not store.link.exists():
        known = about.read(_its(store)).branches
        return {one.code: {"zh": one.name_zh, "en": one.name_en} for one in known}
    rows = warehouse.run(warehouse.connect(upgrading.current(store)), "branch_names").to_dicts()
    return {
        row["branch_code"]: {spoken: row[f"name_{spoken}"] for spoken in text.LANGUAGES}
        for row in rows
    }


def _saved(folder: Path, year: int) -> Saved:
    found = saving.current(folder, year)
    if found is None:
        raise Problem("no_plan", year=str(year), path=saving.path_of(folder, year))
    return found


def _draft(year: int, words: str) -> Draft:
    try:
        return drafts.drafted(year, words)
    except ValueError as error:
        raise Problem("plan_no_list", field=str(error)) from error


# --- a file


def _read(store: Store, file: Path, year: int | None) -> tuple[Draft, str]:
    """Return the plan of a file and its text; what is wrong is said, and ends the command."""
    if file.suffix.lower() == plan_files.TOML:
        words = plan_files.text_of(file)
        asked = year or plan_files.year_of(words)
        if asked is None:
            raise Problem("plan_no_year", path=file)
        read = planfile.read(asked, words, _branches(store))
        say_doubts(read.doubts)
        if say_refused(read.refused):
            raise typer.Exit(1)
        return _draft(asked, words), words
    if not file.exists():
        raise Problem("path_missing", path=file)
    if year is None:
        raise Problem("plan_no_year", path=file)
    sheet = plan_files.sheet_of(file, language())
    now = saving.current(_its(store).targets, year)
    there = _draft(year, now.text) if now else Draft(year)
    laid = lay_over(
        drafts.with_codes(there),
        sheet,
        language=language(),
        branches=_branches(store),
        codes=_codes(_its(store).targets, year),
        only=True,
    )
    if sheet.unknown:
        listed = say("app.list_mark").join(sheet.unknown)
        err.print(say("plan_desk.unknown_columns", columns=listed), soft_wrap=True)
    say_line_faults(laid)
    if laid.faults or say_refused(drafts.refusals(laid.draft, _branches(store))):
        raise typer.Exit(1)
    # a table that changes nothing leaves the file as it is written, comments among the entries too
    return laid.draft, now.text if now and laid.draft == there else laid.draft.text


def _codes(folder: Path, year: int) -> dict[tuple[str, str], str]:
    """Return the codes that entries have by their names in the plans of other years."""
    found = [saving.current(folder, other) for other in plan.years(folder) if other != year]
    return drafts.codes_of(*(_draft(one.year, one.text) for one in found if one))


# --- in words


def _print_plan(draft: Draft) -> None:
    table = Table()
    for name in ("code", "kind", f"name_{language()}", "at_least"):
        table.add_column(column_called(name, language()), overflow="fold")
    for listed in TABLES:
        for entry in draft.entries(listed):
            said = cells_of(entry, language())
            kind = desk().kinds.get(str(entry.get("kind", MILESTONE)))
            table.add_row(
                said.get("code", text.NOTHING),
                kind.name[language()] if kind else text.NOTHING,
                said.get(f"name_{language()}", text.NOTHING),
                promise(entry, language()),
            )
    out.print(table)


def _version(one: Saved, its: own.Own) -> str:
    number = f"#{one.number}" if one.number else say("plan_desk.holds_now")
    if one.stamp is None:
        return f"{number} {say('plan_desk.put_there')}"
    at = one.stamp.at
    with suppress(ValueError):  # as a hand may have written it
        there = about.local(datetime.fromisoformat(at), its)
        at = f"{text.day(there.date(), language())} {there:%H:%M}"
    return f"{number} {say('plan_desk.saved_by', who=one.stamp.by, when=at, why=one.stamp.why)}"
