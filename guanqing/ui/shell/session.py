"""The reader of this session: language, colours, and words in both.

What is said is HTML with every word escaped, never st.warning and its like: those read Markdown,
and an address that somebody was sent, or a file, would fetch pictures and show links.
"""

import re

import streamlit as st
from markupsafe import Markup

from guanqing import charts, text
from guanqing.access import settings
from guanqing.problems import Problem
from guanqing.store import default_store

MARKS = re.compile(r"[\\`*_\[\]<>~$:#|!]")  # what Markdown would take for more than itself


def language() -> str:
    """Return the language of this session: zh or en."""
    chosen = st.session_state.get("lang")
    return chosen if chosen in text.LANGUAGES else "zh"


def look() -> charts.Look:
    """Return the colours of this session's theme."""
    return charts.DARK if st.context.theme.type == "dark" else charts.LIGHT


def t(key: str, **values: object) -> str:
    """Return a text in the language of this session."""
    return text.translate(key, language(), **values)


def tell(problem: Problem) -> str:
    """Return what a problem is and what to do about it."""
    return text.told(problem, language(), seen)


def seen(value: object) -> str:
    """Return a value of a sentence for a browser: where files lie on the machine is left out."""
    words = str(value)
    for folder in (default_store().root, default_store().root.resolve(), settings.folder()):
        words = folder.name if words == str(folder) else words.replace(f"{folder}/", "")
    return words


def said(words: str, tone: str) -> None:
    """Say something that has to be read; tone is a class of style.css: good, bad, doubt, go."""
    form = Markup('<div class="gq gq-said {}" role="status">{}</div>')
    st.html(form.format(tone, words))


def verbatim(words: str) -> str:
    """Return somebody's words as the label of a widget, which reads Markdown: as code is shown."""
    one_line = " ".join(words.split())
    fence = "`"
    while fence in one_line:
        fence += "`"
    return f"{fence} {one_line} {fence}"


def plain(words: str) -> str:
    """Return words as the label of a link, with nothing in them read as Markdown."""
    return MARKS.sub(r"\\\g<0>", " ".join(words.split()))


def choose_language() -> None:
    """Settle the language: what the URL newly names, else what was chosen, else Chinese."""
    asked = st.query_params.get("lang")
    if asked in text.LANGUAGES and asked != st.session_state.get("url", {}).get("lang"):
        st.session_state["lang"] = asked
    st.session_state["lang"] = language()


def language_switch() -> None:
    """Draw the switch between the languages."""
    st.segmented_control(
        " / ".join(text.LANGUAGES.values()),
        options=list(text.LANGUAGES),
        format_func=lambda code: text.LANGUAGES[code],
        required=True,
        label_visibility="collapsed",
        key="lang",
    )
