"""How a text becomes a value: macros for the engine, and the rules each reading may mark.

A stamp in one of the layout's own forms is read at full speed. Any other goes the slow way, which
says by which rule it could be read; what no rule reads without a guess stays null.
"""

from guanqing.intake.layouts import Layout
from guanqing.records import Field

# What had to be done to read a line, as bits of one number: it costs nothing to keep.
MARKS = (
    "missing_blank",
    "date_without_time",
    "other_stamp_form",
    "excel_serial",
    "two_digit_year",
    "zone_converted",
    "unmapped_code",
    "delimiter_in_text",
    "no_day",
    "double_blank",
    "birth_year_alone",
)
BIT = {code: 1 << place for place, code in enumerate(MARKS)}

NARROW = "0123456789.,-"
WIDE = "".join(chr(ord(sign) + 0xFEE0) for sign in NARROW)
SPACES = " \t\u3000"
# what systems write where there is nothing; the last day of the year 9999 is never
BLANKS = (
    r"[ \t\x{3000}]*(NEVER|NULL|null|\(null\)|\\N|None|#N/A|#REF!|N/A|9999-12-31( 00:00:00)?)?"
    r"[ \t\x{3000}]*"
)
UNCLEAN = r"^(?:[ \t\x{3000}='Nn(\\#]|9999-)|[ \t\x{3000}]$"
YES = ("是", "有", "√", "1", "y", "yes", "true", "t", "已举办", "满意")
NO = ("否", "无", "×", "0", "n", "no", "false", "f", "未举办", "不满意")

# what some systems write for a day that never was
NO_DAY = r"0{4}[-/.]?0{2}[-/.]?0{2}([T ]?0{2}(:?0{2}){1,2}(\.0+)?)?"

# year first, whatever stands between; anything but digits may stand around it (%2018|10|15%)
ORDERED = (
    r"^[^0-9A-Za-z:+-]*(\d{4})(?:\s*[-/.|年]\s*|\s+)(\d{1,2})(?:\s*[-/.|月]\s*|\s+)(\d{1,2})\s*日?"
    r"(?:[T\s,]+(\d{1,2})[:：时](\d{1,2})(?:[:：分](\d{1,2}))?)?[^0-9]*$"
)
COMPACT = (
    r"^[^0-9A-Za-z:+-]*(\d{4})(\d{2})(\d{2})(?:\s?(\d{2}):?(\d{2}):?(\d{2})?)?[^0-9A-Za-z:+-]*$"
)
BIRTH_YEAR = r"(18|19|20)\d{2}(年|(\s*[-/.年]\s*(0?[1-9]|1[0-2])|0[1-9]|1[0-2])\s*月?)?"
SHORT_YEAR = r"^(\d{2})[-/.](\d{1,2})[-/.](\d{1,2})(?:\s+(\d{1,2}):(\d{1,2})(?::(\d{1,2}))?)?$"
SQUEEZED = r"\d{4}[-/]\d{2}[-/]\d{2}\d{2}:\d{2}:\d{2}"
ISO = r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}([.,]\d+)?)?"
ZONE = r"\s?(Z|[+-]\d{2}(:?\d{2})?)"
PARTS = "['y', 'm', 'd', 'hh', 'mm', 'ss']"


def macros(layout: Layout, zone: str) -> list[str]:
    """Return the statements that define how this layout's texts are read."""
    forms = "[" + ", ".join(sql(form) for form in layout.stamps) + "]"
    zone_bit = 0 if layout.zone else BIT["zone_converted"]
    short_bit = BIT["two_digit_year"] if layout.rules["two_digit_year"] == "read" else None
    full = _full(layout.stamps, forms)
    if short_bit is not None:  # or 24-03-01 would be a day of the year 24
        full = f"case when regexp_matches(source, '^[0-9]{{4}}') then {full} end"
    return [
        f"create or replace temp macro unspaced(source) as trim(source, {sql(SPACES)})",
        # ="00123" and '00123 keep Excel from making a number of it
        "create or replace temp macro unarmoured(source) as case "
        "when starts_with(source, '=\"') then source[3:-2] "
        "when starts_with(source, '''') then source[2:] else source end",
        # a name written with two blanks in it is the same name
        "create or replace temp macro squeezed(source) as case "
        "when contains(source, '  ') or contains(source, '\u3000') "
        r"then regexp_replace(source, '[ \t\x{3000}]{2,}|\x{3000}', ' ', 'g') else source end",
        "create or replace temp macro slow_clean(source) as nullif(case "
        f"when regexp_full_match(source, {sql(BLANKS)}) then '' "
        f"else trim(unarmoured(unspaced(source)), {sql(SPACES)}) end, '')",
        # most texts have nothing to be cleaned of, which one expression tells
        "create or replace temp macro clean(source) as case when source = '' then null "
        f"when regexp_matches(source, {sql(UNCLEAN)}) then slow_clean(source) else source end",
        # 007 is not 7: two readers must not become one
        "create or replace temp macro read_number_id(source) as "
        "case when regexp_full_match(source, '0|[1-9][0-9]{0,17}') "
        "then try_cast(source as ubigint) end",
        # the upper half of the numbers: never one that a source gives itself
        "create or replace temp macro read_text_id(source) as "
        "(md5_number(source) >> 65)::ubigint | (1::ubigint << 63)",
        f"create or replace temp macro full_stamp(source) as {full}",
        # 24-03-01 is no day of the year 24; whether it is one of 2024 the slow way knows
        "create or replace temp macro of_our_time(moment) as "
        "case when moment >= timestamp '1000-01-01' then moment end",
        "create or replace temp macro full_day(source) as "
        "of_our_time(coalesce(try_strptime(source, '%Y-%m-%d'), full_stamp(source)))",
        "create or replace temp macro stamp_of(parts, year) as try_cast("
        "year || '-' || parts.m || '-' || parts.d || ' ' || coalesce(nullif(parts.hh, ''), '0')"
        " || ':' || coalesce(nullif(parts.mm, ''), '0') || ':' || coalesce(nullif(parts.ss, ''), "
        "'0') as timestamp)",
        "create or replace temp macro with_parts(parts, has_day_bit, form_bit) as case "
        "when parts.y != '' then {'at': stamp_of(parts, parts.y), 'mark': "
        "case when parts.hh = '' then has_day_bit else 0 end | form_bit} end",
        f"create or replace temp macro slow_stamp(source) as {_slow(zone, zone_bit, short_bit)}",
        # ages go by the year: the first day of it is no later than any birth in it
        "create or replace temp macro read_birth_year(source) as case "
        rf"when regexp_full_match(source, '{BIRTH_YEAR}') then try_cast(substr(source, 1, 4) "
        "|| '-01-01' as date) end",
        "create or replace temp macro plain_count(source) as case "
        "when regexp_full_match(source, '[0-9]{1,15}(\\.0+)?') "
        "then try_cast(regexp_replace(source, '\\..*', '') as bigint) "
        "when regexp_full_match(source, '[0-9]{1,3}(,[0-9]{3})+') "
        "then try_cast(replace(source, ',', '') as bigint) end",
        "create or replace temp macro plain_number(source) as case "
        "when regexp_full_match(source, '-?[0-9]{1,15}(\\.[0-9]+)?') "
        "then try_cast(source as double) "
        "when regexp_full_match(source, '[0-9]{1,3}(,[0-9]{3})+(\\.[0-9]+)?') "
        "then try_cast(replace(source, ',', '') as double) end",
        # digits of a Chinese keyboard; what is said in 万 is rounded, and no count
        f"create or replace temp macro narrow(source) as translate(source, '{WIDE}', '{NARROW}')",
        *(
            f"create or replace temp macro read_{kind}(source) as coalesce(plain_{kind}(source), "
            f"case when regexp_matches(source, '[{WIDE}]') then plain_{kind}(narrow(source)) end)"
            for kind in ("count", "number")
        ),
        "create or replace temp macro read_flag(source) as case "
        f"when lower(source) in ({', '.join(sql(word) for word in YES)}) then true "
        f"when lower(source) in ({', '.join(sql(word) for word in NO)}) then false end",
        "create or replace temp macro read_time(source) as coalesce("
        "try_strptime(source, ['%H:%M', '%H:%M:%S', '%H：%M'])::time)",
        "create or replace temp macro read_month(source) as last_day(coalesce("
        "try_strptime(source, ['%Y-%m', '%Y/%m', '%Y年%m月', '%Y.%m', '%b-%Y', '%b %Y'])::date, "
        "case when regexp_full_match(source, '[0-9]{6}') "
        "then try_strptime(source || '01', '%Y%m%d')::date end, "
        "coalesce(full_stamp(source), slow_stamp(source).at)::date))",
    ]


def _full(stamps: tuple[str, ...], forms: str) -> str:
    """Return the reading of the layout's own forms; the first of them alone is the fastest."""
    first = f"try_strptime(source, {sql(stamps[0])})"
    return first if len(stamps) == 1 else f"coalesce({first}, try_strptime(source, {forms}))"


def _slow(zone: str, zone_bit: int, short_bit: int | None) -> str:
    """Return the SQL of every other way to read a stamp, as {at, mark}; null if there is none."""
    day, form = BIT["date_without_time"], BIT["other_stamp_form"]
    ways = [
        f"when regexp_full_match(source, {sql(NO_DAY)}) then "
        f"{{'at': null::timestamp, 'mark': {BIT['no_day']}}}",
        f"when regexp_full_match(source, {sql(ISO)}) then {{'at': "
        "try_cast(replace(source, 'T', ' ') as timestamp), 'mark': 0}",
        f"when regexp_full_match(source, {sql(ISO + ZONE)}) then {{'at': "
        f"timezone({sql(zone)}, try_cast(source as timestamptz)), 'mark': {zone_bit}}}",
        f"when regexp_full_match(source, {sql(SQUEEZED)}) then {{'at': "
        "try_cast(replace(source[:10], '/', '-') || ' ' || source[11:] as timestamp), "
        f"'mark': {BIT['missing_blank']}}}",
        "when regexp_full_match(source, '[0-9]{4}-[0-9]{2}-[0-9]{2}') then "
        f"{{'at': try_cast(source as timestamp), 'mark': {day}}}",
        # Excel counts days from here, its leap year 1900 included; 20000 is 1954, 80000 is 2119
        "when regexp_full_match(source, '[2-7][0-9]{4}(\\.[0-9]+)?') then {'at': "
        "date_trunc('second', timestamp '1899-12-30 00:00:00.5' "
        "+ to_microseconds((source::double * 86400000000)::bigint)), "
        f"'mark': {BIT['excel_serial']}}}",
        f"when regexp_matches(source, {sql(COMPACT)}) then "
        f"with_parts(regexp_extract(source, {sql(COMPACT)}, {PARTS}), {day}, {form})",
        f"when regexp_matches(source, {sql(ORDERED)}) then "
        f"with_parts(regexp_extract(source, {sql(ORDERED)}, {PARTS}), {day}, {form})",
    ]
    if short_bit is not None:
        year = (
            "(case when substr(source, 1, 2)::int <= extract(year from current_date) % 100 + 1 "
            "then '20' else '19' end || source)"
        )
        parts = f"regexp_extract({year}, {sql(SHORT_YEAR.replace('{2}', '{4}', 1))}, {PARTS})"
        ways.append(
            f"when regexp_matches(source, {sql(SHORT_YEAR)}) then "
            f"with_parts({parts}, {day}, {short_bit})"
        )
    return f"case {' '.join(ways)} end"


def reading(found: Field, layout: Layout, source: str) -> str:
    """Return the SQL that reads the column `source`, a text or null; unreadable is null.

    A code is read with the parameters ${source}_keys and ${source}_values. Of a stamp the columns
    {source}_full and {source}_slow must be there.
    """
    if found.kind in ("reader", "item", "loan"):
        way = "number" if layout.ids.get(found.kind) == "number" else "text"
        return f"read_{way}_id({source})"
    if found.kind in ("stamp", "day"):
        value = f"coalesce({source}_full, {source}_slow.at)"
        if found.name == "born_on":
            return f"coalesce({value}::date, read_birth_year({source}))"
        return f"{value}::date" if found.kind == "day" else value
    if found.kind in ("count", "number", "flag", "time", "month"):
        return f"read_{found.kind}({source})"
    return f"squeezed({source})" if found.kind in ("text", "branch") else source


def sql(text: str) -> str:
    """Return a text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"
