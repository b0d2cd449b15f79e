"""A plausible cycle's result without a cycle; the same arguments give the same result."""

import random
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import date, datetime, timedelta
from decimal import Decimal

from pipeline.model.calendar import VIETNAM, parse_cycle
from pipeline.model.layout import layout
from pipeline.model.rules import Rules
from pipeline.model.tables import CycleResult, records, result_table
from pipeline.model.text import show
from pipeline.scoring.plan import load

RULES = Rules().code
CYCLE = "2026-11-K1"
MISSING = "Chưa nộp"
UNITS = (
    ("VP", "Văn phòng HĐND và UBND", "không", 26),
    ("KT", "Phòng Kinh tế", "không", 32),
    ("VHXH", "Phòng Văn hóa - Xã hội", "không", 30),
    ("HCC", "Trung tâm Phục vụ hành chính công", "không", 24),
    ("DVC", "Trung tâm Cung ứng dịch vụ công", "không", 20),
    ("YT", "Trạm Y tế", "không", 14),
    ("CA", "Công an xã", "có", 12),
    ("QS", "Ban Chỉ huy Quân sự", "có", 10),
)
WORK = (
    ("Báo cáo định kỳ tình hình kinh tế - xã hội tháng 10", "Báo cáo", "12"),
    ("Soạn công văn đôn đốc tiến độ giải ngân vốn đầu tư công", "Công văn", "5"),
    ("Tham mưu kế hoạch phòng, chống thiên tai và tìm kiếm cứu nạn", "Kế hoạch", "14"),
    ("Rà soát, xét duyệt hồ sơ trợ cấp xã hội", "Danh sách, tờ trình", "14"),
    ("Giải quyết hồ sơ chứng thực, sao y", "Hồ sơ", "0.6"),
    ("Kiểm tra hiện trạng trật tự xây dựng, lập biên bản", "Biên bản", "15"),
    ("Tổng hợp đơn thư, kiến nghị thuộc thẩm quyền UBND xã", "Bảng tổng hợp", "12"),
    ("Thẩm tra hồ sơ thanh toán, quyết toán", "Phiếu thẩm tra", "10"),
    ("Chuẩn bị tài liệu họp UBND xã thường kỳ", "Bộ tài liệu", "7"),
    ("Cập nhật cơ sở dữ liệu hộ nghèo, hộ cận nghèo", "Dữ liệu cập nhật", "6"),
    ("Góp ý dự thảo nghị quyết của HĐND tỉnh", "Công văn góp ý", "8"),
    ("Theo dõi khiếu nại trong giải phóng mặt bằng đường liên xã", "Bảng theo dõi", "15"),
)
FAMILY = ("Nguyễn", "Trần", "Lê", "Phạm", "Đinh", "Võ", "Huỳnh", "Bùi")
MIDDLE = ("Văn", "Thị", "Hữu", "Ngọc", "Thị Kim", "Quốc")
GIVEN = ("An", "Bình", "Cường", "Dung", "Hạnh", "Hòa", "Khánh", "Liên", "Minh", "Phượng", "Thảo")
STANDINGS = ("đúng hạn",) * 11 + ("xong chậm",) * 2 + ("quá hạn",) * 3 + ("chưa đến hạn",) * 3
RARE = ("chưa rõ", "chờ thẩm định")
Row = dict[str, object]
Rows = Mapping[str, list[Row]]


def make_result(
    units: Iterable[tuple] = UNITS,
    *,
    seed: int = 335,
    tables: Rows | None = None,
    **changes: object,
) -> CycleResult:
    """Return a cycle's result; `tables` replaces whole tables by rows, `changes` other parts."""
    made = make_tables(tuple(units), random.Random(seed)) | dict(tables or {})
    parts = _heading() | changes
    return CycleResult(
        tables={s.key: result_table(s.key, made.get(s.key, ())) for s in layout("archive").tables},
        **parts,
    )


def _heading() -> Row:
    cycle = parse_cycle(CYCLE)
    return {
        "cycle": CYCLE,
        "state": "thiếu 1 đơn vị",
        "made_at": datetime(2026, 11, 17, 15, 20, tzinfo=VIETNAM),
        "print_code": "7F3A",
        "program": "0.1.0",
        "rule_code": RULES,
        "rule_settings": asdict(Rules()),
        "commune": {
            "name": "xã Bình Khê",
            "province": "tỉnh Gia Lai",
            "body": "ỦY BAN NHÂN DÂN XÃ BÌNH KHÊ",
            "place": "Bình Khê",
            "notice": "Dữ liệu minh họa, không phải số liệu thật của địa phương.",
        },
        "signatories": {
            "preparer": "Lê Thị Hạnh",
            "group_head": "Nguyễn Văn Minh",
            "chairman": "Trần Quốc Bình",
        },
        "meeting": {
            "first_day": cycle.first_day,
            "last_day": cycle.last_day,
            "cutoff": datetime(2026, 11, 16, 17, 0, tzinfo=VIETNAM),
            "verification_until": date(2026, 11, 17),
            "meeting_on": date(2026, 11, 18),
            "hour": "8 giờ 00",
            "place": "Hội trường UBND xã",
            "chair": "Chủ tịch UBND xã",
            "secretary": "Văn phòng HĐND và UBND",
            "attendees": "Chủ tịch, các Phó Chủ tịch UBND xã; Tổ công tác; trưởng các đơn vị",
            "minutes": 60,
        },
        "options": {"names": "in", "duplex": True},
    }


def make_tables(units: tuple[tuple, ...], rng: random.Random) -> dict[str, list[Row]]:
    """Return the rows of every table of a result that agree with each other."""
    people = {code: _staff(code, rng) for code, *_ in units}
    lines = [row for unit in units for row in _lines(unit, people[unit[0]], rng)]
    unit_rows = [_unit(unit, lines) for unit in units]
    sound = {code for code, name, progress_only, _ in units if progress_only == "không"}
    upcoming = [row for unit in units for row in _upcoming(unit[0], lines, rng)]
    return {
        "commune": [_commune(unit_rows)] if units else [],
        "units": unit_rows,
        "people": [
            _person(code, person, lines, code in sound)
            for code in people
            for person in people[code]
        ],
        "lines": lines,
        "upcoming": upcoming,
        "load": records(load(result_table("upcoming", upcoming))),
        "obstacles": [row for unit in units[:5] for row in _obstacles(unit[0], lines)],
        "claims": [_claim(row) for row in lines if row["exempt_progress"]],
        "history": [row for unit in units for row in _history(unit, rng)],
        "commune_history": _commune_history(len(units)) if units else [],
        "indicator_history": _indicator_history(),
        "submissions": [row for unit in units for row in _submissions(unit[0], rng)],
        "changes": [row for unit in units if unit[0] == "KT" for row in _changes()],
        "tallies": [row for unit in units if unit[0] != "YT" for row in _tallies(unit)],
        "findings": [row for unit in units for row in _findings(unit[0])],
        "rules": Rules().meanings(),
    } | (_group_tables(lines) if lines else {})


def _staff(unit: str, rng: random.Random) -> list[Row]:
    return [
        {
            "person": f"{unit}{n:02d}",
            "name": f"{rng.choice(FAMILY)} {rng.choice(MIDDLE)} {rng.choice(GIVEN)}",
            "position": "Trưởng đơn vị" if n == 1 else "Chuyên viên",
            "category": "công chức" if n < 5 else "hợp đồng",
        }
        for n in range(1, 6)
    ]


def _lines(unit: tuple, staff: list[Row], rng: random.Random) -> list[Row]:
    code, _, _, count = unit
    rows = [_line(code, n, staff, rng) for n in range(1, count + 1)]
    return [_unreported(row) for row in rows] if code == "YT" else rows


def _line(unit: str, n: int, staff: list[Row], rng: random.Random) -> Row:
    task, product, coefficient = WORK[(n * 5 + len(unit)) % len(WORK)]
    person = staff[(n * 3) % len(staff)]
    standing = RARE[n % 2] if n % 13 == 0 else rng.choice(STANDINGS)
    due = (
        date(2026, 11, rng.randint(3, 15))
        if standing != "chưa đến hạn"
        else date(2026, 11, 19 + n % 9)
    )
    number = Decimal(rng.randint(20, 60) if product == "Hồ sơ" else rng.randint(1, 3))
    row = {
        "unit": unit,
        "task_id": f"PS-{n:02d}" if standing == "chờ thẩm định" else f"{unit}-{n:02d}",
        "person": person["person"],
        "person_name": person["name"],
        "kind": "phát sinh" if standing == "chờ thẩm định" else "kế hoạch",
        "carried": n % 7 // 5 + n % 5 // 4,
        "task": task,
        "product": f"DC.{n:02d}",
        "product_name": product,
        "measure": "hồ sơ" if product == "Hồ sơ" else "văn bản",
        "document": "TB 15/TB-UBND",
        "assigned_on": date(2026, 10, 30),
        "responsible": staff[0]["name"],
        "approver": "Chủ tịch UBND xã",
        "due": due,
        "coefficient": Decimal(coefficient),
        "share": Decimal(1),
        "assigned": number,
        "deduct": "dòng",
        "standing": standing,
        "file": f"phieu-{unit}.xlsx",
        "sheet": "Nhiệm vụ",
        "row": 5 + n,
    }
    return row | _done(row, rng)


def _done(row: Row, rng: random.Random) -> Row:
    """Return what was delivered of a line, its deductions and converted figures."""
    standing, due, number = row["standing"], row["due"], row["assigned"]
    delivered = number if standing in ("đúng hạn", "xong chậm") else Decimal(0)
    base = Decimal(0) if standing in ("chưa đến hạn", "chờ thẩm định") else number
    late = {"xong chậm": rng.randint(1, 4), "quá hạn": max(1, 15 - due.day)}.get(standing, 0)
    lateness, rework = int(standing == "xong chậm"), int(rng.random() < 0.15 and delivered > 0)
    changed = delivered > 1 and rng.random() < 0.2
    weight = row["coefficient"] * row["share"]
    reported = delivered if not changed else delivered + 1
    figure = {"A": weight * base, "D": weight * delivered}
    figure["Q"] = figure["D"] * (1 - Decimal(rework) / 4)
    figure["P"] = figure["D"] * (1 - Decimal(lateness) / 4)
    return figure | {
        "completed_reported": reported if standing not in ("chưa rõ",) else None,
        "finished": due + timedelta(days=late if lateness else -1) if delivered else None,
        "rework_reported": rework,
        "evidence": f"BC {due.day}/BC-UBND" if delivered else "",
        "note": "Chờ số liệu của sở, ngành cấp tỉnh" if standing == "quá hạn" else "",
        "state": "Sửa" if changed else rng.choice(("Đúng", "Đúng", "")),
        "completed_accepted": delivered if changed else None,
        "reason": "Một sản phẩm chưa có minh chứng" if changed else "",
        "exempt_progress": "đề nghị" if standing == "quá hạn" and due.day % 3 == 0 else "",
        "unclear": "K301" if standing == "chưa rõ" else "",
        "days_late": late or None,
        "base": base,
        "delivered": delivered,
        "completed": delivered,
        "rework": rework,
        "lateness": lateness,
        "D_reported": weight * min(reported, number),
        "remaining": number - delivered,
        "surplus": Decimal(1) if changed and due.day % 2 else Decimal(0),
        "arithmetic": _sentence(weight, delivered, lateness, figure["P"]),
    }


def _sentence(weight: Decimal, delivered: Decimal, lateness: int, result: Decimal) -> str:
    done = f"{show(weight)} × {show(delivered)} = {show(weight * delivered)}"
    return f"{done}; tiến độ −25 % × {lateness} → {show(result)}" if lateness else done


def _unreported(row: Row) -> Row:
    blank = dict.fromkeys(
        ("completed_reported", "finished", "D", "Q", "P", "days_late", "completed")
    )
    return (
        row
        | blank
        | {"standing": "chưa nộp", "state": "", "unclear": "", "evidence": "", "note": ""}
    )


def _counts(rows: list[Row]) -> Row:
    standing = [row["standing"] for row in rows]
    late, on_time = standing.count("xong chậm"), standing.count("đúng hạn")
    return {
        "tasks": len({row["task_id"] for row in rows}),
        "lines": len(rows),
        "done": on_time + late,
        "on_time": on_time,
        "late": late,
        "overdue": standing.count("quá hạn"),
        "not_due": standing.count("chưa đến hạn"),
        "unclear": standing.count("chưa rõ"),
        "pending": standing.count("chờ thẩm định"),
        "verified": sum(row["state"] != "" for row in rows),
        "items": sum((row["assigned"] for row in rows), Decimal(0)),
    }


def _rates(rows: list[Row], rated: bool) -> Row:
    total = {key: sum((row[key] or Decimal(0) for row in rows), Decimal(0)) for key in "ADQP"}
    if not rated or not total["A"]:
        return total | {
            "arithmetic": "không tính tỷ lệ" if not rated else "ΣA = 0: chưa đủ dữ liệu"
        }
    a, b, c = (total[key] / total["A"] for key in "DQP")
    words = "; ".join(
        f"{name} = Σ{key}/ΣA = {total[key]}/{total['A']} = {rate:.1%}"
        for name, key, rate in (("a", "D", a), ("b", "Q", b), ("c", "P", c))
    )
    return total | {
        **{
            "a": min(a, 1),
            "b": min(b, 1),
            "c": min(c, 1),
            "R": (min(a, 1) + min(b, 1) + min(c, 1)) / 3,
        },
        **{"a_uncapped": a, "b_uncapped": b, "c_uncapped": c},
        "R_reported": min(Decimal(1), (a + b + c) / 3 + Decimal("0.021")),
        "R_granted": min(Decimal(1), (a + b + c) / 3 + Decimal("0.012")),
        "arithmetic": words.replace(".", ",").replace("%", " %"),
    }


def _unit(unit: tuple, lines: list[Row]) -> Row:
    code, name, progress_only, _ = unit
    rows = [row for row in lines if row["unit"] == code]
    rated = progress_only == "không" and code != "YT"
    return {
        **{"unit": code, "name": name, "progress_only": progress_only},
        "status": MISSING
        if code == "YT"
        else {"KT": "Cần sửa", "VP": "Đạt, có lưu ý"}.get(code, "Đạt"),
        "late_report": "có" if code == "DVC" else "không",
        "summed": "có" if rated else "không",
        "stuck": {"KT": 3, "VP": 1, "HCC": 1}.get(code, 0),
        **_counts(rows),
        **_rates(rows, rated),
    }


def _commune(units: list[Row]) -> Row:
    counted = (
        "tasks",
        "lines",
        "done",
        "on_time",
        "late",
        "overdue",
        "not_due",
        "unclear",
        "pending",
    )
    summed = [row for row in units if row["summed"] == "có"]
    total = {key: sum(row[key] for row in units) for key in (*counted, "stuck", "verified")}
    return (
        total
        | _rates(summed, True)
        | {
            "units": len(units),
            "units_reported": sum(row["status"] != MISSING for row in units),
            "A_missing": sum((row["A"] for row in units if row["status"] == MISSING), Decimal(0)),
        }
    )


def _person(unit: str, person: Row, lines: list[Row], sound: bool) -> Row:
    rows = [row for row in lines if row["person"] == person["person"]]
    rated = sound and unit != "YT" and person["category"] == "công chức"
    return {
        **person,
        "unit": unit,
        "rated": "có" if rated else "không",
        **_counts(rows),
        **_rates(rows, rated),
    }


def _upcoming(unit: str, lines: list[Row], rng: random.Random) -> list[Row]:
    """Return carried and not yet due lines, and two proposals, one of them unclear."""
    open_rows = [
        row
        for row in lines
        if row["unit"] == unit and row["remaining"] and row["kind"] == "kế hoạch"
    ]
    kept = (
        "unit",
        "task_id",
        "task",
        "product",
        "product_name",
        "measure",
        "person",
        "person_name",
    )
    kept += ("responsible", "approver", "coefficient", "share", "due")
    carried = [
        {key: row[key] for key in kept}
        | {"assigned": row["remaining"], "A": row["coefficient"] * row["remaining"]}
        | _origin(row)
        for row in open_rows
    ]
    return carried + [_proposal(unit, n, rng) for n in range(2)]


def _origin(row: Row) -> Row:
    early = row["standing"] == "chưa đến hạn"
    return {
        "origin": "chưa đến hạn" if early else "chuyển kỳ",
        "carried": 0 if early else row["carried"] + 1,
    }


def _proposal(unit: str, n: int, rng: random.Random) -> Row:
    task, product, coefficient = rng.choice(WORK)
    row = {"unit": unit, "origin": "đề xuất", "task": task, "product_name": product}
    row |= {
        "coefficient": Decimal(coefficient),
        "assigned": Decimal(1),
        "A": Decimal(coefficient),
        "carried": 0,
    }
    if n:
        return row | {"missing": "rõ người, rõ trách nhiệm, rõ thẩm quyền, rõ thời gian"}
    return row | {
        **{"person": f"{unit}02", "person_name": "Nguyễn Văn An", "responsible": "Lê Thị Thảo"},
        **{"approver": "Phó Chủ tịch UBND xã", "due": date(2026, 11, 28), "measure": "văn bản"},
    }


def _obstacles(unit: str, lines: list[Row]) -> list[Row]:
    overdue = [row for row in lines if row["unit"] == unit and row["standing"] == "quá hạn"]
    who = ("Chủ tịch UBND xã", "Phó Chủ tịch UBND xã", "Sở, ngành cấp tỉnh")
    return [
        {
            **{
                "unit": unit,
                "task_id": row["task_id"],
                "who": who[n % 3],
                "wanted_by": date(2026, 11, 20 + n),
            },
            "obstacle": "Chưa có số liệu đo đạc của đơn vị tư vấn, ba hộ chưa thống nhất mốc giới.",
            "proposal": "Chủ tịch làm việc với đơn vị tư vấn, giao Công an xã phối hợp vận động.",
        }
        for n, row in enumerate(overdue[:2])
    ]


def _claim(row: Row) -> Row:
    claim = {key: row[key] for key in ("unit", "task_id", "person")}
    return claim | {
        "aspect": "tiến độ",
        "cause": "Mưa lũ ngày 6 và 7/11",
        "state": row["exempt_progress"],
    }


def _history(unit: tuple, rng: random.Random) -> list[Row]:
    """Return five earlier cycles of a unit; one reported nothing once, one falls three times."""
    code, _, progress_only, count = unit
    rows, cycle = [], parse_cycle(CYCLE)
    level = Decimal(rng.randint(70, 88)) / 100
    for n in range(5):
        cycle = cycle.previous
        gone = code == "DVC" and n == 2
        rated = progress_only == "không" and not gone
        level += Decimal("0.03") if code == "KT" else Decimal(rng.randint(-5, 5)) / 100
        rate = min(level, Decimal(1)) if rated else None
        row = {
            "cycle": str(cycle),
            "rule_code": RULES,
            "unit": code,
            "status": MISSING if gone else "Đạt",
            "lines": count,
        }
        rows.append(
            row | {"overdue": rng.randint(0, 4), **dict.fromkeys("abcR", rate), "D": Decimal(90)}
        )
    return rows[::-1]


def _commune_history(units: int) -> list[Row]:
    """Return three earlier cycles of the commune, each a little worse than the one before."""
    row = {"units": units, "units_reported": units, "lines": 90, "rule_code": RULES}
    rates = {"2026-09-K2": "0.97", "2026-10-K1": "0.96", "2026-10-K2": "0.955"}
    return [row | {"cycle": cycle, "R": Decimal(rate)} for cycle, rate in rates.items()]


def _indicator_history() -> list[Row]:
    row = {"cycle": "2026-10-K2"}
    values = {"CC-01": "97.5", "CC-02": "70", "CC-06": "2"}
    return [row | {"indicator": code, "value": Decimal(v)} for code, v in values.items()]


def _submissions(unit: str, rng: random.Random) -> list[Row]:
    if unit == "YT":
        return []
    row = {"unit": unit, "file": f"phieu-{unit}-2026-11-K1.xlsx", "received": "15/11/2026 16:05"}
    row |= {
        "version": 1,
        "status": "đang dùng",
        "late": "không",
        "sha256": f"{rng.getrandbits(256):064x}",
    }
    if unit != "KT":
        return [row]
    first = row | {"status": "thay bằng bản mới", "reason": "có bản thứ 2", "sha256": "0" * 64}
    return [first, row | {"version": 2, "file": "phieu-KT-2026-11-K1 (sua).xlsx"}]


def _changes() -> list[Row]:
    """Return what the second version of KT has otherwise than the first."""
    row = {"unit": "KT", "file_before": "phieu-KT-2026-11-K1.xlsx", "sheet": "Nhiệm vụ"}
    row |= {"file_after": "phieu-KT-2026-11-K1 (sua).xlsx", "heading": "SL hoàn thành"}
    changed = row | {"row_key": "KT-03", "cell": "J8", "before": "1", "after": "2"}
    emptied = row | {"row_key": "KT-09", "cell": "N14", "heading": "Ghi chú", "before": "đã gửi"}
    return [changed, emptied]


def _tallies(unit: tuple) -> list[Row]:
    code, _, _, count = unit
    place = {"unit": code, "file": f"phieu-{code}-2026-11-K1.xlsx", "section": 0, "set_aside": 0}
    tasks = {
        "sheet": "Nhiệm vụ",
        "read": count + 2,
        "used": count,
        "blank": 1,
        "preprinted": 0,
        "total": 1,
    }
    unplanned = {
        "sheet": "Phát sinh",
        "read": 20,
        "used": 2,
        "blank": 0,
        "preprinted": 18,
        "total": 0,
    }
    return [place | tasks, place | unplanned]


def _findings(unit: str) -> list[Row]:
    if unit == "YT":
        words = {"message": "Phiếu YT: chưa nhận được phiếu.", "action": "Đơn vị gửi phiếu ngay."}
        return [{"code": "K117", "severity": "cảnh báo", "unit": unit} | words]
    words = {"message": f"Phiếu {unit}, trang «Nhiệm vụ», ô N14: «9O» không phải là số."}
    row = {
        "unit": unit,
        "file": f"phieu-{unit}.xlsx",
        "sheet": "Nhiệm vụ",
        "row": 14,
        "cell": "N14",
    }
    wrong = (
        row | words | {"code": "K301", "severity": "lỗi", "action": "Gõ chữ số, ví dụ 9 hoặc 2,5."}
    )
    note = {"code": "K409", "severity": "cảnh báo", "action": "Ghi số văn bản hoặc mã hồ sơ."}
    note |= {"message": f"Phiếu {unit}, trang «Nhiệm vụ», dòng 9: chưa ghi minh chứng."}
    question = {"code": "K804", "severity": "lưu ý", "unit": "KT"}
    question |= {"message": "Phòng Kinh tế: cả 9 dòng đã làm đều ghi ngày xong từ 13/11/2026."}
    question |= {"action": "Đề nghị đơn vị cho biết ngày xong của từng việc."}
    if unit == "KT":
        return [wrong, row | note, question]
    return [wrong, row | note] if unit == "HCC" else [row | note]


def _group_tables(lines: list[Row]) -> dict[str, list[Row]]:
    """Return what the working group and the indicator owners add."""
    overdue = [row for row in lines if row["standing"] == "quá hạn"]
    return {
        "agenda": [_point(n, row) for n, row in enumerate(overdue[:9])],
        "indicators": [_indicator(n, *row) for n, row in enumerate(INDICATORS)],
        "measures": [
            {
                **{
                    "subject": "Hồ sơ trực tuyến thấp",
                    "owner": "Giám đốc Trung tâm",
                    "indicator": "CC-02",
                },
                "measure": "Bố trí hai công chức hỗ trợ người dân nộp hồ sơ tại ba thôn xa.",
                "due": date(2026, 11, 30),
            }
        ],
        **_checks(lines[0]),
        "rewards": [{"who": "KT01", "name": "Nguyễn Văn An", "facts": "Xong đúng hạn 5/5 dòng."}],
        "discipline": [
            {
                **{"date": date(2026, 11, 4), "who": "KT", "name": "Phòng Kinh tế"},
                **{"found": "Trình ký sau giờ yêu cầu", "rule": "Quy chế làm việc", "handling": ""},
            }
        ],
    }


def _checks(line: Row) -> dict[str, list[Row]]:
    """Return what the group changed of one line, drew and found, now and a cycle ago."""
    known = {key: line[key] for key in ("unit", "task_id", "person", "person_name", "task")}
    drawn = known | {"reported": Decimal(3)}
    seen = {"found": Decimal(2), "difference": Decimal(-1), "checked_on": date(2026, 11, 17)}
    accepted = {"accepted": Decimal(2), "difference": Decimal(-1), "reason": "Thiếu một văn bản"}
    return {
        "gaps": [drawn | accepted | {"figure": "SL hoàn thành"}],
        "inspections": [drawn],
        "inspected_before": [drawn | seen | {"cycle": "2026-10-K2", "inspector": "Lê Thị Hạnh"}],
    }


def _point(n: int, row: Row) -> Row:
    groups = ("Vướng mắc chỉ Chủ tịch gỡ được", "Quá hạn từ hai kỳ", "Đề nghị loại trừ")
    return {
        **{
            "point": f"V-{n + 1:02d}",
            "group": groups[n % 3],
            "unit": row["unit"],
            "minutes": 8 + n % 2 * 2,
        },
        "matter": f"{row['task']} ({row['task_id']}) còn vướng mặt bằng ba hộ dân",
        "figure": f"quá hạn {row['days_late']} ngày, chuyển lần {row['carried'] + 1}",
        "proposal": "Giao Phó Chủ tịch chủ trì đối thoại trước ngày 22/11; gia hạn đến 30/11.",
        "chosen": "có" if n < 5 else "không",
    }


INDICATORS = (
    ("Tỷ lệ hồ sơ giải quyết đúng hạn", "HCC", "412", "420", "98"),
    ("Tỷ lệ hồ sơ nộp trực tuyến", "HCC", "301", "420", "80"),
    ("Tỷ lệ thanh toán trực tuyến", "HCC", "215", "420", "60"),
    ("Tỷ lệ số hóa thành phần hồ sơ", "HCC", "399", "420", "90"),
    ("Tỷ lệ khai thác, sử dụng lại dữ liệu số hóa", "HCC", "120", "399", "50"),
    ("Hồ sơ đang giải quyết bị quá hạn", "HCC", "", "", "0"),
    ("Tỷ lệ phản ánh, kiến nghị xử lý đúng hạn", "VP", "14", "14", "100"),
)


def _indicator(n: int, name: str, unit: str, numerator: str, denominator: str, target: str) -> Row:
    ratio = Decimal(numerator) / Decimal(denominator) * 100 if denominator else Decimal(3)
    fewer = not denominator
    met = ratio <= Decimal(target) if fewer else ratio >= Decimal(target)
    return {
        **{
            "indicator": f"CC-{n + 1:02d}",
            "name": name,
            "unit": unit,
            "measure": "hồ sơ" if fewer else "%",
        },
        "numerator": Decimal(numerator) if numerator else None,
        "denominator": Decimal(denominator) if denominator else None,
        "value": ratio,
        "target": Decimal(target),
        "better": "thấp hơn" if fewer else "cao hơn",
        "met": "đạt" if met else "chưa đạt",
        "previous": ratio - 2 if n != 2 else None,
        "source": "Hệ thống giải quyết TTHC tỉnh",
        "as_of": date(2026, 11, 15),
    }
