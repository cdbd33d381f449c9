"""Signing in as people do it: a provider on this machine, a browser for each of them, a proxy."""

import http.client
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from provider import configure, free_port, provider, write_people
from serving import served
from test_browser import CHROMIUM, DESK, FLAGS, MENU, READY

from guanqing import text
from guanqing.access import audit
from guanqing.ui.browsers import COOKIE

pytest_plugins = ["stores"]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="there is no Chromium on this machine"),
    pytest.mark.xdist_group("sign-in"),  # one provider and one server serve them all
]

PEOPLE = """
[[person]]
who = "wang@lib.example"
name = "王芳"
role = "director"

[[person]]
who = "li@lib.example"
name = "李明"
role = "branch_head"
branch = "TG"

[[claim]]
claim = "groups"
value = "council"
role = "council"
"""
KNOWN = (
    {"sub": "wang", "email": "wang@lib.example"},
    {"sub": "li", "email": "li@lib.example"},
    {"sub": "zhou", "email": "zhou@x.example", "name": "周", "groups": ["council"]},
    {"sub": "mallory", "email": "mallory@x.example"},
)


def t(key: str, **values: object) -> str:
    return text.translate(key, "zh", **values)


@dataclass
class House:
    """A library with a sign-in: its address, its administrator's folder, and a browser."""

    url: str
    folder: Path
    store: Path
    browser: Browser

    def visit(self, path: str = "/") -> Page:
        page = self.browser.new_context(viewport=DESK).new_page()
        page.goto(self.url + path)
        return page

    def sign_in(self, page: Page, who: str) -> None:
        page.locator(".st-key-sign-in button").click()
        page.locator(f'button[value="{who}"]').click()
        page.wait_for_url(f"{self.url}/**")
        page.wait_for_selector(READY)

    def enter(self, who: str, path: str = "/") -> Page:
        page = self.visit(path)
        self.sign_in(page, who)
        return page


@pytest.fixture(scope="module")
def house(simulated: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    port = free_port()
    folder = tmp_path_factory.mktemp("house") / "etc"
    with provider(*KNOWN) as at:
        configure(folder, PEOPLE, port=port, provider_url=at)
        with (
            served(simulated, {"GUANQING_CONFIG": str(folder)}, port),
            sync_playwright() as driver,
        ):
            browser = driver.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
            yield House(f"http://localhost:{port}", folder, simulated, browser)
            browser.close()


def test_nobody_is_shown_anything_before_signing_in(house: House) -> None:
    page = house.visit("/circulation?period=2018")
    expect(page.get_by_text(t("entrance.words"))).to_be_visible()
    page.wait_for_selector(READY)
    assert "借阅册次" not in page.content()
    expect(page.locator(MENU)).to_have_count(0)
    page.context.close()


def test_what_was_asked_for_is_there_after_signing_in(house: House) -> None:
    page = house.enter("zhou", "/circulation?period=2018")
    page.wait_for_url("**/circulation?period=2018")
    expect(page.locator("h1")).to_have_text(t("circulation.title"))
    assert "周" in page.locator(".st-key-who").inner_text()
    page.context.close()


def test_cookies_are_for_the_server_alone(house: House) -> None:
    page = house.enter("zhou")
    cookies = {cookie["name"]: cookie for cookie in page.context.cookies()}
    assert {"_streamlit_user", COOKIE} <= cookies.keys()
    for name, cookie in cookies.items():
        # the last one exists to be read by the page that sends files
        assert cookie["httpOnly"] or name == "_streamlit_xsrf"
        assert cookie["sameSite"] in ("Lax", "Strict")
    page.context.close()


def test_somebody_whom_the_library_does_not_know_sees_why_and_nothing_else(house: House) -> None:
    page = house.enter("mallory", "/readers")
    expect(page.get_by_text("mallory@x.example")).to_be_visible()
    expect(page.locator(MENU)).to_have_count(0)
    assert "馆藏" not in page.content()
    page.context.close()


def test_a_page_that_is_not_for_a_role_is_not_in_its_menu_nor_at_its_address(house: House) -> None:
    page = house.enter("zhou")
    menu = page.locator(MENU)
    expect(menu).to_contain_text(t("classes.title"))
    expect(menu.get_by_role("link", name=t("readers.title"), exact=True)).to_have_count(0)
    for name in ("readers", "registers", "loading", "audit"):
        page.goto(f"{house.url}/{name}")
        expect(page.get_by_text("“理事”")).to_be_visible()
        page.wait_for_selector(READY)
        assert page.locator("[class*=st-key-panel-], [class*=st-key-step-]").count() == 0
    page.context.close()


def test_a_branch_is_shown_itself_alone(house: House) -> None:
    page = house.enter("li", "/circulation?branch=PY")
    page.wait_for_url("**/circulation?*branch=TG*")
    expect(page.locator(".gq-head")).to_contain_text("太谷")
    expect(page.get_by_text(t("problem.other_branch"))).to_be_visible()
    page.wait_for_selector(READY)
    assert "平遥" not in page.content()
    page.context.close()


def test_signing_out_ends_it_in_a_browser_that_kept_the_cookie(house: House) -> None:
    page = house.enter("wang")
    kept = page.context.cookies()
    other = house.browser.new_context(viewport=DESK)
    other.add_cookies(kept)
    page.locator(".st-key-sign-out button").click()
    expect(page.locator(MENU)).to_have_count(0)
    stolen = other.new_page()
    stolen.goto(f"{house.url}/readers")
    expect(stolen.get_by_text(t("problem.sign_in_ended"))).to_be_visible()
    expect(stolen.locator(MENU)).to_have_count(0)
    for context in (page.context, other):
        context.close()


def test_whoever_is_taken_off_the_list_is_out_at_the_next_click(house: House) -> None:
    page = house.enter("zhou", "/classes")
    page.wait_for_url("**/classes")
    write_people(house.folder, PEOPLE.replace('value = "council"', 'value = "nobody"'))
    try:
        page.locator(MENU).get_by_text(t("overview.title")).click()
        expect(page.get_by_role("status").get_by_text("zhou@x.example")).to_be_visible()
        expect(page.locator(MENU)).to_have_count(0)
    finally:
        write_people(house.folder, PEOPLE)
    page.context.close()


def test_a_cookie_that_was_altered_is_none(house: House) -> None:
    page = house.enter("zhou")
    cookies = page.context.cookies()
    for cookie in cookies:
        if cookie["name"] == "_streamlit_user":
            value = str(cookie["value"])
            cookie["value"] = value[:40] + ("A" if value[40] != "A" else "B") + value[41:]
    other = house.browser.new_context(viewport=DESK)
    other.add_cookies(cookies)
    forged = other.new_page()
    forged.goto(house.url)
    expect(forged.get_by_text(t("entrance.words"))).to_be_visible()
    for context in (page.context, other):
        context.close()


def take_out(context: BrowserContext, address: str) -> int:
    return context.request.get(address, max_redirects=0).status


def test_a_file_is_for_the_browser_and_the_role_it_was_offered_to(house: House) -> None:
    page = house.enter("wang", "/readers")
    page.wait_for_url("**/readers")
    page.locator(".st-key-define-top_borrowers button").click()
    link = page.locator('[data-key="download-top_borrowers"]')
    with page.expect_download() as taken:
        link.click()
    assert taken.value.suggested_filename.endswith(".csv")
    address = house.url + str(link.get_attribute("href"))
    assert take_out(page.context, address) == 200
    other = house.enter("zhou")
    assert take_out(other.context, address) == 401
    page.locator(".st-key-sign-out button").click()
    expect(page.locator(MENU)).to_have_count(0)
    assert take_out(page.context, address) == 401
    noted = [line for line in audit.lines(audit.path_of(house.store)) if line.name == "王芳"]
    assert {"signed_in", "exported", "signed_out"} <= {line.act for line in noted}
    for context in (page.context, other.context):
        context.close()


# --- a proxy that says who it is


@pytest.fixture(scope="module")
def proxied(simulated: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """Serve a library behind a proxy; return its address and the proxy's secret."""
    folder = tmp_path_factory.mktemp("proxied") / "etc"
    configure(folder, PEOPLE, way="proxy")
    with served(simulated, {"GUANQING_CONFIG": str(folder)}) as url:
        yield url, (folder / "proxy-secret").read_text()


def status(url: str, *headers: tuple[str, str]) -> int:
    asked = http.client.HTTPConnection(url.removeprefix("http://"), timeout=20)
    asked.putrequest("GET", "/")
    for name, value in headers:
        asked.putheader(name, value)
    asked.endheaders()
    return asked.getresponse().status


def test_only_the_proxy_may_say_who_somebody_is(proxied: tuple[str, str]) -> None:
    url, secret = proxied
    user, vouched = ("X-Forwarded-Email", "wang@lib.example"), ("X-Guanqing-Proxy", secret)
    assert status(url, user, vouched) == 200
    assert status(url) == 403
    assert status(url, user) == 403
    assert status(url, vouched) == 403
    assert status(url, user, ("X-Guanqing-Proxy", secret[:-1] + "x")) == 403
    assert status(url, user, user, vouched) == 403  # one was the client's own
    assert status(url, user, vouched, vouched) == 403
    assert status(url, ("X-Forwarded-Email", " "), vouched) == 403


def test_whom_the_proxy_names_is_let_in_with_their_role(
    house: House, proxied: tuple[str, str]
) -> None:
    url, secret = proxied
    sent = {"X-Forwarded-Email": "li@lib.example", "X-Guanqing-Proxy": secret}
    context = house.browser.new_context(viewport=DESK, extra_http_headers=sent)
    page = context.new_page()
    page.goto(url)
    expect(page.locator(".st-key-who")).to_contain_text("李明")
    page.wait_for_selector(READY)
    assert "平遥" not in page.content()
    context.close()
