"""Reading points inspected, and what became of what was found."""

from typing import Any

import polars as pl

from guanqing import activity_headlines as headlines
from guanqing import text
from guanqing.figures.activities.lists import listed
from guanqing.figures.blocks import Cell
from guanqing.figures.figure import Content, content, figure
from guanqing.figures.markup import dated, toned, written
from guanqing.figures.view import View

TONES = {
    "overdue": ("bad", "▼"),
    "running": ("go", "◐"),
    "open": ("go", "◐"),
    "late": ("doubt", "✔"),
    "in_time": ("good", "✔"),
    "done": ("good", "✔"),
    "withdrawn": ("", "—"),
}


@figure("inspection")
def inspections_made(view: View) -> Content:
    """List the reading points where something was found, what is overdue first."""
    made = view.ask("inspections_made")
    headline = view.say(headlines.inspections(made))
    if made.is_empty():
        return content(headline, view.nothing())
    found = made.filter(pl.col("state") != "sound")
    columns = [
        (view.t("activities.point"), ""),
        (view.t("activities.found"), ""),
        (view.t("activities.by"), "n wide"),
        (view.t("activities.state"), "s"),
    ]
    rows = [_inspection(view, row) for row in found.to_dicts()]
    sound = made.height - found.height
    return content(
        headline,
        listed(columns, rows) if rows else None,
        view.note("activities.sound", count=sound) if sound else None,
    )


def _inspection(view: View, row: dict[str, Any]) -> list[Cell]:
    tone, sign = TONES[row["state"]]
    words = view.t(f"activities.inspection_{row['state']}")
    if row["overdue_days"]:
        words += view.t("activities.for_days", days=str(row["overdue_days"]))
    return [
        written(row["point"]),
        written(row["finding"]),
        dated(row["rectify_by"], view) or text.NOTHING,
        toned(f"{sign} {words}", tone),
    ]
