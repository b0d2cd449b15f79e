"""bien-ban.docx: the minutes of the review meeting as far as they are known (NĐ 30, mẫu 1.9)."""

from collections import Counter

from pipeline.packet import agreed, front
from pipeline.packet.agreed import Matter, section
from pipeline.packet.blocks import BLANK, Block, Document, Dots, Grid, Signature, Text
from pipeline.packet.book import Row

ATTENDANCE = (("Đơn vị", 62, ""), ("Người đứng đầu theo danh mục", 68, ""), ("Dự họp", 35, ""))
UNITS = (
    *(("Đơn vị", 48, ""), ("Báo cáo", 29, ""), ("Giao", 15, "c"), ("Xong", 15, "c")),
    *(("Trong đó chậm", 22, "c"), ("Quá hạn", 17, "c"), ("Chưa đến hạn", 19, "c")),
)
OBSTACLES = (
    ("Đơn vị, việc", 37, ""),
    ("Vướng mắc", 50, ""),
    ("Đề xuất", 50, ""),
    ("Ai gỡ", 28, ""),
)
POINTS = (("Đơn vị", 35, ""), ("Nội dung, số liệu", 70, ""), ("Đề xuất", 60, ""))
TALK = 5  # dotted lines


def compose_minutes(matter: Matter) -> Document:
    """Return the minutes of the meeting of a cycle."""
    result, cycle = matter.result, matter.cycle
    name, position = agreed.person(str(result.meeting["secretary"]), matter)
    return Document(
        kind="BIÊN BẢN",
        subject=[
            f"Họp kiểm điểm công việc {cycle.name},",
            f"giao việc {cycle.next.name}",
        ],
        issuer=front.issuer(result)["lines"],
        symbol=f"BB-{agreed.initials(result)}",
        dated="",
        notice=result.commune["notice"],
        blocks=[*_when_and_who(matter), *_reported(matter), *_concluded(matter), _end(matter)],
        recipients=["Các đơn vị dự họp;", f"{BLANK};", "Lưu: VT, hồ sơ cuộc họp."],
        signatures=[
            Signature(("THƯ KÝ",), name if position else BLANK),
            Signature(("CHỦ TRÌ",), agreed.chair(matter)[0] or BLANK),
        ],
        author=result.commune["body"],
        made_at=result.made_at,
    )


def _when_and_who(matter: Matter) -> list[Block]:
    meeting = matter.result.meeting
    secretary = agreed.person(str(meeting["secretary"]), matter)
    return [
        *section(
            "I. Thời gian, địa điểm",
            Text(
                f"1. Bắt đầu: {meeting['hour'] or BLANK}, {agreed.day_said(meeting['meeting_on'])}."
            ),
            Text(f"2. Địa điểm: {meeting['place'] or BLANK}."),
            level=1,
        ),
        *section(
            "II. Thành phần tham dự",
            Text(f"1. Chủ trì: {agreed.called(*agreed.chair(matter))}."),
            Text(f"2. Thư ký: {agreed.called(*secretary)}."),
            Text(f"3. Thành phần: {meeting['attendees'] or BLANK}."),
            Text("4. Đại diện các đơn vị:"),
            Grid(ATTENDANCE, [_attending(matter, unit) for unit in matter.book.tables["units"]]),
            Text(f"5. Vắng (lý do): {BLANK}"),
            level=1,
        ),
    ]


def _attending(matter: Matter, unit: Row) -> tuple:
    heads = agreed.heads(matter, str(unit["unit"]))
    return unit["name"], "; ".join(f"{p['name']}, {p['position']}" for p in heads) or BLANK, ""


def _reported(matter: Matter) -> list[Block]:
    """Return what the meeting heard: the state of the cycle, obstacles, points, old conclusions."""
    cycle = matter.cycle
    days = f"từ ngày {cycle.first_day:%d/%m/%Y} đến ngày {cycle.last_day:%d/%m/%Y}"
    return [
        *section("III. Nội dung", level=1),
        *section(
            f"1. Tổ công tác báo cáo kết quả {cycle.name} ({days})",
            Text(_source(matter)),
            Text(agreed.returns_told(matter)),
            *map(Text, agreed.totals_told(matter)),
            Text("Số dòng việc theo đơn vị:"),
            Grid(UNITS, [_unit(matter, unit) for unit in matter.book.tables["units"]]),
        ),
        *section("2. Vướng mắc các đơn vị nêu", _obstacles(matter) or Text("Không có.")),
        *section(
            "3. Việc trình Chủ tịch và ý kiến thảo luận",
            _points(matter) or Text("Không có việc trình."),
            Dots(TALK),
        ),
        *section(
            "4. Kết luận của các cuộc họp trước chưa thực hiện",
            agreed.waiting(matter) or Text("Không có."),
        ),
    ]


def _source(matter: Matter) -> str:
    """Return of which print the figures are: once decisions are typed, not the meeting's own."""
    code = matter.result.print_code
    if not matter.is_held:
        return f"Số liệu theo hồ sơ họp, mã bản in {code}."
    moved = ", là số sau điều chỉnh theo kết luận, có thể khác số báo cáo tại cuộc họp"
    return (
        f"Số liệu dưới đây theo bản in mã {code}, lập sau khi ghi kết luận"
        f"{moved if matter.book.tables['adjustments'] else ''}."
        f" Hồ sơ dùng tại cuộc họp có mã bản in riêng: {BLANK}."
    )


def _unit(matter: Matter, unit: Row) -> tuple:
    """Return a unit's lines by standing; of a silent one nothing is known, not even 0."""
    known = unit["unit"] not in matter.book.silent
    keys = ("done", "late", "overdue", "not_due")
    figures = [unit[key] if known else "–" for key in keys]
    late = " (chậm)" if unit["late_report"] == "có" else ""
    return unit["name"], f"{unit['status']}{late}", unit["lines"], *figures


def _obstacles(matter: Matter) -> Grid | None:
    rows = [
        (
            ", ".join(filter(None, (str(row["unit_name"]), str(row["task_id"])))),
            *(row["obstacle"], row["proposal"], row["who"]),
        )
        for row in front.obstacles(matter.book)
    ]
    return Grid(OBSTACLES, rows) if rows else None


def _points(matter: Matter) -> Grid | None:
    agenda = matter.book.named(matter.book.tables["agenda"])
    rows = [
        (row["unit_name"], ": ".join(filter(None, (row["matter"], row["figure"]))), row["proposal"])
        for row in agenda
        if row["chosen"] == "có"
    ]
    return Grid(POINTS, rows) if rows else None


def _concluded(matter: Matter) -> list[Block]:
    following = matter.cycle.next.name
    return [
        *section("IV. Kết luận của chủ trì", level=1),
        *section("1. Kết luận, nhiệm vụ", agreed.conclusions(matter)),
        *section("2. Điều chỉnh việc đã giao", agreed.changes(matter) or agreed.nothing(matter)),
        *section("3. Vấn đề trong phiếu báo cáo được miễn", *_waived(matter)),
        *section(
            f"4. Giao việc {following}",
            agreed.work(matter) or Text(_proposed(matter)),
            Text("Số dòng việc từng đơn vị mang sang kỳ sau:"),
            agreed.handed_on(matter),
        ),
        *section("5. Khen thưởng, kỷ luật, kỷ cương", *_conduct(matter)),
    ]


def _proposed(matter: Matter) -> str:
    count = sum(row["origin"] == "đề xuất" for row in matter.book.tables["upcoming"])
    return f"Các đơn vị đề xuất {count} việc mới. Việc được giao: {BLANK}"


def _waived(matter: Matter) -> list[Text]:
    """Return what was waived in a line for each decision; no cell's own words are repeated."""
    told = Counter(
        tuple(str(row[key]) for key in ("unit", "code", "sheet", "reason", "approved_by"))
        for row in matter.book.tables["waivers"]
    )
    names = matter.book.names
    return [
        Text(
            f"- {names.get(unit, 'Văn phòng, Tổ công tác')}: {count} vấn đề mã {code}"
            f"{f', trang «{sheet}»' if sheet else ''}; lý do: {reason}; người duyệt: {approved}."
        )
        for (unit, code, sheet, reason, approved), count in told.items()
    ] or [agreed.nothing(matter)]


def _conduct(matter: Matter) -> list[Block]:
    """Return only how many matters there were: their names stand in the packet."""
    tables = matter.book.tables
    proposed = sum(row["proposal"] != "" for row in tables["rewards"])
    matters = {
        "đề nghị khen thưởng": proposed,
        "việc về kỷ luật, kỷ cương": len(tables["discipline"]),
    }
    told = ", ".join(f"{count} {what}" for what, count in matters.items() if count)
    said = (
        f"trình {told} (nội dung ở hồ sơ họp)" if told else f"không trình {' hoặc '.join(matters)}"
    )
    return [Text(f"Tổ công tác {said}. Kết luận:"), Dots(2)]


def _end(matter: Matter) -> Text:
    return Text(
        f"Cuộc họp kết thúc vào …… giờ ……, {front.day_said(matter.result.meeting['meeting_on'])}."
        " Biên bản đã được đọc lại cho những người dự họp cùng nghe và thống nhất./."
    )
