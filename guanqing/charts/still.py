"""A trend as plain HTML: what a page shows first should not wait for 4.6 MB of chart library.

The lines are one stretched image, every word is text of the page, so it fits any width and needs
no script. It does not answer to the mouse: each value of the subject is written at its point.
"""

from collections.abc import Callable, Sequence
from urllib.parse import quote

from markupsafe import Markup

from guanqing.charts.look import Look, round_step
from guanqing.charts.marks import BAND, CLOSED, NO_MARKS, Marks, flags
from guanqing.charts.times import Line, every_nth

LEFT, RIGHT, TOP, BOTTOM = 9.0, 83.0, 6.0, 92.0  # the field of the lines, in per cent
MOST_WRITTEN = 13  # values that stand side by side without touching
STRIP = 4.5  # per cent of the height: the strip of the marks' numbers


def still_trend(
    labels: Sequence[str],
    lines: Sequence[Line],
    shown: Callable[[float], str],
    look: Look,
    *,
    height: int,
    alt: str,
    least_step: float = 1,
    open_end: bool = False,
    marks: Marks = NO_MARKS,
) -> Markup:
    """Return lines over the same steps of time, from zero; the first is the subject.

    lines hold null where there is no value; at least one value must be there. marks say what
    happened: bands under the lines, their numbers between them and the names of the steps.
    open_end: the last step is not over, so the subject's way to it is dashed.
    """
    top = max(value for line in lines for value in line.values if value is not None) * 1.1 or 1
    xs = [_at(i, len(labels)) for i in range(len(labels))]

    bottom = BOTTOM - STRIP if marks.marks else BOTTOM

    def y(value: float) -> float:
        return bottom - (bottom - TOP) * value / top

    step = round_step(top / 4, least_step)
    ticks = [step * i for i in range(int(top / step) + 1)]
    words = [_word(0, y(tick), shown(tick), "axis") for tick in ticks]
    every = every_nth(labels)
    for place, i in enumerate(range(0, len(labels), every)):
        words.append(_word(xs[i], 97, labels[i], "middle wide" if place % 2 else "middle"))
    paths = _bands(marks, len(labels), bottom, look)
    paths += [_path([(LEFT, y(tick)), (RIGHT, y(tick))], look.line, 1) for tick in ticks]
    words += _flags(marks, len(labels), bottom + STRIP / 2)
    for line, colour in reversed(list(zip(lines, (look.primary, look.faded), strict=False))):
        points = [(x, y(v)) for x, v in zip(xs, line.values, strict=True) if v is not None]
        is_open = open_end and line is lines[0] and len(points) > 1
        if points:
            paths.append(_path(points[:-1] if is_open else points, colour, 2.5))
        if is_open:
            paths.append(_path(points[-2:], colour, 2.5, dashes="6 5"))
    words += _named_ends(lines, xs, y)
    words += _written_values(lines[0], xs, y)
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100" '
        f'preserveAspectRatio="none">{"".join(paths)}</svg>'
    )
    return Markup(
        '<div class="gq gq-still" role="img" aria-label="{}" style="height:{}px">'
        '<img src="data:image/svg+xml,{}" alt="">{}</div>'
    ).format(alt, height, quote(svg), Markup("").join(words))


def _path(
    points: Sequence[tuple[float, float]], colour: str, width: float, *, dashes: str = "none"
) -> str:
    drawn = " ".join(f"{x:.2f},{y:.2f}" for x, y in points)
    return (
        f'<polyline points="{drawn}" fill="none" stroke="{colour}" stroke-width="{width}" '
        f'stroke-dasharray="{dashes}" stroke-linejoin="round" vector-effect="non-scaling-stroke"/>'
    )


def _at(step: float, steps: int) -> float:
    """Return where a position stands: each step has a part of the field, its point mid-way."""
    return LEFT + (RIGHT - LEFT) * (step + 0.5) / steps


def _bands(marks: Marks, steps: int, bottom: float, look: Look) -> list[str]:
    found = [(start, end, look.line, CLOSED) for start, end in marks.closed]
    found += [(mark.start, mark.end, look.muted, BAND) for mark in marks.marks]
    paths = []
    for start, end, colour, opacity in found:
        left, right = _at(start, steps), _at(end, steps)
        paths.append(
            f'<rect x="{left:.2f}" y="{TOP}" width="{right - left:.2f}" '
            f'height="{bottom - TOP:.2f}" fill="{colour}" opacity="{opacity}"/>'
        )
    for mark in marks.marks:
        x = _at(mark.middle, steps)
        paths.append(
            f'<path d="M{x:.2f},{TOP}V{bottom:.2f}" stroke="{look.muted}" stroke-width="1" '
            'stroke-dasharray="1.5 2.5" vector-effect="non-scaling-stroke"/>'
        )
    return paths


def _flags(marks: Marks, steps: int, y: float) -> list[Markup]:
    """Return the numbers of marks; a mouse finds their words, as people wrote them."""
    form = Markup(
        '<div lang="zh-CN"><span class="middle mark" style="left:{:.2f}%;top:{:.2f}%" '
        'title="{}">{}</span></div>'
    )
    return [
        form.format(_at(flag.at, steps), y, "\n".join(flag.words), flag.signs)
        for flag in flags(marks.marks, steps)
    ]


def _word(x: float, y: float, words: str, kind: str) -> Markup:
    form = Markup('<span class="{}" style="left:{:.2f}%;top:{:.2f}%">{}</span>')
    return form.format(kind, x, y, words)


def _named_ends(
    lines: Sequence[Line], xs: Sequence[float], y: Callable[[float], float]
) -> list[Markup]:
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


def _written_values(
    subject: Line, xs: Sequence[float], y: Callable[[float], float]
) -> list[Markup]:
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
