"""Mẫu 01 of every civil servant for a month, as far as it is known: page and workbook."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from pipeline.model.criteria import LEADER_CRITERIA
from pipeline.model.layout import layout
from pipeline.model.period import parse_period
from pipeline.model.tables import PeriodResult, frame, records
from pipeline.model.text import parse_decimal, show_decimal, show_percent
from pipeline.packet.book import Row
from pipeline.packet.front import issuer
from pipeline.tools.page import fill
from pipeline.tools.workbook import write_workbook

FOLDER = "mau-01"
PARTS = (
    ("a", "Tỷ lệ số lượng công việc, sản phẩm (a)"),
    ("b", "Tỷ lệ chất lượng công việc, sản phẩm (b)"),
    ("c", "Tỷ lệ tiến độ công việc, sản phẩm (c)"),
)
LEADER_PARTS = (
    ("d", "Kết quả hoạt động của đơn vị, lĩnh vực phụ trách (d)"),
    *((name, f"{title} ({name})") for name, title in LEADER_CRITERIA.items()),
)
WRITTEN = (
    ("4", "Ưu điểm", 3),
    ("5", "Hạn chế, khuyết điểm", 3),
    ("6", "Nhận xét, xác nhận của cấp có thẩm quyền", 4),
)
SIGNATURES = ("Công chức tự đánh giá (ký)", "Cấp có thẩm quyền đánh giá (ký)")
Criteria = Mapping[str, Sequence[Row]]


def compose_forms(
    result: PeriodResult, criteria: Criteria, levels: Sequence[Row] = ()
) -> dict[str, str]:
    """Return the form of everybody scored as HTML by the name of its PDF (Phụ lục II).

    `criteria` are the rows of the general part by person, under "" those without any score;
    `levels` what leaders were given of đ and e, with the reason (Điều 15).
    """
    frame = {
        "result": result,
        "period": parse_period(result.period),
        "head": issuer(result),
        "written": WRITTEN,
    }
    return {
        f"{person['person']}.pdf": fill(
            "form/form.html.j2",
            frame
            | {"person": person, "criteria": _own(criteria, person), "outcome": _outcome(person)}
            | {"confirmed": [*_confirmed(_own(criteria, person)), *_given(levels, person)]},
        )
        for person in _scored(result)
    }


def form_workbooks(result: PeriodResult, criteria: Criteria) -> dict[str, bytes]:
    """Return the same forms as workbooks by their file."""
    heading = {
        "period_name": parse_period(result.period).name.upper(),
        "commune": f"UBND {result.commune['name']}",
        "print_code": result.print_code,
    }
    sheet = layout("form")["form"]
    return {
        f"{person['person']}.xlsx": write_workbook(
            layout("form"),
            {"form": frame(_cells(person, _own(criteria, person)), sheet.keys)},
            words=heading
            | {name: person[name] for name in ("name", "person", "position")}
            | {"unit_name": person["unit_name"]},
            created=result.made_at,
        )
        for person in _scored(result)
    }


def _scored(result: PeriodResult) -> Iterator[Row]:
    """Yield those who are scored by unit, in register order, with the name of their unit."""
    names = {row["unit"]: row["name"] for row in records(result.tables["units"])}
    places = {unit: n for n, unit in enumerate(names)}
    people = (row for row in records(result.tables["people"]) if row["scored"] == "có")
    for row in sorted(people, key=lambda row: places.get(row["unit"], len(places))):
        yield {**row, "unit_name": names.get(row["unit"], row["unit"])}


def _own(criteria: Criteria, person: Row) -> Sequence[Row]:
    return criteria.get(str(person["person"]), criteria[""])


def _confirmed(criteria: Sequence[Row]) -> list[str]:
    """Return what was confirmed otherwise than self-scored: the form has no column for it."""
    changed = [row for row in criteria if _is_changed(row)]
    whole = criteria[-1]["accepted_score"]
    sums = [f"Tiêu chí chung được xác nhận {show_decimal(whole, 2)} điểm."] if whole else []
    return [*(sums if changed else []), *(f"Tiêu chí {r['place']}: {_change(r)}." for r in changed)]


def _given(levels: Sequence[Row], person: Row) -> list[str]:
    """Return the reason of each level that counts in the person's R."""
    return [
        f"Tiêu chí {row['criterion']}: {row['value']} % ({row['reason']})."
        for row in levels
        if row["person"] == person["person"] and person[row["criterion"]] is not None
    ]


def _is_changed(row: Row) -> bool:
    own = not row["kind"] and row["accepted_score"] is not None
    return own and row["accepted_score"] != row["self_score"]


def _change(row: Row) -> str:
    """Return «2,50 → 1,50 (còn một việc chậm trả lời)»."""
    was = "chưa tự chấm" if row["self_score"] is None else show_decimal(row["self_score"], 2)
    return f"{was} → {show_decimal(row['accepted_score'], 2)} ({row['reason']})"


def _outcome(person: Row) -> list[Row]:
    """Return part II, rows 1 to 3: general points, rates and result points, the sum."""
    leads = person["parts"] != len(PARTS)
    rates = [*PARTS, *(LEADER_PARTS if leads else ())]
    formula = " + ".join(name for name, _ in rates)
    mean = f"R = ({formula})/{len(rates)}"
    band = f" (mức tham khảo: {person['band']})" if person["band"] else ""
    return [
        _row("1", "Điểm tiêu chí chung", "30", show_decimal(person["general"], 2)),
        *(_row("", title, "", show_percent(person[name])) for name, title in rates),
        _row("", mean, "", show_percent(person["R"])),
        _row("2", "Điểm kết quả: R × 70", "70", result_shown(person)),
        _row("3", f"Tổng điểm{band}", "100", str(person["score_shown"]), "total"),
    ]


def result_shown(person: Row) -> str:
    """Return the result points as printed beside the score.

    Where that is cut below a band's limit, two decimals of its parts would add up above it.
    """
    whole = show_decimal(person["score"], 2) == person["score_shown"]
    return show_decimal(person["result_points"], 2 if whole else 4)


def _row(number: str, title: str, most: str, shown: str, kind: str = "") -> Row:
    return {"number": number, "title": title, "most": most, "shown": shown, "kind": kind}


def _cells(person: Row, criteria: Sequence[Row]) -> Iterator[Row]:
    """Yield the rows of the workbook: general part, outcome, what is written by hand."""
    blank = dict.fromkeys(("most", "self_score", "result"))
    points = {"1": "general", "2": "result_points", "3": "score"}
    for row in criteria:
        note = f"được xác nhận: {_change(row)}" if _is_changed(row) else ""
        yield {**row, "result": None, "note": note}
    for row in _outcome(person):
        # A rate is no number of points: it stands in words, and so does the score as printed.
        own = person[points[row["number"]]] if row["number"] else None
        is_rounded = show_decimal(own, 2) == row["shown"]
        told = "" if row["number"] in ("1", "2") and is_rounded else row["shown"]
        if row["number"] == "3" and not is_rounded:  # two decimals would show it in the next band
            own, _ = parse_decimal(row["shown"])
        most = Decimal(row["most"]) if row["most"] else None
        yield blank | {**row, "most": most, "result": own, "note": told}
    by_hand = (f"{number}. {title}" for number, title, _ in WRITTEN)
    for title in (*by_hand, *SIGNATURES):
        yield blank | {"number": "", "title": title, "note": ""}
