"""A day in one column and its time of day in another: together they are one stamp."""

from guanqing.intake.proposals.column_profiles import Look
from guanqing.intake.proposals.matching import Match
from guanqing.intake.proposals.tables import Table
from guanqing.intake.proposals.wording import canonical
from guanqing.records import Kind

MOST = 0.9  # of the values that must be days, or times
FEW = 0.1
WORDS = ("datetime", "date", "time", "day", "时间", "时刻", "日")


def with_clocks(
    kind: Kind, chosen: dict[str, Match], table: Table, looks: dict[int, Look]
) -> dict[str, Match]:
    """Return the columns of a kind, stamps that have only a day with the column of its time.

    The header says which time is whose (Loan Date, Loan Time); where none does, it stands behind
    its day.
    """
    taken = {match.place for match in chosen.values()}
    taken |= {match.clock[1] for match in chosen.values() if match.clock}
    clocks = {
        place: _about(table.columns[place])
        for place, look in looks.items()
        if look.shares["time"] > MOST and place not in taken
    }
    days = {
        _about(table.columns[place]) for place, look in looks.items() if look.shares["date"] > MOST
    }
    found = dict(chosen)
    for name, match in chosen.items():
        look = looks[match.place]
        if match.clock or kind.fields[name].kind != "stamp" or look.shares["date"] < MOST:
            continue
        if look.shares["stamp"] > FEW:
            continue
        about, beside = _about(match.header), clocks.get(match.place + 1)
        places = [place for place, other in clocks.items() if other == about]
        if not places and beside is not None and beside not in days:
            places = [match.place + 1]
        if places:
            found[name] = match.with_clock(table.columns[places[0]], places[0])
            del clocks[places[0]]
    return found


def _about(header: str) -> str:
    """Return what a header says beside that it is a day or a time."""
    name = canonical(header)
    for word in WORDS:
        name = name.replace(word, "")
    return name
