"""The printed packet: what stands on it, that every row is there, and that no text can harm it."""

import dataclasses
import io
import random
import re
import resource
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from datetime import date, timedelta
from decimal import Decimal
from html.parser import HTMLParser
from multiprocessing import get_context
from pathlib import Path

import pandas as pd
import pytest
from factory import CYCLE, UNITS, make_result, make_tables
from pypdf import PdfReader

from pipeline.model.tables import CycleResult, records
from pipeline.packet import charts, compose, compose_people, room, units
from pipeline.packet.annexes import changes, findings, people
from pipeline.packet.book import open_book
from pipeline.packet.front import obstacles, overdue, unheard
from pipeline.packet.units import spreads
from pipeline.tools import page, press
from tests import pdf_check

GOLDEN = Path(__file__).parent / "golden" / "packet.html"
SMALL = (
    ("KT", "Phòng Kinh tế", "không", 9),
    ("YT", "Trạm Y tế", "không", 5),
    ("CA", "Công an xã", "có", 4),
)
TINY = (("KT", "Phòng Kinh tế", "không", 3), ("YT", "Trạm Y tế", "không", 1))
THIRTY = [(f"D{n:02d}", f"Đơn vị sự nghiệp công lập số {n}", "không", 40) for n in range(1, 31)]
ALONE = (("VP", "Văn phòng HĐND và UBND", "không", 300),)
PORTRAIT, LYING = 165, 252  # millimetres between the margins
SIDES = ("top", "right", "bottom", "left")


def small_tables() -> dict[str, list[dict]]:
    return make_tables(SMALL, random.Random(335))


def read(html: str) -> list[str]:
    return [one.extract_text() for one in PdfReader(io.BytesIO(press.write_pdf(html))).pages]


@pytest.fixture(scope="module")
def small() -> CycleResult:
    return make_result(SMALL)


@pytest.fixture(scope="module")
def html(small: CycleResult) -> str:
    return compose(small)


@pytest.fixture(scope="module")
def pdf(html: str) -> bytes:
    return press.write_pdf(html)


@pytest.fixture(scope="module")
def pages(pdf: bytes) -> list[str]:
    return [one.extract_text() for one in PdfReader(io.BytesIO(pdf)).pages]


class Tables(HTMLParser):
    """The widths of every table's columns, whether it lies on its side, and all tags by name."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.widths: list[tuple[bool, int]] = []
        self.tags: Counter[str] = Counter()
        self.wide = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags[tag] += 1
        if tag == "section":
            self.wide = "wide" in (given.get("class") or "").split()
        elif tag == "colgroup":
            self.widths.append((self.wide, 0))
        elif tag == "col":
            wide, width = self.widths[-1]
            self.widths[-1] = wide, width + int(re.search(r"(\d+)mm", given["style"])[1])


def test_columns_of_every_table_fill_the_page(html: str) -> None:
    assert all(width == (LYING if wide else PORTRAIT) for wide, width in Tables(html).widths)


def test_no_space_stands_before_an_inline_element() -> None:
    """Pango breaks the line much too early after a text that ends with a space and just fits."""
    for template in (page.TEMPLATES / "packet").glob("*.j2"):
        markup = template.read_text(encoding="utf-8")
        assert not re.search(r"[^\s>] <(b|i|span)", markup), template.name


def test_the_packet_is_as_agreed(html: str) -> None:
    """A changed page shows here first; delete the file to have it written anew, then read it."""
    body = re.sub(r"<style>.*?</style>", "", html, flags=re.DOTALL)
    if not GOLDEN.exists():
        GOLDEN.write_text(body, encoding="utf-8")
        pytest.fail(f"{GOLDEN.name} is written anew: read it before it is kept")
    assert body == GOLDEN.read_text(encoding="utf-8")


def test_the_same_result_gives_the_same_bytes(small: CycleResult, html: str, pdf: bytes) -> None:
    assert compose(make_result(SMALL)) == html
    assert press.write_pdf(compose(small)) == pdf


def test_composing_changes_nothing_of_the_result(small: CycleResult) -> None:
    before = {key: table.copy(deep=True) for key, table in small.tables.items()}
    compose(small)
    for key, table in small.tables.items():
        pd.testing.assert_frame_equal(table, before[key])


def test_the_document_is_what_it_claims(pdf: bytes) -> None:
    assert pdf_check.faults(pdf) == []


def test_the_check_finds_what_is_missing() -> None:
    page = '<html lang="en"><head><title></title></head><body>{}</body></html>'
    body = '<h2>y</h2><svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg><table><tr><th>r</th></tr></table><a href="http://x.vn">z</a>'
    assert [
        fault.split(":")[0] for fault in pdf_check.faults(press.write_pdf(page.format(body)))
    ] == [
        "PDFUA1-FIGURE-ALTERNATIVE-TEXT-001",
        "PDFUA1-HEADING-NESTING-001",
        "PDFUA1-METADATA-TITLE-001",
        "PDFUA1-TABLE-KIDS-001",
        "a link leads out of the document",
        "the language is not vi",
    ]


def test_only_the_shipped_fonts(pdf: bytes) -> None:
    used = {
        font.get_object()["/BaseFont"].split("+")[1]
        for one in PdfReader(io.BytesIO(pdf)).pages
        for font in one["/Resources"]["/Font"].values()
    }
    assert "Sauro-Symbols" in used
    assert all(name.startswith(("Liberation-Serif", "Sauro-Symbols")) for name in used)


def test_title_language_dates_and_bookmarks(pdf: bytes) -> None:
    reader = PdfReader(io.BytesIO(pdf))
    assert "Hồ sơ họp kỳ 1 tháng 11 năm 2026" in reader.metadata.title
    assert reader.metadata["/CreationDate"] == "D:20261117152000+07'00"
    assert reader.trailer["/Root"]["/Lang"] == "vi"
    titles = [entry.title for entry in flat(reader.outline)]
    assert titles[0] == "Trang quyết định"
    assert {"Phòng Kinh tế", "Phòng Kinh tế: 15 ngày tới", "II. Tổng hợp theo đơn vị"} <= {*titles}


def flat(outline: list) -> list:
    return [
        one for entry in outline for one in (flat(entry) if isinstance(entry, list) else [entry])
    ]


def test_every_page_but_the_first_has_its_number_and_all_have_the_code(pages: list[str]) -> None:
    assert all("Mã bản in 7F3A" in text for text in pages)
    for number, text in enumerate(pages[1:], 2):
        assert f"năm 2026 {number}" in text


def test_page_one_is_the_decision_page(pages: list[str]) -> None:
    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in pages[0]
    assert "Bình Khê, ngày 17 tháng 11 năm 2026" in pages[0]
    assert "Dữ liệu minh họa" in pages[0]
    assert "Chưa nộp báo cáo: Trạm Y tế (1/3 đơn vị)" in flow(pages[0])
    assert pages[1].startswith(("Mục lục", "Hồ sơ họp"))
    assert "Mục lục" in pages[1]


def flow(text: str) -> str:
    return " ".join(text.split())


def test_contents_name_the_pages_where_the_parts_begin(pages: list[str]) -> None:
    listed = re.findall(r"^(.+?) ?\.{3,} ?(\d+)$", pages[1], re.MULTILINE)
    assert len(listed) >= 15
    for title, number in listed:
        expected = "việc cần quyết định" if title == "Trang quyết định" else title
        assert expected in flow(pages[int(number) - 1])


def test_no_word_of_a_machine_is_printed(pages: list[str]) -> None:
    text = "\n".join(pages)
    assert not re.search(r"\b(None|nan|NaN|NaT|Decimal|True|False|Undefined)\b", text)
    assert "THIẾU" not in text


def test_every_line_of_a_unit_is_printed_with_its_state(pages: list[str]) -> None:
    text = flow("\n".join(pages))
    for row in small_tables()["lines"]:
        assert row["task_id"] in text
    assert "▲ quá hạn" in text
    assert "▒ chưa nộp" in text


def test_control_lines_count_the_rows_really_printed(html: str) -> None:
    claimed = sum(int(n) for n in re.findall(r"đủ (\d+)/\d+ dòng", html))
    bodies = re.findall(r"<tbody>(.*?)</tbody>", html, re.DOTALL)
    rows = sum(len(re.findall(r'<tr>(?!\s*<td colspan="6">)', body)) for body in bodies)
    uncontrolled = sum(len(re.findall("<tr>", strip)) for strip in tables_without_control(html))
    assert claimed == rows - uncontrolled


def tables_without_control(html: str) -> list[str]:
    """Return the bodies of the tables that print no rows of the archive one by one."""
    pattern = r'<table class="(?:meeting|strip|load)">.*?<tbody>(.*?)</tbody>'
    return re.findall(pattern, html, re.DOTALL)


def test_a_unit_that_did_not_report_is_a_hatched_block_with_the_word(html: str) -> None:
    assert '<td class="hatch" colspan="13"><b>Chưa nộp: 5 dòng' in html
    assert "2/3 đơn vị, chưa gồm ΣA" in html


def entered(lines: int) -> str:
    """Return the packet where the group has entered the first lines of the unit that sent none."""
    tables = small_tables()
    theirs = [row for row in tables["lines"] if row["unit"] == "YT"]
    (unit,) = (row for row in tables["units"] if row["unit"] == "YT")
    zero = dict.fromkeys(("completed", "completed_reported", "delivered", *"DQP"), Decimal(0))
    for row in theirs[:lines]:
        row |= zero | {"standing": "quá hạn", "source": "nhập thay"}
    unit["substituted"] = lines
    if lines == len(theirs):
        rates = dict.fromkeys(("a", "b", "c", "R", "R_reported"), Decimal("0.625"))
        unit |= rates | {"summed": "có", "overdue": lines}
    return compose(make_result(SMALL, tables=tables))


def test_a_missing_unit_entered_whole_by_the_group_prints_its_figures() -> None:
    html = entered(5)
    own = flow(html.partition('id="unit-2"')[2].partition("<section")[0])
    assert '<td class="hatch" colspan="13">' not in html
    assert "Trạm Y tế<br/><i>chưa nộp, Tổ công tác nhập thay 5 dòng</i>" in html
    assert '<td class="great">62,5</td>' in own
    assert "chưa nộp" not in own.casefold()
    assert "</b> Trạm Y tế (1/3 đơn vị)" in html


def test_a_missing_unit_entered_in_part_is_neither_carried_whole_nor_rated() -> None:
    html = entered(2)
    assert "Chưa nộp: 5 dòng, Tổ công tác mới nhập thay 2 dòng, chưa tính tỷ lệ" in html
    assert "chuyển nguyên" not in html
    own = html.partition('id="unit-2"')[2].partition("<section")[0]
    assert '<td class="hatch"><b>Chưa nộp</b></td>' in own
    assert own.count('<td class="n">–</td>') == 3


BLANK = "(trang để trống)"


def pages_with(texts: list[str], words: str) -> list[int]:
    return [n for n, text in enumerate(texts, 1) if words in flow(text)]


def lefts(texts: list[str]) -> list[int]:
    """Return the pages where the units' last fifteen days begin."""
    return pages_with(texts, "15 ngày qua,")


def rights(texts: list[str]) -> list[int]:
    """Return the pages where the units' next fifteen days begin."""
    return pages_with(texts, "☐ trước tên việc")


def test_every_unit_takes_two_pages_that_face_each_other(pages: list[str]) -> None:
    starts = lefts(pages)
    first = starts[0]
    assert starts == [first, first + 2, first + 4]
    assert first % 2 == 0
    assert rights(pages) == [start + 1 for start in starts]


def test_sixteen_ordinary_lines_stand_on_one_page() -> None:
    texts = read(compose(make_result((("HCC", "Trung tâm Phục vụ", "không", 16),), seed=1)))
    (left,), (right,) = lefts(texts), rights(texts)
    assert (left % 2, right) == (0, left + 1)
    assert "đủ 16/16 dòng" in texts[left - 1]
    assert "NGƯỜI GIAO VIỆC" in texts[right - 1]


@pytest.mark.parametrize("lines", [(24, 24, 24), (4, 24, 4), (24, 4, 4), (4, 4, 24)])
def test_a_units_sheets_begin_on_a_left_page_and_hold_nothing_of_another(lines: tuple) -> None:
    codes = ("VP", "KT", "HCC")
    units = [(code, f"Phòng {code}", "không", n) for code, n in zip(codes, lines, strict=True)]
    texts = read(compose(make_result(units)))
    starts, nexts = lefts(texts), rights(texts)
    assert all(start % 2 == 0 for start in starts)
    for start, right, n in zip(starts, nexts, lines, strict=True):
        last = max(page for page in pages_with(texts, f"đủ {n}/{n} dòng") if start <= page < right)
        assert right == last + 1  # a page of its own, facing the last of the days before it
    assert all(blank + 1 in starts for blank in pages_with(texts, BLANK))


def test_spreads_follow_each_other_when_not_printed_duplex(small: CycleResult) -> None:
    shown = compose(dataclasses.replace(small, options={"names": "out", "duplex": False}))
    texts = read(shown)
    first = lefts(texts)[0]
    assert pages_with(texts, BLANK) == []
    assert lefts(texts) == [first, first + 2, first + 4]
    assert {round(box.margin_left * 25.4 / 96) for box in page_boxes(shown)} == {30}


def part_of(html: str, place: str) -> str:
    """Return the section with this id."""
    return re.search(rf'<section [^>]*id="{place}">.*?</section>', html, re.DOTALL)[0]


def load_of(html: str, unit: int) -> str:
    """Return the table of a unit's load per person."""
    return re.findall(r'<table class="load">.*?</table>', html, re.DOTALL)[unit - 1]


def test_a_unit_that_sent_nothing_has_no_zero_for_what_nobody_knows(html: str) -> None:
    own, load = part_of(html, "unit-2"), load_of(html, 2)
    rows = re.findall(r"<tr>.*?</tr>", part_of(html, "people"), re.DOTALL)
    theirs = [row for row in rows if "Trạm Y tế" in row]
    assert "Chưa nộp" in own
    assert "chưa nộp</td>" in own
    assert not any(re.search(r">0(,0+|/\d+)?</td>", part) for part in (own, *theirs))
    people = small_tables()["people"]
    assert load.count("chưa nộp</td>") == len(theirs) == sum(row["unit"] == "YT" for row in people)
    assert "/" not in re.sub("</", "", load[load.index("<tbody>") :])


def test_a_unit_whose_progress_alone_is_watched_has_no_converted_load(html: str) -> None:
    assert "ΣA kỳ tới" in load_of(html, 1)
    assert "Xong/ giao" in load_of(html, 3)
    assert "Σ" not in load_of(html, 3)


def changed_line(**changes: object) -> tuple[dict, str]:
    """Return the spread of a unit, one of whose delivered lines was changed, and its task id."""
    rows = small_tables()["lines"]
    line = next(row for row in rows if row["unit"] == "KT" and row["D"])
    line |= changes
    spread = spreads(open_book(make_result(SMALL, tables={"lines": rows})))[0]
    return spread, line["task_id"]


@pytest.mark.parametrize(
    ("share", "cuts"), [(1, ", 3 lần không trừ"), (Decimal("0.25"), ", trừ 3")]
)
def test_only_lines_that_lost_something_are_called_deducted(share: Decimal, cuts: str) -> None:
    D = Decimal(20)
    spread, task = changed_line(D=D, Q=D, P=D * share, lateness=3, rework=0)
    assert next(cut for row, cut in spread["rows"] if row["task_id"] == task) == cuts


def test_figures_of_a_column_have_as_many_decimals_as_the_longest() -> None:
    assert changed_line(assigned=Decimal("0.25"))[0]["places"] == 2
    assert changed_line(assigned=Decimal("2.0"))[0]["places"] == 0


def test_what_the_unit_reported_stands_in_the_line_of_its_state() -> None:
    rows = small_tables()["lines"]
    line = next(row for row in rows if row["unit"] == "KT" and row["standing"] == "đúng hạn")
    line |= {"completed_reported": Decimal(7), "rework": 0, "lateness": 0}
    shown = compose(make_result(SMALL, tables={"lines": rows}))
    assert "✓ đúng hạn</span>, báo 7</td>" in shown


def test_a_newer_version_that_waits_for_a_word_is_said_on_page_two() -> None:
    row = {"unit": "KT", "file": "a.xlsx", "received": "15/11/2026 16:05", "version": 1}
    rows = [row | {"status": "đang dùng"}, row | {"version": 2, "status": "chờ xác nhận"}]
    texts = read(compose(make_result(SMALL, tables={"submissions": rows})))
    assert "bản 2 chờ thư ký xác nhận" in flow(texts[1])


def test_late_returns_are_marked_in_all_cycles_and_short_words_stay_on_their_line() -> None:
    past = {"unit": "KT", "cycle": "2026-10-K2", "status": "Đạt, có lưu ý", "late_report": "có"}
    punctual = past | {"cycle": "2026-10-K1", "late_report": "không"}
    result = make_result(SMALL, tables={"history": [past, punctual]})
    rows = charts.status_matrix(open_book(result))["rows"]
    assert rows[0]["statuses"][3:5] == [("Đạt, có lưu ý", False), ("Đạt, có lưu ý", True)]
    texts = read(compose(result))
    sheet = texts[pages_with(texts, "Phụ lục 5. Nộp báo cáo")[1] - 1]
    sheet = sheet[sheet.index("Phụ lục 5.") : sheet.index("Phụ lục 6.")]
    assert sheet.count("chậm") == 1
    assert sheet.count("Đạt, có lưu ý") == 2


def test_short_annexes_are_not_torn_from_their_heading(pages: list[str]) -> None:
    for title, last in (("Phụ lục 5. Nộp báo cáo", "Công an xã"), ("Phụ lục 10. Quy tắc", "Ví dụ")):
        (number,) = (n for n in pages_with(pages, title) if n > 2)
        assert last in pages[number - 1]


def test_small_things_of_the_core(html: str, pages: list[str]) -> None:
    assert "Số: ……/……" in pages[0]
    assert '<b class="code">CC-02</b> Tỷ lệ hồ sơ nộp trực tuyến' in html
    rows = [row | {"note": ""} for row in small_tables()["lines"]]
    overdue_part = part_of(compose(make_result(SMALL, tables={"lines": rows})), "overdue")
    assert "<td>Không nêu lý do" in overdue_part


@pytest.fixture(scope="module")
def laid_out(html: str) -> list:
    return page_boxes(html)


def page_boxes(html: str) -> list:
    """Return the page boxes WeasyPrint laid out."""
    return [one._page_box for one in press.Page(html).render().pages]


def test_text_stays_between_the_margins(laid_out: list) -> None:
    assert [word for box in laid_out for word in outside(box)] == []


def outside(box: object) -> list[str]:
    """Return the words that stand beyond the side margins of a page."""
    left, right = box.content_box_x(), box.content_box_x() + box.width
    content = [child for child in box.children if type(child).__name__ != "MarginBox"]
    texts = [part for child in content for part in child.descendants() if hasattr(part, "text")]
    far = [t for t in texts if t.position_x < left - 1 or t.position_x + t.width > right + 1]
    return [t.text for t in far]


def test_margins_are_those_of_the_decree_with_the_wider_one_where_it_is_bound(
    laid_out: list,
) -> None:
    for box in laid_out:
        mm = {side: round(getattr(box, f"margin_{side}") * 25.4 / 96, 2) for side in SIDES}
        assert 20 <= mm["top"] <= 25
        assert 20 <= mm["bottom"] <= 25
        bound_right = box.page_type.side == "left" and box.page_type.name != "wide"
        inner, outer = ("right", "left") if bound_right else ("left", "right")
        assert 30 <= mm[inner] <= 35
        assert 15 <= mm[outer] <= 20


# --- the decision page


def point(n: int, **changes: object) -> dict[str, object]:
    row = {"point": f"V-{n}", "group": "Quá hạn từ hai kỳ", "unit": "KT", "matter": f"Việc {n}"}
    figure = {"figure": "xong 1/3, quá hạn 5 ngày", "proposal": "Gia hạn.", "minutes": 10}
    return row | figure | {"chosen": "có" if n < 5 else "không"} | changes


def first_page(points: list[dict]) -> str:
    shown = compose(make_result(SMALL, tables={"agenda": points}))
    return re.search(r'<section id="decision">.*?</section>', shown, re.DOTALL)[0]


def test_minutes_add_up_to_the_meeting() -> None:
    shown = first_page([point(n) for n in range(9)])
    given = [int(n) for n in re.findall(r"<b> (\d+) phút</b>", shown)]
    general = int(re.search(r"gồm (\d+) phút thảo luận chung", shown)[1])
    assert len(given) == 5
    assert sum(given) + general == 60
    assert "Còn 4 việc khác" in shown


def test_more_minutes_than_the_meeting_has_are_said() -> None:
    assert "đã quá 15 phút" in first_page([point(n, minutes=15) for n in range(5)])


def test_no_points_are_said_in_words() -> None:
    assert "Không có việc cần quyết định" in first_page([])


def test_a_point_without_a_unit_names_its_group() -> None:
    assert "Kiến nghị của Tổ" in first_page([point(0, unit="", group="Kiến nghị của Tổ")])


@pytest.mark.parametrize("text", ["Rất dài " * 60, "W" * 400, "ngắn"])
@pytest.mark.parametrize("count", [0, 1, 3, 5])
def test_decisions_fill_exactly_one_page(count: int, text: str) -> None:
    long = {"matter": text, "proposal": text, "figure": text}
    units = [(code, f"{name} {text}", only, 3) for code, name, only, _ in SMALL]
    tables = {"agenda": [point(n, **long) for n in range(count)]}
    shown = compose(make_result(units, tables=tables))
    body = re.search(r"(.*?<section id=\"decision\">.*?</section>)", shown, re.DOTALL)[1]
    assert len(read(f"{body}</body></html>")) == 1


# --- views


def test_overdue_lines_stand_longest_first_and_complete(small: CycleResult) -> None:
    rows = overdue(open_book(small))
    days = [row["days_late"] for row in rows]
    assert days == sorted(days, reverse=True)
    assert len(rows) == small.tables["commune"]["overdue"][0]


def test_the_overdue_say_which_lines_may_be_late_beside_them() -> None:
    """Of a silent unit the due ones are counted; a line without a date is due with the cycle."""
    (row,) = small_tables()["lines"][:1]
    silent = row | {"standing": "chưa nộp", "unit": "VP"}
    dates = (date(2026, 11, 15), date(2026, 11, 16), None)
    rows = [silent | {"due": due} for due in dates]
    assert unheard(open_book(make_result(SMALL, tables={"lines": rows}))) == {
        **{"lines": 3, "units": 1, "passed": 2, "unclear": 0}
    }
    unclear = [*rows, row | {"standing": "chưa rõ"}]
    told = part_of(compose(make_result(SMALL, tables={"lines": unclear})), "overdue")
    assert (
        "Chưa gồm 3 dòng của 1 đơn vị chưa nộp báo cáo (hạn đến hết 15/11: 2 dòng)"
        " và 1 dòng chưa rõ số liệu." in told
    )


def test_obstacles_stand_by_the_one_who_must_act(small: CycleResult) -> None:
    rows = [{"unit": "KT", "who": who} for who in ("Trưởng đơn vị", "Ai đó", "Chủ tịch UBND xã")]
    book = open_book(make_result(SMALL, tables={"obstacles": rows}))
    assert [row["who"] for row in obstacles(book)] == ["Chủ tịch UBND xã", "Trưởng đơn vị", "Ai đó"]


def test_an_obstacle_wanted_away_before_the_meeting_says_so(small: CycleResult) -> None:
    stuck = {"unit": "KT", "obstacle": "Thiếu", "proposal": "Cấp", "who": "Sở", "task_id": ""}
    day = small.meeting["meeting_on"]
    rows = [stuck | {"wanted_by": day}, stuck | {"wanted_by": day - timedelta(days=1)}]
    told = part_of(compose(make_result(SMALL, tables={"obstacles": rows})), "obstacles")
    assert told.count("đã qua") == 1


def test_few_lines_and_few_items_print_counts_not_percents() -> None:
    row = {"name": "A", "unit": "KT", "rated": "có", "done": 3, "lines": 4, "arithmetic": ""}
    row |= dict.fromkeys(("a", "b", "c", "R"), Decimal("0.75"))

    def instead(**changes: object) -> str:
        book = open_book(make_result(SMALL, tables={"people": [row | changes]}))
        return people(book)[0]["instead"]

    assert instead(items=Decimal(4)).startswith("xong 3/4 dòng")
    assert instead(items=Decimal(5)) == ""
    assert instead(items=Decimal(4), lines=5) == ""
    assert instead(items=Decimal(9), rated="không", arithmetic="không tính") == "không tính"


def test_versions_are_compared_in_a_line_each() -> None:
    file = {"unit": "KT", "status": "thay bằng bản mới"}
    files = [{**file, "version": n, "file": f"{n}.xlsx"} for n in (None, 1, 2, 3, 4)]
    change = {"unit": "KT", "file_after": "2.xlsx", "before": "x", "after": ""}
    gone = [{**change, "cell": f"N{n}"} for n in (6, 7, 8, 9)]
    row_gone = {**change, "row_key": "KT-09"}
    tables = {
        "submissions": [*files, {"unit": "", "version": None, "file": "lạ.xlsx"}],
        "changes": [
            *gone,
            {**change, "after": "y"},
            {**change, "before": "", "after": "y"},
            {**change, "file_after": "3.xlsx", "after": "y"},
            {**row_gone, "file_after": "3.xlsx"},
        ],
    }
    assert changes(open_book(make_result(SMALL, tables=tables))) == [
        "KT bản 2 so với bản 1: 2 ô khác, 4 ô bỏ trống (N6, N7, N8, …)",
        "KT bản 3 so với bản 2: 1 ô khác, 1 ô bỏ trống (KT-09)",
        "KT bản 4 so với bản 3: không ô nào khác",
    ]


def test_questions_have_an_annex_of_their_own_even_without_any() -> None:
    asked = {
        "code": "K802",
        "severity": "lưu ý",
        "unit": "KT",
        "message": "Hỏi.",
        "action": "Đề nghị.",
    }
    html = compose(
        make_result(SMALL, tables={"findings": [asked], "changes": [], "submissions": []})
    )
    assert html.count("<td>Hỏi.</td>") == 1
    assert "Không có lỗi." in html
    assert "So các bản" not in html
    assert "Không có số liệu phải hỏi lại." in compose(make_result(SMALL, tables={"findings": []}))


def test_findings_of_every_unit_are_counted_and_none_is_said() -> None:
    rows = [
        {"code": "K301", "severity": "lỗi", "unit": "KT"},
        {"code": "K702", "severity": "lưu ý"},
    ]
    found = findings(open_book(make_result(SMALL, tables={"findings": rows})))
    assert [(group["name"], group["counts"]) for group in found] == [
        ("Toàn xã", "không có lỗi, 1 lưu ý"),
        ("Phòng Kinh tế", "1 lỗi"),
        ("Trạm Y tế", "không có lỗi"),
        ("Công an xã", "không có lỗi"),
    ]
    assert "Không có lỗi." in compose(make_result(SMALL, tables={"findings": []}))


def test_names_of_persons_stand_in_apart_or_out(small: CycleResult) -> None:
    def shown(names: str, make: Callable[[CycleResult], str] = compose) -> str:
        return make(dataclasses.replace(small, options={"names": names, "duplex": True}))

    marker = "<th>Chức vụ, diện</th>"
    assert marker in shown("in")
    assert marker not in shown("apart")
    assert "In thành tờ riêng" in shown("apart")
    assert marker not in shown("out")
    assert marker in shown("apart", compose_people)
    assert "chưa phải xếp loại" in shown("apart", compose_people)


REVISED = [
    {"table": "Đơn vị", "name": "KT", "figure": "R", "before": "0,80", "after": "0,75"},
    {"table": "Nhân sự", "name": "CB1", "figure": "R", "before": "", "after": "0,615"},
]


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ("in", "đủ 2/2 dòng"),
        ("apart", "Còn 1 số của từng người in ở tờ riêng"),
        ("out", "Còn 1 số của từng người không in, theo thiết lập của xã"),
    ],
)
def test_figures_printed_before_are_told_and_those_of_persons_where_persons_stand(
    names: str, said: str
) -> None:
    result = make_result(SMALL, tables={"revised": REVISED})
    result = dataclasses.replace(result, options={"names": names, "duplex": True})
    page = compose(result)
    assert "2 số khác bản đã khóa trước" in page
    assert said in page
    assert "KT Phòng Kinh tế" in page
    assert ("0,615" in page) is (names == "in")
    apart = compose_people(result)
    assert "0,615" in apart
    assert "trống" in apart
    assert "0,75" not in apart


def test_a_packet_of_a_cycle_closed_once_has_no_list_of_changed_figures(small: CycleResult) -> None:
    assert "Số đã in nay khác" not in compose(small)


# --- charts


def cycle_rows(*rates: str | None, lines: int = 9) -> list[dict | None]:
    row = {"lines": lines, "rule_code": "QT-F211"}
    return [{**row, "R": Decimal(rate)} if rate else None for rate in rates]


@pytest.mark.parametrize(
    ("rates", "words"),
    [
        (("0.9", "0.8", "0.7", "0.6"), "ba kỳ liền giảm"),
        (("0.5", "0.6", "0.7", "0.8", "0.9"), "bốn kỳ liền tăng"),
        (("0.6", "0.5", "0.4", "0.3", "0.2", "0.1"), "năm kỳ liền giảm"),
        (("0.9", "0.8", "0.7"), ""),
        (("0.8", "0.8", "0.8", "0.8"), ""),
        (("0.9", "0.8", None, "0.7", "0.6"), ""),
        (("0.9", "0.8", "0.7", None), ""),
        (("0.5", "0.9", "0.8", "0.7", "0.6"), "ba kỳ liền giảm"),
    ],
)
def test_a_trend_needs_three_steps_one_way(rates: tuple, words: str) -> None:
    assert charts.trend(cycle_rows(*rates)) == words


def test_a_trend_needs_five_lines() -> None:
    assert charts.trend(cycle_rows("0.9", "0.8", "0.7", "0.6", lines=4)) == ""


def test_the_change_is_that_of_the_printed_figures() -> None:
    assert charts.change([Decimal("0.8004"), Decimal("0.8006")]) == "+0,1"
    assert charts.change([Decimal("0.9"), Decimal("0.8")]) == "−10,0"
    assert charts.change([Decimal("0.9"), Decimal("0.9")]) == "0,0"
    assert charts.change([None, Decimal("0.9")]) == ""


def test_dots_stand_where_the_rates_are_and_say_them_beside() -> None:
    kt, yt = cycle_rows("0.8", None), cycle_rows(None, None)
    rows = [
        {"name": "KT", "R": Decimal("0.5"), "before": kt[0], "chart": charts.rate_chart(kt)},
        {"name": "YT", "R": None, "before": None, "chart": charts.rate_chart(yt)},
    ]
    whole = {"name": "Toàn xã", "R": Decimal(1), "before": None, "chart": rows[0]["chart"]}
    chart = charts.rate_dots(rows, whole)
    zero, hundred = charts.AXIS, charts.AXIS + charts.LENGTH
    places = [(row["name"], row["now"], row["before"], row["whole"]) for row in chart["rows"]]
    assert places == [
        ("KT", f"{(zero + hundred) / 2:.1f}", f"{zero + 0.8 * charts.LENGTH:.1f}", False),
        ("Toàn xã", f"{hundred:.1f}", "", True),
    ]
    assert chart["scale"][0] == (f"{zero:.1f}", 0)
    assert chart["rows"][0]["figures"] == rows[0]["chart"]["figures"]
    assert "YT" not in chart["words"]


def test_a_bar_is_as_long_as_the_printed_rate() -> None:
    assert charts.gauge(Decimal("0.89996")) == "90.0"
    assert charts.gauge(None) == ""


def test_a_missing_cycle_is_a_gap_not_a_zero() -> None:
    chart = charts.rate_chart(cycle_rows("1", "0.5", None, "0", "0.5", "1"))
    assert chart["paths"] == ["M0 0.0L20 15.0", "M60 30.0L80 15.0L100 0.0"]
    assert chart["figures"] == "100,0 · 50,0 · – · 0,0 · 50,0 · 100,0".replace(" ·", "\u00a0·")
    assert not charts.rate_chart(cycle_rows("1", "1", "1", "1", "1", None))["ends_now"]


def test_cycles_of_other_rules_are_said_but_neither_drawn_nor_compared() -> None:
    rows = cycle_rows("0.9", "0.8", "0.7", "0.6", "0.5", "0.4")
    for row in rows[:4]:
        row["rule_code"] = "QT-0000"
    chart = charts.rate_chart(rows)
    assert (chart["change"], chart["trend"]) == ("−10,0", "")
    assert len(chart["dots"]) == 2
    assert chart["figures"].startswith("90,0")
    rows[4]["rule_code"] = "QT-0000"
    assert charts.rate_chart(rows)["change"] == ""


def test_six_cycles_end_with_this_one() -> None:
    assert charts.last_cycles(CYCLE) == [
        *("2026-08-K2", "2026-09-K1", "2026-09-K2", "2026-10-K1", "2026-10-K2", "2026-11-K1")
    ]


def test_the_bar_holds_every_line(small: CycleResult) -> None:
    bar = charts.standing_bar(open_book(small))
    assert sum(part["count"] for part in bar["segments"]) == bar["total"] == 18
    assert abs(sum(Decimal(part["width"]) for part in bar["segments"]) - charts.BAR) < 1


# --- extremes

HOSTILE = (
    '<script>alert(1)</script><h1>QUYẾT ĐỊNH GIẢ</h1><img src="file:///etc/passwd">',
    '"><style>@import url(http://127.0.0.1:9/x)</style><a href="javascript:x">',
    "{{ 7 * 7 }}{% include 'x' %}{# #}",
    "\u202eđảo\u2066 \u200f",
    "a\u0301\u0302\u0303\u0304\u0305\u0306" * 40,
    "dòng 1\r\n\n\ndòng 2\u2028dòng 3",
    "W" * 1000,
    "\x00\x07\ud800\ufffe",
)
CODES = {
    *("unit", "cycle", "person", "standing", "kind", "origin", "chosen", "severity", "deduct"),
    *("progress_only", "status", "summed", "rated", "late_report", "exempt_progress"),
}


def hostile_tables() -> dict[str, list[dict]]:
    """Return the rows of two units with every free text replaced by a hostile one."""
    made = make_tables(TINY, random.Random(335))
    tables, n = {key: [dict(row) for row in rows] for key, rows in made.items()}, 0
    for row in (row for rows in tables.values() for row in rows):
        for name, value in row.items():
            if isinstance(value, str) and name not in CODES:
                row[name] = HOSTILE[n % len(HOSTILE)]
                n += 1
    return tables


def test_hostile_text_is_inert() -> None:
    shown = compose(make_result(TINY, tables=hostile_tables()))
    tags = Tables(shown).tags
    assert not {"script", "img", "iframe", "object", "link"} & set(tags)
    assert (tags["h1"], tags["style"]) == (1, 1)
    assert not re.search("[\u202a-\u202e\u2066-\u2069\u200b-\u200f\x00-\x08\ud800-\udfff]", shown)
    assert "49" not in re.findall(r"\{\{ 7.*?\}\}", shown)
    assert "{{ 7 * 7 }}" in shown
    texts = read(shown)
    assert "<h1>QUYẾT ĐỊNH GIẢ</h1>" in flow("".join(texts))
    assert "Mục lục" in texts[1]


@pytest.mark.parametrize("units", [(), (("KT", "Phòng Kinh tế", "không", 0),), UNITS[:1]])
def test_any_number_of_units_composes(units: tuple) -> None:
    assert "Mã bản in" in compose(make_result(units))


@pytest.mark.slow
def test_a_whole_commune_prints_with_a_short_core() -> None:
    texts = read(compose(make_result()))
    first_unit = next(n for n, text in enumerate(texts) if "15 ngày qua," in text)
    assert first_unit <= 12
    assert "đủ 168/168" not in texts[0]
    assert all("THIẾU" not in text for text in texts)


@pytest.mark.slow
def test_a_unit_of_three_hundred_lines_runs_on() -> None:
    texts = read(compose(make_result((("VP", "Văn phòng HĐND và UBND", "không", 300),))))
    assert any("đủ 300/300 dòng" in text for text in texts)


@pytest.mark.slow
def test_hostile_text_stays_between_the_margins() -> None:
    boxes = page_boxes(compose(make_result(TINY, tables=hostile_tables())))
    assert [word for box in boxes for word in outside(box)] == []


# --- what the working group added


def test_the_groups_proposals_stand_with_their_facts_and_a_blank_decision(html: str) -> None:
    part = part_of(html, "conduct")
    assert "VII. Khen thưởng, nhắc nhở, kỷ luật, kỷ cương" in part
    for told in ("Nguyễn Văn An", "Xong đúng hạn 5/5 dòng.", "Trình ký sau giờ yêu cầu"):
        assert told in part
    assert part.count("<td>chưa đề nghị</td>\n<td></td>") == 2
    nothing = {"rewards": [], "discipline": []}
    quiet = part_of(compose(make_result(SMALL, tables=nothing)), "conduct")
    assert "Không có đề nghị khen thưởng." in quiet
    assert "Tổ công tác không ghi nhận vi phạm." in quiet


def test_drawn_lines_stand_beside_the_questions_with_the_last_cycles_result(html: str) -> None:
    part = part_of(html, "questions")
    now, before = part.split("Kết quả kiểm tra kỳ trước")
    assert "chưa kiểm tra" in now
    assert '<td class="n">−1</td>\n<td>17/11 Lê Thị Hạnh</td>' in before
    none = {"inspections": [], "inspected_before": []}
    quiet = part_of(compose(make_result(SMALL, tables=none)), "questions")
    assert "Chưa rút thăm" in quiet
    assert "kỳ trước" not in quiet


def test_every_figure_the_group_changed_or_entered_is_listed(html: str) -> None:
    assert "Thiếu một văn bản" in part_of(html, "gaps")
    assert "nhập thay" not in part_of(html, "gaps")
    row = {
        "unit": "YT",
        "task_id": "YT-01",
        "task": "Trực",
        "completed": Decimal(2),
        "used": "không",
    }
    shown = compose(make_result(SMALL, tables={"gaps": [], "substitutes": [row]}))
    part = part_of(shown, "gaps")
    assert "Không số nào được xác nhận khác số báo cáo." in part
    assert "Trực<b> (không dùng)</b>" in part


def test_the_commune_has_its_six_cycles_and_the_units_own_figure(html: str) -> None:
    total = re.search(r'<tr class="total">.*?</tr>', part_of(html, "summary"), re.DOTALL)[0]
    assert "<title>Toàn xã, sáu kỳ, %" in total
    (commune,) = small_tables()["commune"]
    step = charts.change([Decimal("0.955"), commune["R"]])
    assert f'<td class="n">{step}</td>' in total
    assert page._percent(commune["R_reported"]) in total
    assert "(toàn xã khi đó 3/3 đơn vị)" in part_of(html, "summary")


def test_indicators_show_six_cycles_and_name_their_proposal(html: str) -> None:
    part = part_of(html, "indicators")
    assert "CC-02: – · – · – · – · 70,0 · 71,7.".replace(" ·", "\u00a0·") in part
    assert "CC-06: – · – · – · – · 2 · 3.".replace(" ·", "\u00a0·") in part
    assert "kiến nghị 1</i>" in part
    assert part.count("<title>Hồ sơ đang giải quyết bị quá hạn") == 0  # no share of a hundred


@pytest.mark.parametrize(
    ("values", "over", "words"),
    [
        (("4", "6", "9", "11"), None, "ba kỳ liền tăng"),
        (("11", "9", "6", "4"), 9, "ba kỳ liền giảm"),
        (("11", "9", "6", "4"), 4, ""),
        (("4", None, "9", "11"), None, ""),
    ],
)
def test_a_trend_of_an_indicator_is_over_enough(
    values: tuple, over: int | None, words: str
) -> None:
    rows = [{"value": v and Decimal(v), "denominator": over and Decimal(over)} for v in values]
    assert charts.value_chart(rows, {"measure": "hồ sơ", "target": None})["trend"] == words


@pytest.mark.parametrize(
    ("measure", "value", "target", "shown"),
    [
        ("%", "97.966667", "98", "97,97"),
        ("%", "97.999999999", "98", "97,999999999"),
        ("%", "98.04", "98", "98,04"),
        ("%", "98", "98", "98,0"),
        ("%", "97.94", None, "97,9"),
        ("ngày", "2.54", "2.5", "2,54"),
        ("ngày", "2.5", "2.5", "2,5"),
        ("hồ sơ", "4", "0", "4"),
        ("hồ sơ", "1234", "0", "1.234"),
    ],
)
def test_a_value_is_never_shown_on_the_other_side_of_its_target(
    measure: str, value: str, target: str | None, shown: str
) -> None:
    indicator = {"measure": measure, "target": target and Decimal(target)}
    assert charts.show_value(Decimal(value), indicator) == shown


def test_a_value_just_short_of_its_target_does_not_look_like_it(small: CycleResult) -> None:
    rows = records(small.tables["indicators"])
    short = {"value": Decimal("97.9666667"), "target": Decimal(98), "met": "chưa đạt"}
    rows[0] |= short | {"better": "cao hơn", "measure": "%"}
    part = part_of(compose(make_result(SMALL, tables={"indicators": rows})), "indicators")
    assert "<b>97,97</b>" in part
    assert "<b>98,0</b>" not in part


def test_the_running_head_is_one_line_and_the_heading_whole() -> None:
    name = "Phòng Kinh tế, Hạ tầng, Đô thị, Nông nghiệp và Môi trường khu vực phía Tây"
    made = compose(make_result((("KT", name, "không", 4),)))
    assert f'<h2 data-head="Phòng Kinh tế, Hạ tầng, Đô thị, Nông nghiệp…">{name}</h2>' in made
    assert f'<h2 data-head="Phòng Kinh tế, Hạ tầng, Đô thị…: 15 ngày tới">{name}' in made


def test_a_long_list_of_obstacles_leaves_room_to_write() -> None:
    """Such a unit runs on to another page anyway."""
    stuck = {"unit": "KT", "obstacle": "Thiếu", "proposal": "Cấp", "who": "Trưởng đơn vị"}
    rows = [{**stuck, "task_id": "", "wanted_by": None}] * 10
    page = compose(make_result(SMALL, tables={"obstacles": rows}))
    boxes = re.findall(r'<div class="box">(.*?)</div></div>', page)
    assert [box.count("ruled") for box in boxes] == [3, 4, 4]


def test_working_days_are_called_so(small: CycleResult) -> None:
    rules = small.rule_settings | {"late_rule": "working_day"}
    page = compose(make_result(SMALL, rule_settings=rules))
    assert "Số ngày chậm là số ngày làm việc, theo quy tắc của xã." in part_of(page, "overdue")
    assert re.search(r"quá hạn \d+ ngày làm việc</span>", page)
    assert "ngày làm việc</span>" not in compose(small)


def test_only_what_stands_in_no_column_is_named_below_the_summary(small: CycleResult) -> None:
    lines = records(small.tables["lines"])
    for row in lines:
        row["standing"] = "đúng hạn"
    part = part_of(compose(make_result(SMALL, tables={"lines": lines})), "summary")
    assert "Dòng giao không nằm ở cột nào" not in part
    lines[0]["standing"], lines[1]["standing"] = "thu hồi", "chưa rõ"
    part = part_of(compose(make_result(SMALL, tables={"lines": lines})), "summary")
    assert "Dòng giao không nằm ở cột nào: thu hồi 1, chưa rõ 1. Đơn vị" in part


def test_a_unit_whose_files_were_all_refused_has_sent_something() -> None:
    file = {"unit": "YT", "file": "anh.jpg", "status": "từ chối"}
    shown = compose(make_result(SMALL, tables={"submissions": [file]}))
    assert "<b>Chưa nộp: đã gửi, chưa dùng được</b>" in shown
    assert "Chưa nộp (đã gửi, chưa dùng được): 5 dòng" in shown
    assert "; đã gửi, chưa dùng được: Trạm Y tế" in part_of(shown, "decision")
    withdrawn = [file | {"status": "rút"}]
    assert "chưa dùng được" not in compose(make_result(SMALL, tables={"submissions": withdrawn}))


# --- a rehearsal


def test_a_rehearsal_says_so_across_every_page(html: str) -> None:
    result = make_result(())
    draft = compose(dataclasses.replace(result, options={**result.options, "draft": True}))
    pages = press.Page(draft).render().pages
    assert all(one._page_box.background is not None for one in pages)
    assert all("Mã bản in 7F3A, NHÁP" in text for text in read(draft))
    assert "NHÁP" not in html


# --- what is long goes on in an annex


def many(n: int) -> list[dict]:
    """Return n obstacles, each of its own."""
    row = {"unit": "KT", "who": "Trưởng đơn vị", "proposal": "Gỡ"}
    return [row | {"obstacle": f"Vướng thứ {k}"} for k in range(n)]


def test_long_lists_go_on_in_an_annex_and_nothing_is_lost() -> None:
    shown = compose(make_result(SMALL, tables={"obstacles": many(600)}))
    first, rest = part_of(shown, "obstacles"), part_of(shown, "rest")
    control = r"(\d+)/600 dòng; (\d+) dòng sau ở phụ lục «Danh sách tiếp theo»"
    here, later = map(int, re.search(control, first).groups())
    assert here + later == 600
    assert f"đủ {later}/{later} dòng" in rest
    told = re.findall(r"Vướng thứ \d+", first + rest)
    assert told == [f"Vướng thứ {n}" for n in range(600)]
    assert first.count("Vướng thứ") == here > 20
    assert "Phụ lục 11. Danh sách tiếp theo" in shown
    assert "THIẾU" not in shown


def test_lists_that_have_room_stay_whole(html: str) -> None:
    assert "Danh sách tiếp theo" not in html
    assert "Nội dung ghi đủ" not in html
    shown = compose(make_result(SMALL, tables={"obstacles": many(60)}))
    assert "đủ 60/60 dòng" in part_of(shown, "obstacles")


def test_texts_cut_on_the_pages_stand_whole_in_an_annex() -> None:
    rows, name = small_tables()["lines"], f"{'Rà soát hồ sơ ' * 29}cuối cùng"
    assert 400 < len(name) < 430
    rows[0] |= {"task": name}
    rows[1] |= {"note": "x" * 5000}
    shown = compose(make_result(SMALL, tables={"lines": rows}))
    whole = part_of(shown, "texts")
    assert name not in shown.replace(whole, "")
    assert name in whole
    assert f"{'x' * 1199}…" in whole
    assert "Toàn văn ở luu-tru.xlsx." in whole


@pytest.mark.parametrize(
    ("table", "fields"),
    [
        ("agenda", ("matter", "figure", "proposal")),
        ("measures", ("subject", "measure", "owner")),
        ("discipline", ("found", "rule", "handling", "name")),
        ("rewards", ("facts", "proposal", "note", "name")),
        ("inspections", ("evidence", "note", "inspector")),
        ("claims", ("cause", "document", "reason", "confirmer")),
        ("indicators", ("source", "name")),
        ("obstacles", ("obstacle", "proposal")),
        ("lines", ("document", "evidence", "note", "reason")),
        ("gaps", ("reason",)),
        ("upcoming", ("product_name", "responsible", "approver")),
    ],
)
def test_whatever_is_cut_anywhere_stands_whole_once(table: str, fields: tuple) -> None:
    rows = small_tables()[table]
    texts = {field: f"{field} {'đọc cho hết ' * 40}hết" for field in fields}
    shown = compose(make_result(SMALL, tables={table: [rows[0] | texts, *rows[1:]]}))
    whole = part_of(shown, "texts")
    for text in texts.values():
        assert shown.count(f"<td>{text}</td>") == whole.count(text) == 1
    assert f"đủ {len(fields)}/{len(fields)} dòng" in whole


def test_place_and_chair_of_the_meeting_stand_whole_too() -> None:
    place, chair = ("Hội trường nhà văn hóa thôn " * 12).strip(), ("Phó Chủ tịch " * 30).strip()
    meeting = make_result(()).meeting | {"place": place, "chair": chair}
    whole = part_of(compose(make_result(SMALL, meeting=meeting)), "texts")
    assert place in whole
    assert chair in whole
    assert "Cuộc họp: chủ trì" in whole


def test_three_hundred_long_names_are_all_printed_after_what_is_decided() -> None:
    made = make_tables(ALONE, random.Random(5))
    for n, row in enumerate(made["lines"]):
        row["task"] = f"{n} {'rà soát hồ sơ ' * 28}".ljust(400, "x")
    proposal = "Quyết định " * 40
    made["agenda"] = [row | {"proposal": proposal} for row in made["agenda"]]
    whole = part_of(compose(make_result(ALONE, tables=made)), "texts")
    assert all(row["task"] in whole for row in made["lines"])
    assert "nội dung dài khác" not in whole
    assert whole.index(proposal.strip()) < whole.index(made["lines"][0]["task"])


def test_texts_beyond_all_that_is_printed_are_counted() -> None:
    rows = [row | {"obstacle": f"{n} {'y' * 2000}"} for n, row in enumerate(many(200))]
    whole = part_of(compose(make_result(SMALL, tables={"obstacles": rows})), "texts")
    assert "đủ 133/133 dòng" in whole
    assert "Còn 67 nội dung dài khác." in whole


def hostile_long_tables() -> dict[str, list[dict]]:
    """Return a cycle of three units, every free text of it long and meant to harm."""
    texts = (
        "W" * 30_000,
        "dòng\n" * 1000,
        "a" + "\u0301" * 30_000,
        "<td>" * 7000,
        "\u202e&" * 9000,
    )
    made, n = make_tables((*SMALL[:2], ("CA", "Công an xã", "có", 60)), random.Random(3)), 0
    for row in (row for rows in made.values() for row in rows):
        for name, value in row.items():
            if isinstance(value, str) and name not in CODES:
                row[name] = texts[n % len(texts)]
                n += 1
    return made


def print_and_measure(html: str) -> int:
    """Return the peak memory of this process after printing, in MB."""
    press.write_pdf(html)
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


@pytest.mark.slow
def test_a_hostile_cycle_is_printed_within_a_minute_and_600_megabytes() -> None:
    start = time.perf_counter()
    shown = compose(make_result(SMALL, tables=hostile_long_tables()))
    with ProcessPoolExecutor(1, get_context("forkserver")) as pool:
        megabytes = pool.submit(print_and_measure, shown).result()
    assert time.perf_counter() - start <= 60
    assert megabytes <= 600


CONCLUDED = {
    **{"cycle": "2026-10-K1", "conclusion": "KL-09", "unit": "KT", "who": "KT", "age": 2},
    **{"what": "Rà soát quỹ đất", "name": "Phòng Kinh tế", "state": "quá hạn", "postponed": 2},
    **{"due": date(2026, 11, 5), "due_first": date(2026, 10, 25), "matter": "", "result": ""},
}


@pytest.mark.parametrize("count", [1, 6])
@pytest.mark.parametrize("words", ["rà soát hồ sơ ", "NGHIỆM THU "])
def test_few_conclusions_leave_room_for_notes_that_never_runs_over(count: int, words: str) -> None:
    units = [(f"D{n:02d}", f"Đơn vị số {n}", "không", 1) for n in range(1, 11)]
    kept = CONCLUDED | {"name": words * 3, "what": words * 6}
    page = compose(make_result(units, tables={"conclusions": [kept] * count}))
    core = re.sub('href="#[^"]*"', "", page.partition('<section class="wide')[0])
    (_, contents, last) = read(f"{core}</body></html>")
    assert "I. Kết luận" not in contents.partition("Cuộc họp")[2]
    assert "Ghi chép" in last


def test_where_conclusions_share_a_page_or_fill_several_there_are_no_notes() -> None:
    for count in (0, 1, 30):
        shown = compose(make_result(SMALL, tables={"conclusions": [CONCLUDED] * count}))
        assert "Ghi chép" not in shown


@pytest.mark.slow
def test_thirty_units_still_have_a_core_of_twelve_pages() -> None:
    units = [(f"D{n:02d}", f"Đơn vị sự nghiệp công lập số {n}", "không", 8) for n in range(1, 31)]
    texts = read(compose(make_result(units)))
    assert max(pages_with(texts, "TỔ TRƯỞNG TỔ CÔNG TÁC")) <= 12
    assert len(lefts(texts)) == 30
    assert all("THIẾU" not in text for text in texts)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("units", "letters"),
    [(UNITS, 120), (UNITS, 200), (UNITS, 300), (THIRTY, 63), (ALONE, 400)],
)
@pytest.mark.parametrize("words", ["rà soát hồ sơ các thôn ", "NGHIỆM THU CÔNG TRÌNH ", "W"])
def test_the_core_has_twelve_pages_whatever_the_names(
    units: tuple, letters: int, words: str
) -> None:
    made = make_tables(tuple(units), random.Random(335))
    for row in made["lines"]:
        row["task"] = f"{row['task']} {words * letters}"[:letters]
    shown = compose(make_result(units, tables=made))
    core = re.sub('href="#[^"]*"', "", shown.partition('<section class="unit"')[0])
    assert len(read(f"{core}</body></html>")) <= 12
    assert "THIẾU" not in shown
    controls = re.findall(r"(\d+)/(\d+) dòng; (\d+) dòng sau", core)
    assert all(int(here) + int(later) == int(all_) for here, all_, later in controls)


def test_longer_names_leave_fewer_rows_in_the_core() -> None:
    counts = []
    for letters in (20, 150, 300):
        rows = [row | {"obstacle": row["obstacle"].ljust(letters, "x")} for row in many(600)]
        first, rest = part_of_lists(rows)
        assert first + rest == 600
        counts.append(first)
    assert counts[0] > counts[1] > counts[2] > 5


def part_of_lists(rows: list[dict]) -> tuple[int, int]:
    """Return how many obstacles stand in the core, and how many later."""
    shown = compose(make_result(SMALL, tables={"obstacles": rows}))
    return tuple(part_of(shown, place).count("Vướng thứ") for place in ("obstacles", "rest"))


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", 1),
        ("Rà soát", 1),
        ("Rà soát hồ sơ trợ cấp xã hội của các thôn", 2),
        ("x" * 100, 4),
        ("W" * 100, 7),
        ("Rà soát " * 25, 8),
    ],
)
def test_the_lines_of_a_text_are_estimated_from_its_letters(text: str, lines: int) -> None:
    assert room.lines_of(text, 52) == lines


def test_room_that_one_does_not_need_goes_to_the_others() -> None:
    weights = {"a": 1, "b": 1, "c": 2}
    assert room.share({"a": 5, "b": 5, "c": 5}, weights, 40) == {"a": 5, "b": 5, "c": 5}
    assert room.share({"a": 2, "b": 90, "c": 90}, weights, 32) == {"a": 2, "b": 10, "c": 20}
    assert room.share({"a": 0, "b": 0, "c": 9}, weights, 0) == {"a": 0, "b": 0, "c": 0}


@pytest.mark.parametrize("table", ["history", "commune_history", "indicator_history"])
def test_a_first_cycle_without_history_says_nothing_of_it(table: str) -> None:
    shown = compose(make_result(SMALL, tables={table: []}))
    assert not re.search(r"\b(None|nan)\b", shown)


def test_a_cycle_in_which_nobody_reported_prints() -> None:
    tables = small_tables()
    for unit in tables["units"]:
        blank = dict.fromkeys(("a", "b", "c", "R", "R_reported"))
        unit |= blank | {"status": "Chưa nộp", "summed": "không"}
    tables["commune"][0] |= dict.fromkeys(("a", "b", "c", "R", "R_reported")) | {
        "units_reported": 0
    }
    lines = [row | {"standing": "chưa nộp", "D": None} for row in tables["lines"]]
    shown = compose(make_result(SMALL, tables={**tables, "lines": lines, "submissions": []}))
    assert "(3/3 đơn vị)" in part_of(shown, "decision")
    assert "0/3 đơn vị, chưa gồm ΣA" in part_of(shown, "summary")


@pytest.mark.parametrize(
    ("figures", "places"),
    [
        (["3", "0.8", "12"], 1),
        (["0.27", "40"], 2),
        (["0.27", "400"], None),  # «400,00» would stand on two lines
        (["1234567"], None),
        ([None, "4"], 0),
        ([], 0),
    ],
)
def test_figures_of_a_column_have_common_decimals_where_these_fit(figures, places) -> None:
    typed = [None if figure is None else Decimal(figure) for figure in figures]
    assert units.common_places(typed) == places
