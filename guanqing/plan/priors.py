"""What is possible of a figure before its own months have spoken: data/forecast.toml."""

from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter, with_config

from guanqing import datafiles
from guanqing.datafiles import STRICT
from guanqing.paths import DATA


@with_config(STRICT)
@dataclass(frozen=True)
class Spread:
    """A spread that is not known: its middle, the factor it commonly differs by, the largest."""

    middle: float
    factor: float
    most: float


@with_config(STRICT)
@dataclass(frozen=True)
class Elsewhere:
    """What figures of other libraries were like, as standard deviations of logarithms."""

    season: Spread
    noise: Spread
    slope: Spread
    drift: Spread
    year: float
    year_of_few: float
    wave: float
    second_wave: float


@with_config(STRICT)
@dataclass(frozen=True)
class Often:
    """How often something is so of a figure: in an opening year, and later."""

    opening: float
    later: float


@with_config(STRICT)
@dataclass(frozen=True, eq=False)  # a file read again is another key of what is cached
class Priors:
    """The content of data/forecast.toml."""

    source: str
    elsewhere: Elsewhere
    steady: Often
    remembering: Often
    words: dict[str, float]


@datafiles.reads(DATA / "forecast.toml")
def priors(content: dict[str, Any]) -> Priors:
    """Return what is taken to be possible, and from which chance on which word is said."""
    return TypeAdapter(Priors).validate_python(content)


def word(chance: float) -> str:
    """Return the word for a chance, a key of the texts `likely`."""
    return next(key for key, least in priors().words.items() if chance >= least)
