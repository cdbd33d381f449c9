"""A line of text -> its fields, and what is wrong with the line as a whole (SQL)."""

import re

from guanqing.intake.reading.source_matching import Opened
from guanqing.intake.reading.values import sql

# In a field of its own, so that no match is ever empty: the delimiter is put after the last one.
# Blanks may stand before a quote, so a text without one begins with neither.
FIELD = (
    " *({quote}(?:[^{quote}]|{quote}{quote})*{quote}) *| *([^ {quote}{delimiter}][^{delimiter}]*|)"
)
BROKEN = "\x02"  # what texts puts before a line that is no text
# in the first cell that is not blank
TOTAL_LINE = (
    r"^[\s\"{delimiter}]*(?:合计|总计|小计|共计|合計|總計|(?i:total|sum|grand total))"
    r"[\s:：\"]*(?:{delimiter}|$)"
)


def body(opened: Opened) -> str:
    """Return what is to be split: the line, or the values of an INSERT statement."""
    if not opened.is_dump:
        return "line"
    values_of = "regexp_extract(line, '(?i)(?:values|^)\\s*\\((.*)\\)\\s*[;,]?\\s*$', 1)"
    dated = (
        f"regexp_replace({values_of}, '(?i)to_(date|timestamp)\\((''[^'']*'')[^)]*\\)', '\\2', 'g')"
    )
    return f"replace(replace({dated}, ', ''', ','''), ''' ,', ''',')"


def fields(opened: Opened) -> str:
    """Return the SQL that splits the body of a line into a list of texts."""
    delimiter, quote = opened.delimiter, opened.quote
    plain = f"string_split(body, {sql(delimiter)})"
    if not quote:
        return plain
    pattern = _pattern(opened)
    return (
        f"case when contains(body, {sql(quote)}) then list_transform(regexp_extract_all("
        f"body || {sql(delimiter)}, {sql(pattern)}, 0), lambda part: part[:-2]) else {plain} end"
    )


def _pattern(opened: Opened) -> str:
    quote, delimiter = re.escape(opened.quote), re.escape(opened.delimiter)
    return f"(?:{FIELD.format(quote=quote, delimiter=delimiter)}){delimiter}"


def line_fault(opened: Opened) -> str:
    """Return the SQL of what is wrong with a line before any field is looked at."""
    ways = [f"when starts_with(line, '{BROKEN}') then 'invalid_text'"]
    ways.append(
        "when line is null or regexp_full_match(line, '[\\s\\x{3000},;|]*') then 'blank_line'"
    )
    if opened.header_line:
        header = opened.text.first_lines[opened.header_line - 1]
        ways.append(f"when line_number < {opened.header_line} then 'above_header'")
        ways.append(f"when line = {sql(header)} then 'repeated_header'")
    if opened.is_dump:
        ways.append("when body = '' then 'not_a_record'")
    total = TOTAL_LINE.format(delimiter=re.escape(opened.delimiter))
    ways.append(f"when regexp_matches(body, {sql(total)}) then 'total_line'")
    if opened.quote:
        match = (
            f"regexp_full_match(body || {sql(opened.delimiter)}, {sql(f'(?:{_pattern(opened)})*')})"
        )
        ways.append(
            f"when contains(body, {sql(opened.quote)}) and not {match} then 'unclosed_quote'"
        )
    ways.append(f"when len(fields) < {opened.width} then 'too_few_fields'")
    if not opened.free_place:
        # programs end lines with delimiters that no column stands behind
        surplus = f"trim(array_to_string(fields[{len(opened.header) + 1}:], ''))"
        ways.append(
            f"when len(fields) > {len(opened.header)} then "
            f"case when {surplus} != '' then 'too_many_fields' end"
        )
    return f"case {' '.join(ways)} end"


def cell(opened: Opened, place: int) -> str:
    """Return the SQL of one field: without its quotes, blanks, and the armour Excel asks for."""
    at = str(place)
    if opened.free_place and place > opened.free_place:
        at = f"{place} + greatest(len(fields) - {len(opened.header)}, 0)"
    field, quote = f"fields[{at}]", opened.quote
    if quote:
        field = (
            f"case when contains({field}, {sql(quote)}) and starts_with(ltrim({field}), "
            f"{sql(quote)}) then replace(trim({field})[2:-2], {sql(quote * 2)}, {sql(quote)}) "
            f"else {field} end"
        )
    return f"clean({field})"
