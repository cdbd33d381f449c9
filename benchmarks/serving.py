"""Serve a script on this machine for as long as a benchmark asks it."""

import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import sleep

from guanqing.paths import ROOT
from guanqing.store import Store

ONE_LINE = 'import streamlit as st; st.write("hello")\n'
SERVER = ROOT / "guanqing/ui/server.py"  # what `guanqing serve` runs


@dataclass(frozen=True)
class Served:
    """A server that answers: its address, and the number of its process."""

    url: str
    process: int


@contextmanager
def serving(script: Path, store: Store) -> Iterator[Served]:
    """Serve a script on 127.0.0.1 with the configuration of this checkout."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", script, "--server.port", str(port)],
        cwd=ROOT,
        env=os.environ | {"GUANQING_STORE": str(store.root.resolve())},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait(lambda: socket.create_connection(("127.0.0.1", port), timeout=1).close())
        yield Served(f"http://127.0.0.1:{port}", server.pid)
    finally:
        server.terminate()
        server.wait(timeout=10)


def _wait(call: Callable[[], None]) -> None:
    for _ in range(300):
        try:
            return call()
        except OSError:
            sleep(0.1)
    raise TimeoutError("the server does not answer")
