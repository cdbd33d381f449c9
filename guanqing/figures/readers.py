"""Who borrows: the leaderboard, how concentrated reading is, what groups, who is new."""

from typing import Any

from guanqing import charts, headlines, text
from guanqing.access import names_key
from guanqing.figures.blocks import Cell, Chart, Columns, Note, Table
from guanqing.figures.figure import Content, content, figure
from guanqing.figures.markup import strong
from guanqing.figures.over_time import trend
from guanqing.figures.view import View

DIMENSIONS = ("reader_type", "sex", "age_band")


@figure("loan_count")
def top_borrowers(view: View) -> Content:
    """List the largest readers, masked; by name only where the view shows names."""
    borrowers = view.ask("top_borrowers")
    headline = view.say(headlines.leader(borrowers))
    if borrowers.is_empty() and not view.look_up("reader_headline")["borrower_count"][0]:
        return content(headline, view.nothing())
    if borrowers.is_empty():
        # so few that a list would say who was here
        return content(view.t("readers.too_few", floor=view.filters["floor"]), view.nothing())
    known = borrowers["reader_id"].drop_nulls().to_list()
    labels = view.look_up("reader_labels", readers=known)
    rows = borrowers.join(labels, on="reader_id", how="left", maintain_order="left")
    columns = [
        (view.t("readers.rank"), "n"),
        (view.t("readers.reader"), ""),
        *([(view.t("readers.card"), "")] if view.names else []),
        (view.t("readers.type"), ""),
        (view.t("readers.home"), "wide"),
        (view.t("readers.loans"), "n"),
    ]
    leaders = rows.to_dicts()
    return content(
        headline, Table(columns, [_leader(view, row) for row in leaders]), *_unnamed(view, leaders)
    )


def _unnamed(view: View, leaders: list[dict[str, Any]]) -> list[Note]:
    """Say why readers stay masks where names are shown."""
    if view.names is None:
        return []
    locked = sum(view.names.is_locked(row) for row in leaders)
    if locked:
        return [view.note("readers.names_locked", path=names_key.path())]
    masks = sum(view.names.of(row) is None for row in leaders)
    return [view.note("readers.not_named", count=view.count(masks))] if masks else []


def _leader(view: View, row: dict[str, Any]) -> list[Cell]:
    if row["reader_id"] is None:  # a rank that too many share
        masked = view.t("readers.tied", count=row["tied_count"])
    else:
        masked = row["masked_name"] or view.t("readers.number", number=str(row["reader_id"]))
    name, card = (view.names and view.names.of(row)) or (masked, text.NOTHING)
    return [
        str(row["rank"]),
        name,
        *([card] if view.names else []),
        text.pick(row, "type_name", view.language) or text.NOTHING,
        text.pick(row, "branch_name", view.language) or text.NOTHING,
        strong(view.count(row["loan_count"])),
    ]


@figure("loan_share")
def reading_concentration(view: View) -> Content:
    """Draw the share of loans made by the busiest readers."""
    curve = view.ask("reading_concentration")
    headline = view.say(headlines.concentration(curve))
    point = headlines.tenth(curve)
    if point is None:
        return content(headline, view.nothing())
    drawn = charts.concentration(
        curve,
        (view.t("readers.of_borrowers"), view.t("readers.of_loans")),
        (*point, view.t("readers.tenth", borrowers=point[0], loans=point[1])),
        view.look,
        height=view.height,
    )
    return content(headline, Chart(drawn, view.t("alt.concentration")))


@figure("new_borrower_count")
def new_borrowers_by_month(view: View) -> Content:
    """Draw how many borrowed for the first time, by month."""
    months = view.ask("borrowers_by_month")
    drawn = trend(view, months, "new_borrower_count", every=2)
    first = view.facts["first_day"]
    begun = first if first and view.filters["start_date"] <= first else None
    return content(view.say(headlines.new_borrowers(months, begun)), *drawn)


@figure("loan_share")
def borrowers_by_group(view: View) -> Content:
    """List borrowers and their share of loans by type, sex and age band, side by side."""
    groups = view.ask("borrowers_by_group")
    types = groups.filter(dimension="reader_type")
    name = view.named("group_name")
    found = headlines.largest(types, "finding.top_group", "group_code", name, "loan_share")
    headline = view.say(found)
    if groups.is_empty():
        return content(headline, view.nothing())
    tables = [
        Table(
            [
                (view.t(f"readers.{dimension}"), ""),
                (view.t("readers.borrowers"), "n"),
                (view.t("readers.share"), "n"),
            ],
            [_group(view, row) for row in groups.filter(dimension=dimension).to_dicts()],
        )
        for dimension in DIMENSIONS
    ]
    return content(headline, Columns(tables))


def _group(view: View, row: dict[str, Any]) -> list[Cell]:
    name = row[view.named("group_name")]
    if row["borrower_count"] is None:
        return [name, view.t("readers.hidden"), text.NOTHING]
    return [name, view.count(row["borrower_count"]), view.share(row["loan_share"])]
