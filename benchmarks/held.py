"""Hold what the simulated library would have been told at each month's end against what came.

python benchmarks/held.py                  of the last whole month of its data
python benchmarks/held.py --store FOLDER   of a library that is there already
"""

import os
import tempfile
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

import simulated_library
from guanqing import own, plan, query_params, warehouse
from guanqing.intake import upgrading
from guanqing.plan import outlook, scoring
from guanqing.store import Store

LARGE = ("circulation_rate", "visits_per_capita", "card_holders", "mobile_loans")


def main(store: Annotated[Path | None, typer.Option()] = None) -> None:
    """Print each drawn target, how often its bands held, and the four large ones together."""
    os.nice(10)
    with tempfile.TemporaryDirectory() as made:
        if store is None:
            simulated_library.build(Store(Path(made)))
        held = _held(Store(store or Path(made)))
    print("| target | forecasts | 80 % held | 95 % held |\n| --- | ---: | ---: | ---: |")
    for code, found in held.items():
        print(_row(code, found))
    print(_row("the four large ones", [one for code in LARGE for one in held.get(code, [])]))


def _held(store: Store) -> dict[str, list[outlook.Earlier]]:
    library = upgrading.current(store)
    connection = warehouse.connect(library)
    facts = warehouse.run(connection, "library_facts").row(0, named=True)
    day: date = query_params.defaults(facts)["as_of"]
    rows = [
        warehouse.run(connection, query, as_of=day, target=None).to_dicts()
        for query in ("plan_progress", "plan_evidence", "plan_months")
    ]
    its = own.of(library, is_simulated=facts["is_simulated"])
    standings = scoring.scorecard(plan.load(day.year, its.targets), *rows[:2])
    return {
        one.target.code: made
        for one in standings
        if (made := outlook.earlier(one, _months(rows[2], one.target.code), day))
    }


def _months(rows: list[dict[str, object]], code: str) -> list[outlook.Month]:
    return outlook.months_of([row for row in rows if row["target_code"] == code])


def _row(name: str, found: list[outlook.Earlier]) -> str:
    in_80 = sum(one.within == 80 for one in found)
    in_95 = sum(one.within is not None for one in found)
    return f"| {name} | {len(found)} | {in_80} | {in_95} |"


if __name__ == "__main__":
    typer.run(main)
