"""The server as a librarian starts it, for tests that ask it over the network."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def served(
    store: Path,
    environment: Mapping[str, str] | None = None,
    port: int = 0,
    log: Path = Path(os.devnull),
) -> Iterator[str]:
    """Serve a store as a librarian does, on a port or on any that is free; yield the address.

    log: gets what the server writes to its error output.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", port))
        port = probe.getsockname()[1]
    serve = [sys.executable, "-m", "guanqing", "serve", "--store", str(store)]
    with log.open("wb") as written:
        server = subprocess.Popen(
            [*serve, "--port", str(port)],
            stdout=subprocess.DEVNULL,
            stderr=written,
            env=os.environ | dict(environment or {}),
        )
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_for(server, f"{url}/_stcore/health")
        yield url
    finally:
        server.terminate()
        server.wait(20)


def _wait_for(server: subprocess.Popen[bytes], url: str) -> None:
    for _ in range(300):
        assert server.poll() is None, "the server ended before it was ready"
        try:
            with urllib.request.urlopen(url, timeout=1):
                return
        except (urllib.error.URLError, TimeoutError):
            time.sleep(0.1)
    raise AssertionError("the server was not ready in half a minute")
