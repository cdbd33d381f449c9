"""The parameters of a query as a person types them."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

from guanqing import warehouse
from guanqing.problems import Problem


def _codes(value: str) -> list[str]:
    return value.split(",")


def _number(value: str) -> int:
    number = int(value)
    if not 0 <= number < 2**63:
        raise ValueError(value)
    return number


def _numbers(value: str) -> list[int]:
    return [_number(part) for part in value.split(",")]


# How each parameter of the vocabulary (queries/README.md) is read, and what to say it should be.
READERS: dict[str, tuple[Callable[[str], Any], str]] = {
    "start_date": (date.fromisoformat, "2019-01-31"),
    "end_date": (date.fromisoformat, "2019-01-31"),
    "as_of": (date.fromisoformat, "2019-01-31"),
    "branches": (_codes, "YC,ZT"),
    "readers": (_numbers, "1,2,3"),
    "limit": (_number, "10"),
    "floor": (_number, "5"),
    "target": (str, "card_holders"),
    "figures": (_codes, "loans,class_share"),
    "register": (str, "events"),
    "measure": (str, "visit_count"),
}


def written(value: object) -> str:
    """Return the value of a parameter as a person would type it."""
    if value is None:
        return "null"
    return ",".join(str(part) for part in value) if isinstance(value, list) else str(value)


def defaults(facts: dict[str, Any]) -> dict[str, Any]:
    """Return what each parameter means when it is left out.

    facts is the row of library_facts; a library without a loan gets the empty day it was loaded.
    """
    first = facts["first_day"] or facts["loaded_at"].date()
    last = facts["last_day"] or first
    return {
        "start_date": first,
        "end_date": last + timedelta(days=1),
        "branches": None,
        "as_of": last,
        "limit": 10,
        "floor": 0,
        "readers": [],
        "target": None,
        "figures": None,
        "register": None,
        "measure": None,
    }


def parameters(name: str, given: Sequence[str], facts: dict[str, Any]) -> dict[str, Any]:
    """Return the parameters of a query from key=value words, the rest by default."""
    known = warehouse.parameters(name)
    params = {key: value for key, value in defaults(facts).items() if key in known}
    for words in given:
        key, _, value = words.partition("=")
        if key not in known:
            raise Problem("unknown_param", name=name, param=key, known=", ".join(sorted(known)))
        read, example = READERS[key]
        try:
            params[key] = read(value) if value not in ("", "null") else None
        except ValueError as error:
            raise Problem("bad_param", param=key, value=value, wanted=example) from error
    return params
