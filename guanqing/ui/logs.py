"""What the server writes down: a line of JSON for each answer and each page, about nobody.

    {"at": ..., "what": "GET /export", "status": 200, "ms": 12, "id": "5f0c…", "role": "director"}

No line says who it was, from where, what the address asked for, or what a file or record holds: of
an error its kind and where it happened, not what it says, for that may be somebody's name. Others'
loggers are let say where they speak from and no more.
"""

import json
import logging
import secrets
import sys
import threading
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import streamlit.logger
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOG = logging.getLogger("guanqing.requests")
ID = "x-request-id"
# beginnings of addresses that say what was asked; what follows may be a ticket or a name
KNOWN = (
    *("/export", "/health", "/sign-out", "/auth/login", "/auth/logout", "/oauth2callback"),
    *("/_stcore/health", "/_stcore/stream", "/_stcore/upload_file", "/_stcore/host-config"),
    *("/media", "/static", "/component"),
)
# why a provider gives no token, as RFC 6749 has it: words of nobody's
PROVIDER_SAYS = (
    *("invalid_request", "invalid_client", "invalid_grant", "unauthorized_client"),
    *("unsupported_grant_type", "invalid_scope"),
)
ROLE = "role"  # in the state of a request that is answered for somebody known


class Line(logging.Formatter):
    """A record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        is_ours = record.name.startswith("guanqing")
        line: dict[str, Any] = {"at": at, "level": record.levelname.lower()}
        if fields := getattr(record, "fields", None):
            line |= fields
        else:
            line |= {"logger": record.name, "place": f"{record.module}:{record.lineno}"}
            line |= {"said": record.getMessage()} if is_ours else {}
        if record.exc_info and (error := record.exc_info[1]):
            line |= {"error": type(error).__name__, "frames": _frames(error)}
            if (code := getattr(error, "error", None)) in PROVIDER_SAYS:
                line |= {"code": code}
        return json.dumps(line, ensure_ascii=False)


def _frames(error: BaseException) -> list[str]:
    """Return where an error came from, the innermost last, without a word of what it says."""
    found = traceback.extract_tb(error.__traceback__)[-12:]
    return [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in found]


def begin() -> None:
    """Have everything that is logged written as such lines to the error output."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Line())
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    logging.captureWarnings(True)
    LOG.setLevel(logging.INFO)

    def ours(logger: logging.Logger) -> None:
        logger.handlers = [handler]
        logger.setLevel(logging.WARNING)  # what went well is in the lines of Logged

    # Streamlit gives each of its loggers, and those of its server, a handler by this function
    streamlit.logger.setup_formatter = ours
    streamlit.logger.update_formatter()
    threading.excepthook = lambda told: logging.getLogger("threads").error(
        "", exc_info=(told.exc_type, told.exc_value or told.exc_type(), told.exc_traceback)
    )


class Logged:
    """Write a line for each answer, and give each request a number of its own."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with its number; a WebSocket is one request, however long."""
        if scope["type"] not in ("http", "websocket"):
            return await self.app(scope, receive, send)
        state = scope.setdefault("state", {})
        number, begun, status = secrets.token_hex(8), time.monotonic(), 0
        MutableHeaders(scope=scope)[ID] = number  # whatever a visitor sent under this name

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[ID] = number
            elif message["type"] == "websocket.accept":
                status = 101
            await send(message)

        try:
            await self.app(scope, receive, answer)
        finally:
            method = scope.get("method", "WEBSOCKET")
            asked = f"{method} {_what(scope['path'])}"
            _write(asked, begun, number, state.get(ROLE, ""), status=status or 403)


def _what(path: str) -> str:
    found = [known for known in KNOWN if path == known or path.startswith(f"{known}/")]
    return max(found, key=len, default="page")


@contextmanager
def timed(page: str, number: str, code: str) -> Iterator[None]:
    """Write a line for a page that is made in a session, by the number of its connection."""
    begun = time.monotonic()
    try:
        yield
    finally:
        _write(f"page {page}", begun, number, code)


def _write(what: str, begun: float, number: str, code: str, **more: object) -> None:
    milliseconds = round((time.monotonic() - begun) * 1000)
    fields = {"what": what, **more, "ms": milliseconds, "id": number, "role": code}
    LOG.info("", extra={"fields": fields})
