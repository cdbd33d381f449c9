"""What the library printed about itself, as figures the data can be held against."""

from datetime import date

import pytest
from conftest import PRINTED

from guanqing import published, text, warehouse
from guanqing.published import AND_MORE, EQUAL, OVER

FIGURES = published.figures(2018, PRINTED)


def figure(code, subject=None):
    (row,) = [row for row in FIGURES if row["figure_code"] == code and row["subject"] == subject]
    return row["published_value"], row["relation"]


def test_the_report_of_2018_is_there():
    assert published.years(PRINTED) == [2018]
    assert published.years(PRINTED / "none") == []


@pytest.mark.parametrize(
    ("code", "subject", "value", "relation"),
    [
        ("loan_count", None, 123_600, EQUAL),
        ("class_share", "G", 0.0978, EQUAL),
        ("class_share", "K", 0.0689, EQUAL),
        ("class_share", "I", 0.5, OVER),  # "over 0.50"
        ("reader_loan_count", "1", 102, EQUAL),
        ("reader_loan_count", "8", 73, EQUAL),
        ("issued_count", None, 10_110, AND_MORE),  # "10110 and a few more"
        ("cancelled_count", None, 224, EQUAL),
        ("holdings_books", None, 284_125, EQUAL),
        ("digital_tb", None, 40, EQUAL),
        ("network_libraries", None, 11, EQUAL),
    ],
)
def test_a_figure_is_read_as_it_was_printed(code, subject, value, relation):
    assert figure(code, subject) == (value, relation)


def test_ranks_printed_without_a_count_are_no_figures():
    ranks = [row["subject"] for row in FIGURES if row["figure_code"] == "reader_loan_count"]
    assert ranks == [str(rank) for rank in range(1, 9)]


def test_shares_are_compared_at_four_decimals_and_counts_at_none_or_tens_if_there_is_more():
    for row in FIGURES:
        decimals = {"class_share": 4, "issued_count": -1}.get(row["figure_code"], 0)
        assert row["decimals"] == decimals


def test_every_figure_speaks_of_the_nine_months_the_library_was_open():
    spans = {(row["first_day"], row["last_day"]) for row in FIGURES}
    assert spans == {(date(2018, 4, 1), date(2018, 12, 31))}


def test_no_figure_is_stated_twice():
    keys = [(row["figure_code"], row["subject"], row["last_day"]) for row in FIGURES]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("code", sorted({row["figure_code"] for row in FIGURES}))
def test_every_figure_has_a_name_and_a_way_to_be_computed(code):
    assert f"published.{code}" in text.load()
    assert f"'{code}'" in warehouse.source("reconciliation")


def test_the_engine_holds_the_figures_as_printed(library):
    assert library.table("published_figures") == FIGURES


def test_every_figure_printed_is_held_against_the_data(library):
    rows = library.ask("reconciliation").to_dicts()
    printed = {(row["figure_code"], row["subject"]) for row in FIGURES}
    assert {(row["figure_code"], row["subject"]) for row in rows} == printed
    assert len(rows) == len(FIGURES)
