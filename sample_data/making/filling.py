"""The units' issued workbooks, filled in cell by cell as an officer would, with planted faults."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from io import BytesIO

import openpyxl

from making.assigning import Line, person_label
from making.content import Content, Posting, Row, Scene, day_of, number_of
from making.sheets import Page, saved
from making.working import Report
from pipeline.model.layout import layout

Key = tuple[str, str]
TICK = "A3"
SCORES = {
    "c1": 5,
    "c2": 5,
    **dict.fromkeys(("c3", "c4", "c5", "c6", "c7", "c8", "c9", "c10"), Decimal("2.5")),
}
QUARTER = Decimal("0.25")


@dataclass(frozen=True)
class Work:
    """What the whole commune was given and did in one cycle."""

    content: Content
    scene: Scene
    lines: list[Line]
    reports: Mapping[Key, Report]

    def named(self, text: str, person: str = "", unit: str = "") -> Line | None:
        """Return the newest line whose task holds a text, of a person and unit if given."""
        return next(
            (
                line
                for line in reversed(self.lines)
                if text
                and text in line.task
                and person in ("", line.person)
                and unit in ("", line.unit)
            ),
            None,
        )

    def id_of(self, line: Line | None) -> str:
        """Return «KT-07», or «KT-07/CB012» where several people share the task."""
        if line is None:
            return ""
        shared = sum(other.task_id == line.task_id for other in self.lines) > 1
        return f"{line.task_id}/{line.person}" if shared else line.task_id

    def taken(self) -> dict[Key, Decimal]:
        """Return by key what others took over in this cycle."""
        rows = [
            row for row in self.content.rows("phat-sinh", self.scene) if row["loại"] == "nhận thay"
        ]
        given = ((self.giver(row), number_of(row["SL giao"])) for row in rows)
        return {line.key: quantity for line, quantity in given if line}

    def giver(self, row: Row) -> Line | None:
        """Return the line a taken-over row stands for."""
        return self.named(row["nhận thay việc chứa"], row["nhận thay của"])


def filled(issued: bytes, posting: Posting, work: Work) -> bytes:
    """Return a unit's workbook as it was filled in, with the faults of this posting."""
    book = openpyxl.load_workbook(BytesIO(issued))
    pages = {
        sheet.key: Page(book, sheet)
        for sheet in layout("unit").tables
        if sheet.title in book.sheetnames
    }
    _fill_tasks(pages["tasks"], posting, work)
    _fill_unplanned(pages["unplanned"], posting, work)
    pages["claims"].fill(
        [_claim(row, work) for row in work.content.rows("loai-tru", work.scene, posting.unit)]
    )
    pages["obstacles"].fill(
        [_obstacle(row, work) for row in work.content.rows("vuong-mac", work.scene, posting.unit)]
    )
    pages["proposals"].fill(
        [
            _proposal(row, work.content)
            for row in work.content.rows("ky-toi", work.scene, posting.unit)
        ]
    )
    if "cchc" in pages:
        _fill_indicators(pages["cchc"], work)
    if "general" in pages:
        _fill_scores(pages["general"], work)
    return saved(book)


def _fill_tasks(page: Page, posting: Posting, work: Work) -> None:
    rows = {key_at(page, row): row for row in page.rows()}
    for key, row in rows.items():
        report = work.reports[key]
        page.put(
            row,
            completed=_figure(report.completed),
            finished=report.finished,
            rework=report.rework,
            evidence=report.evidence,
            note=report.note,
        )
    _type_as_text(page, posting)
    for fault in posting.faults:
        line = work.named(fault["viec"], fault.get("nguoi", ""), posting.unit)
        row = rows[line.key]
        page.clear(row, fault["o"])
        page.put(row, **{fault["o"]: fault["go"]})
    for text in posting.emptied_tasks:
        for field in posting.emptied:
            page.clear(rows[work.named(text, unit=posting.unit).key], field)


def key_at(page: Page, row: int) -> Key:
    """Return task id and person code of a row."""
    person = str(page.get(row, "person") or "")
    return str(page.get(row, "task_id")), person.split(" – ")[0]


def _type_as_text(page: Page, posting: Posting) -> None:
    """Type some dates and figures as text, as happens when cells are pasted."""
    dated = [row for row in page.rows() if isinstance(page.get(row, "finished"), date)]
    for row in dated[:: max(1, len(dated) // 3)][: posting.text_dates]:
        day = page.get(row, "finished")
        page.put(row, finished=f"{day.day}/{day.month}/{day.year}")
    parts = [row for row in page.rows() if isinstance(page.get(row, "completed"), float)]
    whole = [row for row in page.rows() if page.get(row, "completed")]
    for row in [*parts, *whole][: posting.text_numbers]:
        page.put(row, completed=f"{page.get(row, 'completed')} ".replace(".", ","))


def _fill_unplanned(page: Page, posting: Posting, work: Work) -> None:
    rows = work.content.rows("phat-sinh", work.scene, posting.unit)
    page.fill([{"kind": row["loại"], **_unplanned(row, work)} for row in rows])
    if not rows and not posting.no_tick:
        page.sheet[TICK] = "x"


def _unplanned(row: Row, work: Work) -> dict:
    return {
        "task": row["việc"],
        "from_task": work.id_of(work.giver(row)),
        "assigner": row["người giao"],
        "document": row["văn bản"],
        "product": product_label(row["sản phẩm"], work.content),
        "person": person_label(row["người"], work.content),
        "assigned": _figure(number_of(row["SL giao"])),
        "completed": _figure(number_of(row["SL xong"])),
        "finished": day_of(row["ngày xong"]),
        "rework": int(row["làm lại"]),
        "evidence": row["minh chứng"],
        "note": row["ghi chú"],
    }


def _claim(row: Row, work: Work) -> dict:
    return {
        "task_id": work.id_of(work.named(row["việc chứa"], row["người"], row["đơn vị"])),
        "aspect": row["loại trừ về"],
        "cause": row["nguyên nhân"],
        "document": row["văn bản"],
    }


def _obstacle(row: Row, work: Work) -> dict:
    return {
        "task_id": work.id_of(work.named(row["việc chứa"], unit=row["đơn vị"])),
        "obstacle": row["vướng mắc"],
        "proposal": row["đề xuất"],
        "who": row["ai gỡ"],
        "wanted_by": day_of(row["cần trước"]),
    }


def _proposal(row: Row, content: Content) -> dict:
    return {
        "task": row["việc"],
        "product": product_label(row["sản phẩm"], content),
        "assigned": _figure(number_of(row["số lượng"])),
        "measure": row["ĐVT"],
        "person": person_label(row["người"], content),
        "responsible": row["chịu trách nhiệm"],
        "approver": row["thẩm quyền"],
        "due": day_of(row["hạn"]),
    }


def _fill_indicators(page: Page, work: Work) -> None:
    figures = {row["mã"]: row for row in work.content.rows("cchc", work.scene)}
    for row in page.rows():
        code = page.get(row, "indicator")
        page.put(
            row,
            numerator=_figure(number_of(figures[code]["tử số"])),
            denominator=_figure(number_of(figures[code]["mẫu số"])),
            value=_figure(number_of(figures[code]["giá trị"])),
            source=work.content.indicators[code]["nguồn"],
            as_of=work.scene.cycle.last_day,
        )


def _fill_scores(page: Page, work: Work) -> None:
    """Fill the self-scores: near the maximum, a quarter point off here and there."""
    for row in page.rows():
        chance = work.content.chance("tự chấm", work.scene.cycle, page.get(row, "person"))
        scores = {
            key: most - QUARTER * chance.choice((0, 0, 1, 1, 2)) for key, most in SCORES.items()
        }
        page.put(row, **{key: float(score) for key, score in scores.items()})


def product_label(code: str, content: Content) -> str:
    """Return «TC.05 – Báo cáo giải ngân» as the drop-downs say it."""
    return f"{code} – {content.products[code]['sản phẩm']}" if code else ""


def _figure(value: Decimal | None) -> int | float | None:
    """Return a figure as a person types it: 3 or 0.5."""
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)


def units_sent(postings: Iterable[Posting]) -> dict[str, Posting]:
    """Return by unit its last posting."""
    return {posting.unit: posting for posting in postings}
