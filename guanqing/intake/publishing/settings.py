"""Facts about the library that no source file holds (data/settings.toml)."""

import tomllib
from pathlib import Path
from typing import Any

import polars as pl

from guanqing.problems import Problem

# Settings that figures ask for, and what they count: each has a row even while nobody knows it.
UNITS = {"population_served": "persons"}
NOT_SET = {"zh": "未设定", "en": "not set"}
SCHEMA = {
    "setting_code": pl.String,
    "value": pl.Float64,
    "unit": pl.String,
    "source_zh": pl.String,
    "source_en": pl.String,
    "is_assumed": pl.Boolean,
}


def read(path: Path) -> pl.DataFrame:
    """Read a settings file into rows of the table settings."""
    try:
        entries = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Problem("settings_invalid", path=path, entry=error) from error
    unset: list[dict[str, Any]] = [
        {
            "setting_code": code,
            "value": None,
            "unit": unit,
            "source_zh": NOT_SET["zh"],
            "source_en": NOT_SET["en"],
            "is_assumed": False,
        }
        for code, unit in UNITS.items()
        if code not in entries
    ]
    rows = [_row(path, code, entry) for code, entry in entries.items()]
    return pl.DataFrame(rows + unset, schema=SCHEMA)


def _row(path: Path, code: str, entry: dict[str, Any]) -> dict[str, Any]:
    try:
        return {
            "setting_code": code,
            "value": float(entry["value"]),
            "unit": str(entry["unit"]),
            "source_zh": str(entry["source"]["zh"]),
            "source_en": str(entry["source"]["en"]),
            "is_assumed": bool(entry["is_assumed"]),
        }
    except (KeyError, TypeError, ValueError) as error:
        raise Problem("settings_invalid", path=path, entry=code) from error
