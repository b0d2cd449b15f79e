"""The page tool: text made fit for a cell, escaping, and a PDF that reads nothing from outside."""

import errno
import gc
import io
import socket
import subprocess
import sys
import weakref
from datetime import date
from decimal import Decimal
from xml.etree import ElementTree

import pytest
from jinja2 import UndefinedError
from pypdf import PdfReader
from weasyprint.urls import FatalURLFetchingError

from pipeline import ROOT
from pipeline.tools import page, press
from pipeline.tools.collector import held_collector, swept

PAGE = '<!DOCTYPE html><html lang="vi"><head><title>Thử</title></head><body>{}</body></html>'
CHAR = PAGE.format("<p>chữ</p>")
FOREIGN = '<link rel="stylesheet" href="http://127.0.0.1:9/evil.css"/>'


def filled(source: str, **context: object) -> str:
    return page._environment().from_string(source).render(context)


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("Rà soát hồ sơ", "Rà soát hồ sơ"),
        ("  hai đầu  ", "hai đầu"),
        ("dòng 1\r\ndòng 2\n\n dòng 3", "dòng 1 / dòng 2 / dòng 3"),
        ("89,6 % và 5 %", "89,6\u00a0% và 5\u00a0%"),
        ("\u202eđảo\u2066 \u200f\u200bchữ", "đảo chữ"),
        ("a\x00b\x07\x1b[31m", "a b  [31m"),
        ("hỏng \ud800\ufffe\ue000", "hỏng"),
        ("e\u0302\u0301", "ế"),
        ("x" + "\u0323\u0301\u0302\u0303\u0304", "x\u0323\u0301\u0302"),
        ("hồ sơ «A» – 2,5 × 3", "hồ sơ «A» – 2,5 × 3"),
        ("", ""),
    ],
)
def test_text_is_made_fit_for_a_line(typed: str, printed: str) -> None:
    assert page.printable(typed).strip() == printed


def test_long_text_is_cut_at_the_limit() -> None:
    assert page.printable("a" * 300) == "a" * 300
    assert page.printable("a" * 301) == "a" * 299 + "…"
    assert page.printable("hai từ", 5) == "hai…"
    assert page.printable("niêm yết công khai 20 ngày, hết", 15) == "niêm yết công…"
    assert page.printable("niêm yết công khai, hết", 21) == "niêm yết công khai…"
    assert page.printable(f"mã {'x' * 20}", 18) == f"mã {'x' * 14}…"


def test_figures_and_dates_are_printed_the_vietnamese_way() -> None:
    figures = {"a": Decimal("1234.50"), "b": 1200, "c": Decimal("2.345"), "d": Decimal("0.89643")}
    dates = {"e": date(2026, 11, 5), "f": date(2025, 1, 2), "g": None}
    source = "{{ a }}|{{ b }}|{{ c|fixed(2) }}|{{ d|percent }}|"
    source += "{{ e }}|{{ e|day(2026) }}|{{ f|day(2026) }}|{{ g }}"
    assert filled(source, **figures, **dates) == (
        "1.234,5|1.200|2,35|89,6|05/11/2026|05/11|02/01/2025|"
    )


def test_every_value_is_escaped_and_capped() -> None:
    shown = filled(
        "<td>{{ a }}</td><td>{{ b|cut(4) }}</td>", a="<b>đậm</b>" + "x" * 400, b="<i>nghiêng"
    )
    assert shown.startswith("<td>&lt;b&gt;đậm&lt;/b&gt;xx")
    assert shown.endswith("x…</td><td>&lt;i&gt;…</td>")


def test_markup_of_a_macro_passes() -> None:
    assert filled("{% macro m() %}<b>{{ x }}</b>{% endmacro %}{{ m() }}", x="&") == "<b>&amp;</b>"


def test_a_name_the_context_lacks_is_an_error() -> None:
    with pytest.raises(UndefinedError):
        filled("{{ nothing }}")
    with pytest.raises(UndefinedError):
        filled("{{ row.nothing }}", row={})


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/passwd",
        "file:../pyproject.toml",
        "file:///../../etc/passwd",
        "http://127.0.0.1:9/x",
        "data:text/css,p{color:red}",
        (ROOT / "pyproject.toml").as_uri(),
        (ROOT / "templates").as_uri() + "/../pyproject.toml",
        (ROOT / "templates").as_uri() + "/%2e%2e/pyproject.toml",
    ],
)
def test_nothing_outside_the_templates_is_opened(address: str) -> None:
    with pytest.raises((PermissionError, IsADirectoryError)):
        press._template_file(address).read_bytes()


def test_a_template_file_is_opened() -> None:
    address = (ROOT / "templates/packet/hatch.svg").as_uri()
    assert press._template_file(address).read_bytes().startswith(b"<svg")


def test_a_foreign_address_stops_the_print() -> None:
    with pytest.raises(FatalURLFetchingError):
        press.write_pdf(PAGE.format(FOREIGN))


def test_a_page_that_is_not_well_formed_is_a_bug() -> None:
    with pytest.raises(ElementTree.ParseError):
        press.write_pdf(PAGE.format("<p>chữ"))


def test_printing_opens_no_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object, **kwargs: object) -> None:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket, "socket", refuse)
    assert press.write_pdf(CHAR).startswith(b"%PDF")


def test_the_same_page_gives_the_same_bytes_and_only_shipped_fonts() -> None:
    html = PAGE.format('<p style="font-family:Times New Roman">Ừ, ỗ, đ ☐ ✓ ▲</p>')
    first = press.write_pdf(html)
    assert press.write_pdf(html) == first
    assert fonts(first) == {"Liberation-Serif", "Sauro-Symbols"}


def fonts(pdf: bytes) -> set[str]:
    reader = PdfReader(io.BytesIO(pdf))
    found = [font for p in reader.pages for font in p["/Resources"]["/Font"].values()]
    return {font.get_object()["/BaseFont"].split("+")[1] for font in found}


def test_the_pdf_is_tagged_pdf_a_in_vietnamese() -> None:
    reader = PdfReader(io.BytesIO(press.write_pdf(CHAR)))
    assert reader.trailer["/Root"]["/Lang"] == "vi"
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert 'pdfaid:part="2" pdfaid:conformance="A"' in reader.xmp_metadata.rdf_root.toxml()
    assert reader.metadata.title == "Thử"
    assert not reader.attachments


def test_the_collector_is_given_back() -> None:
    assert gc.isenabled()
    press.write_pdf(CHAR)
    with pytest.raises(FatalURLFetchingError):
        press.write_pdf(PAGE.format(FOREIGN))
    assert gc.isenabled()


def test_what_is_left_in_circles_is_let_go_while_the_collector_is_held() -> None:
    class Thing:
        """What can be asked whether it is still there."""

    with held_collector():
        with swept():
            thing = Thing()
            thing.itself = thing
            there = weakref.ref(thing)
            del thing
            assert there()
        assert not there()
        assert not gc.isenabled()
        assert not gc.get_freeze_count()


def test_importing_the_packet_loads_no_page_library() -> None:
    code = "import sys, pipeline.packet; print({'weasyprint', 'jinja2'} & set(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "set()"


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("số hộ, 20 ㎡, ≠ 5", "số hộ, 20 m2, ≠ 5"),
        ("nhóm 👍👍 xong", "nhóm [?] xong"),
        ("Ⅳ ﹪ ①", "IV % 1"),
        ("漢字", "[?]"),
        ("Kế hoạch đủ ☐ ▲ → ½", "Kế hoạch đủ ☐ ▲ → ½"),
    ],
)
def test_what_no_shipped_font_can_draw_is_said(typed: str, printed: str) -> None:
    assert page.printable(typed) == printed


# --- compiled templates


@pytest.fixture
def templates(tmp_path, monkeypatch):
    """A folder of templates in place of ours, with one for their compiled form beside it."""
    kept = tmp_path / "kept"
    kept.mkdir()
    monkeypatch.setattr(page, "TEMPLATES", tmp_path)
    monkeypatch.setattr(page, "COMPILED", kept)
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    page._environment.cache_clear()
    yield tmp_path
    page._environment.cache_clear()


def refilled() -> str:
    """Return a template filled as a new process would."""
    page._environment.cache_clear()
    return page.fill("a.j2", {"word": "x"})


def test_a_template_is_compiled_once(templates, monkeypatch) -> None:
    (templates / "a.j2").write_text("1 {{ word }}", "utf-8")
    assert refilled() == "1 x"
    [kept] = (templates / "kept").iterdir()
    monkeypatch.setattr("jinja2.Environment.compile", None)  # a second time would raise
    assert refilled() == "1 x"
    assert [kept] == [*(templates / "kept").iterdir()]


def test_a_changed_template_is_compiled_anew(templates) -> None:
    (templates / "a.j2").write_text("1 {{ word }}", "utf-8")
    assert refilled() == "1 x"
    (templates / "a.j2").write_text("2 {{ word }}", "utf-8")
    assert refilled() == "2 x"


@pytest.mark.parametrize("changed", ["module", "library"])
def test_what_another_version_compiled_is_not_used(templates, monkeypatch, changed) -> None:
    (templates / "a.j2").write_text("{{ word }}", "utf-8")
    refilled()
    other = templates / "page.py"
    other.write_text("# another", "utf-8")
    name, value = {"module": ("__file__", str(other)), "library": ("version", lambda _: "9")}[
        changed
    ]
    monkeypatch.setattr(page, name, value)
    refilled()
    assert len([*(templates / "kept").iterdir()]) == 2


def test_templates_are_filled_where_nothing_can_be_kept(templates) -> None:
    (templates / "kept").rmdir()
    (templates / "a.j2").write_text("1 {{ word }}", "utf-8")
    assert refilled() == "1 x"


@pytest.mark.parametrize("size", [0, 40, 60, -1])
def test_what_is_kept_damaged_is_compiled_anew(templates, size) -> None:
    (templates / "a.j2").write_text("1 {{ word }}", "utf-8")
    refilled()
    [kept] = (templates / "kept").iterdir()
    whole = kept.read_bytes()
    kept.write_bytes(whole[:size])
    assert refilled() == "1 x"
    assert kept.read_bytes() == whole
    kept.write_bytes(whole[:60] + bytes(len(whole) - 60))
    assert refilled() == "1 x"


def test_a_full_disk_keeps_no_compiled_template(templates, monkeypatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(page.Path, "write_bytes", full)
    (templates / "a.j2").write_text("1 {{ word }}", "utf-8")
    assert refilled() == "1 x"
    assert not [*(templates / "kept").iterdir()]


def test_where_python_keeps_nothing_no_template_is_kept(templates, monkeypatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    (templates / "a.j2").write_text("1 {{ word }}", "utf-8")
    assert refilled() == "1 x"
    assert not [*(templates / "kept").iterdir()]
