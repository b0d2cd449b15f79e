"""The «xuất sắc» share: a note with base and count, never enforced (Điều 20.5)."""

from collections.abc import Callable, Iterable

import pandas as pd

from pipeline.model.bands import EXCELLENT, GOOD
from pipeline.model.tables import result_table
from pipeline.scoring.periods.reports import Reports, Row

BY_UNIT, BY_GROUP = "đơn vị", "nhóm tương đồng"


def quota_notes(people: Iterable[Row], reports: Reports) -> pd.DataFrame:
    """Return the table «quota»: per unit and per group of similar tasks, where there is a score."""
    scored = [row for row in people if row["band"]]
    names = {code: unit["name"] for code, unit in reports.units.items()}

    def unit_of(row: Row) -> str:
        return names.get(row["unit"], row["unit"])

    share = reports.rules.quota
    rows = [
        *_by(scored, BY_UNIT, unit_of, share),
        *_by([r for r in scored if r["group"]], BY_GROUP, lambda row: row["group"], share),
    ]
    return result_table("quota", rows, "period")


def _by(people: list[Row], scope: str, name_of: Callable[[Row], str], share: int) -> list[Row]:
    names = dict.fromkeys(map(name_of, people))
    return [
        {"scope": scope, "name": name, "quota": share}
        | _count([row["band"] for row in people if name_of(row) == name], share)
        for name in names
    ]


def _count(bands: list[str], share: int) -> Row:
    """Return base, count and how many the share allows, rounded down."""
    base, reached = bands.count(GOOD), bands.count(EXCELLENT)
    most = base * share // 100
    over = f", vượt {reached - most} người; cấp có thẩm quyền xem xét khi xếp loại năm"
    note = f"{share} % của {base} người là {most}; có {reached} người từ 90 điểm"
    note += over if reached > most else ""
    return {"base": base, "most": most, "reached": reached, "note": note}
