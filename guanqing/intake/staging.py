"""Lines of text -> typed rows of records.<kind>, in one pass of the engine over each text.

Beside its fields a row has, until the account is drawn up, the line it came from: file_number,
line_number, what had to be done to read it (marks), what is wrong with it (fault_rule, fault_field,
fault_value), and its text where that has to be kept.
"""

import re

import duckdb

from guanqing.intake import resolving, rules, values
from guanqing.intake.layouts import Layout
from guanqing.intake.opening import Opened
from guanqing.intake.records import SQL_TYPES, Field, Kind
from guanqing.intake.values import BIT, sql

# In a field of its own, so that no match is ever empty: the delimiter is put after the last one.
FIELD = " *({quote}(?:[^{quote}]|{quote}{quote})*{quote}) *|([^{quote}{delimiter}][^{delimiter}]*|)"
READ_LINES = (
    "read_csv({path}, columns = {{'line': 'varchar'}}, delim = '\x01', quote = '', escape = '', "
    "header = false, auto_detect = false, strict_mode = false, null_padding = true, "
    "max_line_size = 2097152)"
)
BROKEN = "\x02"  # what texts puts before a line that is no text
# in the first cell that is not blank
TOTAL_LINE = (
    r"^[\s\"{delimiter}]*(?:合计|总计|小计|共计|合計|總計|(?i:total|sum|grand total))"
    r"[\s:：\"]*(?:{delimiter}|$)"
)
NATIONAL_ID = (
    r"\b[1-9]\d{5}(?:(?:18|19|20)\d{2}|\d{2})(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])\d{3}[\dXx]?\b"
)
UNREADABLE = {
    **dict.fromkeys(("reader", "item", "loan"), "unreadable_id"),
    **dict.fromkeys(("stamp", "day", "month", "time"), "unreadable_stamp"),
    **dict.fromkeys(("count", "number"), "unreadable_count"),
}
LINE_COLUMNS = {
    "marks": "integer",
    "written_at": "timestamp",
    "written_line": "bigint",
    "file_number": "integer",
    "line_number": "bigint",
    "fault_rule": "varchar",
    "fault_field": "varchar",
    "fault_value": "varchar",
    "line": "varchar",
    "unmapped": "struct(field varchar, value varchar)[]",
}
OF_THE_LOAD = [name for name in LINE_COLUMNS if name not in ("written_at", "written_line")]
OF_ITEMS = ("loan", "renewal", "return")  # operations; any other is of a card alone


def columns(kind: Kind) -> dict[str, str]:
    """Return the columns of a table of records that stay, with their types."""
    found = {name: SQL_TYPES[field.kind] for name, field in kind.fields.items()}
    if kind.code == "readers":
        found["reader_card"] = "varchar"  # for the names file alone
    return found


def create(connection: duckdb.DuckDBPyConnection, kind: Kind, *, is_read: bool) -> None:
    """Create the table of a kind; if lines are read into it, with what only a load needs."""
    kept = {name: of for name, of in LINE_COLUMNS.items() if is_read or name not in OF_THE_LOAD}
    listed = ", ".join(f"{name} {of}" for name, of in (columns(kind) | kept).items())
    connection.execute(f"create table records.{kind.code} ({listed})")


def stage(
    connection: duckdb.DuckDBPyConnection, opened: Opened, file_number: int, layout: Layout
) -> int:
    """Read a text into the table of its kind and return how many lines it has."""
    parameters = {
        f"{name}_{part}": list(texts)
        for name, meanings in opened.source.codes.items()
        if name in opened.places
        for part, texts in (("keys", meanings.keys()), ("values", meanings.values()))
    }
    inserted = connection.execute(
        statement(opened, layout),
        parameters | {"file_number": file_number, "written_at": opened.text.written_at},
    ).fetchall()
    return int(inserted[0][0])


def statement(opened: Opened, layout: Layout) -> str:
    """Return the SQL that reads a text; its subqueries are its steps."""
    kind = opened.source.kind
    # a loan without a number of its own is known by who took what when
    is_own = kind.code == "loans" and "loan" not in opened.places
    read = {
        name: _value(opened, kind.fields[name], layout)
        for name in (*opened.places, *opened.source.fixed)
    }
    if is_own:
        parts = "concat_ws('|', reader, item, loaned_at)"
        read["loan"] = f"read_text_id({parts})"
    if "reader_card" in columns(kind):
        read["reader_card"] = "reader_text"
    if opened.gathered:
        read |= {"period": "period_text", "by_month": "by_month_text"}
    if "branch" in kind.fields and "branch" not in read:
        read["branch"] = sql(resolving.default_branch(layout))
    listed = [name for name in columns(kind) if name in read]
    own = [name for name in listed if name == "loan" and is_own]
    return f"""
insert into records.{kind.code} by name

with

lines as (
    select row_number() over () as line_number, line
    from {READ_LINES.format(path=sql(str(opened.text.path)))}
),

bodies as (
    select line_number, line, {_body(opened)} as body
    from lines
    where line_number != {opened.header_line}
),

split as (select *, {_fields(opened)} as fields from bodies),

texts as (
    select line_number, line, {_line_fault(opened)} as line_fault,
        {", ".join([*_texts(opened), *_asides(opened)])}
    from split
),

stamps as (select *{_full_stamps(opened)} from texts),

slow_stamps as (select *{_slow_stamps(opened)} from stamps),

typed as (
    select *, {", ".join(f"{read[name]} as {name}" for name in listed if name not in own)}
    from slow_stamps
),

judged as (
    select *, {_fault(opened, layout)} as fault, {_marks(opened)} as marks
        {"".join(f", {read[name]} as {name}" for name in own)}
    from typed
)

select
    {", ".join(listed)},
    marks,
    $written_at::timestamp as written_at,
    line_number as written_line,
    $file_number::integer as file_number,
    line_number,
    fault.rule as fault_rule,
    fault.field as fault_field,
    fault.value as fault_value,
    case
        when fault is not null or {rules.keeps_text(kind, set(listed))}
            then regexp_replace(ltrim(line, '{BROKEN}'), {sql(NATIONAL_ID)}, '***', 'g')
    end as line,
    {_unmapped(opened)} as unmapped
from judged
"""


def _body(opened: Opened) -> str:
    """Return what is to be split: the line, or the values of an INSERT statement."""
    if not opened.is_dump:
        return "line"
    values_of = "regexp_extract(line, '(?i)(?:values|^)\\s*\\((.*)\\)\\s*[;,]?\\s*$', 1)"
    dated = (
        f"regexp_replace({values_of}, '(?i)to_(date|timestamp)\\((''[^'']*'')[^)]*\\)', '\\2', 'g')"
    )
    return f"replace(replace({dated}, ', ''', ','''), ''' ,', ''',')"


def _fields(opened: Opened) -> str:
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


def _line_fault(opened: Opened) -> str:
    """Return the SQL of what is wrong with a line before any field is looked at."""
    ways = [f"when starts_with(line, '{BROKEN}') then 'invalid_text'"]
    ways.append("when line is null or regexp_full_match(line, '[\\s,;|]*') then 'blank_line'")
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


def _cell(opened: Opened, place: int) -> str:
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


def _texts(opened: Opened) -> list[str]:
    texts = []
    for name, places in opened.places.items():
        texts.append(f"{_text(opened, name, places)} as {name}_text")
    if opened.free_place:
        texts.append(f"len(fields) > {len(opened.header)} as is_rejoined")
    if opened.gathered:
        cells = {header: _cell(opened, place) for place, header in opened.gathered.items()}
        pairs = ", ".join(f"{sql(header + '=')} || {cell}" for header, cell in cells.items())
        texts.append(f"concat_ws('|', {pairs}) as by_month_text")
        texts.append(f"{sql('|'.join(cells))} as period_text")
        wrong = [f"({cell} is not null and read_count({cell}) is null)" for cell in cells.values()]
        texts.append(f"{' or '.join(wrong)} as has_wrong_count")
    return texts


def _text(opened: Opened, name: str, places: tuple[int, ...]) -> str:
    """Return the SQL of a field's text, from one column or several."""
    cells = [_cell(opened, place) for place in places]
    text = cells[0]
    if len(cells) > 1:
        text = f"nullif(concat_ws(' ', {', '.join(cells)}), '')"
        if name in opened.source.codes:
            # the columns after the first refine a code only where the layout says how
            refined = ", ".join(sql(code) for code in opened.source.codes[name] if " " in code)
            refining = f"case when {text} in ({refined}) then {text} else {cells[0]} end"
            text = refining if refined else cells[0]
    if name == "item" and opened.source.kind.code == "log" and "kind" in opened.places:
        # what an operation on a card has there is a state, a reason, anything but an item
        ours = opened.source.codes["kind"].items()
        others = ", ".join(sql(their) for their, code in ours if code not in OF_ITEMS)
        kind = _text(opened, "kind", opened.places["kind"])
        text = f"case when {kind} in ({others or 'null'}) then null else {text} end"
    return text


def _asides(opened: Opened) -> list[str]:
    return [
        f"coalesce(regexp_matches({_cell(opened, place)}, {sql(pattern)}), false) as aside_{place}"
        for place, pattern in opened.aside.items()
    ]


def _stamp_texts(opened: Opened) -> list[str]:
    fields = opened.source.kind.fields
    return [f"{name}_text" for name in opened.places if fields[name].kind in ("stamp", "day")]


def _full_stamps(opened: Opened) -> str:
    fields = opened.source.kind.fields
    return "".join(
        f", full_{fields[text.removesuffix('_text')].kind}({text}) as {text}_full"
        for text in _stamp_texts(opened)
    )


def _slow_stamps(opened: Opened) -> str:
    return "".join(
        f", case when {text} is not null and {text}_full is null then slow_stamp({text}) end "
        f"as {text}_slow"
        for text in _stamp_texts(opened)
    )


def _value(opened: Opened, found: Field, layout: Layout) -> str:
    """Return the SQL of a field's value."""
    if found.name in opened.source.fixed:
        return sql(opened.source.fixed[found.name])
    text = f"{found.name}_text"
    if found.name in opened.source.codes:
        mapped = f"map(${found.name}_keys, ${found.name}_values)[{text}]"
        if found.list == "operation":  # kept until somebody explains it
            return f"coalesce({mapped}, '?' || {text})"
        # a branch that the layout does not name keeps its own code
        return mapped if found.list else f"coalesce({mapped}, {text})"
    value = values.reading(found, layout, text)
    if found.kind == "stamp" and found.name != "loaned_at" and "loaned_at" in opened.places:
        # midnight of the day of the loan is a date without a time, and not before the loan
        lent = "coalesce(loaned_at_text_full, loaned_at_text_slow.at)"
        value = f"case when {value} = date_trunc('day', {lent}) then {lent} else {value} end"
    return value


def _marks(opened: Opened) -> str:
    fields = opened.source.kind.fields
    stamps = [
        # a time that was never asked for is not missing
        f"coalesce({name}_text_slow.mark, 0)"
        + (
            f" & ~{BIT['date_without_time']}"
            if fields[name].kind == "day" or fields[name].day_will_do
            else ""
        )
        for name in opened.places
        if fields[name].kind in ("stamp", "day")
    ]
    unmapped = [
        f"case when {name}_text is not null and {name} is null "
        f"then {BIT['unmapped_code']} else 0 end"
        for name in opened.places
        if fields[name].kind in ("code", "flag")
    ]
    rejoined = (
        [f"case when is_rejoined then {BIT['delimiter_in_text']} else 0 end"]
        if opened.free_place
        else []
    )
    return " | ".join(f"({part})" for part in [*stamps, *unmapped, *rejoined]) or "0"


def _unmapped(opened: Opened) -> str:
    """Return the SQL of the codes of a line that the layout does not name."""
    fields = opened.source.kind.fields
    codes = [
        f"case when {name}_text is not null and {name} is null "
        f"then {{'field': '{name}', 'value': {name}_text}} end"
        for name in opened.places
        if fields[name].kind in ("code", "flag")
    ]
    if not codes:
        return "null"
    found = f"list_filter([{', '.join(codes)}], lambda code: code is not null)"
    return f"case when marks & {BIT['unmapped_code']} != 0 then {found} end"


def _fault(opened: Opened, layout: Layout) -> str:
    """Return the SQL of the first thing that keeps a line out, in the order it is looked for."""
    fields = opened.source.kind.fields
    faults = [_fault_if("line_fault is not null", "line_fault", "null", "null")]
    faults += [
        _fault_if(f"aside_{place}", "'not_a_loan'", "null", "null") for place in opened.aside
    ]
    if opened.source.kind.code == "log" and "kind" in opened.places:
        faults.append(_fault_if("kind = 'aside'", "'not_a_loan'", "'kind'", "kind_text"))
    if opened.gathered:
        faults.append(_fault_if("has_wrong_count", "'unreadable_count'", "'by_month'", "null"))
    for name in opened.places:
        found, text = fields[name], f"{name}_text"
        if rule := UNREADABLE.get(found.kind):
            if found.kind == "count":
                hidden = f"{text} similar to '\\*|<.*'"
                rule = f"case when {hidden} then 'suppressed_count' else '{rule}' end"
            else:
                rule = sql(rule)
            # a loan with a column for its number must have one
            is_needed = found.needed or name == "loan"
            wrong = f"{name} is null" + ("" if is_needed else f" and {text} is not null")
            faults.append(_fault_if(wrong, rule, sql(name), text))
        elif found.list == "operation":
            faults.append(_fault_if(f"{name} is null", "'blank_field'", sql(name), text))
            # who lent an item may have been deleted, but a card is somebody's
            lacks = (
                f"reader is null and {name} not in ('loan', 'renewal', 'return') "
                f"and not starts_with({name}, '?')"
            )
            faults.append(_fault_if(lacks, "'unreadable_id'", "'reader'", "null"))
        elif found.needed:
            rule = "unmapped_kind" if found.kind in ("code", "flag") else "blank_field"
            faults.append(_fault_if(f"{name} is null", sql(rule), sql(name), text))
    for name in opened.source.kind.possible:
        if name in opened.places:
            first = f"date '{int(layout.rules['first_year']):04}-01-01'"
            wrong = f"{name} < {first} or {name} >= current_date + interval 2 day"
            faults.append(_fault_if(wrong, "'impossible_stamp'", sql(name), f"{name}_text"))
    return f"coalesce({', '.join(faults)})"


def _fault_if(condition: str, rule: str, field: str, value: str) -> str:
    fault = f"{{'rule': {rule}, 'field': {field}::varchar, 'value': {value}::varchar}}"
    return f"case when {condition} then {fault} end"
