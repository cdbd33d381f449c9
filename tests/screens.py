"""Pages as a reader of the dashboard gets them, without a browser, and the words on them."""

import json
import re
from functools import cache
from html import unescape
from pathlib import Path
from typing import Any

import duckdb
import pytest
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

from guanqing import text
from guanqing.paths import ROOT
from guanqing.ui.shell import guarding, visitor

# A mistake in a figure is said on its panel and no more: here it is to be seen as one.
CAUGHT_WHEN_SERVED, guarding.FAILURES = guarding.FAILURES, (duckdb.Error,)

# AppTest does not say where a visitor sits: here, until a test has them sit elsewhere.
visitor.came_from = lambda: (None, {"Host": "localhost:8501"})

# AppTest reads what every installed package says of itself before a page's first run: it takes
# longer than most pages, and nothing is installed while tests run.
manifest_scanner.scan_component_manifests = cache(manifest_scanner.scan_component_manifests)

UNIVERSITY = ROOT.parent / "shared" / "data" / "seu_loans_2020_2024"  # beside the project, or not
PAGES = sorted(path.relative_to(ROOT).as_posix() for path in ROOT.glob("pages/*/*.py"))


def open_page(page: str, store: Path, language: str = "zh", **query: str) -> AppTest:
    """Return a page of the dashboard as a reader who follows a link gets it."""
    app = AppTest.from_file(str(ROOT / "dashboard.py"), default_timeout=60)
    if language != "zh":
        query["lang"] = language
    for key, value in query.items():
        app.query_params[key] = value
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GUANQING_STORE", str(store))
        # Before the first run a page is known by its file name, which is its address here too.
        return app.switch_page(page).run()


def sit_here(patch: pytest.MonkeyPatch, address: str | None = None, **headers: str) -> None:
    """Let the visitor sit at this machine, or at an address, or behind what these headers say."""
    patch.setattr(visitor, "came_from", lambda: (address, {"Host": "localhost:8501"} | headers))


def htmls(app: AppTest) -> list[str]:
    """Return every piece of HTML on the screen that a reader may see."""
    bodies = [element.proto.body for element in app.get("html")]
    return [body for body in bodies if not body.startswith(("<style", "<script"))]


def seen(html: str, *, with_records: bool = True) -> str:
    """Return what a reader sees of HTML or hears of it: its words and hints, SQL left out.

    with_records: also what people wrote in registers, which is not ours to word.
    """
    html = re.sub(r"<pre.*?</pre>", " ", html, flags=re.DOTALL)
    if not with_records:
        # what people wrote has the language they wrote it in, and says so
        html = re.sub(r'<(\w+) lang="zh-CN">.*?</\1>', " ", html, flags=re.DOTALL)
    hints = re.findall(r'(?:title|alt|aria-label)="([^"]*)"', html)
    return unescape(" ".join([re.sub(r"<[^>]+>", " ", html), *hints]))


def told(app: AppTest) -> list[str]:
    """Return what the screen says of a mistake or a doubt, as it is read."""
    form = re.compile(r'<div class="gq gq-said (?:bad|doubt)" role="status">(.*)</div>', re.DOTALL)
    return [unescape(found[1]) for html in htmls(app) if (found := form.fullmatch(html))]


READ_AS_MARKDOWN = {"label", "help", "body", "text", "content"}  # names of fields of Streamlit's


def marked(app: AppTest) -> list[str]:
    """Return what Streamlit reads as Markdown: labels, hints, rows of buttons, notes."""
    found: list[str] = []

    def read(message: Any) -> None:
        for field, value in message.ListFields():
            for part in value if field.is_repeated else [value]:
                if field.message_type:
                    if not field.message_type.GetOptions().map_entry:
                        read(part)
                elif field.name in READ_AS_MARKDOWN and isinstance(part, str):
                    found.append(part)

    def walk(node: Any) -> None:
        if node.type not in ("html", "plotly_chart") and getattr(node, "proto", None):
            read(node.proto)
        for child in getattr(node, "children", {}).values():
            walk(child)

    walk(app._tree)
    return found


# what Markdown, HTML, mathematics and Streamlit's own marks would make something of
MARKS = (
    "![x](http://127.0.0.1:1/x) [a](http://b) :red[x] $x$ <b> **b** `c` :smile: http://b.example"
)
HOSTILE = "<b>&\"'"


def escaped_once(app: AppTest) -> int:
    """Return how often HOSTILE stands on the screen; each time it is read as it was written."""
    html = " ".join(htmls(app))
    assert "<b>&" not in html
    assert not re.search(r"&amp;(?:amp|lt|gt|quot|#)", html)
    return unescape(html).count(HOSTILE)


BLOCKS = ("popover",)  # they hold other elements, and their label in a part of theirs


def words(app: AppTest) -> list[str]:
    """Return everything on the screen that is ours to word: HTML, labels, choices and charts."""
    found = [seen(html, with_records=False) for html in htmls(app)]
    for kind in (
        *("date_input", "selectbox", "multiselect", "toggle", "download_button", "popover"),
        *("button", "page_link", "file_uploader", "text_input", "expander"),
    ):
        for element in app.get(kind):
            proto = getattr(element.proto, kind) if kind in BLOCKS else element.proto
            found += [proto.label, *getattr(proto, "options", [])]
            found += [getattr(proto, "help", ""), getattr(proto, "placeholder", "")]
    found += [element.value for element in app.get("exception")]
    for element in app.get("plotly_chart"):
        found += [element.proto.alt, *_drawn(json.loads(element.proto.spec))]
    return [piece for piece in found if piece]


def _drawn(figure: dict[str, Any]) -> list[str]:
    """Return the words in a chart: on axes, at marks, in notes and in hover labels."""
    pieces: list[str] = []

    def walk(value: Any) -> None:
        if isinstance(value, str):
            pieces.append(seen(re.sub(r"%\{[^}]*\}", " ", value), with_records=False))
        elif isinstance(value, list):
            for part in value:
                walk(part)
        elif isinstance(value, dict):
            for part in value.values():
                walk(part)

    for trace in figure["data"]:
        for key in ("x", "y", "text", "name", "hovertext", "hovertemplate", "customdata"):
            # numbers travel as {"bdata": ...}, which is no word
            if not isinstance(trace.get(key), dict):
                walk(trace.get(key))
    for note in figure["layout"].get("annotations", []):
        walk(note.get("text"))
    for name, axis in figure["layout"].items():
        if name.startswith(("xaxis", "yaxis")):
            walk(axis.get("title", {}).get("text"))
            walk(axis.get("ticktext"))
    return pieces


def title(page: str, language: str) -> str:
    """Return what a page is called."""
    return text.translate(f"{Path(page).stem}.title", language)


def head(app: AppTest) -> str:
    """Return the HTML of the page's head."""
    (found,) = [html for html in htmls(app) if "gq-head" in html]
    return found
