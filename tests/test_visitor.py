"""Who sits at this machine, and what nobody else may do."""

import asyncio
from typing import Any

import pytest

from guanqing.ui.shell.visitor import OnlyFromHere, is_here

HERE = {"Host": "localhost:8501"}


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


def answer(path: str, address: str, **headers: str) -> int:
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
    asyncio.run(OnlyFromHere(behind)(scope, None, send))  # type: ignore[arg-type]
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
