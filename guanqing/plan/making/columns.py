"""How a plan is written by people (data/plan_desk.toml): its columns, kinds and words."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from pydantic import TypeAdapter, with_config

from guanqing import datafiles
from guanqing.datafiles import STRICT, Words
from guanqing.parsing import Wrong
from guanqing.plan.planrules import KINDS, plan_measures, suits

MILESTONE = "milestone"
LANGUAGES = ("zh", "en")


@with_config(STRICT)
@dataclass(frozen=True)
class Column:
    """A column of a worksheet, a field of a form."""

    code: str
    zh: str
    en: str
    takes: Words
    also: tuple[str, ...] = ()
    of: tuple[str, ...] = ()

    def is_of(self, kind: str) -> bool:
        """Tell whether a target of this kind has it."""
        return not self.of or kind in self.of

    def called(self, language: str) -> str:
        """Return its header."""
        return str(getattr(self, language))

    def hint(self, language: str, year: int) -> str:
        """Return what may stand in a cell of it, with examples of the plan's year."""
        return self.takes[language].replace("{year}", str(year))


@with_config(STRICT)
@dataclass(frozen=True)
class Shape:
    """A kind of target, or what one may have besides: what it promises, and an example."""

    code: str
    name: Words
    words: Words
    example: dict[str, str]
    also: tuple[str, ...] = ()
    kind: str = ""  # of what one may have besides: the kind of the example


@with_config(STRICT)
@dataclass(frozen=True)
class Desk:
    """What data/plan_desk.toml says."""

    columns: dict[str, Column]
    kinds: dict[str, Shape]
    ways: dict[str, Shape]
    choices: dict[str, dict[str, tuple[str, ...]]]


@datafiles.reads("plan_desk.toml")
def desk(content: dict[str, Any]) -> Desk:
    """Return how a plan is written by people."""
    for part in ("columns", "kinds", "ways"):
        datafiles.coded(content.get(part, {}), "code", part)
    made = TypeAdapter(Desk).validate_python(content)
    if made.kinds.keys() != {*KINDS, MILESTONE}:
        raise Wrong("kinds")
    for part, shapes in (("kinds", made.kinds), ("ways", made.ways)):
        for code, shape in shapes.items():
            if (part == "ways") != (shape.kind in made.kinds):
                raise Wrong(part, code, "kind")
            if not shape.example.keys() <= made.columns.keys():
                raise Wrong(part, code, "example")
    for name, known in made.choices.items():
        for code, words in known.items():
            if len(words) < len(LANGUAGES):
                raise Wrong("choices", name, code)
    taken: set[str] = set()
    for code, column in made.columns.items():
        headers = {alike(word) for word in (column.zh, column.en, code, *column.also)}
        if headers & taken:
            raise Wrong("columns", code)
        taken |= headers
    if desk.last:
        datafiles.require(made.columns, desk.last.columns)
        datafiles.require(made.choices, desk.last.choices)
    return made


def alike(word: str) -> str:
    """Return a word as it is compared: width, case and spaces make no difference."""
    return "".join(unicodedata.normalize("NFKC", word).casefold().split()).rstrip("*")


def columns_of(kind: str) -> dict[str, Column]:
    """Return the columns that a target of a kind has, by code."""
    return {code: column for code, column in desk().columns.items() if column.is_of(kind)}


def column_of(header: str) -> str | None:
    """Return the column that a header names, None where it names none."""
    wanted = alike(header)
    for code, column in desk().columns.items():
        if wanted in map(alike, (column.zh, column.en, code, *column.also)):
            return code
    return None


@dataclass(frozen=True)
class Choice:
    """One of the things a cell may say: its words in both languages, and what else is taken."""

    words: Mapping[str, str]
    also: tuple[str, ...] = ()

    def means(self, word: str) -> bool:
        """Tell whether a word of a cell means it."""
        return alike(word) in map(alike, (*self.words.values(), *self.also))


Choices = dict[str, Choice]


def choices(column: str, kind: str = "") -> Choices:
    """Return what a cell of a column may say, by code; nothing for a column of free words."""
    if column == "kind":
        return {code: Choice(shape.name, shape.also) for code, shape in desk().kinds.items()}
    if column == "measure":
        return _measures(kind)
    known = {
        code: Choice(dict(zip(LANGUAGES, words, strict=False)), tuple(words[2:]))
        for code, words in desk().choices.get(column, {}).items()
    }
    return known | _measures(kind) if column == "per" else known


def _measures(kind: str) -> Choices:
    """Return the measures that a target of a kind can count; of no kind, all of them."""
    return {
        code: Choice(about.name)
        for code, about in plan_measures().items()
        if not kind or suits(kind, about)
    }


def code_of(word: str, known: Choices) -> str | None:
    """Return the code that a word means."""
    if word in known:
        return word
    return next((code for code, choice in known.items() if choice.means(word)), None)


def nearest(word: str, known: Choices, language: str) -> str:
    """Return what a word that means nothing may be meant to be, "" where nothing is like it."""
    called = {
        alike(said): choice.words[language]
        for code, choice in known.items()
        for said in (code, *choice.words.values(), *choice.also)
    }
    near = get_close_matches(alike(word), [*called], n=1, cutoff=0.5)
    return called[near[0]] if near else ""
