"""The measures, the queries, the plan and the pages speak of the same figures."""

import ast
import random
import re

import pytest
from conftest import PLANS, fill

from guanqing import figures, measures, plan, text, warehouse
from guanqing.figures import key_figures
from guanqing.paths import ROOT

every_measure = pytest.mark.parametrize("measure", measures.load().values(), ids=lambda m: m.name)
HEADLINES = [name for name in warehouse.paths() if name.endswith("_headline")]
PAGES = sorted(ROOT.glob("pages/**/*.py"))


def columns(name: str) -> list[str]:
    (listed,) = re.findall(r"^-- columns:  (.+)$", warehouse.source(name), re.MULTILINE)
    return listed.split(", ")


@every_measure
def test_a_measure_is_explained_in_every_language(measure):
    assert measure.label.keys() == measure.definition.keys() == text.LANGUAGES.keys()
    assert all([*measure.label.values(), *measure.definition.values(), measure.standard])


@every_measure
def test_a_measure_has_a_unit_a_reader_knows_and_a_good_direction(measure):
    assert measure.unit in text.FORMS
    assert measure.better in {"higher", "lower", "neither"}


@every_measure
def test_the_source_of_a_term_has_a_name(measure):
    assert f"standard.{measure.standard}" in text.load()


@every_measure
def test_a_name_says_the_unit(measure):
    unit = {"count": "count", "rate": "ratio or share", "share": "share"}.get(
        measure.name.rsplit("_", 1)[-1], measure.unit
    )
    assert measure.unit in unit, f"data/measures.toml: rename {measure.name} or mend its unit"


@every_measure
def test_the_cases_behind_a_figure_are_a_column_that_counts(measure):
    if measure.cases:
        query, _, column = measure.cases.rpartition(".")
        asked = [query] if query else warehouse.paths()
        known = {name for one in asked for name in columns(one)}
        assert column in known, f"data/measures.toml: cases of {measure.name}"
        assert column.endswith("_count")


@pytest.mark.parametrize("name", HEADLINES)
def test_every_figure_of_a_headline_is_a_measure(name):
    strange = set(columns(name)) - measures.load().keys()
    assert strange == set(), "a column of a headline is an entry of data/measures.toml"


def test_every_card_is_a_column_its_query_promises():
    for query, names in key_figures.IN_ONE_ROW.items():
        assert {*names} <= {*columns(query)}, f"{warehouse.paths()[query]}, or IN_ONE_ROW"


@pytest.mark.parametrize("name", HEADLINES)
def test_a_headline_is_of_the_type_its_measures_say(name, library):
    fill(library, random.Random(0))
    (row,) = library.ask(name).to_dicts()
    for column, value in row.items():
        whole = measures.load()[column].unit == "count" and column.endswith("_count")
        assert value is None or isinstance(value, int if whole else float), column


@pytest.mark.parametrize("path", PAGES, ids=[path.stem for path in PAGES])
def test_every_figure_a_page_lays_out_exists(path):
    laid_out = set()
    for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name):
            if call.func.id in ("panel", "bare", "card_row"):
                laid_out |= {word.value for word in call.args if isinstance(word, ast.Constant)}
            elif call.func.id == "side_by_side":
                laid_out |= {keyword.arg for keyword in call.keywords}
    assert laid_out <= figures.every().keys()


def test_every_target_of_the_plan_is_measured_by_something(library):
    """In a library that records everything no target is left without a value."""
    fill(library, random.Random(1))
    library.rows["settings"].clear()  # which may say that nobody knows the population
    library.put("settings")
    library.lend()
    library.put("surveys")
    targets = library.ask("plan_progress").to_dicts()
    assert len(targets) == len(plan.load(2019, PLANS).targets)
    assert {row["target_code"] for row in targets if row["value"] is None} == set()
