"""The reader of this session: language, colours, and words in both."""

import streamlit as st

from guanqing import charts, text
from guanqing.problems import Problem


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
    return t(problem.key, **{name: str(value) for name, value in problem.values.items()})


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
