"""Facts about the library that no source file holds (data/settings.toml)."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

import polars as pl
from pydantic import TypeAdapter, ValidationError, with_config

from guanqing.datafiles import STRICT, Words
from guanqing.paths import DATA
from guanqing.problems import Problem


@with_config(STRICT)
@dataclass(frozen=True)
class Setting:
    """A fact, and who states it."""

    value: float | None
    unit: str
    source: Words
    is_assumed: bool


PATH = DATA / "settings.toml"

# Settings that figures ask for: each has a row even while nobody knows it.
NOT_SET = {
    "population_served": Setting(None, "persons", {"zh": "未设定", "en": "not set"}, False),
}
SCHEMA = {
    "setting_code": pl.String,
    "value": pl.Float64,
    "unit": pl.String,
    "source_zh": pl.String,
    "source_en": pl.String,
    "is_assumed": pl.Boolean,
}


def read(path: Path) -> pl.DataFrame:
    """Read a settings file into rows of the table settings. Problem: settings_invalid."""
    try:
        entries = tomllib.loads(path.read_text(encoding="utf-8"))
        given = TypeAdapter(dict[str, Setting]).validate_python(entries)
    except ValidationError as error:
        entry = ".".join(map(str, error.errors()[0]["loc"]))
        raise Problem("settings_invalid", path=path, entry=entry) from error
    except ValueError as error:  # no TOML, or no UTF-8
        raise Problem("settings_invalid", path=path, entry=error) from error
    rows = [
        (code, s.value, s.unit, s.source["zh"], s.source["en"], s.is_assumed)
        for code, s in {**NOT_SET, **given}.items()
    ]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")
