"""A trend as plain HTML: what a page shows first should not wait for 4.6 MB of chart library.

The lines are one stretched image, every word is text of the page, so it fits any width and needs
no script. It does not answer to the mouse: each value of the subject is written at its point.
"""

from collections.abc import Callable, Sequence
from html import escape
from urllib.parse import quote

from guanqing.charts.look import Look, round_step
from guanqing.charts.times import Line, every_nth

LEFT, RIGHT, TOP, BOTTOM = 9.0, 83.0, 6.0, 92.0  # the field of the lines, in per cent
MOST_WRITTEN = 13  # values that stand side by side without touching


def still_trend(
    labels: Sequence[str],
    lines: Sequence[Line],
    shown: Callable[[float], str],
    look: Look,
    *,
    height: int,
    alt: str,
) -> str:
    """Return lines over the same steps of time, from zero; the first is the subject.

    lines hold null where there is no value; at least one value must be there.
    """
    top = max(value for line in lines for value in line.values if value is not None) * 1.1 or 1
    xs = [LEFT + (RIGHT - LEFT) * i / max(len(labels) - 1, 1) for i in range(len(labels))]

    def y(value: float) -> float:
        return BOTTOM - (BOTTOM - TOP) * value / top

    step = round_step(top / 4)
    ticks = [step * i for i in range(int(top / step) + 1)]
    words = [_word(0, y(tick), shown(tick), "axis") for tick in ticks]
    every = every_nth(labels)
    words += [_word(xs[i], 97, labels[i], "middle") for i in range(0, len(labels), every)]
    paths = [_path([(LEFT, y(tick)), (RIGHT, y(tick))], look.line, 1) for tick in ticks]
    for line, colour in reversed(list(zip(lines, (look.primary, look.faded), strict=False))):
        points = [(x, y(v)) for x, v in zip(xs, line.values, strict=True) if v is not None]
        if points:
            paths.append(_path(points, colour, 2.5))
    words += _named_ends(lines, xs, y)
    words += _written_values(lines[0], xs, y)
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100" '
        f'preserveAspectRatio="none">{"".join(paths)}</svg>'
    )
    return (
        f'<div class="gq gq-still" role="img" aria-label="{escape(alt)}" style="height:{height}px">'
        f'<img src="data:image/svg+xml,{quote(svg)}" alt="">{"".join(words)}</div>'
    )


def _path(points: Sequence[tuple[float, float]], colour: str, width: float) -> str:
    drawn = " ".join(f"{x:.2f},{y:.2f}" for x, y in points)
    return (
        f'<polyline points="{drawn}" fill="none" stroke="{colour}" stroke-width="{width}" '
        'stroke-linejoin="round" vector-effect="non-scaling-stroke"/>'
    )


def _word(x: float, y: float, words: str, kind: str) -> str:
    return f'<span class="{kind}" style="left:{x:.2f}%;top:{y:.2f}%">{escape(words)}</span>'


def _named_ends(
    lines: Sequence[Line], xs: Sequence[float], y: Callable[[float], float]
) -> list[str]:
    """Return each line's name beside its last value, at least a line of text apart."""
    ends = []
    for order, line in enumerate(lines):
        known = [(i, v) for i, v in enumerate(line.values) if v is not None]
        if known:
            last, value = known[-1]
            words = f"{line.name}  {line.shown[last]}" if order == 0 else line.name
            ends.append((y(value), xs[last], words, order))
    spans, lowest = [], float("inf")
    for height, x, words, order in sorted(ends, reverse=True):
        lowest = min(height, lowest - 5)
        spans.append(_word(x, lowest, words, "end subject" if order == 0 else "end"))
    return spans


def _written_values(subject: Line, xs: Sequence[float], y: Callable[[float], float]) -> list[str]:
    """Return the subject's values at its points, or only the highest where there are many.

    In a dip the words stand below, elsewhere above: where the line is not.
    """
    known = [i for i, value in enumerate(subject.values) if value is not None]
    highest = max(float(subject.values[i] or 0) for i in known)
    words = []
    for place, i in enumerate(known[:-1]):  # the last stands with the name of the line
        value = float(subject.values[i] or 0)
        near = [float(subject.values[j] or 0) for j in known[max(place - 1, 0) : place + 2]]
        shift = 4 if value < sum(near) / len(near) else -4
        if len(known) <= MOST_WRITTEN or value == highest:
            words.append(_word(xs[i], y(value) + shift, subject.shown[i], "middle value"))
    return words
