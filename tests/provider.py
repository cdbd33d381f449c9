"""A sign-in provider on this machine, and the folder of an administrator who trusts it."""

import json
import secrets
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit


def free_port() -> int:
    """Return a port of this machine that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def provider(*people: dict[str, Any]) -> Iterator[str]:
    """Run a provider that knows these people, each by claims with sub and email; yield its URL."""
    port = free_port()
    command = [str(Path(sys.executable).with_name("oidc-provider-mock")), "-p", str(port)]
    for claims in people:
        command += ["--user-claims", json.dumps(claims)]
    running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"http://localhost:{port}"
    try:
        for _ in range(100):
            try:
                with urllib.request.urlopen(f"{url}/.well-known/openid-configuration", timeout=1):
                    break
            except (urllib.error.URLError, TimeoutError):
                time.sleep(0.1)
        yield url
    finally:
        running.terminate()
        running.wait(10)


def configure(
    folder: Path,
    people: str,
    *,
    port: int = 0,
    origin: str = "",
    provider_url: str = "",
    way: str = "oidc",
    **more: object,
) -> Path:
    """Write an administrator's folder: server.toml, people.toml and the secrets of the way.

    origin: what browsers call the server, where that is not this machine at the port.
    """
    folder.mkdir(mode=0o700, exist_ok=True)
    entries = "".join(f"{name} = {json.dumps(value)}\n" for name, value in more.items())
    hosts = [urlsplit(origin).hostname] if origin else []
    server = f'allowed_hosts = {json.dumps(hosts)}\n[sign_in]\nway = "{way}"\n{entries}'
    (folder / "server.toml").write_text(server, encoding="utf-8")
    write_people(folder, people)
    secret = folder / ("sign-in.toml" if way == "oidc" else "proxy-secret")
    secret.touch(mode=0o600)
    secret.write_text(
        f"""[auth]
redirect_uri = "{origin or f"http://localhost:{port}"}/oauth2callback"
cookie_secret = "{secrets.token_hex(32)}"
client_id = "guanqing"
client_secret = "{secrets.token_hex(16)}"
server_metadata_url = "{provider_url}/.well-known/openid-configuration"
"""
        if way == "oidc"
        else secrets.token_hex(32)
    )
    return folder


def write_people(folder: Path, people: str) -> None:
    """Write the list of people as an administrator would."""
    path = folder / "people.toml"
    path.write_text(people, encoding="utf-8")
    path.chmod(0o600)
