"""The account of a load: an equation for each file, and the rules that touched it."""

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from guanqing import text
from guanqing.figures.blocks import Cell, Table
from guanqing.figures.markup import fill, small, strong, table, toned
from guanqing.figures.view import View
from guanqing.intake.validation.rules import Rule, rules
from guanqing.records import kinds

PARTS = ("loaded", "repaired", "refused", "set_aside", "already_there")
ORDER = ("refused", "set_aside", "repaired", "noted")  # what asks for a hand comes first


def equation(view: View, files: Sequence[Mapping[str, Any]]) -> Markup:
    """Return read = loaded + repaired + refused + set aside + already there, a file a row.

    files have file_name, record_kind and a count of lines by each of those names (line_count ...).
    """
    heads = [(view.t("sources.file"), ""), ("", "bar wide"), (view.t("sources.line_count"), "n")]
    heads += [(view.t(f"sources.{part}_count"), f"n part {part}") for part in PARTS]
    rows = [_row(view, file, _called(view, file)) for file in files]
    if len(files) > 1:
        names = ("line_count", *(f"{part}_count" for part in PARTS))
        total = {name: sum(file[name] for file in files) for name in names}
        rows.append(_row(view, total, strong(view.t("sources.total"))))
    return Markup('<div class="gq gq-equation">{}</div>').format(table(Table(heads, rows)))


def _called(view: View, file: Mapping[str, Any]) -> Markup:
    kind = kinds().get(file["record_kind"])
    words = kind.name[view.language] if kind else ""
    return Markup('{}<div class="why">{}</div>').format(file["file_name"], words)


def _row(view: View, file: Mapping[str, Any], name: Markup) -> list[Cell]:
    counts = [file[f"{part}_count"] for part in PARTS]
    what = Markup('{}<span class="what">{}</span>')
    term = Markup('<span class="sign">{}</span> {}')
    cells: list[Cell] = [
        name,
        fill("stack", parts=PARTS, counts=counts, whole=file["line_count"]),
        what.format(_exact(view, file["line_count"]), view.t("sources.line_count")),
    ]
    for count, part in zip(counts, PARTS, strict=True):
        number = term.format("=" if part == PARTS[0] else "+", _exact(view, count))
        cells.append(what.format(number, view.t(f"sources.{part}_count")))
    return cells


def _exact(view: View, count: int) -> Cell:
    shown = text.exact(count, view.language)
    return shown if count else small(shown)


def rules_touched(
    view: View, counts: Mapping[str, int], *, is_brief: bool = False
) -> Markup | None:
    """Return how many lines met each rule, and what the rule does; brief: the why on hover only."""
    known = rules()
    found = sorted(
        (code for code in counts if code in known),
        key=lambda code: (ORDER.index(_outcome(code)), -counts[code]),
    )
    if not found:
        return None
    columns = [
        (view.t("sources.rule"), ""),
        (view.t("sources.outcome"), "s"),
        (view.t("sources.rule_lines"), "n"),
    ]
    rows: list[list[Cell]] = [
        [
            _named(view, known[code], is_brief),
            toned(
                view.t(f"outcome.{_outcome(code)}"), "bad" if _outcome(code) == "refused" else ""
            ),
            text.exact(counts[code], view.language),
        ]
        for code in found
    ]
    return Markup('<div class="gq gq-below">{}</div>').format(table(Table(columns, rows)))


def _named(view: View, rule: Rule, is_brief: bool) -> Markup:
    form = '<span title="{why}">{name}</span>' if is_brief else '{name}<div class="why">{why}</div>'
    name, why = rule.name[view.language], rule.explanation[view.language]
    return Markup(form).format(name=name, why=why)


def _outcome(code: str) -> str:
    outcome = rules()[code].outcome
    return outcome if outcome in ORDER else "noted"
