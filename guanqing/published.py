"""What the library printed about a year, as figures that can be held against the data."""

from datetime import date
from pathlib import Path
from typing import Any

from guanqing import datafiles

# How a printed number binds: exactly, to the printed decimals; as a lower bound; or to its last
# digit that is not 0: "10,110余" is 10,110 to 10,119.
EQUAL, OVER, AND_MORE = "equal", "over", "and_more"


def load(year: int, folder: Path) -> dict[str, Any]:
    """Return <year>.toml of a library's folder of what it printed, as it stands."""
    return datafiles.reads(folder / f"{year}.toml", may_go=True)(_readable)()


def _readable(report: dict[str, Any]) -> dict[str, Any]:
    _figures(report)  # raises where something is missing
    return report


def years(folder: Path) -> list[int]:
    """Return the years the library has published a report for."""
    return sorted(int(path.stem) for path in folder.glob("*.toml"))


def figures(year: int, folder: Path) -> list[dict[str, Any]]:
    """Return a year's printed figures, one row each.

    Keys: figure_code, subject (a class or a rank, else null), published_value, relation, first_day,
    last_day, decimals (of a share; 0 of a count, below 0 of one "and more").
    """
    return _figures(load(year, folder))


def _figures(report: dict[str, Any]) -> list[dict[str, Any]]:
    circulation = report["circulation"]
    span = {"first_day": circulation["from"], "last_day": circulation["to"]}
    rows = [_figure("loan_count", circulation["loans"], **span)]
    rows += [_class_share(entry, span) for entry in circulation["top_classes"]]
    rows += [
        _figure("reader_loan_count", reader["loans"], subject=str(reader["rank"]), **span)
        for reader in report["leaderboard"]["readers"]
        if "loans" in reader  # ranks 9 and 10 are printed without a count
    ]
    rows.append(_and_more("issued_count", report["cards"]["issued"], span))
    rows.append(_figure("cancelled_count", report["cards"]["cancelled"], **span))
    overview = report["overview"]
    rows += [
        _figure(code, overview[code], **span)
        for code in (
            "holdings_books",
            "holdings_children_books",
            "holdings_braille",
            "holdings_audiovisual_sets",
            "holdings_periodicals",
            "digital_tb",
            "floor_area_m2",
            "seats",
        )
    ]
    rows.append(_figure("network_libraries", report["library"]["network_libraries"], **span))
    return rows


def _class_share(entry: dict[str, Any], span: dict[str, date]) -> dict[str, Any]:
    share = entry["share"]
    relation = EQUAL
    if isinstance(share, str):  # "over 0.50"
        share, relation = float(share.removeprefix("over ")), OVER
    return _figure(
        "class_share", share, subject=entry["class"], relation=relation, decimals=4, **span
    )


def _and_more(code: str, printed: str | int, span: dict[str, date]) -> dict[str, Any]:
    """Return a figure that may be printed as "10110 and a few more"."""
    number, *more = str(printed).split()
    figure = _figure(code, int(number), **span)  # type: ignore[arg-type]
    if more:
        zeros = len(number) - len(number.rstrip("0"))
        figure |= {"relation": AND_MORE, "decimals": -zeros}
    return figure


def _figure(
    code: str,
    value: float,
    *,
    first_day: date,
    last_day: date,
    subject: str | None = None,
    relation: str = EQUAL,
    decimals: int = 0,
) -> dict[str, Any]:
    return {
        "figure_code": code,
        "subject": subject,
        "published_value": float(value),
        "relation": relation,
        "decimals": decimals,
        "first_day": first_day,
        "last_day": last_day,
    }
