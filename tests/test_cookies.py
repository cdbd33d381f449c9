"""What is put on answers and asked of requests beside the pages: cookies, and a proxy's secret."""

import asyncio
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from guanqing.access import settings
from guanqing.ui.asked import COOKIE as ASKED
from guanqing.ui.asked import LONGEST, RemembersWhatWasAsked
from guanqing.ui.browsers import COOKIE, KnowsBrowsers
from guanqing.ui.headers import SafeHeaders
from guanqing.ui.proxy import OnlyThroughProxy

SECRET = "s" * 32
PAGE = {"sec-fetch-dest": "document"}


def page(_request: Request) -> Response:
    answer = PlainTextResponse("a page")
    answer.set_cookie("theirs", "1")  # as Streamlit sets its own
    return answer


def ask(path: str, host: str = "localhost", **headers: str) -> httpx.Response:
    """Return what a request is answered with; header names with _ for -."""
    layers = [SafeHeaders, OnlyThroughProxy, RemembersWhatWasAsked, KnowsBrowsers]
    app = Starlette(
        routes=[Route("/{any:path}", page)], middleware=[Middleware(layer) for layer in layers]
    )

    async def asked() -> httpx.Response:
        way = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=way, base_url=f"http://{host}") as client:
            sent = {name.replace("_", "-"): value for name, value in headers.items()}
            return await client.get(path, headers=sent)

    return asyncio.run(asked())


def cookies(answer: httpx.Response) -> dict[str, str]:
    given = answer.headers.get_list("set-cookie")
    return {cookie.partition("=")[0]: cookie for cookie in given}


@pytest.fixture
def signing_in(monkeypatch: pytest.MonkeyPatch) -> None:
    server = settings.Server(["library.example"], settings.SignIn("oidc"))
    monkeypatch.setattr(settings, "server", lambda: server)


def test_a_browser_gets_a_cookie_of_its_own_once() -> None:
    first, second = (cookies(ask("/", **PAGE))[COOKIE] for _ in range(2))
    assert first != second
    assert "HttpOnly" in first
    assert COOKIE not in cookies(ask("/", cookie=f"{COOKIE}=x", **PAGE))
    assert COOKIE not in cookies(ask("/static/js/a.js"))  # nobody opens a page there


@pytest.mark.usefixtures("signing_in")
def test_an_address_is_kept_while_somebody_signs_in() -> None:
    kept = cookies(ask("/circulation?period=2018&lang=en", **PAGE))[ASKED]
    assert kept.startswith(f"{ASKED}=%2Fcirculation%3Fperiod%3D2018%26lang%3Den;")
    assert "HttpOnly" in kept
    assert "Max-Age=600" in kept


@pytest.mark.usefixtures("signing_in")
@pytest.mark.parametrize(
    "path",
    ["/", "/oauth2callback?code=x", "/auth/login", "/export/x", f"/classes?x={'y' * LONGEST}"],
)
def test_what_is_no_page_that_was_asked_for_takes_nothings_place(path: str) -> None:
    assert ASKED not in cookies(ask(path, **PAGE))


@pytest.mark.usefixtures("signing_in")
def test_what_a_page_fetches_takes_nothings_place() -> None:
    assert ASKED not in cookies(ask("/circulation", sec_fetch_dest="empty"))


def test_without_a_sign_in_nothing_is_kept() -> None:
    assert ASKED not in cookies(ask("/circulation", **PAGE))


@pytest.mark.usefixtures("signing_in")
def test_no_cookie_goes_over_an_open_line_under_the_name_of_the_server() -> None:
    for cookie in cookies(ask("/classes", host="library.example", **PAGE)).values():
        assert cookie.endswith("; Secure")
    for cookie in cookies(ask("/classes", **PAGE)).values():
        assert "Secure" not in cookie  # this machine has no certificate


def test_every_answer_bears_the_headers_even_a_refusal(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    answered = ask("/classes")
    assert answered.text == "a page"
    proxied(monkeypatch, tmp_path)
    refused = ask("/classes")
    assert refused.status_code == 403
    for answer in (answered, refused):
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]


# --- a proxy that says who somebody is


def proxied(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    monkeypatch.setenv("GUANQING_CONFIG", str(folder))
    settings.proxy_file().write_text(SECRET)
    settings.proxy_file().chmod(0o600)
    server = settings.Server([], settings.SignIn("proxy"))
    monkeypatch.setattr(settings, "server", lambda: server)


@pytest.mark.parametrize(
    ("user", "secret", "status"),
    [
        ("wang@lib.example", SECRET, 200),
        ("wang@lib.example", SECRET[1:], 403),
        ("wang@lib.example", "", 403),
        (" ", SECRET, 403),
    ],
)
def test_a_request_shows_the_secret_and_names_somebody(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, user: str, secret: str, status: int
) -> None:
    proxied(monkeypatch, tmp_path)
    sent = {"x_forwarded_email": user, "x_guanqing_proxy": secret}
    assert ask("/", **sent).status_code == status
    assert ask("/health", **sent).status_code == 200


def test_a_socket_without_the_secret_is_never_accepted(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    proxied(monkeypatch, tmp_path)
    sent: list[dict[str, object]] = []

    async def send(message: dict[str, object]) -> None:
        sent.append(message)

    async def behind(*_: object) -> None:
        raise AssertionError("it was let in")

    scope = {"type": "websocket", "path": "/_stcore/stream", "headers": []}
    asyncio.run(OnlyThroughProxy(behind)(scope, None, send))  # type: ignore[arg-type]
    assert sent == [{"type": "websocket.close", "code": 1008}]
