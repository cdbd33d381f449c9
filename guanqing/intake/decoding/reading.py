"""From paths to texts: what each file is, and who reads it."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from guanqing.intake.decoding import kinds, tables
from guanqing.intake.decoding.archives import Budget, members
from guanqing.intake.decoding.checking import checked
from guanqing.intake.decoding.discovery import Found, files_at
from guanqing.intake.decoding.encodings import (
    HEAD_BYTES,
    UTF_8,
    UTF_16,
    likelier_encoding,
    marked_encoding,
    named_encoding,
    utf_16_codec,
)
from guanqing.intake.decoding.lines import blocks_of, utf_8_lines
from guanqing.intake.decoding.scratch import Scratch, readable
from guanqing.intake.decoding.text import Text, text_of
from guanqing.problems import Problem

ZIPS_IN_ZIPS = 1

# What a file beside the exports may be without a word to anyone.
PASSED_OVER = {"problem.not_a_table", "problem.web_page", "problem.file_empty"}


def texts(paths: Sequence[Path], scratch: Path, *, encoding: str | None = None) -> list[Text]:
    """Return every table in files, folders and zips as lines of UTF-8, each file read once.

    A clean UTF-8 file is returned where it is; whatever else there is goes into scratch, which
    must last as long as the texts. A path with nothing to read, or a broken export, raises.
    """
    reader = _Reader(Scratch(scratch), named_encoding(encoding))
    read: dict[Path, tuple[Found, list[Text]]] = {}
    for path in paths:
        files = files_at(path)
        for found in files:
            if found.path not in read:
                read[found.path] = found, list(reader.texts_of(found))
        if not any(read[found.path][1] for found in files):
            raise Problem("nothing_readable", path=path)
    return _with_distinct_names(list(read.values()))


def _with_distinct_names(read: list[tuple[Found, list[Text]]]) -> list[Text]:
    """Name by their whole path those that two folders call alike."""
    files = Counter(found.name for found, texts in read if texts)
    return [
        text
        if files[found.name] == 1
        else replace(text, name=found.where + text.name.removeprefix(found.name))
        for found, texts in read
        for text in texts
    ]


@dataclass(frozen=True)
class _Reader:
    scratch: Scratch
    encoding: str | None  # named by the person

    def texts_of(self, found: Found) -> Iterator[Text]:
        """Yield what a file holds; nothing for a file that is no export nor called like one."""
        with readable(found.where):
            budget = Budget(packed_bytes=found.path.stat().st_size)
        return self._unless_passed_over(found, budget, 0)

    def _unless_passed_over(self, found: Found, budget: Budget, depth: int) -> Iterator[Text]:
        try:
            yield from self._texts_of(found, budget, depth)
        except Problem as problem:
            if found.is_expected or problem.key not in PASSED_OVER:
                raise

    def _texts_of(self, found: Found, budget: Budget, depth: int) -> Iterator[Text]:
        kind = kinds.kind_of(found)
        if kind == kinds.ZIP:
            if depth > ZIPS_IN_ZIPS:
                raise Problem("zip_nested", path=found.where)
            for member in members(found, self.scratch, budget):
                made = list(self._unless_passed_over(member, budget, depth + 1))
                if not any(text.path == member.path for text in made):
                    self.scratch.drop(member.path)
                yield from made
        elif kind in kinds.WORKBOOKS:
            yield from tables.sheets(found, kind, self.scratch)
        elif kind == kinds.PARQUET:
            yield tables.parquet(found, self.scratch)
        elif kind == kinds.TEXT:
            yield self._text(found)
        else:
            raise Problem("not_a_table", path=found.where)

    def _text(self, found: Found) -> Text:
        with readable(found.where):
            encoding, is_clean = self._encoding_of(found.path)
        if is_clean:
            return text_of(found, found.path, encoding)
        path = self.scratch.path()
        with self.scratch.writing(path) as file:
            file.writelines(utf_8_lines(blocks_of(found.path, encoding), encoding))
        return text_of(found, path, encoding)

    def _encoding_of(self, path: Path) -> tuple[str, bool]:
        """Return the encoding of a file, and whether the engine can read the file as it is."""
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
        encoding = marked_encoding(head) or self.encoding
        if encoding is None and utf_16_codec(head):
            encoding = UTF_16
        if encoding == UTF_16:
            return UTF_16, False
        look = checked(path)
        if encoding is not None:
            is_utf_8 = look.is_ascii or (look.is_utf_8 and encoding == UTF_8)
            return encoding, look.is_clean and is_utf_8
        if look.is_utf_8:
            return UTF_8, look.is_clean
        return likelier_encoding(blocks_of(path, None)), False
