"""What statistics know of a reader: type, sex, year of birth, unit; less of the printed ones."""

from typing import Any

import numpy as np
import polars as pl

from simulated_library.calendar import Calendar
from simulated_library.cards import Readers, reader_types
from simulated_library.chance import Flags, Floats, Ints, in_codes, known, pick, stream


def readers_table(calendar: Calendar, readers: Readers, masked_names: pl.Series) -> pl.DataFrame:
    """Return the table readers. Of a printed reader no more is told than the library printed."""
    rng = stream("readers")
    text = known("readers")
    types = list(reader_types().items())
    low, high, in_unit = (
        np.array(values)[readers.kind]
        for values in (
            [row["birth_years"][0] for _, row in types],
            [row["birth_years"][1] for _, row in types],
            [row["unit_share"] for _, row in types],
        )
    )
    birth = np.floor(low + rng.random(readers.size) * (high - low + 1)).astype(np.int64)
    sex = pick(rng, _sex_shares(text), readers.size)
    is_known = rng.random(readers.size) >= text["birth_year_unknown_share"]
    is_printed = np.isin(np.arange(readers.size), readers.leaders)
    names = [name for name, _ in types]
    return pl.DataFrame(
        {
            "reader_id": readers.reader_id,
            "masked_name": masked_names,
            "reader_type": in_codes(names, readers.kind),
            "sex": in_codes(["F", "M", None], np.where(is_printed, 2, sex)),
            "birth_year": _where(birth, is_known & ~is_printed).cast(pl.Int16),
            "home_branch": in_codes(calendar.codes, readers.branch),
            "unit": _units(readers, in_unit, is_printed, rng),
            "may_be_named": _consent(text, is_printed),
        }
    ).sort("reader_id")


def _consent(text: dict[str, Any], is_printed: Flags) -> pl.Series:
    """Return who agreed to be named; the library printed only those who did."""
    said_no, unsaid = text["declined_share"], text["unsaid_share"]
    said = pick(stream("consent"), [1 - said_no - unsaid, said_no, unsaid], len(is_printed))
    return in_codes(["true", "false", None], np.where(is_printed, 0, said)) == "true"


def _sex_shares(text: dict[str, Any]) -> list[float]:
    unknown, female = text["sex_unknown_share"], text["sex_f_share"]
    return [female * (1 - unknown), (1 - female) * (1 - unknown), unknown]


def _where(values: Ints, is_known: Flags) -> pl.Series:
    return pl.select(pl.when(pl.Series(is_known)).then(pl.Series(values))).to_series()


def _units(
    readers: Readers, share: Floats, is_printed: Flags, rng: np.random.Generator
) -> pl.Series:
    units: list[str | None] = [None]
    first, count = [], []
    for row in reader_types().values():
        first.append(len(units))
        count.append(len(row["units"]))
        units += row["units"]
    position = np.array(first)[readers.kind] + np.floor(
        rng.random(readers.size) * np.array(count)[readers.kind]
    ).astype(np.int64)
    has_unit = (rng.random(readers.size) < share) & ~is_printed
    column: pl.Series = in_codes(units, np.where(has_unit, position, 0))
    return column
