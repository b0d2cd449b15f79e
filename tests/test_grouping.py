"""Like findings told once, a cap on what is told and on what is written down."""

from dataclasses import replace
from itertools import product

import openpyxl
import pytest
from conftest import NEWEST, Commune, Run
from test_cycle import tables_of

from pipeline import reading
from pipeline.model.findings import describe, finding
from pipeline.model.grouping import FEW, MOST_TOLD, kinds_of, limited, told
from pipeline.model.layout import layout
from pipeline.model.limits import LIMITS
from pipeline.model.stamp import Stamp

SHEET = "Nhiệm vụ"
COLUMNS = {("a.xlsx", SHEET, "completed"): "J", ("a.xlsx", SHEET, "finished"): "K"}
VP = "Phieu VP ky 1 thang 11.xlsx"


def worded(*places: tuple[str, int], code: str = "K301") -> list[dict]:
    found = [
        finding(code, unit="KT", file="a.xlsx", sheet=SHEET, row=row, field=field, value="9O")
        for field, row in places
    ]
    return describe(found, COLUMNS)


def test_neighbours_in_a_column_are_named_as_one() -> None:
    rows = (6, 7, 8, 9, 11, 12)
    [kind] = kinds_of(worded(*product(("completed", "finished"), rows)))
    assert kind.first["cell"] == "J6"
    assert kind.more() == "và 11 ô nữa: J7–J9, J11, J12, K6–K9, K11, K12"


def test_what_is_not_named_is_counted() -> None:
    [kind] = kinds_of(worded(*(("completed", row) for row in range(6, 6 + 3000, 2))))
    assert kind.more(2, "ở nơi khác") == "và 1.499 ô nữa: J8, J10 … và 1.497 ô, ở nơi khác"


@pytest.mark.parametrize("count", [FEW, FEW + 1])
def test_a_few_like_findings_are_told_one_by_one(count: int) -> None:
    kinds, left = told(worded(*(("completed", row) for row in range(6, 6 + count))))
    assert (len(kinds), left) == ((count, 0) if count == FEW else (1, 0))


def test_no_more_than_so_many_kinds_are_told_and_the_rest_counted() -> None:
    rows = [
        dict(row, action=str(n // 9)) for n, row in enumerate(worded(*[("completed", 6)] * 450))
    ]
    kinds, left = told(rows)
    assert (len(kinds), left) == (MOST_TOLD, 450 - 9 * MOST_TOLD)


def test_of_too_many_findings_about_a_file_the_worst_are_kept_and_the_rest_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("pipeline.model.grouping.LIMITS", replace(LIMITS, findings=4))
    place = {"unit": "KT", "file": "a.xlsx", "sheet": SHEET}
    rows = [finding("K409", **place, row=row) for row in (6, 7)]
    rows += [finding("K301", **place, row=row) for row in (9, 8)]
    late = finding("K115", unit="KT", file="a.xlsx")
    others = [finding("K117", unit="VP"), finding("K301", unit="VP", file="b.xlsx", row=1)]
    assert limited([*rows, *others]) == [*rows, *others]
    kept = limited([*rows, *others, late])
    assert [(row["code"], row["file"], row["row"]) for row in kept] == [
        ("K115", "a.xlsx", None),
        ("K301", "a.xlsx", 8),
        ("K301", "a.xlsx", 9),
        ("K409", "a.xlsx", 6),
        ("K132", "a.xlsx", None),
        ("K117", "", None),
        ("K301", "b.xlsx", 1),
    ]
    assert (kept[4]["value"], kept[4]["fact"]) == ("1", "4")


def holding(sheet: str, count: int) -> reading.Reading:
    stamp = Stamp("KT", "2026-11-K1", "QT-F211", "1a2b3c4d")
    return reading.Reading("a.xlsx", stamp, {sheet: [{}] * count}, {}, {}, [], [])


@pytest.mark.parametrize(
    ("sheet", "issued", "most"),
    [
        ("tasks", 30, LIMITS.rows_returned),
        ("tasks", 1000, LIMITS.rows_times * 1000),
        ("general", 30, LIMITS.rows_returned),
        ("unplanned", 30, LIMITS.rows_times * layout("unit")["unplanned"].rows),
    ],
)
def test_far_more_rows_than_were_issued_refuse_a_workbook(
    sheet: str, issued: int, most: int
) -> None:
    full, over = holding(sheet, most), holding(sheet, most + 1)
    assert reading.measured(full, {"KT": issued}) is full
    refused = reading.measured(over, {"KT": issued})
    assert (refused.stamp, refused.entries) == (over.stamp, {})
    assert [row["code"] for row in refused.findings] == ["K103"]


def test_a_workbook_with_far_too_many_faulty_rows_is_told_in_a_few_lines(
    sauro: Run, commune: Commune
) -> None:
    path = commune.newest.inbox / VP
    book = openpyxl.load_workbook(path)
    sheet = book[SHEET]
    first = sheet.max_row + 1
    for row in range(first, first + 700):
        for column, text in ((1, f"Q{row}-1"), (10, "chín"), (11, "hôm qua"), (12, "không")):
            sheet.cell(row, column, text)
    book.save(path)
    assert "K507" in sauro("check", str(path)).output
    assert len(sauro("check", str(path)).output.splitlines()) < 40
    done = sauro("cycle")
    assert done.exit_code == 0, done.output
    made = tables_of(commune)["findings"]
    assert len([row for row in made if row["file"] == VP]) == LIMITS.findings + 1
    assert [row["fact"] for row in made if row["code"] == "K132"] == ["2.000"]
    packet = (commune.output / NEWEST / "ho-so-hop.pdf").read_text("utf-8")
    assert f"và 499 ô nữa: A{first + 1}–A{first + 499}" in packet
    assert packet.count("không có trong bảng giao; không tính") == 1
