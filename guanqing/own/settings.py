"""What a library states about itself because no source file holds it (settings.toml)."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
from pydantic import TypeAdapter, ValidationError, with_config

from guanqing import datafiles, parsing
from guanqing.datafiles import STRICT, Words
from guanqing.own import Own
from guanqing.problems import Problem


@with_config(STRICT)
@dataclass(frozen=True)
class Setting:
    """A fact, and who states it."""

    value: float | None
    unit: str
    source: Words
    is_assumed: bool


# What anything asks for; what else is stated is a slip (slips.py) and no row.
KNOWN = {
    "population_served",
    "population_served_network",
    "feedback_answer_days",
    "loans_include_renewals",
}
# Settings that figures ask for: each has a row even while nobody knows it.
NOT_SET = {
    code: Setting(None, "persons", {"zh": "未设定", "en": "not set"}, False)
    for code in ("population_served", "population_served_network")
}
SCHEMA = {
    "setting_code": pl.String,
    "value": pl.Float64,
    "unit": pl.String,
    "source_zh": pl.String,
    "source_en": pl.String,
    "is_assumed": pl.Boolean,
}
SETTINGS = TypeAdapter(dict[str, Setting])


def read(path: Path) -> pl.DataFrame:
    """Read a settings file, if there is one, into rows of the table settings.

    Problem: settings_invalid, data_file_broken.
    """
    if not path.exists():
        return _rows({})
    try:
        return _made(parsing.toml(path.read_text(encoding="utf-8-sig")))
    except ValidationError as error:
        entry = ".".join(map(str, error.errors()[0]["loc"]))
        raise Problem("settings_invalid", path=path, entry=entry) from error
    except ValueError as error:  # no TOML, or no UTF-8
        line, field = parsing.place(path, path.read_bytes(), error)
        raise Problem("data_file_broken", path=path, line=str(line), field=field) from error


def current(its: Own) -> pl.DataFrame | None:
    """Return the rows as they stand now or stood before somebody broke them; None: no file.

    Problem: data_file_broken, if it never could be read.
    """
    if not its.settings.exists():
        return None
    # as text, for one that is all remarks states nothing, and nothing is wrong in it
    return datafiles.reads(its.settings, may_go=True, as_text=True)(_of_text)()


def codes(its: Own) -> list[str]:
    """Return the names under which a library states something, known or not. Problem: as current.

    None where there is no file.
    """
    if not its.settings.exists():
        return []
    return datafiles.reads(its.settings, may_go=True, as_text=True)(_codes)()


def _codes(written: str) -> list[str]:
    return [*parsing.toml(written)]


def _of_text(written: str) -> pl.DataFrame:
    return _made(parsing.toml(written))


def _made(entries: dict[str, Any]) -> pl.DataFrame:
    return _rows(SETTINGS.validate_python(entries))


def _rows(given: dict[str, Setting]) -> pl.DataFrame:
    rows = [
        (code, s.value, s.unit, s.source["zh"], s.source["en"], s.is_assumed)
        for code, s in {**NOT_SET, **given}.items()
        if code in KNOWN
    ]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")
