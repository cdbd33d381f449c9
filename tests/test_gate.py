"""The gate before Streamlit: whose requests the server answers, and what it asks of the network."""

import http.client
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from serving import served
from starlette.datastructures import Headers

from guanqing import datafiles
from guanqing.access import settings
from guanqing.ui import gate

pytest_plugins = ["stores"]

UPGRADE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
}
STREAM = "/_stcore/stream"
# A server beside which there is only this machine: what else it asks for is written down, and is
# answered as where DNS is dropped, late and not at all.
NO_NETWORK = """
import os, sys, time

def watch(event, args):
    if event not in ("socket.connect", "socket.getaddrinfo", "socket.sendto"):
        return
    host = args[0] if event == "socket.getaddrinfo" else args[1][0]
    if host not in (None, "", "127.0.0.1", "::1", "localhost"):
        with open(os.environ["ASKED"], "a") as asked:
            print(host, file=asked)
        time.sleep(15)
        raise OSError("no network")

sys.addaudithook(watch)
"""


# --- who is let in


def status(*, allowed: list[str] | None = None, **headers: str) -> int:
    """Return what a request with these headers is answered with; 200: it is let in."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(settings, "server", lambda: settings.Server(allowed or []))
        sent = [(name.encode(), value.encode()) for name, value in headers.items()]
        refused = gate.refusal(Headers(raw=sent))
        return refused[0] if refused else 200


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:8501", "[::1]:8501", "LocalHost:80"])
def test_this_machine_is_asked_by_its_own_names(host: str) -> None:
    assert status(host=host) == 200


@pytest.mark.parametrize(
    "host",
    [
        *("evil.example", "evil.example:8501", "localhost.evil.example", "127.0.0.1.evil.example"),
        *("", "a@localhost", "localhost/..", "localhost:x", "localhost:8501:1", "[::1", "10.0.0.7"),
        *("localhost\t", "localhost,evil.example", "2130706433", "0.0.0.0"),
    ],
)
def test_a_name_that_is_not_ours_is_not_answered(host: str) -> None:
    # a page elsewhere may have its own name lead to this address
    assert status(host=host) == 421


def test_a_request_without_a_name_or_with_two_is_not_answered() -> None:
    assert status() == 421
    two = Headers(raw=[(b"host", b"localhost"), (b"host", b"localhost")])
    assert gate.refusal(two) == (421, "server.wrong_host")


def test_other_names_are_answered_to_where_data_server_toml_says_them() -> None:
    assert status(host="library.example", allowed=["library.example"]) == 200
    assert status(host="library.example:8443", allowed=["library.example"]) == 200
    assert status(host="www.library.example", allowed=["library.example"]) == 421


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_our_own_pages_may_ask(scheme: str) -> None:
    assert status(host="localhost:8501", origin=f"{scheme}://localhost:8501") == 200


@pytest.mark.parametrize(
    "origin",
    [
        *("http://evil.example", "null", "", "http://localhost:8502", "http://127.0.0.1:8501"),
        *("http://localhost:8501.evil.example", "http://localhost:8501@evil.example"),
        *("http://LOCALHOST:8501", "ftp://localhost:8501", "http://localhost:8501/", "//localhost"),
        "http://localhost:8501, http://evil.example",
    ],
)
def test_pages_of_others_may_not(origin: str) -> None:
    assert status(host="localhost:8501", origin=origin) == 403


@pytest.mark.parametrize("name", ["https://a.example", "a.example:443", "a.example/", "*", "", "é"])
def test_what_is_no_bare_name_is_refused_with_its_line(name: str, tmp_path: Path) -> None:
    path = tmp_path / "server.toml"
    path.write_text(f'# how\nallowed_hosts = ["{name}"]\n', encoding="utf-8")
    made = settings.read
    broken = datafiles.DataFile(path, made, may_go=False, needed=True, as_text=False)
    assert not broken.refresh()
    assert broken.fault
    assert (broken.fault.line, broken.fault.field) == (2, "allowed_hosts.0")


# --- the server behind it


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the file in which a server writes what it asked of the network."""
    return tmp_path_factory.mktemp("asked") / "asked"


@pytest.fixture(scope="module")
def address(empty: Path, asked: Path) -> Iterator[str]:
    """Serve an empty library with no network but this machine and return the address."""
    (asked.parent / "sitecustomize.py").write_text(NO_NETWORK, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(asked.parent), prepend=":")
        with served(empty, {"ASKED": str(asked)}) as url:
            yield url


def answer(
    address: str, path: str = "/", *, timeout: float = 60, **headers: str
) -> tuple[int, str]:
    """Return status and words that a request is answered with."""
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=timeout)
    try:
        connection.request("GET", path, headers=sent)
        response = connection.getresponse()
        # a WebSocket that was accepted has no end
        return response.status, "" if response.status == 101 else response.read().decode()
    finally:
        connection.close()


def test_a_foreign_page_keeps_nobody_waiting(address: str, asked: Path) -> None:
    began = time.monotonic()
    with ThreadPoolExecutor() as pool:
        foreign = [
            pool.submit(answer, address, STREAM, **UPGRADE, Origin="http://evil.example")
            for _ in range(4)
        ]
        assert answer(address, "/_stcore/health") == (200, "ok")
    assert [question.result()[0] for question in foreign] == [403] * 4
    assert time.monotonic() - began < 10
    assert not asked.exists()


def test_a_page_of_ours_is_let_in(address: str) -> None:
    assert answer(address, STREAM, **UPGRADE, Origin=address)[0] == 101
    assert answer(address, STREAM, **UPGRADE)[0] == 101
    assert answer(address)[0] == 200


def test_a_wrong_name_is_told_in_both_languages(address: str) -> None:
    for path in ("/", "/_stcore/health", "/media/x"):
        status, words = answer(address, path, Host="evil.example")
        assert status == 421
        assert "这个名称" in words
        assert "allowed_hosts" in words
    assert answer(address, STREAM, **UPGRADE, Host="evil.example")[0] == 403
    assert answer(address, Origin="http://evil.example")[0] == 403


def test_every_answer_bears_the_headers_of_a_page_of_its_own(address: str) -> None:
    for path, host in (("/", None), ("/_stcore/health", None), ("/", "evil.example")):
        connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=60)
        connection.request("GET", path, headers={"Host": host} if host else {})
        sent = connection.getresponse().headers
        connection.close()
        policy = dict(part.split(" ", 1) for part in sent["Content-Security-Policy"].split("; "))
        assert policy["frame-ancestors"] == policy["object-src"] == "'none'"
        assert "unsafe" not in policy["script-src"]
        assert sent["X-Content-Type-Options"] == "nosniff"
        assert sent["Referrer-Policy"] == "same-origin"


def test_whoever_watches_the_server_is_told_whether_there_is_a_library(
    address: str, empty: Path
) -> None:
    assert answer(address, "/health") == (200, "ok")
    link, away = empty / "library.duckdb", empty / "away"
    link.rename(away)
    try:
        assert answer(address, "/health") == (503, "no library")
    finally:
        away.rename(link)
    assert answer(address, "/_stcore/metrics", X_Forwarded_For="203.0.113.9")[0] == 403


def test_nothing_outside_this_machine_is_asked(address: str, asked: Path) -> None:
    assert answer(address, STREAM, **UPGRADE, Origin=address)[0] == 101
    assert not asked.exists()
