"""thong-bao-ket-luan.docx: the notice of what the meeting concluded, as far as it is known."""

from pipeline.model.text import fold, sentence
from pipeline.packet import agreed, front
from pipeline.packet.agreed import CHAIR, Matter, section
from pipeline.packet.blocks import BLANK, Block, Document, Dots, Text

MOST_NAMED = 12  # units among the recipients, who stand beside the signature on one page


def compose_notice(matter: Matter) -> Document:
    """Return the notice of the conclusions of a cycle's meeting."""
    result = matter.result
    return Document(
        kind="THÔNG BÁO",
        subject=[
            f"Kết luận của {_presiding(matter)}",
            f"tại cuộc họp kiểm điểm công việc {matter.cycle.name}",
        ],
        issuer=front.issuer(result)["lines"],
        symbol=f"TB-{agreed.initials(result)}",
        dated=f"{result.commune['place']}, ngày …… tháng …… năm {_year(matter)}",
        notice=result.commune["notice"],
        blocks=[_opening(matter), *_sections(matter), *_end(matter)],
        recipients=[
            "Như thành phần dự họp;",
            *_units(matter),
            f"{BLANK};",
            "Lưu: VT, Tổ công tác.",
        ],
        signatures=[agreed.signature(matter)],
        author=result.commune["body"],
        made_at=result.made_at,
    )


def _units(matter: Matter) -> list[str]:
    names = matter.book.names.values()
    return [f"{name};" for name in names] if len(names) <= MOST_NAMED else ["Các đơn vị của xã;"]


def _year(matter: Matter) -> int:
    return matter.result.meeting["meeting_on"].year


def _presiding(matter: Matter) -> str:
    """Return «Chủ tịch UBND xã …», or the post of whoever else presided."""
    name, position = agreed.chair(matter)
    chairman = matter.result.signatories["chairman"]
    if fold(position).startswith(CHAIR) or not position or fold(name) == fold(chairman):
        return f"Chủ tịch {agreed.body(matter.result)}"
    return position


def _opening(matter: Matter) -> Text:
    meeting, cycle = matter.result.meeting, matter.cycle
    who = agreed.called(*agreed.chair(matter))
    return Text(
        f"{sentence(front.day_said(meeting['meeting_on']))}, tại {meeting['place'] or BLANK},"
        f" {who}, chủ trì cuộc họp kiểm điểm công việc {cycle.name} và giao việc"
        f" {cycle.next.name}. Thành phần dự họp: {meeting['attendees'] or BLANK}. Sau khi nghe Tổ"
        f" công tác báo cáo và ý kiến của các đơn vị, {_presiding(matter)} kết luận như sau:"
    )


def _sections(matter: Matter) -> list[Block]:
    """Return the numbered parts; one of which nothing is known is left out."""
    following = matter.cycle.next.name
    parts = {
        f"Kết quả {matter.cycle.name}": [
            Text(agreed.returns_told(matter)),
            *map(Text, agreed.totals_told(matter)),
            *map(Text, agreed.adjusted_told(matter, "theo mục 3 của Thông báo này")),
            Dots(2),
        ],
        "Kết luận, nhiệm vụ": [agreed.conclusions(matter)],
        "Điều chỉnh việc đã giao": [agreed.changes(matter)],
        f"Giao việc {following}": [
            agreed.work(matter),
            Text("Số dòng việc từng đơn vị thực hiện trong kỳ sau:"),
            agreed.handed_on(matter),
        ],
        "Kết luận của các cuộc họp trước còn phải thực hiện": [agreed.waiting(matter)],
    }
    known = [(title, blocks) for title, blocks in parts.items() if any(blocks)]
    numbered = enumerate(known, 1)
    return [
        b for n, (title, blocks) in numbered for b in section(f"{n}. {title}", *blocks, level=1)
    ]


def _end(matter: Matter) -> list[Block]:
    return [
        Text(
            "Các đơn vị, cá nhân có tên trong Thông báo thực hiện đúng thời hạn và báo cáo kết quả"
            f" trong phiếu báo cáo {matter.cycle.next.name}; Tổ công tác theo dõi, đôn đốc."
        ),
        Text(
            f"Trên đây là kết luận của {_presiding(matter)}, thông báo để các đơn vị, cá nhân biết,"
            " thực hiện./."
        ),
    ]
