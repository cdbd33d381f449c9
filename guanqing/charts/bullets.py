"""A promise in one line: what is there, where it should be, where it leads, what was promised.

Plain HTML, so that eighteen of them stand at once and print as they are. Every line is drawn in
shares of its goal, so that the goals stand under each other and one look finds what falls short.
"""

from dataclasses import dataclass

from markupsafe import Markup

FULL = 1.45  # of the goal: what goes further is cut, with a mark


@dataclass(frozen=True)
class Range:
    """Ends of the 80 % and the 95 % band, and what lies in the middle."""

    value: float
    lower_80: float
    upper_80: float
    lower_95: float
    upper_95: float


def bullet(
    value: float,
    goal: float,
    colour: str,
    *,
    due: float | None = None,
    stretch: float | None = None,
    ahead: Range | None = None,
    alt: str,
) -> Markup:
    """Return a bar to the value, a mark where it is due, a whisker where it leads, and the goal.

    All in the unit of the value, from zero; the goal is above it. alt says it in words.
    """

    def at(amount: float) -> float:
        return min(max(amount / goal / FULL, 0), 1) * 100

    line = Markup('<{0} class="{1}" style="left:{2:.2f}%"></{0}>').format
    band = Markup('<i class="{}" style="left:{:.2f}%;width:{:.2f}%"></i>').format
    done = Markup('<i class="done" style="width:{:.2f}%;background:{}"></i>')
    parts = [done.format(at(value), colour)]
    if ahead:
        bands = (("w95", ahead.lower_95, ahead.upper_95), ("w80", ahead.lower_80, ahead.upper_80))
        parts += [band(kind, at(low), at(high) - at(low)) for kind, low, high in bands]
        if ahead.value <= goal * FULL:
            parts.append(line("i", "dot", at(ahead.value)))
    if max(value, ahead.upper_95 if ahead else 0) > goal * FULL:
        parts.append(Markup('<i class="more">▸</i>'))
    if due is not None:
        parts.append(line("u", "due", at(due)))
    if stretch is not None and stretch <= goal * FULL:
        parts.append(line("u", "stretch", at(stretch)))
    parts.append(line("u", "goal", at(goal)))
    form = Markup('<div class="gq-bullet" role="img" aria-label="{}">{}</div>')
    return form.format(alt, Markup("").join(parts))
