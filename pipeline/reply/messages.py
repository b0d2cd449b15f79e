"""thu/tin-nhan.txt: one paragraph a unit, to be copied into Zalo or a text message."""

from collections.abc import Iterable, Mapping

from pipeline.model.calendar import parse_cycle
from pipeline.model.findings import ERROR
from pipeline.model.tables import CycleResult, records
from pipeline.model.text import show_date
from pipeline.model.urging import SOON, Urged, Urging
from pipeline.reply.letters import FOLDER, recipients
from pipeline.reply.reminders import open_reminders
from pipeline.reply.slip import open_slips
from pipeline.reply.words import LONGEST_MESSAGE, LONGEST_NAME, short_message
from pipeline.tools.page import printable

NAME = f"{FOLDER}/tin-nhan.txt"
URGING_NAME = "tin-nhan.txt"
CODES_NAMED, LONGEST_CODE = 4, 20
NO_ADDRESS = " (danh mục chưa có địa chỉ thư đúng)"


def messages(result: CycleResult, addresses: Mapping[str, str]) -> dict[str, bytes]:
    """Return the file of short messages, as Notepad opens it."""
    cycle, day = parse_cycle(result.cycle).name, show_date(result.made_at)
    missing = [(f"{r.unit} {r.name}", r.unit, r.text) for r in open_reminders(result)]
    replies = [(f"{s.unit} {s.name}", s.unit, short_message(s)) for s in open_slips(result)]
    strangers = [(file, None, text) for file, text in _strangers(result)]
    parts = [f"Tin nhắn soạn sẵn, {cycle}, ngày {day}. Chép từng đoạn gửi Zalo hoặc SMS."]
    parts += _section("NHẮC ĐƠN VỊ CHƯA NỘP", missing, addresses)
    parts += _section("TRẢ LỜI ĐƠN VỊ ĐÃ NỘP", replies, addresses)
    parts += _section("TỆP CHƯA RÕ CỦA ĐƠN VỊ NÀO: trả lời người gửi", strangers, addresses)
    return {NAME: ("\r\n\r\n".join(parts) + "\r\n").encode("utf-8-sig")}


def urging_messages(urging: Urging, addresses: Mapping[str, str]) -> dict[str, bytes]:
    """Return the file of short messages that urge the units, by its name in don-doc/."""
    cycle, day = parse_cycle(urging.cycle).name, show_date(urging.made_at.date())
    told = [
        (f"{u.unit} {u.name}".strip(), u.unit or None, _urged(u, cycle, day))
        for u in urging.units
        if u.anything
    ]
    parts = [f"Tin nhắn đôn đốc soạn sẵn, {cycle}, ngày {day}. Chép từng đoạn gửi Zalo hoặc SMS."]
    parts += _section("ĐÔN ĐỐC", told, addresses) or ["Không có gì phải đôn đốc."]
    return {URGING_NAME: ("\r\n\r\n".join(parts) + "\r\n").encode("utf-8-sig")}


def _urged(unit: Urged, cycle: str, day: str) -> str:
    """Return what a unit has to do, the codes of the first of each kind, in one paragraph."""
    kinds = (
        ("việc quá hạn", [str(row["task_id"]) for row in unit.overdue]),
        (f"việc đến hạn trong {SOON} ngày", [str(row["task_id"]) for row in unit.soon]),
        ("kết luận chưa thực hiện", [_named(row) for row in unit.conclusions]),
    )
    told = "; ".join(f"{len(codes)} {kind} ({_first(codes)})" for kind, codes in kinds if codes)
    name = printable(unit.name, LONGEST_NAME)
    text = f"{name}: {cycle}, đến {day} còn {told}. Việc đã xong xin ghi ngày xong vào phiếu."
    return printable(text, LONGEST_MESSAGE)


def _named(conclusion: Mapping[str, object]) -> str:
    cycle = parse_cycle(str(conclusion["cycle"]))
    return f"{conclusion['conclusion']} kỳ {cycle.half} tháng {cycle.month}"


def _first(codes: list[str]) -> str:
    more = ", …" if len(codes) > CODES_NAMED else ""
    return ", ".join(printable(code, LONGEST_CODE) for code in codes[:CODES_NAMED]) + more


def _section(
    title: str, entries: Iterable[tuple[str, str | None, str]], addresses: Mapping[str, str]
) -> list[str]:
    """Return a titled part; a unit that no letter can reach is marked."""
    told = [f"{printable(head)}{_mark(unit, addresses)}:\r\n{text}" for head, unit, text in entries]
    return [title, *told] if told else []


def _mark(unit: str | None, addresses: Mapping[str, str]) -> str:
    reached = unit is None or recipients(addresses.get(unit, ""))
    return "" if reached else NO_ADDRESS


def _strangers(result: CycleResult) -> list[tuple[str, str]]:
    """Return each file that names no unit of ours, and why nothing of it could be used."""
    found = [row for row in records(result.tables["findings"]) if row["severity"] == ERROR]
    files = [row["file"] for row in records(result.tables["submissions"]) if not row["unit"]]
    told = {
        file: " ".join(f"{r['message']} {r['action']}" for r in found if r["file"] == file)
        for file in files
    }
    return [(file, printable(text, LONGEST_MESSAGE)) for file, text in told.items() if text]
