"""Find out what a text holds: which source of a layout it is, and where its fields stand."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from pathlib import PurePosixPath

from guanqing.intake.decoding import Text
from guanqing.intake.layouts import Layout
from guanqing.intake.layouts.sources import Source
from guanqing.intake.reading import headers
from guanqing.intake.reading.headers import Header
from guanqing.problems import Problem


@dataclass(frozen=True)
class Opened:
    """A text and the places of its fields, from 1."""

    text: Text
    source: Source
    header: tuple[str, ...]
    header_line: int  # 0: the text has none
    delimiter: str
    quote: str
    places: dict[str, tuple[int, ...]]  # field -> its place, or the places to be joined
    aside: dict[int, str] = field(default_factory=dict)  # place -> pattern of lines left out
    gathered: dict[int, str] = field(default_factory=dict)  # place -> its header, a month
    free_place: int = 0  # the field that may hold delimiters
    is_dump: bool = False  # of INSERT statements

    @property
    def width(self) -> int:
        """Return how many fields a line must have: up to the last that may not be left out."""
        spared = {headers.normal(name) for name in self.source.may_be_missing}
        named = [headers.normal(name) for name in self.header]
        return max(
            (at for at, name in enumerate(named, 1) if name and name not in spared), default=0
        )

    @property
    def header_text(self) -> str | None:
        """Return the line of the header as it stands in the text."""
        return self.text.first_lines[self.header_line - 1] if self.header_line else None

    def column(self, name: str | None) -> str | None:
        """Return the header of a field, for whoever has to mend the file."""
        places = self.places.get(name or "", ())
        return "+".join(self.header[place - 1] for place in places) if places else None


@dataclass(frozen=True)
class _Attempt:
    """A text taken for one source of a layout."""

    opened: Opened
    is_named: bool  # by the pattern of the source: the file is this or it is broken
    is_called: bool  # like the kind of record, as templates are
    missing: tuple[str, ...]  # columns not found that are needed

    @property
    def found_count(self) -> int:
        return len(self.opened.places) + bool(self.opened.gathered)

    @property
    def rank(self) -> tuple[bool, int, bool, bool, int]:
        """Return what makes an attempt better than another."""
        unused = len(self.opened.source.columns) - self.found_count
        return (self.is_named, self.found_count, self.is_called, not self.missing, -unused)

    @property
    def is_any(self) -> bool:
        """Return whether the text may be this source at all."""
        return self.is_named or self.is_called or self.found_count > 1

    @property
    def is_sure(self) -> bool:
        """Return whether the text must be this source, whatever it lacks."""
        source = self.opened.source
        is_half = 2 * self.found_count >= len(source.columns) + len(source.joined)
        return self.is_named or source.is_plain or is_half

    def problem(self) -> Problem:
        return Problem(
            "column_missing",
            path=self.opened.text.name,
            column=self.missing[0],
            columns=", ".join(name for name in self.opened.header if name),
        )


def open_texts(found: Sequence[Text], layout: Layout) -> tuple[list[Opened], tuple[str, ...]]:
    """Return the texts that a layout knows, code tables first, and the names of the others.

    A text that is a source of the layout but lacks a column raises, and says which. One that only
    resembles a source is passed over where others can be read.
    """
    pairs = [(text, attempt_at(text, layout)) for text in found]
    opened = [attempt.opened for _, attempt in pairs if attempt and not attempt.missing]
    lacking = [attempt for _, attempt in pairs if attempt and attempt.missing]
    for attempt in lacking:
        if attempt.is_sure or not opened:
            raise attempt.problem()
    for source in opened:
        require_once(source)
    skipped = tuple(text.name for text, attempt in pairs if not attempt or attempt.missing)
    opened.sort(key=lambda source: source.source.kind.code != "code_names")
    return opened, skipped


def attempt_at(text: Text, layout: Layout) -> _Attempt | None:
    """Return the source of the layout that explains most of a text, or None."""
    attempts = [
        attempt
        for source in layout.sources
        if _is_meant(text, source)
        for attempt in _attempts(text, layout, source)
        if attempt.is_any
    ]
    return max(attempts, key=lambda attempt: attempt.rank) if attempts else None


def _names(text: Text) -> tuple[str, str]:
    """Return the name of a text's file, and what its table is called: the sheet, or the file."""
    file, is_sheet, last = text.name.rpartition("#")
    path = PurePosixPath(file if is_sheet else last)
    return path.name, last if is_sheet else path.stem


def _is_meant(text: Text, source: Source) -> bool:
    return source.file == "*" or any(
        fnmatchcase(name.casefold(), source.file.casefold()) for name in _names(text)
    )


def _attempts(text: Text, layout: Layout, source: Source) -> list[_Attempt]:
    """Return the source with the line that names most of its columns as the header."""
    delimiter, quote = layout.delimiter or text.delimiter, layout.quote or text.quote
    found = [
        _attempt(text, source, header, delimiter, quote)
        for header in headers.candidates(text, source, delimiter, quote)
        if any(header.cells)
    ]
    # of lines that name as many columns the first is the header
    return [max(found, key=lambda attempt: attempt.found_count)] if found else []


def _attempt(text: Text, source: Source, header: Header, delimiter: str, quote: str) -> _Attempt:
    places = _places(source, header)
    gathered = {
        place: cell
        for place, cell in enumerate(header.cells, 1)
        if source.gather and re.fullmatch(source.gather, cell)
    }
    above = {
        name: value
        for name, words in source.above.items()
        if (value := headers.beside(text, header, words, delimiter, quote))
    }
    opened = Opened(
        text=text,
        source=replace(source, fixed=source.fixed | above),
        header=header.cells,
        header_line=header.line,
        delimiter="," if header.is_dump else delimiter,
        quote="'" if header.is_dump else quote,
        places=places,
        aside=_aside(source, header),
        gathered=gathered,
        free_place=0 if header.is_dump else header.place(source.free_text),
        is_dump=header.is_dump,
    )
    called = {source.kind.code, *source.kind.name.values()}
    return _Attempt(
        opened=opened,
        is_named=source.file != "*",
        is_called=bool(called.intersection(_names(text))),
        missing=_missing(opened),
    )


def _places(source: Source, header: Header) -> dict[str, tuple[int, ...]]:
    places: dict[str, tuple[int, ...]] = {}
    for name, columns in source.columns.items():
        place = header.place(columns)
        if place and (place,) not in places.values():
            places[name] = (place,)
    for name, columns in source.joined.items():
        joined = [header.place([column]) for column in columns]
        if joined[0]:  # what follows may be left out of an export
            places[name] = tuple(place for place in joined if place)
    return places


def _missing(opened: Opened) -> tuple[str, ...]:
    source = opened.source
    missing = [
        " / ".join(source.columns.get(name) or source.joined.get(name) or (name,))
        for name, found in source.kind.fields.items()
        if (found.needed or found.column) and name not in opened.places and name not in source.fixed
    ]
    if source.gather and not opened.gathered and "month" not in opened.places:
        missing.append(source.kind.fields["month"].zh)
    return tuple(missing)


def _aside(source: Source, header: Header) -> dict[int, str]:
    """Return the patterns of each column, several of them as one."""
    patterns: dict[int, list[str]] = {}
    for aside in source.aside:
        patterns.setdefault(header.place([aside.column]), []).append(f"(?:{aside.pattern})")
    return {place: "|".join(found) for place, found in patterns.items() if place}


def require_once(opened: Opened) -> None:
    """Raise the Problem of a column that is read and stands there twice."""
    header, source = Header(opened.header, opened.header_line), opened.source
    for name, columns in _all_columns(source):
        if name in opened.places and header.is_twice(columns):
            column = opened.header[opened.places[name][0] - 1]
            raise Problem("column_twice", path=opened.text.name, column=column)


def _all_columns(source: Source) -> Iterable[tuple[str, Sequence[str]]]:
    yield from source.columns.items()
    for name, columns in source.joined.items():
        yield from ((name, [column]) for column in columns)
