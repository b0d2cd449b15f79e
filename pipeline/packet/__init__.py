"""The printed papers of a meeting, each a pure function of the cycle's result."""

from dataclasses import dataclass

from pipeline.model.calendar import parse_cycle
from pipeline.model.tables import CycleResult
from pipeline.packet import front, units
from pipeline.packet.annexes import annexes, people
from pipeline.packet.book import STANDINGS, Book, open_book
from pipeline.packet.forms import FOLDER as FORMS
from pipeline.packet.forms import compose_forms, form_workbooks
from pipeline.packet.period import compose_period
from pipeline.packet.review import compose_review
from pipeline.packet.sheets import FOLDER as SHEETS
from pipeline.packet.sheets import compose_sheets
from pipeline.tools.page import fill

__all__ = [
    "FORMS",
    "SHEETS",
    "compose",
    "compose_forms",
    "compose_people",
    "compose_period",
    "compose_review",
    "compose_sheets",
    "form_workbooks",
]


@dataclass(frozen=True)
class Part:
    """One entry of the contents; key names its template and the place links go to."""

    key: str
    title: str
    number: str = ""


CORE = (
    ("conclusions", "Kết luận chưa thực hiện"),
    ("summary", "Tổng hợp theo đơn vị"),
    ("overdue", "Quá hạn và sắp đến hạn"),
    ("unplanned", "Phát sinh, nhận thay, làm vượt"),
    ("obstacles", "Vướng mắc, kiến nghị"),
    ("indicators", "Chỉ số cải cách hành chính"),
)
ANNEXES = (
    ("people", "Kết quả từng người"),
    ("agenda", "Các việc trình Chủ tịch"),
    ("questions", "Số liệu cần hỏi lại"),
    ("matrix", "Nộp báo cáo sáu kỳ"),
    ("findings", "Vấn đề trong phiếu báo cáo"),
    ("restated", "Số liệu tính lại, điều chỉnh, miễn lỗi"),
    ("tallies", "Đối chiếu số dòng đã đọc"),
    ("files", "Tệp đã nhận"),
    ("rules", "Quy tắc đang áp dụng"),
)
ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X")


def compose(result: CycleResult) -> str:
    """Return the meeting packet as HTML, ready to print."""
    book = open_book(result)
    return fill("packet/packet.html.j2", _frame(book) | _pages(book))


def compose_people(result: CycleResult) -> str:
    """Return the sheet of persons alone, for the setting names = apart."""
    book = open_book(result)
    part = Part("people", "Kết quả từng người")
    return fill(
        "packet/people_apart.html.j2", _frame(book) | {"part": part, "people": people(book)}
    )


def _frame(book: Book) -> dict[str, object]:
    """Return what every page needs: who, which cycle, when printed."""
    cycle = parse_cycle(book.result.cycle)
    return {
        "result": book.result,
        "cycle": cycle,
        "year": cycle.year,
        "heading": f"Hồ sơ họp {cycle.name}",
        "head": front.letterhead(book),
        "signs": STANDINGS,
    }


def _pages(book: Book) -> dict[str, object]:
    return {
        "core": [Part(key, title, f"{ROMAN[n]}.") for n, (key, title) in enumerate(CORE)],
        "appendix": [
            Part(key, title, f"Phụ lục {n}.") for n, (key, title) in enumerate(ANNEXES, 1)
        ],
        "total": front.commune(book),
        "decision": front.decision_page(book),
        "returns": front.returns(book),
        "conclusions": front.conclusions(book),
        "summary": front.summary(book),
        "overdue": front.overdue(book),
        "soon_due": front.soon_due(book),
        "unplanned": front.unplanned(book),
        "surplus": front.surplus(book),
        "obstacles": front.obstacles(book),
        "indicators": front.indicators(book),
        "measures": book.tables["measures"],
        "spreads": units.spreads(book),
        "columns": {
            "lines": units.LINES,
            "obstacles": units.OBSTACLES,
            "upcoming": units.UPCOMING,
        },
        **annexes(book),
    }
