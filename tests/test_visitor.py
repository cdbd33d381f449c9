"""Who sits at this machine, and what nobody else may do."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from starlette.requests import Request
from streamlit.web.server.starlette import starlette_auth_routes
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value

from guanqing.access import people, settings
from guanqing.access.people import People, Person, Visitor
from guanqing.access.sign_ins import SignIns, of_claims
from guanqing.problems import Problem
from guanqing.ui import doors, knocking, leaving
from guanqing.ui.browsers import COOKIE
from guanqing.ui.here import OnlyFromHere, is_here
from guanqing.ui.knocking import PatientSignIns
from guanqing.ui.leaving import EndsSignIns
from guanqing.ui.shell import visitor

HERE = {"Host": "localhost:8501"}
VOUCHED_FOR = visitor._vouched_for


@pytest.mark.parametrize("address", [None, "127.0.0.1", "127.8.9.1", "::1"])
@pytest.mark.parametrize("host", ["localhost", "localhost:8501", "127.0.0.1:80", "[::1]:8501"])
def test_whoever_comes_from_this_machine_is_here(address: str | None, host: str) -> None:
    assert is_here(address, {"host": host})


@pytest.mark.parametrize("address", ["10.0.0.7", "203.0.113.9", "2001:db8::1", "localhost", ""])
def test_another_machine_is_not_here(address: str) -> None:
    assert not is_here(address, HERE)


@pytest.mark.parametrize(
    "name",
    ["X-Forwarded-For", "x-forwarded-for", "Forwarded", "X-Real-IP", "Via", "X-Forwarded-Host"],
)
def test_whoever_comes_through_a_proxy_is_not_here(name: str) -> None:
    assert not is_here("127.0.0.1", HERE | {name: "127.0.0.1"})


@pytest.mark.parametrize(
    "host",
    ["", "library.example", "127.0.0.1.example", "localhost.example:8501", "[::1", "10.0.0.7"],
)
def test_another_name_for_this_machine_is_not_here(host: str) -> None:
    # a page elsewhere may point its own name at this address
    assert not is_here(None, {"Host": host})
    assert not is_here(None, {})


def answer(path: str, address: str, gate: Any = OnlyFromHere, **headers: str) -> int:
    """Return the status that a request for a path is answered with; 204 from behind the gate."""
    statuses = []

    async def behind(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 204, "headers": []})

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    sent = {"host": "localhost:8501"} | {k.replace("_", "-"): v for k, v in headers.items()}
    scope = {
        "type": "http",
        "path": path,
        "client": (address, 1234),
        "headers": [(name.encode(), value.encode()) for name, value in sent.items()],
    }
    asyncio.run(gate(behind)(scope, None, send))
    return statuses[0]


@pytest.mark.parametrize(
    "path",
    ["/_stcore/upload_file/some-session/some-file", "/_stcore/metrics", "/_stcore/agent/interact"],
)
def test_the_server_takes_no_file_from_elsewhere_and_tells_nothing_of_itself(path: str) -> None:
    assert answer(path, "127.0.0.1") == 204
    assert answer(path, "10.0.0.7") == 403
    assert answer(path, "127.0.0.1", x_forwarded_for="203.0.113.9") == 403
    assert answer(f"/below{path}", "10.0.0.7") == 403
    assert answer("/_stcore/health", "10.0.0.7") == 204


# --- with roles


@pytest.mark.parametrize(
    ("may", "announced", "status"),
    [
        (["load", "edit"], "99999999", 204),
        (["edit", "decide"], "9", 403),
        ([], "9", 403),
        (None, "9", 403),
    ],
)
def test_a_file_is_taken_from_a_session_whose_visitor_may_send_one(
    monkeypatch: pytest.MonkeyPatch, may: list[str] | None, announced: str, status: int
) -> None:
    monkeypatch.setattr(doors.Doors, "_open", {})
    session = SimpleNamespace(session_id="a-session")
    monkeypatch.setattr(doors, "get_script_run_ctx", lambda: session)
    if may is not None:
        doors.Doors.settle(may)
    path = "/_stcore/upload_file/a-session/a-file"
    assert answer(path, "10.0.0.7", doors.Doors, content_length=announced) == status
    other = "/_stcore/upload_file/another/a-file"
    assert answer(other, "10.0.0.7", doors.Doors, content_length=announced) == 403
    assert answer("/_stcore/health", "10.0.0.7", doors.Doors) == 204


def test_behind_a_sign_in_nobody_asks_the_server_about_itself(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    server = settings.Server([], settings.SignIn("oidc"))
    monkeypatch.setattr(settings, "server", lambda: server)
    for path in ("/_stcore/metrics", "/_stcore/agent/interact"):
        assert answer(path, "127.0.0.1") == 403


# --- what a sign-in comes to


@pytest.fixture
def noted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Let Wang sign in and nobody else; return what the audit is told."""
    now, told = datetime.now(UTC), []
    visitor.KEPT_OUT._done.clear()
    server = settings.Server([], settings.SignIn("oidc"))
    kept = SignIns(timedelta(minutes=30), timedelta(hours=10), now - timedelta(minutes=1))
    listed = People((Person("wang@x", "王芳", "director"),))
    monkeypatch.setattr(settings, "server", lambda: server)
    monkeypatch.setattr(visitor, "sign_ins", lambda: kept)
    monkeypatch.setattr(visitor, "_vouched_for", lambda _: ({"email": "wang@x"}, "a key", now))
    monkeypatch.setattr(people, "read", lambda _: listed)
    monkeypatch.setattr(visitor, "record", lambda act, _known: told.append(act))
    return told


def test_a_sign_in_is_noted_once(noted: list[str]) -> None:
    for _ in range(3):
        assert visitor.recognise().name == "王芳"
    assert noted == ["signed_in"]


def test_nobody_passes_at_the_second_click_where_the_first_could_not_be_noted(
    noted: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_act: str, _known: Visitor) -> None:
        raise Problem("audit_broken")

    with monkeypatch.context() as patch:
        patch.setattr(visitor, "record", broken)
        for _ in range(3):
            with pytest.raises(Problem, match="audit_broken"):
                visitor.recognise()
    visitor.recognise()
    assert noted == ["signed_in"]


def test_who_was_kept_out_and_then_listed_is_noted_as_they_come_in(
    noted: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(people, "read", lambda _: People())
        for _ in range(2):
            with pytest.raises(Problem, match="not_among_people"):
                visitor.recognise()
    visitor.recognise()
    assert noted == ["kept_out", "signed_in"]


def test_nobody_unlisted_lengthens_the_audit_at_will(
    noted: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(people, "read", lambda _: People())
    now = datetime.now(UTC)

    def knock(who: str, key: str) -> None:
        monkeypatch.setattr(visitor, "_vouched_for", lambda _: ({"email": who}, key, now))
        with pytest.raises(Problem, match="not_among_people"):
            visitor.recognise()

    for number in range(20):  # one person in twenty browsers
        knock("mallory@x" if number % 2 else "Mallory@X", f"key {number}")
    assert noted == ["kept_out"]
    for number in range(500):
        knock(f"{number}@x", f"key of {number}")
    assert len(noted) == visitor.KEPT_OUT.in_all


def through_proxy(
    patch: pytest.MonkeyPatch, folder: Path, sign_out: str = "https://sso.example/out"
) -> None:
    """Have a proxy say that Wang is here, in one browser."""
    secret = folder / "proxy-secret"
    secret.touch(mode=0o600)
    secret.write_text("a" * 32)
    server = settings.Server([], settings.SignIn("proxy", sign_out=sign_out))
    patch.setattr(settings, "server", lambda: server)
    patch.setattr(settings, "proxy_file", lambda: secret)
    sent = {"X-Forwarded-Email": "wang@x", "X-Guanqing-Proxy": "a" * 32}
    context = SimpleNamespace(
        headers=SimpleNamespace(to_dict=lambda: sent), cookies={COOKIE: "a browser"}
    )
    patch.setattr(visitor.st, "context", context)


def test_who_reloads_behind_a_proxy_goes_on_where_they_were(
    noted: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    through_proxy(monkeypatch, tmp_path)
    monkeypatch.setattr(visitor, "_vouched_for", VOUCHED_FOR)
    first = VOUCHED_FOR("proxy")
    visitor.recognise()
    monkeypatch.setattr(visitor.st, "session_state", {})  # another session of Streamlit
    assert VOUCHED_FOR("proxy")[1:] == first[1:]
    visitor.end(first[1])
    with pytest.raises(Problem, match="sign_in_ended"):
        visitor.recognise()
    assert noted == ["signed_in", "signed_out"]


@pytest.mark.parametrize(("sign_out", "status"), [("https://sso.example/out", 303), ("", 404)])
def test_the_way_out_ends_it_and_leads_to_the_proxys_own(
    noted: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    sign_out: str,
    status: int,
) -> None:
    through_proxy(monkeypatch, tmp_path, sign_out)
    monkeypatch.setattr(visitor, "_vouched_for", VOUCHED_FOR)
    visitor.recognise()
    headers = {"x-forwarded-email": "Wang@x", "cookie": f"{COOKIE}=a browser"}
    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    answer = leaving.sign_out(Request({"type": "http", "headers": raw}))
    assert answer.status_code == status
    if sign_out:
        assert answer.headers["location"] == sign_out
        assert f'{COOKIE}=""' in answer.headers["set-cookie"]
        with pytest.raises(Problem, match="sign_in_ended"):
            visitor.recognise()
    else:  # else a way to begin anew at a desk that somebody left
        visitor.recognise()


def test_signing_out_by_address_ends_what_a_copied_cookie_says(
    noted: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    claims = {"iss": "here", "sub": "1", "iat": now.timestamp(), "email": "wang@x"}
    key, issued = of_claims(claims)
    monkeypatch.setattr(visitor, "_vouched_for", lambda _: (claims, key, issued))
    monkeypatch.setattr(starlette_auth_routes, "get_cookie_secret", lambda: "a secret")
    visitor.recognise()
    signed = create_signed_value("a secret", "_streamlit_user", json.dumps(claims)).decode()
    forged = create_signed_value("another", "_streamlit_user", json.dumps(claims)).decode()
    assert answer("/auth/logout", "10.0.0.7", EndsSignIns, cookie=f"_streamlit_user={forged}")
    visitor.recognise()
    assert answer("/auth/logout", "10.0.0.7", EndsSignIns, cookie=f"_streamlit_user={signed}")
    with pytest.raises(Problem, match="sign_in_ended"):
        visitor.recognise()
    assert noted == ["signed_in", "signed_out"]


# --- how often


def signing_in(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(settings, "server", lambda: settings.Server([], settings.SignIn("oidc")))
    knocking.PATIENCE._done.clear()


def test_who_begins_to_sign_in_too_often_is_refused_and_nobody_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    signing_in(monkeypatch)

    def knock(seen_by_proxy: str, client: str = "127.0.0.1") -> int:
        # what stands first is of the visitor's own making
        sent = f"{len(knocking.PATIENCE._done)}, {seen_by_proxy}"
        return answer("/auth/login", client, PatientSignIns, x_forwarded_for=sent)

    each = knocking.PATIENCE.each
    assert [knock("203.0.113.9") for _ in range(each + 1)] == [204] * each + [429]
    assert knock("203.0.113.10") == 204
    # of what another machine passes on nothing is believed
    assert [knock(f"{n}", "10.0.0.7") for n in range(each + 1)] == [204] * each + [429]
    assert answer("/classes", "127.0.0.1", PatientSignIns) == 204


def test_a_proxy_on_another_machine_is_believed_where_it_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    signing_in(monkeypatch)
    server = settings.Server([], settings.SignIn("oidc"), proxies=["10.0.0.7"])
    monkeypatch.setattr(settings, "server", lambda: server)
    for client, status in (("10.0.0.7", 204), ("10.0.0.8", 429)):
        for n in range(knocking.PATIENCE.each + 1):
            found = answer("/auth/login", client, PatientSignIns, x_forwarded_for=f"203.0.113.{n}")
        assert found == status


def test_no_more_sign_ins_are_begun_than_a_provider_bears(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    signing_in(monkeypatch)
    most = knocking.PATIENCE.in_all
    found = [answer("/auth/login", f"10.1.{n // 50}.{n}", PatientSignIns) for n in range(most + 5)]
    assert found == [204] * most + [429] * 5


def test_a_provider_that_is_away_is_said_to_be(monkeypatch: pytest.MonkeyPatch) -> None:
    signing_in(monkeypatch)

    async def behind(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 400, "headers": []})
        await send({"type": "http.response.body", "body": b"Authentication error"})

    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "path": "/auth/login", "headers": [], "client": ("10.0.0.7", 1)}
    asyncio.run(PatientSignIns(behind)(scope, None, send))  # type: ignore[arg-type]
    assert sent[0]["status"] == 502
    assert "sign-in.toml" in sent[1]["body"].decode()


TAKEN_AWAY = b'_streamlit_user=""; expires=Thu, 01 Jan 1970; Max-Age=0; Path=/'


@pytest.mark.parametrize(
    ("cookies", "cookie", "status"),
    [
        ([b"_streamlit_user=2|signed; Max-Age=2592000"], b"", 302),
        ([TAKEN_AWAY, b"_streamlit_user=2|signed"], b"_streamlit_user=old", 302),
        ([], b"_streamlit_user=2|signed", 302),  # back in the browser, somebody already
        ([], b"", 502),  # they thought better of it, or came back twice
        ([TAKEN_AWAY], b"", 502),  # a client_secret that is wrong
        ([TAKEN_AWAY], b"_streamlit_user=old", 502),
    ],
)
def test_a_sign_in_that_came_to_nothing_is_said_to_have(
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    cookies: list[bytes],
    cookie: bytes,
    status: int,
) -> None:
    signing_in(monkeypatch)

    async def behind(scope: Any, receive: Any, send: Any) -> None:
        headers = [(b"location", b"/"), *((b"set-cookie", value) for value in cookies)]
        await send({"type": "http.response.start", "status": 302, "headers": headers})
        await send({"type": "http.response.body", "body": b""})

    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "path": "/oauth2callback", "client": ("10.0.0.7", 1)}
    scope["headers"] = [(b"cookie", cookie)]  # type: ignore[assignment]
    asyncio.run(PatientSignIns(behind)(scope, None, send))  # type: ignore[arg-type]
    assert sent[0]["status"] == status
    kept = [value for name, value in sent[0]["headers"] if name == b"set-cookie"]
    assert kept == cookies  # what is taken away is taken away all the same
    said = sent[1]["body"].decode()
    assert ("This sign-in came to nothing" in said) == (status == 502)
    assert "secret" not in said
    assert ("client_secret" in caplog.text) == (status == 502)


def test_without_the_secret_nobody_is_whom_a_header_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # `streamlit run dashboard.py` has none of the doors of guanqing/ui/server.py
    secret = tmp_path / "proxy-secret"
    secret.touch(mode=0o600)
    secret.write_text("a" * 32)
    server = settings.Server([], settings.SignIn("proxy"))
    monkeypatch.setattr(settings, "server", lambda: server)
    monkeypatch.setattr(settings, "proxy_file", lambda: secret)
    for shown in ({}, {"X-Guanqing-Proxy": "a" * 31}):
        sent = {"X-Forwarded-Email": "wang@x"} | shown
        headers = SimpleNamespace(to_dict=lambda sent=sent: sent)
        monkeypatch.setattr(visitor.st, "context", SimpleNamespace(headers=headers))
        with pytest.raises(Problem, match="not_vouched"):
            visitor.recognise()
