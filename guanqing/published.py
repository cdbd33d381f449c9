"""What the library printed about a year, as figures that can be held against the data."""

from datetime import date
from pathlib import Path
from typing import Any

from guanqing import datafiles
from guanqing.paths import DATA

# How a printed number binds: exactly, to the printed decimals; or as a lower bound.
EQUAL, OVER, AT_LEAST = "equal", "over", "at_least"


def load(year: int, folder: Path = DATA / "published") -> dict[str, Any]:
    """Return data/published/<year>.toml as it stands."""
    return datafiles.reads(folder / f"{year}.toml", may_go=True)(_readable)()


def _readable(report: dict[str, Any]) -> dict[str, Any]:
    _figures(report)  # raises where something is missing
    return report


def years(folder: Path = DATA / "published") -> list[int]:
    """Return the years the library has published a report for."""
    return sorted(int(path.stem) for path in folder.glob("*.toml"))


def figures(year: int) -> list[dict[str, Any]]:
    """Return a year's printed figures, one row each.

    Keys: figure_code, subject (a class or a rank, else null), published_value, relation, decimals
    (of a share; 0 of a count), first_day, last_day.
    """
    return _figures(load(year))


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
    # "10110 and a few more": the words bind from below only.
    issued = int(report["cards"]["issued"].split()[0])
    rows.append(_figure("issued_count", issued, relation=AT_LEAST, **span))
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
