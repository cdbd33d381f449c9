"""Who may send files: the sessions whose visitor may, each by the name Streamlit gave it.

Streamlit takes files at an address of its own before any page is asked. The address names the
session, which nobody else knows.
"""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import ClassVar

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit.runtime.scriptrunner import get_script_run_ctx

from guanqing import text

UPLOADS = "/_stcore/upload_file/"
OPEN_FOR = timedelta(hours=1)  # since the visitor did something last


class Doors:
    """Refuse a file from a session whose visitor may load none."""

    _open: ClassVar[dict[str, datetime]] = {}  # until when

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    @classmethod
    def settle(cls, may: Collection[str]) -> None:
        """Note what the session of this run may send, by what its visitor may do."""
        context = get_script_run_ctx()
        if context is None:
            return
        now = datetime.now(UTC)
        for session in [name for name, until in list(cls._open.items()) if until < now]:
            cls._open.pop(session, None)
        cls._open.pop(context.session_id, None)
        if "load" in may:  # no other page takes files
            cls._open[context.session_id] = now + OPEN_FOR

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse such a file; pass on everything else."""
        if scope["type"] == "http" and UPLOADS in scope["path"]:
            session = scope["path"].partition(UPLOADS)[2].partition("/")[0]
            if not self._may(session):
                words = "\n".join(
                    text.translate("server.no_files", each) for each in text.LANGUAGES
                )
                return await PlainTextResponse(words + "\n", 403)(scope, receive, send)
        return await self.app(scope, receive, send)

    def _may(self, session: str) -> bool:
        return self._open.get(session, datetime.min.replace(tzinfo=UTC)) >= datetime.now(UTC)
