"""The command that says what needs somebody, for a person, a mail or another program."""

from datetime import date
from typing import Annotated, Any

import typer
from rich.table import Table

from guanqing import own, plan, query_params, text, warehouse
from guanqing.cli.frame import StoreOption, app, err, language, out, say, store_at
from guanqing.cli.terminal import json_of, write
from guanqing.intake import upgrading
from guanqing.own import inventory
from guanqing.plan import alerts
from guanqing.plan.alerts import Alert
from guanqing.plan.scoring import Rows
from guanqing.problems import Problem


@app.command("alerts")
def say_alerts(
    as_json: Annotated[
        bool, typer.Option("--json", help="Print everything known, for a program.")
    ] = False,
    as_of: Annotated[
        str | None,
        typer.Option(
            "--as-of",
            help="The day things are judged at, as 2019-06-30; default the last day of the data.",
            show_default=False,
        ),
    ] = None,
    store: StoreOption = None,
) -> None:
    """Say what fell behind since last week, what will hardly be reached, what has no data.

    Made for cron: nothing is printed to the standard output where nothing is wrong, and the
    language is that of $GUANQING_LANG, else of the locale.

    Exit code: 0 nothing is wrong, 1 there is an alert, or a file of the library's own is
    missed, 2 it could not be told.
    """
    library = upgrading.current(store_at(store))
    connection = warehouse.connect(library)
    facts = warehouse.run(connection, "library_facts").row(0, named=True)
    day = _day(as_of) or query_params.defaults(facts)["as_of"]

    def ask(name: str) -> Rows:
        params = query_params.parameters(name, [f"as_of={day}"], facts)
        return warehouse.run(connection, name, **params).to_dicts()

    its = own.of(library, is_simulated=facts["is_simulated"])
    branches = warehouse.run(connection, "branch_names")["branch_code"]
    promised = plan.load(day.year, its.targets, branches)
    found = alerts.gathered(ask, promised, day)
    if as_json:
        _print_json(found, facts, day)
    elif found:
        _print_table(found, facts, day)
    elif not promised.targets:
        err.print(say("targets.no_plan", year=str(day.year)), soft_wrap=True)
    else:
        err.print(say("alerts.none", day=text.day(day, language())), soft_wrap=True)
    missed = [] if facts["is_simulated"] else inventory.missed(own.store_of(library))
    for one in missed:  # what is judged by a plan that is gone has no alerts
        err.print(say(f"verify.own_{one.code}", path=str(one.path)), soft_wrap=True)
    if found or missed:
        raise typer.Exit(1)


def _day(words: str | None) -> date | None:
    if words is None:
        return None
    try:
        return date.fromisoformat(words)
    except ValueError as error:
        raise Problem("bad_param", param="--as-of", value=words, wanted="2019-06-30") from error


def _print_table(found: list[Alert], facts: dict[str, Any], day: date) -> None:
    name = text.pick(facts, "name", language())
    mark = f" · {say('app.simulated')}" if facts["is_simulated"] else ""
    title = f"{name}{mark} · {say('app.as_of', day=text.day(day, language()))}"
    table = Table(title=title, title_justify="left")
    table.add_column(say("targets.status"), no_wrap=True)
    table.add_column(say("alerts.of"), overflow="fold")
    table.add_column(say("target.whose"), no_wrap=True)
    table.add_column(say("alerts.what"), overflow="fold")
    for alert in found:
        table.add_row(
            say(f"status.{alert.verdict}"),
            alert.name[language()],
            say(f"scope.{_scope(alert, facts)}") if alert.scope else "",
            alerts.in_words(alert, language()),
        )
    out.print(table)


def _scope(alert: Alert, facts: dict[str, Any]) -> str:
    """Return whose an alert is; one library alone is no main one."""
    return "library" if facts["branch_count"] < 2 else str(alert.scope)


def _print_json(found: list[Alert], facts: dict[str, Any], day: date) -> None:
    told = {
        "library": text.pick(facts, "name", language()),
        "is_simulated": facts["is_simulated"],
        "as_of": day.isoformat(),
        "alerts": [
            {
                "kind": alert.kind,
                "verdict": alert.verdict,
                "target_code": alert.target_code,
                "scope": alert.scope,
                "name": alert.name[language()],
                "words": alerts.in_words(alert, language()),
                "text": alert.text_key,
                "values": alert.values,
            }
            for alert in found
        ],
    }
    write(json_of(told, lambda day: day.isoformat()))
