"""What was entered, corrected and taken away: by whom, when, from what to what, and why."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from guanqing import registers, text
from guanqing.figures import Answer
from guanqing.figures.blocks import Table
from guanqing.figures.markup import fill, joined, written
from guanqing.registers import Values
from guanqing.ui.registers.rows import (
    in_words,
    key_in_words,
    kind,
    label_of,
    local,
    token,
    values_in_words,
)
from guanqing.ui.shell.guarding import guarded
from guanqing.ui.shell.library import asked
from guanqing.ui.shell.session import t
from guanqing.ui.widgets.blocks import note
from guanqing.ui.widgets.panels import work
from guanqing.ui.widgets.tables import table

SHOWN = 30


@dataclass(frozen=True)
class Entered:
    """One entry of the journal, as Entry there: what was entered about a row."""

    by: str
    at: datetime  # UTC
    key: Values
    was: Values | None  # None: no row
    values: Values | None  # None: the row was taken away
    why: str


def answered() -> Answer:
    """Return what was entered in the register that is shown, as the query answers it."""
    return asked("register_history", register=kind().code)


def entries() -> list[Entered]:
    """Return what was entered in the register that is shown, the newest first."""
    return [
        Entered(
            by=row["entered_by"],
            at=row["entered_at"],
            key=json.loads(row["key_json"]),
            was=row["was_json"] and json.loads(row["was_json"]),
            values=row["values_json"] and json.loads(row["values_json"]),
            why=row["why"],
        )
        for row in answered().frame.to_dicts()
    ]


def corrected() -> dict[str, int]:
    """Return how often each row was corrected: token of its key -> times."""
    return Counter(token(entry.values) for entry in entries() if entry.was and entry.values)


def _headline(found: Sequence[Entered]) -> str:
    """Return in one line how much was typed into the register."""
    if not found:
        return t("registers.no_history")
    by = len({entry.by for entry in found})
    return t("registers.history", count=len(found), people=by)


@guarded("register_history")
def register_history() -> None:
    """Draw the entries of the register, the newest first."""
    found = entries()
    with work("entries", _headline(found), "records", [answered()]):
        if found:
            _draw(found)
        else:
            note(t("registers.no_history_hint"))


def history_of_row(row: Values) -> None:
    """Draw the entries about one row, those under its earlier keys too."""
    found, keys = [], {token(row)}
    for entry in entries():
        rows = {token(values) for values in (entry.values, entry.was) if values}
        if keys & rows:
            keys |= rows
            found.append(entry)
    if found:
        note(t("registers.history_of_row"))
        _draw(found)


def _draw(found: Sequence[Entered]) -> None:
    heads = [(t("registers.when"), ""), (t("registers.what"), "")]
    rows = [[_when(entry), _what(entry)] for entry in found[:SHOWN]]
    table(Table(heads, rows), style="gq-register", of=len(found))


def _when(entry: Entered) -> Markup:
    return written(entry.by) + Markup('<div class="why">{}</div>').format(local(entry.at))


def _what(entry: Entered) -> Markup:
    now, was = entry.values, entry.was
    small: list[str] = []
    if now and not was:
        small.append(joined(*values_in_words(now, [n for n in now if n not in kind().key])))
    if entry.why:
        small.append(t("registers.pair", name=t("registers.why"), value=entry.why))
    return fill(
        "entry",
        mark=change_mark("taken" if now is None else "changed" if was else "added"),
        row=key_in_words(now or was or entry.key),
        changes=changes_of(was, now) if now and was else "",
        small=small,
    )


def change_mark(done: str) -> Markup:
    """Return the mark of a row that was added, changed or taken."""
    form = Markup('<span class="mark {}">{}</span>')
    return form.format(done, t(f"registers.done_{done}"))


def changes_of(was: Values, now: Values) -> str:
    """Return what differs between two rows, in words."""
    fields = kind().fields
    parts = []
    for name, before, after in registers.differences(was, now):
        if name in fields:
            old = in_words(fields[name], before, was.get("plan_year"))
            new = in_words(fields[name], after, now.get("plan_year"))
            parts.append(t("registers.change", name=label_of(fields[name]), before=old, after=new))
    return t("registers.semicolon").join(parts) or text.NOTHING
