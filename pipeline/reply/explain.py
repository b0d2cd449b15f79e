"""How the figures of one task or one person came about, in lines for a terminal."""

from collections.abc import Mapping, Sequence

from pipeline.model.calendar import parse_cycle
from pipeline.model.findings import InputError
from pipeline.model.tables import SILENT, CycleResult, records
from pipeline.model.text import fold_code, show, show_decimal, show_percent
from pipeline.reply.screen import block, near, said, table, title

Row = Mapping[str, object]
LINE_HEAD = ("Mã việc", "Tình trạng", "A", "D", "Q", "P")
AS_TYPED = (
    ("completed_raw", "số lượng"),
    ("finished_raw", "ngày xong"),
    ("rework_raw", "lần chưa đạt"),
)


def explain_task(result: CycleResult, task: str) -> list[str]:
    """Return everything stored of a task: every line of it, its findings, the rates it enters.

    «KT-07/CB012» is the line of one person, as findings name it. Raises InputError, with near
    matches, where the cycle has no such task.
    """
    lines = records(result.tables["lines"])
    found = [row for row in lines if fold_code(task) in (_key(row), fold_code(row["task_id"]))]
    if not found:
        raise _unknown(result, "việc", task, {str(row["task_id"]): "" for row in lines})
    parts = [_head(result, str(found[0]["task_id"])), said(str(found[0]["task"]))]
    for number, row in enumerate(found, 1):
        count = f" ({number}/{len(found)})" if len(found) > 1 else ""
        who = f"{row['person']} {row['person_name']}".strip() or "cả đơn vị"
        parts += [["", *said(f"Dòng của {who}{count}")], block(_facts(result, row), 2)]
    return [line for part in parts for line in part]


def explain_person(result: CycleResult, person: str) -> list[str]:
    """Return a person's lines with A, D, Q, P and sentence, and how they add up to a, b, c, R.

    Raises InputError, with near matches by code or name, where the cycle has no such person.
    """
    people = {str(row["person"]): row for row in records(result.tables["people"])}
    code = next((code for code in people if fold_code(code) == fold_code(person)), None)
    if code is None:
        names = {code: str(row["name"]) for code, row in people.items()}
        raise _unknown(result, "người mang mã", person, names)
    whole = people[code]
    lines = [row for row in records(result.tables["lines"]) if row["person"] == code]
    about = (f"{whole['position']}, {whole['category']}", f"đơn vị {_unit(result, whole['unit'])}")
    return [
        *_head(result, f"{code} {whole['name']}"),
        *said("; ".join(part for part in about if part.strip(", "))),
        "",
        *(_lines(whole, lines) if lines else ["Kỳ này không có dòng nhiệm vụ nào."]),
        "",
        *_sentence(whole),
        *said("Kết quả theo dõi kỳ, chưa phải xếp loại."),
    ]


def explain_occurrences(result: CycleResult, code: str) -> list[str]:
    """Return where a cycle has this finding."""
    found = [row for row in records(result.tables["findings"]) if row["code"] == code]
    many = f"{len(found)} chỗ" if found else "không có chỗ nào"
    return ["", f"Trong kỳ {result.cycle}: {many}.", *(x for row in found for x in _finding(row))]


def _key(row: Row) -> str:
    return fold_code(f"{row['task_id']}/{row['person']}")


def _unknown(result: CycleResult, what: str, wanted: str, known: Mapping[str, str]) -> InputError:
    alike = near(wanted, known)
    hint = f" Gần giống: {alike}." if alike else ""
    return InputError(f"kỳ {result.cycle} không có {what} «{wanted}».{hint}")


def _head(result: CycleResult, what: str) -> list[str]:
    return title(f"{what} · {parse_cycle(result.cycle).name} · mã bản in {result.print_code}")


def _unit(result: CycleResult, code: object) -> str:
    names = (row["name"] for row in records(result.tables["units"]) if row["unit"] == code)
    return f"{code} {next(names, '')}".strip()


def _facts(result: CycleResult, row: Row) -> list[tuple[str, str]]:
    """Return what is known of one line, each with its label."""
    return [
        *_issued(result, row),
        ("Theo kết luận", str(row["decision"])),
        *(("Điều chỉnh", _change(change)) for change in _own(result.tables["adjustments"], row)),
        ("Đơn vị báo cáo", _reported(row)),
        ("Như đã gõ", _typed(row)),
        ("Minh chứng", str(row["evidence"])),
        ("Ghi chú", str(row["note"])),
        ("Tổ công tác", _accepted(row)),
        *(("Đề nghị loại trừ", _claim(claim)) for claim in _own(result.tables["claims"], row)),
        ("Tình trạng", _standing(row)),
        ("A, D, Q, P", " · ".join(map(" = ".join, zip("ADQP", _figures(row), strict=True)))),
        ("Cách tính", str(row["arithmetic"])),
        ("Chuyển kỳ sau", _carried(row)),
        ("Nguồn số liệu", _source(row)),
        *(("Vào tỷ lệ của", rates) for rates in _enters(result, row)),
        *(("Vấn đề", " ".join(_worded(found))) for found in _findings(result, row)),
    ]


def _issued(result: CycleResult, row: Row) -> list[tuple[str, str]]:
    carried = f", chuyển lần {row['carried']}" if row["carried"] else ""
    instead = f" việc {row['from_task']}" if row["from_task"] else ""
    share = f", tỷ lệ {show(row['share'])}" if row["share"] not in (None, 1) else ""
    known = "chưa rõ" if row["coefficient"] is None else show(row["coefficient"])
    measured = f"{show(row['assigned'])} {row['measure']}".strip()
    given = "chưa rõ số lượng" if row["assigned"] is None else measured
    before = f" (hạn cũ {show(row['due_before'])})" if row["due_before"] else ""
    on = f"ngày {show(row['assigned_on'])}" if row["assigned_on"] else ""
    return [
        ("Đơn vị", _unit(result, row["unit"])),
        ("Loại việc", f"{row['kind']}{instead}{carried}"),
        ("Được giao", f"{given}, hệ số {known}{share}, trừ theo {row['deduct']}"),
        ("Sản phẩm", f"{row['product']} {row['product_name']}".strip()),
        ("Văn bản giao", ", ".join(filter(None, (str(row["document"]), on)))),
        ("Chịu trách nhiệm", str(row["responsible"])),
        ("Thẩm quyền duyệt", str(row["approver"])),
        ("Hạn", f"{show(row['due'])}{before}"),
    ]


def _reported(row: Row) -> str:
    if row["completed_reported"] is None:
        return "chưa ghi số lượng"
    finished = f", xong {show(row['finished'])}" if row["finished"] else ""
    return f"{show(row['completed_reported'])}{finished}{_times(row['rework_reported'])}"


def _times(rework: object) -> str:
    return f", chưa đạt chất lượng {rework} lần" if rework else ""


def _typed(row: Row) -> str:
    typed = ((label, str(row[key])) for key, label in AS_TYPED)
    return ", ".join(f"{label} «{text}»" for label, text in typed if text)


def _accepted(row: Row) -> str:
    """Return what the working group said of the line."""
    if not row["state"]:
        return "chưa thẩm định"
    changed = (
        ("số lượng", row["completed_accepted"]),
        ("lần chưa đạt chất lượng", row["rework_accepted"]),
        ("lần chậm", row["lateness_accepted"]),
    )
    figures = ", ".join(f"{label} {show(value)}" for label, value in changed if value is not None)
    words = (f"{row['state']}", figures, f"lý do: {row['reason']}" if row["reason"] else "")
    return "; ".join(filter(None, words))


def _change(change: Row) -> str:
    """Return what the meeting changed: «gia hạn 10/11/2026 → 20/11/2026; lý do; ai»."""
    figures = " → ".join(str(change[key]) for key in ("before", "after") if change[key])
    words = (f"{change['change']} {figures}".strip(), change["reason"], change["decided_by"])
    return "; ".join(str(part) for part in words if part)


def _claim(claim: Row) -> str:
    words = (f"{claim['aspect']}: {claim['state']}", claim["cause"], claim["document"])
    answer = (claim["reason"], claim["confirmer"] and f"xác nhận: {claim['confirmer']}")
    return "; ".join(str(part) for part in (*words, *answer) if part)


def _standing(row: Row) -> str:
    days = f" {row['days_late']} ngày" if row["days_late"] else ""
    return f"{row['standing']}{days}" + (f" ({row['unclear']})" if row["unclear"] else "")


def _carried(row: Row) -> str:
    rest = f"còn {show(row['remaining'])} {row['measure']}".strip() if row["remaining"] else ""
    pending = f"{row['rework_pending']} lần chưa đạt chờ trừ" if row["rework_pending"] else ""
    return ", ".join(filter(None, (rest, pending)))


def _source(row: Row) -> str:
    """Return where in whose file the line's figures stand."""
    place = (
        f"tệp «{row['file']}»" if row["file"] else "",
        f"trang «{row['sheet']}»" if row["sheet"] else "",
        f"dòng {row['row']}" if row["row"] else "",
    )
    found = ", ".join(filter(None, place)) or "bảng giao việc; không có dòng nào trong phiếu"
    return f"{found}, do Tổ công tác nhập thay" if row["source"] == "nhập thay" else found


def _enters(result: CycleResult, row: Row) -> list[str]:
    """Return the rates this line is part of: its unit's and its person's."""
    units = [u for u in records(result.tables["units"]) if u["unit"] == row["unit"]]
    people = [p for p in records(result.tables["people"]) if p["person"] == row["person"]]
    pairs = [(u["unit"], u) for u in units] + [(p["person"], p) for p in people if row["person"]]
    return [f"{code} {whole['name']}: {_rates(whole)}" for code, whole in pairs]


def _rates(whole: Row) -> str:
    if whole["R"] is None:
        return str(whole["arithmetic"])
    shown = (f"{key} {show_percent(whole[key])}" for key in ("a", "b", "c", "R"))
    return f"{' · '.join(shown)} ({whole['lines']} dòng)"


def _own(table: object, row: Row) -> list[Row]:
    key = (row["task_id"], row["person"])
    return [own for own in records(table) if (own["task_id"], own["person"]) == key]


def _findings(result: CycleResult, row: Row) -> list[Row]:
    """Return the findings at the line's own row, and those elsewhere that name its task.

    Not those that name another line of a shared task.
    """
    place = (row["file"], row["sheet"], row["row"])
    task = result.tables["lines"]["task_id"] == row["task_id"]
    people = set(result.tables["lines"].loc[task, "person"]) - {row["person"]}
    others = {f"{row['task_id']}/{person}" for person in people}
    return [
        found
        for found in records(result.tables["findings"])
        if (row["row"] and (found["file"], found["sheet"], found["row"]) == place)
        or (row["task_id"] in str(found["value"]).split("/") and found["value"] not in others)
    ]


def _worded(found: Row) -> tuple[str, ...]:
    return f"{found['code']} {found['severity']}:", str(found["message"]), str(found["action"])


def _finding(found: Row) -> list[str]:
    return said(" ".join(_worded(found)[1:]), 2)


def _lines(whole: Row, lines: Sequence[Row]) -> list[str]:
    """Return the lines as a table, each with its sentence below, and their sums."""
    rows = [(str(row["task_id"]), _standing(row), *_figures(row)) for row in lines]
    silent = SILENT if any(row["standing"] == SILENT for row in lines) else ""
    sums = ("Σ", "", *_figures({**whole, "standing": silent}))
    head, *drawn = table(LINE_HEAD, [*rows, sums], 2)
    rule = "─" * len(head)
    parts = [head, rule]
    for text, row in zip(drawn, lines, strict=False):
        parts += [text, *said(str(row["arithmetic"]), 4)]
    return [*parts, rule, drawn[-1]]


def _figures(row: Row) -> list[str]:
    """Return A, D, Q, P as shown; of work nobody reported on nothing is known, not even 0."""
    A, *others = (show_decimal(row[key]) for key in "ADQP")
    return [A, *(["–"] * len(others) if row["standing"] == SILENT else others)]


def _sentence(whole: Row) -> list[str]:
    """Return the stored arithmetic, a step a line."""
    steps = str(whole["arithmetic"]).split("; ")
    return ["Cách tính", *(line for step in steps for line in said(step, 2))]
