"""Where a visitor sits: at this machine itself, or anywhere else.

Until roles come, nobody but whoever sits here (or has a tunnel to here) may change the library. A
proxy makes everybody look like this machine, so whatever a proxy adds counts as elsewhere; and a
page of another site that points its name at this address does not send our own in Host.
"""

from collections.abc import Mapping
from ipaddress import ip_address
from urllib.parse import urlsplit

import streamlit as st
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from guanqing.figures.markup import fill
from guanqing.problems import Problem
from guanqing.ui.shell.session import t, tell

HERE = {"localhost", "127.0.0.1", "::1"}
PASSED_ON = {
    *("forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto"),
    *("x-real-ip", "x-client-ip", "true-client-ip", "cf-connecting-ip"),
}
# what Streamlit opens to anybody: taking files, what runs in the server, a way in for programs
CLOSED = ("/_stcore/upload_file/", "/_stcore/metrics", "/_stcore/agent/")


def is_here(address: str | None, headers: Mapping[str, str]) -> bool:
    """Tell whether a request comes straight from this machine; header names in any case.

    address is None where the server knows of no other machine.
    """
    sent = {name.lower(): value for name, value in headers.items()}
    if PASSED_ON & sent.keys():
        return False
    return _is_loopback(address) and _host(sent.get("host", "")) in HERE


def _is_loopback(address: str | None) -> bool:
    try:
        return address is None or ip_address(address).is_loopback
    except ValueError:
        return False


def _host(value: str) -> str | None:
    try:
        return urlsplit(f"//{value}").hostname
    except ValueError:
        return None


def came_from() -> tuple[str | None, dict[str, str]]:
    """Return address and headers of this session's connection."""
    return st.context.ip_address, st.context.headers.to_dict()


def may_change() -> bool:
    """Say whether the visitor of this session may change what the library holds."""
    return is_here(*came_from())


def require_here() -> None:
    """Raise the Problem of a visitor from elsewhere; whatever changes a library asks first."""
    if not may_change():
        raise Problem("not_this_machine")


def only_here() -> None:
    """Say to a visitor from elsewhere why there is nothing on this page, and stop."""
    try:
        require_here()
    except Problem as problem:
        with st.container(key="step-elsewhere"):
            st.html(fill("panel_head", title=t("loading.elsewhere"), below=tell(problem)))
        st.stop()


class OnlyFromHere:
    """Keep others from doors that the server opens before any page is asked."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse such a request from elsewhere; pass on everything else."""
        closed = scope["type"] == "http" and any(door in scope["path"] for door in CLOSED)
        if closed and not _is_here(scope):
            refusal = PlainTextResponse("403 Forbidden", status_code=403)
            return await refusal(scope, receive, send)
        return await self.app(scope, receive, send)


def _is_here(scope: Scope) -> bool:
    client = scope.get("client")
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    return is_here(client[0] if client else None, headers)
