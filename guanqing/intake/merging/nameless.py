"""Records without readers' names: what a backup holds unless names are asked for.

Made as a new file, for the engine leaves what was deleted in the old one. A name becomes the mask
that pages show, a card number goes, and so do the texts of lines that were refused or repaired.
What identifies a reader stays, or no load could go on: of a card number that is digits alone it is
that number.
"""

from pathlib import Path

from guanqing.intake import sealed_files

KEPT_BACK = ("kept_lines", "unmapped_codes")


def copy(records: Path, target: Path) -> None:
    """Write the records into a new file, without names. Problem: library_damaged; OSError: full."""
    sealed_files.copy(records, target, _without_names)


def _without_names(table: str, columns: dict[str, str]) -> str:
    instead = " replace (null::blob as sealed)" if table == "readers" else ""
    if "reader_name" in columns:  # of a program that did not seal yet
        masked = "left(reader_name, 1) || '**' as masked_name, null::blob as sealed"
        instead = f" exclude (reader_name, reader_card), {masked}"
    return f"select *{instead} from old.{table} where {table not in KEPT_BACK}"
