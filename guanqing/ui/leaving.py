"""The way out by address: it ends a sign-in wherever a copy of its cookie is held.

Streamlit's own address of signing out takes the cookie from one browser, and a copy of it would go
on; where a proxy says who somebody is, nothing but this tells us that they have left.
"""

import json
from contextlib import suppress

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

# private, and nothing else opens the cookie that Streamlit signs: an import that fails says so
from streamlit.web.server.starlette.starlette_auth_routes import _get_cookie_value_from_request
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

from guanqing.access import settings
from guanqing.access.sign_ins import of_browser, of_claims
from guanqing.problems import Problem
from guanqing.ui.browsers import COOKIE
from guanqing.ui.shell import visitor

LOGOUT = "/auth/logout"


class EndsSignIns:
    """End the sign-in of whoever goes to Streamlit's address of signing out."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take note of it, and pass everything on."""
        is_oidc = settings.server().sign_in.way == "oidc"
        if scope["type"] == "http" and scope["path"] == LOGOUT and is_oidc:
            with suppress(Problem):
                claims = _get_cookie_value_from_request(Request(scope), USER_COOKIE_NAME)
                if claims:
                    await run_in_threadpool(visitor.end, of_claims(json.loads(claims))[0])
        await self.app(scope, receive, send)


def sign_out(request: Request) -> Response:
    """End what somebody did in this browser, and lead to where the proxy ends its own sign-in."""
    way = settings.server().sign_in
    if way.way != "proxy" or not way.sign_out:
        return Response(status_code=404)
    who = request.headers.get(way.user_header, "").strip()
    key = of_browser(who, request.cookies.get(COOKIE, ""))
    visitor.end(key)
    answer = RedirectResponse(way.sign_out, 303)
    answer.delete_cookie(COOKIE)  # whoever comes back has another, and begins anew
    return answer
