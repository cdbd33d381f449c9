"""A library of one kind of record, with nothing of its own, has every page in both languages."""

from collections.abc import Callable
from pathlib import Path

import pytest
from screens import PAGES, open_page, told, words

from guanqing import records, text
from guanqing.intake.loading import load
from guanqing.store import Store

pytest_plugins = ["stores"]

KINDS = [code for code in records.kinds() if code not in ("log", "code_names")]
EXAMPLES = {"flag": "是"}


def alone(folder: Path, code: str) -> None:
    """Load one line of a kind, made of the examples that a template shows, and nothing else."""
    kind = records.kinds()[code]
    fields = [f for f in kind.fields.values() if f.example or f.needed or f.column]
    lines = [",".join(f.zh for f in fields), ",".join(f.example or "1" for f in fields)]
    file = folder / f"{kind.name['zh']}.csv"
    file.write_text("\n".join([*lines, ""]), encoding="utf-8")
    assert load([file], "plain", Store(folder)).total("refused") == 0


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", text.LANGUAGES)
@pytest.mark.few(12)
def test_every_page_works_for_a_library_of_one_kind_and_no_plan(
    once: Callable[[str, Callable[[Path], None]], Path], page: str, kind: str, language: str
) -> None:
    store = once(f"alone-{kind}", lambda folder: alone(folder, kind))
    app = open_page(page, store, language)
    assert not app.exception
    assert told(app) == []
    assert "晋中" not in " ".join(words(app))


def test_one_loan_of_a_library_without_branches_makes_no_finding_of_itself(
    once: Callable[[str, Callable[[Path], None]], Path],
) -> None:
    store = once("alone-loans", lambda folder: alone(folder, "loans"))
    pages = ("service/circulation", "service/activities", "people/readers", "library/sources")
    said = " ".join(
        piece for page in pages for piece in words(open_page(f"pages/{page}.py", store, "en"))
    )
    assert "1 loan on" in said
    assert "Only one reader borrowed" in said
    for silly in ("Busiest", "Every borrower", "was not broken down", "The plan for"):
        assert silly not in said, silly
    assert "hole network" not in said  # there is none beyond the library
