"""Fields of text -> values, what had to be done to read them, and what keeps a line out (SQL)."""

from guanqing.intake.layouts import Layout
from guanqing.intake.reading import values
from guanqing.intake.reading.source_matching import Opened
from guanqing.intake.reading.values import BIT, sql
from guanqing.records import Field

UNREADABLE = {
    **dict.fromkeys(("reader", "item", "loan"), "unreadable_id"),
    **dict.fromkeys(("stamp", "day", "month", "time"), "unreadable_stamp"),
    **dict.fromkeys(("count", "number"), "unreadable_count"),
}


def value(opened: Opened, found: Field, layout: Layout) -> str:
    """Return the SQL of a field's value."""
    if found.name in opened.source.fixed:
        return sql(opened.source.fixed[found.name])
    text = f"{found.name}_text"
    if found.name in opened.source.codes:
        text = f"squeezed({text})"
        listed = f"map(${found.name}_keys, ${found.name}_values)"
        mapped = f"coalesce({listed}[{text}], {listed}[lower({text})])"
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


def marks(opened: Opened) -> str:
    """Return the SQL of what had to be done to read a line, as one number of bits."""
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
    births = [
        f"case when coalesce({name}_text_full, {name}_text_slow.at) is null "
        f"and {name} is not null then {BIT['birth_year_alone']} else 0 end"
        for name in opened.places
        if name == "born_on"
    ]
    squeezed = [
        f"case when {name}_text != squeezed({name}_text) then {BIT['double_blank']} else 0 end"
        for name in opened.places
        if fields[name].kind in ("text", "branch")
    ]
    parts = [*stamps, *unmapped, *rejoined, *births, *squeezed]
    return " | ".join(f"({part})" for part in parts) or "0"


def unmapped(opened: Opened) -> str:
    """Return the SQL of the codes of a line that the layout does not name."""
    fields = opened.source.kind.fields
    codes = [
        f"case when {name}_text is not null and {name} is null "
        f"then {{'field': '{name}', 'value': seal_text({name}_text)}} end"
        for name in opened.places
        if fields[name].kind in ("code", "flag")
    ]
    if not codes:
        return "null"
    found = f"list_filter([{', '.join(codes)}], lambda code: code is not null)"
    return f"case when marks & {BIT['unmapped_code']} != 0 then {found} end"


def is_hidden(text: str) -> str:
    """Return the SQL of whether a source holds a small count back: * or <5."""
    return f"{text} similar to '\\*|<.*'"


def fault(opened: Opened, layout: Layout) -> str:
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
        faults.append(_fault_if("has_hidden_count", "'suppressed_count'", "'by_month'", "null"))
    for name in opened.places:
        found, text = fields[name], f"{name}_text"
        if rule := UNREADABLE.get(found.kind):
            if found.kind == "count":
                rule = f"case when {is_hidden(text)} then 'suppressed_count' else '{rule}' end"
            else:
                rule = sql(rule)
            # a loan with a column for its number must have one
            is_needed = found.needed or name == "loan"
            wrong = f"{name} is null" + ("" if is_needed else f" and {text} is not null")
            if (
                found.kind in ("stamp", "day") and not is_needed
            ):  # 0000-00-00 says that there is none
                wrong += f" and coalesce({text}_slow.mark, 0) & {BIT['no_day']} = 0"
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
