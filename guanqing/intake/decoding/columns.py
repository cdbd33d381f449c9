"""How lines are cut into columns, found out from the first of them."""

import re
from collections import Counter
from collections.abc import Sequence

DELIMITERS = (",", "\t", ";", "|")
QUOTES = ('"', "'")


def delimiter_and_quote(lines: Sequence[str]) -> tuple[str, str]:
    """Return what separates the columns and what may stand around a value.

    A comma and double quotes unless the lines say otherwise: most files that show no quote in
    their first lines have one somewhere below.
    """
    lines = [line for line in lines if line.strip()]
    best = max(DELIMITERS, key=lambda delimiter: _fit(lines, delimiter))
    delimiter = best if any(_fit(lines, best)) else ","
    return delimiter, _quote(lines, delimiter)


def _fit(lines: Sequence[str], delimiter: str) -> tuple[float, int]:
    """Weigh a delimiter by the share of lines that agree on a count of it, then by that count.

    Titles hold commas and fields go missing, so not all lines need agree; but the first line names
    the columns, or is the only one that does not belong to the table.
    """
    counts = [_count(line, delimiter) for line in lines]
    agreed = Counter(count for count in counts if count)
    if not agreed:
        return 0.0, 0
    count, line_count = max(agreed.items(), key=lambda item: (item[1], item[0]))
    share = line_count / len(lines)
    return (share if counts[0] else share / 2), count


def _count(line: str, delimiter: str) -> int:
    """Count a delimiter outside quotes, whichever of the two quotes they are."""
    for quote in QUOTES:
        line = _whole_values(delimiter, quote).sub("", line)
    return line.count(delimiter)


def _quote(lines: Sequence[str], delimiter: str) -> str:
    quoted, lines_quoted = dict.fromkeys(QUOTES, 0), dict.fromkeys(QUOTES, 0)
    going_on = 0
    for line in lines:
        for quote in QUOTES:
            rest, count = _whole_values(delimiter, quote).subn("", line)
            quoted[quote] += count
            lines_quoted[quote] += count > 0
            going_on += quote == '"' and bool(_going_on(delimiter).search(rest))
    # one title in single quotes proves nothing
    if not quoted['"'] and 2 * lines_quoted["'"] >= max(len(lines), 1):
        return "'"
    return "" if going_on > quoted['"'] else '"'


def _whole_values(delimiter: str, quote: str) -> re.Pattern[str]:
    """Match a value in quotes, doubled inside, from one delimiter up to the next."""
    mark = re.escape(delimiter)
    return re.compile(
        rf"(?:(?<=^)|(?<={mark})) *{quote}(?:[^{quote}]|{quote}{quote})*{quote} *(?={mark}|$)"
    )


def _going_on(delimiter: str) -> re.Pattern[str]:
    """Match a value that begins in quotes and ends without: who quotes never writes that."""
    mark = re.escape(delimiter)
    return re.compile(rf'(?:^|(?<={mark}))"[^"{mark}]*"[^"{mark}]')
