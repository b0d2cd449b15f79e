"""Whether the packet for screens reads well on a phone and a computer. `make html-check` runs it.

Chromium shows it at two widths with every part unfolded: nothing runs over the edge, nothing is
asked of a network, the console is quiet, axe-core finds no violation.
"""

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, sync_playwright

WIDTHS, HEIGHT = (390, 1280), 900
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
UNFOLD = "document.querySelectorAll('details').forEach(part => part.open = true)"
# What reaches over the right edge and does not lie in a box that scrolls by itself.
OVER = """[...document.querySelectorAll('main *')].filter(one => !one.closest('.scroll')
  && one.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
  .map(one => one.tagName + ': ' + one.textContent.trim().slice(0, 60))"""
# Of a chart that would be scaled down to fit, the words become too small to read.
TINY = """[...document.querySelectorAll('svg text')].filter(one => one.getBoundingClientRect().height < 9)
  .map(one => one.textContent)"""


def main(file: str) -> int:
    """Tell what is wrong with the page at each width; return 1 where there is anything."""
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        print("no Chromium on the PATH (apt-get install chromium)")
        return 1
    found = []
    with sync_playwright() as play:
        started = play.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        for width in WIDTHS:
            page = started.new_page(viewport={"width": width, "height": HEIGHT})
            found += [f"{width} px: {fault}" for fault in _faults(page, Path(file))]
        started.close()
    print("\n".join(found) or f"{file}: no fault found at {' and '.join(map(str, WIDTHS))} px")
    return int(bool(found))


def _faults(page: Page, file: Path) -> Iterator[str]:
    said, asked = [], []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(file.absolute().as_uri())
    page.evaluate(UNFOLD)
    yield from (f"the console says: {text}" for text in said)
    yield from (f"it asks for {url}" for url in asked if url != file.absolute().as_uri())
    if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
        yield "the page scrolls sideways"
    yield from (f"over the edge: {words}" for words in page.evaluate(OVER))
    yield from (f"too small to read: {words}" for words in page.evaluate(TINY))
    for rule in Axe().run(page).response["violations"]:
        where = "; ".join(node["html"][:120] for node in rule["nodes"][:3])
        yield f"axe-core {rule['id']}: {rule['help']} ({len(rule['nodes'])}: {where})"


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
