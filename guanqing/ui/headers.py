"""What every answer tells the browser: to run, load and show nothing but what is ours."""

import re
from base64 import b64encode
from hashlib import sha256
from pathlib import Path

import streamlit as st
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from guanqing import text
from guanqing.ui.shell import script

STREAMLIT_PAGE = Path(st.__file__).parent / "static" / "index.html"
SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)


def _policy() -> str:
    """Return the Content-Security-Policy: no script but the files served and these, word by word.

    Streamlit and Plotly style what they draw in place, so styles cannot be held as tightly.
    """
    scripts = SCRIPT.findall(STREAMLIT_PAGE.read_text(encoding="utf-8"))
    scripts += [script.content(language) for language in text.LANGUAGES]
    hashes = (b64encode(sha256(words.encode()).digest()).decode() for words in scripts)
    allowed = {
        "default-src": "'self'",
        "script-src": " ".join(["'self'", *(f"'sha256-{found}'" for found in hashes)]),
        "style-src": "'self' 'unsafe-inline'",
        "img-src": "'self' data: blob:",
        "font-src": "'self' data:",
        "worker-src": "'none'",
        "frame-src": "'none'",
        "object-src": "'none'",
        "base-uri": "'none'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
    }
    return "; ".join(f"{name} {sources}" for name, sources in allowed.items())


HEADERS = {
    "Content-Security-Policy": _policy(),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",  # an address names branches, periods, targets
    "X-Content-Type-Options": "nosniff",
}


class SafeHeaders:
    """Put the headers on every answer, refusals included."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and add to what is answered."""

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        await self.app(scope, receive, answer)
