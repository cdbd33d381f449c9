"""The server around dashboard.py: `streamlit run guanqing/ui/server.py`, as `guanqing serve` does.

Streamlit takes a folder named pages/ for its older kind of app until some script has called
st.navigation, so the first visitor with a bookmark would be told that the page does not exist.
Calling it once before anybody comes, outside any session, settles that.
"""

from pathlib import Path

import streamlit as st
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from guanqing import ui  # noqa: F401  (what a page imports is loaded before the first visitor)
from guanqing.paths import ROOT

SCRIPTS = Path(st.__file__).parent / "static" / "static" / "js"


class ChartsAhead:
    """Tell the browser with the document itself that charts will be needed.

    Plotly's 4.6 MB are otherwise asked for when the first chart arrives, after everything else.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.links = ", ".join(
            f"</static/js/{path.name}>; rel=modulepreload"
            for path in sorted(SCRIPTS.glob("PlotlyChart.*.js"))
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on; add the header to HTML documents."""

        async def send_with_links(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if headers.get("content-type", "").startswith("text/html"):
                    headers.append("link", self.links)
            await send(message)

        await self.app(scope, receive, send_with_links)


st.navigation([st.Page(lambda: None, title="warm-up", url_path="warm-up")])

app = st.App(ROOT / "dashboard.py", middleware=[Middleware(ChartsAhead)])
