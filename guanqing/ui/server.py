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
from guanqing.access import provider, settings
from guanqing.access.roles import policy
from guanqing.paths import ROOT
from guanqing.problems import Problem
from guanqing.ui import exports, gate, logs
from guanqing.ui.asked import RemembersWhatWasAsked
from guanqing.ui.browsers import KnowsBrowsers
from guanqing.ui.doors import Doors
from guanqing.ui.headers import SafeHeaders
from guanqing.ui.here import OnlyFromHere
from guanqing.ui.knocking import PatientSignIns
from guanqing.ui.leaving import EndsSignIns, sign_out
from guanqing.ui.loading import uploads
from guanqing.ui.loading.held import UploadsWithinMemory
from guanqing.ui.orders import refuse_orders
from guanqing.ui.proxy import OnlyThroughProxy
from guanqing.ui.shell.entrance import SIGN_OUT
from guanqing.ui.shell.visitor import sign_ins

st.navigation([st.Page(lambda: None, title="warm-up", url_path="warm-up")])

# a server that does not know its names, or whom it serves, does not begin
settings.require_closed(str(st.get_option("server.address") or ""))
provider.require_secrets()
policy()
sign_ins()  # from now on: those of an earlier server have ended
# Streamlit asks the internet for the address of this machine to judge an Origin or greet; a closed
# network would make it wait, and an open one learn of us. Nothing of ours needs it to know.
net_util.get_external_ip = net_util.get_internal_ip = lambda: None

refuse_orders()
logs.begin()


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
    routes=[
        Route("/health", health),
        Route("/export/{ticket}", exports.export),
        Route(SIGN_OUT, sign_out),
    ],
    middleware=[
        Middleware(logs.Logged),
        Middleware(SafeHeaders),
        Middleware(gate.Gate),
        Middleware(OnlyThroughProxy),
        Middleware(PatientSignIns),
        Middleware(EndsSignIns),
        Middleware(RemembersWhatWasAsked),
        Middleware(KnowsBrowsers),
        Middleware(OnlyFromHere),
        Middleware(Doors),
        Middleware(UploadsWithinMemory),
    ],
    lifespan=while_serving,
)
