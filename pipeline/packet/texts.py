"""What was cut on the pages before, in full."""

from collections.abc import Iterator

from pipeline.model.text import PRINTED_TEXT, one_line
from pipeline.packet.book import Book, Row

# Texts that are longer than a cell shows are printed whole, up to this; the archive holds all.
WHOLE_TEXT, WHOLE_TEXTS = 1200, 60
TEXTS = {  # table: field → how it is called
    "lines": {"task": "Việc", "reason": "Lý do của Tổ công tác", "note": "Ghi chú"},
    "obstacles": {"obstacle": "Vướng mắc", "proposal": "Đề xuất"},
    "upcoming": {"task": "Việc kỳ tới"},
    "conclusions": {"what": "Kết luận"},
}


def whole_texts(book: Book) -> Row:
    """Return the texts that were cut on the pages before, each once, and how many do not fit."""
    found = {row["text"]: row for row in _long_texts(book)}
    rows = book.named(found.values())
    return {"texts": rows[:WHOLE_TEXTS], "more_texts": len(rows[WHOLE_TEXTS:])}


def _long_texts(book: Book) -> Iterator[Row]:
    for table, fields in TEXTS.items():
        for row in book.tables[table]:
            for field, title in fields.items():
                text = str(row[field])
                if len(text) > PRINTED_TEXT and len(one_line(text.strip())) > PRINTED_TEXT:
                    code = row.get("task_id") or row.get("conclusion", "")
                    yield {"unit": row.get("unit", ""), "code": code, "title": title, "text": text}
