"""A line the size of a word, as an SVG image: no script to load before the first figure shows."""

from collections.abc import Sequence
from urllib.parse import quote

from guanqing.charts.look import Look

WIDTH, HEIGHT, MARGIN = 120, 28, 3


def spark(values: Sequence[float], look: Look, *, open_end: bool = False) -> str:
    """Return a data URI of a small line from zero, its end marked; empty below two values.

    open_end: the last step is not over, so the way to it is dashed.
    """
    if len(values) < 2:
        return ""
    top = max(values) or 1
    step = (WIDTH - 2 * MARGIN) / (len(values) - 1)
    points = [
        (MARGIN + i * step, HEIGHT - MARGIN - value / top * (HEIGHT - 2 * MARGIN))
        for i, value in enumerate(values)
    ]
    line = _joined(points)
    whole, last = (points[:-1], points[-2:]) if open_end else (points, [])
    x, y = points[-1]
    area = f"{MARGIN},{HEIGHT} {line} {x:.1f},{HEIGHT}"
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'preserveAspectRatio="none">'
        f'<polygon points="{area}" fill="{look.primary}" opacity=".12"/>'
        f'<polyline points="{_joined(whole)}" fill="none" stroke="{look.primary}" '
        f'stroke-width="1.6" vector-effect="non-scaling-stroke"/>'
        f'<polyline points="{_joined(last)}" fill="none" stroke="{look.primary}" '
        f'stroke-width="1.6" stroke-dasharray="2 3" vector-effect="non-scaling-stroke"/>'
        # a round cap on a line of no length stays round however the image is stretched
        f'<path d="M{x:.1f},{y:.1f}h.01" stroke="{look.accent}" stroke-width="5" '
        f'stroke-linecap="round" vector-effect="non-scaling-stroke"/></svg>'
    )
    return f"data:image/svg+xml,{quote(svg)}"


def _joined(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
