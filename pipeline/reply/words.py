"""The slip as plain text: the body of a letter, and a paragraph that fits a short message."""

from collections.abc import Iterable, Sequence
from itertools import groupby

from pipeline.model.findings import ERROR, what_is_wrong
from pipeline.model.grouping import Kind, told
from pipeline.model.limits import LIMITS
from pipeline.model.text import sentence, show_decimal
from pipeline.reply.slip import Row, Slip
from pipeline.tools.page import printable

LONGEST_MESSAGE = 400
LONGEST_NAME = 50
LEFT = (
    "Còn {} vấn đề nữa: xem trang «Cần sửa» của sổ đã đánh dấu; "
    "văn phòng có đủ ở luu-tru.xlsx, trang «Vấn đề»."
)
WRAPPED = 20_000  # a line of a letter is never cut at the length of a printed cell


def letter_text(slip: Slip) -> str:
    """Return the slip for a letter; one line a statement, whatever a cell or a name holds."""
    lines = [
        f"{slip.verdict}.",
        "",
        f"{slip.name} ({slip.unit}), {slip.cycle}",
        *(f"Tệp {file}." for file in slip.files),
        slip.read,
        slip.what_next,
    ]
    for key, title, rows in slip.groups:
        box = "" if key == "repairs" else "[ ] "
        kinds, left = told(rows)
        lines += ["", title.upper()]
        lines += [line for n, kind in enumerate(kinds, 1) for line in _problem(f"{box}{n}. ", kind)]
        lines += [LEFT.format(show_decimal(left))] if left else []
    return _lines(lines)


def _problem(lead: str, kind: Kind) -> list[str]:
    others = [f"    {sentence(kind.more(LIMITS.findings))}."] if kind.others else []
    return [f"{lead}{kind.where}: {kind.what}", *others, f"    Cần làm: {kind.action}"]


def _lines(lines: Iterable[str]) -> str:
    indents = ((line[: len(line) - len(line.lstrip(" "))], line) for line in lines)
    return "\n".join(indent + printable(line, WRAPPED) for indent, line in indents) + "\n"


def short_message(slip: Slip) -> str:
    """Return one paragraph for Zalo or SMS: what to do before what was read.

    The cells it has no room for are counted.
    """
    name = printable(slip.name, LONGEST_NAME)
    head = f"{name}, {slip.cycle}: {slip.verdict}."
    if slip.used is None and slip.findings:
        return printable(f"{head} {_refused(slip.findings[0])}", LONGEST_MESSAGE)
    errors = [row for row in slip.findings if row["severity"] == ERROR]
    tail = " Xem phiếu sửa, sửa trong tệp đã gửi rồi gửi lại cả tệp." if errors else ""
    tail += " Đang dùng bản trước; xem thư và trả lời." if slip.waits and not errors else ""
    room = LONGEST_MESSAGE - len(f"{head}{tail} {slip.read}") - len(" Cần sửa: .")
    places = _places(errors, room)
    told = f"{head} Cần sửa: {places}." if places else head
    return printable(f"{told}{tail} {slip.read}", LONGEST_MESSAGE)


def _refused(row: Row) -> str:
    """Return why a unit's only file is of no use, and what to do."""
    return f"{sentence(what_is_wrong(row))} {row['action']}"


def _places(errors: Sequence[Row], room: int) -> str:
    """Return «trang «Nhiệm vụ» ô K28, K29» as far as there is room, and how many more there are."""
    for kept in range(min(len(errors), LONGEST_MESSAGE), 0, -1):
        more = f" và {len(errors) - kept} chỗ nữa" if kept < len(errors) else ""
        if len(text := _listed(errors[:kept]) + more) <= room:
            return text
    return ""


def _listed(errors: Sequence[Row]) -> str:
    """Return the cells of each sheet after its name; what has no cell says what it is."""
    parts = []
    for sheet, rows in groupby(errors, key=lambda row: row["sheet"] if row["cell"] else ""):
        if sheet:
            parts.append(f"trang «{sheet}» ô {', '.join(str(row['cell']) for row in rows)}")
        else:
            parts += [what_is_wrong(row).rstrip(".") for row in rows]
    return printable("; ".join(parts), WRAPPED)
