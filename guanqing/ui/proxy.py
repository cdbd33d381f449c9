"""A proxy that vouches for who somebody is, known by a secret and never by its address."""

import hmac
import logging

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from guanqing import text
from guanqing.access import settings
from guanqing.problems import Problem

LOG = logging.getLogger("guanqing.sign_in")
OPEN = ("/health", "/_stcore/health")  # whoever watches the server asks these, past the proxy


class OnlyThroughProxy:
    """Refuse what did not come through the proxy, where one says who people are."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what bears the proxy's secret and names one person."""
        way = settings.server().sign_in
        asked = scope["type"] in ("http", "websocket") and scope["path"] not in OPEN
        if way.way == "proxy" and asked and not _vouched(Headers(scope=scope), way):
            if scope["type"] == "websocket":
                return await send({"type": "websocket.close", "code": 1008})
            words = "\n".join(text.translate("server.not_vouched", each) for each in text.LANGUAGES)
            return await PlainTextResponse(words + "\n", 403)(scope, receive, send)
        return await self.app(scope, receive, send)


def _vouched(headers: Headers, way: settings.SignIn) -> bool:
    shown, named = headers.getlist(way.secret_header), headers.getlist(way.user_header)
    # two of either: somebody sent one of their own, and the proxy did not take it away
    if len(shown) != 1 or len(named) != 1 or not named[0].strip():
        return False
    try:
        return is_secret(shown[0])
    except Problem as problem:  # it was there when the server began
        LOG.error("nobody is let in: %s", text.told(problem, "en"))
        return False


def is_secret(shown: str) -> bool:
    """Say whether this is what the proxy sends along. Problem: see settings.secret."""
    known = settings.secret(settings.proxy_file())
    return hmac.compare_digest(shown.encode(), known.encode())
