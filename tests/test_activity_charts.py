"""What the agenda, the intervals and the strips show, told from the HTML and the figure."""

import re

import pytest

from guanqing import charts
from guanqing.charts.agenda import SIGNS, Column, Lane, Mark
from guanqing.charts.intervals import Interval
from guanqing.charts.strips import Strip

COLUMNS = [Column("Aug", 1.0, False), Column("Sep", 0.5, False), Column("", 0.1, True)]


def drawn(*marks: tuple[int, Mark], columns: list[Column] = COLUMNS) -> str:
    by_column: dict[int, list[Mark]] = {}
    for index, mark in marks:
        by_column.setdefault(index, []).append(mark)
    lanes = [Lane("Lectures", ["2 held"], by_column), Lane("Shows", [], {})]
    return charts.agenda(columns, lanes, "as of 15 Sept", alt="Agenda")


def cells(html: str) -> list[str]:
    return re.findall(r'<div class="cell[^"]*">', html)


def test_an_agenda_has_a_cell_for_every_kind_and_part_of_a_month() -> None:
    assert len(cells(drawn())) == 2 * len(COLUMNS)


def test_the_line_stands_where_what_lies_ahead_begins() -> None:
    html = drawn()
    assert html.count("as of 15 Sept") == 1
    assert re.search(r'class="month ahead first[^"]*"><span class="line">as of 15 Sept', html)
    assert sum("first" in cell for cell in cells(html)) == 2


def test_where_nothing_lies_ahead_there_is_no_line() -> None:
    html = drawn(columns=COLUMNS[:2])
    assert "as of" not in html
    assert "first" not in html


def test_a_mark_is_its_day_with_a_sign_where_its_clause_is_not_kept() -> None:
    for state in ("held", "not_met", "unknown", "not_marked", "scheduled"):
        html = drawn((0, Mark(14, state, "Title", "words")))
        assert f'<span class="gq-event {state}">14{SIGNS.get(state, "")}<span' in html
    assert SIGNS.keys() == {"not_met", "unknown"}


def test_a_mark_says_its_title_and_no_title_is_taken_for_html() -> None:
    html = drawn((0, Mark(1, "held", "<b>Tea</b>", "5 came")))
    assert "&lt;b&gt;Tea&lt;/b&gt;</b>5 came" in html


def test_a_few_days_of_a_month_keep_room_for_a_mark() -> None:
    widths = re.search(r"--months:([^;]+);", drawn())
    assert widths is not None
    assert widths[1] == "minmax(0,1.00fr) minmax(0,0.55fr) minmax(0,0.55fr)"


def test_the_key_shows_each_mark_as_it_is_drawn() -> None:
    html = charts.agenda_key([("held", "held"), ("not_met", "falls short")])
    assert '<i class="gq-event held">1</i>held' in html
    assert '<i class="gq-event not_met">1✕</i>falls short' in html


def interval(lower: float, share: float, upper: float, **differences: str) -> Interval:
    return Interval("Overall", (lower, share, upper), f"{share:.0%}", "204/240", **differences)


def positions(html: str) -> dict[str, float]:
    return {tag: float(at) for tag, at in re.findall(r'<(u|i|b) style="left:([\d.]+)%', html)}


def test_the_point_lies_in_its_interval_and_the_goal_on_the_same_scale() -> None:
    html = charts.intervals([interval(0.6, 0.8, 0.9)], (0.85, "target"), alt="x")
    found = positions(html)
    assert found["i"] < found["b"] < found["u"]
    start = int(re.search(r"<span>(\d+)%</span>", html)[1]) / 100  # type: ignore[index]
    assert found["b"] == pytest.approx((0.8 - start) / (1 - start) * 100, abs=0.01)
    assert found["u"] == pytest.approx((0.85 - start) / (1 - start) * 100, abs=0.01)


@pytest.mark.parametrize("lowest", [0.0, 0.004, 0.31, 0.5, 0.999, 1.0])
def test_the_scale_begins_at_or_below_the_lowest_end(lowest: float) -> None:
    html = charts.intervals([interval(lowest, 1.0, 1.0)], None, alt="x")
    assert all(0 <= at <= 100 for at in positions(html).values())


def test_a_verdict_has_a_sign_a_word_and_a_class() -> None:
    row = interval(0.9, 0.92, 0.95, tone="good", sign="✔", verdict="met")
    html = charts.intervals([row], (0.85, "target"), alt="x")
    assert '<div class="range good">' in html
    assert '<div class="s good">✔ met</div>' in html


def test_what_cannot_be_computed_stands_there_with_its_reason() -> None:
    html = charts.intervals(
        [Interval("Overall", None, "more answers than forms", "")], None, alt="x"
    )
    assert "more answers than forms" in html
    assert "range" not in html


STRIPS = [
    Strip("Lectures", [30, 100, 250], ["a", "b", "c"], 100, "100"),
    Strip("Shows", [900, 1500], ["d", "e"], 1200, "1,200"),
]


def test_every_value_is_a_dot_and_the_median_a_line_in_its_row() -> None:
    figure = charts.strips(STRIPS, str, charts.LIGHT)
    dots = [trace for trace in figure.data if trace.mode == "markers"]
    lines = [trace for trace in figure.data if trace.mode == "lines"]
    assert [list(trace.x) for trace in dots] == [[30, 100, 250], [900, 1500]]
    assert [set(trace.x) for trace in lines] == [{100}, {1200}]
    for row, trace in enumerate(dots):
        assert all(abs(y - row) < 0.5 for y in trace.y)
    assert [note.text for note in figure.layout.annotations] == ["<b>100</b>", "<b>1,200</b>"]


def test_a_value_of_0_stands_at_the_left_edge_of_a_scale_that_has_no_0() -> None:
    figure = charts.strips(
        [Strip("Lectures", [0, 40], ["nobody", "forty"], 20, "20")], str, charts.LIGHT
    )
    assert figure.data[0].x[0] == figure.layout.xaxis.tickvals[0] > 0


@pytest.mark.parametrize("values", [[0], [1], [7], [200_000]], ids=str)
def test_any_attendance_has_a_scale(values: list[int]) -> None:
    figure = charts.strips([Strip("x", values, ["x"], values[0], "x")], str, charts.LIGHT)
    first, last = figure.layout.xaxis.range
    assert first < last
    assert len(figure.layout.xaxis.tickvals) > 0


@pytest.mark.parametrize("value", [9, 29, 95, 99, 950, 999])
def test_a_dot_stands_at_its_value_just_below_a_tick_too(value: int) -> None:
    figure = charts.strips([Strip("x", [value], ["x"], value, "x")], str, charts.LIGHT)
    assert list(figure.data[0].x) == [value]
