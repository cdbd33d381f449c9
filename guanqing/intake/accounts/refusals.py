"""The lines a load refused or repaired, given back as files that can be mended and loaded again."""

import io
import re
from pathlib import Path

from guanqing import disk, warehouse
from guanqing.access import names_key
from guanqing.problems import Problem
from guanqing.records import kinds
from guanqing.spreadsheets import harmless_line, write_csv
from guanqing.store import Store, records_of

LINE, RULE = "#line", "#rule"  # columns before the line itself; no layout reads them


def write(
    store: Store,
    folder: Path,
    load_number: int | None = None,
    *,
    with_repaired: bool = False,
    with_names: bool = True,
) -> dict[Path, int]:
    """Write a file for each source file of a load that has such lines; return their counts.

    Text comes back as it was read, in UTF-8 that Excel opens, with an apostrophe before what would
    run there; what looked like the number of an identity card was never kept. Names may stand in
    them, so they are for their owner alone. Problem: no_library, no_such_load, file_not_readable,
    template_not_written.
    """
    found = contents(store, load_number, with_repaired=with_repaired, with_names=with_names)
    try:
        return {_written(folder, name, content): n for name, (content, n) in found.items()}
    except OSError as error:
        raise Problem("template_not_written", path=folder) from error


def contents(
    store: Store,
    load_number: int | None = None,
    *,
    with_repaired: bool = False,
    with_names: bool = True,
) -> dict[str, tuple[bytes, int]]:
    """Return the same as file name -> its bytes and the number of its lines.

    Without names what has a letter in it is starred out of files that may hold some.
    """
    records = records_of(store.current())
    if not records.exists():
        return {}
    with warehouse.reading(records) as connection:
        kept = [
            n
            for (n,) in connection.sql(
                "select distinct load_number from file_accounts order by load_number"
            ).fetchall()
        ]
        number = load_number if load_number is not None else max(kept, default=0)
        if number not in kept:
            raise Problem("no_such_load", number=number, kept=", ".join(map(str, kept)))
        files = connection.sql(
            "select file_name, kind, header, delimiter, quote from file_accounts "
            "where load_number = $load order by file_name",
            params={"load": number},
        ).fetchall()
        outcomes = ["refused", "repaired"] if with_repaired else ["refused"]
        found: dict[str, tuple[bytes, int]] = {}
        for name, kind, header, delimiter, quote in files:
            lines = connection.sql(
                "select line_number, rule_code, line from kept_lines where load_number = $load "
                "and file_name = $name and outcome in $outcomes order by line_number",
                params={"load": number, "name": name, "outcomes": outcomes},
            ).fetchall()
            if lines:
                opened = [(number, rule, _opened(line)) for number, rule, line in lines]
                if not with_names and _may_hold_names(kind, header):
                    opened = [(n, rule, starred(line, delimiter)) for n, rule, line in opened]
                    shown = header and delimiter.join(f"[{h}]" for h in header.split(delimiter))
                else:
                    shown = header
                found[name] = (_file(shown, delimiter, quote, opened), len(lines))
    return found


def _opened(line: bytes | None) -> str:
    """Return the text of a line that was kept. Problem: as names_key.read."""
    if line is None:  # there was no key when it was loaded
        return ""
    words = names_key.read().open(line)
    if words is None:
        raise Problem("names_key_lost", path=names_key.path())
    return words


def _may_hold_names(kind: str, header: str | None) -> bool:
    named = kinds()["readers"].fields["reader_name"].headers
    found = (header or "").casefold()
    return kind == "readers" or header is None or any(n.casefold() in found for n in named)


def starred(line: str, delimiter: str = "\n") -> str:
    """Return a line of which only numbers and days are left: a name may stand in any column.

    Its header is no longer one that a layout knows, so stars are not loaded as names.
    """
    return delimiter.join(
        "***" if re.search(r"[^\W\d_]", cell) else cell for cell in line.split(delimiter)
    )


def _file(
    header: str | None, delimiter: str, quote: str, lines: list[tuple[int, str, str]]
) -> bytes:
    target = io.StringIO()
    rows = [(LINE, RULE, header)] if header is not None else []
    for number, rule, line in [*rows, *lines]:
        # without a header the places of the columns count, so nothing is put before them
        before = (
            f"{number}{delimiter}{str(rule).replace(delimiter, ' ')}{delimiter}" if rows else ""
        )
        if quote:
            target.write(f"{before}{harmless_line(line or '', delimiter, quote)}\r\n")
        else:  # a sheet: its cells were joined by tabs
            write_csv(target, [f"{before}{line or ''}".split(delimiter)])
    return target.getvalue().encode("utf-8-sig")


def _written(folder: Path, name: str, content: bytes) -> Path:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    stem = re.sub(r"[^\w.\-]+", "_", name).removesuffix(".csv")
    path = folder / f"{stem}.refused.csv"
    disk.write_private(path, content)
    return path
