"""tham-dinh.xlsx of a cycle: what the working group decided and typed into the draft."""

import random
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from io import BytesIO

import openpyxl

from making.assigning import Line
from making.content import Row, day_of
from making.filling import Work, key_at
from making.noting import type_notes
from making.sheets import Page, saved
from making.working import BULK, Report
from pipeline.model.layout import layout

RIGHT, CHANGED = "Đúng", "Sửa"
LESS, AGAIN, ITEMS_LATE, NOT_LATE = "giảm", "làm lại", "hồ sơ chậm", "không chậm"
TURNS = (LESS, AGAIN, ITEMS_LATE, LESS, NOT_LATE, AGAIN, ITEMS_LATE)  # kinds of correction, in turn
PAPERS = ("báo cáo", "kế hoạch", "tờ trình", "văn bản", "phương án", "quyết định")
UNPLANNED_ACCEPTED = 75  # percent


@dataclass(frozen=True)
class Verdict:
    """What the group says of one line; None leaves the reported figure."""

    state: str = ""
    completed: Decimal | None = None
    rework: int | None = None
    lateness: int | None = None
    reason: str = ""


class Group:
    """The working group of one cycle."""

    def __init__(self, work: Work, sent: Iterable[str]) -> None:
        self.work, self.content, self.scene = work, work.content, work.scene
        self.sent = frozenset(sent)
        self.verdicts = self._decide()

    def verdict(self, line: Line) -> Verdict:
        return self.verdicts.get(line.key, Verdict())

    def accepted(self, line: Line) -> Decimal:
        """Return the quantity that counts for a line."""
        verdict = self.verdict(line)
        if verdict.state == CHANGED and verdict.completed is not None:
            return verdict.completed
        return self.work.reports[line.key].completed or Decimal(0)

    def _decide(self) -> dict[tuple[str, str], Verdict]:
        looked_at = [line for line in self.work.lines if self._looked_at(line)]
        verdicts = {line.key: Verdict(RIGHT) for line in looked_at}
        for number in range(self.scene.corrected):
            turn = TURNS[number % len(TURNS)]
            open_lines = [
                line
                for line in looked_at
                if verdicts[line.key].state == RIGHT and self._fits(line, turn)
            ]
            if open_lines:
                chance = self.content.chance("sửa", self.scene.cycle, number)
                line = chance.choice(open_lines)
                verdicts[line.key] = self._correction(line, turn, chance)
        return verdicts

    def _looked_at(self, line: Line) -> bool:
        report = self.work.reports[line.key]
        waits = not report.completed and line.due > self.scene.cycle.last_day
        roll = self.content.chance("xem", self.scene.cycle, *line.key).randrange(100)
        return (
            line.unit in self.sent
            and not waits
            and not self._faulted(line)
            and roll < self.scene.verified
        )

    def _faulted(self, line: Line) -> bool:
        """Say whether the report on a line has a planted fault: the group waits for the repair."""
        last = [posting for posting in self.scene.postings if posting.unit == line.unit][-1:]
        return any(
            fault["viec"] in line.task and fault.get("nguoi", line.person) == line.person
            for posting in last
            for fault in posting.faults
        )

    def _fits(self, line: Line, turn: str) -> bool:
        """Say whether a line can be corrected in such a way."""
        report = self.work.reports[line.key]
        bulk = self.content.products[line.product]["cách trừ"] == BULK
        late = bool(report.finished and report.finished > line.due and not line.carried)
        alone = line.share is None
        return (
            bool(report.completed)
            and alone
            and {
                LESS: not line.sure and not line.carried and self._divisible(line),
                AGAIN: not bulk and not line.sure,
                ITEMS_LATE: bulk and line.unit == "TTPVHCC",
                NOT_LATE: late and not bulk and not self._claimed(line),
            }[turn]
        )

    def _claimed(self, line: Line) -> bool:
        rows = self.content.rows("loai-tru", self.scene, line.unit)
        return any(row["việc chứa"] in line.task for row in rows)

    def _divisible(self, line: Line) -> bool:
        """Say whether less can be accepted: of several items, or of a paper still a draft."""
        several = self.work.reports[line.key].completed > 1
        return several or self.content.products[line.product]["ĐVT"] in PAPERS

    def _correction(self, line: Line, turn: str, chance: random.Random) -> Verdict:
        report = self.work.reports[line.key]
        reasons = [
            row["lý do"] for row in self.content.tables["tham-dinh"] if row["cách sửa"] == turn
        ]
        if turn == LESS:
            return Verdict(
                CHANGED, completed=_less(report), reason=_reason_for_less(reasons, report, chance)
            )
        reason = chance.choice(reasons)
        if turn == AGAIN:
            return Verdict(CHANGED, rework=(report.rework or 0) + 1, reason=reason)
        return Verdict(
            CHANGED, lateness=0 if turn == NOT_LATE else chance.randint(2, 6), reason=reason
        )

    def typed(self, draft: bytes) -> bytes:
        """Return the drafted workbook with what the group typed."""
        book = openpyxl.load_workbook(BytesIO(draft))
        pages = {
            sheet.key: Page(book, sheet)
            for sheet in layout("verification").tables
            if sheet.title in book.sheetnames
        }
        self._type_verdicts(pages["verdicts"])
        self._type_exemptions(pages["exemptions"])
        self._tick_agenda(pages["agenda"])
        pages["measures"].fill(
            [_measure(row) for row in self.content.rows("kien-nghi", self.scene)]
        )
        type_notes(pages, self.work)
        return saved(book)

    def _type_verdicts(self, page: Page) -> None:
        for row in page.rows():
            key = key_at(page, row)
            verdict = self.verdicts.get(key)
            if verdict is None and page.get(row, "kind") != "kế hoạch":
                verdict = self._unplanned_verdict(page, row)
            if verdict:
                page.put(
                    row,
                    state=verdict.state,
                    completed_accepted=None
                    if verdict.completed is None
                    else float(verdict.completed),
                    rework_accepted=verdict.rework,
                    lateness_accepted=verdict.lateness,
                    reason=verdict.reason,
                )

    def _unplanned_verdict(self, page: Page, row: int) -> Verdict | None:
        """Return the word on unplanned work; without a document it is left open."""
        told = next(
            row_
            for row_ in self.content.rows("phat-sinh", self.scene)
            if row_["việc"] == page.get(row, "task")
        )
        roll = self.content.chance("phát sinh", self.scene.cycle, page.get(row, "task")).randrange(
            100
        )
        return Verdict(RIGHT) if told["văn bản"] and roll < UNPLANNED_ACCEPTED else None

    def _type_exemptions(self, page: Page) -> None:
        told = {}
        for row in self.content.rows("loai-tru", self.scene):
            line = self.work.named(row["việc chứa"], row["người"], row["đơn vị"])
            told[(*line.key, row["loại trừ về"])] = row
        for row in page.rows():
            words = told[(*key_at(page, row), page.get(row, "aspect"))]
            page.put(
                row,
                granted=words["chấp nhận"],
                reason=words["lý do"],
                document=words["văn bản xác nhận"],
                confirmer=words["người xác nhận"],
            )

    def _tick_agenda(self, page: Page) -> None:
        told = self.content.rows("trinh", self.scene)
        for row in page.rows():
            words = next(
                (w for w in told if w["nội dung chứa"] in str(page.get(row, "matter"))), None
            )
            if words:
                told.remove(words)
                page.put(
                    row,
                    chosen="x",
                    matter_edited=words["nội dung sửa"],
                    proposal_edited=words["đề xuất"],
                    minutes=int(words["phút"]),
                )


def _less(report: Report) -> Decimal:
    """Return a smaller quantity: half of one, one less of a few, a twentieth less of many."""
    done = report.completed
    if done <= 1:
        return (done / 2).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return done - max(Decimal(1), (done / 20).quantize(Decimal(1), ROUND_HALF_UP))


def _reason_for_less(reasons: list[str], report: Report, chance: random.Random) -> str:
    """Return a reason that goes with one unfinished product, or with several counted ones."""
    fitting = [reason for reason in reasons if ("dự thảo" in reason) == (report.completed <= 1)]
    return chance.choice(fitting)


def _measure(row: Row) -> dict:
    return {
        "subject": row["vấn đề"],
        "measure": row["giải pháp"],
        "owner": row["người chủ trì"],
        "due": day_of(row["thời hạn"]),
        "indicator": row["chỉ số"],
    }
