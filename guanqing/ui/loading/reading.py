"""What uploaded files are: their texts, the layout that fits, and what it makes of each."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from guanqing.intake import layouts
from guanqing.intake.decoding import Text, texts
from guanqing.intake.layouts import Layout
from guanqing.intake.proposals import best_layout
from guanqing.intake.reading import headers
from guanqing.intake.reading.source_matching import Opened, open_texts
from guanqing.problems import Problem
from guanqing.records import Field
from guanqing.ui.loading.uploads import Uploads

SAMPLES = 3
SAMPLE_SIGNS = 28


@dataclass(frozen=True)
class Reading:
    """The texts in uploaded files, and the files that are none."""

    by_path: dict[Path, tuple[Text, ...]]
    broken: dict[str, Problem] = field(default_factory=dict)

    @property
    def texts(self) -> list[Text]:
        """Return every text."""
        return [text for found in self.by_path.values() for text in found]

    @property
    def names(self) -> list[str]:
        """Return the names of the texts."""
        return [text.name for text in self.texts]


@dataclass(frozen=True)
class Taken:
    """What a layout makes of texts: those it reads, those it passes over, or why it cannot."""

    opened: tuple[Opened, ...] = ()
    skipped: tuple[str, ...] = ()
    problem: Problem | None = None

    @property
    def column_count(self) -> int:
        """Return how many columns are used in all files."""
        return sum(map(used_count, self.opened))


def read(uploads: Uploads, encoding: str | None) -> Reading:
    """Read uploaded files each for itself, so that a broken one does not hide the others."""
    scratch = uploads.scratch()
    found: dict[Path, tuple[Text, ...]] = {}
    broken = {}
    for path in uploads.paths():
        try:
            found[path] = tuple(texts([path], scratch, encoding=encoding))
        except Problem as problem:
            broken[path.name] = problem
    return Reading(found, broken)


def suggestion(found: Sequence[Text], own: Path) -> str | None:
    """Return the layout that reads most of the texts; None where none reads any.

    Files that belong to no system lie beside the exports, so not every text need be known.
    """
    fits = {text.name: best_layout([text], own) for text in found}
    known = [text for text in found if fits[text.name]]
    if not known:
        return None
    names = [name for name in fits.values() if name]
    return best_layout(known, own) or max(names, key=names.count)


def choices(own: Path) -> dict[str, Layout | None]:
    """Return every layout by its name; one that cannot be read is None until it is chosen."""
    found: dict[str, Layout | None] = {}
    for name in layouts.names(own):
        try:
            found[name] = layouts.read(name, own)
        except Problem:
            found[name] = None
    return found


def take(found: Sequence[Text], name: str, own: Path) -> Taken:
    """Return what a layout makes of the texts."""
    try:
        opened, skipped = open_texts(found, layouts.read(name, own))
    except Problem as problem:
        return Taken(problem=problem)
    return Taken(tuple(opened), skipped)


def used_count(opened: Opened) -> int:
    """Return how many columns of a file are read."""
    return len({p for places in opened.places.values() for p in places} | set(opened.gathered))


def unused(opened: Opened) -> list[str]:
    """Return the headers of a file that are not read."""
    used = {p for places in opened.places.values() for p in places}
    used |= set(opened.gathered) | set(opened.aside)
    return [name for place, name in enumerate(opened.header, 1) if name and place not in used]


def samples(opened: Opened) -> dict[str, list[str]]:
    """Return the first values of each field of a file, as they stand there."""
    rows = list(islice(_rows(opened), SAMPLES))
    shown = {}
    for name, places in opened.places.items():
        found = opened.source.kind.fields[name]
        values = [
            " ".join(row[p - 1] for p in places if p <= len(row) and row[p - 1]) for row in rows
        ]
        shown[name] = [sample(value, found) for value in values]
    return shown


def sample(value: str, found: Field) -> str:
    """Return a value short enough to stand in a table; whom it belongs to is not shown."""
    if value and found.name == "reader_name":
        return f"{value[0]}**"
    if found.kind == "reader" and len(value) > 4:
        return f"{value[:2]}{'*' * (len(value) - 4)}{value[-2:]}"
    return value if len(value) <= SAMPLE_SIGNS else f"{value[:SAMPLE_SIGNS]}…"


def _rows(opened: Opened) -> Iterator[tuple[str, ...]]:
    if opened.is_dump:
        return
    for line in opened.text.first_lines[opened.header_line :]:
        cells = headers.cells(line[: headers.LONGEST], opened.delimiter, opened.quote)
        if any(cells):
            yield cells


def without(reading: Reading, skipped: Sequence[str]) -> list[Path]:
    """Return the files of which a load has read anything: what it skipped is still to be loaded."""
    return [
        path
        for path, found in reading.by_path.items()
        if any(text.name not in skipped for text in found)
    ]
