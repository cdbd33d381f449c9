"""Time the first view and page switches in a real browser, beside a one-line Streamlit app.

Every first view is a new browser profile on a server that has already answered once. Times are read
from the browser's own clock: from the start of the navigation, or from the click in the menu.
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Annotated, Any

import typer
from build import store_of
from playwright.sync_api import Browser, Page, sync_playwright
from serving import ONE_LINE, SERVER, serving

from guanqing.store import Store

CHROMIUM = ["--disable-background-networking", "--disable-component-update", "--no-first-run"]
LIMIT = 60_000  # ms until a view counts as failed

# Each is asked once a frame and answers the browser's clock when it holds.
HELLO = """() => [...document.querySelectorAll('[data-testid=stMarkdown]')]
    .some((node) => node.innerText.trim() === 'hello') && performance.now()"""
FIGURES = """() => {
    const value = document.querySelector('.gq-value');
    return value && value.getBoundingClientRect().height > 0 && performance.now();
}"""
DRAWN = """() => {
    const idle = document.querySelector('[data-testid=stApp][data-test-script-state=notRunning]');
    const charts = [...document.querySelectorAll('[data-testid=stPlotlyChart]')];
    return idle && document.querySelector('.gq-head')
        && !document.querySelector('[data-testid=stSkeleton]')
        && charts.every((chart) => chart.querySelector('.main-svg')) && performance.now();
}"""
ARRIVED = """(title) => {
    const idle = document.querySelector('[data-testid=stApp][data-test-script-state=notRunning]');
    const head = document.querySelector('.gq-head h1');
    return idle && head && head.innerText === title && performance.now();
}"""
CLICK = "(link) => { const now = performance.now(); link.click(); return now; }"
LINKS = "[data-testid=stSidebarNavLink]"


def main(
    millions: Annotated[int, typer.Option(help="Size of the library, see build.py.")] = 1,
    store: Annotated[Path | None, typer.Option(help="Another library than those built.")] = None,
    runs: Annotated[int, typer.Option(help="Runs behind each median.")] = 7,
    browser: Annotated[str, typer.Option(help="Path of Chromium.")] = "/usr/bin/chromium",
    sandbox: Annotated[bool, typer.Option(help="Off where Chromium runs as root.")] = False,
) -> None:
    """Print first views against the one-line app, then every page switch."""
    args = CHROMIUM if sandbox else [*CHROMIUM, "--no-sandbox"]
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        one_line = Path(folder) / "hello.py"
        one_line.write_text(ONE_LINE)
        chosen = Store(store) if store else store_of(millions)
        with (
            serving(one_line, chosen) as hello,
            serving(SERVER, chosen) as dashboard,
        ):
            chromium = playwright.chromium.launch(executable_path=browser, args=args)
            first_views(chromium, hello.url, dashboard.url, runs)
            page_switches(chromium, dashboard.url, runs)
            chromium.close()


def first_views(chromium: Browser, hello: str, dashboard: str, runs: int) -> None:
    """Print medians of the one-line app and of the dashboard, visited in turn."""
    times: dict[str, list[float]] = {"one line": [], "figures": [], "drawn": []}
    for run in range(runs + 1):  # the first warms the servers and does not count
        with visiting(chromium, hello) as page:
            shown = when(page, HELLO)
        with visiting(chromium, dashboard) as page:
            figures, drawn = when(page, FIGURES), when(page, DRAWN)
        if run:
            times["one line"].append(shown)
            times["figures"].append(figures)
            times["drawn"].append(drawn)
    base = median(times["one line"])
    print(f"{'first view':<28} {'ms':>6} {'least':>6} {'most':>6} {'ratio':>6}")
    for name, row in times.items():
        print(
            f"{name:<28} {median(row):>6.0f} {min(row):>6.0f} {max(row):>6.0f}"
            f" {median(row) / base:>6.2f}"
        )


def page_switches(chromium: Browser, dashboard: str, runs: int) -> None:
    """Print medians of a click on each page of the menu, in one visit, round by round."""
    rows: dict[str, list[tuple[float, float]]] = {}
    with visiting(chromium, dashboard) as page:
        when(page, DRAWN)
        for run in range(runs + 1):
            for index in range(page.locator(LINKS).count()):
                link = page.locator(LINKS).nth((index + 1) % page.locator(LINKS).count())
                title = link.locator("[label]").inner_text()
                begun = link.evaluate(CLICK)
                arrived = when(page, ARRIVED, title) - begun
                drawn = when(page, DRAWN) - begun
                if run == 0:
                    print(f"first visit of {title}: {arrived:.0f} ms, drawn {drawn:.0f} ms")
                else:
                    rows.setdefault(title, []).append((arrived, drawn))
    print(f"{'page switch':<28} {'ms':>6} {'drawn':>6}")
    for title, row in rows.items():
        arrived, drawn = (median(column) for column in zip(*row, strict=True))
        print(f"{title:<28} {arrived:>6.0f} {drawn:>6.0f}")


def when(page: Page, condition: str, value: Any = None) -> float:
    """Return the browser's clock in ms at the first frame a condition holds."""
    handle = page.wait_for_function(condition, arg=value, polling="raf", timeout=LIMIT)
    return float(handle.json_value())


@contextmanager
def visiting(chromium: Browser, url: str) -> Iterator[Page]:
    """Yield a page of a new profile that has just been sent to a URL."""
    context = chromium.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN")
    page = context.new_page()
    page.goto(url, wait_until="commit")
    try:
        yield page
    finally:
        context.close()


if __name__ == "__main__":
    typer.run(main)
