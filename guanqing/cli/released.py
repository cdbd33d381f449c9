"""The command that has counts of people released anew, where nobody has seen them."""

from collections.abc import Collection
from datetime import date, timedelta
from typing import Annotated

import typer

from guanqing import releases_since, warehouse
from guanqing.access import audit
from guanqing.access.audit import Line
from guanqing.access.roles import policy
from guanqing.cli.frame import StoreOption, app, err, noting, say, store_at
from guanqing.disclosure import kept
from guanqing.intake import upgrading
from guanqing.problems import Problem
from guanqing.store import Store

OF_READERS = "borrower_count"  # whoever sees this sees how many borrowed on any day


@app.command()
def recount(
    year: Annotated[int, typer.Argument(help="The year of the counts.")],
    reason: Annotated[str, typer.Option("--reason", help="Why; it is noted in the audit.")],
    nobody_saw: Annotated[
        bool,
        typer.Option(
            "--nobody-saw",
            help="Nobody who does not see readers has seen them: on a screen, on paper, in a file.",
        ),
    ] = False,
    store: StoreOption = None,
) -> None:
    """Have the counts of people of a year made anew from the records of now ("Readers in brief").

    They stay as they were first made, for two states of them could be subtracted and give single
    readers away. Where a library was loaded piece by piece they may have been made too early. As
    long as nobody has seen them who does not see readers, they may be made once more: the audit
    must know of no download of them, and of no sign-in of such a role since.

    Exit code: 0 they are made anew when they are asked for next, 2 they stay as they are.
    """
    chosen = store_at(store)
    connection = warehouse.connect(upgrading.current(chosen))
    names = releases_since.released(connection, year)
    place = warehouse.place_of_releases(connection)
    if not names or place is None:
        raise Problem("release_none", year=str(year))
    _require_unseen(chosen, year, kept.made_at(place[0], names))
    if not nobody_saw or not reason.strip():
        raise Problem("release_unsure", year=str(year))
    with noting(chosen, "recounted", year=str(year), reason=reason.strip()):
        kept.withdraw(place[0], names)
    err.print(say("cli.recounted", year=str(year)), soft_wrap=True)


def _require_unseen(store: Store, year: int, since: str) -> None:
    """Raise where the audit tells of somebody who may have seen counts that were made `since`."""
    figures = warehouse.queries_released()
    for line in audit.lines(audit.path_of(store.root)):
        if _took_out(line, figures, year) or (line.at >= since and _may_have_seen(line, figures)):
            values = {"who": line.name or line.who, "day": line.at[:10]}
            raise Problem("release_seen", year=str(year), **values)


def _may_have_seen(line: Line, figures: Collection[str]) -> bool:
    role = policy().roles.get(line.role)
    if line.act != "signed_in" or role is None:
        return line.act == "signed_in"  # of a role that is no more
    sees = [policy().sees(role, figure) for figure in figures]
    return any(sees) and not policy().sees(role, OF_READERS)


def _took_out(line: Line, figures: Collection[str], year: int) -> bool:
    if line.act != "exported" or line.about.get("figure") not in figures:
        return False
    days = [words.removeprefix("as_of=") for words in _asked(line) if words.startswith("as_of=")]
    return not days or any(_year_of(day) in (year, None) for day in days)


def _asked(line: Line) -> list[str]:
    asked = line.about.get("asked")
    parts = asked if isinstance(asked, list) else []
    return [str(words) for part in parts for words in (part if isinstance(part, list) else [part])]


def _year_of(as_of: str) -> int | None:
    """Return the year of the last quarter that is closed on a day, as the queries do."""
    try:
        after = date.fromisoformat(as_of) + timedelta(days=1)
    except (ValueError, OverflowError):
        return None
    return (after.replace(month=(after.month - 1) // 3 * 3 + 1, day=1) - timedelta(days=1)).year
