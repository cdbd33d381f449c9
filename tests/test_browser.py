"""What only a browser shows: addresses, the menu, sizes, colours, accessibility, the network."""

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from conftest import PLANS
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    expect,
    sync_playwright,
)
from screens import MARKS, PAGES, UNIVERSITY, title
from serving import served

from guanqing import plan, text
from guanqing.charts.look import DARK
from guanqing.store import Store
from guanqing.ui.shell.frame import HIDDEN

pytest_plugins = ["stores"]

CHROMIUM = Path("/usr/bin/chromium")

pytestmark = [
    pytest.mark.slow,  # minutes of a core
    pytest.mark.skipif(not CHROMIUM.exists(), reason="there is no Chromium on this machine"),
    pytest.mark.xdist_group("browser"),  # one server and one browser serve them all
]

FLAGS = ["--no-sandbox", "--disable-background-networking", "--disable-component-update"]
DESK = {"width": 1440, "height": 900}
WALL = {"width": 1920, "height": 1080}  # the shared screen of a meeting
PHONE = {"width": 390, "height": 844}
MENU = "[data-testid=stSidebarNav]"
READY = "[data-testid=stApp][data-test-script-state=notRunning]"

# Streamlit asks for these below the page's own address first and falls back: never ours to mend.
HARMLESS = re.compile(r"/_stcore/(?:health|host-config)$")

NAMES = [Path(page).stem for page in PAGES]
# the page opened first has no address of its own but the root
PATHS = {name: "/" if name == "overview" else f"/{name}" for name in NAMES}

every_page = pytest.mark.parametrize("name", NAMES)
# a promise with its events, with its weeks and branches, of a survey, of a stock; a milestone
STORIES = (
    "lectures",
    "outreach_events",
    "opening_hours_per_week",
    "reader_satisfaction",
    "card_holders",
    "emergency_plan",
)
LAID_OUT = {name: f"{path}?" for name, path in PATHS.items()} | {
    **{f"target {code}": f"/target?code={code}&" for code in STORIES},
    "overview of a month": "/?period=2019-08&",
    "circulation of a month": "/circulation?period=2019-08&",
}

every_scheme = pytest.mark.parametrize("scheme", ["light", "dark"])


@pytest.fixture(scope="module")
def address(simulated: Path) -> Iterator[str]:
    """Serve the simulated library as a librarian does and return the address."""
    with served(simulated) as url:
        yield url


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield found
        found.close()


@pytest.fixture
def tab(browser: Browser, address: str) -> Iterator[Page]:
    """Return an empty tab on a desk; goto() takes paths below the served address."""
    context = browser.new_context(base_url=address, viewport=DESK, locale="zh-CN")
    yield context.new_page()
    context.close()


def settle(tab: Page) -> None:
    """Wait until a run has begun and ended, and what it sent is drawn."""
    tab.wait_for_selector(READY)
    tab.wait_for_selector("[data-testid=stMain] .gq-head h1")
    tab.wait_for_function(
        "() => !document.querySelector('[data-testid=stSkeleton], [data-stale=true]')"
    )


def go(tab: Page, path: str) -> None:
    tab.goto(path)
    settle(tab)


def head(tab: Page) -> str:
    return tab.locator(".gq-head").inner_text()


def asked(tab: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(tab.url).query)


# --- every page, once in each scheme


@dataclass
class Visit:
    """What a browser saw of a page."""

    errors: list[str]
    hosts: set[str]
    dialogs: int
    heading: str
    language: str
    violations: dict[str, list[str]]


class Visits(dict[str, Visit]):
    """What was seen of each page that anybody asked for."""

    def __init__(self, context: BrowserContext) -> None:
        self.context = context

    def __missing__(self, name: str) -> Visit:
        self[name] = _look_at(self.context.new_page(), name)
        return self[name]


@pytest.fixture(scope="module")
def visits(browser: Browser, address: str) -> Iterator[dict[str, Visit]]:
    """Open pages by their addresses; the first comes to a server just started."""
    context = browser.new_context(base_url=address, viewport=DESK, locale="zh-CN")
    found = Visits(context)
    assert found[NAMES[0]]
    yield found
    context.close()


def _look_at(tab: Page, name: str) -> Visit:
    errors: list[str] = []
    hosts: set[str] = set()

    def note(message: ConsoleMessage) -> None:
        if message.type == "error" and not HARMLESS.search(message.location["url"]):
            errors.append(message.text)

    tab.on("console", note)
    tab.on("pageerror", lambda error: errors.append(str(error)))
    tab.on("request", lambda request: hosts.add(urlsplit(request.url).hostname or ""))
    tab.on("websocket", lambda wire: hosts.add(urlsplit(wire.url).hostname or ""))
    go(tab, PATHS[name])
    wait_for_charts(tab)
    dialogs = tab.get_by_role("dialog").count()
    heading = tab.locator(".gq-head h1").inner_text()
    language = tab.evaluate("document.documentElement.lang")
    wrong = {"light": violations(tab, {"exclude": [MENU]})}
    with tab.expect_event("load"):  # the page turns with the desk it stands on
        tab.emulate_media(color_scheme="dark")
    settle(tab)
    wait_for_charts(tab)
    assert ink(tab) == DARK.ink
    wrong["dark"] = violations(tab, {"exclude": [MENU]})
    tab.close()
    # data: and blob: have no host
    return Visit(errors, hosts - {""}, dialogs, heading, language, wrong)


def ink(tab: Page) -> str:
    """Return the colour our own words are written in."""
    return str(tab.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--ink')"))


def wait_for_charts(tab: Page) -> None:
    tab.wait_for_function(
        "() => [...document.querySelectorAll('[data-testid=stPlotlyChart]')]"
        ".every(chart => chart.querySelector('.main-svg'))"
    )


def violations(tab: Page, context: Any) -> list[str]:
    """Return what axe finds serious or worse in a part of the screen."""
    response = Axe().run(tab, context, {"resultTypes": ["violations"]}).response
    return [
        f"{rule['id']} {node['target']}: {node['html'][:150]}"
        for rule in response["violations"]
        if rule["impact"] in ("serious", "critical")
        for node in rule["nodes"]
    ]


def test_the_first_visitor_of_a_server_may_come_by_a_bookmark(
    visits: dict[str, Visit],
) -> None:
    name, first = next(iter(visits.items()))
    assert PATHS[name] != "/"
    assert first.dialogs == 0
    assert first.heading == title(name, "zh")


@every_page
def test_a_page_opens_without_an_error_in_the_console(visits: dict[str, Visit], name: str) -> None:
    assert visits[name].errors == []
    assert visits[name].heading == title(name, "zh")


def test_the_policy_lets_a_page_in_english_run_its_script_and_no_other(tab: Page) -> None:
    errors: list[str] = []
    tab.on("console", lambda message: errors.append(message.text))
    go(tab, "/targets?lang=en")
    assert tab.evaluate("document.documentElement.lang") == "en"
    assert [words for words in errors if "Security Policy" in words] == []
    tab.evaluate(
        """() => { const made = document.createElement("script");
                   made.textContent = "window.intruder = true"; document.body.append(made) }"""
    )
    assert not tab.evaluate("window.intruder")
    assert [words for words in errors if "Security Policy" in words]


def test_marks_in_an_address_are_read_as_they_stand(tab: Page) -> None:
    asked: list[str] = []
    tab.on("request", lambda request: asked.append(request.url))
    go(tab, "/readers?" + urlencode({"branch": MARKS, "as_of": MARKS, "period": MARKS}))
    assert tab.get_by_text(MARKS).count() == 3
    assert [url for url in asked if "127.0.0.1:1/" in url] == []


@every_page
def test_no_request_leaves_the_machine(visits: dict[str, Visit], name: str) -> None:
    assert visits[name].hosts == {"127.0.0.1"}


@every_scheme
@every_page
def test_axe_finds_nothing_serious_on_a_page(
    visits: dict[str, Visit], name: str, scheme: str
) -> None:
    assert visits[name].violations[scheme] == []


def test_axe_finds_nothing_serious_in_the_menu(tab: Page) -> None:
    go(tab, "/circulation")
    assert violations(tab, {"include": [MENU]}) == []


@every_page
def test_a_page_is_in_chinese_for_a_screen_reader(visits: dict[str, Visit], name: str) -> None:
    assert visits[name].language == "zh-CN"


def test_a_page_left_open_turns_dark_with_the_desk_it_stands_on(tab: Page) -> None:
    go(tab, "/sources")
    tab.emulate_media(color_scheme="dark")  # as many desks do in the evening
    tab.wait_for_timeout(3000)
    ground = tab.get_by_test_id("stApp").evaluate("el => getComputedStyle(el).backgroundColor")
    assert ground == "rgb({}, {}, {})".format(*bytes.fromhex(DARK.ground[1:]))
    assert ink(tab) == DARK.ink


# --- every page and each of its tabs on a desk, on a wall and on a phone

# Words that stand beyond the edge of their panel, or of what cuts off what is beyond its edge.
CUT = """() => {
    const main = document.querySelector('[data-testid=stMain]'), cut = new Set();
    const walk = document.createTreeWalker(main, NodeFilter.SHOW_TEXT);
    const beyond = (words, frame) => {
        const range = document.createRange(), box = frame.getBoundingClientRect();
        range.selectNodeContents(words);
        const {left, right, width} = range.getBoundingClientRect();
        const edge = box.right - parseFloat(getComputedStyle(frame).paddingRight);
        return width > 0 && (right > edge + 1 || left < box.left - 1);
    };
    while (walk.nextNode()) {
        const words = walk.currentNode;
        let node = words.parentElement;
        if (!words.data.trim() || !node.checkVisibility({visibilityProperty: true})) continue;
        if (node.matches('[data-testid=stIconMaterial]')) continue;  // a picture
        for (; node !== main.parentElement; node = node.parentElement) {
            if (node.matches('.gq-scroll, [role=tablist]')) break;  // what scrolls is not cut
            const cuts = node.matches('[class*=st-key-panel-], [class*=st-key-kpi-], svg.main-svg')
                || getComputedStyle(node).overflowX !== 'visible';
            if (cuts && beyond(words, node)) cut.add(words.data.trim());
        }
    }
    return [...cut];
}"""


def tabs_of(tab: Page) -> Iterator[str]:
    """Bring one tab of a page after another on the screen, at the size of a desk."""
    names = tab.get_by_test_id("stMain").get_by_role("tab")
    yield ""
    for index in range(1, names.count()):
        tab.set_viewport_size(DESK)
        names.nth(index).click()
        yield names.nth(index).inner_text()


def fit(tab: Page, size: dict[str, int]) -> None:
    """Show what is open at another size."""
    tab.set_viewport_size(size)
    tab.wait_for_timeout(300)  # charts are drawn anew
    wait_for_charts(tab)


@pytest.mark.parametrize("language", text.LANGUAGES)
@pytest.mark.parametrize("name", LAID_OUT)
def test_a_page_fills_one_screen_and_cuts_no_words(tab: Page, name: str, language: str) -> None:
    go(tab, f"{LAID_OUT[name]}lang={language}")
    for part in tabs_of(tab):
        for size in (DESK, WALL, PHONE):
            fit(tab, size)
            assert tab.evaluate(CUT) == [], (part, size)
            if size != PHONE:
                height = tab.get_by_test_id("stMain").evaluate("main => main.scrollHeight")
                assert height <= size["height"], f"lower a panel of {name} {part} at {size}"


# --- the way about


def menu(tab: Page, name: str, language: str = "zh") -> None:
    """Choose a page from the menu and wait until it is there."""
    words = title(name, language)
    tab.get_by_test_id("stSidebarNav").get_by_role("link", name=words, exact=True).click()
    expect(tab.locator(".gq-head h1")).to_have_text(words)
    settle(tab)


def loans(tab: Page) -> str:
    return tab.locator(".st-key-kpi-loan_count .gq-value").inner_text()


def test_the_menu_leads_to_every_page(tab: Page) -> None:
    go(tab, "/")
    assert tab.locator(".gq-head h1").inner_text() == title("overview", "zh")
    for page in PAGES:
        if Path(page).stem not in HIDDEN:
            menu(tab, Path(page).stem)


def test_whether_a_promise_will_be_kept_can_be_checked_in_two_clicks(tab: Page) -> None:
    go(tab, "/?as_of=2019-08-31")
    menu(tab, "targets")
    expect(tab.locator(".gq-line-of")).to_have_count(len(plan.load(2019, PLANS).targets))
    line = tab.locator(".st-key-line-lectures")
    said = line.locator(".answer b").inner_text()
    line.get_by_role("link").click()
    expect(tab.locator(".gq-story h2")).to_have_text("凤鸣讲坛")
    settle(tab)
    assert said in tab.locator(".gq-story .answer").inner_text()
    assert asked(tab) == {"as_of": ["2019-08-31"], "code": ["lectures"]}
    assert tab.locator("table.gq-t tbody tr").count() > 10  # the events behind it
    tab.go_back()
    expect(tab.locator(".gq-head h1")).to_have_text(title("targets", "zh"))
    settle(tab)
    assert asked(tab) == {"as_of": ["2019-08-31"]}


def test_a_branch_is_picked_by_clicking_and_the_address_carries_its_code(tab: Page) -> None:
    go(tab, "/circulation")
    whole = loans(tab)
    tab.get_by_role("combobox", name="分馆").click()
    tab.get_by_role("option", name="太谷").click()
    expect(tab.locator(".st-key-kpi-loan_count .gq-value")).not_to_have_text(whole)
    settle(tab)
    assert "太谷" in head(tab)
    assert asked(tab) == {"branch": ["JZ,TG"]}  # beside the main library, which pages open on


def test_a_deep_link_shows_what_it_names_and_outlives_a_page_change(tab: Page) -> None:
    go(tab, "/circulation?period=2018&branch=TG&lang=en")
    expect(tab.locator(".gq-head h1")).to_have_text("Circulation")
    for name in ("circulation", "classes", "readers"):
        if name != "circulation":
            menu(tab, name, "en")
        assert "Taigu" in head(tab)
        assert "31 Dec 2018" in head(tab)
        expect(tab).to_have_url(re.compile(r"\?.*branch=TG"))
        assert asked(tab) == {"period": ["2018"], "branch": ["TG"], "lang": ["en"]}
        assert tab.evaluate("document.documentElement.lang") == "en"


def test_the_language_switch_keeps_the_filters(tab: Page) -> None:
    go(tab, "/circulation?period=2018&branch=TG&lang=en")
    english = loans(tab)
    tab.get_by_role("radio", name="中文").click()
    expect(tab.locator(".gq-head h1")).to_have_text(title("circulation", "zh"))
    settle(tab)
    assert loans(tab) == english
    assert "太谷" in head(tab)
    assert "2018年12月31日" in head(tab)
    expect(tab).not_to_have_url(re.compile("lang="))
    assert asked(tab) == {"period": ["2018"], "branch": ["TG"]}
    assert tab.evaluate("document.documentElement.lang") == "zh-CN"
    menu(tab, "classes")  # the language goes along


def test_back_returns_to_the_page_before(tab: Page) -> None:
    go(tab, "/")
    menu(tab, "circulation")
    tab.go_back()
    expect(tab.locator(".gq-head h1")).to_have_text(title("overview", "zh"))


def test_back_takes_the_filters_back(tab: Page) -> None:
    go(tab, "/circulation?period=2018")
    before = loans(tab)
    tab.get_by_role("combobox", name="分馆").click()
    tab.get_by_role("option", name="太谷").click()
    expect(tab.locator(".st-key-kpi-loan_count .gq-value")).not_to_have_text(before)
    settle(tab)
    tab.go_back()
    expect(tab.locator(".st-key-kpi-loan_count .gq-value")).to_have_text(before)
    assert asked(tab) == {"period": ["2018"]}


def test_the_data_behind_a_figure_can_be_downloaded(tab):
    """Made when somebody clicks, by a route of its own: only a real click shows it."""
    go(tab, PATHS["classes"])
    tab.get_by_role("button", name="口径").first.click()
    with tab.expect_download() as waiting:
        tab.get_by_role("link", name="下载数据（CSV）").first.click()
    download = waiting.value
    words = Path(download.path()).read_text(encoding="utf-8")
    assert words.startswith("\ufeffclass_code,")
    assert "模拟数据" in words.splitlines()[1]
    assert download.suggested_filename.startswith("模拟数据_loans_by_class")


# --- loading


@pytest.fixture
def scratch(simulated: Path, tmp_path: Path) -> Iterator[tuple[str, Store]]:
    """Serve a copy of the simulated library, which may be changed; return address and store."""
    store = Store(tmp_path / "store")
    shutil.copytree(simulated, store.root, symlinks=True)
    with served(store.root) as url:
        yield url, store


def test_an_export_is_uploaded_looked_at_loaded_and_undone(
    browser: Browser, scratch: tuple[str, Store]
) -> None:
    if not UNIVERSITY.exists():
        pytest.skip("the loans of seu_loans_2020_2024 are not beside the project")
    url, store = scratch
    context = browser.new_context(base_url=url, viewport=DESK, locale="zh-CN")
    tab, other = context.new_page(), context.new_page()
    go(other, "/circulation")
    simulated_loans = loans(other)
    go(tab, "/loading")
    tab.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(
        sorted(UNIVERSITY.glob("*.csv"))
    )
    start = tab.locator(".st-key-start-load button")
    expect(start).to_be_enabled(timeout=30_000)
    expect(tab.locator(".st-key-step-preview details")).to_have_count(2)
    expect(tab.locator(".st-key-step-preview")).to_contain_text("借阅时间")
    assert [kept.number for kept in store.generations()] == [1]
    start.click()
    account = tab.locator(".st-key-panel-account")
    expect(account).to_contain_text("58,327", timeout=60_000)
    settle(tab)
    assert violations(tab, {"exclude": [MENU]}) == []
    assert "2024年12月31日" in head(tab)  # not the first day of other data
    other.get_by_role("radio", name="English").click()  # whatever makes it run again
    expect(other.locator(".st-key-kpi-loan_count .gq-value")).not_to_have_text(simulated_loans)
    tab.locator(".st-key-undo-load button").first.click()
    tab.locator(".st-key-undo-load-now button").click()
    words = text.translate("loading.went_back", "zh", number="1")
    expect(tab.locator(".st-key-step-history")).to_contain_text(words)
    assert {kept.number: kept.is_current for kept in store.generations()} == {2: False, 1: True}
    context.close()


def test_whoever_comes_through_a_proxy_finds_nothing_to_load(
    browser: Browser, address: str
) -> None:
    sent = {"X-Forwarded-For": "203.0.113.9"}
    context = browser.new_context(base_url=address, locale="zh-CN", extra_http_headers=sent)
    tab = context.new_page()
    tab.goto("/loading")  # whoever is not let in has no page with a head
    expect(tab.locator(".st-key-step-entrance")).to_contain_text(
        text.translate("problem.not_this_machine", "zh")
    )
    expect(tab.get_by_test_id("stFileUploader")).to_have_count(0)
    expect(tab.locator(".st-key-step-history")).to_have_count(0)
    refused = context.request.put(f"{address}/_stcore/upload_file/any/any", data="x")
    assert refused.status == 403
    context.close()
