"""The sheets of tham-dinh.xlsx beside the verdicts: entries, checks, notes, proposals, scores."""

from collections.abc import Mapping

from making.content import Row, day_of, number_of
from making.filling import Work, key_at
from making.sheets import Page


def type_notes(pages: Mapping[str, Page], work: Work) -> None:
    """Type what the group noted in a cycle; the month's sheets where they are there."""
    scene, rows = work.scene, work.content.rows
    for row in rows("nhap-thay", scene):
        _enter(pages["substitutes"], row, work)
    _inspect(pages["inspections"], rows("kiem-tra", scene))
    pages["discipline"].fill([_discipline(row) for row in rows("ky-luat", scene)])
    _propose(pages["rewards"], rows("khen-thuong", scene))
    if scene.cycle.ends_month:
        _by_criterion(pages["general"], rows("diem-chung", scene), "score", "điểm")
        _by_criterion(pages["leader_criteria"], rows("lanh-dao", scene), "value", "mức")


def _enter(page: Page, row: Row, work: Work) -> None:
    line = work.named(row["việc chứa"], unit=row["đơn vị"])
    [at] = [at for at in page.rows() if key_at(page, at) == line.key]
    page.put(at, completed=float(number_of(row["số lượng"])), finished=day_of(row["ngày xong"]))
    page.put(at, reason=row["lý do"], document=row["căn cứ"])


def _inspect(page: Page, told: list[Row]) -> None:
    for at, row in zip(page.rows(), told, strict=True):
        found = number_of(row["thấy"])  # blank: as reported
        page.put(
            at,
            found=page.get(at, "reported") if found is None else float(found),
            checked_on=day_of(row["ngày"]),
            inspector=row["người kiểm tra"],
            note=row["ghi nhận"],
        )


def _discipline(row: Row) -> dict:
    return {
        "date": day_of(row["ngày"]),
        "who": row["người"],
        "found": row["nội dung"],
        "rule": row["quy định"],
        "handling": row["hướng xử lý"],
    }


def _propose(page: Page, told: list[Row]) -> None:
    """Type proposals beside the drafted facts, and below them for whom no fact is drafted."""
    there = {str(page.get(at, "who")).split(" – ")[0]: at for at in page.rows()}
    spare = max([page.declared.heading_row, *there.values()]) + 1
    for row in told:
        at = there.get(row["người"], spare)
        spare += at == spare
        page.put(at, proposal=row["đề nghị"], note=row["ghi chú"])
        if row["người"] not in there:
            page.put(at, who=row["người"])


def _by_criterion(page: Page, told: list[Row], field: str, heading: str) -> None:
    given = {(row["người"], row["tiêu chí"]): row for row in told}
    for at in page.rows():
        row = given.get((page.get(at, "person"), str(page.get(at, "criterion"))))
        if row:
            page.put(at, **{field: float(number_of(row[heading])), "reason": row["lý do"]})
