"""The packet for screens: the printed content, foldable, without network."""

import re
from xml.etree import ElementTree

import pytest
from test_packet import SMALL, make_result

from pipeline.model.folders import SCREEN
from pipeline.packet import compose, for_screen
from tests.conftest import Commune

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def printed_page() -> str:
    return compose(make_result(SMALL))


@pytest.fixture(scope="module")
def page(printed_page: str) -> str:
    return for_screen(printed_page)


def words(html: str) -> list[str]:
    """Return the words of a page's body, without its style."""
    body = re.sub(r"<header>.*?</header>", "", html[html.index("<body") :], flags=re.DOTALL)
    return re.sub(r"<[^>]*>", " ", body.replace("&#160;", "\u00a0")).split()


def test_it_says_what_is_printed(page: str, printed_page: str) -> None:
    assert words(page) == words(printed_page)


def test_its_head_says_which_print_it_is(page: str) -> None:
    (banner,) = re.findall("<header>(.*?)</header>", page)
    assert banner == "Hồ sơ họp kỳ 1 tháng 11 năm 2026 · Xã Bình Khê, tỉnh Gia Lai · Mã bản in 7F3A"


def test_the_core_is_open_and_the_rest_folded(page: str) -> None:
    parts = re.findall(r"<details( open=\"\")?>\s*<summary><h2[^>]*>(.*?)</h2>\s*</summary>", page)
    opened = [bool(opening) for opening, _ in parts]
    assert len(parts) == len(re.findall(r"<h2(?: data-head|>)", page))
    assert opened == sorted(opened, reverse=True)
    assert next(name for opening, name in parts if not opening) == "Phòng Kinh tế"
    assert [name for opening, name in parts if opening][-1].startswith("VII.")


def test_every_table_scrolls_by_itself_as_wide_as_it_is_printed(
    page: str, printed_page: str
) -> None:
    tables = re.findall(
        r'<div class="scroll" tabindex="0"><table[^>]* style="--width:(\d+)mm">', page
    )
    assert len(tables) == printed_page.count("<table")
    assert {"165", "252"} == {*tables}


def test_nothing_is_fetched(page: str) -> None:
    assert "default-src 'none'" in page
    assert not re.search(r"<(script|link|img|iframe)|url\((?!#)|@import|\bsrc=", page)
    assert set(re.findall(r'href="(.)', page)) == {"#"}


def test_what_was_typed_stays_text() -> None:
    typed = '</td><script>alert("x")</script><b>&amp;'
    rows = [
        {
            "unit": "KT",
            "task_id": "KT-01",
            "obstacle": typed,
            "proposal": "",
            "who": "",
            "wanted_by": None,
            "needs_chairman": "không",
        }
    ]
    shown = for_screen(compose(make_result(SMALL, tables={"obstacles": rows})))
    assert "<script" not in shown
    assert "&lt;script&gt;" in shown


def test_drawings_are_told_to_those_who_hear_the_page(page: str, printed_page: str) -> None:
    drawn = len([*ElementTree.fromstring(printed_page).iter(f"{SVG}svg")])
    assert len(re.findall(r'<svg [^>]*role="img"[^>]*><title>[^<]', page)) == drawn


def test_a_run_leaves_it_beside_the_print(sample: Commune) -> None:
    page = (sample.output / "2026-11-K1" / SCREEN).read_text("utf-8")
    assert page.startswith('<!DOCTYPE html>\n<html lang="vi">')
