"""The server around dashboard.py: `streamlit run guanqing/ui/server.py`, as `guanqing serve` does.

Streamlit takes a folder named pages/ for its older kind of app until some script has called
st.navigation, so the first visitor with a bookmark would be told that the page does not exist.
Calling it once before anybody comes, outside any session, settles that.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import streamlit as st
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from streamlit import net_util

from guanqing import store
from guanqing.paths import ROOT
from guanqing.problems import Problem
from guanqing.ui import gate
from guanqing.ui.headers import SafeHeaders
from guanqing.ui.loading import uploads
from guanqing.ui.loading.held import UploadsWithinMemory
from guanqing.ui.shell.visitor import OnlyFromHere

st.navigation([st.Page(lambda: None, title="warm-up", url_path="warm-up")])

gate.settings()  # a server that does not know its names does not begin
# Streamlit asks the internet for the address of this machine to judge an Origin or greet; a closed
# network would make it wait, and an open one learn of us. Nothing of ours needs it to know.
net_util.get_external_ip = net_util.get_internal_ip = lambda: None


@asynccontextmanager
async def while_serving(_app: st.App) -> AsyncIterator[None]:
    """Leave no uploaded file behind: a server is ended by a signal, and nothing else runs then."""
    uploads.sweep()
    yield
    uploads.sweep(ours_too=True)


async def health(_request: Request) -> PlainTextResponse:
    """Say whether there is a library to show: ok, or 503; /_stcore/health is about the server."""
    try:
        store.default_store().current()
    except Problem:
        return PlainTextResponse("no library", 503)
    return PlainTextResponse("ok")


app = st.App(
    ROOT / "dashboard.py",
    routes=[Route("/health", health)],
    middleware=[
        Middleware(SafeHeaders),
        Middleware(gate.Gate),
        Middleware(OnlyFromHere),
        Middleware(UploadsWithinMemory),
    ],
    lifespan=while_serving,
)
