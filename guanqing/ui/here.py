"""Whether a request comes from this machine, and the doors that are open to nobody else.

A proxy makes everybody look like this machine, so what a proxy adds counts as elsewhere.
"""

from collections.abc import Mapping
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from guanqing.access import settings
from guanqing.access.settings import LOOPBACK
from guanqing.ui.doors import UPLOADS

PASSED_ON = {
    *("forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto"),
    *("x-real-ip", "x-client-ip", "true-client-ip", "cf-connecting-ip"),
}
# what Streamlit opens to anybody: what runs in the server, a way in for programs
CLOSED = ("/_stcore/metrics", "/_stcore/agent/")


def is_here(address: str | None, headers: Mapping[str, str]) -> bool:
    """Tell whether a request comes straight from this machine; header names in any case.

    address is None where the server knows of no other machine.
    """
    sent = {name.lower(): value for name, value in headers.items()}
    if PASSED_ON & sent.keys():
        return False
    return is_loopback(address) and _host(sent.get("host", "")) in LOOPBACK


def is_loopback(address: str | None) -> bool:
    """Tell whether an address is this machine's own; None is."""
    try:
        return address is None or ip_address(address).is_loopback
    except ValueError:
        return False


def _host(value: str) -> str | None:
    try:
        return urlsplit(f"//{value}").hostname
    except ValueError:
        return None


class OnlyFromHere:
    """Keep others from doors that the server opens before any page is asked."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse such a request from elsewhere; pass on everything else."""
        only_here = settings.server().sign_in.way == "none"
        doors = (*CLOSED, UPLOADS) if only_here else CLOSED  # with roles, see Doors
        closed = scope["type"] == "http" and any(door in scope["path"] for door in doors)
        # behind a proxy nobody can be told from one who sits here
        if closed and not (only_here and is_asked_here(scope)):
            refusal = PlainTextResponse("403 Forbidden", status_code=403)
            return await refusal(scope, receive, send)
        return await self.app(scope, receive, send)


def is_asked_here(scope: Scope) -> bool:
    """Tell whether a request comes straight from this machine."""
    client = scope.get("client")
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    return is_here(client[0] if client else None, headers)
