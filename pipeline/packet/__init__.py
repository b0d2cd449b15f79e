"""The printed papers of a meeting, each a pure function of the cycle's result."""

from dataclasses import dataclass

from pipeline.model.calendar import parse_cycle
from pipeline.model.rules import days_word
from pipeline.model.tables import CycleResult
from pipeline.packet import front, units
from pipeline.packet.agreed import open_matter
from pipeline.packet.annexes import annexes, people, revised
from pipeline.packet.book import STANDINGS, Book, open_book
from pipeline.packet.charts import rate_dots
from pipeline.packet.forms import FOLDER as FORMS
from pipeline.packet.forms import compose_forms, form_workbooks
from pipeline.packet.lists import COLUMNS, FEW_CONCLUSIONS, note_lines, shorten
from pipeline.packet.minutes import compose_minutes
from pipeline.packet.notice import compose_notice
from pipeline.packet.period import compose_period
from pipeline.packet.province import compose_province
from pipeline.packet.review import compose_review
from pipeline.packet.screen import for_screen
from pipeline.packet.sheets import FOLDER as SHEETS
from pipeline.packet.sheets import compose_sheets
from pipeline.packet.texts import WHOLE_TEXT, whole_texts
from pipeline.packet.urging import FOLDER as URGING
from pipeline.packet.urging import compose_urging
from pipeline.tools.page import fill

__all__ = [
    "FORMS",
    "SHEETS",
    "URGING",
    "compose",
    "compose_forms",
    "compose_minutes",
    "compose_notice",
    "compose_people",
    "compose_period",
    "compose_province",
    "compose_review",
    "compose_sheets",
    "compose_urging",
    "for_screen",
    "form_workbooks",
    "open_matter",
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
    ("conduct", "Khen thưởng, nhắc nhở, kỷ luật, kỷ cương"),
)
ANNEXES = (
    ("people", "Kết quả từng người"),
    ("agenda", "Các việc trình Chủ tịch"),
    ("questions", "Số liệu cần hỏi lại"),
    ("gaps", "Số báo cáo và số được xác nhận"),
    ("matrix", "Nộp báo cáo sáu kỳ"),
    ("findings", "Vấn đề trong phiếu báo cáo"),
    ("restated", "Số liệu tính lại, điều chỉnh, miễn lỗi"),
    ("tallies", "Đối chiếu số dòng đã đọc"),
    ("files", "Tệp đã nhận"),
    ("rules", "Quy tắc đang áp dụng"),
)
LISTS = (
    ("conclusions", "Kết luận chưa thực hiện"),
    ("overdue", "Quá hạn, chưa xong đủ"),
    ("soon_due", "Sắp đến hạn"),
    ("unplanned", "Phát sinh, nhận thay"),
    ("surplus", "Làm vượt số lượng giao"),
    ("obstacles", "Vướng mắc, kiến nghị"),
    ("indicators", "Chỉ số cải cách hành chính"),
    ("measures", "Kiến nghị của Tổ công tác"),
    ("rewards", "Khen thưởng, biểu dương"),
    ("discipline", "Nhắc nhở, kỷ luật, kỷ cương"),
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
    named = {"heading": f"{part.title}, {parse_cycle(result.cycle).name}"}
    shown = {"part": part, "people": people(book), **revised(book)}
    return fill("packet/people_apart.html.j2", _frame(book) | named | shown)


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
        "days": days_word(book.result.rule_settings["late_rule"]),
    }


def _pages(book: Book) -> dict[str, object]:
    summary, total = front.summary(book), front.commune(book)
    dots = rate_dots(summary, total)
    first, rest = shorten(front.lists(book), summary, float(dots["height"]))
    whole = whole_texts(book)
    last = [("rest", "Danh sách tiếp theo")] if any(rest.values()) else []
    last += [("texts", "Nội dung ghi đủ")] if whole["texts"] else []
    appendix = enumerate([*ANNEXES, *last], 1)
    return {
        "core": [Part(key, title, f"{ROMAN[n]}.") for n, (key, title) in enumerate(CORE)],
        "appendix": [Part(key, title, f"Phụ lục {n}.") for n, (key, title) in appendix],
        **first,
        **whole,
        "rest": rest,
        "few_conclusions": FEW_CONCLUSIONS,
        "note_lines": note_lines(first["conclusions"], summary),
        "list_titles": LISTS,
        "whole_text": WHOLE_TEXT,
        "total": total,
        "unheard": front.unheard(book),
        "decision": front.decision_page(book),
        "returns": front.returns(book),
        "summary": summary,
        "dots": dots,
        "spreads": units.spreads(book),
        "new_rows": 0 if book.is_held else units.NEW_ROWS,
        "columns": COLUMNS
        | {
            "lines": units.LINES,
            "unit_obstacles": units.OBSTACLES,
            "upcoming": units.UPCOMING,
        },
        **annexes(book),
    }
