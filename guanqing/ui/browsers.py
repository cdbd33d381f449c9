"""A cookie of our own that tells one browser from another: what one is offered is its alone."""

import secrets

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.types import ASGIApp, Message, Receive, Scope, Send

COOKIE = "guanqing_browser"


class KnowsBrowsers:
    """Give the cookie to a browser that opens a page without it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and add to what is answered."""
        if scope["type"] != "http" or not _opens_a_page(Headers(scope=scope)):
            return await self.app(scope, receive, send)

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = f"{COOKIE}={secrets.token_urlsafe(24)}; Path=/; HttpOnly; SameSite=lax"
                MutableHeaders(scope=message).append("set-cookie", given)
            await send(message)

        return await self.app(scope, receive, answer)


def _opens_a_page(headers: Headers) -> bool:
    is_page = headers.get("sec-fetch-dest") == "document"
    return is_page and COOKIE not in cookie_parser(headers.get("cookie", ""))
