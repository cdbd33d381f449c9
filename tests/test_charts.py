"""What the charts show, told from the figure rather than from pixels."""

import re
from datetime import date
from urllib.parse import unquote

import polars as pl
import pytest

from guanqing import charts
from guanqing.charts.paths import Way, WayWords
from guanqing.charts.times import Line

MONTHS = ["Jan", "Feb", "Mar"]
SUBJECT = Line("2019", [4, 2, 8], ["4", "2", "8"])
BEFORE = Line("2018", [None, 5, 7], ["—", "5", "7"])


def still(lines):
    return charts.still_trend(
        MONTHS, lines, lambda value: f"{value:g}", charts.LIGHT, height=300, alt="Loans"
    )


def spans(html, kind):
    found = re.findall(r'<span class="([\w ]+)" style="left:([\d.]+)%;top:([\d.]+)%">([^<]+)', html)
    return {words: (float(x), float(y)) for kinds, x, y, words in found if kind in kinds.split()}


def test_a_still_trend_names_both_years_at_their_ends_and_apart():
    ends = spans(still([SUBJECT, BEFORE]), "end")
    assert set(ends) == {"2019  8", "2018"}
    (_, one), (_, other) = ends.values()
    assert abs(one - other) >= 5


def test_a_value_stands_below_its_point_in_a_dip_and_above_it_elsewhere():
    values = spans(still([SUBJECT]), "value")
    points = re.search(r'points="([^"]+)" fill="none" stroke="#1F5F86"', unquote(still([SUBJECT])))
    heights = [float(point.split(",")[1]) for point in points[1].split()]
    assert values["4"][1] < heights[0]
    assert values["2"][1] > heights[1]


def test_a_still_trend_begins_at_zero_and_higher_is_more():
    axis = spans(still([SUBJECT]), "axis")
    assert axis["0"][1] == 92
    assert axis["0"][1] > axis["5"][1]


def test_a_still_trend_is_an_image_with_words_for_those_who_do_not_see_it():
    assert 'role="img" aria-label="Loans"' in still([SUBJECT])


def test_a_year_without_a_value_draws_no_line_and_no_name():
    assert "2018" not in still([SUBJECT, Line("2018", [None] * 3, ["—"] * 3)])


@pytest.mark.parametrize("draw", [charts.trend, charts.slopes])
def test_lines_stand_over_the_steps_they_are_given(draw):
    args = (lambda value: f"{value:g}",) if draw is charts.trend else ()
    figure = draw(MONTHS, [SUBJECT], *args, charts.LIGHT)
    drawn = [trace for trace in figure.data if trace.mode == "lines+markers" and len(trace.x)]
    assert list(drawn[-1].x) == MONTHS
    assert list(drawn[-1].y) == [4, 2, 8]


def test_a_trend_that_is_not_over_ends_dotted():
    figure = charts.trend(MONTHS, [SUBJECT], str, charts.LIGHT, open_end=True)
    assert [trace.line.dash for trace in figure.data] == ["solid", "dot"]
    assert list(figure.data[1].x) == ["Feb", "Mar"]


def test_an_axis_counts_in_the_words_it_is_given():
    figure = charts.trend(
        MONTHS, [Line("2019", [9000, 12000, 18000], ["", "", ""])], "{:.0f}册".format, charts.LIGHT
    )
    assert list(figure.layout.yaxis.ticktext)[:3] == ["0册", "5000册", "10000册"]


def test_a_spark_of_one_value_is_none():
    assert charts.spark([3.0], charts.LIGHT) == ""
    assert charts.spark([3.0, 4.0], charts.LIGHT).startswith("data:image/svg+xml,")


def bars(words):
    frame = pl.DataFrame({"name": ["Self-service machine", "Desk"], "n": [2, 1]})
    return charts.ranking(frame, "name", "n", (words, words), charts.LIGHT)


def test_words_at_a_bar_have_their_room_beside_it_however_narrow_the_panel():
    short, long = bars(["65.8%", "34.2%"]), bars(["158 · 38.0% so far", "71"])
    assert long.layout.margin.r - short.layout.margin.r == 6 * (len("158 · 38.0% so far") - 5 + 1)
    assert long.layout.xaxis.range[1] == 2


@pytest.mark.parametrize("values", [[10_120, 12_300], [0.79, 0.89]], ids=["stock", "share"])
def test_a_way_drawn_close_up_has_rules_at_round_numbers_within_it(values):
    days = [date(2019, 1, 1), date(2019, 9, 30)]
    told = Way(days, values, [None, None], [values[1]] * 2, ())
    words = WayWords("now", "due", "goal", "80", "95", [(days[0], "Jan")])
    axis = charts.way(told, words, str, charts.LIGHT, from_zero=False).layout.yaxis
    assert len(axis.tickvals) >= 2
    step = axis.tickvals[1] - axis.tickvals[0]
    assert f"{step:.0e}"[0] in "125"
    for tick in axis.tickvals:
        assert tick / step == pytest.approx(round(tick / step))
        assert axis.range[0] <= tick <= axis.range[1]


def test_every_other_name_of_a_step_gives_way_where_a_chart_is_narrow():
    names = spans(still([SUBJECT]), "wide")
    assert [*names] == ["Feb"]
