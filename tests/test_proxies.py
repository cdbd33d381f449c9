"""Behind nginx and Caddy, with the configurations that docs/deploy gives to administrators."""

import grp
import http.client
import os
import pwd
import shutil
import socket
import ssl
import subprocess
import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright
from provider import configure, free_port, provider
from serving import served
from test_browser import CHROMIUM, DESK, FLAGS, MENU, READY
from test_gate import UPGRADE

from guanqing import text
from guanqing.paths import ROOT

pytest_plugins = ["stores"]

CONFIGURATIONS = ROOT / "docs" / "deploy"
NAME = "guanqing.library.example"
NGINX = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
CADDY = shutil.which("caddy")
PATIENCE = 120_000  # ms, of a machine with more to do
WHO, PASSWORD = "wang@lib.example", "a password of Wang"
PEOPLE = f'[[person]]\nwho = "{WHO}"\nname = "王芳"\nrole = "director"\n'

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("proxies")]


@dataclass
class Proxied:
    """A server behind a proxy with TLS."""

    port: int

    @property
    def host(self) -> str:
        return f"{NAME}:{self.port}"

    def _line(self) -> ssl.SSLSocket:
        trusting = ssl.create_default_context()
        trusting.check_hostname = False
        trusting.verify_mode = ssl.CERT_NONE  # a certificate of today, for this test
        line = socket.create_connection(("127.0.0.1", self.port), timeout=20)
        return trusting.wrap_socket(line, server_hostname=NAME)

    def ask(
        self, path: str, method: str = "GET", **headers: str
    ) -> tuple[int, http.client.HTTPMessage, str]:
        """Return what the proxy answers; header names with _ for -."""
        asked = http.client.HTTPConnection(NAME, self.port)
        asked.sock = self._line()
        sent = {"Host": self.host} | {name.replace("_", "-"): v for name, v in headers.items()}
        asked.putrequest(method, path, skip_host=True)
        for name, value in sent.items():
            asked.putheader(name, value)
        asked.endheaders()
        answer = asked.getresponse()
        is_open = answer.status == 101
        return answer.status, answer.msg, "" if is_open else answer.read().decode()


@contextmanager
def nginx(folder: Path, port: int, behind: int, secret: str = "") -> Iterator[None]:
    """Run nginx with the configuration of docs/deploy, its own certificate and these ports.

    secret: nginx asks for a password itself, and vouches for whoever gave it.
    """
    made = "-newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 2 -x509 -subj"
    openssl("req", *made.split(), f"/CN={NAME}", folder=folder)
    ours = (CONFIGURATIONS / "nginx.conf").read_text(encoding="utf-8")
    for old, new in {
        "listen 443 ssl": f"listen 127.0.0.1:{port} ssl",
        "/etc/ssl/guanqing/fullchain.pem": str(folder / "cert.pem"),
        "/etc/ssl/guanqing/privkey.pem": str(folder / "key.pem"),
        "/var/log/nginx/guanqing.log": str(folder / "access.log"),
        "127.0.0.1:8501": f"127.0.0.1:{behind}",
    }.items():
        assert old in ours
        ours = ours.replace(old, new)
    if secret:
        hashed = openssl("passwd", "-apr1", PASSWORD, folder=folder).strip()
        (folder / "passwords").write_text(f"{WHO}:{hashed}\n")
        ours = vouching(ours, 'X-Forwarded-Email ""', "X-Forwarded-Email $remote_user")
        ours = vouching(ours, 'X-Guanqing-Proxy ""', f'X-Guanqing-Proxy "{secret}"')
        asking = f'auth_basic "Guanqing"; auth_basic_user_file {folder}/passwords;'
        ours = vouching(ours, "location / {", f"{asking}\n    location / {{")
    # workers of the account that runs this, or they could not read its folder
    mine = f"user {pwd.getpwuid(os.getuid()).pw_name} {grp.getgrgid(os.getgid()).gr_name}"
    around = f"{mine}; daemon off; pid {folder}/pid; error_log {folder}/error.log; events {{}}\n"
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind};\n"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (folder / "nginx.conf").write_text(f"{around}http {{\n{temporary}{ours}\n}}\n")
    command = [str(NGINX), "-p", str(folder), "-c", str(folder / "nginx.conf")]
    with running(command, {}):
        yield


def openssl(*words: str, folder: Path) -> str:
    command = ["openssl", *words]
    done = subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True)
    return done.stdout


def vouching(configuration: str, old: str, new: str) -> str:
    """Change a configuration as docs/deploy.md says where the proxy itself signs people in."""
    assert old in configuration
    return configuration.replace(old, new)


@contextmanager
def caddy(folder: Path, port: int, behind: int, secret: str = "") -> Iterator[None]:
    """Run Caddy with the configuration of docs/deploy, a certificate of its own and these ports.

    secret: Caddy asks for a password itself, and vouches for whoever gave it.
    """
    ours = (CONFIGURATIONS / "Caddyfile").read_text(encoding="utf-8")
    for old, new in {
        f"{NAME} {{": f"https://{NAME}:{port} {{\n\tbind 127.0.0.1\n\ttls internal",
        "127.0.0.1:8501": f"127.0.0.1:{behind}",
    }.items():
        assert old in ours
        ours = ours.replace(old, new)
    if secret:
        command = [str(CADDY), "hash-password", "--plaintext", PASSWORD]
        hashed = subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
        ours = vouching(ours, "-X-Forwarded-Email", "X-Forwarded-Email {http.auth.user.id}")
        ours = vouching(ours, "-X-Guanqing-Proxy", f"X-Guanqing-Proxy {secret}")
        asking = f"basicauth {{\n\t\t{WHO} {hashed}\n\t}}"
        ours = vouching(ours, "\trequest_body", f"\t{asking}\n\trequest_body")
    offline = "{\n\tadmin off\n\tauto_https disable_redirects\n\tskip_install_trust\n}\n"
    (folder / "Caddyfile").write_text(offline + ours)
    command = [str(CADDY), "run", "--adapter", "caddyfile", "--config", str(folder / "Caddyfile")]
    with running(command, {"XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}):
        yield


@contextmanager
def running(command: list[str], environment: dict[str, str]) -> Iterator[None]:
    server = subprocess.Popen(
        command,
        env=os.environ | environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        server.terminate()
        server.wait(20)


PROXIES = [
    pytest.param(nginx, id="nginx", marks=pytest.mark.skipif(not NGINX, reason="no nginx here")),
    pytest.param(caddy, id="caddy", marks=pytest.mark.skipif(not CADDY, reason="no Caddy here")),
]


@pytest.fixture(scope="module", params=PROXIES)
def proxied(
    request: pytest.FixtureRequest, simulated: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Proxied]:
    folder = tmp_path_factory.mktemp("proxied")
    port, behind = free_port(), free_port()
    with provider({"sub": "wang", "email": WHO}) as at:
        etc = configure(folder / "etc", PEOPLE, origin=f"https://{NAME}:{port}", provider_url=at)
        with (
            served(simulated, {"GUANQING_CONFIG": str(etc)}, behind),
            request.param(folder, port, behind),
        ):
            found = Proxied(port)
            _wait_for(found)
            yield found


def _wait_for(proxied: Proxied) -> None:
    for _ in range(100):
        try:
            if proxied.ask("/health")[0] in (200, 401):
                return
        except (OSError, http.client.HTTPException):
            pass
        time.sleep(0.1)
    raise AssertionError("the proxy was not ready in ten seconds")


def test_a_page_comes_through_with_its_headers_and_hsts(proxied: Proxied) -> None:
    status, headers, body = proxied.ask("/", Sec_Fetch_Dest="document")
    assert status == 200
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert "max-age" in headers["Strict-Transport-Security"]
    cookies = headers.get_all("Set-Cookie") or []
    assert cookies
    assert all("; Secure" in cookie and "HttpOnly" in cookie for cookie in cookies)
    assert "<title>" in body


def test_our_own_page_may_open_its_socket_and_no_others(proxied: Proxied) -> None:
    ours = UPGRADE | {"Origin": f"https://{proxied.host}"}
    assert proxied.ask("/_stcore/stream", **ours)[0] == 101
    theirs = UPGRADE | {"Origin": "https://evil.example"}
    assert proxied.ask("/_stcore/stream", **theirs)[0] == 403


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:8501"])
def test_calling_oneself_this_machine_opens_nothing(proxied: Proxied, host: str) -> None:
    for path in ("/_stcore/metrics", "/_stcore/upload_file/a/b"):
        method = "PUT" if "upload" in path else "GET"
        sent = {"Host": host, "Content-Length": "0"}
        status, _, body = proxied.ask(path, method, **sent)
        assert status >= 400 or not body  # Caddy says nothing at all to a name it does not know


def test_a_visitor_cannot_say_who_they_are(proxied: Proxied) -> None:
    status, _, body = proxied.ask(
        "/export/x", X_Forwarded_Email="wang@lib.example", X_Guanqing_Proxy="guess"
    )
    assert status == 401
    assert "loan" not in body


# --- signing in through them


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip("there is no Chromium on this machine")
    named = f"--host-resolver-rules=MAP {NAME} 127.0.0.1"
    with sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=str(CHROMIUM), args=[*FLAGS, named])
        yield opened
        opened.close()


def test_somebody_signs_in_is_where_they_asked_to_be_and_signs_out(
    proxied: Proxied, browser: Browser
) -> None:
    context = browser.new_context(viewport=DESK, ignore_https_errors=True)
    page = context.new_page()
    page.goto(f"https://{proxied.host}/classes?period=2018")
    page.locator(".st-key-sign-in button").click()
    page.locator('button[value="wang"]').click()
    page.wait_for_url(f"https://{proxied.host}/classes?period=2018")
    assert_at_work(page)
    assert all(cookie["secure"] for cookie in context.cookies() if NAME in cookie["domain"])
    page.locator(".st-key-sign-out button").click()
    expect(page.locator(MENU)).to_have_count(0, timeout=PATIENCE)
    page.goto(f"https://{proxied.host}/classes")
    words = page.get_by_text(text.translate("entrance.words", "zh"))
    expect(words).to_be_visible(timeout=PATIENCE)
    context.close()


def assert_at_work(page: Page) -> None:
    """Assert that a page came whole through its socket, for Wang."""
    page.wait_for_selector(".st-key-who", timeout=PATIENCE)  # a first page reads the library
    page.wait_for_selector(READY, timeout=PATIENCE)
    expect(page.locator(".st-key-who")).to_contain_text("王芳")
    expect(page.locator(MENU)).to_contain_text(text.translate("audit.title", "zh"))
    expect(page.locator("h1")).to_have_text(text.translate("classes.title", "zh"))


@pytest.fixture(scope="module", params=PROXIES)
def vouched(
    request: pytest.FixtureRequest, simulated: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Proxied]:
    """Serve behind a proxy that asks for passwords itself and says whose they were."""
    folder = tmp_path_factory.mktemp("vouched")
    port, behind = free_port(), free_port()
    origin = f"https://{NAME}:{port}"
    etc = configure(folder / "etc", PEOPLE, origin=origin, way="proxy")
    secret = (etc / "proxy-secret").read_text()
    with (
        served(simulated, {"GUANQING_CONFIG": str(etc)}, behind),
        request.param(folder, port, behind, secret),
    ):
        found = Proxied(port)
        _wait_for(found)
        yield found


def test_whom_a_proxy_knows_by_a_password_is_let_in(vouched: Proxied, browser: Browser) -> None:
    assert vouched.ask("/classes")[0] == 401
    known = {"username": WHO, "password": PASSWORD}
    context = browser.new_context(viewport=DESK, ignore_https_errors=True, http_credentials=known)
    page = context.new_page()
    page.goto(f"https://{vouched.host}/classes")
    assert_at_work(page)
    context.close()


def test_nobody_is_whom_they_call_themselves_to_a_proxy(vouched: Proxied) -> None:
    signed = {"Authorization": "Basic " + b64encode(f"{WHO}:{PASSWORD}".encode()).decode()}
    assert vouched.ask("/", **signed)[0] == 200
    theirs = {"X_Forwarded_Email": "li@lib.example", "X_Guanqing_Proxy": "guess"}
    # were a header of the visitor's passed on, there would be two or a wrong one
    assert vouched.ask("/", **signed, **theirs)[0] == 200
    assert vouched.ask("/", **theirs)[0] == 401
