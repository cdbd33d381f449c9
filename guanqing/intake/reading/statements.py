"""The statement that reads a text: lines to typed and judged rows, in one pass of the engine."""

from guanqing.intake.layouts import Layout
from guanqing.intake.publishing import resolving
from guanqing.intake.reading import splitting
from guanqing.intake.reading.source_matching import Opened
from guanqing.intake.reading.splitting import BROKEN
from guanqing.intake.reading.values import sql
from guanqing.intake.validation import judging, rules
from guanqing.records import columns

NATIONAL_ID = (
    r"\b[1-9]\d{5}(?:(?:18|19|20)\d{2}|\d{2})(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])\d{3}[\dXx]?\b"
)
OF_ITEMS = ("loan", "renewal", "return")  # operations; any other is of a card alone


def statement(opened: Opened, layout: Layout) -> str:
    """Return the SQL that reads a text; its subqueries are its steps."""
    kind = opened.source.kind
    # a loan without a number of its own is known by who took what when
    is_own = kind.code == "loans" and "loan" not in opened.places
    read = {
        name: judging.value(opened, kind.fields[name], layout)
        for name in (*opened.places, *opened.source.fixed)
    }
    if is_own:
        parts = "concat_ws('|', reader, item, loaned_at)"
        read["loan"] = f"read_text_id({parts})"
    if "reader_name" in read:  # not kept but as this
        read["masked_name"] = f"left({read['reader_name']}, 1) || '**'"
        read["sealed"] = f"seal_name({read['reader_name']}, reader_text)"
    if opened.gathered:
        read |= {"period": "period_text", "by_month": "by_month_text"}
    if "branch" not in read and "branch" in kind.fields and not kind.fields["branch"].of_network:
        branch = resolving.default_branch(layout)
        read["branch"] = sql(branch) if branch else "null::varchar"
    listed = [name for name in columns(kind) if name in read]
    own = [name for name in listed if name == "loan" and is_own]
    return f"""
insert into records.{kind.code} by name

with

numbered as (select rowid + 1 + $lines_before as line_number, line from lines),

bodies as (
    select line_number, line, {splitting.body(opened)} as body
    from numbered
    where line_number != {opened.header_line}
),

split as (select *, {splitting.fields(opened)} as fields from bodies),

texts as (
    select line_number, line, {splitting.line_fault(opened)} as line_fault,
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
    select *, {judging.fault(opened, layout)} as fault, {judging.marks(opened)} as marks
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
    seal_text(fault.value) as fault_value,
    case
        when fault is not null or {rules.keeps_text(kind, set(listed))}
            then {kept_text("line")}
    end as line,
    {judging.unmapped(opened)} as unmapped
from judged
"""


def kept_text(line: str) -> str:
    """Return the SQL of a line as it may be kept: sealed, no identity card in it."""
    return f"seal_text(regexp_replace(ltrim({line}, '{BROKEN}'), {sql(NATIONAL_ID)}, '***', 'g'))"


def key_text(opened: Opened, name: str | None) -> str:
    """Return the SQL that finds lines without their text again: number, line, text of a field.

    Parameters: $lines_before, $file_number.
    """
    value = _text(opened, name, opened.places[name]) if name else "null::varchar"
    return f"""
with

wanted as (
    select rowid + 1 + $lines_before as line_number, line
    from lines
    where rowid + 1 + $lines_before in (
        select line_number from left_out where file_number = $file_number and line is null
    )
),

bodies as (select *, {splitting.body(opened)} as body from wanted),

split as (select *, {splitting.fields(opened)} as fields from bodies)

select
    line_number,
    {kept_text("line")} as line,
    seal_text({value}) as value
from split
"""


def _texts(opened: Opened) -> list[str]:
    texts = []
    for name, places in opened.places.items():
        texts.append(f"{_text(opened, name, places)} as {name}_text")
    if opened.free_place:
        texts.append(f"len(fields) > {len(opened.header)} as is_rejoined")
    if opened.gathered:
        cells = {header: splitting.cell(opened, place) for place, header in opened.gathered.items()}
        pairs = ", ".join(f"{sql(header + '=')} || {cell}" for header, cell in cells.items())
        texts.append(f"concat_ws('|', {pairs}) as by_month_text")
        texts.append(f"{sql('|'.join(cells))} as period_text")
        hidden = {cell: f"coalesce({judging.is_hidden(cell)}, false)" for cell in cells.values()}
        wrong = [
            f"({cell} is not null and read_count({cell}) is null and not {is_hidden})"
            for cell, is_hidden in hidden.items()
        ]
        texts.append(f"{' or '.join(wrong)} as has_wrong_count")
        texts.append(f"{' or '.join(hidden.values())} as has_hidden_count")
    return texts


def _text(opened: Opened, name: str, places: tuple[int, ...]) -> str:
    """Return the SQL of a field's text, from one column or several."""
    cells = [splitting.cell(opened, place) for place in places]
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
        f"coalesce(regexp_matches({splitting.cell(opened, place)}, {sql(pattern)}), false) "
        f"as aside_{place}"
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
