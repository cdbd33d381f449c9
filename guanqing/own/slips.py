"""What can be read in a library's own folder and means nothing: a misspelt setting or branch."""

from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from guanqing import parsing
from guanqing.own import Own, about, settings
from guanqing.problems import Problem


@dataclass(frozen=True)
class Slip:
    """A word that nothing asks for: where it stands, and what may be meant."""

    kind: str  # setting, main_branch
    path: Path
    line: int
    field: str
    near: str  # "" where nothing is like it

    @property
    def key(self) -> str:
        """Return the text that says so."""
        return f"verify.own_{self.kind}_near" if self.near else f"verify.own_{self.kind}"

    @property
    def words(self) -> dict[str, str]:
        """Return the values of a sentence about it."""
        said = {"path": str(self.path), "line": str(self.line), "field": self.field}
        return said | {"near": self.near}


def slips(its: Own, branches: Collection[str]) -> list[Slip]:
    """Return what means nothing in the files of a library; what cannot be read is said elsewhere.

    branches are the codes of those that have records; where none is known at all any will do.
    """
    found: list[Slip] = []
    with suppress(Problem, OSError, ValueError):
        said, known = settings.codes(its), sorted(settings.KNOWN)
        found += [_slip("setting", its.settings, [code], code, known) for code in said]
    with suppress(Problem, OSError, ValueError):
        library = about.read(its)
        codes = [*branches, *(branch.code for branch in library.branches)]
        if library.main_branch and codes:
            field = ["main_branch"]
            found.append(_slip("main_branch", its.about, field, library.main_branch, codes))
    return [one for one in found if one.near != one.field]


def _slip(kind: str, path: Path, place: list[str], word: str, known: list[str]) -> Slip:
    line = parsing.line_of(path, path.read_text(encoding="utf-8-sig"), place)
    alike = {one.lower(): one for one in known}
    near = word if word in known else next(iter(get_close_matches(word.lower(), alike, 1, 0.5)), "")
    return Slip(kind, path, line, word, alike.get(near, near))
