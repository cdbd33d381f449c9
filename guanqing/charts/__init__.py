"""Frames in, figures out. Nothing here knows of Streamlit or DuckDB."""

from guanqing.charts.calendars import heat_calendar, heat_grid
from guanqing.charts.forms import concentration, pareto, ranking, stacked, versus
from guanqing.charts.look import DARK, LIGHT, Look
from guanqing.charts.sparks import spark
from guanqing.charts.still import still_trend
from guanqing.charts.times import slopes, trend

__all__ = [
    "DARK",
    "LIGHT",
    "Look",
    "concentration",
    "heat_calendar",
    "heat_grid",
    "pareto",
    "ranking",
    "slopes",
    "spark",
    "stacked",
    "still_trend",
    "trend",
    "versus",
]
