"""What minutes and notice say alike: who presided, what was found, decided and handed out.

Persons stand in it only beside what they are to do; no figure of a person is printed.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from unicodedata import normalize

from pipeline.model.calendar import Cycle, parse_cycle
from pipeline.model.registers import Registers, works
from pipeline.model.tables import REPAIR, YES, CycleResult
from pipeline.model.text import fold, show_date, show_decimal, show_percent
from pipeline.packet import front
from pipeline.packet.blocks import BLANK, Grid, Heading, Signature, Text
from pipeline.packet.book import Book, Row, open_book
from pipeline.packet.charts import standing_bar

CHAIR, DEPUTY = "chủ tịch", "phó chủ tịch"
UNKNOWN = "……"
SPARE = 3  # blank rows of a table of which nothing is known yet
RATES = (("a", "số lượng"), ("b", "chất lượng"), ("c", "tiến độ"))
CONCLUSIONS = (
    *(("Mã", 17, ""), ("Kết luận, việc phải làm", 60, ""), ("Người, đơn vị thực hiện", 33, "")),
    *(("Thời hạn", 26, "c"), ("Sản phẩm", 29, "")),
)
CHANGES = (
    *(("Mã kết luận", 19, ""), ("Việc, người thực hiện", 50, ""), ("Điều chỉnh", 20, "")),
    *(("Trước", 26, ""), ("Sau", 26, ""), ("Lý do", 24, "")),
)
WORK = (
    *(("TT", 11, "c"), ("Rõ việc", 46, ""), ("Rõ người", 27, ""), ("Rõ thời gian", 26, "c")),
    *(("Rõ sản phẩm", 25, ""), ("Rõ trách nhiệm, thẩm quyền", 30, "")),
)
HANDED_ON = (
    ("Đơn vị", 81, ""),
    ("Chuyển kỳ", 28, "c"),
    ("Chưa đến hạn", 28, "c"),
    ("Giao mới", 28, "c"),
)
WAITING = (
    *(("Mã, kỳ", 25, ""), ("Kết luận", 60, ""), ("Người, đơn vị thực hiện", 31, "")),
    *(("Thời hạn", 26, "c"), ("Tình trạng", 23, "")),
)


@dataclass(frozen=True)
class Matter:
    """What both papers are made of: the cycle's result, and the work the meeting has given."""

    book: Book
    given: Sequence[Row]
    registers: Registers

    @property
    def result(self) -> CycleResult:
        return self.book.result

    @property
    def cycle(self) -> Cycle:
        return parse_cycle(self.result.cycle)

    @property
    def fresh(self) -> list[Row]:
        """The conclusions of this meeting."""
        return [row for row in self.book.tables["conclusions"] if not row["age"]]

    @property
    def is_held(self) -> bool:
        """Whether anything the meeting decided is known."""
        return self.book.is_held


def open_matter(result: CycleResult, given: Iterable[Row], registers: Registers) -> Matter:
    """Return what minutes and notice are made of."""
    return Matter(open_book(result), list(given), registers)


def initials(result: CycleResult) -> str:
    """Return «UBND» of «ỦY BAN NHÂN DÂN XÃ …»; dots where the body is named otherwise."""
    kind, *name = front.issuer(result)["lines"]
    return "".join(normalize("NFD", word)[0] for word in kind.split()) if name else UNKNOWN


def body(result: CycleResult) -> str:
    """Return «UBND xã …», in the middle of a sentence."""
    known = initials(result)
    name = result.commune["name"]
    return f"{known} {name}" if known != UNKNOWN else result.commune["body"]


def chair(matter: Matter) -> tuple[str, str]:
    """Return name and position of who presides; a post alone is the chairman's when it says so."""
    said = str(matter.result.meeting["chair"])
    if fold(said).startswith(CHAIR):
        return matter.result.signatories["chairman"], said
    return person(said, matter)


def person(said: str, matter: Matter) -> tuple[str, str]:
    """Return (name, position) of «name, position»; the register knows what is not said."""
    name, _, position = (part.strip() for part in said.partition(","))
    listed = (p for p in matter.book.tables["people"] if fold(p["name"]) == fold(name))
    return name, position or next((str(row["position"]) for row in listed), "")


def called(name: str, position: str) -> str:
    """Return «ông (bà) Nguyễn Văn An, Chủ tịch»; a name without a post may be a unit's."""
    if name and not position:
        return name
    return f"ông (bà) {name or BLANK}, {position or BLANK}"


def signature(matter: Matter) -> Signature:
    """Return how the one who presided signs for the body: himself, or for the chairman."""
    name, position = chair(matter)
    chairman = matter.result.signatories["chairman"]
    if fold(position).startswith(DEPUTY):
        return Signature(("KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"), name)
    if fold(position).startswith(CHAIR) or (name and fold(name) == fold(chairman)):
        return Signature(("CHỦ TỊCH",), name)
    return Signature((BLANK,), name or BLANK)


def heads(matter: Matter, unit: str) -> list[Row]:
    """Return who leads a unit on the day of the meeting, but for the one who presides."""
    day = matter.result.meeting["meeting_on"]
    presiding = fold(chair(matter)[0])
    return [
        row
        for row in matter.book.of("people", unit)
        if row["leader"] == "cấp trưởng" and works(row, day, day)
        if fold(row["name"]) != presiding
    ]


def day_said(day: date) -> str:
    """Return «thứ Tư, ngày 18 tháng 11 năm 2026»."""
    return f"{front.WEEKDAYS[day.weekday()]}, {front.day_said(day)}"


def returns_told(matter: Matter) -> str:
    """Return who reported, who did so late, who did not, whose workbook is still to be mended."""
    book, units = matter.book, matter.book.tables["units"]
    missing = [u for u in units if u["unit"] in book.missing - book.unusable]
    told = {
        "nộp chậm": [u for u in units if u["late_report"] == YES and u["unit"] not in book.missing],
        "chưa nộp": missing,
        "đã gửi nhưng chưa dùng được": [u for u in units if u["unit"] in book.unusable],
        "phiếu còn phải sửa": [u for u in units if u["status"] == REPAIR],
    }
    known = [f"{word}: {_listed(rows)}" for word, rows in told.items() if rows]
    count = f"Có {len(units) - len(book.missing)}/{len(units)} đơn vị đã báo cáo"
    return "; ".join([count, *known]) + "."


def _listed(units: Iterable[Row]) -> str:
    return ", ".join(str(unit["name"]) for unit in units)


def totals_told(matter: Matter) -> list[str]:
    """Return the commune's lines by standing and its rates in sentences."""
    if not matter.book.tables["commune"]:
        return []
    total = matter.book.tables["commune"][0]
    told = [
        f"Toàn {matter.result.commune['name']} có {show_decimal(total['tasks'])} việc,"
        f" {standing_bar(matter.book)['words']}. Tổ công tác đã thẩm định"
        f" {show_decimal(total['verified'])}/{show_decimal(total['lines'])} dòng."
    ]
    if total["R"] is not None:
        rates = "; ".join(f"{name} {key} = {show_percent(total[key])}" for key, name in RATES)
        told.append(
            f"Kết quả theo dõi kỳ của toàn {matter.result.commune['name']}: {rates}; trung bình"
            f" R = {show_percent(total['R'])}. Đây là số theo dõi công việc, chưa phải xếp loại."
        )
    return told


def adjusted_told(matter: Matter, where: str) -> list[str]:
    """Return what to say where the figures are those after changes, which stand `where`."""
    if not matter.book.tables["adjustments"]:
        return []
    return [f"Số liệu trên là số sau khi điều chỉnh việc đã giao {where}."]


def conclusions(matter: Matter) -> Grid:
    """Return what was concluded, then the points put to the chairman that have no conclusion."""
    settled = {(row["unit"], fold(row["matter"])) for row in matter.fresh}
    agenda = matter.book.named(matter.book.tables["agenda"])
    open_points = [
        (UNKNOWN, f"{_of(row)}{row['matter']}: {BLANK}", UNKNOWN, UNKNOWN, UNKNOWN)
        for row in agenda
        if row["chosen"] == YES and (row["unit"], fold(row["matter"])) not in settled
    ]
    rows = [_conclusion(row, matter) for row in matter.fresh]
    return Grid(CONCLUSIONS, [*rows, *open_points], 0 if matter.is_held else SPARE)


def _of(row: Mapping) -> str:
    return f"{row['unit_name']}: " if row["unit_name"] else ""


def _conclusion(row: Row, matter: Matter) -> tuple:
    """Return one conclusion; what it asks for is known from the work given under its code."""
    work = [given for given in matter.given if given["decision"] == row["conclusion"]]
    people = dict.fromkeys(matter.registers.person_name(w["person"]) for w in work if w["person"])
    products = "; ".join(_product(given, matter) for given in work)
    who = row["name"] or ", ".join(people) or UNKNOWN
    due = show_date(row["due"]) or UNKNOWN
    return row["conclusion"], row["what"], who, due, products or UNKNOWN


def _product(given: Row, matter: Matter) -> str:
    product = matter.registers.products[given["product"]]["product"]
    return f"{product}, số lượng {show_decimal(given['assigned'])}"


def changes(matter: Matter) -> Grid | None:
    """Return the changes to work that was handed out; None without any."""
    rows = [
        (
            row["decision"],
            f"{row['task_id']} {row['task']}; {row['person_name'] or 'cả đơn vị'}",
            *(row["change"], row["before"], row["after"], row["reason"]),
        )
        for row in matter.book.tables["adjustments"]
    ]
    return Grid(CHANGES, rows) if rows else None


def work(matter: Matter) -> Grid | None:
    """Return the work given for the next cycle with its six «rõ»; None without any."""
    name, units = matter.registers.person_name, matter.registers.unit_name
    rows = [
        (
            number,
            f"{units(row['unit'])}: {row['task']} ({row['decision']})",
            name(row["person"]) or UNKNOWN,
            show_date(row["due"]) or UNKNOWN,
            _product(row, matter),
            f"Chịu trách nhiệm: {name(row['responsible']) or UNKNOWN};"
            f" duyệt: {name(row['approver']) or UNKNOWN}",
        )
        for number, row in enumerate(matter.given, 1)
    ]
    return Grid(WORK, rows) if rows else None


def handed_on(matter: Matter) -> Grid:
    """Return how much work every unit takes into the next cycle, in lines."""
    rows = []
    for code, name in matter.book.names.items():
        origins = [row["origin"] for row in matter.book.of("upcoming", code)]
        new = sum(row["unit"] == code for row in matter.given)
        rows.append((name, origins.count("chuyển kỳ"), origins.count("chưa đến hạn"), new))
    return Grid(HANDED_ON, rows)


def waiting(matter: Matter) -> Grid | None:
    """Return what earlier meetings concluded and nobody has closed; None without any."""
    rows = [
        (
            f"{row['conclusion']}, {parse_cycle(row['cycle']).name}",
            row["what"],
            row["name"] or UNKNOWN,
            show_date(row["due"]) or UNKNOWN,
            row["state"] + (f", hoãn {row['postponed']} lần" if row["postponed"] else ""),
        )
        for row in front.conclusions(matter.book)
    ]
    return Grid(WAITING, rows) if rows else None


def section(title: str, *blocks: object, level: int = 2) -> list:
    """Return a heading and what stands below it, without the blocks that are None."""
    return [Heading(title, level), *(block for block in blocks if block is not None)]


def nothing(matter: Matter) -> Text:
    """Return what stands for a part that is empty: said so only after the meeting."""
    return Text("Không có." if matter.is_held else BLANK)
