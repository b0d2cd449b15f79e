"""thu/tin-nhan.txt: one paragraph a unit, to be copied into Zalo or a text message."""

from collections.abc import Iterable, Mapping

from pipeline.model.calendar import parse_cycle
from pipeline.model.findings import ERROR
from pipeline.model.tables import CycleResult, records
from pipeline.model.text import show_date
from pipeline.reply.letters import FOLDER, recipients
from pipeline.reply.reminders import open_reminders
from pipeline.reply.slip import open_slips
from pipeline.reply.words import LONGEST_MESSAGE, short_message
from pipeline.tools.page import printable

NAME = f"{FOLDER}/tin-nhan.txt"
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
