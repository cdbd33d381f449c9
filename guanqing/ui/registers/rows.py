"""The rows of the register that is shown: found, narrowed down, and in words."""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from functools import reduce
from pathlib import Path
from typing import Any

import polars as pl
import streamlit as st

from guanqing import records, registers, text
from guanqing.own import about
from guanqing.records import Field, Kind
from guanqing.registers import Values, checks, journal
from guanqing.ui.shell.library import facts, own, query
from guanqing.ui.shell.session import language, t

FIRST = "events"
# of these a field holds text, and a few words that everybody uses have names
NAMED_TEXT = {"question": "survey_question", "reader_group": "survey_group"}
PLANNED = {"milestone": False, "target": True}  # -> whether targets are among its names


def kind() -> Kind:
    """Return the register that is shown."""
    return records.registers()[st.session_state.get("register") or FIRST]


def frame() -> pl.DataFrame:
    """Return every row of the register, the newest first, with who stated it."""
    return query(f"register_{kind().code}")


def branches() -> checks.Names:
    """Return the branches of the library by code, with their names."""
    return {
        row["branch_code"]: {name: str(text.pick(row, "name", name)) for name in text.LANGUAGES}
        for row in query("branch_names").to_dicts()
    }


def main_branch() -> str | None:
    """Return the branch that a form begins with: the main one, as far as any is known."""
    rows = query("branch_names").to_dicts()
    main = [str(row["branch_code"]) for row in rows if row["is_main"]]
    return main[0] if main else about.read(own()).main_branch


def default_branch() -> str | None:
    """Return the branch of a row that names none: that of a library with one."""
    codes = list(branches())
    if codes:
        return codes[0] if len(codes) == 1 else None
    return about.read(own()).only_branch


def known_branches() -> checks.Names | None:
    """Return the branches to check rows against; None where the library has none yet."""
    return branches() or None


def journal_path() -> Path:
    """Return the journal of the library that is shown."""
    return journal.path_of(Path(st.session_state["library"][0]))


def row_at(key: Mapping[str, Any]) -> Values | None:
    """Return the row of a key, or None."""
    fields = kind().fields
    tests = []
    for name, value in key.items():
        column = pl.col(fields[name].column_name)
        tests.append(column.is_null() if value is None else column == typed(fields[name], value))
    found = frame().filter(*tests)
    return registers.of_library(kind(), found.row(0, named=True)) if found.height else None


def typed(found: Field, value: Any) -> Any:
    """Return a value of the journal as a widget or a column holds it."""
    if isinstance(value, str) and found.kind == "day":
        return date.fromisoformat(value)
    return time.fromisoformat(value) if isinstance(value, str) and found.kind == "time" else value


def near(days: set[str]) -> list[Values]:
    """Return the rows of some days, all where the key has no day: those that others may meet."""
    named = [f for name in kind().key if (f := kind().fields[name]).kind == "day"]
    rows = frame()
    if named:
        rows = rows.filter(pl.col(named[0].column_name).is_in([*map(date.fromisoformat, days)]))
    return [registers.of_library(kind(), row) for row in rows.to_dicts()]


# --- in words


def label_of(found: Field) -> str:
    """Return what a field is called."""
    return str(getattr(found, language()))


def names_of(found: Field, plan_year: int | None = None) -> dict[str, str]:
    """Return what the codes of a field are called; nothing for one that has none."""
    if found.kind == "branch":
        return {code: names[language()] for code, names in branches().items()}
    if found.name in PLANNED:
        listed = checks.planned(plan_year, own().targets, with_targets=PLANNED[found.name])
        return {code: names[language()] for code, names in listed.items()}
    name = found.list or NAMED_TEXT.get(found.name)
    both = records.code_names(name, own()) if name else {}
    return {code: names[language() == "en"] for code, names in both.items() if code != "unknown"}


def in_words(found: Field, value: Any, plan_year: int | None = None) -> str:
    """Return a value as it is read."""
    if value is None:
        return text.NOTHING
    if isinstance(value, bool):
        return t("template.yes") if value else t("template.no")
    if found.kind == "day":
        return text.day(date.fromisoformat(str(value)), language())
    if found.kind == "time":
        return str(value)[:5]
    if isinstance(value, float):
        return f"{value:,.6g}" if abs(value) < 10**6 else text.exact(value, language())
    if isinstance(value, int):
        return str(value) if found.name == "plan_year" else text.exact(value, language())
    return names_of(found, plan_year).get(value, str(value))


def values_in_words(values: Values, names: Sequence[str]) -> list[str]:
    """Return the fields of a row in words; a number has its field's name before it."""
    words = []
    for name in names:
        found = kind().fields[name]
        if values[name] is None:
            continue
        value = in_words(found, values[name], values.get("plan_year"))
        is_clear = found.kind == "branch" or (
            found.kind in ("day", "text", "code") and name in kind().key
        )
        words.append(value if is_clear else t("registers.pair", name=label_of(found), value=value))
    return words


def key_in_words(values: Mapping[str, Any]) -> str:
    """Return the key of a row in words, its day first."""
    names = sorted(kind().key, key=lambda name: kind().fields[name].kind != "day")
    return " · ".join(values_in_words(dict(values), [n for n in names if n in values]))


def token(values: Values) -> str:
    """Return the key of a row as one text."""
    return json.dumps(registers.key_of(kind(), values), ensure_ascii=False, sort_keys=True)


def local(moment: datetime) -> str:
    """Return a moment of the journal, which is in UTC, as the library's clock shows it."""
    there = about.local(moment, own())
    return f"{text.day(there.date(), language())} {there:%H:%M}"


def who(row: Mapping[str, Any]) -> tuple[str, str]:
    """Return who stated a row, and when; of a loaded one its file and who loaded it."""
    if row["stated_by"] is not None:
        return row["stated_by"], local(row["stated_at"])
    if row["file_names"] is not None:
        loaded = f"{text.day(row['loaded_at'].date(), language())} {row['loaded_at']:%H:%M}"
        by = row["loaded_by"] or text.NOTHING
        return row["file_names"], t("registers.loaded_by", who=by, when=loaded)
    return (t("registers.is_simulated") if facts()["is_simulated"] else text.NOTHING), ""


# --- narrowed down


def narrowed(rows: pl.DataFrame, wanted: str) -> pl.DataFrame:
    """Return the rows in which every one of the words stands, in a value or in its name."""
    for word in wanted.casefold().split():
        tests = [_holds(rows, found, word) for found in kind().fields.values()]
        tests.append(_has(pl.col("stated_by"), word) | _has(pl.col("file_names"), word))
        rows = rows.filter(reduce(lambda one, other: one | other, tests))
    return rows


def _holds(rows: pl.DataFrame, found: Field, word: str) -> pl.Expr:
    column = pl.col(found.column_name)
    years = rows["plan_year"].unique().to_list() if found.name in PLANNED else [None]
    codes = [
        code
        for year in years
        for code, name in names_of(found, year).items()
        if word in name.casefold()
    ]
    return _has(column, word) | (column.is_in(codes).fill_null(False) if codes else pl.lit(False))


def _has(column: pl.Expr, word: str) -> pl.Expr:
    as_text = column.cast(pl.String).str.to_lowercase()
    return as_text.str.contains(word, literal=True).fill_null(False)
