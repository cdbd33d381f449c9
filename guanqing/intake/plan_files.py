"""A plan from a file: the text of a plan file, or a worksheet of its rows."""

import re
import tempfile
from pathlib import Path

from guanqing.intake.decoding import reading
from guanqing.parsing import toml
from guanqing.plan.making import rows
from guanqing.plan.making.rows import Sheet
from guanqing.problems import Problem

TOML = ".toml"


def text_of(path: Path) -> str:
    """Return the text of a plan file. Problem: path_missing, file_not_readable, plan_no_toml."""
    if not path.exists():
        raise Problem("path_missing", path=path)
    try:
        text = path.read_bytes().decode("utf-8-sig")
        toml(text)
    except OSError as error:
        raise Problem("file_not_readable", path=path) from error
    except ValueError as error:  # of the encoding or of the form
        found = re.search(r"line (\d+)", str(error))
        raise Problem("plan_no_toml", path=path, line=found[1] if found else "1") from error
    return text


def year_of(text: str) -> int | None:
    """Return the year that a plan file says it is of."""
    found = toml(text).get("year")
    return found if isinstance(found, int) and not isinstance(found, bool) else None


def sheet_of(path: Path, language: str) -> Sheet:
    """Return the rows of a worksheet; of a workbook with several sheets, of the one that has any.

    Problem: what a load says of a file it cannot read, and what rows.read says.
    """
    with tempfile.TemporaryDirectory() as folder:
        texts = reading.texts([path], Path(folder))
        problems: list[Problem] = []
        for found in texts:
            words = found.path.read_text(encoding="utf-8-sig")
            try:
                return rows.read(words, language=language, delimiter=found.delimiter)
            except Problem as problem:
                problems.append(problem)
        raise problems[0]
