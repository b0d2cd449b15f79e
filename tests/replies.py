"""A unit's workbook and the cycle's result that holds its findings, for the tests of replies."""

from collections.abc import Iterable
from dataclasses import dataclass

from factory import make_result

from pipeline import reading, reply
from pipeline.model.findings import describe, finding
from pipeline.model.layout import layout
from pipeline.model.submissions import IN_USE
from pipeline.model.tables import CycleResult
from tests import sheets

FILE = "Phieu KT.xlsx"
# A column of the unit's own stands first: letters in the slip are those of its file.
SHEET = """
    5 | Sổ | Mã việc | Việc và sản phẩm | SL giao | Hệ số (× tỷ lệ) | SL hoàn thành | Ngày xong | Số lần chưa đạt CL | Minh chứng | Ghi chú
    6 | 1  | KT-01   | Báo cáo tháng    | 3       | 2.4             | 2             | 2026-11-09 | 0                 | BC 15      |
    7 | 2  | KT-02   | Công văn         | 9       | 1               | 9O            | 2026-11-10 | 0                 | CV 7       |
    8 | 3  | KT-03   | Kế hoạch năm     | 1       | 2.8             | 1             |            |                   |            |
    10| 4  | KT-04   | Biên bản         | 2       | 3               | "2"           | 2026-11-12 | 0                 | BB 2       |
"""
FOUND = (
    # code, field, row, value, fact
    ("K301", "completed", 7, "9O", ""),
    ("K401", "finished", 8, "1", ""),
    ("K409", "evidence", 8, "", ""),
    ("K312", "completed", 10, "2", "2"),
)
TALLY = {"read": 5, "used": 4, "with_quantity": 3, "complete": 2, "hidden_rows": 0}


@dataclass(frozen=True)
class Case:
    """A cycle's result and the readings in use."""

    result: CycleResult
    readings: dict[str, reading.Reading]

    @property
    def html(self) -> dict[str, str]:
        return reply.slips(self.result, self.readings)


def case(
    found: Iterable[tuple] = FOUND,
    sheet: str = SHEET,
    *,
    name: str = "Phòng Kinh tế",
    file: str = FILE,
    tally: dict | None = None,
    units: Iterable[dict] = (),
    submissions: Iterable[dict] = (),
    findings: Iterable[dict] = (),
    **changes: object,
) -> Case:
    """Return the unit KT with these findings in its workbook; the rest stands beside it."""
    raw = reading.read_workbook(
        sheets.xlsx({"Nhiệm vụ": sheet}), file, layout("unit"), frozenset({"tasks"})
    )
    place = {"unit": "KT", "file": file, "sheet": "Nhiệm vụ"}
    rows = [
        finding(code, **place, field=field, row=row, value=value, fact=fact)
        for code, field, row, value, fact in found
    ]
    used = {"unit": "KT", "file": file, "received": "16/11/2026 16:47", "late": "không"}
    tables = {
        "units": [{"unit": "KT", "name": name, "status": "Cần sửa"}, *units],
        "submissions": [used | {"version": 2, "status": IN_USE}, *submissions],
        "tallies": [{"unit": "KT", "file": file, "sheet": "Nhiệm vụ", **(tally or TALLY)}],
        "findings": describe([*rows, *findings], raw.places, {"KT": name}),
    }
    return Case(make_result((), tables=tables, **changes), {"KT": raw})
