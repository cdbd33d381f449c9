"""Cells as text: what a value of a workbook or of Parquet looks like in a line."""

from datetime import datetime, timedelta

import polars as pl

from guanqing.intake.decoding.lines import LINE_BYTES, REFUSED, REFUSED_SIGNS

# Line ends of any script, tabs, and what lines.py blanks: one blank for each run.
_BREAKS = "[\x00-\x02\t\n\x0b\x0c\r\x85\u2028\u2029]+"

# Workbooks hold a time as a moment of their day 0; a span runs on into the days after it.
_CLOCK = r"^(?:1899-12-3[01]|1900-01-\d\d|1904-01-\d\d) \d\d:\d\d:\d\d$"
_DAY_0 = {1899: datetime(1899, 12, 31), 1900: datetime(1899, 12, 31), 1904: datetime(1904, 1, 1)}
_WHOLE_FLOATS = 2.0**63


def lines_of(frame: pl.DataFrame) -> pl.Series:
    """Join columns of text into lines, tabs between; a row of blanks is a blank line."""
    if not frame.width:
        return pl.Series("line", [""] * frame.height, pl.String)
    line = pl.concat_str(pl.all().fill_null("").str.replace_all(_BREAKS, " "), separator="\t")
    is_blank = line.str.strip_chars("\t") == ""
    is_long = line.str.len_bytes() > LINE_BYTES
    cut = pl.lit(REFUSED.decode()) + line.str.slice(0, REFUSED_SIGNS)
    shown = pl.when(is_blank).then(pl.lit("")).when(is_long).then(cut).otherwise(line)
    return frame.select(shown.alias("line")).to_series()


def of_workbook(column: pl.Series) -> pl.Series:
    """Put in order what the workbook reader gives as text: moments and truths."""
    clocks = column.filter(column.str.contains(_CLOCK).fill_null(False)).unique().to_list()
    words = {clock: _clock(clock) for clock in clocks} | {"true": "1", "false": "0"}
    return column.replace(words).str.replace(r"^(\d{4}-\d\d-\d\d) 00:00:00$", "$1")


def _clock(moment: str) -> str:
    """Return a time or span of a workbook as hours, minutes and seconds."""
    since = datetime.fromisoformat(moment)
    span = since - _DAY_0[since.year]
    if span.days > 0 and not span % timedelta(days=1):
        return moment  # 1900-01-01 is what some systems write where there is no date
    hours = max(span.days, 0) * 24 + since.hour
    return f"{hours:02}{moment[-6:]}"


def of_parquet(column: pl.Series) -> pl.Series:
    """Return a typed column as text."""
    kind = column.dtype
    if kind == pl.String:
        return column
    if isinstance(kind, pl.Datetime):
        zone = "%:z" if kind.time_zone else ""
        return column.dt.strftime(f"%Y-%m-%d %H:%M:%S{zone}")
    if isinstance(kind, pl.Duration):
        return column.map_elements(_span, return_dtype=pl.String)
    if kind == pl.Time:
        return column.dt.strftime("%H:%M:%S")
    if kind == pl.Boolean:
        return column.cast(pl.Int8).cast(pl.String)
    if kind.is_float():
        return _floats(column.cast(pl.Float64))
    if kind.is_decimal():
        return column.cast(pl.String).str.replace(r"\.0+$", "")
    if kind == pl.Binary:
        return column.cast(pl.String, strict=False)
    if kind.is_nested() or kind == pl.Object:
        shown = [None if value is None else str(value) for value in column.to_list()]
        return pl.Series(column.name, shown, pl.String)
    return column.cast(pl.String)


def _span(span: timedelta) -> str:
    minutes, seconds = divmod(int(span.total_seconds()), 60)
    return f"{minutes // 60:02}:{minutes % 60:02}:{seconds:02}"


def _floats(column: pl.Series) -> pl.Series:
    """Write card numbers kept as floats without a point and never in powers of ten."""
    values = pl.col("value")
    is_whole = (values == values.floor()) & (values.abs() < _WHOLE_FLOATS)
    whole = values.cast(pl.Int64, strict=False).cast(pl.String)
    other = pl.when(values.is_finite()).then(values.cast(pl.String))
    text = pl.when(is_whole).then(whole).otherwise(other)
    return column.to_frame("value").select(text.alias(column.name)).to_series()
