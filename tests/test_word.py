"""Minutes and notice for Word: their form, what they say and leave out, and what is never lost."""

import io
import random
import re
import shutil
import subprocess
import zipfile
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

import docx
import pytest
from conftest import NEWEST, Commune, Run
from docx.oxml.ns import qn
from docx.shared import Mm
from fontTools.ttLib import TTFont
from meetings import conclude, tables_of
from pypdf import PdfReader
from test_group_runs import type_into

from pipeline.cycle.documents import keep_typed, lay_out, tell
from pipeline.model.calendar import DaysOff
from pipeline.model.folders import DOCUMENTS, DRAFTS
from pipeline.model.registers import Registers
from pipeline.model.tables import CycleResult
from pipeline.packet import compose_minutes, compose_notice, open_matter
from pipeline.packet.blocks import BLANK, Document
from pipeline.packet.word import write_document
from pipeline.tools import disk, page
from pipeline.tools.seal import is_untouched
from tests.factory import make_result, make_tables

GOLDEN = Path(__file__).parent / "golden" / "word.txt"
SMALL = (
    ("KT", "Phòng Kinh tế", "không", 9),
    ("YT", "Trạm Y tế", "không", 5),
    ("CA", "Công an xã", "có", 4),
)
MINUTES, NOTICE = DOCUMENTS
COMPOSED = {MINUTES: compose_minutes, NOTICE: compose_notice}
REGISTERS = Registers(
    units={code: {"code": code, "name": name} for code, name, *_ in SMALL},
    people={"KT02": {"code": "KT02", "name": "Trần Văn An"}},
    products={"DC.25": {"code": "DC.25", "product": "Danh sách"}},
    indicators={},
    days_off=DaysOff(),
)
WORK = {
    **{"unit": "KT", "task": "Lập danh sách hộ bị ảnh hưởng", "product": "DC.25"},
    **{"assigned": Decimal(2), "person": "KT02", "responsible": "KT02", "approver": ""},
    **{"due": date(2026, 11, 30), "decision": "KL-01"},
}
FIRST = {
    **{"cycle": NEWEST, "conclusion": "KL-01", "unit": "KT", "what": "Đối thoại với ba hộ"},
    **{"who": "KT", "name": "Phòng Kinh tế", "due": date(2026, 11, 25), "age": 0},
    **{"matter": "Mặt bằng", "state": "chưa đến hạn", "postponed": 0, "result": ""},
}
OLD = FIRST | {
    **{"cycle": "2026-10-K1", "conclusion": "KL-09", "what": "Rà soát quỹ đất", "age": 2},
    **{"state": "quá hạn", "postponed": 2},
}
CHANGED = {
    **{"decision": "KL-01", "unit": "KT", "task_id": "KT-03", "person_name": "Lê Thị Hòa"},
    **{"task": "Góp ý dự thảo", "change": "gia hạn", "before": "10/11/2026"},
    **{"after": "25/11/2026", "reason": "chờ số liệu của tỉnh", "decided_by": "Chủ tịch"},
}
WAIVED = {
    **{"code": "K409", "unit": "KT", "sheet": "Nhiệm vụ", "reason": "đã nộp bản giấy"},
    **{"asked_by": "An", "approved_by": "Chủ tịch", "message": "dòng 9", "value": "xyz"},
}
HELD = {
    "conclusions": [FIRST, OLD],
    "adjustments": [CHANGED],
    "waivers": [WAIVED, WAIVED],
}
HOSTILE = (
    "<w:p>\x00\x07\x1b[31m\u202eđảo\u2066 \ud800 \ufffe & «ngoặc»\v\n\n{0} =1+1" + "W" * 30_000
)


def papers(result: CycleResult, given: Sequence[dict] = ()) -> dict[str, Document]:
    matter = open_matter(result, given, REGISTERS)
    return {name: compose(matter) for name, compose in COMPOSED.items()}


def written(result: CycleResult, given: Sequence[dict] = ()) -> dict[str, bytes]:
    return {name: write_document(paper) for name, paper in papers(result, given).items()}


def small(**tables: list[dict]) -> CycleResult:
    return make_result(SMALL, tables=tables)


def opened(data: bytes) -> object:
    return docx.Document(io.BytesIO(data))


def shown(data: bytes) -> str:
    """Return a document as lines of text, the cells of a row between strokes."""
    lines = []
    for item in opened(data).iter_inner_content():
        if hasattr(item, "rows"):
            for row in item.rows:
                cells = (" / ".join(filter(None, c.text.split("\n"))) for c in row.cells)
                lines.append(" | ".join(cells))
        elif item.text.strip():
            lines.append(item.text)
    return "\n".join(lines)


@pytest.fixture(scope="module")
def before() -> dict[str, bytes]:
    """Both drafts as they are before the meeting."""
    return written(small())


@pytest.fixture(scope="module")
def after() -> dict[str, bytes]:
    """Both drafts once ket-luan.xlsx has been filled."""
    return written(small(**HELD), [WORK])


# --- form


@pytest.mark.parametrize("name", DOCUMENTS)
def test_paper_and_margins_are_those_of_the_decree(before: dict, name: str) -> None:
    [section] = opened(before[name]).sections
    assert (section.page_width.twips, section.page_height.twips) == (11906, 16838)
    sides = {
        side: getattr(section, f"{side}_margin").twips
        for side in ("top", "bottom", "left", "right")
    }
    assert sides == {"top": 1134, "bottom": 1134, "left": 1701, "right": 851}
    limits = {"top": (20, 25), "bottom": (20, 25), "left": (30, 35), "right": (15, 20)}
    for side, (least, most) in limits.items():
        assert least <= sides[side] / 1440 * 25.4 <= most, side


@pytest.mark.parametrize("name", DOCUMENTS)
def test_pages_are_numbered_in_the_top_margin_from_the_second_on(before: dict, name: str) -> None:
    [section] = opened(before[name]).sections
    assert section.different_first_page_header_footer
    assert section.first_page_header.paragraphs[0].text == ""
    number = section.header.paragraphs[0]
    assert number._p.find(qn("w:fldSimple")).get(qn("w:instr")) == "PAGE"
    assert number.alignment == 1
    assert section.header_distance < section.top_margin


@pytest.mark.parametrize("name", DOCUMENTS)
def test_there_is_one_font_and_the_body_has_14_points(before: dict, name: str) -> None:
    document = opened(before[name])
    used = {
        p.style.name
        for p in document.element.body.iter(qn("w:p"))
        for p in [docx.text.paragraph.Paragraph(p, document)]
    }
    for style in (document.styles[name] for name in used):
        faces = style.element.rPr.rFonts.attrib if style.element.rPr is not None else {}
        assert set(faces.values()) <= {"Times New Roman"}, style.name
    assert set(document.styles["Normal"].element.rPr.rFonts.attrib.values()) == {"Times New Roman"}
    assert not [*document.element.body.iter(qn("w:rFonts"))]
    assert document.styles["Thân văn bản"].font.size.pt == 14
    assert document.styles["Ô bảng"].font.size.pt >= 10
    sizes = {
        int(size.get(qn("w:val"))) / 2
        for size in document.element.body.iter(qn("w:sz"))
        if size.getparent().tag == qn("w:rPr")
    }
    assert sizes == {10, 12, 13, 14}


def test_text_is_said_to_be_vietnamese(before: dict) -> None:
    styles = opened(before[MINUTES]).styles.element
    assert {tag.get(qn("w:val")) for tag in styles.iter(qn("w:lang"))} == {"vi-VN"}


def test_the_head_has_the_body_left_and_quoc_hieu_right(before: dict) -> None:
    notice = small().commune["notice"]
    for name, number, dated in (
        (MINUTES, "Số: ……/BB-UBND", []),
        (NOTICE, "Số: ……/TB-UBND", ["Bình Khê, ngày …… tháng …… năm 2026"]),
    ):
        left, right = opened(before[name]).tables[0].rows[0].cells
        assert [p.text for p in left.paragraphs] == [
            "ỦY BAN NHÂN DÂN",
            "XÃ BÌNH KHÊ",
            "",
            number,
            notice,
        ]
        assert [p.text for p in right.paragraphs] == [
            "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
            "Độc lập - Tự do - Hạnh phúc",
            "",
            *dated,
        ]


def breadth(words: str, points: int) -> float:
    """Return how many millimetres words in bold take, by the font shipped for the pages."""
    font = TTFont(page.TEMPLATES / "fonts" / "LiberationSerif-Bold.ttf")
    letters, breadths = font.getBestCmap(), font["hmtx"]
    units = sum(breadths[letters[ord(letter)]][0] for letter in words)
    return units / font["head"].unitsPerEm * points / 72 * 25.4


def rules(document: object) -> list[tuple[str, float]]:
    """Return each drawn rule of the head and the title: the words above it, millimetres."""
    left, right = document.tables[0].rows[0].cells
    places = ((left, Mm(65)), (right, Mm(100)), (document, Mm(165)))
    found = []
    for place, room in places:
        texts = place.paragraphs
        at = next(n for n, p in enumerate(texts) if p._p.find(f".//{qn('w:pBdr')}") is not None)
        form = texts[at].paragraph_format
        found.append((texts[at - 1].text, (room - form.left_indent - form.right_indent) / 36000))
    return found


@pytest.mark.parametrize("name", ["xã Bình Khê", "phường Quy Nhơn Bắc", "xã A", "đặc khu Phú Quốc"])
def test_rules_are_as_long_as_the_decree_wants(name: str) -> None:
    body = f"ỦY BAN NHÂN DÂN {name.upper()}"
    commune = small().commune | {"name": name, "body": body}
    for data in written(make_result(SMALL, commune=commune)).values():
        issuer, motto, subject = rules(opened(data))
        assert issuer[0] == name.upper()
        assert 1 / 3 <= issuer[1] / breadth(issuer[0], 13) <= 1 / 2
        assert motto[1] == pytest.approx(breadth(motto[0], 14), abs=0.3)
        assert 1 / 3 <= subject[1] / breadth(subject[0], 14) <= 1 / 2


def test_a_body_named_otherwise_stands_on_its_line_and_its_symbol_is_left_open() -> None:
    commune = small().commune | {"body": "VĂN PHÒNG HĐND VÀ UBND"}
    text = shown(written(make_result(SMALL, commune=commune))[NOTICE])
    assert "Số: ……/TB-……" in text
    assert "VĂN PHÒNG HĐND VÀ UBND" in text.splitlines()[0]


PARAGRAPH = (
    "pStyle",
    "keepNext",
    "keepLines",
    "widowControl",
    "pBdr",
    "tabs",
    "spacing",
    "ind",
    "jc",
)
TABLE = ("tblStyle", "tblW", "jc", "tblLayout", "tblCellMar", "tblLook")


@pytest.mark.parametrize(("tag", "order"), [("w:pPr", PARAGRAPH), ("w:tblPr", TABLE)])
def test_properties_stand_in_the_order_word_insists_on(after: dict, tag: str, order: tuple) -> None:
    for data in after.values():
        document = opened(data)
        for properties in (
            *document.element.body.iter(qn(tag)),
            *document.styles.element.iter(qn(tag)),
        ):
            names = [child.tag.partition("}")[2] for child in properties]
            known = [order.index(name) for name in names if name in order]
            assert known == sorted(known), names


@pytest.mark.parametrize("name", DOCUMENTS)
def test_long_tables_repeat_their_heading_and_tear_no_row(after: dict, name: str) -> None:
    ruled = [t for t in opened(after[name]).tables if t.style.name == "Table Grid"]
    assert ruled
    for table in ruled:
        assert table._tbl.tr_lst[0].find(f".//{qn('w:tblHeader')}") is not None
        for row in table._tbl.tr_lst:
            assert row.find(f".//{qn('w:cantSplit')}") is not None
        breadths = [int(column.get(qn("w:w"))) for column in table._tbl.tblGrid]
        assert sum(breadths) / 1440 * 25.4 == pytest.approx(165, abs=0.2)


# --- words


def test_the_drafts_are_as_agreed(before: dict, after: dict) -> None:
    """A changed word shows here first; delete the file to have it written anew, then read it."""
    text = "\n\n".join(
        f"=== {name}, {when}\n{shown(drafts[name])}"
        for when, drafts in (("trước họp", before), ("sau họp", after))
        for name in DOCUMENTS
    )
    if not GOLDEN.exists():
        GOLDEN.write_text(text, encoding="utf-8")
        pytest.fail(f"{GOLDEN.name} is written anew: read it before it is kept")
    assert text == GOLDEN.read_text(encoding="utf-8")


def test_what_is_not_known_is_dotted_and_a_silent_unit_has_no_zero(before: dict) -> None:
    text = shown(before[MINUTES])
    assert "Trạm Y tế | Chưa nộp | 5 | – | – | – | –" in text
    assert "Việc được giao: ……" in text
    assert "Không có." not in text.partition("IV. Kết luận")[2]
    dotted = [p for p in opened(before[MINUTES]).paragraphs if p.text == "\t"]
    assert len(dotted) == 7
    assert {p.paragraph_format.tab_stops[0].position.twips for p in dotted} == {Mm(165).twips}


def test_points_without_a_conclusion_wait_in_the_table(before: dict) -> None:
    text = shown(before[NOTICE])
    for point in make_tables(SMALL, random.Random(335))["agenda"]:
        assert (f"{point['matter']}: ……" in text) == (point["chosen"] == "có")


def test_conclusions_say_who_by_when_and_which_product(after: dict) -> None:
    row = "KL-01 | Đối thoại với ba hộ | Phòng Kinh tế | 25/11/2026 | Danh sách, số lượng 2"
    for text in map(shown, after.values()):
        assert row in text
        assert "KL-09, kỳ 1 tháng 10 năm 2026 | Rà soát quỹ đất" in text
        assert "quá hạn, hoãn 2 lần" in text
        assert "KT-03 Góp ý dự thảo; Lê Thị Hòa | gia hạn | 10/11/2026 | 25/11/2026" in text
        given = "1 | Phòng Kinh tế: Lập danh sách hộ bị ảnh hưởng (KL-01) | Trần Văn An"
        assert f"{given} | 30/11/2026" in text
        assert "Chịu trách nhiệm: Trần Văn An; duyệt: ……" in text


def test_minutes_say_of_which_print_their_figures_are(before: dict, after: dict) -> None:
    """Decisions change the figures and the code: neither is what the meeting had on the table."""
    assert "Số liệu theo hồ sơ họp, mã bản in 7F3A." in shown(before[MINUTES])
    told = shown(after[MINUTES])
    assert "bản in mã 7F3A, lập sau khi ghi kết luận, là số sau điều chỉnh theo kết luận" in told
    assert f"Hồ sơ dùng tại cuộc họp có mã bản in riêng: {BLANK}." in told
    assert "hồ sơ họp, mã bản in 7F3A" not in told
    unchanged = shown(written(small(conclusions=[FIRST]))[MINUTES])
    assert "bản in mã 7F3A, lập sau khi ghi kết luận. Hồ sơ dùng" in unchanged


def test_the_notice_says_its_figures_are_those_after_changes(before: dict, after: dict) -> None:
    told = "là số sau khi điều chỉnh việc đã giao theo mục 3 của Thông báo này"
    assert told in shown(after[NOTICE])
    assert "3. Điều chỉnh việc đã giao" in shown(after[NOTICE])
    assert told not in shown(before[NOTICE])


def test_work_of_a_whole_unit_is_changed_in_its_name() -> None:
    change = HELD["adjustments"][0] | {"person": "", "person_name": ""}
    text = shown(written(small(adjustments=[change]))[MINUTES])
    assert f"{change['task_id']} {change['task']}; cả đơn vị" in text


def test_where_nothing_was_proposed_the_minutes_count_no_zeros() -> None:
    text = shown(written(small(rewards=[], discipline=[]))[MINUTES])
    assert "không trình đề nghị khen thưởng hoặc việc về kỷ luật, kỷ cương. Kết luận:" in text


def test_waived_findings_are_counted_and_not_repeated(after: dict) -> None:
    text = shown(after[MINUTES])
    assert "- Phòng Kinh tế: 2 vấn đề mã K409, trang «Nhiệm vụ»; lý do: đã nộp bản giấy" in text
    assert "xyz" not in text


def test_no_figure_and_no_merit_of_a_person_is_told() -> None:
    result = small(
        rewards=[{"who": "KT01", "name": "Đoàn Khen", "facts": "5/5", "proposal": "giấy khen"}],
        discipline=[{"date": date(2026, 11, 4), "who": "KT02", "name": "Dương Trách"}],
        people=[{"person": "KT09", "name": "Võ Không Việc", "unit": "KT", "R": Decimal("0.4321")}],
    )
    for text in map(shown, written(result).values()):
        for secret in ("Đoàn Khen", "Dương Trách", "Võ Không Việc", "43,2", "giấy khen"):
            assert secret not in text
    assert "1 đề nghị khen thưởng, 1 việc về kỷ luật" in shown(written(result)[MINUTES])


def test_who_leads_a_unit_on_the_day_is_named_but_not_who_presides() -> None:
    person = {"unit": "KT", "leader": "cấp trưởng", "position": "Trưởng phòng"}
    people = [
        person | {"person": "1", "name": "Phạm Đương Chức"},
        person | {"person": "2", "name": "Hồ Đã Nghỉ", "active_to": date(2026, 11, 1)},
        person | {"person": "3", "name": "Trần Quốc Bình"},
        person | {"person": "4", "name": "Lý Cấp Phó", "leader": "cấp phó"},
    ]
    text = shown(written(small(people=people))[MINUTES])
    assert "Phòng Kinh tế | Phạm Đương Chức, Trưởng phòng | \n" in text
    assert f"Trạm Y tế | {BLANK} | \n" in text


@pytest.mark.parametrize(
    ("chair", "signed"),
    [
        ("Trần Quốc Bình, Chủ tịch UBND xã", "CHỦ TỊCH / Trần Quốc Bình"),
        ("Trần Quốc Bình", "CHỦ TỊCH / Trần Quốc Bình"),
        ("Chủ tịch UBND xã", "CHỦ TỊCH / Trần Quốc Bình"),
        ("Lê Thị Hoa, Phó Chủ tịch UBND xã", "KT. CHỦ TỊCH / PHÓ CHỦ TỊCH / Lê Thị Hoa"),
        ("Lê Thị Hoa", f"{BLANK} / Lê Thị Hoa"),
        ("", f"{BLANK} / {BLANK}"),
    ],
)
def test_who_presided_signs(chair: str, signed: str) -> None:
    meeting = small().meeting | {"chair": chair}
    data = written(make_result(SMALL, meeting=meeting))[NOTICE]
    [recipients, name] = opened(data).tables[-1].rows[0].cells
    assert " / ".join(p.text for p in name.paragraphs) == signed
    assert recipients.paragraphs[0].text == "Nơi nhận:"
    assert recipients.paragraphs[-1].text.startswith("- Lưu: VT")


def test_many_units_are_not_named_beside_the_signature() -> None:
    units = [(f"U{n:02d}", f"Đơn vị {n:02d}", "không", 1) for n in range(40)]
    data = written(make_result(units))[NOTICE]
    recipients = opened(data).tables[-1].rows[0].cells[0].text
    assert "- Các đơn vị của xã;" in recipients
    assert "Đơn vị 07" not in recipients
    assert "Đơn vị 39 |" in shown(data)


def test_a_commune_without_units_and_work_still_has_its_papers() -> None:
    for text in map(shown, written(make_result((), tables={})).values()):
        assert "Có 0/0 đơn vị đã báo cáo" in text


def test_three_hundred_conclusions_are_all_there() -> None:
    rows = [FIRST | {"conclusion": f"KL-{n:03d}", "what": f"Việc số {n}"} for n in range(300)]
    for text in map(shown, written(small(conclusions=rows)).values()):
        assert [n for n in range(300) if f"KL-{n:03d} | Việc số {n} |" not in text] == []


def test_hostile_text_is_printed_inert() -> None:
    commune = dict.fromkeys(("name", "province", "body", "place", "notice"), HOSTILE)
    meeting = small().meeting | dict.fromkeys(
        ("chair", "secretary", "place", "hour", "attendees"), HOSTILE
    )
    tables = {
        "conclusions": [FIRST | dict.fromkeys(("conclusion", "what", "name", "matter"), HOSTILE)],
        "adjustments": [dict.fromkeys(CHANGED, HOSTILE)],
        "waivers": [dict.fromkeys(WAIVED, HOSTILE)],
        "obstacles": [
            dict.fromkeys(("unit", "task_id", "obstacle", "proposal", "who"), HOSTILE)
            | {"wanted_by": None}
        ],
    }
    given = [WORK | {"task": HOSTILE, "decision": HOSTILE, "person": HOSTILE}]
    result = make_result(SMALL, tables=tables, commune=commune, meeting=meeting)
    for data in written(result, given).values():
        text = shown(data)
        assert "<w:p>" in text
        assert not set(text) & set("\x00\x07\x1b\u202e\u2066\ufffe\v")
        assert max(map(len, re.findall("W+", text))) < 1300
        assert is_untouched(data)


# --- bytes and the seal


def test_the_same_cycle_gives_the_same_bytes(after: dict) -> None:
    assert written(small(**HELD), [WORK]) == after
    for data in after.values():
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            assert {info.date_time for info in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
            assert not [name for name in package.namelist() if "thumbnail" in name]
        core = opened(data).core_properties
        assert f"{core.created:%Y-%m-%d %H:%M}" == "2026-11-17 08:20"
        assert core.author == "ỦY BAN NHÂN DÂN XÃ BÌNH KHÊ"


def with_words(data: bytes, words: str = "Chữ của thư ký") -> bytes:
    """Return a document after somebody typed into it and saved."""
    document, made = opened(data), io.BytesIO()
    document.add_paragraph(words)
    document.save(made)
    return made.getvalue()


def repacked(data: bytes) -> bytes:
    """Return the same words, packed by another program."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(made, "w") as target:
        for name in source.namelist():
            changed = source.read(name)
            if name == "word/document.xml":
                changed = changed.replace("BIÊN BẢN".encode(), "BIÊN  BẢN".encode())
            target.writestr(name, changed)
    return made.getvalue()


def test_only_what_nobody_saved_is_untouched(before: dict) -> None:
    data = before[MINUTES]
    assert is_untouched(data)
    for other in (with_words(data), repacked(data), data[:-30], b"", b"PK", b"no document"):
        assert not is_untouched(other)


@pytest.fixture
def commune(sample: Commune, tmp_path: Path) -> Commune:
    return sample.copy(tmp_path / "commune")


def own(commune: Commune, name: str) -> Path:
    return commune.newest.place / name


def draft(commune: Commune, name: str) -> Path:
    return commune.output / NEWEST / DRAFTS / name


def change(commune: Commune, day: date) -> None:
    """Type a conclusion, so that the next run drafts other documents."""
    words = {
        "conclusion": "KL-77",
        "what": f"Kết luận {day}",
        "who": "KT – Phòng Kinh tế",
        "due": day,
    }
    type_into(commune.newest, "conclusions", {("",): words}, "meeting")


def test_drafts_are_outputs_like_any_other(commune: Commune) -> None:
    names = [f"{DRAFTS}/{name}" for name in DOCUMENTS]
    stored = disk.read_manifest(commune.output / NEWEST)
    assert set(names) <= stored["outputs"].keys()
    assert {"python-docx", "lxml"} <= stored["libraries"].keys()
    assert not [name for name in stored["inputs"] if name.endswith(".docx")]


def test_a_draft_nobody_saved_follows_the_figures(commune: Commune) -> None:
    first = own(commune, NOTICE).read_bytes()
    change(commune, date(2026, 11, 26))
    commune.run()
    second = own(commune, NOTICE).read_bytes()
    assert first != second == draft(commune, NOTICE).read_bytes()
    assert "Kết luận 2026-11-26" in shown(second)
    [line] = tell(commune.newest, commune.output)
    assert line == f"Dự thảo để sửa trong Word, ở {commune.newest.place}: {MINUTES}, {NOTICE}."


def test_what_was_typed_stays_and_the_new_draft_is_named(commune: Commune) -> None:
    typed = with_words(own(commune, NOTICE).read_bytes())
    own(commune, NOTICE).write_bytes(typed)
    change(commune, date(2026, 11, 26))
    commune.run()
    assert own(commune, NOTICE).read_bytes() == typed
    assert "Kết luận 2026-11-26" in shown(draft(commune, NOTICE).read_bytes())
    assert "Kết luận 2026-11-26" in shown(own(commune, MINUTES).read_bytes())
    said = tell(commune.newest, commune.output)[1]
    assert said == (
        f"Đã có người sửa, giữ nguyên: {NOTICE}."
        f" Bản soạn theo số liệu lần này: {commune.output / NEWEST / DRAFTS}."
    )


def test_a_document_taken_away_is_drafted_again(commune: Commune) -> None:
    own(commune, MINUTES).unlink()
    lay_out(commune.newest, commune.output)
    assert own(commune, MINUTES).read_bytes() == draft(commune, MINUTES).read_bytes()


def test_words_typed_into_the_output_folder_are_brought_to_safety(commune: Commune) -> None:
    here, there = (with_words(draft(commune, NOTICE).read_bytes(), w) for w in ("một", "hai"))
    draft(commune, NOTICE).write_bytes(here)
    commune.run()
    assert own(commune, NOTICE).read_bytes() == here
    assert is_untouched(draft(commune, NOTICE).read_bytes())
    draft(commune, NOTICE).write_bytes(there)
    keep_typed(commune.newest, commune.output)
    keep_typed(commune.newest, commune.output)
    assert own(commune, NOTICE).read_bytes() == here
    assert own(commune, "thong-bao-ket-luan (2).docx").read_bytes() == there
    assert sorted(p.name for p in commune.newest.place.glob("*.docx")) == [
        MINUTES,
        "thong-bao-ket-luan (2).docx",
        NOTICE,
    ]
    assert tell(commune.newest, commune.output)[-1].endswith(": thong-bao-ket-luan (2).docx.")


def test_the_command_lays_out_drafts_and_says_so(
    commune: Commune, sauro: Run, unprinted: None
) -> None:
    said = sauro("cycle").stdout
    assert f"Dự thảo để sửa trong Word, ở {commune.newest.place}" in said
    assert own(commune, MINUTES).is_file()
    own(commune, MINUTES).write_bytes(with_words(own(commune, MINUTES).read_bytes()))
    assert f"giữ nguyên: {MINUTES}" in sauro("cycle").stdout
    assert f"giữ nguyên: {MINUTES}" in sauro("status").stdout


def test_a_rehearsal_leaves_the_drafts_alone(commune: Commune, sauro: Run, unprinted: None) -> None:
    there = {path: path.read_bytes() for path in commune.newest.documents}
    change(commune, date(2026, 11, 26))
    sauro("cycle", "--draft")
    assert {path: path.read_bytes() for path in commune.newest.documents} == there
    sauro("cycle")
    assert {path: path.read_bytes() for path in commune.newest.documents} != there


def test_closing_puts_the_documents_away_as_people_left_them(
    commune: Commune, sauro: Run, unprinted: None
) -> None:
    conclude(commune.newest, tables_of(commune, NEWEST))
    commune.run()
    own(commune, NOTICE).write_bytes(with_words(own(commune, NOTICE).read_bytes()))
    commune.run()
    assert sauro("close").exit_code == 0
    for name in DOCUMENTS:
        kept = commune.newest.closed / "r1" / name
        assert kept.read_bytes() == own(commune, name).read_bytes()
    assert sauro("verify").exit_code == 0


# --- through LibreOffice


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("lowriter"), reason="needs LibreOffice Writer")
@pytest.mark.parametrize("rows", [0, 1, 300])
def test_libreoffice_opens_the_drafts_and_saves_them_as_somebodys(
    rows: int, tmp_path: Path
) -> None:
    told = [FIRST | {"conclusion": f"KL-{n:03d}", "what": f"Việc số {n}"} for n in range(rows)]
    drafts = written(small(conclusions=told), [WORK] if rows else [])
    for name, data in drafts.items():
        (tmp_path / name).write_bytes(data)
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    for kind in ("pdf", "docx"):
        command = ["soffice", profile, "--headless", "--convert-to", kind, "--outdir"]
        files = [str(tmp_path / name) for name in DOCUMENTS]
        subprocess.run([*command, f"{tmp_path}/out", *files], check=True, timeout=120)
    for name, most in zip(DOCUMENTS, (4 + rows // 12, 3 + rows // 12), strict=True):
        pages = PdfReader(tmp_path / "out" / name.replace("docx", "pdf")).pages
        texts = [" ".join(one.extract_text().split()) for one in pages]
        assert 2 <= len(texts) <= most
        assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in texts[0]
        assert [text.split()[0] for text in texts[1:]] == [str(n) for n in range(2, len(texts) + 1)]
        whole = " ".join(texts)
        assert all(f"Việc số {n} " in whole for n in range(rows))
        assert "Trần Quốc Bình" in texts[-1]
        assert not is_untouched((tmp_path / "out" / name).read_bytes())
