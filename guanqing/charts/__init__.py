"""Frames in, figures out. Nothing here knows of Streamlit or DuckDB."""

from guanqing.charts.agenda import agenda, agenda_key
from guanqing.charts.bullets import bullet
from guanqing.charts.calendars import heat_calendar, heat_grid
from guanqing.charts.forms import concentration, pareto, ranking, stacked, versus
from guanqing.charts.intervals import intervals
from guanqing.charts.look import DARK, LIGHT, Look
from guanqing.charts.paths import way, weeks
from guanqing.charts.sparks import spark
from guanqing.charts.still import still_trend
from guanqing.charts.strips import strips
from guanqing.charts.times import slopes, trend

__all__ = [
    "DARK",
    "LIGHT",
    "Look",
    "agenda",
    "agenda_key",
    "bullet",
    "concentration",
    "heat_calendar",
    "heat_grid",
    "intervals",
    "pareto",
    "ranking",
    "slopes",
    "spark",
    "stacked",
    "still_trend",
    "strips",
    "trend",
    "versus",
    "way",
    "weeks",
]
