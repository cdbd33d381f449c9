"""What the provider of the sign-in gave us, looked at before anybody is sent there."""

from collections.abc import Set
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from guanqing import parsing
from guanqing.access import settings
from guanqing.access.settings import LOOPBACK, SHORTEST_SECRET
from guanqing.problems import Problem

NEEDED = ("redirect_uri", "cookie_secret", "client_id", "client_secret", "server_metadata_url")


def require(path: Path) -> None:
    """Refuse entries with which nobody could sign in, or with which it would not be safe.

    Problem: provider_broken, and those of settings.secret.
    """
    try:
        auth = parsing.toml(settings.secret(path)).get("auth")
    except ValueError as error:
        raise Problem("provider_broken", path=path, entry=str(error)) from error
    if not isinstance(auth, dict):
        raise Problem("provider_broken", path=path, entry="[auth]")
    for name in NEEDED:
        if not _holds(name, auth.get(name)):
            raise Problem("provider_broken", path=path, entry=name)


def _holds(name: str, value: Any) -> bool:
    if not isinstance(value, str) or not value.strip():
        return False
    if name == "cookie_secret":
        return len(value) >= SHORTEST_SECRET
    if name == "redirect_uri":
        hosts = LOOPBACK | set(settings.server().allowed_hosts)
        return _is_closed(value) and _leads_to(value, hosts)
    return name != "server_metadata_url" or _is_closed(value)


def _leads_to(address: str, hosts: Set[str]) -> bool:
    found = urlsplit(address)
    return found.hostname in hosts and found.path == "/oauth2callback"


def _is_closed(address: str) -> bool:
    """Say whether nobody on the way can read what goes to an address."""
    try:
        found = urlsplit(address)
        return found.scheme == "https" or (found.scheme == "http" and found.hostname in LOOPBACK)
    except ValueError:
        return False


def require_secrets() -> None:
    """Refuse to begin without what the way of signing in needs. Problem: see require."""
    if settings.server().sign_in.way == "oidc":
        require(settings.provider_file())
    if settings.server().sign_in.way == "proxy":
        settings.secret(settings.proxy_file())
