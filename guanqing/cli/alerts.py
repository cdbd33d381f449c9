"""The command that says what needs somebody, for a person, a mail or another program."""

import json
import sys
from datetime import date
from typing import Annotated, Any

import typer
from rich.table import Table

from guanqing import plan, query_params, text, warehouse
from guanqing.cli.frame import StoreOption, app, err, language, out, say, store_at
from guanqing.intake import upgrading
from guanqing.plan import alerts
from guanqing.plan.alerts import Alert
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
    """Say what fell behind since last week, what will be missed at this pace, what has no data.

    Made for cron: nothing is printed to the standard output where nothing is wrong, and the
    language is that of $GUANQING_LANG, else of the locale.

    Exit code: 0 nothing is wrong, 1 there is an alert, 2 it could not be told.
    """
    connection = warehouse.connect(upgrading.current(store_at(store)))
    facts = warehouse.run(connection, "library_facts").row(0, named=True)
    day = _day(as_of) or query_params.defaults(facts)["as_of"]
    found = alerts.gathered(lambda name: warehouse.run(connection, name, as_of=day).to_dicts(), day)
    if as_json:
        _print_json(found, facts, day)
    elif found:
        _print_table(found, facts, day)
    elif not plan.load(day.year).targets:
        err.print(say("targets.no_plan", year=str(day.year)), soft_wrap=True)
    else:
        err.print(say("alerts.none", day=text.day(day, language())), soft_wrap=True)
    if found:
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
    table.add_column(say("alerts.kind"), no_wrap=True)
    table.add_column(say("alerts.of"), overflow="fold")
    table.add_column(say("alerts.what"), overflow="fold")
    for alert in found:
        table.add_row(
            say(f"alerts.kind_{alert.kind}"),
            alert.name[language()],
            alerts.in_words(alert, language()),
        )
    out.print(table)


def _print_json(found: list[Alert], facts: dict[str, Any], day: date) -> None:
    told = {
        "library": text.pick(facts, "name", language()),
        "is_simulated": facts["is_simulated"],
        "as_of": day.isoformat(),
        "alerts": [
            {
                "kind": alert.kind,
                "target_code": alert.target_code,
                "name": alert.name[language()],
                "words": alerts.in_words(alert, language()),
                "text": alert.text_key,
                "values": alert.values,
            }
            for alert in found
        ],
    }
    shown = json.dumps(told, ensure_ascii=False, indent=2, default=lambda day: day.isoformat())
    sys.stdout.write(shown + "\n")
