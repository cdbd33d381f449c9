"""What the columns of a template ask for: their order, choices and examples."""

from datetime import date, datetime, time

from guanqing.own import NOBODYS, Own
from guanqing.records import Field, Kind, code_names
from guanqing.text import translate

# Keys into other files of the same system, and what months in a header are gathered into.
OF_SYSTEMS = {"parent", "call_number_id", "period", "by_month"}
SHEET_NAME_SIGNS = 31  # Excel allows no more
# Whatever is not here stays as it is typed: no number that loses its zeros, no 2019-1 that becomes
# a date.
CELLS = {
    "stamp": "yyyy-mm-dd hh:mm:ss",
    "day": "yyyy-mm-dd",
    "month": "yyyy-mm",
    "time": "hh:mm",
    "count": "0",
    "number": "General",
}
TEXT = "@"
FORMS = {"stamp": "%Y-%m-%d %H:%M:%S", "day": "%Y-%m-%d", "month": "%Y-%m", "time": "%H:%M"}

Cell = str | int | float | date | datetime | time | None


def fields_of(kind: Kind) -> list[Field]:
    """Return the fields a template asks for, in the order of its columns."""
    return [f for f in kind.fields.values() if f.needed or f.name not in OF_SYSTEMS]


def sheet_name(kind: Kind, language: str) -> str:
    """Return the name of a kind's sheet; by it the reader knows what the sheet holds."""
    name = kind.name[language]
    return name if len(name) <= SHEET_NAME_SIGNS else kind.code


def header(found: Field, language: str) -> str:
    """Return the header of a field."""
    return found.zh if language == "zh" else found.en


def choices(found: Field, language: str, its: Own = NOBODYS) -> list[str]:
    """Return what may stand in a column of codes or of yes and no; nothing for any other.

    its is what the library says of itself: reasons of cancellation are its own.
    """
    if found.kind == "flag":
        return [translate("template.yes", language), translate("template.no", language)]
    if found.kind != "code":
        return []
    # who does not know leaves the cell blank
    listed = [both for code, both in code_names(found.list, its).items() if code != "unknown"]
    return [both[language == "en"] for both in listed]


def example(found: Field, language: str, its: Own = NOBODYS) -> Cell:
    """Return the example of a field as a cell holds it."""
    source = found.example
    if not source:
        return None
    if found.kind == "flag":
        return choices(found, language)[source != "是"]
    if found.kind == "code":
        listed = code_names(found.list, its).values()
        # where the list is the library's own, the first of it
        both = next((both for both in listed if source in both), next(iter(listed), None))
        return both[language == "en"] if both else source
    if found.kind in ("count", "number"):
        return float(source) if "." in source else int(source)
    if found.kind in FORMS:
        moment = datetime.strptime(source, FORMS["day" if len(source) == 10 else found.kind])
        if found.kind == "stamp":
            return moment
        return moment.time() if found.kind == "time" else moment.date()
    return source


def example_text(found: Field, language: str, its: Own = NOBODYS) -> str:
    """Return the example of a field as a person sees it in its cell."""
    cell = example(found, language, its)
    if isinstance(cell, date | time):
        return cell.strftime(FORMS[found.kind])
    return "" if cell is None else str(cell)


def width(text: str) -> int:
    """Return how wide a text is, a Chinese sign as two."""
    return sum(2 if sign > "\u2e7f" else 1 for sign in text)
