"""How often somebody may begin to sign in, and what they are told where that fails.

Each beginning asks the provider something, so many of them would shut everybody out. A sign-in
that comes to nothing (a client_secret that is wrong, say) would lead back to the first page without
a word: the visitor is told that it did, and the log what to look at.
"""

import logging

from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from guanqing import text
from guanqing.access import settings
from guanqing.access.patience import Patience
from guanqing.ui.here import is_loopback

LOGIN = "/auth/login"
BACK = "/oauth2callback"
STEPS = (LOGIN, BACK)
USER = b"_streamlit_user="  # the cookie that says who somebody is
LOG = logging.getLogger("guanqing.sign_in")
PATIENCE = Patience(60, in_all=300)  # a minute, of an address: a library may have one for all


def comes_from(scope: Scope) -> str:
    """Return the address a request comes from: as a proxy of ours says, else its own."""
    client = (scope.get("client") or ("", 0))[0]
    passed_on = Headers(scope=scope).getlist("x-forwarded-for")
    is_ours = is_loopback(client) or client in settings.server().proxies
    if not is_ours or not passed_on:
        return str(client)
    # the last is what the proxy itself saw; those before it may be of the visitor's making
    return passed_on[-1].rpartition(",")[2].strip()


class PatientSignIns:
    """Refuse to begin a sign-in where there were too many; say it where the provider is away."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer in both languages; pass on everything else."""
        is_oidc = settings.server().sign_in.way == "oidc"
        if scope["type"] != "http" or scope["path"] not in STEPS or not is_oidc:
            return await self.app(scope, receive, send)
        if not PATIENCE.bears(comes_from(scope)):
            return await _say("too_many_sign_ins", 429)(scope, receive, send)
        failed = ""
        cookies: list[bytes] = []

        async def answer(message: Message) -> None:
            nonlocal failed
            if message["type"] == "http.response.start":
                cookies.extend(v for name, v in message["headers"] if name == b"set-cookie")
                if scope["path"] == LOGIN and message["status"] >= 400:
                    failed = "provider_away"
                if scope["path"] == BACK and not _is_signed_in(scope, cookies):
                    failed = "sign_in_failed"
            if not failed:
                await send(message)

        await self.app(scope, receive, answer)
        if failed:
            if failed == "sign_in_failed":
                LOG.error(
                    "a sign-in came to nothing: see client_id and client_secret, docs/deploy.md"
                )
            said = _say(failed, 502)
            said.raw_headers += [(b"set-cookie", cookie) for cookie in cookies]
            await said(scope, receive, send)
        return None


def _is_signed_in(scope: Scope, cookies: list[bytes]) -> bool:
    """Say whether whoever comes back from the provider is somebody: by this answer, or already."""
    ours = [cookie for cookie in cookies if cookie.startswith(USER)]
    if ours:  # an answer that takes it away sets it to nothing
        return any(not cookie.startswith(USER + b'""') for cookie in ours)
    return USER.rstrip(b"=").decode() in cookie_parser(Headers(scope=scope).get("cookie", ""))


def _say(key: str, status: int) -> PlainTextResponse:
    words = "\n".join(text.translate(f"server.{key}", each) for each in text.LANGUAGES)
    return PlainTextResponse(words + "\n", status)
