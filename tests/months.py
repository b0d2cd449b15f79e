"""Results of cycles from the text tables a test shows: one row is one scored line.

    task  | person | k | g | done | due
    KT-01 | A      | 2 | 3 | 1    | 2026-11-15

Further columns: unit, s, r, l, kind, responsible, standing, withdrawn. Left out they are usual: unit
KT, share 1, nothing deducted, planned, nobody responsible, standing by what is done. «chưa nộp» as
standing is a line nobody told anything of.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import date
from decimal import Decimal, localcontext

from factory import make_result

from pipeline.model.calendar import Cycle, parse_cycle
from pipeline.model.criteria import LEADER_CRITERIA, general_criteria
from pipeline.model.period import parse_period
from pipeline.model.rules import Rules
from pipeline.model.tables import CycleResult, records
from pipeline.scoring.periods import score_period

UNITS = {"VP": "Văn phòng", "KT": "Phòng Kinh tế", "CA": "Công an xã"}
PEOPLE = {
    "A": {"name": "Trần An"},
    "B": {"name": "Lê Bình"},
    "C": {"name": "Võ Cúc", "unit": "VP"},
    "S": {"name": "Đỗ Sơn", "unit": "CA", "category": "lực lượng vũ trang"},
}
Row = dict[str, object]


def cycle_result(
    cycle: str,
    text: str,
    *,
    missing: Iterable[str] = (),
    people: Mapping[str, Row] = PEOPLE,
    general: Mapping[str, object] | None = None,
    levels: Mapping[str, Mapping[str, int]] | None = None,
    rules: Rules | None = None,
    units: Mapping[str, str] = UNITS,
) -> CycleResult:
    """Return a cycle's result; `general` are people's points, `levels` their đ and e in percent."""
    rules = rules or Rules()
    tables = {
        "units": [
            {"unit": code, "name": name, "progress_only": "có" if code == "CA" else "không"}
            | {"status": "Chưa nộp" if code in missing else "Đạt", "substituted": 0}
            for code, name in units.items()
        ],
        "people": [a_person(code, row) for code, row in people.items()],
        "lines": [a_line(row, parse_cycle(cycle)) for row in drawn(text)],
        "general": [row for who, points in (general or {}).items() for row in marks(who, points)],
        "leader_criteria": [
            {"person": who, "criterion": name, "value": own.get(name), "reason": "họp"}
            for who, own in (levels or {}).items()
            for name in LEADER_CRITERIA
        ],
        "rules": rules.meanings(),
    }
    marks_of = {"rule_code": rules.code, "rule_settings": asdict(rules)}
    return make_result((), tables=tables, cycle=cycle, **marks_of)


def a_person(code: str, row: Row) -> Row:
    """Return a row of the table «people»."""
    usual = {"unit": "KT", "position": "Chuyên viên", "category": "công chức", "leader": "không"}
    return {"person": code, "name": code, **usual, **row}


def marks(who: str, points: object) -> list[Row]:
    """Return ten criteria that add up to the points; None leaves the last one blank."""
    codes = [*general_criteria()]
    given = dict.fromkeys(codes, Decimal(0))
    given[codes[0]] = None if points is None else Decimal(str(points))
    return [{"person": who, "criterion": code, "accepted_score": given[code]} for code in codes]


def drawn(text: str) -> list[dict[str, str]]:
    """Return the rows of a text table by its headings."""
    lines = [
        [cell.strip() for cell in line.split("|")] for line in text.splitlines() if line.strip()
    ]
    return [dict(zip(lines[0], row, strict=True)) for row in lines[1:]]


def a_line(row: Mapping[str, str], cycle: Cycle) -> Row:
    """Return a row of the table «lines» with the figures a cycle would have given it."""
    k, s = (Decimal(row.get(name) or "1") for name in ("k", "s"))
    g, done = (Decimal(row.get(name) or "0") for name in ("g", "done"))
    due = date.fromisoformat(row["due"]) if row.get("due") else None
    kind = row.get("kind") or "kế hoạch"
    with localcontext(prec=60):
        D = k * s * done
        Q, P = (D * max(0, 4 - int(row.get(name) or 0)) / 4 for name in ("r", "l"))
    late = int(row.get("l") or 0) > 0
    by_done = ("xong chậm" if late else "đúng hạn") if done >= g else ""
    by_due = "quá hạn" if due is None or due <= cycle.last_day else "chưa đến hạn"
    return {
        **{"unit": row.get("unit") or "KT", "task_id": row["task"], "person": row["person"]},
        **{"kind": kind, "task": f"Việc {row['task']}", "due": due, "withdrawn": "", "heir": ""},
        **{"coefficient": k, "share": s, "assigned": g, "deduct": "dòng", "source": "phiếu"},
        **{"responsible_code": row.get("responsible", ""), "carried": 0, "delivered": done},
        **{"A": k * s * g if kind == "kế hoạch" else Decimal(0), "D": D, "Q": Q, "P": P},
        **{"D_reported": D, "Q_reported": Q, "P_reported": P, "Q_granted": Q, "P_granted": P},
        **{"rework": int(row.get("r") or 0), "lateness": int(row.get("l") or 0)},
        **{
            "standing": row.get("standing") or by_done or by_due,
            "remaining": max(Decimal(0), g - done),
        },
    }


def score(period: str, *results: CycleResult) -> dict[str, list[Row]]:
    """Return the rows of a period's tables."""
    tables = score_period(results, parse_period(period))
    return {key: records(table) for key, table in tables.items()}


def only(rows: Iterable[Row], **fields: object) -> Row:
    """Return the one row with these fields."""
    (found,) = [row for row in rows if fields.items() <= row.items()]
    return found
