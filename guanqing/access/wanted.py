"""What may stand in the files an administrator keeps, for whoever wrote something else there."""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches

from pydantic import ValidationError

from guanqing.datafiles import Fault
from guanqing.parsing import EMPTY, Said, Wrong

TOML = Said("wanted.toml")
UNKNOWN = "unexpected_keyword_argument"


def tables(heading: str, **entries: Mapping[str, Said]) -> dict[str, Said]:
    """Return what may stand in tables with such a heading, and in each of their entries."""
    made = {name: Said("wanted.table", name=heading.format(name)) for name in entries}
    for table, inside in entries.items():
        made |= {f"{table}.{name}": said for name, said in inside.items()}
    return made


def wrong(error: ValidationError, wanted: Mapping[str, Said]) -> Wrong:
    """Return where such a file is wrong, and what may stand there.

    wanted: by the entry's name with the tables it is in, as sign_in.way; those in a list alike.
    """
    found = error.errors()
    # one that is misspelt is why another is missing
    first = next((each for each in found if each["type"] == UNKNOWN), found[0])
    place: Sequence[str | int] = first["loc"]
    names = [part for part in place if isinstance(part, str)]
    if first["type"] == UNKNOWN:
        return Wrong(*place, wanted=_entries(names, wanted))
    may_stand = next((wanted[name] for name in _around(names) if name in wanted), TOML)
    return Wrong(*place, wanted=may_stand)


def of_fault(fault: Fault, wanted: Mapping[str, Said]) -> Said:
    """Return what may stand where a file is wrong."""
    if fault.field == EMPTY:
        return _entries([""], wanted)
    return fault.wanted or TOML


def _entries(names: list[str], wanted: Mapping[str, Said]) -> Said:
    """Return the entries there are beside one that there is not, the one that is like it first."""
    *tables, unknown = names
    inside = [name.split(".") for name in wanted]
    there = [parts[-1] for parts in inside if parts[:-1] == tables]
    near = get_close_matches(unknown, there, n=1)
    return Said("wanted.entries", names=", ".join(dict.fromkeys([*near, *there])))


def _around(names: list[str]) -> list[str]:
    return [".".join(names[:length]) for length in range(len(names), 0, -1)]
