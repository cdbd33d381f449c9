"""Call numbers (索书号) as they stand on the spine."""

import numpy as np
import polars as pl

from simulated_library.chance import Flags, Ints, as_ints, between, in_codes, known, stream


def call_numbers(classes: list[str], class_code: Ints, is_for_children: Flags) -> pl.Series:
    """Return call numbers: the class of 中图法, the author's number, now and then a volume."""
    rng = stream("call numbers")
    text = known("stock")
    size = len(class_code)
    stems: list[str] = []
    first = np.zeros((2, len(classes)), dtype=np.int64)
    count = np.zeros_like(first)
    for position, code in enumerate(classes):
        for shelf, key in enumerate(("stems", "children_stems")):
            mine = text[key].get(code) or text["stems"].get(code, [""])
            first[shelf, position], count[shelf, position] = len(stems), len(mine)
            stems += mine
    cell = (as_ints(is_for_children), class_code)
    stem = first[cell] + np.floor(rng.random(size) * count[cell]).astype(np.int64)
    author = np.floor(9 + 9990 * rng.random(size) * rng.random(size)).astype(np.int64)
    volume = between(rng, (2, 8), size) * (rng.random(size) < text["volume_share"])
    numbers = pl.DataFrame(
        {"stem": in_codes(stems, stem), "author": author, "volume": volume}
    ).select(
        pl.when(pl.col("stem") != "").then(
            pl.col("stem")
            + "/"
            + pl.col("author").cast(pl.String)
            + pl.when(pl.col("volume") > 0)
            .then(":" + pl.col("volume").cast(pl.String))
            .otherwise(pl.lit(""))
        )
    )
    return numbers.to_series()
