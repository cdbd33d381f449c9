"""What happened is marked on every chart over time: which days, where on the axis, how said."""

import ast
import tomllib
from datetime import date, datetime, timedelta
from urllib.parse import unquote

import polars as pl
import pytest
from screens import htmls, open_page, seen

from guanqing import charts, event_markers, text
from guanqing.charts.marks import Mark, Marks, flags
from guanqing.charts.paths import Way, WayWords
from guanqing.charts.times import Line
from guanqing.paths import DATA, ROOT

pytest_plugins = ["stores"]

DAY = timedelta(days=1)
MONTHS = [date(2019, month, 1) for month in range(1, 13)]
NEW_YEAR = date(2020, 1, 1)


# --- which annotations a period has


@pytest.mark.parametrize(
    ("first_day", "last_day", "is_shown"),
    [
        pytest.param(date(2019, 3, 5), None, True, id="one day"),
        pytest.param(date(2019, 3, 1), date(2019, 3, 5), True, id="ends on the first day"),
        pytest.param(date(2019, 3, 19), date(2019, 4, 9), True, id="begins on the last day"),
        pytest.param(date(2019, 1, 1), date(2019, 12, 31), True, id="goes on throughout"),
        pytest.param(date(2019, 3, 4), None, False, id="the day before"),
        pytest.param(date(2019, 2, 1), date(2019, 3, 4), False, id="ended the day before"),
        pytest.param(date(2019, 3, 20), None, False, id="the day after"),
    ],
)
def test_an_annotation_is_shown_where_it_touches_the_period(
    first_day, last_day, is_shown, put, ask
):
    put("annotations", first_day=first_day, last_day=last_day)
    found = ask("annotations_shown", start_date=date(2019, 3, 5), end_date=date(2019, 3, 20))
    assert found.height == is_shown


def test_one_day_ends_on_the_day_it_begins(put, tell):
    put("annotations", first_day=date(2019, 3, 5), last_day=None)
    assert tell("annotations_shown")["last_day"] == date(2019, 3, 5)


@pytest.mark.parametrize(
    ("branches", "titles"),
    [
        (None, ["flood", "main closed", "east closed"]),
        (["main"], ["flood", "main closed"]),
        (["east"], ["flood", "east closed"]),
    ],
    ids=["network", "main", "east"],
)
def test_a_branch_sees_its_own_and_the_network_s_annotations(branches, titles, put, ask):
    put("annotations", title="flood", first_day=date(2019, 3, 1))
    put("annotations", title="main closed", first_day=date(2019, 3, 2), branch_code="main")
    put("annotations", title="east closed", first_day=date(2019, 3, 3), branch_code="east")
    assert ask("annotations_shown", branches=branches)["title"].to_list() == titles


def test_an_annotation_names_its_branch_and_kind_even_if_nobody_lists_them(put, ask):
    put("annotations", title="a", annotation_kind="closure", branch_code="main")
    put(
        "annotations", title="b", annotation_kind="lost", branch_code="moved"
    )  # another list's code
    known, unknown = ask("annotations_shown").to_dicts()
    assert (known["kind_zh"], known["kind_en"], known["branch_name_en"]) == (
        "闭馆",
        "Closure",
        "Library",
    )
    assert known["is_of_main"]
    assert (unknown["kind_en"], unknown["branch_name_zh"]) == ("lost", "moved")
    assert not unknown["is_of_main"]


# --- closed days, which nobody has to type in


def test_a_day_without_hours_between_days_with_them_was_closed(library):
    library.open(date(2019, 3, 4), date(2019, 3, 5))
    library.open(date(2019, 3, 7))
    assert library.ask("closed_days")["day"].to_list() == [date(2019, 3, 6)]


def test_where_no_hours_are_known_no_day_was_closed(ask):
    assert ask("closed_days").is_empty()


def test_the_network_is_closed_when_its_main_library_is_and_a_branch_when_it_is(library):
    library.open(date(2019, 3, 4), date(2019, 3, 9), branch_code="east")
    for day in (4, 6, 9):
        library.open(date(2019, 3, day))
    closed = [date(2019, 3, day) for day in (5, 7, 8)]
    assert library.ask("closed_days")["day"].to_list() == closed
    assert library.ask("closed_days", branches=["east"]).is_empty()
    assert library.ask("closed_days", branches=["main", "east"]).is_empty()


def test_closed_days_of_a_period_are_those_from_its_first_day_to_its_last(library):
    for day in (1, 5, 9, 28):
        library.open(date(2019, 3, day), branch_code="not listed")
    period = {"start_date": date(2019, 3, 4), "end_date": date(2019, 3, 9)}
    closed = library.ask("closed_days", branches=["not listed"], **period)["day"]
    assert closed.to_list() == [date(2019, 3, day) for day in (4, 6, 7, 8)]


def test_days_that_follow_one_another_are_one_run():
    days = [date(2019, 3, 8), date(2019, 3, 4), date(2019, 3, 5)]
    assert event_markers.runs(days) == [
        (date(2019, 3, 4), date(2019, 3, 5)),
        (date(2019, 3, 8), date(2019, 3, 8)),
    ]


# --- where it stands on an axis


def place(first, last, starts=MONTHS, end=NEW_YEAR):
    found = event_markers.place(first, last, starts, end)
    return found and (round(found.start, 3), round(found.end, 3))


def test_a_month_is_one_step_and_a_day_its_part_of_it():
    assert place(date(2019, 3, 1), date(2019, 3, 31)) == (1.5, 2.5)
    assert place(date(2019, 4, 16), date(2019, 4, 30)) == (3.0, 3.5)


def test_what_goes_beyond_the_axis_is_cut_and_what_lies_outside_is_not_there():
    assert place(date(2018, 6, 1), date(2019, 1, 31)) == (-0.5, 0.5)
    assert place(date(2019, 12, 1), date(2020, 6, 1)) == (10.5, 11.5)
    assert place(date(2018, 6, 1), date(2018, 12, 31)) is None
    assert place(date(2020, 1, 1), date(2020, 1, 1)) is None
    assert place(date(2019, 1, 1), date(2019, 1, 1), starts=[]) is None


def test_a_day_is_a_step_among_days():
    days = [date(2019, 3, 1) + n * DAY for n in range(10)]
    assert place(days[2], days[3], days, days[-1] + DAY) == (1.5, 3.5)


def test_the_days_of_a_month_without_a_row_stand_before_the_next():
    starts = [date(2019, 1, 1), date(2019, 3, 1)]
    found = place(date(2019, 2, 20), date(2019, 2, 20), starts, date(2019, 4, 1))
    assert -0.5 < found[0] < found[1] < 0.5


# --- which have numbers


def row(title, day, *, days=1, branch=None, is_of_main=True):
    return {
        "annotation_kind": "closure",
        "kind_zh": "闭馆",
        "kind_en": "Closure",
        "title": title,
        "first_day": date(2019, 1, 1) + day * DAY,
        "last_day": date(2019, 1, 1) + (day + days - 1) * DAY,
        "branch_code": branch,
        "branch_name_zh": branch,
        "branch_name_en": branch,
        "is_of_main": is_of_main,
    }


def test_numbers_follow_the_days_and_what_concerned_one_branch_gives_way():
    rows = [
        row("branch", 1, days=9, branch="east", is_of_main=False),
        row("short", 2),
        row("long", 3, days=5),
        row("longer", 4, days=7),
    ]
    shown = {found.title: found.number for found in event_markers.numbered(rows, most=2)}
    assert shown == {"branch": None, "short": None, "long": 1, "longer": 2}
    assert [found.number for found in event_markers.numbered(rows)] == [1, 2, 3, 4]


def test_two_annotations_that_say_the_same_have_two_numbers():
    twice = row("closed", 1)
    assert [found.number for found in event_markers.numbered([twice, dict(twice)])] == [1, 2]


# --- how it is drawn

CLOSED = Mark(0.5, 1.5, 1, "闭馆 · 2019年2月5日", "2月5日")
CAMPAIGN = Mark(1.5, 2.5, 2, "推广 · 2019年4月", "4月")
MARKED = Marks((CLOSED, CAMPAIGN))
LABELS = ["Jan", "Feb", "Mar"]
LINE = Line("2019", [4, 2, 8], ["4", "2", "8"])


def of_days(marks):
    days = pl.DataFrame({"day": [date(2019, 1, 7) + n * DAY for n in range(3)], "n": [1, None, 3]})
    weekdays = [text.weekday_name(n, "en") for n in range(1, 8)]
    return charts.heat_calendar(
        days, "n", ["1", "", "3"], weekdays, {(2019, 1): "Jan"}, charts.LIGHT, marks=marks
    )


def of_a_way(marks):
    days = [date(2019, 1, 1) + n * DAY for n in range(3)]
    told = Way(days, [1, 2, 3], [1, 2, 3], [9, 9, 9], ())
    named = WayWords("now", "due", "goal", "80", "95", [(days[1], "Jan")])
    return charts.way(told, named, str, charts.LIGHT, marks=marks)


def of_weeks(marks):
    weeks = [date(2019, 1, 7) + 7 * n * DAY for n in range(3)]
    return charts.weeks(
        weeks,
        [70, 60, 70],
        [True] * 3,
        70,
        ["a", "b", "c"],
        [(weeks[1], "Jan")],
        charts.LIGHT,
        marks=marks,
    )


FORMS = {
    "trend": lambda marks: charts.trend(LABELS, [LINE], str, charts.LIGHT, marks=marks),
    "slopes": lambda marks: charts.slopes(LABELS, [LINE], charts.LIGHT, marks=marks),
    "stacked": lambda marks: charts.stacked(
        LABELS, {"desk": [4, 2, 8]}, str, charts.LIGHT, marks=marks
    ),
    "heat_calendar": of_days,
    "way": of_a_way,
    "weeks": of_weeks,
}
every_form = pytest.mark.parametrize("form", FORMS)


def numbers(figure):
    return {note.text: note for note in figure.layout.annotations if note.text[0] in "①②③④⑤⑥·"}


@every_form
def test_a_mark_has_a_number_below_the_axis_and_its_words_for_a_mouse(form):
    found = numbers(FORMS[form](MARKED))
    assert "".join(found) == "①②"
    for note in found.values():
        assert (note.y, note.yref, note.yanchor) == (0, "y domain", "top")
        assert any(mark.words in note.hovertext for mark in MARKED.marks)


@every_form
def test_a_mark_is_a_shape_on_the_chart_and_makes_room_for_its_number(form):
    plain, marked = FORMS[form](Marks()), FORMS[form](MARKED)
    assert len(marked.layout.shapes) >= len(plain.layout.shapes) + 2
    assert marked.layout.xaxis.ticklabelstandoff > 0
    assert marked.layout.margin.b > plain.layout.margin.b
    assert marked.layout.height == plain.layout.height  # a page fills one screen


@every_form
def test_a_chart_without_marks_is_as_it_was(form):
    figure = FORMS[form](Marks())
    assert numbers(figure) == {}
    assert figure.layout.xaxis.ticklabelstandoff is None


def test_a_band_lies_under_the_lines_from_its_first_to_its_last_day():
    shapes = FORMS["trend"](MARKED).layout.shapes
    bands = [(shape.x0, shape.x1) for shape in shapes if shape.type == "rect"]
    assert bands == [(0.5, 1.5), (1.5, 2.5)]
    assert {shape.layer for shape in shapes} == {"below"}
    # the first days of the first step have their place on the axis
    assert list(FORMS["trend"](MARKED).layout.xaxis.range) == [-0.5, 2.5]


def test_on_an_axis_of_dates_a_band_stands_at_its_dates():
    (band,) = [shape for shape in of_weeks(Marks((CLOSED,))).layout.shapes if shape.type == "rect"]
    assert band.x0 == datetime(2019, 1, 10, 12)  # half a week after Monday the 7th


def test_closed_days_are_bands_without_a_number():
    figure = FORMS["trend"](Marks(closed=((0.5, 1.5),)))
    (band,) = figure.layout.shapes
    assert (band.x0, band.x1, band.layer) == (0.5, 1.5, "below")
    assert numbers(figure) == {}


def test_on_a_calendar_a_marked_day_has_a_frame_and_a_closed_one_a_cross():
    figure = of_days(Marks((Mark(0.5, 1.5, 1, "closed"),), closed=((0.5, 1.5),)))
    (frame,) = figure.layout.shapes
    assert (frame.x0, frame.x1, frame.y0, frame.y1) == (-0.5, 0.5, 0.5, 1.5)  # a Tuesday
    (crosses,) = [trace for trace in figure.data if trace.type == "scatter"]
    assert (list(crosses.x), list(crosses.y)) == ([0], [1])
    assert crosses.marker.symbol == "x-thin"


def still(marks):
    return charts.still_trend(LABELS, [LINE], str, charts.LIGHT, height=300, alt="", marks=marks)


def test_a_still_trend_has_the_same_marks_without_a_script():
    shown = still(Marks((CLOSED, CAMPAIGN), closed=((-0.5, 0.5),)))
    for mark in (CLOSED, CAMPAIGN):
        assert f'title="{mark.words}">{mark.sign}</span>' in shown
    assert unquote(shown).count("<rect") == 3
    assert unquote(still(Marks())).count("<rect") == 0


def test_numbers_too_near_to_one_another_stand_together_and_lose_none():
    near = [Mark(0.1 * n, 0.1 * n, n, f"event {n}") for n in range(1, 4)]
    (flag,) = flags(near, 12)
    assert flag.signs == "①②③"
    assert flag.words == ("event 1", "event 2", "event 3")
    assert [flag.signs for flag in flags(near, 3)] == ["①②③"]
    apart = [Mark(n, n, n, "") for n in range(1, 4)]
    assert [flag.signs for flag in flags(apart, 12)] == ["①", "②", "③"]


def test_what_is_not_listed_is_one_dot_however_many_there_are():
    many = [Mark(1, 1, None, f"event {n}") for n in range(3)]
    (flag,) = flags(many, 12)
    assert (flag.signs, len(flag.words)) == ("·", 3)


# --- how it is said


@pytest.mark.parametrize(
    ("first", "last", "with_year", "zh", "en"),
    [
        (date(2019, 2, 5), date(2019, 2, 5), False, "2月5日", "5 Feb"),
        (date(2019, 2, 5), date(2019, 2, 5), True, "2019年2月5日", "5 Feb 2019"),
        (date(2019, 4, 20), date(2019, 4, 28), False, "4月20日–28日", "20–28 Apr"),
        (date(2019, 4, 20), date(2019, 4, 28), True, "2019年4月20日–28日", "20–28 Apr 2019"),
        (date(2019, 4, 28), date(2019, 5, 3), False, "4月28日–5月3日", "28 Apr – 3 May"),
        (date(2019, 4, 28), date(2019, 5, 3), True, "2019年4月28日–5月3日", "28 Apr – 3 May 2019"),
        (
            date(2018, 12, 30),
            date(2019, 1, 2),
            True,
            "2018年12月30日–2019年1月2日",
            "30 Dec 2018 – 2 Jan 2019",
        ),
    ],
    ids=str,
)
def test_a_few_days_are_written_as_their_readers_write_them(first, last, with_year, zh, en):
    assert text.short_span(first, last, "zh", with_year=with_year) == zh
    assert text.short_span(first, last, "en", with_year=with_year) == en


OVER_TIME = {"trend", "still_trend", "slopes", "stacked", "heat_calendar", "way", "weeks"}


def test_no_chart_over_time_is_drawn_without_its_marks():
    drawn = set()
    for path in (ROOT / "guanqing/figures").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            name = node.func.attr if isinstance(node, ast.Call) and isinstance(
                node.func, ast.Attribute
            ) and getattr(node.func.value, "id", "") == "charts" else ""  # fmt: skip
            if name in OVER_TIME:
                drawn.add(name)
                assert "marks" in {keyword.arg for keyword in node.keywords}, (path, name)
    assert drawn == OVER_TIME


@pytest.mark.parametrize(
    "page",
    [
        "pages/year/overview.py",
        "pages/year/target.py",
        "pages/service/circulation.py",
        "pages/service/classes.py",
        "pages/people/cards.py",
        "pages/people/readers.py",
    ],
)
def test_a_page_says_below_its_charts_what_is_marked_on_them(simulated, page):
    told = tomllib.loads((DATA / "demo/notes.toml").read_text(encoding="utf-8"))["annotations"]
    shown = "\n".join(seen(html) for html in htmls(open_page(page, simulated, branch="all")))
    # a target of the main library's speaks of no other branch, whichever are chosen
    of_main = page.endswith("target.py")
    for note in told:
        is_others = of_main and note.get("branch_code", "main") == "LS"
        assert (note["title"] in shown) == (note["first_day"].year == 2019 and not is_others)
    assert ("灵石县图书馆 ·" in shown) != of_main
