"""What the terminal says of a review: each unit over the cycles, counts, no names of people."""

from pipeline.model.folders import REVIEW
from pipeline.model.span import Span
from pipeline.model.tables import PeriodResult, records
from pipeline.model.text import sentence, show_percent
from pipeline.reply.matrix import matrix

HEADINGS = ("Nộp chậm", "Thiếu", "Phải sửa")


def review_summary(result: PeriodResult, span: Span) -> list[str]:
    """Return the table of units and two lines to act on; {folder} is the output folder."""
    shown = {
        (row["unit"], row["cycle"]): show_percent(row["R"])
        for row in records(result.tables["reports"])
    }
    units = records(result.tables["returns"])
    cycles = [str(cycle) for cycle in span.cycles]
    rows = [
        (
            f"{unit['unit']} {unit['name']}",
            *(shown.get((unit["unit"], cycle)) or "·" for cycle in cycles),
            *(str(unit[name] or "·") for name in ("late", "missing", "faulty")),
        )
        for unit in units
    ]
    return [
        f"Sơ kết {span.name} · mã bản in {result.print_code} · bộ quy tắc {result.rule_code}",
        "",
        *matrix([("Đơn vị", *cycles, *HEADINGS), *rows]),
        "",
        f"1. Bản in: {{folder}}/{REVIEW}",
        f"2. {sentence(result.state)}.",
    ]
