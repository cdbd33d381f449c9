"""The story of one promise: where it stands, how it came there, where it leads, and why."""

from datetime import date, timedelta
from html import escape

import polars as pl
import streamlit as st

from guanqing import charts, text
from guanqing.charts.bullets import Range
from guanqing.charts.paths import Way, WayWords, days_of
from guanqing.plan import Standing
from guanqing.plan.forecast import Band
from guanqing.plan.outlook import Outlook
from guanqing.ui import filters
from guanqing.ui.annotations import legend, of_plan
from guanqing.ui.cards import badge
from guanqing.ui.library import query
from guanqing.ui.panels import note, panel, show
from guanqing.ui.scorecard import STORY, bullet
from guanqing.ui.session import language, look, t
from guanqing.ui.target_evidence import weeks_kept
from guanqing.ui.targets import (
    answer,
    outlook_of,
    plan_year,
    scorecard,
    shown,
    unit_of,
    year_plan,
)


def chosen_target() -> Standing | None:
    """Return the row of the target that the address names, the most urgent if it names none."""
    code, rows = filters.code_asked(), scorecard()
    if code in year_plan().milestones:
        return None
    return next((row for row in rows if row.target.code == code), rows[0] if rows else None)


def target_choice(row: Standing | None) -> None:
    """Lead back to all of them, and to any other."""
    with st.container(key="story-way", horizontal=True):
        st.page_link(
            "pages/year/targets.py",
            label=t("target.back"),
            icon=":material/arrow_back:",
            query_params=filters.address(),
        )
        known = year_plan()
        names = {code: found.name[language()] for code, found in known.targets.items()}
        names |= {code: found.name[language()] for code, found in known.milestones.items()}
        here = row.target.code if row else filters.code_asked()
        codes = list(names)
        picked = st.selectbox(
            t("target.other"),
            codes,
            index=codes.index(here) if here in codes else 0,
            format_func=lambda code: names[code],
            label_visibility="collapsed",
            key=f"other-{here}",
        )
        if picked != here:
            st.switch_page(STORY, query_params=filters.address() | {"code": picked})


def story_verdict(row: Standing) -> None:
    """Say in large letters which promise this is, where it stands and whether we will make it."""
    target = row.target
    ahead = outlook_of(row)
    first, second = answer(row, ahead)
    clause = (
        f'<div class="clause">{escape(target.clause[language()])}</div>' if target.clause else ""
    )
    st.html(
        f'<div class="gq gq-story"><div class="what"><h2>{escape(target.name[language()])}</h2>'
        f"{clause}</div>"
        f'<div class="value"><b>{shown(row.value, target)}</b>'
        f"<span> / {shown(row.goal, target)}{unit_of(target)}</span></div>"
        f'<div class="answer"><div>{badge(row.status)} <b>{escape(first)}</b></div>'
        f"<span>{escape(second)}</span></div>"
        f'<div class="bar">{bullet(row, ahead)}</div></div>'
    )


def story_way(row: Standing) -> None:
    """Show the way of a promise through its year: its weeks, or its path with pace and bands."""
    if row.target.kind == "compliance" and row.value is not None:
        return weeks_kept(row)
    measure = "plan_survey" if row.target.kind == "survey" else "plan_progress"
    with panel("way", story_finding(row), measure=measure, queries=["target_path"]):
        story_path(row)
    return None


def story_path(row: Standing, *, height: int = 320) -> None:
    """Draw the way of a promise through its year, with its pace and where it leads."""
    target = row.target
    path = query("target_path").filter(target_code=target.code)
    if path["value"].drop_nulls().is_empty():
        return note(t("finding.nothing_hint"))
    marks = of_plan(days_of(plan_year()))
    figure = charts.way(
        _way(path, row, outlook_of(row)),
        _words(path),
        lambda value: shown(value, target),
        look(),
        height=height,
        from_zero=target.kind in ("total", "rate"),
        marks=marks,
    )
    show(figure, alt=t("alt.way"), key=f"way-{target.code}")
    return legend(marks)


def _way(path: pl.DataFrame, row: Standing, ahead: Outlook) -> Way:
    as_of = filters.filters()["as_of"]
    value = row.value
    bands: list[tuple[date, Range]] = []
    if ahead.rests_on == "drawn" and value is not None:
        bands = [(as_of, Range(value, value, value, value, value))]
        bands += [(day, _range(band)) for day, band in ahead.path]
    has_interval = row.target.kind == "survey"
    ends = path.select("lower_share", "upper_share").rows() if has_interval else ()
    return Way(
        path["day"].to_list(),
        path["value"].to_list(),
        path["expected_value"].to_list(),
        path["goal"].to_list(),
        bands if len(bands) > 1 else (),
        ends,
    )


def _range(band: Band) -> Range:
    return Range(band.value, band.lower_80, band.upper_80, band.lower_95, band.upper_95)


def _words(path: pl.DataFrame) -> WayWords:
    year = plan_year()
    months = [date(year, month, 1) for month in range(1, 13)]
    return WayWords(
        value=t("targets.value"),
        due=t("targets.due"),
        goal=t("targets.goal"),
        band_80=t("target.end_80"),
        band_95=t("target.end_95"),
        months=[(day + timedelta(days=14), text.month_name(day, language())) for day in months],
    )


def story_finding(row: Standing) -> str:
    """Return the sentence above the path of a promise."""
    target = row.target
    ahead = outlook_of(row)
    if ahead.rests_on == "drawn" and ahead.end:
        end, goal = shown(ahead.end.value, target), shown(row.goal, target)
        return t("target.leads_to", end=end, goal=goal)
    return " ".join(answer(row, ahead))
