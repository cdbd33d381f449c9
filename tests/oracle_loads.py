"""What a load of one plain table must come to, worked out a second time, line by line.

Written from data/records.toml, data/rules.toml and the codes alone; nothing of guanqing is used. A
file is given as its physical lines, commas between and double quotes around.
"""

import csv
import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

DATA = Path(__file__).parents[1] / "data"
KINDS = tomllib.loads((DATA / "records.toml").read_text(encoding="utf-8"))
RULES = tomllib.loads((DATA / "rules.toml").read_text(encoding="utf-8"))
FIRST_YEAR = 1900  # what rules.toml calls impossible
OF_ITEMS = ("loan", "renewal", "return")

Loan = tuple[str | None, str | None, datetime, datetime | None, int]


@dataclass
class Line:
    """A line and what becomes of it."""

    number: int
    fault: str = ""
    marks: set[str] = field(default_factory=set)
    values: dict[str, Any] = field(default_factory=dict)


@dataclass
class Prediction:
    """The account of a file, and the loans it makes in a library that had none."""

    lines_read: int
    loaded: int = 0
    repaired: int = 0
    refused: int = 0
    set_aside: int = 0
    by_rule: dict[str, int] = field(default_factory=dict)
    loans: list[Loan] = field(default_factory=list)


class Ambiguous(Exception):
    """No document says: which of two loans of an item at one moment came first, or whether a
    file that breaks more quotes than it closes has any.
    """


def predict(kind: str, lines: list[str], today: date) -> Prediction:
    """Work out what a load of these lines as one file of a kind comes to."""
    header_number = next(n for n, line in enumerate(lines) if is_header(kind, line))
    header = next(csv.reader([lines[header_number]]))
    sound = sum(len(re.findall(r'(?:^|,) *"[^"]*" *(?=,|$)', line)) for line in lines)
    if sound < 2 * sum(_split(line) is None for line in lines):
        raise Ambiguous
    read = [
        _line(kind, header, lines[header_number], number, header_number, line, today)
        for number, line in enumerate(lines)
        if number != header_number
    ]
    _settle_keys(kind, [line for line in read if not line.fault], header)
    for line in read:
        if not line.fault and str(line.values.get("kind", "")).startswith("?"):
            line.fault = "unmapped_kind"
    kept = [line for line in read if not line.fault]
    if kind == "loans":
        _judge_loans(kept, today)
    elif kind == "log":
        _judge_log(kept)
    elif kind == "readers":
        _judge_readers(kept, today)
    return _sum(read, loans_of(kind, kept))


def _sum(read: list[Line], loans: list[Loan]) -> Prediction:
    found = Prediction(lines_read=len(read), loans=loans)
    counts: dict[str, int] = defaultdict(int)
    for line in read:
        for rule in [line.fault] if line.fault else line.marks:
            counts[rule] += 1
        if line.fault:
            outcome = RULES[line.fault]["outcome"]
        else:
            repairs = [rule for rule in line.marks if RULES[rule]["outcome"] == "repaired"]
            outcome = "repaired" if repairs else "loaded"
        setattr(found, outcome, getattr(found, outcome) + 1)
    found.by_rule = dict(counts)
    return found


# --- a line


def is_header(kind: str, line: str) -> bool:
    """Tell whether a line names columns of a kind."""
    names = {name for given in KINDS[kind]["fields"].values() for name in _names(given)}
    cells = [cell.strip() for cell in next(csv.reader([line]), [])]
    return len(names.intersection(cells)) > 1


def _names(about: dict[str, Any]) -> tuple[str, ...]:
    return (about["zh"], about["en"], *about.get("words", ()))


def _line(
    kind: str, header: list[str], header_text: str, number: int, header_number: int, text: str,
    today: date,
) -> Line:  # fmt: skip
    line = Line(number)
    fields = _split(text)
    first = next((cell for cell in (fields or text.split(",")) if _bare(cell)), "")
    if not text.strip(" \t,;|\u3000"):
        line.fault = "blank_line"
    elif number < header_number:
        line.fault = "above_header"
    elif text == header_text:
        line.fault = "repeated_header"
    elif re.fullmatch(r"(?i:合计|总计|小计|共计|total|sum|grand total)[\s:：]*", _bare(first)):
        line.fault = "total_line"
    elif fields is None:
        line.fault = "unclosed_quote"
    elif len(fields) < len(header):
        line.fault = "too_few_fields"
    elif "".join(fields[len(header) :]).strip():
        line.fault = "too_many_fields"
    else:
        cells = {name: _clean(cell) for name, cell in zip(header, fields, strict=False)}
        _read_fields(kind, line, cells, today)
    return line


def _bare(cell: str) -> str:
    return cell.strip(' \t"')


def _split(text: str) -> list[str] | None:
    """Split a line at its commas outside quotes; None where a quote is never closed."""
    fields, rest = [], text + ","
    while rest:
        quoted = re.match(r' *"((?:[^"]|"")*)" *,', rest)
        if quoted:
            fields.append(quoted[1].replace('""', '"'))
            rest = rest[quoted.end() :]
        elif rest.lstrip(" ").startswith('"'):
            return None
        else:
            cell, _, rest = rest.partition(",")
            fields.append(cell)
    return fields


def _clean(cell: str) -> str | None:
    """Return a cell without blanks, words for nothing, and what keeps Excel from counting."""
    cell = cell.strip(" \t\u3000")
    if cell in ("NULL", "null", "(null)", "\\N", "None", "#N/A", "#REF!", "N/A"):
        return None
    if cell.startswith('="'):
        cell = cell[2:-1]
    elif cell.startswith("'"):
        cell = cell[1:]
    return cell.strip(" \t\u3000") or None


def _read_fields(kind: str, line: Line, cells: dict[str, str | None], today: date) -> None:
    given = KINDS[kind]["fields"]
    columns = {name: set(cells).intersection(_names(about)) for name, about in given.items()}
    present = {name: about for name, about in given.items() if columns[name]}
    texts = {name: cells[columns[name].pop()] for name in present}
    faults = []
    for name, about in present.items():
        fault = _read_field(line, name, about, texts)
        faults += [fault] if fault else []
    for name in KINDS[kind].get("possible", ()):
        moment = line.values.get(name)
        if moment is not None and not _is_possible(moment, today):
            faults.append("impossible_stamp")
    issued, expires = line.values.get("issued_at"), line.values.get("expires_on")
    if issued and expires and expires < issued.date():
        line.marks.add("expires_before_issue")
    line.fault = faults[0] if faults else ""


def _read_field(line: Line, name: str, about: dict[str, Any], texts: dict[str, Any]) -> str:
    """Put the value of a field in a line and return what is wrong with it, or nothing."""
    text, what, values = texts[name], about["kind"], line.values
    needed = about.get("needed", False)
    values[name] = text
    if what in ("reader", "item", "loan"):
        if name == "item" and _operation(texts.get("kind")) not in (None, "?", *OF_ITEMS):
            values[name] = None  # a card has no item
        return "unreadable_id" if text is None and (needed or what == "loan") else ""
    if what in ("stamp", "day"):
        return _read_moment(line, name, about, text)
    if what == "count":
        values[name] = read_count(text)
        if values[name] is None and (text or needed):
            return "suppressed_count" if text and re.match(r"\*$|<", text) else "unreadable_count"
    if what == "code" and about["list"] == "operation":
        values[name] = operation = _operation(text) if _operation(text) != "?" else f"?{text}"
        if operation is None:
            return "blank_field"
        is_card = operation not in OF_ITEMS and not operation.startswith("?")
        if operation == "aside":
            return "not_a_loan"
        return "unreadable_id" if is_card and texts["reader"] is None else ""
    if what == "code":
        values[name] = codes(about["list"]).get(text) if text else None
        if text and values[name] is None:
            line.marks.add("unmapped_code")
    return ""


def _read_moment(line: Line, name: str, about: dict[str, Any], text: str | None) -> str:
    """Put a day or a stamp in a line and return what is wrong with it, or nothing."""
    what, values = about["kind"], line.values
    read = read_birth if name == "born_on" else read_stamp
    moment, marks = read(text, what == "day")
    if what == "day" or about.get("day_will_do"):
        marks -= {"date_without_time"}
    lent = values["loaned_at"] if name in ("returned_at", "renewed_at") else None
    if what == "stamp" and lent and moment == datetime.combine(lent.date(), time()):
        moment = lent
    values[name], line.marks = moment, line.marks | marks
    is_blank = "no_day" in marks or not text
    is_missed = moment is None and (about.get("needed", False) or not is_blank)
    return "unreadable_stamp" if is_missed else ""


def _operation(text: str | None) -> str | None:
    return codes("operation").get(text, "?") if text else None


def codes(name: str) -> dict[str, str]:
    """Return the words for the codes of a list."""
    file, column = ("cancel_reasons.csv", "reason_code") if name == "cancel_reason" else (
        "codes.csv", "code")  # fmt: skip
    with (DATA / file).open(encoding="utf-8", newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if row.get("list", name) == name]
    return {row[key]: row[column] for row in rows for key in ("name_zh", "name_en", column)}


def read_count(text: str | None) -> int | None:
    if text and re.fullmatch(r"\d{1,15}(\.0+)?|\d{1,3}(,\d{3})+", text, re.ASCII):
        return int(text.partition(".")[0].replace(",", ""))
    return None


def _is_possible(moment: date | datetime, today: date) -> bool:
    day = moment.date() if isinstance(moment, datetime) else moment
    return day.year >= FIRST_YEAR and day <= today + timedelta(days=1)


# --- times

_MARK = r"[^0-9A-Za-z:+-]"  # a sign that is no part of a day
_COMPACT = r"(\d{4})(\d\d)(\d\d)(?: ?(\d\d):?(\d\d):?(\d\d)?)?"
_PARTED = r"(\d{4})(?:\s*[-/.|年]\s*|\s+)(\d+)(?:\s*[-/.|月]\s*|\s+)(\d+)"
_CLOCK = r"(\d{1,2}):(\d{1,2})(?::(\d{1,2}))?"


def read_birth(text: str | None, is_day: bool) -> tuple[Any, set[str]]:
    """Read a day of birth, of which the year alone will do."""
    if re.fullmatch(r"(18|19|20)\d{2}", text or ""):
        return date(int(text or 0), 1, 1), {"birth_year_alone"}
    return read_stamp(text, is_day)


def read_stamp(text: str | None, is_day: bool = False) -> tuple[Any, set[str]]:
    """Return a moment, or a day, and by which rules it was read; None where no rule reads it."""
    moment, marks = _moment(text or "")
    if is_day and moment and moment.year < 1000:
        return None, set()  # 19-3-1 is a day without a century, not one of the year 19
    if is_day and moment:
        # a day alone is what is asked for
        sound = re.fullmatch(r"\d{4}-\d{1,2}-\d{1,2}", text or "")
        return moment.date(), set() if sound else marks
    return moment, marks


def _moment(text: str) -> tuple[datetime | None, set[str]]:
    both = {"other_stamp_form", "date_without_time"}
    if re.fullmatch(r"0000\D?00\D?00( 00:00:00)?", text):
        return None, {"no_day"}
    if found := re.fullmatch(rf"(\d{{1,4}})-(\d{{1,2}})-(\d{{1,2}}) {_CLOCK}", text):
        return _of_parts(*found.groups()), set()  # of a year of two digits: long ago
    if found := re.fullmatch(rf"(\d{{4}})-(\d\d)-(\d\d)T{_CLOCK}", text):
        return _of_parts(*found.groups()), set()
    if found := re.fullmatch(rf"(\d{{4}})-(\d\d)-(\d\d)[T ]{_CLOCK}(Z|[+-]\d\d(?::?\d\d)?)", text):
        moment = _of_parts(*found.groups()[:6])
        return moment and moment - _zone(found[7]) + timedelta(hours=8), {"zone_converted"}
    if found := re.fullmatch(r"(\d{4})[-/](\d\d)[-/](\d\d)(\d\d):(\d\d):(\d\d)", text):
        return _of_parts(*found.groups()), {"missing_blank"}
    if found := re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)", text):
        return _of_parts(*found.groups()), {"date_without_time"}
    if re.fullmatch(r"[2-7]\d{4}(\.\d+)?", text):
        seconds = round(float(text) * 86400)
        return datetime(1899, 12, 30) + timedelta(seconds=seconds), {"excel_serial"}
    if found := re.fullmatch(rf"{_MARK}*{_COMPACT}{_MARK}*", text):
        return _of_parts(*found.groups()), both if not found[4] else {"other_stamp_form"}
    if found := re.fullmatch(rf"{_MARK}*{_PARTED}日?(?: {_CLOCK})?\D*", text):
        return _of_parts(*found.groups()), both if not found[4] else {"other_stamp_form"}
    return None, set()


def _of_parts(*parts: str | None) -> datetime | None:
    try:
        return datetime(*(int(part or 0) for part in parts))
    except ValueError:
        return None


def _zone(text: str) -> timedelta:
    if text == "Z":
        return timedelta()
    hours, minutes = int(text[1:3]), int(text[3:].strip(":") or 0)
    return timedelta(hours=hours, minutes=minutes) * (-1 if text[0] == "-" else 1)


# --- lines of one key


def _settle_keys(kind: str, lines: list[Line], header: list[str]) -> None:
    """Keep one line a key: the one that goes furthest, of equals the first."""
    by_key: dict[Any, list[Line]] = defaultdict(list)
    for line in lines:
        by_key[_key(kind, line.values)].append(line)
    for rivals in by_key.values():
        seen: list[dict[str, Any]] = []
        for line in rivals:
            if line.values in seen:
                line.fault = "duplicate_line"
            seen.append(line.values)
        statements = [line for line in rivals if not line.fault]
        best = min(statements, key=lambda line: (*_progress(kind, line.values), line.number))
        for line in statements:
            if line is not best:
                line.fault = "repeated_key"


def _key(kind: str, values: dict[str, Any]) -> Any:
    if kind == "loans" and "loan" not in values:  # who took what when
        return values["reader"], values["item"], values["loaned_at"]
    return tuple(values.get(name) for name in KINDS[kind]["key"])


def _progress(kind: str, values: dict[str, Any]) -> tuple[Any, ...]:
    if kind != "loans":
        return ()
    return values.get("returned_at") is None, -(values.get("renewal_count") or 0)


# --- what a line that is kept still has to be told of


def _judge_loans(lines: list[Line], today: date) -> None:
    end = _end_of_data(lines, today)
    for line in lines:
        value = line.values.get
        lent, back, renewed, count = (
            *(value("loaned_at"), value("returned_at"), value("renewed_at")),
            value("renewal_count"),
        )
        due = value("due_on")
        touched = {
            "return_before_loan": back and back < lent,
            "renewal_before_loan": renewed and renewed < lent,
            "renewal_after_return": renewed and back and renewed > back,
            "renewal_after_data": renewed and renewed > end,
            "renewal_stamp_without_count": renewed and count == 0,
            "renewal_count_without_stamp": not renewed and (count or 0) > 0,
            "loan_over_365_days": back and back - lent > timedelta(days=365),
            "due_after_ten_years": due and _is_ten_years_after(due, lent),
            "blank_reader": value("reader") is None,
            "blank_item": value("item") is None,
        }
        line.marks |= {rule for rule, is_touched in touched.items() if is_touched}
    for item in {line.values["item"] for line in lines} - {None}:
        shelf = [line for line in lines if line.values["item"] == item]
        shelf.sort(key=lambda line: line.values["loaned_at"])
        for line, after in pairwise(shelf):
            lent_again = after.values["loaned_at"]
            if lent_again == line.values["loaned_at"]:
                raise Ambiguous
            if lent_again < (line.values.get("returned_at") or datetime.max):
                line.marks.add("overlapping_loan")


def _end_of_data(lines: Iterable[Line], today: date) -> datetime:
    stamps = [datetime.min]
    for line in lines:
        stamps += [line.values["loaned_at"], line.values.get("returned_at") or datetime.min]
        renewed = line.values.get("renewed_at")
        if renewed and renewed.time() != time() and renewed.date() <= today + timedelta(days=1):
            stamps.append(renewed)
    return max(stamps)


def _is_ten_years_after(due: date, moment: datetime) -> bool:
    try:
        limit = moment.replace(year=moment.year + 10)
    except ValueError:  # 29 February
        limit = moment.replace(year=moment.year + 10, day=28)
    return datetime.combine(due, time()) > limit


def _judge_log(lines: list[Line]) -> None:
    for line in lines:
        value = line.values.get
        is_of_item = value("kind") in OF_ITEMS
        due = value("due_on")
        touched = {
            "due_after_ten_years": due and _is_ten_years_after(due, value("done_at")),
            "blank_reader": is_of_item and value("reader") is None,
            "blank_item": is_of_item and value("item") is None,
        }
        line.marks |= {rule for rule, is_touched in touched.items() if is_touched}


def _judge_readers(lines: list[Line], today: date) -> None:
    for line in lines:
        born = line.values.get("born_on")
        if born and not FIRST_YEAR <= born.year <= today.year:  # of no loans but this list
            line.marks.add("impossible_birth")
        if line.values.get("card_state") == "cancelled" and not line.values.get("cancelled_at"):
            line.marks.add("cancelled_without_date")


# --- the library


def loans_of(kind: str, kept: list[Line]) -> list[Loan]:
    """Return the loans that lines make, in no order."""
    if kind == "loans":
        return [_loan(line.values) for line in kept]
    if kind != "log":
        return []
    lines = [line.values for line in kept if line.values["kind"] in OF_ITEMS]
    loans: list[Loan] = [
        (values["reader"], None, values["done_at"], None, 0)
        for values in lines
        if values["item"] is None and values["kind"] == "loan"
    ]
    for item in {values["item"] for values in lines} - {None}:
        loans += _turns(item, [values for values in lines if values["item"] == item])
    return loans


def _loan(values: dict[str, Any]) -> Loan:
    back, lent = values.get("returned_at"), values["loaned_at"]
    return (
        *(values["reader"], values["item"], lent),
        max(back, lent) if back else None,
        values.get("renewal_count") or 0,
    )


def _turns(item: str, lines: list[dict[str, Any]]) -> list[Loan]:
    """Follow an item through a log: out with a loan, in with a return."""
    loans: list[list[Any]] = []
    is_out = False
    for moment in sorted({values["done_at"] for values in lines}):
        told = {
            kind: [v for v in lines if v["done_at"] == moment and v["kind"] == kind]
            for kind in OF_ITEMS
        }
        if len(told["loan"]) > 1 and len({v["reader"] for v in told["loan"]}) > 1:
            raise Ambiguous
        if told["renewal"] and told["loan"] and told["return"]:
            raise Ambiguous
        steps = _in_turn(told, is_out)
        for values in steps:
            if values["kind"] == "loan":
                if is_out:  # it must have been back, though nobody recorded it
                    loans[-1][3] = moment
                loans.append([values["reader"], item, moment, None, 0])
                is_out = True
            elif values["kind"] == "renewal" and is_out:
                loans[-1][4] += 1
            elif values["kind"] == "return" and is_out:
                loans[-1][3] = moment
                is_out = False
    return [(reader, what, lent, back, count) for reader, what, lent, back, count in loans]


def _in_turn(told: dict[str, list[Any]], is_out: bool) -> list[Any]:
    """Put what one moment tells in order: an item that is out comes back before it is lent."""
    first, second = ("return", "loan") if is_out else ("loan", "return")
    steps = []
    if not (told["loan"] and told["return"]):  # a renewal is of what is out
        return told["loan"] + told["renewal"] + told["return"]
    for turn in range(max(len(told["loan"]), len(told["return"]))):
        steps += told[first][turn : turn + 1] + told[second][turn : turn + 1]
    return steps
