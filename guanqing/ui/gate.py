"""The gate before Streamlit: which names the server answers to, and whose pages may ask it.

A page of another site that is open in a visitor's browser can send requests here too. It can give
its own name to this address, so the name asked for must be one of ours (Host); and it cannot hide
who it is (Origin), so only our own pages may ask. Streamlit would judge a foreign Origin by looking
up the public address of this machine, in the loop that serves everybody: no request that could
make it do so gets that far.
"""

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from guanqing import text
from guanqing.access import settings
from guanqing.access.settings import LOOPBACK, host_name


def refusal(headers: Headers) -> tuple[int, str] | None:
    """Return the status and the text of data/text.toml for a request that is not let in."""
    hosts = headers.getlist("host")
    if len(hosts) != 1 or host_name(hosts[0]) not in LOOPBACK | set(
        settings.server().allowed_hosts
    ):
        return 421, "server.wrong_host"
    # as it is compared by Streamlit, sign by sign: what differs in anything would be looked up
    ours = {f"{scheme}://{hosts[0]}" for scheme in ("http", "https")}
    if not ours.issuperset(headers.getlist("origin")):
        return 403, "server.wrong_origin"
    return None


class Gate:
    """Refuse what another site's page asks, before anything else has seen it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a refused request in both languages; a refused WebSocket is never accepted."""
        if scope["type"] in ("http", "websocket"):
            refused = refusal(Headers(scope=scope))
            if refused and scope["type"] == "websocket":
                return await send({"type": "websocket.close", "code": 1008})
            if refused:
                status, key = refused
                words = "\n".join(text.translate(key, language) for language in text.LANGUAGES)
                return await PlainTextResponse(words + "\n", status)(scope, receive, send)
        return await self.app(scope, receive, send)
