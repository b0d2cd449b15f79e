"""A meeting that has decided everything: what the secretary types into ket-luan.xlsx."""

import json
from datetime import date

from conftest import Commune
from test_group_runs import type_into

from pipeline.model.folders import RESULT, CycleFolder

NO_WORK = {"accepted": "không"}


def tables_of(commune: Commune, cycle: str) -> dict[str, list[dict]]:
    """Return the stored tables of a cycle's last run."""
    return json.loads((commune.output / cycle / RESULT).read_bytes())["tables"]


def conclude(folder: CycleFolder, tables: dict, given: dict | None = None, **who: object) -> None:
    """Type a conclusion for every point of the agenda and a word for every proposal."""
    chosen = [row for row in tables["agenda"] if row["chosen"] == "có"]
    said = {
        (row["point"],): {
            "conclusion": f"KL-{n:02d}",
            "what": f"Thống nhất: {row['matter']}"[:80],
            "who": f"{row['unit']} – đơn vị" if row["unit"] else "VP – Văn phòng",
            "due": date(2026, 12, 31),
        }
        for n, row in enumerate(chosen, 1)
    }
    type_into(folder, "conclusions", said | {(f"{k}",): v for k, v in who.items()}, "meeting")
    proposals = {
        (_labelled(row, tables), row["task"]): NO_WORK
        for row in tables["upcoming"]
        if row["origin"] == "đề xuất"
    }
    type_into(folder, "new_work", proposals | (given or {}), "meeting")


def _labelled(row: dict, tables: dict) -> str:
    names = {unit["unit"]: unit["name"] for unit in tables["units"]}
    return f"{row['unit']} – {names[row['unit']]}"
