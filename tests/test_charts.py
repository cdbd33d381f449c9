"""What the charts show, told from the figure rather than from pixels."""

import re
from urllib.parse import unquote

import pytest

from guanqing import charts
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
