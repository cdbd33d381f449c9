"""What somebody asked for before signing in, kept by the browser until they have."""

from urllib.parse import quote

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from guanqing.access import settings
from guanqing.access.settings import LOOPBACK, host_name

COOKIE = "guanqing_asked"
KEPT_SECONDS = 600
LONGEST = 1000  # signs of an address
NO_PAGES = ("/auth/", "/oauth2callback", "/_stcore/", "/media/", "/static/", "/export")


class RemembersWhatWasAsked:
    """Keep the address of a page in a cookie; and send no cookie over an open line."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and add to what is answered."""
        if scope["type"] != "http" or settings.server().sign_in.way == "none":
            return await self.app(scope, receive, send)
        headers = Headers(scope=scope)
        is_oidc = settings.server().sign_in.way == "oidc"
        asked = _asked(scope, headers) if is_oidc else None
        # whoever comes by another name than this machine's comes through a proxy with TLS
        secure = "" if host_name(headers.get("host", "")) in LOOPBACK else "; Secure"

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                out = MutableHeaders(scope=message)
                cookies = out.getlist("set-cookie")
                if asked:
                    ours = f"{COOKIE}={asked}; Path=/; HttpOnly; SameSite=lax"
                    cookies.append(f"{ours}; Max-Age={KEPT_SECONDS}")
                del out["set-cookie"]
                for cookie in cookies:
                    out.append("set-cookie", cookie.removesuffix("; Secure") + secure)
            await send(message)

        return await self.app(scope, receive, answer)


def _asked(scope: Scope, headers: Headers) -> str | None:
    """Return the address of a page that somebody opens, in signs a cookie may hold."""
    query = scope["query_string"].decode("latin-1")
    address = scope["path"] + (f"?{query}" if query else "")
    is_page = headers.get("sec-fetch-dest") == "document" and scope["method"] == "GET"
    if not is_page or address == "/" or scope["path"].startswith(NO_PAGES):
        return None  # the bare address is where a sign-in leads: it takes nothing's place
    return quote(address, safe="") if len(address) < LONGEST else None
