"""How much of the uploads a server holds in memory: no more than one upload may be at most.

Streamlit takes a whole file into memory and holds it until the page has written it down, so files
sent at once would add up without a bound.
"""

import streamlit as st
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit import runtime
from streamlit.runtime.stats import CacheStat

from guanqing import text
from guanqing.ui.doors import UPLOADS


def most_bytes() -> int:
    """Return the bound, which is that of one file: server.maxUploadSize."""
    return int(st.get_option("server.maxUploadSize")) << 20


def held_bytes() -> int:
    """Return how much of what came whole still waits for its page."""
    if not runtime.exists():
        return 0
    found = runtime.get_instance().uploaded_file_mgr.get_stats()
    return sum(s.byte_length for stats in found.values() for s in stats if isinstance(s, CacheStat))


class UploadsWithinMemory:
    """Refuse an upload that there is no room for now."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._coming = 0  # bytes announced of uploads under way

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let an upload in if it says its size and all of them together fit."""
        is_upload = scope["type"] == "http" and UPLOADS in scope["path"]
        if not is_upload or scope["method"] != "PUT":
            return await self.app(scope, receive, send)
        announced = Headers(scope=scope).get("content-length", "")
        if not announced.isdecimal():
            return await _refuse(411, scope, receive, send)
        size = int(announced)
        if size + self._coming + held_bytes() > most_bytes():
            return await _refuse(413, scope, receive, send)
        self._coming += size
        try:
            return await self.app(scope, receive, send)
        finally:
            self._coming -= size


async def _refuse(status: int, scope: Scope, receive: Receive, send: Send) -> None:
    words = "\n".join(text.translate("server.no_room", language) for language in text.LANGUAGES)
    await PlainTextResponse(words + "\n", status)(scope, receive, send)
