"""The script of every page: what Streamlit leaves to do in the browser."""

from pathlib import Path

import streamlit as st

# What Streamlit leaves to do in the browser, once a page: its document is always English; figures
# keep the colours of the scheme they were drawn in; and its menu nests list items in a way that
# screen readers cannot follow.
IN_THE_BROWSER = """
document.documentElement.lang = '{lang}';
if (!window.guanqing) {{
  window.guanqing = true;
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => location.reload());
  const mend = () => {{
    for (const list of document.querySelectorAll('[data-testid=stSidebarNav] ul:not([role])'))
      list.setAttribute('role', 'group');
    for (const item of document.querySelectorAll('[data-testid=stSidebarNav] li:not([role])'))
      item.setAttribute('role', 'none');
  }};
  new MutationObserver(mend).observe(document.body, {{childList: true, subtree: true}});
  mend();
  setTimeout(() => {charts}, 1500);
}}
"""
# The first page needs no chart library; the next one will, so it is fetched while that is read.
STREAMLIT_SCRIPTS = Path(st.__file__).parent / "static" / "static" / "js"
CHARTS = ";".join(
    f"import('/static/js/{path.name}')" for path in STREAMLIT_SCRIPTS.glob("PlotlyChart.*.js")
)
LANGUAGE_TAGS = {"zh": "zh-CN", "en": "en"}


def content(language: str) -> str:
    """Return the script for a page in this language: the server lets browsers run no other."""
    return IN_THE_BROWSER.format(lang=LANGUAGE_TAGS[language], charts=f"{{{CHARTS}}}")


def element(language: str) -> str:
    """Return the HTML that runs it."""
    return f"<script>{content(language)}</script>"
