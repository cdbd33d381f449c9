"""How the dashboard is served and how people sign in: what an administrator keeps in one folder.

    <folder>/server.toml    instead of data/server.toml, whose entries it has
    <folder>/people.toml    who has which role
    <folder>/sign-in.toml   what the provider of the sign-in gave us
    <folder>/proxy-secret   what the proxy sends along
    <folder>/names-key      what readers' names are sealed with (names_key.py)

The folder is $GUANQING_CONFIG, else /etc/guanqing: never beside the data, which others back up.
"""

import os
import re
import stat
from dataclasses import dataclass, field
from functools import cache
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, TypeAdapter, ValidationError, with_config

from guanqing import datafiles
from guanqing.access import wanted
from guanqing.parsing import Said, Wrong
from guanqing.paths import DATA
from guanqing.problems import Problem

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
AUTHORITY = re.compile(r"(?:\[([0-9a-f:.]+)\]|([\w.-]+))(?::\d{1,5})?", re.ASCII | re.IGNORECASE)
SHORTEST_SECRET = 32  # signs: what openssl rand -hex 16 writes


def host_name(authority: str) -> str | None:
    """Return the name in what Host says, in lower case and without its port; None: it has none."""
    found = AUTHORITY.fullmatch(authority)
    return (found[1] or found[2]).lower() if found else None


def _bare_host(name: str) -> str:
    if host_name(f"[{name}]" if ":" in name else name) != name.lower():
        raise ValueError(name)  # it has a scheme, a port or a path, or is a pattern
    return name.lower()


HEADER = re.compile(r"[a-z0-9][a-z0-9-]*", re.ASCII)  # one with _ in it a proxy drops
# what a browser or a proxy sends besides: who somebody is never stands in these
TAKEN = {
    *("accept", "accept-encoding", "accept-language", "authorization", "connection", "cookie"),
    *("content-length", "content-type", "forwarded", "host", "origin", "referer", "upgrade"),
    *("user-agent", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto"),
    "x-real-ip",
}


def _header(name: str) -> str:
    if not HEADER.fullmatch(name.lower()) or name.lower() in TAKEN:
        raise ValueError(name)
    return name.lower()


def _way_out(address: str) -> str:
    if address and not re.fullmatch(r"(https?://[^\s/]+(/\S*)?|/\S*)", address):
        raise ValueError(address)
    return address


Header = Annotated[str, AfterValidator(_header)]
MINUTES, HOURS, DAYS = (1, 1440), (1, 168), (183, 36_500)  # a day, a week; half a year at least


@with_config(datafiles.STRICT)
@dataclass(frozen=True)
class SignIn:
    """How the server learns who somebody is, and how long it believes it."""

    way: Literal["none", "oidc", "proxy"] = "none"
    idle_minutes: Annotated[int, Field(strict=True, ge=MINUTES[0], le=MINUTES[1])] = 30
    longest_hours: Annotated[int, Field(strict=True, ge=HOURS[0], le=HOURS[1])] = 10
    user_header: Header = "x-forwarded-email"
    secret_header: Header = "x-guanqing-proxy"
    sign_out: Annotated[str, AfterValidator(_way_out)] = ""  # where the proxy ends its own sign-in


@with_config(datafiles.STRICT)
@dataclass(frozen=True)
class Audit:
    """How long it is kept who did what."""

    kept_days: Annotated[int, Field(strict=True, ge=DAYS[0], le=DAYS[1])] = 730


@with_config(datafiles.STRICT)
@dataclass(frozen=True)
class Names:
    """When readers' names are shown to whoever may see them."""

    # a reason holds
    minutes: Annotated[int, Field(strict=True, ge=MINUTES[0], le=MINUTES[1])] = 15
    unsaid: Literal["yes", "no"] = "no"  # of readers who have not said whether they may be named


def _address(said: str) -> str:
    return str(ip_address(said))


@with_config(datafiles.STRICT)
@dataclass(frozen=True)
class Server:
    """What data/server.toml says."""

    allowed_hosts: list[Annotated[str, AfterValidator(_bare_host)]]
    sign_in: SignIn = SignIn()
    audit: Audit = Audit()
    names: Names = Names()
    proxies: list[Annotated[str, AfterValidator(_address)]] = field(default_factory=list)


def _number(least: int, most: int) -> Said:
    return Said("wanted.number", least=str(least), most=str(most))


def _choice(*choices: str) -> Said:
    return Said("wanted.choice", choices=", ".join(f'"{choice}"' for choice in choices))


WANTED = {"allowed_hosts": Said("wanted.hosts"), "proxies": Said("wanted.addresses")}
WANTED |= wanted.tables(
    "[{}]",
    sign_in={
        "way": _choice("none", "oidc", "proxy"),
        "idle_minutes": _number(*MINUTES),
        "longest_hours": _number(*HOURS),
        "user_header": Said("wanted.header"),
        "secret_header": Said("wanted.header"),
        "sign_out": Said("wanted.sign_out"),
    },
    audit={"kept_days": _number(*DAYS)},
    names={"minutes": _number(*MINUTES), "unsaid": _choice("yes", "no")},
)


def server() -> Server:
    """Return how the dashboard is served. Problem: entry_wrong, if it never could be read."""
    file = _file()
    try:
        return file()
    except Problem as problem:
        if problem.key != "problem.data_file_broken" or file.fault is None:
            raise
        needed = wanted.of_fault(file.fault, WANTED)
        raise Problem("entry_wrong", **file.fault.words, wanted=needed) from problem


@cache
def _file() -> datafiles.DataFile[Server]:
    """Return the file that says so; for as long as we run, or one taken away would open doors."""
    own = folder() / "server.toml"
    if not _is_there(own):
        return datafiles.reads(DATA / "server.toml")(read)

    def kept(content: dict[str, Any]) -> Server:
        require_kept(own)
        return read(content)

    return datafiles.reads(own)(kept)


def require_kept(path: Path) -> None:
    """Refuse what another account than root or our own can change. Problem: settings_open."""
    about = path.stat()
    is_others = about.st_uid not in (0, os.geteuid())
    if is_others or about.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise Problem("settings_open", path=path)


def _is_there(own: Path) -> bool:
    """Say whether an administrator has set anything up. Problem: settings_hidden.

    What we may not look at, or stands without its server.toml, would else open doors; so would a
    folder that was named and is not there.
    """
    try:
        own.stat()
    except FileNotFoundError as error:
        beside = [people_file(), provider_file(), proxy_file()]
        if os.environ.get("GUANQING_CONFIG") or any(path.exists() for path in beside):
            raise Problem("settings_hidden", path=own) from error
        return False
    except OSError as error:
        raise Problem("settings_hidden", path=own) from error
    return True


def read(content: dict[str, Any]) -> Server:
    """Return what a file like data/server.toml says."""
    try:
        made = TypeAdapter(Server).validate_python(content)
    except ValidationError as error:
        raise wanted.wrong(error, WANTED) from error
    if made.sign_in.user_header == made.sign_in.secret_header:  # either would be the other
        place = ("sign_in", "user_header")
        place = place if "user_header" in content["sign_in"] else ("sign_in", "secret_header")
        raise Wrong(*place, wanted=Said("wanted.header"))
    return made


def require_closed(address: str) -> None:
    """Refuse to be reached from elsewhere without a sign-in. Problem: open_without_sign_in."""
    if server().sign_in.way != "none":
        return
    if server().allowed_hosts or address not in LOOPBACK:
        where = ", ".join(server().allowed_hosts) or address or "0.0.0.0"
        raise Problem("open_without_sign_in", where=where)


def folder() -> Path:
    """Return where the administrator keeps these files."""
    return Path(os.environ.get("GUANQING_CONFIG") or "/etc/guanqing").absolute()


def people_file() -> Path:
    """Return where it is written who has which role."""
    return folder() / "people.toml"


def provider_file() -> Path:
    """Return what the sign-in provider gave us: [auth] as Streamlit reads it."""
    return folder() / "sign-in.toml"


def proxy_file() -> Path:
    """Return the secret that the proxy sends along."""
    return folder() / "proxy-secret"


def secret(path: Path) -> str:
    """Return what a file holds that nobody else may read.

    Problem: no_secret, secret_open, secret_short.
    """
    try:
        about = path.stat()
        words = path.read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as error:
        raise Problem("no_secret", path=path) from error
    is_others = about.st_uid not in (0, os.geteuid())
    if is_others or about.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise Problem("secret_open", path=path)
    if len(words) < SHORTEST_SECRET:
        raise Problem("secret_short", path=path, least=SHORTEST_SECRET)
    return words
