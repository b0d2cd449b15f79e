"""The catalogue of findings: used, tested and worded; one place puts the words in."""

import ast
import re
import unicodedata
from dataclasses import replace
from string import Formatter

import pytest

from pipeline import ROOT
from pipeline.model import findings
from pipeline.model.calendar import parse_cycle
from pipeline.model.findings import (
    ERROR,
    NOTE,
    SEVERITIES,
    WARNING,
    catalogue,
    describe,
    finding,
    in_force,
    is_error,
    refuses,
    severity,
    what_is_wrong,
)
from pipeline.model.text import sentence

CODE = re.compile(r"K\d{3}")
ENTRIES = tuple(catalogue().values())


def codes_in(trees):
    """Return every code that stands as a text of its own in parsed source."""
    return {
        node.value
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and CODE.fullmatch(node.value)
    }


def test_every_code_of_the_catalogue_is_used_in_the_source(source):
    unused = catalogue().keys() - codes_in(source.values())
    assert not unused, f"in schemas/findings.toml, never raised: {', '.join(sorted(unused))}"


def test_every_code_in_the_source_is_in_the_catalogue(source):
    unknown = codes_in(source.values()) - catalogue().keys()
    assert not unknown, f"raised, not in schemas/findings.toml: {', '.join(sorted(unknown))}"


def test_every_code_is_raised_by_a_test():
    files = [
        path for path in (ROOT / "tests").rglob("test_*.py") if path.name != "test_findings.py"
    ]
    tested = {code for path in files for code in CODE.findall(path.read_text("utf-8"))}
    untested = catalogue().keys() - tested
    assert not untested, f"in no test file: {', '.join(sorted(untested))}"


def test_codes_stand_in_order():
    assert list(catalogue()) == sorted(catalogue())


def test_every_entry_is_complete():
    for entry in ENTRIES:
        assert CODE.fullmatch(entry.code)
        assert entry.severity in SEVERITIES, entry
        assert entry.english == entry.english.strip() != "", entry
        assert not entry.since or parse_cycle(entry.since), entry


def test_words_have_only_the_two_places():
    for entry in ENTRIES:
        for text in (entry.message, entry.action):
            places = [place for place in Formatter().parse(text) if place[1] is not None]
            assert {name for _, name, _, _ in places} <= {"value", "fact"}, entry
            assert all(spec == "" and not change for _, _, spec, change in places), entry


SYLLABLE = re.compile(
    r"(?:ngh|ng|nh|ch|gh|gi|kh|ph|qu|th|tr|[bcdđghklmnpqrstvx])?"
    r"[aăâeêioôơuưy]{1,3}"
    r"(?:ch|ng|nh|[cmnpt])?"
)
MARKS = str.maketrans("", "", "\u0300\u0301\u0303\u0309\u0323")
NAMES = {  # programs, files, keys and codes people see on their own screen
    *(
        "Excel",
        "Calc",
        "LibreOffice",
        "Outlook",
        "PDF",
        "web",
        "Zalo",
        "F9",
        "CCHC",
        "KT-07",
        "KT-07/CB012",
        "A3",
        "R",
    ),
    *(".xlsx", ".ods", "so-nhan.csv", "luu-tru.xlsx"),
}


def foreign_words(text):
    """Return the words of a sentence that are neither Vietnamese syllables nor known names."""
    said = re.sub(r"\{\w+\}|«|»|…", " ", text)
    words = {word.strip(",;:()?").removesuffix(".") for word in said.split()} - NAMES
    parts = {part for word in words for part in re.split(r"[/-]", word)}
    return {
        part for part in parts if not re.fullmatch(r"[\d.,:]*|x", part) and not is_syllable(part)
    }


def is_syllable(word):
    spread = unicodedata.normalize("NFD", word.lower()).translate(MARKS)
    fits = SYLLABLE.fullmatch(unicodedata.normalize("NFC", spread))
    return bool(fits) and word[1:].islower() | (len(word) == 1)


def test_words_are_vietnamese():
    foreign = {e.code: foreign_words(f"{e.message} {e.action}") for e in ENTRIES}
    assert {code: words for code, words in foreign.items() if words} == {}


@pytest.mark.parametrize(
    "text", ["dtype object.", "giá trị NaN", "None", "Traceback", "the sheet", "file lỗi", "Series"]
)
def test_the_check_of_words_sees_words_of_a_library(text):
    assert foreign_words(text)


BLAME = ("bạn ", "cẩu thả", "tự ý", "cố tình", "gian", "vi phạm", "sai phạm", "không hợp lệ", "!")


def test_words_say_what_and_what_to_do_without_blame():
    for entry in ENTRIES:
        words = f"{entry.message} {entry.action}"
        assert entry.message.endswith("."), entry
        assert entry.action.endswith("."), entry
        assert entry.message[0].islower() or entry.message.startswith(("«", "Tổ")), entry
        assert entry.action[0].isupper(), entry
        assert not [word for word in BLAME if word in words.lower()], entry
        assert len(words) <= 200, "at most two lines"


TASKS = {"unit": "KT", "file": "KT.xlsx", "sheet": "Nhiệm vụ"}
COLUMNS = {("KT.xlsx", "Nhiệm vụ", "completed"): "N", ("KT.xlsx", "Nhiệm vụ", "finished"): "AA"}
WORDED = [
    (
        finding("K301", **TASKS, row=14, field="completed", value="9O"),
        "N14",
        "Phiếu KT, trang «Nhiệm vụ», ô N14: «9O» không phải là số.",
        "Gõ chữ số, ví dụ 9 hoặc 2,5.",
    ),
    (
        finding("K405", **TASKS, row=7, field="finished", value="16/11/2026", fact="15/11/2026"),
        "AA7",
        "Phiếu KT, trang «Nhiệm vụ», ô AA7: ngày xong 16/11/2026 sau ngày cuối kỳ 15/11/2026.",
        "Gõ nhầm thì sửa; xong sau cuối kỳ thì kỳ này chỉ ghi phần đã xong.",
    ),
    (
        finding("K309", **TASKS, row=8, field="completed", value="1.234", fact="1234 hay 1,234"),
        "N8",
        "Phiếu KT, trang «Nhiệm vụ», ô N8: «1.234» có hai cách đọc (1234 hay 1,234).",
        "Gõ lại bằng chữ số; chỉ số phần trăm thì gõ kèm dấu phần trăm.",
    ),
    (
        finding("K506", **TASKS, value="KT-07/CB012"),
        "",
        "Phiếu KT, trang «Nhiệm vụ»: thiếu dòng việc KT-07/CB012 đã giao.",
        "Chép lại dòng này từ phiếu đã phát; chưa làm thì gõ 0.",
    ),
    (
        finding("K506", unit="KT", value="KT-07"),
        "",
        "Phiếu KT: thiếu dòng việc KT-07 đã giao.",
        "Chép lại dòng này từ phiếu đã phát; chưa làm thì gõ 0.",
    ),
    (
        finding("K408", **TASKS, row=9, field="task_id", value="KT-07", fact="8"),
        "",
        "Phiếu KT, trang «Nhiệm vụ», dòng 9: việc KT-07 có hai dòng trong phiếu (dòng 8).",
        "Giữ một dòng, xóa dòng thừa.",
    ),
    (
        finding("K112", file="phieu.xlsx"),
        "",
        "Tệp «phieu.xlsx»: không thấy mã phiếu nên không biết phiếu của đơn vị nào.",
        "Điền vào phiếu đã phát, không chép sang sổ mới, rồi gửi lại.",
    ),
    (
        finding("K203", unit="KT", file="KT.xlsx", sheet="Nhiệm vụ", value="SL hoàn thành"),
        "",
        "Phiếu KT, trang «Nhiệm vụ»: thiếu cột «SL hoàn thành».",
        "Thêm lại cột «SL hoàn thành» như phiếu đã phát.",
    ),
    (
        finding("K709", file="danh-muc.xlsx", sheet="Nhân sự", row=9, value="CB012", fact="8"),
        "",
        "Tệp «danh-muc.xlsx», trang «Nhân sự», dòng 9: mã «CB012» có hai dòng trong danh mục (dòng 8).",
        "Mỗi mã một dòng.",
    ),
    (
        finding("K117", unit="YT"),
        "",
        "Phiếu YT: chưa nhận được phiếu.",
        "Đơn vị gửi phiếu ngay; chưa có phiếu hay số Tổ nhập thay thì các dòng của đơn vị "
        "chưa vào tổng xã.",
    ),
]


@pytest.mark.parametrize(("found", "cell", "message", "action"), WORDED)
def test_a_finding_says_where_what_and_what_to_do(found, cell, message, action):
    (row,) = describe([found], COLUMNS)
    assert (row["cell"], row["message"], row["action"]) == (cell, message, action)
    assert row["severity"] == severity(found["code"])
    assert {key: row[key] for key in found} == found


@pytest.mark.parametrize(
    ("found", "bare"),
    [
        (finding("K301", **TASKS, row=6, field="completed", value="9O"), "«9O» không phải là số."),
        (finding("K301", **TASKS, row=6, field="?", value="9O"), "«9O» không phải là số."),
        (finding("K117", unit="YT"), "Chưa nhận được phiếu."),
        (
            finding("K401", **TASKS, row=7, field="completed", value="2"),
            "Có số lượng hoàn thành 2 mà chưa ghi ngày xong.",
        ),
    ],
)
def test_who_is_already_there_is_not_told_where(found, bare):
    assert sentence(what_is_wrong(describe([found], COLUMNS)[0])) == bare


def test_braces_a_person_typed_are_only_text():
    (row,) = describe([finding("K301", value="{fact} {0} {", fact="x")], {})
    assert row["message"] == "«{fact} {0} {» không phải là số."


def test_findings_of_a_unit_are_told_worst_first_then_as_they_stand():
    found = [
        finding("K312", **TASKS, row=6, field="completed"),
        finding("K409", **TASKS, row=9, field="evidence"),
        finding("K301", **TASKS, row=12, field="completed"),
        finding("K401", **TASKS, row=7, field="finished"),
        finding("K117", unit="YT"),
        finding("K301", **(TASKS | {"unit": "HCC"}), row=20, field="completed"),
        finding("K709"),
    ]
    told = [(row["unit"], row["code"]) for row in describe(found, {})]
    assert told == [
        ("", "K709"),
        ("HCC", "K301"),
        ("KT", "K401"),
        ("KT", "K301"),
        ("KT", "K409"),
        ("KT", "K312"),
        ("YT", "K117"),
    ]
    assert describe(reversed(found), {}) == describe(found, {})


def test_words_are_added_to_a_copy():
    found = finding("K301", value="9O")
    before = dict(found)
    describe([found], {})
    assert found == before


def test_the_severity_says_whether_a_line_counts():
    levels = {code: severity(code) for code in ("K301", "K409", "K312")}
    assert levels == {"K301": ERROR, "K409": WARNING, "K312": NOTE}
    assert is_error(finding("K301"))
    assert not is_error(finding("K409"))
    assert not is_error(finding("K312"))


@pytest.mark.parametrize(
    ("since", "told"),
    [("", True), ("2026-10-K2", True), ("2026-11-K1", True), ("2026-11-K2", False)],
)
def test_a_rule_is_silent_before_the_cycle_it_applies_from(monkeypatch, since, told):
    entry = replace(catalogue()["K409"], since=since)
    monkeypatch.setattr(findings, "catalogue", lambda: {**catalogue(), "K409": entry})
    found = [finding("K409"), finding("K301")]
    kept = in_force(found, parse_cycle("2026-11-K1"))
    assert kept == (found if told else found[1:])


def test_errors_of_file_and_sheet_refuse_the_whole_file():
    refusing = {code for code in catalogue() if refuses(finding(code))}
    assert {"K101", "K110", "K112", "K199", "K201", "K204"} <= refusing
    assert not refusing & {"K106", "K113", "K115", "K301", "K401", "K506", "K601", "K709"}
    assert {code[:2] for code in refusing} == {"K1", "K2"}
