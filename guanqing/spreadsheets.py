"""What a spreadsheet makes of the text in a CSV file: never a formula.

Whatever somebody typed as a title or a name would run in the program of whoever opens the file. An
apostrophe before it keeps it text; a load takes such an apostrophe away again.
"""

import csv
import re
from collections.abc import Iterable, Sequence
from typing import IO, Any

# -5 and +86 are numbers, ="007" a text; the wide signs are as good to a Chinese or Japanese Excel
FORMULA = re.compile(r'(?=[=+\-@\t\r\n＝＋－＠])(?![+-]\d+(?:\.\d+)?$|="[\w.]*"$)')


def harmless(cell: Any) -> Any:
    """Return a cell as it may stand in CSV; numbers and days are no text and stay."""
    return f"'{cell}" if isinstance(cell, str) and FORMULA.match(cell) else cell


def write_csv(out: IO[str], rows: Iterable[Sequence[Any]], lineterminator: str = "\r\n") -> None:
    """Write rows, each cell harmless."""
    csv.writer(out, lineterminator=lineterminator).writerows(map(harmless, row) for row in rows)


def harmless_line(line: str, delimiter: str, quote: str) -> str:
    """Return a line of somebody's CSV, whole or broken, with each cell harmless.

    A comma begins a cell too: it does in Excel, whatever divides the cells of the source.
    """
    between, mark = re.escape(delimiter), re.escape(quote)
    cell = rf"{mark}(?:[^{mark}]|{mark}{mark})*{mark}(?=[{between},]|$)|[^{between},]*"
    return re.sub(rf"(^|[{between},])({cell})", lambda found: _harmless(found, quote), line)


def _harmless(found: re.Match[str], quote: str) -> str:
    before, cell = found[1], found[2]
    is_quoted = cell.startswith(quote)
    text = cell
    if is_quoted:
        text = cell.removeprefix(quote).removesuffix(quote).replace(2 * quote, quote)
    if not FORMULA.match(text) or (is_quoted and quote == "'"):
        return found[0]
    if quote == "'":  # one more would begin a value in quotes
        return f"{before}'''{text.replace(quote, 2 * quote)}'"
    return f"{before}{quote}'{cell[1:]}" if is_quoted else f"{before}'{cell}"
