"""The only place that prints pages as PDF (WeasyPrint); loaded by the process that prints."""

import os
import warnings
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree

from pipeline import ROOT
from pipeline.tools.collector import held_collector

TEMPLATES = ROOT / "templates"
# No attachments can travel in it and the reading order is tagged: the level for long keeping.
VARIANT = "pdf/a-2a"
RDF_END = b"</rdf:RDF>"
# Fontconfig reads this once, when the library starts: only the shipped fonts exist then.
os.environ["FONTCONFIG_FILE"] = str(TEMPLATES / "fonts" / "fonts.conf")

from cssselect2 import ElementWrapper  # noqa: E402
from weasyprint import HTML  # noqa: E402
from weasyprint.document import Document, DocumentMetadata  # noqa: E402
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


class Metadata(DocumentMetadata):
    """What a file says of itself: that it is PDF/UA-1 beside PDF/A, in plain text for archives."""

    def include_in_pdf(self, *claim: object) -> None:
        super().include_in_pdf(*claim[:-1], compress=False)

    def generate_rdf_metadata(self, *claim: object) -> bytes:
        claims = (TEMPLATES / "pdf-ua.xmp").read_bytes()
        return super().generate_rdf_metadata(*claim).replace(RDF_END, claims + RDF_END)


def answer(
    title: str | None, pages: Sequence[bytes]
) -> Generator[int, None, tuple[None, list[bytes]]]:
    """Return each page of HTML printed, for a worker's work; under a title also all in one.

    Yields how many are printed.
    """
    printed = [page.decode() for page in pages]
    if title is not None:
        return None, (yield from write_pdfs(printed, title))
    made = []
    for page in printed:
        made.append(write_pdf(page))
        yield len(made)
    return None, made


def write_pdf(html: str) -> bytes:
    """Return the page as tagged PDF/A; the same HTML gives the same bytes."""
    with held_collector(), _profile_left_open():
        return _written(_laid_out(html))


def write_pdfs(pages: Sequence[str], title: str) -> Generator[int, None, list[bytes]]:
    """Return every page as a PDF of its own and last all of them in one, laid out only once.

    Yields how many are printed.
    """
    documents, single = [], []
    with held_collector(), _profile_left_open():
        for page in pages:
            documents.append(_laid_out(page))
            single.append(_written(documents[-1]))
            yield len(single)
        whole = documents[0].copy([page for document in documents for page in document.pages])
        whole.metadata.title = title
        return [*single, _written(whole)]


def _laid_out(html: str) -> Document:
    document = Page(html).render(pdf_variant=VARIANT)
    document.metadata = Metadata(**vars(document.metadata))
    return document


def _written(document: Document) -> bytes:
    return document.write_pdf(pdf_variant=VARIANT)


def _template_file(url: str) -> Path:
    """Return the file of templates/ an address names; raises PermissionError for any other."""
    path = Path(unquote(url.removeprefix("file://").split("?")[0])).resolve()
    if not url.startswith("file:///") or not path.is_relative_to(TEMPLATES):
        raise PermissionError(f"not a file of templates/: {url}")
    return path


@contextmanager
def _profile_left_open() -> Iterator[None]:
    """Say nothing of the colour profile, which WeasyPrint leaves to be closed by Python."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        yield
