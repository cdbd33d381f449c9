"""Rows pasted from a worksheet: read by the rules of a load, each line accounted for.

What is read here is not loaded: a person looks at it first, and what is confirmed is entered
(guanqing.registers.journal) as if it had been typed.
"""

import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from guanqing import plan, registers
from guanqing.access import names_key
from guanqing.intake import accounts, layouts, merging, sealing
from guanqing.intake.decoding import Text
from guanqing.intake.decoding.columns import delimiter_and_quote
from guanqing.intake.decoding.text import FIRST_LINES
from guanqing.intake.layouts import Layout
from guanqing.intake.layouts.sources import Source, plain
from guanqing.intake.publishing import resolving
from guanqing.intake.reading import source_matching, staging, values
from guanqing.intake.reading.source_matching import Opened
from guanqing.intake.validation import rules
from guanqing.own import NOBODYS, Own
from guanqing.problems import Problem
from guanqing.records import Kind
from guanqing.registers import checks
from guanqing.registers.checks import Fault, Names
from guanqing.registers.journal import Values

MOST_LINES = 5000  # more belongs in a file
NO_TEXT = str.maketrans(dict.fromkeys("\0\1\2", " "))
CODES_BY_NAME = {"milestone": False, "target": True}  # -> whether targets are meant too


@dataclass(frozen=True)
class Row:
    """A line that can be entered, and what the person should know about it."""

    line: int
    values: Values
    notes: tuple["Remark", ...] = ()


@dataclass(frozen=True)
class Remark:
    """What there is to say of a line: a rule of data/rules.toml or data/checks.toml."""

    line: int
    column: str | None  # as the person calls it; None: the line as a whole
    value: str | None
    rule: str
    words: dict[str, str]  # zh, en


@dataclass(frozen=True)
class Pasted:
    """Every line: a row, refused, or set aside (blank, the header, totals, said twice)."""

    line_count: int
    has_header: bool
    columns: frozenset[str] = frozenset()  # fields that were given; of the others nothing is said
    rows: tuple[Row, ...] = ()
    refused: tuple[Remark, ...] = ()
    aside: tuple[Remark, ...] = ()


@dataclass(frozen=True)
class Known:
    """What of the library a row is held against."""

    branches: Names = field(default_factory=dict)
    default_branch: str | None = None  # of a row that names none
    own: Own = NOBODYS  # where its plan stands
    others: tuple[Values, ...] = ()  # rows of opening hours that pasted ones must stand apart from


def read(kind: Kind, pasted: str, known: Known, *, name: str, language: str = "zh") -> Pasted:
    """Return what pasted text says about a register.

    Without a line of headers the columns are those of data/records.toml, in their order. name is
    what the text is called in a Problem: paste_too_long, paste_column_missing, column_twice.
    """
    text = pasted.replace("\r\n", "\n").replace("\r", "\n").translate(NO_TEXT).rstrip("\n")
    if not text.strip():
        return Pasted(0, has_header=False)
    lines = text.split("\n")
    if len(lines) > MOST_LINES:
        raise Problem("paste_too_long", count=len(lines), most=MOST_LINES)
    layout = replace(layouts.read("plain"), its=known.own)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "pasted.txt"
        path.write_text(text + "\n", encoding="utf-8")
        opened = _open(_text(name, path, lines), _source(kind, known), layout, language)
        with duckdb.connect() as connection:
            staged = _staged(connection, opened, layout, Path(folder))
    return _judged(staged, opened, known)


def _text(name: str, path: Path, lines: list[str]) -> Text:
    first = tuple(lines[:FIRST_LINES])
    has_tabs = any("\t" in line for line in lines)  # a worksheet gives them; titles hold commas
    delimiter, quote = ("\t", '"') if has_tabs else delimiter_and_quote(first)
    now = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
    return Text(name, path, "utf-8", delimiter, quote, now, first)


def _source(kind: Kind, known: Known) -> Source:
    """Return the plain source of a kind; branches and the plan may also be called by name."""
    (source,) = [found for found in plain(known.own) if found.kind == kind]
    named: dict[str, Names] = {"branch": known.branches} if "branch" in kind.fields else {}
    for name, with_targets in CODES_BY_NAME.items():
        if name in kind.fields:
            named[name] = {
                code: names
                for year in plan.years(known.own.targets)
                for code, names in checks.planned(
                    year, known.own.targets, with_targets=with_targets
                ).items()
            }
    codes = {
        name: {word: code for code, both in listed.items() for word in (*both.values(), code)}
        for name, listed in named.items()
        if listed
    }
    return replace(source, codes=source.codes | codes)


def _open(text: Text, source: Source, layout: Layout, language: str) -> Opened:
    attempt = source_matching.attempt_at(text, replace(layout, sources=(source,)))
    if attempt is None:
        return _without_header(text, source, language)
    if attempt.missing:
        raise Problem(
            "paste_column_missing",
            column=attempt.missing[0].split(" / ")[0 if language == "zh" else 1],
            columns=", ".join(filter(None, attempt.opened.header)),
        )
    source_matching.require_once(attempt.opened)
    return attempt.opened


def _without_header(text: Text, source: Source, language: str) -> Opened:
    names = list(source.kind.fields)
    widths = [len(line.split(text.delimiter)) for line in text.first_lines if line.strip()]
    # the last columns may have been left out; those in between cannot
    width = min(max(widths), len(names))
    fields = source.kind.fields
    if lacking := [name for name in names[width:] if fields[name].needed]:
        raise Problem(
            "paste_column_missing",
            column=getattr(fields[lacking[0]], language),
            columns=", ".join(getattr(fields[name], language) for name in names[:width]),
        )
    header = tuple(getattr(fields[name], language) for name in names[:width])
    places: dict[str, tuple[int, ...]] = {
        name: (place,) for place, name in enumerate(names[:width], 1)
    }
    return Opened(text, source, header, 0, text.delimiter, text.quote, places)


@dataclass(frozen=True)
class _Staged:
    line_count: int
    rows: list[dict[str, Any]]
    left_out: list[tuple[int, str, str | None, str | None]]  # line, rule, field, value


def _staged(
    connection: duckdb.DuckDBPyConnection, opened: Opened, layout: Layout, scratch: Path
) -> _Staged:
    """Read the lines as a load does, and settle those that speak of one key."""
    kind = opened.source.kind
    table = f"records.{kind.code}"
    keys = names_key.throwaway()  # nothing of it is kept, but what reads lines seals them
    sealing.define(connection, keys)
    connection.execute("set TimeZone = 'UTC'")
    connection.execute("attach ':memory:' as records")
    connection.execute(accounts.LEFT_OUT)
    for macro in values.macros(layout, resolving.facts_of(layout)["zone"]):
        connection.execute(macro)
    staging.create(connection, kind, is_read=True)
    line_count = staging.stage(connection, opened, 0, layout, scratch)
    connection.execute(
        "insert into left_out by name select line_number, fault_rule as rule_code, "
        f"fault_field as field, fault_value as value from {table} where fault_rule is not null"
    )
    connection.execute(f"delete from {table} where fault_rule is not null")
    merging.merge(connection, kind)
    staging.find_again(connection, opened, 0, scratch)
    left_out = [
        (*of_it, value and keys.open(value))
        for *of_it, value in connection.execute(
            "select line_number, rule_code, field, value from left_out order by line_number"
        ).fetchall()
    ]
    found = connection.execute(f"select * from {table} order by line_number")
    names = [column[0] for column in found.description or ()]
    rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    for row in rows:
        row["unmapped"] = [
            code | {"value": keys.open(code["value"])} for code in row["unmapped"] or ()
        ]
    return _Staged(line_count, rows, left_out)


def _judged(staged: _Staged, opened: Opened, known: Known) -> Pasted:
    """Hold the rows against the checks; they must stand apart from one another too."""
    kind = opened.source.kind
    rows: list[Row] = []
    refused: list[Remark] = []
    aside: list[Remark] = []
    for line, code, name, value in staged.left_out:
        remark = _remark(line, opened.column(name), value, code)
        is_refused = rules.rules()[code].outcome == rules.REFUSED
        (refused if is_refused else aside).append(remark)
    taken = list(known.others)
    for row in staged.rows:
        given = {name: row[name] for name in kind.fields if name in opened.places}
        filled = registers.complete(kind, given, default_branch=known.default_branch)
        key = registers.key_of(kind, filled)
        others = [other for other in taken if registers.key_of(kind, other) != key]
        faults = checks.check(
            kind, filled, targets=known.own.targets, branches=known.branches, others=others
        )
        found = [_of_check(row["line_number"], fault, opened) for fault in faults]
        if checks.refusals(faults):
            refused.append(found[0])
            continue
        taken = [*others, filled]
        notes = [*_notes(row, opened), *found]
        rows.append(Row(row["line_number"], filled, tuple(notes)))
    in_order = sorted(refused, key=lambda remark: remark.line)
    if opened.header_line:  # which a load does not count among its lines, but a person does
        aside.append(_remark(opened.header_line, None, None, "repeated_header"))
    line_count = staged.line_count + bool(opened.header_line)
    if line_count != len(rows) + len(refused) + len(aside):
        raise ValueError(f"{line_count} lines: {len(rows)}, {len(refused)}, {len(aside)}")
    return Pasted(
        line_count,
        bool(opened.header_line),
        frozenset(opened.places),
        tuple(rows),
        tuple(in_order),
        tuple(aside),
    )


def _remark(line: int, column: str | None, value: str | None, code: str) -> Remark:
    rule = rules.rules()[code]
    words = {language: f"{rule.name[language]}" for language in rule.name}
    return Remark(line, column, value, code, words)


def _of_check(line: int, fault: Fault, opened: Opened) -> Remark:
    value = None if fault.value is None else str(fault.value)
    return Remark(line, opened.column(fault.field), value, fault.code, fault.words)


def _notes(row: Mapping[str, Any], opened: Opened) -> Iterable[Remark]:
    """Yield what had to be done to read a line, and the codes in it that nobody knows."""
    line = row["line_number"]
    for code in row["unmapped"]:
        yield _remark(line, opened.column(code["field"]), code["value"], "unmapped_code")
    for code, bit in values.BIT.items():
        if row["marks"] & bit and code != "unmapped_code":
            yield _remark(line, None, None, code)
