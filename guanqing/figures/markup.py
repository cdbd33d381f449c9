"""HTML with every value escaped: what is not markup already is somebody's words."""

from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from guanqing import text
from guanqing.figures.blocks import Table
from guanqing.figures.view import View

ICONS = {
    "met": "✔",
    "done": "✔",
    "on_course": "●",
    "under_way": "◐",
    "behind": "▼",
    "not_met": "✖",
    "not_shown": "?",
    "not_computable": "○",
    "planned": "○",
    "dropped": "—",
    "overdue": "▼",
}
TONES = {
    "met": "good",
    "done": "good",
    "on_course": "go",
    "under_way": "go",
    "behind": "bad",
    "not_met": "bad",
    "dropped": "bad",
    "overdue": "bad",
    "not_shown": "doubt",
}


@cache
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("guanqing.figures"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def fill(template: str, **values: Any) -> Markup:
    """Return a template of templates/ with values put in, escaped."""
    return Markup(_templates().get_template(f"{template}.html").render(**values))


def small(words: str) -> Markup:
    """Return words in small print within a line."""
    return Markup('<span class="why">{}</span>').format(words)


def strong(words: str) -> Markup:
    """Return words that stand out."""
    return Markup("<b>{}</b>").format(words)


def toned(words: str, tone: str) -> Markup:
    """Return words in the colour of a tone: good, go, bad, doubt or none."""
    return Markup('<span class="{}">{}</span>').format(tone, words)


def written(words: str | None) -> Markup:
    """Return what somebody wrote in a register: in the language they wrote it in."""
    return Markup('<span lang="zh-CN">{}</span>').format(words) if words else Markup("")


def named(words: str, language: str) -> str:
    """Return a name; of one that is there in Chinese alone an English page says that it is."""
    is_foreign = language != "zh" and any("\u4e00" <= sign <= "\u9fff" for sign in words)
    return written(words) if is_foreign else words


def badge(status: str, view: View) -> Markup:
    """Return a status as icon, word and colour: never colour alone."""
    return toned(f"{ICONS[status]}\u00a0{view.t(f'status.{status}')}", TONES.get(status, ""))


def table(made: Table) -> Markup:
    """Return a table as HTML."""
    return fill("table", columns=made.columns, rows=made.rows)


def joined(*words: str, by: str = " · ") -> Markup:
    """Return the words that there are in one line."""
    return Markup(by).join(word for word in words if word)


def dated(day: Any, view: View) -> str:
    """Return a day without its year, nothing where there is none."""
    return text.day_of_year(day, view.language) if day else ""
