"""Names and card numbers: the printed ones where the library printed them, invented elsewhere."""

import numpy as np
import polars as pl

from simulated_library.cards import Readers
from simulated_library.chance import Ints, known, stream


def reader_names(readers: Readers, printed: list[str]) -> pl.Series:
    """Return a name for every reader; no invented one is one of the printed."""
    rng = stream("names")
    text = known("names")
    family, given = list(text["family"]), list(text["given"])
    # the list opens with the commonest family names
    first = np.floor(len(family) * rng.random(readers.size) * rng.random(readers.size))
    second, third = (
        np.floor(len(given) * rng.random(readers.size)).astype(np.int64) for _ in range(2)
    )
    has_third = rng.random(readers.size) < 0.72
    names = [
        family[a] + given[b] + (given[c] if more else "")
        for a, b, c, more in zip(
            first.astype(np.int64).tolist(),
            second.tolist(),
            third.tolist(),
            has_third.tolist(),
            strict=True,
        )
    ]
    names = [name if name not in printed else family[0] + name[1:] + given[0] for name in names]
    for reader, name in zip(readers.leaders.tolist(), printed, strict=True):
        names[reader] = name
    return pl.Series("reader_name", names)


def masked(names: pl.Series) -> pl.Series:
    """Return the family name and two stars."""
    return (names.str.slice(0, 1) + "**").alias("masked_name")


def names_table(readers: Readers, names: pl.Series) -> pl.DataFrame:
    """Return the table of the names file: card numbers run on in the order of issue."""
    numbers: Ints = np.arange(readers.size) + 12_000
    return pl.DataFrame(
        {
            "reader_id": readers.reader_id,
            "reader_name": names,
            "card_number": [f"JZ{number:08d}" for number in numbers.tolist()],
        }
    ).sort("reader_id")
