"""thu/: drafts that name no sender, the same bytes again, one reminder a day, short messages."""

import email
import email.policy
import json
import re
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from conftest import NEWEST, Commune, Run

from pipeline import reply
from pipeline.model.calendar import VIETNAM
from pipeline.model.findings import finding
from pipeline.reply.letters import BOUNDARY, _letter, recipients
from pipeline.reply.slip import open_slips
from pipeline.reply.words import LONGEST_MESSAGE, letter_text, short_message
from tests.replies import FILE, case

GOLDEN = Path(__file__).parent / "golden" / "letter.txt"
ADDRESSES = {"KT": "kinhte@binhkhe.example", "YT": "tramyte@binhkhe.example"}
SILENT = [{"unit": "YT", "name": "Trạm Y tế", "status": "Chưa nộp", "lines": 14}]
HOSTILE = "Phòng\r\nBcc: ai@do.vn\r\n\r\n<b>Kinh tế</b>\u202e\u2066"
MADE = {"phieu-sua/KT.pdf": b"%PDF-1.7 slip", "phieu-sua/KT.xlsx": b"PK\x03\x04 book"}


def drafts(made: dict[str, bytes] | None = None, addresses: dict | None = None, **changes) -> dict:
    result = case(units=SILENT, **changes).result
    return reply.letters(result, made or {}, ADDRESSES if addresses is None else addresses)


def opened(data: bytes) -> EmailMessage:
    return email.message_from_bytes(data, policy=email.policy.default)


def body(data: bytes) -> str:
    return opened(data).get_body().get_content().replace("\r\n", "\n")


def shown(data: bytes) -> str:
    """Return a letter with its headers in words: how they are folded is Python's own affair."""
    head = "".join(f"{name}: {value}\n" for name, value in opened(data).items())
    return head + data.decode().partition("\r\n\r\n")[2].replace("\r\n", "\n")


def test_a_letter_is_as_agreed() -> None:
    letter = shown(drafts(MADE)["thu/KT.eml"])
    if not GOLDEN.exists():
        GOLDEN.write_text(letter, encoding="utf-8")
    assert letter == GOLDEN.read_text(encoding="utf-8")


def test_a_letter_opens_as_a_draft_to_the_unit() -> None:
    letter = opened(drafts(MADE)["thu/KT.eml"])
    assert letter["X-Unsent"] == "1"
    assert letter["To"] == "kinhte@binhkhe.example"
    assert letter["Subject"] == (
        "GỬI LẠI: 2 lỗi phải sửa, 2 lưu ý: phiếu kỳ 1 tháng 11 năm 2026, Phòng Kinh tế"
    )
    assert letter["Date"].datetime == datetime(2026, 11, 17, 15, 20, tzinfo=VIETNAM)
    assert {"From", "Sender", "Cc", "Bcc", "Message-ID"}.isdisjoint(letter.keys())


def test_a_letter_carries_the_slip_and_the_marked_workbook_and_names_them() -> None:
    data = drafts(MADE)["thu/KT.eml"]
    attached = [
        (part.get_filename(), part.get_content_type(), part.get_content())
        for part in opened(data).iter_attachments()
    ]
    assert attached == [
        ("phieu-sua-KT.pdf", "application/pdf", MADE["phieu-sua/KT.pdf"]),
        (
            "phieu-sua-KT.xlsx",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            MADE["phieu-sua/KT.xlsx"],
        ),
    ]
    assert "Kèm theo: phieu-sua-KT.pdf, phieu-sua-KT.xlsx." in body(data)


def test_the_text_is_that_of_the_slip() -> None:
    text = body(drafts()["thu/KT.eml"])
    assert text.splitlines() == [
        "GỬI LẠI: 2 lỗi phải sửa, 2 lưu ý.",
        "",
        "Phòng Kinh tế (KT), kỳ 1 tháng 11 năm 2026",
        f"Tệp «{FILE}», nhận lúc 16/11/2026 16:47, bản thứ 2: đang dùng.",
        "Đọc được 4 dòng việc được giao: 3 dòng đã ghi số lượng, 2 dòng ghi đủ số lượng giao "
        "(2/4 dòng = 50,0\u00a0%); tự sửa 1 chỗ.",
        "Sửa đúng các ô nêu dưới đây trong tệp đã gửi, lưu, gửi lại cả tệp chậm nhất ngày "
        "17/11/2026. Dòng có lỗi chưa được tính cho đến khi sửa xong.",
        "",
        "LỖI PHẢI SỬA (2)",
        "[ ] 1. Trang «Nhiệm vụ», ô F7: «9O» không phải là số.",
        "    Cần làm: Gõ chữ số, ví dụ 9 hoặc 2,5.",
        "[ ] 2. Trang «Nhiệm vụ», ô G8: Có số lượng hoàn thành 1 mà chưa ghi ngày xong.",
        "    Cần làm: Ghi ngày xong vào ô này: ngày làm xong phần cuối cùng.",
        "",
        "CẢNH BÁO: NÊN XEM LẠI (1)",
        "[ ] 1. Trang «Nhiệm vụ», ô I8: Có số lượng hoàn thành mà chưa ghi minh chứng.",
        "    Cần làm: Ghi số văn bản hoặc mã hồ sơ.",
        "",
        "ĐÃ TỰ SỬA: SAI THÌ GỬI BẢN SỬA (1)",
        "1. Trang «Nhiệm vụ», ô F10: Ghi «2» chưa đúng dạng ngày, số; đã tự đọc là 2.",
        "    Cần làm: Xem lại, nếu sai thì gửi bản sửa.",
    ]


def test_a_good_report_is_answered_in_words() -> None:
    text = body(drafts(found=())["thu/KT.eml"])
    assert text.startswith("ĐẠT. Không có lỗi.\n")
    assert "Không phải gửi lại." in text
    assert "Đọc được 4 dòng việc được giao" in text


def test_the_same_result_gives_the_same_bytes() -> None:
    assert drafts(MADE) == drafts(MADE)
    (boundary,) = {
        opened(data).get_boundary() for n, data in drafts(MADE).items() if n == "thu/KT.eml"
    }
    assert boundary == BOUNDARY


@pytest.mark.parametrize("data", [b"\r\n--=_sauro_=--\r\n", BOUNDARY.encode() * 9, b"."])
def test_no_attachment_and_no_name_can_end_a_letter_early(data: bytes) -> None:
    letter = drafts({"phieu-sua/KT.pdf": data}, name=f"--{BOUNDARY}--")["thu/KT.eml"]
    (part,) = opened(letter).iter_attachments()
    assert part.get_content() == data
    assert letter.count(b"\n--" + BOUNDARY.encode()) == 3  # before each part, at the end


# --- names and addresses


@pytest.mark.parametrize(
    ("typed", "to"),
    [
        ("kinhte@binhkhe.gov.vn", "kinhte@binhkhe.gov.vn"),
        (" a@b.vn; c.d@e-f.vn ", "a@b.vn, c.d@e-f.vn"),
        ("", ""),
        ("chưa có", ""),
        ("a@b.vn\r\nBcc: c@d.vn", ""),
        ("a@b.vn\nc@d.vn", "a@b.vn, c@d.vn"),
        ("Phòng KT <a@b.vn>", ""),
        ("a@b", ""),
        ("a@@b.vn", ""),
        ("a@b.vn\u202e", ""),
        ("ă@b.vn", ""),
    ],
)
def test_only_what_is_an_address_becomes_one(typed: str, to: str) -> None:
    assert recipients(typed) == to
    letter = opened(drafts(addresses={"KT": typed})["thu/KT.eml"])
    assert (letter["To"] or "") == to
    assert letter["Bcc"] is None


def test_a_name_cannot_add_a_header_or_turn_a_line() -> None:
    made = drafts(name=HOSTILE, file="a\r\nBcc: b@c.vn\u202e.xlsx")
    letter = opened(made["thu/KT.eml"])
    assert letter["Bcc"] is None
    assert letter["Subject"].endswith("Phòng / Bcc: ai@do.vn / <b>Kinh tế</b>")
    text = body(made["thu/KT.eml"])
    assert text.splitlines()[2].startswith("Phòng / Bcc: ai@do.vn / <b>Kinh tế</b>")
    assert not re.search("[\u202e\u2066\r]", text)


# --- reminders


def test_only_a_unit_that_has_sent_nothing_is_reminded() -> None:
    assert sorted(drafts()) == ["thu/KT.eml", "thu/nhac-YT.eml"]
    refused = {"unit": "YT", "file": "y te.xlsx", "received": "", "status": "từ chối", "late": ""}
    assert sorted(drafts(submissions=[refused])) == ["thu/KT.eml", "thu/YT.eml"]


def test_a_reminder_names_cycle_deadline_and_what_follows() -> None:
    letter = opened(drafts()["thu/nhac-YT.eml"])
    assert letter["To"] == "tramyte@binhkhe.example"
    assert letter["Subject"] == "Nhắc nộp phiếu kỳ 1 tháng 11 năm 2026, Trạm Y tế"
    assert body(drafts()["thu/nhac-YT.eml"]) == (
        "Trạm Y tế: đến ngày 17/11/2026 chưa nhận được phiếu kỳ 1 tháng 11 năm 2026 "
        "(hạn 17 giờ 00, 16/11/2026 đã qua). Phiếu đã phát có 14 dòng việc. Xin điền phiếu đã phát "
        "và gửi ngay; chưa có phiếu thì hồ sơ họp ngày 18/11/2026 ghi «Chưa nộp», việc của đơn vị "
        "chưa vào tổng xã.\n"
    )


def test_a_unit_whose_workbook_was_set_aside_is_told_by_whom_and_why() -> None:
    reason = "Không dùng theo quyết định của thư ký: loại, sai kỳ."
    aside = {"unit": "YT", "file": "y te.xlsx", "received": "", "status": "rút", "reason": reason}
    letter = body(drafts(submissions=[aside | {"late": ""}])["thu/nhac-YT.eml"])
    assert "đến ngày 17/11/2026 chưa có phiếu kỳ 1" in letter
    assert (
        " Phiếu đã gửi: không dùng theo quyết định của thư ký: loại, sai kỳ. Phiếu đã phát"
        in letter
    )


def test_a_reminder_after_the_meeting_speaks_of_none_to_come() -> None:
    after = drafts(made_at=datetime(2026, 11, 19, 8, 0, tzinfo=VIETNAM))["thu/nhac-YT.eml"]
    assert body(after).endswith("chưa có phiếu thì việc của đơn vị chưa vào tổng xã.\n")


def test_a_day_has_one_reminder_however_often_it_is_run() -> None:
    def reminder(made_at: datetime) -> bytes:
        return drafts(made_at=made_at)["thu/nhac-YT.eml"]

    morning = datetime(2026, 11, 16, 7, 15, tzinfo=VIETNAM)
    assert reminder(morning) == reminder(morning + timedelta(hours=9, minutes=3))
    assert reminder(morning) != reminder(morning + timedelta(days=1))
    assert "(hạn 17 giờ 00, 16/11/2026)." in opened(reminder(morning)).get_content()


# --- short messages


def told(**changes) -> str:
    return reply.messages(case(units=SILENT, **changes).result, ADDRESSES)[
        "thu/tin-nhan.txt"
    ].decode("utf-8-sig")


def test_every_unit_has_one_paragraph() -> None:
    assert told().split("\r\n\r\n") == [
        "Tin nhắn soạn sẵn, kỳ 1 tháng 11 năm 2026, ngày 17/11/2026. "
        "Chép từng đoạn gửi Zalo hoặc SMS.",
        "NHẮC ĐƠN VỊ CHƯA NỘP",
        "YT Trạm Y tế:\r\n" + opened(drafts()["thu/nhac-YT.eml"]).get_content().strip(),
        "TRẢ LỜI ĐƠN VỊ ĐÃ NỘP",
        "KT Phòng Kinh tế:\r\nPhòng Kinh tế, kỳ 1 tháng 11 năm 2026: GỬI LẠI: 2 lỗi phải sửa, "
        "2 lưu ý. Cần sửa: trang «Nhiệm vụ» ô F7, G8. Xem phiếu sửa, sửa trong tệp đã gửi rồi gửi "
        "lại cả tệp. Đọc được 4 dòng việc được giao: 3 dòng đã ghi số lượng, 2 dòng ghi đủ số lượng "
        "giao (2/4 dòng = 50,0\u00a0%); tự sửa 1 chỗ.\r\n",
    ]


def test_a_unit_no_letter_can_reach_is_marked() -> None:
    text = reply.messages(case(units=SILENT).result, {"KT": "chưa có"})["thu/tin-nhan.txt"].decode()
    assert "KT Phòng Kinh tế (danh mục chưa có địa chỉ thư đúng):" in text
    assert "YT Trạm Y tế (danh mục chưa có địa chỉ thư đúng):" in text


def test_the_sender_of_a_file_nobody_can_place_is_answered_too() -> None:
    stranger = {"unit": "", "file": "bao cao.xlsx", "received": "", "status": "từ chối", "late": ""}
    found = [finding("K102", file="bao cao.xlsx")]
    text = told(submissions=[stranger], findings=found)
    assert text.endswith(
        "TỆP CHƯA RÕ CỦA ĐƠN VỊ NÀO: trả lời người gửi\r\n\r\nbao cao.xlsx:\r\n"
        "Tệp «bao cao.xlsx»: sổ có mật khẩu nên không mở được. Mở sổ, bỏ mật khẩu, lưu rồi gửi lại.\r\n"
    )


def test_a_refused_file_is_answered_by_why_and_what_to_do() -> None:
    units = [{"unit": "YT", "name": "Trạm Y tế", "status": "Chưa nộp"}]
    refused = {"unit": "YT", "file": "y te.xlsx", "received": "16/11/2026 09:00", "late": "không"}
    found = [
        finding(
            "K110", unit="YT", file="y te.xlsx", value="2026-10-K2", fact="kỳ 1 tháng 11 năm 2026"
        )
    ]
    sent = [refused | {"status": "từ chối"}]
    slips = open_slips(case(units=units, submissions=sent, findings=found).result)
    assert short_message(slips[1]) == (
        "Trạm Y tế, kỳ 1 tháng 11 năm 2026: GỬI LẠI: 1 lỗi phải sửa. Phiếu của kỳ 2026-10-K2, "
        "đang làm kỳ 1 tháng 11 năm 2026. Điền vào phiếu đã phát cho kỳ 1 tháng 11 năm 2026 rồi gửi lại."
    )


@pytest.mark.parametrize("count", [1, 12, 40, 900])
def test_a_message_is_never_longer_than_agreed_and_says_what_it_leaves_out(count: int) -> None:
    found = [("K301", "completed", 7, "9O", "")] * count
    counts = {"used": 900, "with_quantity": 900, "complete": 900, "hidden_rows": 900, "read": 900}
    (slip,) = open_slips(case(found, name="Trung tâm " * 20, tally=counts).result)
    text = short_message(slip)
    assert len(text) <= LONGEST_MESSAGE
    assert " Xem phiếu sửa, sửa trong tệp đã gửi rồi gửi lại cả tệp. Đọc được 900 dòng" in text
    named = re.search(r"ô (F7(?:, F7)*)(?: và (\d+) chỗ nữa)?\.", text)
    if named:
        assert named[1].count("F7") + int(named[2] or 0) == count


def test_a_version_that_waits_is_answered_first_in_every_form() -> None:
    newer = {"unit": "KT", "file": "KT 3.xlsx", "received": "16/11/2026 17:00", "late": "có"}
    found = [finding("K114", unit="KT", file="KT 3.xlsx", value="J6", fact="1")]
    waiting = newer | {"version": 3, "status": "chờ xác nhận"}
    made = case((), submissions=[waiting], findings=found)
    (slip,) = open_slips(made.result)
    assert slip.verdict == "CẦN TRẢ LỜI: bản mới chưa được dùng"
    assert letter_text(slip).startswith(slip.verdict)
    assert made.html["phieu-sua/KT.pdf"].count(slip.verdict) == 1
    asked = "CẦN TRẢ LỜI: bản mới chưa được dùng. Đang dùng bản trước; xem thư và trả lời."
    assert asked in short_message(slip)
    both = case(submissions=[waiting], findings=found)
    assert open_slips(both.result)[0].verdict == "GỬI LẠI: 2 lỗi phải sửa, 3 lưu ý"


# --- the marked workbook


def test_a_marked_workbook_lies_beside_the_slip_under_its_own_kind() -> None:
    [(name, (file, found))] = reply.books_to_mark(case(file="Phieu KT.XLSM").result).items()
    assert (name, file) == ("phieu-sua/KT.xlsm", "Phieu KT.XLSM")
    assert [row["cell"] for row in found] == ["F7", "G8", "I8", "F10"]


def test_without_findings_of_its_own_no_workbook_goes_back() -> None:
    assert reply.books_to_mark(case(()).result) == {}


# --- the sample


def test_the_samples_letters_go_to_everybody_once(sample: Commune) -> None:
    place = sample.output / NEWEST / "thu"
    letters = {path.name: opened(path.read_bytes()) for path in place.glob("*.eml")}
    assert len({letter["To"] for letter in letters.values()}) == len(letters) == 8
    slips = {path.stem for path in (place.parent / "phieu-sua").iterdir()}
    with_slip = {name.removesuffix(".eml") for name, one in letters.items() if one.is_multipart()}
    assert with_slip == slips == {"KT", "QS", "TTPVHCC", "TYT"}


def test_what_is_read_back_is_what_is_stored(sample: Commune) -> None:
    tables = json.loads((sample.output / NEWEST / "result.json").read_bytes())["tables"]
    rows = {(r["unit"], r["sheet"]): r for r in tables["tallies"]}
    lines = [r for r in tables["lines"] if r["unit"] == "VP" and r["sheet"] == "Nhiệm vụ"]
    filled = [r for r in lines if r["completed_reported"] is not None]
    full = [r for r in filled if float(r["completed_reported"]) >= float(r["assigned"]) > 0]
    vp = rows["VP", "Nhiệm vụ"]
    assert (vp["used"], vp["with_quantity"], vp["complete"]) == (len(lines), len(filled), len(full))
    text = body((sample.output / NEWEST / "thu" / "VP.eml").read_bytes())
    assert f"Đọc được {len(lines)} dòng việc được giao: {len(filled)} dòng đã ghi" in text
    assert f"{len(full)} dòng ghi đủ số lượng giao ({len(full)}/{len(lines)} dòng" in text


def test_an_old_slip_goes_with_its_faults(commune: Commune, sauro: Run) -> None:
    (commune.newest.inbox / "Phieu KPI phong KT ky 1 thang 11 (ban cuoi).xlsx").unlink()
    assert sauro("cycle").exit_code == 0
    made = commune.output / NEWEST
    assert not (made / "phieu-sua" / "KT.pdf").exists()
    assert not (made / "thu" / "KT.eml").exists()
    assert (made / "thu" / "nhac-KT.eml").exists()


@pytest.mark.parametrize("more", range(40))
def test_a_subject_keeps_its_spaces_however_long_it_is(more: int) -> None:
    subject = f"GỬI LẠI: 3 lỗi phải sửa: phiếu kỳ 2 tháng 4 năm 2026, Nhà Rông{' x' * more}"
    letter = _letter(subject, "", "", datetime(2026, 4, 30, tzinfo=VIETNAM), ())
    assert opened(letter)["Subject"] == subject
