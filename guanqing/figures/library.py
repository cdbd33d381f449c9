"""What stands behind the figures: the tables, the last load, and the printed report."""

from typing import Any

from guanqing import text
from guanqing.figures.account import equation, rules_touched
from guanqing.figures.blocks import Cell, Link, Note, Table
from guanqing.figures.figure import Content, content, figure
from guanqing.figures.markup import toned
from guanqing.figures.view import View

VERDICTS = {"equal": ("✔", "good"), "different": ("✖", "bad"), "not_covered": ("○", "")}
ABOUT_LOADS = ("loads", "load_rules", "settings")  # tables that hold nothing of the library


@figure("records")
def table_counts(view: View) -> Content:
    """List what the library holds, table by table, and what it assumes."""
    about = view.facts
    covered = None
    if about["first_day"] is not None:
        covered = view.note(
            "sources.covers",
            first_day=about["first_day"],
            last_day=about["last_day"],
            layout=about["layout"],
        )
    counts = {
        row["table_name"]: row["row_count"]
        for row in view.ask("table_counts").to_dicts()
        if row["row_count"] and row["table_name"] not in ABOUT_LOADS
    }
    rows: list[list[Cell]] = [
        [view.t(f"table.{name}"), view.count(count)] for name, count in counts.items()
    ]
    half = -(-len(rows) // 2)
    right = [*rows[half:], ["", ""]]
    pairs = [[*left, *right[i]] for i, left in enumerate(rows[:half])]
    heads = [(view.t("sources.table"), ""), (view.t("sources.rows"), "n")]
    assumed = [_assumed(view, row) for row in view.cite("assumptions").to_dicts()]
    headline = view.t("sources.facts", day=about["loaded_at"].date())
    cases = sum(counts.values())
    return content(headline, covered, Table(heads * 2, pairs), *assumed, cases=cases)


def _assumed(view: View, row: dict[str, Any]) -> Note:
    return view.note(
        "sources.setting" if row["value"] is not None else "sources.setting_missing",
        name=view.t(f"setting.{row['setting_code']}"),
        value=view.count(row["value"]),
        source=text.pick(row, "source", view.language),
    )


@figure("records")
def load_account(view: View) -> Content:
    """Draw what became of every line of the newest load, and the rules its lines met."""
    files = view.ask("load_account").to_dicts()
    met = {row["rule_code"]: row["line_count"] for row in view.ask("rules_applied").to_dicts()}
    return content(
        view.t("sources.load"),
        equation(view, files) if files else view.note("sources.no_files"),
        rules_touched(view, met, is_brief=True),
        Link(view.t("sources.to_loading"), "pages/library/loading.py", icon="arrow_forward"),
        cases=sum(file["line_count"] for file in files),
    )


@figure("published")
def reconciliation(view: View) -> Content:
    """List printed figures beside computed ones, whether they agree, and why not."""
    rows = view.ask("reconciliation", figures=None).to_dicts()
    covered = [row for row in rows if row["verdict"] != "not_covered"]
    if not rows:
        return content(view.t("sources.nothing_printed"), Note(view.t("sources.how_to_print")))
    equal = sum(row["verdict"] == "equal" for row in covered)
    key = "sources.reconciled_simulated" if view.facts["is_simulated"] else "sources.reconciled"
    headline = view.t(key, equal=equal, count=len(covered))
    return content(headline if covered else view.t("sources.not_covered"), _printed(view, rows))


@figure("rollups")
def rollups_checked(view: View) -> Content:
    """List each roll-up beside the same counted from its events, and whether they agree."""
    rows = view.ask("rollups_checked").to_dicts()
    wrong = sum(row["verdict"] == "different" for row in rows)
    key = "sources.rollups_different" if wrong else "sources.rollups_equal"
    columns = [
        (view.t("sources.rollup"), ""),
        (view.t("sources.in_rollup"), "n"),
        (view.t("sources.in_events"), "n"),
        (view.t("sources.verdict"), "s"),
    ]
    listed: list[list[Cell]] = [
        [
            view.t(f"rollup.{row['rollup_code']}"),
            text.exact(row["rollup_count"], view.language),
            text.exact(row["event_count"], view.language),
            _verdict(view, row["verdict"]),
        ]
        for row in rows
    ]
    headline = view.t(key, count=len(rows), wrong=wrong)
    return content(headline, Table(columns, listed), cases=len(rows))


@figure("published")
def class_shares_published(view: View) -> Content:
    """List the printed shares of classes beside the computed ones."""
    rows = view.ask("reconciliation", figures=["class_share"]).to_dicts()
    return content(view.t("classes.published"), _printed(view, rows))


def _printed(view: View, rows: list[dict[str, Any]]) -> Table | Note:
    if not rows:
        return Note(view.t("sources.nothing_printed"))
    columns = [
        (view.t("sources.figure"), ""),
        (view.t("sources.published"), "n"),
        (view.t("sources.computed"), "n"),
        (view.t("sources.verdict"), "s"),
    ]
    listed: list[list[Cell]] = []
    for row in rows:
        printed = _number(view, row["published_value"], row["decimals"])
        listed.append(
            [
                view.t(f"published.{row['figure_code']}", subject=row["subject"] or ""),
                view.t(f"relation.{row['relation']}", number=printed),
                _number(view, row["computed_value"], row["decimals"]),
                _verdict(view, row["verdict"]),
            ]
        )
    return Table(columns, listed)


def _verdict(view: View, verdict: str) -> Cell:
    icon, tone = VERDICTS[verdict]
    return toned(f"{icon}\u00a0{view.t('verdict.' + verdict)}", tone)


def _number(view: View, value: float | None, decimals: int) -> str:
    """Return a figure to the unit: a reconciliation must not round."""
    if value is None:
        return text.NOTHING
    if decimals > 0:
        return text.share(value, view.language, decimals=2)
    return text.exact(value, view.language)
