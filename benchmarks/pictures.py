"""Take a picture of every page, and say which pages changed between two takes.

A take serves the simulated library and leaves PAGE_LANGUAGE_THEME_WIDTH.png and, beside it, the
words on the page as .txt. Take one before a change and one after it, then compare the folders.
"""

import shutil
import tempfile
from collections.abc import Iterator
from difflib import unified_diff
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from first_view import CHROMIUM, DRAWN, LIMIT
from PIL import Image
from playwright.sync_api import Page, sync_playwright
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from serving import SERVER, serving

import simulated_library
from guanqing.paths import ROOT
from guanqing.store import Store

OUT = Path(__file__).parent / "out"
BROWSER = "/usr/bin/chromium"
FLAGS = [*CHROMIUM, "--no-sandbox"]
LANGUAGES, THEMES = ("zh", "en"), ("light", "dark")
SIZES = ((1440, 900), (1920, 1080), (390, 844))
TARGETS = ("lectures", "card_holders", "reader_satisfaction", "emergency_plan")  # one a milestone
STATES = {  # what the address says: page and query; home has no address but the root
    **{path.stem: (path.stem, "") for path in sorted(ROOT.glob("pages/*/*.py"))},
    **{f"target-{code}": ("target", f"&code={code}") for code in TARGETS},
    **{"overview": ("", ""), "overview-month": ("", "&period=2019-08")},
    "circulation-month": ("circulation", "&period=2019-08"),
}
# what is read on a page, then what is heard of it or stands in its hints
WORDS = """() => [document.querySelector('[data-testid=stApp]').innerText, '-- hints',
    ...[...document.querySelectorAll('[data-testid=stMain] :is([alt], [title], [aria-label])')]
        .filter((node) => node.checkVisibility())
        .flatMap((node) => ['alt', 'title', 'aria-label'].map((name) => node.getAttribute(name)))
        .filter(Boolean), ''].join('\\n')"""
HEIGHT = "() => document.querySelector('[data-testid=stMain]').scrollHeight"
SETTLED = 400  # ms: charts are drawn anew at another width, and fade in
NOTICED = 40  # of 255: how far a pixel's colour moves before it counts
SHARE = 0.0002  # of a picture's pixels that must have moved

app = typer.Typer()


@app.command()
def take(folder: Annotated[Path, typer.Argument()] = OUT / "pictures", quick: bool = False) -> None:
    """Leave pictures and words of every page in a folder; quick: only light and 1440 wide."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        store = Store(Path(scratch))
        simulated_library.build(store)
        chromium = playwright.chromium.launch(executable_path=BROWSER, args=FLAGS)
        with serving(SERVER, store) as served:
            for theme in THEMES[:1] if quick else THEMES:
                tab = chromium.new_page(base_url=served.url, color_scheme=theme, locale="zh-CN")
                tab.set_default_timeout(LIMIT)
                for language in LANGUAGES:
                    for state in visited(tab, language):
                        for width, height in SIZES[:1] if quick else SIZES:
                            name = f"{state}_{language}_{theme}_{width}.png"
                            picture(tab, width, height, folder / name)
                tab.context.close()
        chromium.close()


def visited(tab: Page, language: str) -> Iterator[str]:
    """Bring one page after another, tab by tab, on the screen and yield what it is called."""
    width, height = SIZES[0]
    for state, (name, query) in STATES.items():
        tab.set_viewport_size({"width": width, "height": height})
        tab.goto(f"/{name}?lang={language}{query}")
        tab.wait_for_function(DRAWN)
        yield state
        for index in range(1, tab.get_by_role("tab").count()):
            tab.set_viewport_size({"width": width, "height": height})
            tab.get_by_role("tab").nth(index).click()
            tab.mouse.move(width - 1, 1)  # where nothing lights up
            yield f"{state}-{index + 1}"


def picture(tab: Page, width: int, height: int, path: Path) -> None:
    """Save what is on the screen, the window made as tall as the page, and its words."""
    tab.set_viewport_size({"width": width, "height": height})
    tab.wait_for_timeout(SETTLED)
    tab.wait_for_function(DRAWN)
    if (tall := tab.evaluate(HEIGHT)) > height:
        tab.set_viewport_size({"width": width, "height": tall})
        tab.wait_for_timeout(SETTLED / 2)
    tab.screenshot(path=path, animations="disabled")
    path.with_suffix(".txt").write_text(tab.evaluate(WORDS), encoding="utf-8")


@app.command()
def compare(
    before: Path, after: Path, folder: Annotated[Path, typer.Argument()] = OUT / "compared"
) -> None:
    """List what changed; leave the changed pictures in pairs, and words.diff."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    table = Table("picture", "pixels", "words", "first words that changed")
    diffs = []
    names = sorted({path.stem for side in (before, after) for path in side.glob("*.png")})
    for name in names:
        old, new = before / f"{name}.png", after / f"{name}.png"
        if not (old.exists() and new.exists()):
            table.add_row(name, "gone" if old.exists() else "new", "", "")
            continue
        share = moved(old, new, folder / f"{name}.png")
        sides = [words_beside(path) for path in (old, new)]
        diff = [*unified_diff(*sides, f"before/{name}", f"after/{name}", n=1, lineterm="")]
        changed = [escape(line) for line in diff[2:] if line[0] in "+-"]
        if share > SHARE or changed:
            table.add_row(name, f"{share:.2%}", f"{len(changed)}", "\n".join(changed[:2]))
        diffs += diff
    (folder / "words.diff").write_text("\n".join(diffs), encoding="utf-8")
    Console().print(table, f"{table.row_count} of {len(names)} pictures changed; see {folder}")


def words_beside(picture: Path) -> list[str]:
    """Return the lines of words on a picture; empty ones tell only how a page is nested."""
    lines = picture.with_suffix(".txt").read_text("utf-8").splitlines()
    return [line for line in lines if line.strip()]


def moved(before: Path, after: Path, pair: Path) -> float:
    """Return the share of pixels that moved; save both side by side if it is worth a look."""
    images = [Image.open(path).convert("RGB") for path in (before, after)]
    width, height = (max(sides) for sides in zip(*(image.size for image in images), strict=True))
    both = Image.new("RGB", (2 * width, height), "magenta")  # what only one of them has, shows
    for column, image in enumerate(images):
        both.paste(image, (column * width, 0))
    pixels = np.asarray(both, dtype=np.int16)
    far = np.abs(pixels[:, :width] - pixels[:, width:]).max(axis=2) > NOTICED
    if far.mean() > SHARE:
        both.save(pair)
    return float(far.mean())


if __name__ == "__main__":
    app()
