"""The only place that prints pages as PDF (WeasyPrint); loaded by the process that prints."""

import gc
import os
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree

from pipeline import ROOT

TEMPLATES = ROOT / "templates"
# No attachments can travel in it and the reading order is tagged: the level for long keeping.
VARIANT = "pdf/a-2a"
# Fontconfig reads this once, when the library starts: only the shipped fonts exist then.
os.environ["FONTCONFIG_FILE"] = str(TEMPLATES / "fonts" / "fonts.conf")

from cssselect2 import ElementWrapper  # noqa: E402
from weasyprint import HTML  # noqa: E402
from weasyprint.urls import URLFetcher, URLFetcherResponse  # noqa: E402


class TemplateFetcher(URLFetcher):
    """Opens files of templates/ and nothing else, never a socket."""

    def fetch(self, url: str, headers: object = None) -> URLFetcherResponse:
        return URLFetcherResponse(url, _template_file(url).read_bytes())


class Page(HTML):
    """A page of well-formed HTML, read by expat in a tenth of the time an HTML5 parser takes.

    Raises ElementTree.ParseError for any other: a template that forgets to close what it opens.
    """

    def __init__(self, text: str) -> None:
        self.wrapper_element = ElementWrapper.from_html_root(ElementTree.fromstring(text))
        self.etree_element = self.wrapper_element.etree_element
        self.base_url = f"{TEMPLATES.as_uri()}/"
        self.url_fetcher = TemplateFetcher(allow_redirects=False, fail_on_errors=True)
        self.media_type = "print"


def answer(_: object, pages: Sequence[bytes]) -> tuple[None, list[bytes]]:
    """Return each page of HTML printed, for a worker's work."""
    return None, [write_pdf(page.decode()) for page in pages]


def write_pdf(html: str) -> bytes:
    """Return the page as tagged PDF/A; the same HTML gives the same bytes."""
    with _collector_held(), warnings.catch_warnings():
        # WeasyPrint leaves the file of its colour profile to be closed by Python.
        warnings.simplefilter("ignore", ResourceWarning)
        return Page(html).write_pdf(pdf_variant=VARIANT)


def _template_file(url: str) -> Path:
    """Return the file of templates/ an address names; raises PermissionError for any other."""
    path = Path(unquote(url.removeprefix("file://").split("?")[0])).resolve()
    if not url.startswith("file:///") or not path.is_relative_to(TEMPLATES):
        raise PermissionError(f"not a file of templates/: {url}")
    return path


@contextmanager
def _collector_held() -> Iterator[None]:
    """Hold Python's garbage collector: walking the page's boxes again and again costs a fifth."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
